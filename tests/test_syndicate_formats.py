"""Feeds in every format: what a reader reads out of them is what was put in, whatever that was."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import escape
from typing import Any

import feedparser
import pytest
from factories import NOW, TOPICS, article, source
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from archive.model import Article, Enclosure, Image, Translation, Withdrawn, article_id, moment
from archive.reading.clean import clean_line
from syndicate.composing import Feed
from syndicate.formats import FORMATS
from syndicate.formats.texts import CONTROLS

ATOM = "{http://www.w3.org/2005/Atom}"
XML = ("atom", "rss")
EVERY = tuple(FORMATS)
# All that may stand in an archive, and more: what came in was cleaned by an older rule, or not at all.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
TIMES = st.integers(0, 1_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ADDRESSES = st.none() | TEXTS | TEXTS.map("https://news.example/{}".format)


def stored(name: str = "1", **fields: object) -> Article:
    """An article as the archive has it."""
    kept: dict[str, Any] = {
        "id": article_id("example", name),
        "address": f"/a/2026/11/24/{article_id('example', name)[9:17]}",
        "source": "example",
        "number": 1,
        "revision": 1,
        "sha": "0" * 64,
        "first_seen": NOW,
        "stored": NOW,
    }
    return article(**{**kept, **fields})


def feed_of(*articles: Article, **fields: Any) -> Feed:
    """A feed of articles."""
    values: dict[str, Any] = {
        "id": article_id("feed", "/latest"),
        "self_url": "https://archive.example/latest.atom",
        "page_url": "https://archive.example/",
        "base_url": "https://archive.example",
        "title": "Latest 最新",
        "language": "en",
        "updated": NOW,
        "articles": articles,
        "sources": {"example": source(url="https://news.example/feed.xml", title="Example 样例")},
        "topics": {topic.id: topic for topic in TOPICS},
    }
    return Feed(**{**values, **fields})


def entries(format: str, feed: Feed) -> list[Any]:
    """The entries of a feed as a reader gets them."""
    body = FORMATS[format].render(feed)
    if format == "json":
        items: list[Any] = json.loads(body)["items"]
        return items
    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    found: list[Any] = parsed.entries
    return found


def root_of(format: str, feed: Feed) -> Any:
    """The document's element."""
    return etree.fromstring(FORMATS[format].render(feed))


def links(element: Any, rel: str) -> list[Mapping[str, str]]:
    """The links of one kind, without the kind."""
    found = [dict(link.attrib) for link in element.findall(f"{ATOM}link") if link.get("rel") == rel]
    return [{name: value for name, value in link.items() if name != "rel"} for link in found]


def shown(text: str) -> str:
    """Text as one line of what readers can show."""
    return clean_line(CONTROLS.sub("", text))


def as_feedparser_reads(title: str) -> str:
    """A title as feedparser shows it: it takes whatever could be UTF-8 read as Latin-1 for that."""
    try:
        return title.encode("iso-8859-1").decode()
    except UnicodeError:
        return title


ANY_ARTICLE = st.builds(
    lambda name, seen, **fields: stored(name, first_seen=seen, stored=seen, **fields),
    name=st.text(max_size=5),
    seen=TIMES,
    title=TEXTS,
    text=TEXTS,
    html=TEXTS,
    summary=TEXTS,
    language=st.sampled_from(["en", "zh", "und", "ru"]),
    script=st.sampled_from([None, "Hans", "Hant"]),
    guid=st.none() | TEXTS,
    url=ADDRESSES,
    authors=st.lists(TEXTS, max_size=2).map(tuple),
    published=st.none() | TIMES,
    categories=st.lists(TEXTS, max_size=3).map(tuple),
    topics=st.sampled_from([(), ("olympics",), ("gone",)]),
    enclosures=st.lists(
        st.builds(
            Enclosure, url=ADDRESSES.map(str), type=st.none() | TEXTS, length=st.none() | st.integers(0, 9)
        ),
        max_size=2,
    ).map(tuple),
    images=st.lists(st.builds(Image, url=ADDRESSES), max_size=1).map(tuple),
    rights=st.none() | TEXTS,
    licence=ADDRESSES,
)


