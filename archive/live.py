"""What a live feed holds: the articles that came last, and others that changed last.

Numbers are walked downwards, which is quick in any list. For what changed last there are two ways: through
the few articles that ever did, or through the list itself; each is slow where the other is quick.
"""

from __future__ import annotations

from dataclasses import replace

from archive.database import Database, Row
from archive.lists import condition, loaded, number_of, select, topic_test
from archive.model import Article, Selection
from archive.rows import NEVER_LEFT, PUBLIC
from archive.stories import PAIRED

FEW = 1_000
# The public ones from a number on are shown already.
CHANGED = (
    f"{NEVER_LEFT} AND (a.revision > 1 OR a.withdrawn IS NOT NULL)"
    " AND (a.number < :shown OR a.withdrawn IS NOT NULL)"
)


def live(
    database: Database, selection: Selection, *, newest: int, changed: int, few: int = FEW
) -> tuple[Article, ...]:
    """The newest by number, then others that were revised or withdrawn last, whatever their number.

    A list of fewer than ``few`` articles is looked through itself.
    """
    first = select(database, selection, where=PUBLIC, order=f"{number_of(selection)} DESC", limit=newest)
    shown = int(first[-1]["number"]) if len(first) == newest else 0
    others = changed_last(database, selection, changed, few, shown)
    return loaded(database, [*first, *others])


def changed_last(database: Database, selection: Selection, n: int, few: int, shown: int) -> list[Row]:
    """The ids of those revised or withdrawn last, the latest first, but for public ones from a number on."""
    if is_short(database, selection, few):
        return select(database, selection, where=CHANGED, order="a.seq DESC", limit=n, shown=shown)
    clause, values = beside_the_changed(selection)
    return database.read(
        f"SELECT a.id {clause} AND {CHANGED} ORDER BY a.seq DESC LIMIT :limit", limit=n, shown=shown, **values
    )


def is_short(database: Database, selection: Selection, few: int) -> bool:
    """Whether one condition alone leaves so few articles that all of them are soon looked at."""
    stated: list[tuple[str, dict[str, object]]] = []
    if len(selection.topics) == 1:
        stated.append(("article_topic WHERE topic = :value", {"value": selection.topics[0]}))
    if selection.by:
        stated.append(("byline WHERE name = :value", {"value": selection.by}))
    if selection.source:
        named = "article WHERE source IN (SELECT id FROM source WHERE id = :value OR family = :value)"
        stated.append((named, {"value": selection.source}))
    if selection.since or selection.until:
        since = selection.since.isoformat() if selection.since else ""
        until = selection.until.isoformat() if selection.until else "9999"
        stated.append(("article WHERE day >= :since AND day <= :until", {"since": since, "until": until}))
    return any(count(database, clause, few, values) < few for clause, values in stated)


def count(database: Database, clause: str, most: int, values: dict[str, object]) -> int:
    """How many rows there are, at most so many."""
    (row,) = database.read(
        f"SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM {clause} LIMIT :most) AS found", most=most, **values
    )
    return int(row["n"])


def beside_the_changed(selection: Selection) -> tuple[str, dict[str, object]]:
    """FROM and WHERE for a selection that leave the database no index to walk but that of changed articles.

    Nothing added to a text keeps the database from the index of its column.
    """
    within = Selection(without=selection.without)
    clause, values = condition(within)
    _, named = condition(replace(selection, topics=(), without=()))
    values |= named
    tests = []
    if selection.topics:
        tests.append(f"EXISTS ({topic_test('topic', selection.topics, values)})")
    if selection.by:
        tests.append("EXISTS (SELECT 1 FROM byline b0 WHERE b0.article = a.id AND b0.name = :by)")
    if selection.source:
        tests.append("a.source || '' IN (SELECT id FROM source WHERE id = :source OR family = :source)")
    if "language" in values:
        tests.append("a.language || '' = :language")
    if selection.paired:
        tests.append(PAIRED)
    if selection.since:
        tests.append("a.day || '' >= :since")
    if selection.until:
        tests.append("a.day || '' <= :until")
    return " AND ".join([clause, *tests]), values
