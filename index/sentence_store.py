"""The vectors of sentences, searched: which articles say something like it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archive.errors import Damaged
from index.encoder import DIMENSIONS
from index.sentence_files import NAME, SCALE, WORDS, Manifest, Segment, newest_of, read, signs_of

CANDIDATES = 1000
BLOCK = 1 << 14  # sentences at a time, so that all of it stays in the cache of the processor
TRIES = 5

Near = Sequence[tuple[str, float]]
Vector = NDArray[np.float32]
Distances = NDArray[np.uint16]


class SentenceStore:
    """The newest vectors in a folder; any number of threads may ask."""

    def __init__(self, folder: Path) -> None:
        self._path = folder
        self._guard = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._snapshot = Snapshot(None, ())

    @property
    def manifest(self) -> Manifest | None:
        """What is there, None while nothing is."""
        self.refresh()
        return self._snapshot.manifest

    def nearest(self, vector: Vector, n: int, least: float) -> Near:
        """The articles with a sentence nearest to a vector, at least so near, nearest first."""
        self.refresh()
        return self._snapshot.nearest(vector, n, least)

    def refresh(self) -> None:
        """Open what was committed meanwhile; what cannot be read is as if it were not there."""
        mark = mark_of(self._path / NAME)
        if mark == self._seen or not self._guard.acquire(blocking=False):
            return
        try:
            self._snapshot = opened(self._path, self._snapshot)
            self._seen = mark
        finally:
            self._guard.release()


def mark_of(path: Path) -> tuple[int, int] | None:
    """What changes with every new manifest."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def opened(folder: Path, before: Snapshot) -> Snapshot:
    """The newest vectors, with the segments that are already open."""
    known = {segment.part: segment for segment in before.segments}
    for _ in range(TRIES):  # the writer deletes the files that it has merged
        try:
            manifest = read(folder)
            parts = manifest.parts if manifest else ()
            return Snapshot(manifest, [known.get(part) or Segment(folder, part) for part in parts])
        except Damaged:
            break
        except FileNotFoundError:
            continue
    return Snapshot(None, ())


class Snapshot:
    """Some segments as they are at one time."""

    def __init__(self, manifest: Manifest | None, segments: Sequence[Segment]) -> None:
        self.manifest = manifest
        self.segments = segments
        self._newest = newest_of(segments)
        self._firsts = np.cumsum([0, *(segment.part.sentences for segment in segments)])
        self._ends = np.cumsum(np.concatenate([np.zeros(0, np.int64), *(one.counts for one in segments)]))

    def nearest(self, vector: Vector, n: int, least: float) -> Near:
        """See SentenceStore.nearest: by sign bits first, then by the numbers themselves."""
        if not self._firsts[-1]:
            return ()
        rows = closest(self.distances(vector), CANDIDATES)
        similarities = self.codes(rows) @ vector / SCALE
        articles = np.searchsorted(self._ends, rows, side="right")
        order = np.argsort(-similarities, kind="stable")
        order = order[(similarities[order] >= least) & self._newest[articles[order]]]
        first = np.sort(np.unique(articles[order], return_index=True)[1])[:n]
        chosen = order[first]
        return [
            (self.id(article), similarity)
            for article, similarity in zip(
                articles[chosen].tolist(), similarities[chosen].round(4).tolist(), strict=True
            )
        ]

    def id(self, article: int) -> str:
        """The id of an article by its place in all segments."""
        for segment in self.segments:
            if article < segment.part.articles:
                return str(segment.ids[article].decode())
            article -= segment.part.articles
        raise IndexError(article)

    def distances(self, vector: Vector) -> Distances:
        """How many signs of each sentence differ."""
        (asked,) = signs_of(vector.reshape(1, DIMENSIONS))
        found = np.empty(self._firsts[-1], np.uint16)
        different, counted = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint8)
        for segment, first in zip(self.segments, self._firsts.tolist(), strict=False):
            size = segment.part.sentences
            for start in range(0, size, BLOCK):
                end = min(start + BLOCK, size)
                number, some = end - start, found[first + start : first + end]
                some[:] = 0
                for word in range(WORDS):
                    np.bitwise_xor(segment.signs[word, start:end], asked[word], out=different[:number])
                    np.bitwise_count(different[:number], out=counted[:number])
                    np.add(some, counted[:number], out=some)
        return found

    def codes(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """The vectors of some sentences, whose numbers rise."""
        ends = np.searchsorted(rows, self._firsts)
        found = [
            segment.some((rows[ends[place] : ends[place + 1]] - self._firsts[place]).tolist())
            for place, segment in enumerate(self.segments)
        ]
        return np.concatenate(found).astype(np.float32)


def closest(distances: Distances, number: int) -> NDArray[np.intp]:
    """The places of about so many of the least distances, rising."""
    upto = np.cumsum(np.bincount(distances, minlength=64 * WORDS + 1))
    limit = int(np.searchsorted(upto, min(number, len(distances))))
    found = np.flatnonzero(distances <= limit)
    if len(found) > 2 * number:
        found = np.sort(found[np.argsort(distances[found], kind="stable")[:number]])
    return found
