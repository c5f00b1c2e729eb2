"""Settle which article each entry of a document is, by the names its source knows it by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from archive.articles import articles, as_stated, batches, listed
from archive.database import Transaction
from archive.identity import (
    aliases,
    alike,
    canonical_url,
    fragment,
    full_names,
    is_home,
    one_story,
    same_title,
)
from archive.model import Article, article_id, sha256

Name = tuple[str, str, str]  # source, kind, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Which article an entry is: its id, and what the archive has of it; or a repetition in the document.

    ``stated`` is what its source said last, ``stored`` the same with what people put right.
    """

    id: str
    stored: Article | None = None
    stated: Article | None = None
    repeated: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the archive has nothing of it yet."""
        return self.stored is None and not self.repeated


class Settling:
    """Settles the entries of one document, one after the other (rules: archive.identity)."""

    def __init__(self, transaction: Transaction, entries: Sequence[Article]) -> None:
        self._transaction = transaction
        self._claimed: dict[str, Article] = {}
        self._fresh: dict[Name, str] = {}
        # Told once, since each needs hashes of the text.
        self._full = {id(entry): full_names(entry) for entry in entries}
        self._names = {id(entry): tuple(all_names(entry, self._full[id(entry)])) for entry in entries}
        # Everything is looked up at once: a feed that brings nothing new costs a few statements.
        names = {(entry.source, *name) for entry in entries for name in self._names[id(entry)]}
        self._known = known_names(transaction, sorted(names))
        first = {article_id(entry.source, self._full[id(entry)][0]) for entry in entries}
        self._stored = {one.id: one for one in articles(transaction, first | set(self._known.values()))}
        self._stated = {one.id: one for one in as_stated(transaction, self._stored.values())}

    def settle(self, entry: Article) -> Settled:
        """Find the article that an entry of the document is, or propose a new one."""
        rivals: list[Article] = []
        for kind, value in self._names[id(entry)]:
            known = self._find(entry.source, kind, value)
            if known and (found := self._match(entry, known, kind, rivals)):
                self._name(entry, found.id, aliases(entry))
                return found
        return self._propose(entry, rivals)

    def remember(self) -> None:
        """Store the names that the document taught; a name once given stays with its article."""
        self._transaction.run_many(
            "INSERT INTO alias (source, kind, value, article) VALUES (:source, :kind, :value, :article)"
            " ON CONFLICT DO NOTHING",
            [
                {"source": source, "kind": kind, "value": value, "article": id}
                for (source, kind, value), id in self._fresh.items()
            ],
        )

    def _match(self, entry: Article, id: str, kind: str, rivals: list[Article]) -> Settled | None:
        """The article behind a name, unless another story of the source goes by the same name."""
        if (claimant := self._claimed.get(id)) is not None:
            if is_repetition(entry, claimant):
                return Settled(id=id, repeated=True)
            rivals.append(replace(claimant, id=id))
            return None
        stored = self._stated[id]
        if is_another(entry, stored, kind) or self._is_shared(entry, stored, kind):
            rivals.append(stored)
            return None
        self._claimed[id] = entry
        return Settled(id=id, stored=self._stored[id], stated=stored)

    def _is_shared(self, entry: Article, stored: Article, kind: str) -> bool:
        """Whether an address, all that there is to go by, was met with several stories, and is so now."""
        if entry.guid or stored.guid or kind not in ("url", "full") or one_story(entry, stored):
            return False
        if kind == "full":  # a title that stories share, or else a place on a page, which is enough
            return not fragment(entry)
        if is_home(entry.url or "") or is_apart(entry, stored):
            return True
        finer: Name = (entry.source, "full", sha256(full_names(stored)[1].encode()))
        return finer in self._fresh or bool(known_names(self._transaction, [finer]))

    def _propose(self, entry: Article, rivals: list[Article]) -> Settled:
        """A new article, under the coarsest name that no other has; rivals get finer names of their own."""
        for rival in rivals:
            self._name(rival, rival.id, full(full_names(rival)[1:]))
        names = self._full[id(entry)]
        free = (level for level, name in enumerate(names) if self._is_free(entry.source, name, level))
        level = next(free, len(names) - 1)
        proposed = article_id(entry.source, names[level])
        self._claimed[proposed] = entry
        self._name(entry, proposed, (*aliases(entry), *full(names[level:] if level else ())))
        return Settled(id=proposed)

    def _is_free(self, source: str, name: str, level: int) -> bool:
        """Whether no article has this name yet."""
        if level and self._find(source, "full", sha256(name.encode())):
            return False
        id = article_id(source, name)
        return id not in self._claimed and id not in self._stored and (not level or self._is_new(id))

    def _is_new(self, id: str) -> bool:
        """Whether the archive has no article of that id."""
        return not self._transaction.read("SELECT 1 FROM article WHERE id = :id", id=id)

    def _name(self, entry: Article, id: str, names: Iterable[tuple[str, str]]) -> None:
        """Remember names for an article, where they are not given yet."""
        for kind, value in names:
            if self._find(entry.source, kind, value) is None:
                self._fresh[entry.source, kind, value] = id

    def _find(self, source: str, kind: str, value: str) -> str | None:
        """The article that goes by a name."""
        name = (source, kind, value)
        return self._fresh.get(name) or self._known.get(name)


def known_names(transaction: Transaction, names: Iterable[Name]) -> dict[Name, str]:
    """The articles that go by some names of a source."""
    asked: dict[tuple[str, str], list[str]] = {}
    for source, kind, value in names:
        asked.setdefault((source, kind), []).append(value)
    found: dict[Name, str] = {}
    for (source, kind), values in asked.items():
        for batch in batches(values):
            # One kind at a time: for rows of three columns the database would read the whole table.
            places, named = listed(batch)
            for row in transaction.read(
                "SELECT value, article FROM alias"
                f" WHERE source = :source AND kind = :kind AND value IN ({places})",
                source=source,
                kind=kind,
                **named,
            ):
                found[source, kind, row["value"]] = row["article"]
    return found


def all_names(entry: Article, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every name that may lead to an entry's article, the finest first; ``names`` are its full ones."""
    yield from full(reversed(names[1:]))
    yield from aliases(entry)


def full(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Finer names as aliases; hashed, since they hold titles and texts."""
    return (("full", sha256(name.encode())) for name in names)


def is_repetition(entry: Article, claimant: Article) -> bool:
    """Whether a document names one story twice."""
    if entry.guid != claimant.guid or elsewhere(entry, claimant) or not same_title(entry, claimant):
        return False
    return bool(entry.guid) or not (is_apart(entry, claimant) or not one_story(entry, claimant))


def is_another(entry: Article, stored: Article, kind: str) -> bool:
    """Whether a name that led to a stored article is used for another story now."""
    if kind == "full":
        return False
    if kind == "guid":
        return elsewhere(entry, stored) and not alike(entry, stored)
    return entry.guid != stored.guid and not alike(entry, stored)


def is_apart(one: Article, other: Article) -> bool:
    """Whether two entries state different places on a page."""
    return bool(fragment(one) and fragment(other)) and fragment(one) != fragment(other)


def elsewhere(one: Article, other: Article) -> bool:
    """Whether two entries state different addresses."""
    return bool(one.url and other.url) and canonical_url(one.url or "") != canonical_url(other.url or "")
