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
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from io import BytesIO
from itertools import islice
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Weights = NDArray[np.float32]
Postings = tuple[Ids, Weights]
Place = tuple[int, int]

LENGTHS = struct.Struct("!ii")  # before each key and value
SLOT = struct.Struct("!Iq")  # of a hash table: the hash, and where its key stands
DIRECTORY = struct.Struct("!" + "qi" * 256)  # where each hash table starts, and its number of slots
# A term's entry: inlined, weight, documents, shortest, longest, heaviest, first, last; then where its list
# stands.
ENTRY = struct.Struct("!BfIBBfIIqi")
FIELD = struct.Struct("!H")
INT = struct.Struct("!i")
MAGIC = 4
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
        self._keys = np.frombuffer(stream.read(), f">{values['indextype']}")[: values["indexlen"]]
        self._tables = DIRECTORY.unpack_from(data, extras - DIRECTORY.size)
        self._by_crc = data[self._start + MAGIC] == 1

    def find(self, field: str, text: bytes) -> Term | None:
        """A term, or None when no document has it."""
        if field not in self._fields:
            return None
        key = FIELD.pack(self._fields[field]) + text
        number = zlib.crc32(key) if self._by_crc else hash_of(key)
        start, slots = self._tables[2 * (number & 255)], self._tables[2 * (number & 255) + 1]
        for slot in range(slots):
            place = self._start + start + ((number >> 8) + slot) % slots * SLOT.size
            found, position = SLOT.unpack_from(self._data, place)
            if not position:
                return None
            if found == number and self._key(position) == key:
                return self._term(position)
        return None

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

    def postings(self, term: Term) -> Postings:
        """The documents that have a term, and how often."""
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


def hash_of(key: bytes) -> int:
    """The hash by which Whoosh files a key."""
    return int.from_bytes(md5(key, usedforsecurity=False).digest()[12:], "big")
