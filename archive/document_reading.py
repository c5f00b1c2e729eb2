"""An input as a document: an older Word file made a new one, read in the sandbox, its pictures found."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from archive import office
from archive.beside import Beside
from archive.errors import SourceError
from archive.inputs import Input, trouble
from archive.model import Document, sha256
from archive.naming import without_password
from archive.sandbox import Sandbox

SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".docx", ".eml"})
SPREADSHEETS = frozenset({".xlsx", ".xls", ".xlsm", ".ods", ".et"})
DOCUMENTS = SUFFIXES | office.SUFFIXES


def read_whole(each: Input, parsing: Sandbox, beside: Beside, now: datetime) -> Document:
    """What an input holds: by its suffix, then its type, then its first bytes; or why it cannot be read.

    A document is read twice when pictures lie beside it: first it tells which it names.
    """
    if each.problem:
        return each.problem
    body, suffix = each.body, each.suffix
    if suffix in SPREADSHEETS:
        return trouble("not_a_feed", "is a spreadsheet; save it as CSV UTF-8 and take that in")
    if suffix in office.SUFFIXES and body:
        suffix = office.true_suffix(body, suffix)
        if suffix in office.SUFFIXES:
            try:
                body, suffix = office.as_word(body, suffix), ".docx"
            except SourceError as error:
                return trouble("failed", str(error))
    address = without_password(each.final or each.url) if each.url else None
    is_page = each.url is not None and (each.content_type or "").partition(";")[0].strip() == "text/html"
    if not is_page and suffix not in SUFFIXES:
        return parsing.parse(body, url=address, content_type=each.content_type, name=each.stem, now=now)
    kind = suffix if suffix in SUFFIXES else ".html"
    name = each.stem if each.suffix == kind else f"{each.stem}{kind}"
    read = partial(
        parsing.read_document, body, name=name, content_type=each.content_type, url=address, now=now
    )
    document = read()
    found = beside.pictures(each.path, document)
    if not found:
        return document
    kept = {name: sha256(picture.body) for name, picture in found.items()}
    document = read(kept=kept)
    return replace(document, pictures=(*document.pictures, *found.values()))
