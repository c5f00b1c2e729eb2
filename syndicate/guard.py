"""What stands before the web framework: numbers requests, refuses what makes no sense, answers errors."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from archive.errors import UsageError

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
Headers = list[tuple[str, str]]
Failed = Callable[[Environ, Exception], tuple[str, Headers, bytes]]

NUMBER = "syndicate.request"
BOOT = secrets.token_hex(4)


class Guard:
    """A WSGI application around another; ``failed`` turns an error into status, headers and body."""

    def __init__(self, application: Application, failed: Failed) -> None:
        self._application = application
        self._failed = failed
        self._count = count(1)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        number = f"{BOOT}-{next(self._count):x}"
        environ[NUMBER] = number

        def begin(status: str, headers: Headers, error: Any = None) -> Any:
            return start(status, [*headers, ("X-Request-Id", number)], error)

        try:
            check(environ)
            return self._application(environ, begin)
        except Exception as error:
            status, headers, body = self._failed(environ, error)
            begin(status, headers)
            return [body] if environ.get("REQUEST_METHOD") != "HEAD" else []


def check(environ: Environ) -> None:
    """Raise UsageError for a request that means two things at once, or nothing."""
    if environ.get("CONTENT_LENGTH") and environ.get("HTTP_TRANSFER_ENCODING"):
        # Servers disagree on where such a request ends; what follows it may be another's (smuggling).
        raise UsageError("a request has either a Content-Length or a Transfer-Encoding, not both")
    try:
        environ["PATH_INFO"].encode("latin-1").decode("utf-8")
    except UnicodeError as error:
        raise UsageError("the address is not UTF-8") from error
