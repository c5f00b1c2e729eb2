"""Sitemaps as documents: the articles that one lists, or the sitemaps that a list of them names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import lxml.etree

from archive.model import Alternate, Article, Document, Image
from archive.reading.clean import FORBIDDEN, clean_line, clean_url
from archive.reading.dates import parse_date
from archive.reading.language import primary

Element = Any

DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# Only the last part of a namespace is looked at: sites write it with https, with www, and in old versions.
NEWS, IMAGE, HTML = "sitemap-news", "sitemap-image", "xhtml"
WRONG = dict.fromkeys(("rss", "feed", "RDF"), "is a feed, not a sitemap; let its source be one of kind=feed")
MOST_IMAGES = 50
MOST_LINKS = 5_000
LONGEST_LIST = 2_000


def read(text: str, *, url: str | None, most: int) -> Document:
    """What a sitemap lists: its articles, at most so many, or the sitemaps in it, newest first."""
    root = root_of(text)
    kind = name_of(root) if root is not None else ""
    if kind == "sitemapindex":
        return Document(kind=kind, links=tuple(dict.fromkeys(listed(root, url)))[:MOST_LINKS])
    if root is None or kind != "urlset":
        return Document(result="not_a_feed", detail=WRONG.get(kind, "is no sitemap"))
    entries = [entry for entry in root.iterchildren() if name_of(entry) == "url"]
    taken = newest(entries, most)
    articles = [found for entry in taken if (found := article(entry, url)) is not None]
    cut = f"lists {len(entries):,} addresses; the newest {most:,} were taken" if len(entries) > most else None
    return Document(
        result="warning" if cut else "ok" if articles else "empty",
        detail=cut,
        kind="sitemap",
        source_name=next((name for entry in entries if (name := publication(entry, "name"))), None),
        articles=tuple(articles),
        skipped=len(taken) - len(articles),
    )


def newest(entries: list[Element], most: int) -> list[Element]:
    """So many entries at most: those with the latest dates, in the order they stand in."""
    if len(entries) <= most:
        return entries
    # Such dates are written so that their texts sort as they do.
    dates = [text_of(next(children(each, "news", NEWS), None), "publication_date", NEWS) for each in entries]
    keys = [date or text_of(each, "lastmod") for date, each in zip(dates, entries, strict=True)]
    ranked = sorted(range(len(entries)), key=keys.__getitem__, reverse=True)
    return [entries[at] for at in sorted(ranked[:most])]


def root_of(text: str) -> Element | None:
    """The first element of some XML, entities unread; what breaks off is read as far as it goes."""
    parser = lxml.etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        load_dtd=False,
        remove_comments=True,
    )
    try:
        markup = DECLARATION.sub("", FORBIDDEN.sub("", text), count=1).lstrip("\ufeff \t\r\n")
        return lxml.etree.fromstring(markup.encode(), parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        return None


def name_of(element: Element) -> str:
    """The local name of an element."""
    return lxml.etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element | None, name: str, space: str = "") -> Iterator[Element]:
    """The children of that name, in a namespace of that kind."""
    if element is not None:
        for child in element.iterchildren():
            if name_of(child) == name and space in (lxml.etree.QName(child).namespace or ""):
                yield child


def text_of(element: Element | None, name: str, space: str = "") -> str:
    """The text of the first such child."""
    found = next(children(element, name, space), None)
    return clean_line("".join(found.itertext())) if found is not None else ""


def listed(root: Element, url: str | None) -> Iterator[str]:
    """The sitemaps in a list of them, the newest first; those without a date stay last, in order."""
    entries = [entry for entry in root.iterchildren() if name_of(entry) == "sitemap"]
    found = [(clean_url(text_of(entry, "loc"), base=url), changed(entry)) for entry in entries]
    for address, _ in sorted(found, key=lambda pair: pair[1], reverse=True):
        if address:
            yield address


def changed(entry: Element) -> float:
    """When an entry was last changed, in seconds; 0 when it does not say."""
    moment = date_of(text_of(entry, "lastmod"))
    return moment.timestamp() if moment else 0.0


def date_of(raw: str) -> datetime | None:
    """The time that a text states."""
    found = parse_date(raw) if raw else None
    return found.moment if found else None


def publication(entry: Element, name: str) -> str:
    """What an entry says of the newspaper."""
    news = next(children(entry, "news", NEWS), None)
    return text_of(next(children(news, "publication", NEWS), None), name, NEWS)


def article(entry: Element, url: str | None) -> Article | None:
    """The article of an entry; its title is empty where only its page knows it. None without an address."""
    address = clean_url(text_of(entry, "loc"), base=url)
    if address is None:
        return None
    news = next(children(entry, "news", NEWS), None)
    raw = text_of(news, "publication_date", NEWS)
    published = parse_date(raw) if raw else None
    keywords = text_of(news, "keywords", NEWS)[:LONGEST_LIST]
    return Article(
        title=text_of(news, "title", NEWS),
        language=primary(publication(entry, "language")) or "und",
        url=address,
        published=published.moment if published else None,
        published_raw=raw or None,
        published_precision=published.precision if published else None,
        updated=date_of(text_of(entry, "lastmod")),
        categories=tuple(dict.fromkeys(filter(None, map(str.strip, re.split(r"[,，;；、]", keywords))))),
        images=tuple(images(entry, url)),
        alternates=tuple(alternates(entry, address)),
    )


def images(entry: Element, url: str | None) -> Iterator[Image]:
    """The pictures of an entry."""
    for each in list(children(entry, "image", IMAGE))[:MOST_IMAGES]:
        if address := clean_url(text_of(each, "loc", IMAGE), base=url):
            caption = text_of(each, "caption", IMAGE) or text_of(each, "title", IMAGE)
            yield Image(url=address, caption=caption or None)


def alternates(entry: Element, address: str) -> Iterator[Alternate]:
    """The versions of an entry in other languages."""
    for link in children(entry, "link", HTML):
        language, found = (link.get("hreflang") or "").strip(), clean_url(link.get("href"), base=address)
        if found and found != address and primary(language):
            yield Alternate(language=language.replace("_", "-"), url=found)
