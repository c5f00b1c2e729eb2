"""A large archive is filed again beside all else that goes on, and goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from factories import NOW, RULES, TOPICS, article, put_all

from archive import lists, tally, topics
from archive.database import Database
from archive.errors import Busy
from archive.model import Selection
from archive.rules import compile_rules

MANY = 450  # articles, more than two batches
RAIN = compile_rules((replace(TOPICS[0], words=("rain",)), TOPICS[1]))
FILED = Selection(topics=("olympics",))


@pytest.fixture
def archive(database: Database) -> Database:
    """An archive of rain, filed before that was a topic."""
    topics.fill(database, RULES, NOW)
    with database.writing() as transaction:
        put_all(transaction, *(article(guid=str(n), title=f"Rain {n}") for n in range(MANY)))
    return database


def after(steps: int) -> Callable[[], bool]:
    """Says to stop when it has been asked so often."""
    left = iter([False] * steps)
    return lambda: next(left, True)


def test_it_goes_on_where_it_was_stopped(archive: Database) -> None:
    first = topics.fill(archive, RAIN, NOW, stopped=after(1))
    assert 0 < first < MANY and not topics.are_filled(archive, RAIN)
    assert tally.total(archive, FILED) == first
    assert topics.fill(archive, RAIN, NOW) == MANY - first
    assert topics.are_filled(archive, RAIN) and tally.total(archive, FILED) == MANY


def test_what_other_rules_began_is_begun_again(archive: Database) -> None:
    topics.fill(archive, RAIN, NOW, stopped=after(1))
    other = compile_rules((replace(TOPICS[0], words=("snow",)), TOPICS[1]))
    topics.fill(archive, other, NOW)
    assert tally.total(archive, FILED) == 0 and topics.are_filled(archive, other)


def test_others_write_meanwhile(archive: Database) -> None:
    written: list[object] = []

    def write() -> bool:
        with archive.writing() as transaction:
            written.extend(put_all(transaction, article(guid=f"new {len(written)}", title="Rain")))
        return False

    topics.fill(archive, RAIN, NOW, stopped=write)
    assert len(written) >= 3
    topics.fill(archive, RAIN, NOW)
    assert tally.total(archive, Selection()) == MANY + len(written)


def test_only_one_process_files(archive: Database) -> None:
    with archive.locked("topics"), pytest.raises(Busy):
        topics.fill(archive, RAIN, NOW)
    assert topics.fill(archive, RAIN, NOW) == MANY


def test_a_large_archive_may_be_left_for_later(archive: Database) -> None:
    assert topics.fill(archive, RAIN, NOW, most=MANY - 1) == 0
    assert lists.newest(archive, FILED, 1) == ()
    assert topics.fill(archive, RAIN, NOW, most=MANY) == MANY


def test_what_stays_where_it_is_holds_nobody_up(archive: Database) -> None:
    with archive.locked("archive"):  # as while somebody writes for long
        assert (
            topics.misfiled(archive, RULES, [one.id for one in lists.newest(archive, Selection(), 9)]) == []
        )
