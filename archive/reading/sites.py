"""What a site holds beside its feeds, as documents: its pages, its lists of links, its sitemaps. Pure.

These run in the sandbox; whatever they raise is told as a result there.
"""

from __future__ import annotations

from dataclasses import replace

from archive.model import Document, PageRules
from archive.reading.decode import decode
from archive.reading.discover import is_html
from archive.reading.documents import File, failure, written

PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"})


def read_page(body: bytes, *, url: str, content_type: str | None, rules: PageRules) -> Document:
    """The article of a page, by the rules of its source where it has some."""
    from archive.reading import extract

    stated = (content_type or "").partition(";")[0].strip().lower()
    file = File(body=body, content_type=content_type, url=url, kept={})
    if not body or (stated and stated not in PAGE_TYPES):
        return failure("not_a_feed", f"is no page ({stated or 'holds 0 bytes'})")
    if stated not in ("text/html", "application/xhtml+xml") and not is_html(
        file.text.lstrip("\ufeff \t\r\n")
    ):
        return failure("not_a_feed", "is no page of HTML")
    found = written(extract.read_page(file.text, url=url, rules=rules), name="page.html", url=url)
    if not any(letter.isalnum() for letter in found.articles[0].text):
        return failure("empty", "no article in this page")
    return replace(found, kind="page")


def read_index(body: bytes, *, url: str, content_type: str | None, links: str, most: int) -> Document:
    """The articles that a page links to."""
    from archive.reading import index_page

    return index_page.read(decode(body, content_type=content_type), url=url, links=links, most=most)


def read_sitemap(body: bytes, *, url: str, content_type: str | None, most: int) -> Document:
    """The articles that a sitemap lists, or the sitemaps that a list of them does."""
    from archive.reading import sitemap

    return sitemap.read(decode(body, content_type=content_type), url=url, most=most)
