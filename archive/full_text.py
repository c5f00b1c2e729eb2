"""An entry and its page as one article: whose text is the fuller one, and what only the page tells.

What a feed states of an entry is remembered as a digest when its page is taken, so that the page's text stays
while the feed goes on saying the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archive.database import Transaction
from archive.model import Article, Document, Source, canonical_json, sha256, squeezed
from archive.page_table import Page, pages_of
from archive.settle import Settling

LONG_ENOUGH = 200
FEEDS = ("rss", "atom", "json", "cdf")
# What a page tells of an entry whose source does not.
MISSING = ("title", "authors", "categories", "images", "alternates", "rights", "updated")
# An article as its page told it, for an entry that has not changed since.
TOLD = (
    *("title", "summary", "html", "text", "language", "script", "authors", "categories", "images"),
    *("alternates", "published", "published_raw", "published_precision", "updated", "rights", "licence"),
)


def reads_pages(source: Source) -> bool:
    """Whether the pages behind a source are read."""
    return source.reading.full_text or source.reading.kind != "feed"


def with_known_pages(
    transaction: Transaction, source: Source, document: Document, entries: Sequence[Article]
) -> tuple[Article, ...]:
    """Entries of a feed that came by another way than a poll, with what their pages told before."""
    if not (source.reading.full_text and document.kind.startswith(FEEDS)):
        return tuple(entries)
    settling = Settling(transaction, entries)
    found = [settling.settle(entry) for entry in entries]
    pages = pages_of(transaction, [each.id for each in found if each.stored])
    return tuple(
        without_page(entry, each.stated, pages.get(each.id))
        for entry, each in zip(entries, found, strict=True)
    )


def stated(entry: Article) -> str:
    """The digest of what a source itself states of an article."""
    told = [squeezed(entry.title), squeezed(entry.text), sorted(entry.categories)]
    return sha256(canonical_json(told).encode())


def without_page(entry: Article, stored: Article | None, page: Page | None) -> Article:
    """An entry whose page is not read, with what the page told before."""
    if stored is None or page is None or page.state == "failed":
        return entry
    if page.stated == stated(entry):
        return as_before(entry, stored)
    return merged(entry, stored)


def as_before(entry: Article, stored: Article) -> Article:
    """An entry that says what the archive has of it, so that it changes nothing."""
    return replace(entry, **{name: getattr(stored, name) for name in TOLD})


def merged(entry: Article, page: Article) -> Article:
    """An entry with the text of its page, if that is the fuller one, and what only the page tells."""
    is_whole = is_fuller(page.text, entry.text)
    if not is_whole:
        page = replace(page, images=tuple(replace(image, before_block=None) for image in page.images))
    missing = {name: getattr(entry, name) or getattr(page, name) for name in MISSING}
    if entry.published is None and page.published is not None:
        dates = ("published", "published_raw", "published_precision")
        missing.update({name: getattr(page, name) for name in dates})
    if not is_whole:
        return replace(entry, **missing)
    return replace(
        entry,
        **missing,
        text=page.text,
        html=page.html,
        summary=entry.summary or entry.text,
        language=page.language if page.language != "und" else entry.language,
        script=page.script if page.language != "und" else entry.script,
    )


def is_fuller(page: str, text: str) -> bool:
    """Whether the text of a page says more than that of its entry."""
    whole, part = squeezed(page), squeezed(text)
    return len(whole) > len(part) and (len(whole) >= LONG_ENOUGH or part in whole)
