"""The pages behind entries: which are to be read, and what becomes of an entry whose page was read.

A source with full text is put with what its pages say, so that readers see one article and not first a stub.
What its feed itself stated is remembered as a digest: a feed that goes on saying the same changes nothing.
Of sitemaps and index pages only what is not known yet is put, and only with its page.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from archive import fetches
from archive.articles import articles, restore_one, withdraw_one
from archive.database import Database, Transaction
from archive.deletions import GONE
from archive.filters import Filters, filters_of
from archive.full_text import merged, stated, without_page
from archive.identity import canonical_url, is_home
from archive.inputs import Input
from archive.model import (
    Article,
    Document,
    Source,
)
from archive.page_table import MOST_TRIES, Page, failed_pages, hold_back, pages_of, tried_before, write
from archive.put import Terms
from archive.rows import next_id
from archive.settle import Settling, known_names
from archive.take import InputLine, Line, fetched, take

MOST_PAGES = 50  # of one source at one poll


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An entry whose page is to be read, at its place in the document, and what the archive has of it."""

    place: int
    entry: Article
    stored: Article | None = None
    page: Page | None = None

    @property
    def url(self) -> str:
        """The address of the page."""
        return self.entry.url or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A document with the pages to read before it is put; ``left`` counts those left for later polls.

    ``parts`` are the sitemaps of a list that brought it; it ``is_partial`` when one of them could not be had.
    """

    source: Source
    document: Document
    wanted: tuple[Wanted, ...] = ()
    left: int = 0
    parts: tuple[fetches.Fetch, ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A page as it was had, or why it was not.

    ``each`` is what the server answered, if it was asked; many wait for each other, so its body is packed.
    """

    document: Document
    each: Input | None = None

    @property
    def article(self) -> Article | None:
        """The article of the page."""
        return self.document.articles[0] if self.document.articles else None

    @property
    def is_gone(self) -> bool:
        """Whether the site says that the page was removed for good."""
        return self.each is not None and self.each.status == 410

    @property
    def is_settled(self) -> bool:
        """Whether there is no more to learn."""
        return self.article is not None or self.is_gone


Reads = Mapping[str, Read]


def plan(database: Database, source: Source, document: Document, now: datetime) -> Plan:
    """Which pages a document needs before it is put."""
    entries = tuple(replace(article, source=source.id) for article in document.articles)
    document = replace(document, articles=entries)
    with database.writing() as transaction:  # for one view of it; nothing is written
        if source.reading.kind == "feed":
            return plan_feed(transaction, source, document, now)
        return plan_site(transaction, source, document, now)


def plan_feed(transaction: Transaction, source: Source, document: Document, now: datetime) -> Plan:
    """Of a feed: the pages of entries that are new, have changed or were never read, the newest first."""
    filters = filters_of(source.reading)
    settling = Settling(transaction, document.articles)
    found = [settling.settle(entry) for entry in document.articles]
    pages = pages_of(transaction, [each.id for each in found if each.stored])
    owners = owners_of(transaction, source, document)
    has_filters = bool(source.reading.keep or source.reading.drop)
    asked = [entry.url or "" for entry in document.articles if has_filters]
    read = tried_before(transaction, source, asked, now)
    wanted: list[Wanted] = []
    kept: list[Article] = []
    for entry, each in zip(document.articles, found, strict=True):
        page, url = pages.get(each.id), entry.url or ""
        owner = owners.get(canonical_url(url), each.id)
        if each.is_new and not owner and read.get(url) == "read":
            continue  # its page was read before, and the filters did not let it in
        is_alone = owner in ("", each.id) and not is_home(url) and not each.repeated
        if is_alone and not filters.against(entry) and is_wanted(entry, each.stated, page):
            wanted.append(Wanted(place=len(kept), entry=entry, stored=each.stated, page=page))
        kept.append(without_page(entry, each.stated, page))
    wanted.sort(key=lambda each: each.entry.published or now, reverse=True)
    document = replace(document, articles=tuple(kept))
    return Plan(source=source, document=document, wanted=tuple(wanted))


