"""What differs between two texts: words deleted and inserted, Chinese by characters. Pure.

The time is bounded whatever the texts: comparing costs about as much as there are pairs of equal pieces, and
where those are too many, what stands there is told as wholly replaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Kind = Literal["same", "deleted", "inserted"]
PIECES = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W\u3400-\u9fff\uf900-\ufaff]+|\s+|[^\w\s]")
MOST_PAIRS = 250_000  # about a quarter of a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text that is in both versions, or in one."""

    kind: Kind
    text: str


@dataclass(slots=True)
class Budget:
    """How many pairs of equal pieces may still be compared."""

    left: int = MOST_PAIRS

    def allows(self, before: Sequence[str], after: Sequence[str]) -> bool:
        """Whether two sequences may be compared; their cost is taken off."""
        counted = Counter(before)
        cost = sum(counted[piece] for piece in after) + len(before) + len(after)
        allowed = cost <= self.left
        self.left -= cost if allowed else 0
        return allowed


def difference(before: str, after: str, budget: Budget) -> tuple[Piece, ...]:
    """Two texts as one sequence of pieces: paragraphs are compared first, then the words of changed ones."""
    pieces: list[Piece] = []
    for kind, deleted, inserted in compared(paragraphs(before), paragraphs(after), budget):
        if kind == "same":
            pieces.append(Piece(kind="same", text="".join(deleted)))
        else:
            pieces += words_differ("".join(deleted), "".join(inserted), budget)
    return tuple(joined(pieces))


def words_differ(before: str, after: str, budget: Budget) -> Iterator[Piece]:
    """The words that differ."""
    for kind, deleted, inserted in compared(PIECES.findall(before), PIECES.findall(after), budget):
        if kind == "same":
            yield Piece(kind="same", text="".join(deleted))
            continue
        yield Piece(kind="deleted", text="".join(deleted))
        yield Piece(kind="inserted", text="".join(inserted))


def compared(
    before: Sequence[str], after: Sequence[str], budget: Budget
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """Runs that are the same in both sequences, and those that are not."""
    start = shared(before, after)
    end = shared(before[start:][::-1], after[start:][::-1])
    yield "same", before[:start], after[:start]
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if budget.allows(old, new):
        for kind, low, high, other_low, other_high in SequenceMatcher(
            None, old, new, autojunk=False
        ).get_opcodes():
            yield "same" if kind == "equal" else kind, old[low:high], new[other_low:other_high]
    else:
        yield "replace", old, new
    yield "same", before[len(before) - end :], after[len(after) - end :]


def shared(before: Sequence[str], after: Sequence[str]) -> int:
    """How long the beginning is that two sequences share."""
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def paragraphs(text: str) -> list[str]:
    """The lines of a text, each with its end."""
    return text.splitlines(keepends=True)


def joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The same without empty pieces, and with neighbours of one kind together, what was deleted first."""
    present = [piece for piece in pieces if piece.text]
    for is_same, run in groupby(bridged(present), key=lambda piece: piece.kind == "same"):
        found = list(run)
        kinds: tuple[Kind, ...] = ("same",) if is_same else ("deleted", "inserted")
        for kind in kinds:
            if text := "".join(piece.text for piece in found if piece.kind == kind):
                yield Piece(kind=kind, text=text)


def bridged(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The same with a space between two changes in both of them: what is read are words beside each other."""
    for place, piece in enumerate(pieces):
        beside = pieces[max(0, place - 1) : place + 2]
        is_bridge = piece.text.isspace() and "\n" not in piece.text and len(beside) == 3
        if is_bridge and piece.kind == "same" and "same" not in (beside[0].kind, beside[2].kind):
            yield Piece(kind="deleted", text=piece.text)
            yield Piece(kind="inserted", text=piece.text)
        else:
            yield piece


def abridged(pieces: Sequence[Piece], around: int) -> Iterator[Piece | None]:
    """The same with what is far from any change left out, None in its place."""
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        if piece.kind != "same" or len(piece.text) <= 3 * around:
            yield piece
            continue
        if place:
            yield Piece(kind="same", text=piece.text[:around])
        yield None
        if place < last:
            yield Piece(kind="same", text=piece.text[-around:])
