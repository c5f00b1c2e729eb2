"""The loop that keeps all moving: polls sources, ends embargoes, files topics, lets the index follow.

Two threads, so that a slow site never delays what is already archived on its way into the index.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from archive import topics
from archive.database import Database
from archive.embargo import release
from archive.errors import Busy, ServiceError
from archive.refresh import next_poll, refresh
from archive.take import EntryLine, Taking

log = logging.getLogger(__name__)
LOOK = 0.25  # seconds between two looks whether anything was committed; one look costs microseconds
LONGEST_REST = 30.0


def work(
    taking: Taking,
    *,
    follow: Callable[[], int],
    stop: threading.Event,
    only_follow: bool = False,
) -> None:
    """Run until ``stop`` is set. What fails is logged and tried again; nothing ends the loop."""
    following = threading.Thread(target=keep_following, args=(taking.database, follow, stop), name="follow")
    following.start()
    try:
        if not only_follow:
            keep_polling(taking, stop)
        stop.wait()
    finally:
        stop.set()
        following.join()


def keep_following(database: Database, follow: Callable[[], int], stop: threading.Event) -> None:
    """Let the index follow whenever something was committed."""
    seen: int | None = None
    while not stop.is_set():
        now = database.changed()
        if now != seen:
            try:
                follow()
                seen = now
            except Busy:
                pass  # another process follows; look again soon
            except ServiceError as error:
                log.error("follow: %s", error)
                stop.wait(LONGEST_REST)
        stop.wait(LOOK)


def keep_polling(taking: Taking, stop: threading.Event) -> None:
    """Poll what is due, again and again."""
    while not stop.is_set():
        try:
            topics.fill(taking.database, taking.rules, datetime.now(UTC))
            release(taking.database, datetime.now(UTC))
            for each in refresh(taking):
                if not isinstance(each, EntryLine):
                    log.info("%s: %s, %d articles", each.input, each.detail or each.result, each.articles)
                if stop.is_set():
                    return
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
