"""Take in what an input held: its source, its articles, its bytes; and say what became of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from archive import fetches
from archive.articles import withdraw_one
from archive.database import Database, Transaction
from archive.inputs import Input
from archive.model import GOOD_RESULTS, Document, Outcome, Result, Source, sha256, timestamp
from archive.naming import identify
from archive.put import Stored, Terms, put
from archive.rules import Rules
from archive.settings import Settings
from archive.sources import improve, settle


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """What became of one entry; ``id`` and the rest are None for one that was skipped."""

    outcome: Outcome
    id: str | None
    input: str
    title: str | None = None
    language: str | None = None
    published: str | None = None
    source: str | None = None
    revision: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLine:
    """What became of one input; ``articles`` counts its entries that were not skipped."""

    input: str
    result: Result
    articles: int
    detail: str | None


Line = EntryLine | InputLine


class Parsing(Protocol):
    """The killable child in which everything from outside is parsed (archive.sandbox)."""

    def parse(
        self, body: bytes, *, url: str | None, content_type: str | None, name: str, now: datetime
    ) -> Document:
        """A feed as a document."""

    def read_document(
        self, body: bytes, *, name: str, content_type: str | None, url: str | None, now: datetime
    ) -> Document:
        """A text, page or Word file as a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What taking in needs: the archive, the child that parses, the rules of topics, the settings.

    ``stated`` is the source that a person names for all of it.
    """

    database: Database
    parsing: Parsing
    rules: Rules
    config: Settings
    stated: str | None = None

    def terms(self) -> Terms:
        """What putting depends on, as of now."""
        now = datetime.now(UTC).replace(microsecond=0)
        return Terms(rules=self.rules, zone=ZoneInfo(self.config.site.timezone), now=now)


def take(
    transaction: Transaction,
    each: Input,
    document: Document,
    terms: Terms,
    *,
    stated: str | None = None,
    source: Source | None = None,
) -> list[Line]:
    """Store what an input held, all in one transaction, and the fetch that brought it."""
    sha = sha256(each.body)
    if document.result not in GOOD_RESULTS:
        note_failure(transaction, each, document, terms.now, source.id if source else None, sha)
        return [line(each, document, 0)]
    if source is None:
        source = settle(transaction, identify(document, stated=stated, name=each.stem), terms.now)
    improve(transaction, source, document)
    known = not each.is_live and fetches.is_known(transaction, source.id, sha)
    entries = tuple(replace(article, source=source.id) for article in document.articles)
    fetch = fetches.next_id(transaction)
    stored = put(transaction, entries, replace(terms, fetch=fetch), known=known)
    withdraw_deleted(transaction, document, source.id, terms.now)
    if not known and (not each.is_live or any(one.outcome != "unchanged" for one in stored)):
        fetches.record(transaction, fetch, fetched(each, document, terms.now, source.id))
    skipped = [EntryLine(outcome="skipped", id=None, input=each.name)] * document.skipped
    return [*(entry_line(each, one) for one in stored), *skipped, line(each, document, len(stored))]


def note_failure(
    transaction: Transaction, each: Input, document: Document, now: datetime, source: str | None, sha: str
) -> None:
    """Keep the bytes of what could not be read, once for each way of failing."""
    if not fetches.has_failed_so(transaction, each.url or each.name, sha, document.result):
        fetches.record(transaction, fetches.next_id(transaction), fetched(each, document, now, source))


def fetched(each: Input, document: Document, now: datetime, source: str | None) -> fetches.Fetch:
    """The record of reading an input."""
    return fetches.Fetch(
        source=source,
        asked=each.url or each.name,
        final=each.final,
        status=each.status,
        headers={"content-type": each.content_type} if each.content_type else None,
        at=now,
        body=each.body,
        result=document.result,
        detail=document.detail,
        articles=len(document.articles),
    )


def withdraw_deleted(transaction: Transaction, document: Document, source: str, now: datetime) -> None:
    """Withdraw what the source itself declares deleted (RFC 6721); the text stays."""
    for guid in document.deleted:
        for row in transaction.read(
            "SELECT article FROM alias WHERE source = :source AND kind = 'guid' AND value = :guid",
            source=source,
            guid=guid,
        ):
            withdraw_one(transaction, row["article"], reason="deleted by its source", person=source, now=now)


def entry_line(each: Input, stored: Stored) -> EntryLine:
    """The line for one entry."""
    article = stored.article
    return EntryLine(
        outcome=stored.outcome,
        id=article.id,
        input=each.name,
        title=article.title,
        language=article.language,
        published=timestamp(article.published) if article.published else None,
        source=article.source,
        revision=article.revision,
        sha256=article.sha,
    )


def line(each: Input, document: Document, articles: int) -> InputLine:
    """The line for one input."""
    return InputLine(input=each.name, result=document.result, articles=articles, detail=document.detail)
