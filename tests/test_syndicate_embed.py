"""Lists and articles on other sites: frames that run nothing, and what oEmbed says of an address."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from factories import NOW, article
from web_client import SITE, application, ask

from archive.articles import withdraw
from archive.database import Database
from archive.model import Article, Republish
from syndicate.guard import Application

BASE = SITE.base_url
SECRET = "only those who paid may read this sentence"
LISTS = ["/embed/latest", "/embed/topic/olympics", "/embed/search?q=halls", "/embed/source/example?lang=en"]
LISTS += ["/embed/by/%E8%8C%83%E4%BF%8A%E7%94%9F", "/embed/topic/education%2Bolympics?n=3&ui=zh"]
LISTS += ["/embed/search?sort=old&ui=zh"]
LARGEST = 50 * 1024


def entries() -> list[Article]:
    return [
        article(guid="1", title="Olympic <halls> open", text="Come and see.", published=NOW),
        article(guid="2", title="学校迎来新生", text="海淀的学校今天开学。", language="zh", script="Hans",
                authors=("范俊生",), published=NOW),
    ]  # fmt: skip


def made(database: Database, folder: Path) -> Application:
    """An application on the articles."""
    return application(database, folder, *entries())


@pytest.fixture(scope="module")
def app(standing: Database) -> Application:
    """That archive for all tests that only read."""
    return made(standing, standing.folder.parent)


@pytest.fixture
def changing(database: Database, tmp_path: Path) -> Application:
    """That archive for one test."""
    return made(database, tmp_path)


def address_of(database: Database, guid: str) -> str:
    (row,) = database.read("SELECT address FROM article WHERE guid = :guid", guid=guid)
    return str(row["address"])


@pytest.mark.parametrize("path", LISTS)
def test_a_frame_runs_nothing_and_any_site_may_show_it(app: Application, path: str) -> None:
    reply = ask(app, path)
    assert reply.status == 200 and reply.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = reply.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy and "default-src 'none'" in policy and "script" not in policy
    assert reply.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in reply.headers and "Cookie" not in reply.headers.get("Vary", "")
    assert reply.headers["X-Robots-Tag"] == "noindex"
    assert not re.search(r"<script|<img|\son\w+=|\sstyle=", reply.text)
    links = re.findall(r"<a ([^>]*)>", reply.text)
    assert links and all('target="_blank" rel="noopener"' in each for each in links)
    assert all(each.startswith(f"{BASE}/") for each in re.findall(r'<a href="([^"]*)"', reply.text))
    assert reply.text.count("<h1") == 1


def test_only_frames_may_be_framed(app: Application, standing: Database) -> None:
    for path in ("/", "/feeds", "/follow", "/search?q=halls", "/latest.atom", address_of(standing, "1")):
        assert "frame-ancestors *" not in ask(app, path).headers["Content-Security-Policy"]


def test_a_frame_lists_what_its_address_selects(app: Application, standing: Database) -> None:
    text = ask(app, "/embed/latest").text
    assert "Olympic &lt;halls&gt; open" in text and '<li lang="zh-Hans"' in text and text.count("</li>") == 2
    assert f'href="{BASE}{address_of(standing, "1")}"' in text and "24 Nov 2026</time>" in text
    assert ask(app, "/embed/latest?n=1").text.count("</li>") == 1
    assert "学校迎来新生" not in ask(app, "/embed/latest?lang=en").text
    chinese = ask(app, "/embed/topic/olympics?ui=zh").text
    assert '<html lang="zh-Hans">' in chinese and "奥运" in chinese
    assert "No articles yet" in ask(app, "/embed/latest?from=2030-01-01").text


def test_a_frame_has_one_address_and_is_sent_again_only_when_it_changed(
    changing: Application, database: Database
) -> None:
    moved = ask(changing, "/embed/topic/olympics?n=5&lang=en&page=2&size=big")
    assert (moved.status, moved.headers["Location"]) == (301, "/embed/topic/olympics?lang=en&n=5")
    tag = ask(changing, "/embed/latest").headers["Etag"]
    assert ask(changing, "/embed/latest", HTTP_IF_NONE_MATCH=tag).status == 304
    (row,) = database.read("SELECT id FROM article WHERE guid = '1'")
    withdraw(database, [row["id"]], reason="wrong", person="editor", now=NOW)
    again = ask(changing, "/embed/latest", HTTP_IF_NONE_MATCH=tag)
    assert again.status == 200 and "halls" not in again.text


@pytest.mark.parametrize("path", ["/embed/topic/nothing", "/embed/source/nobody", "/embed/feeds", "/embed"])
def test_what_is_no_list_is_not_there(app: Application, path: str) -> None:
    assert ask(app, path).status == 404


def test_fifty_long_titles_fit(database: Database, tmp_path: Path) -> None:
    many = [article(guid=str(n), title=f"{n} " + "长标题" * 90, language="zh") for n in range(60)]
    style = len((Path("syndicate/static") / "embed.css").read_bytes())
    app = application(database, tmp_path, *many)
    reply = ask(app, "/embed/latest?n=50")
    assert reply.text.count("</li>") == 50 and len(reply.body) + style <= LARGEST
    assert ask(app, "/embed/latest?n=51").status == 400


@pytest.mark.parametrize("republish", ["title", "none"])
def test_rights_bind_frames_too(database: Database, tmp_path: Path, republish: Republish) -> None:
    closed = article(guid="1", title="Halls", text=SECRET, summary=SECRET, republish=republish)
    app, address = application(database, tmp_path, closed), address_of(database, "1")
    asked = f"/oembed?url={quote(BASE + address)}"
    assert (
        SECRET
        not in ask(app, "/embed/latest").text + ask(app, f"/embed{address}").text + ask(app, asked).text
    )
    statuses = {ask(app, f"/embed{address}").status, ask(app, asked).status}
    assert statuses == ({200} if republish == "title" else {404})
    assert ("Halls" in ask(app, "/embed/latest").text) == (republish == "title")


def test_an_article_is_a_card(app: Application, standing: Database) -> None:
    reply = ask(app, f"/embed{address_of(standing, '2')}")
    assert "frame-ancestors *" in reply.headers["Content-Security-Policy"]
    assert "学校迎来新生" in reply.text and "海淀的学校" in reply.text and "2026年11月24日" in reply.text


def test_oembed_of_an_article(app: Application, standing: Database) -> None:
    address = BASE + address_of(standing, "1")
    reply = ask(app, f"/oembed?url={quote(address, safe='')}&maxwidth=300&maxheight=120")
    assert reply.headers["Content-Type"].startswith("application/json")
    told = json.loads(reply.text)
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", "Olympic <halls> open")
    assert (told["width"], told["height"], told["provider_url"]) == (300, 120, f"{BASE}/")
    (frame,) = ET.fromstring(f"<x>{told['html'].replace('loading=', 'data=')}</x>")
    assert frame.tag == "iframe" and frame.get("title") == told["title"]
    assert ask(app, str(frame.get("src")).removeprefix(BASE)).status == 200
    as_xml = ask(app, f"/oembed?url={quote(address, safe='')}&format=xml")
    assert as_xml.headers["Content-Type"].startswith("text/xml")
    document = ET.fromstring(as_xml.body)
    assert document.tag == "oembed" and document.findtext("title") == told["title"]


def test_an_article_names_its_oembed(app: Application, standing: Database) -> None:
    text = ask(app, address_of(standing, "1")).text
    found = re.findall(
        r'<link rel="alternate" type="(application/json|text/xml)\+oembed" href="([^"]*)"', text
    )
    assert found
    for _, link in found:
        assert link.startswith(BASE) and ask(app, unescape(link).removeprefix(BASE)).status == 200


@pytest.mark.parametrize("list", ["/", "/topic/olympics?lang=en", "/search?q=halls", "/source/example"])
def test_oembed_of_a_list(app: Application, list: str) -> None:
    told = json.loads(ask(app, f"/oembed?url={quote(BASE + list, safe='')}").text)
    (source,) = re.findall(r'src="([^"]*)"', told["html"])
    frame = ask(app, unescape(source).removeprefix(BASE))
    assert frame.status == 200 and "Olympic &lt;halls&gt; open" in frame.text


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("/oembed", 404),
        ("/oembed?url=https://other.example/x", 404),
        (f"/oembed?url={BASE}.other.example/", 404),
        (f"/oembed?url={BASE}/a/2026/11/24/00000000", 404),
        (f"/oembed?url={BASE}/about", 404),
        (f"/oembed?url={BASE}/&format=yaml", 501),
        (f"/oembed?url={BASE}/&maxwidth=wide", 400),
    ],
)
def test_oembed_says_what_it_cannot_do(app: Application, asked: str, status: int) -> None:
    reply = ask(app, asked)
    assert reply.status == status and "html" not in reply.headers["Content-Type"] and reply.text.strip()
