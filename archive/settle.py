"""Settle which article each entry of a document is, by the names its source knows it by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archive.articles import articles
from archive.database import Transaction
from archive.identity import aliases, alike, canonical_url, full_names, is_home
from archive.model import Article, article_id, sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Which article an entry is: its id, and what the archive has of it; or a repetition in the document."""

    id: str
    stored: Article | None = None
    repeated: bool = False


class Settling:
    """Settles the entries of one document, one after the other (rules: archive.identity)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._claimed: dict[str, Article] = {}
        self._fresh: dict[tuple[str, str, str], str] = {}

    def settle(self, entry: Article) -> Settled:
        """Find the article that the entry is, or propose a new one."""
        rivals: list[Article] = []
        finer = [("full", sha256(name.encode())) for name in reversed(full_names(entry)[1:])]
        for kind, value in (*finer, *aliases(entry)):
            id = self._find(entry.source, kind, value)
            if id and (found := self._match(entry, id, kind, rivals)):
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
        (stored,) = articles(self._transaction, [id])
        if kind != "full" and is_another(entry, stored, kind):
            rivals.append(stored)
            return None
        self._claimed[id] = entry
        return Settled(id=id, stored=stored)

    def _propose(self, entry: Article, rivals: list[Article]) -> Settled:
        """A new article, under the coarsest name that no other has; rivals get finer names of their own."""
        for rival in rivals:
            self._name(rival, rival.id, full(full_names(rival)[1:]))
        names = full_names(entry)
        free = (level for level, name in enumerate(names) if self._is_free(entry.source, name, level))
        level = next(free, len(names) - 1)
        id = article_id(entry.source, names[level])
        self._claimed[id] = entry
        self._name(entry, id, (*aliases(entry), *full(names[level:] if level else ())))
        return Settled(id=id)

    def _is_free(self, source: str, name: str, level: int) -> bool:
        """Whether no article has this name yet."""
        if level and self._find(source, "full", sha256(name.encode())):
            return False
        id = article_id(source, name)
        return id not in self._claimed and not articles(self._transaction, [id])

    def _name(self, entry: Article, id: str, names: Iterable[tuple[str, str]]) -> None:
        """Remember names for an article, where they are not given yet."""
        for kind, value in names:
            if self._find(entry.source, kind, value) is None:
                self._fresh[entry.source, kind, value] = id

    def _find(self, source: str, kind: str, value: str) -> str | None:
        """The article that goes by a name."""
        if (id := self._fresh.get((source, kind, value))) is not None:
            return id
        rows = self._transaction.read(
            "SELECT article FROM alias WHERE source = :source AND kind = :kind AND value = :value",
            source=source,
            kind=kind,
            value=value,
        )
        return str(rows[0]["article"]) if rows else None


def full(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Finer names as aliases; hashed, since they hold titles and texts."""
    return (("full", sha256(name.encode())) for name in names)


def is_repetition(entry: Article, claimant: Article) -> bool:
    """Whether a document names one story twice."""
    return entry.guid == claimant.guid and not elsewhere(entry, claimant) and alike(entry, claimant)


def is_another(entry: Article, stored: Article, kind: str) -> bool:
    """Whether a name that led to a stored article is used for another story now."""
    if kind == "guid":
        return elsewhere(entry, stored) and not alike(entry, stored)
    if kind == "url" and not entry.guid and not stored.guid:
        return is_home(entry.url or "") and not alike(entry, stored)
    return entry.guid != stored.guid and not alike(entry, stored)


def elsewhere(one: Article, other: Article) -> bool:
    """Whether two entries state different addresses."""
    return bool(one.url and other.url) and canonical_url(one.url or "") != canonical_url(other.url or "")
