"""What stands before the web framework: numbers requests, refuses what makes no sense, answers errors."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from http import HTTPStatus
from itertools import count
from threading import Lock
from typing import Any

from archive.errors import UsageError
from syndicate.reply import Environ, Reply

Start = Callable[..., Any]
Failed = Callable[[Environ, Exception], Reply]
Application = Callable[[Environ, Start], Iterable[bytes]]
Headers = list[tuple[str, str]]

NUMBER = "syndicate.request"
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


class Guard:
    """A WSGI application around another; ``failed`` turns an error into an answer."""

    def __init__(self, application: Application, failed: Failed) -> None:
        self._application = application
        self._failed = failed
        self._count = count(1)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        number = f"{BOOT}-{next(self._count):x}"
        environ[NUMBER] = number

        def begin(status: str, headers: Headers, error: Any = None) -> Any:
            return start(status, [*headers, ("X-Request-Id", number)], error)

        try:
            check(environ)
            return self._application(environ, begin)
        except Exception as error:
            reply = self._failed(environ, error)
            begin(f"{int(reply.code)} {HTTPStatus(reply.code).phrase}", list(reply.headers))
            return [str(reply.body).encode()] if environ.get("REQUEST_METHOD") != "HEAD" else []


def check(environ: Environ) -> None:
    """Raise UsageError for a request that means two things at once, or nothing."""
    if environ.get("CONTENT_LENGTH") and environ.get("HTTP_TRANSFER_ENCODING"):
        # Servers disagree on where such a request ends; what follows it may be another's (smuggling).
        raise UsageError("a request has either a Content-Length or a Transfer-Encoding, not both")
    try:
        environ["PATH_INFO"].encode("latin-1").decode("utf-8")
    except UnicodeError as error:
        raise UsageError("the address is not UTF-8") from error
