"""Poll the sources that are due: fetch, and take in what is new. One that fails never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile

from archive import judge
from archive.database import Database
from archive.errors import NotFound
from archive.fetch import Answer, fetch_groups
from archive.heard import Heard, hear_all, is_whole
from archive.inputs import trouble
from archive.model import Source
from archive.pace import POLITE, Pace
from archive.page_reading import never, read_pages, refusals
from archive.pages import plan
from archive.polls import Poll, due_polls, gently, pauses, polls
from archive.settled import Settled, store_group
from archive.sitemap_reading import Listing, with_sitemaps
from archive.sources import sources
from archive.take import Line, Taking

MOST_TOGETHER, PATIENCE = 200, 0.25  # answers stored by one commit, and seconds they wait for each other


def refresh(
    taking: Taking,
    *,
    only: Sequence[str] = (),
    everything: bool = False,
    of_each_domain: int | None = None,
    pace: Pace = POLITE,
    stopped: Callable[[], bool] = never,
) -> Iterator[Line]:
    """Poll what is due, or the sources named, or all; a line per entry and source after its durable commit.

    With ``of_each_domain`` at most so many of one registrable domain; the others stay due, and so do, when it
    is ``stopped``, those that did not answer yet or wait for pages. Raises Busy when another refresh is
    running, NotFound for a source that does not exist.
    """
    with taking.database.locked("refresh"):
        waiting = chosen(taking.database, only=only, everything=everything)
        found: list[Poll] = []
        later: list[Heard] = []
        first = gently(waiting, of_each_domain) if of_each_domain else waiting
        for settled in asked(taking, first, pace, stopped):
            yield from settled.lines
            found += [settled.elsewhere] if settled.elsewhere else []
            later += [settled.later] if settled.later else []
        for settled in asked(taking, found, pace, stopped):
            yield from settled.lines
            later += [settled.later] if settled.later else []
        for settled in behind(taking, later, pace, stopped):
            yield from settled.lines


def chosen(database: Database, *, only: Sequence[str], everything: bool) -> list[Poll]:
    """The active sources to poll now, the longest waiting first."""
    if not only and not everything:
        return due_polls(database, datetime.now(UTC))
    active = {each.source: each for each in polls(database) if each.state == "active" and each.url}
    for id in only:
        if id not in active:
            raise NotFound(f"{id}: no active source of that id is polled; `sources list` names them")
    return [each for each in active.values() if everything or each.source in only]


def asked(
    taking: Taking, waiting: Sequence[Poll], pace: Pace, stopped: Callable[[], bool]
) -> Iterator[Settled]:
    """Ask sources, and settle the answers in groups as they come."""
    now = datetime.now(UTC)
    by_url = {each.url: each for each in waiting}
    requests = [judge.request(each, now) for each in by_url.values()]
    barred = refusals(taking, by_url)
    refused = [(each, barred[each.url]) for each in requests if each.url in barred]
    yield from settle(taking, hear_all(taking, by_url, {}, refused))
    groups = fetch_groups(
        [each for each in requests if each.url not in barred],
        settings=taking.config.fetch,
        pace=pace,
        paused=pauses(taking.database, now),
        most=MOST_TOGETHER,
        patience=PATIENCE,
    )
    for heard in read_ahead(taking, by_url, takewhile(lambda _: not stopped(), groups)):
        yield from settle(taking, heard)


def read_ahead(
    taking: Taking, by_url: Mapping[str, Poll], groups: Iterable[Sequence[Answer]]
) -> Iterator[list[Heard]]:
    """What was heard in each group of answers; the next is read while the caller stores one."""
    with ThreadPoolExecutor(1, thread_name_prefix="read") as reading:
        before: Future[list[Heard]] | None = None
        for group in groups:
            known = sources(
                taking.database, [by_url[each.url].source for each, got in group if is_whole(got)]
            )
            coming = reading.submit(hear_all, taking, by_url, known, group)
            if before:
                yield before.result()
            before = coming
        if before:
            yield before.result()


def settle(taking: Taking, heard: Sequence[Heard]) -> list[Settled]:
    """Take in a group of answers by one commit, but for those that wait for the pages behind them."""
    later = [Settled(later=each) for each in heard if each.has_pages]
    return [*store_group(taking, [each for each in heard if not each.has_pages], taking.terms()), *later]


def behind(
    taking: Taking, later: Sequence[Heard], pace: Pace, stopped: Callable[[], bool]
) -> Iterator[Settled]:
    """Read the pages behind the documents of a round, and store each document when its pages are there."""
    known = sources(taking.database, [each.poll.source for each in later])
    now = datetime.now(UTC)
    listed = [(known[each.poll.source], each.document) for each in later if each.document]
    listings = with_sitemaps(taking, listed, pace)
    planned = [
        planned_for(taking, known[each.poll.source], each, listing, now)
        for each, listing in zip(later, listings, strict=True)
    ]
    yield from store_group(taking, [each for each in planned if not each.plan], taking.terms())
    by_source = {each.poll.source: each for each in planned}
    plans = [each.plan for each in planned if each.plan]
    for done, reads in read_pages(taking, plans, pace=pace, stopped=stopped):
        each = replace(by_source[done.source.id], plan=done, reads=reads)
        yield from store_group(taking, [each], taking.terms())


def planned_for(taking: Taking, source: Source, each: Heard, listing: Listing, now: datetime) -> Heard:
    """What was heard of a source, with the pages that it needs; where that fails, as a failure."""
    try:
        planned = plan(taking.database, source, listing.document, now)
        return replace(each, plan=replace(planned, parts=listing.parts, is_partial=listing.is_partial))
    except Exception as error:  # one document must not stop all others
        return replace(each, document=trouble("failed", f"its pages cannot be read: {error}"))
