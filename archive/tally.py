"""How many public articles a selection holds, in all and by language, topic, source, byline, year and day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from archive.database import Database, Row
from archive.lists import any_of, condition
from archive.live import beside_the_changed
from archive.model import Selection
from archive.rows import PUBLIC

FACETS = ("language", "topic", "source", "by", "year")
Facets = dict[str, tuple[tuple[str, int], ...]]
FILED = {"topic": ("article_topic", "topic"), "by": ("byline", "name")}


def total(database: Database, selection: Selection) -> int:
    """How many public articles the selection holds."""
    return sum(row["n"] for row in alike(database, selection))


def facets(database: Database, selection: Selection, only: Sequence[str] = FACETS) -> Facets:
    """How many public articles per language, topic, source, byline and year, the largest first."""
    rows = alike(database, selection) if {*only} - FILED.keys() else []
    counted = {
        "language": by_value((row["language"], row["n"]) for row in rows),
        "source": by_value((row["source"], row["n"]) for row in rows),
        "year": by_value((row["day"][:4], row["n"]) for row in rows),
    }
    for name in only:
        if name in FILED:
            counted[name] = by_value(counted_under(database, selection, *FILED[name]))
    return {name: counted[name] for name in FACETS if name in only}


def days(database: Database, selection: Selection) -> dict[date, int]:
    """How many public articles each day of a selection has, in order; days without any are left out."""
    counted: Counter[str] = Counter()
    for row in alike(database, selection):
        counted[row["day"]] += row["n"]
    return {date.fromisoformat(day): counted[day] for day in sorted(counted)}


def alike(database: Database, selection: Selection) -> list[Row]:
    """How many public articles have the same source, language and day.

    Those of a source that may not be shown are left out of the groups: a look at it for each article would
    cost more than all the rest.
    """
    clause, values = counting(selection, source="")
    return database.read(
        "SELECT g.source, g.language, g.day, g.n FROM (SELECT a.source, a.language, a.day, a.republish,"
        f" COUNT(*) AS n {clause} AND a.number IS NOT NULL AND a.withdrawn IS NULL"
        " GROUP BY a.source, a.language, a.day, a.republish) g JOIN source s ON s.id = g.source"
        " WHERE COALESCE(g.republish, s.republish, 'full') <> 'none'",
        **values,
    )


def counting(selection: Selection, **tables: str) -> tuple[str, dict[str, object]]:
    """FROM and WHERE for counting a selection: several topics are gone through, not looked for.

    Languages are counted in the index that has all of them, and need no look at articles.
    """
    if selection.language in ("en", "zh"):
        clause, values = counting(replace(selection, language=""), **tables)
        return f"{clause} AND a.language || '' = :language", {**values, "language": selection.language}
    if len(selection.topics) < 2:
        return condition(selection, **tables)
    clause, values = condition(replace(selection, topics=()), **tables)
    test = any_of("topic", selection.topics, values)
    return f"{clause} AND a.id IN (SELECT x.article FROM article_topic x WHERE {test})", values


def counted_under(
    database: Database, selection: Selection, table: str, column: str
) -> Iterable[tuple[str, int]]:
    """How many public articles of a selection are filed under each value.

    What is filed is mostly less than a list; but less still is filed under one topic or name.
    """
    if selection.topics or selection.by:
        clause, values = counting(selection)
        clause = f"FROM {table} f WHERE f.article IN (SELECT a.id {clause} AND {PUBLIC})"
    else:
        clause, values = beside_the_changed(selection)
        clause = f"{clause.replace('FROM ', f'FROM {table} f, ', 1)} AND a.id = f.article AND {PUBLIC}"
    rows = database.read(f"SELECT f.{column} AS value, COUNT(*) AS n {clause} GROUP BY f.{column}", **values)
    return [(row["value"], row["n"]) for row in rows]


def by_value(pairs: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Counts of equal values together, the largest first."""
    counted: Counter[str] = Counter()
    for value, n in pairs:
        counted[value] += n
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
