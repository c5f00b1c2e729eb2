"""The loop that keeps all moving: polls sources, ends embargoes, files topics, lets the index follow, pushes.

A thread for each, so that a slow site delays neither what is pushed to us, nor what is on its way into the
index, nor what subscribers are told; none of it waits for a large archive that is filed again, and pairs and
the vectors of sentences come behind all that.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from archive import leases, topics
from archive.database import Database
from archive.embargo import release
from archive.errors import Busy, ServiceError
from archive.inbox import take_waiting, watching
from archive.polls import next_poll
from archive.refresh import refresh
from archive.take import EntryLine, Taking
from syndicate.push import Push

log = logging.getLogger(__name__)
Stop = Callable[[], bool]
LOOK = 0.25  # seconds between two looks whether anything was committed; one look costs microseconds
SHORT_LOOK = 0.05  # the same while somebody may be waiting for an answer
LONGEST_REST = 30.0
BETWEEN_LESSONS = 300.0
SECOND_LOOK = 1.0  # the same for what nobody waits for
OF_EACH_DOMAIN = 20  # sources of one registrable domain in a round, that the others need not wait for it


def work(
    taking: Taking,
    *,
    follow: Callable[[], int],
    push: Callable[[], Push],
    pair: Callable[[], int],
    learn: Callable[[], bool],
    stop: threading.Event,
    fill: Callable[[Stop], int] | None = None,
    only_follow: bool = False,
) -> None:
    """Run until ``stop`` is set. What fails is logged and tried again; nothing ends the loop."""
    loops: dict[str, Callable[[], None]] = {"follow": lambda: keep_following(taking.database, follow, stop)}
    if fill:
        loops["fill"] = lambda: keep_filling(taking.database, fill, stop)
    if not only_follow:
        loops["receive"] = lambda: keep_receiving(taking, stop)
        loops["push"] = lambda: keep_pushing(taking.database, push, stop)
        loops["file"] = lambda: keep_filing(taking, stop)
        loops["pair"] = lambda: keep_following(taking.database, pair, stop)
        loops["learn"] = lambda: keep_learning(learn, stop)
    threads = [
        threading.Thread(target=again, args=(name, loop, stop), name=name) for name, loop in loops.items()
    ]
    for thread in threads:
        thread.start()
    try:
        if not only_follow:
            keep_polling(taking, stop)
        stop.wait()
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def again(name: str, loop: Callable[[], None], stop: threading.Event, rest: float = LONGEST_REST) -> None:
    """Run a loop to its end, and begin it again after a fault of ours: it would be missed silently."""
    while not stop.is_set():
        try:
            loop()
        except Exception:
            log.exception("%s: this should not happen; it goes on in a moment", name)
            stop.wait(rest)


def keep_following(database: Database, follow: Callable[[], int], stop: threading.Event) -> None:
    """Let the index follow whenever something was committed, and see now and then that it is still there."""
    seen: int | None = None
    looked = 0.0
    while not stop.is_set():
        now = database.changed()
        if now != seen or time.monotonic() - looked > LONGEST_REST:
            try:
                follow()
                seen, looked = now, time.monotonic()
            except Busy:
                pass  # another process follows; look again soon
            except ServiceError as error:
                log.error("follow: %s", error)
                stop.wait(LONGEST_REST)
        stop.wait(LOOK)


def keep_learning(learn: Callable[[], bool], stop: threading.Event) -> None:
    """Learn words from the archive's own translations, now and then."""
    while not stop.wait(BETWEEN_LESSONS):
        try:
            if learn():
                log.info("lexicon: learned from the archive's translations")
        except Busy:
            pass  # the archive is being written to; later will do
        except ServiceError as error:
            log.error("lexicon: %s", error)


def keep_filling(
    database: Database,
    fill: Callable[[Stop], int],
    stop: threading.Event,
    look: float = SECOND_LOOK,
    rest: float = LONGEST_REST,
) -> None:
    """Let the vectors of sentences follow, behind the index and after all that is more urgent."""
    seen: int | None = None
    while not stop.wait(look):
        now = database.changed()
        if now == seen:
            continue
        try:
            if fill(stop.is_set) == 0:  # else the index has to follow first
                seen = now
        except Busy:
            stop.wait(rest)
        except ServiceError as error:
            log.error("vectors: %s", error)
            stop.wait(rest)


def keep_receiving(taking: Taking, stop: threading.Event) -> None:
    """Take what is pushed to us as soon as it has come, unless another process does."""
    while not stop.is_set():
        try:
            with watching(taking.database):
                keep_taking(taking, stop)
        except Busy:
            stop.wait(LOOK)
        except ServiceError as error:
            log.error("inbox: %s", error)
            stop.wait(LONGEST_REST)


def keep_taking(taking: Taking, stop: threading.Event) -> None:
    """Take what waits whenever something was committed, and now and then what had to be put off."""
    seen, looked = None, 0.0
    while not stop.is_set():
        now = taking.database.changed()
        if now != seen or time.monotonic() - looked > LONGEST_REST:
            seen, looked = now, time.monotonic()
            for each in take_waiting(taking):
                if not isinstance(each, EntryLine):
                    log.info("%s: %s, %d articles", each.input, each.detail or each.result, each.articles)
                if stop.is_set():
                    return
        stop.wait(SHORT_LOOK)


def keep_pushing(database: Database, push: Callable[[], Push], stop: threading.Event) -> None:
    """Tell subscribers what is new, unless another process does."""
    while not stop.is_set():
        try:
            with database.locked("push", wait=1):
                push().run(stop)
        except Busy:
            stop.wait(LOOK)
        except ServiceError as error:
            log.error("hub: %s", error)
            stop.wait(LONGEST_REST)


def keep_filing(taking: Taking, stop: threading.Event) -> None:
    """File the archive again where the rules of topics have changed, unless another process does."""
    while not stop.is_set():
        try:
            now = datetime.now(UTC)
            if moved := topics.fill(taking.database, taking.rules, now, stopped=stop.is_set):
                log.info("topics: %d articles moved", moved)
        except Busy:
            pass
        except ServiceError as error:
            log.error("topics: %s", error)
        stop.wait(LONGEST_REST)


def keep_polling(taking: Taking, stop: threading.Event) -> None:
    """Poll what is due, again and again."""
    while not stop.is_set():
        try:
            release(taking.database, datetime.now(UTC))
            for each in refresh(taking, of_each_domain=OF_EACH_DOMAIN, stopped=stop.is_set):
                if not isinstance(each, EntryLine):
                    log.info("%s: %s, %d articles", each.input, each.detail or each.result, each.articles)
                if stop.is_set():
                    return
            for trouble in leases.renew(taking.database, taking.config):
                log.info("websub: %s", trouble)
        except Busy:
            log.info("refresh: another process is polling")
        except ServiceError as error:
            log.error("refresh: %s", error)
        rest(taking.database, stop)


def rest(database: Database, stop: threading.Event) -> None:
    """Wait until the next source is due, a source was added, or half a minute has passed."""
    waited = 0.0
    while waited < LONGEST_REST and not stop.wait(1.0):
        waited += 1.0
        due = next_poll(database)
        if due is not None and due <= datetime.now(UTC):
            return
