"""The inbox: what is pushed to us, kept as bytes at once and taken in by the worker, in the order it came.

Whoever pushed is answered after ``receive`` has committed: from then on a crash loses nothing. A message is
taken in, and what became of it written down, in one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from archive import fetches
from archive.articles import articles
from archive.database import Database, Transaction
from archive.errors import ArchiveError, Busy, KeyReused
from archive.inputs import Input
from archive.model import GOOD_RESULTS, Document, canonical_json, sha256, timestamp
from archive.naming import identify
from archive.put import Terms
from archive.reading.pushed import LIST
from archive.records import Batch, Records
from archive.rows import next_id
from archive.sources import sources
from archive.take import EntryLine, InputLine, Line, Taking, entry_line, line, take
from archive.tokens import Token, note_use, tokens

Kind = Literal["push", "websub"]
Facts = Mapping[str, str | int | None]
LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
RECORDS = LINES | {"application/json"}
WATCH = "inbox"  # the lock of the process that takes what comes in
AGAIN = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What was pushed: by a token into a source that it names or leaves open, or by the hub of a source."""

    id: int
    kind: Kind
    source: str | None
    name: str
    headers: Mapping[str, str]
    body: bytes
    token: Token | None

    @property
    def content_type(self) -> str | None:
        """The type of the body as stated."""
        return self.headers.get("content-type")

    @property
    def url(self) -> str | None:
        """The address of the feed that a hub pushes."""
        return self.name if self.kind == "websub" else None

    @property
    def input(self) -> Input:
        """The message as an input: the newest that there is, like what is read from a feed."""
        return Input(
            name=self.name, url=self.url, body=self.body, content_type=self.content_type, is_live=True
        )

    @property
    def is_records(self) -> bool:
        """Whether the body is articles as JSON, rather than a feed or an entry of one."""
        return self.kind == "push" and self.type in RECORDS

    @property
    def type(self) -> str:
        """The type of the body without its parameters."""
        return (self.content_type or "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a message.

    ``unreadable`` is not what its type says, ``refused`` cannot be taken in, ``forbidden`` goes where the
    token may not push, ``failed`` is a fault of ours. Nothing of these was stored but the bytes. ``articles``
    are ``id outcome address revision`` in the order of the message; ``is_list`` says that it held a list.
    """

    result: Literal["taken", "unreadable", "refused", "forbidden", "failed"]
    detail: str | None = None
    articles: tuple[Facts, ...] = ()
    is_list: bool = False


def receive(
    database: Database,
    *,
    kind: Kind,
    source: str | None,
    body: bytes,
    headers: Mapping[str, str],
    name: str,
    token: int | None = None,
    idempotency: str | None = None,
    now: datetime,
) -> int:
    """Keep a message until it is taken; its number, which is the same for a key that was used before.

    Raises KeyReused when the key came with another message.
    """
    with database.writing() as transaction:
        if token is not None:
            note_use(transaction, token, now)
        if (known := earlier(transaction, token, idempotency, sha256(body), source)) is not None:
            return known
        number = next_id(transaction, "inbox")
        transaction.run(
            "INSERT INTO inbox (id, kind, source, name, headers, sha, token, idempotency, received) VALUES"
            " (:id, :kind, :source, :name, :headers, :sha, :token, :idempotency, :received)",
            id=number,
            kind=kind,
            source=source,
            name=name,
            headers=canonical_json(dict(headers)),
            sha=fetches.keep(transaction, body),
            token=token,
            idempotency=idempotency,
            received=timestamp(now),
        )
        return number


def earlier(
    transaction: Transaction, token: int | None, key: str | None, sha: str, source: str | None
) -> int | None:
    """The message that came with the same key of the same token."""
    if key is None:
        return None
    for row in transaction.read(
        "SELECT id, sha, source FROM inbox WHERE token = :token AND idempotency = :key", token=token, key=key
    ):
        if (row["sha"], row["source"]) == (sha, source):
            return int(row["id"])
        raise KeyReused(f"Idempotency-Key {key}: it came with another message before; use a new one")
    return None


def outcome(database: Database, id: int) -> Taken | None:
    """What became of a message; None while it waits, and for a number that there is not."""
    rows = database.read("SELECT outcome FROM inbox WHERE id = :id AND taken IS NOT NULL", id=id)
    if not rows:
        return None
    said = json.loads(rows[0]["outcome"])
    return Taken(**{**said, "articles": tuple(said["articles"])})


def belongs(database: Database, id: int, token: int) -> bool:
    """Whether a token pushed the message of that number."""
    return bool(database.read("SELECT 1 FROM inbox WHERE id = :id AND token = :token", id=id, token=token))


def take_waiting(taking: Taking) -> Iterator[Line]:
    """Take in what waits, the oldest first; a line per entry and message, each after its durable commit.

    A message that cannot be taken never stops those behind it. Raises Busy when the archive is held.
    """
    now = timestamp(datetime.now(UTC))
    for row in taking.database.read("SELECT id, outcome FROM inbox WHERE taken IS NULL ORDER BY id"):
        if not row["outcome"] or json.loads(row["outcome"])["after"] <= now:
            yield from take_message(taking, int(row["id"]))


def take_message(taking: Taking, id: int) -> list[Line]:
    """Take in one message, whatever it holds."""
    terms = taking.terms()
    try:
        message = read(taking.database, id)
        document = parsed(taking, message, terms.now)
        records = Records(taking, message.input)
        with taking.database.writing() as transaction:
            taken, lines = stored(transaction, message, document, terms, records)
            conclude(transaction, id, taken, terms.now)
        records.pair()
        return lines
    except Busy:
        raise
    except ArchiveError as error:  # a full disk, say: it was acknowledged, so it waits until there is room
        postpone(taking.database, id, terms.now)
        return [failed(f"message {id}", f"{error}; it waits and is tried again")]
    except Exception as error:  # a fault of ours; the bytes stay, and the others go on
        taken = Taken(result="failed", detail=f"could not be taken in: {error or type(error).__name__}")
        with taking.database.writing() as transaction:
            conclude(transaction, id, taken, terms.now)
        return [failed(f"message {id}", taken.detail)]


def failed(name: str, detail: str | None) -> InputLine:
    """The line for a message of which nothing was stored."""
    return InputLine(input=name, result="failed", articles=0, detail=detail)


def read(database: Database, id: int) -> Message:
    """A message with its bytes."""
    (row,) = database.read(
        "SELECT i.*, b.codec, b.bytes FROM inbox i JOIN blob b ON b.sha = i.sha WHERE i.id = :id", id=id
    )
    return Message(
        id=id,
        kind=row["kind"],
        source=row["source"],
        name=row["name"],
        headers=json.loads(row["headers"]),
        body=fetches.unpack(row["codec"], row["bytes"]),
        token=next((token for token in tokens(database) if token.id == row["token"]), None),
    )


def parsed(taking: Taking, message: Message, now: datetime) -> Document:
    """What a message holds."""
    if message.is_records:
        document = taking.parsing.read_pushed(message.body, is_lines=message.type in LINES)
        entries = (replace(entry, source=entry.source or message.source or "") for entry in document.articles)
        return replace(document, articles=tuple(entries))
    document = taking.parsing.parse(
        message.body, url=message.url, content_type=message.content_type, name=message.name, now=now
    )
    # Of a feed that says it is complete hubs send the news alone: what is not there has not vanished.
    return replace(document, hints=replace(document.hints, complete=False))


def stored(
    transaction: Transaction, message: Message, document: Document, terms: Terms, records: Records
) -> tuple[Taken, list[Line]]:
    """Store what a message holds: all of it, or nothing; and say what became of it."""
    if (objection := objection_to(message, document)) is not None:
        return objection, [failed(message.name, objection.detail)]
    each = message.input
    if message.is_records:
        places = list(range(1, len(document.articles) + 1))
        batch = Batch(first=1, lines=(), whole=message.body)
        done = records.put(transaction, batch, document, places)
        told = [entry_line(each, done[place]) for place in places]
    else:
        id = message.source or message.name
        source = sources(transaction, [id])[id] if message.kind == "websub" else None
        lines_of = take(transaction, each, document, terms, stated=message.source, source=source)
        told = [line for line in lines_of if isinstance(line, EntryLine)]
    is_list = document.kind == LIST or len(told) != 1
    taken = Taken(result="taken", articles=facts(transaction, told, document), is_list=is_list)
    return taken, [*told, line(each, document, len(told))]


def objection_to(message: Message, document: Document) -> Taken | None:
    """Why a message is not taken in; None when it is."""
    if document.result == "too_complex":
        return Taken(result="refused", detail=f"the body {document.detail}")
    if document.result not in GOOD_RESULTS:
        return Taken(result="unreadable", detail=f"the body {document.detail}")
    for fault in document.faults:
        if fault.is_skipped:
            return Taken(
                result="refused", detail=f"article {fault.place} {fault.reason}; nothing of this was stored"
            )
    if message.kind == "push" and not document.articles:
        return Taken(result="refused", detail="the body holds no article")
    named = {entry.source for entry in document.articles} if message.is_records else ()
    for name in named:
        id, token = identify(Document(), stated=name, name=name).id, message.token
        if token is not None and not token.may_push(id):
            return Taken(
                result="forbidden", detail=f"{id}: the token {token.name} may not push into this source"
            )
    return None


def facts(transaction: Transaction, told: Sequence[EntryLine], document: Document) -> tuple[Facts, ...]:
    """What whoever pushed is told of each article."""
    addresses = {
        each.id: each.address for each in articles(transaction, [line.id for line in told if line.id])
    }
    notes: dict[int, list[str]] = {}
    for fault in document.faults:
        notes.setdefault(fault.place, []).append(fault.reason)
    return tuple(
        {
            "id": each.id,
            "outcome": each.outcome,
            "address": addresses.get(each.id or ""),
            "revision": each.revision,
            **({"note": "; ".join(notes[place])} if place in notes else {}),
        }
        for place, each in enumerate(told, 1)
    )


def conclude(transaction: Transaction, id: int, taken: Taken, now: datetime) -> None:
    """Write down what became of a message. A key is free again when nothing was stored under it."""
    transaction.run(
        "UPDATE inbox SET taken = :now, outcome = :outcome,"
        " idempotency = CASE WHEN :is_taken THEN idempotency ELSE NULL END WHERE id = :id"
        " AND taken IS NULL",
        id=id,
        now=timestamp(now),
        outcome=json.dumps(asdict(taken), ensure_ascii=False),
        is_taken=taken.result == "taken",
    )


def postpone(database: Database, id: int, now: datetime) -> None:
    """Try a message again after a while, each time after a longer one."""
    (row,) = database.read("SELECT outcome FROM inbox WHERE id = :id", id=id)
    tries = (json.loads(row["outcome"])["tries"] if row["outcome"] else 0) + 1
    after = now + min(AGAIN * tries, LONGEST_WAIT)
    with database.writing() as transaction:
        transaction.run(
            "UPDATE inbox SET outcome = :outcome WHERE id = :id AND taken IS NULL",
            id=id,
            outcome=canonical_json({"tries": tries, "after": timestamp(after)}),
        )


@contextmanager
def watching(database: Database) -> Iterator[None]:
    """Hold the inbox as the one that takes what comes in. Raises Busy while another process does."""
    with database.locked(WATCH, wait=1):
        yield


def is_watched(database: Database) -> bool:
    """Whether some process takes what comes in."""
    try:
        with database.locked(WATCH):
            return False
    except Busy:
        return True
