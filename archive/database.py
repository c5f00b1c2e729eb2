"""What a database must do for the archive, and how to open one. SQL stands in the modules by subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

Row = Mapping[str, Any]


class Transaction(Protocol):
    """A write transaction: all of it is stored, or nothing."""

    def read(self, sql: str, **values: object) -> list[Row]:
        """Rows as this transaction sees them."""

    def run(self, sql: str, **values: object) -> int:
        """How many rows a statement changed."""

    def run_many(self, sql: str, rows: Iterable[Mapping[str, object]]) -> None:
        """One statement for many rows."""

    def next_seq(self) -> int:
        """The next number of the change log; drawn under the write lock, so it rises in commit order."""


class Database(Protocol):
    """The few things SQLite and PostgreSQL each do in their own way.

    SQL is what both share, with named parameters as ``:name``. Writers wait for each other (30 seconds, then
    ``Busy``); readers never wait. What ``writing`` committed survives a crash and a power cut.
    """

    folder: Path

    def read(self, sql: str, **values: object) -> list[Row]:
        """All rows of a query, each by column name."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Reads inside see one state of the archive, whatever is committed meanwhile."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """A transaction that commits at the end of the block and rolls back on any error."""

    def changed(self) -> int:
        """A number that moves when another connection has committed; costs microseconds."""

    def locked(self, name: str, *, wait: float = 0) -> AbstractContextManager[None]:
        """Hold the named lock among all processes; raises Busy when it is not had within ``wait`` seconds."""

    def faults(self) -> list[str]:
        """What the database itself finds wrong with its storage, a sentence each."""

    def migrate(self) -> Sequence[int]:
        """Bring the schema up to date; the versions passed through."""

    def close(self) -> None:
        """Give everything back; safe to call twice."""


def open_database(url: str) -> Database:
    """The database at ``sqlite:///PATH``, made when missing, with today's schema."""
    if url.startswith("sqlite:///"):
        from archive.sqlite import SqliteDatabase

        return SqliteDatabase(Path(url.removeprefix("sqlite:///")))
    raise ValueError(f"no database for {url!r}: expected sqlite:///PATH")
