"""A stream of bytes that may be packed with gzip, unpacked while it is read, never more than is asked for."""

from __future__ import annotations

import io
import zlib
from typing import IO

PIECE = 64 << 10
GZIP_MAGIC = b"\x1f\x8b"
GZIP_START = b"\x1f\x8b\x08"
GZIP = 31  # zlib's name for the container, as window bits
# News packs to a third, lists of numbers to a hundredth. A stretch that grows more than this is a bomb.
STRETCH = 64 << 20
MOST_GROWTH = 500


class Unpacked(io.RawIOBase):
    """What a file or pipe holds, without the gzip around it.

    It ends where it can be read no further; ``problem`` then says why, so that what came before can be kept.
    Where ``goes_on`` is set, each part packed by itself stands alone, as in web archives: what is broken is
    passed over to the next part that is not.
    """

    def __init__(self, source: IO[bytes]) -> None:
        self.goes_on = False
        self.problem: str | None = None
        self._source = source
        self._ready = bytearray()
        self._packed = b""
        self._ended = False
        self._stretch = [0, 0]
        first = self._received(PIECE)
        self._unpacking = zlib.decompressobj(GZIP) if first.startswith(GZIP_MAGIC) else None
        self._packed = first

    def readable(self) -> bool:
        return True

    def head(self, size: int) -> bytes:
        """The first bytes that are still to be read; they stay to be read."""
        while len(self._ready) < size and (piece := self._next()):
            self._ready += piece
        return bytes(self._ready[:size])

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self._ready:
            self._ready += self._next()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        del self._ready[:count]
        return count

    def readall_within(self, most: int) -> bytes | None:
        """All that is left; None when that is more than so many bytes."""
        whole = bytearray()
        while len(whole) <= most and (piece := self.read(PIECE)):
            whole += piece
        return bytes(whole) if len(whole) <= most else None

    def close(self) -> None:
        self._source.close()
        super().close()

    def _next(self) -> bytes:
        """The next bytes, unpacked; none at the end."""
        while not self._ended:
            packed, self._packed = self._packed or self._received(PIECE), b""
            if piece := self._unpack(packed) if self._unpacking else packed:
                return piece
            self._ended = self._ended or not packed
        return b""

    def _unpack(self, packed: bytes) -> bytes:
        """What some packed bytes hold, at most a piece of it; the rest waits."""
        unpacking = self._unpacking
        assert unpacking is not None
        if unpacking.eof:  # the next member follows; zeros between them are padding
            packed = packed.lstrip(b"\0")
            if not packed:
                return b""
            self._unpacking = unpacking = zlib.decompressobj(GZIP)
        try:
            piece = unpacking.decompress(packed, PIECE)
        except zlib.error as error:
            return self._broken(packed, f"is not whole gzip: {error}")
        self._packed = unpacking.unused_data if unpacking.eof else unpacking.unconsumed_tail
        if not (packed or piece or unpacking.eof):
            return self._stop("is not whole gzip: the end is missing")
        return piece if self._is_likely(len(packed) - len(self._packed), len(piece)) else b""

    def _broken(self, packed: bytes, problem: str) -> bytes:
        """End at a broken part, or look for the next one."""
        if not self.goes_on:
            return self._stop(problem)
        self.problem = self.problem or problem
        self._unpacking = zlib.decompressobj(GZIP)
        rest = packed[1:] + self._received(PIECE)
        while (start := rest.find(GZIP_START)) < 0 and (more := self._received(PIECE)):
            rest = rest[1 - len(GZIP_START) :] + more
        self._packed = rest[start:] if start >= 0 else b""
        self._ended = start < 0
        return b""

    def _is_likely(self, packed: int, unpacked: int) -> bool:
        """Whether this can be a text that somebody wrote; a stretch that grows too much ends the stream."""
        self._stretch = [self._stretch[0] + packed, self._stretch[1] + unpacked]
        if self._stretch[1] > STRETCH:
            if self._stretch[1] > MOST_GROWTH * self._stretch[0]:
                self._stop(f"unpacks to more than {MOST_GROWTH} times its size, as no text does")
                return False
            self._stretch = [0, 0]
        return True

    def _received(self, size: int) -> bytes:
        """Bytes as they come."""
        try:
            return self._source.read(size)
        except OSError as error:
            return self._stop(f"cannot be read further: {error.strerror}")

    def _stop(self, problem: str) -> bytes:
        """End here, and remember why."""
        self.problem, self._ended = problem, True
        return b""
