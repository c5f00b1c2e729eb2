"""Folding and kinds of characters as tables, for many texts at once. Pure.

Every table is made from the functions that fold one text (archive.fold, index.analysis): those are the
definition, and a text with characters that a table cannot hold goes through them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from zhconv_rs import zhconv

from archive.fold import unscripted
from index.analysis import EMOJI, UNSPACED, alike, ranges

Codes = NDArray[np.uint32]
Mask = NDArray[np.bool_]
# No character beyond this changes when folded, joins with others, or is a letter but for rare ideographs.
END, ALL = 0x34000, 0x110000
SURROGATES = range(0xD800, 0xE000)
WORD, PIECE, SIGN = 1, 2, 3  # kinds: of a spaced script, of an unspaced one, an emoji
# Marks in the table of folding: a character that becomes several, and one that joins with the one before.
GROWS, JOINS = 1 << 24, 1 << 25
SPACE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """For every character: what it folds to alone, what it is made alike to, its kind, whether a letter."""

    folded: Codes
    grown: dict[int, str]
    alike: Codes
    kind: NDArray[np.uint8]
    letter: Mask


@cache
def alphabet() -> Alphabet:
    """The tables; made once, in about a tenth of a second."""
    codes = [code for code in range(END) if code not in SURROGATES and code != ord("\n")]
    alone = "\n".join(map(chr, codes))
    folded, grown = np.arange(ALL, dtype=np.uint32), {}
    joining = joining_characters(alone)
    for code, other in zip(codes, unscripted(alone).split("\n"), strict=True):
        if code in joining or (other and ord(other[0]) in joining):
            folded[code] = JOINS
        elif len(other) == 1:
            folded[code] = ord(other)
        else:
            folded[code], grown[code] = GROWS, other
    folded[SURROGATES.start : SURROGATES.stop] = SPACE
    kind = np.zeros(ALL, np.uint8)
    letter = np.zeros(ALL, np.bool_)
    letter[:END] = np.fromiter((chr(code).isalnum() for code in range(END)), np.bool_, END)
    kind[letter] = WORD
    for characters, value in ((EMOJI, SIGN), (UNSPACED, PIECE)):
        for start, stop in ranges(characters):
            kind[start:stop] = value
    letter[END:] = kind[END:] == PIECE
    same = np.arange(ALL, dtype=np.uint32)
    for code, one in alike().items():
        same[code] = ord(one)
    return Alphabet(folded=folded, grown=grown, alike=same, kind=kind, letter=letter)


def joining_characters(alone: str) -> set[int]:
    """The characters that change with the one before them: marks, and second parts of composed ones."""
    parts = unicodedata.normalize("NFD", alone).split("\n")
    found = {ord(part) for whole in parts for part in whole[1:]}
    jamo = set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    return found | jamo | {ord(one) for one in alone if unicodedata.combining(one)}


def codes_of(text: str) -> Codes:
    """The characters of a text as numbers."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def text_of(codes: Codes) -> str:
    """Numbers as characters."""
    return codes.tobytes().decode("utf-32-le")


def folded_together(texts: Sequence[str]) -> Codes:
    """All texts folded, one after the other, each with a 0 behind it."""
    table = alphabet()
    joined = "\0".join([*texts, ""])
    if joined.count("\0") > len(texts):
        joined = "\0".join([*(text.replace("\0", " ") for text in texts), ""])
    raw = codes_of(joined)
    folded = table.folded[raw]
    if folded.max(initial=0) >= GROWS:
        raw = codes_of(with_rare(joined, raw, folded))
        folded = table.folded[raw]
        # What is left came out of folding a whole text, and is as it should be.
        folded = np.where(folded >= GROWS, raw, folded)
    return codes_of(zhconv(text_of(folded), "zh-hans"))


def with_rare(joined: str, raw: Codes, folded: Codes) -> str:
    """The texts, those folded that hold characters which join or grow."""
    ends = np.flatnonzero(raw == 0)
    parts = joined.split("\0")
    joining = set(np.searchsorted(ends, np.flatnonzero(folded == JOINS)).tolist())
    for place in joining:
        parts[place] = unscripted(parts[place])
    for place in set(np.searchsorted(ends, np.flatnonzero(folded == GROWS)).tolist()) - joining:
        parts[place] = parts[place].translate(alphabet().grown)
    return "\0".join(parts)
