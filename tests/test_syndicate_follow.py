"""How people and machines find feeds: a page for each list, a form, subscription lists, links in heads."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from factories import NOW, article
from web_client import SITE, application, ask

from archive.database import Database
from archive.reading.opml_reader import read_opml
from syndicate.guard import Application

BASE = SITE.base_url
STYLE = len(Path("syndicate/static/style.css").read_bytes())
FOLLOWED = ["/follow", "/follow?topic=olympics&lang=zh", "/follow?q=halls%20%26%20%E5%AD%A6"]
FOLLOWED += ["/follow?source=example", "/follow?by=%E8%8C%83&content=summary"]
FOLLOWED += ["/follow?topic=education+olympics&not=olympics&from=2022-01-01"]
FILTERS = {"q": "halls", "topic": "olympics", "not": "education", "source": "example", "lang": "en"}
FILTERS |= {"from": "2022", "to": "2027"}
PAGES = ["/", "/about", "/feeds", "/follow?q=x", "/nothing", "/topics", "/search?q=nowhere", "/stats", "/api"]
LINK = r'<link rel="alternate" type="application/(?:atom|rss|feed)[+]\w+" title="([^"]*)" href="([^"]*)">'


@pytest.fixture(scope="module")
def app(standing: Database) -> Application:
    return application(
        standing,
        standing.folder.parent,
        article(guid="1", title="Olympic halls open", published=NOW),
        article(guid="2", title="学校", language="zh", script="Hans", authors=("范",), published=NOW),
    )


@pytest.mark.parametrize("path", FOLLOWED)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_address_on_the_page_of_a_list_is_served(app: Application, path: str, language: str) -> None:
    reply = ask(app, path, HTTP_ACCEPT_LANGUAGE=language)
    assert reply.status == 200 and len(reply.body) + STYLE <= 50 * 1024
    shown = [unescape(each) for each in re.findall(r'<code class="copy"[^>]*>([^<]*)</code>', reply.text)]
    assert [each.partition("?")[0].rpartition(".")[2] for each in shown] == ["atom", "rss", "json"]
    (frame,) = re.findall(r'<pre class="copy"[^>]*>(.*?)</pre>', reply.text, re.DOTALL)
    frame = re.sub(r"</?span[^>]*>", "", frame)
    (source,) = re.findall(r'src="([^"]*)"', unescape(frame))
    for each in (*shown, unescape(source)):
        assert each.startswith(f"{BASE}/") and ask(app, each.removeprefix(BASE)).status == 200, each
    for link in re.findall(r'<a [^>]*href="(/[^"]*)"', reply.text):
        assert ask(app, unescape(link)).status in (200, 301), link


def test_the_page_of_a_list_has_one_address(app: Application) -> None:
    moved = ask(app, "/follow?q=&topic=olympics&not=&source=&lang=&from=&to=")
    assert (moved.status, moved.headers["Location"]) == (301, "/follow?topic=olympics")
    assert ask(app, "/follow?topic=nothing").status == 404 and ask(app, "/follow?lang=xx").status == 400


def test_lists_and_searches_lead_to_it(app: Application) -> None:
    lists = {"/": "/follow", "/topic/olympics?lang=en": "/follow?topic=olympics&amp;lang=en"}
    for path, followed in (
        lists | {f"/search?q={q}": f"/follow?q={q}" for q in ("halls", "nowhere")}
    ).items():
        assert f'href="{followed}"' in ask(app, path).text


def test_the_form_makes_a_feed_of_any_filters(app: Application) -> None:
    text = ask(app, "/feeds").text
    (form,) = re.findall(r'<form class="form" action="(/follow)".*?</form>', text, re.DOTALL)
    names = re.findall(r' name="(\w+)"', text.partition('<form class="form"')[2].partition("</form>")[0])
    assert names == list(FILTERS)
    asked = "&".join(f"{name}={value}" for name, value in FILTERS.items())
    found = ask(app, ask(app, f"{form}?{asked}").headers["Location"])
    (atom, *_) = re.findall(r'<code class="copy"[^>]*>([^<]*)</code>', found.text)
    feed = ask(app, unescape(atom).removeprefix(BASE))
    assert feed.status == 200 and b"Olympic halls open" in feed.body


def test_every_feed_of_the_page_of_feeds_is_served(app: Application) -> None:
    text = ask(app, "/feeds").text
    found = set(re.findall(r'href="(/[^"]*\.(?:atom|rss|json)[^"]*)"', text))
    assert len(found) >= 3 * 3 * 4 and all(ask(app, unescape(each)).status == 200 for each in found)


def test_the_subscription_list_holds_every_feed_in_groups(app: Application) -> None:
    reply = ask(app, "/feeds.opml")
    assert reply.headers["Content-Type"] == "text/x-opml; charset=utf-8"
    document = ET.fromstring(reply.text)
    assert [each.tag for each in document.findall("head/*")] == ["title", "dateModified"]
    groups = {str(group.get("text")): group.findall("outline") for group in document.findall("body/outline")}
    assert list(groups) == ["All articles", "Topics", "Topics (English)", "Topics (Chinese)", "Sources"]
    chinese = groups["Topics (Chinese)"]
    assert [each.get("text") for each in chinese] == ["Olympics (Chinese)", "Education (Chinese)"]
    assert {each.get("language") for each in chinese} == {"zh"}
    outlines = document.findall(".//outline[@xmlUrl]")
    assert len(outlines) == 3 + 3 * 2 + 1
    for each in outlines:
        assert each.get("type") == "rss" and each.get("version") is None and each.get("title")
        for name in ("xmlUrl", "htmlUrl"):
            assert ask(app, str(each.get(name)).removeprefix(BASE)).status == 200
    assert {each.url for each in read_opml(reply.body).sources} == {each.get("xmlUrl") for each in outlines}
    assert "专题" in ask(app, "/feeds.opml", HTTP_ACCEPT_LANGUAGE="zh").text


def discovered(text: str) -> list[tuple[str, str]]:
    """What a reader's program finds in a page's head: titles and addresses."""
    head = text.partition("</head>")[0]
    found = re.findall(LINK, head)
    return [(unescape(title), unescape(address)) for title, address in found]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_names_feeds_in_its_head(app: Application, path: str) -> None:
    found = discovered(ask(app, path).text)
    assert len(found) == 5 and len({title for title, _ in found}) == 5
    assert all(ask(app, address).status == 200 for _, address in found)


def test_the_right_language_comes_first(app: Application, standing: Database) -> None:
    (row,) = standing.read("SELECT address FROM article WHERE guid = '2'")
    assert discovered(ask(app, row["address"]).text)[0][1].endswith(".atom?lang=zh")
    lists = [address for _, address in discovered(ask(app, "/topic/olympics?ui=zh").text)]
    assert lists[0] == "/topic/olympics.atom"
    assert lists[3:] == ["/topic/olympics.atom?lang=zh", "/topic/olympics.atom?lang=en"]
    only = [address for _, address in discovered(ask(app, "/topic/olympics?lang=en").text)]
    assert only == [f"/topic/olympics.{format}?lang=en" for format in ("atom", "rss", "json")]


def test_a_search_of_any_words_is_named_as_it_is(app: Application) -> None:
    text = ask(app, "/follow?q=" + quote('<b>学校</b> "x"')).text
    assert "<b>学校" not in text and "&lt;b&gt;" in text and '<span lang="zh-Hans">学校</span>' in text
