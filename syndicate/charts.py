"""Bars by year as SVG, each a link: no script, no style attributes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

BAR, HEIGHT = 80, 66


def bars(years: Sequence[tuple[str, int, str, bool]], label: str, named: str) -> str:
    """A chart of (year, count, address, chosen), oldest first; ``named`` says what is counted."""
    most = max((count for _, count, _, _ in years), default=1)
    drawn = "".join(bar(place, year, most, named) for place, year in enumerate(years))
    width = BAR * len(years)
    return (
        f'<svg viewBox="0 -2 {max(width, 880)} 108" role="group" aria-label="{escape(label)}">'
        f'<line x1="0" x2="{width}" y1="84" y2="84"/>{drawn}</svg>'
    )


def bar(place: int, year: tuple[str, int, str, bool], most: int, named: str) -> str:
    """One year."""
    name, count, address, chosen = year
    left, high = place * BAR, max(2, round(HEIGHT * count / most))
    said = escape(f"{name} {named.format(count)}")
    return (
        f'<a href="{escape(address)}"{" class=on" if chosen else ""} aria-label="{said}">'
        f'<rect class="hit" x="{left}" y="0" width="{BAR}" height="104"/>'
        f'<rect class="b" x="{left + 6}" y="{84 - high}" width="{BAR - 12}" height="{high}"/>'
        f'<text x="{left + BAR // 2}" y="99" text-anchor="middle">{escape(name)}</text> '
        f'<text x="{left + BAR // 2}" y="{79 - high}" text-anchor="middle">{count}</text></a>'
    )
