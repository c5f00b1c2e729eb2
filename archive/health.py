"""How reading each source goes, for the people who care for it: what is wrong, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from archive.database import Database
from archive.errors import NotFound
from archive.model import timestamp
from archive.naming import without_password
from archive.polls import Poll, polls
from archive.sources import counts, sources

OVER = timedelta(weeks=4)
QUIET, LATE = timedelta(days=30), timedelta(days=2)
PASSWORD = re.compile(r"(https?://)[^/?#@\s]*@", re.IGNORECASE)

Condition = Literal[
    "well",
    "new",
    "warning",
    "quiet",
    "doubled",
    "late",
    "failing",
    "not_a_feed",
    "too_complex",
    "gone",
    "paused",
]
BROKEN: frozenset[Condition] = frozenset({"failing", "not_a_feed", "too_complex", "late"})
ADVICE: dict[Condition, str] = {
    "not_a_feed": "give the address of the feed itself: `sources add URL`, then `sources remove ID`",
    "too_complex": "tell whoever writes the feed, or pause it: `sources pause ID`",
    "late": "see that `serve` or `work` runs, or `refresh` from time to time",
    "doubled": "one of the two is enough: `sources remove ID`",
    "gone": "look for its successor: `sources add URL`; to try it again: `sources resume ID`",
    "paused": "to read it again: `sources resume ID`",
    "quiet": "see whether it has moved, or pause it: `sources pause ID`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How reading a source goes; ``per_day`` is of the last weeks, ``quiet`` counts days without news."""

    poll: Poll
    condition: Condition
    per_day: float = 0
    quiet: int | None = None
    hub: str | None = None

    @property
    def is_broken(self) -> bool:
        """Whether the source is failing, so that somebody should look."""
        return self.condition in BROKEN

    @property
    def advice(self) -> str:
        """What to do about it."""
        return ADVICE.get(self.condition, "").replace(" ID`", f" {self.poll.source}`")

    @property
    def said(self) -> str:
        """What is wrong, in a sentence; nothing where all is well."""
        poll = self.poll
        match self.condition:
            case "doubled":
                return f"leads to {without_password(poll.moved_to or '')}, read as {poll.rival} already"
            case "late":
                return "should have been polled long ago"
            case "quiet":
                return f"nothing new for {self.quiet} days"
            case "paused":
                return "is paused"
            case "new" | "well":
                return ""
        return PASSWORD.sub(r"\1", poll.detail or poll.result or "")


def health(database: Database, only: Sequence[str] = ()) -> dict[str, Poll]:
    """How reading went last, for each source that is polled and not removed, or those named."""
    return {each.source: each for each in polls(database, only) if each.state != "removed"}


def examined(database: Database, now: datetime, only: Sequence[str] = ()) -> list[Health]:
    """The health of each source that is polled, or of those named. Raises NotFound."""
    known = health(database, only)
    for id in only:
        if id not in known:
            raise NotFound(f"{id}: no source of that id is polled; `sources list` names them")
    rates, hubs = per_day(database, known if only else None, now), hubs_of(database)
    return [
        Health(
            poll=poll,
            condition=condition(poll, now),
            per_day=rates.get(id, 0.0),
            quiet=(now - poll.changed).days if poll.changed else None,
            hub=hubs.get(id),
        )
        for id, poll in sorted(known.items())
    ]


def condition(poll: Poll, now: datetime) -> Condition:
    """How a source is, in one word: the first that holds."""
    is_gone, result = (poll.detail or "").startswith("gone: "), poll.result
    holds: tuple[tuple[Condition, bool], ...] = (
        ("gone", poll.state != "active" and is_gone),
        ("paused", poll.state != "active"),
        ("late", now - poll.due >= LATE),
        ("new", poll.polled is None),
        ("not_a_feed", poll.failures > 0 and result == "not_a_feed"),
        ("too_complex", poll.failures > 0 and result == "too_complex"),
        ("failing", poll.failures > 0),
        ("doubled", poll.rival is not None),
        ("warning", result == "warning"),
        ("quiet", poll.changed is not None and now - poll.changed >= QUIET),
    )
    return next((name for name, is_so in holds if is_so), "well")


def per_day(database: Database, ids: Iterable[str] | None, now: datetime) -> dict[str, float]:
    """How many articles a day the sources named, or all, brought in the last weeks."""
    since = timestamp(now - OVER)
    if ids is None:
        rows = database.read(
            "SELECT source, COUNT(*) AS n FROM article WHERE sorted >= :since GROUP BY source", since=since
        )
        return {row["source"]: row["n"] / OVER.days for row in rows}
    found = {}
    for id in ids:
        (row,) = database.read(
            "SELECT COUNT(*) AS n FROM article WHERE source = :id AND sorted >= :since", id=id, since=since
        )
        found[id] = row["n"] / OVER.days
    return found


def hubs_of(database: Database) -> dict[str, str]:
    """The hub that pushes each source to us, where one does."""
    rows = database.read("SELECT source, hub FROM lease WHERE state = 'held'")
    return {row["source"]: row["hub"] for row in rows}


def overview(database: Database, only: Sequence[str]) -> list[tuple[str | int | None, ...]]:
    """A row per source: id, title, state, articles, when it was polled, how that went, its address."""
    told, read = counts(database), health(database)
    rows: list[tuple[str | int | None, ...]] = []
    for id, known in sources(database, only or None).items():
        poll = read.get(id)
        polled = timestamp(poll.polled) if poll and poll.polled else "never polled"
        how = (poll.detail or poll.result or "due") if poll else "not polled"
        rows.append((id, known.title, known.state, told.get(id, 0), polled if poll else "", how, known.url))
    return rows


def told(each: Health) -> dict[str, object]:
    """What is known of a source's health, for programs."""
    poll = each.poll
    when = {name: getattr(poll, name) for name in ("polled", "succeeded", "due", "changed")}
    return {
        "source": poll.source,
        "condition": each.condition,
        "state": poll.state,
        "result": poll.result,
        "failures": poll.failures,
        "wrong": each.said or None,
        "advice": each.advice or None,
        **{name: timestamp(value) if value else None for name, value in when.items()},
        "address": without_password(poll.url),
        "redirected_to": without_password(poll.moved_to) if poll.moved_to else None,
        "per_day": round(each.per_day, 2),
        "quiet_days": each.quiet,
        "hub": each.hub,
    }


def line(each: Health) -> str:
    """What is known of a source's health, in one line."""
    poll = each.poll
    parts = [
        f"last success {shown(poll.succeeded)}",
        f"next poll {shown(poll.due)}" if poll.state == "active" else "",
        f"failed {poll.failures} times in a row" if poll.failures > 1 else "",
        f"{each.per_day:.1f} articles a day",
        f"quiet for {each.quiet} days" if each.quiet else "",
        f"pushed by {each.hub}" if each.hub else "",
        f"redirected to {without_password(poll.moved_to)}" if poll.moved_to else "",
        ". ".join(filter(None, (each.said, each.advice))),
    ]
    return f"{poll.source}: {each.condition.replace('_', ' ')}; {'; '.join(filter(None, parts))}"


def shown(when: datetime | None) -> str:
    """A time for a person to read."""
    return f"{when:%Y-%m-%d %H:%M} UTC" if when else "never"
