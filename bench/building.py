"""Building an index: documents a second of CPU, memory, disk, and what a small commit into it costs."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path

from bench.engines import ENGINES, Engine
from bench.measure import half, latencies, megabytes, memory, slowest, timed
from bench.store import STEP, Document, Store
from index.analysis import analyse

FEW, COMMITS = 20, 40  # documents of a small commit, and how many of those
ANALYSED = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What it cost: seconds of CPU, megabytes of memory at most beyond what it began with, and of files."""

    documents: int
    cpu: float
    memory: float
    disk: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """Milliseconds of small commits, and of opening what they made; empty where an engine does not."""

    commits: tuple[float, ...]
    opened: tuple[float, ...]


def build(name: str, folder: Path, corpus: Path) -> Built:
    """Feed a whole corpus to an engine; what reading the corpus takes is not counted."""
    shutil.rmtree(folder, ignore_errors=True)
    engine = ENGINES[name](folder)
    analyse("国内 news", "国内 news")  # dictionaries and tables are loaded once in the life of a process
    gc.collect()
    before, documents, cpu = memory(), 0, 0.0
    for some in batches(Store(corpus), engine):
        with timed() as clock:
            engine.add(some)
        documents, cpu = documents + len(some), cpu + clock.cpu
    with timed() as clock:
        engine.finish()
    engine.close()
    return Built(
        documents=documents,
        cpu=cpu + clock.cpu,
        memory=max(0.0, memory("VmHWM") - before),
        disk=megabytes(folder),
    )


def batches(store: Store, engine: Engine) -> Iterator[list[Document]]:
    """All documents, some at a time."""
    documents = store.documents(tokens=engine.fed_tokens)
    while some := list(islice(documents, STEP)):
        yield some


def analysing(corpus: Path) -> float:
    """Seconds of CPU that our analysis takes for a document, which a peer's user would spend as well."""
    documents = list(islice(Store(corpus).documents(tokens=False), ANALYSED))
    analyse("国内 news", "国内 news")
    with timed() as clock:
        for document in documents:
            made = analyse(document.article.title, document.article.text)
            " ".join(made.body), " ".join(made.title), " ".join(made.words)
    return clock.cpu / len(documents)


def commit(name: str, folder: Path, corpus: Path) -> Committed:
    """Commit a few documents again and again into a copy of the index, and open what each commit made."""
    copy = folder.with_name(f"{folder.name}-commits")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    writer, reader = ENGINES[name](copy), ENGINES[name](copy)
    reader.open()
    documents = fresh(Store(corpus), writer)
    commits, opened = [], []
    for _ in range(COMMITS):
        some = list(islice(documents, FEW))
        commits += latencies(lambda some: (writer.add(some), writer.finish()), [some])
        if reader.follows:
            opened += latencies(lambda _: reader.open(), [None])
    writer.close()
    reader.close()
    shutil.rmtree(copy)
    return Committed(commits=tuple(commits[1:]), opened=tuple(opened[1:]))


def fresh(store: Store, engine: Engine) -> Iterator[Document]:
    """Documents without end that are not in the index: those of the corpus under other numbers."""
    for turn in count(1):
        for document in store.documents(tokens=engine.fed_tokens):
            number = document.number + turn * 100_000_000
            article = replace(document.article, id=f"{number:032x}", number=number, seq=number)
            yield replace(document, article=article)


def rows_of(commits: Committed) -> dict[str, float]:
    """The figures of small commits."""
    figures = {"a commit of 20": commits.commits, "opening what it made": commits.opened}
    return {
        f"{what}, {part}": measure(times)
        for what, times in figures.items()
        if times
        for part, measure in (("p50", half), ("p95", slowest))
    }
