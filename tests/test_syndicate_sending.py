"""Bodies as they come over the network, in pieces and with pauses, while others poll: all of them whole."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from http.client import HTTPConnection, HTTPResponse
from itertools import chain
from pathlib import Path
from random import Random

import pytest
from test_syndicate_serving import ingest, serving

from archive import tokens
from archive.database import open_database

SENDERS, EACH = 6, 60
LARGEST_FORM = 16 << 10
FORM = "application/x-www-form-urlencoded"


class Sender:
    """A client that sends in pieces, over a connection that it keeps or not."""

    def __init__(self, place: tuple[str, int], token: str, seed: int) -> None:
        self._place, self._token, self._random = place, token, Random(seed)
        self._connection: socket.socket | None = None

    def push(self, mark: str) -> tuple[str, str]:
        """Push an article; where it is asked after, and the digest of what was sent."""
        body = json.dumps({"title": mark, "content": "x" * self._size(200_000)}).encode()
        code, place, _ = self._post("/articles", "application/json", body)
        assert code == 202
        return place.rpartition("/")[2], sha256(body).hexdigest()

    def tell(self, mark: str) -> None:
        """Send a form whose end the hub quotes."""
        end = f"&hub.mode={mark}".encode()
        code, _, text = self._post("/hub", FORM, b"x=" + b"y" * self._size(LARGEST_FORM - 100) + end)
        assert code == 400 and f"got '{mark}'" in text

    def break_off(self) -> None:
        """Go away before all is sent."""
        with socket.create_connection(self._place) as connection:
            connection.sendall(self._head("/articles", "application/json", 100) + b"{")

    def _size(self, most: int) -> int:
        return int(most ** self._random.random())

    def _head(self, path: str, kind: str, size: int) -> bytes:
        names = {"Host": "e", "Authorization": f"Bearer {self._token}", "Content-Type": kind}
        lines = [f"{name}: {text}\r\n" for name, text in {**names, "Content-Length": size}.items()]
        return f"POST {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()

    def _post(self, path: str, kind: str, body: bytes) -> tuple[int, str, str]:
        """Send it; code, place and text of the answer."""
        while True:
            connection = self._connection or socket.create_connection(self._place, timeout=20)
            for piece in self._pieces(self._head(path, kind, len(body)) + body):
                connection.sendall(piece)
                time.sleep(self._random.uniform(0, 0.02))
            with HTTPResponse(connection, method="POST") as answer:
                answer.begin()
                text = answer.read().decode()
            is_kept = not answer.will_close and self._random.random() < 0.7
            if not is_kept:
                connection.close()
            self._connection = connection if is_kept else None
            if answer.status != 503:
                return answer.status, answer.headers.get("Location", ""), text
            assert answer.headers["Retry-After"]
            time.sleep(self._random.uniform(0, 0.2))

    def _pieces(self, sent: bytes) -> Iterator[bytes]:
        cuts = sorted(self._random.randrange(len(sent)) for _ in range(self._random.randrange(5)))
        for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True):
            yield sent[start:end]

    def close(self) -> None:
        """Be gone."""
        if self._connection:
            self._connection.close()


@contextmanager
def polled(place: tuple[str, int]) -> Iterator[list[float]]:
    """A feed polled by some readers meanwhile; how long each poll took."""
    end, took = threading.Event(), list[float]()

    def poll() -> None:
        connection = HTTPConnection(*place, timeout=20)
        known = ""
        while not end.is_set():
            started = time.monotonic()
            connection.request("GET", "/latest.atom", headers={"If-None-Match": known})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == (304 if known else 200)
            known = answer.headers["ETag"]
            took.append(time.monotonic() - started)
            time.sleep(0.005)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        polling = [pool.submit(poll) for _ in range(4)]
        try:
            yield took
        finally:
            end.set()
        for each in polling:
            each.result()


@pytest.mark.slow
@pytest.mark.parametrize("server", ["granian", "waitress"])
def test_all_bodies_arrive_whole_while_others_poll(tmp_path: Path, server: str) -> None:
    data = tmp_path / "data"
    ingest(data, "1")
    with closing(open_database(f"sqlite:///{data}/archive.db")) as database:
        token = tokens.create(database, "desk", scope="push", days=None, now=datetime.now(UTC))
        with serving(data, "--no-worker", "--server", server, until="/healthz") as (address, running):
            host, _, port = address.removeprefix("http://").partition(":")
            place = host, int(port)
            with polled(place) as took, ThreadPoolExecutor(SENDERS) as pool:
                sent = dict(chain.from_iterable(pool.map(partial(send, place, token), range(SENDERS))))
            running.send_signal(signal.SIGTERM)
            assert running.wait(10) == 0
        kept = {str(row["id"]): row["sha"] for row in database.read("SELECT id, sha FROM inbox")}
    assert kept == sent and len(sent) == SENDERS * EACH
    assert sorted(took)[len(took) // 2] < 0.5


def send(place: tuple[str, int], token: str, seed: int) -> list[tuple[str, str]]:
    """What one sender pushed, among forms and bodies that break off."""
    pushed = []
    with closing(Sender(place, token, seed)) as sender:
        for number in range(EACH):
            sender.tell(f"m{seed}-{number}")
            pushed.append(sender.push(f"m{seed}-{number}"))
            if number % 10 == 0:
                sender.break_off()
    return pushed
