"""The part of the answers that was asked for, in order: as typed, in translation, and what comes near either.

Knows no files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from index.across import Across
from index.engine import Search
from index.match import MUCH_FEWER, united
from index.terms import Ids
from index.vectors import Snapshot

Scores = NDArray[np.float32]
BEST = 50  # the first so many by score are ordered once more, by what costs more to know
GROUPS = 1024  # of values, by each of which one is taken when the greatest are looked for
EVERY = 3  # one in so many of those that have all words is one that has them in translation
Ranked = list[tuple[int, float]]
Worth = Callable[[Ids], Scores]


class Listing:
    """Lists answers from one snapshot in the order asked for; ``worth`` is how well documents fit.

    ``more`` is what the best of them are worth beside that.
    """

    def __init__(self, snapshot: Snapshot, search: Search, worth: Worth, more: Worth | None = None) -> None:
        self.snapshot = snapshot
        self.search = search
        self.worth, self.more = (worth, more) if search.sort == "rel" else (nothing, None)

    def part(self, found: Ids, partly: Ids, across: Across | None) -> tuple[list[int], list[float]]:
        """The documents asked for with their scores, those with most of the words after all others."""
        if across is None or not (len(across.all) or len(across.most)):
            return self.successive((found, partly))
        if self.search.sort != "rel":
            return self.successive((united([found, across.all], self.snapshot.size), partly))
        typed, near = self.best(found, self.wanted), self.best(partly, self.wanted)
        translated, others = (
            self.ranked(ids, across.scores.take, self.wanted) for ids in (across.all, across.most)
        )
        share = across.share
        listed = [*alternating(typed, translated), *merged(near, others, lambda place: float(share[place]))]
        start = self.search.offset
        falling = falling_scores(listed[: start + self.search.n])[start:]
        return [place for place, _ in falling], [score for _, score in falling]

    @property
    def wanted(self) -> int:
        """How many documents are listed up to the end of the part."""
        return self.search.offset + self.search.n

    def ranked(self, ids: Ids, worth: Worth, wanted: int) -> Ranked:
        """The first so many of some documents with their scores."""
        if not len(ids) or wanted <= 0:
            return []
        scores = worth(ids)
        places = ordered(self.snapshot, self.search, ids, scores, wanted)
        return list(zip(ids[places].tolist(), scores[places].tolist(), strict=True))

    def best(self, ids: Ids, wanted: int) -> Ranked:
        """The same by all that they are worth, which is not less for the first than without ``more``."""
        if self.more is None:
            return self.ranked(ids, self.worth, wanted)
        listed = self.ranked(ids, self.worth, max(wanted, BEST) if wanted > 0 else 0)
        best = listed[:BEST]
        more = self.more(np.array([document for document, _ in best], np.int32)).tolist()
        best = [(document, score + extra) for (document, score), extra in zip(best, more, strict=True)]
        return [*sorted(best, key=lambda each: -each[1]), *listed[BEST:]][:wanted]

    def successive(self, found: Sequence[Ids]) -> tuple[list[int], list[float]]:
        """The documents asked for, some after the others, each in order, with their scores."""
        listed: Ranked = []
        offset, wanted = self.search.offset, self.search.n
        for ids in found:
            if offset < len(ids) and wanted > 0:
                each = self.best(ids, offset + wanted)[offset:]
                listed += each
                wanted -= len(each)
            offset = max(0, offset - len(ids))
        return [place for place, _ in listed], [score for _, score in listed]


def nothing(ids: Ids) -> Scores:
    """What documents are worth where that does not count."""
    return np.zeros(len(ids), np.float32)


def alternating(typed: Ranked, translated: Ranked) -> Ranked:
    """What has the words as typed, and after every two of them one that has them in translation."""
    some, others = iter(typed), iter(translated)
    listed: Ranked = []
    while True:
        step = [*islice(some, EVERY - 1), *islice(others, 1)]
        if not step:
            return listed
        listed += step


def merged(near: Ranked, others: Ranked, share: Callable[[int], float]) -> Ranked:
    """Two lists, each in its order, as one: of the next of both the one that has more of what was asked."""
    listed: Ranked = []
    first = second = 0
    while first < len(near) and second < len(others):
        if share(near[first][0]) >= share(others[second][0]):
            listed.append(near[first])
            first += 1
        else:
            listed.append(others[second])
            second += 1
    return [*listed, *near[first:], *others[second:]]


def falling_scores(listed: Ranked) -> Ranked:
    """The same with no score above the one before: scores of translations are on a scale of their own."""
    falling: Ranked = []
    for place, score in listed:
        falling.append((place, min(score, falling[-1][1]) if falling else score))
    return falling


def ordered(snapshot: Snapshot, search: Search, ids: Ids, scores: Scores, wanted: int) -> NDArray[np.intp]:
    """The places of the first documents in the order asked for; equal ones newest first."""
    by_score = search.sort == "rel" and scores.max(initial=0) > 0
    sign = -1 if search.sort == "old" else 1
    column = snapshot.numbers("number" if search.sort == "number" else "sorted")
    first = scores if by_score else sign * column.take(ids)
    places = greatest(first, wanted) if wanted < len(ids) else np.arange(len(ids))
    some = ids.take(places)
    keys = [-sign * snapshot.numbers("number").take(some), -sign * column.take(some), -first.take(places)]
    listed: NDArray[np.intp] = places[np.lexsort(keys)][:wanted]
    return listed


def greatest(values: NDArray[np.float32] | NDArray[np.int64], number: int) -> NDArray[np.intp]:
    """The places of so many of the greatest values, with all that equal the least of them and a few more."""
    rows = len(values) // GROUPS
    if rows > 1 and MUCH_FEWER * number < GROUPS:
        # So many groups have one as great as this, which is found in a tenth of the time.
        of_groups = values[: rows * GROUPS].reshape(rows, GROUPS).max(axis=0)
        least = np.partition(of_groups, -number)[-number]
    else:
        least = np.partition(values, -number)[-number]
    return np.flatnonzero(values >= least)
