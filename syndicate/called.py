"""Which topics and sources a name means, and what is near to one that means none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive import changes
from archive.database import Database
from archive.errors import NotFound
from archive.model import Selection, Topic
from archive.sources import families, names
from index import Index, Keyword, Search, is_one, is_spelled, keywords, near, parse_query, read_as

MOST_NEAR = 3
BEGINNING, BEGINNING_UNSPACED = 3, 2  # characters that authors near to a name have in common with it
LISTS = {"topic": "/topics", "source": "/sources"}
FIELDS = (*LISTS, "by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A value of a field that is the name of nothing, and names that come near."""

    field: str
    value: str
    near: tuple[str, ...]


class Names:
    """What the topics and sources of a site are called, in either language."""

    def __init__(self, database: Database, topics: Sequence[Topic]) -> None:
        self._database = database
        self._topics = {topic.id: (topic.id, topic.en, topic.zh) for topic in topics}
        self._sources: tuple[int, Mapping[str, tuple[str, ...]]] = (-1, {})

    def of(self, field: str) -> Mapping[str, tuple[str, ...]]:
        """The names of all topics or sources, their ids among them; of other fields nothing is known."""
        if field != "source":
            return self._topics if field == "topic" else {}
        last = changes.last(self._database)
        if self._sources[0] != last:
            of_each = {id: (id, *called) for id, called in names(self._database).items()}
            for family in families(self._database).values():
                of_each.setdefault(family, (family,))  # which may be the id of a source too
            self._sources = last, of_each
        return self._sources[1]

    def ids(self, field: str, value: str) -> tuple[str, ...]:
        """The ids of the topics or sources of a name; sources in pinyin are the index's to find."""
        known = self.of(field)
        found = tuple(id for id, called in known.items() if is_one(value, called))
        if field == "topic" and not found:
            found = tuple(id for id, called in known.items() if is_spelled(value, called))
        return found

    def near(self, field: str, value: str) -> tuple[str, ...]:
        """The names, with their ids, that come near to one that there is not."""
        known = self.of(field)
        return tuple(shown(id, known[id]) for id in near(value, known, MOST_NEAR))

    def check(self, selection: Selection) -> None:
        """Raise NotFound for a topic or source that there is not, naming those that come near."""
        missing = [("topic", id) for id in (*selection.topics, *selection.without) if id not in self._topics]
        if selection.source and not self._database.read(
            "SELECT 1 FROM source WHERE id = :id OR family = :id", id=selection.source
        ):
            missing.append(("source", selection.source))
        for field, id in missing:
            others = self.near(field, id)
            listed = f"; near are: {', '.join(others)}" if others else f"; {LISTS[field]} lists them"
            raise NotFound(f"{id}: no such {field}{listed}")


def shown(id: str, called: Sequence[str]) -> str:
    """An id, and what else it is called."""
    others = list(dict.fromkeys(name for name in called if name != id))
    return f"{id} ({', '.join(others)})" if others else id


def unknown(names: Names, index: Index, selection: Selection) -> list[Unknown]:
    """What a selection and the fields of its query state that is the name of no topic, source or author."""
    asked = []
    if has_fields(selection.query):
        asked = [each for each in keywords(parse_query(selection.query)) if each.name in FIELDS]
        asked = [each for each in asked if not (names.ids(each.name, each.value) or finds(index, each))]
    if selection.by and not index.search(Search(selection=Selection(by=selection.by), n=0)).total:
        asked.append(Keyword(name="by", value=selection.by))
    return [
        Unknown(field=each.name, value=each.value, near=near_to(names, index, each))
        for each in dict.fromkeys(asked)
    ]


def has_fields(query: str) -> bool:
    """Whether there may be fields in a query; quick to tell of most that there are none."""
    return ":" in query or "：" in query


def finds(index: Index, keyword: Keyword) -> bool:
    """Whether a field alone finds anything, by pinyin too."""
    return index.search(Search(selection=Selection(query=read_as(keyword)), n=0)).total > 0


def near_to(names: Names, index: Index, keyword: Keyword) -> tuple[str, ...]:
    """What comes near to a value."""
    if keyword.name != "by":
        return names.near(keyword.name, keyword.value)
    size = BEGINNING if keyword.value.isascii() else BEGINNING_UNSPACED
    found = [name for name, _ in index.authors(keyword.value[:size])]
    return tuple(near(keyword.value, {name: (name,) for name in found}, MOST_NEAR))


def sentence(one: Unknown) -> str:
    """That there is nothing of a name, and what comes near."""
    nothing = f"No {'author' if one.field == 'by' else one.field} is called {one.value}"
    return f"{nothing}; near are: {', '.join(one.near)}." if one.near else f"{nothing}."
