"""Take in files, folders and addresses: each by the door that suits it, and a line for what became of it.

A line is given out only after the commit that made it true. One bad input never stops the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from archive.inputs import Input, read_inputs
from archive.model import Document
from archive.naming import without_password
from archive.pairs import Versions
from archive.take import EntryLine, Line, Parsing, Taking, take

DOCUMENT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".docx"})


def ingest(taking: Taking, names: Sequence[str]) -> Iterator[Line]:
    """Take in everything named; a line per entry and per input, each after its durable commit."""
    versions = Versions()
    for each in read_inputs(names, taking.config.fetch):
        yield from ingest_document(taking, each, versions)


def ingest_document(taking: Taking, each: Input, versions: Versions) -> list[Line]:
    """Take in a feed, page, text or Word file."""
    terms = taking.terms()
    document = each.problem or parsed(each, taking.parsing, terms.now)
    with taking.database.writing() as transaction:
        lines = take(transaction, each, document, terms, stated=taking.stated)
        ids = [line.id for line in lines if isinstance(line, EntryLine) and line.id]
        versions.note(transaction, each.name, ids, terms.now)
    return lines


def parsed(each: Input, parsing: Parsing, now: datetime) -> Document:
    """What an input holds: by its suffix, then its type, then its first bytes."""
    address = without_password(each.final or each.url) if each.url else None
    is_page = each.url is not None and (each.content_type or "").partition(";")[0].strip() == "text/html"
    if is_page or each.suffix in DOCUMENT_SUFFIXES:
        name = each.stem if each.suffix in DOCUMENT_SUFFIXES else each.stem + ".html"
        return parsing.read_document(
            each.body, name=name, content_type=each.content_type, url=address, now=now
        )
    return parsing.parse(each.body, url=address, content_type=each.content_type, name=each.stem, now=now)
