"""Searching: milliseconds for the exact total and the first ten, beside SQLite FTS5 on the same tokens."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

from archive.articles import every
from archive.database import Database
from archive.model import Selection
from bench.fts5 import PEER, Fts5
from bench.measure import Figure, half, latencies, slowest
from index import Search, open_index
from index.analysis import flattened, stem_of

CHINESE, ENGLISH, PHRASE = (
    re.compile(pattern) for pattern in ("[\u4e00-\u9fff]{2}", "[a-z]{4,12}", "[\u4e00-\u9fff]{4}")
)
SINCE = date(2024, 1, 1)
PASSES = 3
TOPIC = "AND EXISTS (SELECT 1 FROM topic WHERE topic.topic = :topic AND topic.id = docs.rowid)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A search of ours, and the same for FTS5: pieces that must all be there, a condition, an order."""

    search: Search
    pieces: tuple[str, ...]
    where: str = ""
    order: str = "rank"
    values: dict[str, str] = field(default_factory=dict)


def run(database: Database, folder: Path, queries: int) -> list[Figure]:
    """Every kind of search, on the index and the table that ``bench.index`` left in the folder."""
    articles = list(every(database))
    texts = [flattened(article.text) for article in random.Random(7).choices(articles, k=queries)]
    topic = next((article.topics[0] for article in articles if article.topics), "")
    peer = Fts5(folder / "fts5.db")
    figures = [
        figure
        for kind, questions in kinds(texts, topic)
        for figure in compared(kind, list(questions), folder / "index", peer)
    ]
    peer.close()
    return figures


def kinds(texts: list[str], topic: str) -> Iterator[tuple[str, Iterator[Question]]]:
    """The kinds of search, each with its questions taken from the texts themselves."""
    words = list(dict.fromkeys(word for text in texts if (word := picked(text))))
    yield "one word", (asked(word) for word in words)
    yield "two words", (asked(*pair) for text in texts if len(pair := two(text)) == 2)
    phrases = [found.group() for text in texts if (found := PHRASE.search(text, len(text) // 3))]
    yield "a phrase of four characters", (phrase(characters) for characters in phrases)
    language = {"language": "zh"}
    yield (
        "one word, in Chinese",
        (
            narrowed(word, Selection(language="zh"), "AND +meta.language = :language", language)
            for word in words
        ),
    )
    yield (
        "one word, of a topic",
        (narrowed(word, Selection(topics=(topic,)), TOPIC, {"topic": topic}) for word in words),
    )
    yield (
        "one word, since a day",
        (
            narrowed(word, Selection(since=SINCE), "AND +meta.day >= :day", {"day": SINCE.isoformat()})
            for word in words
        ),
    )
    yield "one word, newest first", (newest(word) for word in words)


def picked(text: str, share: float = 0.5) -> str:
    """A word from somewhere in a text: two Chinese characters, or an English word."""
    start = int(len(text) * share)
    found = CHINESE.search(text, start) or ENGLISH.search(text, start)
    return found.group() if found else ""


def two(text: str) -> list[str]:
    """Two different words of a text."""
    return list(dict.fromkeys(word for share in (0.2, 0.7) if (word := picked(text, share))))


def asked(*words: str) -> Question:
    """A plain search for words; FTS5 gets what our own analysis makes of them."""
    search = Search(selection=Selection(query=" ".join(words)), n=10)
    return Question(search=search, pieces=tuple(stem_of(word) for word in words))


def phrase(characters: str) -> Question:
    """A search for characters exactly as they stand; to FTS5 a phrase of their pairs."""
    search = Search(selection=Selection(query=f'"{characters}"'), n=10)
    return Question(search=search, pieces=(" ".join(map("".join, pairwise(characters))),))


def narrowed(word: str, selection: Selection, where: str, values: dict[str, str]) -> Question:
    """A word within a selection."""
    search = Search(selection=replace(selection, query=word), n=10)
    return Question(search=search, pieces=(stem_of(word),), where=where, values=values)


def newest(word: str) -> Question:
    """A word, the newest first."""
    return replace(asked(word), search=Search(selection=Selection(query=word), sort="new", n=10), order="day")


def compared(kind: str, questions: list[Question], folder: Path, peer: Fts5) -> list[Figure]:
    """The median and the slowest twentieth of one kind of search, ours and theirs."""
    if len(questions) < 2:
        return []
    ours = best(lambda: latencies_of_ours(folder, questions))
    theirs = best(lambda: latencies(lambda each: asked_of(peer, each), questions))
    return [
        Figure(
            what=f"{kind}, {name}",
            value=measure(ours),
            unit="ms",
            more=False,
            peer=PEER,
            peer_value=measure(theirs),
        )
        for name, measure in (("p50", half), ("p95", slowest))
    ]


def best(measure: Callable[[], list[float]]) -> list[float]:
    """Of several passes the best time of each question: what else the machine does is left out."""
    return [min(times) for times in zip(*(measure() for _ in range(PASSES)), strict=True)]


def latencies_of_ours(folder: Path, questions: list[Question]) -> list[float]:
    """One pass over an index just opened, so that no posting list is kept from the pass before.

    The first question is asked once before, for what an index reads once in its life.
    """
    index = open_index(folder)
    index.search(questions[0].search)
    taken = latencies(lambda question: index.search(question.search), questions[1:])
    index.close()
    return taken


def asked_of(peer: Fts5, question: Question) -> int:
    """The peer's answer."""
    return peer.search(question.pieces, where=question.where, order=question.order, **question.values)
