"""Feeds through the whole web application, called in the process: cold, cached, and not modified."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

from bottle import Bottle, HTTPResponse
from feedgen.feed import FeedGenerator

from archive.articles import articles
from archive.database import Database
from archive.model import Article
from archive.settings import read_settings
from bench.measure import Figure, cpu_each, half, latencies, slowest
from index import open_index
from syndicate.web import make_app

FEEDGEN = f"feedgen {version('feedgen')} alone"
BOTTLE = f"Bottle {version('bottle')}, one route, no content"
COLD = 30  # times
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def run(database: Database, folder: Path, requests: int) -> list[Figure]:
    """Milliseconds of a cold feed, microseconds of CPU of a cached one and of a 304."""
    settings = read_settings(folder, config=None, environ={}, flags={})
    index = open_index(folder / "index")
    topic = fullest_topic(database)
    path, entries = f"/topic/{topic}.atom", newest(database, topic)

    def new_app() -> App:
        return make_app(database=database, index=index, settings=settings)

    apps = [new_app() for _ in range(min(COLD, requests))]
    cold = latencies(lambda app: ask(app, path), apps)
    kept = latencies(lambda app: ask(app, path, {"QUERY_STRING": "lang=both"}), apps)
    peer = latencies(render, [entries] * len(apps))
    app, bare = new_app(), bottle_alone()
    status, headers, body = ask(app, path)
    assert status.startswith("200"), f"{path}: {status} {body[:500]!r}"
    again = {"HTTP_IF_NONE_MATCH": headers["etag"]}
    assert ask(app, path, again)[0].startswith("304"), "the feed is not cached"
    unchanged = cpu_each(partial(ask, app, path, again), requests)
    cached = cpu_each(partial(ask, app, path), requests)
    least = cpu_each(partial(ask, bare, "/"), requests)
    index.close()
    what = f"a cold topic feed, {len(entries)} entries, {len(body) / 1000:.0f} kB"
    return [
        figure(f"{what}, p50", half(cold), "ms", FEEDGEN, half(peer)),
        figure(f"{what}, p95", slowest(cold), "ms", FEEDGEN, slowest(peer)),
        figure("the same articles as another list, p50", half(kept), "ms", FEEDGEN, half(peer)),
        figure("the same, cached", cached, "us CPU", BOTTLE, least),
        figure("the same, not modified", unchanged, "us CPU", BOTTLE, least),
    ]


def figure(what: str, value: float, unit: str, peer: str, peer_value: float) -> Figure:
    """A figure of which less is better."""
    return Figure(what=what, value=value, unit=unit, more=False, peer=peer, peer_value=peer_value)


def fullest_topic(database: Database) -> str:
    """The topic with the most articles."""
    rows = database.read("SELECT topic FROM article_topic GROUP BY topic ORDER BY COUNT(*) DESC LIMIT 1")
    assert rows, "no article is about any topic"
    return str(rows[0]["topic"])


def ask(app: App, path: str, given: dict[str, str] | None = None) -> tuple[str, dict[str, str], bytes]:
    """One request: status line, headers, body."""
    environ: dict[str, Any] = {"PATH_INFO": path, **(given or {})}
    setup_testing_defaults(environ)
    said: list[Any] = []
    body = b"".join(app(environ, lambda status, headers, error=None: said.extend((status, headers))))
    return said[0], {name.lower(): value for name, value in said[1]}, body


def newest(database: Database, topic: str) -> Sequence[Article]:
    """As many articles of a topic as its feed has."""
    rows = database.read(
        "SELECT article FROM article_topic WHERE topic = :topic ORDER BY number DESC LIMIT 50", topic=topic
    )
    return articles(database, [row["article"] for row in rows])


def render(found: Sequence[Article]) -> bytes:
    """What feedgen makes of articles, nothing else done."""
    feed = FeedGenerator()
    feed.id("urn:uuid:00000000-0000-5000-8000-000000000000")
    feed.title("Topic")
    feed.link(href="https://news.example/topic.atom", rel="self")
    feed.author(name="News")
    for article in found:
        entry = feed.add_entry(order="append")
        entry.id(article.id)
        entry.title(article.title)
        entry.link(href=article.url)
        entry.content(article.html, type="html")
        entry.published(article.published)
        entry.updated(article.stored)
        for topic in article.topics:
            entry.category(term=topic)
    written: bytes = feed.atom_str()
    return written


def bottle_alone() -> App:
    """The least that Bottle can do."""
    app: Any = Bottle()
    app.route("/", callback=lambda: HTTPResponse(status=304))
    answer: App = app
    return answer
