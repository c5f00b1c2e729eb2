"""Feeds over the life of an archive, as readers ask for them: nothing is missed, nothing stale."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import pytest
from factories import NOW, TERMS, TOPICS, article, put_all, source
from lxml import etree
from web_client import SITE, application, ask

from archive.articles import restore, withdraw
from archive.database import Database
from archive.export import export
from archive.model import Article, Selection
from archive.put import put
from archive.settings import Settings
from archive.sources import settle
from index import Index, follow, open_index
from syndicate.addresses import View, list_path
from syndicate.caching import Conditions
from syndicate.composing import Composer
from syndicate.feeds import Feeds
from syndicate.guard import Application
from syndicate.web import make_app

BASE = "https://archive.example"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
LISTS = [
    Selection(),
    Selection(topics=("olympics",)),
    Selection(topics=("education", "olympics")),
    Selection(without=("olympics",)),
    Selection(topics=("education",), without=("olympics",)),
    Selection(source="other"),
    Selection(by="Fan"),
    Selection(by="Fan", language="zh"),
    Selection(language="en"),
    Selection(since=date(2026, 11, 1)),
]
SEARCHES = [Selection(query="olympic"), Selection(query="school -olympic", by="Fan")]


def stories(count: int) -> list[Article]:
    """Some articles of a topic."""
    return [article(guid=str(n), title=f"Olympic story {n}", text=f"Text {n}.") for n in range(count)]


def archived_ids(database: Database) -> set[str]:
    """The ids of all that an export has."""
    return {json.loads(line)["id"] for line in export(database, base_url=BASE)}


def walked(app: Application, address: str) -> tuple[set[str], set[str], int]:
    """The ids of articles and of deletions from a feed back through its history, and how many documents."""
    found, gone, documents = set(), set(), 0
    while address:
        reply = ask(app, address)
        assert reply.status == 200, address
        feed = feedparser.parse(reply.body)
        assert not feed.bozo
        found |= {entry.id for entry in feed.entries}
        gone |= {str(each.get("ref")) for each in etree.fromstring(reply.body).iter(DELETED)}
        links = {link.rel: link.href.removeprefix(BASE) for link in feed.feed.links}
        assert links["self"] == address
        address, documents = links.get("prev-archive", ""), documents + 1
    return found, gone, documents


@pytest.mark.parametrize(
    "address",
    ["/latest.atom", "/topic/olympics.atom", "/source/example.rss", "/search.atom?q=story", "/search.rss"],
)
def test_the_whole_archive_can_be_read_back_from_any_feed(
    address: str, database: Database, tmp_path: Path
) -> None:
    app = application(database, tmp_path, *stories(140))
    found, gone, documents = walked(app, address)
    assert found == archived_ids(database) and not gone and documents > 2
    out = sorted(found)[7]
    withdraw(database, [out], reason="an error", person="editor", now=NOW)
    follow(database, tmp_path / "index")
    then, gone, _ = walked(app, address)
    assert then == found - {out}
    assert gone == ({out} if ".atom" in address else set())  # RSS has no word for it


def test_a_search_tells_what_was_withdrawn_and_revised_of_it(database: Database, tmp_path: Path) -> None:
    others = [article(guid=f"x{n}", title=f"School {n}", text=f"A text {n}.") for n in range(300)]
    app = application(database, tmp_path, *stories(140), *others)
    ids = {row["title"]: row["article"] for row in database.read("SELECT article, title FROM revision")}
    revised = [article(guid=str(n), title=f"Olympic story {n}", text="Other words.") for n in (102, 103)]
    revised += [article(guid="x7", title="School 7", text="Other words.")]
    with database.writing() as transaction:
        put_all(transaction, *revised)
    withdraw(database, [ids["Olympic story 1"]], reason="r", person="p", now=NOW)
    follow(database, tmp_path / "index")
    documents, live = walked(app, "/search.atom?q=olympic")[2], ask(app, "/search.atom?q=olympic").body
    shown = [entry.id for entry in feedparser.parse(live).entries]
    assert {ids["Olympic story 102"], ids["Olympic story 103"]} == set(shown[32:])
    assert [each.get("ref") for each in etree.fromstring(live).iter(DELETED)] == [ids["Olympic story 1"]]
    assert ids["School 7"] not in shown and 2 < documents <= 440 // 40 + 20


def test_the_documents_of_a_search_stay_as_they_are(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *stories(140))
    links, address = [], "/search.atom?q=story"
    while address:
        links.append(address)
        feed = feedparser.parse(ask(app, address).body)
        address = {each.rel: each.href.removeprefix(BASE) for each in feed.feed.links}.get("prev-archive", "")
    before = {link: ask(app, link) for link in links[1:]}
    with database.writing() as transaction:
        put_all(transaction, *(article(guid=f"n{n}", title=f"New story {n}") for n in range(500)))
    follow(database, tmp_path / "index")
    assert len(before) > 1
    for link, reply in before.items():
        then = ask(app, link)
        assert (then.body, then.headers["Etag"]) == (reply.body, reply.headers["Etag"])
        assert then.headers["Cache-Control"] == "public, max-age=3600"


def test_what_the_index_has_not_come_to_is_not_closed(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *stories(70))
    assert ask(app, "/search.atom?q=story&archive=32-64").status == 200
    with database.writing() as transaction:
        stored = put_all(transaction, *(article(guid=f"n{n}", title=f"New story {n}") for n in range(70)))
    withdraw(database, [stored[60].article.id], reason="r", person="p", now=NOW)
    # The archive has numbers up to 140, and a deletion among them; the index has not seen any of it.
    for window in ("64-96", "96-128", "64-128"):
        assert ask(app, f"/search.atom?q=story&archive={window}").status == 404
    follow(database, tmp_path / "index")
    assert ask(app, "/search.atom?q=story&archive=64-96").status == 200
    assert walked(app, "/search.atom?q=story")[0] == archived_ids(database) - {stored[60].article.id}


def test_what_is_withdrawn_leaves_a_search_at_once(database: Database, tmp_path: Path) -> None:
    # What was kept of the feed stayed as it was until the index followed, which may take long.
    app = application(database, tmp_path, *stories(40))
    addresses = ("/search.atom?q=story", "/search.atom?q=story&archive=0-32")
    tags = [ask(app, address).headers["Etag"] for address in addresses]
    ids = [row["id"] for row in database.read("SELECT id FROM article WHERE number = 20 OR number = 1")]
    withdraw(database, ids, reason="an error", person="p", now=NOW + timedelta(hours=1))
    for address, tag in zip(addresses, tags, strict=True):
        reply = ask(app, address, HTTP_IF_NONE_MATCH=tag)
        gone = {str(each.get("ref")) for each in etree.fromstring(reply.body).iter(DELETED)}
        assert reply.status == 200 and gone == set(ids), address
        assert parsedate_to_datetime(reply.headers["Last-Modified"]) == NOW + timedelta(hours=1)


def test_what_arrives_late_comes_first(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *stories(40))
    with database.writing() as transaction:
        put_all(transaction, article(guid="late", title="Last week", published=NOW - timedelta(days=7)))
    for format in ("atom", "rss"):
        assert feedparser.parse(ask(app, f"/latest.{format}").body).entries[0].title == "Last week"
    assert json.loads(ask(app, "/latest.json").text)["items"][0]["title"] == "Last week"


@pytest.mark.parametrize("address", ["/latest.atom", "/latest.json?lang=en", "/search.rss?q=story"])
def test_a_reader_has_the_same_feed_before_and_after_a_restart(
    address: str, database: Database, tmp_path: Path
) -> None:
    before = ask(application(database, tmp_path, *stories(5)), address)
    settings = Settings(data=tmp_path, site=SITE, topics=TOPICS)
    again = make_app(database=database, index=open_index(tmp_path / "index"), settings=settings)
    kept = {"HTTP_IF_NONE_MATCH": before.headers["Etag"]}
    reply = ask(again, address, **kept)
    assert (reply.status, reply.body) == (304, b"")
    assert "Set-Cookie" not in before.headers and before.headers["Etag"] == reply.headers["Etag"]
    assert ask(again, address).body == before.body
    since = {"HTTP_IF_MODIFIED_SINCE": before.headers["Last-Modified"]}
    assert ask(again, address, **since).status == 304


def happen(database: Database, dice: random.Random, moment: int) -> None:
    """Something that happens to an archive: an article comes or changes, is withdrawn or restored."""
    now = NOW + timedelta(minutes=moment)
    ids = [row["id"] for row in database.read("SELECT id FROM article ORDER BY id")]
    chance = dice.random()
    if chance < 0.65 or not ids:
        name = dice.choice(["example", "other"])
        entry = article(
            source=name,
            guid=str(dice.randrange(6)),
            title=f"{dice.choice(['Olympic', 'School', 'Olympic school', 'Plain'])} {dice.randrange(3)}",
            language=dice.choice(["en", "zh"]),
            authors=dice.choice([(), ("Fan",), ("Bo",), ("Fan", "Bo")]),
            published=dice.choice([None, NOW - timedelta(days=dice.randrange(60))]),
            republish=dice.choice([None, None, "none", "title"]),
        )
        with database.writing() as transaction:
            settle(transaction, source(name), now)
            put(transaction, (entry,), replace(TERMS, now=now))
    elif chance < 0.85:
        withdraw(database, [dice.choice(ids)], reason="r", person="p", now=now)
    else:
        restore(database, [dice.choice(ids)], person="p", now=now)


@pytest.mark.parametrize(("seed", "chosen"), [*((seed, LISTS) for seed in range(2)), (6, SEARCHES)])
def test_what_is_kept_of_feeds_is_what_would_be_made_now(
    seed: int, chosen: list[Selection], database: Database, tmp_path: Path
) -> None:
    index: Index = open_index(tmp_path / "index")
    with database.writing() as transaction:
        settle(transaction, source("other"), NOW)  # so that its list is there from the beginning

    def feeds() -> Feeds:
        return Feeds(Composer(database, index, site=SITE, base_url=BASE, topics=TOPICS))

    kept, dice = feeds(), random.Random(seed)
    times = dict.fromkeys(range(len(chosen)), NOW - timedelta(days=36_500))
    for moment in range(25):
        happen(database, dice, moment)
        if chosen is SEARCHES:
            follow(database, tmp_path / "index")
        made = feeds()
        for place, selection in enumerate(chosen):
            answers = [
                each.answer(list_path(selection), selection, View(), "json", Conditions())
                for each in (kept, made)
            ]
            assert answers[0].body == answers[1].body, selection
            modified = parsedate_to_datetime(dict(answers[0].headers)["Last-Modified"])
            assert modified >= times[place], selection
            times[place] = modified


@pytest.mark.parametrize(
    "address", ["/latest.atom", "/search.atom?q=olympic", "/search.atom?q=olympic%20OR%20school"]
)
def test_who_polls_a_feed_has_what_is_public_and_nothing_withdrawn(
    address: str, database: Database, tmp_path: Path
) -> None:
    app, dice = application(database, tmp_path), random.Random(address)
    kept: dict[str, str] = {}
    for moment in range(25):
        happen(database, dice, moment)
        if dice.random() < 0.5:
            follow(database, tmp_path / "index")
        body = ask(app, address).body
        kept.update((entry.id, entry.title) for entry in feedparser.parse(body).entries)
        for each in etree.fromstring(body).iter(DELETED):
            kept.pop(str(each.get("ref")), None)
    follow(database, tmp_path / "index")
    body = ask(app, address).body
    kept.update((entry.id, entry.title) for entry in feedparser.parse(body).entries)
    found = walked(app, address)[0]
    titles = {
        row["id"]: row["title"]
        for row in database.read(
            "SELECT a.id, r.title FROM article a JOIN revision r ON r.article = a.id"
            " AND r.revision = a.revision WHERE a.withdrawn IS NULL"
        )
    }
    assert found <= kept.keys() <= titles.keys() and len(found) > 1
    assert {id: kept[id] for id in found} == {id: titles[id] for id in found}


def test_the_history_of_a_search_is_whole_while_news_arrives(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *stories(260))
    before, found, address, moment = archived_ids(database), set(), "/search.atom?q=story", 0
    while address:
        feed = feedparser.parse(ask(app, address).body)
        found |= {entry.id for entry in feed.entries}
        address = {each.rel: each.href.removeprefix(BASE) for each in feed.feed.links}.get("prev-archive", "")
        moment += 1
        with database.writing() as transaction:
            put_all(
                transaction,
                *(article(guid=f"{moment}-{n}", title=f"New story {moment}.{n}") for n in range(40)),
            )
        follow(database, tmp_path / "index")
    assert moment > 3 and found == before
