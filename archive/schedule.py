"""When to ask a source again. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from archive.model import Hints

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=24)
SHORTEST_RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(days=7)
MOST_PATIENCE = 8  # a failing source is asked up to so many times less often
SPREAD = 0.1  # sources added together drift apart
BUSIEST, QUIETEST = 1 / 3, 8.0  # of the interval of the settings
MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,10})', re.IGNORECASE)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOUR = timedelta(hours=1)


def next_due(
    now: datetime,
    *,
    interval: timedelta,
    hints: Hints,
    fresh: float = 0,
    patience: float = 1,
    jitter: float,
) -> datetime:
    """When to poll next: after the interval, but never sooner than the source asks for.

    ``fresh`` is for how many seconds the answer stays good, as it says itself. ``patience`` makes the wait
    longer after failures. ``jitter`` between -1 and 1 moves the time a little, only later where the source
    named one. In the hours and days that a feed wants to be left alone it is not asked.
    """
    usual = interval.total_seconds() * patience
    stated = max(stated_seconds(hints), fresh)
    wait = clamp(max(usual, stated), SHORTEST, LONGEST)
    is_named = stated >= usual or wait <= SHORTEST
    due = now + wait * (1 + SPREAD * (abs(jitter) if is_named else jitter))
    return allowed(due, hints, jitter)


def next_retry(now: datetime, seconds: float, jitter: float) -> datetime:
    """When to ask again after the server named a time: never before it."""
    return now + clamp(seconds * (1 + SPREAD * abs(jitter)), SHORTEST_RETRY, LONGEST_RETRY)


def patience(failures: int, *, soft: bool = False, least: float = 1) -> float:
    """How many times longer to wait after so many failures in a row, of a kind that may pass by itself."""
    steps = max(failures, 1)
    return min(MOST_PATIENCE, max(least, (steps + 1) / 2 if soft else steps))


def interval_for(middle: timedelta, *, articles: int, span: timedelta) -> timedelta:
    """How often to ask a source that brought so many articles in a span of time.

    As the square root of how often it has news: of all ways to spend the same number of polls it leaves the
    articles of all sources waiting the least. ``middle`` is for one that has news just as often.
    """
    if not articles:
        return middle * QUIETEST
    apart = span / articles
    return middle * min(QUIETEST, max(BUSIEST, math.sqrt(apart / middle)))


def allowed(due: datetime, hints: Hints, jitter: float) -> datetime:
    """The time itself, or the end of the hours (GMT) and days in which a feed is not to be asked."""
    hours = set(hints.skip_hours) if len(set(hints.skip_hours)) < 24 else set()
    days = {DAYS.index(day) for day in hints.skip_days if day in DAYS}
    days = days if len(days) < len(DAYS) else set()
    moved = due.astimezone(UTC)
    while moved.hour in hours or moved.weekday() in days:
        moved = moved.replace(minute=0, second=0, microsecond=0) + HOUR
    return due if moved == due else moved + HOUR * SPREAD * abs(jitter)


def stated_seconds(hints: Hints) -> float:
    """How long a feed asks to be left alone: RSS ``ttl`` or the syndication module, whichever is longer."""
    return max((hints.ttl_minutes or 0) * 60, hints.update_seconds or 0)


def fresh_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """For how long an answer stays good, as ``Cache-Control`` or ``Expires`` say (RFC 9111 section 4.2)."""
    found = MAX_AGE.search(headers.get("cache-control", ""))
    if found:
        return float(found[1])
    moment = http_date(headers.get("expires", ""))
    return max(0.0, (moment - now).total_seconds()) if moment else 0.0


def clamp(seconds: float, shortest: timedelta, longest: timedelta) -> timedelta:
    """A wait within bounds, however absurd the number."""
    return timedelta(seconds=max(shortest.total_seconds(), min(longest.total_seconds(), seconds)))


def retry_seconds(header: str | None, now: datetime) -> int | None:
    """What ``Retry-After`` asks for, within bounds; None when it makes no sense (RFC 9110 section 10.2.3)."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return math.ceil(clamp(float(text[:10]), SHORTEST_RETRY, LONGEST_RETRY).total_seconds())
    moment = http_date(text)
    if moment is None:
        return None
    return math.ceil(clamp((moment - now).total_seconds(), SHORTEST_RETRY, LONGEST_RETRY).total_seconds())


def rest_until(header: str | None, now: datetime) -> datetime | None:
    """Until when a server asks to be left alone, to the next whole second; None when it does not say."""
    seconds = retry_seconds(header, now)
    return None if seconds is None else now.replace(microsecond=0) + timedelta(seconds=seconds + 1)


def http_date(text: str) -> datetime | None:
    """A date as HTTP writes it, in UTC where it says no zone; None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
