"""Take in lines of JSON, however many: read in the child, stored some hundred at a time, in their order.

Each line is a document of its own: of two lines about one article the second is a revision.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import IO

from archive import fetches, pairs
from archive.articles import listed
from archive.database import Transaction
from archive.identity import content_key
from archive.inputs import Input
from archive.model import GOOD_RESULTS, Article, Document, Fault, Result, sha256
from archive.naming import identify
from archive.put import Stored, Terms, put
from archive.rows import next_id
from archive.sources import settle
from archive.take import EntryLine, InputLine, Line, Taking, entry_line
from archive.unpack import Unpacked

LINES = 500
BYTES = 2 << 20
LONGEST_LINE = 10 << 20
MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some lines that follow each other, the number of the first, and what was wrong with them already.

    Of what holds its articles in another way than by lines ``whole`` is all of it.
    """

    first: int
    lines: Sequence[bytes]
    faults: tuple[Fault, ...] = ()
    whole: bytes | None = None

    def lines_at(self, places: Sequence[int]) -> bytes:
        """Some of the lines, by their numbers, as they stand in the file."""
        if self.whole is not None:
            return self.whole
        return b"\n".join([self.lines[place - self.first] for place in places])

    @property
    def last(self) -> int:
        """The number of the last line."""
        return self.first + len(self.lines) - 1

    def places(self, skipped: set[int]) -> list[int]:
        """The numbers of the lines that hold an article."""
        held = (place for place, line in enumerate(self.lines, self.first) if line.strip())
        return [place for place in held if place not in skipped]


@dataclass(slots=True, kw_only=True)
class Group:
    """Entries of one source that can be put together: no two of them go by one name."""

    source: str
    places: list[int] = field(default_factory=list)
    entries: list[Article] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def ingest_records(taking: Taking, each: Input) -> Iterator[Line]:
    """Take in a file of lines; a line for each, after the commit that stored it, then the file's."""
    records = Records(taking, each)
    stream = each.open()
    with io.BufferedReader(stream, BYTES) as buffered:
        for batch, document in records.read_ahead(read_batches(buffered)):
            yield from records.take(batch, document)
        records.pair()
        yield records.line(stream)


def read_batches(buffered: IO[bytes]) -> Iterator[Batch]:
    """The lines of a stream in batches; of one that is too long only the number is kept."""
    first, lines, faults, size = 1, list[bytes](), list[Fault](), 0
    while line := buffered.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            reason = f"is longer than {LONGEST_LINE >> 20} MiB"
            faults.append(Fault(place=first + len(lines), reason=reason))
            while line and not line.endswith(b"\n"):
                line = buffered.readline(BYTES)
            line = b""
        lines.append(line.removesuffix(b"\n"))
        size += len(line)
        if len(lines) == LINES or size > BYTES:
            yield Batch(first=first, lines=lines, faults=tuple(faults))
            first, lines, faults, size = first + len(lines), [], [], 0
    if lines:
        yield Batch(first=first, lines=lines, faults=tuple(faults))


