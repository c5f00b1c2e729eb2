"""What a commit gathers lies in a file without a name until it is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_index_engine import public

from index.array_writer import batches
from index.aside import Aside
from index.batch import MOST_TOGETHER
from index.commits import LARGE, Stored, to_merge
from index.engine import handed_over, open_index
from index.follow import MOST_ARTICLES
from index.vectors import Snapshot
from index.whoosh_engine import WhooshIndex, documents


def test_pieces_come_back_in_their_order(tmp_path: Path) -> None:
    aside = Aside(str(tmp_path))
    aside.add("text", b"odd")
    aside.add("body", np.array([3, 1 << 60], np.uint64).data)
    aside.add("text", b"")
    aside.add("body", np.array([7], np.uint64).data)
    aside.add("text", b"again")
    assert b"".join(aside.pieces("text")) == b"oddagain"
    assert [keys.tolist() for keys in aside.keys("body")] == [[3, 1 << 60], [7]]
    assert aside.pieces("title") == []
    aside.let_go()
    assert [keys.tolist() for keys in aside.keys("body")] == [[3, 1 << 60], [7]]
    assert not list(tmp_path.iterdir())
    aside.close()


def test_nothing_laid_aside_is_nothing(tmp_path: Path) -> None:
    aside = Aside(str(tmp_path))
    assert aside.keys("body") == []
    aside.close()


def test_a_full_commit_is_never_merged() -> None:
    assert MOST_ARTICLES >= LARGE
    assert to_merge([Stored(living=MOST_ARTICLES, dead=0, size=1)] * 20) == []


def test_no_more_articles_are_cut_together_than_can_be_numbered() -> None:
    empty = [public(1, "", "")] * (MOST_TOGETHER + 1)
    assert [len(some) for some in batches(empty)] == [MOST_TOGETHER, 1]


def test_articles_are_forgotten_as_they_are_handed_over() -> None:
    articles = {each.id: each for each in (public(number, "news") for number in range(3))}
    ids = [*articles]
    assert [(each.id, len(articles)) for each in handed_over(articles)] == list(
        zip(ids, (2, 1, 0), strict=True)
    )


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    """Two segments of fifty articles each, those of the first one replaced in part."""
    index = open_index(tmp_path / "index", write=True)
    assert isinstance(index, WhooshIndex)
    index.apply([public(number, "news", "text") for number in range(50)], [], 1)
    index.apply([public(number, "news", "again") for number in range(25, 75)], [], 2)
    return index._current()


def test_documents_of_many_articles_are_found_at_once(snapshot: Snapshot) -> None:
    ids = snapshot.keys(snapshot.alive.nonzero()[0].tolist())
    assert len(ids) == 75
    unknown = [f"{id}x" for id in ids]
    found = list(documents(snapshot, [*unknown, *ids, *unknown]))
    assert sorted(snapshot.keys(found)) == sorted(ids)
    assert list(documents(snapshot, unknown)) == list(documents(snapshot, [])) == []
