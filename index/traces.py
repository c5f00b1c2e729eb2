"""What an article leaves to be compared by: numbers, names, pictures, words, pieces of its text. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archive.fold import fold
from archive.model import Article
from index.clues import (
    HAN,
    addresses,
    bylines,
    chinese_words,
    english_words,
    links,
    names,
    numbers,
    pictures,
)

Clues = NDArray[np.uint32]
# The Chinese words that English ones may mean; a person's, a dictionary's, or a learned lexicon's.
Translate = Callable[[Collection[str]], Collection[str]]
# The kinds of clues, in the order in which they are kept.
KINDS: Final = (
    *("name", "heading", "number", "weak", "title", "lead", "meant"),
    *("byline", "picture", "address", "link", "shingle"),
)
# Addresses of links and pictures are no words of a text.
ADDRESS = re.compile(r"https?://\S+|\]\([^)]*\)")
# What of a text counts: names and numbers of the beginning, of which English needs about twice as much.
READ: Final[Mapping[str, int]] = {"en": 8_000, "zh": 3_000}
LEAD: Final[Mapping[str, int]] = {"en": 900, "zh": 300}
MOST = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What one article is compared by; ``day`` counts from the year 1 and is None where no day is stated.

    ``clues`` has the hashes of each kind, rising. Of the pieces of a text one in 2 to the ``level`` is kept.
    """

    id: str
    sha: str
    language: str
    family: str
    day: int | None
    level: int
    clues: Mapping[str, Clues]


def trace(article: Article, family: str, translate: Translate | None) -> Trace:
    """What an article leaves. Without ``translate`` nothing is known of what English words mean."""
    text = ADDRESS.sub(" ", f"{article.title}\n{article.text}")
    read = text[: READ.get(article.language, 8_000)]
    level, shingles = sampled(article.text)
    strong, weak = numbers(read, article.language)
    lead = text[: len(article.title) + LEAD.get(article.language, 900)]
    found: dict[str, Iterable[str]] = {"name": names(read), "number": strong, "weak": weak}
    found["heading"] = [
        *names(article.title),
        *(each for some in numbers(article.title, article.language) for each in some),
    ]
    if article.language == "zh":
        found |= {"title": chinese_words(article.title), "lead": chinese_words(lead)}
    elif article.language == "en" and translate:
        found |= {"meant": sorted(translate(english_words(lead)))}
    found |= {"byline": bylines(article.authors), "picture": pictures(article)}
    found |= {"address": addresses(article.url), "link": links(article)}
    return Trace(
        id=article.id,
        sha=article.sha,
        language=article.language,
        family=family,
        day=day_of(article),
        level=level,
        clues={
            **{kind: hashes(MEANING.get(kind, kind), found.get(kind, ())) for kind in KINDS},
            "shingle": shingles,
        },
    )


# Clues of two kinds that are compared with each other are hashed alike.
MEANING: Final[Mapping[str, str]] = {"title": "word", "lead": "word", "meant": "word", "link": "address"}


def hashes(kind: str, values: Iterable[str]) -> Clues:
    """Values as numbers, rising; a long list is cut at its end."""
    some = list(dict.fromkeys(values))[: MOST * (8 if kind == "word" else 1)]
    return np.unique(np.array([zlib.crc32(f"{kind}\n{value}".encode()) for value in some], np.uint32))


def day_of(article: Article) -> int | None:
    """The day that an article states; a month or a year is none."""
    if article.published is None or article.published_precision in ("month", "year"):
        return None
    return article.day.toordinal() if article.day else article.published.toordinal()


PIECE = re.compile(f"[{HAN}]|[^\\W_{HAN}]+")
LONG = 4
SAMPLE = 96


def sampled(text: str) -> tuple[int, Clues]:
    """Pieces of four words or characters, by hash; of a long text one in 2, 4, 8 … and which of these."""
    words = PIECE.findall(fold(text))
    codes = np.array([word_code(word) for word in words], np.uint64)
    if len(codes) < LONG:
        return 0, np.zeros(0, np.uint32)
    mixed = np.zeros(len(codes) - LONG + 1, np.uint64)
    for place in range(LONG):
        mixed = (mixed * np.uint64(0x9E3779B97F4A7C15)) ^ codes[place : place + len(mixed)]
        mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    found = np.unique((mixed >> np.uint64(32)).astype(np.uint32))
    level = 0
    while len(found) > SAMPLE:
        level += 1
        found = at_level(found, level)
    return level, found


@lru_cache(65536)
def word_code(word: str) -> int:
    """A word as a number."""
    return zlib.crc32(word.encode())


def at_level(shingles: Clues, level: int) -> Clues:
    """The pieces that are kept at a level."""
    kept: Clues = shingles[(shingles & np.uint32((1 << level) - 1)) == 0]
    return kept
