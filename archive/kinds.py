"""What an input is: by its suffix, then its content type, then its first bytes. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Literal

from archive.sheet_file import names_files

# A document is taken in whole; the others are streams, each part of which is a document.
Kind = Literal["document", "records", "opml", "warc", "sheet"]

# As much of an input as is looked at to tell what it is.
HEAD = 256 << 10
BY_SUFFIX: Mapping[str, Kind] = {
    ".jsonl": "records",
    ".ndjson": "records",
    ".opml": "opml",
    ".warc": "warc",
    ".arc": "warc",
}
BY_TYPE: Mapping[str, Kind] = {
    "application/jsonl": "records",
    "application/x-ndjson": "records",
    "application/ndjson": "records",
    "text/x-opml": "opml",
    "application/opml+xml": "opml",
    "application/warc": "warc",
}
# What may stand before the root of XML. Matched one after the other: one pattern for all could take for ever.
PROLOG = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
OPML = re.compile(rb"<opml[\s>]", re.IGNORECASE)
ARC = re.compile(rb"filedesc://\S+ [\d.]+ \d{14} ")
MARK = b"\xef\xbb\xbf"
TAB = b"\0\t"
# Documents whose suffix says so, whatever they begin with.
PLAIN = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".docx", ".eml"})


def kind_of(suffix: str, content_type: str | None, head: bytes) -> Kind:
    """Which door an input goes through; ``head`` is its first bytes, unpacked."""
    if suffix in BY_SUFFIX:
        return BY_SUFFIX[suffix]
    # Spreadsheets save a table as "Unicode text" under the name of a text.
    if suffix in (".csv", ".tsv") or (
        suffix == ".txt" and head.startswith((b"\xff\xfe", b"\xfe\xff")) and TAB in head[:400]
    ):
        return "sheet" if is_sheet(head) else "document"
    if suffix in PLAIN:
        return "document"
    stated = (content_type or "").partition(";")[0].strip().lower()
    return BY_TYPE.get(stated) or by_first_bytes(head)


def by_first_bytes(head: bytes) -> Kind:
    """What an input is that is named like none of them."""
    if head.startswith(b"WARC/1.") or ARC.match(head):
        return "warc"
    if OPML.match(without_prolog(head)):
        return "opml"
    return "records" if is_record(head) else "document"


def without_prolog(head: bytes) -> bytes:
    """The beginning of XML from its root on."""
    at = len(MARK) if head.startswith(MARK) else 0
    while before := PROLOG.match(head, at):
        at = before.end()
    return head[at:]


def is_record(head: bytes) -> bool:
    """Whether the first line is an article of its own, rather than a JSON Feed or a part of one."""
    line = head.removeprefix(MARK).lstrip().partition(b"\n")[0]
    if not line.startswith(b"{"):
        return False
    try:
        first = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return "title" in first and not first.keys().isdisjoint({"body", "html"}) and "items" not in first


def is_sheet(head: bytes) -> bool:
    """Whether a table describes files: its header has a column of that name."""
    return names_files(head[:4096])
