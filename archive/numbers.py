"""Numbers of first publication: what the history of a search needs of the archive beside the index.

The index knows nothing of withdrawn articles; selections are taken without their query.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.articles import articles, batches
from archive.database import Database, Row
from archive.lists import condition, number_of
from archive.model import Article, Selection
from archive.rows import NEVER_LEFT

TOUCHED = "(a.revision > 1 OR a.withdrawn IS NOT NULL)"


def numbered(database: Database, numbers: Sequence[int]) -> tuple[Article, ...]:
    """The articles that were ever published under some numbers, in their order; withdrawn ones too."""
    found: dict[int, str] = {}
    for batch in batches(list(map(str, numbers))):
        names = {f"number{place}": int(number) for place, number in enumerate(batch)}
        rows = database.read(
            "SELECT a.id, a.number FROM article a JOIN source s ON s.id = a.source"
            f" WHERE a.number IN ({', '.join(f':{name}' for name in names)}) AND {NEVER_LEFT}",
            **names,
        )
        found.update((row["number"], row["id"]) for row in rows)
    return articles(database, [found[number] for number in numbers if number in found])


def withdrawn(database: Database, selection: Selection, *, up_to: int) -> list[int]:
    """The numbers of the withdrawn articles of a selection, rising; none above the one given."""
    clause, values = condition(selection)
    number = number_of(selection)
    rows = database.read(
        f"SELECT a.number {clause} AND {NEVER_LEFT} AND {TOUCHED} AND a.withdrawn IS NOT NULL"
        f" AND +{number} <= :up_to ORDER BY +{number}",
        up_to=up_to,
        **values,
    )
    return [row["number"] for row in rows]


def touched(database: Database, selection: Selection, n: int, *, below: int) -> list[Row]:
    """Those revised or withdrawn last, the latest first, by number; only of before a line of the log."""
    clause, values = condition(selection)
    return database.read(
        f"SELECT a.number, a.seq, a.withdrawn IS NOT NULL AS is_withdrawn {clause}"
        f" AND {NEVER_LEFT} AND {TOUCHED} AND a.seq < :below ORDER BY a.seq DESC LIMIT :n",
        below=below,
        n=n,
        **values,
    )
