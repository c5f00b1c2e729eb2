"""Unpack what a server sent compressed, a piece at a time and never beyond a limit. Pure."""

from __future__ import annotations

import zlib

from archive.errors import FetchError

LARGEST_BODY = 10 << 20  # bytes, before and after unpacking
MOST_MEMBERS = 64  # of one gzip stream; thousands of empty ones would cost time for nothing
GZIP_MAGIC = b"\x1f\x8b"
GZIP, ZLIB, RAW = 31, 15, -15  # zlib's names for its containers, as window bits


class Inflation:
    """The content of one answer, as it comes in; raises FetchError as soon as it is too large or broken."""

    def __init__(self, encoding: str) -> None:
        """Of ``Content-Encoding`` only what we ask for is taken, once: no nested, no other compressions."""
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchError(f"is packed as {encoding!r}, which was not asked for")
        self.window = GZIP if "gzip" in encoding else ZLIB
        self.unpacking = zlib.decompressobj(self.window) if encoding not in ("", "identity") else None
        self.received = self.members = 0
        self.content = bytearray()

    def feed(self, piece: bytes) -> None:
        """Take in the next piece as received."""
        first = self.received == 0
        self.received += len(piece)
        if self.received > LARGEST_BODY:
            raise too_large()
        if self.unpacking is None:
            self.content += piece
            return
        try:
            self.unpack(piece)
        except zlib.error as error:
            if not (first and self.window == ZLIB):
                raise FetchError(f"is not validly packed: {error}") from error
            self.window = RAW  # "deflate" without its header: some servers read RFC 9110 that way
            self.unpacking = zlib.decompressobj(RAW)
            self.feed_raw(piece)

    def feed_raw(self, piece: bytes) -> None:
        """Try the first piece again as a bare deflate stream."""
        try:
            self.unpack(piece)
        except zlib.error as error:
            raise FetchError(f"is not validly packed: {error}") from error

    def unpack(self, piece: bytes) -> None:
        """Unpack a piece, one gzip member after the other; what follows the last one is padding."""
        rest = piece
        while rest and self.unpacking is not None:
            if self.unpacking.eof:
                self.members += 1
                if self.window != GZIP or not GZIP_MAGIC.startswith(rest[:2]):
                    return
                if self.members > MOST_MEMBERS:
                    raise FetchError("is packed in too many parts")
                self.unpacking = zlib.decompressobj(GZIP)
            self.content += self.unpacking.decompress(rest, LARGEST_BODY + 1 - len(self.content))
            if len(self.content) > LARGEST_BODY:
                raise too_large()
            rest = self.unpacking.unused_data

    def end(self) -> bytes:
        """The whole content; raises FetchError when its end is missing."""
        if self.unpacking is not None and self.received and not self.unpacking.eof:
            raise FetchError("breaks off in the middle of what it packed")
        return bytes(self.content)


def without_gzip(body: bytes) -> bytes:
    """The content of a file that a server sends as it lies there, packed; anything else as it is."""
    if not body.startswith(GZIP_MAGIC):
        return body
    content = Inflation("gzip")
    try:
        content.feed(body)
        return content.end()
    except FetchError:
        return body


def too_large(most: int = LARGEST_BODY) -> FetchError:
    """What to raise for a body over the limit."""
    return FetchError(f"is larger than {f'{most >> 20} MiB' if most >> 20 else f'{most} bytes'}")
