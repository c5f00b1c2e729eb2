"""Any list or search as a feed: what is in it, what it is called, and the answer to who asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import quote

from archive import changes, lists
from archive.articles import articles, is_public
from archive.database import Database
from archive.errors import NotFound
from archive.model import Article, Selection, Source, Topic, article_id
from archive.naming import FAMILIES
from archive.reading.clean import as_html
from archive.settings import Site
from archive.sources import sources
from index import Index, Search
from syndicate import caching
from syndicate.addresses import View, write
from syndicate.answers import counts, told
from syndicate.body import addressed
from syndicate.formats import FORMATS
from syndicate.formats.texts import LONGEST_TITLE
from syndicate.paging import Count, closed_end, is_closed, window_before

NEWEST, REVISED = 32, 18
MOST_VERSIONS = 10_000
NO_NUMBER = 1 << 62
LARGEST = 450_000  # characters of text in one document; the whole stays under 500 KB
SUMMARY = 300  # characters taken from a text that has no summary
LONGEST_SUMMARY = 500
LIVE_AGE, ARCHIVE_AGE = 60, 3600
NOTHING_YET = datetime(2000, 1, 1, tzinfo=UTC)
LANGUAGE_NAMES = {"en": {"en": "in English", "zh": "in Chinese"}, "zh": {"en": "英文", "zh": "中文"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed before it is written in a format; addresses are absolute and all times known: rendering is pure.

    ``articles`` hold the withdrawn ones too, which formats tell as deletions. ``current`` and ``previous``
    are the links of the complete history, ``facts`` what is known of the whole list, ``style`` the address
    of a stylesheet for those who open the feed in a browser.
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


class Feeds:
    """Answers requests for feeds from what it keeps, and makes again only what has changed."""

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
        self._database = database
        self._index = index
        self._site = site
        self._base_url = base_url
        self._topics = {topic.id: topic for topic in topics}
        self._style = style
        self._cache = caching.Cache()
        self._versions: dict[str, tuple[int, int]] = {}

    def answer(
        self, path: str, selection: Selection, view: View, format: str, conditions: caching.Conditions
    ) -> caching.Answer:
        """The answer to a request for the list at a path, without suffix, in a format.

        Raises NotFound for an unknown topic, source or archive document, UsageError or QueryError for a
        question that makes no sense, IndexUnavailable when a search cannot be answered now.
        """
        plan = Plan(path=path, selection=selection, view=view, format=format)
        address = plan.address()
        rendered = self._cache.answer(
            address, lambda: self._version(plan, address), lambda version: self._render(plan, version)
        )
        return caching.answer(rendered, conditions)

    def check(self, selection: Selection) -> None:
        """Raise NotFound for a topic or source that there is not."""
        for topic in (*selection.topics, *selection.without):
            if topic not in self._topics:
                raise NotFound(f"{topic}: no such topic; /topics lists them")
        if selection.source and not self._database.read(
            "SELECT 1 FROM source WHERE id = :id OR family = :id", id=selection.source
        ):
            raise NotFound(f"{selection.source}: no such source; /sources lists them")

    def _version(self, plan: Plan, address: str) -> tuple[object, ...]:
        """What moves when the feed may change: the log's last line about it, or the index's generation."""
        if plan.is_search:
            return ("index", self._index.generation)
        token = self._database.changed()
        known = self._versions.get(address)
        if known is None or known[0] != token:
            if len(self._versions) > MOST_VERSIONS:
                self._versions.clear()
            # An article that comes to a topic leaves the lists without it, and would move them no more.
            within = replace(plan.selection, without=())
            known = self._versions[address] = (token, lists.version(self._database, within))
        return ("log", known[1])

    def _render(self, plan: Plan, version: tuple[object, ...]) -> caching.Rendered:
        with self._database.snapshot():
            feed = self.compose(plan)
        writer = FORMATS[plan.format]
        return caching.render(
            writer.render(feed),
            version=version,
            modified=self._modified(version),
            mime=writer.MIME,
            max_age=ARCHIVE_AGE if feed.is_archive else LIVE_AGE,
        )

    def _modified(self, version: tuple[object, ...]) -> datetime:
        """When the list last changed, by the log.

        The newest time in the document would go back when an article leaves the list or is restored, and who
        asks by time alone would never see that.
        """
        seq = version[1] if isinstance(version[1], int) else self._index.checkpoint
        line = next(iter(changes.after(self._database, seq - 1, 1)), None)
        return line.at if line else NOTHING_YET

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
            sources=sources(self._database, {article.source for article in shown}),
            topics=self._topics,
            is_archive=plan.view.archive is not None,
            current=base + plan.address(archive=None) if plan.has_history else None,
            previous=self._previous(plan),
            facts=facts,
            style=self._style,
        )

    def _articles(self, plan: Plan) -> tuple[tuple[Article, ...], Mapping[str, object] | None]:
        """The articles of a document, and what is known of the whole list."""
        selection, view = plan.selection, plan.view
        if view.archive is not None:
            top = lists.top(self._database, selection)
            if not plan.has_history or not is_closed(view.archive, top, self._count(selection)):
                raise NotFound(f"archive={view.archive[0]}-{view.archive[1]}: no such document of this list")
            return lists.numbered(self._database, selection, *view.archive), None
        if plan.is_search:
            return self._searched(plan)
        # Counting is slow, and only this format says how many there are.
        facts = {"total": lists.total(self._database, selection)} if plan.format == "json" else None
        if view.n is not None:
            return lists.newest(self._database, selection, view.n), facts
        return self._live(selection), facts

    def _live(self, selection: Selection) -> tuple[Article, ...]:
        """The newest, and others that were revised or withdrawn last, whatever their number."""
        newest = lists.newest(self._database, selection, NEWEST)
        touched = lists.revised(self._database, selection, NEWEST + REVISED, below_number=NO_NUMBER)
        shown = {article.id for article in newest}
        others = [article for article in touched if article.id not in shown]
        return (*newest, *others[:REVISED])

    def _searched(self, plan: Plan) -> tuple[tuple[Article, ...], Mapping[str, object] | None]:
        """The articles of a search, newest first unless another order was asked for."""
        view, counted = plan.view, plan.format == "json"
        search = Search(
            selection=plan.selection,
            sort=view.sort or "number",
            n=view.n or 50,
            exact=view.exact,
            facets=counted,
        )
        found = self._index.search(search)
        shown = tuple(filter(is_public, articles(self._database, [hit.id for hit in found.hits])))
        if not counted:
            return shown, None
        facets = counts(found)
        years = facets.pop("year", [])
        return shown, {
            **told(self._index, plan.selection.query, found),
            "facets": facets,
            "years": years,
        }

    def _previous(self, plan: Plan) -> str | None:
        """The address of the archive document before this one."""
        if not plan.has_history:
            return None
        selection, view = plan.selection, plan.view
        end = view.archive[0] if view.archive else closed_end(lists.top(self._database, selection))
        window = window_before(end, self._count(selection))
        return self._base_url + plan.address(archive=window) if window else None

    def _count(self, selection: Selection) -> Count:
        """Counts a selection's articles between two numbers."""
        return lambda low, high: lists.count(self._database, selection, low, high)

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
        known = sources(self._database, [selection.source]) if selection.source else {}
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


