"""Which entries of a source a person wants: kept or dropped by patterns. The only module that knows RE2.

A filter is ``FIELD: PATTERN`` or a pattern for any field; capitals do not matter. RE2 takes time linear in
the text whatever the pattern, so that none can run away. An entry goes in when no filter drops it and, where
there are filters that keep, one of them does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from archive.errors import UsageError
from archive.model import Article, Reading

FIELDS: Mapping[str, Callable[[Article], Iterable[str]]] = {
    "title": lambda article: (article.title,),
    "text": lambda article: (article.text, article.summary),
    "url": lambda article: (article.url or "",),
    "author": lambda article: article.authors,
    "category": lambda article: article.categories,
    "language": lambda article: (article.tag,),
}
ANY = "any"
LONGEST = 1_000
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter as it was written, and ready to be asked."""

    written: str
    field: str
    pattern: Any

    def matches(self, article: Article) -> bool:
        """Whether the pattern stands in the field, or in any of the values of one that has several."""
        return any(self.pattern.search(text) for text in values(article, self.field))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The filters of one source."""

    keep: tuple[Filter, ...]
    drop: tuple[Filter, ...]

    def against(self, article: Article) -> str | None:
        """Why an article is not wanted, None when it is."""
        for each in self.drop:
            if each.matches(article):
                return f"dropped by {each.written!r}"
        if self.keep and not any(each.matches(article) for each in self.keep):
            return "kept by no filter"
        return None


@lru_cache(256)
def filters_of(reading: Reading) -> Filters:
    """The filters of a source made ready. Raises UsageError naming the filter and the place of its fault."""
    if len(reading.keep) + len(reading.drop) > MOST:
        raise UsageError(f"more than {MOST} filters; put words of one kind into one pattern: a|b|c")
    return Filters(keep=tuple(ready("keep", reading.keep)), drop=tuple(ready("drop", reading.drop)))


def ready(kind: str, written: Iterable[str]) -> Iterator[Filter]:
    """Filters of one kind made ready."""
    for number, text in enumerate(written, 1):
        name, colon, rest = text.partition(":")
        field = name.strip().lower() if colon and name.strip().lower() in (*FIELDS, ANY) else ""
        pattern = rest.strip() if field else text.strip()
        if not pattern or len(pattern) > LONGEST:
            raise UsageError(f"{kind} filter {number}: write FIELD: PATTERN, at most {LONGEST:,} characters")
        yield Filter(
            written=text, field=field or ANY, pattern=compiled(pattern, f"{kind} filter {number}, {text!r}")
        )


def compiled(pattern: str, where: str) -> Any:
    """A pattern made ready."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        told = error.args[0]
        fault = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        what, _, part = fault.partition(": ")
        at = pattern.find(part) + 1 if part else len(pattern)
        raise UsageError(
            f"{where}: the pattern is wrong at character {at}: {what} {part}".rstrip()
        ) from error


def values(article: Article, field: str) -> Iterator[str]:
    """The texts of a field, or of all."""
    for name in FIELDS if field == ANY else (field,):
        yield from FIELDS[name](article)
