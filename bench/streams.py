"""Streams: lines of JSON through the sandbox into an archive, and lists of subscriptions into sources."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from archive.database import open_database
from archive.export import record
from archive.ingest import ingest
from archive.model import Article
from archive.rules import compile_rules
from archive.sandbox import Sandbox
from archive.settings import read_settings
from archive.take import InputLine, Taking
from bench.measure import Figure, timed

PEER = "json and sqlite3 alone"
BATCH = 500
FIELDS = ("guid", "url", "language", "title", "body", "html", "published", "published_precision")


def run(articles: Sequence[Article], folder: Path) -> list[Figure]:
    """Lines a second, taken in and taken in again; feeds of a list a second; all by time that passes."""
    lines, feeds = folder / "lines.jsonl", folder / "feeds.opml"
    lines.write_text("".join(f"{line(article)}\n" for article in articles), encoding="utf-8")
    outlines = "".join(f'<outline xmlUrl="https://e{n}.example/feed"/>' for n in range(len(articles)))
    feeds.write_text(f"<opml><body>{outlines}</body></opml>", encoding="utf-8")
    peer = len(articles) / alone(lines, folder / "alone.db")
    database = open_database(f"sqlite:///{folder}/streams/archive.db")
    settings = read_settings(folder / "streams", config=None, environ={}, flags={})
    with Sandbox() as sandbox:
        sandbox.read_records(b"", first=1)
        rules = compile_rules(settings.topics)
        taking = Taking(database=database, parsing=sandbox, rules=rules, config=settings)
        rates = [rate(taking, path) for path in (lines, lines, feeds)]
    database.close()
    new, again, listed = rates
    return [
        Figure(what="lines of JSON, all new", value=new, unit="/s", peer=PEER, peer_value=peer),
        Figure(what="the same again", value=again, unit="/s", peer=PEER, peer_value=peer),
        Figure(what="feeds of a list", value=listed, unit="/s"),
    ]


def line(article: Article) -> str:
    """An article as somebody may write it."""
    stated = record(article, "")
    return json.dumps({name: stated[name] for name in FIELDS}, ensure_ascii=False)


def rate(taking: Taking, path: Path) -> float:
    """How many parts of a stream are taken in a second; each must be."""
    with timed() as clock:
        told = list(ingest(taking, [str(path)]))
    last = told[-1]
    if not isinstance(last, InputLine) or last.result != "ok":
        raise AssertionError(f"{path}: {last}")
    return (len(told) - 1) / clock.wall


def alone(path: Path, place: Path) -> float:
    """The seconds in which the standard library reads the lines and stores them, and nothing else."""
    database = sqlite3.connect(place)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    columns = ", ".join(FIELDS)
    database.execute(f"CREATE TABLE article ({columns})")
    places = ", ".join(f":{name}" for name in FIELDS)
    with timed() as clock, path.open(encoding="utf-8") as lines:
        for rows in batched(map(json.loads, lines)):
            with database:
                database.executemany(f"INSERT INTO article VALUES ({places})", rows)
    database.close()
    return clock.wall


def batched(rows: Iterator[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    """Rows in transactions as large as ours."""
    while some := list(islice(rows, BATCH)):
        yield some
