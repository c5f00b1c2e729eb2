"""Searches narrowed by what the archive alone knows: only stories in both languages, each story once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from archive.database import Database
from archive.model import Selection
from archive.stories import Stories
from index import Among, Index, Results, Search


class Narrowed:
    """An index that knows which articles have another version; all else is the index's own."""

    def __init__(self, index: Index, database: Database) -> None:
        self._index = index
        self.stories = Stories(database)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def search(self, search: Search) -> Results:
        """See index.engine.Index."""
        return self._index.search(self._narrowed(search))

    def numbers(self, search: Search) -> Sequence[int]:
        """See index.engine.Index."""
        return self._index.numbers(self._narrowed(search))

    def every(self, search: Search) -> Iterator[str]:
        """See index.engine.Index."""
        return self._index.every(self._narrowed(search))

    def _narrowed(self, search: Search) -> Search:
        """The search with the articles that it is only about."""
        if not search.selection.paired or search.among:
            return search
        known = self.stories.known()
        among = Among(name=f"paired {known.seq}", numbers=np.array(known.paired, np.int64))
        return replace(search, among=among)

    def once(self, selection: Selection, *, exact: bool) -> tuple[Among, int]:
        """What is left of a search when each story is found once, and how many articles that leaves out."""
        known = self.stories.known()
        found = self.numbers(Search(selection=selection, exact=exact))
        chinese = any("\u3400" <= letter <= "\u9fff" for letter in selection.query)
        others = set(known.repeated(found, "zh" if chinese else "en"))
        kept = np.array([number for number in found if number not in others], np.int64)
        return Among(name=f"once {known.seq} {len(found)} {selection} {exact}", numbers=kept), len(others)


def narrowed(index: Index, database: Database) -> tuple[Index, Narrowed]:
    """An index that can be narrowed, and what does that; both are one, seen from two sides."""
    found = index if isinstance(index, Narrowed) else Narrowed(index, database)
    return cast(Index, found), found
