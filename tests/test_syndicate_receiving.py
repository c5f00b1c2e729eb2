"""What the web answers to programs that push articles, and to hubs; once with real processes."""

from __future__ import annotations

import hmac
import io
import json
import os
import signal
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from factories import NOW, RULES, source
from test_syndicate_serving import get, serving, wait_until
from web_client import SITE, Reply, application, ask

from archive import inbox, leases, tokens
from archive.articles import every
from archive.database import Database, open_database
from archive.fetch import Fetched
from archive.leases import Lease
from archive.model import Document, Hints
from archive.sandbox import Sandbox
from archive.settings import Settings
from archive.sources import set_state, settle
from archive.take import Taking
from archive.verify import verify
from index import follow
from syndicate.guard import Application
from syndicate.worker import keep_receiving

JSON = b'{"title": "Opening", "body": "Doors open.", "guid": "1"}'
ENTRY = b"""<entry xmlns="http://www.w3.org/2005/Atom"><title>Opening</title><id>urn:x:1</id>
<updated>2026-11-20T10:00:00Z</updated><content>Doors open.</content></entry>"""
FEED = b"""<rss version="2.0"><channel><title>E</title><item><guid>1</guid><title>One</title></item>
</channel></rss>"""


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    """The web without a worker."""
    return application(database, tmp_path)


@pytest.fixture
def token(database: Database) -> str:
    """A token that may push anything."""
    return tokens.create(database, "desk", scope="push", days=None, now=NOW)


@pytest.fixture
def worker(database: Database, tmp_path: Path) -> Iterator[None]:
    """The part of the worker that takes what is pushed."""
    stop = threading.Event()
    with Sandbox() as parsing:
        settings = Settings(data=tmp_path, site=SITE)
        taking = Taking(database=database, parsing=parsing, rules=RULES, config=settings)
        thread = threading.Thread(target=keep_receiving, args=(taking, stop))
        thread.start()
        wait_until(lambda: inbox.is_watched(database))
        yield
        stop.set()
        thread.join()


def push(app: Application, token: str, body: bytes = JSON, query: str = "", /, **environ: str) -> Reply:
    """A message, as a program sends it."""
    stated = {"CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": f"Bearer {token}", **environ}
    return ask(app, f"/articles{query}", "POST", body, **stated)


def told(reply: Reply) -> str:
    """The sentence of a refusal."""
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    return str(json.loads(reply.text)["error"])


@pytest.mark.usefixtures("worker")
def test_a_new_article_is_201_with_its_address_and_known_ones_are_200(app: Application, token: str) -> None:
    reply = push(app, token)
    said = json.loads(reply.text)
    assert reply.status == 201 and reply.headers["Location"] == said["address"]
    assert list(said) == ["id", "outcome", "address", "revision"] and said["outcome"] == "new"
    page = ask(app, said["address"].removeprefix(SITE.base_url))
    assert page.status == 200 and "Doors open." in page.text
    again, later = push(app, token), push(app, token, JSON.replace(b"open", b"closed"))
    found = [(each.status, json.loads(each.text)["outcome"]) for each in (again, later)]
    assert found == [(200, "unchanged"), (200, "revised")]
    assert json.loads(later.text)["revision"] == 2 and json.loads(later.text)["id"] == said["id"]


@pytest.mark.usefixtures("worker")
def test_every_form_is_taken(app: Application, token: str) -> None:
    entry = push(app, token, ENTRY, CONTENT_TYPE="application/atom+xml;type=entry")
    feed = push(app, token, FEED, "?source=paper", CONTENT_TYPE="application/rss+xml")
    several = push(app, token, b"[%s, %s]" % (JSON, JSON.replace(b'"1"', b'"2"')))
    assert [entry.status, feed.status, several.status] == [201, 201, 201]
    assert [each["outcome"] for each in json.loads(several.text)] == ["new", "new"]
    assert ask(app, several.headers["Location"], HTTP_AUTHORIZATION=f"Bearer {token}").text == several.text
    assert ask(app, "/source/paper").status == 200


