"""SQLite FTS5 as the peer: fed the tokens that our index is fed, asked what it is asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from bench.engines.question import COMMIT, FIRST, Asked, Found, Question, read, snippets
from bench.store import Document

TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE VIRTUAL TABLE IF NOT EXISTS docs
    USING fts5(body, title, words, content='', tokenize='unicode61 remove_diacritics 0 tokenchars _');
CREATE TABLE IF NOT EXISTS meta (id INTEGER PRIMARY KEY, language TEXT, day TEXT);
CREATE INDEX IF NOT EXISTS meta_language ON meta (language);
CREATE INDEX IF NOT EXISTS meta_day ON meta (day);
CREATE TABLE IF NOT EXISTS topic (id INTEGER, topic TEXT, PRIMARY KEY (topic, id)) WITHOUT ROWID;
"""
LANGUAGE = " AND +meta.language = :language"
SINCE = " AND +meta.day >= :since"
TOPIC = " AND EXISTS (SELECT 1 FROM topic WHERE topic.topic = :topic AND topic.id = docs.rowid)"


class Fts5:
    """A contentless table with positions, and a plain one for the filters, committed as ours is."""

    name = f"SQLite FTS5 {sqlite3.sqlite_version}"
    builds, fed_tokens, follows = True, True, False
    show = staticmethod(snippets)

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / "fts5.db")
        self._connection.executescript(TABLES)
        self._waiting = 0

    def why_not(self, question: Question | None = None) -> str:
        """Nothing keeps it from answering."""
        return ""

    def add(self, documents: Sequence[Document]) -> None:
        """Index documents, in a commit whenever there are enough."""
        write = self._connection
        write.executemany(
            "INSERT INTO docs (rowid, body, title, words) VALUES (?, ?, ?, ?)",
            [(each.number, each.body, each.title, each.words) for each in documents],
        )
        write.executemany(
            "INSERT INTO meta VALUES (?, ?, ?)",
            [(each.number, each.article.language, str(each.article.day or "")) for each in documents],
        )
        write.executemany(
            "INSERT INTO topic VALUES (?, ?)",
            [(each.number, topic) for each in documents for topic in each.article.topics],
        )
        self._waiting += len(documents)
        if self._waiting >= COMMIT:
            self.finish()

    def finish(self) -> None:
        """Commit what is left."""
        self._connection.commit()
        self._waiting = 0

    def open(self) -> None:
        """It is open."""

    def forget(self, *, postings: bool) -> None:
        """It keeps pages of its file, no posting lists."""

    def find(self, question: Question) -> Found:
        """The exact total and the first ten, by two statements."""
        asked = read(question.typed)
        values = {
            "match": match(asked),
            "language": question.language,
            "topic": question.topic,
            "since": str(question.since),
        }
        where = (
            (LANGUAGE if question.language else "")
            + (TOPIC if question.topic else "")
            + (SINCE if question.since else "")
        )
        order = "meta.day DESC" if question.newest else "rank"
        tables = "docs JOIN meta ON meta.id = docs.rowid" if "meta." in where + order else "docs"
        found = f"FROM {tables} WHERE docs MATCH :match{where}"
        (total,) = self._connection.execute(f"SELECT count(*) {found}", values).fetchone()
        first = f"SELECT docs.rowid {found} ORDER BY {order} LIMIT {FIRST}"
        numbers = tuple(number for (number,) in self._connection.execute(first, values))
        return Found(total=total, numbers=numbers)

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()


def match(asked: Asked) -> str:
    """The question in the language of FTS5."""
    if asked.phrase:
        return f'{asked.field} : "{" ".join(asked.terms)}"'
    return f"{asked.field} : (" + " AND ".join(f'"{term}"' for term in asked.terms) + ")"
