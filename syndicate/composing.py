"""What is in a feed and what it is called: any list or search, read from the archive and the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from archive import lists, pictures, tally
from archive.articles import articles, is_public
from archive.database import Database
from archive.errors import IndexUnavailable, NotFound
from archive.model import Article, Selection, Source, Topic, article_id
from archive.naming import FAMILIES
from archive.settings import Site
from archive.sources import sources
from index import Index, Results, Search
from syndicate.addresses import View, write
from syndicate.allowed import as_allowed, fitted
from syndicate.answers import counts, marks, some_words, told
from syndicate.body import addressed, at
from syndicate.folding import Folding, Story, as_one
from syndicate.members import Found, Listed
from syndicate.narrowing import narrowed
from syndicate.paging import closed_end, is_closed, window_before
from syndicate.strings import Words

ANY_ZONE = ZoneInfo("UTC")  # days are days in all of them
MOST_NAMED = 3  # translations in a title
NOTHING_YET = datetime(2000, 1, 1, tzinfo=UTC)
BEGINNINGS = ("told ", "in ", "by ", "from ", "to ", "without ")  # of what English says of a list
LANGUAGE_NAMES = {
    "en": {"en": "in English", "zh": "in Chinese", "both": "in both languages"},
    "zh": {"en": "英文", "zh": "中文", "both": "双语"},
}
PAIRED = {"en": "told in English and Chinese", "zh": "中英文皆有"}
MOST_READ = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed before it is written in a format; addresses are absolute and all times known: rendering is pure.

    ``articles`` hold the withdrawn ones too, which formats tell as deletions. ``current`` and ``previous``
    are the links of the complete history, ``facts`` what is known of the whole list, ``style`` the address
    of a stylesheet for those who open the feed in a browser. ``about`` are the topics of the whole feed,
    ``types`` the types of kept pictures by their hash, ``hub`` is the WebSub hub that tells of news.
    ``marks`` say by its id how an article was found, where that is told.
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
    description: str = ""
    hub: str | None = None
    about: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


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
        return not self.view.sort and self.view.n is None

    def address(self, **changed: Any) -> str:
        """The one address of the feed, or of the same list otherwise shown."""
        view = replace(self.view, **changed) if changed else self.view
        return write(f"{self.path}.{self.format}", self.selection, view)

    def page(self) -> str:
        """The page that shows the same list to people."""
        path = "/" if self.path == "/latest" else self.path
        return write(path, self.selection, View(sort=self.view.sort, exact=self.view.exact))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a document tells: articles or stories, what is known of the whole list, how each was found.

    ``note`` says that some have not all of what was asked for.
    """

    stories: Sequence[Story]
    facts: Mapping[str, object] | None = None
    marks: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    note: str = ""


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
        hub: str | None = None,
    ) -> None:
        self.database = database
        self.index, self.narrowed = narrowed(index, database, topics)
        self.folding = Folding(database, self.narrowed.stories)
        self._site = site
        self._base_url = base_url
        self._topics = {topic.id: topic for topic in topics}
        self._style = style
        self._hub = hub

    def check(self, selection: Selection) -> None:
        """Raise NotFound for a topic or source that there is not."""
        self.narrowed.names.check(selection)

    def compose(self, plan: Plan) -> Feed:
        """The feed of a plan, read from the archive and, for searches, the index."""
        self.check(plan.selection)
        members = self._members(plan)
        contents = self._contents(plan, members)
        base, content = self._base_url, plan.view.content
        told = [
            as_one(tuple(self._shown(each, content) for each in story), content) for story in contents.stories
        ]
        shown = tuple(fitted(told))
        images = [image for article in shown for image in article.images]
        kept = [image.sha256 for image in images if image.sha256 and image.url == at(base, image.sha256)]
        moments = [moment for article in shown if (moment := touched(article))]
        named = View(content=plan.view.content, exact=plan.view.exact)
        return Feed(
            id=article_id("feed", write(plan.path, plan.selection, named)),
            self_url=base + plan.address(),
            page_url=base + plan.page(),
            base_url=base,
            title=self._title(plan),
            description=self._description(plan, contents.note),
            about=plan.selection.topics,
            language=self._words(plan.selection, plan.view),
            updated=max(moments, default=NOTHING_YET),
            articles=shown,
            sources=sources(self.database, {article.source for article in shown}),
            topics=self._topics,
            types=pictures.types(self.database, kept) if kept else {},
            hub=None if plan.view.archive else self._hub,
            is_archive=plan.view.archive is not None,
            current=base + plan.address(archive=None) if plan.has_history else None,
            previous=self._previous(plan, members),
            facts=contents.facts,
            marks=contents.marks,
            style=self._style,
        )

    def _members(self, plan: Plan) -> Listed | Found:
        """The articles that the feed and its history are of."""
        if plan.is_search:
            return Found(self.database, self.index, plan.selection, exact=plan.view.exact)
        return Listed(self.database, plan.selection)

    def _contents(self, plan: Plan, members: Listed | Found) -> Contents:
        """What a document tells; only one format says what is known of the whole list."""
        selection, view = plan.selection, plan.view
        if view.archive is not None:
            self._check_window(plan, members)
            if selection.language == "both":
                return Contents(stories=self.folding.between(members, *view.archive))
            return Contents(stories=[(article,) for article in members.between(*view.archive)])
        found = self._found(plan)
        listed = self._listed(plan, members, found)
        return Contents(
            stories=self.folding.stories(listed)[: view.n or 50]
            if selection.language == "both"
            else [(article,) for article in listed],
            facts=self._facts(plan, found) if plan.format == "json" else None,
            marks=self._marks(plan, found) if found and plan.format == "json" else {},
            note=some_words(found, self._said(plan)) if found else "",
        )

    def _found(self, plan: Plan) -> Results | None:
        """What the index finds for a document; where there is a history, that names the articles."""
        if not plan.is_search or (plan.has_history and plan.format != "json"):
            return None
        return self.index.search(
            Search(
                selection=plan.selection,
                sort=plan.view.sort or "number",
                n=0 if plan.has_history else plan.view.n or 50,
                exact=plan.view.exact,
                facets=plan.format == "json",
            )
        )

    def _listed(self, plan: Plan, members: Listed | Found, found: Results | None) -> Sequence[Article]:
        """The articles of a document that is no part of a history."""
        if plan.has_history:
            return members.live()
        if found is not None:
            return [*filter(is_public, articles(self.database, [hit.id for hit in found.hits]))]
        n = plan.view.n or 0
        several = min(MOST_READ, 3 * n) if plan.selection.language == "both" else n
        return lists.newest(self.database, plan.selection, several)

    def _marks(self, plan: Plan, found: Results) -> dict[str, Mapping[str, object]]:
        """How each article or story was found, by its id; only words can be found in part."""
        if not plan.selection.query:
            return {}
        is_told = plan.selection.language == "both"
        return {
            (self.folding.told_as(hit.id) if is_told else hit.id): marks(hit) for hit in reversed(found.hits)
        }

    def _check_window(self, plan: Plan, members: Listed | Found) -> None:
        """Raise NotFound for what is no document of a list's history."""
        low, high = plan.view.archive or (0, 0)
        if not plan.has_history or not is_closed((low, high), members.top, members.count):
            raise NotFound(f"archive={low}-{high}: no such document of this list")

    def _shown(self, article: Article, content: str) -> Article:
        """What is shown of an article. The pictures that we keep are public only where all of it is."""
        public = article.republish in (None, "full")
        return as_allowed(addressed(article, self._base_url) if public else article, content)

    def _facts(self, plan: Plan, found: Results | None) -> dict[str, object]:
        """What is known of the whole list; its counts only where there is an index to count them."""
        if found is not None:
            return {**told(self.index, plan.selection.query, found), **counted(found)}
        total = tally.total(self.database, plan.selection)
        known: dict[str, object] = {"total": total}
        if plan.selection.language == "both":
            known["stories"] = total - self.folding.repeated(plan.selection)
        search = Search(selection=plan.selection, sort="number", n=0, exact=plan.view.exact, facets=True)
        try:
            return {**known, **counted(self.index.search(search))}
        except IndexUnavailable:
            return known

    def _previous(self, plan: Plan, members: Listed | Found) -> str | None:
        """The address of the archive document before this one."""
        if not plan.has_history:
            return None
        archive = plan.view.archive
        window = window_before(archive[0] if archive else closed_end(members.top), members.count)
        return self._base_url + plan.address(archive=window) if window else None

    def _words(self, selection: Selection, view: View) -> str:
        """The language of the feed's own words."""
        stated = view.ui or (selection.language if selection.language in ("en", "zh") else self._site.ui)
        return "zh-Hans" if stated == "zh" else "en"

    def _said(self, plan: Plan) -> Words:
        """The words of the feed's language."""
        return Words(language=self._words(plan.selection, plan.view)[:2], zone=ANY_ZONE)

    def _title(self, plan: Plan) -> str:
        """What the feed is called, from its filters."""
        return f"{self.name(plan)} – {self._site.title} {self._site.title_zh}".rstrip()

    def _description(self, plan: Plan, note: str) -> str:
        """What the feed holds, in a sentence, and what is to be said of that."""
        key = "feed_archive" if plan.view.archive else "feed_search" if plan.is_search else "feed_list"
        site = f"{self._site.title} {self._site.title_zh}".strip()
        t = self._said(plan)
        said = t.said(key, what=self.name(plan), site=site)
        return (said + note if t.language == "zh" else f"{said} {note}").rstrip()

    def name(self, plan: Plan) -> str:
        """What the list of a feed is called in its language, from its filters."""
        language = self._words(plan.selection, plan.view)[:2]
        source = self._source_name(plan.selection, language)
        said = describe(plan.selection, self._topics, source, language)
        if also := self._translations(plan):
            said += (
                f"（译文：{'、'.join(also)}）"
                if language == "zh"
                else f" (in translation: {', '.join(also)})"
            )
        return said[:1].upper() + said[1:] if said.startswith(BEGINNINGS) else said

    def _translations(self, plan: Plan) -> tuple[str, ...]:
        """What a search for words also finds in the other language, and is named in the title."""
        if not (plan.is_search and plan.selection.query) or plan.view.exact:
            return ()
        try:
            found = self.index.search(Search(selection=plan.selection, sort="number", n=0))
        except IndexUnavailable:
            return ()
        return found.also_searched[:MOST_NAMED] if found.across else ()

    def _source_name(self, selection: Selection, language: str) -> str:
        """What the source of a selection is called, or the family of sources."""
        known = sources(self.database, [selection.source]) if selection.source else {}
        if selection.source in known:
            return known[selection.source].name(language)
        en, zh = FAMILIES.get(selection.source, (selection.source, selection.source))
        return zh if language == "zh" else en


def counted(found: Results) -> dict[str, object]:
    """How many articles have each value of a field, years apart."""
    facets = counts(found)
    return {"years": facets.pop("year", []), "facets": facets}


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
        PAIRED[language] if selection.paired else "",
        Words(language=language, zone=ANY_ZONE).days(selection.since, selection.until),
    ]
    said = [part for part in parts if part]
    return ("，" if zh else ", ").join(said) if said else ("最新" if zh else "Latest")


def touched(article: Article) -> datetime | None:
    """When an article last changed for readers."""
    return article.withdrawn.when if article.withdrawn else article.stored
