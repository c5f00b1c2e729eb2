"""Pages for people: what each shows, and the one template function. Bottle is known here for that alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from bottle import SimpleTemplate

from archive import lists
from archive.articles import articles, is_public
from archive.database import Database
from archive.model import Article, Selection, Source, Topic, timestamp
from archive.settings import Settings
from archive.sources import sources
from index import Index
from syndicate.addresses import View, list_path, quoted, write
from syndicate.feeds import clipped, describe
from syndicate.formats import FORMATS
from syndicate.strings import Words, tag_of, voiced

TEMPLATES = str(Path(__file__).with_name("templates"))
NAMES = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}
PAGE = 20
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

    @property
    def plain_title(self) -> str:
        """The title without marks."""
        return "".join(text for text, _, _ in self.title)


class Pages:
    """Makes pages from the archive and the index; each method answers with a whole page."""

    def __init__(self, *, database: Database, index: Index, settings: Settings, style: str) -> None:
        self.database = database
        self.index = index
        self.settings = settings
        self.topics: Mapping[str, Topic] = {topic.id: topic for topic in settings.topics}
        self._style = style
        self._templates: dict[str, SimpleTemplate] = {}

    def page(
        self,
        name: str,
        t: Words,
        *,
        title: str,
        place: str,
        switch: str,
        feeds: Sequence[FeedLink] = (),
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
            "site": site,
            "site_name": f"{site.title} {site.title_zh}".strip(),
            "style": self._style,
            **{name: shown[name] for name in ("query", "kept", "also", "head", "find") if name in shown},
        }
        filled: str = self._templates[name].render(**{**layout, **shown}, globals_of_page=layout)
        return filled

    def latest(self, selection: Selection, path: str, view: View, t: Words) -> str:
        """The home page, or any list without a query: by day, newest first."""
        place = {"/latest": "latest"}.get(path, path.split("/")[1] + "s")
        page = lists.page(self.database, selection, n=view.n or PAGE, before=view.before)
        if path == "/latest" and not page.articles and not view.before and selection == Selection():
            return self.begin(t)
        found = one_a_story(page.articles)
        rows = self.rows(found, t)
        days = [
            (t.day(day, weekday=True), day.isoformat(), [row for _, row in group])
            for day, group in groupby(zip(found, rows, strict=True), key=lambda pair: pair[0].day)
            if day
        ]
        heading, tag = self.heading(selection, t)
        whole = Selection(topics=selection.topics, source=selection.source, by=selection.by)
        older = write(shown_path(path), selection, View(before=page.older, n=view.n)) if page.older else ""
        counts = lists.facets(self.database, whole if path != "/latest" else Selection())
        return self.page(
            "list",
            t,
            title=heading,
            place=place,
            switch=switched(path, selection, view, t),
            feeds=self.feed_links(selection, path=path),
            heading=heading,
            heading_tag=tag,
            crumbs=(t[place], f"/{place}") if place in ("topics", "sources") else None,
            intro=t.articles(lists.total(self.database, selection)) if path != "/latest" else "",
            languages=language_links(path, selection, t),
            chart="",
            days=days,
            first_day=days[0][1] if days and not view.before else None,
            older=older,
            total_words="",
            topics=[
                (t.topic_name(self.topics.get(id), id), f"/topic/{quoted(id)}", count)
                for id, count in counts["topic"][:8]
            ],
            topics_total=len(self.topics),
            archive_words=self.archive_words(t),
        )

    def begin(self, t: Words) -> str:
        """What an empty archive shows: three ways to begin."""
        return self.page(
            "begin", t, title=t["begin"], place="latest", switch=other_ui("/", t), folder=self.settings.data
        )

    def message(self, heading: str, lines: Sequence[str], t: Words, *, switch: str = "/") -> str:
        """A page that only says something."""
        return self.page(
            "message",
            t,
            title=heading,
            place="",
            switch=other_ui(switch, t),
            heading=heading,
            lines=lines,
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
        """Articles as rows; ``titles`` and ``snippets`` are those with marks, by id."""
        known = sources(self.database, {article.source for article in found})
        return [
            self.row(
                article,
                known.get(article.source),
                t,
                (titles or {}).get(article.id, ((article.title, False),)),
                (snippets or {}).get(article.id, ()),
            )
            for article in found
        ]

    def row(self, article: Article, source: Source | None, t: Words, title: Marked, snippet: Marked) -> Row:
        """One row."""
        name = t.source_name(source, article.source)
        return Row(
            address=article.address,
            tag=article.tag if article.language != "und" else "",
            title=voiced(title if any(text for text, _ in title) else untitled(article), article.tag),
            others=tuple(
                Other(
                    title=other.title,
                    tag=f"{other.language}-{other.script}" if other.script else other.language,
                    address=other.address,
                    language=t.language_name(other.language),
                    language_tag=self.name_tag(other.language, t),
                )
                for other in article.translations
            ),
            snippet=voiced(snippet, article.tag),
            time=t.time(article) if not snippet else t.short_day(article.day) if article.day else "",
            machine_time=machine_time(article),
            source=name,
            source_tag=tag_of(name),
            source_address=f"/source/{quoted(article.source)}",
            topics=self.topic_links(article, t)[:ROW_TOPICS],
            length=t.length(article),
            language=t.language_name(article.language)
            if article.language != "und"
            else t["unknown_language"],
            language_tag=self.name_tag(article.language, t),
        )

    def name_tag(self, language: str, t: Words) -> str:
        """The language that a language's own name is in."""
        return "zh-Hans" if language == "zh" else t.tag

    def topic_links(self, article: Article, t: Words) -> tuple[tuple[str, str], ...]:
        """An article's topics by name, with their addresses, the practical ones first."""
        ids = sorted(
            article.topics, key=lambda id: self.topics[id].group == "aspect" if id in self.topics else True
        )
        return tuple((t.topic_name(self.topics.get(id), id), f"/topic/{quoted(id)}") for id in ids)

    def heading(self, selection: Selection, t: Words) -> tuple[str, str]:
        """What a list is called, and in which language that is."""
        source = (
            sources(self.database, [selection.source]).get(selection.source) if selection.source else None
        )
        name = t.source_name(source, selection.source)
        said = (
            describe(selection, self.topics, name, t.language)
            if selection != Selection()
            else t["latest_title"]
        )
        return said, tag_of(said) if selection.source or selection.by else t.tag

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

    def archive_words(self, t: Words) -> str:
        """How much the archive holds."""
        (row,) = self.database.read("SELECT MIN(day) AS day, COUNT(DISTINCT source) AS sources FROM article")
        total = t.articles(lists.total(self.database, Selection()))
        year = (row["day"] or "")[:4]
        return t.said("since", articles=total, sources=t.number(row["sources"]), year=year) if year else total

    def found(self, ids: Sequence[str]) -> list[Article]:
        """The articles of some ids that may be shown."""
        return [article for article in articles(self.database, ids) if is_public(article)]


