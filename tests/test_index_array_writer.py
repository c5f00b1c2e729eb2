"""Cutting and writing many documents at once gives exactly what cutting and writing one by one gives."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from factories import article
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.index import open_dir

from archive.fold import fold
from archive.model import Article
from index import literal, pinyin
from index.alphabet import folded_together, text_of
from index.analysis import GRAM, analyse
from index.array_writer import ArrayWriter
from index.batch import Keys, Vocabulary, cut_together
from index.engine import open_index
from index.naming import NamesOfWords
from index.posting_files import checksums, hash_tables

HARD = (
    "abc xyz's 12 3 COVID-19 5G A股 卡拉OK ’s 中国外交部 北京市 东京大学 東京大學 乾隆 乾杯 計算機 국제"
    " カタカナ ｶﾞ ﬁ ½ … ① é Ω Σας İ ß x\u0301 \u0301 각 가\u11a8 ሀለሐ"
    " Привет 😀😀 ☀ 𠀀𠀁 © ™ - _ , 。 ， ' “ ” \u200b the of"
)
PIECES = HARD.split(" ")
TEXTS = st.lists(st.sampled_from([*PIECES, "", "\n", " "]), max_size=30).map(
    lambda pieces: "".join(piece + ("" if place % 3 else " ") for place, piece in enumerate(pieces))
)
ANY_TEXT = st.one_of(
    TEXTS, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
)


def term(code: int, vocabulary: Vocabulary) -> str:
    """The term that a code stands for."""
    return NamesOfWords(vocabulary).spelled(np.array([code], np.int64))[0].tobytes().decode()


def counted(keys: Keys, vocabulary: Vocabulary, documents: int) -> list[Counter[str]]:
    """How often each term stands in each document."""
    found: list[Counter[str]] = [Counter() for _ in range(documents)]
    for key in keys.tolist():
        found[key & 0xFFFF][term(key >> 16, vocabulary)] += 1
    return found


@settings(deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=8))
def test_texts_fold_together_as_alone(texts: list[str]) -> None:
    assert text_of(folded_together(texts)).split("\0")[:-1] == list(map(fold, texts))


@settings(deadline=None)
@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=6))
def test_documents_are_cut_together_as_alone(documents: list[tuple[str, str]]) -> None:
    vocabulary = Vocabulary()
    batch = cut_together(documents, vocabulary, 0)
    alone = [analyse(title, text) for title, text in documents]
    for name in ("title", "body", "characters", "words"):
        wanted = [Counter(getattr(each, name)) for each in alone]
        assert counted(getattr(batch, name), vocabulary, len(documents)) == wanted
    assert batch.lengths.tolist() == [sum(GRAM not in term for term in each.body) for each in alone]
    assert batch.normal.decode() == "".join(each.normal for each in alone)
    assert batch.sizes.tolist() == [len(each.normal.encode()) for each in alone]


def made(number: int, choose: random.Random) -> Article:
    """An article of random pieces."""
    title, text = (" ".join(choose.choices(PIECES, k=size)) for size in (3, choose.choice((0, 5, 300))))
    return article(
        id=f"urn:uuid:{number:08}-0000-5000-8000-000000000000",
        number=number,
        seq=number,
        title=title,
        text=text,
        source=f"paper-{number % 3}",
        topics=("olympics",) if number % 2 else (),
        authors=("李明", "Ann Lee")[: number % 3],
        day=date(2026, 11, 1 + number % 28),
        sorted=datetime(2026, 11, 1, tzinfo=UTC),
    )


def read_by_whoosh(folder: Path) -> dict[tuple[str, str, bytes], float]:
    """Every posting that Whoosh's own reader finds, by article; the figures of terms are checked too."""
    found: dict[tuple[str, str, bytes], float] = {}
    with open_dir(str(folder)).searcher() as searcher:
        for reader in [each.reader() for each, _ in searcher.leaf_searchers()]:
            ids = [bytes(reader.column_reader("key")[doc]).decode() for doc in range(reader.doc_count_all())]
            for field, text in reader.all_terms():
                matcher, weights = reader.postings(field, text), {}
                while matcher.is_active():
                    weights[matcher.id()] = matcher.weight()
                    matcher.next()
                info = reader.term_info(field, text)
                assert info.doc_frequency() == len(weights) or reader.has_deletions()
                assert info.max_weight() >= max(weights.values(), default=0)
                found.update({(ids[doc], field, text): weight for doc, weight in weights.items()})
    return found


