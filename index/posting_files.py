"""Posting lists and the table of terms, written an array at a time. A gate to Whoosh's format.

The bytes are ones that Whoosh's own reader reads: a list is one block of pickled numbers, a term's entry the
usual thirty-five bytes. Within a block all gaps, and all weights, have one width, which any reader of pickles
takes, and which ``index.terms`` can read as an array without unpickling.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter
from whoosh.filedb.filetables import HashWriter, OrderedHashWriter
from whoosh.util.numlists import GrowableArray

from index.batch import Keys, Numbers
from index.naming import Bytes, Names
from index.terms import BLOCK_HEAD, ENTRY, FIELD, LENGTHS, SLOT, WIDTHS

TERMS_AT_ONCE = 20_000
HASHES_AT_ONCE = 100_000
TABLES = 256  # hash tables of a file of terms
WITH_CRC = 1  # Whoosh's number for hashing keys with CRC-32
# What stands around the numbers of a block: a tuple of gaps, one of weights or nothing, and an end.
TUPLE_END, NOTHING, TUPLE = b"t", b"N", b"("
BLOCK_END = b"N\x87."
BLOCK_START = b"\x80\x02("
ALL_BITS = np.uint32(0xFFFFFFFF)
# What a byte makes of a CRC-32 whose last eight bits it was combined with.
CRCS = np.array([zlib.crc32(bytes([byte]), 0xFFFFFFFF) ^ 0xFFFFFFFF for byte in range(256)], np.uint32)
TOGETHER = 24  # bytes of terms whose checksums are made side by side


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The postings of a field, term after term: documents and counts, and where each term's begin."""

    keys: Keys
    codes: Numbers
    docs: Numbers
    counts: Numbers
    starts: Numbers

    @property
    def sizes(self) -> Numbers:
        """How many documents have each term."""
        return np.diff(self.starts, append=len(self.docs))


def lists_of(keys: Keys, counts: Numbers | None = None) -> Lists:
    """Posting lists out of keys; without ``counts`` a key stands there once for each time.

    The keys are several sorted pieces, one after the other, which a stable sort makes use of.
    """
    if counts is None:
        keys.sort(kind="stable")
        first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.empty(0, np.int64)
        counts = np.diff(first, append=len(keys))
        keys = keys[first]
    else:
        order = np.argsort(keys, kind="stable")
        keys, counts = keys[order], counts[order]
    codes = (keys >> np.uint64(16)).view(np.int64)
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])) if len(keys) else np.empty(0, np.int64)
    docs = (keys & np.uint64(0xFFFF)).astype(np.int64)
    return Lists(keys=keys, codes=codes[starts], docs=docs, counts=counts, starts=starts)


def scatter(out: Bytes, at: Numbers, rows: Bytes) -> None:
    """Write each row at a place of its own: through a view in which an element of a row's size begins at
    every byte, so that one index does for a whole row."""
    if len(rows):
        size = rows.shape[1]
        view = np.ndarray((len(out) - size + 1,), f"V{size}", out, strides=(1,))
        view[at] = np.ascontiguousarray(rows).view(f"V{size}").ravel()


def masked(sizes: Numbers, column: int) -> NDArray[np.bool_]:
    """The bytes of one column of rows whose columns have these sizes."""
    chosen = np.zeros(sizes.shape, np.bool_)
    chosen[:, column] = True
    return np.repeat(chosen.ravel(), sizes.ravel())


def side_by_side(number: int, *parts: bytes | Bytes) -> Bytes:
    """Rows made of columns: the same bytes in each, or a row of each."""
    columns = [
        np.broadcast_to(np.frombuffer(part, np.uint8), (number, len(part)))
        if isinstance(part, bytes)
        else part
        for part in parts
    ]
    return np.concatenate(columns, axis=1)


def as_bytes(numbers: NDArray[Any], kind: str) -> Bytes:
    """Numbers as the bytes of a type, a row each."""
    stored = np.ascontiguousarray(numbers.astype(kind))
    return stored.view(np.uint8).reshape(len(stored), stored.itemsize)


def width_of(most: Numbers) -> Numbers:
    """How many bytes a pickled number takes in blocks whose greatest number is this."""
    return np.where(most < 1 << 8, 2, np.where(most < 1 << 16, 3, 5))


def put_numbers(
    out: Bytes, at: Numbers, numbers: Numbers, starts: Numbers, sizes: Numbers, widths: Numbers
) -> None:
    """Write the numbers of each list from its place on, all in the width of their list."""
    within = np.arange(len(numbers)) - np.repeat(starts, sizes)
    each = np.repeat(widths, sizes)
    places = np.repeat(at, sizes) + within * each
    for width, (opcode, kind) in WIDTHS.items():
        chosen = each == width
        some = numbers[chosen]
        scatter(out, places[chosen], side_by_side(len(some), opcode, as_bytes(some, kind)))


