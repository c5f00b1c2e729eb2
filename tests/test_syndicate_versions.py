"""What changed in an article: words deleted and inserted, in bounded time, and only what may be shown."""

from __future__ import annotations

import json
import random
import re
import time
from dataclasses import replace
from datetime import timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from factories import NOW, TERMS, article, put_all
from hypothesis import given
from hypothesis import strategies as st
from web_client import application, ask

from archive.articles import withdraw
from archive.database import Database
from archive.desk import correct
from archive.model import Article, Republish
from archive.put import put
from syndicate.differing import Budget, Piece, abridged, difference
from syndicate.guard import Application

SECRET = "only those who paid may read this sentence"


def pieces(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in difference(before, after, Budget())]


def test_english_differs_by_words_and_chinese_by_characters() -> None:
    assert pieces("The hall opens today.", "The hall opened today.") == [
        ("same", "The hall "), ("deleted", "opens"), ("inserted", "opened"), ("same", " today.")]  # fmt: skip
    assert pieces("北京冬奥会开幕", "北京夏奥会闭幕") == [
        ("same", "北京"), ("deleted", "冬"), ("inserted", "夏"), ("same", "奥会"), ("deleted", "开"),
        ("inserted", "闭"), ("same", "幕")]  # fmt: skip
    assert pieces("One.\n\nTwo.\n\nThree.", "One.\n\nThree.") == [
        ("same", "One.\n\n"), ("deleted", "Two.\n\n"), ("same", "Three.")]  # fmt: skip
    assert pieces("All of it", "Some in it") == [
        ("deleted", "All of"), ("inserted", "Some in"), ("same", " it")]  # fmt: skip
    assert pieces("", "New") == [("inserted", "New")] and pieces("x", "x") == [("same", "x")]


