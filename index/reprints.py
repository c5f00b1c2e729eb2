"""Whether two articles of one language are one text: agency copy, reprints with cuts and additions. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np

from index.pairing import fewer, is_near, shared
from index.traces import Trace, at_level

# Of the shorter text so much stands in the longer, and that is not many times longer, as a round-up is.
CONTAINED: Final = 0.62
LONGEST: Final = 4.0
# Of very short texts a hash or two agree by chance, and there is little to see.
FEWEST: Final = 20
# A bulletin that comes every day in the same words has other numbers and days: so many must agree.
SAME_NUMBERS: Final = 0.7


def reprinted(one: Trace, other: Trace) -> bool:
    """Whether one of two articles repeats the text of the other; symmetric."""
    if one.language != other.language or not is_near(one, other):
        return False
    level = max(one.level, other.level)
    ones, others = at_level(one.clues["shingle"], level), at_level(other.clues["shingle"], level)
    least, most = sorted((len(ones), len(others)))
    if least < FEWEST or most > LONGEST * least:
        return False
    together = len(np.intersect1d(ones, others, assume_unique=True))
    return together >= CONTAINED * least and same_numbers(one, other)


def same_numbers(one: Trace, other: Trace) -> bool:
    """Whether the text with fewer numbers has mostly those of the other; what was cut took some along."""
    return all(
        shared(one.clues[kind], other.clues[kind]) >= SAME_NUMBERS * fewer(one.clues[kind], other.clues[kind])
        for kind in ("number", "weak")
    )
