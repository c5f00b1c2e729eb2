"""Pages for people: what each shows, and the one template function. Bottle is known here for that alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import parse_qs

from bottle import SimpleTemplate

from archive import changes, tally
from archive.articles import articles, is_public
from archive.database import Database
from archive.errors import NotFound
from archive.model import Article, Selection, Source, Topic, Translation, timestamp
from archive.settings import Settings
from archive.sources import sources
from index import Index
from syndicate.addresses import View, list_path, quoted, read, write
from syndicate.allowed import clipped
from syndicate.copies import Copy, copies
from syndicate.folding import Folding
from syndicate.formats import FORMATS
from syndicate.narrowing import narrowed
from syndicate.script import is_converted, pieces_in, tag_in, written
from syndicate.strings import COARSE, Words, tag_of, voiced

TEMPLATES = str(Path(__file__).with_name("templates"))
NAMES = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}
PAGE = 20
LONGEST_TITLE = 300
MOST_COUNTED = 500
COUNTED = ("language", "topic", "source", "year")
TOTALS = ("language", "year")
WORTH_KEEPING = 0.02  # seconds
OPTIONAL: Mapping[str, Any] = {"query": "", "kept": (), "also": "", "head": (), "find": True, "scripts": None}
SNIPPET = 220
ROW_TOPICS = 2
Marked = tuple[tuple[str, bool], ...]
Voiced = tuple[tuple[str, bool, str], ...]
FeedLink = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another version of an article, as a row or page names it."""

    title: str
    tag: str
    address: str
    language: str
    language_tag: str
    snippet: Voiced = ()
    is_found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An article in a list, in the words of one reader."""

    address: str
    tag: str
    title: Voiced
    others: tuple[Other, ...]
    snippet: Voiced
    time: str
    machine_time: str
    source: str
    source_tag: str
    source_address: str
    topics: tuple[tuple[str, str], ...]
    length: str
    language: str
    language_tag: str
    both: str
    is_converted: bool
    copies: tuple[Copy, ...] = ()
    through: Voiced = ()
    by_meaning: bool = False

    @property
    def plain_title(self) -> str:
        """The title without marks."""
        return "".join(text for text, _, _ in self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted in a list, up to which line of the log, and how long that is good enough."""

    seq: int
    facets: tally.Facets
    until: float


