"""Prove that what is stored is what was stored: the file, every hash, the chain, and what they hold up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import TypeVar

from archive.changes import START, chained
from archive.database import Database
from archive.errors import ServiceError
from archive.fetches import unpack
from archive.model import sha256
from archive.rows import EVERY, article

PAGE = 500
T = TypeVar("T")


def verify(
    database: Database, *, sample: int | None = None, progress: Callable[[int], None] = lambda _: None
) -> Iterator[str]:
    """A sentence for each fault; nothing when all is well.

    ``sample`` limits the bytes and revisions whose hashes are computed to that many of each, drawn anew each
    time; the database's own check, the chain and the counts are always whole. ``progress`` is told bytes.
    """
    for check in (file, chain, revisions, blobs, articles):
        try:
            yield from check(database, sample, progress)
        except (ServiceError, ValueError, OSError) as error:
            yield f"{check.__name__}: cannot be read: {error}"


def file(database: Database, sample: int | None, progress: Callable[[int], None]) -> Iterator[str]:
    """What the database itself finds wrong."""
    yield from database.faults()


def chain(database: Database, sample: int | None, progress: Callable[[int], None]) -> Iterator[str]:
    """The log has no gap and every line follows from the one before."""
    before, expected = START, 1
    while True:
        rows = database.read(
            "SELECT seq, kind, article, sha, chain FROM change WHERE seq >= :seq ORDER BY seq LIMIT :n",
            seq=expected,
            n=PAGE,
        )
        if not rows:
            return
        for row in rows:
            if row["seq"] != expected:
                yield f"change log: lines {expected} to {row['seq'] - 1} are missing"
            elif chained(before, row["seq"], row["kind"], row["article"], row["sha"]) != row["chain"]:
                yield f"change log: line {row['seq']} does not follow from the lines before it"
            before, expected = row["chain"], row["seq"] + 1


def revisions(database: Database, sample: int | None, progress: Callable[[int], None]) -> Iterator[str]:
    """Every revision hashes to what is stored with it, and the log names it."""
    ids = [row["id"] for row in database.read("SELECT id FROM revision ORDER BY id")]
    for start in range(0, len(chosen := drawn(ids, sample)), PAGE):
        wanted = chosen[start : start + PAGE]
        names = ", ".join(str(int(id)) for id in wanted)
        for row in database.read(f"{EVERY} WHERE r.id IN ({names})"):
            found = article(row)
            progress(len(found.text) + len(found.html))
            if found.digest != found.sha:
                yield f"{found.id}: revision {found.revision} is not what was stored"
    for row in database.read(
        "SELECT r.article, r.revision FROM revision r WHERE NOT EXISTS (SELECT 1 FROM change c"
        " WHERE c.article = r.article AND c.revision = r.revision AND c.sha = r.sha AND c.kind = 'put')"
    ):
        yield f"{row['article']}: revision {row['revision']} is not in the change log"


def blobs(database: Database, sample: int | None, progress: Callable[[int], None]) -> Iterator[str]:
    """All bytes as received still have their hash."""
    shas = [row["sha"] for row in database.read("SELECT sha FROM blob ORDER BY sha")]
    for sha in drawn(shas, sample):
        (row,) = database.read("SELECT codec, bytes FROM blob WHERE sha = :sha", sha=sha)
        try:
            body = unpack(row["codec"], row["bytes"])
        except Exception as error:
            yield f"bytes {sha}: cannot be unpacked: {error}"
            continue
        progress(len(body))
        if sha256(body) != sha:
            yield f"bytes {sha}: are not what was received"


def articles(database: Database, sample: int | None, progress: Callable[[int], None]) -> Iterator[str]:
    """Every article stands at its newest revision and last line of the log, under a number of its own."""
    for row in database.read(
        "SELECT a.id FROM article a WHERE a.revision <> COALESCE((SELECT MAX(r.revision) FROM revision r"
        " WHERE r.article = a.id), 0) OR a.seq <> COALESCE((SELECT MAX(c.seq) FROM change c"
        " WHERE c.article = a.id), 0)"
    ):
        yield f"{row['id']}: does not stand at its newest revision"
    for row in database.read(
        "SELECT c.seq, c.article FROM change c WHERE c.kind = 'put' AND NOT EXISTS (SELECT 1 FROM revision r"
        " WHERE r.article = c.article AND r.revision = c.revision AND r.sha = c.sha)"
    ):
        yield f"{row['article']}: the revision of line {row['seq']} of the change log is missing"


def drawn(items: list[T], sample: int | None) -> list[T]:
    """Some of the items, or all."""
    return items if sample is None or sample >= len(items) else Random().sample(items, sample)  # noqa: S311
