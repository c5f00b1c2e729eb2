"""A small web server on a loopback address: answers as a test tells it to, remembers who asked what."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Self, cast

from aiohttp.abc import AbstractResolver, ResolveResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to answer. Times in seconds: ``latency`` before the head, ``drip`` before each byte of the body.

    With ``etag`` or ``last_modified`` a request that names the same gets a 304. ``breaks_off`` ends the
    connection before the body that was announced has been sent. ``raw`` is sent as it is, head and all, and
    with ``endless`` again and again; ``resets`` then breaks the connection instead of ending it.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    latency: float = 0
    drip: float = 0
    breaks_off: bool = False
    raw: bytes = b""
    endless: bool = False
    resets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that came in, when, and how many were being answered then, itself included."""

    method: str
    path: str
    headers: Mapping[str, str]
    at: float
    at_once: int
    body: bytes = b""

    @property
    def is_conditional(self) -> bool:
        """Whether only what is new was asked for."""
        return "If-None-Match" in self.headers or "If-Modified-Since" in self.headers


MISSING = Answer(status=404, body=b"nothing here")


class FeedServer:
    """Answers each path as scripted: the answers in turn, the last one for ever after."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.scripts: dict[str, Iterator[Answer]] = {}
        self.asked: list[Asked] = []
        self.lock = Lock()
        self.open = 0
        self.listener = Listener((host, port), Exchange)
        self.listener.owner = self
        self.thread = Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def address(self) -> str:
        """Address and port, in the form of the setting ``[fetch] allow``."""
        host, port = self.listener.server_address[:2]
        return f"{host!s}:{port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.listener.server_address[1])

    def url(self, path: str = "/") -> str:
        """The whole address of a path."""
        return f"http://{self.address}{path}"

    def answer(self, path: str, *answers: Answer) -> str:
        """Script a path; its whole address."""
        self.scripts[path] = in_turn(answers)
        return self.url(path)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        """Script a path as a redirect; its whole address."""
        return self.answer(path, Answer(status=status, headers={"Location": to}))

    def next_answer(self, path: str) -> Answer:
        """What to answer this time."""
        with self.lock:
            return next(self.scripts.get(path, iter([MISSING])))

    def note(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Remember a request that begins."""
        with self.lock:
            self.open += 1
            asked = Asked(
                method=method, path=path, headers=headers, at=time.monotonic(), at_once=self.open, body=body
            )
            self.asked.append(asked)

    def ended(self) -> None:
        """A request has been answered."""
        with self.lock:
            self.open -= 1

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.listener.shutdown()
        self.listener.server_close()
        self.thread.join()


class Listener(ThreadingHTTPServer):
    """The socket, and a thread for each connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    owner: FeedServer


class Exchange(BaseHTTPRequestHandler):
    """One connection, on which one request is answered."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle(self) -> None:
        """Answer until the client goes away, however it does."""
        with suppress(ConnectionError):
            super().handle()

    def finish(self) -> None:
        """End the connection."""
        with suppress(ConnectionError):
            super().finish()

    def do_GET(self) -> None:
        """Answer as scripted; a client that goes away is no fault of the test."""
        owner = cast(Listener, self.server).owner
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        owner.note(self.command, self.path, dict(self.headers.items()), body)
        try:
            self.send(owner.next_answer(self.path))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            owner.ended()

    do_POST = do_GET

    def send(self, answer: Answer) -> None:
        """Send an answer, or that nothing has changed."""
        time.sleep(answer.latency)
        if answer.raw:
            self.send_raw(answer)
            return
        known = self.knows(answer)
        body = b"" if known else answer.body
        self.send_response(304 if known else answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        for name, validator in (("ETag", answer.etag), ("Last-Modified", answer.last_modified)):
            if validator:
                self.send_header(name, validator)
        if not known:
            self.send_header("Content-Length", str(len(body) + answer.breaks_off))
        self.close_connection = self.close_connection or answer.breaks_off
        self.end_headers()
        for piece in (bytes([byte]) for byte in body) if answer.drip else [body]:
            time.sleep(answer.drip)
            self.wfile.write(piece)
            self.wfile.flush()

    def send_raw(self, answer: Answer) -> None:
        """Send bytes that need not be HTTP, and end the connection."""
        self.close_connection = True
        self.wfile.write(answer.raw)
        while answer.endless:
            self.wfile.write(answer.raw)
        if answer.resets:
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def knows(self, answer: Answer) -> bool:
        """Whether who asks has this answer already."""
        stated = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        if stated[0] is not None:
            return stated[0] == answer.etag
        return stated[1] is not None and stated[1] == answer.last_modified

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing."""


class Names(AbstractResolver):
    """Looks up names in a table that may answer otherwise the next time."""

    def __init__(self, *tables: dict[str, str]) -> None:
        self.tables = list(tables)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        table = self.tables.pop(0) if len(self.tables) > 1 else self.tables[0]
        if host not in table:
            raise OSError("no such name")
        return [
            ResolveResult(hostname=host, host=table[host], port=port, family=socket.AF_INET, proto=0, flags=0)
        ]

    async def close(self) -> None:
        pass


def in_turn(answers: tuple[Answer, ...]) -> Iterator[Answer]:
    """The answers one after the other, then the last again and again."""
    yield from answers
    while True:
        yield answers[-1]
