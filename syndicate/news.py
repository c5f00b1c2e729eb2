"""Which of the feeds that somebody is subscribed to have changed: each is looked at once for each change."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator

from archive import changes
from archive.errors import IndexUnavailable, NotFound, ServiceError, UsageError
from syndicate.caching import Answer, Conditions
from syndicate.composing import Plan
from syndicate.feeds import Feeds
from syndicate.planning import plan

log = logging.getLogger(__name__)
Version = tuple[object, ...]


class News:
    """Watches the feeds of some addresses, by what is cheap to see: the log, and the index's generation."""

    def __init__(self, feeds: Feeds, base_url: str) -> None:
        self._feeds = feeds
        self._base_url = base_url
        self._database = feeds.composer.database
        self._index = feeds.composer.index
        self._versions: dict[str, Version] = {}
        self._pending: dict[str, None] = {}
        self._faulty: dict[str, Version] = {}
        self._seen: tuple[object, ...] = ()

    @property
    def is_pending(self) -> bool:
        """Whether feeds are still to be looked at."""
        return bool(self._pending)

    def generation(self) -> object:
        """What moves when searches may find something else; None while nobody can search."""
        try:
            return self._index.generation
        except IndexUnavailable:
            return None

    def watch(self, addresses: Iterable[str]) -> None:
        """Look at these feeds and no others: at all when anything has changed, else at the new ones."""
        now = (changes.last(self._database), self.generation())
        known = self._versions if now == self._seen else {}
        watched = dict.fromkeys(addresses)
        waiting = [address for address in self._pending if address in watched]
        self._seen = now
        self._pending = dict.fromkeys([*waiting, *(each for each in watched if each not in known)])
        self._versions = {each: self._versions[each] for each in watched if each in self._versions}

    def look_again(self, address: str) -> None:
        """Look at a feed though it has not changed, for a new subscriber."""
        self._versions.pop(address, None)

    def found(self, seconds: float) -> Iterator[tuple[str, str | NotFound | UsageError]]:
        """Feeds that have changed and the tag of what they are now, or why there is no such feed any more.

        What is not looked at within so many seconds is for the next time.
        """
        end = time.monotonic() + seconds
        while self._pending and time.monotonic() < end:
            address = next(iter(self._pending))
            del self._pending[address]
            try:
                if (tag := self._tag(plan(address, self._base_url), address)) is not None:
                    yield address, tag
            except (NotFound, UsageError) as error:
                yield address, error
            except IndexUnavailable:
                pass  # its generation moves when it is back

    def content(self, address: str) -> Answer | None:
        """A feed as it is now; None while that is not to be known."""
        try:
            found = plan(address, self._base_url)
            return self._made(found) if self._version(found) else None
        except (NotFound, UsageError, IndexUnavailable):
            return None

    def check(self, address: str) -> None:
        """Raise NotFound or UsageError for what is no feed of ours."""
        self._feeds.composer.check(plan(address, self._base_url).selection)

    def _tag(self, found: Plan, address: str) -> str | None:
        """The tag of a feed whose version has moved since it was last looked at."""
        version = self._version(found)
        if version is None or version == self._versions.get(address):
            return None
        made = self._made(found)
        self._versions[address] = version
        return tag_of(made) if made else None

    def _made(self, found: Plan) -> Answer | None:
        """A feed as it is now; one that cannot be made for a fault of ours takes no other with it."""
        address, version = found.address(), self._version(found)
        if version is not None and self._faulty.get(address) == version:
            return None
        try:
            return feed(self._feeds, found)
        except ServiceError:
            raise
        except Exception:
            log.exception("hub: %s cannot be made", address)
            self._faulty[address] = version or ()
            return None

    def _version(self, found: Plan) -> Version | None:
        """What moves when a feed is to be looked at; None while it cannot be told.

        JSON states counts of whole lists, which are the index's to know: it is told once, when that has
        followed. While the index is built again, a search would lose articles.
        """
        if found.is_search or found.format == "json":
            try:
                return None if self._index.note else ("index", self._index.generation)
            except IndexUnavailable:
                if found.is_search:
                    return None
        return self._feeds.version(found)


def feed(feeds: Feeds, found: Plan) -> Answer:
    """A feed as whoever asks for it gets it."""
    return feeds.answer(found.path, found.selection, found.view, found.format, Conditions())


def tag_of(answer: Answer) -> str:
    """What names the content of a feed."""
    return next(value for name, value in answer.headers if name == "ETag").strip('"')
