"""The index follows the archive: what the change log names is put into it or taken out, in commit order."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from archive import articles, changes
from archive.database import Database
from archive.errors import Damaged
from archive.model import Article, Change
from archive.rows import PUBLIC
from archive.sources import families, names
from index.engine import Index, handed_over, open_index
from index.manifest import VERSION, Manifest, beside, doubts, faults, latest, sync_folder

STEP = 500
# A commit takes at most so many articles and characters: a segment as large as any, so that an index that is
# built from the start is written once and never merged (index.commits.LARGE).
MOST_ARTICLES = 10_000
MOST_CHARACTERS = 9_000_000

Stop = Callable[[], bool]
Progress = Callable[[int, int], None]


def follow(
    database: Database,
    folder: Path,
    *,
    quick: bool = False,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> int:
    """Let the index catch up with the archive; how many changes it took. Busy while another process does.

    An index that is missing, damaged, of another version or of another archive is built again beside, while
    what is there goes on answering. Every file is read once in a process to see that it is what was written;
    ``quick`` leaves that to others where there is nothing to do. ``stop`` is asked between steps;
    ``progress`` is told how far the log is done.
    """
    with database.locked("index"):
        if not belongs(database, folder):
            return built(database, folder, stop, progress)
        if is_current(database, folder, quick=quick):
            clear(folder)
            return 0
        try:
            index = open_index(folder, write=True)
            clear(folder)
            return caught_up(database, index, stop, progress)
        except Damaged:
            return built(database, folder, stop, progress)


def warm() -> None:
    """Load what cuts articles now, so that the first news does not wait a second for it."""
    from index.batch import Vocabulary, cut_together

    cut_together([("新闻", "news")], Vocabulary(), 0)


def rebuild(
    database: Database, folder: Path, *, stop: Stop | None = None, progress: Progress | None = None
) -> int:
    """Build the index again from the archive, from the start; how many articles are in it."""
    with database.locked("index"):
        shutil.rmtree(beside(folder), ignore_errors=True)
        built(database, folder, stop, progress)
    manifest = latest(folder)
    return manifest.documents if manifest else 0


def status(database: Database, folder: Path) -> dict[str, str | int]:
    """The index against the archive, for people and monitors."""
    newest = changes.last(database)
    try:
        manifest = latest(folder)
        state = "missing" if manifest is None else state_of(database, folder, manifest, newest)
    except Damaged:
        manifest, state = None, "damaged"
    if manifest is None:
        manifest = Manifest(index="", version=0, generation=0, checkpoint=0, chain="", documents=0, files={})
    return {
        "state": state,
        "documents": manifest.documents,
        "checkpoint": manifest.checkpoint,
        "behind": max(0, newest - manifest.checkpoint),
        "generation": manifest.generation,
        "id": manifest.index,
        "bytes": sum(size for size, _ in manifest.files.values()),
    }


def state_of(database: Database, folder: Path, manifest: Manifest, newest: int) -> str:
    """One word for how an index stands."""
    if manifest.version != VERSION:
        return "of another version"
    if faults(folder, manifest, thorough=False):
        return "damaged"
    if not belongs(database, folder):
        return "of another archive"
    return "current" if manifest.checkpoint == newest else "behind"


def differences(database: Database, folder: Path) -> Iterator[str]:
    """A sentence for everything in which the index differs from the archive as of its checkpoint.

    An index that is missing, or that follows later, is no fault: it is made from the archive at any time.
    """
    try:
        manifest = latest(folder)
    except Damaged as error:
        yield str(error)
        return
    if manifest is None or manifest.version != VERSION:
        return
    if not belongs(database, folder):
        yield f"{folder}: follows another archive; build it again with: python app.py index rebuild"
        return
    index = open_index(folder)
    try:
        found = index.check()
        yield from found
        if not found:
            yield from compared(database, index)
    finally:
        index.close()


def compared(database: Database, index: Index) -> Iterator[str]:
    """Every article that is in one and not in the other, or in an older version."""
    indexed = index.versions()
    rows = database.read(
        "SELECT a.id, a.seq FROM article a JOIN source s ON s.id = a.source"
        f" WHERE a.seq <= :seq AND {PUBLIC}",
        seq=index.checkpoint,
    )
    public = {row["id"]: row["seq"] for row in rows}
    later = {
        row["id"] for row in database.read("SELECT id FROM article WHERE seq > :seq", seq=index.checkpoint)
    }
    for id, seq in public.items():
        if id not in indexed:
            yield f"{id}: is public but not in the index"
        elif indexed[id] != seq:
            yield f"{id}: is in the index as of change {indexed[id]} instead of {seq}"
    for id in indexed.keys() - public.keys() - later:
        yield f"{id}: is in the index but not public"


def belongs(database: Database, folder: Path) -> bool:
    """There is an index, and its checkpoint is a line of this archive's log: after a restore, maybe not."""
    try:
        manifest = latest(folder)
    except Damaged:
        return False
    if manifest is None or manifest.version != VERSION:
        return False
    if manifest.checkpoint == 0:
        return True
    lines = changes.after(database, manifest.checkpoint - 1, 1)
    return bool(lines) and (lines[0].seq, lines[0].chain) == (manifest.checkpoint, manifest.chain)


