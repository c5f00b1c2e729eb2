"""Lists and articles in frames on other sites: plain HTML, no scripts, no cookies, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus as Code
from typing import Any
from zoneinfo import ZoneInfo

from archive import changes
from archive.articles import at, is_public
from archive.database import Database
from archive.errors import NotFound, UsageError
from archive.model import Article, Selection, sha256
from archive.sources import sources
from syndicate import reader, reply
from syndicate.addresses import View, is_canonical, list_path, read, write
from syndicate.allowed import as_allowed, clipped
from syndicate.composing import Composer, Plan
from syndicate.machines import edition
from syndicate.pages import Pages, Voiced, shown_path, shown_title
from syndicate.policy import FRAMED
from syndicate.reply import Environ, Reply, Route, machine
from syndicate.strings import Words, tag_of, voiced

USUAL_N, MOST_N, TITLE, SUMMARY, AGE = 10, 50, 120, 200, 300
LISTS = ("/latest", "/search", "/topic/<name:path>", "/source/<name:path>", "/by/<name:path>")
ARTICLE = "/a/<name:re:\\d{4}/\\d\\d/\\d\\d/[0-9a-f-]{8,36}>"


class Embedding:
    """The answers to frames of other sites."""

    def __init__(self, pages: Pages, composer: Composer, style: str) -> None:
        self._pages = pages
        self._composer = composer
        self._style = style
        self._edition = edition(pages.settings.base_url, pages.settings.site, pages.settings.topics)

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        lists: tuple[Route, ...] = tuple(("GET", f"/embed{path}", self.listed) for path in LISTS)
        return (*lists, ("GET", f"/embed{ARTICLE}", self.article))

    def listed(self, environ: Environ, name: str = "") -> Reply:
        """The newest articles of a list, or of a search."""
        asked_path = environ["PATH_INFO"].removeprefix("/embed")
        selection, asked = read(reader.params(environ), within=within(asked_path))
        if asked.n is not None and asked.n > MOST_N:
            raise UsageError(f"n: a frame shows {MOST_N} at most, got {asked.n}")
        view = View(sort=asked.sort, n=asked.n, exact=asked.exact, ui=asked.ui)
        path = "/search" if asked_path == "/search" or selection.query else list_path(within(asked_path))
        address = write(path, selection, view)
        if not is_canonical(asked_path, reader.query(environ), address):
            return reply.moved(f"/embed{address}")
        plan = Plan(path=path, selection=selection, view=replace(view, n=view.n or USUAL_N), format="atom")
        self._composer.check(selection)
        state = self._pages.index.generation if plan.is_search else changes.last(self._pages.database)
        return self._framed(environ, state, lambda: self._list(plan))

    def article(self, environ: Environ, name: str) -> Reply:
        """One article as a card: what it is called, where it is from, how it begins."""
        found = public(self._pages.database, f"/a/{name}")
        ui = read(reader.params(environ))[1].ui or ("zh" if found.language == "zh" else "en")
        state = (found.seq, found.sha)
        return self._framed(environ, state, lambda: self._card(found, self._words(ui)))

    def _list(self, plan: Plan) -> str:
        """A list as a document."""
        feed = self._composer.compose(plan)
        titles = {each.id: ((clipped(each.title, TITLE), False),) for each in feed.articles if each.title}
        t = self._words("zh" if feed.language.startswith("zh") else "en")
        name = self._composer.name(plan)
        return self._document(
            t,
            title=name,
            heading=voiced([(name, False)], t.tag),
            address=feed.page_url,
            rows=self._pages.rows(feed.articles, t, titles=titles, snippets={}),
        )

    def _card(self, article: Article, t: Words) -> str:
        """An article as a document."""
        allowed = as_allowed(article, "summary")
        source = sources(self._pages.database, [article.source]).get(article.source)
        name = t.source_name(source, article.source)
        return self._document(
            t,
            title=shown_title(article),
            heading=voiced([(shown_title(article), False)], article.tag),
            heading_tag=article.tag,
            summary=clipped(allowed.summary, SUMMARY),
            address=self._pages.settings.base_url + article.address,
            facts=[(name, tag_of(name)), (t.published(article), t.tag)],
        )

    def _document(self, t: Words, *, title: str, heading: Voiced, address: str, **more: object) -> str:
        """The template filled in."""
        shown: dict[str, Any] = {"rows": (), "facts": (), "summary": "", "heading_tag": t.tag, **more}
        return self._pages.page(
            "embed",
            t,
            title=title,
            place="",
            switch="",
            heading=heading,
            address=address,
            style=self._style,
            **shown,
        )

    def _words(self, language: str) -> Words:
        """The words of a frame: those of its list or article, whoever looks, so that all may keep it."""
        return Words(language=language, zone=ZoneInfo(self._pages.settings.site.timezone))

    def _framed(self, environ: Environ, state: object, make: Callable[[], str]) -> Reply:
        """A document that any site may show, known by what it is made from."""
        on = (self._edition, environ["PATH_INFO"], environ.get("QUERY_STRING", ""), state)
        tag = f'W/"{sha256(repr(on).encode())[:32]}"'
        known = reader.has(environ, tag)
        made = machine("" if known else make(), "text/html", code=Code.NOT_MODIFIED if known else Code.OK)
        return made.having(
            **{name.replace("-", "_"): value for name, value in FRAMED.items()},
            ETag=tag,
            Cache_Control=f"public, max-age={AGE}",
            X_Robots_Tag="noindex",
        )


def within(path: str) -> Selection:
    """What the path of a list, decoded and without a format, selects. Raises NotFound for another path."""
    if path in ("/", "/latest", "/search"):
        return Selection()
    _, kind, name = path.split("/", 2) if path.count("/") > 1 else ("", "", "")
    if kind == "topic" and name:
        return Selection(topics=tuple(sorted({each for each in name.replace(" ", "+").split("+") if each})))
    if kind == "source" and name:
        return Selection(source=name)
    if kind == "by" and name:
        return Selection(by=name)
    raise NotFound(f"{shown_path(path)[:200]}: no such list")


def public(database: Database, address: str) -> Article:
    """The article at one of our addresses. Raises NotFound for one that may not be shown."""
    found = at(database, address)
    if found is None or not is_public(found):
        raise NotFound(f"{address[:200]}: no such article")
    return found
