"""All that a search finds, however much: the numbers in order, for history, and the documents, for lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.answer import listing_of, matched
from index.engine import Search
from index.lexicon import Lexicon
from index.listing import ordered
from index.terms import NO_POSTINGS, Ids
from index.vectors import Snapshot


def numbers(
    snapshot: Snapshot, search: Search, lexicon: Lexicon | None = None, *, typed: bool = False
) -> Sequence[int]:
    """The numbers of first publication of all that have what was asked for, rising; found once.

    ``typed`` leaves out those that have it in translation.
    """
    asked = (search.selection, search.exact, search.below, search.among)

    def made() -> tuple[NDArray[np.int64], ...]:
        what, all = matched(snapshot, search, lexicon), snapshot.numbers("number")
        several = (what.everything, what.found) if len(what.everything) > len(what.found) else (what.found,)
        return tuple(np.sort(all.take(documents)) for documents in several)

    found = snapshot.kept(("numbers", *asked), made)
    return memoryview(found[-1 if typed else 0])


def every(snapshot: Snapshot, search: Search, lexicon: Lexicon | None = None) -> Ids:
    """All documents that have what was asked for, in the order asked for."""
    what = matched(snapshot, search, lexicon)
    everything = what.everything
    if search.sort == "rel":
        listing = listing_of(snapshot, replace(search, offset=0, n=len(everything)), what)
        listed = listing.part(what.found, NO_POSTINGS[0], what.across)[0]
        return np.array(listed, np.int32)[: len(everything)]
    return everything[
        ordered(snapshot, search, everything, np.zeros(len(everything), np.float32), len(everything))
    ]
