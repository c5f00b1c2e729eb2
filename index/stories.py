"""The follower that finds pairs and stories: new articles against those with rare clues in common.

What it decides depends on what is in the archive alone, not on the order in which that came: two articles
are a pair when each is the other's best counterpart. Whatever changes is compared again with its neighbours,
as it is and as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive import articles, changes, pairs
from archive.database import Database, Transaction
from archive.identity import canonical_url
from archive.model import Article, Change
from archive.sources import families
from index.clues import addresses, links
from index.pairing import LIKELY, Likeness, comparable, likeness, shared, sureness
from index.reprints import reprinted
from index.trace_store import TraceStore, read_state
from index.traces import Trace, Translate, trace

STEP = 250
# Articles less alike than this are no rivals of each other.
RIVALS = -3.0
LINKS, ADDRESSES = "language links", "addresses"
Stop = Callable[[], bool]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What pairs are found with: what English words may mean, and the name of what says so."""

    translate: Translate | None = None
    made_by: str = ""


class PairFollower:
    """Follows the archive for as long as a process lives, and keeps open what it compares with."""

    def __init__(
        self, database: Database, folder: Path, clock: Clock, finding: Finding | None = None
    ) -> None:
        self._database, self._folder, self._clock = database, folder, clock
        self._finding = finding or Finding()
        self._store: TraceStore | None = None

    def follow(self, stop: Stop | None = None) -> int:
        """Find the pairs and stories of what is new; how many changes. Busy while another is at it."""
        with self._database.locked("pairs"):
            store, self._store = self._current(), None  # what fails half-way is read again from the files
            start = store.state.checkpoint
            while step := self._next(store, stop):
                take(self._database, store, step, self._finding.translate, self._clock())
                store.commit(step[-1].seq, step[-1].chain)
            self._store = store
            return store.state.checkpoint - start

    def _current(self) -> TraceStore:
        """The traces as they were left, unless another process went on with them."""
        if self._store and read_state(self._folder, self._finding.made_by) == self._store.state:
            return self._store
        return opened(self._database, self._folder, self._finding.made_by)

    def _next(self, store: TraceStore, stop: Stop | None) -> Sequence[Change]:
        """The changes to take next; none when told to stop."""
        return () if stop and stop() else changes.after(self._database, store.state.checkpoint, STEP)


def follow_pairs(database: Database, folder: Path, clock: Clock, finding: Finding | None = None) -> int:
    """Find the pairs and stories of what is new, once."""
    return PairFollower(database, folder, clock, finding).follow()


def opened(database: Database, folder: Path, made_by: str) -> TraceStore:
    """The traces, unless they are of another archive: then none yet."""
    store = TraceStore(folder, made_by)
    seq = store.state.checkpoint
    if seq and not any(line.chain == store.state.chain for line in changes.after(database, seq - 1, 1)):
        (folder / "state.json").unlink()
        store = TraceStore(folder, made_by)
    return store


def take(
    database: Database, store: TraceStore, step: Sequence[Change], translate: Translate | None, now: datetime
) -> None:
    """Compare what some changes name, and write down what that says of pairs and stories."""
    ids = list(dict.fromkeys(change.id for change in step))
    before = store.traces(ids)
    changed, gone = renewed(database, ids, before, translate)
    # As it was is compared too: who had it for a counterpart or a copy may have another now.
    left = store.neighbours([before[id] for id in (*changed, *gone) if id in before])
    store.put(list(changed.values()), gone)
    comparing = Comparing(database, store)
    comparing.load(ids)
    asked = dict.fromkeys((*ids, *(id for some in left.values() for id in some)))
    asked |= dict.fromkeys(other for id in changed for other in comparing.rivals(id))
    comparing.prepare(asked)
    with database.writing() as transaction:
        touched = comparing.state(transaction, changed, now)
        touched += comparing.pair(transaction, asked, now)
        comparing.tell(transaction, dict.fromkeys((*asked, *touched)), now)


