"""What feedgen cannot write: whole links, history, deletions, languages, sources, media. For Atom and RSS.

feedgen 1.0.0 drops all attributes of an entry's links, knows no RFC 5005 and RFC 6721, and sets the process
locale to write a date; so these are written here. In Atom it makes elements without a namespace and declares
one as an attribute: names are bare there, and full in RSS. Its namespaces are the same in every document, so
that an entry is written alike wherever it stands.
"""

from __future__ import annotations

from collections.abc import Collection
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from archive.model import Article, timestamp
from syndicate import VERSION
from syndicate.formats.files import File, files, picture
from syndicate.formats.links import entry_links, feed_links, is_of_commons, item_links
from syndicate.formats.texts import (
    distinct,
    is_web,
    line,
    open_address,
    people,
    published,
    source_address,
    source_title,
    stored,
    title_of,
    topic_labels,
    topic_names,
    uri,
)

if TYPE_CHECKING:
    from syndicate.composing import Feed

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "http://purl.org/syndication/history/1.0"
DELETED = "http://purl.org/atompub/tombstones/1.0"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
COMMONS = "http://backend.userland.com/creativeCommonsRssModule"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
IN_RSS = ("self", "hub", "current", "prev-archive")
NAMESPACES = {"fh": HISTORY, "dc": DUBLIN_CORE, "media": MEDIA}
add = etree.SubElement


class FeedExtension(BaseExtension):  # type: ignore[misc]
    """The feed's own part."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        return NAMESPACES

    def extend_atom(self, root: Any) -> Any:
        styled(root, self.feed)
        root.find("updated").text = timestamp(self.feed.updated)
        for attributes in feed_links(self.feed, "application/atom+xml"):
            add(root, "link", attributes)
        for id, language, name in topic_labels(self.feed):
            add(root, "category", {"term": id, "scheme": scheme(self.feed), "label": name, LANG: language})
        if self.feed.is_archive:
            add(root, f"{{{HISTORY}}}archive")
        for article in self.feed.articles:
            if article.withdrawn:
                add_tombstone(root, article)
        return root

    def extend_rss(self, root: Any) -> Any:
        styled(root, self.feed)
        channel = root[0]
        add(channel, "lastBuildDate").text = format_datetime(self.feed.updated)
        for attributes in feed_links(self.feed, "application/rss+xml"):
            if attributes["rel"] in IN_RSS:
                add(channel, f"{ATOM}link", attributes)
        for _, _, name in topic_labels(self.feed):
            add(channel, "category", {"domain": scheme(self.feed)}).text = name
        if self.feed.is_archive:
            add(channel, f"{{{HISTORY}}}archive")
        return root


class EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """An entry's part."""

    feed: Feed
    article: Article
    content: str

    def extend_atom(self, entry: Any) -> Any:
        feed, article = self.feed, self.article
        # Of one whose language is not known too: else it would be that of the feed.
        entry.set(LANG, article.tag)
        entry.find("updated").text = timestamp(stored(article))
        if when := published(article):
            add(entry, "published").text = timestamp(when)
        for author in people(article):
            add(add(entry, "author"), "name").text = author
        summary = line(article.summary)
        if summary or not self.content:
            # As HTML, in which what looks like markup is none: in plain text validators and readers suspect
            # some. An entry without any text has to have some; its title is all there is.
            add(entry, "summary", {"type": "html"}).text = escape(summary or title_of(article), quote=False)
        add_categories(entry, feed, article)
        if rights := line(article.rights):
            add(entry, "rights").text = rights
        # There is one when there is no content, put in by feedgen without its attributes.
        for link in entry.findall("link"):
            entry.remove(link)
        for attributes in entry_links(feed, article):
            add(entry, "link", attributes)
        add_picture(entry, picture(feed, article, self.content))
        add_source(entry, feed, article)
        return entry

    def extend_rss(self, item: Any) -> Any:
        feed, article = self.feed, self.article
        add(item, "link").text = feed.base_url + article.address
        if when := published(article):
            add(item, "pubDate").text = format_datetime(when)
        add_dublin_core(item, "language", article.tag)
        for author in people(article):
            add_dublin_core(item, "creator", author)
        names = topic_names(feed, article)
        for name in names.values():
            add(item, "category", {"domain": scheme(feed)}).text = name
        for category in stated_categories(article, names.values()):
            add(item, "category").text = category
        if rights := line(article.rights):
            add_dublin_core(item, "rights", rights)
        if is_web(article.licence) and is_of_commons(article.licence):
            add(item, f"{{{COMMONS}}}license", nsmap={"creativeCommons": COMMONS}).text = uri(article.licence)
        for attributes in item_links(feed, article):
            add(item, f"{ATOM}link", attributes)
        add_files(item, files(article))
        add_picture(item, picture(feed, article, self.content))
        source = feed.sources.get(article.source)
        if source is not None:
            address = source_address(source, feed.base_url)
            add(item, "source", {"url": address}).text = source_title(source)
        return item


