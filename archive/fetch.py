"""Read from the network: many addresses at once, politely, within limits. The gate to aiohttp.

Every request of the service goes through here, and every connection through ``Fetcher.open_socket``, which
sees the address that is really connected to: after the name was looked up, again for each redirect, whatever
spelling hid it. No cookies, no proxies, no answer that is not ended after ``[fetch] timeout`` seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlencode, urljoin

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from archive.errors import FetchError, Resting
from archive.fetch_errors import Refused, reason
from archive.headers import FORM, conditions, escaped, kept, requested
from archive.hosts import allowed_places, may_connect
from archive.inflate import LARGEST_BODY, Inflation, too_large
from archive.pace import POLITE, Pace, Rest, Turns
from archive.schedule import rest_until
from archive.settings import Fetch

MOST_REDIRECTS = 5
NAME_THREADS = 32  # looking up a name blocks a thread
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
ASKS_FOR_REST = frozenset({429, 503})
LARGEST_HEADER = 64 << 10  # bytes; policies for browsers grow long
LARGEST_GROUP = 1 << 20  # bytes of bodies given out together
LONGEST_WAIT = 1.0  # seconds
NOBODY: Mapping[str, datetime] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An address to read, and the validators of what we have of it.

    A ``form``, or a ``body`` with its ``headers``, is posted. Then, and when it is not to ``follow``, what
    comes back is the answer, redirects too; ``most`` is how many bytes of it are of use.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    form: tuple[tuple[str, str], ...] | None = None
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    follow: bool = True
    most: int = LARGEST_BODY

    @property
    def takes_any(self) -> bool:
        """Whether whatever comes back is the answer."""
        return self.form is not None or self.body is not None or not self.follow


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address answered, whatever its status; ``body`` is unpacked.

    ``headers`` are a chosen few, in lower case, as sent. ``permanent`` is where the address says it has moved
    to for good: the end of a chain of redirects that were all permanent. ``rest`` is who asks to be left
    alone, with a 429 or 503. ``spent`` is how many seconds it took, waiting for a turn not counted.
    """

    asked: str
    final: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    permanent: str | None = None
    rest: Rest | None = None
    spent: float = 0

    @property
    def not_modified(self) -> bool:
        """Whether we already have what there is."""
        return self.status == 304


Answer = tuple[Request, Fetched | FetchError]
Sent = contextlib.AbstractAsyncContextManager[aiohttp.ClientResponse]


def fetch(
    url: str,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    settings: Fetch,
    pace: Pace = POLITE,
    paused: Mapping[str, datetime] = NOBODY,
) -> Fetched:
    """Read one address. Raises FetchError with a sentence that names it and says what to do."""
    request = Request(url=url, etag=etag, last_modified=last_modified)
    for _, answer in fetch_many([request], settings=settings, pace=pace, paused=paused):
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
    paused: Mapping[str, datetime] = NOBODY,
) -> Iterator[Answer]:
    """Read many addresses at once, and give out each answer as it comes; a failure is an answer too.

    Reading goes on in a thread of its own while the caller works, and pauses while too much waits to be
    taken. ``resolver`` stands in for looking up names. ``paused`` are the domains to leave alone, and until
    when; who asks for that meanwhile is left alone too, and what is not asked for it is answered by Resting.
    """
    for group in fetch_groups(requests, settings=settings, pace=pace, resolver=resolver, paused=paused):
        yield from group


def fetch_groups(
    requests: Iterable[Request],
    *,
    settings: Fetch,
    pace: Pace = POLITE,
    resolver: AbstractResolver | None = None,
    paused: Mapping[str, datetime] = NOBODY,
    most: int = 1,
    patience: float = 0,
) -> Iterator[list[Answer]]:
    """The same, up to ``most`` answers together: those that wait, and where none brings a body, those that
    come within ``patience`` seconds. Nothing is given out, too, so that who takes is not kept waiting.
    """
    fetcher = Fetcher(tuple(requests), settings, pace, resolver, paused)
    thread = threading.Thread(target=fetcher.run, name="fetch", daemon=True)
    thread.start()
    left = len(fetcher.requests)
    try:
        while left:
            group = fetcher.take_group(min(most, left), patience)
            left -= len(group)
            yield group
    finally:
        fetcher.stop()
        thread.join()


