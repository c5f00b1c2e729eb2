"""Take in the documents that a sheet names, its cells over what is read of them.

A document keeps its identity when its title or date is corrected: it goes by a guid, which is the path of
its file relative to the sheet (with folders above in front where another story of its source has that path
already), unless it states one itself. A document that was taken in before without the sheet is the same
article. Its first revision is right from the start; a cell that is corrected later makes one more.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from archive import pictures
from archive.articles import articles, as_stated, batches, listed, log
from archive.beside import Beside
from archive.corrections import applied
from archive.database import Database, Transaction
from archive.desk import file_by_hand
from archive.document_reading import read_whole
from archive.identity import alike, canonical_url, content_key, same_title
from archive.inputs import Input, read_file
from archive.model import GOOD_RESULTS, Article, Document, Source
from archive.naming import identify
from archive.pairs import Versions, record, story_of
from archive.put import Putting, Terms
from archive.sheet_cells import BadCell, overlaid
from archive.sheet_cells import Terms as CellTerms
from archive.sheet_file import NoSheet, Row, read_rows
from archive.sources import settle
from archive.take import EntryLine, InputLine, Line, Taking, take

LARGEST = 64 << 20
MOST_FOLDERS = 8
NO_PAIR = frozenset({"-", "—", "none", "无"})


def ingest_sheet(taking: Taking, each: Input, beside: Beside) -> Iterator[Line]:
    """Take in the documents of a sheet, a line for each; what is wrong is told by row and column."""
    if each.path is None:
        yield failure(each.name, "is a sheet, whose files can only be found beside it: name it as a file")
        return
    try:
        body = each.open().readall_within(LARGEST)
        rows = read_rows(body or b"")
    except NoSheet as error:
        yield failure(each.name, str(error))
        return
    run = SheetRun(taking, each.path, rows, beside)
    for row in rows:
        yield from run.take(row)
    yield from run.pair()
    detail = f"{run.faults} of {len(rows)} rows are wrong; they are named above" if run.faults else None
    yield InputLine(
        input=each.name, result="warning" if detail else "ok", articles=len(run.ids), detail=detail
    )


def failure(name: str, detail: str) -> InputLine:
    """The line for what could not be taken in."""
    return InputLine(input=name, result="failed", articles=0, detail=detail)


def files_of(path: Path) -> set[Path]:
    """The files that a sheet describes; none when it is no sheet."""
    try:
        rows = read_rows(path.read_bytes())
    except (NoSheet, OSError):
        return set()
    return {place(path, row.cells["file"]).resolve() for row in rows if "file" in row.cells}


def place(sheet: Path, name: str) -> Path:
    """Where a file of a sheet lies."""
    return sheet.parent / name.replace("\\", "/")


def key_of(name: str) -> str:
    """A file's name in the sheet as one path."""
    return unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).as_posix())


def owners(database: Database, names: Sequence[str]) -> dict[str, list[str]]:
    """The articles of any source that go by these guids; all at once, since it reads the whole table."""
    found: dict[str, list[str]] = {}
    for batch in batches(names):
        places, values = listed(batch)
        for row in database.read(
            f"SELECT DISTINCT value, article FROM alias WHERE kind = 'guid' AND value IN ({places})", **values
        ):
            found.setdefault(row["value"], []).append(row["article"])
    return found


