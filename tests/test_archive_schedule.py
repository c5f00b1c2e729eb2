"""When a source is polled again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from archive.model import Hints
from archive.schedule import (
    DAYS,
    fresh_seconds,
    interval_for,
    next_due,
    next_retry,
    patience,
    rest_until,
    retry_seconds,
)

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
NO_HINTS = Hints()


def minutes(
    interval: float = 30, *, hints: Hints = NO_HINTS, fresh: float = 0, times: float = 1, jitter: float = 0
) -> float:
    """How many minutes the next poll is away."""
    due = next_due(
        NOW, interval=timedelta(minutes=interval), hints=hints, fresh=fresh, patience=times, jitter=jitter
    )
    return (due - NOW).total_seconds() / 60


def test_a_source_is_asked_at_its_interval() -> None:
    assert minutes(30) == 30


def test_a_little_sooner_or_later_so_that_sources_drift_apart() -> None:
    assert (minutes(30, jitter=-1), minutes(30, jitter=1)) == (27, 33)


def test_never_more_often_than_every_ten_minutes_nor_less_than_daily() -> None:
    assert (minutes(1), minutes(1, jitter=-1), minutes(100_000)) == (10, 11, 1440)


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


def test_where_the_source_named_a_time_chance_makes_it_only_later() -> None:
    assert minutes(30, hints=Hints(ttl_minutes=60), jitter=-1) == 66
    assert minutes(30, fresh=3600, jitter=-1) == 66


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'public, Max-Age = "600", must-revalidate'}, 600),
        ({"cache-control": "max-age=600", "expires": "Tue, 24 Nov 2026 09:00:00 GMT"}, 600),
        ({"cache-control": "no-cache", "expires": "Tue, 24 Nov 2026 09:00:00 GMT"}, 3600),
        ({"cache-control": "s-maxage=600"}, 0),
        ({"cache-control": "max-age=-1"}, 0),
        ({"expires": "0"}, 0),
        ({"expires": "Tue, 24 Nov 2020 09:00:00 GMT"}, 0),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, 251606793599.0),
        ({}, 0),
    ],
)
def test_an_answer_says_for_how_long_it_stays_good(headers: dict[str, str], expected: float) -> None:
    assert fresh_seconds(headers, NOW) == expected
    assert minutes(30, fresh=fresh_seconds(headers, NOW)) <= 1440


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        (Hints(skip_hours=(8, 9, 10)), "2026-11-24T11:00"),
        (Hints(skip_hours=(9,)), "2026-11-24T08:30"),
        (Hints(skip_hours=tuple(range(24))), "2026-11-24T08:30"),
        (Hints(skip_days=("Tuesday",)), "2026-11-25T00:00"),
        (Hints(skip_days=("Tuesday", "Wednesday"), skip_hours=(0, 1)), "2026-11-26T02:00"),
        (Hints(skip_days=DAYS), "2026-11-24T08:30"),
        (Hints(skip_days=("Someday",)), "2026-11-24T08:30"),
    ],
)
def test_a_poll_moves_to_the_end_of_the_hours_and_days_that_a_feed_wants_skipped(
    hints: Hints, expected: str
) -> None:
    due = next_due(NOW, interval=timedelta(minutes=30), hints=hints, jitter=0)
    assert due.isoformat().startswith(expected)


def test_each_failure_makes_the_wait_longer_up_to_eight_times() -> None:
    assert [patience(n) for n in (0, 1, 2, 3, 8, 9, 10**9)] == [1, 1, 2, 3, 8, 8, 8]


def test_what_may_pass_by_itself_counts_half_and_what_will_not_four_times() -> None:
    assert [patience(n, soft=True) for n in (1, 2, 3, 15, 99)] == [1, 1.5, 2, 8, 8]
    assert [patience(n, least=4) for n in (1, 4, 6)] == [4, 4, 6]


@pytest.mark.parametrize(
    ("articles", "hours", "expected"),
    [(0, 672, 240), (1344, 672, 30), (28, 672, 208), (1, 672, 240), (50, 6, 15), (10**6, 6, 10)],
)
def test_busy_sources_are_asked_more_often_and_quiet_ones_less(
    articles: int, hours: int, expected: int
) -> None:
    found = interval_for(timedelta(minutes=30), articles=articles, span=timedelta(hours=hours))
    assert round(found.total_seconds() / 60) == expected


def retried(seconds: int, jitter: float = 0) -> float:
    return (next_retry(NOW, seconds, jitter) - NOW).total_seconds()


def test_what_the_server_names_is_kept_to_and_never_cut_short() -> None:
    assert retried(120) == 120
    assert retried(7200, -1) == 7920
    assert retried(0) == 60
    assert retried(10**12, 1) == 7 * 86400


def test_a_rest_ends_at_a_whole_second_after_the_time_that_was_named() -> None:
    late = NOW.replace(microsecond=900_000)
    assert rest_until("60", late) == NOW + timedelta(seconds=61)
    assert rest_until("soon", late) is None


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


@given(
    some.floats(0, 10**6),
    some.integers(),
    some.integers(),
    some.integers(0, 10**6),
    some.floats(-1, 1),
    some.sets(some.integers(0, 23)),
    some.sets(some.sampled_from(DAYS)),
    some.floats(0, 10**12),
)
def test_any_numbers_give_a_time_within_bounds(
    interval: float,
    ttl: int,
    update: int,
    failures: int,
    jitter: float,
    hours: set[int],
    days: set[str],
    fresh: float,
) -> None:
    hints = Hints(ttl_minutes=ttl, update_seconds=update, skip_hours=tuple(hours), skip_days=tuple(days))
    found = minutes(interval, hints=hints, fresh=fresh, times=patience(failures), jitter=jitter)
    assert 10 <= found <= 1440 * 1.1 + 7 * 1440 + 24 * 60
