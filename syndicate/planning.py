"""Which feed an address names, without a request for it. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, parse_qsl, unquote

from archive.errors import NotFound, UsageError
from archive.model import Selection
from syndicate.addresses import list_path, names, read
from syndicate.calendars import day_of
from syndicate.composing import Plan
from syndicate.formats import FORMATS
from syndicate.strings import last_of_month

FEED = re.compile(rf"/(?:(latest|search)|(topic|source|by|calendar)/(.+))\.({'|'.join(FORMATS)})")
DAYS = re.compile(r"(\d{4})/(\d\d)(?:/(\d\d))?")
LONGEST = 2_000


def plan(address: str, base_url: str) -> Plan:
    """The feed at one of our addresses, which it must be to the letter but for how characters are escaped.

    Raises NotFound for what is no feed of ours, UsageError for another spelling of the address of one.
    """
    try:
        found = read_plan(address.removeprefix(base_url)) if address.startswith(f"{base_url}/") else None
    except UnicodeError as error:
        raise UsageError(f"{address[:200]}: is not UTF-8") from error
    if found is None or len(address) > LONGEST:
        raise NotFound(f"{address[:200]}: no feed of this site; {base_url}/feeds lists them")
    if not is_same(address, stated := base_url + found.address()):
        raise UsageError(f"{address[:200]}: the address of this feed is {stated}")
    return found


def read_plan(address: str) -> Plan | None:
    """The feed at a path and its parameters, in any spelling; None for what is no feed."""
    path, _, query = address.partition("?")
    if (shape := FEED.fullmatch(unquote(path, errors="strict"))) is None:
        return None
    whole, kind, name, format = shape.groups()
    since, until = days_of(name) if kind == "calendar" else (None, None)
    within = Selection(
        since=since,
        until=until,
        topics=names({"topic": [name]}, "topic") if kind == "topic" else (),
        source=name if kind == "source" else "",
        by=name if kind == "by" else "",
    )
    selection, view = read(parse_qs(query, keep_blank_values=True, errors="strict"), within=within)
    return Plan(
        path="/search"
        if whole == "search" or selection.query
        else f"/calendar/{name}"
        if since
        else list_path(within),
        selection=selection,
        view=replace(view, before="", page=1, size="", script=""),
        format=format,
    )


def is_same(one: str, other: str) -> bool:
    """Whether two addresses differ in nothing but how characters are escaped."""
    (path, _, query), (other_path, _, other_query) = one.partition("?"), other.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    return unquote(path) == unquote(other_path) and pairs == parse_qsl(other_query)


def days_of(name: str) -> tuple[date, date]:
    """The first and last day of a month or day, as paths name them. Raises NotFound."""
    if (found := DAYS.fullmatch(name)) is None:
        raise NotFound(f"/calendar/{name[:40]}: there is no such day")
    year, month, day = found.groups()
    since = day_of(year, month, day or "01")
    return since, since if day else last_of_month(since)
