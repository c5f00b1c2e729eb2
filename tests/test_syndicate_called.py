"""Topics and sources by what the pages call them, in queries and on the command line."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, quote

import pytest
from factories import NOW, TOPICS, article, put_all, source
from web_client import application, ask

from archive.database import Database
from archive.errors import NotFound
from archive.sources import change, settle
from index import open_index
from syndicate.answers import answer
from syndicate.guard import Application

SOURCES = (
    ("fireball-json", "Daring Fireball", None),
    ("fireball-main", "Daring Fireball", None),
    ("yangshi", "CCTV", "央视"),
)
FIREBALLS = "fireball-json (Daring Fireball), fireball-main (Daring Fireball)"
OLYMPICS = "olympics (Olympics, 奥运)"


@pytest.fixture(scope="module")
def app(standing: Database) -> Application:
    """Articles of three sources, two of which have one name, and of a fourth."""
    with standing.writing() as transaction:
        for id, title, zh in SOURCES:
            settle(transaction, source(id, title=title, name_zh=zh, family=id if zh else None), NOW)
            put_all(transaction, article(guid=id, title=f"Olympic news of {id}"), source_id=id)
    school = article(guid="1", title="A school", authors=("Ann Lee",))
    return application(standing, standing.folder.parent, school)


def told(app: Application, query: str) -> dict[str, object]:
    """What a feed says of a search."""
    facts: dict[str, object] = json.loads(ask(app, f"/search.json?q={quote(query)}").text)["_archive"]
    return facts


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ('source:"Daring Fireball"', 2),
        ('source:"daring  FIREBALL"', 2),
        ("source:央视", 1),
        ("来源：央視", 1),
        ("source:cctv", 1),
        ("source:yangshi", 1),
        ("-source:央视", 3),
        ('source:央视 OR source:"Daring Fireball"', 3),
        ("topic:奥运", 3),
        ("专题：奧運", 3),
        ("topic:Olympics", 3),
        ("topic:aoyun", 3),
        ("topic:教育 school", 1),
        ("topic:Sports", 0),
        ("source:Fireball", 0),
    ],
)
def test_names_that_pages_show_find_what_they_name(app: Application, query: str, total: int) -> None:
    assert told(app, query)["total"] == total


def test_an_unknown_name_is_said_with_those_near_to_it(app: Application) -> None:
    assert told(app, "source:Firebal")["note"] == f"No source is called Firebal; near are: {FIREBALLS}."
    assert told(app, "topic:olympcs")["note"] == f"No topic is called olympcs; near are: {OLYMPICS}."
    assert told(app, "by:ann")["note"] is None and told(app, "topic:olympics")["note"] is None
    assert told(app, 'by:"Ann Leh"')["note"] == "No author is called Ann Leh; near are: Ann Lee."
    assert told(app, "topic:zzz")["note"] == "No topic is called zzz."
    page = unescape(ask(app, "/search?q=topic:olympcs&ui=zh").text)
    assert "没有名为“olympcs”的专题；相近的有：olympics (Olympics, 奥运)。" in page and "No topic" not in page


def test_a_source_that_is_renamed_is_found_by_its_new_name(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, article(guid="1", title="A school"))
    assert told(app, "source:新名")["total"] == 0
    change(database, "example", ["name_zh=新名"], now=NOW)
    assert told(app, "source:新名")["total"] == 1


def test_filters_that_name_nothing_say_what_is_near(app: Application, standing: Database) -> None:
    index = open_index(standing.folder.parent / "index")
    for params, said in (
        ({"topic": ["olympcs"]}, f"olympcs: no such topic; near are: {OLYMPICS}"),
        ({"topic": ["奥运"]}, f"奥运: no such topic; near are: {OLYMPICS}"),
        ({"source": ["央视"]}, "央视: no such source; near are: yangshi (CCTV, 央视)"),
        ({"topic": ["zzz"]}, "zzz: no such topic; /topics lists them"),
    ):
        with pytest.raises(NotFound) as caught:
            answer(standing, index, {"q": ["x"], **params}, base_url="", topics=TOPICS)
        assert str(caught.value) == said


@pytest.mark.parametrize(
    ("asked", "english", "chinese"),
    [
        ("lang=fr&q=school", "lang: expected en or zh or both, got 'fr'", "参数lang的值应为en或zh或both"),
        ("q=school&page=0", "page: expected a number from 1", "参数page的值应为1到"),
        ("q=school&from=2022-13-01", "from: expected a day such as", "参数from的值应为日期"),
        ("q=((((((school))))))", "nested 6 deep; at most 4", "括号套了6层，最多4层"),
        ("q=school" + "+-x" * 17, "has 17 operators and fields; at most 16", "有17个运算符和字段，最多16个"),
        ("q=" + "+".join(['"school"'] * 5), "has 5 phrases; at most 4", "有5个短语，最多4个"),
        ('q="' + "school" * 11 + '"', "A phrase has 66 characters", "有一个短语长66个字符"),
        ("q=" + "school" * 200, "has 1,200 characters", "查询有1200个字符"),
    ],
)
def test_a_search_that_cannot_be_read_is_kept_and_told_in_the_language_of_the_page(
    app: Application, asked: str, english: str, chinese: str
) -> None:
    for language, heading, said in (
        ("en", "This search cannot be read", english),
        ("zh", "无法读懂这次搜索", chinese),
    ):
        reply = ask(app, f"/search?{asked}&ui={language}")
        page = unescape(reply.text)
        assert reply.status == 400 and f"<h1>{heading}</h1>" in page and said in page
        assert (english in page) is (language == "en")
        query = dict(parse_qsl(asked))["q"]
        (box,) = re.findall(r'<input id="q"[^>]* value="([^"]*)"', reply.text)
        assert unescape(box) == query
    assert "<h1>This address cannot be understood</h1>" in ask(app, "/?lang=fr").text