class Pages:
    """Makes pages from the archive and the index; each method answers with a whole page."""

    def __init__(
        self,
        *,
        database: Database,
        index: Index,
        settings: Settings,
        style: str,
        as_files: bool = False,
    ) -> None:
        self.database = database
        self.index, self.narrowed = narrowed(index, database, settings.topics)
        self.folding = Folding(database, self.narrowed.stories)
        self.settings = settings
        self.topics: Mapping[str, Topic] = {topic.id: topic for topic in settings.topics}
        self.as_files = as_files
        self._style = style
        self._templates: dict[str, SimpleTemplate] = {}
        self._counted: dict[tuple[Selection, tuple[str, ...]], Counted] = {}
        self._counting = threading.Lock()

    def page(
        self,
        name: str,
        t: Words,
        *,
        title: str,
        place: str,
        switch: str,
        feeds: Sequence[FeedLink] = (),
        feeds_of: str = "",
        **shown: Any,
    ) -> str:
        """A template filled in, inside the layout of all pages."""
        if name not in self._templates:
            self._templates[name] = SimpleTemplate(name=f"{name}.tpl", lookup=[TEMPLATES])
        site = self.settings.site
        layout: dict[str, Any] = {
            "t": t,
            "title": title,
            "place": place,
            "switch": switch,
            "feeds": feeds,
            "discovered": self._discovered(feeds, feeds_of or title, t, shown.get("language", "")),
            "site": site,
            "base_url": self.settings.base_url,
            "site_name": f"{site.title} {site.title_zh}".strip(),
            "style": self._style,
            "as_files": self.as_files,
            # All of them, always: a name left out would be any variable of that name in the page's template.
            **{name: shown.get(name, default) for name, default in OPTIONAL.items()},
        }
        filled: str = self._templates[name].render(**{**layout, **shown}, globals_of_page=layout)
        return filled

    def _discovered(
        self, feeds: Sequence[FeedLink], name: str, t: Words, language: str
    ) -> list[tuple[str, str, str]]:
        """The feeds that a page tells readers' programs of: title, type, address; the right language first.

        A page of a list begins with that very list, an article's page with what is in its ``language``.
        """
        shown = feeds or self.feed_links(Selection())
        title = name if feeds else t["latest_title"]
        whole = [(f"{title} ({kind})", mime, address) for kind, mime, address in shown]
        right = language if language in ("en", "zh") else t.language
        names = {"en": t["english"], "zh": "中文"}
        single = [
            (f"{title}, {names[each]} ({shown[0][0]})", shown[0][1], in_language(shown[0][2], each))
            for each in (right, "en" if right == "zh" else "zh")
            if "lang=" not in shown[0][2]
        ]
        return [*single[:1], *whole, *single[1:]] if language == right else [*whole, *single]

    def message(
        self, heading: str, lines: Sequence[str], t: Words, *, switch: str = "/", query: str = ""
    ) -> str:
        """A page that only says something; ``query`` stays in the search box, to be put right."""
        other: Literal["en", "zh"] = "en" if t.language == "zh" else "zh"
        return self.page(
            "message",
            t,
            title=heading,
            place="",
            switch=write("/search", Selection(query=query), View(ui=other)) if query else other_ui(switch, t),
            heading=heading,
            lines=lines,
            query=query,
            head=['<meta name="robots" content="noindex">'],
        )

    def rows(
        self,
        found: Sequence[Article],
        t: Words,
        *,
        titles: Mapping[str, Marked] | None = None,
        snippets: Mapping[str, Marked] | None = None,
    ) -> list[Row]:
        """Articles as rows; ``titles`` and ``snippets`` are those with marks, by id, of other versions too.

        Rows with snippets do not stand under their day, so they show it in place of the time.
        """
        known = sources(self.database, {article.source for article in found})
        told = copies(self.database, found, t)
        return [
            replace(
                self.row(
                    article,
                    known.get(article.source),
                    t,
                    (titles or {}).get(article.id, ((shown_title(article), False),)),
                    snippets,
                ),
                copies=told.get(article.id, ()),
            )
            for article in found
        ]

    def row(
        self,
        article: Article,
        source: Source | None,
        t: Words,
        title: Marked,
        snippets: Mapping[str, Marked] | None,
    ) -> Row:
        """One row, its Chinese in the script that the reader wants."""
        snippet = (snippets or {}).get(article.id, ())
        title = title if any(text for text, _ in title) else untitled(article)
        if changes := is_converted(article.language, article.script, t.script):
            title, snippet = pieces_in(title, t.script), pieces_in(snippet, t.script)
        tag = tag_in(article.language, article.script, t.script)
        name = t.source_name(source, article.source)
        return Row(
            address=article.address,
            tag=tag if article.language != "und" else "",
            title=voiced(title, tag),
            others=tuple(
                self.other(each, t, (snippets or {}).get(each.id, ())) for each in article.translations
            ),
            snippet=voiced(snippet, tag),
            time=t.time(article) if snippets is None else t.short_date(article),
            machine_time=machine_time(article),
            source=name,
            source_tag=tag_of(name),
            source_address=f"/source/{quoted(article.source)}",
            topics=self.topic_links(article, t)[:ROW_TOPICS],
            length=t.length(article),
            language=t.language_name(article.language),
            language_tag=self.name_tag(article.language, t),
            both=f"{article.address}/both" if in_both_languages(article) else "",
            is_converted=changes
            or any(is_converted(each.language, each.script, t.script) for each in article.translations),
        )

    def other(self, other: Translation, t: Words, snippet: Marked) -> Other:
        """Another version of the article of a row."""
        title, tag = other.title[:LONGEST_TITLE], tag_in(other.language, other.script, t.script)
        if is_converted(other.language, other.script, t.script):
            title, snippet = written(title, t.script), pieces_in(snippet, t.script)
        return Other(
            title=title,
            tag=tag,
            address=other.address,
            language=t.language_name(other.language),
            language_tag=self.name_tag(other.language, t),
            snippet=voiced(snippet, tag),
            is_found=other.state == "found",
        )

    def name_tag(self, language: str, t: Words) -> str:
        """The language that a language's own name is in."""
        return "zh-Hans" if language == "zh" else t.tag

    def topics_of(self, article: Article) -> list[str]:
        """An article's topics in the order of the settings, the practical ones first."""
        places = {
            id: (topic.group == "aspect", place) for place, (id, topic) in enumerate(self.topics.items())
        }
        return sorted(article.topics, key=lambda id: places.get(id, (True, len(places))))

    def topic_links(self, article: Article, t: Words) -> tuple[tuple[str, str], ...]:
        """An article's topics by name, with their addresses."""
        return tuple(
            (t.topic_name(self.topics.get(id), id), f"/topic/{quoted(id)}") for id in self.topics_of(article)
        )

    def feed_links(self, selection: Selection, view: View | None = None, path: str = "") -> list[FeedLink]:
        """The feeds of a selection: name, type, address."""
        path = path or list_path(selection)
        return [
            (
                NAMES[name],
                FORMATS[name].MIME,
                write(f"{path}.{name}", selection, view or View()),
            )
            for name in FORMATS
        ]

    def counts(self, selection: Selection) -> tally.Facets:
        """How many articles of a list are in each language, topic, source and year."""
        return self.counted(selection).facets

    def totals(self, selection: Selection) -> tally.Facets:
        """How many articles of a list are in each language and year, which is soon counted."""
        return self.counted(selection, TOTALS).facets

    def counted(self, selection: Selection, only: tuple[str, ...] = COUNTED) -> Counted:
        """The counts of a list, and the last line of the log they know.

        Counting 100,000 articles takes a second. So counts are kept until the log moves; and while it moves
        all the time, for so long that counting never takes more than a twentieth of it.
        """
        last, kept = changes.last(self.database), self._counted.get((selection, only))
        if kept and (kept.seq == last or time.monotonic() < kept.until):
            return kept
        with self._counting:
            if (made := self._counted.get((selection, only))) is not kept and made is not None:
                return made
            began = time.monotonic()
            facets = tally.facets(self.database, selection, only=only)
            took = time.monotonic() - began
            if len(self._counted) >= MOST_COUNTED:
                self._counted.clear()
            # Totals alone are no part of what a page is known by, so they must be those of now.
            until = time.monotonic() + (20 * took if took > WORTH_KEEPING and only != TOTALS else 0)
            made = self._counted[selection, only] = Counted(seq=last, facets=facets, until=until)
        return made

    def found(self, ids: Sequence[str]) -> list[Article]:
        """The articles of some ids that may be shown."""
        return [article for article in articles(self.database, ids) if is_public(article)]


