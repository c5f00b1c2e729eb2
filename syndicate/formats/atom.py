"""Atom (RFC 4287), with history (RFC 5005) and deletions (RFC 6721)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from feedgen.feed import FeedGenerator

from archive.clean import clean_line
from archive.model import Article
from syndicate.formats import extension as ours

if TYPE_CHECKING:
    from syndicate.feeds import Feed

MIME = "application/atom+xml"


def render(feed: Feed) -> bytes:
    """The document."""
    writer = FeedGenerator()
    writer.register_extension("ours", ours.FeedExtension, ours.EntryExtension)
    writer.ours.feed = feed
    writer.id(feed.id)
    writer.title(clean_line(feed.title))
    writer.language(feed.language)
    writer.updated(feed.updated)
    writer.generator("Syndicate")
    writer.author({"name": "Syndicate"})
    for article in feed.articles:
        if not article.withdrawn:
            add(writer, feed, article)
    return cast(bytes, writer.atom_str())


def add(writer: FeedGenerator, feed: Feed, article: Article) -> None:
    """One entry, after those before it."""
    entry = writer.add_entry(order="append")
    entry.ours.feed, entry.ours.article = feed, article
    entry.id(article.id)
    entry.title(ours.title_of(article))
    entry.published(ours.published(article))
    entry.updated(ours.stored(article))
    entry.link(href=feed.base_url + article.address, rel="alternate")
    for author in article.authors:
        entry.author({"name": clean_line(author)})
    for id in article.topics:
        if topic := feed.topics.get(id):
            label = topic.name("zh" if article.language == "zh" else "en")
            entry.category({"term": id, "scheme": f"{feed.base_url}/topics", "label": label})
    for category in article.categories:
        entry.category({"term": clean_line(category)})
    if article.summary:
        entry.summary(clean_line(article.summary))
    if content := ours.content_of(article):
        entry.content(content, type="html")
    if article.rights:
        entry.rights(clean_line(article.rights))
