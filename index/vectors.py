"""The files of the index read as arrays: a posting list, a column, the texts. A gate to Whoosh's format.

Whoosh's own matchers walk posting by posting in Python; an array at a time is many times faster and gives
exact totals, counts and orders for nothing.
"""

from __future__ import annotations

import mmap
import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage

from index.manifest import Manifest
from index.schema import BYTES, NUMBERS
from index.terms import NO_POSTINGS, Ids, Numbers, Postings, Terms, Weights, encoded
from index.vocabulary import Vocabulary

Mask = NDArray[np.bool_]
# Bytes of arrays kept by a snapshot.
MOST_KEPT = 32_000_000
# How pages of a mapped file that never changes are given back, where the system can.
FORGET: int | None = getattr(mmap, "MADV_DONTNEED", None)


@dataclass(frozen=True, slots=True)
class Keywords:
    """A keyword field of a segment: its terms, and each document with the place of its term."""

    terms: list[str]
    docs: Ids
    codes: NDArray[np.int32]


class Segment:
    """One segment; it never changes, so it is opened once. What is deleted in it, the snapshot knows."""

    def __init__(self, storage: FileStorage, segment: W3Segment) -> None:
        self.name: str = segment.segment_id()
        self.size: int = segment.doc_count_all()
        self._keywords: dict[str, Keywords] = {}
        whole = segment.make_filename(segment.COMPOUND_EXT)
        with (Path(storage.folder) / whole).open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with closing(storage.open_file(whole)) as stream:
            files = CompoundStorage(stream, use_mmap=False)
            places = {name.removeprefix(f"{self.name}."): files.range(name) for name in files.list()}
        self.terms = Terms(self._map, places[W3Codec.TERMS_EXT[1:]], places[W3Codec.POSTS_EXT[1:]])
        suffix = W3Codec.COLUMN_EXT
        self._columns = {name.removesuffix(suffix): place for name, place in places.items() if suffix in name}
        self._starts = {name: self._offsets(name) for name in BYTES}

    def numbers(self, name: str) -> NDArray[np.int64]:
        """A column of numbers."""
        values = np.zeros(self.size, np.int64)
        if name in self._columns:  # a column of nothing but zeros is not stored, and zeros at the end are not
            start, length = self._columns[name]
            stored = np.frombuffer(self._map[start : start + length], f">{NUMBERS[name]}")
            values[: len(stored)] = stored
        return values

    def text(self, name: str, doc: int) -> bytes:
        """A document's value in a column of bytes."""
        starts = self._starts[name]
        return self._map[starts[doc] : starts[doc + 1]]

    def every_text(self, name: str, alive: Mask) -> tuple[bytes, NDArray[np.int64]]:
        """A column of bytes of the documents that live, one value after the other, and their sizes."""
        starts = np.array(self._starts[name], np.int64)
        sizes = np.diff(starts)[alive]
        if alive.all():
            return self._map[starts[0] : starts[-1]], sizes
        spans = zip(starts[:-1][alive].tolist(), starts[1:][alive].tolist(), strict=True)
        return b"".join(self._map[start:end] for start, end in spans), sizes

    def contains(self, needle: bytes, docs: Sequence[int], column: str, *, title: bool) -> list[bool]:
        """Which documents have these bytes in a column of texts, or in its first line, the title's."""
        find, starts = self._map.find, self._starts[column]
        spans = ((starts[doc], starts[doc + 1]) for doc in docs)
        if title:
            spans = ((start, find(b"\n", start, end)) for start, end in spans)
        return [find(needle, start, end) >= 0 for start, end in spans]

    def beginning(self, doc: int, size: int) -> str:
        """The first characters of a document's normal text, from so many bytes; its title stands before."""
        start, end = self._starts["text"][doc], self._starts["text"][doc + 1]
        return self._map[start : min(end, start + size)].decode("utf-8", "ignore")

    def postings(self, field: str, term: str) -> Postings:
        """The documents that have a term, and how often."""
        found = self.terms.find(field, encoded(term))
        return self.terms.postings(found) if found else NO_POSTINGS

    def terms_from(self, field: str, prefix: str, limit: int | None = None) -> list[str]:
        """The terms of a field that begin so, in order, up to a limit."""
        return [term.text.decode() for term in self.terms.beginning(field, encoded(prefix), limit)]

    def lists_from(self, field: str, prefix: str) -> tuple[Numbers, Numbers]:
        """How many documents have each term that begins so, and where its list stands."""
        sizes, starts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for _, some, where in self.terms.every(field, encoded(prefix)):
            sizes.append(some)
            starts.append(where)
        return np.concatenate(sizes), np.concatenate(starts)

    def keywords(self, field: str) -> Keywords:
        """All of a keyword field at once, for counting."""
        if field not in self._keywords:
            terms = self.terms.beginning(field, b"")
            docs = [self.terms.postings(term)[0] for term in terms]
            codes = [np.full(len(ids), code, np.int32) for code, ids in enumerate(docs)]
            empty = NO_POSTINGS[0]
            names = [term.text.decode() for term in terms]
            self._keywords[field] = Keywords(
                names, np.concatenate([empty, *docs]), np.concatenate([empty, *codes])
            )
        return self._keywords[field]

    def let_go(self) -> None:
        """Count no longer as memory of this process what was read; whoever reads on has it at once again."""
        if FORGET is not None:
            self._map.madvise(FORGET)

    def _offsets(self, name: str) -> array[int]:
        """Where each document's bytes start in the file; the last is where they end.

        Lengths stand at the end of the column, before their type code; with many documents also offsets,
        which we do not need.
        """
        start, length = self._columns[name]
        end = start + length - 1
        code = chr(self._map[end])
        if code == "X":
            offsets, code = chr(self._map[end - 1]), chr(self._map[end - 2])
            end -= 2 + np.dtype(f">{offsets}").itemsize * self.size
        kind = np.dtype(f">{code}")
        lengths = np.frombuffer(self._map[end - kind.itemsize * self.size : end], kind)
        ends = start + np.cumsum(lengths, dtype=np.int64)
        return array("q", [start, *ends.tolist()])  # a quarter of what a list takes


