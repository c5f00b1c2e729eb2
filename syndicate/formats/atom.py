"""Atom (RFC 4287), with history (RFC 5005) and deletions (RFC 6721)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, cast

from feedgen.feed import FeedGenerator

from archive.model import Article
from syndicate.formats.extension import EntryExtension, FeedExtension
from syndicate.formats.texts import content_of, distinct, line, published, stored, title_of, topic_names

if TYPE_CHECKING:
    from syndicate.composing import Feed

MIME = "application/atom+xml"


def render(feed: Feed) -> bytes:
    """The document."""
    writer = FeedGenerator()
    writer.register_extension("ours", FeedExtension, EntryExtension)
    writer.ours.feed = feed
    writer.id(feed.id)
    writer.title(line(feed.title))
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
    entry.title(title_of(article))
    entry.published(published(article))
    entry.updated(stored(article))
    entry.link(href=feed.base_url + article.address, rel="alternate")
    for author in distinct(article.authors):
        entry.author({"name": author})
    for id, name in topic_names(feed, article).items():
        entry.category({"term": id, "scheme": f"{feed.base_url}/topics", "label": name})
    for category in distinct(article.categories):
        entry.category({"term": category})
    summary, content = line(article.summary), content_of(article)
    if summary or not content:
        # As HTML, in which what looks like markup is none: in plain text validators and readers suspect some.
        # An entry without any text has to have some; its title is all there is.
        entry.summary(escape(summary or title_of(article), quote=False), type="html")
    if content:
        entry.content(content, type="html")
    if rights := line(article.rights):
        entry.rights(rights)
