"""The service as `serve` runs it beside nginx with the same bytes on disk: polls, and a whole feed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from archive.database import Database
from bench.load import ask, bombard, generator
from bench.measure import Figure, half

ROOT = Path(__file__).parents[1]
TICK = os.sysconf("SC_CLK_TCK")
ROUNDS = 3
FEED = "/latest.atom"
# What makes a request more than a plain one, so that the fast path leaves it to Bottle; nginx does not mind.
UNUSUAL = {"Authorization": "Basic Og=="}
NGINX = """
{user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=16;
  types {{ application/atom+xml atom; }}
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server: its port and the group of its processes."""

    port: int
    group: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something asked again and again, and the headers it is asked with."""

    what: str
    headers: Mapping[str, str]
    wants: int


def run(database: Database, requests: int) -> Iterator[Figure | str]:
    """Microseconds of CPU of the server's processes for a request, and requests a second."""
    if not Path("/proc/self/stat").exists():
        yield "  this system does not tell the CPU of a process"
        return
    folder, seconds = database.folder, requests / 1000 if requests >= 1000 else 0.05
    with ExitStack() as stack:
        ours = stack.enter_context(service(folder))
        feed = ask(ours.port, FEED, {})
        peer = None
        if shutil.which("nginx"):
            peer = stack.enter_context(nginx_serving(folder / "nginx", feed.body))
        else:
            yield "  nginx is not installed: ours alone"
        if generator(seconds) != "wrk":
            yield "  asked without wrk, by us, who are slower than nginx: only CPU compares"
        for case in cases(len(feed.body)):
            yield from measured(case, ours, peer, seconds)


def cases(size: int) -> tuple[Case, ...]:
    """What is measured."""
    whole = f"{size / 1000:.0f} kB"
    return (
        Case(what="304, fast path", headers={}, wants=304),
        Case(what="304, through Bottle", headers=UNUSUAL, wants=304),
        Case(what=f"{whole}, fast path", headers={}, wants=200),
        Case(what=f"{whole}, through Bottle", headers=UNUSUAL, wants=200),
    )


def measured(case: Case, ours: Served, peer: Served | None, seconds: float) -> Iterator[Figure]:
    """The figures of a case: the medians of some rounds, in which the servers take turns."""
    mine, theirs = [], []
    for _ in range(ROUNDS if seconds >= 1 else 1):
        mine.append(loaded(ours, case, seconds))
        if peer:
            theirs.append(loaded(peer, case, seconds))
    name = "nginx" if peer else None
    units = (("a request", "us CPU", Load.cpu_each), ("requests", "/s", Load.each_second))
    for what, unit, of in units:
        yield Figure(
            what=f"{case.what}, {what}",
            value=half(map(of, mine)),
            unit=unit,
            more=of == Load.each_second,
            peer=name,
            peer_value=half(map(of, theirs)) if theirs else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a server bore."""

    answers: int
    cpu: float
    wall: float

    def cpu_each(self) -> float:
        """Microseconds of CPU for a request."""
        return self.cpu / self.answers * 1e6

    def each_second(self) -> float:
        """Requests a second."""
        return self.answers / self.wall


def loaded(server: Served, case: Case, seconds: float) -> Load:
    """A server under load, after it was seen to answer as it should."""
    headers = dict(case.headers)
    if case.wants == 304:
        headers["If-None-Match"] = ask(server.port, FEED, {}).headers["etag"]
    for _ in range(2):
        answer = ask(server.port, FEED, headers)
    assert answer.code == case.wants, f"{case.what}: {answer.code} {answer.body[:200]!r}"
    before, started = ticks(server.group), time.monotonic()
    answers = bombard(server.port, FEED, headers, seconds)
    wall = time.monotonic() - started
    return Load(answers=answers, cpu=(ticks(server.group) - before) / TICK, wall=wall)


def members(group: int) -> dict[int, int]:
    """The processes of a group, and the CPU that each has spent (proc(5): fields 14 and 15)."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                found[int(path.parent.name)] = int(fields[11]) + int(fields[12])
    return found


def ticks(group: int) -> int:
    """The CPU that all processes of a group have spent."""
    return sum(members(group).values())


@contextmanager
def service(folder: Path, *, worker: bool = False) -> Iterator[Served]:
    """The service on an archive, as `serve` runs it."""
    port = free_port()
    command = [sys.executable, "app.py", "--data", str(folder), "serve", "--port", str(port)]
    with running(command if worker else [*command, "--no-worker"], port) as served:
        yield served


@contextmanager
def nginx_serving(folder: Path, body: bytes) -> Iterator[Served]:
    """nginx with a feed's bytes on disk."""
    port = free_port()
    # Started as root it would read as nobody, who may not enter a folder of ours.
    user = "user root;" if os.geteuid() == 0 else ""
    file = folder / "files" / FEED.strip("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(body)
    (folder / "nginx.conf").write_text(NGINX.format(user=user, folder=folder, port=port))
    with running(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], port) as served:
        yield served


@contextmanager
def running(command: list[str], port: int) -> Iterator[Served]:
    """A server while it runs, from its first answer on, in a group of processes of its own."""
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        end = time.monotonic() + 60
        while not answers(port):
            assert process.poll() is None and time.monotonic() < end, f"{command[0]} does not answer"
            time.sleep(0.05)
        yield Served(port=port, group=process.pid)
    finally:
        process.terminate()
        process.wait(10)


def answers(port: int) -> bool:
    """Whether somebody answers there."""
    try:
        return ask(port, FEED, {}).code == 200
    except OSError:
        return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
