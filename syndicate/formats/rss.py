"""RSS 2.0, with Atom's links, Dublin Core, Media RSS and history (RFC 5005)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any, cast

from archive.model import Article
from syndicate.formats.extension import document
from syndicate.formats.files import illustrated
from syndicate.formats.fragments import Fragments, divided
from syndicate.formats.texts import line, title_of

if TYPE_CHECKING:
    from syndicate.composing import Feed

MIME = "application/rss+xml"
START, END, CLOSE = b"<item>", b"</item>", b"</channel></rss>"


def render(feed: Feed, kept: Fragments | None = None) -> bytes:
    """The document, of items that were written before where they are kept; RSS has no word for deletions."""
    if kept is None:
        return whole(feed)

    def written(new: Sequence[Article]) -> list[bytes]:
        return divided(whole(replace(feed, articles=tuple(new))), START, END)

    items = kept.entries("rss", feed, written)
    return whole(replace(feed, articles=())).removesuffix(CLOSE) + b"".join(items) + CLOSE


def whole(feed: Feed) -> bytes:
    """The document, all of it written now."""
    writer = document(feed)
    writer.description(line(feed.description) or line(feed.title))
    writer.link(href=feed.page_url, rel="alternate")
    for article in feed.articles:
        if not article.withdrawn:
            add(writer, feed, article)
    return cast(bytes, writer.rss_str())


def add(writer: Any, feed: Feed, article: Article) -> None:
    """One item, after those before it."""
    item = writer.add_entry(order="append")
    content = illustrated(article)
    item.ours.feed, item.ours.article, item.ours.content = feed, article, content
    item.title(title_of(article))
    item.guid(article.id, permalink=False)
    if summary := line(article.summary):
        # A description is HTML, in which plain text has to be escaped.
        item.description(escape(summary, quote=False))
    if content:
        item.content(content)
