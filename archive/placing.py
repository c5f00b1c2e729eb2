"""Where an article stands: its day and place in lists, and its address. Pure, but for what is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from archive.articles import batches, listed
from archive.database import Transaction
from archive.model import Article

FUTURE = timedelta(days=1)
LENGTHS = (8, 13, 18, 36)


def stated_day(entry: Article, zone: ZoneInfo, now: datetime) -> date:
    """The day of publication as stated, else today; a date without a time keeps its day in every zone."""
    if entry.published is None:
        return now.astimezone(zone).date()
    if entry.published_precision in ("day", "month", "year"):
        return entry.published.date()
    return entry.published.astimezone(zone).date()


def placed(entry: Article, zone: ZoneInfo, first_seen: datetime, place: int) -> dict[str, Any]:
    """Where lists show an article: its day, and the time that orders it; never later than first seen."""
    if entry.published is None:
        when = first_seen - timedelta(seconds=place)
        return {"day": when.astimezone(zone).date(), "sorted": when}
    if entry.published > first_seen + FUTURE:
        return {"day": first_seen.astimezone(zone).date(), "sorted": first_seen}
    day = stated_day(entry, zone, first_seen)
    # A day alone stands at its beginning there, so that days follow each other in lists of any zone.
    coarse = entry.published_precision in ("day", "month", "year")
    when = datetime(day.year, day.month, day.day, tzinfo=zone) if coarse else entry.published
    return {"day": day, "sorted": min(when, first_seen)}


def addresses(entry: Article, zone: ZoneInfo, now: datetime) -> Iterator[str]:
    """Our addresses for a new article: the day and eight characters of the id, more where those are taken."""
    digits = entry.id.removeprefix("urn:uuid:")
    day = stated_day(entry, zone, now)
    return (f"/a/{day:%Y/%m/%d}/{digits[:length]}" for length in LENGTHS)


def taken_addresses(
    transaction: Transaction, entries: Sequence[Article], zone: ZoneInfo, now: datetime
) -> set[str]:
    """Which of the addresses that some new articles might get others have already."""
    taken: set[str] = set()
    for batch in batches([each for entry in entries for each in addresses(entry, zone, now)]):
        names, values = listed(batch)
        rows = transaction.read(f"SELECT address FROM article WHERE address IN ({names})", **values)
        taken.update(row["address"] for row in rows)
    return taken
