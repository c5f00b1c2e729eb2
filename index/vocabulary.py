"""The terms of several segments together, each looked up once: how many documents have it, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.terms import Term, Terms, encoded

MOST_FOUND = 4096  # terms of which is kept where they are, or that they are nowhere


@dataclass(frozen=True, slots=True)
class Found:
    """A term in all segments: how many documents have it, and by segment where its list stands."""

    frequency: int
    parts: tuple[tuple[int, Term], ...]


class Vocabulary:
    """Finds terms in segments, which never change; any number of threads may ask at once."""

    def __init__(self, segments: Sequence[Terms], most: int = MOST_FOUND) -> None:
        self._segments = segments
        self._most = most
        self._found: dict[tuple[str, str], Found] = {}

    def __len__(self) -> int:
        return len(self._found)

    def term(self, field: str, text: str) -> Found:
        """A term of a field."""
        found = self._found.get((field, text))
        if found is None:
            sought = encoded(text)
            parts = [(place, terms.find(field, sought)) for place, terms in enumerate(self._segments)]
            some = tuple((place, part) for place, part in parts if part is not None)
            found = Found(sum(part.frequency for _, part in some), some)
            if len(self._found) >= self._most:
                self._found = {}  # what is asked for again is soon there again
            self._found[field, text] = found
        return found
