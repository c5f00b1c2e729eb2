"""The archive's own translations teach the lexicon: again when there are more of them, in versions."""

from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

from archive import lexicon
from archive.database import Database
from index.learning import learned
from index.lexicon import write_lexicon
from index.paragraphs import aligned
from index.translations import edition, entries, written
from index.translations import learned as read_learned

FEWEST = 50  # pairs of articles; fewer teach more that is wrong than right
GROWTH = 1.2
MOST_TEXTS = 2000
SAID = "Learned from pairs of this archive:"


def teach(database: Database, folder: Path, now: datetime) -> bool:
    """Learn from the pairs when there are enough more; True when the index has new words for them.

    What was learned is kept in the archive; the file beside the index is made of it, and made again when it
    is missing or the lexicon that ships has changed.
    """
    number, known = lexicon.pairs(database), lexicon.newest(database)
    before = taught_by(known.text) if known else 0
    if number >= max(FEWEST, GROWTH * before):
        pairs = [pair for one, other in first(database) for pair in aligned(one, other)]
        text = gzip.compress(written(learned(pairs), f"{SAID} {number}").encode(), 9, mtime=0)
        known = lexicon.Learned(version=lexicon.add(database, text, now), text=text)
    if known is None or file_of(folder, known.version).is_file():
        return False
    several = [*entries(), *read_learned(gzip.decompress(known.text).decode())]
    write_lexicon(several, file_of(folder, known.version))
    for other in folder.parent.glob("lexicon-*.bin"):
        if other != file_of(folder, known.version):
            other.unlink(missing_ok=True)
    return True


def first(database: Database) -> list[tuple[str, str]]:
    """The texts that are learned from; of very many a part."""
    found = []
    for each in lexicon.texts(database):
        found.append(each)
        if len(found) == MOST_TEXTS:
            break
    return found


def taught_by(text: bytes) -> int:
    """How many pairs a version was learned from."""
    line = gzip.decompress(text).decode().partition("\n")[0]
    return int(line.rpartition(" ")[2])


def file_of(folder: Path, version: int) -> Path:
    """Where the file of a version is, for an index in a folder."""
    return folder.parent / f"lexicon-{edition()}-{version}.bin"
