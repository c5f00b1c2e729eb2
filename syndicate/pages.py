"""Pages for people: what each shows, and the one template function. Bottle is known here for that alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from bottle import SimpleTemplate

from archive import lists
from archive.articles import articles, is_public
from archive.database import Database
from archive.model import Article, Selection, Source, Topic, timestamp
from archive.settings import Settings
from archive.sources import sources
from index import Index
from syndicate.addresses import View, list_path, quoted, write
from syndicate.body import body_of
from syndicate.feeds import clipped, describe
from syndicate.formats import FORMATS
from syndicate.strings import Words, tag_of

TEMPLATES = str(Path(__file__).with_name("templates"))
NAMES = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}
PAGE = 20
SNIPPET = 220
ROW_TOPICS = 2
Marked = tuple[tuple[str, bool], ...]
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
    title: Marked
    others: tuple[Other, ...]
    snippet: Marked
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
        return "".join(text for text, _ in self.title)


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
        rows = self.rows(page.articles, t)
        days = [
            (t.day(day, weekday=True), day.isoformat(), [row for _, row in group])
            for day, group in groupby(zip(page.articles, rows, strict=True), key=lambda pair: pair[0].day)
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

    def article(self, article: Article, t: Words) -> str:
        """One article with its text, its record, and the ways on from it."""
        source = sources(self.database, [article.source]).get(article.source)
        topic = article.topics[0] if article.topics else ""
        around = Selection(topics=(topic,)) if topic else Selection()
        earlier, later = lists.neighbours(self.database, around, article)
        named = t.topic_name(self.topics.get(topic), topic) if topic else t["latest"]
        allowed = article.republish in (None, "full")
        row = self.rows([article], t)[0]
        name = t.source_name(source, article.source)
        follows = [
            (named, t.tag, self.feed_links(around)),
            (name, tag_of(name), self.feed_links(self.of(article))),
        ]
        body = body_of(article, t["picture"]) if allowed else f"<p>{escaped(summary_of(article))}</p>"
        return self.page(
            "article",
            t,
            title=clipped(article.title, 60) or t["latest"],
            place="",
            switch=f"{article.address}?ui={'en' if t.language == 'zh' else 'zh'}",
            feeds=self.feed_links(around),
            head=self.article_head(article),
            find=False,
            article=article,
            address=article.address,
            tag=row.tag,
            language=row.language,
            language_tag=row.language_tag,
            others=row.others,
            source=name,
            source_tag=tag_of(name),
            source_address=row.source_address,
            authors=[(author, f"/by/{quoted(author)}", tag_of(author)) for author in article.authors],
            topics=self.topic_links(article, t),
            length=row.length,
            machine_time=row.machine_time,
            body=body,
            earlier=self.rows([earlier], t)[0] if earlier else None,
            later=self.rows([later], t)[0] if later else None,
            earlier_words=t.said("earlier_in", named),
            later_words=t.said("later_in", named),
            citation=self.citation(article, name, t),
            original=article.url if article.url and article.url.startswith(("http://", "https://")) else None,
            original_host=urlsplit(article.url).netloc if article.url else "",
            follows=[
                (said, tag, [(kind.removesuffix(" Feed"), link) for kind, _, link in links])
                for said, tag, links in follows
            ],
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
            title=title
            if any(text for text, _ in title)
            else ((clipped(article.text, 80) or article.id, False),),
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
            snippet=snippet,
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

    def of(self, article: Article) -> Selection:
        """The list of an article's source."""
        return Selection(source=article.source)

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

    def citation(self, article: Article, source: str, t: Words) -> str:
        """How to cite an article."""
        address = self.settings.base_url + article.address
        day = t.day(article.day) if article.day else ""
        authors = ", ".join(article.authors)
        if article.language == "zh":
            return f"{authors + '：' if authors else ''}《{article.title}》，{source}，{day}。{address}"
        return f"{authors + '. ' if authors else ''}“{article.title}.” {source}, {day}. {address}"

    def article_head(self, article: Article) -> list[str]:
        """What machines read of an article's page: its address, its other versions, how to cite it."""
        base = self.settings.base_url
        lines = [f'<link rel="canonical" href="{escaped(base + article.address)}">']
        for other in article.translations:
            tag = f"{other.language}-{other.script}" if other.script else other.language
            lines.append(f'<link rel="alternate" hreflang="{tag}" href="{escaped(base + other.address)}">')
        lines.append(f'<link rel="alternate" type="application/json" href="{article.address}.json">')
        stated = {"citation_title": article.title, "citation_language": article.language}
        lines += [f'<meta name="{name}" content="{escaped(value)}">' for name, value in stated.items()]
        lines += [f'<meta name="citation_author" content="{escaped(author)}">' for author in article.authors]
        return lines

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


def machine_time(article: Article) -> str:
    """When an article was published, for machines."""
    if article.published is None or article.published_precision in ("day", "month", "year"):
        return article.day.isoformat() if article.day else ""
    return timestamp(article.published)


def summary_of(article: Article) -> str:
    """What may be shown of an article whose text may not."""
    return "" if article.republish == "title" else article.summary or clipped(article.text, 300)


def other_ui(address: str, t: Words) -> str:
    """An address in the interface of the other language."""
    return f"{address}?ui={'en' if t.language == 'zh' else 'zh'}"


def escaped(text: str) -> str:
    """Text for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
