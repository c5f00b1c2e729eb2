"""Leases: a feed's hub is asked to push, verified, renewed in time, and heard as long as the lease holds."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from factories import NOW, RULES, source
from feed_server import Answer, FeedServer

from archive import leases
from archive.database import Database
from archive.fetch import Fetched
from archive.leases import Lease
from archive.model import Document, Hints
from archive.polls import polls
from archive.refresh import refresh
from archive.sandbox import Sandbox
from archive.settings import Fetch, Settings, Site
from archive.sources import add, set_state, settle
from archive.take import Taking

PUBLIC = Settings(data=Path(), site=Site(base_url="https://archive.example"))
FEED = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Example</title><id>urn:f</id>
<updated>2026-11-20T10:00:00Z</updated><link rel="self" href="{self}"/><link rel="hub" href="{hub}"/>
<entry><title>One</title><id>urn:x:1</id><updated>2026-11-20T10:00:00Z</updated></entry></feed>"""


def holds(database: Database, now: datetime) -> bool:
    """Whether a hub pushes to us at a time."""
    return any(each.expires and each.expires > now for each in leases.leases(database))


def note(
    database: Database,
    *,
    hub: str | None = "https://hub.example/",
    self_url: str | None = "https://e.example/feed",
    link: str = "",
    settings: Settings = PUBLIC,
) -> Lease | None:
    """The lease after a good poll of a feed."""
    answer = Fetched(
        asked="https://e.example/a",
        final="https://e.example/b",
        status=200,
        headers={"link": link} if link else {},
        body=b"",
        at=NOW,
    )
    document = Document(self_url=self_url, hints=Hints(hub=hub))
    with database.writing() as transaction:
        settle(transaction, source("example"), NOW)
        leases.note(transaction, "example", document, answer, settings=settings, now=NOW)
    return next(iter(leases.leases(database)), None)


def asked(database: Database) -> Lease:
    """A lease that the hub was asked for."""
    note(database)
    (lease,) = leases.leases(database)
    leases.move(database, lease, "asked", now=NOW)
    return leases.leases(database)[0]


def held(database: Database, seconds: str = "864000") -> Lease:
    """A lease that the hub has verified."""
    lease = asked(database)
    assert leases.confirm(database, lease.path, topic=lease.topic, seconds=seconds, now=NOW)
    return leases.leases(database)[0]


def test_a_feed_that_names_its_hub_is_offered_with_a_path_and_a_secret_of_its_own(database: Database) -> None:
    lease = note(database)
    assert lease is not None and lease == note(database)
    assert (lease.state, lease.hub, lease.topic) == (
        "offered",
        "https://hub.example/",
        "https://e.example/feed",
    )
    assert len(lease.path) == len(lease.secret) == 43 and lease.path != lease.secret


@pytest.mark.parametrize(
    ("link", "hub", "topic"),
    [
        ('<https://h.example/>; rel="hub", <https://e.example/t>; rel="self"', "https://h.example/", "t"),
        ('<https://e.example/t>; rel=self; title="a, b", </hub>; type="x"; rel="next hub"', "/hub", "t"),
        ("<https://e.example/t>;REL=self", "https://hub.example/", "t"),
        ("<<<>>>; rel=hub; ; ;,,, <;", "https://hub.example/", "feed"),
        ("<javascript:alert(1)>; rel=hub", "https://hub.example/", "feed"),
    ],
)
def test_the_head_of_the_answer_comes_before_the_feed(
    database: Database, link: str, hub: str, topic: str
) -> None:
    lease = note(database, link=link)
    assert lease is not None and lease.topic == f"https://e.example/{topic}"
    assert lease.hub == (f"https://e.example{hub}" if hub.startswith("/") else hub)


def test_another_hub_or_topic_is_another_lease_and_no_hub_is_none(database: Database) -> None:
    first = note(database)
    second = note(database, self_url=None)
    assert first and second and second.path != first.path and second.topic == "https://e.example/b"
    assert note(database, hub=None) is None


@pytest.mark.parametrize(
    ("base_url", "reachable"),
    [
        ("", False),
        ("http://127.0.0.1:8080", False),
        ("http://[::1]", False),
        ("http://10.1.2.3", False),
        ("http://localhost:8080", False),
        ("http://archive", False),
        ("https://archive.example", True),
        ("https://93.184.215.14/news", True),
        ("http://10.0.0.9:8080", True),  # opened in the settings
    ],
)
def test_a_hub_is_asked_only_where_it_can_call_back(base_url: str, reachable: bool) -> None:
    settings = replace(PUBLIC, site=Site(base_url=base_url), fetch=Fetch(allow=("10.0.0.9:8080",)))
    assert leases.is_reachable(settings) is reachable


