"""Read the pages that were kept again, with today's rules of their source; what differs is a revision."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from archive import fetches
from archive.articles import articles, as_stated, batches
from archive.database import Row, Transaction
from archive.errors import NotFound
from archive.full_text import merged
from archive.inputs import Input
from archive.model import Article, Document, PageRules, Source
from archive.page_table import Page, hold_back, pages_of, write
from archive.put import put
from archive.sources import sources
from archive.take import EntryLine, InputLine, Line, Taking, entry_line

# What a rule of a source decides of an article.
RULED = {
    "title": ("title",),
    "author": ("authors",),
    "date": ("published", "published_raw", "published_precision"),
}


def reread(taking: Taking, id: str) -> Iterator[Line]:
    """Read all kept pages of a source again; a line per article, then one for the source. Raises NotFound."""
    source = sources(taking.database, [id]).get(id)
    if source is None:
        raise NotFound(f"{id}: no such source; `sources list` names them")
    rows = taking.database.read(
        "SELECT p.article FROM page p JOIN article a ON a.id = p.article WHERE a.source = :source"
        " ORDER BY a.number, a.id",
        source=id,
    )
    count = 0
    for batch in batches([row["article"] for row in rows]):
        for line in reread_batch(taking, source, batch):
            count += 1
            yield line
    unread = f"{len(rows) - count} of {len(rows)} pages are not kept or hold no article"
    yield InputLine(input=id, result="ok", articles=count, detail=unread if count < len(rows) else None)


def reread_batch(taking: Taking, source: Source, ids: Sequence[str]) -> list[EntryLine]:
    """Read the pages of some articles again and put them, all in one transaction."""
    terms = taking.terms()
    lines: list[EntryLine] = []
    with taking.database.writing() as transaction:
        pages = pages_of(transaction, ids)
        for stored in as_stated(transaction, articles(transaction, ids)):
            row = kept_page(transaction, source, stored)
            found = read_again(taking, source, row) if row else None
            if row and found and found.articles:
                entry = with_page(stored, found.articles[0], source.reading.page, pages[stored.id])
                (again,) = put(transaction, (entry,), replace(terms, fetch=row["id"]))
                if entry.text != stored.text:
                    note(transaction, source, pages[stored.id], terms.now)
                lines.append(entry_line(Input(name=entry.url or entry.id), again))
    return lines


def kept_page(transaction: Transaction, source: Source, article: Article) -> Row | None:
    """The newest page of an article that was kept."""
    rows = transaction.read(
        "SELECT f.id, f.final, f.headers, b.codec, b.bytes FROM fetch f JOIN blob b ON b.sha = f.sha"
        " WHERE f.source = :source AND f.asked = :url AND f.status BETWEEN 200 AND 299"
        " ORDER BY f.id DESC LIMIT 1",
        source=source.id,
        url=article.url,
    )
    return rows[0] if rows else None


def read_again(taking: Taking, source: Source, row: Row) -> Document:
    """A kept page as it is read today."""
    return taking.parsing.read_page(
        fetches.unpack(row["codec"], row["bytes"]),
        url=row["final"],
        content_type=json.loads(row["headers"]).get("content-type"),
        rules=source.reading.page,
    )


def with_page(stored: Article, page: Article, rules: PageRules, before: Page) -> Article:
    """An article with the text that its page has today, and with what rules say where the rest stands."""
    if before.state != "taken":
        return merged(stored, page)
    ruled = [name for rule, names in RULED.items() if getattr(rules, rule) for name in names]
    told = {name: getattr(page, name) for name in ruled if getattr(page, name)}
    return replace(
        stored,
        **told,
        text=page.text,
        html=page.html,
        images=page.images or stored.images,
        language=page.language if page.language != "und" else stored.language,
        script=page.script if page.language != "und" else stored.script,
    )


def note(transaction: Transaction, source: Source, before: Page, now: datetime) -> None:
    """Remember that an article has the text of its page."""
    write(transaction, replace(before, state="taken"), now)
    if not source.republish:
        hold_back(transaction, before.article)
