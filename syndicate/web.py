"""The web: which address answers with what, which error becomes which code. The only module with Bottle."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus as Code

import bottle
from bottle import Bottle, HTTPResponse

from archive.database import Database
from archive.errors import IndexUnavailable, NotFound, UsageError
from archive.settings import Settings
from index import Index
from syndicate.browsing import Browsing
from syndicate.feeds import feeds_of
from syndicate.guard import NUMBER, Application, Guard
from syndicate.hub import Hub
from syndicate.machines import Static
from syndicate.pages import Pages
from syndicate.receiving import Receiving
from syndicate.reply import Environ, Reply, machine, page
from syndicate.single import Single
from syndicate.speaking import Speaking
from syndicate.watching import Watching

log = logging.getLogger(__name__)
FOR_PROGRAMS = (".atom", ".rss", ".json", ".txt", ".xml", ".opml", "/healthz", "/readyz", "/metrics")


def make_app(
    *, database: Database, index: Index, settings: Settings, has_worker: bool = False
) -> Application:
    """The whole web application; give it other parts and it serves those. Who pushes waits for a worker."""
    static = Static()
    pages = Pages(database=database, index=index, settings=settings, style=static.address("style.css"))
    speaking = Speaking(pages)
    feeds = feeds_of(database, index, settings)
    receiving = Receiving(database, settings, has_worker=has_worker)
    errors = Errors(speaking)
    app = Bottle()
    app.config["catchall"] = False
    app.default_error_handler = lambda error: sent(errors.reply(bottle.request.environ, error))
    for part in (
        Browsing(speaking, feeds),
        Single(speaking),
        Watching(speaking, static),
        receiving,
        Hub(speaking, feeds, receiving.body),
    ):
        for method, path, answer in part.routes():
            app.route(path, method=method, callback=answered(answer))
    return Guard(app, errors.reply)


def answered(answer: Callable[..., Reply]) -> Callable[..., HTTPResponse]:
    """A route as Bottle calls it."""

    def callback(**named: str) -> HTTPResponse:
        return sent(answer(bottle.request.environ, **named))

    return callback


def sent(reply: Reply) -> HTTPResponse:
    """A reply as Bottle sends it."""
    response = HTTPResponse(reply.body, int(reply.code))
    for name, value in reply.headers:
        response.add_header(name, value)
    return response


class Errors:
    """Errors as people or programs are told of them."""

    def __init__(self, speaking: Speaking) -> None:
        self._speaking = speaking

    def reply(self, environ: Environ, error: Exception) -> Reply:
        """The answer to a request that failed."""
        code, key, detail = code_of(error)
        t = self._speaking.words(environ)
        lines = [detail] if detail else []
        if code == Code.INTERNAL_SERVER_ERROR:
            number = environ[NUMBER]
            log.exception("request %s failed", number, exc_info=error)
            lines = [t["server_error_text"], t.said("error_id", number)]
        elif key in TEXTS:
            lines = [t[TEXTS[key]]]
        path = str(environ.get("PATH_INFO", ""))
        if path.endswith(FOR_PROGRAMS) or path.startswith(("/static/", "/articles", "/websub/", "/hub")):
            reply = machine(f"{t[key]}: {' '.join(lines)}\n", "text/plain", code=code)
        else:
            reply = page(self._speaking.pages.message(t[key], lines, t), t, code=code)
        if code == Code.SERVICE_UNAVAILABLE:
            reply = reply.having(Retry_After="5")
        if code == Code.METHOD_NOT_ALLOWED and isinstance(error, bottle.HTTPError):
            methods = error.get_header("Allow", "GET").split(",")
            allowed = ", ".join([*methods, "HEAD"] if "GET" in methods else methods)
            reply = reply.having(Allow=allowed)
        return reply


TEXTS = {"not_found": "nothing_here", "only_read": "only_read_text", "no_index": "no_index_text"}


def code_of(error: Exception) -> tuple[int, str, str]:
    """The code of an error, the word for it, and what may be told of it."""
    if isinstance(error, UsageError):
        return Code.BAD_REQUEST, "bad_request", str(error)
    if isinstance(error, NotFound):
        return Code.NOT_FOUND, "not_found", ""
    if isinstance(error, IndexUnavailable):
        return Code.SERVICE_UNAVAILABLE, "no_index", ""
    known = {400: "bad_request", 404: "not_found", 405: "only_read"}
    if isinstance(error, bottle.HTTPError) and error.status_code in known:
        return error.status_code, known[error.status_code], ""
    return Code.INTERNAL_SERVER_ERROR, "server_error", ""
