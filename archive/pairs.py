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
from archive.rows import next_id

State = Literal["stated", "found", "confirmed", "refused"]
# NAME.en.txt and NAME.zh.md beside each other are versions of one story, and so are en/NAME and zh/NAME.
TONGUE = r"(?P<en>en(?:[-_](?:us|gb))?|eng)|(?P<zh>zh(?:[-_](?:hans|hant|cn|tw|hk|sg))?|cn|chs|cht)"
VERSION_OF = re.compile(rf"(?P<story>.+?)[._-](?:{TONGUE})\.\w+(?:\.gz)?", re.IGNORECASE | re.DOTALL)
FOLDER = re.compile(TONGUE, re.IGNORECASE)
# The same in words: between marks, or as a version. 学中文 and 学英文 are two stories.
NAMED = re.compile(
    r"(?P<story>.+?)(?:[\s._-]*[(（\[【]\s*(?:(?P<en1>英文版?|英语版?|english|en)|(?P<zh1>中文版?|汉语版?|chinese|zh|cn))\s*[)）\]】]"
    r"|[\s._-]+(?:(?P<en2>英文|英语)|(?P<zh2>中文|汉语))版?|(?:(?P<en3>英文|英语)|(?P<zh3>中文|汉语))版)\.\w+(?:\.gz)?",
    re.IGNORECASE | re.DOTALL,
)


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
    transaction.run(
        "INSERT INTO pair (id, one, other, state, how, sure, person, at)"
        " VALUES (:id, :one, :other, :state, :how, :sure, :person, :at)",
        id=next_id(transaction, "pair"),
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
    """The story that a file's name says it tells, and in which language; None when it says neither."""
    path = PurePath(name)
    if match := VERSION_OF.fullmatch(path.name):
        return str(path.with_name(match["story"])), "en" if match["en"] else "zh"
    if match := NAMED.fullmatch(path.name):
        is_english = any(match[f"en{way}"] for way in (1, 2, 3))
        return str(path.with_name(match["story"].rstrip(" ._-"))), "en" if is_english else "zh"
    for folder in path.parents if "://" not in name else ():
        if match := FOLDER.fullmatch(folder.name):
            below = path.relative_to(folder)
            stem = below.name.removesuffix(".gz").rpartition(".")[0] or below.name
            return str(folder.with_name("*") / below.with_name(stem)), "en" if match["en"] else "zh"
    return None


class Versions:
    """Finds the stated pairs among the files of one run, whatever their order."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, set[str]]] = {}

    def note(self, transaction: Transaction, name: str, ids: Sequence[str], now: datetime) -> None:
        """A file and the articles it held; the pair is recorded when its other version was there before.

        It must be certain which two articles those are: one in each language.
        """
        story = story_of(name)
        if story is None or len(ids) != 1:
            return
        versions = self._seen.setdefault(story[0], {"en": set(), "zh": set()})
        versions[story[1]].add(ids[0])
        if len(versions["en"]) == len(versions["zh"]) == 1:
            (one,), (other,) = versions["en"], versions["zh"]
            record(transaction, one, other, state="stated", how="file names", now=now)
