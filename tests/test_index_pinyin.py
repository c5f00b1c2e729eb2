"""Chinese typed in Latin letters: what it is stored as, what it finds, what is said of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypinyin import lazy_pinyin
from test_index_engine import ask, public

from index.engine import Index, open_index
from index.pinyin import alike, begins, is_reading, likeness, syllables, terms, title_words, usually

ARTICLES = (
    public(1, "北京：双奥之城", "举办了奥运会。", language="zh", source="bjrb", authors=("张三",)),
    public(2, "中關村論壇開幕", "論壇在北京開幕。", language="zh", script="Hant", authors=("曾毅",)),
    public(3, "A forum of science", "It opened in a park.", authors=("Li Hua",)),
    public(4, "西安的城墙", "城墙很长。", language="zh", source="other"),
    public(5, "公式与公事", "公式。", language="zh"),
    public(6, "攻势", "中关村的新闻。", language="zh"),
    public(7, "绿色旅游", "旅游。", language="zh"),
    *(public(number, f"公式之{number}", language="zh") for number in range(11, 17)),
)
NAMES = {"bjrb": ("Beijing Daily", "北京日报"), "other": ("新華社",), "example": ("Example",)}


def made(folder: Path) -> Iterator[Index]:
    """An index of ARTICLES in two commits."""
    opened = open_index(folder / "index", write=True)
    opened.apply(ARTICLES[:4], [], 4, names=NAMES)
    opened.apply(ARTICLES[4:], [], 8, names=NAMES)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def standing_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """That index for all tests that only search."""
    yield from made(tmp_path_factory.mktemp("standing"))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """That index for one test."""
    yield from made(tmp_path)


def numbers(index: Index, query: str, **fields: object) -> set[int]:
    """The articles found but for those in translation, by number."""
    known = {item.id: item.number or 0 for item in ARTICLES}
    return {known[hit.id] for hit in ask(index, query, n=100, **fields).hits if not hit.through}


def test_an_article_has_the_sounds_of_its_title_its_authors_and_its_source() -> None:
    found = terms(
        title_words(["北京：双奥之城，谷愛凌奪冠"])[0], ["張三", "Li Hua"], ["北京日报", "BBC中文", "Xinhua"]
    )
    assert {"beijing title 北京", "shuangaozhicheng title 双奥之城", "sazc title 双奥之城"} <= set(found)
    assert {"zhangsan by 张三", "zs by 张三"} <= set(found)
    assert {"beijingribao source 北京日报", "bjrb source 北京日报"} <= set(found)
    assert "bj title 北京" not in found and not any(" BBC" in term or "Li" in term for term in found)
    assert terms(title_words(["No Chinese at all"])[0], ["Li Hua"], ["Xinhua"]) == ()


def test_surnames_and_words_are_read_as_they_are_said() -> None:
    assert "zengyi by 曾毅" in terms([], ["曾毅"], [])
    assert "lizhe by 李喆" in terms([], ["李喆"], [])
    assert {"yinhang title 银行", "changcheng title 长城"} <= set(
        terms(title_words(["银行，长城"])[0], [], [])
    )
    assert {"lvyou title 旅游", "luyou title 旅游"} <= set(terms(["旅游"], [], []))


@pytest.mark.parametrize(
    ("query", "expected", "also"),
    [
        ("zhongguancun", {2}, ("中关村",)),
        ("ZhongGuanCun", {2}, ("中关村",)),
        ("zhong guan cun", {2}, ("中关村",)),
        ("science zhong guan cun", set(), ("中关村",)),
        ("in zhong guan cun", set(), ("中关村",)),
        ("xi an cheng qiang", {4}, ("西安", "城墙")),
        ("zhōngguāncūn", {2}, ("中关村",)),
        ("zgc", {2}, ("中关村",)),
        ("shuangaozhicheng", {1}, ("双奥之城",)),
        ("sazc beijing", {1}, ("北京", "双奥之城")),
        ("xian", {4}, ("西安",)),
        ("xi'an", {4}, ("西安",)),
        ("xi an chengqiang", {4}, ("西安", "城墙")),
        ("lüyou", {7}, ("旅游",)),
        ("zhangsan", {1}, ("张三",)),
        ("zs", {1}, ("张三",)),
        ("zengyi", {2}, ("曾毅",)),
        ("beijingribao", {1}, ("北京日报",)),
        ("xhs", {4}, ("新华社",)),
        ("by:zhangsan", {1}, ("张三",)),
        ("by:zs", {1}, ("张三",)),
        ('by:"zhang san"', {1}, ("张三",)),
        ("by:beijing", set(), ()),
        ("source:beijingribao", {1}, ("北京日报",)),
        ("source:xhs", {4}, ("新华社",)),
        ("title:zhongguancun", {2}, ("中关村",)),
        ("title:zhangsan", set(), ()),
        ("zgc OR xian", {2, 4}, ("中关村", "西安")),
        ("中關村 luntan", {2}, ("论坛",)),
        ("science -zhongguancun", {3}, ()),
        ('"zhongguancun"', set(), ()),
        ("zhongg*", set(), ()),
        ("zhongguanc", set(), ()),
        ("forum", {3}, ("论坛",)),
        ("forum science", {3}, ("论坛",)),
        ("park nothere", set(), ()),
        ("forum of hua", set(), ("论坛",)),
        ("forums", {3}, ("论坛",)),
    ],
)
def test_found(standing_index: Index, query: str, expected: set[int], also: tuple[str, ...]) -> None:
    results = ask(standing_index, query, sort="new")
    assert numbers(standing_index, query, sort="new") == expected
    assert results.total == len(expected)
    assert set(results.also_searched) == set(also)
    assert results.read_as == ask(standing_index, query, exact=True).read_as


def test_of_what_sounds_the_same_the_rare_is_left_out(index: Index) -> None:
    """公式 stands in seven titles, 公事 and 攻势 in one each."""
    assert ask(index, "gongshi").also_searched == ("公式",)
    assert numbers(index, "gongshi") == {5, *range(11, 17)}


def test_what_an_article_has_as_a_word_is_not_read_as_pinyin(index: Index) -> None:
    index.apply([public(20, "The Zhongguancun park")], [], 9)
    results = ask(index, "zhongguancun")
    assert (results.total, results.also_searched) == (1, ("中关村",))
    assert [hit.through for hit in results.hits if hit.through] == [("中关村",)] * 2
    index.apply([], [public(20, "").id], 10)
    assert ask(index, "zhongguancun").also_searched == ("中关村",)


def test_only_these_words_are_searched_when_asked(index: Index) -> None:
    results = ask(index, "zhongguancun", exact=True)
    assert (results.total, results.also_searched) == (0, ())


def test_what_was_heard_is_ranked(index: Index) -> None:
    hits = ask(index, "beijing").hits
    assert hits and all(hit.score > 0 for hit in hits)


def test_words_that_no_one_has_cost_little(index: Index) -> None:
    results = ask(index, " ".join("qx" + chr(97 + n % 26) * 3 for n in range(160)))
    assert (results.total, results.also_searched) == (0, ())


def test_characters_that_sound_alike() -> None:
    assert {"源", "元", "员"} <= set(alike("园"))
    assert {"会", "惠"} <= set(alike("汇")) and "汇" not in alike("汇")
    assert "城" in alike("层") and "山" in alike("三") and "蓝" in alike("南") and "星" in alike("新")
    assert alike("x") == []


def test_readings_are_those_of_pypinyin() -> None:
    for word in ("重庆银行", "行长", "长城论坛", "音乐快乐", "举行会议", "都市", "首都", "西藏", "調查"):
        assert syllables(word) == lazy_pinyin(word), word


def test_letters_are_a_name() -> None:
    assert is_reading("beijing", "北京") and is_reading("zhangcheng", "长城") and usually("北京") == "beijing"
    assert (
        not is_reading("beij", "北京") and not is_reading("beijings", "北京") and not is_reading("", "北京")
    )
    assert (likeness("只", "智"), likeness("三", "山"), likeness("皇", "方")) == (2, 1, 0)


def test_letters_begin_a_name() -> None:
    assert begins("beijing", "北京日报") and begins("beijingri", "北京日报")
    assert begins("zhangch", "长城") and begins("changch", "长城")  # 长 is read in both ways
    assert not begins("beijingribaoshe", "北京日报") and not begins("x", "北京")


@pytest.fixture
def spelling(tmp_path: Path) -> Iterator[Index]:
    """An index with words to be put right by."""
    opened = open_index(tmp_path / "spelling", write=True)
    entries = (
        public(1, "新能源汽车", "新能源汽车的发展，能园。", language="zh"),
        public(2, "北京：双奥之城", "双奥之城举办了冬奥会。", language="zh"),
        public(3, "冬奧會開幕", "冬奥会。", language="zh", script="Hant"),
        public(4, "冬奥汇报", "冬奥　汇。", language="zh"),
        public(5, "Beijing and its schools", "学校与学晓。"),
        public(6, "一元复始", "元复。复使。", language="zh"),
        public(7, "兰州的山", "三峡的蓝天。", language="zh"),
    )
    opened.apply(entries, [], 7)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("query", "better"),
    [
        ("新能园", "新能源"),
        ("新能園", "新能源"),
        ("双奥之成", "双奥之城"),
        ("雙奧之成", "雙奧之城"),
        ("冬奥惠", "冬奥会"),
        ("冬奧惠", "冬奧會"),
        ("南州", "兰州"),
        ("山峡", "三峡"),
        ("beijng 冬奥惠", "beijing 冬奥会"),
        ("beijng冬奥惠", "beijing冬奥会"),
        ('"双奥之成" -school', '"双奥之城" -school'),
        ("新能园汽车的发展 冬奥惠", "新能源汽车的发展 冬奥会"),
        ("冬奥汇", None),  # an article has it
        ("学晓", None),  # so rare that it may be a slip, but it is there
        ("双奥之陈", "双奥之城"),
        ("双澳之成", None),  # two characters
        ("元复使", "元复始"),  # all its pairs are there, but the word itself is not
        ("标题:冬奥会", None),
        ("北京 或者 冬奥会", None),
        ("北京", None),
        ("甲乙丙丁", None),
        ("丁", None),
        ("", None),
    ],
)
def test_chinese_words_are_put_right_by_their_sound(spelling: Index, query: str, better: str | None) -> None:
    assert spelling.suggest(query) == better


def test_the_more_frequent_of_two_is_meant(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index", write=True)
    index.apply([public(n, "公式" if n < 4 else "攻势", language="zh") for n in range(1, 6)], [], 5)
    assert index.suggest("工式") == "公式"


def test_putting_right_takes_no_longer_than_a_look(spelling: Index) -> None:
    spelling.suggest("双奥之成")
    assert spelling.suggest("双奥之成 " * 5) is None  # a sentence
    began = time.perf_counter()
    spelling.suggest("一以已异意义 " * 3)
    assert time.perf_counter() - began < 0.5
