"""Terms are put in order and written by the numbers of their words as they would be as texts."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import GRAM, STOP_WORDS
from index.batch import Numbers, Vocabulary, gram_codes
from index.naming import NamesOfKeywords, NamesOfWords
from index.posting_files import HASHES_AT_ONCE, TABLES, by_tables

LONG = [f"{'long' * 6}{end}" for end in ("", "a", "b", "1", "1" * 9, "中", "中文" * 9)]  # and alike so far
WORDS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *STOP_WORDS[:3],
                *LONG,
                "o",
                "off",
                "of1",
                "OF",
                "a",
                "ab",
                "é",
                "北",
                "北京",
                "北京城",
                "北京城市",
            ]
        ),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0_ "), min_size=1, max_size=5),
    ),
    max_size=30,
    unique=True,
)


def codes_of_all(words: list[str], vocabulary: Vocabulary) -> tuple[Numbers, list[str]]:
    """The rising codes of words, and of common-grams of the Latin ones among them; and what they are."""
    terms = {vocabulary[word]: word for word in words}
    latin = [word for word in words if max(word) < "\u0370"]
    for stop, word in ((stop, word) for stop in STOP_WORDS[:3] for word in latin):
        for one, two in ((stop, word), (word, stop)):
            (code,) = gram_codes(np.array([vocabulary[one]]), np.array([vocabulary[two]])).tolist()
            terms[code] = f"{one}{GRAM}{two}"
    codes = sorted(terms)
    return np.array(codes, np.int64), [terms[code] for code in codes]


@settings(deadline=None)
@given(WORDS)
def test_codes_are_in_the_order_of_their_terms_and_spelled_so(words: list[str]) -> None:
    vocabulary = Vocabulary()
    codes, terms = codes_of_all(words, vocabulary)
    names = NamesOfWords(vocabulary)
    order = names.order(codes)
    assert [terms[place] for place in order.tolist()] == sorted(terms)
    text, lengths = names.spelled(codes[order])
    assert text.tobytes().decode() == "".join(sorted(terms))
    assert lengths.tolist() == [len(term.encode()) for term in sorted(terms)]


def test_keywords_are_in_the_order_of_their_terms() -> None:
    names = NamesOfKeywords(["zh", "en", "é", "京"])
    order = names.order(np.array([0, 1, 3]))
    assert order.tolist() == [1, 0, 2]
    assert names.spelled(np.array([3, 1]))[0].tobytes().decode() == "京en"


def test_hashes_are_laid_out_some_tables_at_a_time() -> None:
    hashes = np.random.default_rng(3).integers(0, 1 << 32, 3 * HASHES_AT_ONCE, np.uint32)
    parts = [np.unique(hashes[some] & np.uint32(TABLES - 1)).tolist() for some in by_tables(hashes)]
    assert len(parts) == 3
    assert [number for part in parts for number in part] == list(range(TABLES))
    assert [len(some) for some in by_tables(hashes[:0])] == [0]
