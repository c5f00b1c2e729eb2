"""Rows of the archive as articles, and articles as rows. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

from archive.database import Row
from archive.model import (
    Alternate,
    Article,
    Enclosure,
    Image,
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
# What may be shown: published, not withdrawn, and its source lets us. Needs article a and source s.
PUBLIC = (
    "a.number IS NOT NULL AND a.withdrawn IS NULL AND COALESCE(a.republish, s.republish, 'full') <> 'none'"
)
# Every revision of articles, with what the archive says of the article now.
EVERY = NEWEST.replace(" AND r.revision = a.revision", "").replace("a.url AS url", "r.url AS url")


def article(row: Row) -> Article:
    """An article from a row of NEWEST or EVERY; topics and translations are added by who needs them."""
    return Article(
        id=row["article"],
        source=row["source"],
        guid=row["guid"],
        url=row["url"],
        address=row["address"],
        number=row["number"],
        seq=row["seq"],
        revision=row["revision"],
        sha=row["sha"],
        first_seen=moment(row["first_seen"]),
        stored=moment(row["stored"]),
        day=date.fromisoformat(row["day"]),
        sorted=moment(row["sorted"]),
        title=row["title"],
        summary=row["summary"],
        html=row["html"],
        text=row["text"],
        language=row["language"],
        script=row["script"],
        authors=tuple(json.loads(row["authors"])),
        published=optional_moment(row["published"]),
        published_raw=row["published_raw"],
        published_precision=row["published_precision"],
        updated=optional_moment(row["updated"]),
        categories=tuple(json.loads(row["categories"])),
        enclosures=tuple(Enclosure(**item) for item in json.loads(row["enclosures"])),
        images=tuple(Image(**item) for item in json.loads(row["images"])),
        alternates=tuple(Alternate(**item) for item in json.loads(row["alternates"])),
        rights=row["rights"],
        licence=row["licence"],
        republish=row["republish"],
        embargo=optional_moment(row["embargo"]),
        note=row["note"],
        withdrawn=withdrawn(row),
    )


def withdrawn(row: Row) -> Withdrawn | None:
    """The record of a withdrawal, if the article is withdrawn."""
    if row["withdrawn"] is None:
        return None
    return Withdrawn(
        when=moment(row["withdrawn"]), reason=row["withdrawn_reason"] or "", by=row["withdrawn_by"] or ""
    )


def revision_row(entry: Article, *, sha: str, revision: int, now: datetime) -> Mapping[str, object]:
    """The columns of a new revision that come from its content."""
    return {
        "article": entry.id,
        "revision": revision,
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
        "sha": sha,
        "stored": timestamp(now),
    }


def optional_moment(stamp: str | None) -> datetime | None:
    """A stored time, if there is one."""
    return moment(stamp) if stamp else None


def optional_stamp(when: datetime | None) -> str | None:
    """A time to store, if there is one."""
    return timestamp(when) if when else None
