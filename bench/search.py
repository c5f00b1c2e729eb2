"""Searching and growing: our index beside its peers at several sizes, each in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from bench.asking import Answered, ask, true_totals
from bench.building import Built, analysing, build
from bench.engines import ENGINES
from bench.measure import apart, half, slowest
from bench.questions import Kind, kinds
from bench.store import Store, digest_in, stored
from bench.table import Row, growth, table

PHRASES = ("a phrase, Chinese", "a phrase, English")
BOTH = "a phrase, either"
SLOW = {"stock": 50_000, "prototype": 50_000}  # with more articles than these a run takes hours
COMMITS = 40  # small ones
COUNTED = 100_000  # up to so many articles phrases are also looked for in every text
MEASURES: tuple[tuple[str, Callable[[Sequence[float]], float]], ...] = (("p50", half), ("p95", slowest))


def run(sizes: Iterable[int], folder: Path, queries: int) -> Iterator[str]:
    """Everything at each size, then how it grows; what is built in the folder is kept there."""
    found: dict[int, list[Row]] = {}
    for size in sorted(sizes):
        place = folder / f"search-{size}"
        corpus = place / "corpus.db"
        stored(corpus, size)
        yield f"  {Store(corpus).described()}"
        names = [name for name in ENGINES if size <= SLOW.get(name, size)]
        yield from (f"  {called(name)} is too slow for so many" for name in ENGINES if name not in names)
        reasons = {name: why for name in names if (why := ENGINES[name](place / name).why_not())}
        yield from (f"  {called(name)} {why}" for name, why in reasons.items())
        present = [name for name in names if name not in reasons]
        asked = kinds(Store(corpus), queries, size)
        found[size] = list(built(present, place, corpus, queries))
        answers = {called(name): apart(ask, name, place / name, corpus, asked) for name in present}
        found[size] += searched(answers, asked)
        yield from table(found[size])
        if size <= COUNTED:
            yield from compared(answers, asked, corpus)
        yield ""
    if len(found) > 1:
        yield "  how it grows"
        yield from growth(
            {size: [row for row in rows if "p50" not in row.what] for size, rows in found.items()}
        )


def called(name: str) -> str:
    """What an engine is called in a table."""
    return str(ENGINES[name].name)


def built(names: Sequence[str], place: Path, corpus: Path, queries: int) -> Iterator[Row]:
    """Rates, memory, disk and small commits."""
    builders = [name for name in names if ENGINES[name].builds]
    costs = {name: cost(name, place, corpus, min(COMMITS, queries)) for name in builders}
    analysis = analysing(corpus)
    given = {called(name): each.documents / (each.cpu or 1e-9) for name, each in costs.items()}
    whole = {
        called(name): each.documents / (each.cpu + each.documents * analysis * ENGINES[name].fed_tokens)
        for name, each in costs.items()
    }
    yield Row(what="index, with the analysis", unit="docs/s CPU", values=whole, more=True)
    yield Row(what="index, peers given tokens", unit="docs/s CPU", values=given, more=True)
    memory = {called(name): each.memory for name, each in costs.items()}
    yield Row(what="memory to build, at most", unit="MB more", values=memory)
    yield Row(what="disk", unit="MB", values={called(name): each.disk for name, each in costs.items()})
    commits = {called(name): each.times() for name, each in costs.items()}
    for what in dict.fromkeys(what for each in commits.values() for what in each):
        values = {name: each[what] for name, each in commits.items() if what in each}
        yield Row(what=what, unit="ms", values=values)


def cost(name: str, place: Path, corpus: Path, commits: int) -> Built:
    """What building costs; a peer that was built here of the same corpus before is not built again."""
    note = place / f"{name}.json"
    digest = digest_in(corpus)
    if name != "ours" and note.exists() and (place / name).exists():
        known = json.loads(note.read_text())
        if known.pop("digest") == digest:
            return Built(**known)
    made = apart(build, name, place / name, corpus, commits)
    note.write_text(json.dumps(asdict(made) | {"digest": digest}))
    return made


def searched(answers: Mapping[str, Answered], asked: Mapping[str, Kind]) -> Iterator[Row]:
    """Milliseconds of each kind of question, with snippets and without; and the memory of who asks."""
    whole = {name: with_phrases(each.whole) for name, each in answers.items()}
    finding = {name: with_phrases(each.finding) for name, each in answers.items()}
    for what, taken in (("", whole), (", no snippets", finding)):
        for kind in [*asked, BOTH]:
            for part, measure in MEASURES:
                values = {name: measure(times[kind]) for name, times in taken.items() if times.get(kind)}
                yield Row(what=f"{kind}{what}, {part}", unit="ms", values=values)
    memory = {name: each.memory for name, each in answers.items()}
    mapped = {name: each.mapped for name, each in answers.items()}
    yield Row(what="memory to search", unit="MB more", values=memory)
    yield Row(what="files mapped to search", unit="MB more", values=mapped)


def with_phrases(times: Mapping[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
    """The times with those of phrases of both languages together."""
    return {**times, BOTH: tuple(time for kind in PHRASES for time in times.get(kind, ()))}


def compared(answers: Mapping[str, Answered], asked: Mapping[str, Kind], corpus: Path) -> Iterator[str]:
    """How many phrases have another total than looking through every text gives."""
    questions = tuple(question for kind in PHRASES for question in asked[kind].questions)
    true = true_totals(corpus, questions)
    for name, each in answers.items():
        totals = tuple(total for kind in PHRASES for total in each.totals.get(kind, ()))
        if totals:
            wrong = sum(one != other for one, other in zip(totals, true, strict=True))
            yield f"  phrases with another total than all texts have: {wrong} of {len(true)}, {name}"
