"""Did you mean: words that the index does not know, put right from the words it does. Knows no files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.analysis import UNSPACED, flattened, stem_of
from index.homophones import put_right
from index.vectors import Snapshot

WORD = re.compile(f"[^\\W\\d_{UNSPACED}]+")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST, LONGEST = 4, 20
MOST_CORRECTED = 2  # each costs some hundred look-ups


def corrected(snapshot: Snapshot, text: str) -> str | None:
    """The query with its unknown words replaced: Chinese ones by their sound, English ones by a slip."""
    result = put_right(snapshot, with_known_words(snapshot, text))
    return result if result != text else None


def with_known_words(snapshot: Snapshot, text: str) -> str:
    """The query with its unknown English words replaced by the most frequent known word one slip away."""
    unknown = [
        word
        for word in dict.fromkeys(WORD.findall(text))
        if SHORTEST <= len(word) <= LONGEST
        and word.isascii()
        and not snapshot.frequency("words", flattened(word))
        and not snapshot.frequency("body", stem_of(flattened(word)))
    ]
    for word in unknown[:MOST_CORRECTED]:
        known = {other: snapshot.frequency("words", other) for other in set(slips(flattened(word)))}
        best = max(known, key=lambda other: (known[other], other))
        if known[best]:
            text = re.sub(f"(?<![^\\W{UNSPACED}]){word}(?![^\\W{UNSPACED}])", best, text)
    return text


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
