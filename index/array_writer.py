"""Whoosh's writer, with everything done for many documents at once. A gate to Whoosh's format.

The files are those its own writer makes; only the way there is shorter, since that one handles every posting
and every number by itself. Segments are merged in the same way: their posting lists are read as arrays.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from archive.model import Article
from index import literal
from index.alphabet import codes_of
from index.analysis import GRAM
from index.aside import Aside
from index.batch import MOST_TOGETHER, Keys, Numbers, Vocabulary, cut_together, gram_codes, word_codes
from index.merging import Old, in_order, joined
from index.naming import Names, NamesOfKeywords, NamesOfWords
from index.posting_files import FieldFiles, Lists
from index.schema import BYTES, KEYWORDS, NUMBERS, TERMS, keywords, numbers, stored_schema
from index.vectors import Mask, Segment

# Characters cut at once: enough to be fast, little enough to stay in the processor's cache.
AT_ONCE = 150_000
# A key has sixteen bits for the document.
MOST_DOCUMENTS = 1 << 16
# Beyond this a vocabulary is begun anew, so that a process that writes for months does not grow.
MOST_WORDS = 400_000


@dataclass(frozen=True, slots=True)
class Taken:
    """A segment whose living documents are taken over, with the number that each gets; -1 for the dead."""

    segment: Segment
    alive: Mask
    new: Numbers


class ArrayCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec with our way of writing; to whoever reads the files it is Whoosh's own."""

    def field_writer(self, storage: Any, segment: Any) -> FieldFiles:
        return FieldFiles(self, storage, segment)

    def __reduce__(self) -> tuple[type[W3Codec], tuple[()]]:
        return W3Codec, ()


class Columns:
    """The columns of the segment being written: numbers, and bytes with their sizes."""

    def __init__(self, aside: Aside) -> None:
        self._aside = aside
        self.numbers: defaultdict[str, list[Numbers]] = defaultdict(list)
        self.sizes: defaultdict[str, list[Numbers]] = defaultdict(list)

    def add(self, name: str, values: Sequence[int] | Numbers) -> None:
        """Numbers of the next documents."""
        self.numbers[name].append(np.asarray(values, np.int64))

    def add_bytes(self, name: str, joined: bytes, sizes: Numbers) -> None:
        """Bytes of the next documents, one after the other."""
        self._aside.add(name, joined)
        self.sizes[name].append(sizes)

    def write(self, files: Any, documents: int, taken: Sequence[Taken]) -> None:
        """Write all columns by Whoosh's own writers, a column at a time, and what is taken over behind."""
        for name, code in NUMBERS.items():
            column = column_of(files, name)
            values = [*self.numbers[name], *(old.segment.numbers(name)[old.alive] for old in taken)]
            column._dbfile.write(np.concatenate(values).astype(f">{code}").tobytes())
            column._count = documents
        for name in BYTES:
            column = column_of(files, name)
            sizes = self.sizes[name]
            for piece in self._aside.pieces(name):
                column._dbfile.write(piece)
            self._aside.let_go()
            for old in taken:
                texts, of_each = old.segment.every_text(name, old.alive)
                column._dbfile.write(texts)
                sizes.append(of_each)
                old.segment.let_go()
            every = np.concatenate(sizes)
            column._lengths.array = array("I", every.astype(np.uint32).tobytes())
            column._offsets.array = array("I", (np.cumsum(every) - every).astype(np.uint32).tobytes())
            column._count = documents


def column_of(files: Any, name: str) -> Any:
    """Whoosh's writer of a column."""
    files._create_column(name, stored_schema()[name].column_type)
    return files._get_column(name)