def language_links(path: str, selection: Selection, t: Words) -> list[tuple[str, str, bool, str]]:
    """Links to a list in both languages, or one: name, address, whether chosen, language of the name."""
    choices: tuple[tuple[str, Literal["", "en", "zh"], str], ...] = (
        (t["both"], "", t.tag),
        (t["english"], "en", t.tag),
        ("中文", "zh", "zh-Hans"),
    )
    return [
        (
            name,
            write(shown_path(path), replace(selection, language=language), View()),
            selection.language == language,
            tag,
        )
        for name, language, tag in choices
    ]


def shown_path(path: str) -> str:
    """The path of a list's page."""
    return "/" if path == "/latest" else path


def switched(path: str, selection: Selection, view: View, t: Words) -> str:
    """The same list in the interface of the other language."""
    other: Literal["en", "zh"] = "en" if t.language == "zh" else "zh"
    return write(shown_path(path), selection, View(before=view.before, sort=view.sort, ui=other))


def one_a_story(found: Iterable[Article]) -> list[Article]:
    """The first of the versions of each story: its row names the others."""
    shown: dict[str, Article] = {}
    for article in found:
        if not any(other.id in shown for other in article.translations):
            shown[article.id] = article
    return list(shown.values())


def machine_time(article: Article) -> str:
    """When an article was published, for machines."""
    if article.published is None or article.published_precision in ("day", "month", "year"):
        return article.day.isoformat() if article.day else ""
    return timestamp(article.published)


def untitled(article: Article) -> Marked:
    """What stands in place of a title where there is none."""
    return ((clipped(article.text, 80) or article.id, False),)


def other_ui(address: str, t: Words) -> str:
    """An address in the interface of the other language."""
    return f"{address}?ui={'en' if t.language == 'zh' else 'zh'}"


def escaped(text: str) -> str:
    """Text for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
