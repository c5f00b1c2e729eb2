"""The archive in one SQLite file. The only module that knows sqlite3."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from archive.database import Row, Transaction
from archive.errors import ArchiveError, Busy, Damaged
from archive.schema import APPEND_ONLY, MIGRATIONS

APPLICATION_ID = 0x53594E44  # "SYND": tells an archive from any other SQLite file
WRITE_WAIT = 30.0
LONGEST_LOG = 8 << 20
GOOD_FOR = 0.001  # seconds
SETTINGS = """
PRAGMA synchronous=FULL;
PRAGMA foreign_keys=ON;
PRAGMA trusted_schema=OFF;
PRAGMA busy_timeout=10000;
PRAGMA wal_autocheckpoint=0;
PRAGMA cache_size=-4000;
PRAGMA journal_size_limit=1048576;
"""


class Commits:
    """Counts the commits of this process; that the number moves is enough."""

    value = 0


commits = Commits()


class SqliteDatabase:
    """See archive.database.Database. Each thread reads and writes through a connection of its own.

    ``archive.lock`` is held around every write transaction, every checkpoint and every close (closing the
    last connection checkpoints): SQLite before 3.51.3 can damage the log when two connections write and
    checkpoint in the same instant.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.parent
        self._threads = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._watching = threading.Lock()
        self._answered, self._seen = 0, (-1, 0.0)  # what was answered last; at which commit, and until when
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"{self.folder}: cannot be made: {error.strerror}") from error
        try:
            with wrapped(self.path), self.locked("archive", wait=WRITE_WAIT):
                fresh = not path.exists()
                self._prepare(self._connection())
                if fresh:
                    sync_folder(self.folder)
            self._watch = self._open().cursor()
            self._watch.row_factory = None  # asked at every request: as little as can be
            self.migrate()
        except BaseException:
            self.close()
            raise

    def read(self, sql: str, **values: object) -> list[Row]:
        with wrapped(self.path):
            return rows(self._connection(), sql, values)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        connection = self._connection()
        if connection.in_transaction:
            yield
            return
        with wrapped(self.path):
            connection.execute("BEGIN")
        try:
            yield
        finally:
            connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        connection = self._connection()
        with wrapped(self.path), self.locked("archive", wait=WRITE_WAIT):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteTransaction(connection)
                connection.execute("COMMIT")
                commits.value += 1
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            self._checkpoint(connection)

    def changed(self) -> int:
        # Asking lets other threads in, which costs a server under load more than all else of an answer. So an
        # answer stands for the millisecond, unless this process has committed.
        if self._seen[0] == commits.value and time.monotonic() < self._seen[1]:
            return self._answered
        with self._watching:
            seen = commits.value, time.monotonic() + GOOD_FOR
            (version,) = self._watch.execute("PRAGMA data_version").fetchone()
            self._answered, self._seen = int(version), seen
        return int(version)

    @contextmanager
    def locked(self, name: str, *, wait: float = 0) -> Iterator[None]:
        path = self.folder / f"{name}.lock"
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise ArchiveError(f"{path}: cannot be opened: {error.strerror}") from error
        try:
            take(file, path, time.monotonic() + wait)
            yield
        finally:
            os.close(file)

    def faults(self) -> list[str]:
        said = [row["integrity_check"] for row in self.read("PRAGMA integrity_check")]
        orphans = self.read("PRAGMA foreign_key_check")
        lost = [f"{len(orphans)} rows are without the row they belong to"] if orphans else []
        return [f"{self.path}: {fault}" for fault in (*said, *lost) if fault != "ok"]

    def migrate(self) -> Sequence[int]:
        passed: list[int] = []
        if self._version() == len(MIGRATIONS):
            return passed
        with self.writing() as transaction:
            connection = self._connection()
            for version in range(self._version(), len(MIGRATIONS)):
                for table in APPEND_ONLY:
                    transaction.run(f"DROP TRIGGER IF EXISTS {table}_update")
                    transaction.run(f"DROP TRIGGER IF EXISTS {table}_delete")
                for statement in MIGRATIONS[version].split(";"):
                    if statement.strip():
                        connection.execute(statement)
                connection.execute(f"PRAGMA user_version={version + 1}")
                passed.append(version + 1)
            for table in APPEND_ONLY:
                for verb in ("update", "delete"):
                    connection.execute(
                        f"CREATE TRIGGER {table}_{verb} BEFORE {verb} ON {table} BEGIN"
                        f" SELECT RAISE(ABORT, '{table} rows are never changed or deleted'); END"
                    )
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise Damaged(f"{self.path}: a migration would leave {len(broken)} rows without their parent")
        return passed

    def close(self) -> None:
        with self._guard:
            connections, self._connections = self._connections, []
        if not connections:
            return
        with suppress(ArchiveError), self.locked("archive", wait=WRITE_WAIT):
            for connection in connections:
                with suppress(sqlite3.Error):
                    connection.close()
        self._threads = threading.local()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = self._threads.connection = self._open()
        return connection

    def _open(self) -> sqlite3.Connection:
        with wrapped(self.path):
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=10)
            with self._guard:
                self._connections.append(connection)
            connection.row_factory = row
            connection.executescript(SETTINGS)
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make a new file an archive, and refuse a file that is something else."""
        identity = connection.execute("PRAGMA application_id").fetchone()["application_id"]
        tables = connection.execute("SELECT count(*) AS n FROM sqlite_master").fetchone()["n"]
        if identity != APPLICATION_ID and tables:
            raise ArchiveError(f"{self.path}: is a SQLite file of something else; give another --data folder")
        if identity != APPLICATION_ID:
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        if connection.execute("PRAGMA journal_mode").fetchone()["journal_mode"] != "wal":
            connection.execute("PRAGMA journal_mode=WAL")
        if self._version() > len(MIGRATIONS):
            raise ArchiveError(f"{self.path}: was written by a newer version of this program; update it")

    def _version(self) -> int:
        version = self._connection().execute("PRAGMA user_version").fetchone()["user_version"]
        return int(version)

    def _checkpoint(self, connection: sqlite3.Connection) -> None:
        """Move a long log into the file; whoever committed does it, still under the write lock."""
        log = self.path.with_name(self.path.name + "-wal")
        with suppress(OSError):
            if log.stat().st_size > LONGEST_LOG:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


class SqliteTransaction:
    """See archive.database.Transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def read(self, sql: str, **values: object) -> list[Row]:
        return rows(self._connection, sql, values)

    def run(self, sql: str, **values: object) -> int:
        return self._connection.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[Mapping[str, object]]) -> None:
        self._connection.executemany(sql, rows)

    def next_seq(self) -> int:
        (last,) = self.read("SELECT COALESCE(MAX(seq), 0) AS seq FROM change")
        return int(last["seq"]) + 1


