"""Other parsers' test feeds: each ends in a named result, and reads as its own expected output says."""

from __future__ import annotations

import json
import re
import tarfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import PurePosixPath
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
from conftest import shared

from archive.model import Article, Document, Result
from archive.reading.parse import parse

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ARCHIVES = ("gofeed_testdata", "feed-rs_fixture")
ENDINGS = (".serde.json", "_expected.json", ".json")
ENTRY = re.compile(r"<((?:\w+:)?)(item|entry)(\s[^>]*[^/>])?>")
NAME_OF = {"item": "guid", "entry": "id"}
TAG = re.compile(r"<[^>]*>")
Fields = Mapping[str, Any]
Miss = tuple[str, object, object]

# Where we read otherwise on purpose, or where the expectation itself is odd; by file and field.
OTHERWISE = {
    "atom10_feed_entry_content_base64 content": "binary content is no text (RFC 4287 section 4.1.3.3)",
    "atom10_feed_entry_content_base64_escaped_markup content": "the same",
    "issue_275_extensions_and_source content": "a video and JSON are no text either",
    "entry_id_xml_base guid": "an id is kept as stated, never resolved",
    "feed_categories_-_atom_feed_categories categories": "the term of a category, not its label",
    "feed_item_fallbacks_-_rss_channel_item_extensions categories": "keywords of a podcast are no categories",
    "jsonfeed_elastic_1.1 authors": "`authors` of version 1.1 replaces `author`, and is not added to it",
    "atom10_feed_title_xhtml_escaped_markup feed title": "a title that is closed as a subtitle",
    "atom10_feed_title_xhtml_inline_markup feed title": "the same",
    "rss_channel_language feed language": "a language that is closed under another name",
    "rss_channel_item_author_naked_markup authors": "elements inside an author, met in no real feed",
    "rss_channel_item_category_naked_markup categories": "elements inside a category, met in no real feed",
    "rss_channel_item_guid_naked_markup count": "elements inside a guid, met in no real feed",
    "rss_1.0_spec_2 authors": "the name without the e-mail address behind it",
    "rss_2.0_ilgiornale authors": "the name of the author, and not the word author",
    "rss_2.0_relurl_1 authors": "the same",
    "rss_2.0_ilmessaggero feed rights": "a character that was lost and then encoded twice is shown as lost",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A feed, and what its own project says that it holds, where it says so."""

    name: str
    body: bytes
    expected: Fields | None

    @property
    def stem(self) -> str:
        """The name of the file alone."""
        return PurePosixPath(self.name).stem

    @property
    def entries(self) -> tuple[Fields, ...]:
        """The entries that are expected."""
        return tuple((self.expected or {}).get("entries") or (self.expected or {}).get("items") or ())


@cache
def pairs(archive: str) -> tuple[Pair, ...]:
    """The feeds of an archive."""
    with tarfile.open(shared(f"data/feed_conformance/{archive}.tar.gz")) as files:
        bodies = {file.name: files.extractfile(file).read() for file in files if file.isfile()}  # type: ignore[union-attr]
    found = []
    for name, body in sorted(bodies.items()):
        stem = str(PurePosixPath(name).with_suffix(""))
        expected = next((stem + end for end in ENDINGS if stem + end in bodies.keys() - {name}), None)
        if name.endswith(".xml") or not name.endswith(ENDINGS[:2]):
            is_expectation = name.endswith(".json") and f"{stem}.xml" in bodies
            found += (
                []
                if is_expectation
                else [Pair(name=name, body=body, expected=loaded(bodies.get(expected or "")))]
            )
    return tuple(found)


def loaded(expected: bytes | None) -> Fields | None:
    """What is expected, if anything is."""
    return None if expected is None else dict(json.loads(expected))


def read(body: bytes) -> Document:
    """A feed, from no address."""
    return parse(body, url=None, content_type=None, name="feed.xml", now=NOW)


def named(body: bytes) -> bytes:
    """A feed with a guid in every entry: one that has none, nor link nor words, would be left out."""
    text = body.decode("utf-8", "surrogateescape")
    made = ENTRY.sub(lambda m: f"{m[0]}<{m[1]}{NAME_OF[m[2]]}>made</{m[1]}{NAME_OF[m[2]]}>", text)
    return made.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("archive", ARCHIVES)
def test_every_feed_ends_in_a_named_result_and_soon(archive: str) -> None:
    for pair in pairs(archive):
        started = time.perf_counter()
        assert read(pair.body).result in get_args(Result), pair.name
        assert time.perf_counter() - started < 5, pair.name


@pytest.mark.parametrize("archive", ARCHIVES)
def test_feeds_read_as_their_own_projects_expect(archive: str) -> None:
    missed = {
        f"{pair.stem} {field}": (expected, found)
        for pair in pairs(archive)
        if pair.expected is not None
        for field, expected, found in misses_of(pair)
    }
    stems = {pair.stem for pair in pairs(archive)}
    assert missed.keys() == {name for name in OTHERWISE if name.partition(" ")[0] in stems}, missed


def misses_of(pair: Pair) -> Iterator[Miss]:
    """What a feed is read as otherwise than expected."""
    document = read(named(pair.body))
    if len(document.articles) != len(pair.entries):
        yield "count", len(pair.entries), f"{len(document.articles)} {document.detail}"
        return
    yield from of_feed(pair.expected or {}, document)
    for entry, article in zip(pair.entries, document.articles, strict=True):
        yield from of_entry(entry, article)


def of_feed(feed: Fields, document: Document) -> Iterator[Miss]:
    """The fields of the feed itself that are otherwise."""
    yield from differs("feed title", plain(feed.get("title")), plain(document.title))
    yield from differs(
        "feed rights", plain(feed.get("rights") or feed.get("copyright")), plain(document.rights)
    )
    yield from differs("feed language", tag(feed.get("language")), tag(document.language))
    yield from lacks("feed link", links(feed), [document.site_url, document.self_url], one_is_enough=True)


def of_entry(entry: Fields, article: Article) -> Iterator[Miss]:
    """The fields of an entry that are otherwise."""
    if article.guid not in (None, "made"):
        yield from differs("guid", plain(entry.get("guid") or entry.get("id")), plain(article.guid))
    yield from differs("title", plain(entry.get("title")), plain(article.title))
    yield from lacks("link", links(entry), [article.url], one_is_enough=True)
    stated = [
        each if isinstance(each, str) else each.get("term") or each for each in listed(entry, "categories")
    ]
    yield from lacks(
        "categories", map(plain, [*stated, *listed(entry, "tags")]), map(plain, article.categories)
    )
    files = [*(each.url for each in article.enclosures), *(each.url for each in article.images)]
    yield from lacks("enclosures", [each["url"] for each in listed(entry, "enclosures")], files)
    people = [plain(person) for person in listed(entry, "authors") or [entry.get("author")]]
    yield from lacks("authors", people, map(plain, article.authors))
    words = [plain(article.html), plain(article.text), plain(article.summary)]
    for field in ("content", "description", "summary"):
        yield from lacks(field, [plain(entry.get(field))], words)
    yield from lacks("published", moments(entry, "published"), [article.published])
    yield from lacks("updated", moments(entry, "updated"), [article.updated, article.published])


def differs(field: str, expected: str, found: str) -> Iterator[Miss]:
    """A miss where something is expected and something else was found."""
    if expected and expected != found:
        yield field, expected, found


def lacks(
    field: str, expected: Iterable[object], found: Iterable[object], *, one_is_enough: bool = False
) -> Iterator[Miss]:
    """A miss where not all, or none where one is enough, of what is expected was found."""
    wanted, had = set(expected) - {"", None}, {same(each) for each in found}
    if wanted and not (
        {same(each) for each in wanted} & had if one_is_enough else {same(each) for each in wanted} <= had
    ):
        yield field, wanted, had


def plain(value: object) -> str:
    """Words without markup, spaces and references, so that only words are compared."""
    if isinstance(value, dict):
        value = next(
            (value[key] for key in ("content", "body", "value", "name", "email") if value.get(key)), ""
        )
    return "".join(TAG.sub("", unescape(unescape(str(value or "")))).split())


def tag(language: object) -> str:
    """A language tag, as one may compare it."""
    return str(language or "").lower().replace("_", "-")


def same(value: object) -> object:
    """An address with its host in lower case and its path at least a stroke; other values as they are."""
    if not isinstance(value, str) or not value.startswith("http"):
        return value
    parts = urlsplit(value.strip())
    return parts._replace(netloc=parts.netloc.lower(), path=parts.path or "/").geturl()


def listed(fields: Fields, key: str) -> list[Any]:
    """A field that is a list, or nothing."""
    return list(fields.get(key) or ())


def links(fields: Fields) -> Iterator[str]:
    """The addresses of a page."""
    for link in listed(fields, "links") or [fields.get("link") or fields.get("url")]:
        address = link.get("href") if isinstance(link, dict) else link
        if str(address).strip().startswith("http"):
            yield str(address)


def moments(entry: Fields, field: str) -> Iterator[datetime]:
    """A time, where it is expected in a form to compare."""
    text = str(entry.get(f"{field}Parsed") or entry.get(field) or "")
    if re.match(r"\d{4}-\d\d-\d\dT", text):
        yield datetime.fromisoformat(text).replace(microsecond=0)
