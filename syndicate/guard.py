"""What stands before the web framework: it numbers requests, refuses what makes no sense or comes too often,
and answers what has not changed, and errors.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from http import HTTPStatus
from itertools import count
from threading import Lock
from typing import Any

from archive.errors import Busy, UsageError
from archive.mistakes import mistake
from syndicate.fast import Fast, Question
from syndicate.rate import Rate
from syndicate.reply import Environ, Reply
from syndicate.subscribers import DAY, Subscribers

Start = Callable[..., Any]
Failed = Callable[[Environ, Exception], Reply]
Refused = Callable[[Environ, int], Reply]
Application = Callable[[Environ, Start], Iterable[bytes]]
Headers = list[tuple[str, str]]

NUMBER = "syndicate.request"
LATER = "syndicate.later"  # set by a server that can have the rest of an answer made aside
CROWDED = "syndicate.crowded"  # set by a server that has no thread to read the body of a request
STATUS = {int(code): f"{int(code)} {code.phrase}" for code in HTTPStatus}
BOOT = secrets.token_hex(4)


class Tries:
    """Counts how often each address has failed at something within a minute."""

    MOST, SECONDS, ADDRESSES = 20, 60, 10_000

    def __init__(self) -> None:
        self._lock = Lock()
        self._failed: dict[str, tuple[int, float]] = {}

    def failed(self, address: str, now: float) -> int:
        """Note a failure; how many seconds to wait when there were too many, else 0."""
        with self._lock:
            times, since = self._failed.pop(address, (0, now))
            if now - since >= self.SECONDS:
                times, since = 0, now
            self._failed[address] = times + 1, since
            if len(self._failed) > self.ADDRESSES:
                del self._failed[next(iter(self._failed))]
        return round(since + self.SECONDS - now) or 1 if times >= self.MOST else 0


class Ready(Exception):
    """Raised through the framework with an answer that it needs to do nothing about."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply


class Later:
    """The rest of an answer that takes longer; whoever serves has it made where it keeps nobody waiting."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Iterable[bytes]]) -> None:
        self.make = make

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.make())


class Guard:
    """A WSGI application around another, which raises a feed as ``Ready`` and answers all else itself.

    ``failed`` turns an error into an answer, ``refused`` the seconds that a client has to wait.
    """

    def __init__(
        self,
        application: Application,
        *,
        fast: Fast,
        rate: Rate,
        subscribers: Subscribers,
        failed: Failed,
        refused: Refused,
    ) -> None:
        self._application = application
        self._fast = fast
        self._rate = rate
        self._subscribers = subscribers
        self._failed = failed
        self._refused = refused
        self._count = count(1)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        environ[NUMBER] = f"{BOOT}-{next(self._count):x}"
        try:
            if seconds := self._rate.wait(environ.get("REMOTE_ADDR", ""), time.monotonic()):
                return send(self._refused(environ, seconds), environ, start)
            question = self._fast.question(environ)
            reply = self._fast.answer(question, environ) if question else None
            if reply is not None:
                return self._feed(reply, environ, start)
        except Exception as error:
            return send(self._failed(environ, error), environ, start)
        if LATER in environ and not (question and self._fast.is_known(question)):
            return Later(partial(self._made, question, environ, start))
        return self._made(question, environ, start)

    def _made(self, question: Question | None, environ: Environ, start: Start) -> Iterable[bytes]:
        """The answer of the application, kept where it is one to keep."""
        try:
            check(environ)
            return self._application(environ, begin(environ, start))
        except Ready as ready:
            if question:
                self._fast.keep(question, environ, ready.reply)
            return self._feed(ready.reply, environ, start)
        except Exception as error:
            return send(self._failed(environ, error), environ, start)

    def _feed(self, reply: Reply, environ: Environ, start: Start) -> Iterable[bytes]:
        """A feed, and that it was polled."""
        if reply.edition and reply.edition.address:
            self._seen(environ, reply.edition.address)
        return send(reply, environ, start)

    def _seen(self, environ: Environ, feed: str) -> None:
        """Count who polls a feed."""
        address, agent = environ.get("REMOTE_ADDR", ""), environ.get("HTTP_USER_AGENT", "")
        self._subscribers.seen(address, feed, agent, int(time.time()) // DAY)


def begin(environ: Environ, start: Start) -> Start:
    """How the application begins to answer by itself: with the number of the request."""

    def begun(status: str, headers: Headers, error: Any = None) -> Any:
        return start(status, [*headers, ("X-Request-Id", environ[NUMBER])], error)

    return begun


def send(reply: Reply, environ: Environ, start: Start) -> Iterable[bytes]:
    """A reply of one piece, with its headers as they are: the framework would drop some of a 304's."""
    body = reply.body if isinstance(reply.body, bytes) else str(reply.body).encode()
    start(STATUS[reply.code], [*reply.headers, ("X-Request-Id", environ[NUMBER])])
    return [body] if body and environ.get("REQUEST_METHOD") != "HEAD" else []


def check(environ: Environ) -> None:
    """Raise UsageError for a request that means two things at once, or nothing; Busy for one too many."""
    if CROWDED in environ:
        raise Busy("too many are sending at this time")
    if environ.get("CONTENT_LENGTH") and environ.get("HTTP_TRANSFER_ENCODING"):
        # Servers disagree on where such a request ends; what follows it may be another's (smuggling).
        raise UsageError("a request has either a Content-Length or a Transfer-Encoding, not both")
    try:
        environ["PATH_INFO"].encode("latin-1").decode("utf-8")
    except UnicodeError as error:
        raise mistake("not_utf8") from error
