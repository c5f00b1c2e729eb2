"""A month as a table of its days, each with what it holds. Pure."""

from __future__ import annotations

from calendar import monthcalendar
from collections.abc import Callable, Mapping
from datetime import date
from html import escape

from syndicate.strings import Words

FEW, SOME = 1 / 3, 2 / 3  # of the fullest day: above them a day is darker than those with few, or the darkest


def month_table(
    first: date,
    counted: Mapping[date, int],
    address: Callable[[date], str],
    t: Words,
    *,
    caption: str,
    most: int = 0,
    is_large: bool = False,
) -> str:
    """The month that begins at a day; days without articles are no links. A large one says the counts.

    ``most`` is how many articles the fullest day has, where other months stand beside it.
    """
    most = most or max(counted.values(), default=0)
    heads = "".join(f'<th scope=col><abbr title="{name}">{letter}</abbr>' for letter, name in t.weekdays())
    weeks = "".join(
        "<tr>" + "".join(cell(first, day, counted, address, t, most, is_large) for day in week)
        for week in monthcalendar(first.year, first.month)
    )
    total = t.number(sum(counted.values()))
    return (
        f'<table class="cal"><caption>{caption} <span>{total}</span></caption>'
        f"<thead><tr>{heads}<tbody>{weeks}</table>"
    )


def cell(
    first: date,
    number: int,
    counted: Mapping[date, int],
    address: Callable[[date], str],
    t: Words,
    most: int,
    is_large: bool,
) -> str:
    """One day of a month, 0 for a place without one; without end tags, which would be a third of the page."""
    if not number:
        return "<td>"
    day = first.replace(day=number)
    count = counted.get(day, 0)
    if not count:
        return f"<td>{number}"
    shade = " class=c" if count > SOME * most else " class=b" if count > FEW * most else ""
    said = f' aria-label="{escape(f"{number}, {t.articles(count)}")}"' if is_large else ""
    shown = f"<span>{number} <small>{t.number(count)}</small></span>" if is_large else str(number)
    return f'<td{shade}><a href="{escape(address(day))}"{said}>{shown}</a>'
