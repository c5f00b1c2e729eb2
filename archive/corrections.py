"""What people put right in articles, and what an article is with it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from archive.errors import UsageError
from archive.model import Article, Correction
from archive.reading.dates import parse_date
from archive.reading.language import primary, script_of

FIELDS = ("title", "published", "language", "authors", "source", "text", "html")
LONGEST_TITLE = 1_000


def check(field: str, value: str) -> None:
    """Raise UsageError for a value that makes no sense, naming the field; an empty one takes a value back."""
    if field not in FIELDS:
        raise UsageError(f"{field}: cannot be corrected; these can: {', '.join(FIELDS)}")
    if field == "published" and value and parse_date(value) is None:
        raise UsageError(f"published {value!r}: no certain date; write 2022-04-02 or 2022-04-02T08:30:00Z")
    if field == "language" and value and primary(value) is None:
        raise UsageError(f"language {value!r}: no language; write its tag, such as en or zh-Hant")
    if field == "title" and len(value) > LONGEST_TITLE:
        raise UsageError(f"title: longer than {LONGEST_TITLE:,} characters")


def applied(stated: Article, corrections: Iterable[Correction]) -> Article:
    """What a source says, with what people put right."""
    found = {each.field: each.value for each in corrections}
    right = stated
    if "title" in found:
        right = replace(right, title=found["title"])
    if "authors" in found:
        right = replace(right, authors=tuple(json.loads(found["authors"])))
    if "text" in found:
        right = replace(right, text=found["text"], html=found.get("html", ""), summary="")
    if "language" in found:
        language = primary(found["language"]) or right.language
        script = script_of(right.text, declared=found["language"]) if language == "zh" else None
        right = replace(right, language=language, script=script)
    date = parse_date(found.get("published"), language=right.language)
    if date:
        right = replace(
            right,
            published=date.moment,
            published_raw=found["published"],
            published_precision=date.precision,
        )
    return right
