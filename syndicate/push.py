"""The hub's outgoing side: asks callbacks to confirm, and brings subscribers what is new in their feeds.

What is to be done stands in the archive, so that a crash at any moment costs no more than telling somebody
twice. Three lanes keep people apart: those who took the last news at once, those who failed or are slow, and
strangers who have to confirm first; so nobody waits for somebody who does not answer.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from archive import changes, subscriptions
from archive.database import Database, Transaction
from archive.errors import FetchError, NotFound, UsageError
from archive.fetch import Fetched, Request
from archive.pace import Pace
from archive.send import Sender
from archive.settings import Fetch
from archive.subscriptions import Delivery, Intent
from syndicate import notices
from syndicate.caching import Answer
from syndicate.news import News, tag_of

log = logging.getLogger(__name__)
TICK = 0.05  # seconds between two looks at what came back, and at whether anything was committed
LOOK = 1.0  # the same at what has become due
SLICE = 0.25  # seconds for looking at feeds before those that have changed are told
SLOW = 1.0  # seconds after which an answer is a slow one
LONGEST_ANSWER = 10  # seconds, after which there is none
LONGEST_STOP = 2.0
GONE = 410
SWIFT = Pace(connections=256, for_each_domain=64, apart=0)
PATIENT = Pace(connections=64, for_each_domain=8, apart=0)
ASKING = Pace(connections=128, for_each_domain=8, apart=0)
MOST_READ = 20_000

Outcome = Callable[[Transaction], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a callback was asked; without a challenge it was only told."""

    request: Request
    intent: Intent
    challenge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The content, named by its tag, that a callback was brought."""

    request: Request
    delivery: Delivery
    tag: str


class Push:
    """One run of the outgoing side; only one process has one at a time."""

    def __init__(self, database: Database, news: News, settings: Fetch) -> None:
        limited = replace(settings, timeout=LONGEST_ANSWER)
        self._database = database
        self._news = news
        self._swift = Sender(limited, SWIFT, most=10_000, most_of_domain=500)
        self._patient = Sender(limited, PATIENT, most=500, most_of_domain=50)
        self._asking = Sender(limited, ASKING, most=500, most_of_domain=50)
        self._under_way: dict[int, Question | Telling] = {}
        self._busy: set[tuple[str, int]] = set()
        self._slow: set[int] = set()
        self._seen: object = None
        self._is_full = False  # somebody was left out for want of room

    def run(self, stop: threading.Event) -> None:
        """Go on until told to stop, and then wait a moment for what is under way."""
        with ExitStack() as stack:
            for lane in (self._swift, self._patient, self._asking):
                stack.enter_context(lane)
            looked = 0.0
            while not stop.is_set():
                goes_on = self._collect()
                now, is_due = self._state(), time.monotonic() - looked > LOOK
                if now != self._seen or is_due or goes_on or self._news.is_pending:
                    self._seen, looked = now, time.monotonic()
                    self._step(datetime.now(UTC))
                stop.wait(TICK)
            end = time.monotonic() + LONGEST_STOP
            while self._under_way and time.monotonic() < end:
                self._collect()
                time.sleep(TICK)

    def _state(self) -> object:
        """What moves when there may be something to do."""
        return self._database.changed(), self._news.generation()

    def _step(self, now: datetime) -> None:
        """Begin all that is due."""
        self._is_full = False
        subscriptions.expire(self._database, now)
        self._mark(now)
        for wanted in subscriptions.intents(self._database, now, MOST_READ):
            if self._is_welcome(("intent", wanted.id), self._asking, wanted.callback):
                self._ask(wanted)
        contents: dict[str, Answer | None] = {}
        told: list[Outcome] = []
        for failing in (False, True):
            for each in subscriptions.deliveries(self._database, now, MOST_READ, failing=failing):
                lane = self._patient if failing or each.id in self._slow else self._swift
                if self._is_welcome(("delivery", each.id), lane, each.callback):
                    if each.topic not in contents:
                        contents[each.topic] = self._news.content(each.topic)
                    told += self._tell(lane, each, contents[each.topic])
        self._write(told)

    def _is_welcome(self, job: tuple[str, int], lane: Sender, callback: str) -> bool:
        """Whether something is not under way, and can be."""
        if job in self._busy:
            return False
        has_room = lane.has_room(callback)
        self._is_full = self._is_full or not has_room
        return has_room

    def _mark(self, now: datetime) -> None:
        """Note who is to be told of the feeds that have changed."""
        self._news.watch(subscriptions.topics(self._database))
        seq = changes.last(self._database)
        found = list(self._news.found(SLICE))
        marks: list[Outcome] = []
        for address, tag in found:
            if isinstance(tag, str):
                marks.append(partial(subscriptions.mark, topic=address, tag=tag, seq=seq, now=now))
            else:
                log.warning("hub: a subscribed feed is no more: %s", tag)
                marks.append(partial(subscriptions.deny, topic=address, reason=str(tag), now=now))
        self._write(marks)

    def _ask(self, wanted: Intent) -> None:
        """Ask a callback whether it wants this, or tell it that it cannot have it."""
        try:
            if wanted.mode == "subscribe":
                self._news.check(wanted.topic)
        except (NotFound, UsageError) as error:  # it was there when it was asked for
            wanted = replace(wanted, mode="denied", reason=str(error))
        challenge = "" if wanted.mode == "denied" else secrets.token_urlsafe(32)
        request = notices.question(wanted, challenge) if challenge else notices.denial(wanted)
        self._busy.add(("intent", wanted.id))
        self._send(self._asking, Question(request=request, intent=wanted, challenge=challenge))

    def _tell(self, lane: Sender, each: Delivery, feed: Answer | None) -> list[Outcome]:
        """Bring a callback a feed as it is now; what is to be noted at once if it has that already."""
        if feed is None:
            return []
        tag = tag_of(feed)
        if tag == each.tag:
            return [partial(subscriptions.took, told=each, tag=tag)]
        self._busy.add(("delivery", each.id))
        self._send(lane, Telling(request=notices.news(each, feed), delivery=each, tag=tag))
        return []

    def _send(self, lane: Sender, job: Question | Telling) -> None:
        """Begin a request, and remember what it was for."""
        self._under_way[id(job.request)] = job
        lane.send(job.request)

    def _collect(self) -> bool:
        """Note what came back; whether more can be done for that."""
        outcomes: list[Outcome] = []
        goes_on = False
        for lane in (self._swift, self._patient, self._asking):
            for request, answer in lane.answers_within(0):
                job = self._under_way.pop(id(request))
                if isinstance(job, Telling):
                    self._busy.discard(("delivery", job.delivery.id))
                    outcomes.append(self._after_telling(job, answer))
                else:
                    self._busy.discard(("intent", job.intent.id))
                    outcomes.append(self._after_asking(job, answer))
                    goes_on = True
        self._write(outcomes)
        return goes_on or (self._is_full and bool(outcomes))

    def _after_asking(self, job: Question, answer: Fetched | FetchError) -> Outcome:
        """What follows from a callback's answer to a question."""
        wanted, now = job.intent, datetime.now(UTC)
        is_wanted = notices.confirms(answer, job.challenge) if job.challenge else False
        if is_wanted is None:
            return partial(subscriptions.postpone, wanted=wanted, now=now)
        if not is_wanted:
            return partial(subscriptions.conclude, wanted=wanted)
        self._news.look_again(wanted.topic)
        return partial(subscriptions.confirm, wanted=wanted, now=now)

    def _after_telling(self, job: Telling, answer: Fetched | FetchError) -> Outcome:
        """What follows from a callback's answer to news."""
        told = job.delivery
        is_slow = isinstance(answer, FetchError) or answer.spent > SLOW
        (self._slow.add if is_slow else self._slow.discard)(told.id)
        trouble = notices.trouble(answer)
        if trouble is None:
            return partial(subscriptions.took, told=told, tag=job.tag)
        if isinstance(answer, Fetched) and answer.status == GONE:
            return partial(subscriptions.end, callback=told.callback, topic=told.topic)
        if told.attempts == len(subscriptions.BACK_OFF):
            log.info("hub: %s does not take %s: %s", urlsplit(told.callback).netloc, told.topic, trouble)
        rest, now = notices.rest(answer), datetime.now(UTC)
        return partial(subscriptions.failed, told=told, detail=trouble, now=now, rest=rest)

    def _write(self, outcomes: list[Outcome]) -> None:
        """Write down all of them in one transaction."""
        if outcomes:
            with self._database.writing() as transaction:
                for outcome in outcomes:
                    outcome(transaction)
            # What we wrote ourselves need not be looked at; what others wrote just then is within a second.
            self._seen = self._state()
