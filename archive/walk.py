"""Lists in the order of pages, by time of publication, from an index that has that order, however large.

Of a selection one condition is walked, the others are tested on the way: the one that leaves few articles,
if there is one. Alternatives are walked apart and merged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from archive.articles import articles
from archive.database import Database
from archive.live import FEW, beside_the_changed, count
from archive.model import Article, Page, Selection, timestamp
from archive.rows import PUBLIC

ABOVE, BELOW = "9999", ""
# What is published tomorrow stands under today, and days are those of the site's zone.
DAY = timedelta(days=1)
MARGIN = 3 * DAY
Place = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """An index in the order of pages: what counts its rows, a table to join, a test, and what is left."""

    rows: str
    rest: Selection
    table: str = ""
    test: str = "1 = 1"
    columns: tuple[str, str] = ("a.sorted", "a.id")
    values: dict[str, object] = field(default_factory=dict)


def page(database: Database, selection: Selection, *, n: int, before: str = "", few: int = FEW) -> Page:
    """Some articles, newest first; ``older`` is the cursor to ask for those before them."""
    when, _, id = before.partition("~")
    place = (when, f"urn:uuid:{id}") if when else (ABOVE, "")
    places = walked(database, selection, place, n=n + 1, few=few)
    found = articles(database, [id for _, id in places[:n]])
    older = "{}~{}".format(*places[n - 1]).replace("urn:uuid:", "") if len(places) > n else None
    return Page(articles=found, older=older)


def cursor(article: Article) -> str:
    """Where the page begins that follows an article."""
    when = timestamp(article.sorted) if article.sorted else BELOW
    return f"{when}~{article.id.removeprefix('urn:uuid:')}"


def neighbours(
    database: Database, selection: Selection, article: Article, *, few: int = FEW
) -> tuple[Article | None, Article | None]:
    """The public articles of a selection just before and just after one."""
    place = (timestamp(article.sorted) if article.sorted else BELOW, article.id)
    earlier, later = (
        walked(database, selection, place, n=1, forward=forward, few=few) for forward in (False, True)
    )
    found = {one.id: one for one in articles(database, [id for _, id in (*earlier, *later)])}
    return (
        found.get(earlier[0][1]) if earlier else None,
        found.get(later[0][1]) if later else None,
    )


def days_beside(
    database: Database, selection: Selection, *, few: int = FEW
) -> tuple[date | None, date | None]:
    """The last day with public articles before the days of a selection, and the first after them."""
    anytime = replace(selection, since=None, until=None)
    before = after = None
    if selection.since and selection.since > date.min:
        until = selection.since - DAY
        while found := last_day(database, replace(anytime, since=before and before + DAY, until=until), few):
            before = found
    if selection.until and selection.until < date.max:
        since = selection.until + DAY
        while found := last_day(
            database, replace(anytime, since=since, until=after and after - DAY), few, True
        ):
            after = found
    return before, after


def last_day(database: Database, selection: Selection, few: int, forward: bool = False) -> date | None:
    """The day of the article that stands last, or first; another may be of a day beyond, but of few."""
    if selection.since and selection.until and selection.since > selection.until:
        return None
    place = (BELOW, "") if forward else (ABOVE, "")
    for _, id in walked(database, selection, place, n=1, few=few, forward=forward):
        (row,) = database.read("SELECT day FROM article WHERE id = :id", id=id)
        return date.fromisoformat(row["day"])
    return None


def walked(
    database: Database, selection: Selection, place: Place, *, n: int, few: int, forward: bool = False
) -> list[Place]:
    """The next public articles behind a place, towards older or newer ones: when they are, and their ids."""
    found = {
        step for walk in walks(database, selection, few) for step in steps(database, walk, place, n, forward)
    }
    return sorted(found, reverse=not forward)[:n]


def walks(database: Database, selection: Selection, few: int) -> list[Walk]:
    """What to walk for a selection, each with all of its other conditions."""
    ways = [way for way in possible(database, selection) if way]
    if not ways:
        return [Walk(rows="article", rest=selection)]
    short = (way for way in ways if len(ways) > 1 and is_short(database, way, few))
    return next(short, ways[0])


def possible(database: Database, selection: Selection) -> Iterator[list[Walk]]:
    """The conditions that have an index in this order."""
    yield [
        filed_under("article_topic", "topic", id, replace(selection, topics=())) for id in selection.topics
    ]
    yield [filed_under("byline", "name", name, replace(selection, by="")) for name in [selection.by] if name]
    yield [
        Walk(
            rows="article WHERE source = :walked",
            test="a.source = :walked",
            values={"walked": id},
            rest=replace(selection, source=""),
        )
        for id in members(database, selection.source)
    ]
    yield [
        Walk(
            rows="article WHERE language = :walked",
            test="a.language = :walked",
            values={"walked": language},
            rest=replace(selection, language=""),
        )
        for language in ("en", "zh")
        if selection.language == language
    ]


def filed_under(table: str, column: str, value: str, rest: Selection) -> Walk:
    """A walk through what is filed under one value."""
    return Walk(
        rows=f"{table} WHERE {column} = :walked",
        table=f"{table} w, ",
        test=f"w.{column} = :walked AND w.article = a.id",
        columns=("w.sorted", "w.article"),
        values={"walked": value},
        rest=rest,
    )


def members(database: Database, source: str) -> list[str]:
    """The sources that are meant by one, or by the name of a family; itself where there is none."""
    if not source:
        return []
    rows = database.read("SELECT id FROM source WHERE id = :id OR family = :id ORDER BY id", id=source)
    return [row["id"] for row in rows] or [source]


def is_short(database: Database, way: list[Walk], few: int) -> bool:
    """Whether a condition leaves few articles."""
    return sum(count(database, walk.rows, few, walk.values) for walk in way) < few


def steps(database: Database, walk: Walk, place: Place, n: int, forward: bool) -> list[Place]:
    """The next steps of one walk."""
    sql, values = stepping(walk, place, forward)
    return [(row["sorted"], row["id"]) for row in database.read(sql, limit=n, **values)]


def stepping(walk: Walk, place: Place, forward: bool) -> tuple[str, dict[str, object]]:
    """The statement of one walk, and its values."""
    clause, values = beside_the_changed(walk.rest)
    when, id = walk.columns
    sign, order = (">", "ASC") if forward else ("<", "DESC")
    first = bound(walk.rest.since, -MARGIN) or BELOW
    last = bound(walk.rest.until, MARGIN) or ABOVE
    low, high = (max(place[0], first), last) if forward else (first, min(place[0], last))
    sql = (
        f"SELECT {id} AS id, {when} AS sorted {clause.replace('FROM ', f'FROM {walk.table}', 1)}"
        f" AND {walk.test} AND {PUBLIC} AND {when} >= :low AND {when} <= :high"
        f" AND ({when} {sign} :when OR {id} {sign} :id) ORDER BY {when} {order}, {id} {order} LIMIT :limit"
    )
    own = {"low": low, "high": high, "when": place[0], "id": place[1]}
    return sql, {**values, **walk.values, **own}


def bound(day: date | None, margin: timedelta) -> str:
    """The time that a day cannot be beyond in lists; nothing where there is none."""
    if day is None:
        return ""
    try:
        return (day + margin).isoformat()
    except OverflowError:
        return ""
