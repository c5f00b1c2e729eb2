"""What is asked of every engine, how peers read what is typed, and the plain snippet that they show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from bench.store import Text
from index.analysis import RUN, flattened, is_unspaced, pairs, runs, stem_of
from index.follow import MOST_ARTICLES

Field = Literal["body", "words"]
LENGTH, BEFORE = 160, 40
COMMIT = MOST_ARTICLES  # of a peer, as many as a commit of ours may have
FIRST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is typed, what is chosen beside it, and whether the newest are wanted first."""

    typed: str
    language: Literal["", "en", "zh"] = ""
    topic: str = ""
    since: date | None = None
    newest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The exact total, and the numbers of the first ten."""

    total: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is typed, read for a peer: terms of a field that must all be there, or follow each other."""

    field: Field
    terms: tuple[str, ...]
    phrase: bool


def read(typed: str) -> Asked:
    """What the terms of our own analysis are for words, or for a phrase in quotation marks.

    English phrases go to the words as they stand, since between the terms of a body their stems stand too.
    """
    phrase = typed.startswith('"')
    pieces = runs(flattened(typed))
    if phrase and not any(map(is_unspaced, pieces)):
        return Asked(field="words", terms=tuple(pieces), phrase=len(pieces) > 1)
    terms = [term for piece in pieces for term in (pairs(piece) if is_unspaced(piece) else [stem_of(piece)])]
    if not phrase:
        terms = list(dict.fromkeys(terms))
    return Asked(field="body", terms=tuple(terms), phrase=phrase and len(terms) > 1)


def snippets(texts: Sequence[Text], typed: str) -> list[str]:
    """A piece of each text with marks, the quickest way: no stems, no sentences, no folding."""
    words = RUN.findall(typed.lower())
    return [marked(text, words) for text in texts]


def marked(text: Text, words: Sequence[str]) -> str:
    """The characters around the first word that stands there."""
    low = text.text.lower()
    place = min((found for word in words if (found := low.find(word)) >= 0), default=0)
    start = max(0, place - BEFORE)
    pattern = "|".join(map(re.escape, words))
    return re.sub(pattern, lambda match: f"<b>{match[0]}</b>", text.text[start : start + LENGTH], flags=re.I)


class Peer:
    """What peers have in common that write in commits: where they stand, and what waits for the next."""

    builds, fed_tokens = True, True
    show = staticmethod(snippets)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: Any = None
        self._searcher: Any = None
        self._waiting = 0
