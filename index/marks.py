"""Where a text has what a query asks for. Pure.

Text and query are compared as the index compares them: without regard to script, width, case and accents, and
English words by their stems. Words are looked for in the folded text (index.folded) as they are, which takes
a fraction of the time that cutting the text would.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.analysis import (
    EMOJI,
    PARTICLES,
    RUN,
    SMALL,
    STOPPING,
    UNSPACED,
    cut,
    flattened,
    is_unspaced,
    needle,
    normal,
    runs_of,
    stem_of,
)
from index.folded import Span, folded
from index.literal import chunks, is_signed, pattern
from index.query import Node, Phrase, Prefix, Word, positive
from index.stem import beginnings

Leaf = Word | Phrase | Prefix
Finder = Callable[[str], list[Span]]

LETTER = re.compile(f"[^\\W_{UNSPACED}]")
REST_OF_WORD = re.compile(f"{LETTER.pattern}*")
POSSESSIVE = re.compile(r"'s(?![^\W_])")
# What may stand between two runs: the possessive, which is dropped, and whatever is in no run.
BETWEEN = re.compile(f"(?:{POSSESSIVE.pattern}|(?!{POSSESSIVE.pattern})(?:[^\\w{UNSPACED}{EMOJI}]|_))*")
SIGN = re.compile(f"[{EMOJI}]")


@dataclass(frozen=True, slots=True)
class Located:
    """A folded text as the index compares it, and for each of its characters where it stands there."""

    normal: str
    spans: Sequence[Span]


def matches(text: str, node: Node) -> list[Span]:
    """Where the text has what the query asks for, in order and without overlaps."""
    whole = folded(text)
    found = sorted(whole.original(span) for find in finders(node) for span in find(whole.text))
    merged: list[Span] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@lru_cache(maxsize=1 << 10)
def finders(node: Node) -> tuple[Finder, ...]:
    """What finds each word, phrase and prefix of a query in a folded text."""
    leaves = list(positive(node))
    # Among other words US and IT are names; where all is in capitals they tell nothing.
    mixed = any(leaf.text.upper() != leaf.text for leaf in leaves)
    some = [leaf for leaf in leaves if not is_small(leaf) or (mixed and is_capitals(leaf.text))]
    return tuple(map(signed_finder, some or leaves))


def is_small(leaf: Leaf) -> bool:
    """Whether a leaf is a small word alone, which nearly every text has and which says nothing."""
    pieces = runs_of(leaf.text)
    return not isinstance(leaf, Prefix) and len(pieces) == 1 and pieces[0] in SMALL | STOPPING | PARTICLES


def is_capitals(text: str) -> bool:
    """Whether a word is written as an acronym."""
    return len(text) > 1 and text.isupper()


def signed_finder(leaf: Leaf) -> Finder:
    """What finds a word, phrase or prefix; words like c++ with their signs."""
    chunk = flattened(leaf.text)
    if isinstance(leaf, Prefix) or not is_signed(chunk) or chunks(chunk) != {chunk}:
        return finder(leaf)
    sought = pattern(chunk)
    return lambda text: [match.span() for match in sought.finditer(text)]


def finder(leaf: Leaf) -> Finder:
    """What finds a word, phrase or prefix in a folded text, as ``occurrences`` does."""
    pieces = runs_of(leaf.text)
    if any(map(SIGN.match, pieces)):  # an emoji may touch a word and is none
        return lambda text: list(occurrences(located(text), leaf))
    if isinstance(leaf, Prefix):
        return beginning(leaf.text)
    if isinstance(leaf, Word) and len(pieces) == 1 and not is_unspaced(pieces[0]):
        return of_one_stem(pieces[0])
    whole = together(pieces)
    parts = [together([part]) for part in parts_of(pieces)] if isinstance(leaf, Word) else []
    return lambda text: whole(text) or [span for find in parts for span in find(text)]


def beginning(letters: str) -> Finder:
    """Finds the words that begin with these letters."""

    def found(text: str) -> list[Span]:
        spans = []
        start = text.find(letters)
        while start >= 0:
            match = REST_OF_WORD.match(text, start)
            end = match.end() if match else start
            if end > start and begins(text, start):
                spans.append((start, end))
            start = text.find(letters, max(end, start + 1))
        return spans

    return found


def of_one_stem(word: str) -> Finder:
    """Finds the words with the stem of a word."""
    root = stem_of(word)
    begun = [beginning(letters) for letters in beginnings(root)]
    return lambda text: [span for find in begun for span in find(text) if stem_of(text[slice(*span)]) == root]


def together(pieces: Sequence[str]) -> Finder:
    """Finds runs one after the other: words whole, unspaced script within its run (index.analysis.needle)."""

    def found(text: str) -> list[Span]:
        spans = []
        start = text.find(pieces[0]) if pieces else -1
        while start >= 0:
            if end := end_of(pieces, text, start):
                spans.append((start, end))
            start = text.find(pieces[0], start + 1)
        return spans

    return found


def end_of(pieces: Sequence[str], text: str, start: int) -> int:
    """Where the last of several runs ends, the first of which begins here; 0 when they do not stand here."""
    first, *others = pieces
    end = start + len(first)
    if not is_unspaced(first) and not begins(text, start):
        return 0
    for piece in others:
        gap = None if goes_on(text, end, text[end - 1]) else BETWEEN.match(text, end)
        if gap is None or not text.startswith(piece, gap.end()):
            return 0
        end = gap.end() + len(piece)
    return end if is_unspaced(pieces[-1]) or not goes_on(text, end, pieces[-1]) else 0


def begins(text: str, start: int) -> bool:
    """Whether a word of a spaced script begins here, and not in the middle or with a possessive."""
    before = text[start - 1 : start]
    return not is_letter(before) and not (before == "'" and POSSESSIVE.match(text, start - 1))


def goes_on(text: str, end: int, piece: str) -> bool:
    """Whether the run that a piece belongs to goes on behind it."""
    return (is_unspaced if is_unspaced(piece) else is_letter)(text[end : end + 1])


@lru_cache(maxsize=1 << 12)
def is_letter(character: str) -> bool:
    """Whether a character, or nothing, belongs to a word of a spaced script."""
    return LETTER.fullmatch(character) is not None


def parts_of(pieces: Sequence[str]) -> list[str]:
    """The words in Chinese pieces that do not stand there whole."""
    parts = [part for piece in pieces if is_unspaced(piece) and len(piece) > 2 for part in cut(piece)]
    return [part for part in parts if part not in SMALL | PARTICLES] or parts


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
    """The normal form of a folded text with the way back."""
    spans: list[Span] = [(0, 0)]
    pieces = [run for run in RUN.finditer(text) if run[0] != "'s"]
    for run in pieces:
        spans += [(place, place + 1) for place in range(*run.span())]
        spans.append((run.end(), run.end()))
    return Located(normal(run[0] for run in pieces), spans)
