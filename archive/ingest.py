"""Take in files, folders and addresses: read, parse in the sandbox, put, and say what became of each entry.

A line is given out only after the commit that made it true. One bad input never stops the others.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Protocol
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from archive import fetches, settings
from archive.articles import withdraw_one
from archive.database import Database, Transaction
from archive.errors import FetchError
from archive.model import GOOD_RESULTS, Document, Outcome, Result, Source, sha256, timestamp
from archive.put import Stored, Terms, put
from archive.rules import Rules
from archive.sources import identify, improve, settle

DOCUMENT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".docx"})
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """What became of one entry; ``id`` and the rest are None for one that was skipped."""

    outcome: Outcome
    id: str | None
    input: str
    title: str | None = None
    language: str | None = None
    published: str | None = None
    source: str | None = None
    revision: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLine:
    """What became of one input; ``articles`` counts its entries that were not skipped."""

    input: str
    result: Result
    articles: int
    detail: str | None


class Parsing(Protocol):
    """The killable child in which everything from outside is parsed (archive.sandbox)."""

    def parse(
        self, body: bytes, *, url: str | None, content_type: str | None, name: str, now: datetime
    ) -> Document:
        """A feed as a document."""

    def read_document(
        self, body: bytes, *, name: str, content_type: str | None, url: str | None, now: datetime
    ) -> Document:
        """A text, page or Word file as a document."""


def ingest(
    database: Database,
    names: Sequence[str],
    *,
    parsing: Parsing,
    rules: Rules,
    config: settings.Settings,
    stated: str | None = None,
) -> Iterator[EntryLine | InputLine]:
    """Take in everything named; a line per entry and per input, each after its durable commit."""
    zone = ZoneInfo(config.site.timezone)
    for each in read_inputs(names, config.fetch):
        now = datetime.now(UTC).replace(microsecond=0)
        document = each.problem or parsed(each, parsing, now)
        terms = Terms(rules=rules, zone=zone, now=now)
        with database.writing() as transaction:
            lines = take(transaction, each, document, terms, stated=stated)
        yield from lines


def parsed(each: Input, parsing: Parsing, now: datetime) -> Document:
    """What an input holds: by its suffix, then its type, then its first bytes."""
    is_page = each.url is not None and (each.content_type or "").partition(";")[0].strip() == "text/html"
    if is_page or each.suffix in DOCUMENT_SUFFIXES:
        name = each.stem if each.suffix in DOCUMENT_SUFFIXES else each.stem + ".html"
        return parsing.read_document(
            each.body, name=name, content_type=each.content_type, url=each.url, now=now
        )
    return parsing.parse(
        each.body, url=each.final or each.url, content_type=each.content_type, name=each.stem, now=now
    )


def take(
    transaction: Transaction,
    each: Input,
    document: Document,
    terms: Terms,
    *,
    stated: str | None = None,
    source: Source | None = None,
) -> list[EntryLine | InputLine]:
    """Store what an input held, all in one transaction, and the fetch that brought it."""
    sha = sha256(each.body)
    if document.result not in GOOD_RESULTS:
        note_failure(transaction, each, document, terms.now, source.id if source else None, sha)
        return [line(each, document, 0)]
    if source is None:
        source = settle(transaction, identify(document, stated=stated, name=each.stem), terms.now)
    improve(transaction, source, document)
    known = not each.is_live and fetches.is_known(transaction, source.id, sha)
    entries = tuple(replace(article, source=source.id) for article in document.articles)
    fetch = fetches.next_id(transaction)
    stored = put(transaction, entries, replace(terms, fetch=fetch), known=known)
    withdraw_deleted(transaction, document, source.id, terms.now)
    if not known and (not each.is_live or any(one.outcome != "unchanged" for one in stored)):
        fetches.record(transaction, fetch, fetched(each, document, terms.now, source.id))
    skipped = [EntryLine(outcome="skipped", id=None, input=each.name)] * document.skipped
    return [*(entry_line(each, one) for one in stored), *skipped, line(each, document, len(stored))]


def note_failure(
    transaction: Transaction, each: Input, document: Document, now: datetime, source: str | None, sha: str
) -> None:
    """Keep the bytes of what could not be read, once for each way of failing."""
    if not fetches.has_failed_so(transaction, each.url or each.name, sha, document.result):
        fetches.record(transaction, fetches.next_id(transaction), fetched(each, document, now, source))


def fetched(each: Input, document: Document, now: datetime, source: str | None) -> fetches.Fetch:
    """The record of reading an input."""
    return fetches.Fetch(
        source=source,
        asked=each.url or each.name,
        final=each.final,
        status=each.status,
        headers={"content-type": each.content_type} if each.content_type else None,
        at=now,
        body=each.body,
        result=document.result,
        detail=document.detail,
        articles=len(document.articles),
    )


def withdraw_deleted(transaction: Transaction, document: Document, source: str, now: datetime) -> None:
    """Withdraw what the source itself declares deleted (RFC 6721); the text stays."""
    for guid in document.deleted:
        for row in transaction.read(
            "SELECT article FROM alias WHERE source = :source AND kind = 'guid' AND value = :guid",
            source=source,
            guid=guid,
        ):
            withdraw_one(transaction, row["article"], reason="deleted by its source", person=source, now=now)


def entry_line(each: Input, stored: Stored) -> EntryLine:
    """The line for one entry."""
    article = stored.article
    return EntryLine(
        outcome=stored.outcome,
        id=article.id,
        input=each.name,
        title=article.title,
        language=article.language,
        published=timestamp(article.published) if article.published else None,
        source=article.source,
        revision=article.revision,
        sha256=article.sha,
    )


def line(each: Input, document: Document, articles: int) -> InputLine:
    """The line for one input."""
    return InputLine(input=each.name, result=document.result, articles=articles, detail=document.detail)


def read_inputs(names: Sequence[str], config: settings.Fetch) -> Iterator[Input]:
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


def read_url(url: str, config: settings.Fetch) -> Input:
    """What an address answers, taken once."""
    from archive.fetch import fetch

    try:
        answer = fetch(url, settings=config)
    except FetchError as error:
        return Input(name=url, url=url, problem=trouble("failed", str(error)))
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


def summary(lines: Iterable[EntryLine | InputLine]) -> dict[str, int]:
    """How many entries had each outcome and how many inputs each result."""
    counted: dict[str, int] = {}
    for each in lines:
        key = each.outcome if isinstance(each, EntryLine) else each.result
        counted[key] = counted.get(key, 0) + 1
    return counted
