"""Run the benches and print what they find: ``python -m bench [--small] [NAME...]``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from archive.database import Database
from bench import documents, feed, fidelity, index, pages, parse, poll, retrieval, search, streams
from bench.corpus import Corpus, filled, read_corpus
from bench.measure import NORMAL, SMALL, Figure, Size, machine, number, timed

Bench = Callable[[Corpus, Database, Path, Size], list[Figure]]
BENCHES: Mapping[str, Bench] = {
    "parse": lambda corpus, database, folder, size: parse.run(corpus.feeds),
    "pages": lambda corpus, database, folder, size: pages.run(size.feeds),
    "fidelity": lambda corpus, database, folder, size: fidelity.run(corpus.feeds, corpus.oracle, size.feeds),
    "documents": lambda corpus, database, folder, size: documents.run(folder, min(size.articles // 3, 300)),
    "streams": lambda corpus, database, folder, size: streams.run(corpus.articles, folder),
    "poll": lambda corpus, database, folder, size: poll.run(folder, size.requests),
    "index": lambda corpus, database, folder, size: index.run(database, folder),
    "search": lambda corpus, database, folder, size: search.run(database, folder, size.queries),
    "retrieval": lambda corpus, database, folder, size: retrieval.run(folder, size.queries),
    "feed": lambda corpus, database, folder, size: feed.run(database, folder, size.requests),
}


def main(argv: list[str] | None = None) -> None:
    """Fill an archive, measure, print: one line a figure, and how many times better than a peer."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"only these of: {' '.join(BENCHES)}")
    parser.add_argument("--small", action="store_true", help="tiny numbers, to see that it runs")
    parser.add_argument("--articles", type=int, metavar="N", help="how many articles instead")
    parser.add_argument("--oracle", type=Path, metavar="FILE", help="what other engines read in the feeds")
    args = parser.parse_args(argv)
    size = SMALL if args.small else NORMAL
    corpus = replace(
        read_corpus(articles=args.articles or size.articles, feeds=size.feeds), oracle=args.oracle
    )
    print(f"machine  {machine()}\ndata     {corpus.described}")
    print("x        how many times better than the peer named beside it, in this run")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        with timed() as clock:
            database = filled(Path(name), corpus.articles)
        print(
            f"\narchive\n  put, filed under topics {number(len(corpus.articles) / clock.cpu)} articles/s CPU"
        )
        for title, bench in BENCHES.items():
            if not args.name or title in args.name:
                print(f"\n{title}")
                for figure in bench(corpus, database, Path(name), size):
                    print(figure, flush=True)
        database.close()


if __name__ == "__main__":
    main()
