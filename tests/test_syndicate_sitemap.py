"""What search engines are told: every public article once, with true dates, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import urllib.robotparser
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from factories import NOW, RULES, TERMS, article, put_all, source
from lxml import etree
from web_client import SITE, application, ask

from archive import pairs
from archive.articles import articles, withdraw
from archive.database import Database
from archive.model import Article, timestamp
from archive.put import Terms, put
from archive.settings import Settings
from archive.sources import settle
from archive.windows import heads, windows
from index import open_index
from syndicate.guard import Application
from syndicate.pages import Pages
from syndicate.sitemap import WIDTH, Sitemap

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}
BASE, HOUR = SITE.base_url, timedelta(hours=1)
TOLD = ("name", "language", "publication_date", "title")
# The published schema wants a schema of every other namespace too (processContents="strict").
WITH_OTHERS = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<xsd:import namespace="http://www.sitemaps.org/schemas/sitemap/0.9" schemaLocation="sitemap.xsd"/>
<xsd:import namespace="http://www.w3.org/1999/xhtml" schemaLocation="xhtml.xsd"/>
<xsd:import namespace="http://www.google.com/schemas/sitemap-news/0.9" schemaLocation="news.xsd"/>
</xsd:schema>"""
XHTML = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xhtml">
<xsd:element name="link"><xsd:complexType><xsd:attribute name="rel" use="required"/>
<xsd:attribute name="hreflang" type="xsd:language" use="required"/>
<xsd:attribute name="href" type="xsd:anyURI" use="required"/></xsd:complexType></xsd:element></xsd:schema>"""
NEWS = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
 xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
 targetNamespace="http://www.google.com/schemas/sitemap-news/0.9">
<xsd:simpleType name="language"><xsd:restriction base="xsd:string">
<xsd:pattern value="zh-cn|zh-tw|[a-z]{2,3}"/></xsd:restriction></xsd:simpleType>
<xsd:simpleType name="when"><xsd:union memberTypes="xsd:date xsd:dateTime"/></xsd:simpleType>
<xsd:element name="news"><xsd:complexType><xsd:sequence>
<xsd:element name="publication"><xsd:complexType><xsd:sequence><xsd:element name="name" type="xsd:string"/>
<xsd:element name="language" type="n:language"/></xsd:sequence></xsd:complexType></xsd:element>
<xsd:element name="publication_date" type="n:when"/><xsd:element name="title" type="xsd:string"/>
</xsd:sequence></xsd:complexType></xsd:element></xsd:schema>"""


def entries() -> list[Article]:
    return [
        article(guid="1", title="Halls <open> & more", published=NOW),
        article(guid="2", title="场馆开放", language="zh", script="Hans", published=NOW),
        article(guid="3", title="Not yet", embargo=NOW + timedelta(days=9)),
        article(guid="4", title="Taken back"),
        article(guid="5", title="Undated"),
    ]


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    """Two versions of a story, an embargoed and a withdrawn article, and one of a source that forbids all."""
    with database.writing() as transaction:
        stored = put_all(transaction, *entries())
        pairs.record(
            transaction, stored[0].article.id, stored[1].article.id, state="confirmed", how="x", now=NOW
        )
        settle(transaction, source("closed", republish="none"), NOW)
        put(transaction, (article(guid="6", title="Closed", source="closed", published=NOW),), TERMS)
    withdraw(database, [stored[3].article.id], reason="wrong", person="editor", now=NOW)
    return application(database, tmp_path)


def read(app: Application, address: str) -> etree._Element:
    reply = ask(app, address)
    assert reply.status == 200 and reply.headers["Content-Type"] == "application/xml; charset=utf-8"
    return etree.fromstring(reply.body)


def address_of(database: Database, title: str) -> str:
    (row,) = database.read(
        "SELECT a.address FROM article a JOIN revision r ON r.article = a.id WHERE r.title = :title",
        title=title,
    )
    return str(row["address"])


def listed(app: Application, database: Database, title: str) -> etree._Element:
    """What the part says of the article of a title."""
    address = BASE + address_of(database, title)
    (found,) = [each for each in read(app, "/sitemap-1.xml").findall("s:url", NAMES)
                if each.findtext("s:loc", namespaces=NAMES) == address]  # fmt: skip
    return found


