"""Our own index, as the product writes it and asks it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from archive.model import Article, Selection
from bench.engines.question import COMMIT, FIRST, Found, Question
from bench.store import Document, Text
from index import Search, open_index, parse_query, snippet
from index.answers import Answers
from index.follow import MOST_CHARACTERS
from index.whoosh_engine import WhooshIndex
from syndicate.pages import SNIPPET


class Ours:
    """An index in a folder, with commits as large as it has when it follows the archive."""

    name = "ours"
    builds, fed_tokens, follows = True, False, True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._puts: list[Article] = []
        self._characters = 0
        self._taken = 0
        self._index: WhooshIndex | None = None

    def why_not(self, question: Question | None = None) -> str:
        """Nothing keeps it from answering."""
        return ""

    def add(self, documents: Sequence[Document]) -> None:
        """Index documents, in a commit whenever there are enough."""
        for document in documents:
            self._puts.append(document.article)
            self._characters += len(document.article.title) + len(document.article.text)
            if len(self._puts) >= COMMIT or self._characters >= MOST_CHARACTERS:
                self.finish()

    def finish(self) -> None:
        """Commit what is left."""
        if self._puts:
            self._taken += len(self._puts)
            self._opened(write=True).apply(self._puts, [], self._taken)
        self._puts, self._characters = [], 0

    def open(self) -> None:
        """Open what has been built for searching."""
        self._opened().refresh()

    def forget(self, *, postings: bool) -> None:
        """Keep no answer, and where it is said no posting list that has been decoded."""
        index = self._opened()
        index._answers = (None, Answers())
        snapshot = index._current()
        if postings:
            snapshot._kept.clear()
            snapshot._bytes = 0

    def find(self, question: Question) -> Found:
        """The exact total and the first ten."""
        selection = Selection(
            query=question.typed,
            language=question.language,
            topics=(question.topic,) if question.topic else (),
            since=question.since,
        )
        search = Search(selection=selection, sort="new" if question.newest else "rel", n=FIRST)
        results = self._opened().search(search)
        return Found(total=results.total, numbers=tuple(int(hit.id, 16) for hit in results.hits))

    @staticmethod
    def show(texts: Sequence[Text], typed: str) -> None:
        """Snippets as the page of results has them."""
        node = parse_query(typed)
        for text in texts:
            snippet(text.text, node, length=SNIPPET // 2 if text.language == "zh" else SNIPPET)

    def close(self) -> None:
        """Give the files back."""
        if self._index:
            self._index.close()

    def _opened(self, *, write: bool = False) -> WhooshIndex:
        if self._index is None:
            index = open_index(self._folder, write=write)
            if not isinstance(index, WhooshIndex):
                raise TypeError(f"{self._folder}: {type(index)} keeps posting lists in a way not known here")
            self._index = index
        return self._index
