"""How likely an English and a Chinese article tell one story, by what they leave to be compared by. Pure.

Each piece of evidence adds to the log-odds. The weights were fitted (logistic regression, rounded) to half of
the pairs of ``bench/stories.py``; those of pictures, bylines, days and families, which that corpus lacks, are
set by hand: a picture whose caption is the other article's title says as much as a page of shared names.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from index.traces import Clues, Trace

# Less likely pairs are not even put before a person.
LIKELY = 0.5
# Two days further apart than this do not tell the same news.
WINDOW = 3
WITH_WORDS: Final[Mapping[str, float]] = {
    "one": -15.4,
    "kept": 6.2,
    "names": 0.5,
    "names missed": -1.4,
    "heading missed": -0.9,
    "numbers": 1.7,
    "numbers missed": -3.2,
    "weak": 2.0,
    "weak missed": -1.3,
    "meant": 16.0,
    "words": 3.4,
}
WITHOUT_WORDS: Final[Mapping[str, float]] = {
    "one": -4.9,
    "kept": 9.0,
    "names": 1.2,
    "names missed": -1.9,
    "heading missed": -1.3,
    "numbers": 3.1,
    "numbers missed": -4.3,
    "weak": 2.0,
    "weak missed": -2.5,
}
BY_HAND: Final[Mapping[str, float]] = {"picture": 7.0, "byline": 2.5, "family": 1.0, "day": 0.5}
# What is said of a pair, the strongest reason first.
REASONS: Final = ("picture", "byline", "names", "numbers", "words", "day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How likely two articles tell one story, in log-odds, and the reasons in words."""

    odds: float
    how: str


def comparable(one: Trace, other: Trace) -> bool:
    """Whether two articles may be versions of a story at all: English and Chinese, of near days."""
    return {one.language, other.language} == {"en", "zh"} and is_near(one, other)


def is_near(one: Trace, other: Trace) -> bool:
    """Whether two articles are not of different weeks, as far as they say of which day they are."""
    return one.day is None or other.day is None or abs(one.day - other.day) <= WINDOW


def likeness(one: Trace, other: Trace) -> Likeness:
    """The evidence that an article of each language tell one story; symmetric."""
    english, chinese = (one, other) if one.language == "en" else (other, one)
    found = evidence(english, chinese)
    weights = WITH_WORDS if len(english.clues["meant"]) else WITHOUT_WORDS
    odds = sum(weight * found[name] for name, weight in weights.items())
    odds += sum(weight * found[name] for name, weight in BY_HAND.items())
    return Likeness(odds=odds, how=", ".join(name for name in REASONS if found[name] > 0))


def evidence(english: Trace, chinese: Trace) -> dict[str, float]:
    """What two articles share and what they do not, each as one number."""
    one, other = english.clues, chinese.clues
    names, numbers, weak, words = (
        shared(one[kind], other[beside])
        for kind, beside in (("name", "name"), ("number", "number"), ("weak", "weak"), ("meant", "lead"))
    )
    apart = None if english.day is None or chinese.day is None else abs(english.day - chinese.day)
    return {
        "one": 1.0,
        "kept": names / (len(other["name"]) + 2),
        "names": math.log1p(names),
        "names missed": math.log1p(len(other["name"]) - names),
        "heading missed": min(len(other["heading"]) - shared(one["heading"], other["heading"]), 3),
        "numbers": math.log1p(numbers),
        "numbers missed": math.log1p(fewer(one["number"], other["number"]) - numbers),
        "weak": math.log1p(weak),
        "weak missed": math.log1p(fewer(one["weak"], other["weak"]) - weak),
        "meant": (words + 1) / (len(other["lead"]) + 5),
        "words": math.log1p(words),
        "picture": float(shared(one["picture"], other["picture"]) > 0),
        "byline": float(shared(one["byline"], other["byline"]) > 0),
        "family": float(bool(english.family) and english.family == chinese.family),
        "day": 0.0 if apart is None else max(0.0, 1 - apart / 2),
    }


def shared(one: Clues, other: Clues) -> int:
    """How many clues two articles share."""
    return len(np.intersect1d(one, other, assume_unique=True))


def fewer(one: Clues, other: Clues) -> int:
    """How many clues the article with fewer of them has."""
    return min(len(one), len(other))


def sureness(odds: float, rivals: Iterable[float]) -> float:
    """How sure it is that of all that may be the counterpart it is this one, or is there one at all."""
    most = max((odds, 0.0, *(rivals := list(rivals))))
    return math.exp(odds - most) / sum(math.exp(each - most) for each in (odds, 0.0, *rivals))
