"""The index in Whoosh's files: opened, committed, merged. A gate to Whoosh's writer."""

from __future__ import annotations

import ctypes
import shutil
import threading
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files
from whoosh.writing import LockError

from archive.errors import Busy, Damaged, IndexUnavailable, ServiceError
from archive.model import Article
from index.answer import answer, authors
from index.answers import Answers
from index.array_writer import MOST_DOCUMENTS, ArrayWriter
from index.engine import OUTDATED, PARTLY, Results, Search
from index.manifest import (
    VERSION,
    Manifest,
    beside,
    doubts,
    faults,
    latest,
    remove_others,
    seal,
    sealed,
    sync_folder,
    write,
)
from index.schema import stored_schema
from index.spelling import corrected
from index.vectors import Segment, Snapshot

NAME = "MAIN"
# Segments are merged with others of their size: so many of one tier become one of the next, whose limit is as
# many times higher. So a commit stays cheap, a document is copied a few times in its life, and all is never
# merged at once, which would also take too much memory; the largest are left alone until a third of them is
# deleted.
TIER, LARGE = 6, 10_000
SMALLEST_TIER = 100
# A folder changed so recently may change again without its time of change moving.
SETTLED = 50_000_000
# The reader looks a few times, since the writer deletes the files of the generation before.
TRIES = 5


class WhooshIndex:
    """See index.engine.Index."""

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self.path = path
        self._write = write
        self._guard = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._answers: tuple[Snapshot | None, Answers] = (None, Answers())
        self._folder = path
        self._beside = beside(path)
        self._seen: tuple[str, int, int] | None = None
        if write:
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
        self.refresh()
        newest = {article.id: article for article in puts}
        gone = {*removes, *newest}
        snapshot = self._current()
        with wrapped(self.path, Damaged):
            replaced = sorted(documents(snapshot, gone))
        with writing(self.path, snapshot.manifest, checkpoint, chain) as writer:
            for number in replaced:
                writer.delete_document(number)
            writer.add(newest.values(), families or {}, names or {})
        self.refresh()
        give_back()

    def search(self, search: Search) -> Results:
        self.refresh()
        snapshot = self._current()
        with wrapped(self.path):
            results = self._answers_of(snapshot).to(search, lambda: answer(snapshot, search))
        if note := self.note:
            return replace(results, note=" ".join(filter(None, [results.note, note])))
        return results

    def _answers_of(self, snapshot: Snapshot) -> Answers:
        """The answers given from a snapshot."""
        of, answers = self._answers
        if of is not snapshot:
            answers = Answers()
            self._answers = (snapshot, answers)
        return answers

    def suggest(self, text: str) -> str | None:
        self.refresh()
        with wrapped(self.path):
            return corrected(self._current(), text)

    def authors(self, text: str) -> tuple[tuple[str, int], ...]:
        self.refresh()
        with wrapped(self.path):
            return authors(self._current(), text)

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


class Writer(ArrayWriter):
    """A writer whose commits survive a power cut and carry checksums and our checkpoint."""

    def __init__(self, folder: Path, before: Manifest, checkpoint: int, chain: str) -> None:
        self.folder = folder
        self._before = before
        self._checkpoint = checkpoint
        self._chain = chain
        super().__init__(str(folder))

    def _commit_toc(self, segments: list[Any]) -> None:
        files = [segment.make_filename(segment.COMPOUND_EXT) for segment in segments]
        manifest = Manifest(
            index=self._before.index,
            version=VERSION,
            generation=self.generation,
            checkpoint=self._checkpoint,
            chain=self._chain,
            documents=sum(segment.doc_count_all() - segment.deleted_count() for segment in segments),
            files=sealed(self.folder, files, self._before.files),
        )
        commit(self.folder, manifest, segments)
        clean_files(self.storage, NAME, self.generation, segments)


@contextmanager
def writing(folder: Path, before: Manifest, checkpoint: int, chain: str) -> Iterator[Writer]:
    """A writer whose work is committed at the end, or not at all."""
    writer = None
    try:
        writer = Writer(folder, before, checkpoint, chain)
        yield writer
        writer.commit(mergetype=merge)
    except BaseException as error:
        if writer and not writer.is_closed:
            with suppress(Exception):  # what it was cancelled for says more than what cancelling met
                writer.cancel()
        if isinstance(error, LockError):
            raise Busy(
                f"{folder}: another process writes this index; try again when it has finished"
            ) from error
        if isinstance(error, OSError):
            sentence = f"{folder}: cannot be written: {error.strerror}; the index is as it was before"
            raise IndexUnavailable(sentence) from error
        raise


def commit(folder: Path, manifest: Manifest, segments: Sequence[Any]) -> None:
    """Make a generation: manifest, then Whoosh's table of contents under its name, then the folder."""
    draft = folder / "toc.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    name = f"_{NAME}_{manifest.generation}.toc"
    TOC(stored_schema(), list(segments), manifest.generation).write(FileStorage(str(draft)), NAME)
    contents = {name: seal(draft / name)}
    full = replace(manifest, files={**manifest.files, **contents})
    write(folder, full)
    sync_folder(folder)
    (draft / name).replace(folder / name)
    sync_folder(folder)
    draft.rmdir()
    remove_others(folder, full)


def merge(writer: Writer, segments: list[Any]) -> list[Any]:
    """Copy segments into the new one where there are many of one size; the segments that stay."""
    live = {id(segment): segment.doc_count_all() - segment.deleted_count() for segment in segments}
    tiers: defaultdict[int, list[Any]] = defaultdict(list)
    for segment in segments:
        if live[id(segment)] < LARGE:
            tiers[tier(live[id(segment)])].append(segment)
    wanted = [segment for some in tiers.values() if len(some) >= TIER for segment in some]
    wanted += [s for s in segments if s not in wanted and 3 * s.deleted_count() > s.doc_count_all()]
    merged = []
    for segment in wanted:
        if writer.docnum + live[id(segment)] <= MOST_DOCUMENTS:
            alive = np.ones(segment.doc_count_all(), np.bool_)
            alive[sorted(segment.deleted_docs())] = False
            with wrapped(writer.folder, Damaged):
                writer.take_over(Segment(writer.storage, segment), alive)
            merged.append(segment)
    return [segment for segment in segments if segment not in merged]


def tier(documents: int) -> int:
    """Of which size a segment is: 0 for the smallest, one more for each limit that it reaches."""
    return bisect_right([SMALLEST_TIER * TIER**power for power in range(8)], documents)


def continued(folder: Path) -> None:
    """Make an empty index where there is none; Damaged when what is there cannot be written on."""
    manifest = latest(folder)
    if manifest is None:
        folder.mkdir(parents=True, exist_ok=True)
        empty = Manifest(
            index=uuid4().hex, version=VERSION, generation=0, checkpoint=0, chain="", documents=0, files={}
        )
        commit(folder, empty, [])
        return
    if manifest.version != VERSION:
        raise Damaged(f"{folder}: is an index of another version of this program; it will be built again")
    if found := doubts(folder, manifest):
        raise Damaged(f"{found[0]}; the index will be built again")


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
    for id in ids:
        for segment, base in zip(snapshot.segments, snapshot.bases, strict=False):
            numbers = (segment.postings("id", id)[0] + base).tolist()
            yield from (number for number in numbers if snapshot.alive[number])


def give_back() -> None:
    """Return to the system what a commit took: glibc alone would keep a hundred megabytes for the next."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


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
