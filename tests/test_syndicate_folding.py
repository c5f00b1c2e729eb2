"""Lists, searches and feeds of stories: one entry for all versions, or only stories in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser
import pytest
from factories import NOW, article, put_all
from web_client import application, ask

from archive.articles import articles, withdraw
from archive.database import Database
from archive.pairs import record
from archive.rows import SURE
from archive.stories import joined
from syndicate.folding import BATCH
from syndicate.guard import Application


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    """Twenty stories in English, forty that stand alone, and the twenty in Chinese, in this order."""
    english = [article(title=f"Story {n} opens", text=f"Secret hall {n}.", guid=f"en{n}") for n in range(20)]
    alone = [article(title=f"A thing {n} opens", text="Alone.", guid=f"alone{n}") for n in range(40)]
    chinese = [
        article(title=f"报道{n}", text=f"大厅{n}启用。", language="zh", script="Hans", guid=f"zh{n}")
        for n in range(20)
    ]
    with database.writing() as transaction:
        for entries in (english, alone, chinese):
            put_all(transaction, *entries)
        ids = {row["guid"]: row["id"] for row in transaction.read("SELECT guid, id FROM article")}
        for n in range(20):
            record(transaction, ids[f"en{n}"], ids[f"zh{n}"], state="stated", how="test", now=NOW)
    return application(database, tmp_path)


def ids_of(app: Application, address: str) -> list[str]:
    """The ids of all entries of a feed and its history."""
    found: list[str] = []
    while address:
        feed = json.loads(ask(app, address).body)
        found += [item["id"] for item in feed["items"]]
        earlier = feed["_archive"].get("prev_archive")
        address = earlier.removeprefix("https://archive.example") if earlier else ""
    return found


@pytest.mark.parametrize(
    "address", ["/latest.json?lang=both", "/search.json?lang=both", "/topic/olympics.json?lang=both"]
)
def test_each_story_is_told_once_in_the_whole_history(
    app: Application, database: Database, address: str
) -> None:
    ids = {row["id"]: row["guid"] for row in database.read("SELECT id, guid FROM article")}
    found = {ids[id] for id in ids_of(app, address)}
    everything = {f"en{n}" for n in range(20)} | {f"alone{n}" for n in range(40)}
    assert found == (set() if "topic" in address else everything), "under the first article's id"


def test_a_story_has_both_titles_and_texts(app: Application) -> None:
    for form in ("atom", "rss"):
        entries = feedparser.parse(ask(app, f"/latest.{form}?lang=both&paired=1").body).entries
        story = next(each for each in entries if each.title == "Story 3 opens / 报道3")
        text = (
            story.content[0].value
            if form == "atom"
            else story.get("content", [{"value": story.summary}])[0]["value"]
        )
        assert '<div lang="en"><p>Secret hall 3.</p></div>' in text
        assert '<div lang="zh-Hans"><h2>报道3</h2><p>大厅3启用。</p></div>' in text
        assert "zh-Hans" in {link.get("hreflang") for link in story.links}
    feed = json.loads(ask(app, "/latest.json?lang=both&n=3").body)
    assert len(feed["items"]) == 3 and feed["title"].startswith("In both languages")
    assert (feed["_archive"]["total"], feed["_archive"]["stories"]) == (80, 60)
    only = json.loads(ask(app, "/search.json?q=opens&lang=both&paired=1").body)
    assert only["title"].startswith("Search for “opens”, in both languages, told in English and Chinese")


def test_only_stories_told_in_both_languages(app: Application) -> None:
    for address in ("/latest.json?paired=1", "/search.json?paired=1"):
        feed = json.loads(ask(app, address).body)
        assert feed["_archive"]["total"] == 40, address
    assert len(set(ids_of(app, "/latest.json?lang=en&paired=1"))) == 20
    assert len(set(ids_of(app, "/search.json?q=opens&paired=1"))) == 20
    assert "20 articles" in ask(app, "/search?q=opens&paired=1&ui=en").text
    assert ask(app, "/?paired=1&lang=both").headers["Location"] == "/?lang=both&paired=1"
    assert ask(app, "/?paired=2").status == 400 and ask(app, "/?paired=0").headers["Location"] == "/"


def test_pages_show_each_story_once_whatever_the_page(app: Application) -> None:
    for first, parameter in (("/?lang=both", "before="), ("/search?q=opens&lang=both", "page=")):
        titles: list[str] = []
        address = first
        while address:
            shown = ask(app, f"{address}&ui=en").text
            titles += [
                part.partition('href="')[2].partition('"')[0] for part in shown.split("<article><h")[1:]
            ]
            following = shown.rpartition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
            address = following if parameter in following else ""
        assert len(titles) == len(set(titles)) == 60, first
    assert "80 articles in 60 stories" in ask(app, "/?lang=both&ui=en").text
    assert "60 articles in 60 stories" in ask(app, "/search?q=opens&lang=both&ui=en").text
    assert "80 articles in 60 stories" in ask(app, "/search?lang=both&ui=en").text
    assert "80篇文章，60个报道" in ask(app, "/search?lang=both&ui=zh").text
    assert 'href="/?lang=both&amp;paired=1"' in ask(app, "/?lang=both").text
    assert 'href="/search?q=opens&amp;lang=both"' in ask(app, "/search?q=opens").text
    assert 'href="/search?q=opens&amp;lang=both&amp;paired=1"' in ask(app, "/search?q=opens&lang=both").text


def test_whole_lists_tell_each_story_once(app: Application) -> None:
    for address in ("/latest.jsonl?lang=both", "/search.jsonl?lang=both"):
        lines = [json.loads(line) for line in ask(app, address).text.splitlines()]
        assert len(lines) == 60
        assert sum("大厅" in line["body"] and "Secret hall" in line["body"] for line in lines) == 20


def test_copies_in_one_language_are_told_once_however_far_apart(database: Database, tmp_path: Path) -> None:
    # Only what had several languages was remembered from one batch to the next.
    copies = [article(title=f"Copy {n}", text="A hall opens.", guid=f"copy{n}") for n in range(3)]
    alone = [article(title=f"Thing {n} opens", text="Alone.", guid=f"alone{n}") for n in range(BATCH)]
    with database.writing() as transaction:
        for entries in (copies[:1], alone, copies[1:]):
            put_all(transaction, *entries)
        transaction.run("INSERT INTO story SELECT id, 'one' FROM article WHERE guid LIKE 'copy%'")
    app = application(database, tmp_path)
    for address in ("/latest.jsonl?lang=both", "/search.jsonl?q=opens&lang=both"):
        ids = [json.loads(line)["id"] for line in ask(app, address).text.splitlines()]
        assert len(ids) == len(set(ids)) == BATCH + 1, address
    assert "103 articles in 101 stories" in ask(app, "/?lang=both&ui=en").text


def test_what_may_not_be_shown_stays_hidden_in_a_story(
    database: Database, app: Application, tmp_path: Path
) -> None:
    with database.writing() as transaction:
        transaction.run("UPDATE article SET republish = 'title' WHERE language = 'en'")
    for address in (
        "/latest.atom?lang=both&n=60",
        "/latest.jsonl?lang=both",
        "/latest.rss?lang=both&content=simple",
    ):
        shown = ask(application(database, tmp_path), address).text
        assert "Secret hall" not in shown and "大厅3启用" in shown and "Story 3 opens" in shown


def test_a_withdrawn_version_leaves_the_story_at_once(database: Database, app: Application) -> None:
    assert "大厅3启用" in ask(app, "/latest.jsonl?lang=both").text
    (row,) = database.read("SELECT id FROM article WHERE guid = 'zh3'")
    before = ask(app, "/search.atom?q=opens&lang=both&paired=1").text
    assert "Story 3 opens" in before
    withdraw(database, [row["id"]], reason="wrong", person="Editor", now=NOW)
    assert "大厅3启用" not in ask(app, "/latest.atom?lang=both").text
    assert "Story 3 opens" not in ask(app, "/search.atom?q=opens&lang=both&paired=1").text
    assert "Story 3 opens" not in ask(app, "/latest.jsonl?lang=both&paired=1").text


def test_links_make_groups() -> None:
    found = joined([("a", "b"), ("c", "d"), ("b", "e"), ("f", "f")])
    assert sorted(map(sorted, found)) == [["a", "b", "e"], ["c", "d"], ["f"]]


@pytest.mark.parametrize(("sure", "count"), [(SURE, 2), (SURE - 0.01, 0)])
def test_a_pair_is_as_sure_in_lists_as_on_its_page(
    database: Database, tmp_path: Path, sure: float, count: int
) -> None:
    # Lists had a bound of their own, and left out pairs that the articles' pages showed.
    with database.writing() as transaction:
        put_all(
            transaction,
            article(title="One", guid="1"),
            article(title="一", text="一。", language="zh", guid="2"),
        )
        ids = [row["id"] for row in transaction.read("SELECT id FROM article")]
        record(transaction, ids[0], ids[1], state="found", how="test", sure=sure, now=NOW)
    app = application(database, tmp_path)
    assert len(json.loads(ask(app, "/latest.json?paired=1").body)["items"]) == count
    assert sum(len(each.translations) for each in articles(database, ids)) == count
