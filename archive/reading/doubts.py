"""Where a document's date is taken from, and what about it a person should look at. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from archive.model import Article, Precision
from archive.reading.dates import parse_date
from archive.reading.stated import Content, Stated, first

SHORT = 120
IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:([-_.年])(\d{1,2})[-_.月](\d{1,2})日?|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))(?!\d)"
)
IN_ADDRESS = re.compile(
    r"/((?:19|20)\d\d)[-/]?(0[1-9]|1[0-2])[-/](0[1-9]|[12]\d|3[01])(?=[/_-])"
    r"|[/_]t?((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?=[/_.-])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """When a document was published, its own words for it, and what is uncertain about it."""

    moment: datetime | None = None
    precision: Precision | None = None
    raw: str | None = None
    doubt: str | None = None


def dated(stated: Stated, language: str, *, name: str = "", address: str | None = None) -> Dated:
    """The first stated date that can be read, else that of the file's name, its address, its properties.

    Of properties only the day is taken: they say when the file was made, which is not when it was published.
    """
    candidates = [*stated.get("date", ()), *stated.get("updated", ())]
    for raw in candidates:
        if (found := parse_date(raw, language=language)) is not None:
            return Dated(moment=found.moment, precision=found.precision, raw=raw)
    unread = f"the date {candidates[0][:40]!r} cannot be read" if candidates else None
    for found_day, where in (
        (day_in_name(name), "the file's name"),
        (day_in_address(address), "the address"),
    ):
        if found_day and (day := parse_date(found_day)):
            doubt = unread or f"date from {where} only"
            return Dated(moment=day.moment, precision="day", raw=found_day, doubt=doubt)
    if candidates:
        return Dated(raw=candidates[0], doubt=unread)
    for raw in stated.get("created", ()):
        if (found := parse_date(raw)) is not None:
            local = datetime.fromisoformat(raw[:10]) if re.match(r"\d{4}-\d\d-\d\d", raw) else found.moment
            day_only = found.moment.replace(
                year=local.year, month=local.month, day=local.day, hour=0, minute=0, second=0, microsecond=0
            )
            return Dated(
                moment=day_only, precision="day", raw=raw, doubt="date from the file's properties only"
            )
    return Dated(doubt="no date")


def day_in_name(name: str) -> str | None:
    """The day that a file's name states."""
    match = IN_NAME.search(PurePosixPath(name).name)
    if match is None:
        return None
    month, day = (match[3], match[4]) if match[2] else (match[5], match[6])
    return f"{match[1]}-{int(month):02}-{int(day):02}"


def day_in_address(address: str | None) -> str | None:
    """The day that the path of an address states, as content systems write it."""
    match = IN_ADDRESS.search(unquote(urlsplit(address).path)) if address else None
    return "-".join(filter(None, match.groups())) if match else None


def doubts(article: Article, content: Content, date: Dated) -> tuple[str, ...]:
    """What is uncertain about a document, a short sentence each."""
    return tuple(dict.fromkeys(filter(None, found(article, content, date))))


def found(article: Article, content: Content, date: Dated) -> Iterator[str | None]:
    """The doubts in the order of what they are about."""
    if not first(content.stated, "title"):
        yield "title from the first words"
    yield date.doubt
    if article.language == "und":
        yield "language unknown"
    if len(article.text) * (3 if article.language == "zh" else 1) < SHORT:
        yield "short text"
    yield from content.doubts
    for image in article.images:
        if image.file and not image.sha256:
            yield f"picture missing: {image.file}"