def wanted(articles: Sequence[Article]) -> dict[tuple[str, str, bytes], float]:
    """Every posting that there should be."""
    found: dict[tuple[str, str, bytes], float] = {}
    for each in articles:
        cut = analyse(each.title, each.searched)
        fields = {
            "title": cut.title,
            "body": cut.body,
            "characters": cut.characters,
            "words": cut.words,
            "by": each.authors,
            "id": [each.id],
        }
        fields |= {
            "source": [each.source],
            "language": [each.language],
            "topics": each.topics,
            "family": [],
            "accented": literal.accented(each.title, each.searched),
            "script": [],
            "pinyin": pinyin.terms(pinyin.title_words([each.title])[0], each.authors, ()),
        }
        for field, terms in fields.items():
            for text, count in Counter(terms).items():
                found[each.id, field, text.encode()] = float(count)
    return found


@pytest.mark.parametrize("commits", [1, 4, 12])
def test_whoosh_reads_every_posting_also_after_deletions_and_merges(tmp_path: Path, commits: int) -> None:
    choose = random.Random(commits)
    index = open_index(tmp_path / "index", write=True)
    model: dict[str, Article] = {}
    most = 0
    for commit in range(commits):
        some = [made(choose.randrange(1, 90), choose) for _ in range(12)]
        gone = choose.sample(sorted(model), min(3, len(model)))
        index.apply(some, [id for id in gone if id not in {each.id for each in some}], commit + 1)
        model = {id: each for id, each in model.items() if id not in gone} | {each.id: each for each in some}
        most = max(most, len(list((tmp_path / "index").glob("*.seg"))))
    assert read_by_whoosh(tmp_path / "index") == wanted(list(model.values()))
    assert index.ids() == tuple(sorted(model)) and index.check() == []
    assert most <= 9


def test_a_damaged_batch_would_be_seen(tmp_path: Path) -> None:
    """The comparison is alive: one posting fewer, and it fails."""
    articles = [made(number, random.Random(number)) for number in range(1, 9)]
    index = open_index(tmp_path / "index", write=True)
    index.apply(articles, [], 1)
    found = read_by_whoosh(tmp_path / "index")
    assert found == wanted(articles)
    assert found != wanted([*articles[1:], replace(articles[0], text=articles[0].text + " 和服")])


def test_a_vocabulary_that_has_grown_is_begun_anew(tmp_path: Path) -> None:
    ArrayWriter.vocabulary.update({f"filler {number}": number for number in range(400_001)})
    index = open_index(tmp_path / "index", write=True)
    index.apply([made(1, random.Random(1))], [], 1)
    assert len(ArrayWriter.vocabulary) < 400_000 and index.check() == []


def test_hash_tables_place_every_key_where_a_reader_looks() -> None:
    import numpy as np

    choose = np.random.default_rng(5)
    for size in (0, 1, 2, 7, 300, 9000):
        hashes = choose.integers(0, 1 << 32, size, dtype=np.uint32)
        hashes[: size // 3] |= np.uint32(0xFF)  # one table fuller than the others
        table, sizes = hash_tables(hashes, np.arange(1, size + 1))
        starts = np.cumsum(sizes) - sizes
        for place, number in enumerate(hashes.tolist(), 1):
            start, slots = int(starts[number & 255]), int(sizes[number & 255])
            slot = (number >> 8) % slots
            while (table["hash"][start + slot], table["place"][start + slot]) != (number, place):
                assert table["place"][start + slot], "an empty slot before the key"
                slot = (slot + 1) % slots


def test_checksums_are_those_of_zlib() -> None:
    import zlib

    import numpy as np

    terms = [b"", b"a", "中".encode(), b"abc" * 20]
    text = np.frombuffer(b"".join(terms), np.uint8)
    found = checksums(b"\0\1", text, np.array(list(map(len, terms))))
    assert found.tolist() == [zlib.crc32(b"\0\1" + each) for each in terms]
