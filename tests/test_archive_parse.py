"""Feeds of every dialect as documents: pairs of files, limits, and real feeds where they are at hand."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import shared

from archive.model import Article, Document, plain, timestamp
from archive.reading import feed_reader
from archive.reading.clean import FORBIDDEN
from archive.reading.feed_reader import Loose, shortened
from archive.reading.parse import document, parse

FEEDS = Path(__file__).parent / "feeds"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
URL = "https://news.example/feeds/all.xml"
PAIRS = sorted(path for path in FEEDS.iterdir() if path.name.endswith((".xml", ".feed.json")))
RUNS = re.compile(r"<(?:script|svg|iframe|object|style)|<[^>]*(?:\son\w+=|javascript:|data:|style=)")
RSS = '<rss version="2.0"><channel><title>T</title><link>http://e.example/</link>{}</channel></rss>'

ITEM = """<item><title>A &amp; B &amp;lt;</title><guid isPermaLink="false">1?a=1&amp;b=2</guid>
    <link>http://e.example/1?a=1&amp;b=2</link><author>Ann &lt;a@e.example&gt;</author>
    <category>Food &amp; drink</category>
    <description>&lt;p title="&amp;quot;"&gt;One &amp;amp; &lt;b&gt;two&lt;/b&gt;&lt;/p&gt;</description>
    <enclosure url="http://e.example/1.mp3?a=1&amp;b=2" type="audio/mpeg" length="9"/>
    <x:encoded xmlns:x="http://purl.org/rss/1.0/modules/content/"
        ><![CDATA[<p>R&D &nbsp; &amp; <img src="x?a&amp;b"></p>]]></x:encoded></item>"""


def read(body: str | bytes, *, url: str | None = URL, content_type: str | None = None) -> Document:
    """A feed, from its address."""
    data = body.encode() if isinstance(body, str) else body
    return parse(data, url=url, content_type=content_type, name="feed.xml", now=NOW)


def rss(items: str) -> Document:
    """An RSS feed with some items."""
    return read(RSS.format(items))


def as_json(value: object) -> object:
    """A document as JSON, without what is empty."""
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    if isinstance(value, Document | Article) or type(value).__name__ == "Hints":
        stated = {field.name: as_json(getattr(value, field.name)) for field in fields(value)}  # type: ignore[arg-type]
        return {name: item for name, item in stated.items() if item not in (None, "", [], {}, 0, False)}
    return plain(value) if hasattr(value, "__dataclass_fields__") else value  # type: ignore[arg-type]


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.name)
def test_feed_reads_as_its_pair_says(path: Path) -> None:
    expected = json.loads(path.with_name(path.name.partition(".")[0] + ".json").read_text(encoding="utf-8"))
    assert as_json(read(path.read_bytes())) == expected


@pytest.mark.parametrize(
    ("body", "result"),
    [
        (b"", "not_a_feed"),
        (b" \n ", "not_a_feed"),
        (b"plain words", "not_a_feed"),
        (b"\xff\xfe" + bytes(range(256)) * 20, "not_a_feed"),
        (b"<opml><body/></opml>", "not_a_feed"),
        (b"<html><body>Hello", "not_a_feed"),
        (b"{}", "not_a_feed"),
        (b'{"version": ', "not_a_feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": []}', "empty"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [3]}', "failed"),
        (b"[" * 100_000, "too_complex"),
        (b'<rss version="2.0"><channel><title>x</title></channel></rss>', "empty"),
        (b'<rss version="2.0"><channel><title>x</title>', "warning"),
        (b"<rss><channel>" + b"<a>" * 1_000, "too_complex"),
        (b" " * (10 << 20) + b"<rss/>", "too_complex"),
    ],
)
def test_every_input_ends_in_a_named_result_with_its_reason(body: bytes, result: str) -> None:
    found = read(body)
    assert found.result == result
    assert (found.detail is None) == (result in ("ok", "empty"))


@pytest.mark.parametrize(
    "inside",
    [
        " ".join(f'a{number}="1"' for number in range(300)),
        " ".join(f'xmlns:n{number}="u{number}"' for number in range(6_000)),
    ],
    ids=["attributes", "namespaces"],
)
def test_what_is_made_to_exhaust_us_is_refused(inside: str) -> None:
    assert rss(f"<item {inside}><title>x</title></item>").result == "too_complex"


def test_a_long_author_and_many_categories_cost_nothing() -> None:
    categories = "".join(f"<category>c{number}</category>" for number in range(5_000))
    found = rss(f"<item><title>x</title><author>{'a.a@' * 20_000}</author>{categories}</item>")
    assert found.result == "ok" and len(found.articles[0].categories) == 500


def test_a_feed_with_too_many_items_keeps_the_first_and_says_so() -> None:
    found = rss("".join(f"<item><guid>{number}</guid></item>" for number in range(5_100)))
    assert found.result == "warning" and "has 5,100 entries" in str(found.detail)
    assert [article.guid for article in found.articles] == [str(number) for number in range(5_000)]


def test_an_ill_formed_feed_is_cut_before_it_is_read_again() -> None:
    parser = Loose("", None, "utf-8", {})
    kept = shortened(b"<rss>" + b"<item>" * 4_999 + b"<items/><a:entry ><ITEM><item>rest", parser)
    assert kept.endswith(b"<items/><a:entry >") and parser.surplus == 2


def test_one_bad_entry_does_not_lose_the_rest() -> None:
    good = feed_reader.read(RSS.format("<item><guid>1</guid></item><item><guid>2</guid></item>"), URL)
    bad = {"id": "0", "links": 5}
    found = document(replace(good, entries=[bad, *good.entries]), URL)
    assert [article.guid for article in found.articles] == ["1", "2"]
    assert (found.result, found.skipped) == ("warning", 1) and "entry 1 cannot be read" in str(found.detail)
    assert document(replace(good, entries=[bad]), URL).result == "failed"


def test_no_text_opens_a_file_or_an_address() -> None:
    assert read("/etc/passwd").result == "not_a_feed"
    entity = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + RSS.format(
        "<item><title>&a;</title></item>"
    )
    assert "root:" not in repr(read(entity))


def test_entities_are_not_blown_up() -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    found = read(f'<!DOCTYPE a [<!ENTITY a0 "ha">{levels}]>' + RSS.format("<item><title>&a9;</title></item>"))
    assert len(repr(found)) < 10_000


def test_base_of_the_document_wins_over_the_address_of_the_article() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"{}><entry><id>1</id><link href="http://e.example/a/1"/>'
        '<content type="html">&lt;img src="x.png"></content></entry></feed>'
    )
    assert 'src="http://e.example/a/x.png"' in read(atom.format("")).articles[0].html
    assert (
        'src="http://b.example/x.png"' in read(atom.format(' xml:base="http://b.example/"')).articles[0].html
    )


def test_a_relative_link_without_any_base_is_none() -> None:
    body = '<rss version="2.0"><channel><item><title>x</title><link>one</link></item></channel></rss>'
    assert read(body, url=None).articles[0].url is None
    assert (
        read(RSS.format("<item><link>one</link></item>"), url=None).articles[0].url == "http://e.example/one"
    )


def test_a_page_names_the_feeds_that_it_declares_and_then_those_that_it_links_to() -> None:
    page = """<html><head><!-- <link rel="alternate" type="application/rss+xml" href="/old.rss"> -->
        <link rel="alternate" hreflang="zh" href="/zh/">
        <link rel="alternate" type="application/json" href="/wp-json/1">
        <link rel="alternate" type="text/xml+oembed" href="/oembed?format=xml">
        <link rel="alternate" type="text/xml" title="RSS" href="/plain.xml">
        <link rel="alternate" type="application/feed+json" href="/feed.json">
        <link rel=alternate type="application/rss+xml; charset=utf-8" href=main.rss></head><body>
        <a href="/feed/">x</a> <a href="/a/atom.xml">x</a> <a href="/how-to"><b>RSS</b></a>
        <a href="/?feed=rss2">x</a>
        <a href="feed://p.example/index.rdf">x</a> <a href="https://feedly.com/i/feed/x.rss">RSS</a>
        <a href="/feedback">Feedback</a> <a href="/press">Press</a> <a href="/tag/atomic">Atomic</a>
        <script>'<a href="/script.rss">RSS</a>'</script><a href="/main.rss">RSS</a>"""
    found = [link.removeprefix("https://p.example") for link in read(page, url="https://p.example/").links]
    assert found[:2] == ["/feed.json", "/main.rss"]
    assert found[2:] == [
        "/plain.xml",
        "/feed/",
        "/a/atom.xml",
        "/how-to",
        "/?feed=rss2",
        "/index.rdf",
    ]


@pytest.mark.parametrize(
    "noise",
    [
        "\n\n",
        "<!-- made by a robot -->",
        "<!-- a --> <!-- <title> -->",
        "Warning: x in y.php\n",
        "<br />\n<b>Notice</b>: Undefined <i>z</i><br />\n",
    ],
)
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="utf-8"?>'])
def test_what_stands_before_a_feed_is_no_part_of_it(noise: str, declaration: str) -> None:
    found = read(noise + declaration + RSS.format("<item><guid>1</guid><title>&#19968;</title></item>"))
    assert (found.result, found.title, [article.title for article in found.articles]) == ("ok", "T", ["一"])


def test_what_stands_behind_a_feed_is_no_part_of_it() -> None:
    found = read(RSS.format("<item><title>1 &lt; 2</title></item>") + "\n<script src='x'></script><p>")
    assert (found.result, [article.title for article in found.articles]) == ("warning", ["1 < 2"])


@pytest.mark.parametrize(
    "fault",
    [
        "<b>&nbsp;&hellip;</b>",
        "<a>R & D</a>",
        "<zz:a>x</zz:a>",
        "<a b:c='x'/>",
        "<b><i></b>",
        "<a>1 < 2</a>",
        "<cut>",
    ],
)
def test_a_feed_that_breaks_keeps_its_articles_as_they_were(fault: str) -> None:
    whole = rss(ITEM)
    broken = read(RSS.format(ITEM + fault) if fault != "<cut>" else RSS.format(ITEM + "<item><title>x")[:-20])
    assert (whole.result, broken.result) == ("ok", "warning")
    assert broken.articles[0] == whole.articles[0]


def test_prefixes_that_nobody_declared_are_what_they_usually_are() -> None:
    links = '<atom:link rel="self" href="/self.xml"/><atom:link rel="hub" href="/hub"/>'
    found = read(RSS.format(links + "<item><title>x</title><dc:creator>Ann</dc:creator></item>"))
    assert (found.self_url, found.hints.hub) == ("https://news.example/self.xml", "https://news.example/hub")
    assert found.articles[0].authors == ("Ann",)


@pytest.mark.parametrize("step", [12, pytest.param(1, marks=pytest.mark.slow)])
def test_real_feeds_hold_the_articles_that_their_manifest_counts(step: int) -> None:
    rows = [json.loads(line) for line in shared("data/feeds/manifest.jsonl").read_text().splitlines()]
    wrong = []
    for row in rows[::step]:
        found = read(gzip.decompress(shared(f"data/{row['file']}").read_bytes()), url=None)
        assert found.result in ("ok", "warning") and not FORBIDDEN.search(repr(found)), row["file"]
        if len(found.articles) + found.skipped != row["items"]:
            wrong.append(row["file"])
    assert not wrong


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_transcoded_feeds_read_as_their_sources(step: int) -> None:
    for line in shared("data/feeds_transcoded/manifest.jsonl").read_text().splitlines()[::step]:
        row = json.loads(line)
        charset = re.search(r"charset=[\w-]+", row["delivery"])
        body = gzip.decompress(shared(f"data/feeds_transcoded/{row['file']}").read_bytes())
        source = gzip.decompress(shared(f"data/{row['derived_from']}").read_bytes())
        found = read(body, content_type=f"text/xml; {charset[0]}" if charset else None)
        assert found.articles == read(source).articles, row["file"]


def test_attacks_leave_nothing_that_runs() -> None:
    for path in sorted(shared("attacks/feeds").iterdir()):
        found = read(path.read_bytes())
        for article in found.articles:
            assert not RUNS.search(article.html), path.name
            assert article.url is None or article.url.startswith("http"), path.name
        assert not FORBIDDEN.search(json.dumps(as_json(found), ensure_ascii=False)), path.name
