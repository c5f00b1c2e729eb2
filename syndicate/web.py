"""The web: which address answers with what, which error becomes which code. The only module with Bottle."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import bottle
from bottle import Bottle, HTTPResponse

from archive import articles, changes
from archive.database import Database
from archive.errors import IndexUnavailable, NotFound, UsageError
from archive.export import record
from archive.model import Article, Selection
from archive.settings import Settings
from index import Index
from syndicate import tables
from syndicate.addresses import View, is_canonical, list_path, read, write
from syndicate.article_page import article_page
from syndicate.caching import Answer, header_conditions
from syndicate.feeds import Feeds
from syndicate.machines import OPENSEARCH, ROBOTS, Static
from syndicate.pages import Pages
from syndicate.search_page import search_page
from syndicate.strings import Words

log = logging.getLogger(__name__)
Environ = dict[str, Any]
Start = Callable[..., Any]
SIZES = ("big", "middle", "small")
LANGUAGES = ("en", "zh")
CODES = {"fresh": 200, "not_modified": 304}
YEAR = 31_536_000
POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
OPEN = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
CLOSED = {"Cross-Origin-Resource-Policy": "same-origin"}


def make_app(
    *, database: Database, index: Index, settings: Settings
) -> Callable[[Environ, Start], Iterable[bytes]]:
    """The whole web application; give it other parts and it serves those."""
    web = Web(database, index, settings)
    app = Bottle()
    app.config["catchall"] = False
    app.default_error_handler = web.error
    suffix = "<suffix:re:\\.(?:atom|rss|json)>"
    for path, answer in (
        ("/", web.home),
        (f"/latest{suffix}", web.latest),
        ("/latest", web.to_home),
        ("/search", web.search),
        (f"/search{suffix}", web.search),
        ("/a/<year:re:\\d{4}>/<month:re:\\d\\d>/<day:re:\\d\\d>/<name:re:[0-9a-f-]{8,36}>", web.article),
        (
            "/a/<year:re:\\d{4}>/<month:re:\\d\\d>/<day:re:\\d\\d>/<name:re:[0-9a-f-]{8,36}>"
            "<suffix:re:\\.(?:json|txt)>",
            web.article,
        ),
        (f"/topic/<names:re:.+?>{suffix}", web.topic),
        ("/topic/<names:re:.+>", web.topic),
        (f"/source/<name:re:.+?>{suffix}", web.source),
        ("/source/<name:re:.+>", web.source),
        (f"/by/<name:re:.+?>{suffix}", web.by),
        ("/by/<name:re:.+>", web.by),
        ("/topics", lambda: web.html(tables.topics_page)),
        ("/sources", lambda: web.html(tables.sources_page)),
        ("/feeds", lambda: web.html(tables.feeds_page)),
        ("/feeds.opml", web.opml),
        ("/about", lambda: web.html(tables.about_page)),
        ("/about/search", lambda: web.html(tables.help_page)),
        ("/healthz", web.healthz),
        ("/readyz", web.readyz),
        ("/opensearch.xml", web.opensearch),
        ("/robots.txt", web.robots),
        ("/static/<name>", web.static_file),
    ):
        app.route(path, method="GET", callback=answer)
    return Guard(app, web)


class Guard:
    """Stands before Bottle: refuses what no server should answer, and turns every error into an answer."""

    def __init__(self, app: Bottle, web: Web) -> None:
        self._app = app
        self._web = web

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        try:
            if environ.get("CONTENT_LENGTH") and environ.get("HTTP_TRANSFER_ENCODING"):
                raise UsageError("a request has either a Content-Length or a Transfer-Encoding, not both")
            environ["PATH_INFO"].encode("latin-1").decode("utf-8")
            body: Iterable[bytes] = self._app(environ, start)
        except UnicodeDecodeError:
            return self._failed(environ, start, UsageError("the address is not UTF-8"))
        except Exception as error:
            return self._failed(environ, start, error)
        return body

    def _failed(self, environ: Environ, start: Start, error: Exception) -> Iterable[bytes]:
        """An error as an answer: a page for people, a line of text for programs."""
        bottle.request.bind(environ)
        response = self._web.error(error)
        start(response.status_line, response.headerlist)
        return [response.body.encode() if environ.get("REQUEST_METHOD") != "HEAD" else b""]


class Web:
    """The answers to requests."""

    def __init__(self, database: Database, index: Index, settings: Settings) -> None:
        self.database = database
        self.index = index
        self.settings = settings
        self.static = Static()
        self.feeds = Feeds(
            database, index, site=settings.site, base_url=settings.base_url, topics=settings.topics
        )
        self.pages = Pages(
            database=database, index=index, settings=settings, style=self.static.address("style.css")
        )

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
        return self.html(lambda pages, t: pages.latest(selection, path, view, t), view)

    def search(self, suffix: str = "") -> HTTPResponse:
        """Results as a page, or as a feed."""
        selection, view = read(params())
        if suffix:
            return self.feed("/search", selection, view, suffix)
        self.feeds.check(selection)
        if (address := write("/search", selection, view)) and not is_asked(address):
            return moved(address)
        return self.html(lambda pages, t: search_page(pages, selection, view, t), view, robots="noindex")

    def feed(self, path: str, selection: Selection, view: View, suffix: str) -> HTTPResponse:
        """A feed at its one address; another spelling of it is sent there."""
        plain = replace(view, before="", page=1, size="", script="")
        address = write(f"{path}{suffix}", selection, plain)
        if not is_asked(address):
            return moved(address)
        conditions = header_conditions(bottle.request.environ)
        return sent(self.feeds.answer(path, selection, plain, suffix.removeprefix("."), conditions))

    def article(self, year: str, month: str, day: str, name: str, suffix: str = "") -> HTTPResponse:
        """An article's page, or the article for programs; of a withdrawn one its record."""
        found = articles.at(self.database, f"/a/{year}/{month}/{day}/{name}")
        if found is None or found.number is None or found.republish == "none":
            raise NotFound(f"/a/{year}/{month}/{day}/{name}: no such article")
        if found.withdrawn:
            return self.withdrawn(found, suffix)
        if suffix == ".json":
            allowed = found if found.republish in (None, "full") else replace(found, text="", html="")
            shown = {**record(allowed, self.settings.base_url), "note": None}
            return machine(json.dumps(shown, ensure_ascii=False), "application/json")
        if suffix == ".txt":
            text = found.text if found.republish in (None, "full") else found.summary
            return machine(f"{found.title}\n\n{text}\n", "text/plain")
        return self.html(lambda pages, t: article_page(pages, found, t))

    def withdrawn(self, found: Article, suffix: str) -> HTTPResponse:
        """410 with the record of the withdrawal."""
        t = self.words(View())
        gone = found.withdrawn
        when, reason = (t.moment(gone.when), gone.reason) if gone else ("", "")
        if suffix:
            said = {"id": found.id, "withdrawn": {"when": when, "reason": reason}}
            return machine(json.dumps(said, ensure_ascii=False), "application/json", status=410)
        lines = [t.said("gone_text", when=when, reason=reason), t.said("record_text", found.id)]
        return page(self.pages.message(t["gone"], lines, t, switch=found.address), t, status=410)

    def opml(self) -> HTTPResponse:
        return machine(tables.opml(self.pages, self.words(read(params())[1])), "text/x-opml")

    def opensearch(self) -> HTTPResponse:
        site = self.settings.site
        return machine(
            OPENSEARCH.format(name=f"{site.title} {site.title_zh}"[:16].strip(), base=self.settings.base_url),
            "application/opensearchdescription+xml",
        )

    def robots(self) -> HTTPResponse:
        return machine(ROBOTS, "text/plain")

    def static_file(self, name: str) -> HTTPResponse:
        """A file of ours; its name holds its hash, so it may be kept for ever."""
        body, mime = self.static.file(name)
        cached = {"Cache-Control": f"public, max-age={YEAR}, immutable"}
        return HTTPResponse(body, 200, {"Content-Type": mime, **cached, **HEADERS, **CLOSED})

    def healthz(self) -> HTTPResponse:
        return machine("ok\n", "text/plain")

    def readyz(self) -> HTTPResponse:
        """Whether archive and index open, and how many changes the index is behind."""
        last = changes.last(self.database)
        try:
            self.index.refresh()
            said: dict[str, object] = {"ready": True, "log": last, "behind": last - self.index.checkpoint}
        except IndexUnavailable as error:
            said = {"ready": False, "log": last, "behind": last, "index": str(error)}
        most = parse_qs(bottle.request.query_string).get("max_behind", [""])[-1]
        good = said["ready"] and not (most.isdigit() and int(str(said["behind"])) > int(most))
        return machine(json.dumps(said), "application/json", status=200 if good else 503)

    def html(
        self, make: Callable[[Pages, Words], str], view: View | None = None, *, robots: str = ""
    ) -> HTTPResponse:
        """A page in the language and text size that the reader chose, which are remembered."""
        view = view or read({name: values for name, values in params().items() if name in ("ui", "size")})[1]
        t = self.words(view)
        response = page(make(self.pages, t), t)
        if robots:
            response.set_header("X-Robots-Tag", robots)
        for name, value in (("ui", view.ui), ("size", view.size)):
            if value:
                response.set_cookie(name, value, path="/", maxage=YEAR, httponly=True, samesite="lax")
        return response

    def words(self, view: View) -> Words:
        """The interface for a request: as its address says, as chosen before, as the browser asks."""
        environ = bottle.request.environ
        chosen = cookies(environ)
        wanted = view.ui or chosen.get("ui", "")
        language = wanted if wanted in LANGUAGES else accepted(environ) or self.settings.site.ui
        size = view.size or chosen.get("size", "")
        return Words(
            language=language,
            zone=ZoneInfo(self.settings.site.timezone),
            size=size if size in SIZES else "middle",
        )

    def error(self, error: Exception) -> HTTPResponse:
        """An error as people or programs are told of it."""
        status, key, detail = code_of(error)
        t = self.words(View())
        lines = [detail] if detail else []
        if status == 500:
            number = secrets.token_hex(4)
            log.exception("request %s failed", number, exc_info=error)
            lines = [t["server_error_text"], t.said("error_id", number)]
        elif status == 404:
            lines.append(t["nothing_here"])
        elif status == 503:
            lines = [t["no_index_text"]]
        path = str(bottle.request.environ.get("PATH_INFO", ""))
        if path.endswith((".atom", ".rss", ".json", ".txt", ".xml", ".opml")) or path.startswith("/static/"):
            response = machine(f"{t[key]}: {' '.join(lines)}\n", "text/plain", status=status)
        else:
            response = page(self.pages.message(t[key], lines, t), t, status=status)
        if status == 503:
            response.set_header("Retry-After", "5")
        if status == 405:
            response.set_header("Allow", "GET, HEAD")
        return response


