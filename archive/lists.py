"""Lists of articles: what a selection holds, newest first or by number, how many, and what touched it last.

Feeds follow the number of first publication, so that late arrivals reach subscribers. Pages follow the time
of publication. Selections with a query are the index's; these functions ignore the query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from archive.articles import BATCH, articles
from archive.database import Database, Row
from archive.model import Article, Page, Selection, timestamp
from archive.rows import NEVER_LEFT, PUBLIC
from archive.stories import PAIRED

FACETS = ("language", "topic", "source", "by", "year")
Facets = dict[str, tuple[tuple[str, int], ...]]


def page(database: Database, selection: Selection, *, n: int, before: str = "") -> Page:
    """Some articles, newest first; ``older`` is the cursor to ask for those before them."""
    when, _, id = before.partition("~")
    rows = select(
        database,
        selection,
        where=f"{PUBLIC} AND (:when = '' OR a.sorted < :when OR (a.sorted = :when AND a.id < :id))",
        order="a.sorted DESC, a.id DESC",
        limit=n + 1,
        when=when,
        id=f"urn:uuid:{id}",
    )
    found = loaded(database, rows[:n])
    last = found[-1] if len(rows) > n and found else None
    return Page(articles=found, older=cursor(last) if last else None)


def cursor(article: Article) -> str:
    """Where the page begins that follows an article."""
    when = timestamp(article.sorted) if article.sorted else ""
    return f"{when}~{article.id.removeprefix('urn:uuid:')}"


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


def total(database: Database, selection: Selection) -> int:
    """How many public articles the selection holds."""
    clause, values = condition(selection)
    (row,) = database.read(f"SELECT COUNT(*) AS n {clause} AND {PUBLIC}", **values)
    return int(row["n"])


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
    elif selection == Selection():
        clause = "FROM change a"
    (row,) = database.read(f"SELECT COALESCE(MAX(a.seq), 0) AS seq {clause}", **values)
    return max(int(touch["seq"]), int(row["seq"]))


def facets(database: Database, selection: Selection, only: Sequence[str] = FACETS) -> Facets:
    """How many public articles per language, topic, source, byline and year, the largest first."""
    clause, values = condition(selection)
    public = f"{clause} AND {PUBLIC}"
    queries = {
        "language": f"SELECT a.language AS value, COUNT(*) AS n {public} GROUP BY a.language",
        "topic": "SELECT f.topic AS value, COUNT(*) AS n FROM article_topic f"
        f" WHERE f.article IN (SELECT a.id {public}) GROUP BY f.topic",
        "source": f"SELECT a.source AS value, COUNT(*) AS n {public} GROUP BY a.source",
        "by": "SELECT f.name AS value, COUNT(*) AS n FROM byline f"
        f" WHERE f.article IN (SELECT a.id {public}) GROUP BY f.name",
        "year": f"SELECT SUBSTR(a.day, 1, 4) AS value, COUNT(*) AS n {public} GROUP BY SUBSTR(a.day, 1, 4)",
    }
    return {
        name: tuple(
            (row["value"], row["n"]) for row in database.read(f"{query} ORDER BY n DESC, value", **values)
        )
        for name, query in queries.items()
        if name in only
    }


def days(database: Database, selection: Selection) -> dict[date, int]:
    """How many public articles each day of a selection has, in order; days without any are left out."""
    clause, values = condition(selection)
    rows = database.read(
        f"SELECT a.day, COUNT(*) AS n {clause} AND {PUBLIC} GROUP BY a.day ORDER BY a.day", **values
    )
    return {date.fromisoformat(row["day"]): row["n"] for row in rows}


def days_beside(database: Database, selection: Selection) -> tuple[date | None, date | None]:
    """The last day with public articles before the days of a selection, and the first after them."""
    clause, values = condition(replace(selection, since=None, until=None))
    found = []
    for edge, sign, day in (("MAX", "<", selection.since), ("MIN", ">", selection.until)):
        (row,) = database.read(
            f"SELECT {edge}(a.day) AS day {clause} AND {PUBLIC} AND a.day {sign} :edge",
            edge=day.isoformat() if day else "",
            **values,
        )
        found.append(date.fromisoformat(row["day"]) if day and row["day"] else None)
    return found[0], found[1]


def neighbours(
    database: Database, selection: Selection, article: Article
) -> tuple[Article | None, Article | None]:
    """The public articles of a selection just before and just after one, in the order of pages."""
    return (
        beside(database, selection, article, "<", "DESC"),
        beside(database, selection, article, ">", "ASC"),
    )


def beside(
    database: Database,
    selection: Selection,
    article: Article,
    sign: Literal["<", ">"],
    direction: Literal["ASC", "DESC"],
) -> Article | None:
    """The next article in one direction."""
    rows = select(
        database,
        selection,
        where=f"{PUBLIC} AND (a.sorted {sign} :when OR (a.sorted = :when AND a.id {sign} :id))",
        order=f"a.sorted {direction}, a.id {direction}",
        limit=1,
        when=timestamp(article.sorted) if article.sorted else "",
        id=article.id,
    )
    return next(iter(loaded(database, rows)), None)


def select(
    database: Database, selection: Selection, *, where: str, order: str, limit: int, **values: object
) -> list[Row]:
    """Ids and numbers of the articles of a selection."""
    clause, named = condition(selection)
    return database.read(
        f"SELECT a.id, a.number {clause} AND {where} ORDER BY {order} LIMIT :limit",
        limit=limit,
        **values,
        **named,
    )


def loaded(database: Database, rows: Iterable[Row]) -> tuple[Article, ...]:
    """The articles of some rows, in their order."""
    return articles(database, [row["id"] for row in rows])


def number_of(selection: Selection) -> str:
    """The column of the number in the index that a list is walked by."""
    return "t0.number" if len(selection.topics) == 1 else "b0.number" if selection.by else "a.number"


def condition(selection: Selection) -> tuple[str, dict[str, object]]:
    """FROM and WHERE for a selection, on article a and source s, and their values."""
    tables, tests = ["article a JOIN source s ON s.id = a.source"], ["1 = 1"]
    values: dict[str, object] = {}
    if len(selection.topics) == 1:
        # A join lets the database walk the topic's own index in order of number.
        tables.append("JOIN article_topic t0 ON t0.article = a.id AND t0.topic = :topic0")
        values["topic0"] = selection.topics[0]
    elif selection.topics:
        tests.append(f"EXISTS ({topic_test('topic', selection.topics, values)})")
    if selection.without:
        tests.append(f"NOT EXISTS ({topic_test('without', selection.without, values)})")
    if selection.source:
        tests.append("a.source IN (SELECT id FROM source WHERE id = :source OR family = :source)")
        values["source"] = selection.source
    if selection.by:
        tables.append("JOIN byline b0 ON b0.article = a.id AND b0.name = :by")
        values["by"] = selection.by
    if selection.language in ("en", "zh"):
        tests.append("a.language = :language")
        values["language"] = selection.language
    if selection.paired:
        tests.append(PAIRED)
    if selection.since:
        tests.append("a.day >= :since")
        values["since"] = selection.since.isoformat()
    if selection.until:
        tests.append("a.day <= :until")
        values["until"] = selection.until.isoformat()
    return f"FROM {' '.join(tables)} WHERE {' AND '.join(tests)}", values


def topic_test(name: str, topics: tuple[str, ...], values: dict[str, object]) -> str:
    """A subquery that finds an article in any of some topics; adds the values it needs."""
    names = [f"{name}{position}" for position in range(len(topics))]
    values.update(zip(names, topics, strict=True))
    places = ", ".join(f":{each}" for each in names)
    return f"SELECT 1 FROM article_topic x WHERE x.article = a.id AND x.topic IN ({places})"
