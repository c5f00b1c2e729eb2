"""What comes first, and what follows it: sentences, quotations, words that stood together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
from test_index_engine import ask, numbers, public

from archive.model import Article
from index.engine import Index, open_index
from index.listing import greatest


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Index]:
    """An index without articles."""
    opened = open_index(tmp_path / "index", write=True)
    yield opened
    opened.close()


def filled(index: Index, *texts: str) -> Index:
    """The index with Chinese articles of these texts, numbered from one."""
    index.apply([chinese(number, text) for number, text in enumerate(texts, 1)], [], 1)
    return index


def chinese(number: int, text: str) -> Article:
    """A Chinese article whose title says nothing."""
    return public(number, "新闻", text, language="zh")


def test_quotation_marks_in_a_chinese_sentence_ask_for_nothing(empty: Index) -> None:
    filled(empty, "这种癌症疫苗让免疫系统发现变异的细胞。", "今天看到了疫苗。", "看到海。")
    assert numbers(ask(empty, "全新的癌症疫苗可以讓免疫系統學會「看到」變異細胞"))[0] == 1
    assert set(numbers(ask(empty, "「看到」 癌症 疫苗"))) == {2, 3}


def test_words_that_stood_together_come_first_together(empty: Index) -> None:
    filled(
        empty,
        "经济增长的中国，高质量地发展服务业，多措并举。",
        "中国经济增长，服务业高质量发展，多措并举。",
        "增长的经济，中国的服务业，高质量，发展，多措并举。",
    )
    results = ask(empty, "中国经济增长多措并举高质量发展")
    assert results.total == 3 and numbers(results)[0] == 2


def test_of_a_sentence_a_third_is_enough_to_be_ranked(empty: Index) -> None:
    filled(empty, *["印度的外长。"] * 3, *["俄罗斯总统普京接见学生。"] * 20, *["足球比赛。"] * 120)
    results = ask(empty, "俄罗斯总统普京接见印度外长")
    assert (results.total, results.more, results.mode) == (0, 23, "some")
    assert ask(empty, "普京 印度 乒乓球").mode == "most"


@pytest.mark.parametrize("size", [11, 2047, 2048, 30_001])
@pytest.mark.parametrize("different", [1, 7, 100_000])
def test_the_greatest_are_among_those_that_are_sorted(size: int, different: int) -> None:
    choose = Random(size)
    values = np.array([choose.randrange(different) for _ in range(size)], np.float32)
    for number in (1, 10, 11):
        places = greatest(values, number)
        assert set(np.flatnonzero(values >= np.sort(values)[-number])) <= set(places)
        assert different < size or len(places) < max(100, size // 10)


def test_pairs_of_characters_wear_off_later_than_words(empty: Index) -> None:
    """Four of each, two and ten, two and twelve, in texts of one length: so they come if saturation is 1.5.

    Two and twelve come before four and four from 4/3 on, two and ten from 2 on.
    """

    def text(one: int, other: int) -> str:
        return "，".join(["冬奥"] * one + ["海关"] * other + ["经济"] * (20 - one - other))

    filled(empty, text(4, 4), text(2, 10), text(2, 12), *[text(0, 0)] * 9)
    assert numbers(ask(empty, "冬奥 海关")) == [3, 1, 2]


def test_of_a_sentence_what_begins_with_it_comes_first(empty: Index) -> None:
    """The same words in the same number, which are 中央银行 for 央行 in one of the texts, late and early."""
    filler = "今天天气很好。" * 60
    filled(
        empty,
        f"{filler}中央银行降低企业贷款利率。",
        f"中央银行降低企业贷款利率。{filler}",
        *[f"{filler}足球比赛。"] * 9,
    )
    results = ask(empty, "央行降低企业贷款的利率")
    assert numbers(results)[:2] == [2, 1]
    assert results.hits[0].score > results.hits[1].score


def test_few_characters_are_no_sentence_so_that_beginnings_do_not_count(empty: Index) -> None:
    filler = "今天天气很好。" * 60
    filled(empty, f"贷款利率。{filler}", f"{filler}贷款利率。")
    one, other = ask(empty, "贷款利率").hits
    assert one.score == other.score


def test_pages_of_a_sentence_are_parts_of_one_list(empty: Index) -> None:
    """Also where the best, which are ordered once more, end on a page."""
    choose = Random(7)
    words = ["中央银行", "降低", "企业", "贷款", "利率", "天气", "足球", "比赛"]
    filled(empty, *["，".join(choose.choices(words, k=60)) for _ in range(90)])
    whole = ask(empty, "央行降低企业贷款的利率", n=90)
    pages = [
        hit
        for start in range(0, 90, 9)
        for hit in ask(empty, "央行降低企业贷款的利率", n=9, offset=start).hits
    ]
    assert [hit.id for hit in pages] == [hit.id for hit in whole.hits]
    scores = [hit.score for hit in whole.hits]
    assert len(pages) > 50 and scores == sorted(scores, reverse=True)


def test_a_sentence_is_also_ranked_by_the_words_of_other_regions(empty: Index) -> None:
    """What the mainland calls 朝鲜 is 北韓 in Taiwan; short queries stay literal where an article has it."""
    filled(
        empty,
        "南极表示核裁军的前提是它可以信任美国。",
        "北韓表示核裁軍的前提是它可以信任美國。",
        "南非表示核裁军的前提是它可以信任美国。",
        "朝鲜今天天气很好。",
        *["今天天气很好。"] * 9,
    )
    assert numbers(ask(empty, "朝鲜表示，核裁军的前提是它可以信任美国"))[0] == 2
    assert ask(empty, "朝鲜 美国").total == 0
