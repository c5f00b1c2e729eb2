"""What is kept about polling each source, and which domains asked to be left alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from archive.database import Database, Row, Transaction
from archive.hosts import is_address, registrable
from archive.model import Hints, Result, moment, timestamp
from archive.pace import Rest
from archive.schedule import interval_for

RATE_OVER = timedelta(weeks=4)
SHORTEST_RATE = timedelta(hours=6)  # a first look at a feed without dates tells little of its rate
MOST_COUNTED = 50
COLUMNS = (
    *("due", "polled", "succeeded", "changed", "failures", "result", "detail", "etag", "last_modified"),
    *("sha", "hints", "moved_to", "moved_since", "moved_polls", "gone_since"),
)
NO_HINTS = Hints()
MOMENTS = ("due", "polled", "succeeded", "changed", "moved_since", "gone_since")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """How reading a source goes: when it is asked, what came of it, what to ask with.

    ``failures`` counts since the last success. ``sha``, ``etag`` and ``last_modified`` are of the last good
    body. ``moved_to`` is where the source's address has led for good since ``moved_since``, seen there as
    often as ``moved_polls`` says (archive.judge.followed); ``rival`` is another source that is read there.
    ``gone_since`` is when the server first said that the feed is gone for good. A hub pushes it to us until
    ``pushed_until``.
    """

    source: str
    url: str
    state: str = "active"
    due: datetime
    polled: datetime | None = None
    succeeded: datetime | None = None
    changed: datetime | None = None
    failures: int = 0
    result: Result | None = None
    detail: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    sha: str | None = None
    hints: Hints = NO_HINTS
    moved_to: str | None = None
    moved_since: datetime | None = None
    moved_polls: int = 0
    gone_since: datetime | None = None
    rival: str | None = None
    pushed_until: datetime | None = None


POLLS = (
    "SELECT p.*, COALESCE(s.url, '') AS url, s.state, r.id AS rival, l.expires AS pushed_until"
    " FROM poll p JOIN source s ON s.id = p.source LEFT JOIN lease l ON l.source = p.source"
    " LEFT JOIN source r ON r.url = p.moved_to AND r.id <> p.source"
)


def polls(database: Database | Transaction, only: Sequence[str] = ()) -> list[Poll]:
    """All sources that are polled, whatever their state, or those named, the longest waiting first."""
    if not only:
        return [poll(row) for row in database.read(f"{POLLS} ORDER BY p.due, p.source")]
    found = (database.read(f"{POLLS} WHERE s.id = :id", id=id) for id in dict.fromkeys(only))
    return [poll(row) for rows in found for row in rows]


def due_polls(database: Database, now: datetime) -> list[Poll]:
    """The active sources whose time has come, the longest waiting first."""
    rows = database.read(
        f"{POLLS} WHERE s.state = 'active' AND s.url IS NOT NULL AND p.due <= :now ORDER BY p.due, p.source",
        now=timestamp(now),
    )
    return [poll(row) for row in rows]


def next_poll(database: Database) -> datetime | None:
    """When the next source is due, None when there is none."""
    rows = database.read(
        "SELECT MIN(p.due) AS due FROM poll p JOIN source s ON s.id = p.source"
        " WHERE s.state = 'active' AND s.url IS NOT NULL"
    )
    return moment(rows[0]["due"]) if rows and rows[0]["due"] else None


def remember(transaction: Transaction, before: Poll, after: Poll) -> None:
    """Keep how a poll went, and with it where and whether the source is read from now on."""
    if after.url != before.url:
        transaction.run(
            "UPDATE source SET url = :url WHERE id = :id"
            " AND NOT EXISTS (SELECT 1 FROM source WHERE url = :url)",
            id=after.source,
            url=after.url,
        )
    if after.state != before.state:
        transaction.run("UPDATE source SET state = :state WHERE id = :id", id=after.source, state=after.state)
    changed = stored(before, after)
    transaction.run(
        f"UPDATE poll SET {', '.join(f'{name} = :{name}' for name in changed)} WHERE source = :source",
        source=after.source,
        **changed,
    )


def is_read(database: Database | Transaction, url: str) -> str | None:
    """The source that is read from an address, if there is one."""
    rows = database.read("SELECT id FROM source WHERE url = :url", url=url)
    return rows[0]["id"] if rows else None


def interval(database: Database | Transaction, poll: Poll, middle: timedelta, now: datetime) -> timedelta:
    """How often to ask a source: as often as it had news of late; in the middle while nothing is known."""
    since = now - RATE_OVER
    rows = database.read(
        "SELECT COUNT(*) AS n, MIN(sorted) AS first FROM (SELECT sorted FROM article WHERE source = :source"
        " AND number IS NOT NULL ORDER BY number DESC LIMIT :most) AS newest WHERE sorted >= :since",
        source=poll.source,
        most=MOST_COUNTED,
        since=timestamp(since),
    )
    count = int(rows[0]["n"])
    if not count and poll.succeeded is None:
        return middle
    first = moment(rows[0]["first"]) if count == MOST_COUNTED else since
    return interval_for(middle, articles=count, span=max(now - first, SHORTEST_RATE))


def pauses(database: Database | Transaction, now: datetime) -> dict[str, datetime]:
    """The domains that asked to be left alone, and until when."""
    rows = database.read("SELECT domain, until FROM pause WHERE until > :now", now=timestamp(now))
    return {row["domain"]: moment(row["until"]) for row in rows}


def pause(transaction: Transaction, rest: Rest, now: datetime) -> None:
    """Leave a domain alone, in all processes; pauses that have ended are forgotten."""
    transaction.run("DELETE FROM pause WHERE until <= :now", now=timestamp(now))
    transaction.run(
        "INSERT INTO pause (domain, until) VALUES (:domain, :until) ON CONFLICT (domain)"
        " DO UPDATE SET until = excluded.until WHERE excluded.until > pause.until",
        domain=rest.domain,
        until=timestamp(rest.until),
    )


def gently(waiting: Sequence[Poll], most: int) -> list[Poll]:
    """The first of those waiting, never more than so many of one domain: each costs a pause."""
    counted: Counter[str] = Counter()
    kept: list[Poll] = []
    for each in waiting:
        domain = registrable(urlsplit(each.url).hostname or "")
        counted[domain] += 1
        if counted[domain] <= most or is_address(domain):
            kept.append(each)
    return kept


def poll(row: Row) -> Poll:
    """What is kept about a source's polling, from its row."""
    values = {name: row[name] for name in (*COLUMNS, "source", "url", "state", "rival", "pushed_until")}
    for name in (*MOMENTS, "pushed_until"):
        values[name] = moment(values[name]) if values[name] else None
    return Poll(**{**values, "hints": hints(row["hints"])})


def hints(stored: str | None) -> Hints:
    """What a feed said of itself, from its column."""
    stated = json.loads(stored) if stored else {}
    lists = {name: tuple(value) for name, value in stated.items() if isinstance(value, list)}
    return Hints(**{**stated, **lists})


def stored(before: Poll, after: Poll) -> dict[str, object]:
    """The columns of a poll that changed, and when it is due."""
    values: dict[str, object] = {"due": timestamp(after.due)}
    for name in COLUMNS:
        value = getattr(after, name)
        if value != getattr(before, name):
            values[name] = timestamp(value) if isinstance(value, datetime) else value
    return {**values, "hints": json.dumps(asdict(after.hints))} if "hints" in values else values
