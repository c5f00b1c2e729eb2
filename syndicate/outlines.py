"""All feeds as a subscription list (OPML 2.0): everything, every topic in each language, every source."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from typing import Literal
from xml.sax.saxutils import quoteattr

from archive import changes
from archive.model import Selection
from archive.sources import counts
from syndicate.addresses import View, list_path, write
from syndicate.formats.texts import line
from syndicate.pages import Pages, escaped, shown_path
from syndicate.strings import Words
from syndicate.tables import listed_sources

MOST_SOURCES = 10_000
Named = tuple[str, Selection]
LANGUAGES: tuple[tuple[Literal["", "en", "zh"], str], ...] = (
    ("", "both_languages"),
    ("en", "english"),
    ("zh", "in_chinese"),
)


def opml(pages: Pages, t: Words) -> str:
    """The list, in groups."""
    site = pages.settings.site
    head = f"<title>{escaped(line(f'{site.title} {site.title_zh}'))}</title>"
    last = changes.last(pages.database)
    for change in changes.after(pages.database, last - 1, 1) if last else ():
        head += f"<dateModified>{format_datetime(change.at)}</dateModified>"
    body = "".join(group(pages, name, feeds) for name, feeds in groups(pages, t) if feeds)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head>{head}</head>'
        f"<body>{body}</body></opml>\n"
    )


def groups(pages: Pages, t: Words) -> list[tuple[str, list[Named]]]:
    """Everything, the topics by language, and the sources."""
    everything = [(named(t["all_articles"], key, t), Selection(language=code)) for code, key in LANGUAGES]
    topics = [
        (
            named(t["topics"], key, t),
            [
                (named(topic.name(t.language), key, t), Selection(topics=(id,), language=code))
                for id, topic in pages.topics.items()
            ],
        )
        for code, key in LANGUAGES
    ]
    listed = [
        (name, Selection(source=id))
        for id, name in listed_sources(pages, counts(pages.database), t, MOST_SOURCES)
    ]
    return [(t["all_articles"], everything), *topics, (t["sources"], listed)]


def named(name: str, key: str, t: Words) -> str:
    """A name, and the language that it is in where that is but one."""
    return name if key == "both_languages" else t.said("in_language", name, t[key])


def group(pages: Pages, name: str, feeds: Sequence[Named]) -> str:
    """One group of feeds."""
    inside = "".join(outline(pages, line(title), selection) for title, selection in feeds)
    return f"<outline text={quoteattr(line(name))}>\n{inside}</outline>\n"


def outline(pages: Pages, title: str, selection: Selection) -> str:
    """One feed; no version is stated, which readers take for that of RSS."""
    base, path = pages.settings.base_url, list_path(selection)
    language = f' language="{selection.language}"' if selection.language else ""
    return (
        f'<outline type="rss" text={quoteattr(title)} title={quoteattr(title)}{language}'
        f" xmlUrl={quoteattr(base + write(f'{path}.atom', selection, View()))}"
        f" htmlUrl={quoteattr(base + write(shown_path(path), selection, View()))}/>\n"
    )