class SheetRun:
    """Takes in the rows of one sheet."""

    def __init__(self, taking: Taking, path: Path, rows: Sequence[Row], beside: Beside) -> None:
        self._taking, self._path = taking, path
        self._owners = owners(taking.database, [key_of(row.cells.get("file", "")) for row in rows])
        self._beside, self._versions = beside, Versions()
        self._pairs: list[tuple[Row, str]] = []
        self._seen: set[str] = set()
        self.ids: dict[str, str] = {}
        self.faults = 0
        config = taking.config
        self._cells = CellTerms(zone=taking.terms().zone, topics=config.topics)

    def take(self, row: Row) -> Iterator[Line]:
        """Take in the document of one row."""
        name = row.cells.get("file", "")
        path = place(self._path, name)
        if not name or key_of(name) in self._seen:
            yield self._fault(
                str(path), row, "file: is empty" if not name else f"file: {name} stands here twice"
            )
            return
        self._seen.add(key_of(name))
        if "skip" in row.cells:
            yield InputLine(input=str(path), result="ok", articles=0, detail="left out by the sheet")
            return
        each = read_file(path)
        if each.kind != "document":
            yield self._fault(str(path), row, "file: is no document; take it in by itself")
            return
        terms = self._taking.terms()
        read = read_whole(each, self._taking.parsing, self._beside, terms.now)
        if read.result not in GOOD_RESULTS or len(read.articles) != 1:
            if read.result not in GOOD_RESULTS:
                with self._taking.database.writing() as transaction:
                    take(transaction, each, read, terms)
            what = read.detail or f"holds {len(read.articles)} articles; take it in by itself"
            yield self._fault(str(path), row, f"file: {what}")
            return
        try:
            document = overlaid(read, row.cells, self._cells)
        except BadCell as error:
            yield self._fault(str(path), row, str(error))
            return
        yield from self._store(row, replace(each, is_live=True), read, document)

    def pair(self) -> Iterator[Line]:
        """Record the pairs that rows name."""
        for row, id in self._pairs:
            name = row.cells["pair"]
            other = self.ids.get(key_of(name)) or self.ids.get(
                key_of(str(Path(row.cells["file"]).parent / name))
            )
            if other is None or other == id:
                yield self._fault(str(self._path), row, f"pair: {name} is not the file of another row")
                continue
            paths = [each for each, owner in self.ids.items() if owner in (id, other)]
            stories = [story[0] for path in paths if (story := story_of(path))]
            # What the names of the files say too is said in the same words, so that it is one statement.
            how = "file names" if len(stories) == 2 and len(set(stories)) == 1 else "sheet"
            with self._taking.database.writing() as transaction:
                record(transaction, id, other, state="stated", how=how, now=self._taking.terms().now)

    def _fault(self, name: str, row: Row, what: str) -> InputLine:
        """The line for a row that is wrong."""
        self.faults += 1
        return failure(name, f"row {row.number}, {what}")

    def _store(self, row: Row, each: Input, read: Document, document: Document) -> list[Line]:
        """Store the document of a row and what follows from it, in one transaction."""
        terms = self._taking.terms()
        stated = None if "source" in row.cells else self._taking.stated
        with self._taking.database.writing() as transaction:
            was = identify(read, stated=stated, name=each.stem)
            source = settle(transaction, identify(document, stated=stated, name=each.stem), terms.now)
            (as_read,), (article,) = read.articles, document.articles
            naming = Naming(transaction, source, (source.id, was.id), as_read, self._owners)
            topics = article.topics
            article = naming.named(article, self._names(row), terms)
            entry = replace(article, topics=())
            lines = take(transaction, each, replace(document, articles=(entry,)), terms, source=source)
            stored = next((line for line in lines if isinstance(line, EntryLine) and line.id), None)
            if stored is None or stored.id is None:
                return lines
            naming.remember(stored.id)
            revised = stored.outcome == "unchanged" and revise(transaction, stored.id, entry, terms)
            if set(topics) != set(terms.rules.of(replace(as_read, source=was.id))) and topics:
                file_exactly(transaction, stored.id, topics, terms, person=self._path.name)
            pictures.attach(transaction, document, [(stored.id, stored.outcome)], terms.now)
            self._note(transaction, row, each, stored.id, terms)
            new = renewed(transaction, stored) if revised else stored
        return [new if line is stored else line for line in lines]

    def _note(self, transaction: Transaction, row: Row, each: Input, id: str, terms: Terms) -> None:
        """Remember what a row became, for the pairs."""
        self.ids[key_of(row.cells["file"])] = id
        pair = row.cells.get("pair", "")
        if not pair:
            self._versions.note(transaction, each.name, [id], terms.now)
        elif pair.casefold() not in NO_PAIR:
            self._pairs.append((row, id))

    def _names(self, row: Row) -> Iterator[str]:
        """What a document may go by: its path from the sheet, then with the folders above it in front."""
        name = key_of(row.cells["file"])
        yield name
        for folder in list(self._path.resolve().parents)[:MOST_FOLDERS]:
            name = f"{folder.name}/{name}"
            yield name


