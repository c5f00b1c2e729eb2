"""Any list or search as a feed: answers from what is kept, and makes again only what has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from archive import changes, lists
from archive.database import Database
from archive.errors import IndexUnavailable
from archive.model import Selection
from archive.settings import Settings
from index import Index
from syndicate import caching
from syndicate.addresses import View
from syndicate.codings import Coding
from syndicate.composing import NOTHING_YET, Composer, Feed, Plan
from syndicate.formats import FORMATS
from syndicate.formats.fragments import Fragments
from syndicate.machines import Static
from syndicate.mount import prefix_of

MOST_VERSIONS = 10_000
MOST_RENDERED, MOST_PACKED = 32 << 20, 16 << 20  # bytes
LIVE_AGE, ARCHIVE_AGE = 60, 3600


def feeds_of(database: Database, index: Index, settings: Settings, *, as_files: bool = False) -> Feeds:
    """The feeds of a site, alike to the letter in every process that makes them; files have no hub."""
    composer = Composer(
        database,
        index,
        site=settings.site,
        base_url=settings.base_url,
        topics=settings.topics,
        style=prefix_of(settings.base_url) + Static().address("feed.css"),
        hub=None if as_files else f"{settings.base_url}/hub",
    )
    return Feeds(composer)


class Feeds:
    """Answers requests for feeds from what it keeps, and makes again only what has changed."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self._database = composer.database
        self._index = composer.index
        self._fragments = Fragments()
        self._newest = changes.Newest(composer.database)
        self._rendered: caching.Cache[caching.Rendered] = caching.Cache(MOST_RENDERED)
        self._packed: caching.Cache[bytes] = caching.Cache(MOST_PACKED)
        self._versions: dict[str, tuple[int, int]] = {}

    def answer(
        self, path: str, selection: Selection, view: View, format: str, conditions: caching.Conditions
    ) -> caching.Answer:
        """The answer to a request for the list at a path, without suffix, in a format.

        Raises NotFound for an unknown topic, source or archive document, UsageError or QueryError for a
        question that makes no sense, IndexUnavailable when a search cannot be answered now.
        """
        plan = Plan(path=path, selection=selection, view=view, format=format)
        return self.answer_plan(plan, plan.address(), conditions)

    def answer_plan(self, plan: Plan, address: str, conditions: caching.Conditions) -> caching.Answer:
        """The same for a plan whose address is known."""
        rendered = self._rendered.answer(
            address, lambda: self._version(plan, address), lambda version: self._render(plan, version)
        )
        return caching.answer(rendered, conditions, self._pack, now=datetime.now(UTC))

    def _pack(self, rendered: caching.Rendered, coding: Coding) -> bytes:
        """A body in a coding, made when first asked for: the tag says all that it depends on."""
        return self._packed.answer(
            f"{rendered.edition.tag} {coding}", lambda: (), lambda _: rendered.in_coding(coding)
        )

    def version(self, plan: Plan) -> tuple[object, ...]:
        """What moves when the feed of a plan may change; cheap to ask for, again and again."""
        return self._version(plan, plan.address())

    def _version(self, plan: Plan, address: str) -> tuple[object, ...]:
        """What moves when the feed may change: the log's last line about it, or the index's generation."""
        last = self._newest.last()
        if plan.is_search:
            # The log too: what is withdrawn must leave a feed at once, however far behind the index is.
            return ("index", self._index.generation, last)
        known = self._versions.get(address)
        if known is None or known[0] != last:
            if len(self._versions) > MOST_VERSIONS:
                self._versions.clear()
            # An article that comes to a topic leaves the lists without it, and would move them no more.
            within = replace(plan.selection, without=())
            known = self._versions[address] = (last, lists.version(self._database, within))
        return ("log", known[1], self._counted() if plan.format == "json" else None)

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
            vary="Accept, Accept-Encoding",
            address=plan.address(),
            headers=(("Link", links(feed)),),
        )

    def _modified(self, version: tuple[object, ...]) -> datetime:
        """When the list last changed, by the log.

        The newest time in the document would go back when an article leaves the list or is restored, and who
        asks by time alone would never see that.
        """
        seq = next(part for part in version[1:] if isinstance(part, int))
        line = next(iter(changes.after(self._database, seq - 1, 1)), None)
        return line.at if line else NOTHING_YET


def links(feed: Feed) -> str:
    """The header that names the feed's own address and who pushes it (W3C WebSub section 4)."""
    hub = f'<{feed.hub}>; rel="hub", ' if feed.hub else ""
    return f'{hub}<{feed.self_url}>; rel="self"'
