"""Words that begin so, however many: the union of a range of posting lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_index_engine import ask, public

from archive.errors import QueryError
from index.engine import open_index
from index.match import Matcher
from index.whoosh_engine import opened


def test_a_prefix_of_many_words_finds_them_all(tmp_path: Path) -> None:
    """In two segments, with lists of one document and of hundreds."""
    index = open_index(tmp_path / "index", write=True)
    words = [f"inter{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(400)]
    some = [public(n, "Words", f"{words[n]} often intertwined") for n in range(1, 400)]
    index.apply([*some, public(400, "Internal", "Nothing else.")], [], 1)
    index.apply([public(401, "Others", "Interaa and inner.")], [], 2)
    assert ask(index, "inter*").total == 401
    assert ask(index, "intera*").total == 26
    assert ask(index, "title:inter*").total == 1
    assert ask(index, "interz*").total == 0
    index.apply([], [some[0].id], 3)
    assert ask(index, "inter*").total == 400
    index.close()


def test_a_prefix_of_too_many_words_is_refused(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index", write=True)
    index.apply([public(1, "Words", "interval internal interest")], [], 1)
    index.close()
    snapshot = opened(tmp_path / "index", None)
    assert snapshot is not None
    matcher = Matcher(snapshot)
    assert matcher.expanded("words", "inter", most=3).tolist() == [0]
    with pytest.raises(QueryError, match="begin with inter are more than 2 times"):
        matcher.expanded("words", "inter", most=2)
