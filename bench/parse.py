"""Parsing: real feeds as documents of sanitised articles, in the sandbox, beside feedparser as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import version
from io import BytesIO

import feedparser

from archive.sandbox import Sandbox
from bench.corpus import NOW
from bench.measure import Figure

PEER = f"feedparser {version('feedparser')}, defaults"
PASSES = 2
Feeds = tuple[tuple[str, bytes], ...]


def run(feeds: Feeds) -> list[Figure]:
    """Megabytes and entries a second of wall time, the better of two passes; isolation is in ours."""
    with Sandbox() as sandbox:
        ours = best(
            lambda name, body: len(
                sandbox.parse(
                    body, url=f"https://feeds.example/{name}", content_type=None, name=name, now=NOW
                ).articles
            ),
            feeds,
        )
    theirs = best(lambda name, body: len(feedparser.parse(BytesIO(body)).entries), feeds)
    size = sum(len(body) for _, body in feeds) / 1e6
    return [
        Figure(
            what="feeds, isolation included",
            value=size / ours[0],
            unit="MB/s",
            peer=PEER,
            peer_value=size / theirs[0],
        ),
        Figure(
            what=f"their entries ({ours[1]:,}; the peer {theirs[1]:,})",
            value=ours[1] / ours[0],
            unit="entries/s",
            peer=PEER,
            peer_value=theirs[1] / theirs[0],
        ),
    ]


def best(entries: Callable[[str, bytes], int], feeds: Feeds) -> tuple[float, int]:
    """Seconds of the better pass, and how many entries there were; what a process does once is done before."""
    entries(*feeds[0])
    passes = []
    for _ in range(PASSES):
        started = time.perf_counter()
        found = sum(entries(name, body) for name, body in feeds)
        passes.append((time.perf_counter() - started, found))
    return min(passes)
