"""The change log: its times, and who asks for its newest number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from factories import NOW, TERMS, article, source

from archive import changes
from archive.database import Database, Row
from archive.put import put
from archive.sources import settle


def test_the_log_never_goes_back_in_time(database: Database) -> None:
    # Its chain does not hold times; a clock that was set back must not hide a line from who asks by time.
    for hours in (0, 5, 3, 6):
        with database.writing() as transaction:
            settle(transaction, source(), NOW)
            entry = article(guid=str(hours), title=f"Story {hours}", source="example")
            put(transaction, (entry,), replace(TERMS, now=NOW + timedelta(hours=hours)))
    told = [line.at - NOW for line in changes.after(database, 0)]
    assert told == [timedelta(hours=hours) for hours in (0, 5, 5, 6)]


class Racing:
    """A database to which another process commits just before or just after a read of ours."""

    def __init__(self, *, before: bool) -> None:
        self.before, self.committed, self.reads = before, 1, 0

    def changed(self) -> int:
        """As often as was committed."""
        return self.committed

    def read(self, sql: str) -> list[Row]:
        """The newest number, while a commit is made the first time."""
        self.reads += 1
        commits = int(self.reads == 1)
        self.committed += commits if self.before else 0
        rows: list[Row] = [{"seq": self.committed}]
        self.committed += 0 if self.before else commits
        return rows


@pytest.mark.parametrize("before", [True, False])
def test_a_commit_beside_a_look_is_seen_by_the_next_look(before: bool) -> None:
    racing = Racing(before=before)
    newest = changes.Newest(cast(Database, racing))
    newest.last()
    assert racing.committed == 2 and newest.last() == 2
    reads = racing.reads
    assert newest.last() == 2 and racing.reads == reads
