"""The index in Whoosh's files: opened, asked, and committed to. A gate to Whoosh's files."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from archive.errors import Damaged, IndexUnavailable, ServiceError
from archive.model import Article
from index.answer import answer
from index.answers import Answers
from index.counts import authors
from index.engine import OUTDATED, PARTLY, Results, Search, handed_over
from index.lexicon import Lexicon
from index.manifest import VERSION, Manifest, beside, faults, latest
from index.meaning import Meaning
from index.schema import NAME
from index.spelling import corrected
from index.terms import encoded
from index.translations import likely, standard_lexicon, taught_lexicon
from index.vectors import Segment, Snapshot
from index.whole import every, numbers

# A folder changed so recently may change again without its time of change moving.
SETTLED = 50_000_000
# The reader looks a few times, since the writer deletes the files of the generation before.
TRIES = 5
# So often, in seconds, what searches have read of the files is given back. They read around what they look
# for: a process that keeps it all looks as large as the index.
HOLDING = 1.0
# A search that has compared so many texts has read most of all texts around them: that is given back at once.
MANY_TEXTS = 1000
BATCH = 500


class WhooshIndex:
    """See index.engine.Index."""

    def __init__(
        self,
        path: Path,
        *,
        write: bool = False,
        lexicon: Lexicon | None = None,
        meaning: Meaning | None = None,
    ) -> None:
        self.path = path
        self._stated = lexicon
        self._taught: Lexicon | None = None
        self._meaning = meaning
        self._write = write
        self._guard = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._answers: tuple[object, Answers] = (None, Answers())
        self._folder = path
        self._beside = beside(path)
        self._seen: tuple[str, int, int] | None = None
        self._let_go = time.monotonic()
        if write:
            from index.commits import continued

            continued(path)
            self.refresh()

    @property
    def checkpoint(self) -> int:
        return self._current().manifest.checkpoint

    @property
    def note(self) -> str | None:
        self._current()
        if self._folder != self.path:
            return PARTLY
        return OUTDATED if mark_of(self._beside) else None

    @property
    def generation(self) -> tuple[str, int, str | None]:
        self.refresh()
        manifest = self._current().manifest
        return manifest.index, manifest.generation, self.note

    @property
    def state(self) -> object:
        return self.generation, self._meaning.state if self._meaning else None

    def apply(
        self,
        puts: Iterable[Article],
        removes: Iterable[str],
        checkpoint: int,
        *,
        chain: str = "",
        families: Mapping[str, str] | None = None,
        names: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        if not self._write:
            raise ServiceError(f"{self.path}: opened for reading only")
        from index.commits import give_back, writing  # a third of a second that readers do without

        self.refresh()
        newest = {article.id: article for article in puts}
        gone = {*removes, *newest}
        snapshot = self._current()
        with wrapped(self.path, Damaged):
            replaced = sorted(documents(snapshot, gone))
        snapshot.let_go()
        with writing(self.path, snapshot.manifest, checkpoint, chain) as writer:
            for number in replaced:
                writer.delete_document(number)
            writer.add(handed_over(newest), families or {}, names or {})
        self.refresh()
        give_back()

    def search(self, search: Search) -> Results:
        self.refresh()
        snapshot = self._current()
        with wrapped(self.path):
            nearest = self._meaning.nearest if self._meaning and search.meaning else None
            results = self._answers_of(snapshot).to(
                search, lambda: answer(snapshot, search, self._lexicon, nearest)
            )
        self._give_back(snapshot)
        if note := self.note:
            return replace(results, note=" ".join(filter(None, [results.note, note])))
        return results

    def numbers(self, search: Search, *, typed: bool = False) -> Sequence[int]:
        self.refresh()
        snapshot = self._current()
        with wrapped(self.path):
            return numbers(snapshot, search, self._lexicon, typed=typed)

    def every(self, search: Search) -> Iterator[str]:
        self.refresh()
        snapshot = self._current()
        with wrapped(self.path):
            listed = every(snapshot, search, self._lexicon)
        return named(snapshot, listed.tolist(), self.path)

    @property
    def _lexicon(self) -> Lexicon:
        """What words are in the other language."""
        return self._stated or self._taught or standard_lexicon()

    def _answers_of(self, snapshot: Snapshot) -> Answers:
        """The answers given from a snapshot."""
        of, answers = self._answers
        state = snapshot, self._meaning.state if self._meaning else None
        if of != state:
            answers = Answers()
            self._answers = (state, answers)
        return answers

    def _give_back(self, snapshot: Snapshot) -> None:
        """Give back what was read of the files, now and then, and at once when it was much."""
        if snapshot.texts_read > MANY_TEXTS or time.monotonic() > self._let_go + HOLDING:
            self._let_go = time.monotonic()
            snapshot.let_go()

    def suggest(self, text: str) -> str | None:
        self.refresh()
        snapshot = self._current()
        with wrapped(self.path):
            found = corrected(snapshot, text, self._lexicon)
        snapshot.let_go()  # hundreds of words were looked up all over the tables of terms
        return found

    def authors(self, text: str) -> tuple[tuple[str, int], ...]:
        self.refresh()
        with wrapped(self.path):
            return authors(self._current(), text)

    def meanings(self, word: str) -> Collection[str]:
        return likely(self._lexicon, word)

    def ids(self) -> tuple[str, ...]:
        self.refresh()
        snapshot = self._current()
        with wrapped(self.path):
            return tuple(sorted(snapshot.keys(snapshot.alive.nonzero()[0].tolist())))

    def versions(self) -> dict[str, int]:
        self.refresh()
        snapshot = self._current()
        with wrapped(self.path):
            documents = snapshot.alive.nonzero()[0].tolist()
            return dict(
                zip(snapshot.keys(documents), snapshot.numbers("seq")[documents].tolist(), strict=True)
            )

    def check(self) -> list[str]:
        try:
            manifest = latest(self.path)
        except Damaged as error:
            return [str(error)]
        if manifest is None:
            return [f"{self.path}: there is no index; build it with: python app.py index rebuild"]
        found = faults(self.path, manifest, thorough=True)
        if found or manifest.version != VERSION:
            return found
        try:
            number = len(self.ids())
        except IndexUnavailable as error:
            return [str(error)]
        wanted = manifest.documents
        return [] if number == wanted else [f"{self.path}: has {number:,} articles instead of {wanted:,}"]

    def refresh(self) -> bool:
        """One look at the folder when nothing has changed; else open the newest generation and swap."""
        if not self._guard.acquire(blocking=self._snapshot is None):
            return False  # another thread is opening it, and the one before answers so long
        try:
            return self._reopen()
        finally:
            self._guard.release()

    def _reopen(self) -> bool:
        for folder in (self.path, self._beside):
            mark = mark_of(folder)
            if mark is None:
                continue
            if mark == self._seen and self._snapshot is not None:
                return False
            try:
                snapshot = opened(folder, self._snapshot)
            except (Damaged, OSError):
                continue
            if snapshot is not None and (folder == self.path or snapshot.manifest.generation):
                settled = time.time_ns() - mark[2] > SETTLED
                self._seen, self._folder = mark if settled else None, folder
                before, self._snapshot = self._snapshot, snapshot
                self._taught = taught_lexicon(self.path.parent)
                return before is not snapshot
        return False

    def close(self) -> None:
        with self._guard:
            self._snapshot = self._seen = None
            self._answers = (None, Answers())

    def _current(self) -> Snapshot:
        if self._snapshot is None:
            self.refresh()
        if self._snapshot is None:
            raise IndexUnavailable(
                f"{self.path}: there is no index yet; it is built by: python app.py index follow"
            )
        return self._snapshot


def mark_of(folder: Path) -> tuple[str, int, int] | None:
    """What changes with every change of a folder."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return str(folder), status.st_ino, status.st_mtime_ns


