"""A segment's terms and posting lists, read where they lie in mapped memory. A gate to Whoosh's format.

Whoosh's own reader copies these files into the process and has one reading position for all threads; here
nothing is copied but what is asked for, and any number of threads may ask at once.
"""

from __future__ import annotations

import mmap
import pickle
import struct
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import md5
from io import BytesIO
from itertools import islice
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Weights = NDArray[np.float32]
Postings = tuple[Ids, Weights]
Numbers = NDArray[np.int64]
Place = tuple[int, int]

LENGTHS = struct.Struct("!ii")  # before each key and value
SLOT = struct.Struct("!Iq")  # of a hash table: the hash, and where its key stands
DIRECTORY = struct.Struct("!" + "qi" * 256)  # where each hash table starts, and its number of slots
# A term's entry: inlined, weight, documents, shortest, longest, heaviest, first, last; then where its list
# stands.
ENTRY = struct.Struct("!BfIBBfIIqi")
SIZE_AND_START = struct.Struct("!5xI14xq")  # of an entry, what is needed to read its list
FIELD = struct.Struct("!H")
INT = struct.Struct("!i")
MAGIC = 4
AT_ONCE = 20_000  # terms that are read as texts together
AFTER_ALL = b"\xff"  # is in no text
LONG = 256  # lists of more documents are read sooner one by one than together
# A posting list as index.posting_files writes it: what stands before its numbers and how far from the
# beginning, and how wide they are by the opcode of the first.
UNIFORM = b"t.\x80\x02("
BLOCK_HEAD = 41
WIDTHS = {2: (b"K", "<u1"), 3: (b"M", "<u2"), 5: (b"J", "<i4")}
WIDTH_OF = np.zeros(256, np.int64)
for _width, (_opcode, _) in WIDTHS.items():
    WIDTH_OF[_opcode[0]] = _width
KINDS = {opcode[0]: (width, np.dtype(kind)) for width, (opcode, kind) in WIDTHS.items()}
WEIGHTED = ord("(")
NO_POSTINGS: Postings = (np.empty(0, np.int32), np.empty(0, np.float32))


class Plain(pickle.Unpickler):
    """Reads numbers, texts and tuples; a damaged file cannot make it do anything else."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} has no place in an index")


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a field: how many documents have it, and where its posting list stands."""

    field: str
    text: bytes
    frequency: int
    start: int


