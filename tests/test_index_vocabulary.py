"""Terms are looked up once in all segments, and what was found is kept, but not of ever more terms."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_index_engine import public

from index.engine import open_index
from index.terms import Terms
from index.vocabulary import Vocabulary
from index.whoosh_engine import WhooshIndex

MOST = 2


class Counting:
    """Terms of a segment that count how often they were asked."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.asked = 0

    def find(self, field: str, text: bytes) -> object:
        self.asked += 1
        return self.terms.find(field, text)


@pytest.fixture
def segments(tmp_path: Path) -> list[Counting]:
    """The terms of two segments, of which the first alone has English words."""
    opened = open_index(tmp_path / "index", write=True)
    opened.apply([public(1, "Visa rules", "A visa for all.", language="en")], [], 1)
    opened.apply([public(2, "签证", "外国人可以在网上申请签证。", language="zh")], [], 2)
    opened.apply([public(3, "签证", "申请签证。", language="zh")], [], 3)
    opened.close()
    snapshot = WhooshIndex(tmp_path / "index")._current()
    assert len(snapshot.segments) > 1
    return [Counting(segment.terms) for segment in snapshot.segments]


def test_a_term_is_looked_up_once_in_each_segment(segments: list[Counting]) -> None:
    vocabulary = Vocabulary(segments)  # type: ignore[arg-type]
    for _ in range(3):
        assert vocabulary.term("body", "签证").frequency == 2
        assert [place for place, _ in vocabulary.term("words", "visa").parts] == [0]
        assert vocabulary.term("words", "nowhere").parts == ()
        assert vocabulary.term("nowhere", "visa").frequency == 0
        assert vocabulary.term("body", "\ud800").frequency == 0
    assert {each.asked for each in segments} == {5}


def test_no_more_terms_are_kept_than_there_is_room_for(segments: list[Counting]) -> None:
    vocabulary = Vocabulary(segments, MOST)  # type: ignore[arg-type]
    for text in ("签证", "visa", "申请", "visa", "外国", "签证"):
        vocabulary.term("body", text)
        assert 0 < len(vocabulary) <= MOST
    assert vocabulary.term("body", "签证").frequency == 2
