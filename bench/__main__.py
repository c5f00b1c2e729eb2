"""Run the benches and print what they find: ``python -m bench [--small] [NAME...]``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from archive.database import Database
from bench import feed, index, parse, search
from bench.corpus import Corpus, filled, read_corpus
from bench.measure import NORMAL, SMALL, Figure, Size, machine, number, timed

Bench = Callable[[Corpus, Database, Path, Size], list[Figure]]
BENCHES: Mapping[str, Bench] = {
    "parse": lambda corpus, database, folder, size: parse.run(corpus.feeds),
    "index": lambda corpus, database, folder, size: index.run(database, folder),
    "search": lambda corpus, database, folder, size: search.run(database, folder, size.queries),
    "feed": lambda corpus, database, folder, size: feed.run(database, folder, size.requests),
}


def main(argv: list[str] | None = None) -> None:
    """Fill an archive, measure, print: one line a figure, and how many times better than a peer."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"only these of: {' '.join(BENCHES)}")
    parser.add_argument("--small", action="store_true", help="tiny numbers, to see that it runs")
    parser.add_argument("--articles", type=int, metavar="N", help="how many articles instead")
    args = parser.parse_args(argv)
    size = SMALL if args.small else NORMAL
    corpus = read_corpus(articles=args.articles or size.articles, feeds=size.feeds)
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
