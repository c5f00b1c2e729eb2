"""RSS 2.0, with Atom's links, Dublin Core and history (RFC 5005)."""

from __future__ import annotations

import threading
from html import escape
from typing import TYPE_CHECKING, cast

from feedgen.feed import FeedGenerator

from archive.model import Article
from syndicate.formats.extension import EntryExtension, FeedExtension
from syndicate.formats.texts import (
    content_of,
    distinct,
    is_media_type,
    is_web,
    line,
    title_of,
    topic_names,
    uri,
)

if TYPE_CHECKING:
    from syndicate.composing import Feed

MIME = "application/rss+xml"
# feedgen changes the locale of the process while it writes the date of the feed.
ONE_AT_A_TIME = threading.Lock()


def render(feed: Feed) -> bytes:
    """The document; RSS has no word for deletions."""
    writer = FeedGenerator()
    writer.register_extension("ours", FeedExtension, EntryExtension)
    writer.ours.feed = feed
    writer.title(line(feed.title))
    writer.description(line(feed.title))
    writer.link(href=feed.page_url, rel="alternate")
    writer.language(feed.language)
    writer.updated(feed.updated)
    writer.generator("Syndicate")
    for article in feed.articles:
        if not article.withdrawn:
            add(writer, feed, article)
    with ONE_AT_A_TIME:
        return cast(bytes, writer.rss_str())


def add(writer: FeedGenerator, feed: Feed, article: Article) -> None:
    """One item, after those before it."""
    item = writer.add_entry(order="append")
    item.ours.feed, item.ours.article = feed, article
    item.title(title_of(article))
    item.link(href=feed.base_url + article.address)
    item.guid(article.id, permalink=False)
    for name in topic_names(feed, article).values():
        item.category({"term": name, "scheme": f"{feed.base_url}/topics"})
    for category in distinct(article.categories):
        item.category({"term": category})
    if summary := line(article.summary):
        # A description is HTML, in which plain text has to be escaped.
        item.description(escape(summary, quote=False))
    if content := content_of(article):
        item.content(content)
    # RSS wants a length; one that is not known is not made up, so the enclosure is left to Atom and JSON.
    for enclosure in article.enclosures:
        if is_web(enclosure.url) and is_media_type(enclosure.type) and enclosure.length:
            item.enclosure(uri(enclosure.url), str(enclosure.length), enclosure.type)
            break
