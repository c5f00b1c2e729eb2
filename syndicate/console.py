"""What the command line prints: results on stdout, notes and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from archive.model import GOOD_RESULTS

if TYPE_CHECKING:
    from archive.take import Line


T = TypeVar("T")


def note(text: str) -> None:
    """A note for the person."""
    print(text, file=sys.stderr, flush=True)


def how_many(count: int) -> str:
    """A count of articles in words."""
    return f"{count:,} article{'' if count == 1 else 's'}"


def report(lines: Iterable[Line], *, as_json: bool) -> bool:
    """Print what became of each input as it is told; whether all went well. Failures are noted too."""
    from archive.take import EntryLine

    counted: Counter[str] = Counter()
    good = True
    for each in progress(lines):
        if as_json:
            write(asdict(each))
        if isinstance(each, EntryLine):
            counted[each.outcome] += 1
            continue
        sys.stdout.flush()
        good = good and each.result in GOOD_RESULTS
        if each.result not in GOOD_RESULTS:
            note(f"{each.input}: {each.result}: {each.detail}")
        elif not as_json:
            counted_here = f", {how_many(each.articles)}" if each.articles or not each.detail else ""
            said = f" ({each.detail})" if each.detail else ""
            print(f"{each.input}: {each.result}{counted_here}{said}", flush=True)
    note(", ".join(f"{counted[outcome]} {outcome}" for outcome in ("new", "revised", "unchanged", "skipped")))
    return good


def progress(lines: Iterable[Line]) -> Iterator[Line]:
    """The same lines, counted on the terminal while they come."""
    from tqdm import tqdm

    from archive.take import EntryLine

    with tqdm(unit=" articles", disable=not sys.stderr.isatty(), leave=False) as bar:
        for each in lines:
            if isinstance(each, EntryLine):
                bar.update()
            yield each


def counted(items: Iterable[T], *, unit: str, total: int | None = None) -> Iterator[T]:
    """The same items, counted on the terminal while they come."""
    from tqdm import tqdm

    yield from tqdm(items, unit=unit, total=total, disable=not sys.stderr.isatty(), leave=False)


def program() -> str:
    """How to start this program from here, for people to copy."""
    python = Path(sys.executable)
    here = Path.cwd()
    return f"{python.relative_to(here) if python.is_relative_to(here) else python} app.py"


def write(value: object) -> None:
    """One line of JSON on stdout."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    print(json.dumps(plain, ensure_ascii=False, default=str))


def table(rows: Sequence[Sequence[Any]]) -> None:
    """Rows in columns, separated by tabs when not on a terminal."""
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join("" if cell is None else str(cell) for cell in row))
        return
    widths = (
        [max(len(str(row[column] or "")) for row in rows) for column in range(len(rows[0]))] if rows else []
    )
    for row in rows:
        print(
            "  ".join(str(cell or "").ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def facts(pairs: Mapping[str, object]) -> None:
    """Names and values, a line each."""
    for name, value in pairs.items():
        print(f"{name}: {value}")
