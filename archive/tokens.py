"""Tokens: what a program shows to push into the archive. Each is told once and kept only as its hash."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.database import Database, Row, Transaction
from archive.errors import NotFound, UsageError
from archive.model import moment, sha256, timestamp
from archive.naming import ID
from archive.rows import next_id

SCOPE = re.compile(rf"push(:{ID.pattern})?|read|admin")
LONGEST_LIFE = 36_500  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is known of a token, which is never the token itself.

    Scopes are ``push`` into any source, ``push:SOURCE`` into that one, ``read``, and ``admin`` for all.
    """

    id: int
    name: str
    scope: str
    created: datetime
    used: datetime | None
    expires: datetime | None
    revoked: datetime | None

    def may_push(self, source: str | None = None) -> bool:
        """Whether it may push into a source; without one, into any at all."""
        if self.scope.startswith("push:"):
            return source in (None, self.source)
        return self.scope in ("push", "admin")

    @property
    def may_judge(self) -> bool:
        """Whether who shows it speaks as an editor."""
        return self.scope == "admin"

    @property
    def source(self) -> str:
        """The source of what it pushes, where the message names none."""
        return self.scope.removeprefix("push:") if self.scope.startswith("push:") else self.name


def create(database: Database, name: str, *, scope: str, days: int | None, now: datetime) -> str:
    """Make a token; its text, which cannot be had again. Raises UsageError."""
    if not ID.fullmatch(name):
        raise UsageError(f"{name}: not a name; use lower-case letters, digits and hyphens, at most 64")
    if not SCOPE.fullmatch(scope):
        raise UsageError(
            f"{scope}: no such scope; use push, push:SOURCE with the id of a source, read or admin"
        )
    if days is not None and not 0 < days <= LONGEST_LIFE:
        raise UsageError(f"--expires {days}: expected 1 to {LONGEST_LIFE} days")
    token = secrets.token_urlsafe(32)
    with database.writing() as transaction:
        refuse_taken(transaction, name)
        transaction.run(
            "INSERT INTO token (id, name, scope, hash, created, expires)"
            " VALUES (:id, :name, :scope, :hash, :created, :expires)",
            id=next_id(transaction, "token"),
            name=name,
            scope=scope,
            hash=sha256(token.encode()),
            created=timestamp(now),
            expires=timestamp(now + timedelta(days=days)) if days else None,
        )
    return token


def refuse_taken(transaction: Transaction, name: str) -> None:
    """Raise UsageError when the name was ever given: it says for good who pushed what."""
    for row in transaction.read("SELECT revoked FROM token WHERE name = :name", name=name):
        state = "was revoked; a name is never given twice" if row["revoked"] else "is in use"
        raise UsageError(f"{name}: the token of that name {state}; choose another")


def tokens(database: Database | Transaction) -> tuple[Token, ...]:
    """All tokens, revoked and expired ones too, in the order in which they were made."""
    return tuple(token(row) for row in database.read("SELECT * FROM token ORDER BY id"))


def revoke(database: Database, name: str, *, now: datetime) -> None:
    """End a token; what it pushed stays. Raises NotFound."""
    with database.writing() as transaction:
        if not transaction.read("SELECT 1 FROM token WHERE name = :name", name=name):
            raise NotFound(f"{name}: no token has that name; `token list` names them")
        transaction.run(
            "UPDATE token SET revoked = :now WHERE name = :name AND revoked IS NULL",
            name=name,
            now=timestamp(now),
        )


def recognise(database: Database, shown: bytes, *, now: datetime) -> Token | None:
    """The token that was shown, unless it is unknown, revoked or expired.

    Only hashes are compared, all of them and each in constant time, so that the time tells nothing.
    """
    digest, stamp = sha256(shown).encode(), timestamp(now)
    rows = database.read(
        "SELECT * FROM token WHERE revoked IS NULL AND (expires IS NULL OR expires > :now) ORDER BY id",
        now=stamp,
    )
    found = [row for row in rows if hmac.compare_digest(row["hash"].encode(), digest)]
    return token(found[0]) if found else None


def valid(database: Database, id: int, *, now: datetime) -> Token | None:
    """A token by its number, unless it is revoked or expired."""
    rows = database.read(
        "SELECT * FROM token WHERE id = :id AND revoked IS NULL AND (expires IS NULL OR expires > :now)",
        id=id,
        now=timestamp(now),
    )
    return token(rows[0]) if rows else None


def note_use(transaction: Transaction, id: int, now: datetime) -> None:
    """Remember when a token was last used."""
    transaction.run("UPDATE token SET used = :now WHERE id = :id", id=id, now=timestamp(now))


def overview(database: Database, now: datetime) -> list[tuple[str, ...]]:
    """A row per token: name, scope, when it was made and last used, until when it is good."""
    return [
        (
            each.name,
            each.scope,
            f"made {timestamp(each.created)}",
            f"used {timestamp(each.used)}" if each.used else "never used",
            until(each, now),
        )
        for each in tokens(database)
    ]


def until(each: Token, now: datetime) -> str:
    """Until when a token is good, or since when it is not."""
    if each.revoked:
        return f"revoked {timestamp(each.revoked)}"
    if each.expires is None:
        return "good until revoked"
    return f"{'good until' if each.expires > now else 'expired'} {timestamp(each.expires)}"


def token(row: Row) -> Token:
    """A token from its row."""
    return Token(
        id=row["id"],
        name=row["name"],
        scope=row["scope"],
        created=moment(row["created"]),
        used=moment(row["used"]) if row["used"] else None,
        expires=moment(row["expires"]) if row["expires"] else None,
        revoked=moment(row["revoked"]) if row["revoked"] else None,
    )
