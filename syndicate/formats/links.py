"""The links of feeds and entries: where they are, what else tells the same, what belongs to them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.model import Article
from syndicate.formats.files import files
from syndicate.formats.texts import is_web, uri

if TYPE_CHECKING:
    from syndicate.composing import Feed

Attributes = dict[str, str]
COMMONS = ("http://creativecommons.org/", "https://creativecommons.org/")


def feed_links(feed: Feed, mime: str) -> list[Attributes]:
    """The links of a feed."""
    links: list[Attributes] = [
        {"rel": "self", "type": mime, "href": feed.self_url},
        {"rel": "alternate", "type": "text/html", "href": feed.page_url},
    ]
    if feed.hub:
        links.append({"rel": "hub", "href": feed.hub})
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
    for file in files(article):
        links.append({"rel": "enclosure", **file.stated("type", "length"), "href": file.url})
    if is_web(article.licence):
        links.append({"rel": "license", "href": uri(article.licence)})
    return links


def item_links(feed: Feed, article: Article) -> list[Attributes]:
    """The links of an item of RSS that its own elements cannot tell."""
    versions = version_links(feed, article)
    links = versions if len(versions) > 1 else []
    if is_web(article.url):
        links.append({"rel": "via", "href": uri(article.url)})
    if is_web(article.licence) and not is_of_commons(article.licence):
        links.append({"rel": "license", "href": uri(article.licence)})
    return links


def is_of_commons(licence: str | None) -> bool:
    """Whether a licence is one of Creative Commons, for which RSS has a word."""
    return str(licence).startswith(COMMONS)


def version_links(feed: Feed, article: Article) -> list[Attributes]:
    """Links to our page in its language and to its other versions, one for each language (RFC 4287, 4.1.2).

    A version that only we found is none: a reader would take it for the source's own translation.
    Of several alternates many readers open the last (newsboat, Liferea, Feedbin, all that use feedparser) and
    others the first, so our page stands at both ends, once without its language.
    """
    page: Attributes = {"rel": "alternate", "type": "text/html", "href": feed.base_url + article.address}
    others: dict[str, Attributes] = {}
    for other in article.translations:
        tag = f"{other.language}-{other.script}" if other.script else other.language
        if tag != article.tag and other.is_vouched:
            others.setdefault(tag, {**page, "hreflang": tag, "href": feed.base_url + other.address})
    if article.language == "und":
        return [*others.values(), page]
    return [page, *others.values(), {**page, "hreflang": article.tag}] if others else [page]
