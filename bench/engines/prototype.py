"""The prototype that our writer replaced, where it is there: document by document into Whoosh's files."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from bench.corpus import ROOT
from bench.engines.question import COMMIT, FIRST, Found, Peer, Question, read
from bench.store import Document

PLACE = ROOT.parent / "shared" / "prototypes" / "search"
TEXTS = ("body", "title", "words")


class Prototype(Peer):
    """Its own writer and its own searcher of arrays, without merging."""

    name = "prototype"
    follows = False

    def why_not(self, question: Question | None = None) -> str:
        """It has no positions, and its filters are masks that somebody must make."""
        if not (PLACE / "fastwhoosh.py").exists():
            return "is not there"
        if question is None:
            return ""
        filtered = question.language or question.topic or question.since
        return "no phrases, no filters" if filtered or question.typed.startswith('"') else ""

    @cached_property
    def _library(self) -> Any:
        sys.path.append(str(PLACE))
        return importlib.import_module("fastwhoosh")

    @cached_property
    def _index(self) -> Any:
        from whoosh import fields, index

        if index.exists_in(str(self._folder)):
            return index.open_dir(str(self._folder))
        self._folder.mkdir(parents=True, exist_ok=True)
        texts = {name: self._library.FastText("") for name in TEXTS}
        schema = fields.Schema(
            **texts,
            id=fields.ID(),
            language=fields.ID(),
            topics=fields.KEYWORD(),
            number=fields.NUMERIC(sortable=True, signed=False),
            day=fields.NUMERIC(sortable=True, signed=False),
        )
        return index.create_in(str(self._folder), schema)

    def add(self, documents: Sequence[Document]) -> None:
        """Index documents, in a commit whenever there are enough."""
        if self._writer is None:
            self._writer = self._library.FastWriter(self._index)
        for each in documents:
            self._writer.add_fast(
                {name: getattr(each, name).split(" ") for name in TEXTS},
                id=each.article.id,
                language=each.article.language,
                topics=" ".join(each.article.topics),
                number=each.number,
                day=each.article.day.toordinal() if each.article.day else 0,
            )
        self._waiting += len(documents)
        if self._waiting >= COMMIT:
            self.finish()

    def finish(self) -> None:
        """Commit what is left."""
        if self._writer is not None:
            self._writer.commit(merge=False)
        self._writer, self._waiting = None, 0

    def open(self) -> None:
        """Open what has been built for searching."""
        self._searcher = self._library.VecSearcher(self._index, ["body"], ("number", "day"))

    def forget(self, *, postings: bool) -> None:
        """Keep no posting list, where that is said; it keeps no answers."""
        if postings:
            self._searcher.cache.clear()

    def find(self, question: Question) -> Found:
        """The exact total and the first ten."""
        asked = read(question.typed)
        groups = [(asked.field, term) for term in asked.terms]
        found, total = self._searcher.search_and(groups, FIRST, sort="day" if question.newest else None)
        return Found(total=int(total), numbers=tuple(self._searcher.col["number"][found].tolist()))

    def close(self) -> None:
        """Give the files back."""
        self._searcher = None