def renewed(
    database: Database, ids: Sequence[str], before: dict[str, Trace], translate: Translate | None
) -> tuple[dict[str, Trace], list[str]]:
    """The traces of those articles that are not as they were, and those that may not be shown any more."""
    family = families(database)
    made: dict[str, Trace] = {}
    gone: list[str] = []
    for article in articles.articles(database, ids):
        old = before.get(article.id)
        if not articles.is_public(article):
            gone.append(article.id)
        elif old is None or not is_same(old, article, family.get(article.source, "")):
            made[article.id] = trace(article, family.get(article.source, ""), translate)
    return made, gone


def is_same(old: Trace, article: Article, family: str) -> bool:
    """Whether an article still leaves what it left."""
    return (old.sha, old.family) == (article.sha, family)


class Comparing:
    """Compares articles of one step; what was found out once is not asked again."""

    def __init__(self, database: Database | Transaction, store: TraceStore) -> None:
        self._database, self._store = database, store
        self._traces: dict[str, Trace] = {}
        # Of each that was looked up its neighbours, and of all those whose neighbours they are.
        self._near: dict[str, dict[str, None]] = {}
        self._listing: dict[str, dict[str, None]] = {}
        self._words: dict[str, tuple[pairs.Word, ...]] = {}
        self._likeness: dict[tuple[str, str], Likeness] = {}
        self._copies: dict[tuple[str, str], bool] = {}

    def load(self, ids: Iterable[str]) -> None:
        """Look up the neighbours of some articles, and what was said of their pairs."""
        missing = [id for id in ids if id not in self._near]
        self._words |= pairs.words(self._database, missing)
        self._traces |= self._store.traces(id for id in missing if id not in self._traces)
        found = self._store.neighbours([self._traces[id] for id in missing if id in self._traces])
        self._traces |= self._store.traces(
            {id for some in found.values() for id in some if id not in self._traces}
        )
        for id in missing:
            self._near[id] = self._listing.setdefault(id, {})
        for id, some in found.items():
            for other in some:
                self._near[id][other] = None
                self._listing.setdefault(other, {})[id] = None

    def prepare(self, ids: Iterable[str]) -> None:
        """Do what takes long before anybody waits for the transaction: compare, and remember."""
        asked = list(ids)
        self.load(asked)
        self.load([found[0] for id in asked if (found := self.counterpart(id))])
        for id in asked:
            self.connected(id)

    def likeness(self, one: str, other: str) -> Likeness:
        """How likely two articles tell one story."""
        both = (min(one, other), max(one, other))
        if both not in self._likeness:
            self._likeness[both] = likeness(self._traces[both[0]], self._traces[both[1]])
        return self._likeness[both]

    def rivals(self, id: str) -> list[str]:
        """The articles of the other language that are at all like this one and were not refused."""
        refused = {word.partner(id) for word in self._words[id] if word.state == "refused"}
        return [
            other
            for other in sorted(self._near[id])
            if other not in refused
            and comparable(self._traces[id], self._traces[other])
            and self.likeness(id, other).odds > RIVALS
        ]

    def counterpart(self, id: str) -> tuple[str, float] | None:
        """The best of the articles that may tell the story in the other language, and how sure that is.

        There is none to find for an article of which somebody has said what its counterpart is.
        """
        if any(word.state in ("stated", "confirmed") for word in self._words[id]):
            return None
        rivals = self.rivals(id)
        if not rivals:
            return None
        best = max(rivals, key=lambda other: (self.likeness(id, other).odds, other))
        # Copies of the best are no doubt about it.
        others = [other for other in rivals if other != best and not self.are_copies(best, other)]
        odds = [self.likeness(id, other).odds for other in others]
        return best, sureness(self.likeness(id, best).odds, odds)

    def are_copies(self, one: str, other: str) -> bool:
        """Whether two articles are one text."""
        both = (min(one, other), max(one, other))
        if both not in self._copies:
            self._copies[both] = reprinted(self._traces[both[0]], self._traces[both[1]])
        return self._copies[both]

    def found(self, id: str) -> tuple[str, float] | None:
        """The counterpart of an article, if it is that one's too, and likely enough to be told of."""
        mine = self.counterpart(id)
        if mine is None:
            return None
        self.load([mine[0]])
        theirs = self.counterpart(mine[0])
        if theirs is None or theirs[0] != id or (sure := min(mine[1], theirs[1])) < LIKELY:
            return None
        return mine[0], sure

    def pair(self, transaction: Transaction, ids: Iterable[str], now: datetime) -> list[str]:
        """Write down what is found of the counterparts of some articles; whose pairs are others now."""
        asked = list(ids)
        self.load(asked)
        self.load([found[0] for id in asked if (found := self.counterpart(id))])
        touched: list[str] = []
        for id in asked:
            found = self.found(id)
            for word in self._words[id]:
                other = word.partner(id)
                if word.state == "found" and (found is None or found[0] != other):
                    self.say(transaction, id, other, "dropped", word.how, None, now, touched)
            if found:
                how = self.likeness(id, found[0]).how
                self.say(transaction, id, found[0], "found", how, round(found[1], 2), now, touched)
        return touched

    def state(self, transaction: Transaction, ids: Iterable[str], now: datetime) -> list[str]:
        """Write down the pairs that sources state by links and addresses; whose they are."""
        asked = list(ids)
        self.load(asked)
        touched: list[str] = []
        for id in asked:
            linked = [other for other in self._near[id] if self.may_link(id, other)]
            known = {article.id: article for article in articles.articles(transaction, [id, *linked])}
            found = {other: how for other in linked if (how := stated(known[id], known[other]))}
            by_link = {other: how for other, how in found.items() if how == LINKS}
            # Where several articles are at one address but for its language, it is not certain which.
            for other, how in (by_link or (found if len(found) == 1 else {})).items():
                self.say(transaction, id, other, "stated", how, None, now, touched)
        return touched

    def may_link(self, one: str, other: str) -> bool:
        """Whether two articles of different languages have an address in common, as far as hashes tell."""
        first, second = self._traces[one], self._traces[other]
        return first.language != second.language and any(
            shared(first.clues[mine], second.clues[theirs])
            for mine, theirs in (("address", "address"), ("address", "link"), ("link", "address"))
        )

    def say(
        self,
        transaction: Transaction,
        one: str,
        other: str,
        state: pairs.State,
        how: str,
        sure: float | None,
        now: datetime,
        touched: list[str],
    ) -> None:
        """Write down a word on a pair, and see it from then on."""
        if pairs.record(transaction, one, other, state=state, how=how, now=now, sure=sure):
            touched += [one, other]
            self._words |= pairs.words(transaction, [id for id in (one, other) if id in self._words])

    def tell(self, transaction: Transaction, ids: Iterable[str], now: datetime) -> None:
        """Write down which stories some articles, and those that told one with them, tell now."""
        asked = dict.fromkeys(ids)
        told = pairs.members(transaction, pairs.stories(transaction, asked).values())
        asked |= dict.fromkeys(id for some in told.values() for id in some)
        story: dict[str, str | None] = {}
        for id in asked:
            if id not in story:
                together = self.connected(id)
                story |= dict.fromkeys(together, min(together) if len(together) > 1 else None)
        pairs.tell(transaction, story, now)

    def connected(self, id: str) -> set[str]:
        """All articles of the story that an article tells."""
        together, edge = {id}, {id}
        while edge:
            self.load(sorted(edge))
            edge = {other for one in edge for other in self.beside(one)} - together
            together |= edge
        return together

    def beside(self, id: str) -> Iterable[str]:
        """The articles that tell the story of one as pairs or as its copies."""
        if id not in self._traces or id not in self._store:
            return
        yield from (
            word.partner(id)
            for word in self._words[id]
            if word.is_together and word.partner(id) in self._store
        )
        yield from (other for other in self._near[id] if self.are_copies(id, other))


def stated(one: Article, other: Article) -> str | None:
    """How two articles state that they are versions of each other, if they do."""
    if (one.url and canonical_url(one.url) in links(other)) or (
        other.url and canonical_url(other.url) in links(one)
    ):
        return LINKS
    apart = {canonical_url(each.url) for each in (one, other) if each.url}
    return ADDRESSES if (set(addresses(one.url)) & set(addresses(other.url))) - apart else None
