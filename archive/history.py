"""Everything that a feed still has from before we read it (RFC 5005).

Older documents are found by ``prev-archive`` links, by the ``next`` links of a paged feed, and for WordPress
by its page numbers. All are read first and then put from the oldest to the newest, so that the numbers of
first publication rise with time and, where documents differ, the newest has the last word.
"""

from __future__ import annotations

import logging
import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archive import changes
from archive.database import Transaction
from archive.errors import FetchError, NotFound, UsageError
from archive.fetch import Fetched, Request, fetch_many
from archive.full_text import as_before
from archive.hosts import allowed_places, registrable
from archive.inputs import Input, answered
from archive.model import GOOD_RESULTS, Article, Document, Result, Source, sha256, timestamp
from archive.naming import without_password
from archive.pace import POLITE
from archive.polls import pauses
from archive.settle import Settling
from archive.sources import sources
from archive.take import InputLine, Line, Taking, take

log = logging.getLogger(__name__)
MOST_DOCUMENTS = 500
MOST_BYTES = 200 << 20
REST = timedelta(hours=1)  # a new source is not polled while its older documents are read
WORDPRESS = re.compile(r"wordpress", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The documents of a feed from the newest to the oldest, packed; and what broke it, or which limit."""

    steps: tuple[Input, ...]
    broken: str | None = None
    limit: str | None = None


def history(taking: Taking, id: str, *, apart: float = POLITE.apart) -> Iterator[Line]:
    """Take in the feed of a source with all its older documents; lines as of ``ingest``, oldest first.

    What breaks in the middle keeps what was had and says how far it came. Raises NotFound, and UsageError for
    what is no feed.
    """
    source = sources(taking.database, [id]).get(id)
    if source is None or source.url is None:
        raise NotFound(f"{id}: no source of that id is read from an address; `sources list` names them")
    if source.reading.kind != "feed":
        raise UsageError(f"{id}: is read as {source.reading.kind}; only feeds have a history")
    put_off(taking, id, datetime.now(UTC) + REST)
    began = changes.last(taking.database)
    chain = read_chain(taking, source, apart)
    for number, each in enumerate(reversed(chain.steps), 1):
        yield from take_step(taking, source, each, began, is_newest=number == len(chain.steps))
    count = len(chain.steps)
    if chain.broken or chain.limit:
        said = f"the history ends here, {count} documents in: {chain.broken or chain.limit}"
        result: Result = "failed" if chain.broken else "warning"
        yield InputLine(input=source.url, result=result, articles=0, detail=said)
    put_off(taking, id, datetime.now(UTC))


def put_off(taking: Taking, id: str, until: datetime) -> None:
    """Poll a source that never was polled at another time."""
    with taking.database.writing() as transaction:
        transaction.run(
            "UPDATE poll SET due = :due WHERE source = :id AND polled IS NULL", id=id, due=timestamp(until)
        )


class Walk:
    """Goes from a feed to its older documents, one after the other."""

    def __init__(self, taking: Taking, source: Source) -> None:
        self.taking, self.source = taking, source
        self.steps: list[Input] = []
        self.seen: set[str] = set()
        self.bytes = 0
        self.page = 1
        self.is_wordpress = False

    def step(self, url: str) -> str | None:
        """Read one document; the address of the next older one. Raises FetchError where it breaks."""
        answer = ask(self.taking, url)
        is_over = self.is_wordpress and answer.status == 404
        if answer.status >= 400 and not is_over:
            raise FetchError(f"{url}: the server answered {answer.status}; run it again later")
        sha = sha256(answer.body)
        if is_over or sha in self.seen:
            return None
        document = parsed(self.taking, answered(url, answer, is_live=True), self.source)
        if document.result not in GOOD_RESULTS:
            raise FetchError(f"{url}: {document.detail or document.result}")
        if self.is_wordpress and not document.articles:
            return None
        self.seen.add(sha)
        self.bytes += len(answer.body)
        self.steps.append(replace(answered(url, answer, is_live=True), body=zlib.compress(answer.body)))
        log.info("%s: %d articles", without_password(url), len(document.articles))
        return self.older(document)

    def older(self, document: Document) -> str | None:
        """Where a document says that older articles are; a complete feed has none."""
        hints, is_first = document.hints, len(self.steps) == 1
        if hints.complete:
            return None
        if link := hints.previous_archive or hints.next_page:
            return link
        if is_first:
            self.is_wordpress = bool(WORDPRESS.search(hints.generator or ""))
        self.page += 1
        return paged(self.source.url or "", self.page) if self.is_wordpress else None


def read_chain(taking: Taking, source: Source, apart: float) -> Chain:
    """Read a feed and its older documents, politely, within limits."""
    walk = Walk(taking, source)
    url, asked = source.url, set[str]()
    broken = limit = None
    try:
        while url and url not in asked:
            if limit := too_much(walk):
                break
            check_site(url, source)
            if walk.steps and not is_ours(taking, url):
                time.sleep(apart)
            asked.add(url)
            url = walk.step(url)
    except FetchError as error:
        broken = str(error)
    return Chain(steps=tuple(walk.steps), broken=broken, limit=limit)


def too_much(walk: Walk) -> str | None:
    """The limit that a chain has reached."""
    if len(walk.steps) >= MOST_DOCUMENTS:
        return f"no more than {MOST_DOCUMENTS} documents are read; older ones are left"
    if walk.bytes > MOST_BYTES:
        return f"no more than {MOST_BYTES >> 20} MiB are read; older documents are left"
    return None


def check_site(url: str, source: Source) -> None:
    """Raise FetchError for a document on a site of somebody else."""
    own = registrable(urlsplit(source.url or "").hostname or "")
    if registrable(urlsplit(url).hostname or "") != own:
        raise FetchError(
            f"{url}: is on another site than {own}; ingest it by itself if it belongs to the feed"
        )


def is_ours(taking: Taking, url: str) -> bool:
    """Whether the settings allow an address, which is then our own and need not be spared."""
    places = {f"{address}:{port}" for address, port in allowed_places(taking.config.fetch.allow)}
    return urlsplit(url).netloc.rpartition("@")[2].replace("[", "").replace("]", "") in places


def ask(taking: Taking, url: str) -> Fetched:
    """What one address answers. Raises FetchError."""
    paused = pauses(taking.database, datetime.now(UTC))
    for _, answer in fetch_many([Request(url=url)], settings=taking.config.fetch, paused=paused):
        if isinstance(answer, FetchError):
            raise answer
        return answer
    raise FetchError(f"{url}: was not read")


def paged(url: str, number: int) -> str:
    """The address of a page of a WordPress feed."""
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, True) if pair[0] != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(number))])))


def parsed(taking: Taking, each: Input, source: Source) -> Document:
    """What a document of the chain holds."""
    return taking.parsing.parse(
        each.body,
        url=without_password(each.final or each.name),
        content_type=each.content_type,
        name=source.id,
        now=datetime.now(UTC),
    )


def take_step(taking: Taking, source: Source, packed: Input, began: int, *, is_newest: bool) -> list[Line]:
    """Take in one document of the chain, in one transaction."""
    each = replace(packed, body=zlib.decompress(packed.body), is_live=is_newest)
    document = parsed(taking, each, source)
    with taking.database.writing() as transaction:
        if not is_newest:
            entries = tuple(replace(entry, source=source.id) for entry in document.articles)
            document = replace(document, articles=untouched(transaction, entries, began))
        return take(transaction, each, document, taking.terms(), source=source)


def untouched(transaction: Transaction, entries: tuple[Article, ...], began: int) -> tuple[Article, ...]:
    """Entries of an old document; of articles that we had before this, what we have is newer."""
    settling = Settling(transaction, entries)
    found = [settling.settle(entry).stated for entry in entries]
    return tuple(
        replace(as_before(entry, stored), url=stored.url) if stored and stored.seq <= began else entry
        for entry, stored in zip(entries, found, strict=True)
    )
