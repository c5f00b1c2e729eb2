"""The records of a web archive (WARC or ARC), one after the other. The only module that knows warcio.

A record that is broken is named and passed over: the next one is found by how records begin.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from warcio.recordloader import ArcWarcRecordLoader

from archive.reading.clean import clean_line
from archive.reading.dates import parse_date
from archive.unpack import Unpacked

logging.getLogger("warcio").setLevel(logging.ERROR)  # it warns of what it mends

LARGEST_BODY = 10 << 20
LARGEST_RECORD = LARGEST_BODY + (1 << 20)
LARGEST_HEAD = 256 << 10
LONGEST_LINE = 64 << 10
PIECE = 64 << 10
WARC_START = re.compile(rb"WARC/\d\.\d+\s*$")
ARC_START = re.compile(rb"\S.* [\w.:-]+ \d{8,17} \S+ \d{1,15}\s*$")
LENGTH = re.compile(rb"^content-length:\s*(\d{1,15})\s*$", re.IGNORECASE | re.MULTILINE)
ADDRESS = re.compile(rb"^warc-target-uri:\s*<?([^\r\n>]+)", re.IGNORECASE | re.MULTILINE)
TEXT = re.compile(r"\s*(?:$|;|text/(?:html|xml|plain)|application/(?:\S*xml|\S*json))", re.IGNORECASE)
# How the next record begins inside one that says it is longer than it is.
OVERLAP = 16
WRONG_LENGTH = "is not as long as it says"
NEXT = re.compile(rb"\r?\n(?=WARC/\d\.\d+\r?\n)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record: what it is about, and of an answer of the web its status, type and content.

    ``kind`` is the record's type. ``problem`` says why it cannot be read.
    """

    place: int
    kind: str = ""
    url: str | None = None
    at: datetime | None = None
    status: int | None = None
    content_type: str | None = None
    body: bytes = b""
    problem: str | None = None


class BrokenError(Exception):
    """A record that cannot be read; its text says why."""


def read_records(stream: Unpacked) -> Iterator[Record]:
    """Every record of a stream, good or broken, numbered from one."""
    stream.goes_on = True
    tape, place = Tape(stream), 0
    while (line := tape.first_line()) is not None:
        place += 1
        head = b""
        if place == 1 and (ARC_START.match(line) or line.startswith(b"filedesc:")):
            tape.start = ARC_START
        try:
            if not tape.start.match(line):
                tape.pass_over()
                raise BrokenError(
                    f"begins with {clean_line(line[:40].decode('latin-1'))!r}, as no record does"
                )
            head = line + (b"" if tape.start is ARC_START else tape.head())
            block = tape.block(length_of(head))
            yield understood(place, head, block, is_cut=tape.is_cut)
        except BrokenError as error:
            yield Record(place=place, url=address_of(head), problem=str(error))


class Tape:
    """Reads a stream by lines and blocks, and can put back what belongs to the next record.

    ``start`` is how its records begin; ``is_cut`` tells that the stream ended before the last block did.
    """

    def __init__(self, stream: Unpacked) -> None:
        self._stream = stream
        self._ahead = bytearray()
        self.start = WARC_START
        self.is_cut = False

    def first_line(self) -> bytes | None:
        """The next line that is not empty; None at the end."""
        while line := self.line():
            if line.strip():
                return line
        return None

    def line(self) -> bytes:
        """The next line, cut where it is too long to be one; empty at the end."""
        searched = 0
        while (end := self._ahead.find(b"\n", searched)) < 0 and len(self._ahead) < LONGEST_LINE:
            searched = len(self._ahead)
            if not self._fill():
                break
        return self._taken(end + 1 if 0 <= end < LONGEST_LINE else LONGEST_LINE)

    def head(self) -> bytes:
        """The headers of a record, with the empty line that ends them."""
        lines = bytearray()
        while line := self.line():
            lines += line
            if not line.strip():
                return bytes(lines)
            if len(lines) > LARGEST_HEAD:
                self.pass_over()
                raise BrokenError(f"has headers of more than {LARGEST_HEAD >> 10} KiB")
        raise BrokenError("breaks off in its headers")

    def block(self, length: int | None) -> bytes:
        """The content of a record, whose length was said; of one that is too large the beginning."""
        if length is None:
            self.pass_over()
            raise BrokenError("does not say how long it is")
        kept, last, left = bytearray(), b"", length
        while left > 0 and (self._ahead or self._fill()):
            piece = self._taken(min(left, PIECE))
            left -= len(piece)
            if len(kept) <= LARGEST_RECORD:
                kept += piece
            else:
                self._stop_at_next(last + piece)
            last = piece[-OVERLAP:]
        self.is_cut = left > 0 and not NEXT.search(kept)
        if not self.is_cut and (left > 0 or not self._is_at_end_of_record()):
            self._recover(kept)
            raise BrokenError(WRONG_LENGTH)
        return bytes(kept)

    def pass_over(self) -> None:
        """Go on to where a record may begin."""
        while line := self.line():
            if self.start.match(line):
                self._ahead[:0] = line
                return

    def _recover(self, kept: bytearray) -> None:
        """Put back the records that one has swallowed, or go on to the next."""
        if swallowed := NEXT.search(kept):
            self._ahead[:0] = kept[swallowed.end() :]
        else:
            self.pass_over()

    def _stop_at_next(self, piece: bytes) -> None:
        """End a record that is too large to be one where another begins in it."""
        if swallowed := NEXT.search(piece):
            self._ahead[:0] = piece[swallowed.end() :]
            raise BrokenError(WRONG_LENGTH)

    def _is_at_end_of_record(self) -> bool:
        """Whether two line ends follow, or the next record, or nothing; an ARC's may end anywhere."""
        if self.start is ARC_START:
            return True
        while len(self._ahead) < len(b"\r\n\r\nWARC/") and self._fill():
            pass
        return not self._ahead or self._ahead.startswith((b"\r\n", b"\n", b"WARC/"))

    def _fill(self) -> bool:
        """Read a piece ahead; False at the end."""
        piece = self._stream.read(PIECE)
        self._ahead += piece or b""
        return bool(piece)

    def _taken(self, count: int) -> bytes:
        """The next bytes, or as many as there are."""
        taken = bytes(self._ahead[:count])
        del self._ahead[:count]
        return taken


