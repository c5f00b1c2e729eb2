"""What a live feed holds, whichever way it is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from factories import NOW, article, put_all

from archive import lists
from archive.articles import withdraw
from archive.database import Database
from archive.live import CHANGED, beside_the_changed, live
from archive.model import Article, Selection

LISTS = (
    Selection(),
    Selection(topics=("olympics",)),
    Selection(topics=("education", "olympics")),
    Selection(without=("olympics",)),
    Selection(by="Ann"),
    Selection(source="example"),
    Selection(source="nobody"),
    Selection(language="zh"),
    Selection(language="both", topics=("olympics",), by="Ann"),
    Selection(since=date(2026, 11, 10), until=date(2026, 11, 16)),
)


def some_articles(*, text: str) -> Iterator[Article]:
    """Articles of every list."""
    for number in range(24):
        yield article(
            guid=str(number),
            title=("Olympics", "School", "Weather")[number % 3],
            text=text,
            language=("en", "zh")[number % 2],
            authors=("Ann",) if number % 4 == 0 else ("Bo",),
            published=NOW - timedelta(days=number),
        )


@pytest.fixture(scope="module")
def archive(standing: Database) -> Database:
    """An archive of which half was revised and some withdrawn."""
    with standing.writing() as transaction:
        put_all(transaction, *some_articles(text="First."))
    for changed in range(1, 24, 2):
        with standing.writing() as transaction:
            put_all(transaction, list(some_articles(text="Second."))[changed])
    ids = [one.id for one in lists.newest(standing, Selection(), 24)]
    withdraw(standing, ids[::5], reason="an error", person="editor", now=NOW)
    return standing


@pytest.mark.parametrize("selection", LISTS)
@pytest.mark.parametrize("few", [0, 1_000], ids=["through what changed", "through the list"])
def test_the_newest_and_what_changed_last_is_found(archive: Database, selection: Selection, few: int) -> None:
    every = lists.numbered(archive, selection, 0, 99)
    newest = [one.id for one in every if not one.withdrawn][:3]
    changed = [one for one in every if (one.revision > 1 or one.withdrawn) and one.id not in newest]
    last = [one.id for one in sorted(changed, key=lambda one: -one.seq)][:4]
    assert [one.id for one in live(archive, selection, newest=3, changed=4, few=few)] == [*newest, *last]


@pytest.mark.parametrize("selection", LISTS)
def test_a_long_list_is_never_looked_through(archive: Database, selection: Selection) -> None:
    clause, values = beside_the_changed(selection)
    steps = archive.read(
        f"EXPLAIN QUERY PLAN SELECT a.id {clause} AND {CHANGED} ORDER BY a.seq DESC LIMIT 9",
        shown=5,
        **values,
    )
    assert steps[0]["detail"] == "SCAN a USING INDEX article_revised"
    assert not [step for step in steps if "TEMP B-TREE" in step["detail"]]
