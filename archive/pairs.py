"""Pairs: two articles that tell one story in two languages, and who said so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Literal

from archive.articles import batches, listed, log
from archive.database import Database, Row, Transaction
from archive.model import timestamp
from archive.rows import LAST_WORD, PUBLIC, SURE, next_id

# A pair that was found and is no longer, since an article changed or a better one came, is ``dropped``.
State = Literal["stated", "found", "confirmed", "refused", "dropped"]
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
        "SELECT state, how, sure, person FROM pair WHERE one = :one AND other = :other"
        " ORDER BY id DESC LIMIT 1",
        one=first,
        other=second,
    )
    if first == second or (said and not is_news(said[0], state, how, sure, person)):
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


def is_news(last: Row, state: State, how: str, sure: float | None, person: str | None) -> bool:
    """Whether what is said now changes the last word: a person's stands against all but persons."""
    if last["state"] in ("confirmed", "refused") and person is None:
        return False
    if last["state"] == "stated" and state in ("found", "dropped"):
        return False
    was_sure, is_sure = ((each is None or each >= SURE) for each in (last["sure"], sure))
    return (last["state"], last["how"], was_sure) != (state, how, is_sure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The last word on a pair."""

    one: str
    other: str
    state: State
    how: str
    sure: float | None
    person: str | None

    @property
    def is_together(self) -> bool:
        """Whether the two are taken for versions of one story."""
        return self.state in ("stated", "confirmed") or (
            self.state == "found" and (self.sure is None or self.sure >= SURE)
        )

    def partner(self, id: str) -> str:
        """The other article of the pair."""
        return self.other if id == self.one else self.one


def words(database: Database | Transaction, ids: Iterable[str]) -> dict[str, tuple[Word, ...]]:
    """The last word on every pair of each of some articles."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, tuple[Word, ...]] = dict.fromkeys(wanted, ())
    for batch in batches(wanted):
        names, values = listed(batch)
        for side in ("one", "other"):
            for row in database.read(
                f"SELECT p.* FROM pair p WHERE p.{side} IN ({names}) AND {LAST_WORD} ORDER BY p.id", **values
            ):
                found[row[side]] += (word(row),)
    return found


def word(row: Row) -> Word:
    """The last word of a row."""
    return Word(**{name: row[name] for name in ("one", "other", "state", "how", "sure", "person")})


def listing(
    database: Database, states: Sequence[State], n: int, *, is_sure: bool | None = None, before: int = 0
) -> list[Row]:
    """Pairs in some states with their titles, those newest spoken of first.

    ``is_sure`` keeps those that are, or are not, sure enough to be shown; ``before`` those with lower ids.
    """
    names, values = listed(states)
    sure = {None: "", True: f" AND COALESCE(p.sure, 1) >= {SURE}", False: f" AND p.sure < {SURE}"}[is_sure]
    older = f" AND p.id < {int(before)}" if before else ""
    return database.read(
        "SELECT p.*, r.title AS one_title, t.title AS other_title FROM pair p"
        " JOIN article a ON a.id = p.one JOIN revision r ON r.article = a.id AND r.revision = a.revision"
        " JOIN article b ON b.id = p.other JOIN revision t ON t.article = b.id AND t.revision = b.revision"
        f" WHERE {LAST_WORD} AND p.state IN ({names}){sure}{older} ORDER BY p.id DESC LIMIT {int(n)}",
        **values,
    )


def stories(database: Database | Transaction, ids: Iterable[str]) -> dict[str, str]:
    """The story of each of some articles that share one with others."""
    found: dict[str, str] = {}
    for batch in batches(list(dict.fromkeys(ids))):
        names, values = listed(batch)
        rows = database.read(f"SELECT article, story FROM story WHERE article IN ({names})", **values)
        found |= {row["article"]: row["story"] for row in rows}
    return found


def members(database: Database | Transaction, names_of_stories: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The articles of each of some stories, in the order of their ids."""
    found: dict[str, tuple[str, ...]] = {}
    for batch in batches(list(dict.fromkeys(names_of_stories))):
        names, values = listed(batch)
        for row in database.read(
            f"SELECT article, story FROM story WHERE story IN ({names}) ORDER BY article", **values
        ):
            found[row["story"]] = (*found.get(row["story"], ()), row["article"])
    return found


def beside(database: Database, ids: Iterable[str]) -> dict[str, tuple[Row, ...]]:
    """The public articles that share the story of each of some, the first published first."""
    found: dict[str, tuple[Row, ...]] = {}
    for batch in batches(list(dict.fromkeys(ids))):
        names, values = listed(batch)
        for row in database.read(
            "SELECT m.article, a.id, a.source, a.address FROM story m JOIN story o ON o.story = m.story"
            " AND o.article <> m.article JOIN article a ON a.id = o.article JOIN source s ON s.id = a.source"
            f" WHERE m.article IN ({names}) AND {PUBLIC} ORDER BY a.number",
            **values,
        ):
            found[row["article"]] = (*found.get(row["article"], ()), row)
    return found


def tell(transaction: Transaction, story: Mapping[str, str | None], now: datetime) -> int:
    """Write down which story articles tell, None for those that tell one alone; how many changed.

    Each that changed gets a touch in the log, so that lists learn of it.
    """
    before = stories(transaction, story)
    changed = {id: name for id, name in story.items() if before.get(id) != name}
    for id, name in changed.items():
        transaction.run("DELETE FROM story WHERE article = :id", id=id)
        if name is not None:
            transaction.run("INSERT INTO story (article, story) VALUES (:id, :name)", id=id, name=name)
        log(transaction, "touch", id, reason="story", person="", now=now)
    return len(changed)


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
