"""Run the benches and print what they find: ``python -m bench [--small] [NAME...]``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from archive.database import Database
from bench import (
    across,
    documents,
    feed,
    fidelity,
    index,
    meaning,
    memory,
    pages,
    parse,
    poll,
    push,
    retrieval,
    search,
    search_pages,
    serve,
    stories,
    streams,
)
from bench.corpus import Corpus, filled, read_corpus
from bench.measure import NORMAL, SMALL, Figure, Size, machine, number, timed


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What benches stand on: articles, an archive made of them when first asked for, and folders."""

    corpus: Corpus
    size: Size
    folder: Path
    kept: Path

    @cached_property
    def database(self) -> Database:
        """An archive that holds the articles."""
        with timed() as clock:
            database = filled(self.folder, self.corpus.articles)
        rate = number(len(self.corpus.articles) / clock.cpu)
        print(f"  an archive of them: put, filed under topics {rate} articles/s CPU")
        return database


Bench = Callable[[Ground], Iterable[Figure | str]]
BENCHES: Mapping[str, Bench] = {
    "parse": lambda on: parse.run(on.corpus.feeds),
    "pages": lambda on: pages.run(on.size.feeds),
    "fidelity": lambda on: fidelity.run(on.corpus.feeds, on.corpus.oracle, on.size.feeds),
    "documents": lambda on: documents.run(on.folder, min(on.size.articles // 3, 300)),
    "streams": lambda on: streams.run(on.corpus.articles, on.folder),
    "poll": lambda on: poll.run(on.folder, on.size.requests),
    "index": lambda on: index.run(on.database, on.folder),
    "search": lambda on: search.run(on.size.sizes, on.kept, on.size.queries),
    "retrieval": lambda on: retrieval.run(on.folder, on.size.queries),
    "stories": lambda on: stories.run(on.folder, on.size.articles),
    "across": lambda on: across.run(on.folder, on.size.queries),
    "meaning": lambda on: meaning.run(on.folder, on.size.queries),
    "feed": lambda on: feed.run(on.database, on.folder, on.size.requests),
    "web": lambda on: search_pages.run(on.database, on.folder, on.size.queries),
    "serve": lambda on: serve.run(on.database, on.size.requests),
    "push": lambda on: push.run(on.database, on.size.requests),
    "memory": lambda on: memory.run(on.database.folder, on.size.requests / 50),
}


def main(argv: list[str] | None = None) -> None:
    """Measure and print: one line a figure, and how many times better than a peer."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"only these of: {' '.join(BENCHES)}")
    parser.add_argument("--small", action="store_true", help="tiny numbers, to see that it runs")
    parser.add_argument("--articles", type=int, metavar="N", help="how many articles instead")
    parser.add_argument("--queries", type=int, metavar="N", help="how many questions of a kind instead")
    parser.add_argument("--sizes", type=numbers, metavar="N,N", help="search: how many articles, one by one")
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="search: keep corpora and peers there")
    parser.add_argument("--oracle", type=Path, metavar="FILE", help="what other engines read in the feeds")
    args = parser.parse_args(argv)
    size = SMALL if args.small else NORMAL
    if args.articles:
        size = replace(size, articles=args.articles, sizes=(args.articles,))
    size = replace(size, sizes=args.sizes or size.sizes, queries=args.queries or size.queries)
    corpus = replace(read_corpus(articles=size.articles, feeds=size.feeds), oracle=args.oracle)
    print(f"machine  {machine()}\ndata     {corpus.described}")
    print("x        how many times better than the peer named beside it, in this run")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        ground = Ground(corpus=corpus, size=size, folder=Path(name), kept=args.kept or Path(name))
        for title, bench in BENCHES.items():
            if not args.name or title in args.name:
                print(f"\n{title}")
                for figure in bench(ground):
                    print(figure, flush=True)
        if "database" in ground.__dict__:
            ground.database.close()


def numbers(text: str) -> tuple[int, ...]:
    """Numbers with commas between."""
    return tuple(int(each) for each in text.split(","))


if __name__ == "__main__":
    main()
