"""How gently we ask others: whose turn it is, and who asked to be left alone for a while."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address

from archive.errors import Resting
from archive.hosts import Place, registrable, unfolded

MOST_WAITING = 32 << 20  # bytes of answers not yet taken before no new fetch begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How gently we ask: connections in all, and for each registrable domain how many and how far apart.

    Times in seconds. Addresses that the settings allow one by one are our own, and only the first holds.
    ``delays`` are longer distances that domains ask for. ``free`` remembers from one round to the next when
    each domain may be asked again.
    """

    connections: int = 64
    for_each_domain: int = 2
    apart: float = 1.0
    connect: float = 5.0
    delays: Mapping[str, float] = field(default_factory=dict)
    free: dict[str, float] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A domain whose server asked not to be asked again before some time."""

    domain: str
    until: datetime


POLITE = Pace()


class Domain:
    """Whose turn it is to ask hosts of one registrable domain."""

    def __init__(self, places: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.order = asyncio.Lock()


class Turns:
    """Turns of one round of fetching; used on its event loop alone."""

    def __init__(self, pace: Pace, allowed: Set[Place], paused: Mapping[str, datetime]) -> None:
        self.pace, self.allowed = pace, allowed
        self.paused = dict(paused)
        self.connections = asyncio.Semaphore(pace.connections)
        self.domains: dict[str, Domain] = {}
        self.waiting = 0
        self.room = asyncio.Event()
        self.room.set()

    @contextlib.asynccontextmanager
    async def turn(self, host: str, port: int | None, *, visited: str) -> AsyncIterator[str]:
        """Wait until it is polite to ask a host, whose domain is given.

        A redirect within the domain ``visited`` belongs to the same visit. Raises Resting for a domain that
        asked to be left alone, be it while we waited.
        """
        if self.is_our_own(host, port):
            domain = f"{host}:{port}"
            async with self.connection():
                self.check(domain)
                yield domain
            return
        domain = registrable(host)
        queue = self.domains.setdefault(domain, Domain(self.pace.for_each_domain))
        async with queue.places, contextlib.AsyncExitStack() as stack:
            async with queue.order:
                self.check(domain)
                if domain != visited:
                    await asyncio.sleep(self.pace.free.get(domain, 0) - time.monotonic())
                await stack.enter_async_context(self.connection())
                self.check(domain)
                apart = max(self.pace.apart, self.pace.delays.get(domain, 0))
                self.pace.free[domain] = max(self.pace.free.get(domain, 0), time.monotonic() + apart)
            yield domain

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[None]:
        """One of the connections we may have, once there is room for what it will bring."""
        async with self.connections:
            await self.room.wait()
            yield

    def rest(self, rest: Rest) -> None:
        """Leave a domain alone from now on."""
        self.paused[rest.domain] = max(rest.until, self.paused.get(rest.domain, rest.until))

    def check(self, domain: str) -> None:
        """Raise Resting for a domain that asked to be left alone."""
        until = self.paused.get(domain)
        if until is not None and until > datetime.now(UTC):
            raise Resting(domain, until)

    def count(self, size: int) -> None:
        """Keep account of the answers that wait; new fetches begin while they are few."""
        self.waiting += size
        if self.waiting < MOST_WAITING:
            self.room.set()
        else:
            self.room.clear()

    def is_our_own(self, host: str, port: int | None) -> bool:
        """Whether the settings allow this very address and port."""
        try:
            return port is not None and (unfolded(ip_address(host)), port) in self.allowed
        except ValueError:
            return False
