"""What browsers ask before a script of another site may ask us with conditions (CORS preflight). Pure.

``If-None-Match`` is no header that scripts may send unasked (Fetch standard, section 2.2.2). Leave to ask
is no leave to read: that is what an answer's own headers give, and pages have none.
"""

from __future__ import annotations

from collections.abc import Iterable

from syndicate.guard import Application, Start
from syndicate.policy import HEADERS, OPEN
from syndicate.reply import Environ

READING = ("GET", "HEAD")
ALLOWED = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Cache-Control, If-Modified-Since,"
    " If-None-Match",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
    "Cache-Control": "public, max-age=86400",
}
# What is done there is done with authority, which other sites do not have.
CLOSED = ("/desk", "/articles", "/websub/")


class Crossing:
    """A WSGI application around another, which lets scripts of every site ask to read."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if not is_preflight(environ):
            return self._application(environ, start)
        start("204 No Content", list({**HEADERS, **OPEN, **ALLOWED}.items()))
        return []


def is_preflight(environ: Environ) -> bool:
    """Whether a browser asks if a script may read an address."""
    path = str(environ.get("PATH_INFO", ""))
    return (
        environ.get("REQUEST_METHOD") == "OPTIONS"
        and bool(environ.get("HTTP_ORIGIN"))
        and environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD") in READING
        and not path.startswith(CLOSED)
    )
