"""Lists in the order of pages: whatever is walked, the same articles; and an index has that order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from factories import NOW, article, put_all

from archive import lists, tally, walk
from archive.articles import withdraw
from archive.database import Database
from archive.model import Article, Selection

LISTS = (
    Selection(),
    Selection(topics=("olympics",)),
    Selection(topics=("education", "olympics")),
    Selection(without=("olympics",)),
    Selection(topics=("education",), without=("olympics",), language="en"),
    Selection(by="Ann"),
    Selection(source="example"),
    Selection(source="press"),
    Selection(source="nobody"),
    Selection(language="zh"),
    Selection(language="both", topics=("olympics",), by="Ann", source="example"),
    Selection(since=date(2026, 11, 10), until=date(2026, 11, 16)),
    Selection(topics=("olympics",), until=date(2026, 11, 16), language="zh"),
    Selection(since=date.max, until=date.min),
)
WAYS = pytest.mark.parametrize("few", [0, 1_000], ids=["the first condition", "a short one"])


def some_articles(*sources: str) -> Iterator[Article]:
    """Articles of every list; some at the same moment."""
    for number in range(30):
        yield article(
            guid=f"{sources[0]} {number}",
            title=("Olympics", "School", "Weather", "Olympics at school")[number % 4],
            language=("en", "zh")[number % 2],
            authors=("Ann",) if number % 4 == 0 else ("Bo",),
            published=NOW - timedelta(hours=number // 3 * 20),
        )


@pytest.fixture(scope="module")
def archive(standing: Database) -> Database:
    """An archive of two sources of a family, some articles of which are withdrawn."""
    with standing.writing() as transaction:
        for source in ("example", "other"):
            put_all(transaction, *some_articles(source), source_id=source)
            transaction.run("UPDATE source SET family = 'press' WHERE id = :id", id=source)
    ids = [one.id for one in lists.newest(standing, Selection(), 60)]
    withdraw(standing, ids[::7], reason="an error", person="editor", now=NOW)
    return standing


def in_order(archive: Database, selection: Selection) -> list[Article]:
    """The public articles of a list as pages show them."""
    found = lists.newest(archive, selection, 99)
    return sorted(found, key=lambda one: (one.sorted or NOW, one.id), reverse=True)


@WAYS
@pytest.mark.parametrize("selection", LISTS)
def test_pages_show_the_list_in_its_order(archive: Database, selection: Selection, few: int) -> None:
    seen, before, more = [], "", True
    while more:
        page = walk.page(archive, selection, n=4, before=before, few=few)
        seen += [one.id for one in page.articles]
        before, more = page.older or "", page.older is not None
    assert seen == [one.id for one in in_order(archive, selection)]


@WAYS
@pytest.mark.parametrize("selection", LISTS)
def test_neighbours_are_those_beside_an_article(archive: Database, selection: Selection, few: int) -> None:
    every = in_order(archive, selection)
    for newer, one, older in zip([None, *every], every, [*every[1:], None], strict=False):
        assert walk.neighbours(archive, selection, one, few=few) == (older, newer)


@pytest.mark.parametrize("selection", LISTS)
def test_counts_are_those_of_the_list(archive: Database, selection: Selection) -> None:
    every = in_order(archive, selection)
    assert tally.total(archive, selection) == len(every)
    assert tally.days(archive, selection) == {
        day: sum(one.day == day for one in every) for day in sorted({one.day for one in every if one.day})
    }
    facets = tally.facets(archive, selection)
    assert dict(facets["source"]) == {
        id: n for id in ("example", "other") if (n := sum(one.source == id for one in every))
    }
    assert dict(facets["topic"]) == {
        id: n for id in ("education", "olympics") if (n := sum(id in one.topics for one in every))
    }
    assert dict(facets["by"]) == {
        name: n for name in ("Ann", "Bo") if (n := sum(name in one.authors for one in every))
    }


@WAYS
@pytest.mark.parametrize("forward", [False, True], ids=["older", "newer"])
@pytest.mark.parametrize("selection", LISTS)
def test_no_list_is_sorted_to_be_shown(
    archive: Database, selection: Selection, forward: bool, few: int
) -> None:
    for way in walk.walks(archive, selection, few):
        sql, values = walk.stepping(way, ("2026-11-20T00:00:00Z", "urn:uuid:0"), forward)
        steps = [row["detail"] for row in archive.read(f"EXPLAIN QUERY PLAN {sql}", limit=4, **values)]
        assert [step for step in steps if "TEMP B-TREE" in step] == []
        assert [step for step in steps if "_sorted" in step], steps


def test_a_revision_moves_an_article_in_every_list(archive: Database) -> None:
    (moved,) = (one for one in some_articles("example") if one.guid == "example 4")
    with archive.writing() as transaction:
        put_all(
            transaction,
            article(guid=moved.guid, title="Olympics", text="Later.", authors=("Ann",), published=NOW),
        )
    for selection in (Selection(topics=("olympics",)), Selection(by="Ann"), Selection(source="example")):
        shown = [one.id for one in walk.page(archive, selection, n=99).articles]
        assert shown == [one.id for one in in_order(archive, selection)]
