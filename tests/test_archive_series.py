"""Successive versions of feeds: each item once, each edit a revision, each deletion a withdrawal."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from conftest import shared
from factories import NOW, TERMS, source

from archive.articles import every, revisions
from archive.database import Database
from archive.inputs import Input
from archive.reading.parse import parse
from archive.sources import settle
from archive.take import EntryLine, take
from archive.verify import verify

ITEM = "<item><guid>{guid}</guid><link>https://e.example/{link}</link><title>{title}</title><description>{text}</description></item>"
TOMBSTONES = 'xmlns:at="http://purl.org/atompub/tombstones/1.0"'
FH = 'xmlns:fh="http://purl.org/syndication/history/1.0"'


def item(guid: str, text: str, *, link: str = "", title: str = "") -> str:
    """An item of a feed."""
    return ITEM.format(guid=guid, link=link or guid, title=title or f"Story {guid}", text=text)


def feed(*items: str, head: str = "") -> bytes:
    """A feed."""
    return f'<rss version="2.0" {FH}><channel><title>E</title>{head}{"".join(items)}</channel></rss>'.encode()


def replay(database: Database, versions: Iterable[bytes], *, is_live: bool = True) -> Counter[str]:
    """Take in versions of a feed, an hour apart; how often each outcome came."""
    outcomes: Counter[str] = Counter()
    for hour, body in enumerate(versions):
        now = NOW + timedelta(hours=hour)
        document = parse(body, url="https://e.example/feed", content_type=None, name="feed", now=now)
        with database.writing() as transaction:
            of = settle(transaction, source(), now)
            each = Input(name="feed", body=body, is_live=is_live)
            lines = take(transaction, each, document, replace(TERMS, now=now), source=of)
        outcomes.update(line.outcome for line in lines if isinstance(line, EntryLine))
    return outcomes


def texts(database: Database) -> Mapping[str, list[str]]:
    """The texts of every revision, by the guid of the article; those of withdrawn ones in brackets."""
    return {
        str(one.guid): [
            f"({each.text})" if one.withdrawn else each.text for each in revisions(database, one.id)
        ]
        for one in every(database)
    }


@pytest.mark.parametrize(
    ("name", "is_live", "most"),
    [
        ("niles__zhihu", True, 4),
        ("niles__phoronix", False, 4),
        *(
            pytest.param(name, is_live, 99, marks=pytest.mark.slow)
            for name in ("niles__cnbeta", "niles__hacker-news", "niles__phoronix", "niles__zhihu")
            for is_live in (True, False)
        ),
    ],
)
def test_captured_series_leave_each_item_once(
    database: Database, name: str, is_live: bool, most: int
) -> None:
    folder = shared(f"data/feed_series/{name}")
    series = json.loads((folder / "series.json").read_text())
    versions = [gzip.decompress((folder / each["file"]).read_bytes()) for each in series["snapshots"][:most]]
    first = replay(database, versions, is_live=is_live)
    assert first["new"] == len(list(every(database))) == distinct(versions)
    assert first["revised"] == first["skipped"] == 0
    again = replay(database, versions, is_live=is_live)
    assert set(again) == {"unchanged"}


def distinct(versions: Iterable[bytes]) -> int:
    """How many different guids all versions hold together."""
    found = set()
    for body in versions:
        document = parse(body, url=None, content_type=None, name="feed", now=datetime.now(UTC))
        found |= {article.guid for article in document.articles}
    return len(found)


def test_edits_are_revisions_also_when_they_go_back(database: Database) -> None:
    versions = [
        feed(item("1", text), item("2", "Same.")) for text in ("First.", "Second.", "First.", "First.")
    ]
    assert replay(database, versions) == {"new": 2, "revised": 2, "unchanged": 4}
    assert texts(database) == {"1": ["First.", "Second.", "First."], "2": ["Same."]}
    assert replay(database, versions, is_live=False)["revised"] == 0
    assert list(verify(database)) == []


def test_new_guids_for_old_stories_are_the_same_articles(database: Database) -> None:
    guids = ("https://e.example/?p={}", "https://www.e.example/?p={}", "tag:e.example,{}")
    links = ("{}", "{}", "{}?utm_source=rss")
    before, after, renamed = (
        [item(guid.format(n), f"About {n}.", link=link.format(n), title=f"Story {n}") for n in range(5)]
        for guid, link in zip(guids, links, strict=True)
    )
    assert replay(database, [feed(*before), feed(*after), feed(*renamed)]) == {"new": 5, "unchanged": 10}


def test_a_guid_that_comes_back_for_another_story_is_another_article(database: Database) -> None:
    one = item("1", "The council met on Monday.", link="a", title="Council meets")
    two = item("1", "A storm closed all schools in the north.", link="b", title="Storm closes schools")
    assert replay(database, [feed(one), feed(two), feed(one)]) == {"new": 2, "unchanged": 1}


def test_ten_items_under_one_guid_are_ten_articles_however_often(database: Database) -> None:
    items = [
        item("same", f"This is about the number {n * 7}.", link=f"{n}", title=f"Number {n}")
        for n in range(10)
    ]
    assert replay(database, [feed(*items), feed(*items[5:]), feed(*items)]) == {"new": 10, "unchanged": 15}


def test_what_a_source_deletes_is_withdrawn_and_comes_back_with_it(database: Database) -> None:
    gone = f'<at:deleted-entry {TOMBSTONES} ref="1" when="2026-11-24T00:00:00Z"/>'
    both, one = feed(item("1", "First."), item("2", "Second.")), feed(item("2", "Second."), head=gone)
    replay(database, [both, one])
    assert texts(database) == {"1": ["(First.)"], "2": ["Second."]}
    replay(database, [one, feed(item("1", "First again."), item("2", "Second."))])
    assert texts(database) == {"1": ["First.", "First again."], "2": ["Second."]}


def test_only_a_complete_feed_withdraws_what_it_leaves_out(database: Database) -> None:
    items = [item(str(n), f"Text {n}.") for n in range(3)]
    replay(database, [feed(*items), feed(*items[:1])])
    assert all(one.withdrawn is None for one in every(database))
    replay(database, [feed(head="<fh:complete/>"), feed(*items[:2], head="<fh:complete/>")])
    assert texts(database) == {"0": ["Text 0."], "1": ["Text 1."], "2": ["(Text 2.)"]}
    assert list(verify(database)) == []
