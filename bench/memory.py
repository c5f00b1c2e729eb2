"""What all processes of `serve` hold together while polled and searched: as the index is built, and after.

``python -m bench.memory DATA [SECONDS]`` measures the archive of a data folder, whose index it builds again.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

from bench.load import ask
from bench.measure import Figure, half
from bench.serve import members, service

EACH = 0.2  # seconds between two samples
REST = 0.3  # seconds between two questions of one who asks
LONGEST = 1200.0
WANTED = 400.0
FEEDS = ("/latest.atom", "/", "/topics", "/topic/olympics.atom", "/topic/education.json", "/latest.json")
WORDS = (
    "北京 开放",
    "olympic",
    "京",
    "国际 合作",
    "open source",
    "上海",
    "linux",
    "经济 发展",
    "气候",
    "docker",
)
PHRASES = ('"高质量发展"', '"of the"', '"open source software"', '"习近平总书记"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Megabytes that one process holds: its part of what is shared included (PSS), and of that no file."""

    process: int
    whole: float
    own: float


Sample = tuple[Held, ...]


def run(folder: Path, seconds: float) -> Iterator[Figure | str]:
    """Megabytes of all processes: at most as the index is built, then half of the time and at most."""
    if not Path("/proc/self/smaps_rollup").exists():
        yield "  this system does not tell what of its memory a process shares"
        return
    shutil.rmtree(folder / "index", ignore_errors=True)
    with service(folder, worker=True) as served, asked(served.port):
        built = list(sampled(served.group, until_current(served.port)))
        kept = list(sampled(served.group, until(seconds)))
    yield from figures("as the index is built", built)
    yield from figures("after", kept)


def figures(what: str, samples: Sequence[Sample]) -> Iterator[Figure | str]:
    """What some samples come to."""
    yield Figure(what=f"{what}, half of the time", value=half(map(total, samples)), unit="MB", more=False)
    most = max(samples, key=total)
    yield Figure(
        what=f"{what}, at most",
        value=total(most),
        unit="MB",
        more=False,
        peer="what is wanted at 100,000 articles",
        peer_value=WANTED,
    )
    yield "    then: " + ", ".join(f"{held.whole:.0f} MB (own {held.own:.0f})" for held in most)


def total(sample: Sample) -> float:
    """Megabytes of all processes."""
    return sum(held.whole for held in sample)


def sampled(group: int, goes_on: Iterator[bool]) -> Iterator[Sample]:
    """Samples of all processes of a group, at least one."""
    for _ in goes_on:
        yield tuple(held for process in members(group) if (held := held_by(process)))
        time.sleep(EACH)


def held_by(process: int) -> Held | None:
    """What a process holds; None when it has ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text()
        found = {name: int(size) / 1024 for name, size in re.findall(r"^(\w+):\s+(\d+) kB", lines, re.M)}
        return Held(process=process, whole=found["Pss"], own=found["Pss_Anon"])
    return None


def until(seconds: float) -> Iterator[bool]:
    """For so long."""
    end = time.monotonic() + seconds
    yield True
    while time.monotonic() < end:
        yield True


def until_current(port: int) -> Iterator[bool]:
    """Until the index has all that is in the archive."""
    end = time.monotonic() + LONGEST
    yield True
    while not is_current(port):
        assert time.monotonic() < end, "the index is not done"
        yield True


def is_current(port: int) -> bool:
    """Whether the index has all that is in the archive."""
    answer = ask(port, "/readyz", {})
    return answer.code == 200 and json.loads(answer.body).get("behind") == 0


@contextmanager
def asked(port: int) -> Iterator[None]:
    """Two who poll and two who search, all the while."""
    stop = threading.Event()

    def go_on(seed: int) -> None:
        chosen = random.Random(seed)
        for turn in count():
            if stop.wait(REST):
                return
            query = chosen.choice(PHRASES if turn % 5 == 0 else WORDS)
            path = f"/search?q={quote(query)}&page={chosen.randint(1, 3)}"
            with suppress(OSError):
                ask(port, path if seed % 2 else chosen.choice(FEEDS), {})

    threads = [threading.Thread(target=go_on, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    for line in run(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 30.0):
        print(line, flush=True)
