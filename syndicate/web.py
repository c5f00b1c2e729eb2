"""The web: which address answers with what, which error becomes which code. The only module with Bottle."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import bottle
from bottle import Bottle, HTTPResponse

from archive import articles, changes, pictures
from archive.database import Database
from archive.errors import IndexUnavailable, NotFound, UsageError
from archive.export import record
from archive.model import Article, Selection, sha256, timestamp
from archive.polls import polls
from archive.reading import figures
from archive.settings import Settings
from index import Index
from syndicate import reader, tables
from syndicate.addresses import View, is_canonical, list_path, read, write
from syndicate.article_page import article_page
from syndicate.body import addressed
from syndicate.caching import Answer, header_conditions
from syndicate.feeds import Feeds, as_allowed
from syndicate.guard import NUMBER, Application, Environ, Guard, Headers
from syndicate.list_page import list_page, total, whole
from syndicate.machines import METRICS, OPENSEARCH, ROBOTS, Static, edition, metrics, readiness
from syndicate.pages import Pages, escaped
from syndicate.policy import ALONE, CLOSED, HEADERS, OPEN
from syndicate.receiving import Receiving, Reply
from syndicate.search_page import search_page
from syndicate.strings import Words

log = logging.getLogger(__name__)
YEAR = 31_536_000
COOKIE = {"path": "/", "maxage": YEAR, "httponly": True, "samesite": "lax"}
FOR_PROGRAMS = (".atom", ".rss", ".json", ".txt", ".xml", ".opml", "/healthz", "/readyz", "/metrics")
SUFFIX = "<suffix:re:\\.(?:atom|rss|json)>"
ARTICLE = "/a/<name:re:\\d{4}/\\d\\d/\\d\\d/[0-9a-f-]{8,36}>"


def make_app(
    *, database: Database, index: Index, settings: Settings, has_worker: bool = False
) -> Application:
    """The whole web application; give it other parts and it serves those. Who pushes waits for a worker."""
    web = Web(database, index, settings)
    app = Bottle()
    app.config["catchall"] = False
    app.default_error_handler = web.error
    for path, answer in (
        ("/", web.home),
        (f"/latest{SUFFIX}", web.latest),
        ("/latest", web.to_home),
        ("/search", web.search),
        (f"/search{SUFFIX}", web.search),
        (ARTICLE, web.article),
        (f"{ARTICLE}<suffix:re:\\.(?:json|txt)>", web.article),
        (f"/topic/<names:path>{SUFFIX}", web.topic),
        ("/topic/<names:path>", web.topic),
        (f"/source/<name:path>{SUFFIX}", web.source),
        ("/source/<name:path>", web.source),
        (f"/by/<name:path>{SUFFIX}", web.by),
        ("/by/<name:path>", web.by),
        ("/topics", lambda: web.html(tables.topics_page)),
        ("/sources", web.sources),
        ("/feeds", lambda: web.html(tables.feeds_page)),
        ("/feeds.opml", web.opml),
        ("/about", lambda: web.html(tables.about_page)),
        ("/about/search", lambda: web.html(tables.help_page)),
        ("/healthz", web.healthz),
        ("/readyz", web.readyz),
        ("/metrics", web.metrics),
        ("/opensearch.xml", web.opensearch),
        ("/robots.txt", web.robots),
        ("/static/<name>", web.static_file),
        ("/picture/<sha:re:[0-9a-f]{64}>", web.picture),
    ):
        app.route(path, method="GET", callback=answer)
    for method, path, reply in Receiving(database, settings, has_worker=has_worker).routes():
        app.route(path, method=method, callback=replied(reply))
    return Guard(app, web.failed)


class Web:
    """The answers to requests."""

    def __init__(self, database: Database, index: Index, settings: Settings) -> None:
        self.database = database
        self.index = index
        self.settings = settings
        self.static = Static()
        self.feeds = Feeds(
            database,
            index,
            site=settings.site,
            base_url=settings.base_url,
            topics=settings.topics,
            style=self.static.address("feed.css"),
        )
        self.pages = Pages(
            database=database, index=index, settings=settings, style=self.static.address("style.css")
        )
        self._edition = edition(settings.base_url, settings.site, settings.topics)

    def home(self) -> HTTPResponse:
        return self.listed(Selection(), "/latest", "")

    def latest(self, suffix: str) -> HTTPResponse:
        return self.listed(Selection(), "/latest", suffix)

    def to_home(self) -> HTTPResponse:
        selection, view = read(params())
        return moved(write("/", selection, view))

    def topic(self, names: str, suffix: str = "") -> HTTPResponse:
        topics = tuple(sorted({name for name in names.replace(" ", "+").split("+") if name}))
        return self.listed(Selection(topics=topics), list_path(Selection(topics=topics)), suffix)

    def source(self, name: str, suffix: str = "") -> HTTPResponse:
        return self.listed(Selection(source=name), list_path(Selection(source=name)), suffix)

    def by(self, name: str, suffix: str = "") -> HTTPResponse:
        return self.listed(Selection(by=name), list_path(Selection(by=name)), suffix)

    def listed(self, within: Selection, path: str, suffix: str) -> HTTPResponse:
        """A list as a page or feed; a list asked for with words is a search."""
        selection, view = read(params(), within=within)
        if selection.query:
            return moved(write(f"/search{suffix}", selection, view))
        if suffix:
            return self.feed(path, selection, view, suffix)
        self.feeds.check(selection)
        shown = "/" if path == "/latest" else path
        if (address := write(shown, selection, view)) and not is_asked(address):
            return moved(address)
        state: list[object] = [self.pages.counted(each).seq for each in (whole(selection), Selection())]
        state += polls(self.database, [selection.source]) if selection.source else []
        return self.html(lambda pages, t: list_page(pages, selection, path, view, t), view, state=state)

    def search(self, suffix: str = "") -> HTTPResponse:
        """Results as a page, or as a feed."""
        selection, view = read(params())
        if suffix:
            return self.feed("/search", selection, view, suffix)
        self.feeds.check(selection)
        if (address := write("/search", selection, view)) and not is_asked(address):
            return moved(address)
        return self.html(
            lambda pages, t: search_page(pages, selection, view, t),
            view,
            robots="noindex",
            state=self.index.generation,
        )

    def sources(self) -> HTTPResponse:
        """All sources; polling moves what it shows without a line in the log, so it is always made anew."""
        view = read(params())[1]
        return self.html(lambda pages, t: tables.sources_page(pages, view, t), view, state=None)

    def feed(self, path: str, selection: Selection, view: View, suffix: str) -> HTTPResponse:
        """A feed at its one address; another spelling of it is sent there."""
        plain = replace(view, before="", page=1, size="", script="")
        address = write(f"{path}{suffix}", selection, plain)
        if not is_asked(address):
            return moved(address)
        conditions = header_conditions(bottle.request.environ)
        return sent(self.feeds.answer(path, selection, plain, suffix.removeprefix("."), conditions))

    def article(self, name: str, suffix: str = "") -> HTTPResponse:
        """An article's page, or the article for programs; of a withdrawn one its record."""
        found = articles.at(self.database, f"/a/{name}")
        if found is None or found.number is None or found.republish == "none":
            raise NotFound(f"/a/{name}: no such article")
        if found.withdrawn:
            return self.withdrawn(found, suffix)
        allowed = replace(addressed(as_allowed(found, ""), self.settings.base_url), note=None)
        if suffix == ".json":
            shown = record(allowed, self.settings.base_url)
            return machine(json.dumps(shown, ensure_ascii=False), "application/json")
        if suffix == ".txt":
            return machine(
                f"{found.title}\n\n{allowed.text or allowed.summary}".rstrip() + "\n", "text/plain"
            )
        return self.html(lambda pages, t: article_page(pages, found, t))

    def withdrawn(self, found: Article, suffix: str) -> HTTPResponse:
        """410 with the record of the withdrawal."""
        t = self.words()
        gone = found.withdrawn
        if gone is None:
            raise ValueError(f"{found.id} is not withdrawn")
        told = t.said("gone_text", when=t.moment(gone.when), reason=gone.reason)
        if suffix == ".json":
            said = {"id": found.id, "withdrawn": {"when": timestamp(gone.when), "reason": gone.reason}}
            return machine(json.dumps(said, ensure_ascii=False), "application/json", status=410)
        if suffix:
            return machine(f"{t['gone']}. {told}\n", "text/plain", status=410)
        lines = [told, t.said("record_text", found.id)]
        return page(self.pages.message(t["gone"], lines, t, switch=found.address), t, status=410)

    def opml(self) -> HTTPResponse:
        return machine(tables.opml(self.pages, self.words()), "text/x-opml")

    def opensearch(self) -> HTTPResponse:
        site = self.settings.site
        name, base = f"{site.title} {site.title_zh}"[:16].strip(), self.settings.base_url
        return machine(
            OPENSEARCH.format(name=escaped(name), base=escaped(base)), "application/opensearchdescription+xml"
        )

    def robots(self) -> HTTPResponse:
        return machine(ROBOTS, "text/plain")

    def static_file(self, name: str) -> HTTPResponse:
        """A file of ours; its name holds its hash, so it may be kept for ever."""
        body, mime = self.static.file(name)
        cached = {"Cache-Control": f"public, max-age={YEAR}, immutable"}
        return HTTPResponse(body, 200, {"Content-Type": mime, **cached, **HEADERS, **CLOSED})

    def picture(self, sha: str) -> HTTPResponse:
        """A picture that a public article shows; kept by others for an hour, in case it is withdrawn."""
        body = pictures.public(self.database, sha)
        kind = figures.type_of(body) if body else None
        if body is None or kind is None:
            raise NotFound(f"/picture/{sha}: no such picture")
        tag = f'"{sha}"'
        known = {"ETag": tag, "Cache-Control": "public, max-age=3600, immutable", **HEADERS, **OPEN, **ALONE}
        if reader.has(bottle.request.environ, tag):
            return HTTPResponse("", 304, known)
        return HTTPResponse(body, 200, {"Content-Type": kind, **known})

    def healthz(self) -> HTTPResponse:
        return machine("ok\n", "text/plain")

    def readyz(self) -> HTTPResponse:
        """Whether archive and index open, and how many changes the index is behind."""
        said, is_good = readiness(self.database, self.index, params().get("max_behind", [""])[-1])
        return machine(json.dumps(said), "application/json", status=200 if is_good else 503)

    def metrics(self) -> HTTPResponse:
        """Numbers for whoever watches over the service."""
        return machine(metrics(self.database, self.index, total(self.pages, Selection())), METRICS)

    def html(
        self,
        make: Callable[[Pages, Words], str],
        view: View | None = None,
        *,
        robots: str = "",
        state: object = "",
    ) -> HTTPResponse:
        """A page in the language and text size that the reader chose, which are remembered.

        It is the same as long as the log's last number is, and ``state``; None is for what always changes.
        """
        view = view or read({name: values for name, values in params().items() if name in ("ui", "size")})[1]
        t, environ = self.words(), bottle.request.environ
        tag = self.tag(t, state) if state is not None else ""
        if tag and reader.has(environ, tag):
            response = page("", t, status=304)
        else:
            response = page(make(self.pages, t), t)
        if tag:
            response.set_header("ETag", tag)
        if robots:
            response.set_header("X-Robots-Tag", robots)
        secure = self.settings.base_url.startswith("https:")
        for name, value in (("ui", view.ui), ("size", view.size)):
            if value:
                response.set_cookie(name, value, **COOKIE, secure=secure)
        return response

    def tag(self, t: Words, state: object) -> str:
        """What a page is known by: all that its text depends on but how long it took."""
        environ = bottle.request.environ
        address = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        on = (self._edition, *address, t.language, t.size, t.host, changes.last(self.database), state)
        return f'W/"{sha256(repr(on).encode())[:32]}"'

    def words(self) -> Words:
        """The interface for a request."""
        site = self.settings.site
        language, size = reader.choices(bottle.request.environ, site.ui)
        host = "" if site.base_url else reader.host(bottle.request.environ)
        return Words(
            language=language,
            zone=ZoneInfo(site.timezone),
            size=size,
            host="" if host == self.settings.base_url.partition("://")[2] else host,
        )

    def failed(self, environ: Environ, error: Exception) -> tuple[str, Headers, bytes]:
        """An error outside of Bottle as an answer."""
        bottle.request.bind(environ)
        response = self.error(error)
        return response.status_line, response.headerlist, response.body.encode()

    def error(self, error: Exception) -> HTTPResponse:
        """An error as people or programs are told of it."""
        status, key, detail = code_of(error)
        t = self.words()
        lines = [detail] if detail else []
        if status == 500:
            number = bottle.request.environ[NUMBER]
            log.exception("request %s failed", number, exc_info=error)
            lines = [t["server_error_text"], t.said("error_id", number)]
        elif status == 404:
            lines = [t["nothing_here"]]
        elif status == 405:
            lines = [t["only_read_text"]]
        elif status == 503:
            lines = [t["no_index_text"]]
        path = str(bottle.request.environ.get("PATH_INFO", ""))
        if path.endswith(FOR_PROGRAMS) or path.startswith(("/static/", "/articles", "/websub/")):
            response = machine(f"{t[key]}: {' '.join(lines)}\n", "text/plain", status=status)
        else:
            response = page(self.pages.message(t[key], lines, t), t, status=status)
        if status == 503:
            response.set_header("Retry-After", "5")
        if status == 405 and isinstance(error, bottle.HTTPError):
            methods = error.get_header("Allow", "GET").split(",")
            response.set_header("Allow", ", ".join([*methods, "HEAD"] if "GET" in methods else methods))
        return response