class Records:
    """Takes in the lines of one input."""

    def __init__(self, taking: Taking, each: Input) -> None:
        self._taking = taking
        self._each = each
        self._sources: dict[str, str] = {}
        self._pairs: dict[tuple[str, str], None] = {}
        self._named: list[Fault] = []
        self._lines = self._articles = self._faults = 0

    def read_ahead(self, coming: Iterable[Batch]) -> Iterator[tuple[Batch, Document]]:
        """Batches and what they hold; each is read in the child while the one before is stored."""
        with ThreadPoolExecutor(1) as pool:
            waiting: tuple[Batch, Future[Document]] | None = None
            for batch in coming:
                reading = pool.submit(self.read, batch)
                if waiting:
                    yield waiting[0], waiting[1].result()
                waiting = batch, reading
            if waiting:
                yield waiting[0], waiting[1].result()

    def take(self, batch: Batch, document: Document) -> list[Line]:
        """Take in a batch in one transaction; a line for each of its lines."""
        skipped = {fault.place for fault in document.faults if fault.is_skipped}
        places = batch.places(skipped)
        self._lines = batch.last
        self._named += document.faults[: MOST_NAMED - len(self._named)]
        self._faults += len(document.faults)
        self._articles += len(places)
        with self._taking.database.writing() as transaction:
            stored = self.put(transaction, batch, document, places)
        lines = {place: entry_line(self._each, one) for place, one in stored.items()}
        nothing = EntryLine(outcome="skipped", id=None, input=self._each.name)
        return [lines.get(place, nothing) for place in sorted({*places, *skipped})]

    def read(self, batch: Batch) -> Document:
        """The articles of a batch. When it cannot be read as a whole, its lines are read one by one."""
        document = self._taking.parsing.read_records(b"\n".join(batch.lines), first=batch.first)
        if document.result in GOOD_RESULTS:
            return replace(document, faults=in_order(*batch.faults, *document.faults))
        if len(batch.lines) == 1:
            return Document(faults=(Fault(place=batch.first, reason=document.detail or "cannot be read"),))
        found = [
            self.read(Batch(first=place, lines=[line]))
            for place, line in enumerate(batch.lines, batch.first)
            if line.strip()
        ]
        return Document(
            articles=tuple(article for each in found for article in each.articles),
            faults=in_order(*batch.faults, *(fault for each in found for fault in each.faults)),
        )

    def put(
        self, transaction: Transaction, batch: Batch, document: Document, places: list[int]
    ) -> dict[int, Stored]:
        """Store the articles of a batch, by source; what became of each line."""
        terms = self._taking.terms()
        done: dict[int, Stored] = {}
        found = groups(document.articles, places, self._taking.stated)
        brought: dict[str, list[int]] = {}
        for group in found:
            brought.setdefault(self.source(transaction, group.source, terms), []).extend(group.places)
        fetched = {
            id: self.note_fetch(transaction, batch, sorted(of), terms, id) for id, of in brought.items()
        }
        for group in found:
            id = self._sources[group.source]
            entries = tuple(replace(entry, source=id) for entry in group.entries)
            stored = put(transaction, entries, replace(terms, fetch=fetched[id]), known=fetched[id] is None)
            done |= zip(group.places, stored, strict=True)
            for entry, one in zip(entries, stored, strict=True):
                self._pairs |= {(one.article.id, other.id): None for other in entry.translations}
        self.note_skipped(transaction, batch, document, terms)
        return done

    def source(self, transaction: Transaction, name: str, terms: Terms) -> str:
        """The id of the source that lines name, or that they are given."""
        if name not in self._sources:
            proposed = identify(Document(), stated=name or None, name=self._each.stem)
            self._sources[name] = settle(transaction, proposed, terms.now).id
        return self._sources[name]

    def note_fetch(
        self, transaction: Transaction, batch: Batch, places: list[int], terms: Terms, source: str
    ) -> int | None:
        """Keep the lines that a source has in a batch; None when it has brought these very lines before.

        What is live is compared with the newest revision only, as always.
        """
        body = batch.lines_at(places)
        if not self._each.is_live and fetches.is_known(transaction, source, sha256(body)):
            return None
        number = next_id(transaction, "fetch")
        asked = self.part(batch)
        fetch = fetches.Fetch(
            source=source,
            asked=asked,
            at=terms.now,
            body=body,
            result="ok",
            detail=None,
            articles=len(places),
        )
        fetches.record(transaction, number, fetch)
        return number

    def part(self, batch: Batch) -> str:
        """What a batch is called: the input and the numbers of its lines."""
        name = self._each.name
        return name if batch.whole is not None else f"{name}#{batch.first}-{batch.last}"

    def note_skipped(self, transaction: Transaction, batch: Batch, document: Document, terms: Terms) -> None:
        """Keep the lines of a batch that hold no article."""
        skipped = [fault for fault in document.faults if fault.is_skipped]
        if not skipped:
            return
        body = batch.lines_at([fault.place for fault in skipped])
        asked = f"{self.part(batch)} skipped"
        if not body or fetches.has_failed_so(transaction, asked, sha256(body), "failed"):
            return
        fetch = fetches.Fetch(
            source=None,
            asked=asked,
            at=terms.now,
            body=body,
            result="failed",
            detail=said(skipped, len(skipped)),
            articles=0,
        )
        fetches.record(transaction, next_id(transaction, "fetch"), fetch)

    def pair(self) -> None:
        """Write down the translations that lines state, where the archive has both and nobody spoke of it."""
        stated = list(self._pairs)
        for some in (stated[start : start + LINES] for start in range(0, len(stated), LINES)):
            terms = self._taking.terms()
            with self._taking.database.writing() as transaction:
                names, values = listed(sorted({other for _, other in some}))
                rows = transaction.read(f"SELECT id FROM article WHERE id IN ({names})", **values)
                here = {row["id"] for row in rows}
                for one, other in some:
                    if other in here and not is_said(transaction, one, other):
                        pairs.record(transaction, one, other, state="stated", how="records", now=terms.now)

    def line(self, stream: Unpacked) -> InputLine:
        """What became of the whole."""
        detail = "; ".join(filter(None, (stream.problem, said(self._named, self._faults))))
        result: Result = "warning" if detail else "ok"
        if not self._articles:
            result = "failed" if detail else "empty" if self._lines else "not_a_feed"
            detail = detail or ("holds no article" if self._lines else "holds 0 bytes")
        return InputLine(input=self._each.name, result=result, articles=self._articles, detail=detail or None)


def groups(entries: Sequence[Article], places: Sequence[int], stated: str | None) -> list[Group]:
    """Entries by source, in order; a second one of the same name begins another group."""
    found: list[Group] = []
    current: dict[str, Group] = {}
    for entry, place in zip(entries, places, strict=True):
        source = stated or entry.source
        name = entry.guid or entry.url or content_key(entry)
        group = current.get(source)
        if group is None or name in group.names:
            found.append(group := Group(source=source))
            current[source] = group
        group.places.append(place)
        group.entries.append(entry)
        group.names.add(name)
    return found


def is_said(transaction: Transaction, one: str, other: str) -> bool:
    """Whether anything was said of a pair."""
    first, second = sorted((one, other))
    return bool(
        transaction.read(
            "SELECT 1 FROM pair WHERE one = :one AND other = :other LIMIT 1", one=first, other=second
        )
    )


def in_order(*faults: Fault) -> tuple[Fault, ...]:
    """Faults in the order of their lines."""
    return tuple(sorted(faults, key=lambda fault: fault.place))


def said(faults: Sequence[Fault], count: int) -> str:
    """The first faults by the numbers of their lines, and how many more there are."""
    named = [f"line {fault.place}: {fault.reason}" for fault in faults[:MOST_NAMED]]
    more = count - len(named)
    return "; ".join([*named, f"and {more:,} more"] if more else named)
