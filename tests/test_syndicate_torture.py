"""Feeds of articles that are hard to publish: well-formed, absolute, dated, and clean to a validator."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree, html
from torture import BASE, torture, torture_feed

from archive.model import moment
from archive.reading.clean import FORBIDDEN
from syndicate.formats import FORMATS
from syndicate.formats.texts import CONTROLS

XML = ("atom", "rss")
SHOWN = {each.id: each for each in torture() if not each.withdrawn}
ADDRESS = re.compile(r"https?://[A-Za-z0-9._~!$&'()*+,;=:@%/?#\[\]-]+")
HOLDS_ADDRESS = {"href", "src", "url", "scheme", "domain", "poster", "cite", "longdesc", "srcset", "data"}
# What a validator may still say: of titles and the like that hold markup as text, of dates before 1990,
# of updates in one second, and of a namespace that it does not know.
MAY_WARN = {
    *("ContainsHTML", "ContainsUndeclaredHTML", "CharacterData"),
    *("ImplausibleDate", "DuplicateUpdated", "UnknownNamespace"),
}
VALIDATE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import feedvalidator
from feedvalidator.logging import Error, ValidationFailure, Warning
body, address = sys.stdin.buffer.read(), sys.argv[2]
try:
    told = feedvalidator.validateString(body, firstOccurrenceOnly=0, base=address)["loggedEvents"]
except ValidationFailure as failure:
    told = [failure.event]
print(json.dumps([[isinstance(each, Error), type(each).__name__, str(each.params)] for each in told
                  if isinstance(each, (Error, Warning))]))
"""


def root_of(format: str) -> Any:
    """The document of all of them."""
    return etree.fromstring(FORMATS[format].render(torture_feed(format)))


def name_of(element: Any) -> str:
    """An element's name without its namespace."""
    return str(etree.QName(element).localname)


def items_of(root: Any) -> list[Any]:
    """The entries of a document."""
    return [each for each in root.iter(etree.Element) if name_of(each) in ("entry", "item")]


def texts_of(root: Any, *names: str) -> list[str]:
    """The texts of the elements of some names."""
    return [each.text or "" for each in root.iter(etree.Element) if name_of(each) in names]


def is_absolute(address: str) -> bool:
    """Whether an address can be opened from anywhere."""
    return bool(ADDRESS.fullmatch(address)) and bool(urlsplit(address).netloc)


@pytest.mark.parametrize("format", FORMATS)
def test_no_character_stands_in_a_feed_that_readers_cannot_show(format: str) -> None:
    text = FORMATS[format].render(torture_feed(format)).decode()
    assert not FORBIDDEN.search(text) and not CONTROLS.search(text)
    if format == "json":
        assert not re.findall(r"\\u[0-9a-f]{4}", text), "a control character is written as an escape"


@pytest.mark.parametrize("format", XML)
def test_every_article_is_told_once_under_its_id(format: str) -> None:
    name = "id" if format == "atom" else "guid"
    ids = [next(each.text for each in item if name_of(each) == name) for item in items_of(root_of(format))]
    assert ids == list(SHOWN)


@pytest.mark.parametrize("format", XML)
def test_every_date_is_one_and_none_is_later_than_it_came(format: str) -> None:
    root = root_of(format)
    read = moment if format == "atom" else parsedate_to_datetime
    names = ("published", "updated") if format == "atom" else ("pubDate", "lastBuildDate")
    times = [read(text) for text in texts_of(root, *names)]
    dated = [each for each in SHOWN.values() if each.published]
    assert len(times) >= len(dated) > 1 and all(time.tzinfo for time in times)
    for item in items_of(root):
        said = {name_of(each): each.text for each in item}
        article = SHOWN[said["id" if format == "atom" else "guid"]]
        assert (names[0] in said) == (article.published is not None)
        assert names[0] not in said or (article.first_seen and read(said[names[0]]) <= article.first_seen)


