"""Indexing: documents per second of CPU, beside FTS5 and the prototype that are fed the same tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from archive.articles import every
from archive.database import Database
from bench.engines import ENGINES
from bench.measure import Clock, Figure, timed
from bench.store import Document, document
from index import open_index, rebuild

PEERS = ("fts5", "prototype")


def run(database: Database, folder: Path) -> Iterator[Figure]:
    """The whole index from the archive, and the same documents without reading it."""
    articles = list(every(database))
    document(articles[0], 1)  # dictionaries and tables are loaded once in the life of a process
    with timed() as rebuilding:
        count = rebuild(database, folder / "index")
    ours = open_index(folder / "alone", write=True)
    with timed() as alone:
        ours.apply(articles, [], 1)
    ours.close()
    with timed() as analysing:
        documents = [document(article, number) for number, article in enumerate(articles, 1)]
    for name in PEERS:
        engine = ENGINES[name](folder / name)
        if not engine.why_not():
            inserting = inserted(name, folder / name, documents)
            whole = f"{engine.name}, analysis + insertion"
            rate = count / (analysing.cpu + inserting.cpu)
            yield figure("rebuild from the archive", count / rebuilding.cpu, whole, rate)
            yield figure("articles in memory, all fields", count / alone.cpu, whole, rate)
            insertion = f"{engine.name}, insertion alone"
            yield figure("the same", count / alone.cpu, insertion, count / inserting.cpu)


def inserted(name: str, folder: Path, documents: Sequence[Document]) -> Clock:
    """The time in which a peer takes documents."""
    engine = ENGINES[name](folder)
    with timed() as clock:
        engine.add(documents)
        engine.finish()
    engine.close()
    return clock


def figure(what: str, value: float, peer: str, peer_value: float) -> Figure:
    """A rate beside a peer's."""
    return Figure(what=what, value=value, unit="docs/s CPU", peer=peer, peer_value=peer_value)
