"""The archive in numbers: true, the same in every form, counted no more often than needed."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from factories import NOW, TERMS, TOPICS, article, put_all, source
from web_client import SITE, application, ask

from archive import pairs
from archive.articles import withdraw
from archive.database import Database
from archive.put import put
from archive.settings import Settings
from archive.sheet_file import defused
from archive.sources import settle
from archive.statistics import numbers
from index import open_index
from syndicate.guard import Application
from syndicate.pages import Pages
from syndicate.speaking import Speaking
from syndicate.statistics import Statistics

EARLIER = NOW - timedelta(days=70)
STYLE = len(Path("syndicate/static/style.css").read_bytes())


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    """Five articles: one withdrawn, one of a closed source, two paired, one revised, two months."""
    with database.writing() as transaction:
        settle(transaction, source(), NOW)
        put(transaction, (article(guid="0", title="Olympic past", source="example", published=EARLIER),),
            replace(TERMS, now=EARLIER))  # fmt: skip
        stored = put_all(
            transaction,
            article(guid="1", title="Olympic halls", published=NOW),
            article(guid="2", title="学校", language="zh", script="Hans", published=NOW),
            article(guid="3", title="Taken back", published=NOW),
        )
        pairs.record(
            transaction, stored[0].article.id, stored[1].article.id, state="stated", how="x", now=NOW
        )
        put_all(transaction, article(guid="1", title="Olympic halls open", published=NOW))
        settle(transaction, source("closed", republish="none"), NOW)
        put(transaction, (article(guid="4", title="Closed", source="closed"),), TERMS)
    withdraw(database, [stored[2].article.id], reason="wrong", person="editor", now=NOW)
    return application(database, tmp_path)


def test_the_numbers_are_true(app: Application, tmp_path: Path) -> None:
    told = json.loads(ask(app, "/stats.json").text)
    assert {name: told[name] for name in ("articles", "withdrawn", "revisions", "pairs")} == {
        "articles": 3, "withdrawn": 1, "revisions": 6, "pairs": 1}  # fmt: skip
    assert told["language"] == [{"value": "en", "count": 2}, {"value": "zh", "count": 1}]
    assert {each["value"]: each["count"] for each in told["topic"]} == {"olympics": 2, "education": 1}
    assert told["source"] == [{"value": "example", "count": 3}] and told["year"] == [
        {"value": "2026", "count": 3}
    ]
    assert told["month"] == [{"value": "2026-09", "count": 1}, {"value": "2026-11", "count": 2}]
    assert told["bytes"]["index"] == sum(path.stat().st_size for path in (tmp_path / "index").iterdir())
    assert told["bytes"]["archive"] >= (tmp_path / "data" / "archive.db").stat().st_size


def test_the_table_says_the_same(app: Application) -> None:
    reply = ask(app, "/stats.csv")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8" and reply.body.startswith(
        b"\xef\xbb\xbf"
    )
    rows = list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig"))))
    assert rows[0] == ["kind", "value", "count"] and ["total", "articles", "3"] in rows
    assert ["topic", "olympics", "2"] in rows and ["month", "2026-09", "1"] in rows


@pytest.mark.parametrize("ui", ["en", "zh"])
def test_the_page_shows_them_and_links_to_what_they_count(app: Application, ui: str) -> None:
    reply = ask(app, f"/stats?ui={ui}")
    assert reply.status == 200 and len(reply.body) + STYLE <= 50 * 1024
    assert re.search(r"<div><b>3</b>", reply.text) and "<title>2026-11 " in reply.text
    main = reply.text.partition("<main")[2].partition("</main>")[0]
    links = re.findall(r'href="([^"]*)"', main)
    assert "/topic/olympics" in links and all(ask(app, unescape(link)).status == 200 for link in links)


def test_a_withdrawal_of_a_pair_leaves_no_pair(app: Application, database: Database, tmp_path: Path) -> None:
    (row,) = database.read("SELECT id FROM article WHERE guid = '2'")
    withdraw(database, [row["id"]], reason="wrong", person="editor", now=NOW)
    assert numbers(database, tmp_path / "index").pairs == 0


def test_subscribers_are_shown_where_they_are_counted(
    app: Application, database: Database, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path, site=SITE, topics=TOPICS)
    index = open_index(tmp_path / "index")
    speaking = Speaking(Pages(database=database, index=index, settings=settings, style="/style.css"))
    counted = [("/latest.atom", 40, 2), ("/topic/olympics.rss", 0, 1)]
    statistics = Statistics(speaking, subscribers=lambda: counted)
    environ = {"PATH_INFO": "/stats", "QUERY_STRING": ""}
    page = str(statistics.answer(environ).body)
    assert '<a href="/latest.atom">/latest.atom</a></th><td class="n">40</td><td class="n">2</td>' in page
    told = json.loads(str(statistics.answer(environ, ".json").body))
    assert told["subscribers"][0] == {"feed": "/latest.atom", "told": 40, "seen": 2}
    assert "subscribers,/latest.atom,42" in str(statistics.answer(environ, ".csv").body)
    assert "Subscribers of feeds" not in ask(app, "/stats").text


def test_an_empty_archive_has_numbers_too(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path)
    assert ask(app, "/stats").status == 200 and json.loads(ask(app, "/stats.json").text)["articles"] == 0


def test_no_value_is_a_formula() -> None:
    assert defused("=cmd()") == "'=cmd()" and defused("@x") == "'@x" and defused("olympics") == "olympics"
