"""The traces of all articles in two files, and which of them have rare clues in common with given ones.

Traces are only ever added; the last one of an article counts, and one without a language says that it is
gone. ``state.json`` says how much of the files counts and up to which line of the log that is; what lies
behind it was written by a process that died, and is written again. All of it can be made again from the
archive.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from index.pairing import WINDOW
from index.traces import KINDS, Clues, Trace

# Raise it when traces are made or compared in another way: then all are made again.
VERSION = 1
LANGUAGES: Final = ("", "en", "zh", "und")
NO_DAY: Final = -1
ROW = np.dtype(
    [
        *(
            ("id", "S16"),
            ("sha", "S64"),
            ("family", "S64"),
            ("day", "<i4"),
            ("language", "u1"),
            ("level", "u1"),
        ),
        *(("start", "<u8"), ("counts", "<u2", (len(KINDS),))),
    ]
)
# A clue of more articles than this says nothing; of the rest of an article so many neighbours are looked at.
MOST_SHARING: Final = 100
MOST_NEIGHBOURS: Final = 12
# So many pieces of text must two articles share at least to be compared as one.
SHARED_PIECES: Final = 3
# And articles of two languages any clue at all.
LEAST: Final = 1e-9
# So many articles are looked through at once, and about so many pairs of articles weighed: it bounds memory.
AT_ONCE: Final = 4096
PAIRS: Final = 1 << 18
BUCKETS: Final = np.uint32((1 << 22) - 1)
SHINGLE: Final = KINDS.index("shingle")
ADDRESSES: Final = (KINDS.index("address"), KINDS.index("link"))
TOLD: Final = tuple(place for place, kind in enumerate(KINDS) if kind not in ("weak", "address", "link"))
# What more than five articles, or one in a hundred, have tells none of them from the others: a telephone
# number below every article of a site, the logo above.
UNCOMMON: Final = ("name", "heading", "number", "weak", "byline", "picture")
COUNTED: Final = tuple(KINDS.index(kind) for kind in UNCOMMON)
FEW, FEW_OF_ALL = 5, 0.01
# An address that another article states goes before all else.
STATED: Final = 1000.0

Rows = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far the files count; ``made_by`` is what traces depend on beside the articles."""

    version: int
    made_by: str
    checkpoint: int
    chain: str
    rows: int
    clues: int


