"""Read a JSON Feed (versions 1.0 and 1.1) as a document of articles. Pure; never raises on bad content."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from archive.model import Article, Document, Enclosure, Hints, Image
from archive.reading.clean import clean_line, clean_url
from archive.reading.entries import Stated, Words, article, enclosure

VERSION = "jsonfeed.org/version/1"  # with http, too
MOST_OBJECTS = 300_000
BODIES = frozenset({"content_html", "content_text"})
Fields = Mapping[str, object]


def read(text: str, *, url: str | None, most: int) -> Document:
    """The feed that a JSON text holds, with at most so many items."""
    if text.count("{") + text.count("[") > MOST_OBJECTS:
        return Document(result="too_complex", detail=f"holds more than {MOST_OBJECTS:,} objects")
    try:
        feed = json.loads(text)
    except RecursionError:
        return Document(result="too_complex", detail="is JSON nested too deeply")
    except ValueError as error:
        return Document(result="not_a_feed", detail=f"is not JSON: {error}")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or not (is_stated(feed) or any(map(is_item, items))):
        return Document(
            result="not_a_feed", detail="is JSON, but no JSON Feed: it has no version and no items"
        )
    return document(feed, items, url=url, most=most)


def is_stated(feed: Fields) -> bool:
    """Whether it says that it is a JSON Feed."""
    return VERSION in str(feed.get("version", "")).lower()


def is_item(item: object) -> bool:
    """Whether this can only be an item of a JSON Feed; real feeds were met without their version."""
    if not isinstance(item, dict):
        return False
    return not item.keys().isdisjoint(BODIES) or ("id" in item and "url" in item)


def document(feed: Fields, items: Sequence[object], *, url: str | None, most: int) -> Document:
    """What was read, as a document."""
    notes: list[str] = []
    base = clean_url(line(feed, "feed_url"), base=url) or url
    kept = items[:most]
    articles = [
        found for place, item in enumerate(kept, 1) if (found := entry(feed, item, base, place, notes))
    ]
    if len(items) > most:
        notes.insert(0, f"has {len(items):,} entries; the first {most:,} were kept")
    all_failed = bool(items) and not articles and bool(notes)
    return Document(
        result="failed" if all_failed else "warning" if notes else "ok" if articles else "empty",
        detail="; ".join(notes)[:1_000] or None,
        kind="json11" if "1.1" in str(feed.get("version")) else "json1",
        self_url=clean_url(line(feed, "feed_url"), base=url),
        site_url=clean_url(line(feed, "home_page_url"), base=base),
        title=line(feed, "title") or None,
        language=line(feed, "language")[:35] or None,
        articles=tuple(articles),
        skipped=len(kept) - len(articles),
        hints=Hints(hub=next(hubs(feed), None), next_page=clean_url(line(feed, "next_url"), base=url)),
    )


def entry(feed: Fields, item: object, base: str | None, place: int, notes: list[str]) -> Article | None:
    """The article of one item; a note when it is none."""
    if not isinstance(item, dict):
        notes.append(f"entry {place} is not an object")
        return None
    address = clean_url(line(item, "url") or line(item, "external_url"), base=base)
    # Version 1.0 wanted a string; numbers were always met.
    guid = item.get("id")
    return article(
        Stated(
            guid=str(guid) if isinstance(guid, str | int | float) else None,
            url=address,
            title=words(item, "title", is_html=False),
            contents=[
                content
                for key in ("content_html", "content_text")
                if (content := words(item, key, is_html=key == "content_html"))
            ],
            summary=words(item, "summary", is_html=False),
            authors=[*names(item)] or [*names(feed)],
            published=[time(item, "date_published"), time(item, "date_modified")],
            updated=time(item, "date_modified"),
            categories=[tag for tag in listed(item, "tags") if isinstance(tag, str)],
            enclosures=[*attachments(item, base)],
            images=[Image(url=found) for found in pictures(item, base)],
            language=line(item, "language") or line(feed, "language"),
            base=base,
        )
    )


def line(fields: Fields, key: str) -> str:
    """A field of text as one line; empty when it is missing or something else."""
    value = fields.get(key)
    return clean_line(value) if isinstance(value, str) else ""


def time(fields: Fields, key: str) -> str:
    """A time; numbers, which the format does not know, are seconds or milliseconds."""
    value = fields.get(key)
    return str(value) if isinstance(value, int | float) else line(fields, key)


def listed(fields: Fields, key: str) -> Sequence[object]:
    """A field that is a list; empty when it is missing or something else."""
    value = fields.get(key)
    return value if isinstance(value, list) else ()


def words(fields: Fields, key: str, *, is_html: bool) -> Words | None:
    """A field of words."""
    value = fields.get(key)
    return Words(value=value, is_html=is_html) if isinstance(value, str) and value.strip() else None


def names(fields: Fields) -> Iterator[str]:
    """The names of who wrote it: ``authors`` of version 1.1, ``author`` of 1.0."""
    for person in listed(fields, "authors") or (fields.get("author"),):
        if isinstance(person, dict) and (name := line(person, "name")):
            yield name


def attachments(item: Fields, base: str | None) -> Iterator[Enclosure]:
    """The files that belong to an item."""
    files = (file for file in listed(item, "attachments") if isinstance(file, dict))
    stated = ((file.get("url"), file.get("mime_type"), file.get("size_in_bytes")) for file in files)
    yield from filter(None, (enclosure(*file, base=base) for file in stated))


def pictures(item: Fields, base: str | None) -> Iterator[str]:
    """The addresses of an item's pictures."""
    stated = (clean_url(line(item, key), base=base) for key in ("image", "banner_image"))
    yield from dict.fromkeys(filter(None, stated))


def hubs(feed: Fields) -> Iterator[str]:
    """The hubs that push the feed."""
    stated = (hub for hub in listed(feed, "hubs") if isinstance(hub, dict))
    addresses = (clean_url(line(hub, "url")) for hub in stated if line(hub, "type").lower() == "websub")
    yield from filter(None, addresses)
