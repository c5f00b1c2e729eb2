"""Pairs: two articles that tell one story in two languages, and who said so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Literal

from archive.articles import log
from archive.database import Transaction
from archive.model import timestamp

State = Literal["stated", "found", "confirmed", "refused"]
# NAME.en.txt and NAME.zh.md beside each other are versions of one story.
VERSION_OF = re.compile(r"(.+)\.(en|zh)\.\w+(?:\.gz)?", re.IGNORECASE | re.DOTALL)


def record(
    transaction: Transaction,
    one: str,
    other: str,
    *,
    state: State,
    how: str,
    now: datetime,
    sure: float | None = None,
    person: str | None = None,
) -> bool:
    """Write down what is said of a pair, unless that was the last word on it; lists of both learn of it."""
    first, second = sorted((one, other))
    said = transaction.read(
        "SELECT state, how FROM pair WHERE one = :one AND other = :other ORDER BY id DESC LIMIT 1",
        one=first,
        other=second,
    )
    if first == second or (said and (said[0]["state"], said[0]["how"]) == (state, how)):
        return False
    (row,) = transaction.read("SELECT COALESCE(MAX(id), 0) + 1 AS id FROM pair")
    transaction.run(
        "INSERT INTO pair (id, one, other, state, how, sure, person, at)"
        " VALUES (:id, :one, :other, :state, :how, :sure, :person, :at)",
        id=row["id"],
        one=first,
        other=second,
        state=state,
        how=how,
        sure=sure,
        person=person,
        at=timestamp(now),
    )
    for id in (first, second):
        log(transaction, "touch", id, reason="pair", person=person or "", now=now)
    return True


def story_of(name: str) -> tuple[str, str] | None:
    """The story that a file name says it tells, and in which language; None when it says neither."""
    match = VERSION_OF.fullmatch(PurePath(name).name)
    return (str(PurePath(name).with_name(match[1])), match[2].lower()) if match else None


class Versions:
    """Finds the stated pairs among the files of one run, whatever their order."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, str]] = {}

    def note(self, transaction: Transaction, name: str, ids: Sequence[str], now: datetime) -> None:
        """A file and the articles it held; the pair is recorded when its other version was there before."""
        story = story_of(name)
        if story is None or len(ids) != 1:
            return
        versions = self._seen.setdefault(story[0], {})
        versions[story[1]] = ids[0]
        if len(versions) > 1:
            record(transaction, versions["en"], versions["zh"], state="stated", how="file names", now=now)