def rows(connection: sqlite3.Connection, sql: str, values: Mapping[str, object]) -> list[Row]:
    """All rows of a statement by column name; its columns are named once for all of them."""
    cursor = connection.cursor()
    cursor.row_factory = None
    found = cursor.execute(sql, values).fetchall()
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, each, strict=True)) for each in found]


def row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> dict[str, Any]:
    """A row by column name."""
    return dict(zip((column[0] for column in cursor.description), values, strict=True))


def take(file: int, path: Path, deadline: float) -> None:
    """Lock an open file among all processes, or raise Busy at the deadline."""
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise Busy(f"{path}: held by another process; try again when it has finished") from error
            time.sleep(0.005)


def sync_folder(folder: Path) -> None:
    """Make the names of new files in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def wrapped(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, with what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "full" in text:
            raise ArchiveError(f"{path}: the disk is full; nothing of this was stored") from error
        if "readonly" in text or "unable to open" in text:
            raise ArchiveError(
                f"{path}: cannot be written ({text}); check the folder's permissions"
            ) from error
        raise ArchiveError(f"{path}: {text}; nothing of this was stored") from error
    except sqlite3.IntegrityError as error:
        raise ArchiveError(f"{path}: refused: {error}; nothing of this was stored") from error
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{path}: {error}; restore a backup with: python app.py restore FILE") from error
