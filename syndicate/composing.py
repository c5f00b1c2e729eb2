"""What is in a feed and what it is called: any list or search, read from the archive and the index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from archive import lists
from archive.articles import articles, is_public
from archive.database import Database
from archive.errors import NotFound
from archive.model import Article, Selection, Source, Topic, article_id
from archive.naming import FAMILIES
from archive.settings import Site
from archive.sources import sources
from index import Index, Search
from syndicate.addresses import View, write
from syndicate.allowed import as_allowed, fitted
from syndicate.body import addressed
from syndicate.paging import Count, closed_end, is_closed, window_before

NEWEST, REVISED = 32, 18
NO_NUMBER = 1 << 62
NOTHING_YET = datetime(2000, 1, 1, tzinfo=UTC)
LANGUAGE_NAMES = {"en": {"en": "in English", "zh": "in Chinese"}, "zh": {"en": "英文", "zh": "中文"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed before it is written in a format; addresses are absolute and all times known: rendering is pure.

    ``articles`` hold the withdrawn ones too, which formats tell as deletions. ``current`` and ``previous``
    are the links of the complete history, ``facts`` what is known of the whole list, ``style`` the address
    of a stylesheet for those who open the feed in a browser, ``hub`` is the WebSub hub that tells of news.
    """

    id: str
    self_url: str
    page_url: str
    base_url: str
    title: str
    language: str
    updated: datetime
    articles: tuple[Article, ...]
    sources: Mapping[str, Source]
    topics: Mapping[str, Topic]
    is_archive: bool = False
    current: str | None = None
    previous: str | None = None
    facts: Mapping[str, object] | None = None
    style: str | None = None
    hub: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A request for a feed: a list at its path, how it is to be shown, and the format."""

    path: str
    selection: Selection
    view: View
    format: str

    @property
    def is_search(self) -> bool:
        """Whether the index answers: for words, and for other orders than that of feeds."""
        return self.path == "/search" or bool(self.selection.query or self.view.sort)

    @property
    def has_history(self) -> bool:
        """Whether the feed links to its complete history; one cut to size or in another order has none."""
        return not self.is_search and self.view.n is None

    def address(self, **changed: Any) -> str:
        """The one address of the feed, or of the same list otherwise shown."""
        view = replace(self.view, **changed) if changed else self.view
        return write(f"{self.path}.{self.format}", self.selection, view)

    def page(self) -> str:
        """The page that shows the same list to people."""
        path = "/" if self.path == "/latest" else self.path
        return write(path, self.selection, View(sort=self.view.sort, exact=self.view.exact))


class Composer:
    """Composes feeds from the archive and, for searches, the index."""

    def __init__(
        self,
        database: Database,
        index: Index,
        *,
        site: Site,
        base_url: str,
        topics: tuple[Topic, ...],
        style: str | None = None,
    ) -> None:
        self.database = database
        self.index = index
        self._site = site
        self._base_url = base_url
        self._topics = {topic.id: topic for topic in topics}
        self._style = style

    def check(self, selection: Selection) -> None:
        """Raise NotFound for a topic or source that there is not."""
        for topic in (*selection.topics, *selection.without):
            if topic not in self._topics:
                raise NotFound(f"{topic}: no such topic; /topics lists them")
        if selection.source and not self.database.read(
            "SELECT 1 FROM source WHERE id = :id OR family = :id", id=selection.source
        ):
            raise NotFound(f"{selection.source}: no such source; /sources lists them")

    def compose(self, plan: Plan) -> Feed:
        """The feed of a plan, read from the archive and, for searches, the index."""
        self.check(plan.selection)
        found, facts = self._articles(plan)
        base = self._base_url
        allowed = fitted([as_allowed(article, plan.view.content) for article in found])
        shown = tuple(addressed(article, base) for article in allowed)
        moments = [moment for article in shown if (moment := touched(article))]
        named = View(content=plan.view.content, exact=plan.view.exact)
        return Feed(
            id=article_id("feed", write(plan.path, plan.selection, named)),
            self_url=base + plan.address(),
            page_url=base + plan.page(),
            base_url=base,
            title=self._title(plan),
            language=self._words(plan.selection, plan.view),
            updated=max(moments, default=NOTHING_YET),
            articles=shown,
            sources=sources(self.database, {article.source for article in shown}),
            topics=self._topics,
            is_archive=plan.view.archive is not None,
            current=base + plan.address(archive=None) if plan.has_history else None,
            previous=self._previous(plan),
            facts=facts,
            style=self._style,
            hub=None if plan.view.archive else f"{base}/hub",
        )

    def _articles(self, plan: Plan) -> tuple[tuple[Article, ...], Mapping[str, object] | None]:
        """The articles of a document, and what is known of the whole list."""
        selection, view = plan.selection, plan.view
        if view.archive is not None:
            top = lists.top(self.database, selection)
            if not plan.has_history or not is_closed(view.archive, top, self._count(selection)):
                raise NotFound(f"archive={view.archive[0]}-{view.archive[1]}: no such document of this list")
            return lists.numbered(self.database, selection, *view.archive), None
        if plan.is_search:
            return self._searched(selection, view)
        # Counting is slow, and only this format says how many there are.
        facts = {"total": lists.total(self.database, selection)} if plan.format == "json" else None
        if view.n is not None:
            return lists.newest(self.database, selection, view.n), facts
        return self._live(selection), facts

    def _live(self, selection: Selection) -> tuple[Article, ...]:
        """The newest, and others that were revised or withdrawn last, whatever their number."""
        newest = lists.newest(self.database, selection, NEWEST)
        touched = lists.revised(self.database, selection, NEWEST + REVISED, below_number=NO_NUMBER)
        shown = {article.id for article in newest}
        others = [article for article in touched if article.id not in shown]
        return (*newest, *others[:REVISED])

    def _searched(self, selection: Selection, view: View) -> tuple[tuple[Article, ...], Mapping[str, object]]:
        """The articles of a search, newest first unless another order was asked for."""
        found = self.index.search(
            Search(selection=selection, sort=view.sort or "number", n=view.n or 50, exact=view.exact)
        )
        wanted = articles(self.database, [hit.id for hit in found.hits])
        facts = {
            "total": found.total,
            "read_as": found.read_as,
            "also_searched": list(found.also_searched),
            "note": found.note,
        }
        return tuple(filter(is_public, wanted)), facts

    def _previous(self, plan: Plan) -> str | None:
        """The address of the archive document before this one."""
        if not plan.has_history:
            return None
        selection, view = plan.selection, plan.view
        end = view.archive[0] if view.archive else closed_end(lists.top(self.database, selection))
        window = window_before(end, self._count(selection))
        return self._base_url + plan.address(archive=window) if window else None

    def _count(self, selection: Selection) -> Count:
        """Counts a selection's articles between two numbers."""
        return lambda low, high: lists.count(self.database, selection, low, high)

    def _words(self, selection: Selection, view: View) -> str:
        """The language of the feed's own words."""
        stated = view.ui or (selection.language if selection.language in ("en", "zh") else self._site.ui)
        return "zh-Hans" if stated == "zh" else "en"

    def _title(self, plan: Plan) -> str:
        """What the feed is called, from its filters."""
        language = "zh" if self._words(plan.selection, plan.view).startswith("zh") else "en"
        source = self._source_name(plan.selection, language)
        said = describe(plan.selection, self._topics, source, language)
        return f"{said} – {self._site.title} {self._site.title_zh}".rstrip()

    def _source_name(self, selection: Selection, language: str) -> str:
        """What the source of a selection is called, or the family of sources."""
        known = sources(self.database, [selection.source]) if selection.source else {}
        if selection.source in known:
            return known[selection.source].name(language)
        en, zh = FAMILIES.get(selection.source, (selection.source, selection.source))
        return zh if language == "zh" else en


def describe(selection: Selection, topics: Mapping[str, Topic], source: str, language: str) -> str:
    """A selection in words."""
    named = [topics[id].name(language) for id in selection.topics if id in topics]
    without = [topics[id].name(language) for id in selection.without if id in topics]
    zh = language == "zh"
    parts = [
        (f"“{selection.query}”" if zh else f"Search for “{selection.query}”") if selection.query else "",
        ("或" if zh else " or ").join(named),
        (f"不含{'、'.join(without)}" if zh else f"without {' or '.join(without)}") if without else "",
        source,
        (f"作者 {selection.by}" if zh else f"by {selection.by}") if selection.by else "",
        LANGUAGE_NAMES[language].get(selection.language, ""),
        (f"自{selection.since}" if zh else f"from {selection.since}") if selection.since else "",
        (f"至{selection.until}" if zh else f"to {selection.until}") if selection.until else "",
    ]
    said = [part for part in parts if part]
    return ("，" if zh else ", ").join(said) if said else ("最新" if zh else "Latest")


def touched(article: Article) -> datetime | None:
    """When an article last changed for readers."""
    return article.withdrawn.when if article.withdrawn else article.stored
