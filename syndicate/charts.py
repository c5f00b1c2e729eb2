"""Bars by year as SVG, each a link, and by month: no script, no style attributes. Pure."""

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


def by_month(counted: Sequence[tuple[str, int]], *, label: str, said: Callable[[int], str]) -> str:
    """A chart of counts by month, the oldest first, nothing when there is but one; a table says the same."""
    if len(counted) < 2:
        return ""
    most = max(count for _, count in counted)
    wide = min(WIDEST, WIDTH // len(counted))
    drawn = "".join(
        f'<rect class="b" x="{place * wide + 2}" y="{84 - high}" width="{wide - 4}" height="{high}">'
        f"<title>{escape(f'{month} {said(count)}')}</title></rect>"
        for place, (month, count) in enumerate(counted)
        for high in (max(2, round(HEIGHT * count / most)),)
    )
    ends = ((0, "start", counted[0][0]), (wide * len(counted), "end", counted[-1][0]))
    named = "".join(
        f'<text x="{x}" y="99" text-anchor="{side}">{escape(name)}</text>' for x, side, name in ends
    )
    spoken = escape(
        f"{label}: {counted[0][0]} {said(counted[0][1])} – {counted[-1][0]} {said(counted[-1][1])}"
    )
    return (
        f'<svg viewBox="0 -2 {WIDTH} 108" role="img" aria-label="{spoken}">'
        f'<line x1="0" x2="{wide * len(counted)}" y1="84" y2="84"/>{drawn}{named}</svg>'
    )
