"""Whether the right article comes first: questions, abstracts, headlines and titles whose answers are known.

Each corpus is split in two by a hash of the question; what the ranking was tuned on is the first half.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from zhconv_rs import zhconv

from archive.model import Article, Selection, article_id, sha256
from bench.corpus import DATA, lines, real_news, sample_articles
from bench.measure import Figure
from index import Index, Search, open_index

Judged = Mapping[str, int]
FEW = 50
DAY = datetime(2022, 4, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is typed, and the ids of the right articles with how right they are."""

    text: str
    right: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A corpus with its questions, and how an answer is judged."""

    name: str
    articles: Sequence[Article]
    questions: Sequence[Question]
    judge: Callable[[Sequence[str], Judged], float]
    floor: float


def indexed(name: str, title: str, text: str, number: int, language: str) -> Article:
    """An article for the index."""
    return Article(
        id=article_id("bench", name),
        title=title,
        text=text,
        language=language,
        source="bench",
        number=number,
        seq=number,
        day=date(2022, 4, 2),
        sorted=DAY,
    )


def hit(listed: Sequence[str], right: Judged) -> float:
    """Whether a right article is among the first ten."""
    return float(any(id in right for id in listed))


def reciprocal(listed: Sequence[str], right: Judged) -> float:
    """One over the place of the first right article."""
    return next((1 / place for place, id in enumerate(listed, 1) if id in right), 0.0)


def gain(listed: Sequence[str], right: Judged) -> float:
    """nDCG@10 (Järvelin and Kekäläinen 2002)."""
    found = sum(right.get(id, 0) / math.log2(place + 1) for place, id in enumerate(listed, 1))
    best = sorted(right.values(), reverse=True)[:10]
    return found / sum(value / math.log2(place + 1) for place, value in enumerate(best, 1))


def tasks(most: int) -> Iterator[Task]:
    """All corpora, at most so many questions each; samples where they are not, or for a few questions."""
    if most < FEW or not DATA.is_dir():
        yield samples()
        return
    yield from drcd(most)
    yield vaswani(most)
    yield from ntrex()
    yield from titles(most)


def samples() -> Task:
    """The samples of the project: the text of each is found by its title."""
    articles = [
        indexed(each.title, "", each.text, number, each.language)
        for number, each in enumerate(sample_articles(), 1)
    ]
    questions = [
        Question(text=each.title, right={articles[place].id: 1})
        for place, each in enumerate(sample_articles())
    ]
    return Task(
        name="samples only, titles, hit@10", articles=articles, questions=questions, judge=hit, floor=1.0
    )


def simplified(text: str) -> str:
    """A text in simplified characters."""
    return zhconv(text, "zh-hans")


def traditional(text: str) -> str:
    """A text in traditional characters."""
    return zhconv(text, "zh-hant")


def drcd(most: int) -> Iterator[Task]:
    """Whole questions in traditional script, and in simplified script, over encyclopedia passages."""
    folder = DATA / "retrieval" / "drcd"
    passages = [
        indexed(str(each["id"]), str(each["title"]), str(each["text"]), number, "zh")
        for number, each in enumerate(lines(folder / "passages.jsonl"), 1)
    ]
    asked = list(lines(folder / "queries.jsonl"))
    random.Random(1).shuffle(asked)
    for name, change in (("traditional", str), ("simplified", simplified)):
        questions = [
            Question(
                text=change(str(each["query"])),
                right={article_id("bench", str(id)): 1 for id in each["relevant"]},
            )
            for each in asked[:most]
        ]
        yield Task(
            name=f"DRCD questions as typed, {name}, hit@10",
            articles=passages,
            questions=questions,
            judge=hit,
            floor=0.985,
        )


def vaswani(most: int) -> Task:
    """English abstracts with human judgements."""
    folder = DATA / "retrieval" / "vaswani_npl_en"
    documents = [
        indexed(str(each["id"]), "", str(each["text"]), number, "en")
        for number, each in enumerate(lines(folder / "docs.jsonl.gz"), 1)
    ]
    right: dict[str, dict[str, int]] = {}
    for each in lines(folder / "qrels.jsonl"):
        right.setdefault(str(each["qid"]), {})[article_id("bench", str(each["doc"]))] = int(str(each["rel"]))
    asked = [
        Question(text=str(each["query"]), right=right[str(each["qid"])])
        for each in lines(folder / "queries.jsonl")
        if str(each["qid"]) in right
    ]
    return Task(
        name="Vaswani abstracts, nDCG@10", articles=documents, questions=asked[:most], judge=gain, floor=0.42
    )


def ntrex() -> Iterator[Task]:
    """The first sentence of a news text finds the rest of it, within Chinese and across its scripts."""
    documents = list(lines(DATA / "parallel" / "ntrex_newstest2019_docs.jsonl"))
    names = {"zh-Hans": "zh_hans", "zh-Hant": "zh_hant"}
    keys = {
        tag: next(key for key in documents[0] if key.lower().replace("-", "_") == name)
        for tag, name in names.items()
    }
    background = [
        indexed(f"news {number}", each.title, each.text, number + 1000, "zh")
        for number, each in enumerate(real_news())
        if number < 5000
    ]
    for asked, read in (("zh-Hans", "zh-Hans"), ("zh-Hant", "zh-Hans"), ("zh-Hans", "zh-Hant")):
        articles, questions = [], []
        for number, each in enumerate(documents, 1):
            rest, first = list(each[keys[read]])[1:], list(each[keys[asked]])[:1]
            if rest and first:
                article = indexed(f"ntrex {number}", "", "\n".join(rest), number, "zh")
                articles.append(article)
                questions.append(Question(text=str(first[0]), right={article.id: 1}))
        yield Task(
            name=f"NTREX first sentence {asked} to the rest {read}, hit@10",
            articles=[*articles, *background],
            questions=questions,
            judge=hit,
            floor=0.93,
        )


def titles(most: int) -> Iterator[Task]:
    """Titles of Chinese news that do not stand in their text find it by that alone; also in traditional."""
    news = list(real_news())
    articles = [
        indexed(f"news {number}", "", each.text, number + 1, "zh") for number, each in enumerate(news)
    ]
    times = Counter(each.title for each in news)  # a rubric's name says nothing about the day's article
    fitting = [
        place for place, each in enumerate(news) if times[each.title] == 1 and each.title not in each.text
    ]
    chosen = random.Random(2).sample(fitting, min(most, len(fitting)))
    for name, change in (("as they stand", str), ("in traditional script", traditional)):
        questions = [
            Question(
                text=change(news[place].title),
                right={articles[place].id: 1},
            )
            for place in chosen
        ]
        yield Task(
            name=f"Chinese titles {name}, MRR@10",
            articles=articles,
            questions=questions,
            judge=reciprocal,
            floor=0.71,
        )


def run(folder: Path, most: int) -> list[Figure]:
    """How every task goes, by halves."""
    figures: list[Figure] = []
    index: Index | None = None
    held: Sequence[Article] = ()
    for place, task in enumerate(tasks(most)):
        if index is None or task.articles is not held:
            index = open_index(folder / f"retrieval-{place}", write=True)
            held = task.articles
            for start in range(0, len(held), 5000):
                index.apply(held[start : start + 5000], [], start + 1)
        halves: list[list[float]] = [[], []]
        for question in task.questions:
            selection = Selection(query=question.text[:1000])
            listed = [one.id for one in index.search(Search(selection=selection, n=10)).hits]
            half = int(sha256(question.text.encode())[:2], 16) % 2
            halves[half].append(task.judge(listed, question.right))
        for name, scores in zip(("tuned on", "kept back"), halves, strict=True):
            figures.append(
                Figure(
                    what=f"{task.name}, {name} ({len(scores)})",
                    value=sum(scores) / max(1, len(scores)),
                    unit="",
                    peer="floor",
                    peer_value=task.floor,
                )
            )
    return figures
