"""A word that no article has, searched as other regions have it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_index_engine import ask, numbers, public

from index.engine import Index, open_index
from index.regions import IN_MAINLAND, IN_TAIWAN, elsewhere


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Index]:
    """An index without articles."""
    opened = open_index(tmp_path / "index", write=True)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("軟體", "软件"),
        ("软体", "软件"),
        ("软件", "软体"),
        ("人工智慧", "人工智能"),
        ("紐西蘭", "新西兰"),
        ("川普", "特朗普"),
        ("特朗普", "川普"),
        ("北韓", "朝鲜"),
        ("朝鲜", "北韩"),
        ("資訊", "信息"),
    ],
)
def test_words_have_others_elsewhere(typed: str, other: str) -> None:
    assert other in elsewhere(typed)


def test_most_words_are_the_same_everywhere() -> None:
    assert [elsewhere(word) for word in ("北京", "經濟", "software", "乾隆", "2022年", "")] == [()] * 6
    assert len(IN_TAIWAN) == len(IN_MAINLAND)


@pytest.mark.parametrize("query", ["軟體", "title:軟體", "軟體 發展", "軟體 OR 足球"])
def test_a_word_that_no_article_has_is_searched_as_another_region_has_it(empty: Index, query: str) -> None:
    empty.apply([public(1, "软件的发展", language="zh"), public(2, "发展的体育", language="zh")], [], 1)
    results = ask(empty, query)
    assert numbers(results) == [1] and (results.total, results.also_searched) == (1, ("软件",))
    exact = ask(empty, query, exact=True)
    assert (exact.total, exact.also_searched) == (0, ())


def test_a_word_that_an_article_has_stays_as_typed(empty: Index) -> None:
    empty.apply([public(1, "软件的发展", language="zh"), public(2, "臺灣的軟體", language="zh")], [], 1)
    results = ask(empty, "軟體")
    assert numbers(results) == [2] and (results.total, results.also_searched) == (1, ())
