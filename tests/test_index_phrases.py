"""Phrases: exact, also with words that nearly all texts have."""

from __future__ import annotations

from pathlib import Path

from test_index_engine import ask, numbers, public

from index.engine import open_index


def test_phrases_with_stop_words_are_exact(tmp_path: Path) -> None:
    texts = ["Out of the city", "The city of out", "out, of the: city", "city’s of the out", "of THE cities"]
    index = open_index(tmp_path / "index", write=True)
    index.apply([public(number, text) for number, text in enumerate(texts, 1)], [], 9)
    assert set(numbers(ask(index, '"of the"'))) == {1, 3, 4, 5}
    assert set(numbers(ask(index, '"out of the city"'))) == {1, 3}
    assert set(numbers(ask(index, 'title:"the city"'))) == {1, 2, 3}
    assert set(numbers(ask(index, '"city of the"'))) == {4}
    index.close()
