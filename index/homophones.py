"""Chinese words that no article has, put right by a character that sounds alike. Knows no files."""

from __future__ import annotations

from collections.abc import Iterator

from zhconv_rs import zhconv

from index.analysis import LITERAL, cut, flattened, pairs
from index.match import Matcher
from index.pinyin import CHINESE, alike
from index.query import FIELDS, OPERATORS, Word
from index.vectors import Snapshot

MOST_CORRECTED = 2
MOST_LOOKS = 400  # into the index, for one word
MOST_TRIED = 4


def put_right(snapshot: Snapshot, text: str) -> str:
    """The text with such words replaced, each in its own script; as it is when there is nothing better."""
    result, corrected, matcher = text, 0, Matcher(snapshot)
    for written, word in dict.fromkeys(words_of(text)):
        better = None if corrected == MOST_CORRECTED or stands(matcher, word) else nearest(matcher, word)
        if better:
            result = result.replace(written, better if written == word else zhconv(better, "zh-hant"))
            corrected += 1
    return result


def words_of(text: str) -> Iterator[tuple[str, str]]:
    """The Chinese words of a query, as written and as they are compared."""
    for written in CHINESE.findall(text):
        run = flattened(written)
        if len(run) == len(written) and written not in FIELDS and written not in OPERATORS:
            for word in [run] if len(run) <= LITERAL else cut(run):
                if 2 <= len(word) <= LITERAL:
                    place = run.index(word)
                    yield written[place : place + len(word)], word


def stands(matcher: Matcher, word: str) -> bool:
    """Whether an article has the word literally."""
    return len(matcher.find(Word(text=word), matcher.everything)) > 0


def nearest(matcher: Matcher, word: str) -> str | None:
    """The word that an article has with one character replaced; its rarest pair is the most frequent."""
    found = sorted(candidates(matcher.snapshot, word), reverse=True)[:MOST_TRIED]
    return next((better for _, better in found if stands(matcher, better)), None)


def candidates(snapshot: Snapshot, word: str) -> Iterator[tuple[int, str]]:
    """The words that sound alike, all of whose pairs are in the index, with how often the rarest is there."""
    known = [snapshot.frequency("body", pair) for pair in pairs(word)]
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
                counts.append(snapshot.frequency("body", better[pair : pair + 2]))
                looks += 1
                if not counts[-1] or looks > MOST_LOOKS:
                    break
            else:
                yield min(counts), better
            if looks > MOST_LOOKS:
                return
