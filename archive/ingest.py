"""Take in files, folders and addresses: each by the door that suits it, and a line for what became of it.

A line is given out only after the commit that made it true. One bad input never stops the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from archive import pictures
from archive.beside import Beside
from archive.document_reading import read_whole
from archive.inputs import NOBODY, Input, read_file, read_inputs
from archive.kinds import Kind
from archive.model import Document
from archive.pages import withdraw_gone
from archive.pairs import Versions
from archive.take import EntryLine, InputLine, Line, Taking, take


def ingest(taking: Taking, names: Sequence[str]) -> Iterator[Line]:
    """Take in everything named; a line per entry and per input, each after its durable commit."""
    versions, beside = Versions(), Beside()
    described = described_files(names)
    for each in read_inputs(names, taking.config.fetch, resting(taking, names)):
        door = STREAMS.get(each.kind)
        if door:
            yield from door(taking, each)
        elif each.kind == "sheet":
            yield from sheet(taking, each, beside)
        elif each.path and (by := described.get(each.path.resolve())):
            yield InputLine(input=each.name, result="ok", articles=0, detail=f"taken in by {by}")
        elif not beside.waits(each.path):
            yield from ingest_document(taking, each, versions, beside)
    for path, owner in beside.waiting():
        if owner:
            yield InputLine(input=str(path), result="ok", articles=0, detail=owner)
        else:
            yield from ingest_document(taking, read_file(path), versions, beside)


def described_files(names: Sequence[str]) -> dict[Path, str]:
    """The files that sheets in the folders named describe, each with its sheet: by that they come in."""
    from archive.sheet import files_of

    folders = [Path(name) for name in names if name != "-" and Path(name).is_dir()]
    sheets = [path for folder in folders for path in sorted(folder.rglob("*.csv")) if path.is_file()]
    return {file: sheet.name for sheet in sheets for file in files_of(sheet)}


def records(taking: Taking, each: Input) -> Iterator[Line]:
    """Lines of JSON."""
    from archive.records import ingest_records

    return ingest_records(taking, each)


def opml(taking: Taking, each: Input) -> Iterator[Line]:
    """A list of subscriptions."""
    from archive.opml import ingest_opml

    return ingest_opml(taking, each)


def warc(taking: Taking, each: Input) -> Iterator[Line]:
    """A web archive."""
    from archive.warc import ingest_warc

    return ingest_warc(taking, each)


def sheet(taking: Taking, each: Input, beside: Beside) -> Iterator[Line]:
    """A table that describes files."""
    from archive.sheet import ingest_sheet

    return ingest_sheet(taking, each, beside)


# What is read a piece at a time; every other input is a document, or a sheet of documents.
STREAMS: Mapping[Kind, Callable[[Taking, Input], Iterator[Line]]] = {
    "records": records,
    "opml": opml,
    "warc": warc,
}


def resting(taking: Taking, names: Sequence[str]) -> Mapping[str, datetime]:
    """The domains to be left alone, where an address is named at all."""
    if not any(name.startswith(("http://", "https://")) for name in names):
        return NOBODY
    from archive.polls import pauses

    return pauses(taking.database, taking.terms().now)


def read_as_page(taking: Taking, each: Input) -> Document | None:
    """A page read by the rules of the source that a person names; None for all else."""
    if each.url is None or taking.stated is None:
        return None
    from archive.page_reading import read_by_rules  # which knows the network: slow to load

    return read_by_rules(taking, each)


def ingest_document(taking: Taking, each: Input, versions: Versions, beside: Beside) -> list[Line]:
    """Take in a feed, page, text, mail or Word file."""
    terms = taking.terms()
    document = read_as_page(taking, each) or read_whole(each, taking.parsing, beside, terms.now)
    with taking.database.writing() as transaction:
        if each.status == 410 and each.url and (gone := withdraw_gone(transaction, each.url, terms.now)):
            document = replace(document, detail=f"{document.detail}; withdrawn: {', '.join(gone)}")
        lines = take(transaction, each, document, terms, stated=taking.stated)
        stored = [(line.id, line.outcome) for line in lines if isinstance(line, EntryLine) and line.id]
        pictures.attach(transaction, document, stored, terms.now)
        versions.note(transaction, each.name, [id for id, _ in stored], terms.now)
    return lines
