"""Pushing: how soon subscribers over loopback are told of a commit when one in ten of them is dead."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp

from archive import subscriptions
from archive.database import Database
from archive.errors import Busy
from archive.put import Terms, put
from archive.rules import compile_rules
from archive.settings import Settings, read_settings
from bench.corpus import made
from bench.measure import Figure, half
from index import follow, open_index
from syndicate.feeds import feeds_of
from syndicate.news import feed, tag_of
from syndicate.planning import plan

ROOT = Path(__file__).parents[1]
PEER = f"aiohttp {aiohttp.__version__} alone, none dead"
BASE = "https://news.example"
FEEDS = (*["/latest.atom"] * 7, "/latest.rss", "/latest.json", "/search.atom?q=lantern")
CONNECTIONS = 256
MOST, ROUNDS = 1000, 3
QUIET, PATIENCE = 1.0, 60.0  # seconds


def run(database: Database, subscribers: int) -> list[Figure]:
    """Seconds from a commit until living subscribers have the whole feed, in the best of some rounds."""
    many = min(subscribers, MOST)
    with listening() as (port, told), closed() as nobody:
        allow = json.dumps([f"127.0.0.1:{port}", f"127.0.0.1:{nobody}"])
        stated = database.folder / "site.toml"
        stated.write_text(f'[site]\nbase_url = "{BASE}"\n[fetch]\nallow = {allow}\n', encoding="utf-8")
        settings = read_settings(database.folder, config=None, environ={}, flags={})
        follow(database, database.folder / "index")
        living = subscribe(database, settings, many, (port, nobody))
        rounds = ROUNDS if many == MOST else 1
        ours = min((told_within(database, settings, told, living, n) for n in range(rounds)), key=max)
        theirs = asyncio.run(peer(port, told, bodies(database, settings, living)))
        stated.unlink()
    places: dict[str, Callable[[Sequence[float]], float]] = {"half": half, "99 in 100": slow, "all": max}
    what = f"{many:,} subscribers, a tenth dead"
    return [
        Figure(what=f"{what}, {name}", value=of(ours), unit="s", more=False, peer=PEER, peer_value=of(theirs))
        for name, of in places.items()
    ]


def slow(waits: Sequence[float]) -> float:
    """The 99th percentile."""
    return sorted(waits)[min(len(waits) - 1, int(len(waits) * 0.99))]


def bodies(database: Database, settings: Settings, many: int) -> list[bytes]:
    """What so many subscribers are sent."""
    index = open_index(settings.data / "index")
    feeds = feeds_of(database, index, settings)
    found = [feed(feeds, plan(f"{BASE}{path}", BASE)).body for path in FEEDS]
    index.close()
    return [found[number % len(found)] for number in range(many)]


def subscribe(database: Database, settings: Settings, many: int, ports: tuple[int, int]) -> int:
    """Subscribe so many, as confirmed ones; how many of them live. The others are silent, or nobody."""
    index = open_index(settings.data / "index")
    feeds = feeds_of(database, index, settings)
    now = datetime.now(UTC)
    dead = 0
    for number in range(many):
        topic = f"{BASE}{FEEDS[number // 10 % len(FEEDS)]}"
        port, kind = ports[0], "hook"
        if number % 10 == 0:
            dead += 1
            port, kind = (ports[dead % 2], "silent")
        subscriptions.ask(
            database,
            callback=f"http://127.0.0.1:{port}/{kind}/{number}",
            topic=topic,
            mode="subscribe",
            secret=f"secret {number}",
            lease=864_000,
            tag=tag_of(feed(feeds, plan(topic, BASE))),
            now=now,
        )
    with database.writing() as transaction:
        for wanted in subscriptions.intents(database, now, many):
            subscriptions.confirm(transaction, wanted, now)
    index.close()
    return many - dead


def told_within(
    database: Database, settings: Settings, told: Connection, living: int, turn: int
) -> list[float]:
    """Seconds until each living subscriber is told of one more article, by a worker that knows nobody yet."""
    with database.writing() as transaction:
        transaction.run("UPDATE delivery SET state = 'done', attempts = 0")
        (row,) = transaction.read("SELECT source FROM article LIMIT 1")
    with working(database):
        received(told)
        now = datetime.now(UTC)
        terms = Terms(rules=compile_rules(settings.topics), zone=ZoneInfo("UTC"), now=now)
        news = made(
            f"lantern-{turn}", "A lantern festival", f"Lantern by lantern {turn}.", "en", row["source"], now
        )
        with database.writing() as transaction:
            put(transaction, (news,), terms)
        committed = time.monotonic()
        return [at - committed for at in awaited(told, living)]


def received(told: Connection) -> list[float]:
    """When the server was brought what it has not told of yet."""
    told.send(True)
    found: list[float] = told.recv()
    return found


def awaited(told: Connection, many: int) -> list[float]:
    """When each of so many was told."""
    found, deadline = received(told), time.monotonic() + PATIENCE
    while len(found) < many and time.monotonic() < deadline:
        time.sleep(0.05)
        found += received(told)
    if len(found) != many:
        raise AssertionError(f"{len(found)} of {many} subscribers were told")
    return found


@contextmanager
def working(database: Database) -> Iterator[None]:
    """The worker of the service, running and quiet."""
    command = [sys.executable, "app.py", "--data", str(database.folder), "work"]
    running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        while not is_held(database, "push"):
            time.sleep(0.1)
        time.sleep(QUIET)
        yield
    finally:
        running.terminate()
        running.wait()


def is_held(database: Database, name: str) -> bool:
    """Whether some process holds a lock."""
    try:
        with database.locked(name):
            return False
    except Busy:
        return True


async def peer(port: int, told: Connection, sent: Sequence[bytes]) -> list[float]:
    """The same posted by aiohttp with as many connections, and nothing else done."""
    turns = asyncio.Semaphore(CONNECTIONS)
    received(told)

    async def post(session: aiohttp.ClientSession, number: int, body: bytes) -> None:
        async with turns, session.post(f"http://127.0.0.1:{port}/hook/{number}", data=body):
            pass

    began = time.monotonic()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True)) as session:
        await asyncio.gather(*(post(session, number, body) for number, body in enumerate(sent)))
    return [at - began for at in awaited(told, len(sent))]


@contextmanager
def closed() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])


@contextmanager
def listening() -> Iterator[tuple[int, Connection]]:
    """Subscribers in a process of their own: their port, and the way to ask when they were told."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=listen, args=(theirs,), daemon=True)
    process.start()
    try:
        yield int(ours.recv()), ours
    finally:
        process.terminate()
        process.join()


def listen(told: Connection) -> None:
    """Take what comes until ended."""
    times: list[float] = []

    def answer() -> None:
        told.recv()
        told.send(list(times))
        times.clear()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Taker(times), "127.0.0.1", 0, backlog=1024)
        told.send(server.sockets[0].getsockname()[1])
        loop.add_reader(told.fileno(), answer)
        await server.serve_forever()

    asyncio.run(serve())


class Taker(asyncio.Protocol):
    """One connection, on which one request is taken; those for ``/silent`` are never answered."""

    def __init__(self, times: list[float]) -> None:
        self.times = times
        self.head, self.left = b"", -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.left < 0:
            self.head += data
            head, end, data = self.head.partition(b"\r\n\r\n")
            if not end or head.startswith(b"POST /silent"):
                return
            self.left = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        self.left -= len(data)
        if self.left <= 0 and isinstance(self.transport, asyncio.Transport):
            self.times.append(time.monotonic())
            self.transport.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            self.transport.close()
