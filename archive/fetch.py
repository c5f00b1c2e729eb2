"""Read from the network: many addresses at once, politely, within limits. The only module that knows aiohttp.

Every request of the service goes through here, and every connection through ``Fetcher.open_socket``, which
sees the address that is really connected to: after the name was looked up, again for each redirect, whatever
spelling hid it. No cookies, no proxies, no answer that is not ended after ``[fetch] timeout`` seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from queue import SimpleQueue
from typing import Any
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from archive.errors import FetchError
from archive.headers import conditions, escaped, kept, requested
from archive.hosts import allowed_places, may_connect, registrable, unfolded
from archive.inflate import LARGEST_BODY, Inflation, too_large
from archive.settings import Fetch

MOST_REDIRECTS = 5
NAME_THREADS = 32  # looking up a name blocks a thread
MOST_WAITING = 32 << 20  # bytes of answers not yet taken before no new fetch begins
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An address to read, and the validators of what we have of it."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address answered, whatever its status; ``body`` is unpacked.

    ``headers`` are a chosen few, in lower case, as sent. ``permanent`` is where the address says it has moved
    to for good: the end of a chain of redirects that were all permanent.
    """

    asked: str
    final: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    permanent: str | None = None

    @property
    def not_modified(self) -> bool:
        """Whether we already have what there is."""
        return self.status == 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How gently we ask: connections in all, and for each registrable domain how many and how far apart.

    Times in seconds. Addresses that the settings allow one by one are our own, and only the first holds.
    """

    connections: int = 64
    for_each_domain: int = 2
    apart: float = 1.0
    connect: float = 5.0


Answer = tuple[Request, Fetched | FetchError]
POLITE = Pace()


def fetch(
    url: str,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    settings: Fetch,
    pace: Pace = POLITE,
) -> Fetched:
    """Read one address. Raises FetchError with a sentence that names it and says what to do."""
    request = Request(url=url, etag=etag, last_modified=last_modified)
    for _, answer in fetch_many([request], settings=settings, pace=pace):
        if isinstance(answer, FetchError):
            raise answer
        return answer
    raise FetchError(f"{url}: was not read")


def fetch_many(
    requests: Iterable[Request],
    *,
    settings: Fetch,
    pace: Pace = POLITE,
    resolver: AbstractResolver | None = None,
) -> Iterator[Answer]:
    """Read many addresses at once, and give out each answer as it comes; a failure is an answer too.

    Reading goes on in a thread of its own while the caller works, and pauses while too much waits to be
    taken. ``resolver`` stands in for looking up names.
    """
    fetcher = Fetcher(tuple(requests), settings, pace, resolver)
    thread = threading.Thread(target=fetcher.run, name="fetch", daemon=True)
    thread.start()
    try:
        for _ in fetcher.requests:
            yield fetcher.take()
    finally:
        fetcher.stop()
        thread.join()


class Domain:
    """Whose turn it is to ask hosts of one registrable domain; all else of the pace is the fetcher's."""

    def __init__(self, places: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.order = asyncio.Lock()
        self.free_at = 0.0


class Fetcher:
    """One round of fetching, on an event loop of its own."""

    def __init__(
        self, requests: tuple[Request, ...], settings: Fetch, pace: Pace, resolver: AbstractResolver | None
    ) -> None:
        self.requests, self.settings, self.pace, self.resolver = requests, settings, pace, resolver
        self.allowed = allowed_places(settings.allow)
        self.answers: SimpleQueue[Answer | BaseException] = SimpleQueue()
        self.waiting = 0
        self.room = asyncio.Event()
        self.connections = asyncio.Semaphore(pace.connections)
        self.domains: dict[str, Domain] = {}
        self.loop = asyncio.new_event_loop()
        self.round = self.loop.create_task(self.read_all())

    def run(self) -> None:
        """Read everything; called in the thread that reads."""
        names = ThreadPoolExecutor(NAME_THREADS, thread_name_prefix="names")
        self.loop.set_default_executor(names)
        try:
            self.loop.run_until_complete(self.round)
        except asyncio.CancelledError:
            pass  # who asked does not want the rest
        except BaseException as error:
            self.answers.put(error)
        finally:
            names.shutdown(wait=False, cancel_futures=True)  # a name server that is silent holds nobody up
            self.loop.close()

    def take(self) -> Answer:
        """The next answer, as soon as there is one; called by who asked."""
        answer = self.answers.get()
        if isinstance(answer, BaseException):
            raise answer
        if size := weight(answer):
            self.tell(self.count, -size)
        return answer

    def stop(self) -> None:
        """Give up what has not been read yet."""
        self.tell(self.round.cancel)

    def tell(self, what: Callable[..., object], *values: object) -> None:
        """Have something done in the thread that reads, unless it has ended."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(what, *values)

    def count(self, size: int) -> None:
        """Keep account of the answers that wait; new fetches begin while they are few."""
        self.waiting += size
        if self.waiting < MOST_WAITING:
            self.room.set()
        else:
            self.room.clear()

    async def read_all(self) -> None:
        """All requests at once, each waiting its turn."""
        self.count(0)
        async with self.session() as session, asyncio.TaskGroup() as tasks:
            for request in self.requests:
                tasks.create_task(self.read(session, request))

    def session(self) -> aiohttp.ClientSession:
        """What aiohttp keeps for a round: no cookies, nothing from the environment, our own sockets."""
        connector = aiohttp.TCPConnector(
            limit=0,  # turns are taken before
            socket_factory=self.open_socket,
            resolver=self.resolver,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=self.pace.connect),
            headers=requested(self.settings.user_agent),
        )

    def open_socket(self, found: tuple[Any, ...]) -> socket.socket:
        """A socket for an address that was looked up, if we may connect to it; asked for every connection."""
        family, kind, protocol, _, (address, port, *_) = found
        if not may_connect(address, port, self.allowed):
            raise Refused(address, port)
        return socket.socket(family, kind, protocol)

    async def read(self, session: aiohttp.ClientSession, request: Request) -> None:
        """One request to its end; whatever goes wrong with it is its answer and nobody else's."""
        answer: Fetched | FetchError
        try:
            answer = await self.follow(session, request)
        except Exception as error:  # what a hostile server makes the library raise is not foreseeable
            answer = FetchError(f"{request.url}: {reason(error, self.settings)}")
            answer.__cause__ = error
        self.count(weight((request, answer)))
        self.answers.put((request, answer))

    async def follow(self, session: aiohttp.ClientSession, request: Request) -> Fetched:
        """The answer at the end of all redirects; time spent waiting for our turn does not count."""
        url, visited, permanent, spent = web_address(request.url), "", True, 0.0
        for hop in range(MOST_REDIRECTS + 1):
            domain = registrable(url.raw_host or "")
            async with self.turn(url, domain, is_visiting=domain == visited):
                began = self.loop.time()
                async with asyncio.timeout(self.settings.timeout - spent):
                    answer = await ask(session, url, request)
                spent += self.loop.time() - began
            if not redirects(answer):
                moved = str(url) if hop and permanent else None
                return replace(usable(answer, request), permanent=moved)
            permanent = permanent and answer.status in PERMANENT
            url, visited = web_address(urljoin(str(url), answer.headers["location"])), domain
        raise FetchError(f"redirects more than {MOST_REDIRECTS} times; give the address it should end at")

    @contextlib.asynccontextmanager
    async def turn(self, url: URL, domain: str, *, is_visiting: bool) -> AsyncIterator[None]:
        """Wait until it is polite to ask; a redirect within a domain belongs to the same visit."""
        if self.is_our_own(url):
            async with self.connection():
                yield
            return
        queue = self.domains.setdefault(domain, Domain(self.pace.for_each_domain))
        async with queue.places, contextlib.AsyncExitStack() as stack:
            async with queue.order:
                if not is_visiting:
                    await asyncio.sleep(queue.free_at - self.loop.time())
                await stack.enter_async_context(self.connection())
                queue.free_at = max(queue.free_at, self.loop.time() + self.pace.apart)
            yield

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[None]:
        """One of the connections we may have, once there is room for what it will bring."""
        async with self.connections:
            await self.room.wait()
            yield

    def is_our_own(self, url: URL) -> bool:
        """Whether the settings allow this very address and port."""
        try:
            return (unfolded(ip_address(url.host or "")), url.port) in self.allowed
        except ValueError:
            return False


async def ask(session: aiohttp.ClientSession, url: URL, request: Request) -> Fetched:
    """What one address answers itself. The body of a redirect is not read."""
    head = conditions(request.etag, request.last_modified)
    async with session.get(url, headers=head, allow_redirects=False) as response:
        answer = Fetched(
            asked=request.url,
            final=str(url),
            status=response.status,
            headers=kept(response.headers),
            body=b"",
            at=datetime.now(UTC),
        )
        return answer if redirects(answer) else replace(answer, body=await read_body(response))


def redirects(answer: Fetched) -> bool:
    """Whether an answer only says where to ask instead."""
    return answer.status in REDIRECTS and "location" in answer.headers


async def read_body(response: aiohttp.ClientResponse) -> bytes:
    """The body, unpacked as it comes in, so that neither a bomb nor an endless answer fills the memory."""
    if (response.content_length or 0) > LARGEST_BODY:
        raise too_large()
    body = Inflation(response.headers.get("Content-Encoding", "").strip().lower())
    async for piece in response.content.iter_any():
        body.feed(piece)
    return body.end()


def web_address(text: str) -> URL:
    """An address that can be asked, to the letter where it can be sent so. Raises FetchError."""
    try:
        is_escaped = escaped(text) == text
        url = URL(text, encoded=is_escaped).with_fragment(None)
    except ValueError as error:
        raise FetchError(f"{text!r} is not a web address; check its spelling") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise FetchError(f"{text!r} is not a web address; it must begin with http:// or https://")
    return url


def usable(answer: Fetched, request: Request) -> Fetched:
    """An answer that means something. Raises FetchError for those that HTTP does not allow here."""
    if answer.status == 304 and not (request.etag or request.last_modified):
        raise FetchError("answered that nothing has changed, though we hold nothing of it; try again later")
    if answer.status != 304 and not (200 <= answer.status < 300 or answer.status >= 400):
        raise FetchError(f"answered {answer.status} without saying where to go; check the address")
    return answer


def weight(answer: Answer) -> int:
    """How much memory an answer holds."""
    return len(answer[1].body) if isinstance(answer[1], Fetched) else 0


class Refused(OSError):
    """We may not connect there. Its text is the same for all addresses, or the libraries would replace it."""

    def __init__(self, address: str, port: int) -> None:
        super().__init__(errno.EACCES, "not a public address at a port of the web")
        self.place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def reason(error: Exception, settings: Fetch) -> str:
    """What went wrong and what to do about it, as the end of a sentence that begins with the address."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    match cause:
        case FetchError():
            return str(error)
        case Refused():
            return (
                f"leads to {cause.place}, which is {cause.strerror};"
                f' if it is your own, add "{cause.place}" to allow in the section [fetch] of the settings'
            )
        case aiohttp.ConnectionTimeoutError():
            return "nobody took the connection in time; try again later"
        case TimeoutError():
            return f"did not answer completely within {settings.timeout} seconds; try again later"
    for kind, text in REASONS:
        if isinstance(error, kind):
            return text.format(error=error, cause=cause)
    return f"cannot be read: {type(error).__name__} {error}"


REASONS: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "no host of that name is known; check the address"),
    (aiohttp.ClientSSLError, "its certificate cannot be trusted ({cause}); check that the address is right"),
    (aiohttp.ClientConnectorError, "cannot be connected to ({cause}); try again later"),
    (aiohttp.InvalidURL, "is not a web address; check its spelling"),
    (aiohttp.ClientResponseError, "does not speak HTTP as it should ({error}); check the address"),
    (aiohttp.ClientError, "broke off ({error}); try again later"),
    (ValueError, "leads to what is not a web address ({error}); check the address"),
    (OSError, "broke off ({error}); try again later"),
)
