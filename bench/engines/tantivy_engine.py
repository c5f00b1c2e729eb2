"""tantivy as the peer, where it is installed: a library in Rust, fed the tokens that our index is fed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from bench.engines.question import COMMIT, FIRST, Found, Peer, Question, read
from bench.store import Document

HEAP = 256_000_000


def named() -> str:
    """The package and its version."""
    try:
        return f"tantivy {version('tantivy')}"
    except PackageNotFoundError:
        return "tantivy"


class Tantivy(Peer):
    """Terms and words with positions, cut at spaces; one thread, committed as ours is."""

    name = named()
    follows = True

    def why_not(self, question: Question | None = None) -> str:
        """Without the package it cannot be asked."""
        return "" if find_spec("tantivy") else "is not installed"

    @cached_property
    def _library(self) -> Any:
        import tantivy

        return tantivy

    @cached_property
    def _schema(self) -> Any:
        made = self._library.SchemaBuilder()
        made.add_integer_field("number", stored=True, fast=True)
        for name in ("body", "title", "words"):
            made.add_text_field(name, tokenizer_name="spaces")
        for name in ("language", "topics"):
            made.add_text_field(name, tokenizer_name="raw")
        made.add_integer_field("day", indexed=True, fast=True)
        return made.build()

    @cached_property
    def _index(self) -> Any:
        self._folder.mkdir(parents=True, exist_ok=True)
        library = self._library
        index = library.Index(self._schema, str(self._folder))
        spaces = library.TextAnalyzerBuilder(library.Tokenizer.whitespace()).build()
        index.register_tokenizer("spaces", spaces)
        return index

    def add(self, documents: Sequence[Document]) -> None:
        """Index documents, in a commit whenever there are enough."""
        if self._writer is None:
            self._writer = self._index.writer(HEAP, 1)
        for each in documents:
            self._writer.add_document(
                self._library.Document(
                    number=each.number,
                    body=each.body,
                    title=each.title,
                    words=each.words,
                    language=each.article.language,
                    topics=list(each.article.topics),
                    day=each.article.day.toordinal() if each.article.day else 0,
                )
            )
        self._waiting += len(documents)
        if self._waiting >= COMMIT:
            self._writer.commit()
            self._waiting = 0

    def finish(self) -> None:
        """Commit what is left, and wait until segments are merged."""
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
        self._writer = None

    def open(self) -> None:
        """Open what has been built for searching."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def forget(self, *, postings: bool) -> None:
        """It keeps no posting lists; it reads the mapped files."""

    def find(self, question: Question) -> Found:
        """The exact total and the first ten, in one call."""
        order = {"order_by_field": "day"} if question.newest else {}
        found = self._searcher.search(self._query(question), FIRST, count=True, **order)
        numbers = tuple(self._searcher.doc(address)["number"][0] for _, address in found.hits)
        return Found(total=found.count, numbers=numbers)

    def _query(self, question: Question) -> Any:
        library, schema = self._library, self._schema
        query, must = library.Query, library.Occur.Must
        asked = read(question.typed)
        if asked.phrase:
            parts = [query.phrase_query(schema, asked.field, list(asked.terms))]
        else:
            parts = [query.term_query(schema, asked.field, term) for term in asked.terms]
        filters = [
            query.term_query(schema, field, value)
            for field, value in (("language", question.language), ("topics", question.topic))
            if value
        ]
        if question.since:
            first = question.since.toordinal()
            kind = library.FieldType.Integer
            filters.append(query.range_query(schema, "day", kind, first, 4_000_000))
        parts += [query.const_score_query(each, 0.0) for each in filters]
        return parts[0] if len(parts) == 1 else query.boolean_query([(must, part) for part in parts])

    def close(self) -> None:
        """Give the files back."""
        self._searcher = None