class TraceStore:
    """The traces in a folder, for one process that writes."""

    def __init__(self, folder: Path, made_by: str) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.state = read_state(folder, made_by)
        for name, size in (("rows", self.state.rows * ROW.itemsize), ("clues", self.state.clues * 4)):
            with (folder / name).open("ab") as file:
                file.truncate(size)
        self._rows: Rows = np.fromfile(folder / "rows", ROW)
        self._places = {row["id"]: place for place, row in enumerate(self._rows)}
        self._map()
        self._held = np.zeros(int(BUCKETS) + 1, np.int32)
        self._count_all(self._living(None), 1)

    def traces(self, ids: Iterable[str]) -> dict[str, Trace]:
        """The traces of articles; those that are not there, or gone, are left out."""
        found = {}
        for id in ids:
            place = self._places.get(key(id))
            if place is not None and self._rows[place]["language"]:
                found[id] = self._trace(id, place)
        return found

    def __contains__(self, id: str) -> bool:
        """Whether an article is there and not gone."""
        place = self._places.get(key(id))
        return place is not None and bool(self._rows[place]["language"])

    def put(self, traces: Sequence[Trace], gone: Iterable[str] = ()) -> None:
        """Add traces, or replace those there are; and forget articles."""
        arrays: list[Clues] = []
        made = [self._row(trace, arrays) for trace in traces]
        made += [
            (key(id), b"", b"", NO_DAY, 0, 0, 0, (0,) * len(KINDS)) for id in gone if key(id) in self._places
        ]
        rows = np.array(made, ROW)
        starts = self._count + np.concatenate(
            [[0], np.cumsum([row.sum() for row in rows["counts"].astype(int)])]
        )
        rows["start"] = starts[:-1]
        with (self._folder / "clues").open("ab") as file:
            file.write(b"".join(array.tobytes() for array in arrays))
        with (self._folder / "rows").open("ab") as file:
            file.write(rows.tobytes())
        self._count_all([place for row in rows if (place := self._places.get(row["id"])) is not None], -1)
        self._places |= {row["id"]: place for place, row in enumerate(rows, len(self._rows))}
        self._rows = np.concatenate([self._rows, rows])
        self._map()
        self._count_all(np.arange(len(self._rows) - len(rows), len(self._rows)), 1)

    def commit(self, checkpoint: int, chain: str) -> None:
        """Make what was put last, together with the checkpoint."""
        for name in ("rows", "clues"):
            with (self._folder / name).open("rb") as file:
                os.fsync(file.fileno())
        self.state = State(
            version=VERSION,
            made_by=self.state.made_by,
            checkpoint=checkpoint,
            chain=chain,
            rows=len(self._rows),
            clues=self._count,
        )
        draft = self._folder / "state.new"
        with draft.open("w", encoding="utf-8") as file:
            file.write(json.dumps(asdict(self.state)))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / "state.json")

    def neighbours(self, traces: Sequence[Trace]) -> dict[str, tuple[str, ...]]:
        """By id, the articles that may tell the same story: with the most and rarest clues in common."""
        if not traces or not len(self._rows):
            return {trace.id: () for trace in traces}
        values, owners = gathered(traces)
        near = self._holding(values, self._living(window(traces)), TOLD)
        stated = self._holding(values, self._living(None), ADDRESSES)
        places, shares, kinds = (np.concatenate(both) for both in zip(near, stated, strict=True))
        order = np.argsort(shares, kind="stable")
        places, shares, kinds = places[order], shares[order], kinds[order]
        first, last = np.searchsorted(shares, values), np.searchsorted(shares, values, side="right")
        counts = last - first
        kept = (counts > 0) & (counts <= MOST_SHARING)
        counts, first, owners = counts[kept], first[kept], owners[kept]
        found: dict[str, tuple[str, ...]] = {trace.id: () for trace in traces}
        for part in portions(owners, counts):
            positions = spread(first[part], counts[part])
            found |= self._ranked(
                traces,
                np.repeat(owners[part], counts[part]),
                places[positions],
                kinds[positions],
                np.repeat(counts[part], counts[part]),
            )
        return found

    def _ranked(
        self, traces: Sequence[Trace], owners: Rows, places: Rows, kinds: Rows, counts: Rows
    ) -> dict[str, tuple[str, ...]]:
        """The best neighbours of each trace: of other languages by all clues, of its own by pieces."""
        languages = np.array([LANGUAGES.index(known(trace.language)) for trace in traces], np.uint8)
        days = np.array([NO_DAY if trace.day is None else trace.day for trace in traces], np.int64)[owners]
        others = self._rows["day"][places].astype(np.int64)
        is_near = (days == NO_DAY) | (others == NO_DAY) | (np.abs(days - others) <= WINDOW)
        is_own = self._rows["language"][places] == languages[owners]
        is_piece = kinds == SHINGLE
        weights = np.where(is_near & (is_piece == is_own), np.where(is_piece, 1.0, 1 / np.sqrt(counts)), 0.0)
        weights[np.isin(kinds, ADDRESSES) & ~is_own] = STATED
        joined, where = np.unique(owners.astype(np.int64) * len(self._rows) + places, return_inverse=True)
        sums = np.bincount(where, weights, len(joined)) if len(joined) else np.zeros(0)
        owner, place = np.divmod(joined, len(self._rows))
        mine = self._rows["language"][place] == languages[owner]
        own_places = np.array([self._places.get(key(trace.id), -1) for trace in traces])
        kept = (sums >= np.where(mine, SHARED_PIECES, LEAST)) & (place != own_places[owner])
        owner, place, mine, sums = owner[kept], place[kept], mine[kept], sums[kept]
        ids = self._rows["id"][place]
        order = np.lexsort((ids, -sums, mine, owner))
        groups = owner[order] * 2 + mine[order]
        ranks = np.arange(len(order)) - np.searchsorted(groups, groups)
        best = order[ranks < MOST_NEIGHBOURS]
        found: dict[str, list[str]] = {}
        for one, id in zip(owner[best].tolist(), ids[best].tolist(), strict=True):
            found.setdefault(traces[one].id, []).append(urn(id))
        return {id: tuple(some) for id, some in found.items()}

    def _holding(self, values: Clues, living: Rows, asked: Sequence[int]) -> tuple[Rows, Clues, Rows]:
        """Which of some rows have any of some values among some kinds of clues: places, values, kinds."""
        if not len(living) or not len(values):
            empty = np.zeros(0, np.int64)
            return empty, np.zeros(0, np.uint32), empty
        values = np.unique(values)
        held = np.zeros(len(values), np.int64)
        wanted = np.zeros(int(BUCKETS) + 1, bool)
        wanted[values & BUCKETS] = True
        found_places, found_values, found_kinds = [], [], []
        for part in np.array_split(living, max(1, len(living) // AT_ONCE)):
            clues, ends = self._clues_of(part, asked)
            hits = np.flatnonzero(wanted[clues & BUCKETS])
            which = np.searchsorted(values, clues[hits]).clip(max=len(values) - 1)
            # What too many have is counted on, so that it stays too many, but not kept: it may be everywhere.
            kept = (values[which] == clues[hits]) & (held[which] <= MOST_SHARING)
            hits, which = hits[kept], which[kept]
            held += np.bincount(which, minlength=len(values))
            owner = np.searchsorted(ends, hits, side="right")
            found_places.append(part[owner // len(KINDS)])
            found_kinds.append((owner % len(KINDS)).astype(np.uint8))
            found_values.append(values[which])
        return np.concatenate(found_places), np.concatenate(found_values), np.concatenate(found_kinds)

    def _clues_of(self, places: Rows, asked: Sequence[int]) -> tuple[Clues, Rows]:
        """The clues of some kinds of some rows, and where those of each row and kind end among them."""
        counts = self._rows["counts"][places].astype(np.int64)
        begins = (
            self._rows["start"][places].astype(np.int64)[:, None] + np.cumsum(counts, axis=1) - counts
        ).reshape(-1)
        flat = np.where(np.isin(np.arange(len(KINDS)), asked), counts, 0).reshape(-1)
        ends = np.cumsum(flat)
        positions = np.repeat(begins - (ends - flat), flat) + np.arange(int(flat.sum()))
        return np.asarray(self._clues[positions]), ends

    def _count_all(self, places: Sequence[int] | Rows, by: int) -> None:
        """Count the clues of some rows, or take them off."""
        for part in np.array_split(np.asarray(places, np.int64), max(1, len(places) // AT_ONCE)):
            clues, _ = self._clues_of(part, COUNTED)
            np.add.at(self._held, clues & BUCKETS, by)

    def _rare_of(self, clues: Clues) -> Clues:
        """Those of some clues that few articles have."""
        most = max(FEW, int(len(self._places) * FEW_OF_ALL))
        rare: Clues = clues[self._held[clues & BUCKETS] <= most]
        return rare

    def _living(self, near: tuple[int, int] | None) -> Rows:
        """The places of the rows that count, of all days or of some and of none."""
        places = np.fromiter(self._places.values(), np.int64, len(self._places))
        places = np.sort(places[self._rows["language"][places] > 0])
        if near is None:
            return places
        days = self._rows["day"][places]
        within: Rows = places[(days == NO_DAY) | ((days >= near[0]) & (days <= near[1]))]
        return within

    def _row(self, trace: Trace, arrays: list[Clues]) -> tuple[object, ...]:
        """The row of a trace; its clues are added to those to write."""
        some = [trace.clues[kind][:65535] for kind in KINDS]
        arrays += some
        day = NO_DAY if trace.day is None else trace.day
        counts = tuple(len(each) for each in some)
        language = LANGUAGES.index(known(trace.language))
        return key(trace.id), trace.sha.encode(), trace.family.encode(), day, language, trace.level, 0, counts

    def _trace(self, id: str, place: int) -> Trace:
        """A trace as it was put."""
        row = self._rows[place]
        start = int(row["start"])
        bounds = [start, *(start + np.cumsum(row["counts"].astype(np.int64))).tolist()]
        return Trace(
            id=id,
            sha=row["sha"].decode(),
            language=LANGUAGES[row["language"]],
            family=row["family"].decode(),
            day=None if row["day"] == NO_DAY else int(row["day"]),
            level=int(row["level"]),
            clues={
                kind: self._rare_of(clues) if kind in UNCOMMON else clues
                for kind, clues in zip(KINDS, map(self._between, pairwise(bounds)), strict=True)
            },
        )

    def _between(self, bounds: tuple[int, int]) -> Clues:
        """The clues between two places of the file."""
        return np.asarray(self._clues[slice(*bounds)])

    def _map(self) -> None:
        """See the clues that the file has by now."""
        path = self._folder / "clues"
        self._count = path.stat().st_size // 4
        self._clues: Clues = (
            np.memmap(path, np.uint32, "r", shape=(self._count,)) if self._count else np.zeros(0, np.uint32)
        )


def known(language: str) -> str:
    """A language as far as it matters here."""
    return language if language in LANGUAGES and language else "und"


def key(id: str) -> bytes:
    """An id in half the space, as an array gives it back: without zeros at its end."""
    return UUID(id).bytes.rstrip(b"\0")


def urn(key: bytes) -> str:
    """The id of a key."""
    return UUID(bytes=key.ljust(16, b"\0")).urn


def gathered(traces: Sequence[Trace]) -> tuple[Clues, Rows]:
    """All clues of some traces that articles are found by, and whose they are."""
    arrays, owners = [], []
    for owner, trace in enumerate(traces):
        mine = np.unique(np.concatenate([trace.clues[kind] for kind in KINDS if kind != "weak"]))
        arrays.append(mine)
        owners.append(np.full(len(mine), owner, np.int64))
    return np.concatenate(arrays), np.concatenate(owners)


def portions(owners: Rows, counts: Rows) -> Iterator[slice]:
    """Parts of what each owner shares, none of which cuts an owner, of so many pairs or of one owner."""
    start = 0
    while start < len(owners):
        room = int(np.searchsorted(np.cumsum(counts[start:]), PAIRS, side="right"))
        end = start + max(1, room)
        if end < len(owners):
            begin = int(np.searchsorted(owners, owners[end]))
            end = begin if begin > start else int(np.searchsorted(owners, owners[end], side="right"))
        yield slice(start, end)
        start = end


def spread(first: Rows, counts: Rows) -> Rows:
    """All places of some stretches, of which the first place and the length are given."""
    ends = np.cumsum(counts)
    return np.repeat(first - (ends - counts), counts) + np.arange(int(counts.sum()))


def window(traces: Sequence[Trace]) -> tuple[int, int] | None:
    """The days that the neighbours of some traces may be of; None for all."""
    days = [trace.day for trace in traces]
    stated = [day for day in days if day is not None]
    return None if len(stated) < len(days) else (min(stated) - WINDOW, max(stated) + WINDOW)


def read_state(folder: Path, made_by: str) -> State:
    """How far the files in a folder count; not at all where they were made otherwise, or cannot be read."""
    try:
        values: Mapping[str, Any] = json.loads((folder / "state.json").read_bytes())
        state = State(**values)
        wanted = {"rows": state.rows * ROW.itemsize, "clues": state.clues * 4}
        is_whole = all((folder / name).stat().st_size >= size for name, size in wanted.items())
        if (state.version, state.made_by) == (VERSION, made_by) and is_whole:
            return state
    except (OSError, ValueError, TypeError):
        pass
    return State(version=VERSION, made_by=made_by, checkpoint=0, chain="", rows=0, clues=0)
