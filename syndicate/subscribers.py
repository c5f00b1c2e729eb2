"""Who subscribes: how many readers poll each feed, and how many more an aggregator says it has.

No address is kept. What is remembered of a poll is a keyed hash of the reader under a key of this day and
process, in memory alone: it cannot be turned back, and does not tell one day's readers from another's.
"""

from __future__ import annotations

import re
import secrets
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from threading import Lock
from typing import NamedTuple

DAY = 86_400  # seconds
MOST_FEEDS = 2_000
EXACT = 256  # readers of a feed that are told apart; beyond, their number is estimated
MOST_AGGREGATORS = 50  # of one feed
FEW = 5  # a search that fewer follow is not told: it may tell who they are
HASHES = 1 << 64
LONGEST_AGENT = 300
STATED = re.compile(r"\b(\d{1,7}) (?:subscriber|reader)s?\b", re.IGNORECASE)
FEED_ID = re.compile(r"\bfeed-?id[:= ]{1,2}([\w-]{1,40})", re.IGNORECASE)
NAME = re.compile(r"[\w.-]{1,40}")


class Count(NamedTuple):
    """The readers of a feed: who polls it, and those that aggregators say they have."""

    feed: str
    readers: int
    through_aggregators: int


class Readers:
    """One day of one feed.

    The smallest hashes are kept: up to EXACT all of them, and then how near they lie says how many there are.
    """

    __slots__ = ("aggregators", "smallest")

    def __init__(self) -> None:
        self.smallest: list[int] = []
        self.aggregators: dict[str, int] = {}

    def add(self, reader: int) -> None:
        """Count a reader, once."""
        place = bisect_left(self.smallest, reader)
        if place < EXACT and self.smallest[place : place + 1] != [reader]:
            self.smallest.insert(place, reader)
            del self.smallest[EXACT:]

    def state(self, aggregator: str, count: int) -> None:
        """Note what an aggregator says."""
        if aggregator in self.aggregators or len(self.aggregators) < MOST_AGGREGATORS:
            self.aggregators[aggregator] = count

    def number(self) -> int:
        """How many readers there were."""
        kept = len(self.smallest)
        return kept if kept < EXACT else round((EXACT - 1) * HASHES / (self.smallest[-1] + 1))


class Subscribers:
    """Counts the readers of feeds by day; the fuller of today and yesterday is told."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._day = -1
        self._key = b""
        self._days: tuple[dict[str, Readers], dict[str, Readers]] = ({}, {})

    def seen(self, address: str, feed: str, agent: str, today: int) -> None:
        """Note a poll; ``today`` is the number of the day."""
        stated = known(agent) if len(agent) <= LONGEST_AGENT else None
        with self._lock:
            if today != self._day:
                self._turn(today)
            readers = self._days[0].get(feed) or self._begin(feed)
            if stated:
                readers.state(*stated)
            else:
                hashed = blake2b(f"{address} {agent}".encode(), digest_size=8, key=self._key)
                readers.add(int.from_bytes(hashed.digest(), "big"))

    def counts(self) -> list[Count]:
        """Every feed that was polled today or yesterday, the most read first, but searches of a few."""
        with self._lock:
            today, before = self._days
            found = [counted(feed, today.get(feed), before.get(feed)) for feed in {**before, **today}]
        found = [each for each in found if not each.feed.startswith("/search") or sum(each[1:]) >= FEW]
        return sorted(found, key=lambda each: (-each.readers - each.through_aggregators, each.feed))

    def _turn(self, today: int) -> None:
        """Begin a day: with another key, and what is older than yesterday forgotten."""
        self._days = {}, self._days[0] if today == self._day + 1 else {}
        self._day, self._key = today, secrets.token_bytes(16)

    def _begin(self, feed: str) -> Readers:
        """A feed seen for the first time today; when there are too many, those read by few make room."""
        today = self._days[0]
        if len(today) >= MOST_FEEDS:
            fullest = sorted(today.items(), key=lambda item: -len(item[1].smallest))[: MOST_FEEDS // 2]
            today.clear()
            today.update(fullest)
        readers = today[feed] = Readers()
        return readers


def counted(feed: str, *days: Readers | None) -> Count:
    """What is told of a feed: of each number the larger of two days."""
    numbers = [each.number() for each in days if each]
    told = [sum(each.aggregators.values()) for each in days if each]
    return Count(feed, max(numbers), max(told))


def stated(agent: str) -> tuple[str, int] | None:
    """Which aggregator a User-Agent names, and how many subscribers it says it has; None for a reader."""
    found = STATED.search(agent)
    if found is None:
        return None
    name, feed = NAME.search(agent), FEED_ID.search(agent)
    return f"{name[0] if name else ''} {feed[1] if feed else ''}", int(found[1])


known: Callable[[str], tuple[str, int] | None] = lru_cache(maxsize=1024)(stated)
