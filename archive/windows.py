"""Public articles by windows of their number, as machines walk through all of them: addresses, not texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from archive.articles import BATCH, translations
from archive.database import Database, Row
from archive.model import Translation, moment, timestamp
from archive.rows import PUBLIC

HEADS = (
    "SELECT a.id, a.number, a.address, a.language, a.script, r.title, r.published, r.published_precision,"
    " r.stored FROM article a JOIN source s ON s.id = a.source"
    " JOIN revision r ON r.article = a.id AND r.revision = a.revision"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """So many public articles, numbered from ``place`` times the width; what changed any of them last."""

    place: int
    articles: int
    changed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is told of an article without its text; ``stored`` is when its revision was."""

    address: str
    language: str
    script: str | None
    title: str
    published: datetime | None
    precision: str | None
    stored: datetime
    translations: tuple[Translation, ...] = ()


def windows(database: Database, width: int) -> tuple[Window, ...]:
    """The windows that have public articles, in order; numbers begin with 1."""
    rows = database.read(
        "SELECT w.place, w.articles, c.at FROM (SELECT g.place, MAX(g.seq) AS seq, SUM(CASE WHEN"
        " COALESCE(g.republish, s.republish, 'full') <> 'none' THEN g.shown ELSE 0 END) AS articles"
        " FROM (SELECT (a.number - 1) / :width AS place, a.source, a.republish, MAX(a.seq) AS seq,"
        " SUM(CASE WHEN a.withdrawn IS NULL THEN 1 ELSE 0 END) AS shown FROM article a"
        " WHERE a.number IS NOT NULL GROUP BY (a.number - 1) / :width, a.source, a.republish) g"
        " JOIN source s ON s.id = g.source GROUP BY g.place) w"
        " JOIN change c ON c.seq = w.seq WHERE w.articles > 0 ORDER BY w.place",
        width=width,
    )
    return tuple(
        Window(place=row["place"], articles=row["articles"], changed=moment(row["at"])) for row in rows
    )


def touched(database: Database, place: int, width: int) -> int:
    """The last line of the log about any article numbered in a window; 0 where there is none."""
    (row,) = database.read(
        "SELECT COALESCE(MAX(seq), 0) AS seq FROM article WHERE number > :low AND number <= :high",
        low=place * width,
        high=(place + 1) * width,
    )
    return int(row["seq"])


def holds(database: Database, place: int, width: int) -> bool:
    """Whether a window has any public article."""
    return bool(
        database.read(
            f"SELECT 1 FROM article a JOIN source s ON s.id = a.source WHERE {PUBLIC}"
            " AND a.number > :low AND a.number <= :high LIMIT 1",
            low=place * width,
            high=(place + 1) * width,
        )
    )


def heads(database: Database, place: int, width: int) -> Iterator[Head]:
    """The public articles of a window by their number, read some hundred at a time."""
    low, high = place * width, (place + 1) * width
    while rows := database.read(
        f"{HEADS} WHERE {PUBLIC} AND a.number > :low AND a.number <= :high ORDER BY a.number LIMIT :limit",
        low=low,
        high=high,
        limit=BATCH,
    ):
        beside = translations(database, [row["id"] for row in rows])
        for row in rows:
            yield head(row, beside.get(row["id"], ()))
        low = rows[-1]["number"]


def published_within(database: Database, since: datetime, until: datetime, most: int) -> tuple[Head, ...]:
    """The public articles whose sources state a time between two, the latest first."""
    rows = database.read(
        f"{HEADS} WHERE {PUBLIC} AND a.sorted >= :since AND a.sorted <= :until"
        " AND r.published >= :since AND r.published <= :until ORDER BY a.sorted DESC, a.id DESC LIMIT :limit",
        since=timestamp(since),
        until=timestamp(until),
        limit=most,
    )
    return tuple(head(row, ()) for row in rows)


def head(row: Row, translations: tuple[Translation, ...]) -> Head:
    """A row as a value."""
    return Head(
        address=row["address"],
        language=row["language"],
        script=row["script"],
        title=row["title"],
        published=moment(row["published"]) if row["published"] else None,
        precision=row["published_precision"],
        stored=moment(row["stored"]),
        translations=translations,
    )
