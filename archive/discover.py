"""A page where a feed was expected: say so, and name the feeds that it links to. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from archive.clean import clean_url
from archive.model import Document

ENOUGH = 262_144
MOST = 20
OPENING = re.compile(
    r"(?:\s|<\?[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
LINK = re.compile(r"<(?:link|base)\b[^<>]{0,2000}>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([a-zA-Z]{1,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)


def is_html(text: str) -> bool:
    """Whether a document says that it is a page."""
    return OPENING.match(text[:8_192]) is not None


def refusal(text: str, *, url: str | None) -> Document:
    """The document for a page: no feed, but perhaps links to some."""
    links = tuple(dict.fromkeys(feed_links(text[:ENOUGH], url)))[:MOST]
    told = f"; it links to {', '.join(links)}" if links else ""
    return Document(result="not_a_feed", detail=f"is a page of HTML, not a feed{told}", links=links)


def feed_links(text: str, url: str | None) -> Iterator[str]:
    """The feeds that a page links to in its head, as addresses."""
    base = url
    for tag in LINK.findall(text):
        stated = {
            name.lower(): unescape(one or two or three) for name, one, two, three in ATTRIBUTE.findall(tag)
        }
        address = clean_url(stated.get("href"), base=base)
        if tag[1:5].lower() == "base":
            base = address or base
        elif is_feed(stated) and (found := address or stated.get("href")):
            yield found


def is_feed(stated: Mapping[str, str]) -> bool:
    """Whether a link says that it leads to a feed."""
    return (
        "alternate" in stated.get("rel", "").lower().split() and stated.get("type", "").lower() in FEED_TYPES
    )
