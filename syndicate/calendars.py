"""The archive by years, months and days: a year as a calendar, months and days as lists and feeds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from http import HTTPStatus as Code

from archive import tally, walk
from archive.errors import NotFound
from archive.model import Selection, sha256
from syndicate import reader, reply
from syndicate.addresses import View, read, write
from syndicate.browsing import SUFFIX, Browsing, is_asked
from syndicate.calendar_page import path_of, year_page
from syndicate.negotiation import JSON_ALONE, wanted
from syndicate.pages import Pages
from syndicate.reply import Environ, Reply, Route, machine
from syndicate.speaking import Speaking
from syndicate.strings import last_of_month

YEAR, MONTH, DAY = "<year:re:\\d{4}>", "<month:re:\\d\\d>", "<day:re:\\d\\d>"


class Calendar:
    """The answers to requests for years, months and days."""

    def __init__(self, speaking: Speaking, browsing: Browsing) -> None:
        self._speaking = speaking
        self._browsing = browsing
        self._pages = speaking.pages

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        shown: tuple[tuple[str, Callable[..., Reply]], ...] = (
            ("/calendar", self.newest),
            (f"/calendar/{YEAR}", self.year),
            (f"/calendar/{YEAR}<suffix:re:\\.json>", self.year),
            (f"/calendar/{YEAR}/{MONTH}", self.dated),
            (f"/calendar/{YEAR}/{MONTH}{SUFFIX}", self.dated),
            (f"/calendar/{YEAR}/{MONTH}/{DAY}", self.dated),
            (f"/calendar/{YEAR}/{MONTH}/{DAY}{SUFFIX}", self.dated),
        )
        return tuple(("GET", path, answer) for path, answer in shown)

    def newest(self, environ: Environ) -> Reply:
        """To the year of the newest article, another one day; to the front while there is none."""
        before, _ = walk.days_beside(self._pages.database, Selection(since=date.max))
        there = reply.moved(path_of(before, Selection(), "%Y") if before else "/")
        return replace(there, code=Code.FOUND).having(Cache_Control="no-cache")

    def dated(self, environ: Environ, year: str, month: str, day: str = "", suffix: str = "") -> Reply:
        """A month or a day as any other list; its path alone says which."""
        since = day_of(year, month, day or "01")
        until = since if day else last_of_month(since)
        path = "/".join(filter(None, ("/calendar", year, month, day)))
        return self._browsing.listed(environ, Selection(since=since, until=until), suffix, path)

    def year(self, environ: Environ, year: str, suffix: str = "") -> Reply:
        """A year by its months and days."""
        first = day_of(year, "01", "01")
        path, within = f"/calendar/{year}", Selection(since=first, until=first.replace(month=12, day=31))
        selection, view = read(reader.params(environ), within=within)
        if selection.query:
            return reply.moved(write("/search", selection, view))
        self._browsing.check(selection)
        if not is_asked(environ, address := write(f"{path}{suffix}", selection, view)):
            return reply.moved(address)
        liked, _ = ("", "") if suffix else wanted(str(environ.get("HTTP_ACCEPT", "")), JSON_ALONE)
        if suffix or liked:
            found = self.as_json(environ, selection)
            stated = self._pages.settings.base_url + write(f"{path}.json", selection, View())
            return found.having(Content_Location=stated, Vary="Accept") if liked else found
        return self._speaking.page(environ, lambda pages, t: year_page(pages, selection, view, t), view)

    def as_json(self, environ: Environ, selection: Selection) -> Reply:
        """How many articles each month and day of a year has."""
        body = json.dumps(year_of(self._pages, selection), ensure_ascii=False)
        tag = f'"{sha256(body.encode())[:32]}"'
        found = machine(body, "application/json").having(ETag=tag)
        if reader.has(environ, tag):
            left = tuple(pair for pair in found.headers if pair[0] != "Content-Type")
            return Reply(code=Code.NOT_MODIFIED, headers=left)
        return found


def day_of(year: str, month: str, day: str) -> date:
    """The day that a path names. Raises NotFound."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise NotFound(f"/calendar/{year}/{month}/{day}: there is no such day") from error


def year_of(pages: Pages, selection: Selection) -> dict[str, object]:
    """A year as values, months and days without articles left out."""
    counted = tally.days(pages.database, selection)
    base = pages.settings.base_url
    months: dict[date, list[dict[str, object]]] = {}
    for day, total in counted.items():
        stated = {"day": day.isoformat(), "total": total, "address": base + path_of(day, selection)}
        months.setdefault(day.replace(day=1), []).append(stated)
    return {
        "year": selection.since.year if selection.since else None,
        "total": sum(counted.values()),
        "months": [
            {
                "month": f"{first:%Y-%m}",
                "total": sum(counted[day] for day in counted if day.replace(day=1) == first),
                "address": base + path_of(first, selection, "%Y/%m"),
                "days": days,
            }
            for first, days in months.items()
        ],
    }
