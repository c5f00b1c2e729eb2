"""Put the articles of a document into the archive: settle which is which, store what changed, log it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from archive.changes import Log
from archive.corrections import applied
from archive.database import Transaction
from archive.identity import same_content
from archive.model import Article, ChangeKind, Outcome
from archive.placing import addresses, placed, taken_addresses
from archive.rows import ARTICLE, BYLINE, REVISION, article_row, byline_rows, insert, revision_row
from archive.rules import Rules
from archive.settle import Settled, Settling, elsewhere
from archive.topics import FILE, choices, choose, chosen, filed, refile

# What a further revision leaves as it was.
KEPT = (
    *("id", "source", "guid", "number", "address", "first_seen", "withdrawn", "republish", "embargo", "note"),
    *("corrections", "translations"),
)
# The columns of an article that follow its newest revision.
SHOWN = ("id", "revision", "url", "language", "script", "day", "sorted", "seq")
# A text that differs at every fetch (a counter, a random advertisement) gets a revision a day from here on.
CHURNING, CALM = 24, timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of one entry, and the article as the archive has it now."""

    article: Article
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What putting depends on: the rules of topics, the site's zone, the time, the fetch that brought it."""

    rules: Rules
    zone: ZoneInfo
    now: datetime
    fetch: int | None = None


def put(
    transaction: Transaction, entries: tuple[Article, ...], terms: Terms, *, known: bool = False
) -> tuple[Stored, ...]:
    """Store the entries of one document, all of one source; what became of each, in document order.

    New articles are numbered from the oldest to the newest, so that a feed's order survives; of entries
    without a date the last of the document counts as the oldest. ``known`` bytes, taken in completely before,
    change nothing. Topics that an entry states are added to those it has by rule.
    """
    settling = Settling(transaction, entries)
    settled = [settling.settle(entry) for entry in entries]
    named = [replace(entry, id=found.id) for entry, found in zip(entries, settled, strict=True)]
    new = [entry for entry, found in zip(named, settled, strict=True) if found.is_new]
    putting = Putting(transaction, terms, taken_addresses(transaction, new, terms.zone, terms.now))
    done: dict[int, Stored] = {}
    for place in sorted(range(len(entries)), key=lambda place: age(entries[place], place, terms.now)):
        if not settled[place].repeated:
            done[place] = putting.settle(named[place], settled[place], place, known=known)
    putting.end()
    settling.remember()
    by_id = {stored.article.id: stored.article for stored in done.values()}
    return tuple(
        done[place] if place in done else Stored(article=by_id[found.id], outcome="unchanged")
        for place, found in enumerate(settled)
    )


def age(entry: Article, place: int, now: datetime) -> tuple[datetime, int]:
    """What orders the entries of a document from the oldest to the newest."""
    return min(entry.published or now, now), -place