@given(st.text(alphabet="ab 的了.\n", max_size=80), st.text(alphabet="ab 的了.\n", max_size=80))
def test_both_versions_can_be_read_from_it(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(text for kind, text in found if kind != "inserted") == before
    assert "".join(text for kind, text in found if kind != "deleted") == after
    assert all(text for _, text in found)
    kinds = [kind for kind, _ in found]
    assert all(one != other for one, other in pairwise(kinds))


@pytest.mark.parametrize(
    "alphabet", [["x", " "], ["的"], ["a ", "b "], [f"w{n} " for n in range(50)], ["x\n", "y\n", "z\n"]]
)
def test_no_text_takes_long(alphabet: list[str]) -> None:
    """The worst for a comparison are long texts of few words in another order."""
    chance = random.Random(1)
    before, after = ("".join(chance.choices(alphabet, k=100_000)) for _ in range(2))
    started = time.thread_time()
    found = difference(before, after, Budget())
    assert time.thread_time() - started < 2
    assert "".join(piece.text for piece in found if piece.kind != "inserted") == before
    short, other = ("".join(chance.choices(alphabet, k=700)) for _ in range(2))
    started = time.thread_time()
    difference(short, other, Budget())
    assert time.thread_time() - started < 2


def test_what_is_far_from_a_change_is_left_out() -> None:
    same = Piece(kind="same", text="x" * 1000)
    changed = Piece(kind="inserted", text="y" * 1000)
    found = list(abridged([same, changed, same, changed, same], 10))
    assert [len(piece.text) if piece else None for piece in found] == [
        None, 10, 1000, 10, None, 10, 1000, 10, None]  # fmt: skip


def made(**fields: object) -> Article:
    return article(**{"guid": "1", "source": "example", "title": "Halls open", "authors": ("Fan",),
                      "text": "The halls open on Monday.\n\nCome <all> of you.", **fields})  # fmt: skip


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    """An article of three versions, the last by a person, and one that never changed."""
    with database.writing() as transaction:
        put_all(transaction, made(), article(guid="2", title="Alone"))
        later = replace(TERMS, now=NOW + timedelta(hours=1))
        put(transaction, (made(text="The halls opened on Monday.\n\nCome <all> of you."),), later)
    (row,) = database.read("SELECT id FROM article WHERE guid = '1'")
    with database.writing() as transaction:
        tomorrow = replace(TERMS, now=NOW + timedelta(days=1))
        correct(transaction, row["id"], {"title": "Halls opened"}, tomorrow, reason="tense", person="Wang")
    return application(database, tmp_path)


def address_of(database: Database, guid: str = "1") -> str:
    (row,) = database.read("SELECT address FROM article WHERE guid = :guid", guid=guid)
    return str(row["address"])


def test_versions_are_listed_with_time_and_person(app: Application, database: Database) -> None:
    address = address_of(database)
    text = ask(app, f"{address}/versions").text
    (body,) = re.findall(r"<tbody>(.*)</tbody>", text, re.DOTALL)
    rows = [re.findall(r"<t[hd][^>]*>(?:<bdi>)?([^<]*)", row) for row in body.split("<tr>")[1:]]
    assert [row[:4] for row in rows] == [
        ["3", "25 Nov 2026, 16:00", "Wang", "Halls opened"],
        ["2", "24 Nov 2026, 17:00", "its source", "Halls open"],
        ["1", "24 Nov 2026, 16:00", "its source", "Halls open"],
    ]
    for link in re.findall(rf'href="({address}/versions[^"]*)"', text):
        assert ask(app, link).status == 200, link
    told = json.loads(ask(app, f"{address}/versions.json").text)
    assert [(each["revision"], each["by"]) for each in told["revisions"]] == [
        (3, "Wang"),
        (2, None),
        (1, None),
    ]
    assert told["revisions"][0]["changes"] == f"{address}/versions/2..3.json"


def test_two_versions_are_compared(app: Application, database: Database) -> None:
    address = address_of(database)
    text = ask(app, f"{address}/versions/1..2").text
    (shown,) = re.findall(r'<div class="differs"[^>]*>(.*?)</div>', text, re.DOTALL)
    assert "<del>open</del><ins>opened</ins>" in shown and "Come &lt;all&gt; of you." in shown
    assert "<h2>Text</h2>" in text and "<h2>Title</h2>" not in text
    both = ask(app, f"{address}/versions/1..3").text
    assert "<h2>Title</h2>" in both and "<h2>Text</h2>" in both
    assert "Nothing that may be shown" in ask(app, f"{address}/versions/2..2").text
    told = json.loads(ask(app, f"{address}/versions/3..1.json").text)
    assert [part["field"] for part in told["parts"]] == ["title", "text"]
    assert {"op": "delete", "text": "opened"} in told["parts"][0]["difference"]
    assert "新增" in ask(app, f"{address}/versions/1..2?ui=zh").text


def test_only_an_article_that_changed_leads_to_its_versions(app: Application, database: Database) -> None:
    assert f'href="{address_of(database)}/versions"' in ask(app, address_of(database)).text
    assert "/versions" not in ask(app, address_of(database, "2")).text
    assert ask(app, f"{address_of(database, '2')}/versions").status == 200


@pytest.mark.parametrize("between", ["1..9", "0..1", "x..1", "1..", "1-2", "9999999..1"])
def test_versions_that_there_are_not(app: Application, database: Database, between: str) -> None:
    assert ask(app, f"{address_of(database)}/versions/{between}").status == 404
    assert ask(app, f"/a/2026/11/24/00000000/versions/{between}").status == 404


def test_a_withdrawn_article_has_none(app: Application, database: Database) -> None:
    (row,) = database.read("SELECT id, address FROM article WHERE guid = '1'")
    withdraw(database, [row["id"]], reason="wrong", person="editor", now=NOW)
    for path in ("/versions", "/versions.json", "/versions/1..2", "/versions/1..2.json"):
        reply = ask(app, row["address"] + path)
        assert reply.status == 410 and "Monday" not in reply.text and "wrong" in reply.text


@pytest.mark.parametrize("republish", ["summary", "title", "none"])
def test_rights_bind_old_versions_too(database: Database, tmp_path: Path, republish: Republish) -> None:
    text = "A beginning that anyone may read. " * 20
    with database.writing() as transaction:
        put_all(transaction, made(text=text + SECRET, republish=republish))
        later = replace(TERMS, now=NOW + timedelta(hours=1))
        put(transaction, (made(text=text + "nothing", title="Halls", republish=republish),), later)
    app, address = application(database, tmp_path), address_of(database)
    for path in ("/versions", "/versions.json", "/versions/1..2", "/versions/1..2.json"):
        reply = ask(app, address + path)
        assert reply.status == (404 if republish == "none" else 200)
        assert SECRET not in unescape(reply.text), path
    if republish == "title":
        assert "beginning" not in ask(app, f"{address}/versions/1..2").text