class Terms:
    """The table of terms of a segment, in the order of field and term, with a hash to find one."""

    def __init__(self, data: mmap.mmap, table: Place, lists: Place) -> None:
        self._data = data
        self._start, length = table
        self._lists = lists[0]
        end = self._start + length - INT.size
        extras = end - INT.unpack_from(data, end)[0]
        stream = BytesIO(data[extras:end])
        values = Plain(stream).load()
        self._fields: dict[str, int] = values["fieldmap"]
        self._names = {number: name for name, number in self._fields.items()}
        # Where they lie, since with a million terms a copy takes megabytes.
        kind, place = f">{values['indextype']}", extras + stream.tell()
        self._keys = np.ndarray((values["indexlen"],), kind, data, place)
        self._tables = DIRECTORY.unpack_from(data, extras - DIRECTORY.size)
        self._by_crc = data[self._start + MAGIC] == 1

    def find(self, field: str, text: bytes) -> Term | None:
        """A term, or None when no document has it."""
        if field not in self._fields:
            return None
        key = FIELD.pack(self._fields[field]) + text
        number = zlib.crc32(key) if self._by_crc else hash_of(key)
        start, slots = self._tables[2 * (number & 255)], self._tables[2 * (number & 255) + 1]
        start += self._start
        own = number >> 8
        for slot in range(own, own + slots):
            found, position = SLOT.unpack_from(self._data, start + slot % slots * SLOT.size)
            if not position:
                return None
            if found == number and self._key(position) == key:
                entry = self._start + position + LENGTHS.size + len(key)
                return Term(field, text, *SIZE_AND_START.unpack_from(self._data, entry))
        return None

    def find_all(self, field: str, texts: Sequence[bytes]) -> Iterator[Term]:
        """Those of many terms that some document has; only these are looked at one by one."""
        if field not in self._fields or not self._by_crc or not texts:
            yield from (term for text in texts if (term := self.find(field, text)))
            return
        head = FIELD.pack(self._fields[field])
        crcs = np.fromiter((zlib.crc32(head + text) for text in texts), np.int64, len(texts))
        tables = np.array(self._tables, np.int64).reshape(-1, 2)[crcs & 255]
        slots = np.maximum(tables[:, 1], 1)
        places = self._start + tables[:, 0] + (crcs >> 8) % slots * SLOT.size
        having = np.flatnonzero(tables[:, 1])
        # Where the slot is empty there is no such term.
        taken = having[self._at(places[having] + INT.size, ">i8") > 0]
        yield from (term for place in taken.tolist() if (term := self.find(field, texts[place])))

    def beginning(self, field: str, prefix: bytes, limit: int | None = None) -> list[Term]:
        """The terms of a field that begin so, in order, up to a limit."""
        if field not in self._fields:
            return []
        wanted = FIELD.pack(self._fields[field]) + prefix
        first = bisect_left(self._keys, wanted, key=lambda position: self._key(int(position)))
        found: list[Term] = []
        for position in islice(self._keys[first:], limit):
            if not self._key(int(position)).startswith(wanted):
                break
            found.append(self._term(int(position)))
        return found

    def __iter__(self) -> Iterator[Term]:
        return (self._term(position) for position in self._keys.tolist())

    def every(self, field: str, prefix: bytes = b"") -> Iterator[tuple[list[str], Numbers, Numbers]]:
        """All terms of a field that begin so, how many documents have each, where each list stands.

        They come in order and in parts.
        """
        if field not in self._fields:
            return
        key = FIELD.pack(self._fields[field]) + prefix
        ends = key, key + AFTER_ALL
        first, last = (
            bisect_left(self._keys, end, key=lambda position: self._key(int(position))) for end in ends
        )
        for start in range(first, last, AT_ONCE):
            places = self._start + self._keys[start : min(last, start + AT_ONCE)].astype(np.int64)
            sizes = self._at(places, ">i4").astype(np.int64)
            entries = places + LENGTHS.size + sizes
            yield (
                self._text(places + LENGTHS.size + FIELD.size, sizes - FIELD.size),
                self._at(entries + 5, ">u4").astype(np.int64),
                self._at(entries + 23, ">i8").astype(np.int64),
            )

    def documents(self, starts: Numbers, sizes: Numbers) -> Iterator[Numbers]:
        """The documents of many lists, in parts and any order, all in the form of our writer."""
        is_long = sizes > LONG
        yield self.lists(starts[~is_long], sizes[~is_long])[0]
        for start, size in zip(starts[is_long].tolist(), sizes[is_long].tolist(), strict=True):
            yield np.cumsum(self._numbers(self._lists + start + BLOCK_HEAD, size)[0], dtype=np.int64)

    def lists(self, starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> tuple[Numbers, Numbers]:
        """The documents and counts of many lists, one after the other, all in the form of our writer."""
        bytes_of = np.frombuffer(self._data, np.uint8)
        at = self._lists + starts + BLOCK_HEAD
        widths = WIDTH_OF[bytes_of[at]]
        gaps = numbers_at(bytes_of, at, sizes, widths)
        begins = np.cumsum(sizes) - sizes
        total = np.cumsum(gaps)
        docs = total - np.repeat((total - gaps)[begins] if len(gaps) else total, sizes)
        counts = np.ones(len(gaps), np.int64)
        behind = at + widths * sizes + 1
        weighted = bytes_of[behind] == WEIGHTED
        counts[np.repeat(weighted, sizes)] = numbers_at(
            bytes_of, behind[weighted] + 1, sizes[weighted], WIDTH_OF[bytes_of[behind[weighted] + 1]]
        )
        return docs, counts

    def postings(self, term: Term) -> Postings:
        """The documents that have a term, and how often."""
        ids, weights = np.empty(term.frequency, np.int32), np.empty(term.frequency, np.float32)
        self.read(term, ids, weights)
        return ids, weights

    def read(self, term: Term, ids: Ids, weights: Weights) -> None:
        """The same into arrays that have the room."""
        place, size = self._lists + term.start + BLOCK_HEAD, term.frequency
        if self._data[place - len(UNIFORM) : place] != UNIFORM:
            ids[:], weights[:] = self._by_blocks(term)
            return
        gaps, place = self._numbers(place, size)
        np.add.accumulate(gaps, dtype=np.int32, out=ids)
        if self._data[place + 1] == WEIGHTED:
            weights[:] = self._numbers(place + 2, size)[0]
        else:
            weights.fill(1)

    def _numbers(self, place: int, size: int) -> tuple[NDArray[Any], int]:
        """So many numbers of one width where they lie, and the place behind them."""
        width, kind = KINDS[self._data[place]]
        return np.ndarray((size,), kind, self._data, place + 1, (width,)), place + size * width

    def _at(self, places: NDArray[np.int64], kind: str) -> NDArray[np.int64]:
        """The numbers that stand at some places, whatever their alignment."""
        size = np.dtype(kind).itemsize
        view = np.ndarray((len(self._data) - size + 1,), kind, self._data, strides=(1,))
        found: NDArray[np.int64] = view[places]
        return found

    def _text(self, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> list[str]:
        """The texts of some spans of bytes."""
        if not len(lengths):
            return []
        out = np.zeros(int(lengths.sum()) + len(lengths), np.uint8)
        at = np.cumsum(lengths + 1) - lengths - 1
        out[spans(at, lengths)] = np.frombuffer(self._data, np.uint8)[spans(starts, lengths)]
        return out.tobytes()[:-1].decode().split("\0")

    def _by_blocks(self, term: Term) -> Postings:
        """The documents that have a term, and how often, as any writer of Whoosh stores them."""
        ids, weights = [], []
        for gaps, each in self.blocks(term):
            ids.append(np.cumsum(np.array(gaps, np.int32), dtype=np.int32))
            if isinstance(each, tuple):
                weights.append(np.array(each, np.float32))
            else:
                weights.append(np.full(len(gaps), each, np.float32))
        return np.concatenate(ids), np.concatenate(weights)

    def blocks(self, term: Term) -> Iterator[tuple[tuple[int, ...], float | tuple[float, ...]]]:
        """The parts of a posting list: document numbers as gaps, and one weight for all or one for each."""
        place = self._lists + term.start + MAGIC
        last = False
        while not last:
            (length,) = INT.unpack_from(self._data, place)
            last, length = length < 0, abs(length)
            place += INT.size
            stream = BytesIO(self._data[place : place + length])
            head = Plain(stream).load()
            if head[3]:
                stream = BytesIO(zlib.decompress(stream.read()))
            gaps, each, _ = Plain(stream).load()
            yield gaps, 1.0 if each is None else each
            place += length

    def _key(self, position: int) -> bytes:
        place = self._start + position
        (length,) = INT.unpack_from(self._data, place)
        return self._data[place + LENGTHS.size : place + LENGTHS.size + length]

    def _term(self, position: int) -> Term:
        key = self._key(position)
        entry = ENTRY.unpack_from(self._data, self._start + position + LENGTHS.size + len(key))
        return Term(self._names[FIELD.unpack_from(key)[0]], key[FIELD.size :], entry[2], entry[8])


def encoded(text: str) -> bytes:
    """Text as the files hold it; half a surrogate pair, as a command line can give it, is found nowhere."""
    return text.encode("utf-8", "replace")


def spans(starts: Numbers, lengths: Numbers) -> Numbers:
    """The places start, start + 1 and so on of every piece, one piece after the other."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)


def numbers_at(data: NDArray[np.uint8], at: Numbers, sizes: Numbers, widths: Numbers) -> Numbers:
    """The numbers of many lists, each list in a width of its own."""
    each = np.repeat(widths, sizes)
    within = np.arange(len(each)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    places = np.repeat(at, sizes) + within * each + 1
    found = np.empty(len(each), np.int64)
    for width, (_, kind) in WIDTHS.items():
        chosen = each == width
        size = np.dtype(kind).itemsize
        view = np.ndarray((len(data) - size + 1,), kind, data, strides=(1,))
        found[chosen] = view[places[chosen]]
    return found


def hash_of(key: bytes) -> int:
    """The hash by which Whoosh files a key."""
    return int.from_bytes(md5(key, usedforsecurity=False).digest()[12:], "big")
