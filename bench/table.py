"""Figures of several engines side by side, and how they grow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.measure import Figure, number

OURS = "ours"
WIDTH = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of every engine that has it, by the engine's name."""

    what: str
    unit: str
    values: Mapping[str, float]
    more: bool = False

    def line(self, names: Sequence[str]) -> str:
        """Our value, and each peer's with how many times better we are."""
        cells = [f"  {self.what:<52}{self.unit:<12}"]
        for name in names:
            value = self.values.get(name)
            cells.append(f"{'-' if value is None else number(value):>9}")
            if name != OURS:
                cells.append(f"{self.ratio(name):>8.2f} x  " if name in self.values else " " * 12)
        return "".join(cells).rstrip()

    def ratio(self, name: str) -> float:
        """How many times better ours is than a peer's."""
        ours = self.values.get(OURS, 0.0)
        figure = Figure(what=self.what, value=ours, unit=self.unit, more=self.more, peer=name,
                        peer_value=self.values[name])  # fmt: skip
        return figure.ratio


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The rows under the names of the engines."""
    names = names_in(rows)
    peers = "".join(f"{name:>{WIDTH - 3}}  " for name in names if name != OURS)
    yield f"  {'':<64}{OURS:>9}{peers}".rstrip()
    yield from (row.line(names) for row in rows)


def names_in(rows: Sequence[Row]) -> list[str]:
    """The engines of a table, ours first."""
    return list(dict.fromkeys([OURS, *(name for row in rows for name in row.values)]))


def growth(sizes: Mapping[int, Sequence[Row]]) -> Iterator[str]:
    """Each figure at every size, and how many times larger it gets for ten times the articles."""
    counts = sorted(sizes)
    head = "".join(f"{count:>12,}" for count in counts)
    yield f"  {'':<52}{'':<12}{'':<20}{head}   times per tenfold"
    found = {(row.what, name): row for count in counts for row in sizes[count] for name in row.values}
    for (what, name), row in found.items():
        values = {
            count: each.values[name]
            for count in counts
            for each in sizes[count]
            if each.what == what and name in each.values
        }
        cells = "".join(f"{number(values[count]) if count in values else '-':>12}" for count in counts)
        yield f"  {what:<52}{row.unit:<12}{name:<20}{cells}{tenfold(values):>20}"


def tenfold(values: Mapping[int, float]) -> str:
    """How many times larger a figure gets for ten times the articles, from the first size to the last."""
    first, last = min(values), max(values)
    if first == last or values[first] <= 0 or values[last] <= 0:
        return "-"
    return f"{10 ** (math.log(values[last] / values[first]) / math.log(last / first)):.2f}"
