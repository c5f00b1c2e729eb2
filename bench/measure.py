"""Times, rates and how they are printed."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
WARM = 20  # calls before the clock runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number, and the same of a peer; ``more`` says whether a larger one is better."""

    what: str
    value: float
    unit: str
    more: bool = True
    peer: str | None = None
    peer_value: float | None = None

    def __str__(self) -> str:
        line = f"  {self.what:<46} {number(self.value):>9} {self.unit:<11}"
        if self.peer is None or self.peer_value is None:
            return line.rstrip()
        return f"{line} {self.ratio:>6.2f} x  {self.peer}, {number(self.peer_value)}"

    @property
    def ratio(self) -> float:
        """How many times better than the peer."""
        ours, theirs = (self.value, self.peer_value or 0) if self.more else (self.peer_value or 0, self.value)
        return ours / theirs if theirs else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured; ``sizes`` are those of the corpora that are searched."""

    articles: int
    sizes: tuple[int, ...]
    feeds: int
    queries: int
    requests: int


NORMAL = Size(articles=10_000, sizes=(10_000, 38_000), feeds=1000, queries=200, requests=2000)
SMALL = Size(articles=60, sizes=(60,), feeds=4, queries=4, requests=5)


def number(value: float) -> str:
    """A number with three digits that say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def machine() -> str:
    """Where and when a run was made."""
    load = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}, {datetime.now(UTC):%Y-%m-%d}"
    )


class Clock:
    """Seconds of CPU that this process spent, or of time that passed."""

    def __init__(self) -> None:
        self.cpu = self.wall = 0.0


@contextmanager
def timed() -> Iterator[Clock]:
    """Measure a block."""
    clock, cpu, wall = Clock(), time.process_time(), time.perf_counter()
    yield clock
    clock.cpu, clock.wall = time.process_time() - cpu, time.perf_counter() - wall


def latencies(
    ask: Callable[[T], object], each: Sequence[T], before: Callable[[], object] = int
) -> list[float]:
    """Milliseconds that each call took; what is done before each is not counted."""
    taken = []
    for question in each:
        before()
        started = time.perf_counter()
        ask(question)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def cpu_each(act: Callable[[], object], times: int) -> float:
    """Microseconds of CPU that one call costs."""
    for _ in range(min(times, WARM)):
        act()
    with timed() as clock:
        for _ in range(times):
            act()
    return clock.cpu / times * 1e6


def apart(act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What a function answers in a new process, in which nothing grows but by the function.

    It is forked from a server that has imported all there is to import, and done nothing else.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(["bench.__main__"])
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(act, *args, **kwargs).result()


def memory(name: str = "VmRSS") -> float:
    """Megabytes that this process holds, 0 where the system does not tell.

    Named by the lines of its status in Linux: ``VmHWM`` is the most it held, ``RssAnon`` what is no file.
    """
    status = Path("/proc/self/status")
    found = re.search(rf"^{name}:\s+(\d+)", status.read_text(), re.MULTILINE) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def megabytes(folder: Path) -> float:
    """How much the files of a folder are."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def half(values: Iterable[float]) -> float:
    """The median."""
    return statistics.median(values)


def slowest(values: Sequence[float]) -> float:
    """The 95th percentile: one in twenty is slower."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]