def is_current(database: Database, folder: Path, *, quick: bool) -> bool:
    """Nothing is to be done, at the price of a few looks and, unless quick, of reading each file once."""
    manifest = latest(folder)
    if manifest is None or manifest.checkpoint != changes.last(database):
        return False
    return not (faults(folder, manifest, thorough=False) if quick else doubts(folder, manifest))


def built(database: Database, folder: Path, stop: Stop | None, progress: Progress | None) -> int:
    """Build the index beside, or go on with a build that was interrupted, and put it in its place."""
    place = beside(folder)
    if place.exists() and not belongs(database, place):
        shutil.rmtree(place)
    try:
        index = open_index(place, write=True)
    except Damaged:
        shutil.rmtree(place)
        index = open_index(place, write=True)
    taken = caught_up(database, index, stop, progress)
    if not (stop and stop()):
        swap(folder, place)
    return taken


def clear(folder: Path) -> None:
    """Remove what a rebuild left that was killed before or after the index changed places."""
    for left in (beside(folder), before(folder)):
        if left.exists():
            shutil.rmtree(left)


def before(folder: Path) -> Path:
    """Where an index is put that another takes the place of."""
    return folder.with_name(folder.name + ".old")


def swap(folder: Path, place: Path) -> None:
    """Put a built index where the old one was; after a crash in between, it answers and is swapped later."""
    old = before(folder)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    place.rename(folder)
    sync_folder(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def caught_up(database: Database, index: Index, stop: Stop | None, progress: Progress | None) -> int:
    """Take the log from the checkpoint on, commit by commit; how many changes were taken."""
    taken, start = 0, index.checkpoint
    try:
        for batch, puts, removes in batches(database, start, stop):
            index.apply(
                handed_over(puts),
                removes,
                batch.seq,
                chain=batch.chain,
                families=families(database),
                names=names(database),
            )
            taken = batch.seq - start
            if progress:
                progress(batch.seq, changes.last(database))
    finally:
        index.close()
    return taken


def batches(
    database: Database, seq: int, stop: Stop | None
) -> Iterator[tuple[Change, dict[str, Article], list[str]]]:
    """What each commit puts and removes, with the last change that it covers."""
    puts: dict[str, Article] = {}
    removes: set[str] = set()
    characters, last = 0, None
    while True:
        step = () if stop and stop() else changes.after(database, seq, STEP)
        if step:
            last, seq = step[-1], step[-1].seq
            for article in articles.articles(database, dict.fromkeys(change.id for change in step)):
                if article.seq > seq:
                    continue  # it changes again later in the log, and is taken then
                if articles.is_public(article):
                    puts[article.id] = replace(article, html="")  # half of what it takes, and not searched
                    removes.discard(article.id)
                    characters += len(article.text) + len(article.title)
                else:
                    puts.pop(article.id, None)
                    removes.add(article.id)
        full = len(puts) + len(removes) >= MOST_ARTICLES or characters >= MOST_CHARACTERS
        if last and (full or not step):
            yield last, puts, sorted(removes)
            puts, removes, characters, last = {}, set(), 0, None
        if not step:
            return
