"""The vectors of sentences follow the archive, behind the index, commit by commit."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from archive import articles, changes
from archive.database import Database
from archive.errors import Damaged
from archive.model import Article, sha256
from index import manifest as whole
from index import sentence_files as files
from index.encoder import DIMENSIONS, Encoder
from index.sentence_files import Batch, Manifest, Segment
from index.sentences import sentences_of

STEP = 200  # changes in a commit: a few seconds of work, which is all that a kill loses

Stop = Callable[[], bool]
Progress = Callable[[int, int], None]


def fill(
    database: Database,
    folder: Path,
    encoder: Encoder,
    *,
    upto: int | None = None,
    stop: Stop | None = None,
    progress: Progress | None = None,
    at_once: int = STEP,
) -> int:
    """Let the vectors catch up with the log, or with a number of it; how many changes were taken.

    What is missing, damaged, of another encoder or of another archive is made again. An article is encoded
    when its sentences are others than before. ``encoder`` is asked for when there is something to encode;
    ``stop`` is asked between commits. Raises Busy while another process does this.
    """
    with database.locked("vectors"):
        manifest = begun(database, folder, encoder.model or "")
        known: dict[bytes, int] | None = None
        start = manifest.checkpoint
        while not (stop and stop()):
            step = changes.after(database, manifest.checkpoint, at_once)
            step = step if upto is None else tuple(change for change in step if change.seq <= upto)
            if not step:
                break
            if known is None:
                known = digests(folder, manifest)
            last = step[-1]
            some = articles.articles(database, dict.fromkeys(change.id for change in step))
            batch = encoded([one for one in some if one.seq <= last.seq], known, encoder)
            manifest = files.commit(folder, manifest, batch, last.seq, last.chain)
            known.update(zip(batch.ids.tolist(), batch.digests.tolist(), strict=True))
            if progress:
                progress(last.seq, changes.last(database))
    return manifest.checkpoint - start


def behind(database: Database, folder: Path) -> int:
    """How many changes the vectors have not taken in yet."""
    manifest = None
    with suppress(Damaged):
        manifest = files.read(folder)
    return max(0, changes.last(database) - (manifest.checkpoint if manifest else 0))


def reached(folder: Path) -> int:
    """How far the index has followed, which the vectors stay behind."""
    manifest = None
    with suppress(Damaged):
        manifest = whole.latest(folder)
    return manifest.checkpoint if manifest else 0


def begun(database: Database, folder: Path, model: str) -> Manifest:
    """What is to be gone on with: what is there when it is whole and of this archive, else nothing yet."""
    manifest = None
    with suppress(Damaged):
        manifest = files.read(folder)
    is_ours = manifest is not None and manifest.model == model and belongs(database, manifest)
    if manifest and is_ours and not files.faults(folder, manifest):
        return manifest
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return Manifest(model=model)


def belongs(database: Database, manifest: Manifest) -> bool:
    """The checkpoint is a line of this archive's log: after a restore, maybe not."""
    if manifest.checkpoint == 0:
        return True
    lines = changes.after(database, manifest.checkpoint - 1, 1)
    return bool(lines) and (lines[0].seq, lines[0].chain) == (manifest.checkpoint, manifest.chain)


def digests(folder: Path, manifest: Manifest) -> dict[bytes, int]:
    """What tells the sentences of each article that is there."""
    known: dict[bytes, int] = {}
    for part in manifest.parts:
        segment = Segment(folder, part)
        known.update(zip(segment.ids.tolist(), segment.digests.tolist(), strict=True))
    return known


def encoded(some: Iterable[Article], known: dict[bytes, int], encoder: Encoder) -> Batch:
    """The vectors of articles whose sentences are new; one that is not public has none."""
    ids, marks, texts = [], [], []
    for article in some:
        sentences = sentences_of(article) if articles.is_public(article) else ()
        id, mark = article.id.encode(), digest(sentences)
        if known.get(id, digest(())) != mark:
            ids.append(id)
            marks.append(mark)
            texts.append(sentences)
    return batch_of(ids, marks, texts, encoder)


def batch_of(
    ids: Sequence[bytes],
    marks: Sequence[int],
    texts: Sequence[Sequence[str]],
    encoder: Encoder,
) -> Batch:
    """The sentences of some articles as vectors."""
    every = [text for each in texts for text in each]
    codes = files.codes_of(encoder.loaded()(every)) if every else np.zeros((0, DIMENSIONS), np.int8)
    return Batch(
        ids=np.array(ids, f"S{files.LONGEST_ID}"),
        digests=np.array(marks, np.uint64),
        counts=np.array([len(each) for each in texts], np.int64),
        codes=codes,
    )


def digest(sentences: Sequence[str]) -> int:
    """What tells sentences from others."""
    return int(sha256("\n".join(sentences).encode())[:16], 16)
