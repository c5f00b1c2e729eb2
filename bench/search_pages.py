"""Pages of results through the whole web application, called in the process: CPU of the server alone."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from archive.database import Database
from archive.settings import read_settings
from bench.feed import App, ask
from bench.measure import Figure, half, slowest
from index import follow, open_index
from index.analysis import is_unspaced, runs_of
from syndicate.web import make_app

WANTED = 15.0  # milliseconds for one in twenty pages at 100,000 articles
FILTERS = ("", "", "", "&lang=zh", "&lang=en", "&sort=new", "&page=2", "&from=2023-01-01")
SEED, TITLES = 5, 2000


def run(database: Database, folder: Path, queries: int) -> list[Figure]:
    """Milliseconds of CPU for a page asked for the first time, and asked again."""
    follow(database, folder / "index")
    settings = read_settings(folder, config=None, environ={}, flags={})
    index = open_index(folder / "index")
    app = make_app(database=database, index=index, settings=settings)
    paths = list(islice(addresses(database), 2 * queries))
    milliseconds(app, paths[queries:])  # templates, tables and dictionaries are loaded once
    asked = {"a page of results": milliseconds(app, paths[:queries])}
    asked["the same, asked again"] = milliseconds(app, paths[:queries])
    index.close()
    return [
        Figure(
            what=f"{what}, {part}",
            value=measure(times),
            unit="ms CPU",
            more=False,
            peer="what is wanted at 100,000 articles",
            peer_value=WANTED,
        )
        for what, times in asked.items()
        for part, measure in (("p50", half), ("p95", slowest))
    ]


def addresses(database: Database) -> Iterator[str]:
    """Searches for one to three words of a title, some with a filter, without end."""
    choose = random.Random(SEED)
    rows = database.read("SELECT title FROM revision ORDER BY sha LIMIT :limit", limit=TITLES)
    while True:
        words = [word for run in runs_of(choose.choice(rows)["title"]) for word in parts(run)]
        if words:
            some = choose.sample(words, min(len(words), choose.choice((1, 1, 2, 2, 3))))
            yield f"q={quote(' '.join(some))}{choose.choice(FILTERS)}"


def parts(run: str) -> list[str]:
    """A run as it may be typed: a word, or Chinese in pieces of up to four characters."""
    return [run[start : start + 4] for start in range(0, len(run), 4)] if is_unspaced(run) else [run]


def milliseconds(app: App, queries: Sequence[str]) -> list[float]:
    """What each page costs."""
    taken = []
    for query in queries:
        started = time.thread_time()
        status, _, body = ask(app, "/search", {"QUERY_STRING": query})
        taken.append((time.thread_time() - started) * 1000)
        assert status.startswith("200"), f"{query}: {status} {body[:200]!r}"
    return taken