def size_of(arrays: tuple[Any, ...]) -> int:
    """About how many bytes some arrays take."""
    return sum((int(array.nbytes) for array in arrays), 256)


class Snapshot:
    """One generation of the index as one range of documents, safe for many threads. Nothing in it changes."""

    def __init__(
        self, manifest: Manifest, segments: Sequence[Segment], deleted: Sequence[Sequence[int]]
    ) -> None:
        self.manifest = manifest
        self.segments = segments
        self.bases = np.cumsum([0, *(segment.size for segment in segments)]).tolist()
        self.size: int = self.bases[-1]
        self.alive: Mask = np.ones(self.size, np.bool_)
        for base, gone in zip(self.bases, deleted, strict=False):
            self.alive[np.array(gone, np.int64) + base] = False
        self._numbers: dict[str, NDArray[np.int64]] = {}
        self.whole = bool(self.alive.all())
        self._kept: OrderedDict[Hashable, tuple[Any, ...]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self.vocabulary = Vocabulary([segment.terms for segment in segments])
        self.texts_read = 0  # since what was read was given back last

    def numbers(self, name: str) -> NDArray[np.int64]:
        """A column of numbers over all segments."""
        if name not in self._numbers:
            parts = [segment.numbers(name) for segment in self.segments]
            self._numbers[name] = np.concatenate([np.empty(0, np.int64), *parts])
        return self._numbers[name]

    @cached_property
    def lengths(self) -> Weights:
        """How long each document is, as a part of the average."""
        lengths = self.numbers("length").astype(np.float32)
        return lengths / max(np.float32(1), lengths.mean()) if len(lengths) else lengths

    @cached_property
    def authors(self) -> frozenset[str]:
        """All names of authors, as written."""
        return frozenset(name for segment in self.segments for name in segment.keywords("by").terms)

    def postings(self, field: str, term: str) -> Postings:
        """The documents that have a term, and how often."""
        ids, weights = self.kept((field, term), lambda: self._postings(field, term))
        return ids, weights

    def _postings(self, field: str, term: str) -> Postings:
        found = self.vocabulary.term(field, term)
        ids, weights = np.empty(found.frequency, np.int32), np.empty(found.frequency, np.float32)
        end = 0
        for place, part in found.parts:
            start, end = end, end + part.frequency
            self.segments[place].terms.read(part, ids[start:end], weights[start:end])
            ids[start:end] += self.bases[place]
        return ids, weights

    def kept(self, key: Hashable, make: Callable[[], tuple[Any, ...]]) -> tuple[Any, ...]:
        """Arrays made of this generation for some purpose; those that are asked for stay."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = found
                self._bytes += size_of(found)
            while self._bytes > MOST_KEPT:
                self._bytes -= size_of(self._kept.popitem(last=False)[1])
        return found

    def frequency(self, field: str, term: str) -> int:
        """How many documents have a term, deleted ones included."""
        return self.vocabulary.term(field, term).frequency

    def terms_from(self, field: str, prefix: str, limit: int) -> list[str]:
        """Terms of a field that begin so; the walk ends after ``limit`` in each segment."""
        return sorted(
            {term for segment in self.segments for term in segment.terms_from(field, prefix, limit)}
        )

    def documents_from(self, field: str, prefix: str, most: int) -> Ids | None:
        """The documents with any term that begins so; None when so many lists have more entries than that."""

        def made() -> tuple[Ids]:
            mask = np.zeros(self.size, np.bool_)
            for segment, base, (sizes, starts) in zip(self.segments, self.bases, lists, strict=False):
                for docs in segment.terms.documents(starts, sizes):
                    mask[docs + base] = True
            return (np.flatnonzero(mask).astype(np.int32),)

        lists = [segment.lists_from(field, prefix) for segment in self.segments]
        if sum(int(sizes.sum()) for sizes, _ in lists) > most:
            return None
        ids: Ids = self.kept(("from", field, prefix), made)[0]
        return ids

    def contains(self, needle: str, ids: Ids, column: str = "text", *, title: bool = False) -> Mask:
        """Which of these documents, in rising order, have a piece of normal text, or of another column."""
        self.texts_read += len(ids)
        sought = encoded(needle)
        edges = np.searchsorted(ids, self.bases)
        found: list[bool] = []
        for place, segment in enumerate(self.segments):
            docs = (ids[edges[place] : edges[place + 1]] - self.bases[place]).tolist()
            found += segment.contains(sought, docs, column, title=title)
        return np.array(found, np.bool_)

    def signs(self, ids: Sequence[int], *, title: bool) -> list[str]:
        """The words with signs or accents of documents, or of their titles alone."""
        self.texts_read += len(ids)
        texts = [segment.text("signs", doc).decode() for segment, doc in self.placed(ids)]
        return [text.partition("\n")[0] for text in texts] if title else texts

    def let_go(self) -> None:
        """Give back what was read of the files; the system keeps it for as long as it has room."""
        self.texts_read = 0
        for segment in self.segments:
            segment.let_go()

    def keys(self, ids: Sequence[int]) -> list[str]:
        """The article ids of documents."""
        return [segment.text("key", doc).decode() for segment, doc in self.placed(ids)]

    def beginnings(self, ids: Sequence[int], size: int) -> list[str]:
        """The first characters of the normal texts of documents, from so many bytes of each."""
        self.texts_read += len(ids)
        return [segment.beginning(doc, size) for segment, doc in self.placed(ids)]

    def placed(self, ids: Sequence[int]) -> Iterator[tuple[Segment, int]]:
        """The segment of each document, and its number there."""
        for doc, place in zip(ids, np.searchsorted(self.bases, ids, side="right") - 1, strict=True):
            yield self.segments[place], doc - self.bases[place]

    def mask(self, ids: Ids) -> Mask:
        """Documents by number as a mask over all."""
        return mask_of(ids, self.size)


def mask_of(ids: Ids, size: int) -> Mask:
    """Documents by number as a mask over so many."""
    mask = np.zeros(size, np.bool_)
    mask[ids.astype(np.intp)] = True  # three times faster than with the numbers as they are
    return mask
