"""Both versions of a story on one page: passage beside passage, gaps shown, rights kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from factories import NOW, article
from web_client import application, ask

from archive.database import Database
from archive.model import Article
from archive.pairs import record
from syndicate.guard import Application
from syndicate.side_by_side import blocks, sentences

HEADING, OPENING = "The hall", "The hall opened on 3 May 2021 with 5,000 seats and a stage for concerts."
ALONE = "Only the English version says this, at such length that nobody takes it for another."
SPEECH = "Zhang Wei spoke for 42 minutes about what the hall means to the city and to guests from abroad."
ENGLISH = article(
    title="The hall opens",
    html=f"<h2>{HEADING}</h2><p>{OPENING}</p><p>{ALONE}</p><p>{SPEECH}</p>",
    text="\n\n".join((HEADING, OPENING, ALONE, SPEECH)),
    guid="en",
)
CHINESE = article(
    title="大厅启用",
    text="大厅\n\n大厅于2021年5月3日启用，设有5000个座位和一个音乐会舞台。\n\n张伟用42分钟讲了大厅对城市以及海外来宾的意义。",
    language="zh",
    script="Hans",
    guid="zh",
)


def paired(database: Database, folder: Path, *entries: Article) -> tuple[Application, list[str]]:
    """An application on two articles that tell one story, and their addresses."""
    application(database, folder, *entries)
    rows = database.read("SELECT id, address, language FROM article ORDER BY language")
    with database.writing() as transaction:
        record(transaction, rows[0]["id"], rows[1]["id"], state="found", how="test", now=NOW)
    return application(database, folder), [row["address"] for row in rows]


def test_passages_stand_beside_each_other_and_a_gap_is_shown(database: Database, tmp_path: Path) -> None:
    app, (english, chinese) = paired(database, tmp_path, ENGLISH, CHINESE)
    shown = ask(app, f"{english}/both?ui=en").text
    rows = shown.split('<div class="pair')[1:]
    assert len(rows) == 5 and 'id="p2"' in rows[2] and 'href="#p2"' in rows[2]
    assert "5,000 seats" in rows[2] and "5000个座位" in rows[2]
    assert "Only the English" in rows[3] and "Nothing here in this version." in rows[3]
    assert "42 minutes" in rows[4] and "42分钟" in rows[4] and '<div lang="zh-Hans">' in rows[4]
    assert "their sources do not say so" in shown, "what we found is not shown as the source's own"
    other = ask(app, f"{chinese}/both?ui=zh").text
    assert other.index("5000个座位") < other.index("5,000 seats")
    assert "此版本没有这一段。" in other and "本馆发现" in other
    assert "<script" not in shown.replace('<script type="application/ld+json">', "")


def test_the_page_is_linked_where_there_is_another_version(database: Database, tmp_path: Path) -> None:
    app, (english, _) = paired(database, tmp_path, ENGLISH, CHINESE)
    assert f'href="{english}/both"' in ask(app, english).text
    assert "/both" in ask(app, "/").text and "/both" in ask(app, "/search?q=hall").text
    with database.writing() as transaction:
        ids = [row["id"] for row in database.read("SELECT id FROM article ORDER BY language")]
        record(transaction, ids[0], ids[1], state="refused", how="test", person="Editor", now=NOW)
    assert ask(app, f"{english}/both").status == 404
    assert "/both" not in ask(app, english).text and "/both" not in ask(app, "/").text


def test_only_what_may_be_shown_is_shown(database: Database, tmp_path: Path) -> None:
    secret = "only those who paid may read this sentence"
    cut = replace(ENGLISH, html="", text=f"{'An opening. ' * 60}\n\n{secret}", summary="In short.")
    app, (english, chinese) = paired(database, tmp_path, replace(cut, republish="summary"), CHINESE)
    for address in (english, chinese):
        shown = ask(app, f"{address}/both").text
        assert secret not in shown and "In short." in shown and "42分钟" in shown


def test_what_the_lexicon_knows_holds_passages_of_one_length(database: Database, tmp_path: Path) -> None:
    english = (
        "The school is old and closed.",
        "The hospital is new and open.",
        "The bridge is big, wide.",
    )
    chinese = ("医院是新的，已经开放。", "大桥又大又宽，很好。")
    one = article(title="Buildings", text="\n\n".join(english), guid="en")
    two = article(title="建筑", text="\n\n".join(chinese), language="zh", script="Hans", guid="zh")
    app, (address, _) = paired(database, tmp_path, one, two)
    rows = ask(app, f"{address}/both?ui=en").text.split('<div class="pair')[2:]
    assert [any(text in row for text in chinese) for row in rows] == [False, True, True]
    assert "hospital" in rows[1] and "医院" in rows[1] and "bridge" in rows[2] and "大桥" in rows[2]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (
            '<div><p>One <b>x</b>.</p>loose &amp; <a href="/x">l</a><h2>H</h2></div>',
            ["<p>One <b>x</b>.</p>", '<p>loose &amp; <a href="/x">l</a></p>', "<h2>H</h2>"],
        ),
        ("", []),
        ("plain &lt;b&gt;", ["<p>plain &lt;b&gt;</p>"]),
        ("<ul><li>a</li></ul><p></p>", ["<ul><li>a</li></ul>"]),
    ],
)
def test_a_text_falls_into_its_blocks(html: str, found: list[str]) -> None:
    assert blocks(html) == found


def test_a_paragraph_falls_into_its_sentences() -> None:
    found = sentences("<p>北京开幕。”他说：“好！”走了。One two. Three 4.5 m.</p>")
    assert found == [
        f"<p>{each}</p>" for each in ("北京开幕。”", "他说：“好！”", "走了。", "One two.", "Three 4.5 m.")
    ]
    assert sentences("<p>One. <b>Two. Three</b></p>") == ["<p>One. <b>Two. Three</b></p>"]


def test_results_show_the_words_of_both_versions(database: Database, tmp_path: Path) -> None:
    app, _ = paired(database, tmp_path, ENGLISH, replace(CHINESE, republish="title"))
    shown = ask(app, "/search?q=concerts").text
    assert "大厅启用" in shown and "<mark>concerts</mark>" in shown and "座位" not in shown
    with database.writing() as transaction:
        transaction.run("UPDATE article SET republish = 'full'")
    shown = ask(application(database, tmp_path), "/search?q=concerts").text
    assert '<p lang="zh-Hans">' in shown and "5000个座位" in shown
