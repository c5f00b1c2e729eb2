"""One article through every layer, nothing replaced. Read this first."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import feedparser
from factories import NOW, RULES, TOPICS
from feed_server import Answer, FeedServer

from archive import changes, lists
from archive.articles import withdraw
from archive.database import open_database
from archive.fetch import fetch
from archive.model import Selection
from archive.naming import identify
from archive.put import Terms, put
from archive.sandbox import Sandbox
from archive.settings import Fetch, Settings, Site
from archive.sources import settle
from index import Search, follow, open_index
from syndicate.answers import ask
from syndicate.web import make_app

FEED = """<rss version="2.0"><channel><title>Example</title><link>https://news.example/</link>
<description>d</description><language>en</language>
<item><guid>1</guid><link>https://news.example/1</link><title>北京的冬奥场馆 opens its doors</title>
<description>Olympic halls are open to &lt;b&gt;all&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt;.</description>
<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"""


def test_walk(tmp_path: Path) -> None:
    # fetch: bytes from an address, through the one door to the network
    with FeedServer() as server:
        url = server.answer(
            "/feed.xml", Answer(body=FEED.encode(), headers={"Content-Type": "application/rss+xml"})
        )
        answer = fetch(url, settings=Fetch(allow=(server.address,)))

    # parse: bytes to articles, in a child that can be killed
    with Sandbox() as sandbox:
        document = sandbox.parse(answer.body, url=answer.final, content_type=None, name="feed.xml", now=NOW)
    assert document.result == "ok" and "<script" not in document.articles[0].html

    # put: articles into the archive, once however often they come
    database = open_database(f"sqlite:///{tmp_path}/archive.db")
    terms = Terms(rules=RULES, zone=ZoneInfo("UTC"), now=NOW)
    for outcome in ("new", "unchanged"):
        with database.writing() as transaction:
            source = settle(transaction, identify(document, stated="example", name="feed.xml"), NOW)
            entries = tuple(replace(article, source=source.id) for article in document.articles)
            (stored,) = put(transaction, entries, terms)
        assert stored.outcome == outcome
    (change,) = changes.after(database, 0)
    assert (change.kind, change.sha) == ("put", stored.article.digest)

    # follow: the change log into the index
    assert follow(database, tmp_path / "index") == 1
    index = open_index(tmp_path / "index")
    for query in ("opening doors", "冬奥", "冬奧場館", '"olympic halls"'):
        assert [hit.id for hit in index.search(Search(selection=Selection(query=query))).hits] == [change.id]
    assert index.search(Search(selection=Selection(query="unrelated"))).total == 0

    # render: a list out again as a feed, in every format, and as a page
    assert [one.id for one in lists.newest(database, Selection(topics=("olympics",)), 9)] == [change.id]
    settings = Settings(data=tmp_path, site=Site(base_url="https://archive.example"), topics=TOPICS)
    app = make_app(database=database, index=index, settings=settings)
    for format in ("atom", "rss"):
        status, body = ask(app, f"/topic/olympics.{format}")
        (entry,) = feedparser.parse(io.BytesIO(body)).entries
        assert status == "200 OK" and (entry.id, entry.title) == (change.id, "北京的冬奥场馆 opens its doors")
    (item,) = json.loads(ask(app, "/search.json?q=冬奥")[1])["items"]
    assert item["external_url"] == "https://news.example/1"
    assert "北京的冬奥场馆" in ask(app, stored.article.address)[1].decode()

    # withdraw: out of every list, while the archive keeps its text
    withdraw(database, [change.id], reason="an error", person="editor", now=NOW)
    follow(database, tmp_path / "index")
    assert ask(app, stored.article.address)[0] == "410 Gone"
    assert b"deleted-entry" in ask(app, "/topic/olympics.atom")[1]
    assert json.loads(ask(app, "/search.json?q=冬奥")[1])["items"] == []
    index.close()
    database.close()
