"""How much the archive holds and how it has grown, in numbers; only what is public counts as an article."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archive import tally
from archive.database import Database
from archive.model import Selection
from archive.rows import LAST_WORD, PUBLIC, TOGETHER

BOTH_PUBLIC = " AND ".join(
    f"EXISTS (SELECT 1 FROM article a JOIN source s ON s.id = a.source WHERE a.id = p.{side} AND {PUBLIC})"
    for side in ("one", "other")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What is counted. ``months`` are those in which articles were first seen (UTC), the oldest first."""

    articles: int
    withdrawn: int
    revisions: int
    pairs: int
    months: tuple[tuple[str, int], ...]
    facets: tally.Facets
    archive_bytes: int
    index_bytes: int


def numbers(database: Database, index: Path) -> Numbers:
    """All of it, counted now; ``index`` is where the index lies."""
    with database.snapshot():
        facets = tally.facets(database, Selection(), only=("language", "topic", "source", "year"))
        return Numbers(
            articles=sum(count for _, count in facets["language"]),
            withdrawn=counted(database, "SELECT COUNT(*) AS n FROM article WHERE withdrawn IS NOT NULL"),
            revisions=counted(database, "SELECT COUNT(*) AS n FROM revision"),
            pairs=counted(
                database,
                f"SELECT COUNT(*) AS n FROM pair p WHERE {TOGETHER} AND {LAST_WORD} AND {BOTH_PUBLIC}",
            ),
            months=months(database),
            facets=facets,
            archive_bytes=size(database.folder, "archive.db*"),
            index_bytes=size(index, "*"),
        )


def months(database: Database) -> tuple[tuple[str, int], ...]:
    """How many public articles were first seen in each month."""
    rows = database.read(
        "SELECT g.month, SUM(g.n) AS n FROM (SELECT a.source, a.republish,"
        " SUBSTR(a.first_seen, 1, 7) AS month, COUNT(*) AS n FROM article a"
        " WHERE a.number IS NOT NULL AND a.withdrawn IS NULL"
        " GROUP BY a.source, a.republish, SUBSTR(a.first_seen, 1, 7)) g JOIN source s ON s.id = g.source"
        " WHERE COALESCE(g.republish, s.republish, 'full') <> 'none' GROUP BY g.month ORDER BY g.month"
    )
    return tuple((row["month"], row["n"]) for row in rows)


def counted(database: Database, query: str) -> int:
    """The one number that a query answers with."""
    (row,) = database.read(query)
    return int(row["n"])


def size(folder: Path, names: str) -> int:
    """Bytes of the files of a folder; one that goes meanwhile is none."""
    total = 0
    for path in folder.glob(names):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total
