"""Parsing: real feeds as documents of sanitised articles, in the sandbox, beside feedparser as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from io import BytesIO

import feedparser

from archive.sandbox import Sandbox
from bench.corpus import NOW
from bench.measure import Figure

PEER = f"feedparser {version('feedparser')}, defaults"
PASSES = 2
SMALL, LARGE = 20_000, 200_000  # bytes
Parse = Callable[[str, bytes], int]
Feeds = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """What we and the peer took for a feed, and found in it."""

    size: int
    seconds: float
    entries: int
    peer_seconds: float
    peer_entries: int


def run(feeds: Feeds) -> list[Figure]:
    """Megabytes and entries a second of wall time; the pipes to the sandbox and its checks are in ours."""
    with Sandbox() as sandbox:
        races = raced(partial(entries, sandbox), entries_of_peer, feeds)
    found, of_peer = sum(race.entries for race in races), sum(race.peer_entries for race in races)
    classes = {
        f"of up to {SMALL // 1000} KB": [race for race in races if race.size <= SMALL],
        f"of more, up to {LARGE // 1000} KB": [race for race in races if SMALL < race.size <= LARGE],
        "that are larger": [race for race in races if race.size > LARGE],
    }
    return [
        speed("feeds, isolation included", races),
        Figure(
            what=f"their entries ({found:,}; the peer {of_peer:,})",
            value=found / sum(race.seconds for race in races),
            unit="entries/s",
            peer=PEER,
            peer_value=of_peer / sum(race.peer_seconds for race in races),
        ),
        *(speed(f"  {len(some)} feeds {name}", some) for name, some in classes.items() if some),
    ]


def speed(what: str, races: list[Race]) -> Figure:
    """How much a second we read of some feeds, and the peer of the same."""
    size = sum(race.size for race in races) / 1e6
    return Figure(
        what=what,
        value=size / sum(race.seconds for race in races),
        unit="MB/s",
        peer=PEER,
        peer_value=size / sum(race.peer_seconds for race in races),
    )


def entries(sandbox: Sandbox, name: str, body: bytes) -> int:
    """How many articles we find in a feed."""
    url = f"https://feeds.example/{name}"
    return len(sandbox.parse(body, url=url, content_type=None, name=name, now=NOW).articles)


def entries_of_peer(name: str, body: bytes) -> int:
    """How many entries feedparser finds in it."""
    return len(feedparser.parse(BytesIO(body)).entries)


def raced(ours: Parse, theirs: Parse, feeds: Feeds) -> list[Race]:
    """Both on each feed in turn, so that the same things disturb both; the best of some passes on each."""
    for parse in (ours, theirs):
        parse(*feeds[0])  # what a process loads once
    races = []
    for name, body in feeds:
        (seconds, found), (peer_seconds, of_peer) = (timed(parse, name, body) for parse in (ours, theirs))
        races.append(
            Race(
                size=len(body),
                seconds=seconds,
                entries=found,
                peer_seconds=peer_seconds,
                peer_entries=of_peer,
            )
        )
    return races


def timed(parse: Parse, name: str, body: bytes) -> tuple[float, int]:
    """The seconds of the best of some passes over a feed, and how many entries were found."""
    passes, found = [], 0
    for _ in range(PASSES):
        started = time.perf_counter()
        found = parse(name, body)
        passes.append(time.perf_counter() - started)
    return min(passes), found
