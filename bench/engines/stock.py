"""Whoosh as it comes: its own searcher on the very files that our index has written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.engines.question import FIRST, Found, Question, read, snippets
from bench.store import Document


class Stock:
    """Terms in a tree of And, ranked by BM25F as it comes; it builds nothing."""

    name = "stock Whoosh"
    builds, fed_tokens, follows = False, False, False
    show = staticmethod(snippets)

    def __init__(self, folder: Path) -> None:
        self._folder = folder.with_name("ours")
        self._searcher: Any = None
        self._numbers: Any = None

    def why_not(self, question: Question | None = None) -> str:
        """Our files have no positions, which its phrases need, and no terms of days, as its ranges do."""
        if question is None:
            return ""
        return "no positions" if question.typed.startswith('"') else "no days" if question.since else ""

    def add(self, documents: Sequence[Document]) -> None:
        """Ours has written them."""

    def finish(self) -> None:
        """Ours has committed them."""

    def open(self) -> None:
        """Open what has been built for searching; one searcher is kept, as few users of it do."""
        from whoosh.index import open_dir

        self._searcher = open_dir(str(self._folder)).searcher()
        self._numbers = self._searcher.reader().column_reader("number")

    def forget(self, *, postings: bool) -> None:
        """It keeps no posting lists."""

    def find(self, question: Question) -> Found:
        """The exact total and the first ten."""
        from whoosh.query import And, Term

        asked = read(question.typed)
        terms = [Term(asked.field, term) for term in asked.terms]
        filters = [
            Term(field, value)
            for field, value in (("language", question.language), ("topics", question.topic))
            if value
        ]
        found = self._searcher.search(
            And(terms) if len(terms) > 1 else terms[0],
            limit=FIRST,
            filter=And(filters) if filters else None,
            sortedby="sorted" if question.newest else None,
            reverse=question.newest,
        )
        numbers = tuple(int(self._numbers[found.docnum(place)]) for place in range(found.scored_length()))
        return Found(total=len(found), numbers=numbers)

    def close(self) -> None:
        """Give the files back."""
        if self._searcher is not None:
            self._searcher.close()
