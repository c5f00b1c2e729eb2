"""What an answer means for the source that was asked: when to ask again, where, and whether at all. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive.errors import FetchError, Resting
from archive.fetch import Fetched, Request
from archive.inputs import trouble
from archive.model import GOOD_RESULTS, Document, Hints, sha256
from archive.polls import Poll
from archive.schedule import fresh_seconds, next_due, next_retry, patience, retry_seconds

MOVED_POLLS, MOVED_FOR = 5, timedelta(days=3)
GONE_FOR = timedelta(hours=24)
COMMENTS = re.compile(r"/comments(?:/|$)|[?&]feed=comments", re.IGNORECASE)
HARDER = 4  # times longer is waited after what no waiting will mend
GONE = "gone: the server says the feed was removed for good (410), twice and a day apart; its articles stay"
STATUSES = {
    401: "a name and password are asked for; write them into the address, https://name:password@host/",
    403: "we are not let in; ask whoever runs it to admit our user agent, or pause the source",
    404: "there is no such address; if it stays so, find the new address of the feed and add it",
    410: "the feed is gone for good; if it says so a day later too, the source is paused",
    429: "we are to come less often, and will",
    451: "the law keeps it closed; pause the source",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What the next poll's time depends on beside the answer: now, how often the source has news, chance."""

    now: datetime
    interval: timedelta
    jitter: float


def request(poll: Poll, now: datetime) -> Request:
    """What to ask for: only what is new, but all of it where a move waits for the feed to be seen there."""
    is_last = is_lasting(replace(poll, moved_polls=poll.moved_polls + 1), now) and not poll.rival
    if is_last or (poll.moved_since and not poll.moved_polls):
        return Request(url=poll.url)
    return Request(url=poll.url, etag=poll.etag, last_modified=poll.last_modified)


def is_unchanged(poll: Poll, answer: Fetched) -> bool:
    """Whether an answer brings nothing but what we have."""
    return answer.not_modified or (answer.status < 400 and sha256(answer.body) == poll.sha)


def refused(poll: Poll, answer: Fetched | FetchError) -> Document | None:
    """What is wrong with an answer that holds nothing to read."""
    if isinstance(answer, Resting):
        return trouble("warning", str(answer))
    if isinstance(answer, FetchError):
        return trouble("failed", str(answer).removeprefix(f"{poll.url}: "))
    if answer.status < 400:
        return None
    told = STATUSES.get(answer.status) or ("it is asked again later" if answer.status >= 500 else "")
    return trouble("failed", "; ".join(filter(None, (f"the server answered {answer.status}", told))))


def unchanged(poll: Poll, answer: Fetched, timing: Timing) -> Poll:
    """After an answer without news, whose validators are kept as sent (RFC 9111 section 4.3.4)."""
    after = succeeded(poll, answer, poll.hints, timing)
    if poll.result not in GOOD_RESULTS:
        after = replace(after, result="ok", detail=None)
    return followed(after, answer, timing.now, is_same=not answer.not_modified)


def good(
    poll: Poll, answer: Fetched, document: Document, timing: Timing, *, has_news: bool, is_known: bool
) -> Poll:
    """After a feed that was taken in; ``is_known`` when it holds an entry that the archive had."""
    after = succeeded(poll, answer, document.hints, timing)
    after = replace(
        after,
        result=document.result,
        detail=document.detail,
        sha=sha256(answer.body),
        changed=timing.now if has_news else poll.changed,
    )
    return followed(after, answer, timing.now, is_same=is_known or poll.succeeded is None)


def succeeded(poll: Poll, answer: Fetched, hints: Hints, timing: Timing) -> Poll:
    """After a good answer of any kind."""
    now, headers = timing.now, answer.headers
    due = next_due(
        now,
        interval=timing.interval,
        hints=hints,
        fresh=fresh_seconds(headers, answer.at),
        jitter=timing.jitter,
    )
    old = (poll.etag, poll.last_modified) if answer.not_modified else (None, None)
    return replace(
        poll,
        due=due,
        polled=now,
        succeeded=now,
        failures=0,
        etag=headers.get("etag") or old[0],
        last_modified=headers.get("last-modified") or old[1],
        hints=hints,
        gone_since=None,
    )


