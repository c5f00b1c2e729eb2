"""What we say in the head of a request, and what we keep of the head of an answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
    " text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.3"
)
FORM = "application/x-www-form-urlencoded"
KEPT = frozenset(
    {"etag", "last-modified", "content-type", "retry-after", "cache-control", "expires", "link", "location"}
)


def requested(user_agent: str) -> dict[str, str]:
    """The head of every request: who asks, for what, and packed in the one way that we unpack."""
    return {"User-Agent": user_agent, "Accept": ACCEPT, "Accept-Encoding": "gzip"}


def conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """What asks only for what is new, validators exactly as they were sent (RFC 9110 section 13.1)."""
    stated = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in stated.items() if value}


def kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers worth keeping, several links as one list.

    What is not ASCII is left out, since it could not be sent back as it came; an address is escaped.
    """
    found: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        text = escaped(value) if key == "location" else value
        if key in KEPT and text.isascii():
            found[key] = f"{found[key]}, {text}" if key == "link" and key in found else text
    return found


def escaped(address: str) -> str:
    """An address as it may be sent: raw bytes, in whatever encoding they came, and spaces percent-encoded.

    What is escaped already stays as it is, to the letter: some servers sign their addresses.
    """
    return quote(address.encode("utf-8", "surrogateescape"), safe="%/:?#[]@!$&'()*+,;=~|")
