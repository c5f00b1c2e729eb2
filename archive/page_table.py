"""What is remembered of the pages of articles: whether they were had, and how often that failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from archive.articles import batches, listed
from archive.database import Row, Transaction
from archive.model import GOOD_RESULTS, Source, moment, timestamp

State = Literal["taken", "failed", "gone"]

MOST_TRIES = 3
LATER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How reading the page of an article went.

    ``stated`` is the digest of what the source stated when the page was taken, ``tries`` how often it could
    not be read since.
    """

    article: str
    stated: str
    state: State
    tries: int


def pages_of(transaction: Transaction, ids: Sequence[str]) -> dict[str, Page]:
    """What is remembered of the pages of some articles."""
    found: dict[str, Page] = {}
    for batch in batches(ids):
        names, values = listed(batch)
        for row in transaction.read(f"SELECT * FROM page WHERE article IN ({names})", **values):
            found[row["article"]] = page(row)
    return found


def failed_pages(transaction: Transaction, source: Source) -> Iterator[Page]:
    """The pages of a source that are to be tried again."""
    rows = transaction.read(
        "SELECT p.* FROM page p JOIN article a ON a.id = p.article WHERE a.source = :source"
        " AND p.state = 'failed' AND p.tries < :most",
        source=source.id,
        most=MOST_TRIES,
    )
    return map(page, rows)


def page(row: Row) -> Page:
    """What is remembered of a page, from its row."""
    return Page(article=row["article"], stated=row["stated"], state=row["state"], tries=row["tries"])


def tried_before(
    transaction: Transaction, source: Source, urls: Iterable[str], now: datetime
) -> dict[str, Literal["read", "failed"]]:
    """The pages not to ask for: those that were read or are gone, and those that failed often, lately too."""
    failures: dict[str, list[datetime]] = {}
    found: dict[str, Literal["read", "failed"]] = {}
    for batch in batches(sorted(set(urls))):
        names, values = listed(batch)
        for row in transaction.read(
            f"SELECT asked, status, result, at FROM fetch WHERE source = :source AND asked IN ({names})",
            source=source.id,
            **values,
        ):
            if row["result"] in GOOD_RESULTS or row["status"] == 410:
                found[row["asked"]] = "read"
            else:
                failures.setdefault(row["asked"], []).append(moment(row["at"]))
    for url, times in failures.items():
        if len(times) >= MOST_TRIES and now - max(times) < LATER:
            found.setdefault(url, "failed")
    return found


def write(transaction: Transaction, page: Page, now: datetime) -> None:
    """Keep what is remembered of a page."""
    transaction.run(
        "INSERT INTO page (article, stated, state, tries, at) VALUES (:article, :stated, :state, :tries, :at)"
        " ON CONFLICT (article) DO UPDATE SET stated = :stated, state = :state, tries = :tries, at = :at",
        article=page.article,
        stated=page.stated,
        state=page.state,
        tries=page.tries,
        at=timestamp(now),
    )


def hold_back(transaction: Transaction, id: str) -> None:
    """What we took from a page is not ours to republish in full, where nobody says otherwise."""
    transaction.run("UPDATE article SET republish = 'summary' WHERE id = :id AND republish IS NULL", id=id)
