"""Inputs: files, folders, addresses, what is piped in. A problem is part of the input.

A document is read whole, within limits. A stream is only opened; its door reads it a piece at a time.
"""

from __future__ import annotations

import io
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from archive.errors import FetchError
from archive.kinds import HEAD, Kind, kind_of
from archive.model import Document, Result
from archive.settings import Fetch
from archive.unpack import Unpacked

if TYPE_CHECKING:
    from archive.fetch import Fetched

NOBODY: Mapping[str, datetime] = {}  # domains to be left alone, and until when
LARGEST_FILE = 64 << 20
LARGEST_BODY = 10 << 20
# These hold their pictures.
WITH_PICTURES = frozenset({".docx", ".doc", ".odt", ".rtf", ".wps", ".eml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing to read: its name as given or found, and its bytes, or why there are none.

    A file has its ``path``. Of a stream there is no ``body`` but that of an address: ``open`` reads it.
    ``at`` is when it was received, if that was not now.
    """

    name: str
    kind: Kind = "document"
    path: Path | None = None
    piped: Unpacked | None = None
    at: datetime | None = None
    body: bytes = b""
    content_type: str | None = None
    url: str | None = None
    problem: Document | None = None
    final: str | None = None
    status: int | None = None
    is_live: bool = False

    @property
    def suffix(self) -> str:
        """What the name ends in, without the ``.gz`` around it."""
        path = unquote(urlsplit(self.url).path) if self.url else self.name
        return PurePosixPath(path.lower().removesuffix(".gz")).suffix

    @property
    def stem(self) -> str:
        """The name of the file alone, without ``.gz``: what an unnamed source is called."""
        if self.url:
            parts = urlsplit(self.url)
            return PurePosixPath(unquote(parts.path)).name.removesuffix(".gz") or parts.netloc
        if self.name == "-":
            return "stdin"
        return PurePosixPath(self.name).name.removesuffix(".gz") or self.name

    def open(self) -> Unpacked:
        """The bytes from the beginning, unpacked while they are read; what is piped in can be read once."""
        if self.piped is not None:
            return self.piped
        return Unpacked(self.path.open("rb") if self.path else io.BytesIO(self.body))


def read_inputs(
    names: Sequence[str], config: Fetch, paused: Mapping[str, datetime] = NOBODY
) -> Iterator[Input]:
    """The inputs named: files, all files below a folder, addresses, or ``-`` for what is piped in."""
    for name in names:
        if name == "-":
            yield read_pipe(name, sys.stdin.buffer)
        elif name.startswith(("http://", "https://")):
            yield read_url(name, config, paused)
        else:
            yield from read_path(Path(name))


def read_path(path: Path) -> Iterator[Input]:
    """A file, or the files below a folder in the order of their names."""
    if not path.is_dir():
        yield read_file(path)
        return
    files = sorted(file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
    if not files:
        yield Input(name=str(path), problem=trouble("empty", "the folder holds no files"))
    for file in files:
        yield read_file(file)


def read_file(path: Path) -> Input:
    """One file; a document is unpacked when it ends in ``.gz``."""
    found = Input(name=str(path), path=path)
    try:
        file = path.open("rb")
        if not file.seekable():
            return read_pipe(found.name, file)
        with file:
            unpacked_file = Unpacked(file)  # closes the file when it goes
            kind = kind_of(found.suffix, None, unpacked_file.head(HEAD))
            if kind != "document":
                return replace(found, kind=kind)
            file.seek(0)
            body = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return Input(name=str(path), problem=trouble("failed", "no such file; check the name"))
    except OSError as error:
        return Input(name=str(path), problem=trouble("failed", f"cannot be read: {error.strerror}"))
    packed = path.name.lower().endswith(".gz")
    return replace(
        checked(unpacked(found.name, body) if packed else Input(name=found.name, body=body)), path=path
    )


def read_pipe(name: str, source: IO[bytes]) -> Input:
    """What comes in by a pipe."""
    piped = Unpacked(source)
    found = Input(name=name, piped=piped)
    kind = kind_of(found.suffix, None, piped.head(HEAD))
    if kind != "document":
        return replace(found, kind=kind)
    body = io.BufferedReader(piped).read(LARGEST_FILE + 1)
    if piped.problem:
        return Input(name=name, body=body, problem=trouble("failed", piped.problem))
    return checked(Input(name=name, body=body))


def unpacked(name: str, body: bytes) -> Input:
    """A gzip file's content, never more than the limit however much it claims to hold."""
    content, rest = b"", body
    try:
        while rest and len(content) <= LARGEST_BODY:
            unpacking = zlib.decompressobj(wbits=31)
            content += unpacking.decompress(rest, LARGEST_BODY + 1 - len(content))
            if not unpacking.eof and len(content) <= LARGEST_BODY:
                raise zlib.error("the end is missing")
            rest = unpacking.unused_data
    except zlib.error as error:
        return Input(name=name, body=body, problem=trouble("failed", f"is not whole gzip: {error}"))
    return Input(name=name, body=content)


def checked(each: Input) -> Input:
    """An input with its problem, if its size is one."""
    largest = LARGEST_FILE if each.suffix in WITH_PICTURES else LARGEST_BODY
    if each.problem or len(each.body) <= largest:
        return each
    detail = f"is larger than {largest >> 20} MiB; split it into smaller files"
    return replace(each, problem=trouble("too_complex", detail))


def read_url(url: str, config: Fetch, paused: Mapping[str, datetime] = NOBODY) -> Input:
    """What an address answers, taken once; one of a domain that asked to be left alone is not asked."""
    from archive.fetch import fetch

    try:
        answer = fetch(url, settings=config, paused=paused)
    except FetchError as error:
        return Input(name=url, url=url, problem=trouble("failed", str(error).removeprefix(f"{url}: ")))
    found = answered(url, answer)
    if answer.status >= 400:
        return replace(found, problem=trouble("failed", f"the server answered {answer.status}"))
    return replace(found, kind=kind_of(found.suffix, found.content_type, found.open().head(HEAD)))


def answered(url: str, answer: Fetched, *, is_live: bool = False) -> Input:
    """What an address answered, as an input."""
    return Input(
        name=url,
        url=url,
        final=answer.final,
        status=answer.status,
        body=answer.body,
        content_type=answer.headers.get("content-type"),
        at=answer.at,
        is_live=is_live,
    )


def trouble(result: Result, detail: str) -> Document:
    """What stands in for a document that there is not."""
    return Document(result=result, detail=detail)
