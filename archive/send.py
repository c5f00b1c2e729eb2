"""Requests on a loop that stays: each begins as soon as it is given, beside those on their way."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from queue import Empty
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from archive.fetch import Answer, Fetcher, Request
from archive.hosts import registrable
from archive.pace import Pace, Rest
from archive.settings import Fetch


class Sender(Fetcher):
    """Sends what it is given, in no order, until it is closed; a failure is an answer too.

    It is for strangers whom we have to tell something, so no answer of one holds up another: who asks to be
    left alone asks it for one address, and connections are closed at once, as there may be more hosts than
    files that a process may open. ``most`` may be under way, those that wait for a turn included.
    """

    def __init__(
        self, settings: Fetch, pace: Pace, *, most: int = 1_000, most_of_domain: int = 1_000
    ) -> None:
        self.most, self.most_of_domain = most, most_of_domain
        self.given = asyncio.Queue[Request]()
        self.under_way = 0
        self.of_domains: Counter[str] = Counter()
        super().__init__((), settings, pace, None, {})
        self.thread = threading.Thread(target=self.run, name="send", daemon=True)

    def has_room(self, url: str) -> bool:
        """Whether one more is welcome: neither too many are under way, nor too many to that domain."""
        return self.under_way < self.most and self.of_domains[domain_of(url)] < self.most_of_domain

    def send(self, request: Request) -> None:
        """Begin a request."""
        self.under_way += 1
        self.of_domains[domain_of(request.url)] += 1
        self.tell(self.given.put_nowait, request)

    def answers_within(self, seconds: float) -> list[Answer]:
        """The answers that came, waiting so long for the first."""
        found: list[Answer] = []
        try:
            while True:
                found.append(self.take(0 if found else seconds))
        except Empty:
            self.under_way -= len(found)
            self.of_domains -= Counter(domain_of(request.url) for request, _ in found)
            return found

    async def read_all(self) -> None:
        """All that is given, each in a task of its own."""
        async with self.session() as session, asyncio.TaskGroup() as tasks:
            while True:
                tasks.create_task(self.read(session, await self.given.get()))

    def asks_many_hosts(self) -> bool:
        return True

    def leave_alone(self, rest: Rest) -> None:
        """Nothing: whoever gave the request sees it in the answer."""

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.thread.join()


def domain_of(url: str) -> str:
    """The registrable domain of an address."""
    return registrable(urlsplit(url).hostname or url)
