"""Entries that are kept: the same bytes as written anew, made again when anything in them changes."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from factories import NOW, source
from torture import IMAGES, SHA, stored, torture, torture_feed

from archive.model import (
    Alternate,
    Article,
    Correction,
    Enclosure,
    Image,
    Topic,
    Translation,
    Withdrawn,
    article_id,
)
from syndicate.formats import FORMATS
from syndicate.formats.fragments import KEY_BYTES, Fragments

CONTENT = {
    "title",
    "summary",
    "html",
    "text",
    "authors",
    "published_raw",
    "categories",
    "enclosures",
    "images",
}
OTHER = Translation(
    id=article_id("example", "zh"), language="zh", script=None, title="一", address="/a/zh", state="stated"
)
FULL = stored(
    "full",
    summary="s",
    html="<p>x</p>",
    images=(IMAGES[0], IMAGES[4]),
    enclosures=(Enclosure(url="https://e.example/1.mp3", type="audio/mpeg", length=1),),
    topics=("olympics",),
    translations=(OTHER,),
)
# Another value of every field there is.
CHANGED: Mapping[str, Any] = {
    "title": "Another",
    "text": "Other text.",
    "html": "<p>y</p>",
    "summary": "another",
    "language": "zh",
    "script": "Hant",
    "source": "bare",
    "guid": "g",
    "url": "https://e.example/u",
    "authors": ("Ann",),
    "published": NOW - timedelta(days=999),
    "published_raw": "raw",
    "published_precision": "day",
    "updated": NOW,
    "categories": ("c",),
    "enclosures": (),
    "images": (Image(url="https://e.example/other.png"),),
    "alternates": (Alternate(language="zh"),),
    "rights": "©",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "republish": "full",
    "embargo": NOW,
    "note": "for the desk only",
    "id": article_id("example", "other"),
    "number": 9,
    "seq": 9,
    "revision": 9,
    "sha": "c" * 64,
    "address": "/a/other",
    "first_seen": NOW - timedelta(days=1000),
    "stored": NOW - timedelta(days=1),
    "editor": "desk",
    "day": date(2020, 1, 1),
    "sorted": NOW,
    "topics": ("education",),
    "translations": (replace(OTHER, title="二"),),
    "corrections": (Correction(field="title", value="v", reason="r", by="b", when=NOW),),
    "withdrawn": Withdrawn(when=NOW, reason="", by=""),
}


@pytest.mark.parametrize("format", FORMATS)
def test_a_feed_of_kept_entries_is_the_same_bytes(format: str) -> None:
    writer, kept = FORMATS[format], Fragments()
    whole = torture_feed(format)
    some = replace(whole, articles=torture()[1::2])
    for feed in (some, whole, whole, replace(whole, articles=torture()[::-1]), replace(some, articles=())):
        assert writer.render(feed, kept) == writer.render(feed)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", [field.name for field in fields(Article)])
def test_an_entry_is_written_again_when_anything_in_it_changes(format: str, name: str) -> None:
    kept = Fragments()
    FORMATS[format].render(torture_feed(format, (FULL,)), kept)
    changed = replace(FULL, **{name: CHANGED[name]})
    assert getattr(changed, name) != getattr(FULL, name)
    if name in CONTENT:
        # As the archive has it: other content has another hash.
        changed = replace(changed, sha=changed.digest)
    feed = torture_feed(format, (changed,))
    assert FORMATS[format].render(feed, kept) == FORMATS[format].render(feed)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "changed",
    [
        {"base_url": "https://moved.example"},
        {"sources": {"example": source(title="Renamed")}},
        {"sources": {}},
        {"topics": {"olympics": Topic(id="olympics", en="Games", zh="赛事")}},
        {"types": {SHA: "image/webp"}},
        {"articles": (replace(FULL, html="", text=""),)},
        {"articles": (replace(FULL, html="<p>the same, otherwise shown</p>"),)},
        {"articles": (replace(FULL, html="", text="the same, otherwise shown"),)},
        {"articles": (replace(FULL, html="", text="", summary="", enclosures=(), images=()),)},
    ],
)
def test_an_entry_is_written_again_when_what_is_around_it_changes(
    format: str, changed: dict[str, Any]
) -> None:
    kept = Fragments()
    FORMATS[format].render(torture_feed(format, (FULL,)), kept)
    feed = replace(torture_feed(format, (FULL,)), **changed)
    assert FORMATS[format].render(feed, kept) == FORMATS[format].render(feed)


def test_what_is_kept_is_not_written_again() -> None:
    kept, feed = Fragments(), torture_feed("atom", (FULL,))
    asked: list[int] = []

    def write(new: Any) -> list[bytes]:
        asked.append(len(new))
        return [each.title.encode() for each in new]

    assert kept.entries("atom", feed, write) == kept.entries("atom", feed, write) == [b"A title"]
    assert asked == [1]


def test_no_more_is_kept_than_there_is_room_for() -> None:
    kept = Fragments(most_bytes=3 * (KEY_BYTES + 10))
    asked: list[str] = []

    def write(new: Any) -> list[bytes]:
        asked.extend(each.title for each in new)
        return [b"0123456789" for _ in new]

    for name in "abcabdab":
        kept.entries("atom", torture_feed("atom", (stored(name, title=name),)), write)
    assert asked == list("abcd")  # c was used least when d came
    kept.entries("atom", torture_feed("atom", tuple(stored(name, title=name) for name in "cdefg")), write)
    assert asked == list("abcdcefg")


def test_threads_share_what_is_kept() -> None:
    kept = Fragments(most_bytes=200_000)
    feeds = [torture_feed("rss", torture()[start::7]) for start in range(7)]
    whole = [FORMATS["rss"].render(feed) for feed in feeds]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda n: FORMATS["rss"].render(feeds[n % 7], kept), range(28))) == whole * 4
