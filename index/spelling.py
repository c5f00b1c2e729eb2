"""Did you mean: words that the index does not know, put right from the words it does. Knows no files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.analysis import flattened
from index.vectors import Snapshot

WORD = re.compile(r"[^\W\d_]+")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST, LONGEST = 4, 20
MOST_CORRECTED = 2  # each costs some hundred look-ups


def corrected(snapshot: Snapshot, text: str) -> str | None:
    """The query with its unknown English words replaced by the most frequent known word one slip away."""
    result = text
    unknown = [
        word
        for word in dict.fromkeys(WORD.findall(text))
        if SHORTEST <= len(word) <= LONGEST
        and word.isascii()
        and not snapshot.frequency("words", flattened(word))
    ]
    for word in unknown[:MOST_CORRECTED]:
        known = {other: snapshot.frequency("words", other) for other in set(slips(flattened(word)))}
        best = max(known, key=lambda other: (known[other], other))
        if known[best]:
            result = re.sub(rf"\b{word}\b", best, result)
    return result if result != text else None


def slips(word: str) -> Iterator[str]:
    """All words that differ in one letter: left out, doubled up, swapped or another one."""
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        yield from (before + letter + after for letter in LETTERS)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
