"""The door: what is known is answered by the thread that takes requests, all else by others; who reads a body
reads it in the call for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from queue import Queue
from random import Random
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from factories import article, put_all
from web_client import application

from archive.database import Database
from syndicate.door import Body, Door
from syndicate.guard import CROWDED, Application, Headers, Later, Start
from syndicate.reply import Environ

THREADS, SENDERS = 2, 2


class Client:
    """Who waits for an answer; see ``Channel``."""

    def __init__(self) -> None:
        self.answers: Queue[tuple[int, dict[str, str], bytes, str]] = Queue()

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """An answer, and the thread that gave it."""
        self.answers.put((status, dict(headers), body, threading.current_thread().name))

    def response_iter(self, status: int, headers: Headers, body: Body) -> None:
        """The same of one in pieces."""
        pieces = []
        try:
            while True:
                pieces.append(next(body))
        except StopIteration:
            body.close()
            self.response_bytes(status, headers, b"|".join(pieces))


def ask(door: Door, path: str, **given: str) -> Client:
    """A request at the door."""
    environ: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": "", **given}
    setup_testing_defaults(environ)
    client = Client()
    door(client, environ)
    return client


def is_aside(client: Client, *, wants: int) -> bool:
    """Whether another thread than that at the door gave the answer."""
    status, _, _, thread = client.answers.get(timeout=10)
    assert status == wants
    return thread.startswith("aside-")


class Pieces:
    """A body that is noticed to be closed."""

    def __init__(self) -> None:
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"a", b"b"])

    def close(self) -> None:
        """No more is wanted."""
        self.closed = True


class Sent:
    """A body that comes when it is let, and can be read only while the call for its request lasts."""

    def __init__(self, *, at_once: bool = False) -> None:
        self.come = threading.Event()
        self.is_open = True
        if at_once:
            self.come.set()

    def read(self, most: int) -> bytes:
        """All of it."""
        assert self.is_open, "read after the call"
        assert self.come.wait(10)
        assert self.is_open, "the call returned while it was read"
        return b"hub.mode=x"[:most]


class Server:
    """Calls a door as granian does: from some threads, which take the next request when a call returned."""

    def __init__(self, door: Door, threads: int = SENDERS + 1) -> None:
        self._door = door
        self._asked: Queue[tuple[Client, Environ]] = Queue()
        for number in range(threads):
            threading.Thread(target=self._take, daemon=True, name=f"server-{number}").start()

    def get(self, path: str = "/") -> Client:
        """Ask for something."""
        return self._ask({"PATH_INFO": path})

    def post(self, body: Sent, path: str = "/hub") -> Client:
        """Send a form."""
        form = "application/x-www-form-urlencoded"
        asked = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "CONTENT_TYPE": form, "CONTENT_LENGTH": "10"}
        return self._ask({**asked, "wsgi.input": body})

    def _ask(self, given: Environ) -> Client:
        environ: Environ = {"QUERY_STRING": "", "SERVER_PROTOCOL": "HTTP/1.1", **given}
        setup_testing_defaults(environ)
        client = Client()
        self._asked.put((client, environ))
        return client

    def _take(self) -> None:
        while True:
            client, environ = self._asked.get()
            self._door(client, environ)
            if isinstance(body := environ["wsgi.input"], Sent):
                body.is_open = False


def answer_at_once(environ: Environ, start: Start) -> Iterable[bytes]:
    """An application that says which thread runs it, after it has read what was sent."""
    if CROWDED in environ:
        start("503 Service Unavailable", [])
        return [b"crowded"]
    start("200 OK", [])
    body = environ["wsgi.input"]
    return [body.read(10) if isinstance(body, Sent) else b""]


@pytest.fixture
def door(database: Database, tmp_path: Path) -> Door:
    """The whole application at a door."""
    return Door(application(database, tmp_path), threads=THREADS, senders=SENDERS)


def test_only_what_is_known_is_answered_at_the_door(door: Door) -> None:
    first = ask(door, "/latest.atom").answers.get(timeout=10)
    assert first[0] == 200 and first[3].startswith("aside-")
    has = {"HTTP_IF_NONE_MATCH": first[1]["ETag"]}
    assert is_aside(ask(door, "/latest.atom", **has), wants=304) is False
    # Through the framework too, once the feed is known.
    assert is_aside(ask(door, "/latest.atom", HTTP_RANGE="bytes=0-", **has), wants=304) is False
    for path, wants in (("/", 200), ("/topics", 200), ("/nothing", 404), ("/latest.rss", 200)):
        assert is_aside(ask(door, path), wants=wants) is True, path
    # What may have a body is answered in the call for it, by whichever thread that is.
    for given in ({"CONTENT_LENGTH": "5"}, {"HTTP_TRANSFER_ENCODING": "chunked"}):
        assert is_aside(ask(door, "/topics", **given), wants=200) is False
    assert is_aside(ask(door, "/nothing", REQUEST_METHOD="POST"), wants=404) is False


def test_a_commit_makes_a_feed_unknown_until_it_is_read_again(door: Door, database: Database) -> None:
    ask(door, "/latest.atom").answers.get(timeout=10)
    assert is_aside(ask(door, "/latest.atom"), wants=200) is False
    with database.writing() as transaction:
        put_all(transaction, article(guid="new"))
    assert [is_aside(ask(door, "/latest.atom"), wants=200) for _ in range(2)] == [True, False]


def test_what_takes_long_keeps_nobody_waiting_at_the_door() -> None:
    go = threading.Event()

    def slow() -> Iterable[bytes]:
        assert go.wait(10)
        return [b"late"]

    def answer(environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return Later(slow) if environ["PATH_INFO"] == "/slow" else [b"at once"]

    door = Door(answer, threads=THREADS, senders=SENDERS)
    waiting = [ask(door, "/slow") for _ in range(8)]
    assert is_aside(ask(door, "/"), wants=200) is False
    assert all(client.answers.empty() for client in waiting)
    go.set()
    assert [is_aside(client, wants=200) for client in waiting] == [True] * 8


def test_what_fails_aside_is_answered_and_the_thread_goes_on() -> None:
    def fail() -> Iterable[bytes]:
        raise ValueError("nobody expects this")

    def answer(environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return Later(fail)

    door = Door(answer, threads=1, senders=SENDERS)
    for _ in range(3):
        assert ask(door, "/").answers.get(timeout=10)[:3] == (500, {}, b"")


def test_a_body_in_pieces_is_sent_and_closed() -> None:
    body = Pieces()

    def answer(environ: Environ, start: Start) -> Iterable[bytes]:
        start("206 Partial Content", [("X", "y")])
        return body

    assert ask(Door(answer, threads=1, senders=SENDERS), "/").answers.get(timeout=10)[:3] == (
        206,
        {"X": "y"},
        b"a|b",
    )
    assert body.closed


def test_a_server_without_a_door_gets_the_whole_answer(database: Database, tmp_path: Path) -> None:
    app: Application = application(database, tmp_path)
    environ: dict[str, Any] = {"PATH_INFO": "/"}
    setup_testing_defaults(environ)
    said: list[str] = []
    assert b"<html" in b"".join(app(environ, lambda status, headers, error=None: said.append(status)))
    assert said == ["200 OK"]


def test_one_thread_keeps_the_door_and_another_does_while_it_reads_a_body() -> None:
    server = Server(Door(answer_at_once, threads=1, senders=SENDERS))
    keepers = []
    for _ in range(5):
        for _ in range(2 * SENDERS):  # who is not the keeper rests after an answer
            server.get().answers.get(timeout=10)
        keepers.append({server.get().answers.get(timeout=10)[3] for _ in range(20)})
        body = Sent()
        sender = server.post(body)
        keepers.append({server.get().answers.get(timeout=10)[3] for _ in range(20)})
        body.come.set()
        assert sender.answers.get(timeout=10)[:3] == (200, {}, b"hub.mode=x")
    assert [len(threads) for threads in keepers] == [1] * 10
    assert keepers[0] != keepers[1]


def test_more_senders_than_threads_are_refused_and_keep_nobody_waiting() -> None:
    server = Server(Door(answer_at_once, threads=1, senders=SENDERS))
    for _ in range(3):
        bodies = [Sent() for _ in range(SENDERS)]
        heard = [server.post(body) for body in bodies]
        assert server.post(Sent()).answers.get(timeout=10)[:3] == (503, {}, b"crowded")
        assert server.get().answers.get(timeout=10)[0] == 200
        for body, sender in zip(bodies, heard, strict=True):
            assert sender.answers.empty()
            body.come.set()
            assert sender.answers.get(timeout=10)[:3] == (200, {}, b"hub.mode=x")


def test_whoever_is_refused_is_told_when_to_try_again(database: Database, tmp_path: Path) -> None:
    server = Server(Door(application(database, tmp_path), threads=1, senders=0))
    status, headers, body, _ = server.post(Sent()).answers.get(timeout=10)
    assert (status, headers["Retry-After"]) == (503, "5") and b"try again" in body
    assert headers["X-Request-Id"]


def test_all_are_answered_whatever_comes_after_what() -> None:
    server, random, asked = Server(Door(answer_at_once, threads=1, senders=8), 9), Random(1), 0
    for _ in range(300):
        bodies = [Sent(at_once=random.random() < 0.5) for _ in range(random.randrange(9))]
        clients = [server.post(body) for body in bodies]
        clients += [server.get() for _ in range(random.randrange(6))]
        for body in bodies:
            body.come.set()
        found = [client.answers.get(timeout=10)[0] for client in clients]
        assert set(found) <= {200, 503}
        asked += found.count(200)
    assert asked > 1_000


def test_a_thread_does_not_rest_in_a_call_that_its_connection_waits_for() -> None:
    door = Door(answer_at_once, threads=1, senders=1)
    server = Server(door)
    server.get().answers.get(timeout=10)  # a thread of the server keeps the place
    call = threading.Thread(target=ask, args=(door, "/"), kwargs={"SERVER_PROTOCOL": "HTTP/2"}, daemon=True)
    call.start()
    call.join(10)
    assert not call.is_alive()
