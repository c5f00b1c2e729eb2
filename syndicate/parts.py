"""The parts of the service, each opened when first asked for. What depends on what can be read here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.database import Database, open_database
from archive.errors import Busy, IndexUnavailable, NotFound
from archive.model import Selection
from archive.settings import Settings
from syndicate.console import note

PATIENCE, SHORT_PATIENCE = 30.0, 0.7  # seconds that a command waits for the encoder, and a reader
LATER = 3.0  # seconds until it is loaded in the web: the first page does not share the processor with that
Stop = Callable[[], bool]

if TYPE_CHECKING:
    from archive.rules import Rules
    from archive.sandbox import Sandbox
    from archive.take import Taking
    from index.encoder import Encoder
    from index.engine import Index
    from index.stories import PairFollower
    from syndicate.push import Push

SMALL = 1_000  # articles, which are filed in an instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All that a command may need, for one data folder and its settings."""

    settings: Settings

    @property
    def index_folder(self) -> Path:
        """Where the index lies."""
        return self.settings.data / "index"

    @property
    def vectors_folder(self) -> Path:
        """Where the vectors of sentences lie."""
        return self.settings.data / "vectors"

    @contextmanager
    def archive(self, *, must_exist: bool = False) -> Iterator[Database]:
        """The archive, closed at the end; made when missing, unless it must exist."""
        if must_exist and not (self.settings.data / "archive.db").is_file():
            raise NotFound(f"{self.settings.data}: no archive there; give its folder with --data")
        database = self.open_archive()
        try:
            yield database
        finally:
            database.close()

    def open_archive(self) -> Database:
        """The archive, for a process that keeps it open."""
        return open_database(f"sqlite:///{(self.settings.data / 'archive.db').absolute()}")

    def rules(self, database: Database) -> Rules:
        """The rules of topics; a small archive is filed again when they have changed."""
        from archive import topics
        from archive.rules import compile_rules
        from archive.sources import families

        rules = compile_rules(self.settings.topics, families(database))
        with suppress(Busy):
            topics.fill(database, rules, datetime.now(UTC), most=SMALL)
        return rules

    def file(self, database: Database) -> None:
        """File the whole archive again when the rules of topics have changed, unless another process does."""
        from archive import topics

        rules = self.rules(database)
        if topics.are_filled(database, rules):
            return
        note("the rules of topics have changed; the archive is filed again")
        try:
            topics.fill(database, rules, datetime.now(UTC))
        except Busy:
            note("another process files it; lists will show this in a moment")

    def sandbox(self) -> Sandbox:
        """The killable child that parses."""
        from archive.sandbox import Sandbox

        return Sandbox()

    @contextmanager
    def taking(self, *, stated: str | None = None) -> Iterator[Taking]:
        """All that is needed to take articles in; ``stated`` is the source a person names for them."""
        with self.archive() as database, self.sandbox() as parsing:
            from archive.take import Taking

            rules = self.rules(database)
            yield Taking(database=database, parsing=parsing, rules=rules, config=self.settings, stated=stated)

    def index(self, *, encoder: Encoder | None = None, patience: float = PATIENCE) -> Index:
        """The index, to read from; a whole sentence waits so many seconds for its encoder to be loaded."""
        from index import open_index
        from index.meaning import Meaning

        if not self.has_vectors():
            return open_index(self.index_folder)
        meaning = Meaning(self.vectors_folder, encoder or self.encoder(), patience=patience)
        return open_index(self.index_folder, meaning=meaning)

    def encoder(self) -> Encoder:
        """What makes vectors of sentences, loaded when first needed."""
        from index.encoder import Encoder, load

        return Encoder(partial(load, self.settings.data))

    def has_vectors(self) -> bool:
        """Whether sentences are found by their meaning: it is not turned off, and the package is there."""
        from index.encoder import installed

        return self.settings.search.vectors and installed() is not None

    def fill(self, database: Database, encoder: Encoder | None = None, stop: Stop | None = None) -> int:
        """Let the vectors of sentences catch up with the index; how many changes are left."""
        from index.sentence_follow import behind, fill, reached

        if not self.has_vectors():
            return 0
        encoder = encoder or self.encoder()
        fill(database, self.vectors_folder, encoder, upto=reached(self.index_folder), stop=stop)
        left = behind(database, self.vectors_folder)
        if not left:
            encoder.release()  # loading it again for the next news costs a second; keeping it, 90 MB
        return left

    def vectors_status(self, database: Database) -> dict[str, str | int]:
        """How far the vectors of sentences are, for people."""
        from index.sentence_follow import behind

        if not self.has_vectors():
            return {"vectors": "off"}
        return {"vectors": "on", "vectors_behind": behind(database, self.vectors_folder)}

    def follow(self, database: Database) -> int:
        """Let the index catch up; how many changes it took. Raises Busy while another process is at it."""
        from index import follow

        return follow(database, self.index_folder)

    def follow_if_free(self, database: Database) -> None:
        """Let the index catch up, unless another process is at it; checksums are left to who runs longer."""
        from index import follow

        try:
            follow(database, self.index_folder, quick=True)
        except Busy:
            note("the index is followed by another process; it will show this in a moment")

    def pairs(self, database: Database) -> PairFollower:
        """What finds the pairs and stories of what is new."""
        from index.stories import Finding, PairFollower
        from index.translations import edition, meanings

        finding = Finding(translate=meanings, made_by=edition())
        return PairFollower(database, self.settings.data / "pairs", lambda: datetime.now(UTC), finding)

    def teach(self, database: Database) -> bool:
        """Learn words from the archive's own translations, where there are enough more of them."""
        from index.teach import teach

        return teach(database, self.index_folder, datetime.now(UTC))

    def push(self, database: Database, index: Index) -> Push:
        """What tells subscribers of news."""
        from syndicate.feeds import feeds_of
        from syndicate.news import News
        from syndicate.push import Push

        news = News(feeds_of(database, index, self.settings), self.settings.base_url)
        return Push(database, news, self.settings.fetch)

    def web(
        self, database: Database, index: Index, *, has_worker: bool = False, as_files: bool = False
    ) -> Any:
        """The web application on these parts."""
        from syndicate.web import make_app

        return make_app(
            database=database,
            index=index,
            settings=self.settings,
            has_worker=has_worker,
            as_files=as_files,
        )


def load_web(settings: Settings, *, has_worker: bool = False) -> Any:
    """The web application, its parts opened in the process that serves it."""
    parts = Parts(settings=settings)
    encoder = parts.encoder()
    index = parts.index(encoder=encoder, patience=SHORT_PATIENCE)
    warm(index)
    if parts.has_vectors() and parts.vectors_folder.exists():
        encoder.load_later(LATER)
    return parts.web(parts.open_archive(), index, has_worker=has_worker)


def warm(index: Index) -> None:
    """Open the index and load what cuts and spells Chinese now: the first reader does not wait for it."""
    from index import Search
    from index.names import begun

    begun("zhong", ["中关村"])
    with suppress(IndexUnavailable):
        index.search(Search(selection=Selection(query="国际交往中心 center"), n=1, facets=True))
