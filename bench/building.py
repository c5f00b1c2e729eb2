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

FEW = 20  # documents of a small commit
ANALYSED = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What it cost: seconds of CPU, megabytes of memory at most beyond what it began with, and of files.

    Then milliseconds of small commits, and of opening what each made, where an engine does that by itself.
    """

    documents: int
    cpu: float
    memory: float
    disk: float
    commits: tuple[float, ...]
    opened: tuple[float, ...]

    def times(self) -> dict[str, float]:
        """The figures of small commits."""
        figures = {"a commit of 20": self.commits, "opening what it made": self.opened}
        return {
            f"{what}, {part}": measure(times)
            for what, times in figures.items()
            if times
            for part, measure in (("p50", half), ("p95", slowest))
        }


def build(name: str, folder: Path, corpus: Path, commits: int) -> Built:
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
    most, disk = memory("VmHWM"), megabytes(folder)
    committed, opened = commit(name, folder, corpus, commits)
    return Built(
        documents=documents,
        cpu=cpu + clock.cpu,
        memory=max(0.0, most - before),
        disk=disk,
        commits=committed,
        opened=opened,
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


def commit(
    name: str, folder: Path, corpus: Path, commits: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Commit a few documents again and again into a copy of the index, and open what each commit made."""
    copy = folder.with_name(f"{folder.name}-commits")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    writer, reader = ENGINES[name](copy), ENGINES[name](copy)
    reader.open()
    documents = fresh(Store(corpus), writer)
    committed, opened = [], []
    for _ in range(commits + 1):
        some = list(islice(documents, FEW))
        committed += latencies(lambda some: (writer.add(some), writer.finish()), [some])
        if reader.follows:
            opened += latencies(lambda _: reader.open(), [None])
    writer.close()
    reader.close()
    shutil.rmtree(copy)
    return tuple(committed[1:]), tuple(opened[1:])


def fresh(store: Store, engine: Engine) -> Iterator[Document]:
    """Documents without end that are not in the index: those of the corpus under other numbers."""
    for turn in count(1):
        for document in store.documents(tokens=engine.fed_tokens):
            number = document.number + turn * 100_000_000
            article = replace(document.article, id=f"{number:032x}", number=number, seq=number)
            yield replace(document, article=article)