def owners_of(transaction: Transaction, source: Source, document: Document) -> dict[str, str]:
    """The articles that addresses of a document belong to: ``""`` for a new one, ``many`` for several."""
    named = Counter(canonical_url(entry.url) for entry in document.articles if entry.url)
    known = known_names(transaction, [(source.id, "url", name) for name in named])
    owners = {name: known.get((source.id, "url", name), "") for name in named}
    return {name: owner if named[name] == 1 else "many" for name, owner in owners.items()}


def plan_site(transaction: Transaction, source: Source, document: Document, now: datetime) -> Plan:
    """Of a sitemap or an index page: the pages that are not known, as many as one poll may read."""
    filters = filters_of(source.reading)
    named = {canonical_url(entry.url): entry for entry in reversed(document.articles) if entry.url}
    known = known_names(transaction, [(source.id, "url", name) for name in named])
    failed = {each.article: each for each in failed_pages(transaction, source)}
    stored = {each.id: each for each in articles(transaction, failed)}
    tried = tried_before(transaction, source, [entry.url or "" for entry in named.values()], now)
    waiting: list[Wanted] = []
    for name, entry in reversed(named.items()):
        id = known.get((source.id, "url", name), "")
        is_due = id in failed if id else entry.url not in tried
        if is_due and not shuts_out(filters, entry):
            waiting.append(Wanted(place=0, entry=entry, stored=stored.get(id), page=failed.get(id)))
    chosen = from_both_ends(waiting, MOST_PAGES)
    wanted = tuple(replace(each, place=place) for place, each in enumerate(chosen))
    document = replace(document, articles=tuple(each.entry for each in wanted))
    return Plan(source=source, document=document, wanted=wanted, left=len(waiting) - len(wanted))


def shuts_out(filters: Filters, entry: Article) -> bool:
    """Whether filters are against an entry of which only what its list says is known."""
    if any(each.matches(entry) for each in filters.drop):
        return True
    told = [each for each in filters.keep if each.field == "url" or (each.field == "title" and entry.title)]
    is_all = bool(told) and len(told) == len(filters.keep)
    return is_all and not any(each.matches(entry) for each in told)


