"""The articles of a corpus in a plain SQLite file, with what our analysis makes of them, to feed engines."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from archive.model import Article
from bench.corpus import DATA
from bench.recombined import articles, built_in_rules, found_texts
from index.analysis import analyse

TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE article (number INTEGER PRIMARY KEY, title TEXT, text TEXT, language TEXT, source TEXT,
    day TEXT, sorted TEXT, topics TEXT);
CREATE TABLE token (number INTEGER PRIMARY KEY, body TEXT, title TEXT, words TEXT, normal TEXT);
CREATE TABLE described (sentence TEXT, digest TEXT);
"""
STEP = 500
FED = ("body", "title", "words")
SAMPLED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article, and its terms and words joined by spaces where they are wanted."""

    article: Article
    body: str = ""
    title: str = ""
    words: str = ""

    @property
    def number(self) -> int:
        """The number by which engines and the texts are joined."""
        return self.article.number or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a snippet is cut from."""

    title: str
    text: str
    language: str


class Store:
    """A corpus on the disk, read a part at a time."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def described(self) -> str:
        """What it holds, in words."""
        (sentence,) = self._connection.execute("SELECT sentence FROM described").fetchone()
        return str(sentence)

    def documents(self, *, tokens: bool) -> Iterator[Document]:
        """All articles in order, with their tokens or without."""
        joined = ", token.body, token.title, token.words" if tokens else ""
        table = "article JOIN token USING (number)" if tokens else "article"
        rows = self._connection.execute(
            "SELECT number, article.title, text, language, source, day, sorted, topics"
            f"{joined} FROM {table} ORDER BY number"
        )
        for number, title, text, language, source, day, sorted, topics, *fed in rows:
            article = Article(
                id=f"{number:032x}",
                number=number,
                seq=number,
                title=title,
                text=text,
                language=language,
                script="Hans" if language == "zh" else None,
                source=source,
                day=date.fromisoformat(day),
                sorted=datetime.fromisoformat(sorted).replace(tzinfo=UTC),
                topics=tuple(json.loads(topics)),
            )
            yield Document(article=article, **dict(zip(FED, fed, strict=False)))

    def texts(self, numbers: Sequence[int]) -> list[Text]:
        """The texts of hits, in no order: what is cut from them is the same work."""
        places = ",".join(map(str, numbers))
        rows = self._connection.execute(
            f"SELECT title, text, language FROM article WHERE number IN ({places})"
        )
        return [Text(title=title, text=text, language=language) for title, text, language in rows]

    def of_language(self, language: str, every: int) -> Iterator[str]:
        """The texts of one language, one of so many."""
        asked = "SELECT text FROM article WHERE language = ? AND number % ? = 0 ORDER BY number"
        for (text,) in self._connection.execute(asked, (language, every)):
            yield text

    def frequent_topic(self) -> str:
        """The topic with most of the articles."""
        topic = self._connection.execute(
            "SELECT value FROM article, json_each(topics) GROUP BY value ORDER BY count(*) DESC LIMIT 1"
        ).fetchone()
        return str(topic[0]) if topic else ""

    def normal(self) -> Iterator[str]:
        """The normal texts, for looking through them one by one."""
        for (text,) in self._connection.execute("SELECT normal FROM token ORDER BY number"):
            yield text

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()


def stored(path: Path, count: int) -> None:
    """Make the file of so many articles, unless it is there and our analysis is still the same."""
    if path.exists() and digest_in(path) == digest():
        return
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    told = found_texts()
    connection = sqlite3.connect(draft)
    connection.executescript(TABLES)
    tally = Tally()
    for some in batched(articles(told, count, built_in_rules(path.parent)), STEP):
        connection.executemany("INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(row, some))
        connection.executemany("INSERT INTO token VALUES (?, ?, ?, ?, ?)", map(tokens, some))
        tally.add(some)
    connection.execute("INSERT INTO described VALUES (?, ?)", (tally.sentence(len(told)), digest()))
    connection.commit()
    connection.close()
    draft.replace(path)


class Tally:
    """What a corpus is made of."""

    def __init__(self) -> None:
        self.count = self.chinese = self.characters = 0

    def add(self, some: Iterable[Article]) -> None:
        """Count articles."""
        for article in some:
            self.count += 1
            self.chinese += article.language == "zh"
            self.characters += len(article.title) + len(article.text)

    def sentence(self, real: int) -> str:
        """What was counted, in words."""
        made = max(0, self.count - real)
        where = "../shared/data" if DATA.is_dir() else "the samples: ../shared/data is not there"
        kept = f"{made:,} of them recombined from sentences of two or three real ones" if made else "all real"
        return (
            f"{self.count:,} articles ({self.chinese:,} Chinese, {self.count - self.chinese:,} English,"
            f" {self.characters / 1e6:.1f} million characters) of {where}; {kept}"
        )


def row(article: Article) -> tuple[object, ...]:
    """An article as it is stored."""
    return (
        article.number,
        article.title,
        article.text,
        article.language,
        article.source,
        article.day.isoformat() if article.day else "",
        article.sorted.isoformat() if article.sorted else "",
        json.dumps(article.topics),
    )


def tokens(article: Article) -> tuple[object, ...]:
    """What our own analysis makes of an article, joined by spaces."""
    made = analyse(article.title, article.searched)
    return article.number, " ".join(made.body), " ".join(made.title), " ".join(made.words), made.normal


def document(article: Article, number: int) -> Document:
    """An article with its tokens, under a number."""
    _, *fed, _ = tokens(article)
    return Document(article=replace(article, number=number), **dict(zip(FED, map(str, fed), strict=True)))


def digest() -> str:
    """Changes when the corpus or our analysis does, as far as a few articles show it."""
    seen = hashlib.sha256()
    for article in articles(found_texts(), SAMPLED, built_in_rules(Path())):
        seen.update(repr((row(article), tokens(article))).encode())
    return seen.hexdigest()


def digest_in(path: Path) -> str:
    """The digest of a file made before."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    (found,) = connection.execute("SELECT digest FROM described").fetchone()
    connection.close()
    return str(found)


def batched(all: Iterable[Article], count: int) -> Iterator[list[Article]]:
    """Articles, some at a time."""
    rest = iter(all)
    while some := list(islice(rest, count)):
        yield some
