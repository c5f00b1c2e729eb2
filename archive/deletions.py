"""What a source declares deleted goes out of publication, and what it shows again comes back. Text stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from archive.articles import restore_one, withdraw_one
from archive.database import Transaction
from archive.model import Document
from archive.put import Stored

DELETED = "deleted by its source"
VANISHED = "no longer in the complete feed of its source"
GONE = "gone from its site"


def follow_source(
    transaction: Transaction,
    document: Document,
    stored: Sequence[Stored],
    *,
    source: str,
    is_live: bool,
    now: datetime,
) -> None:
    """Withdraw what a feed declares deleted; put back what its source had withdrawn and shows again.

    An old file proves nothing about today: only a live feed puts back.
    """
    here = {one.article.id for one in stored}
    for one in stored if is_live else ():
        if one.article.withdrawn and one.article.withdrawn.by == source:
            restore_one(transaction, one.article.id, person=source, now=now)
    gone = {
        **dict.fromkeys(vanished(transaction, document, source, here), VANISHED),
        **dict.fromkeys(deleted(transaction, document, source), DELETED),
    }
    for id in sorted(gone.keys() - here):
        withdraw_one(transaction, id, reason=gone[id], person=source, now=now)


def deleted(transaction: Transaction, document: Document, source: str) -> Iterator[str]:
    """The articles behind the guids that a feed declares deleted (RFC 6721)."""
    for guid in document.deleted:
        for row in transaction.read(
            "SELECT article FROM alias WHERE source = :source AND kind = 'guid' AND value = :guid",
            source=source,
            guid=guid,
        ):
            yield row["article"]


def vanished(
    transaction: Transaction, document: Document, source: str, here: Collection[str]
) -> Iterator[str]:
    """The public articles of a source that a complete feed does not have any more (RFC 5005 section 2).

    A feed that is empty or was not read to its end has lost its articles, not deleted them.
    """
    if not (document.hints.complete and here and document.result == "ok"):
        return
    for row in transaction.read(
        "SELECT id FROM article WHERE source = :source AND withdrawn IS NULL ORDER BY id", source=source
    ):
        if row["id"] not in here:
            yield row["id"]
