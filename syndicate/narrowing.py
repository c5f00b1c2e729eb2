"""Searches with what the archive alone knows: which stories are told in both languages, what names mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from archive.database import Database
from archive.model import Selection, Topic
from archive.stories import Stories
from index import Among, Index, Results, Search, keywords, parse_query
from syndicate.called import Names, Unknown, has_fields, sentence, unknown


class Narrowed:
    """An index that knows which articles have another version, and what topics and sources are called."""

    def __init__(self, index: Index, database: Database, topics: Sequence[Topic]) -> None:
        self._index = index
        self.stories = Stories(database)
        self.names = Names(database, topics)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def search(self, search: Search) -> Results:
        """See index.engine.Index. Where stories are asked for, each is listed once and they are counted."""
        found = self._listed(self._narrowed(search))
        nameless = [sentence(each) for each in self.unknown(search.selection)]
        return replace(found, note=" ".join([*filter(None, [found.note]), *nameless])) if nameless else found

    def unknown(self, selection: Selection) -> list[Unknown]:
        """What a selection states that is the name of nothing."""
        return unknown(self.names, self._index, selection)

    def numbers(self, search: Search, *, typed: bool = False) -> Sequence[int]:
        """See index.engine.Index."""
        return self._index.numbers(self._narrowed(search), typed=typed)

    def every(self, search: Search) -> Iterator[str]:
        """See index.engine.Index."""
        return self._index.every(self._narrowed(search))

    def _narrowed(self, search: Search) -> Search:
        """The search with the articles that it is only about, and the ids of what its query names."""
        search = replace(search, named=self._named(search.selection.query))
        if not search.selection.paired or search.among:
            return search
        known = self.stories.known()
        among = Among(name=f"paired {known.seq}", numbers=np.array(known.paired, np.int64))
        return replace(search, among=among)

    def _named(self, query: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """The ids of the topics and sources that fields of a query name."""
        if not has_fields(query):
            return ()
        asked = {(each.name, each.value) for each in keywords(parse_query(query))}
        found = ((*each, self.names.ids(*each)) for each in sorted(asked))
        return tuple(each for each in found if each[2])

    def _listed(self, search: Search) -> Results:
        """What a search finds, each story once where stories are asked for."""
        if search.selection.language != "both":
            return self._index.search(search)
        aside, stories = self._told_once(search)
        return replace(self._index.search(replace(search, aside=aside)), stories=stories)

    def _told_once(self, search: Search) -> tuple[Among, int]:
        """What is not listed where each story is, and how many stories tell what has the words as typed.

        A story is listed by an article that has the words as typed, in their language where one does. The
        rest of it is set aside, what has only some of the words too.
        """
        known, selection = self.stories.known(), search.selection
        found, typed = (np.asarray(self._index.numbers(search, typed=each)) for each in (False, True))
        several = np.fromiter(known.by_number, np.int64, len(known.by_number))
        first = set(typed[np.isin(typed, several)].tolist())
        language = "zh" if any("\u3400" <= letter <= "\u9fff" for letter in selection.query) else "en"
        tellers = {*known.tellers(found[np.isin(found, several)].tolist(), language, first).values()}
        others = {each.number for number in tellers for each in known.by_number[number]} - tellers
        name = f"aside {known.seq} {len(found)} {selection} {search.exact}"
        aside = Among(name=name, numbers=np.array(sorted(others), np.int64))
        return aside, len(typed) - known.repeated(first)


def narrowed(index: Index, database: Database, topics: Sequence[Topic]) -> tuple[Index, Narrowed]:
    """An index that can be narrowed, and what does that; both are one, seen from two sides."""
    found = index if isinstance(index, Narrowed) else Narrowed(index, database, topics)
    return cast(Index, found), found