def changed(listed: etree._Element) -> str | None:
    return listed.findtext("s:lastmod", namespaces=NAMES)


def locations(document: etree._Element) -> list[str]:
    return [str(each.text) for each in document.findall(".//s:loc", NAMES)]


def test_the_index_leads_to_every_public_article_and_to_no_other(
    app: Application, database: Database
) -> None:
    parts = locations(read(app, "/sitemap.xml"))
    assert parts == [f"{BASE}/sitemap-lists.xml", f"{BASE}/sitemap-1.xml"]
    found = locations(read(app, "/sitemap-1.xml"))
    public = {BASE + address_of(database, name) for name in ("Halls <open> & more", "场馆开放", "Undated")}
    assert set(found) == public and len(found) == 3
    assert all(ask(app, each.removeprefix(BASE)).status == 200 for each in found)
    lists = locations(read(app, "/sitemap-lists.xml"))
    assert f"{BASE}/topic/olympics" in lists and f"{BASE}/" in lists
    assert all(ask(app, each.removeprefix(BASE)).status == 200 for each in lists)


def test_versions_in_other_languages_name_each_other(app: Application, database: Database) -> None:
    english, chinese, undated = (
        [
            (link.get("hreflang"), link.get("href"))
            for link in listed(app, database, title).findall("x:link", NAMES)
        ]
        for title in ("Halls <open> & more", "场馆开放", "Undated")
    )
    assert english == list(reversed(chinese)) and [name for name, _ in english] == ["en", "zh-Hans"]
    assert english[0][1] == BASE + address_of(database, "Halls <open> & more") and undated == []


def test_times_of_change_are_those_of_revisions(app: Application, database: Database) -> None:
    assert changed(listed(app, database, "Undated")) == timestamp(NOW)
    later = NOW + timedelta(hours=3)
    with database.writing() as transaction:
        revised = article(guid="1", title="Revised", source="example", published=NOW)
        put(transaction, (revised,), Terms(rules=RULES, zone=TERMS.zone, now=later))
    assert changed(listed(app, database, "Revised")) == timestamp(later)
    assert changed(listed(app, database, "场馆开放")) == timestamp(NOW)
    assert changed(read(app, "/sitemap.xml").findall("s:sitemap", NAMES)[1]) == timestamp(later)


def test_an_old_part_stays_as_it_is_while_new_articles_come(app: Application, database: Database) -> None:
    tag = ask(app, "/sitemap-1.xml").headers["Etag"]
    assert ask(app, "/sitemap-1.xml", HTTP_IF_NONE_MATCH=tag).status == 304
    index = ask(app, "/sitemap.xml").headers["Etag"]
    with database.writing() as transaction:
        put_all(transaction, article(guid="9", title="New"))
        transaction.run("UPDATE article SET number = :number WHERE guid = '9'", number=WIDTH + 1)
    assert ask(app, "/sitemap-1.xml", HTTP_IF_NONE_MATCH=tag).status == 304
    assert ask(app, "/sitemap.xml", HTTP_IF_NONE_MATCH=index).status == 200
    assert locations(read(app, "/sitemap.xml"))[2] == f"{BASE}/sitemap-2.xml"
    assert len(locations(read(app, "/sitemap-2.xml"))) == 1
    assert ask(app, "/sitemap-3.xml").status == ask(app, "/sitemap-0.xml").status == 404


def test_windows_of_any_width_hold_every_article_once(database: Database) -> None:
    with database.writing() as transaction:
        put_all(transaction, *(article(guid=str(each), title=f"Title {each}") for each in range(1203)))
    for width in (7, 601, 5000):
        parts = windows(database, width)
        found = [head.address for part in parts for head in heads(database, part.place, width)]
        assert len(found) == len(set(found)) == sum(part.articles for part in parts) == 1203
        assert all(len(list(heads(database, part.place, width))) <= width for part in parts)


def news_at(database: Database, folder: Path, now: datetime) -> etree._Element:
    pages = Pages(database=database, index=open_index(folder / "index"),
                  settings=Settings(data=folder, site=SITE), style="/style.css")  # fmt: skip
    reply = Sitemap(pages, now=lambda: now).news({"PATH_INFO": "/news-sitemap.xml"})
    assert not isinstance(reply.body, str | bytes)
    return etree.fromstring(b"".join(reply.body))


