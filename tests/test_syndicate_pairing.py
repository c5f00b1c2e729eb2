"""What people see and say of pairs: the command, the marks of what we found, the rows of copies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from factories import NOW, TOPICS, article, put_all

from app import main
from archive import pairs
from archive.articles import articles
from archive.database import Database, open_database
from archive.settings import Settings, Site
from index import open_index
from syndicate.answers import ask
from syndicate.web import make_app


def archived(folder: Path, state: pairs.State, sure: float | None = None) -> tuple[str, str]:
    """A pair in a state, in an archive of its own; the ids of its articles."""
    database = open_database(f"sqlite:///{folder}/archive.db")
    with database.writing() as transaction:
        stored = put_all(
            transaction,
            article(guid="1", title="City"),
            article(guid="2", title="城市", language="zh", script="Hans"),
        )
        one, other = (each.article.id for each in stored)
        pairs.record(transaction, one, other, state=state, how="names", sure=sure, now=NOW)
    database.close()
    return one, other


def listed(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, object]]:
    """What the command lists."""
    assert main(["--data", str(folder), "pairs", "list", "--json", *more]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(("action", "state"), [("confirm", "confirmed"), ("refuse", "refused")])
def test_people_confirm_and_refuse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str, state: str
) -> None:
    one, other = archived(tmp_path, "found", 0.6)
    (row,) = listed(tmp_path, capsys)
    assert (row["state"], row["how"], row["sure"]) == ("found", "names", 0.6)
    assert {row["one_title"], row["other_title"]} == {"City", "城市"}
    short = [id.removeprefix("urn:uuid:")[:8] for id in (one, other)]
    assert main(["--data", str(tmp_path), "pairs", action, *short]) == 0
    assert f": {state}" in capsys.readouterr().out
    (row,) = listed(tmp_path, capsys)
    assert row["state"] == state and row["person"]
    assert listed(tmp_path, capsys, "--state", "found") == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("confirm", "nobody-1", "nobody-2"), 1, "no article of that name"),
        (("confirm", "one"), 2, "give the two articles"),
        (("refuse", "SAME", "SAME"), 2, "the same article"),
        (("list", "x"), 2, "takes no articles"),
        (("list", "--n", "0"), 2, "give a number from 1 on"),
    ],
)
def test_what_makes_no_sense_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    one, _ = archived(tmp_path, "found", 0.9)
    given = [one if word == "SAME" else word for word in words]
    assert main(["--data", str(tmp_path), "pairs", *given]) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("sure", "is_shown"), [(0.99, True), (0.55, False)])
def test_what_we_found_is_shown_as_found_and_told_no_machine_as_a_translation(
    tmp_path: Path, sure: float, is_shown: bool
) -> None:
    one, _ = archived(tmp_path, "found", sure)
    database = open_database(f"sqlite:///{tmp_path}/archive.db")
    (stored,) = articles(database, [one])
    app = make_app(database=database, index=open_index(tmp_path / "index"), settings=settings(tmp_path))
    for ui, words in (("en", "found by us"), ("zh", "我们找到的")):
        for page in (f"{stored.address}?ui={ui}", f"/?ui={ui}"):
            text = ask(app, page)[1].decode()
            assert (words in text) == is_shown
    text = ask(app, stored.address)[1].decode()
    assert "workTranslation" not in text and 'rel="alternate" hreflang' not in text
    assert b"hreflang" not in ask(app, "/sitemap.xml")[1]
    assert b"hreflang" not in ask(app, "/latest.atom")[1]
    assert [each.state for each in stored.translations] == (["found"] if is_shown else [])
    database.close()


@pytest.mark.parametrize("state", ["stated", "confirmed"])
def test_what_a_source_or_a_person_says_is_told_as_a_translation(tmp_path: Path, state: pairs.State) -> None:
    one, _ = archived(tmp_path, state)
    database = open_database(f"sqlite:///{tmp_path}/archive.db")
    (stored,) = articles(database, [one])
    app = make_app(database=database, index=open_index(tmp_path / "index"), settings=settings(tmp_path))
    text = ask(app, stored.address)[1].decode()
    assert (
        "found by us" not in text
        and "workTranslation" in text
        and 'rel="alternate" hreflang="zh-Hans"' in text
    )
    assert b'hreflang="zh-Hans"' in ask(app, "/latest.atom")[1]
    database.close()


def test_lists_fold_copies_into_one_row_that_names_the_others(database: Database, tmp_path: Path) -> None:
    with database.writing() as transaction:
        ids = [
            put_all(transaction, article(guid=id, title=f"Title of {id}"), source_id=id)[0].article.id
            for id in ("one", "two", "three")
        ]
        pairs.tell(transaction, dict.fromkeys(ids, ids[0]), NOW)
    app = make_app(database=database, index=open_index(tmp_path / "index"), settings=settings(tmp_path))
    text = ask(app, "/?ui=en")[1].decode()
    assert text.count('<li class="hit') == 1 and "Also in 2 sources:" in text
    assert all(f'href="{each.address}"' in text for each in articles(database, ids))
    assert "另见2个来源：" in ask(app, "/?ui=zh")[1].decode()
    assert "Also in 2 sources:" in ask(app, f"{articles(database, ids)[0].address}?ui=en")[1].decode()


def settings(folder: Path) -> Settings:
    """The settings of a site."""
    return Settings(data=folder, site=Site(base_url="https://archive.example"), topics=TOPICS)
