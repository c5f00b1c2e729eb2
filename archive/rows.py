"""Rows of the archive as articles, and articles as rows. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from archive.database import Row, Transaction
from archive.model import (
    Alternate,
    Article,
    Correction,
    Enclosure,
    Image,
    Translation,
    Withdrawn,
    canonical_json,
    moment,
    plain,
    timestamp,
)

# The newest revision of articles: put a condition behind it. Effective rights come from the source too.
NEWEST = """
SELECT r.*, a.id AS article, a.source, a.guid, a.url AS url, a.address, a.number, a.seq, a.first_seen, a.day,
       a.sorted, COALESCE(a.republish, s.republish) AS republish, a.embargo, a.note, a.withdrawn,
       a.reason AS withdrawn_reason, a.person AS withdrawn_by,
       COALESCE(r.rights, s.rights) AS rights, COALESCE(r.licence, s.licence) AS licence
  FROM article a
  JOIN revision r ON r.article = a.id AND r.revision = a.revision
  JOIN source s ON s.id = a.source
"""
# What the newest word on a pair must be for its articles to be shown as versions of one story: a pair that
# was found waits for a person unless it is sure.
SURE = 0.7
LAST_WORD = "p.id = (SELECT MAX(q.id) FROM pair q WHERE q.one = p.one AND q.other = p.other)"
TOGETHER = f"(p.state IN ('stated', 'confirmed') OR (p.state = 'found' AND COALESCE(p.sure, 1) >= {SURE}))"
# What a revision holds, apart from when and by whom it was made.
STATED = (
    *("title", "text", "html", "summary", "language", "script", "url", "authors", "published"),
    *("published_raw", "published_precision", "updated", "categories", "enclosures", "images", "alternates"),
    *("rights", "licence", "sha"),
)
# What was ever public, and may still be told of. Needs article a and source s, as the next does.
NEVER_LEFT = "a.number IS NOT NULL AND COALESCE(a.republish, s.republish, 'full') <> 'none'"
# What may be shown: published, not withdrawn, and its source lets us.
PUBLIC = (
    "a.number IS NOT NULL AND a.withdrawn IS NULL AND COALESCE(a.republish, s.republish, 'full') <> 'none'"
)
# What an article has as its row has it.
PLAIN = (
    *("source", "guid", "url", "address", "number", "seq", "revision", "sha", "title", "summary"),
    *("html", "text", "language", "script", "published_raw", "published_precision", "rights"),
    *("licence", "republish", "note"),
)
ARTICLE = (
    *("id", "source", "guid", "address", "number", "first_seen", "revision", "seq", "url", "language"),
    *("script", "day", "sorted", "republish", "embargo", "note"),
)
REVISION = (
    *("article", "revision", "url", "title", "summary", "html", "text", "language", "script", "authors"),
    *("published", "published_raw", "published_precision", "updated", "categories", "enclosures", "images"),
    *("alternates", "rights", "licence", "sha", "fetch", "person", "reason", "stored"),
)
BYLINE = ("name", "article", "number", "seq", "sorted")
# Every revision of articles, with what the archive says of the article now.
EVERY = NEWEST.replace(" AND r.revision = a.revision", "").replace("a.url AS url", "r.url AS url")


def article(
    row: Row,
    *,
    topics: tuple[str, ...] = (),
    translations: tuple[Translation, ...] = (),
    corrections: tuple[Correction, ...] = (),
) -> Article:
    """An article from a row of NEWEST or EVERY, with what the archive has beside it for who needs that."""
    return Article(
        **{name: row[name] for name in PLAIN},
        id=row["article"],
        first_seen=moment(row["first_seen"]),
        stored=moment(row["stored"]),
        editor=row["person"],
        day=date.fromisoformat(row["day"]),
        sorted=moment(row["sorted"]),
        authors=tuple(values(row["authors"])),
        published=optional_moment(row["published"]),
        updated=optional_moment(row["updated"]),
        categories=tuple(values(row["categories"])),
        enclosures=tuple(Enclosure(**item) for item in values(row["enclosures"])),
        images=tuple(Image(**item) for item in values(row["images"])),
        alternates=tuple(Alternate(**item) for item in values(row["alternates"])),
        embargo=optional_moment(row["embargo"]),
        topics=topics,
        translations=translations,
        corrections=corrections,
        withdrawn=withdrawn(row),
    )


def values(stored: str) -> list[Any]:
    """The values of a stored list; most are empty."""
    return json.loads(stored) if stored != "[]" else []


def withdrawn(row: Row) -> Withdrawn | None:
    """The record of a withdrawal, if the article is withdrawn."""
    if row["withdrawn"] is None:
        return None
    return Withdrawn(
        when=moment(row["withdrawn"]), reason=row["withdrawn_reason"] or "", by=row["withdrawn_by"] or ""
    )


def insert(table: str, columns: Sequence[str]) -> str:
    """The statement that adds a row."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"


def next_id(transaction: Transaction, table: str) -> int:
    """The id that the next row of a table gets; whoever writes holds the lock."""
    (row,) = transaction.read(f"SELECT COALESCE(MAX(id), 0) + 1 AS id FROM {table}")
    return int(row["id"])


def article_row(article: Article) -> dict[str, object]:
    """The columns of an article."""
    return {
        **{name: getattr(article, name) for name in ARTICLE},
        "first_seen": optional_stamp(article.first_seen),
        "day": article.day.isoformat() if article.day else None,
        "sorted": optional_stamp(article.sorted),
        "embargo": optional_stamp(article.embargo),
    }


def byline_rows(article: Article) -> list[dict[str, object]]:
    """The rows that file an article under who wrote it."""
    return [
        {
            "name": name,
            "article": article.id,
            "number": article.number,
            "seq": article.seq,
            "sorted": optional_stamp(article.sorted),
        }
        for name in dict.fromkeys(article.authors)
    ]


def revision_row(entry: Article) -> dict[str, object]:
    """The columns of a revision that come from its article."""
    return {
        "article": entry.id,
        "revision": entry.revision,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "html": entry.html,
        "text": entry.text,
        "language": entry.language,
        "script": entry.script,
        "authors": canonical_json(list(entry.authors)),
        "published": optional_stamp(entry.published),
        "published_raw": entry.published_raw,
        "published_precision": entry.published_precision,
        "updated": optional_stamp(entry.updated),
        "categories": canonical_json(list(entry.categories)),
        "enclosures": canonical_json([plain(item) for item in entry.enclosures]),
        "images": canonical_json([plain(item) for item in entry.images]),
        "alternates": canonical_json([plain(item) for item in entry.alternates]),
        "rights": entry.rights,
        "licence": entry.licence,
        "sha": entry.sha,
        "person": entry.editor,
        "stored": optional_stamp(entry.stored),
    }


def optional_moment(stamp: str | None) -> datetime | None:
    """A stored time, if there is one."""
    return moment(stamp) if stamp else None


def optional_stamp(when: datetime | None) -> str | None:
    """A time to store, if there is one."""
    return timestamp(when) if when else None
