"""The sheet as a file: a table of documents, in all forms in which spreadsheets save it. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.reading.decode import decode

COLUMNS = (
    "file",
    "title",
    "date",
    "language",
    "author",
    "source",
    "topics",
    "pair",
    "doubtful",
    "url",
    "skip",
)
# What people and spreadsheets call the columns.
NAMES: Mapping[str, str] = {
    name: column
    for column, names in {
        "file": "file filename 文件 文件名 檔案",
        "title": "title headline 标题 標題 题目",
        "date": "date published 日期 时间 時間 发布日期",
        "language": "language lang 语言 語言",
        "author": "author authors 作者 记者",
        "source": "source 来源 來源 出处",
        "topics": "topics topic 主题 主題 话题",
        "pair": "pair translation 配对 配對 译文",
        "doubtful": "doubtful 存疑 疑问",
        "url": "url link address 链接 鏈接 网址",
        "skip": "skip 跳过 略过 不要",
    }.items()
    for name in names.split()
}
DELIMITERS = "\t;,"
SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# A spreadsheet takes what begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LARGEST_CELL = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the sheet: its number there, and its cells by column; empty ones are left out."""

    number: int
    cells: Mapping[str, str]


class NoSheet(ValueError):
    """A table that is none of ours; the text says what is missing."""


def written(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Rows as CSV, so that spreadsheets open it in the right encoding and take nothing for a formula."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([defused(row.get(column, "")) for column in COLUMNS])
    return file.getvalue().encode("utf-8-sig")


def defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def read_rows(body: bytes) -> list[Row]:
    """The rows of a sheet; raises NoSheet when it has no column of files, or two of one kind."""
    csv.field_size_limit(LARGEST_CELL)
    text, delimiter = opened(body)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise NoSheet(f"is no table that can be read ({error}); save it as CSV UTF-8") from error
    columns = [NAMES.get(name.strip().casefold(), "") for name in (lines[0] if lines else ())]
    if "file" not in columns:
        raise NoSheet(f"has no column named file; its columns may be {', '.join(COLUMNS)}")
    for column in COLUMNS:
        if columns.count(column) > 1:
            raise NoSheet(f"has two columns for {column}; leave one")
    found = (
        Row(number=number, cells=cells)
        for number, line in enumerate(lines[1:], 2)
        if any(cell.strip() for cell in line)
        for cells in [{column: plain(cell) for column, cell in zip(columns, line, strict=False) if column}]
    )
    return [
        Row(number=row.number, cells={key: cell for key, cell in row.cells.items() if cell}) for row in found
    ]


def names_files(head: bytes) -> bool:
    """Whether a table describes files: its header has a column of that name."""
    text, delimiter = opened(head[: len(head) // 2 * 2])
    try:
        header = next(csv.reader([text.partition("\n")[0]], delimiter=delimiter), [])
    except csv.Error:
        return False
    return any(NAMES.get(name.strip().casefold()) == "file" for name in header)


def opened(body: bytes) -> tuple[str, str]:
    """The text of a table and what parts its cells: what its first line says, or has most of."""
    text = decode(body, content_type=None).lstrip("\ufeff")
    if match := SEPARATOR_LINE.match(text):
        return text[match.end() :], match[1]
    header = text.partition("\n")[0]
    return text, max(DELIMITERS, key=header.count)


def plain(cell: str) -> str:
    """A cell without what defused it and the spaces around it."""
    cell = cell.replace("\xa0", " ").strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
