"""A single Chinese character is found wherever it stands, alone and in all that can be asked with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import brute_force as brute
from brute_force import Query, Read
from hypothesis import given, settings
from hypothesis import strategies as st
from test_index_engine import ask, numbers, public

from archive.model import Article
from index.engine import open_index
from index.match import Matcher
from index.query import Word
from index.whoosh_engine import opened

CHARACTERS = "京津东國ガ한𠀀覆"
PIECES = [
    *CHARACTERS,
    *CHARACTERS,
    "、",
    "。",
    " ",
    "\n",
    "A",
    "ok",
    "5",
    "19",
    "-",
    "😀",
    "of the",
    "新闻",
    "国",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
CHOSEN = st.sampled_from(CHARACTERS)


def queries(one: str, other: str) -> list[Query]:
    """What can be asked with two characters."""
    first, second = brute.word(one), brute.word(other)
    return [
        first,
        brute.in_title(one, quoted=False),
        brute.phrase(one),
        brute.phrase(f"{one} {other}"),
        brute.phrase(f"A {one}"),
        brute.word(f"{one}、{other}"),
        brute.word(f"{one}5"),
        brute.every([first, second]),
        brute.every([brute.word("新闻"), first]),
        brute.either([first, second]),
        brute.without(first),
        brute.every([first, brute.without(second)]),
        brute.every([first, brute.grouped(brute.either([second, brute.word("ok")]))]),
    ]


def found(index_of: Callable[[str], Sequence[str]], articles: Sequence[Article], query: Query) -> None:
    """What is found is what reading everything finds."""
    expected = [one.id for one in brute.newest_first(articles) if query.asks(Read(one), False)]
    assert index_of(query.text) == expected, query.text


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6), CHOSEN, CHOSEN)
def test_it_is_found_as_reading_everything_finds_it(
    texts: list[tuple[str, str]], one: str, other: str
) -> None:
    articles = [public(number, title, text) for number, (title, text) in enumerate(texts, 1)]
    with TemporaryDirectory() as folder:
        index = open_index(Path(folder) / "index", write=True)
        index.apply(articles[: len(articles) // 2], [], 1)
        index.apply(articles[len(articles) // 2 :], [], 2)

        def ids(text: str) -> list[str]:
            results = ask(index, text, sort="new")
            assert results.total == len(results.hits)
            return [hit.id for hit in results.hits]

        for query in queries(one, other):
            found(ids, articles, query)
        index.close()


def test_it_is_looked_up_and_not_read_for(tmp_path: Path) -> None:
    choose = Random(3)
    index = open_index(tmp_path / "index", write=True)
    texts = ["".join(choose.choices("北京市东城区新闻中心开放日本国", k=400)) for _ in range(3000)]
    index.apply([public(number, "新闻", text) for number, text in enumerate(texts, 1)], [], 1)
    index.close()
    snapshot = opened(tmp_path / "index", None)
    assert snapshot is not None

    def seconds(text: str) -> float:
        times = []
        for _ in range(5):
            matcher = Matcher(snapshot)
            before = time.thread_time()
            assert len(matcher.find(Word(text=text), matcher.everything)) > 2000
            times.append(time.thread_time() - before)
        return min(times)

    assert seconds("京") < 20 * seconds("北京")


def test_where_no_article_has_all_characters_those_with_some_follow(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index", write=True)
    texts = ["北京市。", "沪市。", "别的。", "粤语。"]
    index.apply([public(number, "新闻", text) for number, text in enumerate(texts, 1)], [], 1)
    results = ask(index, "京 沪 津")
    assert (results.total, results.more) == (0, 2) and set(numbers(results)) == {1, 2}
    index.close()