@pytest.mark.usefixtures("worker")
def test_a_key_gives_the_same_answer_and_does_nothing_twice(
    app: Application, token: str, database: Database
) -> None:
    with ThreadPoolExecutor(8) as threads:
        replies = [*threads.map(lambda _: push(app, token, HTTP_IDEMPOTENCY_KEY="k"), range(8))]
    wait_until(lambda: push(app, token, HTTP_IDEMPOTENCY_KEY="k").status == 201)
    assert {each.status for each in replies} <= {201, 202}
    assert len({each.text for each in replies if each.status == 201}) == 1
    assert len(database.read("SELECT 1 FROM inbox")) == len(list(every(database))) == 1
    other = push(app, token, JSON.replace(b"open", b"closed"), HTTP_IDEMPOTENCY_KEY="k")
    assert other.status == 422 and "Idempotency-Key k" in told(other)


@pytest.mark.usefixtures("worker")
def test_what_cannot_be_taken_is_refused(app: Application, database: Database) -> None:
    token = tokens.create(database, "mine", scope="push:mine", days=None, now=NOW)
    for body, kind, status in (
        (b"{", "application/json", 400),
        (b"<html>", "application/atom+xml", 400),
        (b'{"title": "A"}', "application/json", 422),
        (b"[]", "application/json", 422),
        (b'{"title": "A", "body": "1", "source": "victim"}', "application/json", 403),
    ):
        reply = push(app, token, body, CONTENT_TYPE=kind)
        assert reply.status == status and told(reply)
    assert list(every(database)) == []


def test_without_a_worker_the_message_is_kept_and_its_address_told(
    app: Application, token: str, database: Database, tmp_path: Path
) -> None:
    started = time.monotonic()
    reply = push(app, token)
    assert time.monotonic() - started < 5
    place = reply.headers["Location"]
    assert (reply.status, place) == (202, "/articles/received/1")
    asked = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert ask(app, place, **asked).status == 202
    with Sandbox() as parsing:
        config = Settings(data=tmp_path)
        list(inbox.take_waiting(Taking(database=database, parsing=parsing, rules=RULES, config=config)))
    found = ask(app, place, **asked)
    assert (found.status, json.loads(found.text)["outcome"]) == (200, "new")
    stranger = tokens.create(database, "stranger", scope="push", days=None, now=NOW)
    for path, shown in ((place, stranger), ("/articles/received/99", token), (place + "0" * 30, token)):
        assert ask(app, path, HTTP_AUTHORIZATION=f"Bearer {shown}").status == 404
    assert ask(app, place).status == 401


def test_who_shows_no_good_token_is_told_so_before_the_body_is_read(app: Application) -> None:
    for shown in ("", "Bearer", "Bearer ", "Basic eDp5", "Bearer x", "Bearer \xe9\xff", "x" * 9_000):
        reply = push(app, "", HTTP_AUTHORIZATION=shown, CONTENT_LENGTH="9999999999")
        assert reply.status == 401 and reply.headers["Www-Authenticate"].startswith("Bearer ") and told(reply)


def test_scopes_hold(app: Application, database: Database) -> None:
    for name, scope, query, status in (
        ("a", "read", "", 403),
        ("b", "push:here", "?source=there", 403),
        ("c", "push:here", "?source=here", 202),
        ("d", "push:here", "", 202),
        ("e", "admin", "?source=there", 202),
        ("f", "push", "?source=No+id", 400),
    ):
        shown = tokens.create(database, name, scope=scope, days=None, now=NOW)
        reply = push(app, shown, JSON, query)
        assert reply.status == status, name
        assert (reply.status == 403) == ("insufficient_scope" in reply.headers.get("Www-Authenticate", ""))
    rows = database.read("SELECT source FROM inbox ORDER BY id")
    assert [row["source"] for row in rows] == ["here", "here", "there"]


