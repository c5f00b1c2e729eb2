"""Take in what an input held: its source, its articles, its bytes; and say what became of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from archive import fetches
from archive.database import Database, Transaction
from archive.deletions import follow_source
from archive.filters import filters_of
from archive.full_text import with_known_pages
from archive.inputs import Input
from archive.model import (
    GOOD_RESULTS,
    Article,
    Document,
    Outcome,
    Result,
    Source,
    sha256,
    timestamp,
)
from archive.naming import identify
from archive.put import Stored, Terms, put
from archive.reading.dates import parse_date
from archive.rows import next_id
from archive.rules import Rules
from archive.sandbox import Sandbox
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What taking in needs: the archive, the child that parses, the rules of topics, the settings.

    ``stated`` is the source that a person names for all of it.
    """

    database: Database
    parsing: Sandbox
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
    has_pages: bool = False,
) -> list[Line]:
    """Store what an input held, all in one transaction, and the fetch that brought it.

    It ``has_pages`` when the pages behind its entries were read for it.
    """
    sha = sha256(each.body)
    if document.result not in GOOD_RESULTS:
        note_failure(transaction, each, document, terms.now, source.id if source else None, sha)
        return [line(each, document, 0)]
    if source is None:
        source = settle(transaction, identify(document, stated=stated, name=each.stem), terms.now)
    improve(transaction, source, document)
    known = not each.is_live and fetches.is_known(transaction, source.id, sha)
    entries, unwanted = sifted(document, source)
    if not has_pages:
        entries = with_known_pages(transaction, source, document, entries)
    fetch = next_id(transaction, "fetch")
    stored = put(transaction, entries, replace(terms, fetch=fetch), known=known)
    if not known:
        follow_source(transaction, document, stored, source=source.id, is_live=each.is_live, now=terms.now)
    # Known bytes bring something new when they are found at another address.
    if any(one.outcome != "unchanged" for one in stored) or not (known or each.is_live):
        fetches.record(transaction, fetch, fetched(each, document, terms.now, source.id))
    skipped = [EntryLine(outcome="skipped", id=None, input=each.name)] * document.skipped
    left = [EntryLine(outcome="skipped", id=None, input=each.name, title=one.title) for one in unwanted]
    return [*(entry_line(each, one) for one in stored), *left, *skipped, line(each, document, len(stored))]


def sifted(document: Document, source: Source) -> tuple[tuple[Article, ...], list[Article]]:
    """The entries as the source's own, and those that its filters do not let in."""
    filters, zone = filters_of(source.reading), ZoneInfo(source.timezone) if source.timezone else None
    wanted: list[Article] = []
    unwanted: list[Article] = []
    for article in document.articles:
        entry = replace(article if zone is None else in_zone(article, zone), source=source.id)
        (unwanted if filters.against(entry) else wanted).append(entry)
    return tuple(wanted), unwanted


def in_zone(article: Article, zone: ZoneInfo) -> Article:
    """An entry whose stated time, if it names no zone, is one of the source's."""
    found = parse_date(article.published_raw, language=article.language, zone=zone)
    return replace(article, published=found.moment) if found else article


def note_failure(
    transaction: Transaction, each: Input, document: Document, now: datetime, source: str | None, sha: str
) -> None:
    """Keep the bytes of what could not be read, once for each way of failing."""
    if not fetches.has_failed_so(transaction, each.url or each.name, sha, document.result):
        fetches.record(transaction, next_id(transaction, "fetch"), fetched(each, document, now, source))


def fetched(each: Input, document: Document, now: datetime, source: str | None) -> fetches.Fetch:
    """The record of reading an input."""
    return fetches.Fetch(
        source=source,
        asked=each.url or each.name,
        final=each.final,
        status=each.status,
        headers={"content-type": each.content_type} if each.content_type else None,
        at=each.at or now,
        body=each.body,
        result=document.result,
        detail=document.detail,
        articles=len(document.articles),
    )


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
