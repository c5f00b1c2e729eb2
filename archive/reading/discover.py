"""A page where a feed was expected: say so, and name the feeds that it links to. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import urlsplit

from archive.model import Document
from archive.reading.clean import clean_url

ENOUGH = 262_144
MOST = 20
LONGEST_PROLOGUE = 8_192
LONGEST_LABEL = 80
COMMENT = r"<!--(?:(?!-->).)*-->"
OPENING = re.compile(
    rf"(?:\s|<\?[^>]*>|{COMMENT})*<(?:!doctype\s+html|html|head|body|meta|title|script|style|div|frameset)\b",
    re.IGNORECASE | re.DOTALL,
)
# Where a feed begins; what servers and programs print before it is no part of it.
FEED_START = re.compile(r"<\?xml\s|<(?:[\w-]{1,20}:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
PROLOGUE = re.compile(rf"(?:\s|{COMMENT}|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>|<\?xml-[^>]*>)*\Z", re.DOTALL)
# What is not closed hides all that follows, as in a browser, and is looked through only once.
UNSEEN = re.compile(
    r"<!--(?:.*?-->|.*)|<(script|style|template)\b(?:.*?</\1\s*>|.*)", re.IGNORECASE | re.DOTALL
)
TAG = re.compile(
    r"<(?:(link|base)\b([^<>]{0,2000})>|a\b([^<>]{0,2000})>((?:(?!</?a\b).){0,500}))",
    re.IGNORECASE | re.DOTALL,
)
ATTRIBUTE = re.compile(r"([a-zA-Z]{1,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
MARKUP = re.compile(r"<[^>]*>")
FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
# Types of anything, a feed among others where the link says so in words.
LOOSE_TYPES = frozenset(
    {"text/xml", "application/xml", "application/rss", "application/atom", "text/rss+xml"}
)
FEED_PATH = re.compile(
    r"/(?:feeds?|rss|atom|rdf)(?:\.\w{2,5}|\d?\.xml)?/?$|/\w*(?:rss|atom|feed)\w*\.(?:xml|json|rdf)$"
    r"|/(?:index|posts|all)\.(?:xml|rdf)$|\.(?:rss|atom|rdf)$"
    r"|/feeds?/(?:all|atom|index|latest|main|news|podcast|posts|rss2?)\b"
)
FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|output|type|alt)=(?:rss2?|atom|rdf)(?:&|$)")
FEED_WORDS = re.compile(r"\b(?:rss|atom)\b|\bweb ?feed\b|订阅源|訂閱源", re.IGNORECASE)
# Services that are given the address of a feed to subscribe to it.
READERS = re.compile(
    r"(?:^|\.)(?:feedly|netvibes|newsblur|inoreader|bloglines|my\.yahoo|google|facebook|x)\.com$"
)


def is_html(text: str) -> bool:
    """Whether a document says that it is a page."""
    return OPENING.match(text[:LONGEST_PROLOGUE]) is not None


def without_noise(text: str) -> str:
    """A feed without the warnings, blank pages or comments that stand before its beginning."""
    match = FEED_START.search(text[:LONGEST_PROLOGUE])
    if match is None or (not match[0].startswith("<?") and PROLOGUE.match(text[: match.start()])):
        return text
    return text[match.start() :]


def refusal(text: str, *, url: str | None) -> Document:
    """The document for a page: no feed, but perhaps links to some."""
    declared, likely = feed_links(text[:ENOUGH], url)
    links = tuple(dict.fromkeys([*declared, *likely]))[:MOST]
    told = f"; it links to {', '.join(links)}" if links else ""
    return Document(
        result="not_a_feed",
        detail=f"is a page of HTML, not a feed{told}",
        links=links,
        declared=len(set(declared)),
    )


def feed_links(text: str, url: str | None) -> tuple[list[str], list[str]]:
    """The feeds that a page links to, as addresses: those that it declares, and those that look like one."""
    base = url
    declared: list[str] = []
    likely: list[str] = []
    for name, in_head, in_text, words in TAG.findall(UNSEEN.sub(" ", text)):
        stated = attributes(in_head or in_text)
        address = clean_url(stated.get("href", "").removeprefix("feed:"), base=base)
        if name.lower() == "base":
            base = address or base
        elif name and is_feed(stated):
            if found := address or stated.get("href"):
                declared.append(found)
        elif address and looks_like_feed(stated, MARKUP.sub(" ", words), address, is_declared=bool(name)):
            likely.append(address)
    return declared, likely


def attributes(inside: str) -> Mapping[str, str]:
    """The attributes of a tag."""
    return {
        name.lower(): unescape(one or two or three) for name, one, two, three in ATTRIBUTE.findall(inside)
    }


def is_feed(stated: Mapping[str, str]) -> bool:
    """Whether a link says that it leads to a feed."""
    return "alternate" in relations(stated) and kind(stated) in FEED_TYPES


def looks_like_feed(stated: Mapping[str, str], words: str, address: str, *, is_declared: bool) -> bool:
    """Whether a link that does not say so leads to a feed, by its address or its words."""
    parts = urlsplit(address)
    if READERS.search(parts.hostname or ""):
        return False
    told = f"{stated.get('title', '')} {words}"
    is_told = len(told) < LONGEST_LABEL and FEED_WORDS.search(told) is not None
    is_named = bool(FEED_PATH.search(parts.path.lower()) or FEED_QUERY.search(parts.query.lower()))
    if not is_declared:
        return is_named or is_told
    is_loose = "alternate" in relations(stated) and kind(stated) in LOOSE_TYPES and (is_told or is_named)
    return is_loose or "feed" in relations(stated)


def relations(stated: Mapping[str, str]) -> list[str]:
    """What a link says about where it leads."""
    return stated.get("rel", "").lower().split()


def kind(stated: Mapping[str, str]) -> str:
    """The type that a link states, without parameters."""
    return stated.get("type", "").lower().partition(";")[0].strip()