@settings(deadline=None)
@given(ANY_ARTICLE, st.sampled_from(EVERY))
def test_rendered_then_parsed_keeps_id_title_address_and_times(written: Article, format: str) -> None:
    (entry,) = entries(format, feed_of(written))
    first = written.first_seen
    assert first is not None
    published = min(written.published, first) if written.published else None
    assert entry["id"] == written.id
    assert entry["url" if format == "json" else "link"] == f"https://archive.example{written.address}"
    if title := shown(written.title):
        assert entry["title"] == (title if format == "json" else as_feedparser_reads(title))
    if format == "json":
        assert (time_in(entry, "date_published"), moment(entry["date_modified"])) == (
            published,
            written.stored,
        )
    elif format == "atom":
        assert (time_in(entry, "published"), moment(entry["updated"])) == (published, written.stored)
    else:
        assert time_in(entry, "published", parsedate_to_datetime) == published


def time_in(entry: Any, name: str, read: Callable[[str], datetime] = moment) -> datetime | None:
    """A time that an entry states, if it does."""
    return read(entry[name]) if name in entry else None


@pytest.mark.parametrize("format", EVERY)
@pytest.mark.parametrize(
    "title",
    [
        "x < y & z",
        "<b>bold</b>",
        "&amp; &lt;",
        "]]>",
        "双奥之城 雙奧之城",
        "👩‍👩‍👧 𠮷 \u202bمرحبا\u202c",
        "a\x00b\x92c\ufffe",
        "half \ud83d a pair \udfff",
        "'\"“”",
    ],
)
def test_titles_are_plain_text_escaped_once(format: str, title: str) -> None:
    (entry,) = entries(format, feed_of(stored(title=title)))
    assert entry["title"] == shown(title)


@pytest.mark.parametrize("format", EVERY)
def test_a_title_is_never_empty_nor_too_long(format: str) -> None:
    texts = (stored("1", title=" "), stored("2", title="", text=""), stored("3", title="长" * 5000))
    titles = [entry["title"] for entry in entries(format, feed_of(*texts))]
    assert titles == ["Some text.", texts[1].id, "长" * 499 + "…"]


@pytest.mark.parametrize("format", XML)
def test_a_plain_summary_with_markup_stays_text(format: str) -> None:
    # An RSS description is HTML: what was the literal text <script> would have been one.
    (entry,) = entries(format, feed_of(stored(summary="about <script>x()</script> & co", text="")))
    assert entry["summary"] == escape("about <script>x()</script> & co", quote=False)


@pytest.mark.parametrize("format", EVERY)
def test_content_is_html_cleaned_and_without_controls(format: str) -> None:
    html = (
        '<p onclick="x()">Five &#x9d;<script>x()</script><a href="https://news.example/a?b&amp;c">]]&gt;</a>'
    )
    (entry,) = entries(format, feed_of(stored(html=html, summary="s")))
    content = entry["content_html"] if format == "json" else entry["content"][0]["value"]
    assert content == (
        '<p>Five <a href="https://news.example/a?b&amp;c" rel="noopener noreferrer nofollow">]]&gt;</a></p>'
    )


def test_an_article_without_text_has_its_title_for_one() -> None:
    (entry,) = root_of("atom", feed_of(stored(title="Only a <title>", text=""))).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}summary") == "Only a &lt;title&gt;"
    (item,) = entries("json", feed_of(stored(text="")))
    assert item["content_text"] == ""


@pytest.mark.parametrize("format", EVERY)
def test_order_is_that_of_the_feed(format: str) -> None:
    articles = [stored(str(number), title=str(number)) for number in range(9)]
    assert [entry["title"] for entry in entries(format, feed_of(*articles))] == list("012345678")


@pytest.mark.parametrize("format", EVERY)
def test_equal_feeds_have_equal_bytes(format: str) -> None:
    feed = feed_of(stored(published=NOW - timedelta(days=1)))
    assert FORMATS[format].render(feed) == FORMATS[format].render(feed)
    assert str(datetime.now(UTC).year).encode() not in FORMATS[format].render(
        replace(feed, updated=moment("1999-01-01T00:00:00Z"), articles=())
    ).replace(b"2005", b"")


def test_times_are_written_as_every_reader_reads_them() -> None:
    there = stored(published=moment("2026-11-02T18:00:00+08:00"))
    assert b"<published>2026-11-02T10:00:00Z</published>" in FORMATS["atom"].render(feed_of(there))
    utc = feed_of(stored(published=moment("2026-11-02T10:00:00+00:00")))
    assert b"<pubDate>Mon, 02 Nov 2026 10:00:00 +0000</pubDate>" in FORMATS["rss"].render(utc)


