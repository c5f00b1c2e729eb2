"""What is measured with: the corpora beside the project where they are there, else the samples."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from archive.database import Database, open_database
from archive.model import Article, Source
from archive.put import Terms, put
from archive.reading.documents import read_document
from archive.rules import compile_rules
from archive.settings import read_settings
from archive.sources import settle

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
SAMPLES = ROOT / "samples"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
STEP = 500
AS_NEWS = 1500  # characters of an English article on software that are taken, so that it is as long as news


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Articles in both languages, feeds as bytes, and in words what they are.

    ``oracle`` is a file with what other engines read in the feeds, where there is one.
    """

    articles: tuple[Article, ...]
    feeds: tuple[tuple[str, bytes], ...]
    described: str
    oracle: Path | None = None


def read_corpus(*, articles: int, feeds: int) -> Corpus:
    """So many articles and feeds of the corpora, or of the samples made many."""
    found = DATA.is_dir()
    texts = tuple(islice(real_articles() if found else repeated(sample_articles()), articles))
    bodies = tuple(islice(real_feeds() if found else sample_feeds(), feeds))
    characters = sum(len(article.title) + len(article.text) for article in texts)
    chinese = sum(article.language == "zh" for article in texts)
    return Corpus(
        articles=texts,
        feeds=bodies,
        described=(
            f"{'corpora of ../shared/data' if found else 'samples only: ../shared/data is not there'};"
            f" {len(texts):,} articles ({chinese:,} Chinese, {characters / 1e6:.1f} million characters),"
            f" {len(bodies):,} feeds ({sum(len(body) for _, body in bodies) / 1e6:.1f} MB)"
        ),
    )


def real_articles() -> Iterator[Article]:
    """Evening news of Chinese television, and after every third item one on software in both languages."""
    news, pairs = real_news(), real_pairs()
    while some := tuple(islice(news, 3)):
        yield from some
        yield from next(pairs, ())


def real_news() -> Iterator[Article]:
    """Chinese news items, oldest first."""
    for record in lines(DATA / "news_zh" / "xwlb_cctv_2022-2026.jsonl.gz"):
        published = datetime.fromisoformat(record["date"]).replace(tzinfo=UTC)
        yield made(record["id"], record["title"], record["body"], "zh", "xwlb", published)


def real_pairs() -> Iterator[tuple[Article, Article]]:
    """The beginnings of English articles and of their Chinese translations, which state a month only."""
    for record in lines(DATA / "parallel" / "lctt_opensourcecom_docpairs.jsonl.gz"):
        published = datetime.fromisoformat(f"{record['date_zh_month']}-01").replace(tzinfo=UTC)
        yield (
            made(
                record["pair"] + "-en",
                record["title_en"],
                record["body_en"][:AS_NEWS],
                "en",
                "lctt",
                published,
            ),
            made(
                record["pair"] + "-zh",
                record["title_zh"],
                record["body_zh"][: AS_NEWS // 3],
                "zh",
                "lctt",
                published,
            ),
        )


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines, packed or not."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def made(guid: str, title: str, text: str, language: str, source: str, published: datetime) -> Article:
    """An article as parsing proposes it."""
    paragraphs = "".join(f"<p>{escape(line)}</p>\n" for line in text.splitlines() if line.strip())
    return Article(
        guid=guid,
        title=title,
        text=text,
        html=paragraphs,
        language=language,
        source=source,
        url=f"https://news.example/{guid}",
        published=published,
        published_raw=published.isoformat(),
        published_precision="day",
    )


def sample_articles() -> list[Article]:
    """The text documents of ``samples/``."""
    found: list[Article] = []
    for path in sorted(SAMPLES.glob("*.txt")):
        document = read_document(path.read_bytes(), name=path.name, content_type=None, url=None, now=NOW)
        found += document.articles
    return found


def repeated(articles: list[Article]) -> Iterator[Article]:
    """The same articles again and again, told apart by a number and a day."""
    for turn, article in enumerate(cycle(articles)):
        published = NOW - timedelta(days=turn % 3000)
        text = f"{article.text}\n{turn}"
        yield made(str(turn), f"{article.title} {turn}", text, article.language, "samples", published)


def real_feeds() -> Iterator[tuple[str, bytes]]:
    """Captured feeds, raw."""
    for path in sorted((DATA / "feeds" / "raw").iterdir()):
        yield path.name, gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def sample_feeds() -> Iterator[tuple[str, bytes]]:
    """The feeds of ``samples/``."""
    for path in sorted([*SAMPLES.glob("*.rss"), *SAMPLES.glob("*.atom")]):
        yield path.name, path.read_bytes()


def filled(folder: Path, articles: tuple[Article, ...]) -> Database:
    """An archive that holds these articles, filed under the built-in topics."""
    database = open_database(f"sqlite:///{folder}/archive.db")
    settings = read_settings(folder, config=None, environ={}, flags={})
    terms = Terms(rules=compile_rules(settings.topics), zone=ZoneInfo("UTC"), now=NOW)
    with database.writing() as transaction:
        for id in dict.fromkeys(article.source for article in articles):
            settle(transaction, Source(id=id, identity=f"id {id}", title=id), NOW)
    for start in range(0, len(articles), STEP):
        with database.writing() as transaction:
            for article in articles[start : start + STEP]:
                put(transaction, (article,), terms)
    return database
