"""The web: which address answers with what, which error becomes which code. The only module with Bottle."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus as Code

import bottle
from bottle import Bottle, HTTPResponse

from archive.database import Database
from archive.errors import Busy, IndexUnavailable, NotFound, UsageError
from archive.settings import Settings
from index import Index
from syndicate import reader
from syndicate.addresses import last
from syndicate.browsing import Browsing
from syndicate.calendars import Calendar
from syndicate.crossing import Crossing
from syndicate.desk import Desk
from syndicate.embedding import Embedding
from syndicate.fast import Fast
from syndicate.feeds import feeds_of
from syndicate.guard import NUMBER, Application, Guard, Ready
from syndicate.hub import Hub
from syndicate.machines import Static
from syndicate.mount import mounted, placed, prefix_of
from syndicate.negotiation import wanted
from syndicate.oembed import OEmbed
from syndicate.openapi import Interface
from syndicate.pages import Pages
from syndicate.rate import Rate
from syndicate.receiving import Receiving
from syndicate.reply import Environ, Reply, Route, machine, page
from syndicate.side_by_side import SideBySide
from syndicate.single import Single
from syndicate.sitemap import Sitemap
from syndicate.speaking import Speaking
from syndicate.statistics import Statistics
from syndicate.streams import Streams
from syndicate.subscribers import Subscribers
from syndicate.subscribing import Subscribing
from syndicate.telling import Telling
from syndicate.versions import Versions
from syndicate.watching import Watching

log = logging.getLogger(__name__)
FOR_PROGRAMS = (
    *(".atom", ".rss", ".json", ".csv", ".jsonl", ".txt", ".xml", ".opml", ".bib", ".ris"),
    *("/healthz", "/readyz", "/metrics", "/oembed"),
)


def make_app(
    *,
    database: Database,
    index: Index,
    settings: Settings,
    has_worker: bool = False,
    as_files: bool = False,
) -> Application:
    """The whole web application; give it other parts and it serves those. Who pushes waits for a worker.

    ``as_files`` leaves out of pages what only a server can do, for a site of files.
    """
    subscribers, prefix = Subscribers(), prefix_of(settings.base_url)
    speaking, routes = routed(
        database=database,
        index=index,
        settings=settings,
        subscribers=subscribers,
        has_worker=has_worker,
        as_files=as_files,
    )
    errors = Errors(speaking, prefix)
    app = Bottle()
    app.config["catchall"] = False
    app.default_error_handler = lambda error: sent(errors.reply(bottle.request.environ, error))
    for method, path, answer in routes:
        app.route(path, method=method, callback=answered(answer, prefix))
    guard = Guard(
        Crossing(app),
        fast=Fast(database, index),
        rate=Rate(settings.server.rate),
        subscribers=subscribers,
        failed=errors.reply,
        refused=errors.refused,
    )
    return mounted(guard, settings)


def routed(
    *,
    database: Database,
    index: Index,
    settings: Settings,
    subscribers: Subscribers,
    has_worker: bool = False,
    as_files: bool = False,
) -> tuple[Speaking, tuple[Route, ...]]:
    """Every address and what answers there; and who speaks to readers."""
    static, prefix = Static(), prefix_of(settings.base_url)
    feeds = feeds_of(database, index, settings, as_files=as_files)
    composer = feeds.composer
    style = static.address("style.css")
    pages = Pages(database=database, index=index, settings=settings, style=style, as_files=as_files)
    speaking = Speaking(pages)
    streams = Streams(composer, settings.base_url, at_once=max(1, settings.server.threads // 2))
    browsing = Browsing(speaking, feeds, streams)
    single = Single(speaking)
    receiving = Receiving(database, settings, has_worker=has_worker)
    parts = (
        browsing,
        Calendar(speaking, browsing),
        single,
        SideBySide(speaking, single),
        Versions(speaking, single),
        Telling(database, settings, prefix + static.address("feed.css")),
        Watching(speaking, static, subscribers),
        Sitemap(pages),
        Statistics(speaking, lambda: told(subscribers)),
        Interface(speaking),
        Subscribing(speaking, composer),
        Embedding(pages, composer, static.address("embed.css")),
        OEmbed(pages, composer),
        receiving,
        Hub(speaking, feeds, receiving.body),
        Desk(speaking, receiving.body),
    )
    return speaking, tuple(route for part in parts for route in part.routes())


def told(subscribers: Subscribers) -> list[tuple[str, int, int]]:
    """Each feed, how many subscribers services told of, and how many other readers were seen."""
    return [(each.feed, each.through_aggregators, each.readers) for each in subscribers.counts()]


def answered(answer: Callable[..., Reply], prefix: str) -> Callable[..., HTTPResponse]:
    """A route as Bottle calls it; a feed is thrown to the guard, which sends it with less ado.

    ``prefix`` is the path that the site stands at.
    """

    def callback(**named: str) -> HTTPResponse:
        environ: Environ = bottle.request.environ
        reply = answer(environ, **named)
        if reply.edition is None:
            return sent(placed(reply, prefix))
        raise Ready(reply)

    return callback


def sent(reply: Reply) -> HTTPResponse:
    """A reply as Bottle sends it."""
    response = HTTPResponse(reply.body, int(reply.code))
    for name, value in reply.headers:
        response.add_header(name, value)
    return response


class Errors:
    """Errors as people or programs are told of them."""

    def __init__(self, speaking: Speaking, prefix: str) -> None:
        self._speaking = speaking
        self._prefix = prefix

    def reply(self, environ: Environ, error: Exception) -> Reply:
        """The answer to a request that failed."""
        code, key = code_of(error)
        t = self._speaking.words(environ)
        lines = [t.mistake(error)] if isinstance(error, UsageError) else []
        if code == Code.INTERNAL_SERVER_ERROR:
            number = environ[NUMBER]
            log.exception("request %s failed", number, exc_info=error)
            lines = [t["server_error_text"], t.said("error_id", number)]
        elif key in TEXTS:
            lines = [t[TEXTS[key]]]
        path, query = str(environ.get("PATH_INFO", "")), ""
        if key == "bad_request" and path.startswith("/search"):
            key, query = "bad_search", last(reader.params(environ), "q")
        is_program = path.endswith(FOR_PROGRAMS) or wanted(str(environ.get("HTTP_ACCEPT", "")))[0]
        if is_program or path.startswith(("/static/", "/articles", "/websub/", "/hub")):
            reply = machine(f"{t[key]}: {' '.join(lines)}\n", "text/plain", code=code)
        else:
            reply = page(self._speaking.pages.message(t[key], lines, t, query=query), t, code=code)
        if code == Code.SERVICE_UNAVAILABLE:
            reply = reply.having(Retry_After="5")
        if code == Code.METHOD_NOT_ALLOWED and isinstance(error, bottle.HTTPError):
            methods = error.get_header("Allow", "GET").split(",")
            allowed = ", ".join([*methods, "HEAD"] if "GET" in methods else methods)
            reply = reply.having(Allow=allowed)
        return placed(reply, self._prefix)

    def refused(self, environ: Environ, seconds: int) -> Reply:
        """The answer to a client that asks too often; no page, which would cost more than what is refused."""
        text = self._speaking.words(environ).said("too_often", seconds)
        reply = machine(f"{text}\n", "text/plain", code=Code.TOO_MANY_REQUESTS)
        return reply.having(Retry_After=str(seconds))


TEXTS = {
    "not_found": "nothing_here",
    "only_read": "only_read_text",
    "no_index": "no_index_text",
    "busy": "busy_text",
}


def code_of(error: Exception) -> tuple[int, str]:
    """The code of an error, and the word for it."""
    if isinstance(error, UsageError):
        return Code.BAD_REQUEST, "bad_request"
    if isinstance(error, NotFound):
        return Code.NOT_FOUND, "not_found"
    if isinstance(error, IndexUnavailable):
        return Code.SERVICE_UNAVAILABLE, "no_index"
    if isinstance(error, Busy):
        return Code.SERVICE_UNAVAILABLE, "busy"
    known = {400: "bad_request", 404: "not_found", 405: "only_read"}
    if isinstance(error, bottle.HTTPError) and error.status_code in known:
        return error.status_code, known[error.status_code]
    return Code.INTERNAL_SERVER_ERROR, "server_error"
