"""Which passages of an English and a Chinese text say the same: by order, length, numbers and names. Pure.

Lengths of passages that translate each other are nearly proportional (Gale and Church 1993); what both have
in digits and Latin letters, and what a lexicon knows, holds the walk where lengths alone would slip.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import pairwise
from operator import and_
from typing import Final

from index.analysis import STOPPING

Lexicon = Callable[[str], Collection[str]]  # the Chinese words for an English one

# How many passages of each side stand beside each other, and how seldom that is, as costs.
STEPS: Final = {
    (1, 1): 0.0,
    (1, 0): 1.4,
    (0, 1): 1.4,
    (1, 2): 1.8,
    (2, 1): 1.8,
    (2, 2): 9.0,
    (1, 3): 6.0,
    (3, 1): 6.0,
}
MOST = 600  # passages of a side; what is beyond them stands unaligned
BAND = 24
SPREAD = 4.0  # how much lengths vary, in characters of Chinese for each character
DEAREST = 4.3  # what the worst lengths cost
ANCHOR, STRAY = 1.4, 1.8
MOST_ANCHORS = 12.0
KNOWN_WORDS = 5.0
PLAIN_RATIO, USUAL = 0.38, 1_000  # characters of Chinese for one of English, as known from so many
MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBER_WORDS = {name: str(place) for place, name in enumerate(NUMBERS, 1)}
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z][A-Za-z'’]+")
CHINESE_NUMBER = re.compile("[一二三四五六七八九十两]+(?=[年月日个名人岁次天位家项亿万千百届])")
DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bead:
    """Passages of both texts that stand beside each other, as spans of places; an empty one is a gap."""

    one: range
    other: range


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is known of a passage for comparing it."""

    length: int
    anchors: frozenset[str]
    words: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Comparison:
    """Two texts that are compared: their passages, and how much each anchor counts.

    ``known`` has for every word of an English passage that a lexicon knows the Chinese passages that have it,
    as bits of a number.
    """

    english: Sequence[Passage]
    chinese: Sequence[Passage]
    ratio: float
    weights: dict[str, float]
    known: Sequence[Sequence[int]]

    def cost(self, row: int, column: int, ones: int, others: int) -> float:
        """What it costs to let the passages before two places stand beside each other."""
        english, chinese = self.english[row - ones : row], self.chinese[column - others : column]
        prior = STEPS[ones, others]
        if not ones or not others:
            # A short passage is left out more readily than a long one.
            length = sum(each.length * self.ratio for each in english) + sum(each.length for each in chinese)
            return prior + min(3.0, length / 30)
        words = self.translated(range(row - ones, row), range(column - others, column))
        return prior + self.lengths(english, chinese) - self.shared(english, chinese) - KNOWN_WORDS * words

    def lengths(self, english: Sequence[Passage], chinese: Sequence[Passage]) -> float:
        """How unlikely the two lengths are beside each other."""
        expected = sum(each.length for each in english) * self.ratio
        found = sum(each.length for each in chinese)
        deviation = abs(found - expected) / math.sqrt(SPREAD * max((found + expected) / 2, 4))
        return min(DEAREST, -math.log(max(math.erfc(deviation / math.sqrt(2)), 1e-9)))

    def shared(self, english: Sequence[Passage], chinese: Sequence[Passage]) -> float:
        """What speaks for it that two stretches say the same."""
        ours = frozenset().union(*(each.anchors for each in english))
        theirs = frozenset().union(*(each.anchors for each in chinese))
        gain = sum(self.weights.get(anchor, 0.0) for anchor in ours & theirs)
        loss = sum(self.weights.get(anchor, 0.0) for anchor in ours ^ theirs)
        return min(MOST_ANCHORS, ANCHOR * gain) - min(MOST_ANCHORS, STRAY * loss)

    def translated(self, rows: range, columns: range) -> float:
        """What part of the words that the lexicon knows a stretch of the other text has."""
        words = [places for row in rows for places in self.known[row]]
        stretch = ((1 << len(columns)) - 1) << columns.start
        return sum(bool(places & stretch) for places in words) / len(words) if words else 0.0


def align(
    english: Sequence[str], chinese: Sequence[str], *, lexicon: Lexicon | None = None
) -> tuple[Bead, ...]:
    """The passages of two texts beside each other, in order; every passage stands in exactly one bead."""
    compared = comparison(english[:MOST], chinese[:MOST], lexicon)
    beads = walked(compared)
    rest = [Bead(one=range(place, place + 1), other=range(0)) for place in range(MOST, len(english))]
    rest += [Bead(one=range(0), other=range(place, place + 1)) for place in range(MOST, len(chinese))]
    return (*beads, *rest)


