"""What the vectors of sentences add: the same questions with them and without, and what they cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from archive.model import Article, Selection
from bench.across import articles, filled, recall, taught_by_pairs, test_half
from bench.across import ntrex as all_pairs
from bench.asked import ASKED
from bench.corpus import DATA, lines, real_news, real_pairs
from bench.measure import Figure, slowest
from bench.retrieval import FEW, Question, Task, drcd, hit, indexed, ntrex, reciprocal, samples
from index import Index, Search, open_index
from index.encoder import DIMENSIONS, Encode, Encoder, installed
from index.meaning import Meaning
from index.sentence_files import Batch, Manifest, codes_of, commit
from index.sentence_follow import digest
from index.sentence_store import SentenceStore
from index.sentences import sentences_of
from index.whoosh_engine import WhooshIndex

STEP = 2000
ALL = 7 * 100_000  # the sentences of so many articles
Known = dict[str, bytes]


def tasks(most: int) -> Iterator[Task]:
    """Questions across languages, and those within one that words alone are measured by."""
    if most < FEW or not DATA.is_dir():
        yield samples()
        return
    others = list(background(10 * most))
    yield from across(others)
    yield from ntrex()
    yield from islice(drcd(most), 1)
    yield titles(most, others)


def background(most: int) -> Iterator[Article]:
    """News that is never right, two Chinese items for an English one."""
    news, pairs = real_news(), real_pairs()
    for number, each in enumerate(islice(news, most)):
        yield indexed(f"news {number}", each.title, each.text, 10_000 + 2 * number, "zh")
        if number % 2:
            for english, _ in islice(pairs, 1):
                name = f"pair {number}"
                yield indexed(name, english.title, english.text, 10_001 + 2 * number, "en")


def across(others: Sequence[Article]) -> Iterator[Task]:
    """Headlines and whole questions in one language find the news in the other."""
    documents = list(lines(DATA / "parallel" / "ntrex_newstest2019_docs.jsonl"))
    sides = {"en": [each["en"] for each in documents], "zh": [each["zh-Hans"] for each in documents]}
    for asked, read in (("en", "zh"), ("zh", "en")):
        articles = [
            indexed(f"ntrex {number}", text[0], "\n".join(text[1:]), number + 1, read)
            for number, text in enumerate(sides[read])
        ]
        headlines = [(number, str(text[0])) for number, text in enumerate(sides[asked])]
        questions = [(number, english if asked == "en" else chinese) for number, english, chinese in ASKED]
        for name, some in (("headlines", headlines), ("questions of ours", questions)):
            yield Task(
                name=f"{name} {asked} to {read}, hit@10",
                articles=[*articles, *others],
                questions=[Question(text=text, right={articles[number].id: 1}) for number, text in some],
                judge=hit,
                floor=0.98,
            )


def titles(most: int, others: Sequence[Article]) -> Task:
    """Titles of Chinese news that do not stand in their text find it by that alone."""
    news = [each for each in others if each.language == "zh"]
    articles = [
        indexed(f"text {number}", "", each.text, number + 1, "zh") for number, each in enumerate(news)
    ]
    fitting = [
        Question(text=each.title, right={article.id: 1})
        for each, article in zip(news, articles, strict=True)
        if each.title not in each.text and "快讯" not in each.title
    ]
    return Task(
        name="Chinese titles, MRR@10",
        articles=articles,
        questions=fitting[:most],
        judge=reciprocal,
        floor=0.71,
    )


def run(folder: Path, most: int) -> Iterator[Figure | str]:
    """How every task goes with and without, then the time that it takes."""
    model = installed()
    if model is None:
        yield "  the encoder is not installed: nothing to measure"
        return
    encoder, known = Encoder(), Known()
    for place, task in enumerate(tasks(most)):
        there = folder / f"meaning-{place}"
        fill(there / "vectors", task.articles, encoder.loaded(), known, model)
        index = open_index(there / "index", write=True)
        for start in range(0, len(task.articles), STEP):
            index.apply(task.articles[start : start + STEP], [], start + 1)
        index.close()
        meaning = Meaning(there / "vectors", encoder, patience=60)
        index = open_index(there / "index", meaning=meaning)
        without, with_them = (judged(index, task, meaning=asked) for asked in (False, True))
        yield Figure(
            what=f"{task.name} ({len(task.questions)})",
            value=with_them,
            unit="",
            peer="words alone",
            peer_value=without,
        )
    if most >= FEW and DATA.is_dir():
        yield from as_shown(folder / "both", encoder, known, model)
    yield from cost(folder / "speed", encoder.loaded(), ALL if most >= FEW else 7 * most)


def as_shown(folder: Path, encoder: Encoder, known: Known, model: str) -> Iterator[Figure]:
    """Headlines find their text in the other language on the page that a reader is shown.

    The archive has all pairs in both languages and Chinese news, and has learned of half of the pairs.
    """
    folder.mkdir()
    filled(folder / "index").close()
    fill(folder / "vectors", list(articles()), encoder.loaded(), known, model)
    meaning = Meaning(folder / "vectors", encoder, patience=60)
    index = WhooshIndex(folder / "index", lexicon=taught_by_pairs(folder), meaning=meaning)
    for name, pairs in (("NTREX", list(all_pairs())), ("opensource.com", test_half())):
        for asked in ("en", "zh"):
            what = f"{name} headlines from {asked} as shown in both languages, recall@10 ({len(pairs)})"
            value = recall(index, pairs, asked, whole=True)
            yield Figure(what=what, value=value, unit="", peer="floor", peer_value=0.9)


def judged(index: Index, task: Task, *, meaning: bool) -> float:
    """How well a task is done."""
    scores = []
    for question in task.questions:
        search = Search(selection=Selection(query=question.text[:1000]), n=10, meaning=meaning)
        scores.append(task.judge([one.id for one in index.search(search).hits], question.right))
    return sum(scores) / max(1, len(scores))


def fill(folder: Path, articles: Sequence[Article], encode: Encode, known: Known, model: str) -> None:
    """Store the vectors of articles; what was encoded for another task is not encoded again."""
    folder.mkdir(parents=True)
    manifest = Manifest(model=model)
    for start in range(0, len(articles), STEP):
        some = articles[start : start + STEP]
        texts = [sentences_of(article) for article in some]
        new = list(dict.fromkeys(text for each in texts for text in each if text not in known))
        known.update(zip(new, map(bytes, codes_of(encode(new))), strict=True))
        codes = np.frombuffer(b"".join(known[text] for each in texts for text in each), np.int8)
        batch = Batch(
            ids=np.array([article.id.encode() for article in some]),
            digests=np.array([digest(each) for each in texts], np.uint64),
            counts=np.array([len(each) for each in texts], np.int64),
            codes=codes.reshape(-1, DIMENSIONS),
        )
        manifest = commit(folder, manifest, batch, start + len(some), "")


def cost(folder: Path, encode: Encode, sentences: int) -> Iterator[Figure]:
    """What a query costs among as many vectors as 100,000 articles have, and encoding an article's."""
    random, manifest = np.random.default_rng(1), Manifest(model="")
    folder.mkdir()
    for start in range(0, sentences // 7, STEP):
        number = min(STEP, sentences // 7 - start)
        ids = [f"urn:uuid:{place:036}".encode() for place in range(start, start + number)]
        vectors = random.standard_normal((7 * number, DIMENSIONS), np.float32) / np.float32(DIMENSIONS**0.5)
        batch = Batch(
            ids=np.array(ids),
            digests=np.zeros(number, np.uint64),
            counts=np.full(number, 7, np.int64),
            codes=codes_of(vectors),
        )
        manifest = commit(folder, manifest, batch, start + 1, "")
    store = SentenceStore(folder)
    asked = [text for _, *texts in ASKED for text in texts]
    vectors = encode(asked)
    for what, acts in (
        ("encoding a question, CPU p95", [partial(encode, [text]) for text in asked]),
        (
            f"nearest of {sentences:,} sentences, CPU p95",
            [partial(store.nearest, vector, 50, 0.0) for vector in vectors],
        ),
    ):
        taken = [milliseconds(act) for act in acts * 2][len(acts) :]
        yield Figure(what=what, value=slowest(taken), unit="ms", more=False)
    started = time.process_time()
    encode(asked * 4)
    rate = 4 * len(asked) / (time.process_time() - started)
    yield Figure(what="encoding, sentences a second of CPU", value=rate, unit="/s")


def milliseconds(act: Callable[[], object]) -> float:
    """The CPU that one call takes in this thread."""
    started = time.thread_time()
    act()
    return (time.thread_time() - started) * 1000
