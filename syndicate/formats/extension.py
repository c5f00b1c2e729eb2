"""What feedgen cannot write: whole links, history, deletions, languages, sources. For Atom and RSS.

feedgen 1.0.0 drops all attributes of an entry's links, knows no RFC 5005 and RFC 6721, and sets the process
locale to write a date; so these are written here. In Atom it makes elements without a namespace and declares
one as an attribute: names are bare there, and full in RSS.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from archive.clean import clean_html, clean_line
from archive.model import Article, timestamp

if TYPE_CHECKING:
    from syndicate.feeds import Feed

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "http://purl.org/syndication/history/1.0"
DELETED = "http://purl.org/atompub/tombstones/1.0"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LONGEST_TITLE = 500
Attributes = dict[str, str]


class FeedExtension(BaseExtension):  # type: ignore[misc]
    """The feed's own part."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        return {"fh": HISTORY, "at": DELETED, "dc": DUBLIN_CORE}

    def extend_atom(self, root: Any) -> Any:
        for link in root.findall("link"):
            root.remove(link)
        for attributes in feed_links(self.feed, "application/atom+xml"):
            etree.SubElement(root, "link", attributes)
        if self.feed.is_archive:
            etree.SubElement(root, f"{{{HISTORY}}}archive")
        for article in self.feed.articles:
            if article.withdrawn:
                tombstone = etree.SubElement(root, f"{{{DELETED}}}deleted-entry")
                tombstone.set("ref", article.id)
                tombstone.set("when", timestamp(article.withdrawn.when))
                if article.withdrawn.reason:
                    comment = etree.SubElement(tombstone, f"{{{DELETED}}}comment")
                    comment.text = clean_line(article.withdrawn.reason)
        return root

    def extend_rss(self, root: Any) -> Any:
        channel = root[0]
        for attributes in feed_links(self.feed, "application/rss+xml"):
            if attributes["rel"] in ("self", "current", "prev-archive"):
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
        for link in entry.findall("link"):
            entry.remove(link)
        for attributes in entry_links(self.feed, self.article):
            etree.SubElement(entry, "link", attributes)
        source = self.feed.sources.get(self.article.source)
        if source is not None:
            origin = etree.SubElement(entry, "source")
            etree.SubElement(origin, "id").text = source.url or f"{self.feed.base_url}/source/{source.id}"
            etree.SubElement(origin, "title").text = clean_line(source.title)
            etree.SubElement(origin, "updated").text = timestamp(stored(self.article))
            if source.url:
                etree.SubElement(origin, "link", {"rel": "self", "href": source.url})
        return entry

    def extend_rss(self, item: Any) -> Any:
        etree.SubElement(item, "pubDate").text = rfc822(published(self.article))
        if self.article.language != "und":
            etree.SubElement(item, f"{{{DUBLIN_CORE}}}language").text = self.article.tag
        for author in self.article.authors:
            etree.SubElement(item, f"{{{DUBLIN_CORE}}}creator").text = clean_line(author)
        if self.article.rights:
            etree.SubElement(item, f"{{{DUBLIN_CORE}}}rights").text = clean_line(self.article.rights)
        source = self.feed.sources.get(self.article.source)
        if source is not None:
            address = source.url or f"{self.feed.base_url}/source/{source.id}"
            etree.SubElement(item, "source", {"url": address}).text = clean_line(source.title)
        return item


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
    page: Attributes = {"rel": "alternate", "type": "text/html", "href": feed.base_url + article.address}
    if article.language != "und":
        page["hreflang"] = article.tag
    links: list[Attributes] = [page]
    for other in article.translations:
        tag = f"{other.language}-{other.script}" if other.script else other.language
        address = feed.base_url + other.address
        links.append({"rel": "alternate", "type": "text/html", "hreflang": tag, "href": address})
    if is_web(article.url):
        links.append({"rel": "via", "href": str(article.url)})
    for enclosure in article.enclosures:
        stated = {"type": enclosure.type, "length": str(enclosure.length) if enclosure.length else None}
        known = {name: value for name, value in stated.items() if value}
        links.append({"rel": "enclosure", **known, "href": enclosure.url})
    if is_web(article.licence):
        links.append({"rel": "license", "href": str(article.licence)})
    return links


def is_web(address: str | None) -> bool:
    """Whether there is an address that a reader can open."""
    return bool(address) and str(address).startswith(("http://", "https://"))


def title_of(article: Article) -> str:
    """A title as feeds carry it: one line of plain text, never empty, of a length that readers show."""
    title = clean_line(article.title) or clean_line(article.text)[:80] or article.id
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


def content_of(article: Article) -> str:
    """The text as HTML; cleaned once more on its way out."""
    if article.html:
        return clean_html(article.html, base=article.url)
    paragraphs = [part for part in article.text.split("\n\n") if part.strip()]
    return "".join(f"<p>{escaped(part)}</p>" for part in paragraphs)


def escaped(text: str) -> str:
    """Plain text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")


def stored(article: Article) -> datetime:
    """When this revision was stored."""
    if article.stored is None:
        raise ValueError(f"{article.id}: was never stored")
    return article.stored


def published(article: Article) -> datetime:
    """What the source says, never later than we had it, since readers pin future entries on top."""
    first = article.first_seen or stored(article)
    return min(article.published, first) if article.published else first


def rfc822(moment: datetime) -> str:
    """A time as RSS writes it."""
    return format_datetime(moment)