def test_news_is_what_was_published_in_two_days(database: Database, tmp_path: Path) -> None:
    with database.writing() as transaction:
        put_all(
            transaction,
            article(guid="1", title="Now & <here>\x85", published=NOW - HOUR),
            article(
                guid="2", title="昨天", language="zh", script="Hant", published=NOW - 47 * HOUR
            ),
            article(
                guid="3",
                title="今天",
                language="zh",
                published=NOW.replace(hour=0),
                published_precision="day",
            ),
            article(guid="4", title="Old", published=NOW - 49 * HOUR),
            article(guid="5", title="Undated"),
            article(guid="6", title="???", language="und", published=NOW),
            article(guid="7", title="Tomorrow", published=NOW + timedelta(days=1)),
        )  # fmt: skip
    found = news_at(database, tmp_path, NOW + timedelta(minutes=1)).findall("s:url/n:news", NAMES)
    told = [[each.findtext(f".//n:{name}", namespaces=NAMES) for name in TOLD] for each in found]
    assert told == [
        ["Syndicate", "en", timestamp(NOW - HOUR), "Now & <here>"],
        ["新闻档案", "zh-cn", "2026-11-24", "今天"],
        ["新闻档案", "zh-tw", timestamp(NOW - 47 * HOUR), "昨天"],
    ]
    assert not news_at(database, tmp_path, NOW + timedelta(days=30)).findall("s:url", NAMES)


def test_news_are_a_thousand_at_most(database: Database, tmp_path: Path) -> None:
    with database.writing() as transaction:
        put_all(transaction, *(article(guid=str(n), title=f"Title {n}", published=NOW - timedelta(seconds=n))
                               for n in range(1004)))  # fmt: skip
    titles = news_at(database, tmp_path, NOW).findall(".//n:title", NAMES)
    assert len(titles) == 1000 and titles[0].text == "Title 0"


def test_all_of_it_is_valid(app: Application, database: Database, tmp_path: Path) -> None:
    packages = (
        shutil.which("npm")
        and subprocess.run(
            ["npm", "root", "--global"], capture_output=True, text=True, check=False
        ).stdout.strip()
    )
    schema = Path(packages or "/nowhere") / "sitemap" / "schema" / "sitemap.xsd"
    if not schema.is_file():
        pytest.skip("no sitemap.xsd: npm install --global sitemap")
    folder = tmp_path / "schema"
    folder.mkdir()
    shutil.copy(schema, folder / "sitemap.xsd")
    for name, text in (("all", WITH_OTHERS), ("xhtml", XHTML), ("news", NEWS)):
        (folder / f"{name}.xsd").write_text(text)
    valid = etree.XMLSchema(etree.parse(folder / "all.xsd"))
    valid.assertValid(read(app, "/sitemap-1.xml"))
    valid.assertValid(read(app, "/sitemap-lists.xml"))
    valid.assertValid(news_at(database, tmp_path, NOW))


def test_robots_are_told_what_to_read_and_where(app: Application) -> None:
    text = ask(app, "/robots.txt").text
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(text.splitlines())
    assert rules.site_maps() == [f"{BASE}/sitemap.xml", f"{BASE}/news-sitemap.xml"]
    assert "\nDisallow: /search\n" in text and "\nAllow: /search.atom\n" in text
    assert rules.can_fetch("x", "/a/2026/11/24/00000000") and rules.can_fetch("x", "/latest.atom")
    assert not rules.can_fetch("x", "/search?q=y")


def test_a_site_below_a_path_names_it_to_robots(database: Database, tmp_path: Path) -> None:
    site = replace(SITE, base_url="https://archive.example/news")
    text = ask(application(database, tmp_path, site=site), "/robots.txt").text
    assert (
        "\nDisallow: /news/search\n" in text and "Sitemap: https://archive.example/news/sitemap.xml" in text
    )


def test_a_closed_source_is_in_none_of_them(app: Application, database: Database, tmp_path: Path) -> None:
    (hidden,) = database.read("SELECT id, address FROM article WHERE source = 'closed'")
    assert articles(database, [hidden["id"]])[0].republish == "none"
    for address in ("/sitemap-1.xml", "/sitemap-lists.xml", "/sitemap.xml"):
        assert hidden["address"] not in ask(app, address).text
    assert hidden["address"] not in etree.tostring(news_at(database, tmp_path, NOW)).decode()
