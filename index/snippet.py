"""The part of a text to show under a hit, with what was found in it marked. Pure.

Matches are looked for in the same folded text as the index's, so a traditional query marks simplified text
and a stem the whole word; each folded character knows which characters of the original it came from.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from index.analysis import RUN, UNSPACED, cut, flattened, is_unspaced, needle, normal, runs, stem_of
from index.query import Node, Phrase, Prefix, Word, positive

Pieces = tuple[tuple[str, bool], ...]
Span = tuple[int, int]

LONGEST_TEXT = 50_000
COMBINING = "\u0300-\u036f\u3099\u309a\u1160-\u11ff"
# A stretch in which every character folds to one, or one character with what combines with it.
STRETCH = re.compile(
    f"[\n -~\u4e00-\u9fff，。！？；：、（）《》“”‘’—]+(?![{COMBINING}])|[^{COMBINING}][{COMBINING}]*|.",
    re.DOTALL,
)
SENTENCE_END = re.compile(r"[。！？!?]+[”’」』）\"')]*\s*|\.[”’\"')\]]*\s+|…+\s+|\s*\n\s*")
WORD_INSIDE = re.compile(f"(?<=[^\\W{UNSPACED}])[^\\W{UNSPACED}]")
JOINED = re.compile("[\u0300-\u036f\u3099\u309a\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
SPACE = re.compile(r"\s+")
NEAR = 40


@dataclass(frozen=True)
class Located:
    """A text as it is compared, and for each of its characters where the original of it stands."""

    normal: str
    spans: Sequence[Span]

    @cached_property
    def words(self) -> Mapping[str, Sequence[Span]]:
        """Where each word stands; read once, however many words are asked for."""
        found: defaultdict[str, list[Span]] = defaultdict(list)
        for word in RUN.finditer(self.normal):
            found[word[0]].append((self.spans[word.start()][0], self.spans[word.end() - 1][1]))
        return found

    @cached_property
    def stems(self) -> Mapping[str, Sequence[Span]]:
        """Where the words of each stem stand."""
        found: defaultdict[str, list[Span]] = defaultdict(list)
        for word, spans in self.words.items():
            found[stem_of(word)] += spans
        return found


def snippet(text: str, node: Node, *, length: int) -> Pieces:
    """About ``length`` characters around the best match, whole sentences where they fit: (text, marked)."""
    text = text.strip()[:LONGEST_TEXT]
    found = matches(text, node)
    start, end = window(text, found, length)
    before = "…" if start and not SENTENCE_END.search(text, max(0, start - NEAR), start) else ""
    after = "…" if end < len(text) and not ended(text, start, end) else ""
    return joined([(before, False), *split(text, found, start, end), (after, False)])


def mark(title: str, node: Node) -> Pieces:
    """A whole title with what was found in it marked."""
    return joined(split(title, matches(title, node), 0, len(title)))


def matches(text: str, node: Node) -> list[Span]:
    """Where the original text has what the query asks for, in order and without overlaps."""
    place = located(text)
    found = sorted(span for leaf in positive(node) for span in occurrences(place, leaf))
    merged: list[Span] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def occurrences(place: Located, leaf: Word | Phrase | Prefix) -> Iterator[Span]:
    """Where one word, phrase or prefix stands; the words in a Chinese one that does not stand there whole."""
    pieces = runs(flattened(leaf.text))
    if isinstance(leaf, Prefix):
        yield from (
            span for word, spans in place.words.items() if word.startswith(leaf.text) for span in spans
        )
    elif isinstance(leaf, Word) and len(pieces) == 1 and not is_unspaced(pieces[0]):
        yield from place.stems.get(stem_of(pieces[0]), ())
    elif pieces:
        whole = list(literally(place, needle(pieces)))
        yield from whole
        if not whole and isinstance(leaf, Word):
            parts = [part for piece in pieces if is_unspaced(piece) and len(piece) > 2 for part in cut(piece)]
            yield from (span for part in parts for span in literally(place, needle([part])))


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


def window(text: str, found: Sequence[Span], length: int) -> Span:
    """Where to cut: the sentence with most matches and what fits around it, else around one match."""
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    sentences = [
        (start, end) for start, end in zip([0, *ends], [*ends, len(text)], strict=True) if start < end
    ]
    if not sentences:
        return 0, 0
    counts = [sum(start <= match[0] < end for match in found) for start, end in sentences]
    best = counts.index(max(counts))
    start, end = sentences[best]
    if end - start > length:
        return around(
            text,
            next((match for match in found if start <= match[0] < end), (start, start)),
            start,
            end,
            length,
        )
    last = best + 1
    while last < len(sentences) and sentences[last][1] - start <= length:
        end = sentences[last][1]
        last += 1
    while best > 0 and end - sentences[best - 1][0] <= length:
        best -= 1
        start = sentences[best][0]
    return start, end


def around(text: str, match: Span, first: int, last: int, length: int) -> Span:
    """A part of a long sentence with a match in it, cut between words."""
    start = max(first, min(match[0] - length // 4, last - length))
    start = next(
        (place for place in range(start, min(start + NEAR, match[0])) if cuttable(text, place)), start
    )
    end = min(last, start + length)
    low = max(match[1], end - NEAR)
    return start, next((place for place in range(end, low, -1) if cuttable(text, place)), end)


def cuttable(text: str, place: int) -> bool:
    """Neither a word nor a character would be cut in two here."""
    if place in (0, len(text)):
        return True
    return (
        not WORD_INSIDE.match(text, place) and not JOINED.match(text, place) and text[place - 1] != "\u200d"
    )


def ended(text: str, start: int, end: int) -> bool:
    """The part ends where a sentence ends."""
    return any(match.end() == end for match in SENTENCE_END.finditer(text, max(start, end - NEAR)))


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