def blocks_of(lists: Lists) -> tuple[Bytes, Numbers, Numbers]:
    """The bytes of all posting lists, and where each begins and how long it is."""
    number, sizes, starts = len(lists.codes), lists.sizes, lists.starts
    gaps = np.diff(lists.docs, prepend=0)
    gaps[starts] = lists.docs[starts]
    most = np.maximum.reduceat(lists.counts, starts)
    gap_widths = width_of(np.maximum.reduceat(gaps, starts))
    weighted = most > 1
    weight_widths = np.where(weighted, width_of(most), 0)
    gap_bytes, weight_bytes = gap_widths * sizes, weight_widths * sizes
    lengths = BLOCK_HEAD + gap_bytes + 2 + weight_bytes + weighted + len(BLOCK_END)
    at = np.cumsum(lengths) - lengths
    out = np.empty(int(lengths.sum()), np.uint8)
    last = lists.docs[starts + sizes - 1]
    head = (b"W3Bl", as_bytes(8 - lengths, ">i4"), BLOCK_START, b"J", as_bytes(sizes, "<i4"), b"J")
    rest = (as_bytes(last, "<i4"), b"G", as_bytes(most, ">f8"), b"K\0K\0K\0t.", BLOCK_START)
    scatter(out, at, side_by_side(number, *head, *rest))
    put_numbers(out, at + BLOCK_HEAD, gaps, starts, sizes, gap_widths)
    behind = at + BLOCK_HEAD + gap_bytes
    out[behind] = TUPLE_END[0]
    out[behind + 1] = np.where(weighted, TUPLE[0], NOTHING[0])
    of_weighted = np.repeat(weighted, sizes)
    some = sizes[weighted]
    begins = np.cumsum(some) - some
    put_numbers(out, behind[weighted] + 2, lists.counts[of_weighted], begins, some, weight_widths[weighted])
    out[(behind + 2 + weight_bytes)[weighted]] = TUPLE_END[0]
    scatter(out, at + lengths - len(BLOCK_END), side_by_side(number, BLOCK_END))
    return out, at, lengths


