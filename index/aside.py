"""What a commit has gathered and not yet written, in a file without a name, read where it lies.

So a commit may take ten thousand articles, and needs no merge later, without their postings in memory.
"""

from __future__ import annotations

import mmap
from collections import defaultdict
from tempfile import TemporaryFile

import numpy as np

from index.batch import Keys
from index.vectors import FORGET

ALIGNED = 8  # numbers are read where they lie, so each piece begins where one may stand


class Aside:
    """Pieces of bytes by name."""

    def __init__(self, folder: str) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the commit
        self._places: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self._map: mmap.mmap | None = None

    def add(self, name: str, piece: bytes | memoryview) -> None:
        """Lay a piece aside."""
        start, size = self._file.tell(), memoryview(piece).nbytes
        self._file.write(piece)
        self._file.write(bytes(-size % ALIGNED))
        self._places[name].append((start, size))

    def pieces(self, name: str) -> list[memoryview]:
        """The pieces of a name in their order; nothing is added any more."""
        if self._map is None:
            self._file.write(bytes(ALIGNED))  # nothing cannot be mapped
            self._file.flush()
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        whole = memoryview(self._map)
        return [whole[start : start + size] for start, size in self._places[name]]

    def keys(self, name: str) -> list[Keys]:
        """The pieces of a name that are keys."""
        return [np.frombuffer(piece, np.uint64) for piece in self.pieces(name)]

    def let_go(self) -> None:
        """Count no longer as memory of this process what was read."""
        if self._map is not None and FORGET is not None:
            self._map.madvise(FORGET)

    def close(self) -> None:
        """Give the room on the disk back."""
        self._file.close()
