"""The door: what is known is answered by the thread that takes requests, all else by others."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from factories import article, put_all
from web_client import application

from archive.database import Database
from syndicate.door import Body, Door
from syndicate.guard import Application, Headers, Later, Start
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
    assert is_aside(ask(door, "/latest.atom", CONTENT_LENGTH="5"), wants=200) is True


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
