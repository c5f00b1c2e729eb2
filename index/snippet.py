"""The part of a text to show under a hit, with what was found in it marked. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from index.analysis import UNSPACED, is_unspaced
from index.folded import Span
from index.marks import matches
from index.query import Node

Pieces = tuple[tuple[str, bool], ...]

LONGEST_TEXT = 50_000
# All alternatives begin with one set of characters, by which the text is searched quickly.
SENTENCE_END = re.compile(
    r"[。！？!?.…\n](?:"
    r"(?<=[。！？!?])[。！？!?]*[”’」』）\"')]*\s*|(?<=\.)[”’\"')\]]*\s+|(?<=…)\s+|(?<=\n)\s*)"
)
WORD_INSIDE = re.compile(f"(?<=[^\\W{UNSPACED}])[^\\W{UNSPACED}]")
JOINED = re.compile("[\u0300-\u036f\u3099\u309a\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
SPACE = re.compile(r"[^\S ]\s*| \s+")  # all but a single space, which may stay
NEAR, STEP_BACK = 40, 60
AROUND = 12  # characters on each side that tell where words are


def snippet(text: str, node: Node, *, length: int) -> Pieces:
    """About ``length`` characters around the best match, whole sentences where they fit: (text, marked)."""
    text = text.strip()[:LONGEST_TEXT]
    found = matches(text, node)
    start, end = window(text, found, length)
    start += len(text[start:end]) - len(text[start:end].lstrip())
    before = "…" if start and not ended(text, 0, start) else ""
    after = "…" if end < len(text) and not ended(text, start, end) else ""
    return joined([(before, False), *split(text, found, start, end), (after, False)])


def mark(title: str, node: Node) -> Pieces:
    """A whole title with what was found in it marked."""
    return joined(split(title, matches(title, node), 0, len(title)))


def window(text: str, found: Sequence[Span], length: int) -> Span:
    """Where to cut: the sentence with most matches and what fits around it, else around one match."""
    match, end = densest(text, found)
    start = sentence_start(text, match[0])
    if end - start > length:
        return around(text, match if found else (start, start), found, (start, end), length)
    while end < len(text) and (following := sentence_end(text, end)) - start <= length:
        end = following
    while start > 0 and end - (before := sentence_start(text, start - 1)) <= length:
        start = before
    return start, end


def densest(text: str, found: Sequence[Span]) -> tuple[Span, int]:
    """The first match in the first sentence that has most of them, and where this sentence ends."""
    best, most, place = (0, 0), 0, 0
    end = 0
    while len(found) - place > most:
        sentence = sentence_end(text, found[place][0])
        behind = bisect_left(found, (sentence, 0), place)
        if behind - place > most:
            best, most, end = found[place], behind - place, sentence
        place = behind
    return best, end or sentence_end(text, 0)


def sentence_end(text: str, place: int) -> int:
    """Where the sentence ends that has a place in it."""
    match = SENTENCE_END.search(text, place)
    return match.end() if match else len(text)


def sentence_start(text: str, place: int) -> int:
    """Where the sentence begins that has a place in it."""
    start, step = 0, STEP_BACK
    while True:
        first = max(0, place - step)
        for end in ends(text, first, place):
            start = end
        if start or not first:
            return start
        step *= 4


def ends(text: str, first: int, last: int) -> Iterator[int]:
    """Where sentences end from one place to another, both included.

    It may begin anywhere: what is left of a sentence's end ends where all of it does, or is only space.
    """
    for match in SENTENCE_END.finditer(text, first):
        if match.end() > last:
            return
        yield match.end()


def around(text: str, match: Span, found: Sequence[Span], sentence: Span, length: int) -> Span:
    """A part of a long sentence with a match in it, cut between words and not inside another match."""
    first, last = sentence
    start = max(first, min(match[0] - length // 4, last - length))
    forward = range(start, min(start + NEAR, match[0]))
    start = next((place for place in forward if cuttable(text, place, found)), start)
    end = min(last, start + length)
    back = range(end, max(match[1], end - NEAR), -1)
    return start, next((place for place in back if cuttable(text, place, found)), end)


def cuttable(text: str, place: int, found: Sequence[Span]) -> bool:
    """Neither a word nor a character nor what was found would be cut in two here."""
    if place in (0, len(text)):
        return True
    if WORD_INSIDE.match(text, place) or JOINED.match(text, place) or text[place - 1] == "\u200d":
        return False
    before = bisect_left(found, (place, 0)) - 1
    is_inside = before >= 0 and found[before][1] > place
    return not is_inside and not splits_word(text, place)


def splits_word(text: str, place: int) -> bool:
    """Whether a Chinese word would be cut in two here, as the dictionary cuts what stands around."""
    start = max(0, place - AROUND)
    stretch = text[start : place + AROUND]
    if not (is_unspaced(text[place - 1]) and is_unspaced(text[place])):
        return False
    import rjieba  # takes a fifth of a second: not before something has to be cut

    at = start
    for word in rjieba.cut(stretch):
        at += len(word)
        if at >= place:
            return at > place
    return False


def ended(text: str, start: int, end: int) -> bool:
    """The part ends where a sentence ends."""
    return end in ends(text, max(start, end - NEAR), end)


def split(text: str, found: Iterable[Span], start: int, end: int) -> Iterator[tuple[str, bool]]:
    """A part of the text in pieces, marked and not."""
    place = start
    for first, last in found:
        if last <= start or first >= end:
            continue
        yield text[place : max(first, start)], False
        place = min(last, end)
        yield text[max(first, start) : place], True
    yield text[place:end], False


def joined(pieces: Iterable[tuple[str, bool]]) -> Pieces:
    """Pieces without empty ones, and white space as single spaces."""
    result = [(SPACE.sub(" ", text), marked) for text, marked in pieces if text]
    if result:
        result[-1] = (result[-1][0].rstrip(), result[-1][1])
    return tuple((text, marked) for text, marked in result if text)