def length_of(head: bytes) -> int | None:
    """How long a record says it is: the last word of an ARC's line, or a header."""
    if ARC_START.match(head):
        return int(head.split()[-1])
    found = LENGTH.search(head)
    return int(found[1]) if found else None


def address_of(head: bytes) -> str | None:
    """The address that a record is about, where its headers can be read at all."""
    found = ADDRESS.search(head)
    return clean_line(found[1].decode("utf-8", "replace")) if found else None


def understood(place: int, head: bytes, block: bytes, *, is_cut: bool) -> Record:
    """What a record says; raises BrokenError for an answer that cannot be read."""
    try:
        read: Any = ArcWarcRecordLoader().parse_record_stream(io.BytesIO(head + block))
        kind = str(read.rec_type or "")
        url = read.rec_headers.get_header("WARC-Target-URI")
        found = parse_date(read.rec_headers.get_header("WARC-Date"))
        record = Record(place=place, kind=kind, url=url, at=found.moment if found else None)
        if is_cut and not is_complete(read, block):
            raise BrokenError("breaks off")
        if kind != "response" or not str(url).startswith(("http://", "https://")):
            return record
        status = status_of(read)
        content_type = read.http_headers.get_header("Content-Type")
        body = unpacked(read) if status == 200 and may_be_page(content_type) else b""
    except BrokenError:
        raise
    except Exception as error:  # A library reads here what strangers wrote, and raises what it likes.
        reason = clean_line(str(error))[:200] or type(error).__name__
        raise BrokenError(f"holds no answer that can be read: {reason}") from error
    return Record(
        place=place,
        kind=kind,
        url=url,
        at=record.at,
        status=status,
        content_type=content_type,
        body=body,
    )


def status_of(read: Any) -> int:
    """The status of an answer."""
    stated = str(read.http_headers.get_statuscode()) if read.http_headers else ""
    if not re.fullmatch(r"\d{3}", stated):
        raise BrokenError("holds no answer of a web server")
    return int(stated)


def may_be_page(content_type: object) -> bool:
    """Whether an answer of this type can be a page or a feed at all; others are not unpacked."""
    return TEXT.match(str(content_type or "")) is not None


def is_complete(read: Any, block: bytes) -> bool:
    """Whether an answer is all there by its own account, though its record is cut or says too much."""
    stated = read.http_headers and read.http_headers.get_header("Content-Length")
    body = re.search(rb"\r?\n\r?\n", block)
    return bool(stated and body and str(stated).isdigit() and len(block) - body.end() >= int(stated))


def unpacked(read: Any) -> bytes:
    """The content of an answer as a browser would see it, within limits."""
    encoding = str(read.http_headers.get_header("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise BrokenError(f"is packed as {encoding!r}, which is not unpacked here")
    stream, body = read.content_stream(), bytearray()
    while piece := stream.read(PIECE):
        body += piece
        if len(body) > LARGEST_BODY:
            raise BrokenError(f"is larger than {LARGEST_BODY >> 20} MiB")
    return bytes(body)
