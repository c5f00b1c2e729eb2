"""Leases: feeds that a hub pushes to us for a while (W3C WebSub, as a subscriber).

A lease is ``offered`` when a feed names its hub, ``asked`` while the hub is to verify that we want it,
``held`` once it has, and ``denied`` or ``failed`` when it would not; those are tried again after a day. Until
``expires`` we take what the hub sends, whatever the state of asking for more.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from archive.database import Database, Row, Transaction
from archive.errors import FetchError
from archive.hosts import is_public
from archive.model import Document, moment, timestamp
from archive.reading.clean import clean_url
from archive.settings import Settings

if TYPE_CHECKING:
    from archive.fetch import Fetched, Request

ASKED_FOR = timedelta(days=10)
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=30)
SPENT = 0.8  # of a lease, before it is renewed
AGAIN = timedelta(days=1)
POLLED_ALL_THE_SAME = timedelta(hours=6)  # since hubs forget, and cannot say so
LINK = re.compile(r"<([^<>]*)>([^<]*)")
RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.IGNORECASE)
METHODS = ("sha256", "sha384", "sha512", "sha1")

State = Literal["offered", "asked", "held", "denied", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A subscription that we hold or want: which hub pushes which address to which path of ours."""

    source: str
    hub: str
    topic: str
    path: str
    secret: str
    state: State
    asked: datetime
    expires: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether the hub may send."""
        return self.expires is not None and self.expires > now


def note(
    transaction: Transaction,
    source: str,
    document: Document,
    answer: Fetched,
    *,
    settings: Settings,
    now: datetime,
) -> None:
    """Remember after a good poll which hub pushes a feed, so that the worker subscribes to it.

    Section 4, discovery: the HTTP header comes before what stands in the feed.
    """
    links = linked(answer.headers.get("link", ""), answer.final)
    hub = links.get("hub") or document.hints.hub
    topic = links.get("self") or document.self_url or answer.final
    if not hub or not is_reachable(settings):
        transaction.run("DELETE FROM lease WHERE source = :source", source=source)
        return
    transaction.run(
        "DELETE FROM lease WHERE source = :source AND (hub <> :hub OR topic <> :topic)",
        source=source,
        hub=hub,
        topic=topic,
    )
    transaction.run(
        "INSERT INTO lease (source, hub, topic, path, secret, state, asked)"
        " VALUES (:source, :hub, :topic, :path, :secret, 'offered', :now) ON CONFLICT (source) DO NOTHING",
        source=source,
        hub=hub,
        topic=topic,
        path=secrets.token_urlsafe(32),
        secret=secrets.token_urlsafe(32),
        now=timestamp(now),
    )


def linked(header: str, base: str) -> dict[str, str]:
    """The first address of each relation in a ``Link`` header (RFC 8288 section 3)."""
    found: dict[str, str] = {}
    for match in LINK.finditer(header[:8_000]):
        address = clean_url(match[1], base=base)
        relation = RELATION.search(match[2])
        if address and relation:
            for name in (relation[1] or relation[2]).lower().split():
                found.setdefault(name, address)
    return found


def is_reachable(settings: Settings) -> bool:
    """Whether a hub can call us: the site has a public address, or one that the settings open."""
    place = urlsplit(settings.site.base_url)
    host = place.hostname or ""
    if place.netloc in settings.fetch.allow:
        return True
    try:
        return is_public(ip_address(host))
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local"))


def leases(database: Database) -> tuple[Lease, ...]:
    """All leases, by source."""
    return tuple(lease(row) for row in database.read("SELECT * FROM lease ORDER BY source"))


def at(database: Database, path: str) -> Lease | None:
    """The lease whose hub knows a path of ours, unless we no longer read its source."""
    rows = database.read(
        "SELECT l.* FROM lease l JOIN source s ON s.id = l.source"
        " WHERE l.path = :path AND s.state = 'active'",
        path=path,
    )
    return lease(rows[0]) if rows else None


def due(database: Database, now: datetime) -> list[Lease]:
    """What is to be asked for now: what is new, what ends soon, what failed a day ago."""
    rows = database.read(
        "SELECT l.* FROM lease l JOIN source s ON s.id = l.source WHERE s.state = 'active' ORDER BY l.asked"
    )
    return [each for each in map(lease, rows) if is_due(each, now)]


def is_due(each: Lease, now: datetime) -> bool:
    """Whether to ask the hub now."""
    if each.state == "offered":
        return True
    if each.state == "held" and each.expires is not None:
        return now >= each.asked + (each.expires - each.asked) * SPENT
    return now >= each.asked + AGAIN


def renew(database: Database, settings: Settings) -> Iterator[str]:
    """Ask the hubs for what is due; a sentence for each that would not have it.

    Section 5.1. That we asked is written down first: a hub may verify before it answers.
    """
    if not is_reachable(settings):
        return
    from archive.fetch import fetch_many

    now = datetime.now(UTC)
    wanted = due(database, now)
    requests = [subscription(each, settings) for each in wanted]
    with_path = dict(zip(requests, wanted, strict=True))
    for each in wanted:
        move(database, each, "asked", now=now)
    for request, answer in fetch_many(requests, settings=settings.fetch):
        each = with_path[request]
        if (trouble := refusal(answer)) is not None:
            move(database, each, "failed", now=now, only="asked")
            yield f"{each.source}: its hub {each.hub} {trouble}"


def subscription(each: Lease, settings: Settings) -> Request:
    """What asks a hub to push."""
    from archive.fetch import Request

    return Request(
        url=each.hub,
        form=(
            ("hub.mode", "subscribe"),
            ("hub.topic", each.topic),
            ("hub.callback", f"{settings.base_url}/websub/{each.path}"),
            ("hub.lease_seconds", str(int(ASKED_FOR.total_seconds()))),
            ("hub.secret", each.secret),
        ),
    )


def refusal(answer: Fetched | FetchError) -> str | None:
    """Why a hub does not subscribe us; None when it may."""
    if isinstance(answer, FetchError):
        return f"cannot be asked: {answer}"
    if 200 <= answer.status < 300:
        return None
    return f"answered {answer.status}"


def move(database: Database, each: Lease, state: State, *, now: datetime, only: State | None = None) -> None:
    """Write down how asking for a lease goes, unless it has gone on since."""
    with database.writing() as transaction:
        transaction.run(
            "UPDATE lease SET state = :state, asked = :now WHERE path = :path AND state = :only",
            state=state,
            now=timestamp(now),
            path=each.path,
            only=only or each.state,
        )


def confirm(database: Database, path: str, *, topic: str, seconds: str, now: datetime) -> bool:
    """The hub asks whether we want a lease (section 5.3): yes, if we asked for just that and still wait."""
    length = int(seconds[:9]) if seconds.isascii() and seconds.isdigit() else int(ASKED_FOR.total_seconds())
    lasting = max(SHORTEST, min(LONGEST, timedelta(seconds=length)))
    with database.writing() as transaction:
        return bool(
            transaction.run(
                "UPDATE lease SET state = 'held', asked = :now, expires = :expires"
                " WHERE path = :path AND topic = :topic AND state = 'asked'",
                path=path,
                topic=topic,
                now=timestamp(now),
                expires=timestamp(now + lasting),
            )
        )


def deny(database: Database, path: str, *, topic: str, now: datetime) -> bool:
    """The hub tells that it will not push, or no longer does (section 5.2)."""
    with database.writing() as transaction:
        return bool(
            transaction.run(
                "UPDATE lease SET state = 'denied', asked = :now, expires = NULL"
                " WHERE path = :path AND topic = :topic",
                path=path,
                topic=topic,
                now=timestamp(now),
            )
        )


def signed(each: Lease, body: bytes, signature: str) -> str | None:
    """The method by which the hub has signed a body with our secret; None when it has not (section 7.1)."""
    method, _, digest = signature.strip().partition("=")
    if method.lower() not in METHODS:
        return None
    expected = hmac.new(each.secret.encode(), body, method.lower()).hexdigest()
    is_true = hmac.compare_digest(expected.encode(), digest.strip().lower().encode("utf-8", "replace"))
    return method.lower() if is_true else None


def lease(row: Row) -> Lease:
    """A lease from its row."""
    return Lease(
        source=row["source"],
        hub=row["hub"],
        topic=row["topic"],
        path=row["path"],
        secret=row["secret"],
        state=row["state"],
        asked=moment(row["asked"]),
        expires=moment(row["expires"]) if row["expires"] else None,
    )