@pytest.mark.parametrize("format", XML)
def test_every_address_is_absolute(format: str) -> None:
    root = root_of(format)
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if name in HOLDS_ADDRESS:
                assert is_absolute(value), (element.tag, name, value)
    assert all(is_absolute(text) for text in texts_of(root, "link", "license") if text)


@pytest.mark.parametrize("format", XML)
def test_every_address_inside_a_text_is_absolute(format: str) -> None:
    found = 0
    for text in texts_of(root_of(format), "content", "encoded", "description", "summary"):
        for element in html.fragment_fromstring(text, create_parent="div").iter():
            stated = {name: value for name, value in element.attrib.items() if name in HOLDS_ADDRESS}
            for value in stated.values():
                assert value.strip().startswith(("https://", "http://", "mailto:")), value
            found += len(stated)
    assert found > 10


@pytest.mark.parametrize("format", XML)
def test_every_title_is_there_and_of_a_length_to_show(format: str) -> None:
    for item in items_of(root_of(format)):
        title = next(each.text for each in item if name_of(each) == "title")
        assert title and title.strip() and len(title) <= 500


@pytest.mark.parametrize("format", XML)
def test_no_two_alternates_are_of_one_language_and_ours_is_first_and_last(format: str) -> None:
    for item in items_of(root_of(format)):
        links = [dict(each.attrib) for each in item if name_of(each) == "link" and each.get("href")]
        alternates = [link for link in links if link.get("rel") == "alternate"]
        languages = [link.get("hreflang") for link in alternates]
        assert len(set(languages)) == len(languages)
        if alternates and languages[-1] is not None:
            assert alternates[0]["href"] == alternates[-1]["href"]


def test_every_enclosure_of_rss_has_a_true_length_and_type() -> None:
    found = list(root_of("rss").iter("enclosure"))
    assert found
    for each in found:
        assert int(each.get("length")) > 0 and re.fullmatch(r"[\w.+-]+/[\w.+-]+", each.get("type"))


def test_every_item_of_json_has_what_the_format_asks_for() -> None:
    document = json.loads(FORMATS["json"].render(torture_feed("json")))
    assert [item["id"] for item in document["items"]] == list(SHOWN)
    for item in document["items"]:
        assert item["title"] and ("content_html" in item) != ("content_text" in item)
        addresses = [
            item["url"],
            *(item.get(name, BASE) for name in ("external_url", "image", "banner_image")),
        ]
        addresses += [each["url"] for each in item.get("attachments", ())]
        assert all(address.startswith(("http://", "https://")) for address in addresses)
        assert all(each["mime_type"] for each in item.get("attachments", ()))


@pytest.mark.parametrize("format", FORMATS)
def test_no_password_of_a_source_and_no_mail_address_of_an_author_leaves(format: str) -> None:
    text = FORMATS[format].render(torture_feed(format)).decode()
    assert "reader:secret@" not in text and "a@b.example" not in text and "ann@b.example" not in text


@pytest.mark.parametrize("which", ["all", "none", "document"])
@pytest.mark.parametrize("format", XML)
def test_the_validator_of_the_w3c_finds_nothing_else_to_say(format: str, which: str) -> None:
    folder = os.environ.get("FEEDVALIDATOR")
    if not folder:
        pytest.skip("set FEEDVALIDATOR to a checkout of w3c/feedvalidator, with html5lib beside it")
    feed = torture_feed(format, () if which == "none" else None, is_archive=which == "document")
    own = Path(folder) / ".venv" / "bin" / "python"
    told = subprocess.run(
        [str(own if own.exists() else sys.executable), "-c", VALIDATE, f"{folder}/src", feed.self_url],
        input=FORMATS[format].render(feed),
        capture_output=True,
        check=True,
    )
    for is_error, kind, detail in json.loads(told.stdout):
        assert not is_error and kind in MAY_WARN, f"{kind} {detail}"
