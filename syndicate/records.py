"""An article for programs: the record of an export cut to what may be shown, as JSON and as cells. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import replace

from archive.export import record
from archive.model import Article
from archive.sheet_file import defused
from syndicate.allowed import as_allowed
from syndicate.body import addressed

# What a spreadsheet takes for a formula.
TEXTS = ("text", "html")


def public_record(article: Article, base_url: str, content: str = "") -> dict[str, object]:
    """An article with every field that may be shown: its text as far as its source allows, no notes."""
    shown = addressed(as_allowed(article, content), base_url)
    if not shown.text:
        right = tuple(each for each in shown.corrections if each.field not in TEXTS)
        shown = replace(shown, corrections=right)
    return record(replace(shown, note=None), base_url)


def json_lines(records: Iterable[dict[str, object]]) -> bytes:
    """Records as lines of JSON."""
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records).encode()


def table_rows(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows of a table as CSV (RFC 4180)."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(cell, row) for row in rows)
    return text.getvalue().encode()


def cell(value: object) -> str:
    """A value as a spreadsheet may open it: lists with semicolons, larger things as JSON, no formulas."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        value = "; ".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return defused(text)
