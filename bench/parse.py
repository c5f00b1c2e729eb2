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
Parse = Callable[[str, bytes], int]
Feeds = tuple[tuple[str, bytes], ...]


def run(feeds: Feeds) -> list[Figure]:
    """Megabytes and entries a second of wall time; the pipes to the sandbox and its checks are in ours."""
    with Sandbox() as sandbox:
        ours, theirs = raced(partial(entries, sandbox), entries_of_peer, feeds)
    size = sum(len(body) for _, body in feeds) / 1e6
    return [
        Figure(
            what="feeds, isolation included",
            value=size / ours.seconds,
            unit="MB/s",
            peer=PEER,
            peer_value=size / theirs.seconds,
        ),
        Figure(
            what=f"their entries ({ours.entries:,}; the peer {theirs.entries:,})",
            value=ours.entries / ours.seconds,
            unit="entries/s",
            peer=PEER,
            peer_value=theirs.entries / theirs.seconds,
        ),
    ]


@dataclass(slots=True)
class Taken:
    """What one parser took for all feeds."""

    seconds: float = 0
    entries: int = 0


def entries(sandbox: Sandbox, name: str, body: bytes) -> int:
    """How many articles we find in a feed."""
    url = f"https://feeds.example/{name}"
    return len(sandbox.parse(body, url=url, content_type=None, name=name, now=NOW).articles)


def entries_of_peer(name: str, body: bytes) -> int:
    """How many entries feedparser finds in it."""
    return len(feedparser.parse(BytesIO(body)).entries)


def raced(ours: Parse, theirs: Parse, feeds: Feeds) -> tuple[Taken, Taken]:
    """Both on each feed in turn, so that the same things disturb both; the best of some passes on each."""
    both = Taken(), Taken()
    for parse in (ours, theirs):
        parse(*feeds[0])  # what a process loads once
    for name, body in feeds:
        for parse, taken in zip((ours, theirs), both, strict=True):
            passes = []
            for _ in range(PASSES):
                started = time.perf_counter()
                found = parse(name, body)
                passes.append(time.perf_counter() - started)
            taken.seconds += min(passes)
            taken.entries += found
    return both
