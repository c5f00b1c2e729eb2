"""Whether a query in one language finds the articles of the other: headlines, titles, one or two words.

The lexicon is the one that ships; what is learned from sentences that may not be shipped is measured apart.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.model import Article, Selection, article_id, sha256
from bench.corpus import DATA, ROOT, lines, real_news, sample_articles
from bench.measure import Figure
from bench.retrieval import FEW, indexed
from index import Index, Results, Search, open_index, with_others
from index.analysis import is_unspaced
from index.learning import learned
from index.lexicon import Entry, Lexicon, key_of, write_lexicon
from index.marks import matches
from index.paragraphs import aligned
from index.translations import entries, standard_lexicon
from index.whoosh_engine import WhooshIndex

FIRST = 10
SEED = ROOT / "tests" / "lexicon" / "seed_terms.tsv"
SHORT = ROOT / "tests" / "lexicon" / "short_queries.tsv"
EVERYDAY = ROOT / "tests" / "lexicon" / "everyday_queries.tsv"
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
            english=(each["title_en"], each["body_en"]),
            chinese=(each["title_zh"], each["body_zh"]),
        )


# Of some the title is a note of a translator.
NO_HEADLINE = re.compile(
    r"translat(?:ed|er|e|ing) by|translat(?:ed|ing)[.!]?$|翻译中|applying$|={3,}|collector:", re.IGNORECASE
)


def has_headlines(pair: Pair) -> bool:
    """What stands as the title of the English text is one: English words, and no note of a translator."""
    title = pair.english[0]
    return " " in title and not is_unspaced(title[:1]) and not NO_HEADLINE.search(title)


def is_test(pair: Pair) -> bool:
    """The pair is of the half that nothing is learned from."""
    return sha256(pair.name.encode())[0] in TEST


def test_half() -> list[Pair]:
    """The pairs on software that nothing is learned from, and that have headlines."""
    return [pair for pair in opensource() if is_test(pair) and has_headlines(pair)]


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


def shown(index: Index, query: str) -> Results:
    """The first page that a reader is shown, by words and by meaning, in either language."""
    return index.search(Search(selection=Selection(query=query[:1000]), n=FIRST, meaning=True))


def recall(
    index: Index, pairs: Sequence[Pair], asked: str, *, exact: bool = False, whole: bool = False
) -> float:
    """How often the headline in a language finds its text in the other among the first ten.

    These are the first of the other language alone, or of the ``whole`` of what a reader is shown.
    """
    other = "zh" if asked == "en" else "en"
    right = 0
    for pair in pairs:
        title = pair.english[0] if asked == "en" else pair.chinese[0]
        wanted = article_id("bench", f"{pair.name} {other}")
        listed = shown(index, title) if whole else ask(index, title, other, exact=exact)
        right += wanted in [hit.id for hit in listed.hits]
    return right / max(1, len(pairs))


def short_queries(index: Index) -> tuple[float, float]:
    """Of one or two words with accepted translations, how many find these; how much is found by others."""
    found, asked, wrong, shown = 0, 0, 0, 0
    texts = {article.id: article for article in articles()}
    for line in SHORT.read_text(encoding="utf-8").splitlines():
        query, _, rest = line.partition("\t")
        accepted = rest.split("|")
        other = "en" if is_unspaced(query) else "zh"
        hits = ask(index, query).hits
        right = [hit for hit in hits if hit.through and says(texts[hit.id], accepted)]
        there = any(ask(index, f'"{text}"', other, exact=True).total for text in accepted)
        asked += there
        found += there and bool(right)
        wrong += sum(bool(hit.through) for hit in hits) - len(right)
        shown += len(hits)
    return found / max(1, asked), wrong / max(1, shown)


def everyday(index: Index) -> Iterator[tuple[str, bool | None, list[str]]]:
    """Of each everyday query whether an accepted word was searched (None: there is none), and wrong ones."""
    for line in EVERYDAY.read_text(encoding="utf-8").splitlines():
        query, accepted, forbidden = (part.split("|") for part in line.split("\t"))
        said = [text.casefold() for text in ask(index, query[0]).also_searched]
        other = "en" if is_unspaced(query[0]) else "zh"
        there = any(text and ask(index, f'"{text}"', other, exact=True).total for text in accepted)
        right = [text for text in said if text in accepted]
        wrong = [text for text in said if text not in accepted and (text in forbidden or forbidden == ["*"])]
        yield query[0], bool(right) if there else None, wrong


def says(article: Article, accepted: Sequence[str]) -> bool:
    """The article has one of the accepted translations, in whatever form."""
    return bool(matches(f"{article.title}\n{article.text}", with_others("", accepted)))


def cost(folder: Path, pairs: Sequence[Pair]) -> float:
    """What translation adds to an answer, milliseconds of CPU: the 95th percentile over all headlines.

    The same is asked of two readers, of which one knows no translations; neither has read anything yet.
    """
    write_lexicon([Entry("en", "nothing", "nothing", 1.0, "learned")], folder.with_name("empty.bin"))
    without = WhooshIndex(folder, lexicon=Lexicon(folder.with_name("empty.bin")))
    added = []
    readers = (without, WhooshIndex(folder))
    for pair in pairs:
        for title in (pair.english[0], pair.chinese[0]):
            times = []
            for reader in readers:
                started = time.thread_time()
                ask(reader, title)
                times.append(time.thread_time() - started)
            added.append(1000 * (times[1] - times[0]))
    return sorted(added)[int(0.95 * len(added))]


def taught(folder: Path) -> Lexicon:
    """The shipped lexicon with what sentences of WMT teach, which are for research only."""
    sentences = [
        (each["en"], each["zh"])
        for each in lines(DATA / "parallel" / "wmt18-20_zh-en_news_segments.jsonl.gz")
    ]
    write_lexicon([*entries(), *learned(sentences)], folder / "taught.bin")
    return Lexicon(folder / "taught.bin")


def taught_by_pairs(folder: Path) -> Lexicon:
    """The shipped lexicon with what an archive learns of the pairs that are asked nothing about."""
    pairs = [pair for pair in opensource() if not is_test(pair)]
    texts = [
        each
        for pair in pairs
        for each in aligned(*("\n".join(side) for side in (pair.english, pair.chinese)))
    ]
    write_lexicon([*entries(), *learned(texts)], folder / "pairs.bin")
    return Lexicon(folder / "pairs.bin")


def seed_terms() -> Figure:
    """How many of fifty terms of the seed the lexicon has in the other language."""
    rows = [line.split("\t") for line in SEED.read_text(encoding="utf-8").splitlines()]
    lexicon = standard_lexicon()
    right = sum(
        any(text in accepted.split("|") for text, _ in lexicon.renderings("en", key_of(term)))
        for term, accepted in rows
    )
    return Figure(
        what=f"terms of the seed, of {len(rows)}", value=right, unit="", peer="floor", peer_value=48
    )


def everyday_figures(index: Index) -> list[Figure]:
    """How many everyday queries search an accepted word where there is one, and how many a wrong one."""
    some = list(everyday(index))
    asked = [right for _, right, _ in some if right is not None]
    found, wrong = sum(asked) / max(1, len(asked)), sum(bool(each) for *_, each in some) / len(some)
    what = f"everyday queries, of {len(asked)} that can be found"
    return [
        Figure(what=what, value=found, unit="", peer="floor", peer_value=0.95),
        Figure(
            what="everyday queries in a wrong sense", value=wrong, unit="", peer="at most", peer_value=0.02
        ),
    ]


def run(folder: Path, most: int) -> list[Figure]:
    """How it goes with the lexicon that ships, without it, and with more learned."""
    if not DATA.is_dir() or most < FEW:
        return [seed_terms()]
    index = filled(folder / "across")
    news, half = list(ntrex())[:most], test_half()[:most]
    figures = [seed_terms()]
    for name, pairs, floors in (("NTREX", news, (0.82, 0.9)), ("opensource.com", half, (0.9, 0.9))):
        for asked, floor in zip(("en", "zh"), floors, strict=True):
            value, without = recall(index, pairs, asked), recall(index, pairs, asked, exact=True)
            what = f"{name} headlines from {asked}, recall@10 ({len(pairs)}; {without:.2f} without)"
            figures.append(Figure(what=what, value=value, unit="", peer="floor", peer_value=floor))
    right, wrong = short_queries(index)
    figures.append(Figure(what="short queries", value=right, unit="", peer="floor", peer_value=0.95))
    figures.append(Figure(what="wrong senses", value=wrong, unit="", peer="at most", peer_value=0.02))
    figures += everyday_figures(index)
    added = cost(folder / "across", news)
    figures.append(Figure(what="added, p95", value=added, unit="ms", peer="at most", peer_value=5.0))
    more = WhooshIndex(folder / "across", lexicon=taught(folder))
    for asked in ("en", "zh"):
        what = f"NTREX headlines from {asked}, recall@10, taught by WMT"
        value = recall(more, news, asked)
        figures.append(Figure(what=what, value=value, unit="", peer="floor", peer_value=0.93))
    return figures