def comparison(english: Sequence[str], chinese: Sequence[str], lexicon: Lexicon | None) -> Comparison:
    """What two texts are compared by. An anchor counts for more the fewer passages have it."""
    ours, theirs = ([passage(text) for text in side] for side in (english, chinese))
    total, other = sum(each.length for each in ours), sum(each.length for each in theirs)
    # What one text lacks would make its passages look too long, so that the usual ratio counts as well.
    ratio = (other + USUAL * PLAIN_RATIO) / (total + USUAL)
    first = Counter(anchor for each in ours for anchor in each.anchors)
    second = Counter(anchor for each in theirs for anchor in each.anchors)
    weights = {anchor: 1.0 / max(first[anchor], second[anchor]) for anchor in first.keys() & second.keys()}
    known = found_by(lexicon, ours, chinese) if lexicon else [()] * len(ours)
    return Comparison(english=ours, chinese=theirs, ratio=ratio, weights=weights, known=known)


def found_by(lexicon: Lexicon, english: Sequence[Passage], chinese: Sequence[str]) -> list[Sequence[int]]:
    """For each passage, of its words that the lexicon knows: the Chinese passages that have it, as bits.

    Passages are looked up by pairs of characters, so that long texts take little time.
    """
    holding: defaultdict[str, int] = defaultdict(int)
    for place, text in enumerate(chinese):
        for pair in {*pairwise(text)}:
            holding["".join(pair)] |= 1 << place

    @cache
    def places(word: str) -> int:
        found = 0
        for text in lexicon(word):
            pairs = ["".join(pair) for pair in pairwise(text)]
            found |= reduce(and_, [holding.get(pair, 0) for pair in pairs], -1) if pairs else 0
        return found

    @cache
    def is_known(word: str) -> bool:
        return any(len(text) > 1 for text in lexicon(word))

    return [[places(word) for word in each.words if is_known(word)] for each in english]


def passage(text: str) -> Passage:
    """What is known of a passage."""
    words = [match[0].lower() for match in TOKEN.finditer(text)]
    found = {number(word) if word[0].isdigit() else word for word in words}
    found |= {NUMBER_WORDS[word] for word in words if word in NUMBER_WORDS}
    found |= {str(MONTHS.index(word) + 1) for word in words if word in MONTHS and word != "may"}
    found |= {str(chinese_number(match[0])) for match in CHINESE_NUMBER.finditer(text)}
    said = (word for word in words if not word[0].isdigit() and word not in STOPPING)
    return Passage(
        length=len("".join(text.split())) + text.isascii(),
        anchors=frozenset(found),
        words=tuple(dict.fromkeys(said)),
    )


def number(stated: str) -> str:
    """A number without the marks between its thousands."""
    return re.sub(r"[.,](?=\d{3}(?!\d))", "", stated)


def chinese_number(stated: str) -> int:
    """A number below a hundred in Chinese characters; others by their digits alone."""
    tens, ten, ones = stated.partition("十")
    if ten:
        return (DIGITS.get(tens, 1) if tens else 1) * 10 + DIGITS.get(ones, 0)
    value = 0
    for digit in stated:
        value = value * 10 + DIGITS.get(digit, 0)
    return value


def walked(compared: Comparison) -> list[Bead]:
    """The cheapest walk through both texts, never far from the straight one."""
    rows, columns = len(compared.english), len(compared.chinese)
    slope = columns / rows if rows else 0.0
    band = max(BAND, abs(rows - columns) // 2)
    costs: dict[tuple[int, int], float] = {(0, 0): 0.0}
    steps: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(rows + 1):
        middle = round(row * slope)
        low, high = (max(0, middle - band), min(columns, middle + band)) if rows else (0, columns)
        for column in range(low, high + 1):
            best = costs.get((row, column), math.inf)
            for ones, others in STEPS:
                before = costs.get((row - ones, column - others))
                if before is None or before >= best:
                    continue
                cost = before + compared.cost(row, column, ones, others)
                if cost < best:
                    best, steps[row, column] = cost, (ones, others)
            if best < math.inf:
                costs[row, column] = best
    return traced(steps, rows, columns)


def traced(steps: dict[tuple[int, int], tuple[int, int]], rows: int, columns: int) -> list[Bead]:
    """The beads of a walk, from its end."""
    found = []
    while rows or columns:
        ones, others = steps[rows, columns]
        found.append(Bead(one=range(rows - ones, rows), other=range(columns - others, columns)))
        rows, columns = rows - ones, columns - others
    return found[::-1]
