"""Years, months and days: every article under its day in the zone of the site, as pages, JSON and feeds."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import feedparser
import pytest
from factories import NOW, TERMS, article, put_all, source
from web_client import application, ask

from archive import tally, walk
from archive.articles import withdraw
from archive.database import Database
from archive.model import Article, Selection
from archive.put import put
from archive.sources import settle
from index import follow
from syndicate.addresses import View, read, write
from syndicate.guard import Application

BASE = "https://archive.example"
STYLE = Path(__file__).parents[1] / "syndicate" / "static" / "style.css"

APRIL = Selection(since=date(2022, 4, 1), until=date(2022, 4, 30))
SHANGHAI = replace(TERMS, zone=ZoneInfo("Asia/Shanghai"))


def dated(guid: str, *when: int, **fields: object) -> Article:
    """An article of a moment in UTC."""
    return article(guid=guid, title=f"Story {guid}", published=datetime(*when, tzinfo=UTC), **fields)  # type: ignore[arg-type,misc]


STORIES = (
    dated("1", 2022, 3, 31, 15, 59),
    dated("2", 2022, 3, 31, 16, 1),  # 00:01 on the first of April in Shanghai
    dated("3", 2022, 4, 2, 3, 0, language="zh"),
    dated("4", 2022, 4, 2, 4, 0),
    dated("5", 2022, 4, 30, 15, 59),
    dated("6", 2022, 4, 30, 16, 0),
    dated("7", 2021, 12, 31, 15, 0),
    dated("8", 2024, 2, 29, 0, 0),
)


def made(database: Database, folder: Path) -> Application:
    """An archive in Shanghai."""
    return archived(database, folder, *STORIES)


@pytest.fixture(scope="module")
def app(standing: Database) -> Application:
    """That archive for all tests that only read."""
    return made(standing, standing.folder.parent)


@pytest.fixture
def changing(database: Database, tmp_path: Path) -> Application:
    """That archive for one test."""
    return made(database, tmp_path)


def archived(database: Database, folder: Path, *entries: Article) -> Application:
    """An application on an archive that took articles in where days begin eight hours before those of UTC."""
    with database.writing() as transaction:
        settle(transaction, source(), NOW)
        put(transaction, tuple(replace(entry, source="example") for entry in entries), SHANGHAI)
    return application(database, folder)


def titles(app: Application, address: str) -> list[str]:
    """The numbers in the titles of a JSON feed."""
    found = json.loads(ask(app, address).text)["items"]
    return sorted(item["title"].removeprefix("Story ") for item in found)


def test_days_are_those_of_the_site(app: Application) -> None:
    assert titles(app, "/calendar/2022/03.json") == ["1"]
    assert titles(app, "/calendar/2022/04.json") == ["2", "3", "4", "5"]
    assert titles(app, "/calendar/2022/04/01.json") == ["2"]
    assert titles(app, "/calendar/2022/05/01.json") == ["6"]
    assert titles(app, "/calendar/2024/02.json") == titles(app, "/calendar/2024/02/29.json") == ["8"]


def test_a_year_says_what_each_month_and_day_has(app: Application) -> None:
    reply = ask(app, "/calendar/2022.json")
    found = json.loads(reply.text)
    assert (found["year"], found["total"]) == (2022, 6)
    assert [(month["month"], month["total"]) for month in found["months"]] == [
        *(("2022-03", 1), ("2022-04", 4), ("2022-05", 1))
    ]
    assert found["months"][1]["address"] == f"{BASE}/calendar/2022/04"
    assert found["months"][1]["days"][1] == {
        "day": "2022-04-02",
        "total": 2,
        "address": f"{BASE}/calendar/2022/04/02",
    }
    kept = ask(app, "/calendar/2022.json", HTTP_IF_NONE_MATCH=reply.headers["Etag"])
    assert (kept.status, kept.body) == (304, b"") and "Content-Type" not in kept.headers
    assert json.loads(ask(app, "/calendar/2022.json?lang=zh").text)["total"] == 1
    named = ask(app, "/calendar/2022", HTTP_ACCEPT="application/json")
    assert named.body == reply.body and named.headers["Content-Location"] == f"{BASE}/calendar/2022.json"


def test_the_page_of_a_year_leads_to_its_days(app: Application) -> None:
    text = ask(app, "/calendar/2022").text
    assert "<h1>2022</h1>" in text and "6 articles" in text
    assert '<td class=c><a href="/calendar/2022/04/02">2</a>' in text and "/calendar/2022/04/03" not in text
    assert '<td class=b><a href="/calendar/2022/04/01">1</a>' in text, "half as many as the fullest day"
    assert '<a href="/calendar/2022/04">April</a> <span>4</span>' in text
    assert '<a rel="prev" href="/calendar/2021">2021</a>' in text
    assert '<a rel="next" href="/calendar/2024">2024</a>' in text, (
        "the years without articles are passed over"
    )
    assert "<h1>2022年</h1>" in ask(app, "/calendar/2022?ui=zh").text


def test_the_page_of_a_month_has_its_days_and_its_articles(app: Application) -> None:
    text = ask(app, "/calendar/2022/04").text
    assert "<title>April 2022 – " in text and 'aria-label="2, 2 articles"' in text
    assert re.findall(r">Story (\d)<", text) == ["5", "4", "3", "2"]
    assert '<a href="/calendar/2022">2022</a>' in text
    assert 'href="/calendar/2022/03">March 2022<' in text
    assert 'href="/calendar/2022/05">May 2022<' in text and 'rel="next"' not in text
    assert 'href="/calendar/2022/04.atom"' in text and "?from=" not in text
    assert "2022年4月" in ask(app, "/calendar/2022/04?ui=zh").text


def test_what_follows_next_stays_in_the_month(database: Database, tmp_path: Path) -> None:
    months = [dated(f"{month}-{day}", 2022, month, day) for month in (3, 4, 5) for day in range(1, 29)]
    app, address, seen = archived(database, tmp_path, *months), "/calendar/2022/04", []
    while address:
        text = ask(app, address).text
        seen += re.findall(r">Story ([\d-]+)<", text)
        (address,) = [html.unescape(each) for each in re.findall(r'rel="next" href="([^"]*)"', text)] or ("",)
    assert seen == [f"4-{day}" for day in range(28, 0, -1)]


def test_the_page_of_a_day_is_a_list(app: Application) -> None:
    text = ask(app, "/calendar/2022/04/02").text
    assert "<title>2 April 2022 – " in text and re.findall(r">Story (\d)<", text) == ["4", "3"]
    assert '<a href="/calendar/2022/04">April 2022</a>' in text
    assert 'href="/calendar/2022/04/01">1 Apr 2022<' in text
    assert 'href="/calendar/2022/04/30">30 Apr 2022<' in text
    assert ask(app, "/calendar/2022/04/03").status == 200, "nothing yet is no fault"


def test_days_lead_there_from_other_lists(app: Application) -> None:
    text = ask(app, "/").text
    assert 'href="/calendar/2022/04/02"' in text and 'href="/calendar"' in text
    reply = ask(app, "/calendar")
    assert (reply.status, reply.headers["Location"]) == (302, "/calendar/2024")
    assert reply.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/calendar/2022/04", "/calendar/2022/04/02"])
def test_months_and_days_are_feeds_in_every_format(app: Application, path: str) -> None:
    name = "April 2022" if path.endswith("2022/04") else "2 April 2022"
    for suffix in (".atom", ".rss"):
        feed = feedparser.parse(ask(app, path + suffix).body)
        links = {link.rel: link.href for link in feed.feed.links}
        assert not feed.bozo and feed.feed.title.startswith(f"{name} – ")
        assert (links["self"], links["alternate"]) == (f"{BASE}{path}{suffix}", f"{BASE}{path}")
    assert ask(app, path + ".csv").text.count("urn:uuid:") == 2 * len(titles(app, path + ".json"))
    assert len(ask(app, path + ".jsonl").text.splitlines()) == len(titles(app, path + ".json"))
    named = ask(app, path, HTTP_ACCEPT="application/atom+xml")
    assert named.headers["Content-Location"] == f"{BASE}{path}.atom"


def test_a_month_has_its_history(database: Database, tmp_path: Path) -> None:
    days = [dated(f"d{n}", 2022, 4, 1 + n % 28, 3, text=f"Text {n}.") for n in range(90)]
    app = archived(database, tmp_path, *days, *STORIES)
    found, address = set(), "/calendar/2022/04.atom"
    while address:
        feed = feedparser.parse(ask(app, address).body)
        found |= {entry.id for entry in feed.entries}
        links = {link.rel: link.href.removeprefix(BASE) for link in feed.feed.links}
        address = links.get("prev-archive", "")
    assert len(found) == tally.total(database, APRIL) == 94


@pytest.mark.parametrize(
    "path",
    [
        "/calendar/2022/13", "/calendar/2022/00", "/calendar/2022/02/30", "/calendar/0000",
        "/calendar/2022/4",
        "/calendar/2022.atom", "/calendar/22", "/calendar/2022/02/30.atom", "/calendar/2022?topic=none",
        "/calendar/2022/04/02?topic=none",
    ],
)  # fmt: skip
def test_what_is_no_day_is_not_found(app: Application, path: str) -> None:
    assert ask(app, path).status == 404


def test_the_path_alone_says_which_days(app: Application) -> None:
    for asked, address in (
        ("/calendar/2022/04?from=2021&to=2023", "/calendar/2022/04"),
        ("/calendar/2022/04.atom?lang=en&from=2021", "/calendar/2022/04.atom?lang=en"),
        ("/calendar/2022.json?lang=&to=2021", "/calendar/2022.json"),
        ("/calendar/2022/04?q=story", "/search?q=story&from=2022-04-01&to=2022-04-30"),
        ("/calendar/2022?q=story", "/search?q=story&from=2022-01-01&to=2022-12-31"),
        ("/calendar/2022/04/02.csv?q=x", "/search.csv?q=x&from=2022-04-02&to=2022-04-02"),
    ):
        reply = ask(app, asked)
        assert (reply.status, reply.headers["Location"]) == (301, address)
    selection = Selection(since=date(2022, 4, 2), until=date(2022, 4, 2))
    assert write("/calendar/2022/04/02", selection, View()) == "/calendar/2022/04/02"
    assert read({"from": ["2020"]}, within=selection)[0] == selection


def test_filters_stay_on_the_way(app: Application) -> None:
    text = html.unescape(ask(app, "/calendar/2022?lang=en").text)
    assert 'href="/calendar/2022/04/02?lang=en"' in text and 'href="/calendar/2022/04?lang=en"' in text
    assert 'href="/calendar/2021?lang=en"' in text
    assert ' href="/calendar/2022/04/30?lang=en"' in ask(app, "/calendar/2022/04/02?lang=en").text


def test_an_empty_archive_has_no_calendar_yet(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path)
    assert ask(app, "/calendar").headers["Location"] == "/"
    assert ask(app, "/calendar/2022").status == ask(app, "/calendar/2022/04.atom").status == 200
    assert json.loads(ask(app, "/calendar/2022.json").text) == {"year": 2022, "total": 0, "months": []}


def test_what_was_withdrawn_does_not_count(changing: Application, database: Database) -> None:
    before = ask(changing, "/calendar/2022")
    rows = database.read("SELECT id FROM article WHERE day = '2022-04-02'")
    withdraw(database, [row["id"] for row in rows], reason="r", person="p", now=NOW)
    then = ask(changing, "/calendar/2022", HTTP_IF_NONE_MATCH=before.headers["Etag"])
    assert then.status == 200 and "4 articles" in then.text and "/calendar/2022/04/02" not in then.text
    assert walk.days_beside(database, Selection(since=date(2022, 4, 2), until=date(2022, 4, 2))) == (
        *(date(2022, 4, 1), date(2022, 4, 30)),
    )


def test_days_are_counted_in_every_selection(app: Application, standing: Database) -> None:
    assert tally.days(standing, APRIL) == {
        date(2022, 4, 1): 1,
        date(2022, 4, 2): 2,
        date(2022, 4, 30): 1,
    }
    assert tally.days(standing, Selection(language="zh")) == {date(2022, 4, 2): 1}
    assert walk.days_beside(standing, Selection(since=date(2024, 2, 29), until=date(2024, 2, 29))) == (
        *(date(2022, 5, 1), None),
    )
    assert walk.days_beside(standing, Selection()) == (None, None)


@pytest.mark.parametrize("ui", ["en", "zh"])
def test_a_full_year_is_a_small_page(ui: str, database: Database, tmp_path: Path) -> None:
    start = datetime(2024, 1, 1, 3, tzinfo=UTC)
    entries = [
        article(guid=str(n), title=f"Story {n}", published=start + timedelta(hours=n))
        for n in range(366 * 24)
    ]
    with database.writing() as transaction:
        put_all(transaction, *entries[::6])
    app = application(database, tmp_path)
    text = ask(app, f"/calendar/2024?ui={ui}").text
    assert len(text.encode()) + STYLE.stat().st_size <= 50_000
    assert text.count("/calendar/2024/") == 366 + 12
    month = ask(app, f"/calendar/2024/05?ui={ui}").text
    assert len(month.encode()) + STYLE.stat().st_size <= 50_000


def test_nobody_acts_through_the_calendar(database: Database, tmp_path: Path) -> None:
    bad = "\"'><x on=1>&"
    app = archived(database, tmp_path, dated("1", 2022, 4, 2, authors=(bad,)))
    for path in ("/calendar/2022", "/calendar/2022/04", "/calendar/2022/04/02"):
        text = ask(app, f"{path}?by={quote(bad)}").text
        assert "<x" not in text and "\"'" not in text and "1 article" in text


def test_the_calendar_follows_the_archive_not_the_index(
    changing: Application, database: Database, tmp_path: Path
) -> None:
    with database.writing() as transaction:
        put_all(transaction, dated("9", 2022, 4, 3, 3))
    assert titles(changing, "/calendar/2022/04/03.json") == ["9"]
    follow(database, tmp_path / "index")
    facts = json.loads(ask(changing, "/calendar/2022/04/03.json").text)["_archive"]
    assert facts["total"] == 1 and facts["years"] == [{"value": "2022", "count": 1}]
