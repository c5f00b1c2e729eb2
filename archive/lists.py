"""Lists of articles by number: what a selection holds, how many ever, and what touched it last.

Feeds follow the number of first publication, so that late arrivals reach subscribers. Pages follow the time
of publication (archive.walk). Selections with a query are the index's; these functions ignore the query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archive.articles import BATCH, articles
from archive.database import Database, Row
from archive.model import Article, Selection
from archive.rows import NEVER_LEFT, PUBLIC
from archive.stories import PAIRED

# The last line of the log about each source that one means, or the name of a family.
OF_SOURCES = (
    "SELECT (SELECT MAX(o.seq) FROM article o WHERE o.source = s.id) AS seq FROM source s"
    " WHERE s.id = :source OR s.family = :source"
)


def holds(database: Database, selection: Selection, numbers: Sequence[int]) -> bool:
    """Whether a list has any of some articles, by number, in publication."""
    if not numbers:
        return False
    names = {f"number{place}": number for place, number in enumerate(numbers[:BATCH])}
    some = f"a.number IN ({', '.join(f':{name}' for name in names)})"
    return bool(select(database, selection, where=f"{PUBLIC} AND {some}", order="a.number", limit=1, **names))


def told_again(database: Database, selection: Selection) -> list[int]:
    """The numbers of those articles of a list of which anything was ever said about other versions."""
    clause, values = condition(selection)
    rows = database.read(
        f"SELECT a.number {clause} AND {PUBLIC} AND a.id IN"
        " (SELECT one FROM pair UNION SELECT other FROM pair UNION SELECT article FROM story)"
        " ORDER BY a.number",
        **values,
    )
    return [row["number"] for row in rows]


def newest(
    database: Database, selection: Selection, n: int, *, below: int | None = None
) -> tuple[Article, ...]:
    """The articles first published last, by number downwards; only those numbered below, if given."""
    number = number_of(selection)
    rows = select(
        database,
        selection,
        where=f"{PUBLIC} AND (:below IS NULL OR {number} < :below)",
        order=f"{number} DESC",
        limit=n,
        below=below,
    )
    return loaded(database, rows)


def numbered(database: Database, selection: Selection, low: int, high: int) -> tuple[Article, ...]:
    """All that were ever published under a number from low up to, not including, high; the newest first."""
    number = number_of(selection)
    rows = select(
        database,
        selection,
        where=f"{NEVER_LEFT} AND {number} >= :low AND {number} < :high",
        order=f"{number} DESC",
        limit=high - low,
        low=low,
        high=high,
    )
    return loaded(database, rows)


def count(database: Database, selection: Selection, low: int, high: int) -> int:
    """How many ``numbered`` would answer."""
    clause, values = condition(selection)
    number = number_of(selection)
    (row,) = database.read(
        f"SELECT COUNT(*) AS n {clause} AND {NEVER_LEFT} AND {number} >= :low AND {number} < :high",
        low=low,
        high=high,
        **values,
    )
    return int(row["n"])


def addresses(database: Database) -> Iterator[str]:
    """The addresses of all articles that were ever published and may be told of, in their order."""
    after = ""
    while rows := database.read(
        f"SELECT a.address FROM article a JOIN source s ON s.id = a.source WHERE {NEVER_LEFT}"
        " AND a.address > :after ORDER BY a.address LIMIT 1000",
        after=after,
    ):
        yield from (row["address"] for row in rows)
        after = rows[-1]["address"]


def bylines(database: Database) -> Iterator[str]:
    """The names that articles in publication carry, in their order."""
    after = ""
    while rows := database.read(
        "SELECT DISTINCT b.name FROM byline b JOIN article a ON a.id = b.article JOIN source s"
        f" ON s.id = a.source WHERE {PUBLIC} AND b.name > :after ORDER BY b.name LIMIT 1000",
        after=after,
    ):
        yield from (row["name"] for row in rows)
        after = rows[-1]["name"]


def top(database: Database, selection: Selection) -> int:
    """The highest number in the selection; 0 when it is empty."""
    rows = select(database, selection, where=NEVER_LEFT, order=f"{number_of(selection)} DESC", limit=1)
    return int(rows[0]["number"]) if rows else 0


def version(database: Database, selection: Selection) -> int:
    """The last line of the log that touched the selection, withdrawals and moves between lists included."""
    (touch,) = database.read("SELECT COALESCE(MAX(seq), 0) AS seq FROM change WHERE kind = 'touch'")
    clause, values = condition(selection)
    # The usual lists have an index of their own to answer this from.
    if selection.paired or selection.language == "both":
        clause, values = "FROM change a", {}  # what becomes of one version concerns the others
    elif selection == Selection(topics=selection.topics[:1]) and selection.topics:
        clause = "FROM article_topic a WHERE a.topic = :topic0"
    elif selection == Selection(by=selection.by) and selection.by:
        clause = "FROM byline a WHERE a.name = :by"
    elif selection == Selection(language=selection.language) and "language" in values:
        clause = "FROM article a WHERE a.language = :language"
    elif selection == Selection(source=selection.source) and selection.source:
        clause = f"FROM ({OF_SOURCES}) a"
    elif selection == Selection():
        clause = "FROM change a"
    elif selection.topics[1:] == () and (selection.topics or selection.by):
        # A file of articles has an index in this order: nearly always the first few are of the list.
        rows = select(database, selection, where="1 = 1", order=f"{ordered_in(selection)}.seq DESC", limit=1)
        return max([int(row["seq"]) for row in (touch, *rows)])
    (row,) = database.read(f"SELECT COALESCE(MAX(a.seq), 0) AS seq {clause}", **values)
    return max(int(touch["seq"]), int(row["seq"]))


def select(
    database: Database, selection: Selection, *, where: str, order: str, limit: int, **values: object
) -> list[Row]:
    """Ids and numbers of the articles of a selection."""
    clause, named = condition(selection)
    return database.read(
        f"SELECT a.id, a.number, a.seq {clause} AND {where} ORDER BY {order} LIMIT :limit",
        limit=limit,
        **values,
        **named,
    )


def loaded(database: Database, rows: Iterable[Row]) -> tuple[Article, ...]:
    """The articles of some rows, in their order."""
    return articles(database, [row["id"] for row in rows])


def number_of(selection: Selection) -> str:
    """The column of the number in the index that a list is walked by."""
    return f"{ordered_in(selection)}.number"


def ordered_in(selection: Selection) -> str:
    """The table in which a list is filed in order, as ``condition`` names it."""
    return "t0" if len(selection.topics) == 1 else "b0" if selection.by else "a"


def condition(
    selection: Selection, source: str = " JOIN source s ON s.id = a.source"
) -> tuple[str, dict[str, object]]:
    """FROM and WHERE for a selection, on article a and, unless it is empty, source s, and their values."""
    tables, tests = [f"article a{source}"], ["1 = 1"]
    values: dict[str, object] = {}
    if len(selection.topics) == 1:
        # A join lets the database walk the topic's own index in order of number.
        tables.append("JOIN article_topic t0 ON t0.article = a.id AND t0.topic = :topic0")
        values["topic0"] = selection.topics[0]
    elif selection.topics:
        tests.append(f"EXISTS ({topic_test('topic', selection.topics, values)})")
    if selection.without:
        tests.append(f"NOT EXISTS ({topic_test('without', selection.without, values)})")
    if selection.by:
        tables.append("JOIN byline b0 ON b0.article = a.id AND b0.name = :by")
        values["by"] = selection.by
    # Nothing added to a text keeps the database from an index; what is filed leaves far fewer articles.
    aside = "" if ordered_in(selection) == "a" else " || ''"
    if selection.language in ("en", "zh"):
        tests.append(f"a.language{aside} = :language")
        values["language"] = selection.language
    if selection.source:
        tests.append(f"a.source{aside} IN (SELECT id FROM source WHERE id = :source OR family = :source)")
        values["source"] = selection.source
    if selection.paired:
        tests.append(PAIRED)
    if selection.since:
        tests.append(f"a.day{aside} >= :since")
        values["since"] = selection.since.isoformat()
    if selection.until:
        tests.append(f"a.day{aside} <= :until")
        values["until"] = selection.until.isoformat()
    return f"FROM {' '.join(tables)} WHERE {' AND '.join(tests)}", values


def topic_test(name: str, topics: tuple[str, ...], values: dict[str, object]) -> str:
    """A subquery that finds an article in any of some topics; adds the values it needs."""
    return f"SELECT 1 FROM article_topic x WHERE x.article = a.id AND {any_of(name, topics, values)}"


def any_of(name: str, topics: tuple[str, ...], values: dict[str, object]) -> str:
    """A test of table x for any of some topics; adds the values it needs."""
    names = [f"{name}{position}" for position in range(len(topics))]
    values.update(zip(names, topics, strict=True))
    return f"x.topic IN ({', '.join(f':{each}' for each in names)})"