@pytest.mark.parametrize("format", XML)
def test_the_document_begins_at_once_and_names_a_stylesheet_when_there_is_one(format: str) -> None:
    plain = FORMATS[format].render(feed_of())
    assert re.match(rb"<\?xml version='1.0' encoding='UTF-8'\?>\n<(feed|rss) [^\n>]*>", plain)
    styled = FORMATS[format].render(feed_of(style="/static/feed.1234.css"))
    assert b'<?xml-stylesheet type="text/css" href="/static/feed.1234.css"?>' in styled


def test_feed_links_lead_to_itself_its_page_and_its_history() -> None:
    feed = feed_of(
        is_archive=True,
        current="https://archive.example/c",
        previous="https://archive.example/p?archive=0-32",
    )
    root, channel = root_of("atom", feed), root_of("rss", feed)[0]
    for element in (root, channel):
        assert links(element, "self")[0]["href"] == feed.self_url
        assert links(element, "current")[0]["href"] == feed.current
        assert links(element, "prev-archive")[0]["href"] == feed.previous
        assert element.find("{http://purl.org/syndication/history/1.0}archive") is not None
    assert channel.findtext("link") == links(root, "alternate")[0]["href"] == feed.page_url
    assert json.loads(FORMATS["json"].render(feed))["_archive"]["prev_archive"] == feed.previous
    assert root_of("atom", feed_of()).find("{http://purl.org/syndication/history/1.0}archive") is None


def test_languages_are_said_of_the_feed_and_of_each_article() -> None:
    feed = feed_of(stored("1", language="zh", script="Hant"), stored("2", language="und"))
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    root = root_of("atom", feed)
    assert [each.get(lang) for each in (root, *root.findall(f"{ATOM}entry"))] == ["en", "zh-Hant", "und"]
    said = [
        each.findtext("{http://purl.org/dc/elements/1.1/}language")
        for each in root_of("rss", feed).iter("item")
    ]
    assert said == ["zh-Hant", "und"]
    assert [item.get("language") for item in entries("json", feed)] == ["zh-Hant", "und"]


def translation(name: str, language: str, script: str | None = None) -> Translation:
    """Another version of the story."""
    id = article_id("example", name)
    return Translation(
        id=id, language=language, script=script, title=name, address=f"/a/{name}", state="stated"
    )


def test_other_versions_are_alternates_and_every_reader_opens_ours() -> None:
    # RFC 4287 section 4.1.2: no two alternates of one type and language.
    others = (translation("zh1", "zh", "Hans"), translation("zh2", "zh", "Hans"), translation("en2", "en"))
    feed = feed_of(stored(language="en", translations=others))
    (entry,) = root_of("atom", feed).findall(f"{ATOM}entry")
    ours = f"https://archive.example{feed.articles[0].address}"
    page = {"type": "text/html", "href": ours}
    assert links(entry, "alternate") == [
        page,
        {"type": "text/html", "hreflang": "zh-Hans", "href": "https://archive.example/a/zh1"},
        {**page, "hreflang": "en"},
    ]
    assert entries("atom", feed)[0].link == ours  # feedparser takes the last one
    told = entries("json", feed)[0]["_archive"]["translations"]
    assert [each["title"] for each in told] == ["zh1", "zh2", "en2"]


def test_where_an_article_comes_from_is_said_in_every_format() -> None:
    feed = feed_of(
        stored(
            url="https://news.example/1",
            authors=("王小明", "A. Writer"),
            rights="© Example",
            licence="https://cc.example/by",
        )
    )
    (entry,) = root_of("atom", feed).findall(f"{ATOM}entry")
    origin = entry.find(f"{ATOM}source")
    assert [origin.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated")] == [
        "https://news.example/feed.xml",
        "Example 样例",
        "2026-11-24T08:00:00Z",
    ]
    assert links(origin, "self") == [{"href": "https://news.example/feed.xml"}]
    assert links(entry, "via") == [{"href": "https://news.example/1"}]
    assert links(entry, "license") == [{"href": "https://cc.example/by"}]
    assert [author.findtext(f"{ATOM}name") for author in entry.findall(f"{ATOM}author")] == [
        "王小明",
        "A. Writer",
    ]
    item = root_of("rss", feed).find("channel/item")
    creators = [each.text for each in item.findall("{http://purl.org/dc/elements/1.1/}creator")]
    assert (item.find("source").get("url"), creators) == (
        "https://news.example/feed.xml",
        ["王小明", "A. Writer"],
    )
    assert item.find("guid").attrib == {"isPermaLink": "false"}
    (said,) = entries("json", feed)
    assert said["external_url"] == "https://news.example/1"
    assert said["_source"] == {
        "id": "example",
        "title": "Example 样例",
        "url": "https://news.example/feed.xml",
    }
    assert said["_rights"] == {"rights": "© Example", "licence": "https://cc.example/by"}


