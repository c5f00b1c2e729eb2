"""Atom (RFC 4287), with history (RFC 5005) and deletions (RFC 6721)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from archive.model import Article
from syndicate.formats.extension import document
from syndicate.formats.files import illustrated
from syndicate.formats.fragments import Fragments, divided
from syndicate.formats.texts import line, stored, title_of

if TYPE_CHECKING:
    from syndicate.composing import Feed

MIME = "application/atom+xml"
START, END, CLOSE = b"<entry", b"</entry>", b"</feed>"


def render(feed: Feed, kept: Fragments | None = None) -> bytes:
    """The document, of entries that were written before where they are kept."""
    if kept is None:
        return whole(feed)
    gone = tuple(article for article in feed.articles if article.withdrawn)

    def written(new: Sequence[Article]) -> list[bytes]:
        return divided(whole(replace(feed, articles=tuple(new))), START, END)

    entries = kept.entries("atom", feed, written)
    return whole(replace(feed, articles=gone)).removesuffix(CLOSE) + b"".join(entries) + CLOSE


def whole(feed: Feed) -> bytes:
    """The document, all of it written now."""
    writer = document(feed)
    writer.id(feed.id)
    writer.subtitle(line(feed.description) or None)
    writer.updated(feed.updated)
    for article in feed.articles:
        if not article.withdrawn:
            add(writer, feed, article)
    return cast(bytes, writer.atom_str())


def add(writer: Any, feed: Feed, article: Article) -> None:
    """One entry, after those before it."""
    entry = writer.add_entry(order="append")
    content = illustrated(article)
    entry.ours.feed, entry.ours.article, entry.ours.content = feed, article, content
    entry.id(article.id)
    entry.title(title_of(article))
    entry.updated(stored(article))
    if content:
        entry.content(content, type="html")
    else:
        entry.link(href=feed.base_url + article.address)
