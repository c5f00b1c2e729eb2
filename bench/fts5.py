"""SQLite FTS5 as the peer: fed the tokens that our index is fed, asked what it is asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.model import Article
from index.analysis import analyse

PEER = f"SQLite FTS5 {sqlite3.sqlite_version}"
TABLES = """
PRAGMA journal_mode = WAL;
CREATE VIRTUAL TABLE IF NOT EXISTS docs
    USING fts5(body, title, words, content='', tokenize='unicode61 remove_diacritics 0');
CREATE TABLE IF NOT EXISTS meta (id INTEGER PRIMARY KEY, language TEXT, day TEXT);
CREATE INDEX IF NOT EXISTS meta_language ON meta (language);
CREATE INDEX IF NOT EXISTS meta_day ON meta (day);
CREATE TABLE IF NOT EXISTS topic (id INTEGER, topic TEXT, PRIMARY KEY (topic, id)) WITHOUT ROWID;
"""
ORDERS = {"rank": "rank", "day": "meta.day DESC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """An article as FTS5 takes it: terms of all, of the title, words, and what filters look at."""

    body: str
    title: str
    words: str
    language: str
    topics: tuple[str, ...]
    day: str


def tokens(article: Article) -> Tokens:
    """Our own analysis, joined by spaces."""
    analysed = analyse(article.title, article.searched)
    return Tokens(
        body=" ".join(analysed.body),
        title=" ".join(analysed.title),
        words=" ".join(analysed.words),
        language=article.language,
        topics=article.topics,
        day=article.day.isoformat() if article.day else "",
    )


class Fts5:
    """A contentless table with positions, and a plain one for the filters, committed as ours is."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path)
        self.connection.executescript(TABLES)

    def add(self, documents: Iterable[Tokens]) -> None:
        """Index documents in one commit."""
        with self.connection as transaction:
            for id, each in enumerate(documents, 1):
                transaction.execute(
                    "INSERT INTO docs (rowid, body, title, words) VALUES (?, ?, ?, ?)",
                    (id, each.body, each.title, each.words),
                )
                transaction.execute("INSERT INTO meta VALUES (?, ?, ?)", (id, each.language, each.day))
                transaction.executemany(
                    "INSERT INTO topic VALUES (?, ?)", [(id, topic) for topic in each.topics]
                )

    def search(self, pieces: Sequence[str], *, where: str = "", order: str = "rank", **values: str) -> int:
        """How many documents have all pieces, and the first ten of them read."""
        tables = "docs JOIN meta ON meta.id = docs.rowid" if "meta." in where + ORDERS[order] else "docs"
        found = f"FROM {tables} WHERE docs MATCH :match {where}"
        asked = {"match": "body : (" + " AND ".join(f'"{piece}"' for piece in pieces) + ")", **values}
        (total,) = self.connection.execute(f"SELECT count(*) {found}", asked).fetchone()
        first = f"SELECT docs.rowid {found} ORDER BY {ORDERS[order]} LIMIT 10"
        self.connection.execute(first, asked).fetchall()
        return int(total)

    def close(self) -> None:
        """Give the file back."""
        self.connection.close()
