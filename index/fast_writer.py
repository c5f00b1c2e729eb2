"""Whoosh's writer, with postings gathered in arrays and written a list at a time. A gate to Whoosh's format.

The files are those its own writer makes; only the way there is shorter, since that one handles every posting
as a tuple of its own and every number as a write of its own.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pickle import dumps
from typing import Any, TypeAlias

from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from index.schema import BLOCK, codec, writing_schema
from index.terms import ENTRY, FIELD, INT, LENGTHS, hash_of
from index.vectors import Segment

Listed: TypeAlias = "tuple[array[int], array[float]]"
# Bytes are handed to the files in pieces of about so many terms.
GATHERED = 5000


class FastWriter(SegmentWriter):  # type: ignore[misc]
    """Adds documents, and other segments' documents, to one new segment."""

    def __init__(self, folder: str) -> None:
        super().__init__(FileIndex(FileStorage(folder)), codec=codec())
        self.schema = writing_schema()
        self.pool = Pool()

    def add_postings_to_pool(self, reader: Any, startdoc: int, docmap: dict[int, int] | None) -> None:
        """Take over another segment's postings under new document numbers, without its deleted documents."""
        size = reader.doc_count_all()
        numbers = (
            range(startdoc, startdoc + size)
            if docmap is None
            else [docmap.get(doc, -1) for doc in range(size)]
        )
        terms = Segment(self.storage, reader.segment()).terms
        for term in terms:
            for gaps, each in terms.blocks(term):
                new = [numbers[doc] for doc in accumulate(gaps)]
                counts = each if isinstance(each, tuple) else (each,) * len(new)
                if docmap is not None:
                    counts = tuple(count for doc, count in zip(new, counts, strict=True) if doc >= 0)
                    new = [doc for doc in new if doc >= 0]
                if new:
                    docs, weights = self.pool.listed(term.field, term.text)
                    docs.extend(new)
                    weights.extend(counts)

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        for field, terms in self.pool.sorted():
            self.fieldwriter.start_field(field, self.schema[field])
            for start in range(0, len(terms), GATHERED):
                self._write(terms[start : start + GATHERED])
            self.fieldwriter.finish_field()
        self.fieldwriter.close()

    def _write(self, terms: list[tuple[bytes, Listed]]) -> None:
        """Posting lists and their entries in the table of terms."""
        table, lists = self.fieldwriter._tindex, self.fieldwriter._postfile
        place, start = table.dbfile.tell(), lists.tell()
        entries: list[bytes] = []
        blocks: list[bytes] = []
        field = FIELD.pack(self.fieldwriter._fieldid)
        for text, (docs, weights) in terms:
            block, key = posting_list(docs, weights), field + text
            numbers = (0, sum(weights), len(docs), 0, 0, max(weights), docs[0], docs[-1])
            entry = ENTRY.pack(*numbers, start, len(block))
            number = hash_of(key)
            table.index.append(place)
            table.buckets[number & 255].append((number, place))
            entries += LENGTHS.pack(len(key), len(entry)), key, entry
            blocks.append(block)
            place += LENGTHS.size + len(key) + len(entry)
            start += len(block)
        table.dbfile.write(b"".join(entries))
        lists.write(b"".join(blocks))


def posting_list(docs: array[int], weights: array[float]) -> bytes:
    """A posting list in blocks: count, last document and greatest weight, then gaps and weights."""
    parts = [WHOOSH3_HEADER_MAGIC]
    for start in range(0, len(docs), BLOCK):
        ids, counts = docs[start : start + BLOCK], weights[start : start + BLOCK]
        greatest = max(counts)
        gaps = (ids[0], *(other - one for one, other in pairwise(ids)))
        equal = greatest == min(counts)
        each = (None if greatest == 1.0 else greatest) if equal else tuple(counts)
        block = dumps((len(ids), ids[-1], greatest, 0, 0, 0), 2) + dumps((gaps, each, None), 2)
        parts += INT.pack(len(block) if start + BLOCK < len(docs) else -len(block)), block
    return b"".join(parts)


class Pool:
    """Postings of the segment being written, by field and term; documents come in rising order."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[bytes, Listed]] = {}

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """One posting, as Whoosh's writer adds it."""
        docs, weights = self.listed(item[0], item[1])
        docs.append(item[2])
        weights.append(item[3])

    def listed(self, field: str, text: bytes) -> Listed:
        """The documents and weights of a term so far, to be added to."""
        terms = self._fields.get(field)
        if terms is None:
            terms = self._fields[field] = {}
        found = terms.get(text)
        if found is None:
            found = terms[text] = (array("I"), array("f"))
        return found

    def sorted(self) -> Iterator[tuple[str, list[tuple[bytes, Listed]]]]:
        """All fields and their terms in the order of the files."""
        for field in sorted(self._fields):
            yield field, sorted(self._fields[field].items())

    def cleanup(self) -> None:
        """Forget everything."""
        self._fields.clear()
