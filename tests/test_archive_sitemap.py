"""Sitemaps as sources: what they say of articles, lists of sitemaps, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.model import Alternate, Document, Image
from archive.reading.sitemap import read

SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:i="http://www.google.com/schemas/sitemap-image/1.1" xmlns:x="http://www.w3.org/1999/xhtml"'
)
NEWS = """<url><loc> https://news.example/a?x=1&amp;y=2 </loc><lastmod>2022-04-03T09:00:00Z</lastmod>
<n:news><n:publication><n:name>The News</n:name><n:language>zh-cn</n:language></n:publication>
<n:publication_date>2022-04-02T08:00:00+08:00</n:publication_date><n:title>北京降雪 &amp; 出行</n:title>
<n:keywords>天气, 北京，交通</n:keywords></n:news>
<i:image><i:loc>/p.jpg</i:loc><i:caption>雪</i:caption></i:image>
<x:link rel="alternate" hreflang="en" href="https://news.example/en/a"/>
<x:link rel="alternate" hreflang="x-default" href="https://news.example/"/></url>"""


def sitemap(*entries: str, root: str = "urlset", most: int = 5_000) -> Document:
    """A sitemap of some entries, as it is read."""
    markup = f'<?xml version="1.0" encoding="UTF-8"?><{root} {SPACES}>{"".join(entries)}</{root}>'
    return read(markup, url="https://news.example/news.xml", most=most)


def test_a_news_sitemap_tells_of_articles() -> None:
    document = sitemap(NEWS)
    (article,) = document.articles
    assert (document.kind, document.result, document.source_name) == ("sitemap", "ok", "The News")
    assert (article.title, article.url) == ("北京降雪 & 出行", "https://news.example/a?x=1&y=2")
    assert (article.published, article.published_precision) == (datetime(2022, 4, 2, tzinfo=UTC), "second")
    assert article.published_raw == "2022-04-02T08:00:00+08:00"
    assert article.updated == datetime(2022, 4, 3, 9, tzinfo=UTC)
    assert (article.language, article.guid) == ("zh", None)
    assert article.categories == ("天气", "北京", "交通")
    assert article.images == (Image(url="https://news.example/p.jpg", caption="雪"),)
    assert article.alternates == (Alternate(language="en", url="https://news.example/en/a"),)


def test_an_entry_without_news_has_no_title_and_no_date_until_its_page_is_read() -> None:
    document = sitemap(
        "<url><loc>/b</loc><lastmod>2022-04-02</lastmod></url>", "<url><loc>mailto:x</loc></url>"
    )
    (article,) = document.articles
    assert (article.title, article.url, article.published) == ("", "https://news.example/b", None)
    assert document.skipped == 1


def test_a_list_of_sitemaps_gives_the_newest_first() -> None:
    entries = [
        f"<sitemap><loc>/{name}.xml</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>"
        for name, day in (("old", "2021-01-01"), ("none", ""), ("new", "2022-04-02T08:00:00+08:00"))
    ]
    document = sitemap(*entries, root="sitemapindex")
    assert (document.kind, document.result, document.articles) == ("sitemapindex", "ok", ())
    assert document.links == tuple(f"https://news.example/{name}.xml" for name in ("new", "old", "none"))


def test_of_too_many_the_newest_are_taken_in_their_order() -> None:
    days = ("2022-01-01", "2022-01-04", "2022-01-02", "2022-01-03")
    document = sitemap(*(f"<url><loc>/{day}</loc><lastmod>{day}</lastmod></url>" for day in days), most=2)
    assert document.result == "warning"
    assert document.detail == "lists 4 addresses; the newest 2 were taken"
    assert [article.url for article in document.articles] == [
        "https://news.example/2022-01-04",
        "https://news.example/2022-01-03",
    ]


def test_old_and_careless_spellings_of_the_namespace_are_read() -> None:
    markup = NEWS.replace("n:", "news:").replace("i:", "image:").replace("x:link", "link").strip()
    text = (
        '\ufeff\n<urlset xmlns:news="https://www.google.com/schemas/sitemap-news/0.84"'
        f' xmlns:image="https://www.google.com/schemas/sitemap-image/1.1">{markup}'
    )
    (article,) = read(text, url="https://news.example/", most=9).articles
    assert article.title == "北京降雪 & 出行"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("<html><body>Not found</body></html>", "is no sitemap"),
        ("", "is no sitemap"),
        ("nothing", "is no sitemap"),
        ("<rss><channel/></rss>", "is a feed, not a sitemap; let its source be one of kind=feed"),
    ],
)
def test_what_is_no_sitemap_is_refused(text: str, detail: str) -> None:
    document = read(text, url="https://news.example/", most=9)
    assert (document.result, document.detail) == ("not_a_feed", detail)


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c SYSTEM "file:///etc/hostname">]>'
    entry = "<url><loc>/a</loc><n:news><n:title>T &b;&c;</n:title></n:news></url>"
    text = f"{bomb}<urlset {SPACES}>{entry}</urlset>"
    (article,) = read(text, url="https://news.example/", most=9).articles
    assert article.title == "T &b;&c;"


def test_an_empty_sitemap_is_empty() -> None:
    assert sitemap().result == "empty"
