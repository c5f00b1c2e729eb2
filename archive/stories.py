"""Stories: the public articles that tell one, by pairs that are stated, confirmed or found for sure."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archive import changes
from archive.articles import batches, listed
from archive.database import Database
from archive.rows import LAST_WORD, PUBLIC, TOGETHER

# That the same story is told in the other language as well: of article a.
PAIRED = (
    "EXISTS (SELECT 1 FROM pair p JOIN article o ON o.id = CASE p.one WHEN a.id THEN p.other ELSE p.one END"
    f" JOIN source e ON e.id = o.source WHERE (p.one = a.id OR p.other = a.id) AND {LAST_WORD} AND {TOGETHER}"
    " AND ((a.language = 'en' AND o.language = 'zh') OR (a.language = 'zh' AND o.language = 'en'))"
    " AND o.number IS NOT NULL AND o.withdrawn IS NULL"
    " AND COALESCE(o.republish, e.republish, 'full') <> 'none')"
)
LANGUAGES = {"en", "zh"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An article as one of those that tell a story; ``sorted`` orders it in pages."""

    id: str
    number: int
    language: str
    sorted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All stories with several articles as of a line of the log, each in the order of first publication."""

    seq: int = -1
    by_id: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    by_number: Mapping[int, tuple[Version, ...]] = field(default_factory=dict)
    paired: Sequence[int] = ()

    def tellers(
        self, numbers: Iterable[int], language: str = "", first: Container[int] = ()
    ) -> Mapping[str, int]:
        """Of each story that some articles tell the one of them to tell it, by the id of the story's first.

        That is one of the ``first``, of those one in a language, of those the one published first.
        """
        chosen: dict[str, tuple[bool, bool, int]] = {}
        for number in numbers:
            versions = self.by_number.get(number)
            if versions is None:
                continue
            stated = next(each.language for each in versions if each.number == number)
            this = (number not in first, stated != language, number)
            chosen[versions[0].id] = min(this, chosen.get(versions[0].id, this))
        return {name: number for name, (*_, number) in chosen.items()}

    def repeated(self, numbers: Iterable[int]) -> int:
        """How many of some articles tell a story that another of them tells."""
        several = [number for number in numbers if number in self.by_number]
        return len(several) - len(self.tellers(several))


class Stories:
    """What is known of stories, found again when the log has moved."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Known()
        self._guard = threading.Lock()

    def known(self) -> Known:
        """The stories of the archive as it is now."""
        last = changes.last(self._database)
        if self._known.seq != last:
            with self._guard:
                if self._known.seq != last:
                    self._known = found(self._database, last)
        return self._known


def found(database: Database, seq: int) -> Known:
    """All stories with several public articles."""
    pairs = [
        (row["one"], row["other"])
        for row in database.read(f"SELECT p.one, p.other FROM pair p WHERE {LAST_WORD} AND {TOGETHER}")
    ]
    told = database.read("SELECT article, story FROM story")
    links = [*pairs, *((row["article"], f"story {row['story']}") for row in told)]
    versions = heads(database, {id for link in links for id in link})
    stories = [
        tuple(sorted((versions[id] for id in ids if id in versions), key=lambda each: each.number))
        for ids in joined(links)
    ]
    several = [story for story in stories if len(story) > 1]
    both = [(versions[one], versions[other]) for one, other in pairs if one in versions and other in versions]
    return Known(
        seq=seq,
        by_id={each.id: story for story in several for each in story},
        by_number={each.number: story for story in several for each in story},
        paired=sorted(
            {each.number for pair in both if {one.language for one in pair} == LANGUAGES for each in pair}
        ),
    )


def heads(database: Database, ids: Iterable[str]) -> dict[str, Version]:
    """Of some articles those that are public."""
    known = {}
    for batch in batches(sorted(ids)):
        names, values = listed(batch)
        for row in database.read(
            "SELECT a.id, a.number, a.language, a.sorted FROM article a JOIN source s ON s.id = a.source"
            f" WHERE a.id IN ({names}) AND {PUBLIC}",
            **values,
        ):
            known[row["id"]] = Version(**{name: row[name] for name in ("id", "number", "language", "sorted")})
    return known


def joined(links: Iterable[tuple[str, str]]) -> list[list[str]]:
    """What hangs together by links."""
    group: dict[str, str] = {}

    def leader(id: str) -> str:
        while (above := group.setdefault(id, id)) != id:
            group[id] = group[above]
            id = group[id]
        return id

    for one, other in links:
        group[leader(one)] = leader(other)
    together: defaultdict[str, list[str]] = defaultdict(list)
    for id in list(group):
        together[leader(id)].append(id)
    return list(together.values())
