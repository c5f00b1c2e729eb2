"""The vectors of sentences as files: segments that are only added to, and a manifest that says which count.

A segment holds the vectors of some articles, one after the other: sign bits, by which likely ones are found
in one pass over all, and each number as a byte, by which these are compared. In a later segment an article
takes the place of the same one in an earlier; one without sentences there is gone. The manifest takes its
name when all it names is safely on disk, and carries the checkpoint, which thus moves in the same commit.
"""

from __future__ import annotations

import json
import mmap
import os
import weakref
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.errors import Damaged
from archive.model import sha256
from index.encoder import DIMENSIONS, Vectors
from index.manifest import PROVEN, checksum, identity, sync_folder

VERSION = 1
NAME = "manifest.json"
WORDS = 6  # of sign bits, 64 in each: three quarters of them find as well, in so much less memory
SCALE = 500  # no number of a vector exceeds a quarter, so that this makes a byte of it
LONGEST_ID = 64
LARGEST = 1 << 16  # sentences in a segment that is still merged with the one before
COPIED = 1 << 14  # sentences copied at a time

Signs = NDArray[np.uint64]
Codes = NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A segment: its file, its size, and the checksum of the file."""

    name: str
    articles: int
    sentences: int
    crc: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What counts: the segments, oldest first, the encoder they are of, and how far the log is followed."""

    model: str
    checkpoint: int = 0
    chain: str = ""
    number: int = 0
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The vectors of some articles: ``counts`` of them each; ``digests`` tell their sentences apart."""

    ids: NDArray[np.bytes_]
    digests: NDArray[np.uint64]
    counts: NDArray[np.int64]
    codes: Codes


def read(folder: Path) -> Manifest | None:
    """The manifest; None when there is none, Damaged when it cannot be read."""
    path = folder / NAME
    try:
        values = json.loads(path.read_bytes())
        content = values["content"]
        if values["version"] != VERSION or values["crc"] != seal_of(content):
            raise ValueError("its content has changed")
        return Manifest(**{**content, "parts": tuple(Part(**each) for each in content["parts"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Damaged(f"{path}: cannot be read; the sentence vectors will be made again") from error


def write(folder: Path, manifest: Manifest) -> None:
    """Make a manifest the one that counts, and remove the files that it does not name."""
    content = asdict(manifest)
    draft = folder / "manifest.new"
    with draft.open("wb") as file:
        file.write(json.dumps({"version": VERSION, "content": content, "crc": seal_of(content)}).encode())
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder)
    draft.replace(folder / NAME)
    sync_folder(folder)
    kept = {part.name for part in manifest.parts}
    for path in folder.glob("*.vectors"):
        if path.name not in kept:
            path.unlink(missing_ok=True)


def seal_of(content: object) -> int:
    """A checksum of what a manifest says."""
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())


def faults(folder: Path, manifest: Manifest) -> list[str]:
    """What is wrong with the files; each is read once in a process, unless somebody writes it."""
    found = []
    for part in manifest.parts:
        path = folder / part.name
        if identity(path) in PROVEN:
            continue
        try:
            if path.stat().st_size != size_of(part) or checksum(path) != part.crc:
                found.append(f"{path}: its content has changed; the sentence vectors will be made again")
        except OSError as error:
            found.append(f"{path}: {error.strerror}")
    if not found:
        PROVEN.update(identity(folder / part.name) for part in manifest.parts)
    return found


def size_of(part: Part) -> int:
    """How many bytes a segment has."""
    return (8 * WORDS + DIMENSIONS) * part.sentences + (24 + LONGEST_ID) * part.articles


def signs_of(vectors: Vectors | Codes) -> Signs:
    """The signs of the first numbers of vectors as bits, a row each."""
    bits = np.packbits(vectors[:, : 64 * WORDS] > 0, axis=1)
    return np.ascontiguousarray(bits).view(np.uint64)


def codes_of(vectors: Vectors) -> Codes:
    """Vectors with each number as a byte."""
    return np.clip(np.rint(vectors * SCALE), -127, 127).astype(np.int8)


def key_of(id: str) -> int:
    """An id as a number, by which many are compared quickly."""
    return int(sha256(id.encode())[:16], 16)


class Segment:
    """A segment opened: what is small is read, sign bits are mapped, and the rest is read where needed."""

    def __init__(self, folder: Path, part: Part) -> None:
        self.part = part
        self._file = os.open(folder / part.name, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)  # whoever still searches it keeps it open
        if os.fstat(self._file).st_size != size_of(part):
            raise Damaged(f"{folder / part.name}: has not the size it was written with")
        self._map = mmap.mmap(self._file, 0, access=mmap.ACCESS_READ) if size_of(part) else b""
        self.signs: Signs = self._array(0, "u8", WORDS * part.sentences).reshape(WORDS, part.sentences)
        place = 8 * WORDS * part.sentences
        self.keys: NDArray[np.uint64] = self._array(place, "u8", part.articles).copy()
        self.digests: NDArray[np.uint64] = self._array(place + 8 * part.articles, "u8", part.articles)
        self.counts: NDArray[np.int64] = self._array(place + 16 * part.articles, "i8", part.articles).copy()
        self.ids: NDArray[np.bytes_] = self._array(
            place + 24 * part.articles, f"S{LONGEST_ID}", part.articles
        )
        self._codes = place + (24 + LONGEST_ID) * part.articles

    def _array(self, place: int, kind: str, number: int) -> NDArray[Any]:
        """A part of the file as numbers."""
        return np.frombuffer(self._map, kind, number, place)

    def codes(self, first: int, last: int) -> Codes:
        """The vectors of some sentences in a row; read and not mapped, so that they take no memory."""
        place, size = self._codes + DIMENSIONS * first, DIMENSIONS * (last - first)
        return np.frombuffer(os.pread(self._file, size, place), np.int8).reshape(-1, DIMENSIONS)

    def some(self, sentences: Iterable[int]) -> Codes:
        """The vectors of sentences here and there."""
        file, first = self._file, self._codes
        content = b"".join([os.pread(file, DIMENSIONS, first + DIMENSIONS * each) for each in sentences])
        return np.frombuffer(content, np.int8).reshape(-1, DIMENSIONS)


def store(folder: Path, name: str, batches: Sequence[Batch]) -> Part:
    """Write a segment of some batches and bring it safely to disk."""
    codes = [batch.codes for batch in batches]
    ids = np.concatenate([batch.ids for batch in batches])
    keys = np.array([key_of(id.decode()) for id in ids.tolist()], np.uint64)
    digests = np.concatenate([batch.digests for batch in batches])
    counts = np.concatenate([batch.counts for batch in batches])
    path = folder / name
    with path.open("wb") as file:
        signs = [signs_of(each) for each in codes]
        for word in range(WORDS):
            for each in signs:
                file.write(np.ascontiguousarray(each[:, word]).data)
        for column in (keys, digests, counts, ids.astype(f"S{LONGEST_ID}")):
            file.write(column.tobytes())
        for some in codes:
            file.write(np.ascontiguousarray(some).tobytes())
        file.flush()
        os.fsync(file.fileno())
    sentences = sum(map(len, codes))
    return Part(name=name, articles=len(ids), sentences=sentences, crc=checksum(path))


def commit(folder: Path, manifest: Manifest, batch: Batch, checkpoint: int, chain: str) -> Manifest:
    """Add vectors, merge segments where that pays, and move the checkpoint, all at once."""
    after = replace(manifest, checkpoint=checkpoint, chain=chain, number=manifest.number + 1)
    if len(batch.ids):
        added = store(folder, f"{after.number}.vectors", [batch])
        after = merged(folder, replace(after, parts=(*after.parts, added)))
    write(folder, after)
    return after


def merged(folder: Path, manifest: Manifest) -> Manifest:
    """The newest segments as one while the one before is not much larger: few are left, copied rarely."""
    parts = list(manifest.parts)
    first = len(parts) - 1
    sentences = parts[first].sentences
    while first > 0 and parts[first - 1].sentences <= 2 * sentences <= LARGEST:
        first -= 1
        sentences += parts[first].sentences
    if first == len(parts) - 1:
        return manifest
    segments = [Segment(folder, part) for part in parts[first:]]
    name = f"{manifest.number}-{first}.vectors"
    kept = store(folder, name, list(living(segments, is_oldest=first == 0)))
    return replace(manifest, parts=(*parts[:first], kept))


def living(segments: Sequence[Segment], *, is_oldest: bool) -> list[Batch]:
    """What still counts of some segments; that an article is gone is forgotten where nothing is older."""
    newest = newest_of(segments)
    batches, place = [], 0
    for segment in segments:
        alive = newest[place : place + segment.part.articles]
        place += segment.part.articles
        if is_oldest:
            alive = alive & (segment.counts > 0)
        rows = np.repeat(alive, segment.counts)
        codes = [
            segment.codes(at, min(at + COPIED, len(rows)))[rows[at : at + COPIED]]
            for at in range(0, len(rows), COPIED)
        ]
        batches.append(
            Batch(
                ids=segment.ids[alive],
                digests=segment.digests[alive],
                counts=segment.counts[alive],
                codes=np.concatenate(codes) if codes else np.zeros((0, DIMENSIONS), np.int8),
            )
        )
    return batches


def newest_of(segments: Sequence[Segment]) -> NDArray[np.bool_]:
    """Which articles of all segments, one after the other, are not in a later one again."""
    keys = np.concatenate([segment.keys for segment in segments]) if segments else np.zeros(0, np.uint64)
    newest = np.zeros(len(keys), np.bool_)
    newest[len(keys) - 1 - np.unique(keys[::-1], return_index=True)[1]] = True
    return newest
