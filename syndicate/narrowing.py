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
        """See index.engine.Index."""
        found = self._index.search(self._narrowed(search))
        nameless = [sentence(each) for each in self.unknown(search.selection)]
        return replace(found, note=" ".join([*filter(None, [found.note]), *nameless])) if nameless else found

    def unknown(self, selection: Selection) -> list[Unknown]:
        """What a selection states that is the name of nothing."""
        return unknown(self.names, self._index, selection)

    def numbers(self, search: Search) -> Sequence[int]:
        """See index.engine.Index."""
        return self._index.numbers(self._narrowed(search))

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

    def once(self, selection: Selection, *, exact: bool) -> tuple[Among, int]:
        """What is left of a search when each story is found once, and how many articles that leaves out."""
        known = self.stories.known()
        found = self.numbers(Search(selection=selection, exact=exact))
        chinese = any("\u3400" <= letter <= "\u9fff" for letter in selection.query)
        others = set(known.repeated(found, "zh" if chinese else "en"))
        kept = np.array([number for number in found if number not in others], np.int64)
        return Among(name=f"once {known.seq} {len(found)} {selection} {exact}", numbers=kept), len(others)


def narrowed(index: Index, database: Database, topics: Sequence[Topic]) -> tuple[Index, Narrowed]:
    """An index that can be narrowed, and what does that; both are one, seen from two sides."""
    found = index if isinstance(index, Narrowed) else Narrowed(index, database, topics)
    return cast(Index, found), found