def bad(poll: Poll, answer: Fetched | FetchError, document: Document, timing: Timing) -> Poll:
    """After an answer with nothing to read: ask again later, later with each."""
    if isinstance(answer, Resting):
        return rested(poll, answer, timing)
    after = replace(
        poll,
        due=retry(poll, answer, document, timing),
        polled=timing.now,
        failures=poll.failures + 1,
        result=document.result,
        detail=document.detail,
    )
    if isinstance(answer, FetchError):
        return after
    return gone(after, timing.now) if answer.status == 410 else replace(after, gone_since=None)


def retry(poll: Poll, answer: Fetched | FetchError, document: Document, timing: Timing) -> datetime:
    """When to ask again after a failure: as the server says, else later with each failure in a row."""
    status = answer.status if isinstance(answer, Fetched) else 0
    if isinstance(answer, Fetched):
        seconds = retry_seconds(answer.headers.get("retry-after"), timing.now)
        if seconds is not None:
            return next_retry(timing.now + timedelta(seconds=1), seconds, timing.jitter)
    was_well = poll.failures == 0 and poll.succeeded is not None
    is_soft = status in (404, 429) or (status == 403 and was_well)
    least = HARDER if document.result in ("not_a_feed", "too_complex") else 1
    times = patience(poll.failures + 1, soft=is_soft, least=least)
    return next_due(
        timing.now, interval=timing.interval, hints=poll.hints, patience=times, jitter=timing.jitter
    )


def rested(poll: Poll, answer: Resting, timing: Timing) -> Poll:
    """A source that was not asked, because its domain wants to be left alone."""
    seconds = (answer.until - timing.now).total_seconds()
    return replace(poll, due=next_retry(timing.now, seconds + 1, timing.jitter))


def gone(poll: Poll, now: datetime) -> Poll:
    """A source that is said to be gone for good: believed the second time, a day later."""
    if poll.gone_since is None or now - poll.gone_since < GONE_FOR:
        return replace(poll, gone_since=poll.gone_since or now)
    return replace(poll, state="paused", detail=GONE, gone_since=None)


def followed(poll: Poll, answer: Fetched, now: datetime, *, is_same: bool) -> Poll:
    """Where a source is read from: at a new address after it led there for good often and for days.

    And only when what is there is the same feed, at the first sight and at last: redirects to one page for
    all, for maintenance or a login are as permanent as they are wrong. What is not the same at first sight
    keeps no ``moved_since``; what says that it has not changed shows it the next time.
    """
    target = answer.permanent
    if target is None or target == poll.url:
        return (
            poll if poll.moved_to is None else replace(poll, moved_to=None, moved_since=None, moved_polls=0)
        )
    if target != poll.moved_to:
        poll = replace(poll, moved_to=target, moved_since=now, moved_polls=0)
    if answer.not_modified and not poll.moved_polls:
        return poll
    if not poll.moved_polls:
        return (
            replace(poll, moved_polls=1) if is_same and poll.moved_since else replace(poll, moved_since=None)
        )
    seen = replace(poll, moved_polls=poll.moved_polls + 1)
    if not is_lasting(seen, now) or poll.rival:
        return seen
    if not is_same:
        return replace(seen, moved_since=now, moved_polls=1)
    return replace(seen, url=target, moved_to=None, moved_since=None, moved_polls=0)


def is_lasting(poll: Poll, now: datetime) -> bool:
    """Whether an address has led to the same other one for long enough to be believed."""
    is_old = poll.moved_since is not None and now - poll.moved_since >= MOVED_FOR
    return is_old and poll.moved_polls >= MOVED_POLLS


def feeds_of(document: Document) -> tuple[str, ...]:
    """The feeds that a page declares, or else seems to link to; those of comments only by themselves."""
    named = document.links[: document.declared] or document.links
    links = tuple(link for link in named if link.startswith(("http://", "https://")))
    return tuple(link for link in links if not COMMENTS.search(link)) or links


def choice(document: Document, feeds: tuple[str, ...], rival: str | None) -> Document:
    """A page that names feeds, as a question to the person who added it."""
    said = f"choose one of: {' '.join(feeds)}"
    if rival is not None and len(feeds) == 1:
        said = f"its feed {feeds[0]} is read as the source {rival}; remove this one"
    return replace(document, detail=f"is a page of HTML, not a feed; {said}")
