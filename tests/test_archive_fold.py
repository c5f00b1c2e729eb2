"""Folding: what is compared as equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.fold import COMMON, PLAIN, fold, one_by_one, unscripted


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ，１２３％！", "abc,123%!"),
        ("雙奧之城「北京」", '双奥之城"北京"'),
        ("“It’s” — so…", '"it\'s" - so...'),
        ("ﬁ ① ℃ é\u0301", "fi 1 °c é\u0301"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_texts_that_mean_the_same_are_folded_alike(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.one_of(st.sampled_from([*PLAIN, *"aZ09 北京\n·。、"]), st.characters())))
def test_the_quick_way_and_the_long_one_agree(text: str) -> None:
    assert unscripted(text) == one_by_one(text).casefold()
    for letter in filter(COMMON.fullmatch, text):
        assert PLAIN.get(letter, letter) == one_by_one(letter)