def code_of(error: Exception) -> tuple[int, str, str]:
    """The code of an error, the word for it, and what may be told of it."""
    if isinstance(error, UsageError):
        return 400, "bad_request", str(error)
    if isinstance(error, NotFound):
        return 404, "not_found", ""
    if isinstance(error, IndexUnavailable):
        return 503, "no_index", ""
    known = {400: "bad_request", 404: "not_found", 405: "only_read"}
    if isinstance(error, bottle.HTTPError) and error.status_code in known:
        return error.status_code, known[error.status_code], ""
    return 500, "server_error", ""


def page(text: str, t: Words, *, status: int = 200) -> HTTPResponse:
    """A page for one reader."""
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Language": t.tag,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Language, Cookie",
        **HEADERS,
        **CLOSED,
    }
    return HTTPResponse(text, status, headers)


def machine(text: str, mime: str, *, status: int = 200) -> HTTPResponse:
    """Text for programs."""
    headers = {"Content-Type": f"{mime}; charset=utf-8", "Cache-Control": "no-cache", **HEADERS, **OPEN}
    return HTTPResponse(text, status, headers)


def sent(answer: Answer) -> HTTPResponse:
    """A feed's answer. Browsers show a feed with its stylesheet only when told that it is plain XML."""
    response = HTTPResponse(answer.body, 200 if answer.kind == "fresh" else 304)
    for name, value in (*answer.headers, *HEADERS.items(), *OPEN.items()):
        response.set_header(name, value)
    kind = response.get_header("Content-Type", "")
    if "+xml" in kind and "text/html" in bottle.request.environ.get("HTTP_ACCEPT", ""):
        response.set_header("Content-Type", "application/xml; charset=utf-8")
    response.set_header("Vary", "Accept, Accept-Encoding")
    return response


def replied(answer: Callable[..., Reply]) -> Callable[..., HTTPResponse]:
    """A route whose answer needs nothing but the request as the server hands it on."""

    def callback(**named: str) -> HTTPResponse:
        reply = answer(bottle.request.environ, **named)
        return HTTPResponse(reply.body, int(reply.code), reply.all_headers)

    return callback


def moved(address: str) -> HTTPResponse:
    """The one address of the same thing; programs of other sites may follow it only when told so here too."""
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    return HTTPResponse("", 301, {"Location": address, **plain, **HEADERS, **OPEN})


def params() -> dict[str, list[str]]:
    """The parameters of the request."""
    return reader.params(bottle.request.environ)


def is_asked(address: str) -> bool:
    """Whether the request asks for an address as we write it; Bottle has decoded its path."""
    environ = bottle.request.environ
    return is_canonical(environ["PATH_INFO"], reader.query(environ), address)
