"""When a source is polled again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from archive.model import Hints
from archive.schedule import next_due, retry_seconds

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
NO_HINTS = Hints()


def minutes(
    interval: int = 30,
    *,
    hints: Hints = NO_HINTS,
    failures: int = 0,
    retry_after: int | None = None,
    jitter: float = 0,
) -> float:
    """How many minutes the next poll is away."""
    due = next_due(
        NOW,
        interval=timedelta(minutes=interval),
        hints=hints,
        failures=failures,
        retry_after=retry_after,
        jitter=jitter,
    )
    return (due - NOW).total_seconds() / 60


def test_a_source_is_asked_at_the_interval_of_the_settings() -> None:
    assert minutes(30) == 30


def test_a_little_sooner_or_later_so_that_sources_drift_apart() -> None:
    assert (minutes(30, jitter=-1), minutes(30, jitter=1)) == (27, 33)


def test_never_more_often_than_every_ten_minutes_nor_less_than_daily() -> None:
    assert (minutes(1), minutes(100_000)) == (10, 1440)


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        (Hints(ttl_minutes=60), 60),
        (Hints(update_seconds=7200), 120),
        (Hints(ttl_minutes=60, update_seconds=7200), 120),
        (Hints(ttl_minutes=5), 30),
        (Hints(ttl_minutes=-5, update_seconds=0), 30),
        (Hints(ttl_minutes=10**30), 1440),
    ],
)
def test_what_a_feed_asks_for_makes_it_later_never_sooner(hints: Hints, expected: int) -> None:
    assert minutes(30, hints=hints) == expected
    assert minutes(30, hints=hints, jitter=-1) >= expected * 0.9


def test_jitter_does_not_come_before_what_a_feed_asks_for() -> None:
    assert minutes(30, hints=Hints(ttl_minutes=60), jitter=-1) == 60


def test_each_failure_makes_the_wait_longer_up_to_eight_times() -> None:
    assert [minutes(30, failures=n) for n in (0, 1, 2, 3, 8, 9, 10**9)] == [30, 30, 60, 90, 240, 240, 240]


def test_what_the_server_names_is_kept_to_and_never_cut_short() -> None:
    assert minutes(30, retry_after=120, failures=5) == 2
    assert minutes(30, retry_after=7200, jitter=-1) >= 120
    assert minutes(30, retry_after=0) == 1
    assert minutes(30, retry_after=10**12, jitter=1) == 7 * 1440


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", 120),
        (" 3600 ", 3600),
        ("0", 60),
        ("9" * 400, 7 * 86400),
        ("Tue, 24 Nov 2026 09:00:00 GMT", 3600),
        ("Tue, 24 Nov 2026 09:00:00 -0000", 3600),
        ("Tuesday, 24-Nov-26 09:00:00 GMT", 3600),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 60),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 7 * 86400),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_bounds(header: str, expected: int) -> None:
    assert retry_seconds(header, NOW) == expected


@pytest.mark.parametrize(
    "header", [None, "", "-1", "NaN", "1e9", "soon", "１２０", "²", "1.5", "Tue, 99 Foo 2026", "0x10"]
)
def test_retry_after_without_sense_is_ignored(header: str | None) -> None:
    assert retry_seconds(header, NOW) is None


@given(some.text())
def test_retry_after_of_any_kind_never_raises(header: str) -> None:
    seconds = retry_seconds(header, NOW)
    assert seconds is None or 60 <= seconds <= 7 * 86400


@given(some.integers(0, 10**6), some.integers(), some.integers(), some.integers(0, 10**6), some.floats(-1, 1))
def test_any_numbers_give_a_time_within_bounds(
    interval: int, ttl: int, update: int, failures: int, jitter: float
) -> None:
    hints = Hints(ttl_minutes=ttl, update_seconds=update)
    assert 10 <= minutes(interval, hints=hints, failures=failures, jitter=jitter) <= 1440