def test_many_bad_tokens_from_one_address_are_too_many(app: Application, token: str) -> None:
    codes = [push(app, "guess", REMOTE_ADDR="192.0.2.1").status for _ in range(25)]
    assert codes == [401] * 20 + [429] * 5
    assert int(push(app, "guess", REMOTE_ADDR="192.0.2.1").headers["Retry-After"]) > 0
    assert push(app, "guess", REMOTE_ADDR="192.0.2.2").status == 401
    assert push(app, token, REMOTE_ADDR="192.0.2.1").status == 202


NO_MESSAGES: tuple[tuple[dict[str, str], int], ...] = (
    ({"CONTENT_LENGTH": ""}, 411),
    ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, 411),
    ({"HTTP_TRANSFER_ENCODING": "chunked"}, 400),
    ({"CONTENT_LENGTH": "-1"}, 400),
    ({"CONTENT_LENGTH": "1e3"}, 400),
    ({"CONTENT_LENGTH": "²"}, 400),
    ({"CONTENT_LENGTH": "0"}, 400),
    ({"CONTENT_LENGTH": "9999"}, 400),  # the body is shorter
    ({"CONTENT_LENGTH": str((5 << 20) + 1)}, 413),
    ({"CONTENT_LENGTH": "9" * 500}, 413),
    ({"CONTENT_TYPE": ""}, 415),
    ({"CONTENT_TYPE": "application/x-www-form-urlencoded"}, 415),
    ({"CONTENT_TYPE": "application/json\xff\xfe"}, 415),
    ({"HTTP_CONTENT_ENCODING": "gzip"}, 415),
    ({"HTTP_IDEMPOTENCY_KEY": ""}, 400),
    ({"HTTP_IDEMPOTENCY_KEY": "two words"}, 400),
    ({"HTTP_IDEMPOTENCY_KEY": "\xe9"}, 400),
    ({"HTTP_IDEMPOTENCY_KEY": "k" * 201}, 400),
    ({"HTTP_IDEMPOTENCY_KEY": "k" * 200}, 202),
    ({"HTTP_CONTENT_ENCODING": "identity", "CONTENT_TYPE": "Application/JSON; charset=utf-8"}, 202),
)


def test_a_request_that_cannot_be_a_message_is_refused(
    app: Application, token: str, database: Database
) -> None:
    for environ, status in NO_MESSAGES:
        assert push(app, token, **environ).status == status, environ
    good = sum(status == 202 for _, status in NO_MESSAGES)
    assert len(database.read("SELECT 1 FROM inbox")) == good


def test_a_body_that_breaks_off_is_no_message(app: Application, token: str) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError

    reply = push(app, token, **{"wsgi.input": Broken()})  # type: ignore[arg-type]
    assert (reply.status, told(reply)) == (400, "the body broke off")


def test_articles_are_posted(app: Application) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
        reply = ask(app, "/articles", method)
        assert (reply.status, reply.headers["Allow"]) == (405, "POST")


def test_other_methods_are_named_where_there_are_some(app: Application) -> None:
    for path, allowed in (("/latest.atom", "GET, HEAD"), ("/websub/x", "GET, POST, HEAD")):
        reply = ask(app, path, "PUT")
        assert (reply.status, reply.headers["Allow"]) == (405, allowed)


def pending(database: Database) -> Lease:
    """A lease that the hub of a source was asked for."""
    answer = Fetched(
        asked="https://e.example/", final="https://e.example/", status=200, headers={}, body=b"", at=NOW
    )
    settings = Settings(data=Path(), site=SITE)
    with database.writing() as transaction:
        settle(transaction, source("example", url="https://e.example/feed"), NOW)
        document = Document(self_url="https://e.example/feed", hints=Hints(hub="https://hub.example/"))
        leases.note(transaction, "example", document, answer, settings=settings, now=NOW)
    (lease,) = leases.leases(database)
    leases.move(database, lease, "asked", now=datetime.now(UTC))
    return lease