def test_enclosures_have_true_lengths_or_none() -> None:
    known = Enclosure(url="https://news.example/a b.mp3", type="audio/mpeg", length=12)
    unknown = Enclosure(url="https://news.example/b.jpg", type="image")
    feed = feed_of(stored(enclosures=(unknown, known, Enclosure(url="file:///x"))))
    (entry,) = root_of("atom", feed).findall(f"{ATOM}entry")
    assert links(entry, "enclosure") == [
        {"href": "https://news.example/b.jpg"},
        {"type": "audio/mpeg", "length": "12", "href": "https://news.example/a%20b.mp3"},
    ]
    (sound,) = root_of("rss", feed).iter("enclosure")
    assert sound.attrib == {"url": "https://news.example/a%20b.mp3", "type": "audio/mpeg", "length": "12"}
    assert entries("json", feed)[0]["attachments"] == [
        {"url": "https://news.example/b.jpg", "mime_type": "application/octet-stream"},
        {"url": "https://news.example/a%20b.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12},
    ]


def test_topics_and_categories_are_said_once_in_the_language_of_the_article() -> None:
    feed = feed_of(
        stored(language="zh", topics=("olympics", "gone"), categories=("奥运", "体育", " ", "体育"))
    )
    (entry,) = root_of("atom", feed).findall(f"{ATOM}entry")
    said = [(each.get("term"), each.get("label")) for each in entry.findall(f"{ATOM}category")]
    assert said == [("olympics", "奥运"), ("体育", "体育")]
    assert entries("json", feed)[0]["tags"] == ["奥运", "体育"]


def test_deletions_are_told_and_are_no_articles() -> None:
    gone = stored("gone", withdrawn=Withdrawn(when=NOW, reason="an error", by="editor"))
    feed = feed_of(gone, stored("kept"))
    (tombstone,) = root_of("atom", feed).findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert tombstone.attrib == {"ref": gone.id, "when": "2026-11-24T08:00:00Z"}
    assert tombstone[0].text == "an error"
    document = json.loads(FORMATS["json"].render(feed))
    assert document["_deleted"] == {gone.id: {"when": "2026-11-24T08:00:00Z", "reason": "an error"}}
    for format in EVERY:
        assert [entry["id"] for entry in entries(format, feed)] == [feed.articles[1].id]


@pytest.mark.parametrize("format", EVERY)
def test_rendering_never_touches_the_locale_of_the_process(format: str) -> None:
    # feedgen sets it while it writes a date; other threads would write theirs in it.
    called: set[str] = set()
    sys.setprofile(lambda frame, event, _: called.add(frame.f_code.co_name) if event == "call" else None)
    try:
        FORMATS[format].render(feed_of(stored()))
    finally:
        sys.setprofile(None)
    assert "render" in called and "setlocale" not in called


@pytest.mark.parametrize("format", EVERY)
def test_the_password_of_a_source_stays_ours(format: str) -> None:
    # The address that a source is read at stood in every entry of every feed, name and password with it.
    ours = source(url="https://reader:secret@news.example:8443/feed.xml?a=b")
    body = FORMATS[format].render(feed_of(stored(), sources={"example": ours})).decode()
    assert "secret" not in body and "https://news.example:8443/feed.xml?a=b" in body


def test_the_title_of_another_version_is_no_longer_than_a_title() -> None:
    told = entries("json", feed_of(stored(translations=(translation("长" * 5000, "zh"),))))
    assert told[0]["_archive"]["translations"][0]["title"] == "长" * 499 + "…"
