"""Chinese words that no article has, put right by a character that sounds alike. Knows no files.

Where none does, by one character of a word that articles have: another one, one left out or one too many.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from zhconv_rs import zhconv

from index.analysis import LITERAL, cut, flattened, pairs
from index.lexicon import Lexicon
from index.match import LONGEST_WALK, Matcher
from index.pinyin import CHINESE, alike, likeness, usually
from index.query import FIELDS, OPERATORS, Word
from index.vectors import Snapshot

MOST_CORRECTED = 2
MOST_LOOKS = 400  # into the index, for one word
MOST_TRIED = 4
MOST_WORDS = 24  # of a query, so that one of five hundred strange words does not take seconds
LONGEST_OF_ONE = 4  # characters; what is longer may also be several words
SHORTEST_LOOSE = 3  # of two characters one says too little of the other


def put_right(snapshot: Snapshot, text: str, lexicon: Lexicon | None = None) -> str:
    """The text with such words replaced, each in its own script; as it is when there is nothing better."""
    result, corrected, speller = text, 0, Speller(snapshot, lexicon)
    for written, word, is_joined in dict.fromkeys(words_of(text)):
        if corrected == MOST_CORRECTED or written not in result:
            continue
        better = None if speller.stands(word) else speller.nearest(word, only_words=is_joined)
        if better:
            result = result.replace(written, better if written == word else zhconv(better, "zh-hant"))
            corrected += 1
    return result


def words_of(text: str) -> list[tuple[str, str, bool]]:
    """The Chinese words of a query, as written and as compared; then neighbours in one run, joined."""
    found: list[tuple[str, str, bool]] = []
    joined: list[tuple[str, str, bool]] = []
    for written in CHINESE.findall(text):
        run = flattened(written)
        if len(run) == len(written) and written not in FIELDS and written not in OPERATORS:
            words = [run] if len(run) <= LONGEST_OF_ONE else cut(run)
            whole = [run] if LONGEST_OF_ONE < len(run) <= LITERAL else []
            found += located(run, written, [*whole, *words], is_joined=False)
            joined += located(run, written, [one + two for one, two in pairwise(words)], is_joined=True)
    return (found + joined)[:MOST_WORDS]


def located(run: str, written: str, words: list[str], *, is_joined: bool) -> Iterator[tuple[str, str, bool]]:
    """Those words of a run that can be put right, as they are written there and as they are compared."""
    for word in words:
        place = run.find(word)
        if 2 <= len(word) <= LITERAL and place >= 0:
            yield written[place : place + len(word)], word, is_joined


class Speller:
    """Puts words right by what the articles of a snapshot have."""

    def __init__(self, snapshot: Snapshot, lexicon: Lexicon | None) -> None:
        self._snapshot = snapshot
        self._lexicon = lexicon
        self._matcher = Matcher(snapshot)

    def stands(self, word: str) -> bool:
        """Whether an article has the word literally."""
        return len(self._matcher.find(Word(text=word), self._matcher.everything)) > 0

    def is_word(self, text: str) -> bool:
        """Whether articles have a text as a word, rather than as the end of one before another."""
        of_title = f"{usually(text)} title {text}"
        return any(self._snapshot.frequency(*term) for term in (("words", text), ("pinyin", of_title)))

    def nearest(self, word: str, *, only_words: bool) -> str | None:
        """The word that an article has with one character replaced; its rarest pair is the most frequent.

        Of two characters only a word is one: any two stand together somewhere. A word that a dictionary has
        was hardly meant otherwise, but for one that is usually read like it.
        """
        is_known = is_in_dictionary(word) or bool(self._lexicon and self._lexicon.renderings("zh", word))
        is_loose = not (only_words or is_known)
        only_words = not is_loose or len(word) < SHORTEST_LOOSE
        found = sorted(
            (alike, count, better)
            for alike, count, better in self.candidates(word)
            if (alike or not is_known) and (not only_words or self.is_word(better))
        )
        heard = (better for _, _, better in found[: -MOST_TRIED - 1 : -1] if self.stands(better))
        return next(heard, None) or (self.beside(word) if is_loose else None)

    def candidates(self, word: str) -> Iterator[tuple[int, int, str]]:
        """The words that sound alike, all of whose pairs are in the index: how much, how often, which."""
        known = [self._snapshot.frequency("body", pair) for pair in pairs(word)]
        looks = 0
        for place in range(len(word)):
            beside = range(max(0, place - 1), min(place + 1, len(known)))
            others = [count for pair, count in enumerate(known) if pair not in beside]
            if not all(others):
                continue
            for character in alike(word[place]):
                better = word[:place] + character + word[place + 1 :]
                counts = list(others)
                for pair in beside:
                    counts.append(self._snapshot.frequency("body", better[pair : pair + 2]))
                    looks += 1
                    if not counts[-1] or looks > MOST_LOOKS:
                        break
                else:
                    yield likeness(word[place], character), min(counts), better
                if looks > MOST_LOOKS:
                    return

    def beside(self, word: str) -> str | None:
        """The most frequent word of articles that begins alike and differs in one character."""
        if len(word) < SHORTEST_LOOSE:
            return None
        counted = [
            (self._snapshot.frequency("words", other), other)
            for other in self._snapshot.terms_from("words", word[0], LONGEST_WALK)
            if len(other) >= SHORTEST_LOOSE and differs_in_one(word, other)
        ]
        return max(counted, default=(0, None))[1]


def is_in_dictionary(word: str) -> bool:
    """Whether the words that texts are cut into have this one."""
    import rjieba

    return list(rjieba.cut(word, False)) == [word]


def differs_in_one(one: str, other: str) -> bool:
    """Whether one character is another, is missing, is too much, or has changed places with the next."""
    start = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        len(min(one, other, key=len)),
    )
    ones, others = one[start:], other[start:]
    swapped = ones[1::-1] + ones[2:] == others
    return ones[1:] == others[1:] or ones[1:] == others or ones == others[1:] or swapped
