"""All that a search finds is what its pages have: numbers in order, ids in the order asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from factories import article

from archive.errors import IndexUnavailable, QueryError
from archive.model import Article, Selection, article_id
from index.engine import Index, Search, open_index

START = datetime(2022, 1, 1, tzinfo=UTC)
COUNT = 1_300  # more than are read at once


def story(number: int) -> Article:
    """A public article; every third is of a topic, and the longer the text the higher the number."""
    moment = START + timedelta(days=(number * 7) % 400)
    return article(
        id=article_id("test", str(number)),
        title=f"Story {number}" + (" of rivers" if number % 4 == 0 else ""),
        text="A river rises. " * (number % 9 + 1),
        number=number,
        seq=number,
        day=moment.date(),
        sorted=moment,
        source="example",
        topics=("water",) if number % 3 == 0 else (),
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of many stories in two commits, some of them gone again."""
    opened = open_index(tmp_path_factory.mktemp("whole") / "index", write=True)
    opened.apply(map(story, range(1, 700)), [], 699)
    opened.apply(map(story, range(700, COUNT + 1)), [story(number).id for number in (5, 699)], COUNT)
    yield opened
    opened.close()


SEARCHES = [
    Search(),
    Search(selection=Selection(query="river")),
    Search(selection=Selection(query="rivers story"), exact=True),
    Search(selection=Selection(query="river", topics=("water",))),
    Search(selection=Selection(topics=("water",)), below=400),
    Search(selection=Selection(query="nothing of the kind")),
]


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("sort", ["rel", "new", "old", "number"])
def test_all_are_what_the_pages_have(index: Index, search: Search, sort: str) -> None:
    asked = replace(search, sort=sort)  # type: ignore[arg-type]
    paged: list[str] = []
    total = index.search(asked).total
    for offset in range(0, total, 400):
        hits = index.search(replace(asked, offset=offset, n=min(400, total - offset))).hits
        paged += [hit.id for hit in hits]
    assert list(index.every(asked)) == paged and len(paged) == total
    known = {story(number).id: number for number in range(1, COUNT + 1)}
    assert list(index.numbers(asked)) == sorted(known[id] for id in paged)


def test_what_is_read_while_the_index_goes_on_is_of_one_generation(tmp_path: Path) -> None:
    writing = open_index(tmp_path / "index", write=True)
    writing.apply(map(story, range(1, COUNT + 1)), [], COUNT)
    reading = open_index(tmp_path / "index")
    listed = reading.every(Search(sort="number"))
    first = next(listed)
    writing.apply([story(COUNT + 1)], [story(1).id], COUNT + 1)
    assert reading.refresh() and reading.numbers(Search())[-1] == COUNT + 1
    assert [first, *listed] == [story(number).id for number in range(COUNT, 0, -1)]
    writing.close()
    reading.close()


def test_what_cannot_be_answered_is_said_before_anything_is_read(index: Index, tmp_path: Path) -> None:
    missing = open_index(tmp_path / "none")
    with pytest.raises(IndexUnavailable):
        missing.every(Search())
    with pytest.raises(QueryError):
        index.every(Search(selection=Selection(query='"a" ' * 9)))
    with pytest.raises(QueryError):
        index.numbers(Search(selection=Selection(query='"a" ' * 9)))
