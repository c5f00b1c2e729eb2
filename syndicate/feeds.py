"""Any list or search as a feed: answers from what is kept, and makes again only what has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from archive import changes, lists
from archive.errors import IndexUnavailable
from archive.model import Selection
from syndicate import caching
from syndicate.addresses import View
from syndicate.composing import NOTHING_YET, Composer, Plan
from syndicate.formats import FORMATS
from syndicate.formats.fragments import Fragments

MOST_VERSIONS = 10_000
LIVE_AGE, ARCHIVE_AGE = 60, 3600


class Feeds:
    """Answers requests for feeds from what it keeps, and makes again only what has changed."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self._database = composer.database
        self._index = composer.index
        self._cache = caching.Cache()
        self._fragments = Fragments()
        self._versions: dict[str, tuple[int, int]] = {}
        self._newest: tuple[int, int] | None = None

    def answer(
        self, path: str, selection: Selection, view: View, format: str, conditions: caching.Conditions
    ) -> caching.Answer:
        """The answer to a request for the list at a path, without suffix, in a format.

        Raises NotFound for an unknown topic, source or archive document, UsageError or QueryError for a
        question that makes no sense, IndexUnavailable when a search cannot be answered now.
        """
        plan = Plan(path=path, selection=selection, view=view, format=format)
        address = plan.address()
        rendered = self._cache.answer(
            address, lambda: self._version(plan, address), lambda version: self._render(plan, version)
        )
        return caching.answer(rendered, conditions)

    def _version(self, plan: Plan, address: str) -> tuple[object, ...]:
        """What moves when the feed may change: the log's last line about it, or the index's generation."""
        token = self._database.changed()
        if plan.is_search:
            # The log too: what is withdrawn must leave a feed at once, however far behind the index is.
            return ("index", self._index.generation, self._last_line(token))
        known = self._versions.get(address)
        if known is None or known[0] != token:
            if len(self._versions) > MOST_VERSIONS:
                self._versions.clear()
            # An article that comes to a topic leaves the lists without it, and would move them no more.
            within = replace(plan.selection, without=())
            known = self._versions[address] = (token, lists.version(self._database, within))
        return ("log", known[1], self._counted() if plan.format == "json" else None)

    def _last_line(self, token: int) -> int:
        """The last number of the log; the database is asked for it only when somebody has written."""
        if self._newest is None or self._newest[0] != token:
            self._newest = (token, changes.last(self._database))
        return self._newest[1]

    def _counted(self) -> object:
        """The generation of the index that the counts of a list are of; None while there is none."""
        try:
            return self._index.generation
        except IndexUnavailable:
            return None

    def _render(self, plan: Plan, version: tuple[object, ...]) -> caching.Rendered:
        with self._database.snapshot():
            feed = self.composer.compose(plan)
        writer = FORMATS[plan.format]
        return caching.render(
            writer.render(feed, self._fragments),
            version=version,
            modified=self._modified(version),
            mime=writer.MIME,
            max_age=ARCHIVE_AGE if feed.is_archive else LIVE_AGE,
        )

    def _modified(self, version: tuple[object, ...]) -> datetime:
        """When the list last changed, by the log.

        The newest time in the document would go back when an article leaves the list or is restored, and who
        asks by time alone would never see that.
        """
        seq = next(part for part in version[1:] if isinstance(part, int))
        line = next(iter(changes.after(self._database, seq - 1, 1)), None)
        return line.at if line else NOTHING_YET
