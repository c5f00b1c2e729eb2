"""The rules that published feeds keep so that no reader loses, doubles or misreads an entry, by number."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import feedparser
import pytest
from factories import NOW, TERMS, article, source
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from web_client import SITE, Reply, application, ask

from archive.articles import withdraw
from archive.database import Database, open_database
from archive.model import Article, Enclosure
from archive.put import put
from archive.reading.parse import parse
from archive.sources import settle
from index import follow
from syndicate.guard import Application

BASE = SITE.base_url
ATOM = {"a": "http://www.w3.org/2005/Atom"}
FORMATS = ("atom", "rss", "json")
LATER = NOW + timedelta(hours=3)
TORTURED = "x < y & z <b>bold</b> ]]> 𠮷野家 👩‍👩‍👧 \u200fעברית\u200f"


class Archive:
    """An archive behind the web, with a clock of its own."""

    def __init__(self, database: Database, folder: Path, *entries: Article) -> None:
        self.database, self.folder = database, folder
        self.app: Application = application(database, folder, *entries)

    def put(self, *entries: Article, at: datetime = LATER, source_id: str = "example") -> tuple[str, ...]:
        """Put articles at a time; their ids."""
        with self.database.writing() as transaction:
            settle(transaction, source(source_id), at)
            named = tuple(replace(entry, source=source_id) for entry in entries)
            stored = put(transaction, named, replace(TERMS, now=at))
        follow(self.database, self.folder / "index")
        return tuple(each.article.id for each in stored)

    def feed(self, address: str, **environ: str) -> Reply:
        """The answer to a request for a feed."""
        return ask(self.app, address, **environ)

    def entries(self, address: str) -> list[Mapping[str, Any]]:
        """The entries of a feed, as feedparser or JSON has them."""
        reply = self.feed(address)
        assert reply.status == 200, reply.text
        if address.partition("?")[0].endswith(".json"):
            return list(json.loads(reply.body)["items"])
        read = feedparser.parse(reply.body, sanitize_html=False, resolve_relative_uris=False)
        assert not read.bozo
        return list(read.entries)


@pytest.fixture
def archive(database: Database, tmp_path: Path) -> Archive:
    """Two articles of one source."""
    return Archive(
        database,
        tmp_path,
        article(
            guid="1", title="Olympic halls", text="Come and see.", url="https://e.example/1", published=NOW
        ),
        article(guid="2", title="奥运学校", text="今天开学。", language="zh", script="Hans", published=NOW),
    )  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
def test_rule_1_an_id_never_changes_and_is_no_link(archive: Archive, format: str) -> None:
    known = {entry["id"] for entry in archive.entries(f"/latest.{format}")}
    archive.put(article(guid="1", title="Another title", text="Another text.", url="https://e.example/1"))
    archive.put(article(guid="1", title="Another title", text="Another text.", url="http://other.example/x"))
    assert {entry["id"] for entry in archive.entries(f"/latest.{format}")} == known
    assert {entry["id"] for entry in archive.entries(f"/topic/olympics.{format}")} <= known
    if format == "rss":
        assert archive.feed("/latest.rss").text.count('<guid isPermaLink="false">urn:uuid:') == 2


def test_rule_2_updated_moves_with_the_content_alone_and_published_never(archive: Archive) -> None:
    before = {entry["id"]: entry for entry in archive.entries("/latest.atom")}
    body = archive.feed("/latest.atom").body
    # The same again, with what is no change of its content: white space, a moved date.
    archive.put(article(guid="1", title="Olympic halls", text="Come  and see.", url="https://e.example/1",
                        published=NOW + timedelta(minutes=9)))  # fmt: skip
    assert archive.feed("/latest.atom").body == body
    (id,) = archive.put(article(guid="1", title="Olympic halls", text="Closed.", published=NOW))
    after = {entry["id"]: entry for entry in archive.entries("/latest.atom")}
    assert {each: entry["published"] for each, entry in before.items()} == {
        each: entry["published"] for each, entry in after.items()
    }
    moved = [each for each in after if after[each]["updated"] != before[each]["updated"]]
    assert moved == [id] and after[id]["updated"] == "2026-11-24T11:00:00Z"


def test_rule_3_and_4_what_comes_last_stands_first_whatever_its_date(archive: Archive) -> None:
    (late,) = archive.put(article(guid="3", title="Old news", published=NOW - timedelta(days=7)))
    for format in FORMATS:
        assert archive.entries(f"/latest.{format}")[0]["id"] == late
        again = application(archive.database, archive.folder)
        assert ask(again, f"/latest.{format}").body == archive.feed(f"/latest.{format}").body


@pytest.mark.parametrize("format", FORMATS)
def test_rule_5_no_entry_is_of_the_future(archive: Archive, format: str) -> None:
    (id,) = archive.put(article(guid="3", title="Tomorrow", published=NOW + timedelta(days=400)))
    entry = archive.entries(f"/latest.{format}")[0]
    stated = entry["date_published"] if format == "json" else entry["published"]
    when = datetime.fromisoformat(stated) if format != "rss" else parsedate_to_datetime(stated)
    assert entry["id"] == id and when == LATER


def test_rule_6_another_address_is_the_same_entry(archive: Archive) -> None:
    known = [entry["id"] for entry in archive.entries("/latest.atom")]
    archive.put(article(guid="1", title="Olympic halls", text="Come and see.",
                        url="https://e.example/1?utm_source=feed#top", published=NOW))  # fmt: skip
    assert [entry["id"] for entry in archive.entries("/latest.atom")] == known


@pytest.mark.parametrize("format", FORMATS)
def test_rule_7_every_address_in_a_text_is_absolute(archive: Archive, format: str) -> None:
    html = (
        '&lt;a href="/x"&gt;x&lt;/a&gt; &lt;img src="i.png" srcset="a.png 1x, /b.png 2x"&gt;'
        ' &lt;blockquote cite="../q"&gt;q&lt;/blockquote&gt;'
    )
    feed = (
        "<rss version='2.0'><channel><title>t</title><link>https://e.example/</link><item><guid>9</guid>"
        f"<title>Links</title><link>https://e.example/a/b</link><description>{html}</description></item>"
        "</channel></rss>"
    )
    document = parse(feed.encode(), url="https://e.example/feed", content_type=None, name="", now=NOW)
    archive.put(*document.articles)
    entry = archive.entries(f"/latest.{format}")[0]
    shown = text_of(entry)
    assert "https://e.example/x" in shown and "https://e.example/a/i.png" in shown
    for relative in ('"/x"', '"i.png"', '"../q"', ", /b.png", '"a.png'):
        assert relative not in shown


TEXTS = st.text(
    st.one_of(
        st.characters(max_codepoint=0x9F),
        st.sampled_from("\ufffe\uffff\ufeff\u2028\u202e\U0001ffff"),
        st.characters(codec="utf-8"),
    ),
    max_size=60,
)


@settings(max_examples=6, deadline=None)
@given(texts=st.lists(TEXTS, min_size=30, max_size=30))
def test_rule_8_no_text_makes_a_feed_that_cannot_be_read(texts: list[str]) -> None:
    entries = [
        article(guid=str(place), title=text, text=text, summary=text, authors=(text,), categories=(text,))
        for place, text in enumerate(texts)
    ]
    with TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/data/archive.db")
        archive = Archive(database, Path(folder), *entries)
        for format in FORMATS:
            reply = archive.feed(f"/latest.{format}")
            assert reply.status == 200
            if format == "json":
                json.loads(reply.body)
            else:
                etree.fromstring(reply.body)
        database.close()


@pytest.mark.parametrize("format", FORMATS)
def test_rule_9_and_10_every_character_comes_back(archive: Archive, format: str) -> None:
    archive.put(article(guid="3", title=TORTURED, text=TORTURED))
    entry = archive.entries(f"/latest.{format}")[0]
    body = archive.feed(f"/latest.{format}").text
    assert entry["title"] == TORTURED and "&#" not in body and "<![CDATA[" not in body
    assert "]]&gt; 𠮷野家 👩‍👩‍👧 \u200fעברית" in text_of(entry)


def test_rule_11_markup_in_a_title_is_text_and_escaped_once(archive: Archive) -> None:
    archive.put(article(guid="3", title="x < y & <b>z</b>"))
    for format, path in (("atom", "a:entry/a:title"), ("rss", "channel/item/title")):
        root = etree.fromstring(archive.feed(f"/latest.{format}").body)
        assert root.findall(path, ATOM)[0].text == "x < y & <b>z</b>"
    assert archive.entries("/latest.json")[0]["title"] == "x < y & <b>z</b>"


@pytest.mark.parametrize("format", FORMATS)
def test_rule_12_a_title_has_at_most_500_characters(archive: Archive, format: str) -> None:
    archive.put(article(guid="3", title="新" * 5000))
    title = archive.entries(f"/latest.{format}")[0]["title"]
    assert len(title) == 500 and title.endswith("新…")


def test_rule_13_times_are_in_utc(archive: Archive) -> None:
    stated = datetime(2022, 4, 2, 8, 30, tzinfo=timezone(timedelta(hours=8)))
    archive.put(article(guid="3", title="Of Beijing", published=stated))
    assert "<published>2022-04-02T00:30:00Z</published>" in archive.feed("/latest.atom").text
    assert "<pubDate>Sat, 02 Apr 2022 00:30:00 +0000</pubDate>" in archive.feed("/latest.rss").text
    assert archive.entries("/latest.json")[0]["date_published"] == "2022-04-02T00:30:00Z"


def test_rule_14_no_size_is_made_up(archive: Archive) -> None:
    files = (
        Enclosure(url="https://e.example/unknown.mp3", type="audio/mpeg"),
        Enclosure(url="https://e.example/known.mp3", type="audio/mpeg", length=1234),
    )
    archive.put(article(guid="3", title="Listen", enclosures=files))
    rss = etree.fromstring(archive.feed("/latest.rss").body)
    assert [dict(each.attrib) for each in rss.iter("enclosure")] == [
        {"url": files[1].url, "type": "audio/mpeg", "length": "1234"}
    ]
    atom = etree.fromstring(archive.feed("/latest.atom").body)
    links = atom.findall("a:entry/a:link[@rel='enclosure']", ATOM)
    assert [(each.get("href"), each.get("length")) for each in links] == [
        (files[0].url, None),
        (files[1].url, "1234"),
    ]
    attachments = archive.entries("/latest.json")[0]["attachments"]
    assert [each.get("size_in_bytes") for each in attachments] == [None, 1234]


@pytest.mark.parametrize("format", FORMATS)
def test_rule_15_a_feed_states_the_one_address_it_has(archive: Archive, format: str) -> None:
    asked = f"/latest.{format}?lang=en&content=summary"
    other = archive.feed(f"/latest.{format}?content=summary&lang=en&unknown=1")
    assert (other.status, other.headers["Location"]) == (301, asked)
    body = archive.feed(asked).body
    stated = (
        json.loads(body)["feed_url"]
        if format == "json"
        else etree.fromstring(body).find(".//{http://www.w3.org/2005/Atom}link[@rel='self']").get("href")  # type: ignore[union-attr]
    )
    assert stated == BASE + asked


def test_rule_16_tags_are_strong_and_of_one_coding(archive: Archive) -> None:
    plain, packed = archive.feed("/latest.atom"), archive.feed("/latest.atom", HTTP_ACCEPT_ENCODING="gzip")
    tags = [reply.headers["Etag"] for reply in (plain, packed)]
    assert tags[0] != tags[1] and all(tag.startswith('"') for tag in tags)
    assert gzip.decompress(packed.body) == plain.body
    for stated in (*tags, f"W/{tags[0]}", f'"other", {tags[0]}', "*"):
        assert archive.feed("/latest.atom", HTTP_IF_NONE_MATCH=stated).status == 304
    archive.put(article(guid="3", title="News"))
    assert archive.feed("/latest.atom", HTTP_IF_NONE_MATCH=tags[0]).status == 200


@pytest.mark.parametrize("suffix", ["-gzip", ";gzip", "-br", "-gz"])
def test_rule_17_a_tag_that_a_proxy_marked_is_still_ours(archive: Archive, suffix: str) -> None:
    tag = archive.feed("/latest.atom").headers["Etag"].strip('"')
    assert archive.feed("/latest.atom", HTTP_IF_NONE_MATCH=f'"{tag}{suffix}"').status == 304


def test_rule_18_last_modified_is_that_of_the_list_and_tags_come_first(archive: Archive) -> None:
    stated = archive.feed("/latest.atom").headers["Last-Modified"]
    assert stated == "Tue, 24 Nov 2026 08:00:00 GMT"
    withdraw(archive.database, [archive.put(article(guid="3", title="Soon gone"))[0]],
             reason="an error", person="editor", now=LATER)  # fmt: skip
    moved = archive.feed("/latest.atom").headers["Last-Modified"]
    assert parsedate_to_datetime(moved) == LATER
    day = timedelta(days=1)
    for since, code in (
        (moved, 304),
        (format_datetime(LATER + day, usegmt=True), 304),
        (stated, 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ("yesterday", 200),
    ):
        assert archive.feed("/latest.atom", HTTP_IF_MODIFIED_SINCE=since).status == code, since
        asked = {"HTTP_IF_MODIFIED_SINCE": since, "HTTP_IF_NONE_MATCH": '"another"'}
        assert archive.feed("/latest.atom", **asked).status == 200


def test_rule_19_of_two_changes_within_a_second_none_is_missed(archive: Archive) -> None:
    archive.put(article(guid="3", title="One"), at=LATER)
    first = archive.feed("/latest.atom").headers
    archive.put(article(guid="4", title="Two"), at=LATER)
    second = archive.feed("/latest.atom", HTTP_IF_NONE_MATCH=first["Etag"])
    assert second.status == 200 and second.headers["Last-Modified"] == first["Last-Modified"]


@pytest.mark.parametrize("format", FORMATS)
def test_rule_20_caches_are_told_what_they_may_do(archive: Archive, format: str) -> None:
    fresh = archive.feed(f"/latest.{format}")
    known = archive.feed(f"/latest.{format}", HTTP_IF_NONE_MATCH=fresh.headers["Etag"])
    assert known.status == 304 and known.body == b""
    for reply in (fresh, known):
        assert "Accept-Encoding" in reply.headers["Vary"]
        assert reply.headers["Cache-Control"] == "public, max-age=60"
    assert known.headers["Etag"] == fresh.headers["Etag"] and "Content-Type" not in known.headers


def test_rule_21_codings_are_taken_at_their_word_and_head_is_get(archive: Archive) -> None:
    for stated, coding in (("gzip", "gzip"), ("gzip;q=0", ""), ("identity", ""), ("*;q=0, gzip", "gzip")):
        reply = archive.feed("/latest.atom", HTTP_ACCEPT_ENCODING=stated)
        assert reply.headers.get("Content-Encoding", "") == coding, stated
    got, head = archive.feed("/latest.atom"), ask(archive.app, "/latest.atom", "HEAD")
    assert head.body == b"" and head.status == 200
    assert without_number(head) == without_number(got)


def test_rule_22_what_is_not_a_feed_is_never_a_page(archive: Archive) -> None:
    for address, code in (
        ("/topic/nothing.atom", 404),
        ("/source/nothing.rss", 404),
        ("/latest.json?lang=xx", 400),
        ("/latest.atom?archive=1-2", 404),
        ("/latest.atom?n=1000", 400),
    ):
        reply = archive.feed(address, HTTP_ACCEPT="text/html")
        assert reply.status == code and reply.headers["Content-Type"].startswith("text/plain"), address
        assert "<html" not in reply.text and reply.text.strip()


@pytest.mark.parametrize("format", FORMATS)
def test_rule_23_an_empty_feed_is_one(database: Database, tmp_path: Path, format: str) -> None:
    archive = Archive(database, tmp_path)
    assert archive.entries(f"/latest.{format}") == []
    assert archive.feed(f"/latest.{format}").body == archive.feed(f"/latest.{format}").body
    assert "2000-01-01T00:00:00Z" in archive.feed("/latest.atom").text


def test_rule_24_a_document_begins_at_once_and_its_root_is_on_one_line(archive: Archive) -> None:
    for format in ("atom", "rss"):
        body = archive.feed(f"/latest.{format}").body
        assert body.startswith(b"<?xml ")
        root = next(line for line in body.split(b"\n") if b"<feed" in line or b"<rss" in line)
        start = root[max(root.find(b"<feed"), root.find(b"<rss")) :]
        assert b">" in start


@pytest.mark.parametrize("format", FORMATS)
def test_rule_25_a_live_feed_is_small(archive: Archive, format: str) -> None:
    archive.put(*(article(guid=f"n{n}", title=f"{n}", text="长文。" * 2_000) for n in range(60)))
    archive.put(*(article(guid=f"n{n}", title=f"{n} again", text="长文！" * 2_000) for n in range(60)))
    reply = archive.feed(f"/latest.{format}")
    assert len(reply.body) <= 500_000 and len(archive.entries(f"/latest.{format}")) == 50


def test_rule_26_where_an_article_comes_from_is_said(archive: Archive) -> None:
    entry = article(guid="3", title="Theirs", url="https://e.example/3", rights="© Example",
                    licence="https://creativecommons.org/licenses/by/4.0/")  # fmt: skip
    archive.put(entry)
    (atom, *_) = etree.fromstring(archive.feed("/latest.atom").body).findall("a:entry", ATOM)
    assert atom.findtext("a:source/a:title", namespaces=ATOM) == "Example"
    assert atom.findtext("a:source/a:id", namespaces=ATOM)
    assert atom.findtext("a:rights", namespaces=ATOM) == "© Example"
    assert {link.get("rel"): link.get("href") for link in atom.findall("a:link", ATOM)} == {
        "alternate": atom.findall("a:link", ATOM)[0].get("href"),
        "via": entry.url,
        "license": entry.licence,
    }
    (item, *_) = etree.fromstring(archive.feed("/latest.rss").body).findall("channel/item")
    assert item.findtext("source") == "Example" and item.find("source").get("url")  # type: ignore[union-attr]
    told = archive.entries("/latest.json")[0]
    assert told["external_url"] == entry.url and told["_source"]["title"] == "Example"
    assert told["_rights"] == {"rights": "© Example", "licence": entry.licence}


def test_rule_27_an_entry_is_the_same_in_every_feed(archive: Archive) -> None:
    for address in ("/topic/olympics", "/source/example", "/search"):
        query = "?q=halls" if address == "/search" else ""
        here = {entry["id"]: entry for entry in archive.entries(f"{address}.atom{query}")}
        everywhere = {entry["id"]: entry for entry in archive.entries("/latest.atom")}
        assert here and all(everywhere[id] == entry for id, entry in here.items())


def text_of(entry: Mapping[str, Any]) -> str:
    """The HTML of an entry, in whichever element its format has it."""
    if "content_html" in entry:
        return str(entry["content_html"])
    return str(entry["content"][0]["value"] if "content" in entry else entry["summary"])


def without_number(reply: Reply) -> dict[str, str]:
    """Headers but for the number of the request."""
    return {name: value for name, value in reply.headers.items() if name != "X-Request-Id"}


def test_rule_28_readers_are_counted_by_feed_and_not_followed(archive: Archive) -> None:
    agents = ("Reader/1.0", "Other/2.0", "Aggregator/1.0 (feed-id:7; 23 subscribers)")
    replies = [archive.feed("/latest.atom", HTTP_USER_AGENT=agent) for agent in agents]
    assert all("Set-Cookie" not in reply.headers for reply in replies)
    told = json.loads(archive.feed("/stats.json").body)
    assert told["subscribers"] == [{"feed": "/latest.atom", "told": 23, "seen": 2}]
