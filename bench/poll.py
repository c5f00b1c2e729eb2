"""Polling: a round of many feeds over loopback, new and then without news, beside aiohttp alone."""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from archive.database import Database, open_database
from archive.model import timestamp
from archive.refresh import refresh
from archive.rules import compile_rules
from archive.sandbox import Sandbox
from archive.settings import Fetch, Settings
from archive.sources import add
from archive.take import EntryLine, InputLine, Taking
from bench.measure import Figure, timed

PEER = f"aiohttp {aiohttp.__version__} alone"
HOSTS = 400
CONNECTIONS = 64
LATENCY = 0.025, 0.075  # seconds, from the number of the feed
ITEM = "<item><guid>{0}-{1}</guid><title>Story {1} of feed {0}</title><description>{2}</description></item>"
TEXT = "News from a city that is never quite the same two days in a row. " * 8


def run(folder: Path, feeds: int) -> list[Figure]:
    """Seconds of a round, and of the CPU of the process that polls; the sandbox's come on top."""
    with served() as port, Sandbox() as sandbox:
        urls = [f"http://127.{1 + n % HOSTS // 200}.{n % 200}.1:{port}/{n}" for n in range(feeds)]
        database = open_database(f"sqlite:///{folder}/polling/archive.db")
        taking = reading(database, sandbox, urls, folder)
        subscribe(database, urls)
        sandbox.parse(feed(0), url=None, content_type=None, name="warm", now=datetime.now(UTC))
        theirs = [asyncio.run(peer(urls, etag)) for etag in ("", '"1"')]
        first, again = polled(taking), polled(taking)
        if (first.articles, again.unchanged) != (feeds, feeds):
            raise AssertionError(f"{first.articles} and {again.unchanged} of {feeds} feeds came")
        database.close()
    return [
        *figures(f"{feeds:,} feeds, the first time", first, theirs[0]),
        *figures("the same, nothing new", again, theirs[1]),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a round cost and brought."""

    wall: float
    cpu: float
    articles: int = 0
    unchanged: int = 0


def figures(what: str, ours: Round, theirs: Round) -> list[Figure]:
    """Time and CPU of a round beside the peer's."""
    return [
        Figure(what=f"{what}{unit}", value=mine, unit="s", more=False, peer=PEER, peer_value=other)
        for unit, mine, other in (("", ours.wall, theirs.wall), (", CPU", ours.cpu, theirs.cpu))
    ]


def reading(database: Database, sandbox: Sandbox, urls: list[str], folder: Path) -> Taking:
    """What taking in needs, with the loopback addresses opened one by one."""
    allow = tuple(sorted({urlsplit(url).netloc for url in urls}))
    config = Settings(data=folder, fetch=Fetch(allow=allow))
    return Taking(database=database, parsing=sandbox, rules=compile_rules(()), config=config)


def subscribe(database: Database, urls: list[str]) -> None:
    """Add the sources, as `sources add` does."""
    for n, url in enumerate(urls):
        add(database, url, id=f"feed-{n}", now=datetime.now(UTC) - timedelta(minutes=1))


def polled(taking: Taking) -> Round:
    """One round of everything."""
    with taking.database.writing() as transaction:
        transaction.run("UPDATE poll SET due = :now", now=timestamp(datetime.now(UTC)))
    with timed() as clock:
        lines = list(refresh(taking))
    return Round(
        wall=clock.wall,
        cpu=clock.cpu,
        articles=len({line.source for line in lines if isinstance(line, EntryLine)}),
        unchanged=sum(isinstance(line, InputLine) and line.detail == "not modified" for line in lines),
    )


async def peer(urls: list[str], etag: str) -> Round:
    """The same addresses read by aiohttp with as many connections, and nothing done with what comes."""
    turns = asyncio.Semaphore(CONNECTIONS)
    headers = {"Accept-Encoding": "gzip", **({"If-None-Match": etag} if etag else {})}

    async def read(session: aiohttp.ClientSession, url: str) -> None:
        async with turns, session.get(url, headers=headers) as response:
            await response.read()

    with timed() as clock:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*(read(session, url) for url in urls))
    return Round(wall=clock.wall, cpu=clock.cpu)


@contextmanager
def served() -> Iterator[int]:
    """A server of feeds in a process of its own, on all loopback addresses; its port."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        process.terminate()
        process.join()


def serve(told: Connection) -> None:
    """Serve until ended."""

    async def listen() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Exchange, "0.0.0.0", 0, backlog=1024)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(listen())


class Exchange(asyncio.Protocol):
    """One connection: whatever it asks for, a feed, or that it has not changed."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        if b"\r\n\r\n" not in self.received:
            return
        head, self.received = self.received, b""
        number = int(head.split(b" ", 2)[1].strip(b"/"))
        latency = LATENCY[0] + (LATENCY[1] - LATENCY[0]) * (number * 7919 % 1000) / 1000
        is_known = b"\r\nif-none-match:" in head.lower()
        asyncio.get_running_loop().call_later(latency, self.answer, number, is_known)

    def answer(self, number: int, is_known: bool) -> None:
        """Answer one request, and keep the connection."""
        if self.transport.is_closing() or not isinstance(self.transport, asyncio.Transport):
            return
        if is_known:
            self.transport.write(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
            return
        body = gzip.compress(feed(number), 1)
        head = (
            f'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n'
            "Content-Type: application/rss+xml\r\n\r\n"
        )
        self.transport.write(head.encode() + body)


def feed(number: int) -> bytes:
    """A feed of one story, told apart from all others."""
    item = ITEM.format(number, 0, f"{TEXT}{number}")
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{item}</channel></rss>'.encode()
