"""Whether a query in one language finds the articles of the other: headlines, titles, one or two words.

The lexicon is the one that ships; what is learned from sentences that may not be shipped is measured apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.model import Article, Selection, sha256
from bench.corpus import AS_NEWS, DATA, lines, real_news, sample_articles
from bench.retrieval import indexed
from index import Index, Results, Search, open_index

FIRST = 10
TEST = "01234567"  # of the pairs whose hash begins so nothing is learned


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One text in both languages, each with its headline."""

    name: str
    english: tuple[str, str]
    chinese: tuple[str, str]


def ntrex() -> Iterator[Pair]:
    """News texts that were translated sentence by sentence."""
    for each in lines(DATA / "parallel" / "ntrex_newstest2019_docs.jsonl"):
        key = next(name for name in each if name.lower().replace("-", "_") == "zh_hans")
        yield Pair(
            name=f"ntrex {each['doc']}",
            english=(each["en"][0], "\n".join(each["en"][1:])),
            chinese=(each[key][0], "\n".join(each[key][1:])),
        )


def opensource() -> Iterator[Pair]:
    """Articles on software with their translations."""
    for each in lines(DATA / "parallel" / "lctt_opensourcecom_docpairs.jsonl.gz"):
        yield Pair(
            name=each["pair"],
            english=(each["title_en"], each["body_en"][:AS_NEWS]),
            chinese=(each["title_zh"], each["body_zh"][: AS_NEWS // 3]),
        )


def is_test(pair: Pair) -> bool:
    """The pair is of the half that nothing is learned from."""
    return sha256(pair.name.encode())[0] in TEST


def articles() -> Iterator[Article]:
    """All pairs in both languages, and Chinese news beside them."""
    number = 0
    for pair in (*ntrex(), *opensource()):
        for language, (title, text) in (("en", pair.english), ("zh", pair.chinese)):
            number += 1
            yield indexed(f"{pair.name} {language}", title, text, number, language)
    for each in (*real_news(), *sample_articles()):
        number += 1
        yield indexed(f"news {number}", each.title, each.text, number, each.language)


def filled(folder: Path) -> Index:
    """An index of all these."""
    index = open_index(folder, write=True)
    some = list(articles())
    for start in range(0, len(some), 5000):
        index.apply(some[start : start + 5000], [], start + 1)
    return index


def ask(index: Index, query: str, language: str = "", *, exact: bool = False) -> Results:
    """The first answers to a query among the articles of a language, or of all."""
    selection = Selection(query=query[:1000], language=language)  # type: ignore[arg-type]
    return index.search(Search(selection=selection, n=FIRST, exact=exact))


def recall(index: Index, pairs: Sequence[Pair], asked: str, *, exact: bool = False) -> float:
    """How often the headline in a language finds its text in the other among the first ten."""
    from archive.model import article_id

    other = "zh" if asked == "en" else "en"
    right = 0
    for pair in pairs:
        title = pair.english[0] if asked == "en" else pair.chinese[0]
        wanted = article_id("bench", f"{pair.name} {other}")
        right += wanted in [hit.id for hit in ask(index, title, other, exact=exact).hits]
    return right / max(1, len(pairs))