def code_of(error: Exception) -> tuple[int, str, str]:
    """The code of an error, the word for it, and what may be told of it."""
    if isinstance(error, UsageError):
        return 400, "bad_request", str(error)
    if isinstance(error, NotFound):
        return 404, "not_found", ""
    if isinstance(error, IndexUnavailable):
        return 503, "no_index", ""
    if isinstance(error, bottle.HTTPError) and error.status_code in (400, 404, 405):
        return error.status_code, "bad_request" if error.status_code == 400 else "not_found", ""
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
    """A feed's answer."""
    response = HTTPResponse(answer.body, CODES[answer.kind])
    for name, value in (*answer.headers, *HEADERS.items(), *OPEN.items()):
        response.set_header(name, value)
    return response


def moved(address: str) -> HTTPResponse:
    """The one address of the same thing."""
    return HTTPResponse("", 301, {"Location": address, **HEADERS})


def params() -> Mapping[str, list[str]]:
    """The parameters of the request; bytes that are not UTF-8 are replaced."""
    query = bottle.request.environ.get("QUERY_STRING", "")
    return parse_qs(query, keep_blank_values=True, encoding="utf-8", errors="replace", max_num_fields=None)


def is_asked(address: str) -> bool:
    """Whether the request asks for an address as we write it."""
    environ = bottle.request.environ
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    return is_canonical(path, environ.get("QUERY_STRING", ""), address)


def cookies(environ: Environ) -> dict[str, str]:
    """The cookies of a request; broken ones are none."""
    try:
        return {name: item.value for name, item in SimpleCookie(environ.get("HTTP_COOKIE", "")).items()}
    except CookieError:
        return {}


def accepted(environ: Environ) -> str:
    """The interface language that a browser likes best of those there are."""
    weights: list[tuple[float, int, str]] = []
    for place, part in enumerate(str(environ.get("HTTP_ACCEPT_LANGUAGE", "")).lower().split(",")[:20]):
        tag, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=") or 1) if rest else 1.0
        except ValueError:
            weight = 0.0
        if tag.split("-")[0] in LANGUAGES and weight > 0:
            weights.append((-weight, place, tag.split("-")[0]))
    return min(weights)[2] if weights else ""
