"""Asking the hub: what it takes, what it refuses and why, and how much may wait."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from factories import NOW, article
from subscriber import BASE, FORM, Hub
from web_client import ask

from archive import subscriptions
from archive.database import Database, Row

LATEST = f"{BASE}/latest.atom"
CALLBACK = "https://reader.example/hook"
GOOD = {"hub.mode": "subscribe", "hub.callback": CALLBACK, "hub.topic": LATEST}


def made(database: Database) -> Hub:
    """A hub with one article."""
    hub = Hub(database, database.folder.parent)
    hub.put(article(guid="1", title="Olympic halls open"))
    hub.follow()
    return hub


@pytest.fixture
def hub(database: Database) -> Hub:
    """That hub for one test."""
    return made(database)


@pytest.fixture(scope="module")
def refusing(standing: Database) -> Hub:
    """That hub for all tests of what it takes nothing of."""
    return made(standing)


def waiting(hub: Hub) -> list[Row]:
    """What waits to be confirmed."""
    return hub.database.read("SELECT * FROM intent ORDER BY id")


def test_what_is_wanted_waits_to_be_confirmed(hub: Hub) -> None:
    reply = hub.ask({**GOOD, "hub.secret": "s", "hub.lease_seconds": "86400"})
    assert reply.status == 202 and "confirm" in reply.text
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    (row,) = waiting(hub)
    assert (row["callback"], row["topic"], row["mode"]) == (CALLBACK, LATEST, "subscribe")
    assert (row["secret"], row["lease"], row["host"]) == ("s", 86400, "reader.example")
    assert f'"{row["tag"]}"' == hub.read(LATEST).headers["Etag"]
    assert hub.active() == 0


@pytest.mark.parametrize(
    ("stated", "lease"),
    [(None, 864_000), ("", 864_000), ("1", 300), ("86400", 86_400), ("99999999", 2_592_000), ("9" * 5000, 0)],
)
def test_leases_are_between_five_minutes_and_thirty_days(hub: Hub, stated: str | None, lease: int) -> None:
    more = {} if stated is None else {"hub.lease_seconds": stated}
    assert hub.ask({**GOOD, **more}).status == 202
    assert waiting(hub)[0]["lease"] == (lease or 2_592_000)


@pytest.mark.parametrize(
    ("said", "status", "sentence"),
    [
        ({"hub.mode": ""}, 400, "hub.mode: expected subscribe or unsubscribe"),
        ({"hub.mode": "publish"}, 400, "only we publish here"),
        ({"hub.topic": ""}, 400, "hub.topic: say which feed"),
        ({"hub.topic": "https://other.example/feed"}, 404, "no feed of this site"),
        ({"hub.topic": f"{BASE}/topic/nothing.atom"}, 404, "no such topic"),
        ({"hub.topic": f"{BASE}/source/nobody.atom"}, 404, "no such source"),
        (
            {"hub.topic": f"{BASE}/latest.atom?archive=0-32&lang=en"},
            400,
            f"is {BASE}/latest.atom?lang=en&arc",
        ),
        ({"hub.topic": f"{BASE}/latest.atom?archive=0-32"}, 400, f"what is new is in {BASE}/latest.atom\n"),
        ({"hub.topic": f"{BASE}/latest.atom?lang=fr"}, 400, "lang: expected en or zh"),
        (
            {"hub.topic": f"{BASE}/latest.atom?q=x"},
            400,
            f"the address of this feed is {BASE}/search.atom?q=x",
        ),
        ({"hub.topic": f"{BASE}/search.atom?q={'x' * 1001}"}, 400, "1,000"),
        ({"hub.callback": ""}, 400, "hub.callback: expected an http"),
        ({"hub.callback": "ftp://reader.example/"}, 400, "hub.callback: expected an http"),
        ({"hub.callback": "https:///hook"}, 400, "hub.callback: expected an http"),
        ({"hub.callback": "https://reader.example/#here"}, 400, "without a fragment"),
        ({"hub.callback": "https://reader.example/a b"}, 400, "hub.callback: expected an http"),
        ({"hub.callback": "https://reader.example/中"}, 400, "ASCII"),
        ({"hub.callback": "https://reader.example:x/"}, 400, "hub.callback: expected an http"),
        ({"hub.callback": "https://[::1/"}, 400, "hub.callback: expected an http"),
        ({"hub.callback": f"https://reader.example/{'x' * 2000}"}, 400, "at most 2000"),
        ({"hub.callback": f"{BASE}/websub/x"}, 400, "an address of this site"),
        ({"hub.callback": "http://127.0.0.1/hook"}, 400, "no public address"),
        ({"hub.callback": "http://[::1]:8080/hook"}, 400, "no public address"),
        ({"hub.callback": "http://8.8.8.8:22/"}, 400, "no public address"),
        ({"hub.secret": "x" * 201}, 400, "hub.secret: is longer than 200 bytes"),
        ({"hub.secret": "密" * 67}, 400, "hub.secret: is longer than 200 bytes"),
        ({"hub.lease_seconds": "soon"}, 400, "hub.lease_seconds: expected a whole number"),
        ({"hub.lease_seconds": "0"}, 400, "hub.lease_seconds: expected a whole number"),
        ({"hub.lease_seconds": "-1"}, 400, "hub.lease_seconds: expected a whole number"),
        ({"hub.mode": "unsubscribe"}, 404, "not subscribed"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    refusing: Hub, said: dict[str, str], status: int, sentence: str
) -> None:
    reply = refusing.ask({**GOOD, **said})
    assert (reply.status, sentence in reply.text) == (status, True), reply.text
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert waiting(refusing) == []


def test_a_secret_of_200_bytes_and_a_public_address_will_do(hub: Hub) -> None:
    assert hub.ask({**GOOD, "hub.secret": "x" * 200, "hub.callback": "http://8.8.8.8:8080/"}).status == 202


def test_the_form_is_utf_8_small_and_a_form(hub: Hub) -> None:
    def post(body: bytes, kind: str = FORM, **environ: str) -> int:
        return ask(hub.app, "/hub", "POST", body, CONTENT_TYPE=kind, **environ).status

    assert post(b"hub.mode=subscribe&hub.topic=%ff") == 400
    assert post(b"\xff") == 400
    assert post(b"a=1&" * 200) == 400
    assert post(b"x" * (16 << 10)) == 400 and post(b"x" * ((16 << 10) + 1)) == 413
    assert post(b"{}", "application/json") == 415 and post(b"x", "") == 415
    assert post(b"", **{"wsgi.input": io.BytesIO(b"x")}) == 411  # type: ignore[arg-type]
    assert post(b"hub.mode=subscribe", f"{FORM}; charset=UTF-8") == 400
    assert waiting(hub) == []


def test_other_methods_are_refused(hub: Hub) -> None:
    reply = ask(hub.app, "/hub", "PUT", b"x")
    assert reply.status == 405 and set(reply.headers["Allow"].split(", ")) == {"GET", "POST", "HEAD"}


def test_asking_twice_for_the_same_waits_once(hub: Hub) -> None:
    for secret in ("s", "s", "t"):
        assert hub.ask({**GOOD, "hub.secret": secret}).status == 202
    assert [row["secret"] for row in waiting(hub)] == ["s", "t"]


def test_unsubscribing_what_waits_to_be_confirmed_is_taken(hub: Hub) -> None:
    hub.ask(GOOD)
    assert hub.ask({**GOOD, "hub.mode": "unsubscribe"}).status == 202
    assert [row["mode"] for row in waiting(hub)] == ["subscribe", "unsubscribe"]


def test_a_host_that_confirms_nothing_fills_the_hub_for_nobody_else(hub: Hub) -> None:
    row = {"callback": "https://x.example/", "host": "x.example", "topic": LATEST, "mode": "subscribe"}
    rest = {"secret": None, "lease": 300, "tag": None, "reason": None}
    with hub.database.writing() as transaction:
        many = [{**row, **rest}] * subscriptions.MOST_OF_A_HOST
        subscriptions.add(transaction, many, NOW)
    reply = hub.ask({**GOOD, "hub.callback": "https://X.example/hook"})
    assert reply.status == 429 and "x.example" in reply.text and reply.headers["Retry-After"] == "60"
    assert hub.ask(GOOD).status == 202


def test_without_an_index_a_search_is_taken_later(database: Database, tmp_path: Path) -> None:
    hub = Hub(database, tmp_path)
    for path in (tmp_path / "index").iterdir():
        path.unlink()
    reply = hub.ask({**GOOD, "hub.topic": f"{BASE}/search.atom?q=x"})
    assert reply.status == 503 and reply.headers["Retry-After"] == "5"
