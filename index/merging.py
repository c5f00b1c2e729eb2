"""Posting lists of new documents and of segments that are merged, joined a range of terms at a time. Pure.

All terms of many documents at once would take gigabytes; a range of them never more than some ten megabytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.batch import Keys, Numbers
from index.posting_files import Lists, lists_of
from index.terms import Terms

# Postings joined at once, and of how many new ones one is looked at to find where to cut.
AT_ONCE, LOOKED_AT = 100_000, 100
FINENESS = 16  # of the same for old ones: the sixteenth part of a range
END = (1 << 48) - 1  # beyond every code: no term begins with the last character of the plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """A field of a segment: its terms as rising codes, where their lists stand and how long they are.

    ``new`` has the number that each of its documents gets; -1 for those that are left out.
    """

    terms: Terms
    codes: Numbers
    sizes: NDArray[np.uint32]
    starts: Numbers
    new: Numbers

    def between(self, low: int, high: int) -> tuple[Keys, Numbers]:
        """The keys and counts of the terms of a range."""
        some = slice(*np.searchsorted(self.codes, (low, high)).tolist())
        sizes = self.sizes[some].astype(np.int64)
        docs, counts = self.terms.lists(self.starts[some], sizes)
        numbers = self.new.take(docs)
        kept = numbers >= 0
        keys = np.repeat(self.codes[some], sizes) << 16 | numbers
        return keys.compress(kept).view(np.uint64), counts.compress(kept)


def in_order(terms: Terms, parts: Iterable[tuple[Numbers, NDArray[np.uint32], Numbers]], new: Numbers) -> Old:
    """A field whose terms come in the order of their names, in parts of codes, sizes and starts."""
    none = np.empty(0, np.int64), np.empty(0, np.uint32), np.empty(0, np.int64)
    codes, sizes, starts = map(np.concatenate, zip(none, *parts, strict=True))
    order = np.argsort(codes)
    return Old(terms=terms, codes=codes[order], sizes=sizes[order], starts=starts[order], new=new)


def joined(fresh: Sequence[Keys], olds: Sequence[Old], at_once: int = AT_ONCE) -> Iterator[Lists]:
    """All posting lists in the order of codes, some at a time.

    ``fresh`` are keys of new documents, one for each time that a term occurs, in several sorted pieces.
    """
    for low, high in ranges(fresh, olds, at_once):
        edges = np.array((low << 16, high << 16), np.uint64)
        parts = [keys[slice(*np.searchsorted(keys, edges).tolist())] for keys in fresh]
        lists = lists_of(np.concatenate([np.empty(0, np.uint64), *parts]))
        if olds:
            keys, counts = zip(*(old.between(low, high) for old in olds), strict=True)
            lists = lists_of(np.concatenate([lists.keys, *keys]), np.concatenate([lists.counts, *counts]))
        if len(lists.codes):
            yield lists


def ranges(fresh: Sequence[Keys], olds: Sequence[Old], at_once: int) -> Iterator[tuple[int, int]]:
    """Ranges of codes with about so many postings each."""
    looked_at = [(keys[::LOOKED_AT] >> np.uint64(16)).view(np.int64) for keys in fresh]
    sizes = [np.full(len(each), LOOKED_AT) for each in looked_at]
    step = max(1, at_once // FINENESS)
    for old in olds:
        # Only those are looked at with which the postings have become so many more.
        turns = np.cumsum(old.sizes, dtype=np.int64) // step
        some = np.flatnonzero(np.diff(turns, append=turns[-1:] + 1))
        looked_at.append(old.codes[some])
        sizes.append(np.diff(turns[some], prepend=0) * step)
    codes = np.concatenate([np.empty(0, np.int64), *looked_at])
    order = np.argsort(codes)
    turns = np.cumsum(np.concatenate([np.empty(0, np.int64), *sizes])[order]) // at_once
    edges = codes[order][np.flatnonzero(np.diff(turns, prepend=0))]
    lows = [0, *np.unique(edges[edges > 0]).tolist()]
    yield from zip(lows, [*lows[1:], END], strict=True)