class Naming:
    """Finds the article that a document of a sheet is, and lets its source know it by its guid."""

    def __init__(
        self,
        transaction: Transaction,
        source: Source,
        known_by: Sequence[str],
        as_read: Article,
        owners: Mapping[str, Sequence[str]],
    ) -> None:
        self._transaction, self._source, self._as_read, self._owners = transaction, source, as_read, owners
        self._known_by = tuple(dict.fromkeys(known_by))

    def named(self, article: Article, names: Iterator[str], terms: Terms) -> Article:
        """The article under its guid, moved to its source where it was another's."""
        if article.guid is not None:
            return article
        for name in names:
            known = {*self._owners.get(name, ()), *self._named("guid", name, self._source.id)}
            found = articles(self._transaction, sorted(known))
            same = [each for each in found if self._is_same(each, article)]
            if same:
                self._move(same[0], name, terms)
                return replace(article, guid=name)
            if not any(each.source == self._source.id for each in found):
                break
        if before := self._taken_before():
            self._move(before, name, terms)
        return replace(article, guid=name)

    def remember(self, id: str) -> None:
        """Let the document be found again also by what was read of it."""
        self._give("content", content_key(self._as_read), id)

    def _named(self, kind: str, value: str, source: str) -> list[str]:
        """The article that a source knows by a name."""
        rows = self._transaction.read(
            "SELECT article FROM alias WHERE source = :source AND kind = :kind AND value = :value",
            source=source,
            kind=kind,
            value=value,
        )
        return [row["article"] for row in rows]

    def _is_same(self, stored: Article, article: Article) -> bool:
        """Whether a stored article is this document, corrected or not."""
        return alike(stored, self._as_read) or same_title(stored, article)

    def _taken_before(self) -> Article | None:
        """The article that the document became when it was taken in without a sheet, or by another."""
        names = [("content", content_key(self._as_read))]
        if self._as_read.url:
            names.append(("url", canonical_url(self._as_read.url)))
        for source in self._known_by:
            for kind, value in names:
                for stored in articles(self._transaction, self._named(kind, value, source)):
                    if self._is_same(stored, self._as_read):
                        return stored
        return None

    def _move(self, stored: Article, guid: str, terms: Terms) -> None:
        """Make an article go by its guid, and be its source's."""
        if stored.source != self._source.id:
            self._transaction.run(
                "UPDATE article SET source = :source WHERE id = :id", source=self._source.id, id=stored.id
            )
            reason = f"source was {stored.source}"
            log(self._transaction, "touch", stored.id, reason=reason, person="sheet", now=terms.now)
        self._give("guid", guid, stored.id)

    def _give(self, kind: str, value: str, id: str) -> None:
        """A name for an article, unless another has it."""
        self._transaction.run(
            "INSERT INTO alias (source, kind, value, article) VALUES (:source, :kind, :value, :article)"
            " ON CONFLICT DO NOTHING",
            source=self._source.id,
            kind=kind,
            value=value,
            article=id,
        )


def revise(transaction: Transaction, id: str, entry: Article, terms: Terms) -> bool:
    """A revision for what is no new text but was corrected: the date, the authors, the language."""
    (old,) = articles(transaction, [id])
    (stated,) = as_stated(transaction, [old])
    if all(
        getattr(stated, name) == getattr(entry, name)
        for name in ("published", "authors", "language", "script")
    ):
        return False
    putting = Putting(transaction, terms)
    new = putting.revise(replace(entry, id=id), old)
    if old.corrections:
        putting.revise(replace(applied(new, old.corrections), editor=old.corrections[-1].by), new)
    putting.end()
    return True


def renewed(transaction: Transaction, stored: EntryLine) -> EntryLine:
    """The line for an entry after a revision of its own."""
    (article,) = articles(transaction, [stored.id or ""])
    return replace(
        stored, outcome="revised", revision=article.revision, sha256=article.sha, language=article.language
    )


def file_exactly(
    transaction: Transaction, id: str, topics: Sequence[str], terms: Terms, *, person: str
) -> None:
    """File an article under just these topics."""
    (article,) = articles(transaction, [id])
    add = [topic for topic in topics if topic not in article.topics]
    drop = [topic for topic in article.topics if topic not in topics]
    if add or drop:
        file_by_hand(transaction, [id], terms, add=add, drop=drop, person=person)
