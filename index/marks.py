"""Where a text has what a query asks for. Pure.

Text and query are compared as the index compares them: without regard to script, width, case and accents, and
English words by their stems. Nearly all texts consist of characters each of which folds to one; in the folded
form of any other text each character knows which characters of the original it came from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.fold import ALONE
from index.analysis import (
    EMOJI,
    RUN,
    UNSPACED,
    alike,
    cut,
    flattened,
    is_unspaced,
    needle,
    normal,
    ranges,
    runs_of,
    stem_of,
)
from index.query import Node, Phrase, Prefix, Word, positive

Span = tuple[int, int]
Leaf = Word | Phrase | Prefix

COMBINING = "\u0300-\u036f\u3099\u309a\u1160-\u11ff"
# A stretch in which every character folds to one, or one character with what combines with it.
STRETCH = re.compile(
    f"[\n -~\u4e00-\u9fff，。！？；：、（）《》“”‘’—]+(?![{COMBINING}])|[^{COMBINING}][{COMBINING}]*|.",
    re.DOTALL,
)
LETTER = f"[^\\W_{UNSPACED}]"
REST_OF_WORD = re.compile(f"{LETTER}*")
REST_OF_PIECE = re.compile(f"[{UNSPACED}]*")
# What may stand between two runs: the possessive, which is dropped, and whatever is in no run.
BETWEEN = re.compile(f"(?:'s(?!{LETTER})|(?!'s(?!{LETTER}))(?:[^\\w{UNSPACED}{EMOJI}]|_))*")
SIGN = re.compile(f"[{EMOJI}]")
# Beside ideographs, what texts mostly consist of; some of these become several letters and are left out.
CHECKED = "!-~\xa0-\u024f\u0370-\u052f\u1e00-\u1eff\u2010-\u27bf\u2900-\u2bff\u3003-\u30ff\uff01-\uff5e"


@dataclass(frozen=True, slots=True)
class Located:
    """A text as it is compared, and for each of its characters where the original of it stands."""

    normal: str
    spans: Sequence[Span]


def matches(text: str, node: Node) -> list[Span]:
    """Where the text has what the query asks for, in order and without overlaps."""
    leaves = list(positive(node))
    folded = in_place(text) if all(map(is_usual, leaves)) else None
    if folded is None:
        place = located(text)
        found = sorted(span for leaf in leaves for span in occurrences(place, leaf))
    else:
        found = sorted(span for leaf in leaves for span in standing(folded, leaf))
    merged: list[Span] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def in_place(text: str) -> str | None:
    """A text of usual characters folded, each in its place; None for any other."""
    if text.isascii():
        return text.lower()
    if not usual().fullmatch(text):
        return None
    folds = usual_folds()
    return changing().sub(lambda match: folds[match[0]], text)


def standing(text: str, leaf: Leaf) -> Iterator[Span]:
    """Where one word, phrase or prefix stands in a folded text (see ``occurrences``)."""
    pieces = runs_of(leaf.text)
    if isinstance(leaf, Prefix):
        yield from beginning(text, leaf.text)
    elif isinstance(leaf, Word) and len(pieces) == 1 and not is_unspaced(pieces[0]):
        root = stem_of(pieces[0])
        # Words begin like their stem but for its last letter: cities and citi, city and citi.
        for start, end in beginning(text, root[:-1] or root):
            word = text[start:end]
            if word == pieces[0] or stem_of(word) == root:
                yield start, end
    elif pieces:
        whole = list(together(text, pieces))
        yield from whole
        if not whole and isinstance(leaf, Word):
            for part in parts_of(pieces):
                yield from together(text, [part])


def beginning(text: str, letters: str) -> Iterator[Span]:
    """The words that begin with these letters."""
    start = text.find(letters)
    while start >= 0:
        match = REST_OF_WORD.match(text, start)
        end = match.end() if match else start
        if end > start and not is_letter(text[start - 1 : start]):
            yield start, end
        start = text.find(letters, max(end, start + 1))


def is_letter(character: str) -> bool:
    """Whether a character, or nothing, belongs to a word of a spaced script."""
    return bool(REST_OF_WORD.fullmatch(character)) and bool(character)


def together(text: str, pieces: Sequence[str]) -> Iterator[Span]:
    """Runs one after the other: words whole, unspaced script also within its run (index.analysis.needle)."""
    first = pieces[0]
    start = text.find(first)
    while start >= 0:
        end = start + len(first)
        inside = not is_unspaced(first) and is_letter(text[start - 1 : start])
        for piece in pieces[1:]:
            gap = None if inside or goes_on(text, end, text[end - 1]) else BETWEEN.match(text, end)
            inside = gap is None or not text.startswith(piece, gap.end())
            end = end if gap is None else gap.end() + len(piece)
            if inside:
                break
        last = pieces[-1]
        if not inside and (is_unspaced(last) or not goes_on(text, end, last)):
            yield start, end
        start = text.find(first, start + 1)


def goes_on(text: str, end: int, piece: str) -> bool:
    """Whether the run that a piece belongs to goes on behind it."""
    pattern = REST_OF_PIECE if is_unspaced(piece) else REST_OF_WORD
    return end < len(text) and bool(pattern.fullmatch(text[end]))


@lru_cache(maxsize=1)
def usual_folds() -> Mapping[str, str]:
    """What usual characters fold to, as far as they do not stay as they are."""
    ideographs = {chr(code): other for code, other in alike().items() if 0x4E00 <= code < 0xA000}
    return ideographs | {
        letter: folded
        for letter, folded in checked().items()
        if len(folded) == 1 and folded != letter and not unicodedata.combining(letter)
    }


@lru_cache(maxsize=1)
def changing() -> re.Pattern[str]:
    """The usual characters that do not stay as they are: looking for them is faster than translating all."""
    return re.compile(f"[{''.join(map(re.escape, usual_folds()))}]")


@lru_cache(maxsize=1)
def usual() -> re.Pattern[str]:
    """Texts of usual characters: each folds to one, whatever stands beside it, or is no letter at all."""
    kept = [letter for letter, folded in checked().items() if stays_one(letter, folded)]
    return re.compile(f"[{ALONE}\\u4e00-\\u9fff\U0001f300-\U0001faff{''.join(map(re.escape, kept))}]*")


@lru_cache(maxsize=1)
def checked() -> Mapping[str, str]:
    """What each of the other usual characters folds to; together, which takes a tenth of the time."""
    letters = [chr(code) for start, stop in ranges(CHECKED) for code in range(start, stop)]
    return dict(zip(letters, flattened("\n".join(letters)).split("\n"), strict=True))


def stays_one(letter: str, folded: str) -> bool:
    """Whether a character folds to one, or to no letters."""
    one = len(folded) == 1 or (folded != "" and not any(map(str.isalnum, folded)))
    return one and not unicodedata.combining(letter)


def is_usual(leaf: Leaf) -> bool:
    """Whether a folded text shows where it stands: a lone s may be a possessive, an emoji touch a word."""
    return not any(run == "s" or SIGN.match(run) for run in runs_of(leaf.text))


def parts_of(pieces: Sequence[str]) -> list[str]:
    """The words in Chinese pieces that do not stand there whole."""
    return [part for piece in pieces if is_unspaced(piece) and len(piece) > 2 for part in cut(piece)]


def occurrences(place: Located, leaf: Leaf) -> Iterator[Span]:
    """Where one word, phrase or prefix stands; the words in a Chinese one that does not stand there whole."""
    pieces = runs_of(leaf.text)
    if isinstance(leaf, Prefix):
        yield from words_where(place, lambda word: word.startswith(leaf.text))
    elif isinstance(leaf, Word) and len(pieces) == 1 and not is_unspaced(pieces[0]):
        root = stem_of(pieces[0])
        yield from words_where(place, lambda word: word == pieces[0] or stem_of(word) == root)
    elif pieces:
        whole = list(literally(place, needle(pieces)))
        yield from whole
        if not whole and isinstance(leaf, Word):
            yield from (span for part in parts_of(pieces) for span in literally(place, needle([part])))


def words_where(place: Located, is_meant: Callable[[str], bool]) -> Iterator[Span]:
    """The words of a text that fit."""
    for word in RUN.finditer(place.normal):
        if is_meant(word[0]):
            yield place.spans[word.start()][0], place.spans[word.end() - 1][1]


def literally(place: Located, sought: str) -> Iterator[Span]:
    """Where a piece of normal text stands."""
    inner = sought.strip()
    offset = len(sought) - len(sought.lstrip())
    start = place.normal.find(sought)
    while start >= 0:
        first = start + offset
        yield place.spans[first][0], place.spans[first + len(inner) - 1][1]
        start = place.normal.find(sought, first + 1)


def located(text: str) -> Located:
    """The normal form of a text with the way back."""
    folded: list[str] = []
    origins: list[Span] = []
    for stretch in STRETCH.finditer(text):
        start, end = stretch.span()
        piece = flattened(stretch[0]) if end - start > 1 else folded_character(stretch[0])
        folded.append(piece)
        if len(piece) == end - start:
            origins.extend(zip(range(start, end), range(start + 1, end + 1), strict=True))
        else:
            origins.extend([(start, end)] * len(piece))
    whole = "".join(folded)
    spans: list[Span] = [(0, 0)]
    pieces = [run for run in RUN.finditer(whole) if run[0] != "'s"]
    for run in pieces:
        spans += origins[run.start() : run.end()]
        spans.append((origins[run.end() - 1][1],) * 2)
    return Located(normal(run[0] for run in pieces), spans)


@lru_cache(maxsize=1 << 15)
def folded_character(character: str) -> str:
    """One character as it is compared."""
    return flattened(character)
