"""How reading each source goes: when it was asked, what came of it, when it is asked next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.database import Database
from archive.model import moment, timestamp
from archive.sources import counts, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How reading a source goes; ``failures`` counts since the last success."""

    source: str
    due: datetime
    polled: datetime | None
    succeeded: datetime | None
    changed: datetime | None
    failures: int
    result: str | None
    detail: str | None


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


def health(database: Database) -> dict[str, Health]:
    """How reading goes, for each source that is polled."""
    return {
        row["source"]: Health(
            source=row["source"],
            due=moment(row["due"]),
            polled=moment(row["polled"]) if row["polled"] else None,
            succeeded=moment(row["succeeded"]) if row["succeeded"] else None,
            changed=moment(row["changed"]) if row["changed"] else None,
            failures=row["failures"],
            result=row["result"],
            detail=row["detail"],
        )
        for row in database.read("SELECT * FROM poll")
    }