def in_both_languages(article: Article) -> bool:
    """Whether a version in another language can stand beside an article."""
    return any(other.language != article.language for other in article.translations)


def in_language(address: str, language: str) -> str:
    """The address of a list's feed with only the articles in one language."""
    path, _, query = address.partition("?")
    selection, view = read(parse_qs(query))
    return write(path, replace(selection, language=cast(Literal["en", "zh"], language)), view)


def shown_path(path: str) -> str:
    """The path of a list's page."""
    return "/" if path == "/latest" else path


def last_page(count: int, n: int, view: View) -> int:
    """How many pages a list has. Raises NotFound for one beyond."""
    last = max(1, -(-count // n))
    if view.page > last:
        raise NotFound(f"page {view.page:,}: there is none, the last is page {last:,}")
    return last


def machine_time(article: Article) -> str:
    """When an article was published, for machines, as far as that is stated."""
    if article.published is None:
        return ""
    known = COARSE.get(article.published_precision or "")
    if known is None:
        return timestamp(article.published)
    return article.day.isoformat()[:known] if article.day else ""


def shown_title(article: Article) -> str:
    """A title for a list, where a whole text in its place would leave no room for others."""
    return article.title if len(article.title) <= LONGEST_TITLE else clipped(article.title, LONGEST_TITLE)


def untitled(article: Article) -> Marked:
    """What stands in place of a title where there is none."""
    return ((clipped(article.text, 80) or article.id, False),)


def other_ui(address: str, t: Words) -> str:
    """An address in the interface of the other language."""
    return f"{address}?ui={'en' if t.language == 'zh' else 'zh'}"


def escaped(text: str) -> str:
    """Text for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