def verified(app: Application, lease: Lease, **said: str) -> Reply:
    """What we answer to a hub that asks whether we want a lease."""
    values = {"mode": "subscribe", "topic": lease.topic, "challenge": "<b>42</b>", "lease_seconds": "864000"}
    query = urlencode({f"hub.{name}": value for name, value in {**values, **said}.items()})
    return ask(app, f"/websub/{lease.path}?{query}")


def test_a_hub_is_answered_with_its_challenge_as_plain_text(app: Application, database: Database) -> None:
    lease = pending(database)
    for wrong in ({"topic": "https://e.example/"}, {"mode": "unsubscribe"}, {"mode": ""}, {"challenge": ""}):
        assert verified(app, lease, **wrong).status == 404
    assert ask(app, "/websub/guess?hub.mode=subscribe&hub.challenge=1").status == 404
    reply = verified(app, lease)
    assert (reply.status, reply.text) == (200, "<b>42</b>")
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert verified(app, lease).status == 404
    (held,) = leases.leases(database)
    assert held.expires is not None and held.expires > datetime.now(UTC)


def test_a_hub_may_deny(app: Application, database: Database) -> None:
    lease = pending(database)
    verified(app, lease)
    assert verified(app, lease, mode="denied", reason="not for you\r\n").status == 200
    assert leases.leases(database)[0].state == "denied"
    assert send(app, lease).status == 410


def send(
    app: Application, lease: Lease, body: bytes = FEED, signature: str | None = None, **more: str
) -> Reply:
    """What a hub sends when its feed has news."""
    signed = "sha256=" + hmac.new(lease.secret.encode(), body, "sha256").hexdigest()
    stated = {"CONTENT_TYPE": "application/rss+xml", "HTTP_X_HUB_SIGNATURE": signature or signed, **more}
    return ask(app, f"/websub/{lease.path}", "POST", body, **stated)


@pytest.mark.usefixtures("worker")
def test_what_a_hub_signs_is_taken_and_anything_else_thanked_for_and_dropped(
    app: Application, database: Database
) -> None:
    lease = pending(database)
    assert send(app, lease).status == 410  # nobody has verified it
    verified(app, lease)
    for forged in ("sha256=" + "0" * 64, "x", "\xff\xfe"):
        assert send(app, lease, signature=forged).status == 202
    assert ask(app, f"/websub/{lease.path}", "POST", FEED).status == 202
    assert send(app, lease, CONTENT_LENGTH=str(6 << 20)).status == 413
    assert database.read("SELECT 1 FROM inbox") == []
    assert send(app, lease).status == 202
    wait_until(lambda: [each.source for each in every(database)] == ["example"])
    set_state(database, "example", "paused")
    assert send(app, lease).status == 404


def test_a_lease_that_has_ended_is_gone(app: Application, database: Database) -> None:
    lease = pending(database)
    past = datetime.now(UTC) - timedelta(days=11)
    assert leases.confirm(database, lease.path, topic=lease.topic, seconds="864000", now=past)
    assert send(app, lease).status == 410


def post(address: str, token: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """A message to a running service."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    asked = urllib.request.Request(f"{address}/articles", body, headers)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return answer.status, dict(answer.headers), answer.read()


def test_a_message_outlives_the_service_and_is_taken_by_the_next(tmp_path: Path) -> None:
    data = tmp_path / "data"
    database = open_database(f"sqlite:///{data}/archive.db")
    token = tokens.create(database, "desk", scope="push", days=None, now=NOW)
    follow(database, data / "index")
    with serving(data, "--no-worker") as (address, running):
        status, headers, _ = post(address, token, JSON)
        assert status == 202
        os.killpg(running.pid, signal.SIGKILL)
    with serving(data) as (address, _):
        place = address + headers["location"]
        wait_until(lambda: get(place, Authorization=f"Bearer {token}")[0] == 200)
        status, _, body = post(address, token, JSON.replace(b'"1"', b'"2"'))
        assert (status, json.loads(body)["outcome"]) == (201, "new")
        wait_until(lambda: b"Opening" in get(f"{address}/search.json?q=doors")[2])
    assert len(list(every(database))) == 2 and list(verify(database)) == []
    database.close()