class Putting:
    """Stores articles of one transaction; rows of new ones are written together, at the end."""

    def __init__(self, transaction: Transaction, terms: Terms, taken: Iterable[str] = ()) -> None:
        self._transaction, self._terms = transaction, terms
        self._taken = set(taken)
        self._log: Log | None = None
        self._number = 0
        self._new: list[Article] = []
        self._revisions: list[dict[str, object]] = []
        self._filed: list[Article] = []
        self._stated: list[Article] = []

    def settle(self, entry: Article, found: Settled, place: int, *, known: bool) -> Stored:
        """Store one entry as what it was found to be."""
        if found.stored is None or found.stated is None:
            return self.create(entry, place)
        if known or same_content(found.stated, entry) or churns(found.stored, entry, self._terms.now):
            return self.keep(entry, found.stored, known=known)
        stored = self.revise(entry, found.stored, place=place)
        if found.stored.corrections:
            right = applied(stored, found.stored.corrections)
            stored = self.revise(replace(right, editor=found.stored.corrections[-1].by), stored, place=place)
        return Stored(article=stored, outcome="revised")

    def create(self, entry: Article, place: int) -> Stored:
        """A new article with its first revision."""
        terms = self._terms
        embargoed = entry.embargo is not None and entry.embargo > terms.now
        article = replace(
            entry,
            number=None if embargoed else self.next_number(),
            first_seen=terms.now,
            stored=terms.now,
            revision=1,
            sha=entry.digest,
            address=self.free_address(entry),
            topics=terms.rules.of(entry),
            **placed(entry, terms.zone, terms.now, place),
        )
        article = replace(article, seq=self.log("put", article))
        self._new.append(article)
        self.append(article)
        if set(entry.topics) - set(article.topics):
            self._stated.append(replace(article, topics=entry.topics))
        return Stored(article=article, outcome="new")

    def revise(self, entry: Article, old: Article, *, place: int = 0, reason: str | None = None) -> Article:
        """A further revision of an article. What leaves a list by it is logged as a touch too."""
        topics = chosen(self._terms.rules.of(entry), choices(self._transaction, [old.id])[old.id])
        article = replace(
            entry,
            **{name: getattr(old, name) for name in KEPT},
            stored=self._terms.now,
            revision=old.revision + 1,
            sha=entry.digest,
            topics=topics,
            **placed(entry, self._terms.zone, old.first_seen or self._terms.now, place),
        )
        seq = self.log("put", article, reason)
        left = set(old.topics) - set(topics) or set(old.authors) - set(article.authors)
        if left or (old.language, old.script, old.day) != (article.language, article.script, article.day):
            seq = self.log("touch", article)
        article = replace(article, seq=seq)
        self._transaction.run(
            "UPDATE article SET revision = :revision, url = :url, language = :language, script = :script,"
            " day = :day, sorted = :sorted, seq = :seq WHERE id = :id",
            **{name: value for name, value in article_row(article).items() if name in SHOWN},
        )
        for table in ("article_topic", "byline"):
            self._transaction.run(f"DELETE FROM {table} WHERE article = :id", id=article.id)
        self._filed = [each for each in self._filed if each.id != article.id]
        self.append(article, reason)
        if set(entry.topics) - set(topics):
            self._stated.append(replace(article, topics=entry.topics))
        return article

    def keep(self, entry: Article, old: Article, *, known: bool) -> Stored:
        """An article that did not change; only its address may have moved, which is no revision but shows."""
        if known:
            return Stored(article=old, outcome="unchanged")
        if set(entry.topics) - set(old.topics):
            self._stated.append(replace(old, topics=entry.topics))
        if not entry.url or not elsewhere(entry, old):
            return Stored(article=old, outcome="unchanged")
        article = replace(old, url=entry.url, seq=self.log("touch", old))
        self._transaction.run(
            "UPDATE article SET url = :url, seq = :seq WHERE id = :id",
            url=article.url,
            seq=article.seq,
            id=article.id,
        )
        for table in ("article_topic", "byline"):
            self._transaction.run(
                f"UPDATE {table} SET seq = :seq WHERE article = :id", seq=article.seq, id=article.id
            )
        return Stored(article=article, outcome="unchanged")

    def end(self) -> None:
        """Write what was collected; then file what was stated to be in a topic."""
        run_many = self._transaction.run_many
        run_many(insert("article", ARTICLE), [article_row(article) for article in self._new])
        run_many(insert("revision", REVISION), self._revisions)
        run_many(FILE, [row for article in self._filed for row in filed(article, article.topics)])
        run_many(insert("byline", BYLINE), [row for article in self._filed for row in byline_rows(article)])
        if self._log:
            self._log.write()
        known = {rule.id for rule in self._terms.rules.rules}
        for each in self._stated:
            topics = [topic for topic in each.topics if topic in known]
            choose(self._transaction, [each.id], add=topics, person=each.source, now=self._terms.now)
        refile(self._transaction, self._terms.rules, [each.id for each in self._stated], self._terms.now)

    def append(self, article: Article, reason: str | None = None) -> None:
        """Append a revision, and what follows from it; nothing ever changes it."""
        fetch = None if article.editor else self._terms.fetch
        self._revisions.append({**revision_row(article), "fetch": fetch, "reason": reason})
        self._filed.append(article)

    def log(self, kind: ChangeKind, article: Article, reason: str | None = None) -> int:
        """A line of the log about a revision; its seq."""
        self._log = self._log or Log(self._transaction)
        return self._log.append(
            kind,
            article.id,
            revision=article.revision,
            sha=article.sha,
            now=self._terms.now,
            reason=reason,
            person=article.editor,
        )

    def next_number(self) -> int:
        """The next number of first publication."""
        if not self._number:
            (row,) = self._transaction.read("SELECT COALESCE(MAX(number), 0) AS number FROM article")
            self._number = int(row["number"])
        self._number += 1
        return self._number

    def free_address(self, entry: Article) -> str:
        """Our address of a new article, with as few characters of its id as nobody else has that day."""
        possible = addresses(entry, self._terms.zone, self._terms.now)
        address = next(each for each in possible if each not in self._taken)
        self._taken.add(address)
        return address


def churns(stored: Article, entry: Article, now: datetime) -> bool:
    """Whether an article has changed so often, and so lately, without a new date that this is but noise."""
    return (
        stored.revision >= CHURNING
        and stored.stored is not None
        and now < stored.stored + CALM
        and (entry.updated, entry.published) == (stored.updated, stored.published)
    )
