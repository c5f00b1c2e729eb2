"""Analysis: what texts are matched and ranked by."""

from __future__ import annotations

import gzip
import json
import random

import pytest
from conftest import shared

from archive.fold import fold
from index.analysis import analyse, cut, flat, flattened, needle, normal, runs, terms, words
from index.stem import beginnings, stem


def matched(text: str) -> list[str]:
    """The terms of a text."""
    return list(terms(runs(flattened(text))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("双奥之城", ["双奥", "奥之", "之城"]),
        ("雙奧之城", ["双奥", "奥之", "之城"]),
        ("城", ["城"]),
        ("Dual Olympic cities", ["dual", "olympic", "cities", "city"]),
        ("5G网络", ["5g", "网络", "5g网"]),
        ("5G 網絡", ["5g", "网络", "5g网"]),
        ("A股", ["a", "股", "a股"]),
        ("卡拉OK", ["卡拉", "ok", "拉ok"]),
        ("COVID-19", ["covid", "19"]),
        ("2022年", ["2022", "年"]),
        ("China’s", ["china"]),
        ("Café", ["cafe"]),
        ("Пекин", ["пекин"]),
        ("東京タワー", ["东京", "京タ", "タワ", "ワー"]),
        ("한국어", ["한국", "국어"]),
        ("😀", ["😀"]),
        ("，。“”()-:", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert matched(text) == expected


def test_words_are_whole_and_chinese_ones_are_cut_by_the_dictionary() -> None:
    assert list(words(fold("北京外国语大学 running"))) == ["running", *words(fold("北京外国语大学"))]
    assert {"北京", "外国语", "大学", "北京外国语大学"} <= set(words(fold("北京外国语大学")))
    assert "和服" not in list(words(fold("产品和服务")))


def test_words_are_cut_in_their_usual_spelling_and_made_alike_then() -> None:
    assert "干隆" in list(words(fold("乾隆时期")))


def test_title_counts_more_and_text_keeps_the_parts_apart() -> None:
    analysed = analyse("双奥", "之城")
    assert analysed.body == ["双奥"] * 3 + ["之城"]
    assert analysed.normal == " 双奥 \n 之城 "
    assert needle(["双奥之城"]) not in analysed.normal


def test_needle_takes_whole_words_but_chinese_anywhere() -> None:
    text = normal(runs(flattened("The Olympics, 5G网络建设")))
    assert needle(["olympic"]) not in text
    assert needle(["the", "olympics"]) in text
    assert needle(["5g", "网络"]) in text
    assert needle(["络建"]) in text


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("北京冬奥会场馆建设情况", ["北京", "冬奥会", "场馆", "建设", "情况"]),
        ("双奥之城的建设与发展", ["双奥之城", "建设", "发展"]),
        ("的", ["的"]),
    ],
)
def test_long_chinese_is_cut_into_words(run: str, expected: list[str]) -> None:
    assert cut(run) == expected


@pytest.mark.parametrize(
    ("words_of_one_stem",),
    [
        (("run", "runs", "running"),),
        (("city", "cities"),),
        (("olympic", "olympics"),),
        (("happy", "happier", "happiest"),),
        (("big", "bigger", "biggest"),),
        (("hop", "hopping", "hops", "hopped"),),
        (("relate", "related", "relating"),),
        (("policy", "policies"),),
        (("agree", "agreed", "agrees"),),
        (("use", "used", "using", "uses"),),
        (("install", "installs", "installed", "installing"),),
        (("control", "controlled", "controlling"),),
        (("change", "changing", "changed"),),
        (("edit", "edited", "editing"),),
        (("invite", "invited", "inviting"),),
        (("develop", "developed", "developing"),),
        (("define", "defined", "defining"),),
        (("create", "created", "creating"),),
        (("meet", "met", "meeting", "meetings"),),
        (("go", "goes", "went", "gone"),),
        (("child", "children"),),
        (("virus", "viruses"),),
        (("genius", "geniuses"),),
        (("house", "houses"),),
        (("box", "boxes"),),
        (("movie", "movies"),),
        (("analysis", "analyses"),),
        (("cpu", "cpus"),),
    ],
)
def test_forms_share_a_stem(words_of_one_stem: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words_of_one_stem}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("news", "new"),
        ("wales", "wale"),
        ("policy", "police"),
        ("new", "now"),
        ("us", "use"),
        ("us", "used"),
        ("university", "universe"),
        ("universe", "universal"),
        ("business", "busy"),
        ("one", "on"),
        ("ios", "io"),
        ("mars", "mar"),
        ("import", "important"),
        ("general", "generation"),
        ("international", "internal"),
        ("united", "unit"),
        ("windows", "window"),  # the system, more often than several
        ("run", "runner"),
        ("happy", "happiness"),
        ("hope", "hop"),
        ("hoping", "hopping"),
        ("care", "car"),
        ("cared", "car"),
        ("evening", "even"),
        ("founded", "find"),
        ("rose", "rise"),
        ("goods", "good"),
        ("economics", "economic"),
    ],
)
def test_other_words_do_not(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_a_stem_is_its_own_stem_and_all_its_words_begin_alike() -> None:
    path = shared("data/parallel/lctt_opensourcecom_docpairs.jsonl.gz")
    with gzip.open(path, "rt") as file:
        texts = [json.loads(line)["body_en"] for line, _ in zip(file, range(300), strict=False)]
    words = {run for text in texts for run in runs(flattened(text)) if run.isascii() and run.isalpha()}
    assert len(words) > 5000
    for word in words:
        assert stem(stem(word)) == stem(word)
        assert word.startswith(tuple(beginnings(stem(word))))


def test_any_part_of_a_chinese_text_folds_to_a_part_of_the_folded_text() -> None:
    """乾隆 keeps its 乾 but 乾 alone becomes 干: a part would not be found in the whole without ``flat``."""
    assert fold("乾") not in fold("乾隆")
    assert flattened("乾") in flattened("乾隆")
    path = shared("data/news_zh/xwlb_cctv_2022-2026.jsonl.gz")
    with gzip.open(path, "rt") as file:
        bodies = [json.loads(line)["body"] for line, _ in zip(file, range(300), strict=False)]
    choose = random.Random(1)
    for body in bodies:
        whole = flattened(body)
        for _ in range(20):
            start = choose.randrange(max(1, len(body) - 6))
            part = flattened(body[start : start + choose.randint(1, 6)])
            assert part in whole


def test_folding_twice_changes_nothing_more() -> None:
    for text in ("臺灣後面乾隆乾燥著名其餘答覆", "İstanbul ẞ ﬁ", "ＡＢＣ１２３", "㎡ № ℃ ①"):
        assert flat(flattened(text)) == flattened(text)