class ArrayWriter(SegmentWriter):  # type: ignore[misc]
    """Adds articles, and other segments' documents, to one new segment."""

    vocabulary = Vocabulary()

    def __init__(self, folder: str) -> None:
        super().__init__(FileIndex(FileStorage(folder)), codec=ArrayCodec())
        if len(ArrayWriter.vocabulary) > MOST_WORDS:
            ArrayWriter.vocabulary = Vocabulary()
        self._aside = Aside(folder)
        self._taken: list[Taken] = []
        self._names = {name: Numbering() for name in KEYWORDS}
        self._columns = Columns(self._aside)

    def add(
        self,
        articles: Iterable[Article],
        families: Mapping[str, str],
        names: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Add articles; of each text no more than a batch is held twice."""
        for some in batches(articles):
            self._add(some, keywords(some, families, names))

    def _add(self, some: Sequence[Article], words: Mapping[str, list[tuple[str, ...]]]) -> None:
        first = self._next(len(some))
        batch = cut_together([(each.title, each.searched) for each in some], self.vocabulary, first)
        self._lay_aside("title", batch.title)
        self._lay_aside("body", batch.body)
        self._lay_aside("characters", batch.characters)
        self._lay_aside("words", batch.words)
        self._columns.add("length", batch.lengths)
        self._columns.add_bytes("text", batch.normal, batch.sizes)
        self._add_bytes("key", [each.id.encode() for each in some])
        self._add_bytes("signs", [literal.column(each.title, each.searched) for each in some])
        for name, values in numbers(some).items():
            self._columns.add(name, values)
        for name, each in words.items():
            codes = self._names[name].codes(chain.from_iterable(each))
            docs = np.repeat(np.arange(first, first + len(some)), list(map(len, each)))
            self._lay_aside(name, (codes << 16 | docs).view(np.uint64))

    def _add_bytes(self, name: str, values: Sequence[bytes]) -> None:
        self._columns.add_bytes(name, b"".join(values), np.array(list(map(len, values)), np.int64))

    def _lay_aside(self, name: str, keys: Keys) -> None:
        """Keep keys of a field, in their order, until the segment is written."""
        keys.sort(kind="stable")  # which takes no time where they are
        self._aside.add(name, keys.data)

    def take_over(self, segment: Segment, alive: Mask) -> None:
        """Add the documents of another segment that are not deleted."""
        kept = int(alive.sum())
        if not kept:
            return
        first = self._next(kept)
        self._taken.append(Taken(segment, alive, np.where(alive, np.cumsum(alive) - 1 + first, -1)))

    def _codes(self, name: str, terms: list[str]) -> Numbers:
        """The codes of terms of a field."""
        if name in KEYWORDS:
            return self._names[name].codes(terms)
        text = codes_of("\0".join([*terms, ""]))
        ends = np.flatnonzero(text == 0)
        starts = np.concatenate((np.zeros(1, np.int64), ends + 1))[:-1]
        marks = np.flatnonzero(text == ord(GRAM))
        grams = np.searchsorted(ends, marks)
        alone = np.ones(len(terms), np.bool_)
        alone[grams] = False
        codes = np.empty(len(terms), np.int64)
        codes[alone] = word_codes(text, starts[alone], (ends - starts)[alone], self.vocabulary)
        ones = word_codes(text, starts[grams], marks - starts[grams], self.vocabulary)
        twos = word_codes(text, marks + 1, ends[grams] - marks - 1, self.vocabulary)
        codes[grams] = gram_codes(ones, twos)
        return codes

    def _next(self, number: int) -> int:
        """Room for so many documents; the number of the first."""
        first = self.docnum
        if first + number > MOST_DOCUMENTS:
            raise OverflowError(f"a segment holds at most {MOST_DOCUMENTS:,} documents")
        self.docnum += number
        self._added = True
        return int(first)

    def _flush_segment(self) -> None:
        files = self.perdocwriter
        files._doccount = self.docnum
        self._columns.write(files, self.docnum, self._taken)
        files.close()
        for name in sorted((*TERMS, *KEYWORDS)):
            self._flush_field(name)
        self.fieldwriter.close()

    def _finish(self) -> None:
        self._aside.close()
        super()._finish()

    def _cleanup_on_error(self) -> None:
        self._aside.close()
        super()._cleanup_on_error()

    def _flush_field(self, name: str) -> None:
        """Write the terms and postings of a field, and forget them."""
        # Nothing here holds what is joined, so that it goes as soon as it is written.
        lists = joined(self._aside.keys(name), [self._old(name, taken) for taken in self._taken])
        self.fieldwriter.write_field(name, stored_schema()[name], self._let_go(lists), self._names_of(name))

    def _let_go(self, lists: Iterator[Lists]) -> Iterator[Lists]:
        """The same lists; what was read for each part of them is given back when it is written."""
        for part in lists:
            yield part
            self._aside.let_go()
            for taken in self._taken:
                taken.segment.let_go()

    def _old(self, name: str, taken: Taken) -> Old:
        """A field of a segment that is taken over."""
        parts = (
            (self._codes(name, terms), sizes.astype(np.uint32), starts)
            for terms, sizes, starts in taken.segment.terms.every(name)
        )
        old = in_order(taken.segment.terms, parts, taken.new)
        taken.segment.let_go()
        return old

    def _names_of(self, name: str) -> Names:
        """The terms of the codes of a field, when all of them are known."""
        return NamesOfKeywords(list(self._names[name])) if name in KEYWORDS else NamesOfWords(self.vocabulary)


class Numbering(dict[str, int]):
    """The terms of a keyword field, numbered as they come."""

    def __missing__(self, term: str) -> int:
        self[term] = len(self)
        return self[term]

    def codes(self, terms: Iterable[str]) -> Numbers:
        """The numbers of terms."""
        return np.fromiter(map(self.__getitem__, terms), np.int64)


def batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Articles in pieces of about so many characters."""
    some: list[Article] = []
    size = 0
    for article in articles:
        some.append(article)
        size += len(article.title) + len(article.text)
        if size >= AT_ONCE or len(some) == MOST_TOGETHER:
            yield some
            some, size = [], 0
    if some:
        yield some
