"""Asking an engine: milliseconds for the exact total, the first ten and their snippets; and its memory."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.engines import ENGINES, Engine
from bench.engines.question import Question
from bench.measure import latencies, memory
from bench.questions import Kind
from bench.store import Store
from index.analysis import flattened, needle, runs

PASSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Milliseconds of each question by kind, without snippets and with; totals; megabytes, own, mapped."""

    finding: Mapping[str, tuple[float, ...]]
    whole: Mapping[str, tuple[float, ...]]
    totals: Mapping[str, tuple[int, ...]]
    memory: float
    mapped: float


def ask(name: str, folder: Path, corpus: Path, kinds: Mapping[str, Kind]) -> Answered:
    """Ask every kind of question that the engine can be asked."""
    store, engine = Store(corpus), ENGINES[name](folder)
    gc.collect()
    before = memory("RssAnon"), memory("RssFile")
    engine.open()
    finding, whole, totals = {}, {}, {}
    for kind, asked in kinds.items():
        if not asked.questions or engine.why_not(asked.questions[0]):
            continue
        engine.find(asked.questions[0])  # for what is read once in the life of an index
        if not asked.cold:
            for question in asked.questions:
                engine.find(question)
        finding[kind] = best(engine, asked, store, show=False)
        whole[kind] = best(engine, asked, store, show=True)
        totals[kind] = tuple(engine.find(question).total for question in asked.questions)
    own, mapped = memory("RssAnon") - before[0], memory("RssFile") - before[1]
    engine.close()
    return Answered(
        finding=finding, whole=whole, totals=totals, memory=max(0.0, own), mapped=max(0.0, mapped)
    )


def best(engine: Engine, kind: Kind, store: Store, *, show: bool) -> tuple[float, ...]:
    """Of several passes the best time of each question: what else the machine does is left out."""

    def answer(question: Question) -> None:
        found = engine.find(question)
        if show:
            engine.show(store.texts(found.numbers), question.typed)

    passes = [
        latencies(answer, kind.questions, lambda: engine.forget(postings=kind.cold)) for _ in range(PASSES)
    ]
    return tuple(min(times) for times in zip(*passes, strict=True))


def true_totals(corpus: Path, questions: tuple[Question, ...]) -> tuple[int, ...]:
    """In how many normal texts each phrase stands, by looking through all of them."""
    sought = [needle(runs(flattened(question.typed))) for question in questions]
    totals = [0] * len(sought)
    for text in Store(corpus).normal():
        for place, piece in enumerate(sought):
            totals[place] += piece in text
    return tuple(totals)
