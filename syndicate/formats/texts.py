"""Texts, times and addresses as feeds carry them, the same in every format. Pure.

An article is kept as it came. On its way out it loses what readers cannot show, and its addresses are written
as RFC 3986 has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from archive.model import Article, Source
from archive.reading.clean import as_html, clean_html, clean_line
from archive.reading.clean import is_web as is_web_address

if TYPE_CHECKING:
    from syndicate.composing import Feed

LONGEST_TITLE = 500
# Controls beyond ASCII, and the mark of a lost character: XML allows them, readers show boxes.
# Named by what is allowed, which is three times as quick.
CONTROLS = re.compile("[^\x00-~\xa0-\ufffc\ufffe-\U0010ffff]")
MAIL = re.compile(r"<?[^\s@<>()]+@[^\s@<>()]+>?")
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
# What stands literally in an address: all that RFC 3986 reserves or leaves free, and escapes already there.
LITERAL = "!$&'()*+,;=:@/?~"
NAME = "!$&'()*+,;=~"
# An address that is written so already.
WRITTEN = re.compile(
    r"https?://[a-z0-9.-]+(?::\d+)?/(?:[\w!$&'()*+,;=:@/?~.-]|%[0-9A-Fa-f]{2})*"
    r"(?:#(?:[\w!$&'()*+,;=:@/?~.-]|%[0-9A-Fa-f]{2})*)?",
    re.ASCII,
)
STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
HOST_AND_PORT = re.compile(r"(\[.*\]|.*?)(:\d*)?")


def line(text: str | None) -> str:
    """Text as one line that every reader can show."""
    return clean_line(CONTROLS.sub("", text)) if text else ""


def distinct(texts: Iterable[str]) -> list[str]:
    """Lines in their order, none empty and none twice."""
    return list(dict.fromkeys(filter(None, map(line, texts))))


def people(article: Article) -> list[str]:
    """Who wrote an article, without their mail addresses: those are not for everyone to collect."""
    return distinct(map(person, article.authors))


def person(stated: str) -> str:
    """A name without a mail address; of an address alone what stands before its sign."""
    if "@" not in stated:
        return stated
    return MAIL.sub("", stated).strip(" ()<>,;") or stated.partition("@")[0].strip(" ()<>,;")


def title_of(article: Article) -> str:
    """A title as feeds carry it: one line of plain text, never empty, of a length that readers show."""
    return cut_title(article.title) or beginning(article) or article.id


def beginning(article: Article) -> str:
    """What an article without a title is called: how it begins, or where it is."""
    place = uri(article.url).partition("://")[2] if is_web(article.url) else ""
    return (line(article.text) or line(article.summary) or place)[:80]


def cut_title(title: str) -> str:
    """A title as one line of a length that readers show."""
    whole = line(title)
    return whole if len(whole) <= LONGEST_TITLE else whole[: LONGEST_TITLE - 1] + "…"


def content_of(article: Article) -> str:
    """The text as HTML, cleaned once more: what was stored by an older rule cannot be changed any more.

    Its addresses are absolute since it came in, so that none is resolved here.
    """
    html = clean_html(article.html, base=None) if article.html else as_html(article.text)
    return CONTROLS.sub("", html)


def stored(article: Article) -> datetime:
    """When this revision was stored."""
    if article.stored is None:
        raise ValueError(f"{article.id}: was never stored")
    return article.stored


def published(article: Article) -> datetime | None:
    """What the source says, if anything, never later than we had it: readers pin future entries on top."""
    first = article.first_seen or stored(article)
    return min(article.published, first) if article.published else None


def topic_names(feed: Feed, article: Article) -> dict[str, str]:
    """The article's topics: their names in its language, by id."""
    language = "zh" if article.language == "zh" else "en"
    return {id: line(feed.topics[id].name(language)) for id in article.topics if id in feed.topics}


def topic_labels(feed: Feed) -> list[tuple[str, str, str]]:
    """What the topics of a feed are called in both languages: id, language, name."""
    known = [feed.topics[id] for id in feed.about if id in feed.topics]
    return [(each.id, tag, line(each.name(tag[:2]))) for each in known for tag in ("en", "zh-Hans")]


def source_title(source: Source) -> str:
    """What a source is called; never empty."""
    return line(source.title) or source.id


def source_address(source: Source, base_url: str) -> str:
    """Where a source is: its feed, else our list of it."""
    return open_address(source.url) if is_web(source.url) else f"{base_url}/source/{quote(source.id)}"


@lru_cache(maxsize=1024)  # few sources have most articles
def open_address(address: str | None) -> str:
    """A web address without the name and password that we read it with: those are nobody else's."""
    parts = urlsplit(uri(address))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def is_web(address: str | None) -> bool:
    """Whether there is an address that a reader can open."""
    return bool(address) and is_web_address(str(address))


def is_media_type(stated: str | None) -> bool:
    """Whether a stated type of a file is one."""
    return bool(stated) and bool(MEDIA_TYPE.fullmatch(str(stated)))


def uri(address: str | None) -> str:
    """A web address in the characters of RFC 3986; one that has them already stays as it is."""
    if address and WRITTEN.fullmatch(address):
        return address
    parts = urlsplit(line(address))
    rest = [
        (mark, escaped(part, LITERAL))
        for mark, part in (("", parts.path or "/"), ("?", parts.query), ("#", parts.fragment))
    ]
    return f"{parts.scheme}://{authority(parts.netloc)}" + "".join(mark + part for mark, part in rest if part)


def authority(stated: str) -> str:
    """User, host and port; a host in other letters than ASCII as the domain name system has it."""
    user, at, rest = stated.rpartition("@")
    match = HOST_AND_PORT.fullmatch(rest)
    host, port = (match[1], match[2] or "") if match else (rest, "")
    if not host.isascii():
        # What is no name there either (an empty label, one of 80 letters) is escaped like all else.
        with suppress(UnicodeError):
            host = host.encode("idna").decode()
    if not host.startswith("["):
        host = escaped(host, NAME)
    return f"{escaped(user, NAME + ':')}{at}{host}{port}"


def escaped(part: str, literal: str) -> str:
    """A part of an address; what is escaped already stays."""
    return quote(STRAY_PERCENT.sub("%25", part), safe=literal + "%")
