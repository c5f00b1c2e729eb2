"""Chinese in the script that a reader wants: marked as converted, highlights in place."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from factories import NOW, article
from hypothesis import given
from hypothesis import strategies as st
from web_client import Reply, application, ask

from archive.database import Database
from archive.pairs import record
from syndicate.guard import Application
from syndicate.script import html_in, pieces_in, written


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    """A story in simplified Chinese and in English, and one in traditional Chinese."""
    simplified = article(
        title="皇后的头发",
        html='<p>皇后以后在<a href="https://e.example/头发">干净</a>的面条店<b lang="zh-CN">发展</b>。</p>',
        text="皇后以后在干净的面条店发展。",
        language="zh",
        script="Hans",
        guid="hans",
    )
    traditional = article(title="臺灣的頭髮", text="頭髮發展。", language="zh", script="Hant", guid="hant")
    english = article(title="The hair", text="The hair of the queen.", guid="en")
    application(database, tmp_path, simplified, traditional, english)
    with database.writing() as transaction:
        ids = {row["guid"]: row["id"] for row in transaction.read("SELECT guid, id FROM article")}
        record(transaction, ids["hans"], ids["en"], state="stated", how="test", now=NOW)
    return application(database, tmp_path)


def address_of(database: Database, guid: str) -> str:
    """Where an article is."""
    (row,) = database.read("SELECT address FROM article WHERE guid = :guid", guid=guid)
    return str(row["address"])


def page_of(app: Application, database: Database, guid: str, parameters: str) -> Reply:
    """The page of an article."""
    return ask(app, f"{address_of(database, guid)}{parameters}")


def test_a_phrase_decides_how_a_character_is_written() -> None:
    assert (
        written("皇后以后在干净的面条店发展头发，一只只有里程", "hant")
        == "皇后以後在乾淨的麵條店發展頭髮，一隻只有里程"
    )
    assert written("皇后以後在乾淨的麵條店發展頭髮", "hans") == "皇后以后在干净的面条店发展头发"


def test_an_article_is_shown_in_the_other_script_and_says_so(app: Application, database: Database) -> None:
    shown = page_of(app, database, "hans", "?ui=en&script=hant")
    assert (
        shown.status == 200
        and "皇后的頭髮" in shown.text
        and "皇后以後" in shown.text
        and "麵條店" in shown.text
    )
    assert 'class="prose" lang="zh-Hant"' in shown.text and '<b lang="zh-Hant">發展</b>' in shown.text
    assert 'href="https://e.example/%E5%A4%B4%E5%8F%91"' in shown.text or "e.example/头发" in shown.text
    assert "converted by this archive; the original is in simplified" in shown.text
    assert "script=original" in shown.text and '<html lang="en"' in shown.text
    for parameters in ("?ui=en", "?ui=en&script=hans", "?ui=en&script=original"):
        shown = page_of(app, database, "hans", parameters)
        assert "皇后的头发" in shown.text and "converted by" not in shown.text
    other = page_of(app, database, "hant", "?ui=zh&script=hans")
    assert "台湾的头发" in other.text and "原文为繁体字" in other.text and 'lang="zh-Hans"' in other.text
    assert "頭髮發展。" in page_of(app, database, "hant", ".txt").text, "what programs read stays as it is"


def test_english_pages_show_the_title_of_the_chinese_version_so(app: Application, database: Database) -> None:
    shown = page_of(app, database, "en", "?script=hant").text
    assert "皇后的頭髮" in shown and "The hair of the queen." in shown and 'lang="zh-Hant"' in shown
    both = page_of(app, database, "en", "/both?script=hant").text
    assert "皇后以後" in both and '<div lang="zh-Hant">' in both


def test_lists_and_results_are_converted_and_marked(app: Application) -> None:
    shown = ask(app, "/?ui=en&script=hant").text
    assert "皇后的頭髮" in shown and "臺灣的頭髮" in shown and "converted by this archive" in shown
    found = ask(app, "/search?q=%E9%9D%A2%E6%9D%A1&ui=en&script=hant").text
    assert "<mark>麵條</mark>" in found and "皇后的頭髮" in found
    assert "/search?q=%E9%9D%A2%E6%9D%A1&amp;script=original" in found
    english = ask(app, "/search?q=queen&lang=en&script=hans", HTTP_COOKIE="script=hans").text
    assert "script=" not in english.partition("<ol")[2][:300]
    assert ask(app, "/?script=klingon").status == 400


def test_the_choice_is_remembered_and_tells_pages_apart(app: Application) -> None:
    chosen, plain = ask(app, "/?script=hant"), ask(app, "/")
    assert "皇后的頭髮" in ask(app, "/", HTTP_COOKIE="script=hant").text
    assert ask(app, "/", HTTP_COOKIE="script=hant").headers["Etag"] != plain.headers["Etag"]
    assert "皇后的头发" in ask(app, "/?script=original", HTTP_COOKIE="script=hant").text
    assert "皇后的头发" in ask(app, "/", HTTP_COOKIE="script=%00<").text and chosen.status == 200
    assert ask(app, "/latest.atom?script=hant").headers["Location"] == "/latest.atom"
    assert "皇后的头发" in ask(app, "/latest.atom", HTTP_COOKIE="script=hant").text, (
        "feeds are as their sources"
    )


def links(page: str, start: str) -> list[str]:
    """The addresses that a page leads to below a path."""
    return [
        unescape(found) for found in re.findall(r'<a\b[^>]* href="([^"]*)"', page) if found.startswith(start)
    ]


def test_without_cookies_the_choice_goes_on_with_every_link(app: Application, database: Database) -> None:
    found = ask(app, "/search?q=%E9%9D%A2%E6%9D%A1&script=hant").text
    for page in (found, ask(app, "/?script=hant").text, ask(app, "/topics?script=hant").text):
        pages = [each for each in links(page, "/") if not re.search(r"\.(atom|rss|json|csv|opml)", each)]
        assert pages and all("script=" in each for each in pages)
        assert not any("script" in each for each in links(page, "/") if each not in pages)
        assert page.count('<input type="hidden" name="script" value="hant">') == page.count('method="get"')
    (opened,) = {each for each in links(found, "/a/") if each.startswith(address_of(database, "hans") + "?")}
    shown = ask(app, opened).text
    assert "皇后的頭髮" in shown and set(links(shown, "/?")) == {"/?script=hant"}
    assert "e.example/头发" in shown or "e.example/%E5%A4%B4%E5%8F%91" in shown, "links of texts stay"
    assert "script=hant" not in re.sub(
        r"<a\b[^>]*>|<input[^>]*>", "", ask(app, "/follow?q=queen&script=hant").text
    )
    for address in links(found, "/"):
        assert ask(app, address).status == 200, address


def test_with_cookies_links_stay_as_they_are(app: Application) -> None:
    address = "/search?q=%E9%9D%A2%E6%9D%A1&script=hant"
    plain, carried = ask(app, address, HTTP_COOKIE="script=hans"), ask(app, address)
    assert plain.headers["Etag"] != carried.headers["Etag"]
    assert "皇后的頭髮" in plain.text and not any("script" in each for each in links(plain.text, "/a/"))
    assert not any("script" in each for each in links(ask(app, "/?script=original").text, "/a/"))


CHINESE = st.text(alphabet="皇后头发面条干净一只里台湾发展ab <&>\n", max_size=30)


@given(st.lists(st.tuples(CHINESE, st.booleans()), max_size=6))
def test_highlights_stay_where_they_are(pieces: list[tuple[str, bool]]) -> None:
    changed = pieces_in(tuple(pieces), "hant")
    assert [marked for _, marked in changed] == [marked for _, marked in pieces]
    assert [len(text) for text, _ in changed] == [len(text) for text, _ in pieces]
    assert "".join(text for text, _ in changed) == written("".join(text for text, _ in pieces), "hant")


def test_markup_stays_as_it_is() -> None:
    html = '<p title="头发">头发 &amp; &lt;b&gt;</p><img src="/头发" alt="干净"><i lang="zh-Hans-CN">面条</i>'
    assert html_in(html, "hant") == (
        '<p title="頭髮">頭髮 &amp; &lt;b&gt;</p><img src="/头发" alt="乾淨"><i lang="zh-Hant">麵條</i>'
    )
