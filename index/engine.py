"""What a search index must do for the rest, and how to open one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from archive.model import Article, Selection

if TYPE_CHECKING:
    from index.meaning import Meaning

Sort = Literal["rel", "new", "old", "number"]
Mode = Literal["all", "most", "some"]
Has = Literal["all", "some", "meaning"]
Facet = Literal["language", "topic", "source", "by", "year"]
PARTLY = "The index is being built again; until then only part of the archive is searched."
OUTDATED = "The index is being built again; until then the one before it answers."


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Articles by number of first publication that alone may be found; the name stands for them."""

    name: str
    numbers: NDArray[np.int64] = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is asked: a selection whose ``query`` is the text and whose rest are filters, an order, a part.

    ``sort`` is by relevance, by time (newest or oldest first), or by number of first publication, newest
    first, which is the order of feeds; ``below`` leaves out that number and all above it. ``exact`` takes
    every word literally. An empty query finds everything, newest first. ``among`` leaves only some articles.
    ``meaning`` adds to the best ones what says something like a whole sentence, in other words or another
    language. ``named`` has the ids of the sources and topics that values of the query are the names of, by
    field and value. Those ``aside`` are counted like all others, but not listed.
    """

    selection: Selection = field(default_factory=Selection)
    named: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    sort: Sort = "rel"
    offset: int = 0
    n: int = 20
    exact: bool = False
    facets: bool = False
    meaning: bool = False
    below: int | None = None
    among: Among | None = None
    aside: Among | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One answer; scores compare within one search only.

    ``through`` are the translations of words by which an article was found that does not have them as typed;
    ``by_meaning`` ones have neither. ``partly`` are those that have not all that was asked for in either.
    """

    id: str
    score: float
    through: tuple[str, ...] = ()
    by_meaning: bool = False
    partly: bool = False

    @property
    def has(self) -> Has:
        """What an article has of a query, for those who are to tell answers apart."""
        return "meaning" if self.by_meaning else "some" if self.partly else "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All answers: ``total`` have all that was asked for, ``more`` after them most of the words, or some.

    After them, among those with some of the words, come ``meant`` that have none and say the same.
    ``mode`` says which when there are such, and ``note`` says so, as it says all else about how the query
    was taken. ``also_searched`` are the Chinese words that Latin letters were read as, and the words of
    another region for what no article has, and translations. ``across`` counts the articles of the other
    language that are found by those, which are in no other count and stand among the others: the surest ones
    after every second of those that have the words as typed. ``facets`` count the ``total`` and, of those
    across, the ones that have all that was asked for. ``listed`` is how many there are in all parts together,
    and ``stories`` how many the ``total`` tells, where each is listed once. The same query on the same
    ``index`` and ``generation`` has the same answers.
    """

    total: int
    more: int = 0
    across: int = 0
    hits: tuple[Hit, ...] = ()
    facets: Mapping[Facet, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    read_as: str = ""
    also_searched: tuple[str, ...] = ()
    meant: int = 0
    listed: int = 0
    stories: int | None = None
    note: str | None = None
    mode: Mode = "all"
    index: str = ""
    generation: int = 0


class Index(Protocol):
    """A search index that follows the archive; one process writes, any number of threads and processes read.

    What is not there or cannot be read now raises IndexUnavailable; a query over a limit raises QueryError.
    """

    @property
    def checkpoint(self) -> int:
        """The last number of the change log that is in the index."""

    @property
    def note(self) -> str | None:
        """What every answer says while the index is being built again, PARTLY or OUTDATED; else None."""

    @property
    def generation(self) -> tuple[str, int, str | None]:
        """What answers depend on, for caches: the index, its newest generation, its note; costs two looks."""

    @property
    def state(self) -> object:
        """What answers with ``meaning`` depend on: the generation, and what sentences are compared with."""

    def apply(
        self,
        puts: Iterable[Article],
        removes: Iterable[str],
        checkpoint: int,
        *,
        chain: str = "",
        families: Mapping[str, str] | None = None,
        names: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """Add or replace articles and remove others, by id, in one commit together with the checkpoint.

        ``chain`` is the chain value at the checkpoint. ``families`` has the family of a source, by which its
        articles are found too, and ``names`` what a source is called, which may be typed in pinyin.
        """

    def search(self, search: Search) -> Results:
        """Answer a search, from the newest generation."""

    def numbers(self, search: Search, *, typed: bool = False) -> Sequence[int]:
        """The numbers of first publication of all answers that have all that was asked for, rising.

        ``typed`` leaves out those that have it in translation.
        """

    def every(self, search: Search) -> Iterator[str]:
        """The ids of the same answers in the order asked for, of one generation, read as they are taken."""

    def suggest(self, text: str) -> str | None:
        """The query with misspelt words put right from the index's own; None when there is nothing better."""

    def authors(self, text: str) -> tuple[tuple[str, int], ...]:
        """The authors whose name the text is or begins, with how many articles each has, most first."""

    def meanings(self, word: str) -> Collection[str]:
        """The Chinese words that an English one is likely to mean, by all that searches know."""

    def ids(self) -> tuple[str, ...]:
        """The ids of all articles in the index, in order."""

    def versions(self) -> dict[str, int]:
        """The change that each article in the index was taken at."""

    def check(self) -> list[str]:
        """A sentence for everything that is wrong with the index itself."""

    def refresh(self) -> bool:
        """See what was committed meanwhile; True when there is a new generation."""

    def close(self) -> None:
        """Give everything back; safe to call twice."""


def handed_over(articles: dict[str, Article]) -> Iterator[Article]:
    """Articles one by one, each taken out: those of a commit are forgotten before its files are written."""
    for id in [*articles]:
        yield articles.pop(id)


def open_index(path: Path, *, write: bool = False, meaning: Meaning | None = None) -> Index:
    """The index in a folder.

    For writing, it is made when missing and verified first, and Damaged is raised when it cannot be
    continued; the caller holds the lock. For reading it need not be there yet. ``meaning`` finds what says
    something like a sentence.
    """
    from index.whoosh_engine import WhooshIndex

    return WhooshIndex(path, write=write, meaning=meaning)