def as_allowed(article: Article, content: str) -> Article:
    """An article cut to what may be republished, and to what was asked for."""
    if article.republish == "title":
        return replace(article, html="", text="", summary="", enclosures=(), images=())
    if article.republish == "summary" or content == "summary":
        return shortened(article)
    return article


def shortened(article: Article) -> Article:
    """An article with a summary in place of its text."""
    stated = clipped(article.summary, LONGEST_SUMMARY)
    return replace(article, html="", text="", summary=stated or clipped(article.text, SUMMARY))


def clipped(text: str, length: int) -> str:
    """The beginning of a text, cut between sentences or words, with an ellipsis."""
    whole = " ".join(text.split())
    if len(whole) <= length:
        return whole
    start = whole[:length]
    for end in ("。", "！", "？", ". ", "! ", "? ", " "):
        if (place := start.rfind(end)) > length // 2:
            return start[: place + 1].rstrip() + "…"
    return start + "…"


def fitted(found: list[Article]) -> list[Article]:
    """The same articles within the size of a document: the longest texts give way to summaries."""
    sizes = [weight(article) for article in found]
    for place in sorted(range(len(found)), key=lambda place: -sizes[place]):
        if sum(sizes) <= LARGEST:
            break
        found[place] = shortened(found[place])
        sizes[place] = weight(found[place])
    return found


def weight(article: Article) -> int:
    """About how many bytes an article takes in the document that needs the most."""
    if article.withdrawn:
        return written(article.withdrawn.reason) + 300
    files, others = article.enclosures, article.translations
    # A summary is HTML in Atom and RSS, and stands in JSON a second time where there is no text.
    words = (article.title[:LONGEST_TITLE], 2 * escape(article.summary), article.rights, article.guid)
    names = (*article.authors, *article.categories)
    addresses = (article.url, article.licence, *(each.url for each in files))
    size = written(article.html or as_html(article.text)) + sum(written(each or "") for each in words)
    size += sum(written(name) + 50 for name in names) + sum(len(quote(each or "")) for each in addresses)
    size += sum(written(each.title[:LONGEST_TITLE]) + 400 for each in others)
    return size + 150 * len(files) + 1000


def written(text: str) -> int:
    """The bytes of a text in XML, where markup is escaped, or in JSON, where quotes and line ends are."""
    in_xml = 3 * (text.count("<") + text.count(">")) + 4 * text.count("&")
    return len(text.encode()) + max(in_xml, text.count('"') + text.count("\\") + text.count("\n"))


def touched(article: Article) -> datetime | None:
    """When an article last changed for readers."""
    return article.withdrawn.when if article.withdrawn else article.stored
