"""RSS 2.0, with Atom's links, Dublin Core and history (RFC 5005)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

from feedgen.feed import FeedGenerator

from archive.clean import clean_line
from archive.model import Article
from syndicate.formats import extension as ours

if TYPE_CHECKING:
    from syndicate.feeds import Feed

MIME = "application/rss+xml"
# feedgen changes the locale of the process while it writes the date of the feed.
ONE_AT_A_TIME = threading.Lock()


def render(feed: Feed) -> bytes:
    """The document."""
    writer = FeedGenerator()
    writer.register_extension("ours", ours.FeedExtension, ours.EntryExtension)
    writer.ours.feed = feed
    writer.id(feed.id)
    writer.title(clean_line(feed.title))
    writer.description(clean_line(feed.title))
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
    item.title(ours.title_of(article))
    item.link(href=feed.base_url + article.address)
    item.guid(article.id, permalink=False)
    for id in article.topics:
        if topic := feed.topics.get(id):
            name = topic.name("zh" if article.language == "zh" else "en")
            item.category({"term": name, "scheme": f"{feed.base_url}/topics"})
    for category in article.categories:
        item.category({"term": clean_line(category)})
    content = ours.content_of(article)
    if article.summary:
        item.description(clean_line(article.summary))
    if content:
        item.content(content)
    # RSS wants a length; one that is not known is not made up, so the enclosure is left to Atom and JSON.
    for enclosure in article.enclosures[:1]:
        if enclosure.type and enclosure.length:
            item.enclosure(enclosure.url, str(enclosure.length), enclosure.type)
