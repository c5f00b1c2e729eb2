"""Addresses of lists: the parameters, what they mean, and the one order they are written in. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast
from urllib.parse import parse_qsl, quote, unquote

from archive.mistakes import mistake
from archive.model import Selection

NAMES = "q topic not source by lang paired from to content sort n before archive page exact ui script size"
KNOWN = frozenset(NAMES.split())
Params = Mapping[str, Sequence[str]]
LARGEST_N = 100
LAST_PAGE = 1_000_000  # of twenty: more than an archive holds
DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
CURSOR = re.compile(r"[0-9TZ:-]{1,32}~[0-9a-f-]{36}")
WINDOW = re.compile(r"(\d{1,15})-(\d{1,15})")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a selection is shown: order, part, words and looks of pages. Empty is the default of each."""

    content: Literal["", "summary", "simple"] = ""
    sort: Literal["", "rel", "new", "old"] = ""
    n: int | None = None
    before: str = ""
    archive: tuple[int, int] | None = None
    page: int = 1
    exact: bool = False
    ui: Literal["", "en", "zh"] = ""
    script: Literal["", "hans", "hant", "original"] = ""
    size: Literal["", "big", "middle", "small"] = ""


def read(params: Params, *, within: Selection | None = None) -> tuple[Selection, View]:
    """What the parameters of an address ask for, inside what its path already says.

    Unknown parameters are ignored; a value that makes no sense raises UsageError.
    """
    base = within or Selection()
    if not params:
        return base, View()
    selection = Selection(
        query=last(params, "q").strip(),
        topics=base.topics or names(params, "topic"),
        without=names(params, "not"),
        source=base.source or last(params, "source"),
        by=base.by or last(params, "by"),
        language=cast(Literal["", "en", "zh", "both"], choice(params, "lang", ("en", "zh", "both"))),
        paired=choice(params, "paired", ("1", "0")) == "1",
        since=base.since or day(params, "from", end=False),
        until=base.until or day(params, "to", end=True),
    )
    view = View(
        content=cast(
            Literal["", "summary", "simple"],
            choice(params, "content", ("summary", "full", "simple")).replace("full", ""),
        ),
        sort=cast(Literal["", "rel", "new", "old"], choice(params, "sort", ("rel", "new", "old"))),
        n=number(params, "n", LARGEST_N),
        before=matched(params, "before", CURSOR),
        archive=window(params),
        page=number(params, "page", LAST_PAGE) or 1,
        exact=choice(params, "exact", ("1", "True", "0")) in ("1", "True"),
        ui=cast(Literal["", "en", "zh"], choice(params, "ui", ("en", "zh"))),
        script=cast(
            Literal["", "hans", "hant", "original"],
            choice(params, "script", ("hans", "hant", "original")),
        ),
        size=cast(Literal["", "big", "middle", "small"], choice(params, "size", ("big", "middle", "small"))),
    )
    return selection, view


def write(path: str, selection: Selection, view: View) -> str:
    """The one address of a selection and view: parameters in a fixed order, defaults left out.

    ``path`` may have a format as its suffix; what it says itself is not said again.
    """
    is_dated = path.startswith("/calendar/")
    stated: list[tuple[str, str | tuple[str, ...]]] = [
        ("q", selection.query),
        ("topic", () if path.startswith("/topic/") else selection.topics),
        ("not", selection.without),
        ("source", "" if path.startswith("/source/") else selection.source),
        ("by", "" if path.startswith("/by/") else selection.by),
        ("lang", selection.language),
        ("paired", "1" if selection.paired else ""),
        ("from", selection.since.isoformat() if selection.since and not is_dated else ""),
        ("to", selection.until.isoformat() if selection.until and not is_dated else ""),
        ("content", view.content),
        ("sort", view.sort),
        ("n", str(view.n) if view.n is not None else ""),
        ("before", view.before),
        ("archive", f"{view.archive[0]}-{view.archive[1]}" if view.archive else ""),
        ("page", str(view.page) if view.page > 1 else ""),
        ("exact", "1" if view.exact else ""),
        ("ui", view.ui),
        ("script", view.script),
        ("size", view.size),
    ]
    query = "&".join(f"{name}={joined(value)}" for name, value in stated if value)
    return f"{path}?{query}" if query else path


def is_canonical(path: str, query: str, address: str) -> bool:
    """Whether a request for a path and query asks for an address as we write it.

    Parameters that are not ours do not count, nor does how a character is escaped.
    """
    written, _, stated = address.partition("?")
    given = [pair for pair in parse_qsl(query, keep_blank_values=True, errors="replace") if pair[0] in KNOWN]
    return path == unquote(written) and given == parse_qsl(stated)


def list_path(selection: Selection) -> str:
    """The path of the list that a selection is, without a suffix; what it cannot say are parameters."""
    if selection.query:
        return "/search"
    if selection.topics:
        return "/topic/" + joined(selection.topics)
    if selection.source:
        return f"/source/{quoted(selection.source)}"
    if selection.by:
        return f"/by/{quoted(selection.by)}"
    return "/latest"


def joined(value: str | tuple[str, ...]) -> str:
    """A value as it is written; several names are alternatives, with a plus sign between them."""
    return quoted(value) if isinstance(value, str) else "+".join(map(quoted, value))


def quoted(text: str) -> str:
    """Text for a path segment or a parameter (RFC 3986 section 2); a plus sign in it is not one of ours."""
    return quote(text, safe="~:,")


def last(params: Params, name: str) -> str:
    """A parameter's value; of several the last."""
    return params[name][-1] if params.get(name) else ""


def names(params: Params, name: str) -> tuple[str, ...]:
    """Several names, given by repetition or joined with a plus sign."""
    given = [part for value in params.get(name, ()) for part in re.split(r"[+ ,]+", value) if part]
    return tuple(sorted(dict.fromkeys(given)))


def choice(params: Params, name: str, known: Sequence[str]) -> str:
    """One of a few values."""
    value = last(params, name)
    if value and value not in known:
        raise mistake("no_choice", name=name, known=tuple(known), value=value[:40])
    return value


def number(params: Params, name: str, most: int) -> int | None:
    """A whole number from 1."""
    value = last(params, name)
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= most):
        raise mistake("no_number", name=name, most=most, value=value[:40])
    return int(value)


def day(params: Params, name: str, *, end: bool) -> date | None:
    """A day; a year or month stands for its first day, or its last where a span ends."""
    value = last(params, name)
    if not value:
        return None
    match = DAY.fullmatch(value)
    try:
        year, month, of_month = (int(part) if part else 0 for part in match.groups()) if match else (0, 0, 0)
        month = month or (12 if end else 1)
        return date(year, month, of_month or (calendar.monthrange(year, month)[1] if end else 1))
    except (ValueError, calendar.IllegalMonthError) as error:
        raise mistake("no_day", name=name, value=value[:40]) from error


def matched(params: Params, name: str, pattern: re.Pattern[str]) -> str:
    """A value of a known shape."""
    value = last(params, name)
    if value and not pattern.fullmatch(value):
        raise mistake("no_cursor", name=name, value=value[:40])
    return value


def window(params: Params) -> tuple[int, int] | None:
    """The numbers of an archive document."""
    value = matched(params, "archive", WINDOW)
    if not value:
        return None
    low, high = value.split("-")
    return int(low), int(high)