class Fetcher:
    """One round of fetching, on an event loop of its own."""

    def __init__(
        self,
        requests: tuple[Request, ...],
        settings: Fetch,
        pace: Pace,
        resolver: AbstractResolver | None,
        paused: Mapping[str, datetime],
    ) -> None:
        self.requests, self.settings, self.pace, self.resolver = requests, settings, pace, resolver
        self.allowed = allowed_places(settings.allow)
        self.turns = Turns(pace, self.allowed, paused)
        self.answers: SimpleQueue[Answer | BaseException] = SimpleQueue()
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

    def take_group(self, most: int, patience: float) -> list[Answer]:
        """The next answers, those that need not be waited for long; after a while nothing."""
        group: list[Answer] = []
        size, deadline = 0, time.monotonic() + (patience or LONGEST_WAIT)
        while len(group) < most and size <= LARGEST_GROUP:
            try:
                group.append(self.take(0 if size else max(0, deadline - time.monotonic())))
            except Empty:
                break
            size += weight(group[-1])
        return group

    def take(self, patience: float) -> Answer:
        """The next answer; called by who asked. Raises Empty after so many seconds."""
        answer = self.answers.get(timeout=patience)
        if isinstance(answer, BaseException):
            raise answer
        if size := weight(answer):
            self.tell(self.turns.count, -size)
        return answer

    def stop(self) -> None:
        """Give up what has not been read yet."""
        self.tell(self.round.cancel)

    def tell(self, what: Callable[..., object], *values: object) -> None:
        """Have something done in the thread that reads, unless it has ended."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(what, *values)

    async def read_all(self) -> None:
        """All requests at once, each waiting its turn."""
        async with self.session() as session, asyncio.TaskGroup() as tasks:
            for request in self.requests:
                tasks.create_task(self.read(session, request))

    def session(self) -> aiohttp.ClientSession:
        """What aiohttp keeps for a round: no cookies, nothing from the environment, our own sockets."""
        connector = aiohttp.TCPConnector(
            limit=0,  # turns are taken before
            force_close=self.asks_many_hosts(),
            socket_factory=self.open_socket,
            resolver=self.resolver,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=self.pace.connect),
            max_line_size=LARGEST_HEADER,
            max_field_size=LARGEST_HEADER,
            headers=requested(self.settings.user_agent),
        )

    def asks_many_hosts(self) -> bool:
        """Whether idle connections, to hosts that are asked once, could be more files than we may open."""
        hosts = {request.url.partition("//")[2].partition("/")[0] for request in self.requests}
        return len(hosts) > resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 4

    def leave_alone(self, rest: Rest) -> None:
        """Heed who asks to be left alone."""
        self.turns.rest(rest)

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
        except Resting as error:
            answer = error
        except Exception as error:  # what a hostile server makes the library raise is not foreseeable
            answer = FetchError(f"{request.url}: {reason(error, self.settings)}")
            answer.__cause__ = error
        self.turns.count(weight((request, answer)))
        self.answers.put((request, answer))

    async def follow(self, session: aiohttp.ClientSession, request: Request) -> Fetched:
        """The answer at the end of all redirects; time spent waiting for our turn does not count."""
        url, visited, permanent, spent = web_address(request.url), "", True, 0.0
        for hop in range(MOST_REDIRECTS + 1):
            async with self.turns.turn(url.raw_host or "", url.port, visited=visited) as visited:
                began = self.loop.time()
                async with asyncio.timeout(self.settings.timeout - spent):
                    answer = await self.ask(session, url, request, visited)
                spent += self.loop.time() - began
            if request.takes_any:
                return replace(answer, spent=spent)
            if not redirects(answer):
                moved = str(url) if hop and permanent else None
                return replace(usable(answer, request), permanent=moved)
            permanent = permanent and answer.status in PERMANENT
            url = web_address(urljoin(str(url), answer.headers["location"]))
        raise FetchError(f"redirects more than {MOST_REDIRECTS} times; give the address it should end at")

    async def ask(self, session: aiohttp.ClientSession, url: URL, request: Request, domain: str) -> Fetched:
        """What one address answers itself. The body of a redirect is not read."""
        async with sending(session, url, request) as response:
            at, headers = datetime.now(UTC), kept(response.headers)
            asks_for_rest = response.status in ASKS_FOR_REST
            until = rest_until(headers.get("retry-after"), at) if asks_for_rest else None
            answer = Fetched(
                asked=request.url,
                final=str(url),
                status=response.status,
                headers=headers,
                body=b"",
                at=at,
                rest=Rest(domain=domain, until=until) if until else None,
            )
            if answer.rest:
                self.leave_alone(answer.rest)
            if redirects(answer) or not request.most:
                return answer
            return replace(answer, body=await read_body(response, request.most))


def sending(session: aiohttp.ClientSession, url: URL, request: Request) -> Sent:
    """A request on its way: for what is new at an address, or with something to take there."""
    if request.body is not None:
        return session.post(url, headers=request.headers, data=request.body, allow_redirects=False)
    if request.form is None:
        head = conditions(request.etag, request.last_modified)
        return session.get(url, headers=head, allow_redirects=False)
    data = urlencode(request.form).encode()
    return session.post(url, headers={"Content-Type": FORM}, data=data, allow_redirects=False)


def redirects(answer: Fetched) -> bool:
    """Whether an answer only says where to ask instead."""
    return answer.status in REDIRECTS and "location" in answer.headers


async def read_body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The body; of an error as far as it can be read, since its status says enough."""
    try:
        return await unpacked(response, most)
    except (FetchError, aiohttp.ClientError):
        if response.status < 400:
            raise
        return b""


async def unpacked(response: aiohttp.ClientResponse, most: int) -> bytes:
    """A body, unpacked as it comes in, so that neither a bomb nor an endless answer fills the memory."""
    if (response.content_length or 0) > most:
        raise too_large(most)
    body = Inflation(response.headers.get("Content-Encoding", "").strip().lower())
    async for piece in response.content.iter_any():
        body.feed(piece)
        if len(body.content) > most:
            raise too_large(most)
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
