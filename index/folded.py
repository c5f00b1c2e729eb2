"""A text as it is compared, with the way back to the characters that it was made of. Pure.

Nearly all texts consist of usual characters, each of which folds to one whatever stands beside it: they are
folded in place, by one table. Any other text is folded in stretches, and places are looked up by the stretch.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from archive.fold import ALONE
from index.alphabet import Codes, codes_of, text_of
from index.analysis import alike, flattened, ranges

Span = tuple[int, int]

COMBINING = "\u0300-\u036f\u3099\u309a\u1160-\u11ff"
# Beside ideographs, what texts mostly consist of; some of these become several letters and are left out.
CHECKED = "!-~\xa0-\u024f\u0370-\u052f\u1e00-\u1eff\u2010-\u27bf\u2900-\u2bff\u3003-\u30ff\uff01-\uff5e"
KEPT = f"{ALONE}\u4e00-\u9fff\U0001f300-\U0001faff"
IDEOGRAPHS = range(0x4E00, 0xA000)
LAST, UNUSUAL = 0x1FAFF, 1 << 24
SHORT = 2  # longer stretches come once


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A folded text, and where its stretches begin, there and in the original; none when all is in place."""

    text: str
    begins: Sequence[int] = ()
    originals: Sequence[int] = ()

    def original(self, span: Span) -> Span:
        """Where a part of the folded text comes from; a stretch that changed its length is taken whole."""
        if not self.begins:
            return span
        return self._edges(span[0])[0], self._edges(span[1] - 1)[1]

    def _edges(self, place: int) -> Span:
        """Where the character of the original begins and ends that a folded one came from."""
        stretch = bisect_right(self.begins, place) - 1
        start, end = self.originals[stretch : stretch + 2]
        first, last = self.begins[stretch : stretch + 2]
        if last - first != end - start:
            return start, end
        return start + place - first, start + place - first + 1


def folded(text: str) -> Folded:
    """Any text folded."""
    in_place = folded_in_place(text)
    return in_stretches(text) if in_place is None else Folded(text=in_place)


def folded_in_place(text: str) -> str | None:
    """A text of usual characters folded, each in its place; None for any other."""
    if text.isascii():
        return text.lower().replace("`", "'")
    codes = usual_folds().take(codes_of(text), mode="clip")
    return None if codes.max() == UNUSUAL else text_of(codes)


def in_stretches(text: str) -> Folded:
    """A text folded stretch by stretch, each as it folds alone."""
    parts: list[str] = []
    begins, originals, place = [0], [0], 0
    for stretch in stretches().finditer(text):
        piece = stretch[0]
        parts.append(folded_alone(piece) if len(piece) > SHORT else known_fold(piece))
        place += len(parts[-1])
        begins.append(place)
        originals.append(stretch.end())
    return Folded(text="".join(parts), begins=begins, originals=originals)


def folded_alone(stretch: str) -> str:
    """A stretch as it is compared."""
    in_place = folded_in_place(stretch)
    return flattened(stretch) if in_place is None else in_place


known_fold = lru_cache(maxsize=1 << 14)(folded_alone)


@lru_cache(maxsize=1)
def usual_folds() -> Codes:
    """What usual characters fold to; a mark for others, the last of which stands for all beyond."""
    table = np.full(LAST + 2, UNUSUAL, np.uint32)
    for start, stop in ranges(KEPT):
        table[start:stop] = np.arange(start, stop)
    for code, other in alike().items():
        if code in IDEOGRAPHS:
            table[code] = ord(other)
    letters = [chr(code) for first, stop in ranges(CHECKED) for code in range(first, stop)]
    # Together, which takes a tenth of the time.
    for letter, one in zip(letters, flattened("\n".join(letters)).split("\n"), strict=True):
        table[ord(letter)] = usual_fold(letter, one)
    return table


def usual_fold(letter: str, one: str) -> int:
    """What a character that becomes ``one`` folds to, or the mark of those that are not usual."""
    if unicodedata.combining(letter) or not one:
        return UNUSUAL
    if len(one) == 1:
        return ord(one)
    return UNUSUAL if any(part.isalnum() or part == "'" for part in one) else ord(letter)


@lru_cache(maxsize=1)
def stretches() -> re.Pattern[str]:
    """Usual characters as far as they run on, or one character with what combines with it."""
    usual = "".join(re.escape(chr(code)) for code in np.flatnonzero(usual_folds() != UNUSUAL).tolist())
    return re.compile(f"[{usual}]+(?![{COMBINING}])|[^{COMBINING}][{COMBINING}]*|.", re.DOTALL)
