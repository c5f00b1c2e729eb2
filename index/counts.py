"""How many of what was found have each value of a field. Knows no files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.engine import Facet
from index.match import Matcher
from index.names import begun
from index.terms import Ids
from index.vectors import Mask, Snapshot

MOST_VALUES = 100
FACETS: tuple[tuple[Facet, str], ...] = (
    ("language", "language"),
    ("topic", "topics"),
    ("source", "source"),
    ("by", "by"),
)


def facets(snapshot: Snapshot, ids: Ids) -> Mapping[Facet, tuple[tuple[str, int], ...]]:
    """How many of the documents have each value of a field, most first; years in their order."""
    found = snapshot.mask(ids)
    result = {name: ranked(counted(snapshot, field, found)) for name, field in FACETS}
    (years,) = snapshot.kept("years", lambda: (years_of(snapshot.numbers("day")),))
    counts = np.bincount(years.take(ids)).tolist() if len(ids) else []
    return {**result, "year": tuple((str(year), count) for year, count in enumerate(counts) if count)}


def years_of(days: NDArray[np.int64]) -> NDArray[np.int16]:
    """The years of days given as ordinals."""
    since_1970 = (days - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    return (since_1970.astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int16)


def authors(snapshot: Snapshot, text: str) -> tuple[tuple[str, int], ...]:
    """The authors whose name the text is or begins, with how many articles each has, most first."""
    everything = Matcher(snapshot).everything
    names = begun(text, snapshot.authors)
    counts = {name: len(everything.of(snapshot.postings("by", name)[0])) for name in names}
    return ranked(+Counter(counts))


def counted(snapshot: Snapshot, field: str, found: Mask) -> Counter[str]:
    """How many of the documents have each value of a keyword field."""
    counter: Counter[str] = Counter()
    for segment, base in zip(snapshot.segments, snapshot.bases, strict=False):
        values = segment.keywords(field)
        hits = values.codes[found[base : base + segment.size][values.docs]]
        numbers = np.bincount(hits, minlength=len(values.terms))
        for place in np.flatnonzero(numbers).tolist():
            counter[values.terms[place]] += int(numbers[place])
    return counter


def ranked(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    """The most frequent values, equal ones by name."""
    return tuple(sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES])
