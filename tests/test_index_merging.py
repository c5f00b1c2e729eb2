"""Posting lists joined a range of terms at a time are those joined all at once."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from test_index_engine import ARTICLES, public
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from archive.errors import Damaged
from index.batch import Vocabulary, cut_together
from index.commits import LARGE_FILE, MOST_MERGED, Stored, to_merge
from index.engine import open_index
from index.merging import Old, in_order, joined
from index.posting_files import Lists
from index.vectors import Segment


def segments(folder: Path) -> list[Segment]:
    """The segments of an index of three commits."""
    index = open_index(folder, write=True)
    for number, some in enumerate((ARTICLES[:3], ARTICLES[3:], [public(99, "北京 of the city")]), 1):
        index.apply(some, [], number)
    index.close()
    storage = FileStorage(str(folder))
    return [Segment(storage, segment) for segment in TOC.read(storage, "MAIN").segments]


def old(segment: Segment, vocabulary: Vocabulary, first: int) -> Old:
    """The body of a segment without its first document, numbered on."""
    parts = (
        (vocabulary.codes(terms), sizes.astype(np.uint32), starts)
        for terms, sizes, starts in segment.terms.every("body")
    )
    new = np.arange(segment.size) - 1
    return in_order(segment.terms, parts, np.where(new >= 0, new + first, -1))


def flat(some: list[Lists]) -> list[tuple[int, list[int], list[int]]]:
    """Every term with its documents and counts."""
    found = []
    for lists in some:
        ends = [*lists.starts[1:].tolist(), len(lists.docs)]
        for code, start, end in zip(lists.codes.tolist(), lists.starts.tolist(), ends, strict=True):
            found.append((code, lists.docs[start:end].tolist(), lists.counts[start:end].tolist()))
    return found


def test_ranges_of_terms_make_the_same_lists(tmp_path: Path) -> None:
    vocabulary = Vocabulary()
    olds = [
        old(segment, vocabulary, 100 * place) for place, segment in enumerate(segments(tmp_path / "index"), 1)
    ]
    texts = [("Of the city", "北京是双奥之城，of the city of the games"), ("城", "the games")]
    fresh = [cut_together([text], vocabulary, place).body for place, text in enumerate(texts)]
    for keys in fresh:
        keys.sort()
    whole = list(joined(fresh, olds, at_once=10**9))
    parts = list(joined(fresh, olds, at_once=7))
    assert len(whole) == 1
    assert len(parts) > 10
    assert flat(parts) == flat(whole)
    codes = [code for code, _, _ in flat(parts)]
    assert codes == sorted(set(codes))
    games = {code: (docs, counts) for code, docs, counts in flat(parts)}[vocabulary["games"]]
    assert games[0][:2] == [0, 1]


def test_nothing_makes_no_lists() -> None:
    assert list(joined([], [])) == []
    assert list(joined([np.empty(0, np.uint64)], [])) == []


def test_what_changed_on_the_disk_is_not_merged(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    index = open_index(folder, write=True)
    for number in range(1, 5):
        index.apply([public(number, f"Story {number}", "北京 of the city")], [], number)
    segment = sorted(folder.glob("*.seg"))[0]
    before, content = segment.stat(), bytearray(segment.read_bytes())
    content[len(content) // 3] ^= 1
    segment.write_bytes(content)
    os.utime(segment, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(Damaged, match=segment.name):
        for number in range(5, 9):
            index.apply([public(number, f"Story {number}")], [], number)
    index.close()


def test_segments_of_one_size_are_merged_and_large_ones_are_not() -> None:
    small, large = Stored(living=20, dead=0, size=9), Stored(living=20_000, dead=0, size=9)
    assert to_merge([small] * 3) == to_merge([large] * 20) == to_merge([]) == []
    assert to_merge([large, *[small] * 4]) == [1, 2, 3, 4]
    assert to_merge([large, Stored(living=20_000, dead=10_001, size=9)]) == [1]


def test_long_documents_are_merged_by_what_they_take() -> None:
    huge = Stored(living=700, dead=0, size=LARGE_FILE)
    assert to_merge([huge] * 6) == []
    long = Stored(living=700, dead=0, size=LARGE_FILE * 3 // 4)
    assert to_merge([long] * 6) == [0, 1]
    assert to_merge([Stored(living=700, dead=699, size=MOST_MERGED + 1)] * 2) == [0]
