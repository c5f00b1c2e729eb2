"""English words without the endings of number and tense alone: what a lexicon has is looked up by them. Pure.

A stem is for matching texts; it brings words together that mean something else (import, important).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.stem import KEPT

WORD = re.compile("[a-z]{4,}")
# What only looks like a form of a shorter word, or has a meaning of its own beside it.
ALONE = KEPT | {"arms", "goods", "united", "species", "series", "means", "lens", "politics", "wed", "being"}
IRREGULAR = {
    "children": "child", "men": "man", "women": "woman", "people": "person", "feet": "foot", "teeth": "tooth",
    "mice": "mouse", "wolves": "wolf", "knives": "knife", "wives": "wife", "lives": "life",
    "crises": "crisis", "won": "win", "held": "hold", "met": "meet", "built": "build", "taught": "teach",
    "sold": "sell", "stolen": "steal", "fell": "fall", "rose": "rise", "grew": "grow", "drove": "drive",
}  # fmt: skip
HISSING = ("sses", "xes", "ches", "shes")
MUTE = ("ses", "zes")  # of cases or buses
VOWELS = frozenset("aeiouy")


def bases(word: str) -> Iterator[str]:
    """The word itself, then the words it may be a form of, the likeliest first."""
    yield word
    if word in IRREGULAR:
        yield IRREGULAR[word]
    if word in ALONE or not WORD.fullmatch(word):
        return
    yield from singulars(word)
    for ending in ("ed", "ing"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and not VOWELS.isdisjoint(rest):
            if rest[-1] == rest[-2] and rest[-1] not in "aeiou":
                yield rest[:-1]
            yield rest
            yield f"{rest[:-1]}y" if rest.endswith("i") else f"{rest}e"


def singulars(word: str) -> Iterator[str]:
    """What a word is the plural of, if it is one."""
    if word.endswith("ies") and len(word) > 4:
        yield f"{word[:-3]}y"
    if word.endswith(HISSING):
        yield word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield word[:-1]
    if word.endswith(MUTE) and len(word) > 4:
        yield word[:-2]


def singular(word: str) -> str:
    """The word in the singular, as words of a term are compared."""
    if word in ALONE or not WORD.fullmatch(word):
        return word
    return next(singulars(word), word)