def document(feed: Feed) -> FeedGenerator:
    """A document with nothing in it yet but who wrote it."""
    writer = FeedGenerator()
    # Its default is now, and writing it would change the locale of the whole process: the extension does.
    writer._FeedGenerator__rss_lastBuildDate = None
    writer.register_extension("ours", FeedExtension, EntryExtension)
    writer.ours.feed = feed
    writer.title(line(feed.title))
    writer.language(feed.language)
    writer.generator("Syndicate", version=VERSION, uri=f"{feed.base_url}/about")
    return writer


def scheme(feed: Feed) -> str:
    """Whose words our topics are."""
    return f"{feed.base_url}/topics"


def styled(root: Any, feed: Feed) -> None:
    """Name the stylesheet before the document's element."""
    if feed.style:
        root.addprevious(
            etree.ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{feed.style}"')
        )


def add_tombstone(root: Any, article: Article) -> None:
    """That an article was withdrawn, when and why (RFC 6721); its namespace is declared only where used."""
    if article.withdrawn is None:
        return
    known = {"ref": article.id, "when": timestamp(article.withdrawn.when)}
    tombstone = add(root, f"{{{DELETED}}}deleted-entry", known, nsmap={"at": DELETED})
    if reason := line(article.withdrawn.reason):
        add(tombstone, f"{{{DELETED}}}comment").text = reason


def add_dublin_core(item: Any, name: str, text: str) -> None:
    """An element of Dublin Core."""
    add(item, f"{{{DUBLIN_CORE}}}{name}").text = text


def add_categories(entry: Any, feed: Feed, article: Article) -> None:
    """Our topics, with their names in the language of the entry, and what the source said."""
    ours = "zh" if article.language == "zh" else "en"
    names = topic_names(feed, article)
    for id, name in names.items():
        known = {"term": id, "scheme": scheme(feed), "label": name}
        if article.language != ours:
            known[LANG] = ours
        add(entry, "category", known)
    for category in stated_categories(article, names.values()):
        # laminas-feed takes the label for the name, and nothing where there is none.
        add(entry, "category", {"term": category, "label": category})


def stated_categories(article: Article, ours: Collection[str]) -> list[str]:
    """What the source said, but for what a topic of ours is called as well."""
    return [category for category in distinct(article.categories) if category not in ours]


def add_picture(entry: Any, found: File | None) -> None:
    """The first picture of an article, as readers look for it (Media RSS)."""
    if found is not None:
        known = {"url": found.url, "medium": "image", **found.stated("type", "fileSize")}
        add(entry, f"{{{MEDIA}}}content", known)
        add(entry, f"{{{MEDIA}}}thumbnail", {"url": found.url})


def add_files(item: Any, found: tuple[File, ...]) -> None:
    """One enclosure, which has to have a type and length, and none is made up; all others as Media RSS."""
    enclosed = next((file for file in found if file.fits_enclosure), None)
    for file in found:
        if file is enclosed:
            add(item, "enclosure", {"url": file.url, "length": str(file.length), "type": str(file.type)})
        elif file.medium != "image":
            known = {"url": file.url, "medium": file.medium, **file.stated("type", "fileSize")}
            add(item, f"{{{MEDIA}}}content", known)


def add_source(entry: Any, feed: Feed, article: Article) -> None:
    """The feed that an article comes from (RFC 4287 section 4.2.11)."""
    source = feed.sources.get(article.source)
    if source is None:
        return
    origin = add(entry, "source")
    add(origin, "id").text = source_address(source, feed.base_url)
    add(origin, "title").text = source_title(source)
    if not people(article):
        # An entry has some author: its own, else its source. One of the whole feed would be shown as its own.
        add(add(origin, "author"), "name").text = source_title(source)
    add(origin, "updated").text = timestamp(stored(article))
    if is_web(source.url):
        add(origin, "link", {"rel": "self", "href": open_address(source.url)})
