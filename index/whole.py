"""All that a search finds, however much: the numbers in order, for history, and the documents, for lists."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.answer import matched, ordered, scored
from index.engine import Search
from index.terms import Ids
from index.vectors import Snapshot


def numbers(snapshot: Snapshot, search: Search) -> Sequence[int]:
    """The numbers of first publication of all that have what was asked for, rising; found once."""

    def made() -> tuple[NDArray[np.int64]]:
        return (np.sort(snapshot.numbers("number").take(matched(snapshot, search).found)),)

    (found,) = snapshot.kept(("numbers", search.selection, search.exact, search.below, search.among), made)
    return memoryview(found)


def every(snapshot: Snapshot, search: Search) -> Ids:
    """All documents that have what was asked for, in the order asked for."""
    what = matched(snapshot, search)
    found, scores = what.found, np.zeros(len(what.found), np.float32)
    if search.sort == "rel":
        scores = scored(snapshot, what.read, what.reader.heard, found)
    return found[ordered(snapshot, search, found, scores, len(found))]
