"""When to ask a source again. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from archive.model import Hints

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=24)
SHORTEST_RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(days=7)
MOST_PATIENCE = 8  # a failing source is asked up to so many times less often
SPREAD = 0.1  # sources added together drift apart


def next_due(
    now: datetime,
    *,
    interval: timedelta,
    hints: Hints,
    failures: int,
    retry_after: int | None,
    jitter: float,
) -> datetime:
    """When to poll next: after the interval, but never sooner than the source asks for.

    ``failures`` counts the polls that failed since the last good one, this one included: each makes the wait
    longer. ``retry_after`` is what the server named with a 429 or 503, in seconds, and then decides alone.
    ``jitter`` between -1 and 1 moves the time a little, only later where the source named one.
    """
    if retry_after is not None:
        wait = retry_after * (1 + SPREAD * abs(jitter))
        return now + clamp(wait, SHORTEST_RETRY, LONGEST_RETRY)
    patience = min(max(failures, 1), MOST_PATIENCE)
    wait = interval.total_seconds() * patience * (1 + SPREAD * jitter)
    return now + clamp(max(wait, stated_seconds(hints)), SHORTEST, LONGEST)


def stated_seconds(hints: Hints) -> float:
    """How long a feed asks to be left alone: RSS ``ttl`` or the syndication module, whichever is longer."""
    return max((hints.ttl_minutes or 0) * 60, hints.update_seconds or 0)


def clamp(seconds: float, shortest: timedelta, longest: timedelta) -> timedelta:
    """A wait within bounds, however absurd the number."""
    return timedelta(seconds=max(shortest.total_seconds(), min(longest.total_seconds(), seconds)))


def retry_seconds(header: str | None, now: datetime) -> int | None:
    """What ``Retry-After`` asks for, within bounds; None when it makes no sense (RFC 9110 section 10.2.3)."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return round(clamp(float(text[:10]), SHORTEST_RETRY, LONGEST_RETRY).total_seconds())
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(clamp((moment - now).total_seconds(), SHORTEST_RETRY, LONGEST_RETRY).total_seconds())
