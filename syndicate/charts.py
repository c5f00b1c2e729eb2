"""Bars by year as SVG, each a link: no script, no style attributes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape

WIDTH, WIDEST, HEIGHT = 880, 80, 66
MOST_YEARS = 20  # so that a phone, which shows the chart at four fifths, can still be read
Span = tuple[date | None, date | None]


def by_year(
    counted: Mapping[str, int],
    address: Callable[[Span], str],
    chosen: Span,
    *,
    label: str,
    said: Callable[[int], str],
) -> str:
    """A chart of counts by year, nothing when there is but one; ``address`` links to the days of a year.

    One article with a year out of this world must not push all others off the chart: where they are too far
    apart, only the years that have articles are drawn.
    """
    if len(counted) < 2:
        return ""
    years = [str(year).zfill(4) for year in range(int(min(counted)), int(max(counted)) + 1)]
    drawn = years if len(years) <= MOST_YEARS else sorted(counted)[-MOST_YEARS:]
    found = []
    for year in drawn:
        span = (date(int(year), 1, 1), date(int(year), 12, 31))
        found.append((year, counted.get(year, 0), address(span), span == chosen))
    return bars(found, label, said)


def bars(years: Sequence[tuple[str, int, str, bool]], label: str, said: Callable[[int], str]) -> str:
    """A chart of (year, count, address, chosen), oldest first; ``said`` is a count in words."""
    most = max((count for _, count, _, _ in years), default=1)
    wide = min(WIDEST, WIDTH // max(1, len(years)))
    drawn = "".join(bar(place * wide, wide, year, most, said) for place, year in enumerate(years))
    return (
        f'<svg viewBox="0 -2 {WIDTH} 108" role="group" aria-label="{escape(label)}">'
        f'<line x1="0" x2="{wide * len(years)}" y1="84" y2="84"/>{drawn}</svg>'
    )


def bar(left: int, wide: int, year: tuple[str, int, str, bool], most: int, said: Callable[[int], str]) -> str:
    """One year, so far from the left and so wide."""
    name, count, address, chosen = year
    high = max(2, round(HEIGHT * count / most)) if count else 0
    gap = wide // 12
    spoken = escape(f"{name} {said(count)}")
    return (
        f'<a href="{escape(address)}"{" class=on" if chosen else ""} aria-label="{spoken}">'
        f'<rect class="hit" x="{left}" y="0" width="{wide}" height="104"/>'
        f'<rect class="b" x="{left + gap}" y="{84 - high}" width="{wide - 2 * gap}" height="{high}"/>'
        f'<text x="{left + wide // 2}" y="99" text-anchor="middle">{escape(name)}</text> '
        f'<text x="{left + wide // 2}" y="{79 - high}" text-anchor="middle">{count:,}</text></a>'
    )
