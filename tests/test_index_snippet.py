"""Snippets: the right part, marked, and nothing cut in two."""

from __future__ import annotations

import gzip
import json
import re
import time
import unicodedata

import pytest
from conftest import shared
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import QueryError
from index.analysis import flattened, runs
from index.folded import COMBINING, folded, folded_in_place
from index.marks import finder, located, occurrences
from index.query import All, parse_query, positive
from index.snippet import SENTENCE_END, mark, sentence_end, sentence_start, snippet


def marked(title: str, query: str) -> str:
    """A title with its marks as brackets."""
    return "".join(f"[{text}]" if on else text for text, on in mark(title, parse_query(query)))


@pytest.mark.parametrize(
    ("title", "query", "expected"),
    [
        ("Dual Olympic City", "olympics", "Dual [Olympic] City"),
        ("Cities and a city", "city", "[Cities] and a [city]"),
        ("International interests", "inter*", "[International] [interests]"),
        ("北京，双奥之城", "雙奧之城", "北京，[双奥之城]"),
        ("臺灣與北京", "台湾", "[臺灣]與北京"),
        ("北京外国语大学", "外国语", "北京[外国语]大学"),
        ("产品和服务", "和服", "产品[和服]务"),
        ("马克思", "马克", "[马克]思"),
        ("5G 网络建设", "5G网络", "[5G 网络]建设"),
        ("Ｃｏｖｉｄ－１９ 疫情", "covid-19", "[Ｃｏｖｉｄ－１９] 疫情"),
        ("A股上涨, a stock", "A股", "[A股]上涨, a stock"),
        ("The “dual Olympic” city", '"dual olympic"', "The “[dual Olympic]” city"),
        ("dual city, olympic", '"dual olympic"', "dual city, olympic"),
        ("Café in cafe\u0301", "cafe", "[Café] in [cafe\u0301]"),
        ("China’s news", "china", "[China]’s news"),
        ("China`s news", '"china news"', "[China`s news]"),
        ("China’s s, s’s", "s", "China’s [s], [s]’s"),
        ("China’s中国, China中国", '"china 中国"', "China’s中国, [China中国]"),
        ("㎡ of ½ flat", "flat", "㎡ of ½ [flat]"),
        ("冬奥会与场馆", "冬奥会场馆", "[冬奥会]与[场馆]"),
        ("football and tennis", "tennis -football", "football and [tennis]"),
        ("What the quake did", "what did the quake do", "What the [quake] did"),
        ("what it is", "what is it", "[what] [it] [is]"),
        ("如何看北京的地铁", "北京的新地铁如何", "如何看[北京]的[地铁]"),
        ("no match", "xyz", "no match"),
        ("<b>bold</b>", "bold", "<b>[bold]</b>"),
    ],
)
def test_marks(title: str, query: str, expected: str) -> None:
    assert marked(title, query) == expected


def test_snippet_is_the_sentence_with_the_match_and_what_fits_around() -> None:
    text = "第一句话在这里。" * 20 + "北京是双奥之城。它很美。" + "最后一句话。" * 20
    pieces = snippet(text, parse_query("双奥之城"), length=30)
    assert "".join(part for part, _ in pieces).startswith("北京是双奥之城。它很美。")
    assert ("双奥之城", True) in pieces


def test_a_part_of_a_sentence_says_that_it_is_one_also_soon_after_another_sentence() -> None:
    text = "A sentence. One; two; " + "three four " * 3 + "needle " + "five six " * 60
    assert "".join(part for part, _ in snippet(text, parse_query("needle"), length=60)).startswith("…three")


def test_snippet_without_match_is_the_beginning() -> None:
    pieces = snippet("One. Two. Three.", All(), length=10)
    assert pieces == (("One. Two.", False),)


def test_long_sentence_is_cut_between_words() -> None:
    text = "alpha beta " * 60 + "needle " + "gamma delta " * 60
    shown = "".join(part for part, _ in snippet(text, parse_query("needle"), length=100))
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert set(shown.strip("…").split()) <= {"alpha", "beta", "needle", "gamma", "delta"}
    assert "needle" in shown


@pytest.mark.parametrize(
    "part",
    ["北京冬奥会…The Olympics of Beijing are over. ", "…", "… ", ".\"'", "！\n", "a ", "℃\u0301", "é's "],
)
def test_long_text_is_fast(part: str) -> None:
    text = "冬奥会" + part * 50_000
    started = time.process_time()
    snippet(text, parse_query('冬奥会 olympic a "a a"'), length=200)
    assert time.process_time() - started < 2


@given(st.text(alphabet='ab。！?.…\n "”）)', max_size=400))
def test_sentences_are_the_same_wherever_they_are_looked_for_from(text: str) -> None:
    matches = list(SENTENCE_END.finditer(text))
    ends = [0, *(match.end() for match in matches), len(text)]
    inside = {place for match in matches for place in range(match.start() + 1, match.end())}
    for place in range(len(text)):
        assert sentence_start(text, place) == max(end for end in ends if end <= place)
        assert place in inside or sentence_end(text, place) == min(end for end in ends if end > place)


