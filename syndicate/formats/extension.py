"""What feedgen cannot write: whole links, history, deletions, languages, sources. For Atom and RSS.

feedgen 1.0.0 drops all attributes of an entry's links, knows no RFC 5005 and RFC 6721, and sets the process
locale to write a date; so these are written here. In Atom it makes elements without a namespace and declares
one as an attribute: names are bare there, and full in RSS. What the texts and addresses in a feed look like
is in ``texts``, for JSON Feed as well.
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from archive.model import Article, timestamp
from syndicate.formats.texts import (
    distinct,
    is_media_type,
    is_web,
    line,
    open_address,
    published,
    source_address,
    source_title,
    stored,
    uri,
)

if TYPE_CHECKING:
    from syndicate.composing import Feed

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "http://purl.org/syndication/history/1.0"
DELETED = "http://purl.org/atompub/tombstones/1.0"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
IN_RSS = ("self", "current", "prev-archive")
Attributes = dict[str, str]


class FeedExtension(BaseExtension):  # type: ignore[misc]
    """The feed's own part."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        return {"fh": HISTORY, "dc": DUBLIN_CORE}

    def extend_atom(self, root: Any) -> Any:
        styled(root, self.feed)
        root.find("updated").text = timestamp(self.feed.updated)
        for attributes in feed_links(self.feed, "application/atom+xml"):
            etree.SubElement(root, "link", attributes)
        if self.feed.is_archive:
            etree.SubElement(root, f"{{{HISTORY}}}archive")
        for article in self.feed.articles:
            if article.withdrawn:
                add_tombstone(root, article)
        return root

    def extend_rss(self, root: Any) -> Any:
        styled(root, self.feed)
        channel = root[0]
        for attributes in feed_links(self.feed, "application/rss+xml"):
            if attributes["rel"] in IN_RSS:
                etree.SubElement(channel, f"{ATOM}link", attributes)
        if self.feed.is_archive:
            etree.SubElement(channel, f"{{{HISTORY}}}archive")
        return root


class EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """An entry's part."""

    feed: Feed
    article: Article

    def extend_atom(self, entry: Any) -> Any:
        if self.article.language != "und":
            entry.set(LANG, self.article.tag)
        entry.find("updated").text = timestamp(stored(self.article))
        entry.find("published").text = timestamp(published(self.article))
        # The only one there is, put in by feedgen without its attributes.
        entry.remove(entry.find("link"))
        for attributes in entry_links(self.feed, self.article):
            etree.SubElement(entry, "link", attributes)
        source = self.feed.sources.get(self.article.source)
        if source is not None:
            origin = etree.SubElement(entry, "source")
            etree.SubElement(origin, "id").text = source_address(source, self.feed.base_url)
            etree.SubElement(origin, "title").text = source_title(source)
            etree.SubElement(origin, "updated").text = timestamp(stored(self.article))
            if is_web(source.url):
                etree.SubElement(origin, "link", {"rel": "self", "href": open_address(source.url)})
        return entry

    def extend_rss(self, item: Any) -> Any:
        etree.SubElement(item, "pubDate").text = format_datetime(published(self.article))
        if self.article.language != "und":
            add_dublin_core(item, "language", self.article.tag)
        for author in distinct(self.article.authors):
            add_dublin_core(item, "creator", author)
        if rights := line(self.article.rights):
            add_dublin_core(item, "rights", rights)
        source = self.feed.sources.get(self.article.source)
        if source is not None:
            address = source_address(source, self.feed.base_url)
            etree.SubElement(item, "source", {"url": address}).text = source_title(source)
        return item


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
    tombstone = etree.SubElement(root, f"{{{DELETED}}}deleted-entry", known, nsmap={"at": DELETED})
    if reason := line(article.withdrawn.reason):
        etree.SubElement(tombstone, f"{{{DELETED}}}comment").text = reason


def add_dublin_core(item: Any, name: str, text: str) -> None:
    """An element of Dublin Core."""
    etree.SubElement(item, f"{{{DUBLIN_CORE}}}{name}").text = text


def feed_links(feed: Feed, mime: str) -> list[Attributes]:
    """The links of a feed."""
    links: list[Attributes] = [
        {"rel": "self", "type": mime, "href": feed.self_url},
        {"rel": "alternate", "type": "text/html", "href": feed.page_url},
    ]
    if feed.current:
        links.append({"rel": "current", "type": mime, "href": feed.current})
    if feed.previous:
        links.append({"rel": "prev-archive", "type": mime, "href": feed.previous})
    return links


def entry_links(feed: Feed, article: Article) -> list[Attributes]:
    """The links of an entry: our page, its other versions, the original, what belongs to it, its licence."""
    links = version_links(feed, article)
    if is_web(article.url):
        links.append({"rel": "via", "href": uri(article.url)})
    for enclosure in article.enclosures:
        if is_web(enclosure.url):
            stated = {"type": enclosure.type if is_media_type(enclosure.type) else None}
            stated["length"] = str(enclosure.length) if enclosure.length else None
            known = {name: value for name, value in stated.items() if value}
            links.append({"rel": "enclosure", **known, "href": uri(enclosure.url)})
    if is_web(article.licence):
        links.append({"rel": "license", "href": uri(article.licence)})
    return links


def version_links(feed: Feed, article: Article) -> list[Attributes]:
    """Links to our page in its language and to its other versions, one for each language (RFC 4287, 4.1.2).

    Of several alternates many readers open the last (newsboat, Liferea, Feedbin, all that use feedparser) and
    others the first, so our page stands at both ends, once without its language.
    """
    page: Attributes = {"rel": "alternate", "type": "text/html", "href": feed.base_url + article.address}
    others: dict[str, Attributes] = {}
    for other in article.translations:
        tag = f"{other.language}-{other.script}" if other.script else other.language
        if tag != article.tag:
            others.setdefault(tag, {**page, "hreflang": tag, "href": feed.base_url + other.address})
    if article.language == "und":
        return [*others.values(), page]
    return [page, *others.values(), {**page, "hreflang": article.tag}] if others else [page]