def from_both_ends(waiting: Sequence[Wanted], most: int) -> list[Wanted]:
    """As many as may be read: half of them the newest, half the oldest, which soon leave the list unread."""
    if len(waiting) <= most:
        return list(waiting)
    never = datetime.min.replace(tzinfo=UTC)
    aged = sorted(waiting, key=lambda each: each.entry.published or each.entry.updated or never)
    return aged[: most // 2] + aged[-(most - most // 2) :]


def is_wanted(entry: Article, stored: Article | None, page: Page | None) -> bool:
    """Whether the page of an entry is to be read; of one without, too, which was put before pages were."""
    if not (entry.url or "").startswith(("http://", "https://")):
        return False
    if stored is None or page is None:
        return True
    return page.stated != stated(entry) or (page.state == "failed" and page.tries < MOST_TRIES)


def with_pages(plan: Plan, reads: Reads) -> Document:
    """The document as it is put. What has neither a page nor a title waits for a later poll."""
    entries: list[Article | None] = list(plan.document.articles)
    for each in plan.wanted:
        read = reads.get(each.url)
        if read and read.article:
            entry = merged(each.entry, read.article)
            is_theirs = entry.text == each.entry.text or plan.source.republish
            entries[each.place] = entry if is_theirs else replace(entry, republish="summary")
        elif not each.entry.title or (plan.source.reading.kind != "feed" and read is None):
            entries[each.place] = None
    return replace(plan.document, articles=tuple(entry for entry in entries if entry))


def judged(plan: Plan, reads: Reads) -> Document:
    """The document with what is to be said of its pages."""
    document = plan.document
    said = "; ".join(filter(None, (document.detail, *faults(plan, reads))))
    failed = any(read.article is None for read in reads.values())
    return replace(document, detail=said or None, result="warning" if failed else document.result)


def faults(plan: Plan, reads: Reads) -> Iterator[str]:
    """The pages that could not be had, and those that come later."""
    failures = [(url, read) for url, read in reads.items() if read.article is None]
    if failures:
        url, read = failures[0]
        yield f"{len(failures)} of {len(plan.wanted)} pages not had, the first: {url} {read.document.detail}"
    if count := plan.left + len(plan.wanted) - len(reads):
        yield f"{count} more pages are read at the next polls"


def is_owed(plan: Plan, reads: Reads) -> bool:
    """Whether pages are still to be read, so that the next poll must bring the whole document again."""
    failed = [each for each in plan.wanted if each.url in reads and not reads[each.url].is_settled]
    is_waiting = any(tried(each) < MOST_TRIES for each in failed)
    return is_waiting or plan.is_partial or plan.left > 0 or len(reads) < len(plan.wanted)


def tried(wanted: Wanted) -> int:
    """How often a page could not be read, the last time included."""
    page = wanted.page
    again = page is not None and (page.state != "failed" or page.stated == stated(wanted.entry))
    return (page.tries if page and again else 0) + 1


def take_with_pages(
    transaction: Transaction, each: Input, plan: Plan, reads: Reads, terms: Terms
) -> tuple[list[Line], Document]:
    """Take in a document with its pages, all in one transaction; the document says how that went."""
    for wanted in plan.wanted:
        if read := reads.get(wanted.url):
            record(transaction, plan.source, wanted, read, terms.now)
    for part in () if is_owed(plan, reads) else plan.parts:  # what is owed must be read again
        fetches.record(transaction, next_id(transaction, "fetch"), part)
    whole = with_pages(plan, reads)
    lines = take(transaction, each, whole, terms, source=plan.source, has_pages=True)
    note(transaction, plan, reads, terms.now)
    document = judged(plan, reads)
    return [
        replace(line, result=document.result, detail=document.detail) if isinstance(line, InputLine) else line
        for line in lines
    ], document


def record(transaction: Transaction, source: Source, wanted: Wanted, read: Read, now: datetime) -> None:
    """Keep the bytes of a page, and every try that failed."""
    each = read.each or Input(name=wanted.url, url=wanted.url)
    each = replace(each, body=zlib.decompress(each.body) if each.body else b"")
    fetches.record(transaction, next_id(transaction, "fetch"), fetched(each, read.document, now, source.id))


def note(transaction: Transaction, plan: Plan, reads: Reads, now: datetime) -> None:
    """Remember how reading each page went, and take out of publication what is gone."""
    settling = Settling(transaction, [each.entry for each in plan.wanted])
    for each in plan.wanted:
        found = settling.settle(each.entry)
        if found.stored is None:
            continue  # it was not put: it has no title, or the filters did not let it in
        read = reads.get(each.url)
        write(transaction, after(each, read, found.id), now)
        if read and read.article:
            is_back = found.stored.withdrawn is not None and found.stored.withdrawn.reason == GONE
            if is_back:
                restore_one(transaction, found.id, person=host(each.url), now=now)
            if not plan.source.republish and found.stated and found.stated.text != each.entry.text:
                hold_back(transaction, found.id)
        elif read and read.is_gone:
            withdraw_one(transaction, found.id, reason=GONE, person=host(each.url), now=now)


def after(wanted: Wanted, read: Read | None, id: str) -> Page:
    """What is remembered of a page; one that was had before stays had while its changed self is tried."""
    said, page = stated(wanted.entry), wanted.page
    if read and read.is_settled:
        return Page(article=id, stated=said, state="taken" if read.article else "gone", tries=0)
    tries = tried(wanted) - (read is None)
    if page is None or page.state == "failed":
        return Page(article=id, stated=said, state="failed", tries=tries)
    if tries >= MOST_TRIES:
        return replace(page, stated=said, tries=0)
    return replace(page, tries=tries)


def withdraw_gone(transaction: Transaction, url: str, now: datetime) -> list[str]:
    """Take out of publication what an address names that answers 410; the ids."""
    rows = transaction.read(
        "SELECT DISTINCT l.article FROM source s JOIN alias l ON l.source = s.id AND l.kind = 'url'"
        " AND l.value = :name ORDER BY l.article",
        name=canonical_url(url),
    )
    ids = [row["article"] for row in rows if not is_home(url)]
    return [id for id in ids if withdraw_one(transaction, id, reason=GONE, person=host(url), now=now)]


def host(url: str) -> str:
    """The site that says so."""
    return urlsplit(url).hostname or ""
