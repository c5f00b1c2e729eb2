"""Did you mean: words that the index does not know, put right from the words it does. Knows no files."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from index.analysis import UNSPACED, flattened, stem_of
from index.homophones import put_right
from index.lexicon import Lexicon
from index.query import FIELDS, OPERATORS
from index.vectors import Snapshot

WORD = re.compile(f"[^\\W\\d_{UNSPACED}]+")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
VOWELS = frozenset("aeiouy")
SHORTEST, LONGEST = 4, 20
LONGEST_TEXT = 60  # bytes; beyond stand sentences, which no article has as they stand, however spelled
MOST_CORRECTED = 2  # each costs some hundred look-ups
# A word with so many letters may have two slips in it; then its first two are right.
SHORTEST_OF_TWO, MOST_WALKED = 7, 20_000
# A word that stands in an article or two, or in another form only, may be meant as typed; not against one
# that is so many times as frequent.
RARE, MORE_FREQUENT = 2, 10
# What a slip costs: a letter left out, doubled or two of them swapped is soon done, a wrong one typed seldom.
EASY, ODD, WRONG, AT_THE_BEGINNING, MOST = 1.0, 1.25, 2.0, 1.5, 3.0
AGAINST_FREQUENCY = 5.0  # how much of the logarithm of how many articles have a word one slip outweighs
SOUND_ALIKE = tuple(map(frozenset, ("csz", "ckq", "fv", "gj", "mn", "dt", "bp")))


def corrected(snapshot: Snapshot, text: str, lexicon: Lexicon | None = None) -> str | None:
    """The query with its unknown words replaced: Chinese ones by their sound, English ones by a slip."""
    if len(text.encode("utf-8", "replace")) > LONGEST_TEXT:
        return None
    result = put_right(snapshot, with_known_words(snapshot, text, lexicon), lexicon)
    return result if result != text else None


def with_known_words(snapshot: Snapshot, text: str, lexicon: Lexicon | None) -> str:
    """The query with its unknown English words replaced by the likeliest known ones."""
    vocabulary = Vocabulary(snapshot, lexicon)
    for word in [word for word in dict.fromkeys(WORD.findall(text)) if vocabulary.is_strange(word)][
        :MOST_CORRECTED
    ]:
        if best := vocabulary.nearest(flattened(word)):
            better = best.upper() if word.isupper() else best.capitalize() if word[0].isupper() else best
            text = re.sub(f"(?<![^\\W{UNSPACED}]){word}(?![^\\W{UNSPACED}])", better, text)
    return text


class Vocabulary:
    """The English words of articles, and of the lexicon where no article has any like it."""

    def __init__(self, snapshot: Snapshot, lexicon: Lexicon | None) -> None:
        self._snapshot = snapshot
        self._lexicon = lexicon

    def is_strange(self, word: str) -> bool:
        """Whether a word as typed stands in hardly any article and no dictionary."""
        folded = flattened(word)
        return (
            SHORTEST <= len(word) <= LONGEST
            and word.isascii()
            and folded not in FIELDS
            and word not in OPERATORS
            and self._snapshot.frequency("words", folded) <= RARE
            and not (self._lexicon and self._lexicon.spells(folded))
        )

    def nearest(self, word: str) -> str | None:
        """The likeliest word that is meant: one slip away, or two; None when none is likely."""
        known = self.near(set(slips(word)), word)
        if not known and len(word) >= SHORTEST_OF_TWO:
            walked = self._snapshot.terms_from("words", word[:2], MOST_WALKED)
            known = self.near({other for other in walked if is_near(word, other)}, word)
        if not known and self._lexicon:
            known = {other: 1 for other in slips(word) if self._lexicon.has(other)}
        return max(known, key=lambda other: (likeliness(word, other, known[other]), other), default=None)

    def near(self, others: set[str], word: str) -> dict[str, int]:
        """Those of some words that articles have, often enough, and how many; none too far from a word."""
        stem = stem_of(word)
        there = self._snapshot.frequency("words", word), self._snapshot.frequency("body", stem)
        least = MORE_FREQUENT * max(there)
        counted = {other: self._snapshot.frequency("words", other) for other in others}
        return {
            other: count
            for other, count in counted.items()
            if count > least and stem_of(other) != stem and unlikeness(word, other) <= MOST
        }


def likeliness(word: str, other: str, count: int) -> float:
    """How likely one word is meant by another that was typed."""
    return math.log(count) - AGAINST_FREQUENCY * unlikeness(word, other)


def is_near(word: str, other: str) -> bool:
    """Whether two slips could lie between two words; quick to tell of most that they cannot."""
    return (
        abs(len(word) - len(other)) <= 2
        and other.isascii()
        and other.isalpha()
        and len(set(word) ^ set(other)) <= 4
    )


def unlikeness(typed: str, meant: str) -> float:
    """What the slips between two words cost together, by the cheapest way from one to the other."""
    before: list[float] = []
    row = [0.0]
    for place in range(len(meant)):
        row.append(row[-1] + left_out(meant, place))
    for down, letter in enumerate(typed):
        above, row = row, [row[0] + too_much(typed, down)]
        for across, wanted in enumerate(meant):
            costs = [
                above[across] + exchanged(letter, wanted, down),
                above[across + 1] + too_much(typed, down),
                row[across] + left_out(meant, across),
            ]
            if down and across and (letter, typed[down - 1]) == (meant[across - 1], wanted):
                costs.append(before[across - 1] + EASY)
            row.append(min(costs))
        before = above
    return row[-1]


def left_out(meant: str, place: int) -> float:
    """What it costs to leave a letter out."""
    is_easy = meant[place] in VOWELS or meant[place] in (
        meant[place - 1 : place],
        meant[place + 1 : place + 2],
    )
    return (EASY if is_easy else ODD) + (0 if place else AT_THE_BEGINNING)


def too_much(typed: str, place: int) -> float:
    """What it costs to type a letter too much."""
    is_double = typed[place] in (typed[place - 1 : place], typed[place + 1 : place + 2])
    cost = EASY if is_double else ODD if typed[place] in VOWELS else WRONG
    return cost + (0 if place else AT_THE_BEGINNING)


def exchanged(letter: str, wanted: str, place: int) -> float:
    """What it costs to type one letter instead of another."""
    if letter == wanted:
        return 0.0
    both = {letter, wanted}
    is_easy = both <= VOWELS or any(both <= alike for alike in SOUND_ALIKE)
    return (EASY if is_easy else WRONG) + (0 if place else AT_THE_BEGINNING)


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
