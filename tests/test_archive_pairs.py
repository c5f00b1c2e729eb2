"""Pairs: what file names state, and what is remembered of what was said."""

from __future__ import annotations

import pytest
from factories import NOW, article, put_all

from archive import changes
from archive.articles import articles
from archive.database import Database
from archive.pairs import Versions, record, story_of


@pytest.mark.parametrize(
    ("name", "story"),
    [
        ("in/city.en.txt", ("in/city", "en")),
        ("city.ZH.md.gz", ("city", "zh")),
        ("城市.v2.zh.docx", ("城市.v2", "zh")),
        ("city.txt", None),
        ("city.fr.txt", None),
        (".en.txt", None),
        ("in/city_EN.txt", ("in/city", "en")),
        ("city-zh-Hans.docx", ("city", "zh")),
        ("city_zh_CN.html", ("city", "zh")),
        ("city-cn.md", ("city", "zh")),
        ("city.chs.txt", ("city", "zh")),
        ("in/en/2022/city.txt", ("in/*/2022/city", "en")),
        ("in/zh-cn/2022/city.docx.gz", ("in/*/2022/city", "zh")),
        ("城市 中文版.docx", ("城市", "zh")),
        ("城市（英文）.docx", ("城市", "en")),
        ("城市英文版.docx", ("城市", "en")),
        ("city (EN).docx", ("city", "en")),
        ("学中文.docx", None),
        ("Learning English.docx", None),
        ("token.txt", None),
        ("garden.txt", None),
        ("then/city.txt", None),
        ("https://a.example/en/city.html", None),
    ],
)
def test_file_names_that_state_a_version(name: str, story: tuple[str, str] | None) -> None:
    assert story_of(name) == story


def test_the_versions_of_a_story_point_to_each_other(database: Database) -> None:
    versions = Versions()
    with database.writing() as transaction:
        (one,) = put_all(transaction, article(guid="1", title="City"))
        (other,) = put_all(transaction, article(guid="2", title="城市", language="zh", script="Hans"))
        versions.note(transaction, "a/city.zh.txt", [other.article.id], NOW)
        versions.note(transaction, "b/city.en.txt", [one.article.id], NOW)
        assert not transaction.read("SELECT 1 FROM pair")
        versions.note(transaction, "a/city.en.txt", [one.article.id], NOW)
    first, second = articles(database, [one.article.id, other.article.id])
    assert [(each.id, each.state, each.title) for each in first.translations] == [
        (second.id, "stated", "城市")
    ]
    assert [each.id for each in second.translations] == [first.id]
    assert [change.kind for change in changes.after(database, 2)] == ["touch", "touch"]


def test_the_last_word_counts_and_is_written_once(database: Database) -> None:
    with database.writing() as transaction:
        stored = put_all(transaction, article(guid="1", title="City"), article(guid="2", title="Ville"))
        one, other = (each.article.id for each in stored)
        said = [
            record(transaction, one, other, state=state, how="x", now=NOW)
            for state in ("found", "found", "refused")
        ]
    assert said == [True, False, True]
    assert articles(database, [one])[0].translations == ()


def test_no_pair_where_it_is_not_certain_which(database: Database) -> None:
    versions = Versions()
    with database.writing() as transaction:
        stored = put_all(transaction, *(article(guid=name, title=name) for name in "abc"))
        for name, each in zip(("x.en.txt", "x_en.txt", "x.zh.txt"), stored, strict=True):
            versions.note(transaction, name, [each.article.id], NOW)
        assert not transaction.read("SELECT 1 FROM pair")