class FieldFiles(W3FieldWriter):  # type: ignore[misc]
    """The files of terms and postings of a segment, written field by field."""

    def __init__(self, codec: W3Codec, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        file = self._tindex.dbfile  # what Whoosh has begun there is written over
        file.seek(0)
        self._tindex: Any = TermTable(file)
        self._tindex.extras["fieldmap"] = self._fieldmap

    def write_field(self, name: str, field: Any, some: Iterable[Lists], names: Names) -> None:
        """All terms of a field with their postings, which come in parts."""
        self.start_field(name, field)
        number = FIELD.pack(self._fieldid)
        self.finish_field()
        codes, entries = bytearray(), bytearray()  # which grow without a copy of what is there
        for lists in some:
            blocks, places, lengths = blocks_of(lists)
            entries += entries_of(lists, places + self._postfile.tell(), lengths).data
            codes += lists.codes.data
            self._postfile.write(blocks.data)
        rows = np.frombuffer(entries, np.uint8).reshape(-1, ENTRY.size)
        self._tindex.add_field(number, np.frombuffer(codes, np.int64), names, rows)


def entries_of(lists: Lists, places: Numbers, lengths: Numbers) -> Bytes:
    """What the table of terms says of each (index.terms.ENTRY)."""
    sizes, starts, number = lists.sizes, lists.starts, len(lists.codes)
    return side_by_side(
        number,
        b"\0",
        as_bytes(np.add.reduceat(lists.counts, starts), ">f4"),
        as_bytes(sizes, ">u4"),
        b"\0\0",
        as_bytes(np.maximum.reduceat(lists.counts, starts), ">f4"),
        as_bytes(lists.docs[starts], ">u4"),
        as_bytes(lists.docs[starts + sizes - 1], ">u4"),
        as_bytes(places, ">i8"),
        as_bytes(lengths, ">i4"),
    )


class TermTable(OrderedHashWriter):  # type: ignore[misc]
    """Whoosh's table of terms, its keys hashed with CRC-32 and its hash tables laid out by arrays."""

    def __init__(self, file: Any) -> None:
        HashWriter.__init__(self, file, hashtype=WITH_CRC)
        self.index = GrowableArray("H")
        self.lastkey = b""
        self.hashes: list[NDArray[np.uint32]] = []
        self.places: list[Numbers] = []

    def add_field(self, field: bytes, codes: Numbers, names: Names, entries: Bytes) -> None:
        """The terms of a field in their order, with what is said of each."""
        order = names.order(codes)
        for start in range(0, len(order), TERMS_AT_ONCE):
            some = order[start : start + TERMS_AT_ONCE]
            self._add_some(field, *names.spelled(codes[some]), entries[some])

    def _add_some(self, field: bytes, text: Bytes, lengths: Numbers, entries: Bytes) -> None:
        number, head = len(lengths), LENGTHS.size + FIELD.size
        sizes = head + lengths + ENTRY.size
        at = np.cumsum(sizes) - sizes
        out = np.empty(int(sizes.sum()), np.uint8)
        key_sizes = as_bytes(lengths + FIELD.size, ">i4")
        scatter(out, at, side_by_side(number, key_sizes, ENTRY.size.to_bytes(4, "big"), field))
        parts = np.stack((np.full(number, head), lengths, np.full(number, ENTRY.size)), axis=1)
        out[masked(parts, 1)] = text
        scatter(out, at + head + lengths, entries)
        self.hashes.append(checksums(field, text, lengths))
        self.places.append(at + self.dbfile.tell())
        self.dbfile.write(out.data)

    def _write_hashes(self) -> None:
        hashes = np.concatenate([np.empty(0, np.uint32), *self.hashes])
        places = np.concatenate([np.empty(0, np.int64), *self.places])
        start, sizes = self.dbfile.tell(), np.zeros(TABLES, np.int64)
        for some in by_tables(hashes):
            table, of_each = hash_tables(hashes[some], places[some])
            sizes += of_each
            self.dbfile.write(table.tobytes())
        starts = start + (np.cumsum(sizes) - sizes) * SLOT.size
        self.directory += zip(starts.tolist(), sizes.tolist(), strict=True)
        kind = "i" if not len(places) or places[-1] < 1 << 31 else "q"
        self.index.array = array(kind)
        self.index.array.frombytes(places.astype("i4" if kind == "i" else "i8").tobytes())


def by_tables(hashes: NDArray[np.uint32]) -> Iterator[Numbers]:
    """The places of hashes, a few tables at a time: all laid out at once take a hundred megabytes."""
    number = (hashes & np.uint32(TABLES - 1)).astype(np.uint8)
    order = np.argsort(number, kind="stable")
    ends = np.cumsum(np.bincount(number, minlength=TABLES))
    last = ends[np.flatnonzero(np.diff((ends - 1) // HASHES_AT_ONCE, append=-2))].tolist()
    yield from (order[start:end] for start, end in pairwise([0, *last]))


def hash_tables(hashes: NDArray[np.uint32], places: Numbers) -> tuple[NDArray[Any], Numbers]:
    """All hash tables, one after the other, and how many slots each has: twice as many as keys.

    A key stands in the first free slot from its own on, and goes on at the beginning of its table.
    """
    number = (hashes & np.uint32(TABLES - 1)).astype(np.int64)
    sizes = 2 * np.bincount(number, minlength=TABLES)
    starts = np.cumsum(sizes) - sizes
    own = (hashes >> np.uint32(8)).astype(np.int64) % np.maximum(sizes, 1)[number]
    order = np.argsort(number << 32 | own)
    number, own, hashes, places = number[order], own[order], hashes[order], places[order]
    rank = np.arange(len(own)) - (starts // 2)[number]
    # A step between the tables, larger than any slot, keeps the running maximum of one out of the next.
    step = number * (2 * len(own) + 1)
    slot = np.maximum.accumulate(own - rank + step) + rank - step if len(own) else own
    fits = slot < sizes[number]
    table = np.zeros(int(sizes.sum()), np.dtype([("hash", ">u4"), ("place", ">i8")]))
    at = (starts[number] + slot)[fits]
    table["hash"][at], table["place"][at] = hashes[fits], places[fits]
    for key in np.flatnonzero(~fits).tolist():
        free = int(starts[number[key]])
        while table["place"][free]:
            free += 1
        table["hash"][free], table["place"][free] = hashes[key], places[key]
    return table, sizes


def checksums(field: bytes, text: Bytes, lengths: Numbers) -> NDArray[np.uint32]:
    """The CRC-32 of each key: the field's number and the term.

    The first bytes of all are taken together, those of the longest first, and the rest one by one.
    """
    ends = np.cumsum(lengths)
    order = np.argsort(-lengths, kind="stable")
    starts, sizes = (ends - lengths)[order], lengths[order]
    crcs = np.full(len(order), zlib.crc32(field) ^ ALL_BITS, np.uint32)
    having = len(order) - np.searchsorted(sizes[::-1], np.arange(1, TOGETHER + 1))
    for place, number in enumerate(having.tolist()):
        some = crcs[:number]
        some[:] = CRCS[(some ^ text[starts[:number] + place]) & 0xFF] ^ (some >> 8)
    crcs ^= ALL_BITS
    data = text.tobytes()
    for place in range(having[-1]):
        start = int(starts[place])
        crcs[place] = zlib.crc32(data[start + TOGETHER : start + int(sizes[place])], int(crcs[place]))
    found = np.empty_like(crcs)
    found[order] = crcs
    return found
