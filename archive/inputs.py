"""Inputs: files, folders, addresses, what is piped in; read within limits. A problem is part of the input."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from archive.errors import FetchError
from archive.model import Document, Result
from archive.settings import Fetch

LARGEST_FILE = 64 << 20
LARGEST_BODY = 10 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing to read: its name as given or found, and its bytes, or why there are none."""

    name: str
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
        path = unquote(urlsplit(self.url).path) if self.url else self.name
        return PurePosixPath(path).name.removesuffix(".gz") or self.name


def read_inputs(names: Sequence[str], config: Fetch) -> Iterator[Input]:
    """The inputs named: files, all files below a folder, addresses, or ``-`` for what is piped in."""
    for name in names:
        if name == "-":
            yield checked(Input(name="-", body=sys.stdin.buffer.read(LARGEST_FILE + 1)))
        elif name.startswith(("http://", "https://")):
            yield read_url(name, config)
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
    """One file, unpacked when it ends in ``.gz``."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return Input(name=str(path), problem=trouble("failed", "no such file; check the name"))
    except OSError as error:
        return Input(name=str(path), problem=trouble("failed", f"cannot be read: {error.strerror}"))
    packed = path.name.lower().endswith(".gz")
    return checked(unpacked(str(path), body) if packed else Input(name=str(path), body=body))


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
    if each.problem or len(each.body) <= LARGEST_BODY:
        return each
    detail = f"is larger than {LARGEST_BODY >> 20} MiB; split it into smaller files"
    return replace(each, problem=trouble("too_complex", detail))


def read_url(url: str, config: Fetch) -> Input:
    """What an address answers, taken once."""
    from archive.fetch import fetch

    try:
        answer = fetch(url, settings=config)
    except FetchError as error:
        return Input(name=url, url=url, problem=trouble("failed", str(error).removeprefix(f"{url}: ")))
    found = Input(
        name=url,
        url=url,
        final=answer.final,
        status=answer.status,
        body=answer.body,
        content_type=answer.headers.get("content-type"),
    )
    if answer.status >= 400:
        return replace(found, problem=trouble("failed", f"the server answered {answer.status}"))
    return found


def trouble(result: Result, detail: str) -> Document:
    """What stands in for a document that there is not."""
    return Document(result=result, detail=detail)
