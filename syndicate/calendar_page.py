"""The page of a year, and what stands above the list of a month or day: where it is in the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape

from archive import tally, walk
from archive.model import Selection
from archive.sources import sources
from syndicate.addresses import View, write
from syndicate.charts import Span, by_year
from syndicate.composing import describe
from syndicate.month_table import month_table
from syndicate.pages import Pages
from syndicate.strings import Words

Step = tuple[str, str, str]  # rel, name, address


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a month or day is: what it is part of, the table of a month, those before and after."""

    above: tuple[str, str]
    table: str
    steps: Sequence[Step]


def path_of(day: date, selection: Selection, shape: str = "%Y/%m/%d") -> str:
    """The address of a day, or of its month or year, with the other filters of a list."""
    # Not by strftime, which writes early years with fewer digits.
    parts = {"%Y": f"{day.year:04}", "%m": f"{day.month:02}", "%d": f"{day.day:02}"}
    path = "/calendar/" + "/".join(parts[each] for each in shape.split("/"))
    return write(path, selection, View())


def year_page(pages: Pages, selection: Selection, view: View, t: Words) -> str:
    """A year: its months, and in them the days that have articles."""
    first = selection.since or date.min
    counted = tally.days(pages.database, selection)
    months = [first.replace(month=month) for month in range(1, 13)]
    tables = [
        month_table(
            month,
            {day: count for day, count in counted.items() if day.month == month.month},
            lambda day: path_of(day, selection),
            t,
            most=max(counted.values(), default=0),
            caption=f'<a href="{escape(path_of(month, selection, "%Y/%m"))}">{t.month_alone(month)}</a>',
        )
        for month in months
    ]
    path = path_of(first, Selection(), "%Y")
    source = sources(pages.database, [selection.source]).get(selection.source) if selection.source else None
    name = t.source_name(source, selection.source)
    said = describe(selection, pages.topics, name, t.language)
    return pages.page(
        "year",
        t,
        title=said,
        place="calendar",
        switch=write(path, selection, View(ui="en" if t.language == "zh" else "zh")),
        feeds=pages.feed_links(replace(selection, since=None, until=None)),
        feeds_of=t["latest_title"],
        heading=said,
        intro=t.articles(sum(counted.values())),
        chart=years(pages, selection, t),
        steps=steps(pages, selection, t),
        tables=tables,
    )


def years(pages: Pages, selection: Selection, t: Words) -> str:
    """All years as bars, each leading to its own calendar."""

    def address(span: Span) -> str:
        return path_of(span[0] or date.min, selection, "%Y")

    anytime = replace(selection, since=None, until=None)
    counted = dict(pages.counts(anytime)["year"])
    chosen = (selection.since, selection.until)
    return by_year(counted, address, chosen, label=t["articles_by_year"], said=t.articles)


def place_of(pages: Pages, path: str, selection: Selection, t: Words) -> Place | None:
    """Where the list of a month or day is; None for other lists."""
    if not path.startswith("/calendar/") or selection.since is None:
        return None
    first, is_month = selection.since, path.count("/") == 3
    if not is_month:
        above = (t.month(first), path_of(first, selection, "%Y/%m"))
        return Place(above=above, table="", steps=steps(pages, selection, t, "%Y/%m/%d"))
    table = month_table(
        first,
        tally.days(pages.database, selection),
        lambda day: path_of(day, selection),
        t,
        caption=t.month(first),
        is_large=True,
    )
    above = (t.year(first), path_of(first, selection, "%Y"))
    return Place(above=above, table=table, steps=steps(pages, selection, t, "%Y/%m"))


def steps(pages: Pages, selection: Selection, t: Words, shape: str = "%Y") -> list[Step]:
    """The year, month or day with articles before and after one."""
    name = {"%Y": t.year, "%Y/%m": t.month}.get(shape, t.short_day)
    found = zip(("prev", "next"), walk.days_beside(pages.database, selection), strict=True)
    return [(rel, name(day), path_of(day, selection, shape)) for rel, day in found if day]
