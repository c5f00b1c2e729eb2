"""What the cells of a sheet say of a document, and what they are written as. Pure.

A filled cell wins over what was read. One that says what was read anyway, in whatever form a spreadsheet gave
it back, changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from archive.model import Article, Document, Precision, Topic
from archive.reading.clean import clean_line, clean_url
from archive.reading.dates import parse_date
from archive.reading.language import primary, script_of
from archive.reading.stated import SWITCHES, names, several

ZONE = re.compile(r"(?:z|utc|gmt|[+-]\d\d:?\d\d|[a-z]{3,4})\s*$", re.IGNORECASE)
EITHER = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d\d)\b")
BETWEEN = re.compile(r"\s*[;；\n]\s*")


class BadCell(ValueError):
    """A cell that makes no sense; the text names its column, what it holds, and what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What cells are read by: the zone that times are in, and the topics there are."""

    zone: ZoneInfo
    topics: Sequence[Topic]


def overlaid(document: Document, cells: Mapping[str, str], terms: Terms) -> Document:
    """A document of one article with the cells over it. Raises BadCell."""
    (article,) = document.articles
    for column, write in WRITERS.items():
        if cell := cells.get(column):
            article = write(article, cell, terms)
    source = clean_line(cells.get("source", "")) or document.source_name
    return replace(document, articles=(article,), source_name=source)


def titled(article: Article, cell: str, terms: Terms) -> Article:
    """With its right title."""
    return replace(article, title=clean_line(cell))


def dated(article: Article, cell: str, terms: Terms) -> Article:
    """With its right date."""
    moment, precision = moment_of(cell, terms.zone)
    if article.published and (moment, precision) == moment_of(date_cell(article, terms.zone), terms.zone):
        return article
    shown = replace(article, published=moment, published_precision=precision)
    is_time = precision in ("minute", "second")
    raw = (
        moment.astimezone(terms.zone).isoformat(timespec="minutes")
        if is_time
        else date_cell(shown, terms.zone)
    )
    return replace(shown, published_raw=raw)


def moment_of(cell: str, zone: ZoneInfo) -> tuple[datetime, Precision]:
    """The time that a cell states, which is in the site's zone where it names none. Raises BadCell."""
    found = parse_date(cell)
    if found is None:
        if (match := EITHER.match(cell)) and max(int(match[1]), int(match[2])) <= 12:
            raise BadCell(f"date: {cell!r} may be either of two days; write it as 2022-04-02")
        raise BadCell(f"date: {cell!r} is no certain date; write it as 2022-04-02 or 2022-04-02 08:30")
    if found.precision in ("minute", "second") and not ZONE.search(cell):
        local = found.moment.replace(tzinfo=zone).astimezone(UTC)
        is_midnight = re.search(r"\b0?0:00(:00)?\s*$", cell)
        # A spreadsheet that was told to show times shows the midnight of every day.
        return (found.moment, "day") if is_midnight else (local.replace(second=0), "minute")
    return found.moment, found.precision


def date_cell(article: Article, zone: ZoneInfo) -> str:
    """The date of an article as a cell; no time but that of the site's zone, and no seconds."""
    when, precision = article.published, article.published_precision
    if when is None:
        return ""
    if precision in ("minute", "second"):
        return f"{when.astimezone(zone):%Y-%m-%d %H:%M}"
    return {"year": f"{when:%Y年}", "month": f"{when:%Y年%m月}"}.get(precision or "day", f"{when:%Y-%m-%d}")


def in_language(article: Article, cell: str, terms: Terms) -> Article:
    """With its right language."""
    stated = SWITCHES.get(cell.casefold(), cell)
    language = primary(stated)
    if language is None:
        raise BadCell(f"language: {cell!r} is no language; write en, zh, zh-Hant or another tag")
    if stated == article.tag or (language == article.language and "-" not in stated):
        return article
    script = script_of(article.text or article.title, declared=stated) if language == "zh" else None
    return replace(article, language=language, script=script)


def by(article: Article, cell: str, terms: Terms) -> Article:
    """With its right authors."""
    parts = BETWEEN.split(cell)
    found = names(parts) if len(parts) == 1 else parts
    return replace(article, authors=tuple(dict.fromkeys(filter(None, map(clean_line, found)))))


def about(article: Article, cell: str, terms: Terms) -> Article:
    """With just these topics, by their ids."""
    return replace(
        article, topics=tuple(dict.fromkeys(topic_of(name, terms.topics) for name in several([cell])))
    )


def topic_of(name: str, topics: Sequence[Topic]) -> str:
    """The id of a topic by its id or name in either language. Raises BadCell, naming the nearest."""
    known = {each.casefold(): topic.id for topic in topics for each in (topic.zh, topic.en, topic.id)}
    if (id := known.get(name.casefold())) is not None:
        return id
    near = get_close_matches(name.casefold(), known, n=1)
    hint = f"; the nearest is {known[near[0]]}" if near else f"; there are {', '.join(t.id for t in topics)}"
    raise BadCell(f"topics: no topic is called {name!r}{hint}")


def at(article: Article, cell: str, terms: Terms) -> Article:
    """With its right address."""
    address = clean_url(cell)
    if address is None:
        raise BadCell(f"url: {cell!r} is no address of the web; write it with https://")
    return replace(article, url=address)


WRITERS: Mapping[str, Callable[[Article, str, Terms], Article]] = {
    "title": titled,
    "date": dated,
    "language": in_language,
    "author": by,
    "topics": about,
    "url": at,
}


def cells_of(document: Document, terms: Terms, topics: Sequence[str]) -> dict[str, str]:
    """What was read of a document, as cells."""
    (article,) = document.articles
    names_of_topics = {topic.id: topic.en for topic in terms.topics}
    return {
        "title": article.title,
        "date": date_cell(article, terms.zone),
        "language": article.tag if article.language != "und" else "",
        "author": "; ".join(article.authors),
        "source": document.source_name or "",
        "topics": "; ".join(names_of_topics.get(id, id) for id in topics),
        "url": article.url or "",
    }
