"""The change log: every put, withdrawal, restoring and touch, numbered in commit order and chained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from archive.database import Database, Row, Transaction
from archive.model import Change, ChangeKind, moment, sha256, timestamp
from archive.rows import NEVER_LEFT

START = "0" * 64


class Log:
    """Writes lines of the log: all of a transaction at once, since each costs three statements alone."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._rows: list[dict[str, object]] = []
        self._seq = transaction.next_seq() - 1
        before = transaction.read("SELECT chain, at FROM change WHERE seq = :seq", seq=self._seq)
        self._chain = str(before[0]["chain"]) if before else START
        # A clock may be set back; who asks by time alone must not miss what came after that.
        self._earliest = str(before[0]["at"]) if before else ""

    def append(
        self,
        kind: ChangeKind,
        article: str,
        *,
        revision: int,
        sha: str,
        now: datetime,
        reason: str | None = None,
        person: str | None = None,
    ) -> int:
        """The next line; its seq, which the article, and what is filed under it, must remember."""
        self._seq += 1
        self._chain = chained(self._chain, self._seq, kind, article, sha)
        self._rows.append(
            {
                "seq": self._seq,
                "kind": kind,
                "article": article,
                "revision": revision,
                "sha": sha,
                "at": max(timestamp(now), self._earliest),
                "reason": reason,
                "person": person,
                "chain": self._chain,
            }
        )
        return self._seq

    def write(self) -> None:
        """Store the lines; nothing else may write to the log before."""
        self._transaction.run_many(
            "INSERT INTO change (seq, kind, article, revision, sha, at, reason, person, chain)"
            " VALUES (:seq, :kind, :article, :revision, :sha, :at, :reason, :person, :chain)",
            self._rows,
        )
        self._rows.clear()


def append(
    transaction: Transaction,
    kind: ChangeKind,
    article: str,
    *,
    revision: int,
    sha: str,
    now: datetime,
    reason: str | None = None,
    person: str | None = None,
) -> int:
    """Write the next line of the log; its seq. The article, and what is filed under it, remember it."""
    log = Log(transaction)
    seq = log.append(kind, article, revision=revision, sha=sha, now=now, reason=reason, person=person)
    log.write()
    remember(transaction, [{"id": article, "seq": seq}])
    return seq


def touch(transaction: Transaction, rows: Iterable[Row], now: datetime) -> int:
    """A touch for each of some articles, as rows of id, revision and sha; how many."""
    log = Log(transaction)
    touched = [
        {
            "id": row["id"],
            "seq": log.append("touch", row["id"], revision=row["revision"], sha=row["sha"], now=now),
        }
        for row in rows
    ]
    log.write()
    remember(transaction, touched)
    return len(touched)


def remember(transaction: Transaction, touched: Sequence[Mapping[str, object]]) -> None:
    """Write down the last line about each of some articles, also where they are filed."""
    for table, column in (("article", "id"), ("article_topic", "article"), ("byline", "article")):
        transaction.run_many(f"UPDATE {table} SET seq = :seq WHERE {column} = :id", touched)


def chained(before: str, seq: int, kind: str, article: str, sha: str) -> str:
    """The chain value of a line: it holds all lines before it, so none can be changed or dropped unseen."""
    return sha256("\n".join((before, str(seq), kind, article, sha)).encode())


def after(database: Database, seq: int, limit: int = 500) -> tuple[Change, ...]:
    """The log after a number, oldest first."""
    rows = database.read(
        "SELECT * FROM change WHERE seq > :seq ORDER BY seq LIMIT :limit", seq=seq, limit=limit
    )
    return tuple(change(row) for row in rows)


def told(database: Database, seq: int, limit: int) -> tuple[tuple[Change, str], ...]:
    """What everybody may know of the log after a number, oldest first, each with the article's address.

    That is nothing of articles that were never public or may not be republished. What is published later, as
    at the end of an embargo, gets a line of its own then; its older ones are told from then on too.
    """
    rows = database.read(
        "SELECT c.*, a.address FROM change c JOIN article a ON a.id = c.article"
        f" JOIN source s ON s.id = a.source WHERE c.seq > :seq AND {NEVER_LEFT} ORDER BY c.seq LIMIT :limit",
        seq=seq,
        limit=limit,
    )
    return tuple((change(row), row["address"]) for row in rows)


def touched_last(database: Database, limit: int) -> tuple[str, ...]:
    """The articles that the last lines which may be told are about, the latest first; their ids."""
    rows = database.read(
        "SELECT a.id FROM article a JOIN source s ON s.id = a.source"
        f" WHERE {NEVER_LEFT} ORDER BY a.seq DESC LIMIT :limit",
        limit=limit,
    )
    return tuple(row["id"] for row in rows)


def last(database: Database) -> int:
    """The number of the newest line; 0 for an empty log."""
    (row,) = database.read("SELECT COALESCE(MAX(seq), 0) AS seq FROM change")
    return int(row["seq"])


class Newest:
    """The number of the newest line, read again only after something was committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = (-1, 0)

    def last(self) -> int:
        """See ``last``: at least the number that the archive had when this was called."""
        # The token is read first: a commit in between moves it once more, and the next call reads again.
        token = self._database.changed()
        known, number = self._known
        if known != token:
            number = last(self._database)
            self._known = (token, number)
        return number


def head(database: Database) -> str:
    """The chain value of the newest line: who has it can prove later that nothing was cut off."""
    rows = database.read("SELECT chain FROM change ORDER BY seq DESC LIMIT 1")
    return str(rows[0]["chain"]) if rows else START


def change(row: Row) -> Change:
    """A row of the log."""
    return Change(
        seq=row["seq"],
        kind=row["kind"],
        id=row["article"],
        revision=row["revision"],
        sha=row["sha"],
        at=moment(row["at"]),
        chain=row["chain"],
    )
