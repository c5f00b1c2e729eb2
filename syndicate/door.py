"""The door: one thread takes all requests and answers what is known; what takes longer is answered aside.

Python runs one thread at a time. Where several threads take short requests, each hands the interpreter to the
next for every answer, which costs more than the answers. So one takes them, and only what it would be long at
goes to others, however many of those are busy.

A body can be read only until the call for its request returns. So whoever takes a request with one stays in
that call, and another thread takes the place at the door.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import Any, Protocol

from syndicate.guard import CROWDED, LATER, Application, Headers, Later
from syndicate.reply import Environ

log = logging.getLogger(__name__)


class Channel(Protocol):
    """What a server gives for one request: the way of its answer, open to any thread until it was taken."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer at once."""

    def response_iter(self, status: int, headers: Headers, body: Body) -> None:
        """Answer piece by piece, as the client takes them."""


class Place:
    """The place at the door. One thread keeps it; others that are free rest until it goes away.

    So long as any rests, one keeps the place. ``most`` may be away at a time: the server needs one more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._away = 0
        self._lock = threading.Lock()
        self._keeper: int | None = None
        self._resting: list[tuple[int, threading.Lock]] = []

    def rest(self) -> None:
        """Return when the calling thread is to take the next request."""
        me = threading.get_ident()
        if self._keeper == me:
            return
        with self._lock:
            if self._keeper is None:
                self._keeper = me
                return
            called = threading.Lock()
            called.acquire()
            self._resting.append((me, called))
        called.acquire()

    def leave(self) -> bool:
        """Let another thread have the place, until ``back``; whether fewer than ``most`` were away."""
        with self._lock:
            if self._away == self._most:
                return False
            self._away += 1
            if self._keeper == threading.get_ident():
                self._keeper = None
                if self._resting:
                    self._keeper, called = self._resting.pop()
                    called.release()
            return True

    def back(self) -> None:
        """The calling thread is free again."""
        with self._lock:
            self._away -= 1


class Door:
    """Runs a WSGI application for a server that calls it from ``senders`` + 1 threads, as it has requests.

    Bodies are read by at most ``senders`` of them at a time; ``threads`` others answer aside.
    """

    def __init__(self, application: Application, *, threads: int, senders: int) -> None:
        self._application = application
        self._place = Place(senders)
        self._aside: SimpleQueue[tuple[Later, Answer]] = SimpleQueue()
        for number in range(1, threads + 1):
            threading.Thread(target=self._work, daemon=True, name=f"aside-{number}").start()

    def __call__(self, channel: Channel, environ: Environ) -> None:
        environ.update(SURROUNDINGS)
        if may_have_body(environ):
            self._answer_sender(environ, Answer(channel))
            return
        self._answer(environ, Answer(channel))
        if environ["SERVER_PROTOCOL"] != "HTTP/2":  # whose connections wait for calls to return
            self._place.rest()

    def _answer(self, environ: Environ, answer: Answer) -> None:
        """Answer what is known, and leave all else to others."""
        environ[LATER] = True
        pieces = self._application(environ, answer.start)
        if isinstance(pieces, Later):
            self._aside.put((pieces, answer))
        else:
            answer.send(pieces)

    def _answer_sender(self, environ: Environ, answer: Answer) -> None:
        """Answer in this call, at whose end the body is closed; in no time if nobody can keep the place."""
        if not self._place.leave():
            environ[CROWDED] = True
            answer.send(self._application(environ, answer.start))
            return
        try:
            answer.send(self._application(environ, answer.start))
        finally:
            self._place.back()

    def _work(self) -> None:
        """Answer one request after another, as long as the process lives."""
        while True:
            later, answer = self._aside.get()
            try:
                answer.send(later.make())
            except Exception:
                log.exception("an answer could not be sent")
                answer.send_nothing()
            del later, answer  # else they would stay until the next request


class Answer:
    """The answer to one request, as WSGI begins and sends it."""

    __slots__ = ("_channel", "_headers", "_status")

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._status = 500
        self._headers: Headers = []

    def start(self, status: str, headers: Headers, error: Any = None) -> None:
        """WSGI's ``start_response``."""
        self._status, self._headers = int(status[:3]), headers

    def send(self, pieces: Iterable[bytes]) -> None:
        """Send the body, at once where it is whole."""
        if isinstance(pieces, list):
            self._channel.response_bytes(self._status, self._headers, b"".join(pieces))
        else:
            self._channel.response_iter(self._status, self._headers, Body(pieces))

    def send_nothing(self) -> None:
        """Say that it failed, unless something was sent."""
        self._channel.response_bytes(500, [], b"")


class Body:
    """The pieces of a body, and what is to be done when no more are wanted."""

    __slots__ = ("_close", "_next")

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._next = iter(pieces).__next__
        self._close: Callable[[], object] | None = getattr(pieces, "close", None)

    def __next__(self) -> bytes:
        return self._next()

    def close(self) -> None:
        """Give back what the pieces were made from."""
        if self._close:
            self._close()


def may_have_body(environ: Environ) -> bool:
    """Whether something may follow the head of a request."""
    return (
        environ["REQUEST_METHOD"] not in ("GET", "HEAD")
        or "HTTP_TRANSFER_ENCODING" in environ
        or environ.get("CONTENT_LENGTH", "0") != "0"
    )


# What WSGI says of a server beside what the request says (PEP 3333).
SURROUNDINGS: Environ = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": False,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
