"""What a person may say of a source, as ``name=value``, and what the source is then. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archive.errors import UsageError
from archive.filters import filters_of
from archive.model import PageRules, Reading, Source
from archive.reading.language import primary

PLAIN = (
    *("title", "name_en", "name_zh", "family", "folder", "language", "timezone", "rights", "licence"),
    "republish",
)
PAGE = tuple(PageRules.__slots__)
READING = ("kind", "full_text", "links", "keep", "drop", *PAGE)
REPUBLISH = ("full", "summary", "title", "none")
KINDS = ("feed", "sitemap", "index")
TRUE, FALSE = ("yes", "true", "1", "on"), ("no", "false", "0", "off", "")


def told(source: Source, said: Sequence[str]) -> Source:
    """A source with what is said of it; an empty value takes back what was said before.

    ``keep`` and ``drop`` may be said several times, and replace those before. Raises UsageError naming what
    is wrong.
    """
    values: defaultdict[str, list[str]] = defaultdict(list)
    for each in said:
        name, sign, value = each.partition("=")
        if not sign or name not in (*PLAIN, *READING):
            raise UsageError(f"{each}: write NAME=VALUE; names are {', '.join((*PLAIN, *READING))}")
        values[name] += [value.strip()] if value.strip() else []
    single = {name: found[-1] if found else "" for name, found in values.items()}
    for name, value in single.items():
        if value and name in CHECKS:
            CHECKS[name](value)
    plain = {name: single[name] or None for name in PLAIN if name in single}
    if "title" in plain and not plain["title"]:
        raise UsageError("title: a source needs one")
    return replace(source, **plain, reading=reading_told(source.reading, values, single))  # type: ignore[arg-type]


def reading_told(reading: Reading, values: Mapping[str, Sequence[str]], single: Mapping[str, str]) -> Reading:
    """How a source is read, with what is said of it."""
    from archive.reading.page_rules import (
        check as check_page_rules,  # which knows CSS and XPath, slow to load
    )

    page = replace(reading.page, **{name: single[name] for name in PAGE if name in single})
    check_page_rules(page)
    changed = replace(reading, page=page)
    if "kind" in single:
        changed = replace(changed, kind=one_of("kind", single["kind"] or "feed", KINDS))  # type: ignore[arg-type]
    if "full_text" in single:
        word = one_of("full_text", single["full_text"].lower(), (*TRUE, *FALSE))
        changed = replace(changed, full_text=word in TRUE)
    if "links" in single:
        changed = replace(changed, links=single["links"])
    for name in ("keep", "drop"):
        if name in values:
            changed = replace(changed, **{name: tuple(values[name])})  # type: ignore[arg-type]
    filters_of(changed)
    return changed


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """A value if it is one of the known ones."""
    if value not in known:
        raise UsageError(f"{name}={value}: expected one of {', '.join(filter(None, known))}")
    return value


def check_zone(value: str) -> None:
    """Raise UsageError for what is no zone."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f"timezone={value}: no such zone; write e.g. Asia/Shanghai") from error


def check_language(value: str) -> None:
    """Raise UsageError for what is no language."""
    if primary(value) is None:
        raise UsageError(f"language={value}: no language; write its tag, such as en or zh")


CHECKS: Mapping[str, Callable[[str], object]] = {
    "timezone": check_zone,
    "language": check_language,
    "republish": lambda value: one_of("republish", value, REPUBLISH),
}
