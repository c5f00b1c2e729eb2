"""What the archive's own translations teach of words, in versions, and the texts that teach it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from archive.articles import articles
from archive.database import Database
from archive.model import sha256, timestamp

STEP = 200
CURRENT = (
    "FROM pair p WHERE p.state IN ('stated', 'confirmed')"
    " AND p.id = (SELECT MAX(q.id) FROM pair q WHERE q.one = p.one AND q.other = p.other)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """One version of what was learned."""

    version: int
    text: bytes


def newest(database: Database) -> Learned | None:
    """The newest version; None when nothing was learned yet."""
    rows = database.read("SELECT version, bytes FROM lexicon ORDER BY version DESC LIMIT 1")
    return Learned(version=rows[0]["version"], text=bytes(rows[0]["bytes"])) if rows else None


def add(database: Database, text: bytes, now: datetime) -> int:
    """Keep a new version; its number."""
    with database.writing() as transaction:
        rows = transaction.read("SELECT COALESCE(MAX(version), 0) + 1 AS version FROM lexicon")
        version: int = rows[0]["version"]
        transaction.run(
            "INSERT INTO lexicon (version, at, sha, bytes) VALUES (:version, :at, :sha, :bytes)",
            version=version,
            at=timestamp(now),
            sha=sha256(text),
            bytes=text,
        )
    return version


def pairs(database: Database) -> int:
    """How many pairs there are that a source or a person states."""
    count: int = database.read(f"SELECT COUNT(*) AS n {CURRENT}")[0]["n"]
    return count


def texts(database: Database) -> Iterator[tuple[str, str]]:
    """The English and the Chinese text of each such pair, titles first."""
    rows = database.read(f"SELECT p.one, p.other {CURRENT} ORDER BY p.one, p.other")
    for start in range(0, len(rows), STEP):
        some = rows[start : start + STEP]
        ids = dict.fromkeys(id for row in some for id in (row["one"], row["other"]))
        known = {article.id: article for article in articles(database, ids)}
        for row in some:
            of = {known[id].language: known[id] for id in (row["one"], row["other"]) if id in known}
            if {"en", "zh"} <= of.keys():
                yield (
                    f"{of['en'].title}\n{of['en'].text}",
                    f"{of['zh'].title}\n{of['zh'].text}",
                )
