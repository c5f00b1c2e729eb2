"""Which articles are in a feed and its complete history: those of a list, or those that a search finds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from archive import lists, numbers
from archive.database import Database
from archive.live import live
from archive.model import Article, Selection
from index import Index, Search

NEWEST, REVISED = 32, 18
ABOVE_ALL = 1 << 62
STEP, MOST_LOOKED_AT = 500, 5_000


class Listed:
    """The articles of a list, as the archive has them."""

    def __init__(self, database: Database, selection: Selection) -> None:
        self._database = database
        self._selection = selection

    @cached_property
    def top(self) -> int:
        """The highest number; below it all numbers have been given out."""
        return lists.top(self._database, self._selection)

    def count(self, low: int, high: int) -> int:
        """How many articles the document of a window has."""
        return lists.count(self._database, self._selection, low, high)

    def between(self, low: int, high: int) -> tuple[Article, ...]:
        """The articles of a window, the newest first; withdrawn ones too."""
        return lists.numbered(self._database, self._selection, low, high)

    def holds(self, wanted: Sequence[int]) -> bool:
        """Whether any of some articles is in the list, by number."""
        return lists.holds(self._database, self._selection, wanted)

    def live(self) -> tuple[Article, ...]:
        """The newest, and others that were revised or withdrawn last, whatever their number."""
        return live(self._database, self._selection, newest=NEWEST, changed=REVISED)


class Found:
    """The articles that a search finds, and what was withdrawn of the list that is searched.

    The index does not say which of the withdrawn it would have found. A deletion of an article that a reader
    never had does no harm, one that is missing does. All is of the generation of the index that was asked:
    nothing above its numbers belongs to a closed window.
    """

    def __init__(self, database: Database, index: Index, selection: Selection, *, exact: bool) -> None:
        self._database = database
        self._index = index
        self._selection = selection
        self._exact = exact

    @cached_property
    def _known(self) -> int:
        """The highest number that the index has come to."""
        everything = self._index.numbers(Search())
        return everything[-1] if len(everything) else 0

    @cached_property
    def _hits(self) -> Sequence[int]:
        """The numbers of what is found, rising, and none above what was known the moment before."""
        known = self._known
        found = self._index.numbers(Search(selection=self._selection, exact=self._exact))
        return found[: bisect_right(found, known)]

    @cached_property
    def _gone(self) -> list[int]:
        """The numbers of what was withdrawn and is not found any more, rising."""
        withdrawn = numbers.withdrawn(self._database, self._selection, up_to=self._known)
        return [number for number in withdrawn if not self._is_hit(number)]

    def _is_hit(self, number: int) -> bool:
        """Whether an article is found."""
        place = bisect_left(self._hits, number)
        return place < len(self._hits) and self._hits[place] == number

    @cached_property
    def top(self) -> int:
        """The highest number; below it all numbers have been given out."""
        return max((each[-1] for each in (self._hits, self._gone) if len(each)), default=0)

    def count(self, low: int, high: int) -> int:
        """How many articles the document of a window has; nothing is searched again for it."""
        return sum(bisect_left(each, high) - bisect_left(each, low) for each in (self._hits, self._gone))

    def between(self, low: int, high: int) -> tuple[Article, ...]:
        """The articles of a window, the newest first; withdrawn ones too."""
        found: list[int] = []
        for each in (self._hits, self._gone):
            found += each[bisect_left(each, low) : bisect_left(each, high)]
        return numbers.numbered(self._database, sorted(found, reverse=True))

    def holds(self, wanted: Sequence[int]) -> bool:
        """Whether any of some articles is found, by number."""
        return any(map(self._is_hit, wanted))

    def live(self) -> tuple[Article, ...]:
        """The newest, and others that were revised or withdrawn last, whatever their number."""
        newest = list(self._hits[-NEWEST:])[::-1]
        others: list[int] = []
        for number in self._touched():
            if number not in newest:
                others.append(number)
            if len(others) == REVISED:
                break
        return numbers.numbered(self._database, newest + others)

    def _touched(self) -> Iterator[int]:
        """The numbers of what was revised and is found, or was withdrawn, the latest first."""
        below = ABOVE_ALL
        for _ in range(0, MOST_LOOKED_AT, STEP):
            rows = numbers.touched(self._database, self._selection, STEP, below=below)
            yield from (row["number"] for row in rows if row["is_withdrawn"] or self._is_hit(row["number"]))
            if len(rows) < STEP:
                return
            below = rows[-1]["seq"]