def opened(folder: Path, before: Snapshot | None) -> Snapshot | None:
    """The newest generation in a folder, with the segments that are already open."""
    for attempt in range(TRIES):
        manifest = latest(folder)
        if manifest is None or manifest.version != VERSION:
            return None
        if before is not None and before.manifest == manifest:
            return before
        try:
            return snapshot_of(folder, manifest, before)
        except FileNotFoundError:
            if attempt == TRIES - 1:
                raise
    return None


def snapshot_of(folder: Path, manifest: Manifest, before: Snapshot | None) -> Snapshot:
    """A generation, opened."""
    missing = [name for name in manifest.files if not (folder / name).exists()]
    if missing:
        raise FileNotFoundError(missing[0])
    contents = {name: seal for name, seal in manifest.files.items() if name.endswith(".toc")}
    found = faults(folder, manifest, thorough=False)
    found = found or faults(folder, replace(manifest, files=contents), thorough=True)
    if found:
        raise Damaged(found[0])
    storage = FileStorage(str(folder))
    with wrapped(folder, Damaged):
        table = TOC.read(storage, NAME, gen=manifest.generation)
        known = (
            {s.name: s for s in before.segments} if before and before.manifest.index == manifest.index else {}
        )
        segments = [
            known.get(segment.segment_id()) or Segment(storage, segment) for segment in table.segments
        ]
        return Snapshot(manifest, segments, [sorted(segment.deleted_docs()) for segment in table.segments])


def documents(snapshot: Snapshot, ids: Iterable[str]) -> Iterator[int]:
    """The numbers of the documents of articles."""
    keys = list(map(encoded, ids))
    for segment, base in zip(snapshot.segments, snapshot.bases, strict=False):
        for term in segment.terms.find_all("id", keys):
            numbers = (segment.terms.postings(term)[0] + base).tolist()
            yield from (number for number in numbers if snapshot.alive[number])


def named(snapshot: Snapshot, documents: Sequence[int], folder: Path) -> Iterator[str]:
    """The ids of documents, some at a time: nobody may want them all."""
    for start in range(0, len(documents), BATCH):
        with wrapped(folder):
            ids = snapshot.keys(documents[start : start + BATCH])
        yield from ids


@contextmanager
def wrapped(folder: Path, kind: type[ServiceError] = IndexUnavailable) -> Iterator[None]:
    """Whatever Whoosh raises on damaged files, as ours; our own errors pass."""
    try:
        yield
    except (ServiceError, FileNotFoundError):
        raise
    except Exception as error:
        raise kind(
            f"{folder}: cannot be read ({error}); build it again with: python app.py index rebuild"
        ) from error
