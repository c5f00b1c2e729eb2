"""A commit of the index: written, merged with what it has enough of, sealed. A gate to Whoosh's writer."""

from __future__ import annotations

import ctypes
import shutil
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files
from whoosh.writing import LockError

from archive.errors import Busy, Damaged, IndexUnavailable
from index.array_writer import MOST_DOCUMENTS, ArrayWriter
from index.manifest import (
    VERSION,
    Manifest,
    doubts,
    faults,
    latest,
    remove_others,
    seal,
    sealed,
    sync_folder,
    write,
)
from index.schema import NAME, stored_schema
from index.vectors import Segment

# Segments are merged with others of their size: so many of one tier become one of the next, whose limit is as
# many times higher. So a commit stays cheap, a document is copied a few times in its life, and all is never
# merged at once, which would also take too much memory; the largest, by documents or by bytes, are left alone
# until a third of them is deleted. Of the smallest fewer will do: one commit in five merges these, and is to
# be hardly slower.
TIER, FEW, LARGE, LARGE_FILE = 6, 4, 10_000, 100_000_000
MOST_MERGED = 2 * LARGE_FILE
SMALLEST_TIER = 100


class Writer(ArrayWriter):
    """A writer whose commits survive a power cut and carry checksums and our checkpoint."""

    def __init__(self, folder: Path, before: Manifest, checkpoint: int, chain: str) -> None:
        self.folder = folder
        self._before = before
        self._checkpoint = checkpoint
        self._chain = chain
        super().__init__(str(folder))

    def prove(self, segment: Any) -> None:
        """Read a segment that is to be merged; Damaged when it is no longer what was written.

        What is copied gets a checksum of its own, so no later look would find it.
        """
        name = file_of(segment)
        alone = replace(self._before, files={name: self._before.files[name]})
        if found := faults(self.folder, alone, thorough=True):
            self._close_segment()  # after its commit has failed Whoosh would leave the new files open
            raise Damaged(found[0])

    def size_of(self, segment: Any) -> int:
        """How many bytes the file of a segment has."""
        return self._before.files[file_of(segment)][0]

    def _commit_toc(self, segments: list[Any]) -> None:
        files = [file_of(segment) for segment in segments]
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
    stored = [
        Stored(
            living=each.doc_count_all() - each.deleted_count(),
            dead=each.deleted_count(),
            size=writer.size_of(each),
        )
        for each in segments
    ]
    merged = []
    for place in to_merge(stored):
        segment = segments[place]
        if writer.docnum + stored[place].living <= MOST_DOCUMENTS:
            alive = np.ones(segment.doc_count_all(), np.bool_)
            alive[sorted(segment.deleted_docs())] = False
            writer.prove(segment)
            writer.take_over(Segment(writer.storage, segment), alive)
            merged.append(segment)
    return [segment for segment in segments if segment not in merged]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What decides whether a segment is merged: its documents, living and dead, and its bytes."""

    living: int
    dead: int
    size: int


def to_merge(stored: Sequence[Stored]) -> list[int]:
    """The places of the segments that are to become one: no more bytes than a merge has memory for."""
    tiers: defaultdict[int, list[int]] = defaultdict(list)
    for place, each in enumerate(stored):
        if each.living < LARGE and each.size < LARGE_FILE:
            tiers[tier(each.living)].append(place)
    wanted = [place for size, some in tiers.items() if len(some) >= (TIER if size else FEW) for place in some]
    wanted += [
        place for place, each in enumerate(stored) if place not in wanted and 2 * each.dead > each.living
    ]
    total = np.cumsum([stored[place].size for place in wanted]).tolist()
    return [
        place for place, size in zip(wanted, total, strict=True) if size <= MOST_MERGED or place == wanted[0]
    ]


def file_of(segment: Any) -> str:
    """The name of the file that a segment is."""
    name: str = segment.make_filename(segment.COMPOUND_EXT)
    return name


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


def give_back() -> None:
    """Return to the system what a commit took: glibc alone would keep a hundred megabytes for the next."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
