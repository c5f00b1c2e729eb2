"""Store what was heard of sources, and how each is polled from now on: many by one commit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from archive import judge, leases
from archive.database import Transaction
from archive.errors import ArchiveError, Busy, FetchError
from archive.fetch import Fetched
from archive.heard import Heard, is_good, unforeseen
from archive.inputs import answered, trouble
from archive.judge import Timing
from archive.model import GOOD_RESULTS, Source
from archive.pages import is_owed, take_with_pages
from archive.polls import Poll, interval, is_read, pause, remember
from archive.put import Terms
from archive.sources import sources
from archive.take import EntryLine, InputLine, Line, Taking, take


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a poll: the lines to tell, and whether the source is asked again at once, elsewhere.

    ``later`` is one that is stored when the pages behind it were read.
    """

    lines: tuple[Line, ...] = ()
    elsewhere: Poll | None = None
    later: Heard | None = None


def store_group(taking: Taking, heard: Sequence[Heard], terms: Terms) -> list[Settled]:
    """Store polls by one commit; where that fails each by its own: one harms no other."""
    try:
        return store_all(taking, heard, terms) if heard else []
    except Busy as error:
        return [Settled(lines=(failure(each.poll, str(error)),)) for each in heard]
    except Exception:
        return [store_alone(taking, each, terms) for each in heard]


def store_all(taking: Taking, heard: Sequence[Heard], terms: Terms) -> list[Settled]:
    """Store a group of polls, all or none."""
    with taking.database.writing() as transaction:
        known = sources(transaction, [each.poll.source for each in heard if is_good(each)])
        return [store(taking, transaction, each, known.get(each.poll.source), terms) for each in heard]


def store_alone(taking: Taking, each: Heard, terms: Terms) -> Settled:
    """Store one poll of a group that could not be stored together."""
    try:
        return store_all(taking, [each], terms)[0]
    except Busy as error:
        return Settled(lines=(failure(each.poll, str(error)),))
    except ArchiveError:
        raise
    except Exception as error:
        return store_all(taking, [replace(each, document=unforeseen(error))], terms)[0]


def store(
    taking: Taking, transaction: Transaction, each: Heard, source: Source | None, terms: Terms
) -> Settled:
    """Take in one answer, and remember how the poll went."""
    poll, answer, document = each.poll, each.answer, each.document
    if isinstance(answer, FetchError) or (document and document.result not in GOOD_RESULTS):
        return store_failed(taking, transaction, each, terms)
    if document is None:
        after = judge.unchanged(poll, answer, timing(taking, transaction, poll, terms))
        lines: list[Line] = [InputLine(input=poll.url, result="ok", articles=0, detail="not modified")]
    else:
        came = answered(poll.url, answer, is_live=True)
        if each.plan:
            lines, document = take_with_pages(transaction, came, each.plan, each.reads, terms)
        else:
            lines = take(transaction, came, document, terms, source=source)
        leases.note(transaction, poll.source, document, answer, settings=taking.config, now=terms.now)
        outcomes = {line.outcome for line in lines if isinstance(line, EntryLine)}
        after = judge.good(
            poll,
            answer,
            document,
            timing(taking, transaction, poll, terms),
            has_news=bool(outcomes & {"new", "revised"}),
            is_known=bool(outcomes & {"unchanged", "revised"}),
        )
        if each.plan and is_owed(each.plan, each.reads):  # then the whole document must come again
            after = replace(after, etag=None, last_modified=None, sha=None)
    remember(transaction, poll, after)
    return Settled(lines=tuple(lines) if after.url == poll.url else moved(lines, after.url))


def store_failed(taking: Taking, transaction: Transaction, each: Heard, terms: Terms) -> Settled:
    """Keep what could not be read, and remember that the poll failed; or where the feed of a page is."""
    poll, answer, document = each.poll, each.answer, each.document or trouble("failed", "did not answer")
    if isinstance(answer, Fetched) and answer.rest:
        pause(transaction, answer.rest, terms.now)
    feeds = judge.feeds_of(document) if poll.succeeded is None else ()
    if feeds and reads_feeds(transaction, poll.source):
        rival = is_read(transaction, feeds[0])
        if len(feeds) == 1 and document.declared and rival is None:
            return store_discovered(transaction, poll, feeds[0], terms)
        document = judge.choice(document, feeds, rival)
    if isinstance(answer, Fetched) and answer.body:
        take(transaction, answered(poll.url, answer, is_live=True), document, terms, source=None)
    after = judge.bad(poll, answer, document, timing(taking, transaction, poll, terms))
    remember(transaction, poll, after)
    detail = document.detail if after.state == poll.state else after.detail
    told = InputLine(input=poll.url, result=document.result, articles=0, detail=detail)
    return Settled(lines=(told,))


def reads_feeds(transaction: Transaction, source: str) -> bool:
    """Whether what a source reads is a feed, for which another address may be found."""
    return sources(transaction, [source])[source].reading.kind == "feed"


def store_discovered(transaction: Transaction, poll: Poll, link: str, terms: Terms) -> Settled:
    """Read a source that was added by the address of a page from the one feed that the page names."""
    after = replace(poll, url=link, due=terms.now)
    remember(transaction, poll, after)
    said = f"is a page; its feed {link} is read from now on"
    return Settled(
        lines=(InputLine(input=poll.url, result="warning", articles=0, detail=said),), elsewhere=after
    )


def timing(taking: Taking, transaction: Transaction, poll: Poll, terms: Terms) -> Timing:
    """What the time of the next poll depends on beside the answer."""
    middle = timedelta(minutes=taking.config.fetch.interval)
    usual = interval(transaction, poll, middle, terms.now)
    is_pushed = poll.pushed_until is not None and poll.pushed_until > terms.now
    return Timing(
        now=terms.now,
        interval=max(usual, leases.POLLED_ALL_THE_SAME) if is_pushed else usual,
        jitter=random.uniform(-1, 1),  # noqa: S311 (spreads load, guards nothing)
    )


def moved(lines: Sequence[Line], url: str) -> tuple[Line, ...]:
    """The lines of a poll after which the source is read from another address."""
    said = f"has moved for good; {url} is read from now on"
    return tuple(replace(each, detail=said) if isinstance(each, InputLine) else each for each in lines)


def failure(poll: Poll, detail: str) -> InputLine:
    """The line of a poll that could not be stored, and that is therefore still due."""
    return InputLine(input=poll.url, result="failed", articles=0, detail=detail)
