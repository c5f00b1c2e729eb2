"""Indexing: documents per second of CPU, beside SQLite FTS5 fed the same tokens."""

from __future__ import annotations

from pathlib import Path

from archive.articles import every
from archive.database import Database
from bench.fts5 import PEER, Fts5, tokens
from bench.measure import Figure, timed
from index import open_index, rebuild


def run(database: Database, folder: Path) -> list[Figure]:
    """The whole index from the archive, and the same documents without reading it."""
    articles = list(every(database))
    tokens(articles[0])  # dictionaries and tables are loaded once in the life of a process
    with timed() as rebuilding:
        count = rebuild(database, folder / "index")
    ours = open_index(folder / "alone", write=True)
    with timed() as alone:
        ours.apply(articles, [], 1)
    ours.close()
    theirs = Fts5(folder / "fts5.db")
    with timed() as analysing:
        documents = [tokens(article) for article in articles]
    with timed() as inserting:
        theirs.add(documents)
    theirs.close()
    rate = count / (analysing.cpu + inserting.cpu)
    return [
        Figure(
            what="rebuild from the archive",
            value=count / rebuilding.cpu,
            unit="docs/s CPU",
            peer=f"{PEER}, analysis + insertion",
            peer_value=rate,
        ),
        Figure(
            what="articles in memory, all fields, one commit",
            value=count / alone.cpu,
            unit="docs/s CPU",
            peer=f"{PEER}, analysis + insertion",
            peer_value=rate,
        ),
        Figure(
            what="the same, beside insertion alone",
            value=count / alone.cpu,
            unit="docs/s CPU",
            peer=f"{PEER}, insertion alone",
            peer_value=count / inserting.cpu,
        ),
    ]
