"""Which paragraph of a translated text is which of the original, by length and by what both have. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

RATIO = 0.31  # characters of Chinese for one of English
SKIPPED, JOINED = 3.0, 1.0
SAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+#-]+")
STEPS = ((1, 1, 0.0), (1, 0, SKIPPED), (0, 1, SKIPPED), (2, 1, JOINED), (1, 2, JOINED))
MOST = 200  # paragraphs of a text
TRUSTED = 1.6  # what a pair may cost to be learned from


def aligned(english: str, chinese: str) -> Iterator[tuple[str, str]]:
    """Paragraphs that are each other's translation, as far as that can be trusted."""
    ours, theirs = paragraphs(english), paragraphs(chinese)
    best: list[list[tuple[float, int, int, float]]] = [
        [(math.inf, 0, 0, 0.0)] * (len(theirs) + 1) for _ in range(len(ours) + 1)
    ]
    best[0][0] = (0.0, 0, 0, 0.0)
    for one in range(len(ours) + 1):
        for other in range(len(theirs) + 1):
            for first, second, price in STEPS:
                if one >= first and other >= second and (first or second):
                    before = best[one - first][other - second][0]
                    each = price + apart(ours[one - first : one], theirs[other - second : other])
                    if before + each < best[one][other][0]:
                        best[one][other] = (before + each, first, second, each)
    one, other = len(ours), len(theirs)
    while one or other:
        _, first, second, each = best[one][other]
        if first and second and each < TRUSTED:
            yield "\n".join(ours[one - first : one]), "\n".join(theirs[other - second : other])
        one, other = one - first, other - second


def paragraphs(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if len(line.strip()) > 1][:MOST]


def apart(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """How unlike two stretches are: in length, and in the names and numbers that only one has."""
    if not ours or not theirs:
        return 0.0
    lengths = abs(math.log((sum(map(len, theirs)) + 2) / (RATIO * sum(map(len, ours)) + 2)))
    mine, others = same(tuple(ours)), same(tuple(theirs))
    missing = len(others - mine) / max(1, len(others))
    return lengths + missing - 0.5 * bool(mine & others)


@lru_cache(1 << 12)
def same(texts: tuple[str, ...]) -> frozenset[str]:
    """The Latin names and numbers of a stretch, which stay as they are."""
    return frozenset(word.lower() for text in texts for word in SAME.findall(text))
