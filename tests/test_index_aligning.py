"""Passages of two texts find each other: translated news, as it is and cut, against what is known."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.aligning import BAND, MOST, Lexicon, align
from index.translations import likely, standard_lexicon

NTREX = Path(__file__).parents[2] / "shared/data/parallel/ntrex_newstest2019_docs.jsonl"
Passages = list[tuple[list[int], str]]  # a passage is some sentences, by their places


def documents() -> list[dict[str, list[str]]]:
    """A hundred translated news articles, sentence by sentence."""
    if not NTREX.is_file():
        pytest.skip("needs ../shared/data/parallel")
    with NTREX.open(encoding="utf-8") as lines:
        return [json.loads(line) for line, _ in zip(lines, range(100), strict=False)]


def as_it_is(sentences: Sequence[str], chance: random.Random) -> Passages:
    """Every sentence is a passage."""
    return [([place], text) for place, text in enumerate(sentences)]


def cut(sentences: Sequence[str], chance: random.Random) -> Passages:
    """One sentence in twelve is left out, one in eight stands in a passage with the one before."""
    found: Passages = []
    for place, text in enumerate(sentences):
        what = chance.random()
        if 0.08 <= what < 0.2 and found and len(found[-1][0]) == 1:
            places, before = found.pop()
            found.append(([*places, place], f"{before} {text}"))
        elif what >= 0.08:
            found.append(([place], text))
    return found


def standard(word: str) -> frozenset[str]:
    """What the lexicon that ships knows."""
    return likely(standard_lexicon(), word)


@pytest.mark.parametrize(
    ("made", "lexicon", "least"), [(as_it_is, None, 0.99), (cut, None, 0.87), (cut, standard, 0.92)]
)
def test_passages_of_translated_news_find_each_other(
    made: object, lexicon: Lexicon | None, least: float
) -> None:
    chance, right, wrong, missed = random.Random(1), 0, 0, 0
    for each in documents():
        english, chinese = (made(each[side], chance) for side in ("en", "zh-Hans"))  # type: ignore[operator]
        truth = {
            (one, other)
            for one, (places, _) in enumerate(english)
            for other, (others, _) in enumerate(chinese)
            if set(places) & set(others)
        }
        beads = align([text for _, text in english], [text for _, text in chinese], lexicon=lexicon)
        found = {(one, other) for bead in beads for one in bead.one for other in bead.other}
        right, wrong, missed = (
            right + len(truth & found),
            wrong + len(found - truth),
            missed + len(truth - found),
        )
    assert 2 * right / (2 * right + wrong + missed) >= least


SENTENCES = st.lists(st.text(alphabet="ab 12北京，。", max_size=60), max_size=30)


@settings(deadline=None)
@given(SENTENCES, SENTENCES)
def test_every_passage_stands_in_one_place_and_in_order(english: list[str], chinese: list[str]) -> None:
    beads = align(english, chinese)
    assert [place for bead in beads for place in bead.one] == list(range(len(english)))
    assert [place for bead in beads for place in bead.other] == list(range(len(chinese)))
    assert all(len(bead.one) or len(bead.other) for bead in beads)


def test_texts_of_very_different_length_are_aligned_too() -> None:
    for english, chinese in ((1, 5 * BAND), (5 * BAND, 1), (0, 3), (MOST + 5, 10), (10, MOST + 5)):
        beads = align(["One sentence of it."] * english, ["其中一句话。"] * chinese)
        assert sum(len(bead.one) for bead in beads) == english
        assert sum(len(bead.other) for bead in beads) == chinese


def test_numbers_dates_and_names_hold_what_lengths_would_lose() -> None:
    english = ["It began in June 2019.", "NASA sent 42 people.", "Twelve came back."]
    chinese = ["始于2019年6月。", "十二人返回。"]
    pairs = [(list(bead.one), list(bead.other)) for bead in align(english, chinese)]
    assert ([0], [0]) in pairs and ([2], [1]) in pairs and ([1], []) in pairs


def test_a_lexicon_tells_apart_what_has_the_same_length() -> None:
    known = {"school": {"学校"}, "hospital": {"医院"}, "park": {"公园"}}
    english = ["The school is old.", "The hospital is new.", "The park is big."]
    chinese = ["医院是新的一座。", "公园是很大的呢。"]
    beads = align(english, chinese, lexicon=lambda word: known.get(word, ()))
    assert [(list(bead.one), list(bead.other)) for bead in beads] == [([0], []), ([1], [0]), ([2], [1])]


def test_long_texts_take_little_time() -> None:
    chance = random.Random(1)
    english = ["word " * chance.randint(3, 60) for _ in range(MOST)]
    chinese = ["字" * chance.randint(3, 90) for _ in range(MOST)]
    started = time.thread_time()
    align(english, chinese, lexicon=lambda word: ("字字", "字词"))
    assert time.thread_time() - started < 10
