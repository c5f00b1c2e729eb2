"""The switch between ways to write Chinese on pages that show some."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from syndicate.pages import Pages, Row
from syndicate.strings import Words

LOOKS = re.compile(r"[?&](?:ui|script|size)=\w+")
NOTICES = {"hans": "shown_in_hans", "hant": "shown_in_hant"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """How the Chinese of a page may be written: name, address, whether chosen, language of each way.

    ``notice`` says what was converted, and ``original`` is where it was not.
    """

    links: tuple[tuple[str, str, bool, str], ...]
    notice: str
    original: str


def scripts(pages: Pages, rows: Iterable[Row], switch: str, t: Words) -> Scripts | None:
    """How the Chinese of a page may be written: links, and what was converted; None where there is none."""
    shown = list(rows)
    tags = {tag for row in shown for tag in (row.tag, *(other.tag for other in row.others))}
    if pages.as_files or not any(tag.startswith("zh") for tag in tags):
        return None
    plain = LOOKS.sub("", switch)
    mark = "&" if "?" in plain else "?"
    choices = (
        ("original", t["script_original"], t.tag),
        ("hans", "简体", "zh-Hans"),
        ("hant", "繁體", "zh-Hant"),
    )
    links = tuple(
        (name, f"{plain}{mark}script={value}", value == (t.script or "original"), tag)
        for value, name, tag in choices
    )
    converted = any(row.is_converted for row in shown)
    return Scripts(links=links, notice=t[NOTICES[t.script]] if converted else "", original=links[0][1])
