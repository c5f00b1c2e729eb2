"""Whoosh's writer, with postings gathered in arrays and written a list at a time. A gate to Whoosh's format.

The files are those its own writer makes; only the way there is shorter, since that one handles every posting
as a tuple of its own.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pickle import dumps
from typing import Any, TypeAlias

import numpy as np
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3TermInfo
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from index.schema import BLOCK, codec, writing_schema
from index.vectors import posting_list

INT = struct.Struct("!i")
FIELD = struct.Struct("!H")
Postings: TypeAlias = "tuple[array[int], array[float]]"


class FastWriter(SegmentWriter):  # type: ignore[misc]
    """Adds documents, and other segments' documents, to one new segment."""

    def __init__(self, folder: str) -> None:
        super().__init__(FileIndex(FileStorage(folder)), codec=codec())
        self.schema = writing_schema()
        self.pool = Pool()

    def add_postings_to_pool(self, reader: Any, startdoc: int, docmap: dict[int, int] | None) -> None:
        """Take over another segment's postings under new document numbers, without its deleted documents."""
        numbers = np.arange(reader.doc_count_all()) + startdoc
        if docmap is not None:
            numbers[:] = -1
            numbers[list(docmap)] = list(docmap.values())
        for field in sorted(reader.indexed_field_names()):
            for term in list(reader.lexicon(field)):
                ids, weights = posting_list(reader.postings(field, term))
                kept = numbers[ids] >= 0
                docs, counts = self.pool.postings(field, term)
                docs.extend(numbers[ids][kept].tolist())
                counts.extend(weights[kept].tolist())

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        for field, terms in self.pool.sorted():
            self.fieldwriter.start_field(field, self.schema[field])
            for term, (docs, weights) in terms:
                if docs:
                    self._write(term, docs, weights)
            self.fieldwriter.finish_field()
        self.fieldwriter.close()

    def _write(self, term: bytes, docs: array[int], weights: array[float]) -> None:
        """One posting list in blocks: count, last document and greatest weight, then gaps and weights."""
        file = self.fieldwriter._postfile
        offset = file.tell()
        file.write(WHOOSH3_HEADER_MAGIC)
        for start in range(0, len(docs), BLOCK):
            ids, counts = docs[start : start + BLOCK], weights[start : start + BLOCK]
            greatest = max(counts)
            gaps = (ids[0], *(other - one for one, other in pairwise(ids)))
            equal = greatest == min(counts)
            each = (None if greatest == 1.0 else greatest) if equal else tuple(counts)
            head = dumps((len(ids), ids[-1], greatest, 0, 0, 0), 2)
            data = dumps((gaps, each, None), 2)
            size = len(head) + len(data)
            file.write(INT.pack(size if start + BLOCK < len(docs) else -size) + head + data)
        entry = W3TermInfo(sum(weights), len(docs), None, 0, max(weights), docs[0], docs[-1])
        entry.set_extent(offset, file.tell() - offset)
        self.fieldwriter._tindex.add(FIELD.pack(self.fieldwriter._fieldid) + term, entry.to_bytes())


class Pool:
    """Postings of the segment being written, by field and term; documents come in rising order."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[bytes, Postings]] = {}

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """One posting, as Whoosh's writer adds it."""
        field, term, doc, weight, _ = item
        docs, weights = self.postings(field, term)
        docs.append(doc)
        weights.append(weight)

    def postings(self, field: str, term: bytes) -> Postings:
        """The documents and weights of a term so far, to be added to."""
        terms = self._fields.setdefault(field, {})
        found = terms.get(term)
        if found is None:
            found = terms[term] = (array("I"), array("f"))
        return found

    def sorted(self) -> Iterator[tuple[str, list[tuple[bytes, Postings]]]]:
        """All fields and their terms in the order of the files."""
        for field in sorted(self._fields):
            yield field, sorted(self._fields[field].items())

    def cleanup(self) -> None:
        """Forget everything."""
        self._fields.clear()