@given(
    st.text(max_size=300) | st.text(alphabet="北京奥運会 abc。.!\n\u0301e👨\u200d👩🏽", max_size=200),
    st.text(max_size=30) | st.sampled_from(["北京", "abc", "奥运", "é", "a*", '"b c"']),
    st.integers(1, 120),
)
def test_a_snippet_is_a_part_of_the_text(text: str, query: str, length: int) -> None:
    try:
        node = parse_query(query)
    except QueryError:
        return
    squeezed = " ".join(text.split())
    shown = "".join(part for part, _ in snippet(text, node, length=length))
    assert " ".join(shown.strip("…").split()) in squeezed or not squeezed
    whole = "".join(part for part, _ in mark(text, node))
    assert whole.split() == text.split()


def test_marks_are_what_was_asked_for_in_real_news() -> None:
    path = shared("data/news_zh/xwlb_cctv_2022-2026.jsonl.gz")
    with gzip.open(path, "rt") as file:
        articles = [json.loads(line) for line, _ in zip(file, range(200), strict=False)]
    node = parse_query("中國 发展")
    for article in articles:
        pieces = snippet(article["body"], node, length=160)
        assert all(part in ("中国", "发展", "中国发展", "发展中国") for part, on in pieces if on)
        assert sum(len(part) for part, _ in pieces) <= 400
        assert not any(unicodedata.combining(part[0]) for part, _ in pieces)


COMBINED = re.compile(f"[{COMBINING}]")
MIXED = st.text(alphabet="北京奥运会发發 abcABC'’s_-。.\n１ａéÉß℃カÄ☀🎉5\u0301\u200b…″가\u11a8", max_size=80)


@given(MIXED, st.text(alphabet="北京奥运会發 abcs'1é5*\"🎉가", min_size=1, max_size=12))
def test_marks_are_where_the_index_finds_the_words(text: str, query: str) -> None:
    try:
        leaves = list(positive(parse_query(query)))
    except QueryError:
        return
    whole = folded(text).text
    for leaf in leaves:
        assert sorted(finder(leaf)(whole)) == sorted(occurrences(located(whole), leaf))


@given(st.text(alphabet="北京發 abcABC'’`s_-.\n１éÉß℃カÄ🎉\u200b…″가½", max_size=80) | st.text(max_size=40))
def test_each_part_of_a_folded_text_knows_where_it_comes_from(text: str) -> None:
    whole = folded(text)
    assert runs(whole.text) == runs(flattened(text))
    spans = [whole.original((place, place + 1)) for place in range(len(whole.text))]
    assert spans == sorted(spans)
    if not COMBINED.search(text):  # a mark that stays by itself is told from its letter
        for letter, (start, end) in zip(whole.text, spans, strict=True):
            assert letter in flattened(text[start:end]) or not letter.isalnum()


def test_nearly_all_real_texts_are_folded_in_place() -> None:
    path = shared("data/news_zh/xwlb_cctv_2022-2026.jsonl.gz")
    with gzip.open(path, "rt") as file:
        articles = [json.loads(line) for line, _ in zip(file, range(500), strict=False)]
    assert sum(folded_in_place(article["body"]) is not None for article in articles) > 480


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("us", "It introduces us; we used it in the US.", ["us", "US"]),
        ("go", "She went, goes, is going and gone; good.", ["went", "goes", "going", "gone"]),
        ("city", "Cities of a citizen, the city's.", ["Cities", "city"]),
        ("hope", "Hoping for hops, hopes and hopping", ["Hoping", "hopes"]),
        ("willing", "A will, willing", ["willing"]),
        ("others", "Other and others", ["others"]),
        ("die", "He died, dying to dine; he dies.", ["died", "dying", "dies"]),
    ],
)
def test_all_forms_of_a_word_are_marked_and_no_other_word(query: str, text: str, marked: list[str]) -> None:
    assert [part for part, on in mark(text, parse_query(query)) if on] == marked


@pytest.mark.parametrize("before", range(12))
def test_a_long_sentence_is_cut_neither_in_a_word_nor_in_another_match(before: int) -> None:
    sentence = "，".join(["各地紧急转移安置群众并开展救灾工作"] * 12)
    text = f"{'北京天津河北山东辽宁吉林'[:before]}{sentence}。"
    pieces = snippet(text, parse_query("救灾"), length=60)
    assert [piece for piece, marked in pieces if marked] == ["救灾"] * sum(marked for _, marked in pieces)
    shown = "".join(piece for piece, _ in pieces).strip("…")
    words = {"紧急", "转移", "安置", "群众", "开展", "救灾", "工作"}
    at = text.index(shown)
    for word in words:
        for place in (at, at + len(shown)):
            assert text[place - 1 : place + 1] != word
