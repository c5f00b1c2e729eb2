"""Poll the sources that are due: fetch, and take in what is new. One that fails never stops the others."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from archive import settings
from archive.database import Database, Row, Transaction
from archive.errors import FetchError, NotFound
from archive.fetch import Fetched, Request, fetch_many
from archive.inputs import Input, trouble
from archive.model import GOOD_RESULTS, Document, Hints, sha256, timestamp
from archive.naming import without_password
from archive.put import Terms
from archive.schedule import next_due, retry_seconds
from archive.sources import sources
from archive.take import EntryLine, InputLine, Line, Taking, line, take


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What is kept about polling a source, to ask only for what is new."""

    source: str
    url: str
    etag: str | None
    last_modified: str | None
    sha: str | None
    failures: int
    hints: Hints


def refresh(taking: Taking, *, only: Sequence[str] = (), everything: bool = False) -> Iterator[Line]:
    """Poll what is due, or the sources named, or all; a line per entry and source after its durable commit.

    Raises Busy when another refresh is running, NotFound for a source that does not exist.
    """
    with taking.database.locked("refresh"):
        polls = due(taking.database, only=only, everything=everything)
        by_url = {poll.url: poll for poll in polls}
        requests = [Request(url=poll.url, etag=poll.etag, last_modified=poll.last_modified) for poll in polls]
        for request, answer in fetch_many(requests, settings=taking.config.fetch):
            yield from settle_poll(taking, by_url[request.url], answer)


def due(database: Database, *, only: Sequence[str], everything: bool) -> list[Poll]:
    """The active sources to poll now, the longest waiting first."""
    rows = database.read(
        "SELECT p.*, s.url FROM poll p JOIN source s ON s.id = p.source"
        " WHERE s.state = 'active' AND s.url IS NOT NULL ORDER BY p.due, p.source"
    )
    known = {row["source"] for row in rows}
    for id in only:
        if id not in known:
            raise NotFound(f"{id}: no active source of that id is polled; `sources list` names them")
    now = timestamp(datetime.now(UTC))
    return [poll(row) for row in rows if (row["source"] in only if only else everything or row["due"] <= now)]


def next_poll(database: Database) -> datetime | None:
    """When the next source is due, None when there is none."""
    rows = database.read(
        "SELECT MIN(p.due) AS due FROM poll p JOIN source s ON s.id = p.source WHERE s.state = 'active'"
    )
    return datetime.fromisoformat(rows[0]["due"]) if rows and rows[0]["due"] else None


def settle_poll(taking: Taking, poll: Poll, answer: Fetched | FetchError) -> list[Line]:
    """Take in one answer and remember how the poll went, in one transaction."""
    database, config, terms = taking.database, taking.config, taking.terms()
    if isinstance(answer, FetchError):
        return failed(
            database, poll, trouble("failed", str(answer).removeprefix(f"{poll.url}: ")), None, terms, config
        )
    if answer.not_modified or sha256(answer.body) == poll.sha:
        with database.writing() as transaction:
            succeeded(transaction, poll, answer, poll.hints, terms, config, changed=False)
        return [InputLine(input=poll.url, result="ok", articles=0, detail="not modified")]
    if answer.status >= 400:
        problem = trouble("failed", f"the server answered {answer.status}")
        return failed(database, poll, problem, answer, terms, config)
    document = taking.parsing.parse(
        answer.body,
        url=without_password(answer.final),
        content_type=answer.headers.get("content-type"),
        name=poll.source,
        now=terms.now,
    )
    if document.result not in GOOD_RESULTS:
        return failed(database, poll, document, answer, terms, config)
    source = sources(database, [poll.source])[poll.source]
    with database.writing() as transaction:
        lines = take(transaction, received(poll, answer), document, terms, source=source)
        new = any(isinstance(each, EntryLine) and each.outcome in ("new", "revised") for each in lines)
        succeeded(transaction, poll, answer, document.hints, terms, config, changed=new)
    return lines


def received(poll: Poll, answer: Fetched) -> Input:
    """An answer as an input."""
    return Input(
        name=poll.url,
        url=poll.url,
        final=answer.final,
        status=answer.status,
        body=answer.body,
        content_type=answer.headers.get("content-type"),
        is_live=True,
    )


def succeeded(
    transaction: Transaction,
    poll: Poll,
    answer: Fetched,
    hints: Hints,
    terms: Terms,
    config: settings.Settings,
    *,
    changed: bool,
) -> None:
    """Remember a good poll; its validators are kept as sent, on a 304 too (RFC 9111 section 4.3.4)."""
    due = next_due(
        terms.now,
        interval=timedelta(minutes=config.fetch.interval),
        hints=hints,
        failures=0,
        retry_after=None,
        jitter=random.uniform(-1, 1),  # noqa: S311 (spreads load, guards nothing)
    )
    transaction.run(
        "UPDATE poll SET due = :due, polled = :now, succeeded = :now, failures = 0, result = 'ok',"
        " detail = NULL, etag = :etag, last_modified = :last_modified, sha = :sha, hints = :hints,"
        " changed = CASE WHEN :changed THEN :now ELSE changed END WHERE source = :source",
        source=poll.source,
        due=timestamp(due),
        now=timestamp(terms.now),
        etag=answer.headers.get("etag") or (poll.etag if answer.not_modified else None),
        last_modified=answer.headers.get("last-modified")
        or (poll.last_modified if answer.not_modified else None),
        sha=poll.sha if answer.not_modified else sha256(answer.body),
        hints=json.dumps(asdict(hints)),
        changed=changed,
    )


def failed(
    database: Database,
    poll: Poll,
    document: Document,
    answer: Fetched | None,
    terms: Terms,
    config: settings.Settings,
) -> list[Line]:
    """Remember a poll that brought nothing to read, and wait longer before the next."""
    due = next_due(
        terms.now,
        interval=timedelta(minutes=config.fetch.interval),
        hints=poll.hints,
        failures=poll.failures + 1,
        retry_after=retry_seconds(answer.headers.get("retry-after"), terms.now) if answer else None,
        jitter=random.uniform(-1, 1),  # noqa: S311 (spreads load, guards nothing)
    )
    with database.writing() as transaction:
        if answer is not None and answer.body:
            take(transaction, received(poll, answer), document, terms, source=None)
        transaction.run(
            "UPDATE poll SET due = :due, polled = :now, failures = failures + 1, result = :result,"
            " detail = :detail WHERE source = :source",
            source=poll.source,
            due=timestamp(due),
            now=timestamp(terms.now),
            result=document.result,
            detail=document.detail,
        )
    return [line(Input(name=poll.url), document, 0)]


def poll(row: Row) -> Poll:
    """What is kept about a source's polling, from its row."""
    stated = json.loads(row["hints"]) if row["hints"] else {}
    lists = {name: tuple(value) for name, value in stated.items() if isinstance(value, list)}
    return Poll(
        source=row["source"],
        url=row["url"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        sha=row["sha"],
        failures=row["failures"],
        hints=Hints(**{**stated, **lists}),
    )
