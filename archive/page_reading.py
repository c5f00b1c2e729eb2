"""Read the pages behind the documents of a round.

All pages of a round are asked for together, as each site's robots.txt allows, so that no source waits for the
pages of another site. What is not there by the deadline is read at the next polls.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from archive.errors import FetchError, Resting
from archive.fetch import Fetched, Request, fetch_many
from archive.hosts import registrable
from archive.identity import is_home
from archive.inputs import Input, answered, trouble
from archive.model import Document, PageRules, Source
from archive.naming import without_password
from archive.pace import POLITE, Pace
from archive.pages import MOST_PAGES, Plan, Read, Reads
from archive.polls import pause, pauses
from archive.robots import Permit, permits
from archive.sources import sources
from archive.take import Taking

MOST_LISTED = 5_000
DEADLINE = 120.0  # seconds that the pages of a round may take


def never() -> bool:
    """What is not to be stopped."""
    return False


def read_pages(
    taking: Taking,
    plans: Sequence[Plan],
    *,
    pace: Pace = POLITE,
    seconds: float = DEADLINE,
    stopped: Callable[[], bool] = never,
) -> Iterator[tuple[Plan, Reads]]:
    """Each plan with its pages as soon as they are there, or with those that were there at the deadline.

    When it is ``stopped``, what waits is left as if it had never been polled.
    """
    asked = [[each.url for each in plan.wanted[:MOST_PAGES]] for plan in plans]
    whose: dict[str, list[int]] = {}
    for number, urls in enumerate(asked):
        for url in urls:
            whose.setdefault(url, []).append(number)
    had: list[dict[str, Read]] = [{} for _ in plans]
    done = {number for number, urls in enumerate(asked) if not urls}
    yield from ((plans[number], had[number]) for number in sorted(done))
    for url, answer in answers(taking, list(whose), pace, seconds):
        for number in whose[url]:
            had[number][url] = read_page(taking, plans[number], url, answer)
            if len(had[number]) == len(asked[number]):
                done.add(number)
                yield plans[number], had[number]
        if stopped():
            return
    yield from ((plan, had[number]) for number, plan in enumerate(plans) if number not in done)


def answers(
    taking: Taking, urls: Sequence[str], pace: Pace, seconds: float
) -> Iterator[tuple[str, Fetched | FetchError]]:
    """What each page answers; nothing of those that must wait, because of the deadline or at their request.

    A site that wants its visitors to come slower than we do is asked that slowly, so that fewer of its pages
    are read before the deadline.
    """
    settings, now, end = taking.config.fetch, datetime.now(UTC), time.monotonic() + seconds
    paused = pauses(taking.database, now)
    allowed = permits(taking.database, urls, settings, paused)
    refused = {url: each.refusal for url, each in allowed.items() if each.refusal}
    yield from ((url, FetchError(f"{url}: {why}")) for url, why in refused.items())
    requests = [Request(url=url) for url in urls if url not in refused]
    slowly = replace(pace, delays=delays(allowed))
    for request, answer in fetch_many(requests, settings=settings, pace=slowly, paused=paused):
        if isinstance(answer, Fetched) and answer.rest:
            with taking.database.writing() as transaction:
                pause(transaction, answer.rest, now)
        elif not isinstance(answer, Resting):
            yield request.url, answer
        if time.monotonic() > end:
            return


def delays(allowed: Mapping[str, Permit]) -> dict[str, float]:
    """How far apart the domains want to be asked that say so."""
    found: dict[str, float] = {}
    for url, permit in allowed.items():
        domain = registrable(urlsplit(url).hostname or "")
        found[domain] = max(permit.delay, found.get(domain, 0.0))
    return found


def read_page(taking: Taking, plan: Plan, url: str, answer: Fetched | FetchError) -> Read:
    """One page by the rules of its source, or why it was not had."""
    if isinstance(answer, FetchError):
        return Read(document=trouble("failed", str(answer).removeprefix(f"{url}: ")))
    each = answered(url, answer, is_live=True)
    if answer.status >= 400:
        document = trouble("failed", f"the server answered {answer.status}")
    elif is_home(answer.final) and not is_home(url):
        document = trouble("failed", "leads to the front page of its site")
    else:
        document = taking.parsing.read_page(
            answer.body,
            url=without_password(answer.final),
            content_type=each.content_type,
            rules=plan.source.reading.page,
        )
    return Read(document=document, each=replace(each, body=zlib.compress(answer.body, 1)))


def read_source(taking: Taking, source: Source, answer: Fetched, now: datetime) -> Document:
    """What a source answered, read as what the source is."""
    stated = answer.headers.get("content-type")
    url, reading = without_password(answer.final), source.reading
    if reading.kind == "sitemap":
        return taking.parsing.read_sitemap(answer.body, url=url, content_type=stated, most=MOST_LISTED)
    if reading.kind == "index":
        links = reading.links
        return taking.parsing.read_index(
            answer.body, url=url, content_type=stated, links=links, most=MOST_LISTED
        )
    return taking.parsing.parse(answer.body, url=url, content_type=stated, name=source.id, now=now)


def read_by_rules(taking: Taking, each: Input) -> Document | None:
    """A page taken in for a source that a person names, by that source's rules where it has some."""
    if not (taking.stated and each.url) or each.problem or each.kind != "document":
        return None
    source = sources(taking.database, [taking.stated]).get(taking.stated)
    if source is None or source.reading.page == PageRules():
        return None
    stated = (each.content_type or "").partition(";")[0].strip()
    if stated not in ("text/html", "application/xhtml+xml"):
        return None
    return taking.parsing.read_page(
        each.body,
        url=without_password(each.final or each.url),
        content_type=each.content_type,
        rules=source.reading.page,
    )


def refusals(taking: Taking, polled: Container[str]) -> dict[str, FetchError]:
    """The addresses that robots may not read among those polled: pages of links, not feeds or sitemaps."""
    rows = taking.database.read(
        "SELECT url FROM source WHERE url IS NOT NULL AND rules LIKE :said", said='%"kind":"index"%'
    )
    pages = [row["url"] for row in rows if row["url"] in polled]
    if not pages:
        return {}
    found = permits(taking.database, pages, taking.config.fetch, pauses(taking.database, datetime.now(UTC)))
    return {url: FetchError(f"{url}: {each.refusal}") for url, each in found.items() if each.refusal}
