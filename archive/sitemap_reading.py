"""Read the sitemaps that a list of sitemaps names: the newest, and of them only what changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from archive.database import Database
from archive.errors import FetchError
from archive.fetch import Fetched, Request, fetch_many
from archive.fetches import Fetch
from archive.model import Article, Document, Result, Source, sha256
from archive.pace import Pace
from archive.page_reading import read_source
from archive.polls import pauses
from archive.take import Taking

MOST_SITEMAPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A document with the fetches that brought what it lists, and whether one of them is to come again."""

    document: Document
    parts: tuple[Fetch, ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a sitemap: the hash of its bytes, and a request for it if it has changed."""

    request: Request
    sha: str = ""


def with_sitemaps(taking: Taking, listed: Sequence[tuple[Source, Document]], pace: Pace) -> list[Listing]:
    """The documents of a round; lists of sitemaps with what the newest of those hold, if they changed."""
    urls = [each.links[:MOST_SITEMAPS] if is_list(source, each) else () for source, each in listed]
    known = {url: known_sitemap(taking.database, url) for row in urls for url in row}
    answers = fetch_many(
        [each.request for each in known.values()],
        settings=taking.config.fetch,
        pace=pace,
        paused=pauses(taking.database, datetime.now(UTC)),
    )
    found = {request.url: answer for request, answer in answers}
    return [
        joined(taking, source, document, {url: found[url] for url in row}, known)
        if row
        else Listing(document=document)
        for (source, document), row in zip(listed, urls, strict=True)
    ]


def is_list(source: Source, document: Document) -> bool:
    """Whether a document lists sitemaps rather than articles."""
    return source.reading.kind == "sitemap" and not document.articles


def known_sitemap(database: Database, url: str) -> Known:
    """What the last fetch of a sitemap left to ask with."""
    rows = database.read(
        "SELECT sha, headers FROM fetch WHERE asked = :url ORDER BY id DESC LIMIT 1", url=url
    )
    if not rows:
        return Known(request=Request(url=url))
    head = json.loads(rows[0]["headers"])
    asked = Request(url=url, etag=head.get("etag"), last_modified=head.get("last-modified"))
    return Known(request=asked, sha=rows[0]["sha"])


def joined(
    taking: Taking,
    source: Source,
    document: Document,
    answers: dict[str, Fetched | FetchError],
    known: dict[str, Known],
) -> Listing:
    """A list of sitemaps with the articles of those that changed, and what is wrong with others."""
    said: list[str] = []
    articles: list[Article] = []
    parts: list[Fetch] = []
    is_partial = False
    for url, answer in answers.items():
        if isinstance(answer, FetchError) or answer.status >= 400:
            is_partial = is_partial or isinstance(answer, FetchError) or answer.status != 404
            status = "" if isinstance(answer, FetchError) else f"{url}: the server answered {answer.status}"
            said.append(status or str(answer))
        elif not answer.not_modified and sha256(answer.body) != known[url].sha:
            part = read_source(taking, source, answer, datetime.now(UTC))
            articles += part.articles
            said += [f"{url}: {part.detail}"] if part.detail else []
            parts.append(fetch_of(source, answer, part))
    result: Result = "warning" if said else "ok"
    whole = replace(document, articles=tuple(articles), result=result, detail="; ".join(said) or None)
    return Listing(document=whole, parts=tuple(parts), is_partial=is_partial)


def fetch_of(source: Source, answer: Fetched, document: Document) -> Fetch:
    """The record of reading a sitemap of a list."""
    return Fetch(
        source=source.id,
        asked=answer.asked,
        final=answer.final,
        status=answer.status,
        headers=answer.headers,
        at=answer.at,
        body=answer.body,
        result=document.result,
        detail=document.detail,
        articles=len(document.articles),
    )
