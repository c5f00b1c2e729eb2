"""Embargoes: an article is archived at once, and published when its embargo ends."""

from __future__ import annotations

from datetime import datetime

from archive.articles import log
from archive.database import Database
from archive.model import timestamp

ENDED = "number IS NULL AND withdrawn IS NULL AND embargo <= :now"


def release(database: Database, now: datetime) -> list[str]:
    """Publish what may be published now, in the order in which it came; the ids."""
    stamp = timestamp(now)
    if not database.read(f"SELECT 1 FROM article WHERE {ENDED} LIMIT 1", now=stamp):
        return []
    with database.writing() as transaction:
        rows = transaction.read(f"SELECT id FROM article WHERE {ENDED} ORDER BY embargo, seq", now=stamp)
        (top,) = transaction.read("SELECT COALESCE(MAX(number), 0) AS number FROM article")
        for number, row in enumerate(rows, top["number"] + 1):
            for table, column in (("article", "id"), ("article_topic", "article"), ("byline", "article")):
                transaction.run(
                    f"UPDATE {table} SET number = :number WHERE {column} = :id", number=number, id=row["id"]
                )
            log(transaction, "restore", row["id"], reason="embargo ended", person="", now=now)
    return [row["id"] for row in rows]