def test_a_lease_is_verified_once_and_only_while_it_is_pending(database: Database) -> None:
    lease = asked(database)
    for path, topic in ((lease.path, "https://e.example/other"), ("guessed", lease.topic)):
        assert not leases.confirm(database, path, topic=topic, seconds="60", now=NOW)
    assert leases.confirm(database, lease.path, topic=lease.topic, seconds="864000", now=NOW)
    assert not leases.confirm(database, lease.path, topic=lease.topic, seconds="864000", now=NOW)
    assert holds(database, NOW)
    assert not holds(database, NOW + timedelta(days=10))


def test_a_lease_lasts_as_the_hub_says_within_bounds(database: Database) -> None:
    for seconds, lasts in (
        ("86400", timedelta(days=1)),
        ("1", timedelta(minutes=5)),
        ("9" * 40, timedelta(days=30)),
        ("", timedelta(days=10)),
        ("-5", timedelta(days=10)),
        ("²", timedelta(days=10)),
    ):
        assert held(database, seconds).expires == NOW + lasts


def test_a_lease_is_renewed_before_it_ends_and_heard_meanwhile(database: Database) -> None:
    lease = held(database)
    assert leases.due(database, NOW + timedelta(days=7, hours=23)) == []
    later = NOW + timedelta(days=8)
    assert leases.due(database, later) == [lease]
    leases.move(database, lease, "asked", now=later)
    assert leases.due(database, later) == [] and holds(database, later)
    assert leases.confirm(database, lease.path, topic=lease.topic, seconds="864000", now=later)
    assert leases.leases(database)[0].expires == later + timedelta(days=10)


def test_what_was_denied_or_never_verified_is_asked_for_again_after_a_day(database: Database) -> None:
    lease = asked(database)
    for _ in range(2):
        assert leases.due(database, NOW + timedelta(hours=23)) == []
        assert [each.path for each in leases.due(database, NOW + timedelta(days=1))] == [lease.path]
        assert leases.deny(database, lease.path, topic=lease.topic, now=NOW)
    assert not holds(database, NOW)


def test_a_source_that_is_not_read_any_more_has_no_lease(database: Database) -> None:
    lease = held(database)
    set_state(database, "example", "removed")
    assert leases.at(database, lease.path) is None and leases.due(database, NOW + timedelta(days=9)) == []


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signature_is_told_from_a_forged_one(method: str) -> None:
    lease = leases.Lease(
        source="example", hub="", topic="", path="", secret="s", state="held", asked=NOW, expires=None
    )
    digest = hmac.new(lease.secret.encode(), b"news", getattr(hashlib, method)).hexdigest()
    assert leases.signed(lease, b"news", f"{method}={digest}") == method
    assert leases.signed(lease, b"news", f"{method.upper()}={digest.upper()}") == method
    assert leases.signed(lease, b"news!", f"{method}={digest}") is None
    for forged in (
        "",
        method,
        f"{method}=",
        f"{method}={digest[:-1]}",
        f"md5={digest}",
        f"{method}=é北",
        "==",
    ):
        assert leases.signed(lease, b"news", forged) is None


def test_polling_finds_the_hub_and_the_worker_asks_it_to_push(
    database: Database, server: FeedServer, tmp_path: Path
) -> None:
    topic, hub = server.url("/feed"), server.answer("/hub", Answer(status=202), Answer(status=500))
    server.answer("/feed", Answer(body=FEED.format(self=topic, hub=hub).encode()))
    settings = Settings(data=tmp_path, site=PUBLIC.site, fetch=Fetch(allow=(server.address,)))
    add(database, topic, id="example", now=NOW)
    with Sandbox() as parsing:
        taking = Taking(database=database, parsing=parsing, rules=RULES, config=settings)
        list(refresh(taking))
        assert list(leases.renew(database, settings)) == [] and list(leases.renew(database, settings)) == []
        (lease,) = leases.leases(database)
        assert leases.confirm(database, lease.path, topic=topic, seconds="86400", now=datetime.now(UTC))
        list(refresh(taking, everything=True))
    assert polls(database)[0].due > datetime.now(UTC) + timedelta(hours=5)
    (sent,) = [each for each in server.asked if each.path == "/hub"]
    assert sent.method == "POST"
    assert {name: value for name, (value,) in parse_qs(sent.body.decode()).items()} == {
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.callback": f"https://archive.example/websub/{lease.path}",
        "hub.lease_seconds": "864000",
        "hub.secret": lease.secret,
    }
    assert lease.state == "asked"
    leases.move(database, lease, "offered", now=NOW, only="held")
    assert list(leases.renew(database, settings)) == [f"example: its hub {hub} answered 500"]
    assert leases.leases(database)[0].state == "failed"


def test_a_hub_that_verifies_before_it_answers_is_not_forgotten(database: Database) -> None:
    lease = held(database)
    leases.move(database, lease, "failed", now=NOW, only="asked")
    assert leases.leases(database) == (lease,)


def test_nobody_is_asked_where_no_hub_can_call_back(database: Database) -> None:
    note(database)
    assert list(leases.renew(database, replace(PUBLIC, site=Site()))) == []
    assert leases.leases(database)[0].state == "offered"
