"""Every Chinese substring and every Chinese word finds exactly the documents that have it, in real texts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path
from random import Random

import pytest
from conftest import shared
from test_index_engine import ask

from archive.model import Article
from index.analysis import UNSPACED, flattened
from index.engine import open_index
from index.query import OPERATORS

SUBSTRINGS, WORDS, DOCUMENTS, COMMIT = 1000, 500, 20_000, 2000
RUN = re.compile(f"[{UNSPACED}]{{2,}}")


def drawn(articles: Sequence[Article], choose: Random) -> Iterator[tuple[int, str]]:
    """Chinese substrings of two to six characters, each with the document that it is from."""
    while True:
        place = choose.randrange(len(articles))
        runs = RUN.findall(choose.choice((articles[place].title, articles[place].text)))
        if runs:
            run, length = choose.choice(runs), choose.randrange(2, 7)
            start = choose.randrange(max(1, len(run) - length + 1))
            found = run[start : start + length]
            if found not in OPERATORS:
                yield place, found


def drawn_words(articles: Sequence[Article], choose: Random) -> Iterator[tuple[int, str]]:
    """Words of two characters, as a dictionary cuts texts, each with the document that it is from."""
    import rjieba

    while True:
        place = choose.randrange(len(articles))
        cut = rjieba.cut(articles[place].text, False)
        words = [word for word in cut if RUN.fullmatch(word) and len(word) == 2 and word not in OPERATORS]
        if words:
            yield place, choose.choice(words)


@pytest.mark.slow
def test_every_substring_and_every_word_finds_the_documents_that_have_it(tmp_path: Path) -> None:
    shared("data/news_zh/xwlb_cctv_2022-2026.jsonl.gz")
    from bench.recombined import found_texts, public

    choose = Random(20261124)
    chinese = [told for told in found_texts() if told.language == "zh"][:DOCUMENTS]
    articles = [public(told, number) for number, told in enumerate(chinese, 1)]
    assert len(articles) == DOCUMENTS
    index = open_index(tmp_path / "index", write=True)
    for start in range(0, DOCUMENTS, COMMIT):
        index.apply(articles[start : start + COMMIT], [], start + COMMIT)
    texts = [f"{flattened(each.title)}\n{flattened(each.text)}" for each in articles]
    starts = [0, *accumulate(len(text) + 1 for text in texts)]
    everything = "\n".join(texts)
    asked = [*islice(drawn(articles, choose), SUBSTRINGS), *islice(drawn_words(articles, choose), WORDS)]
    for place, query in asked:
        having = {
            bisect_right(starts, match.start()) - 1
            for match in re.finditer(re.escape(flattened(query)), everything)
        }
        assert place in having
        results = ask(index, query, sort="number", n=DOCUMENTS)
        assert results.total == len(having), query
        assert {hit.id for hit in results.hits if not hit.through} == {
            articles[each].id for each in having
        }, query
    index.close()
