"""What stands before the web framework: requests are numbered, and refused when they make no sense."""

from __future__ import annotations

from pathlib import Path

import pytest
from web_client import application, ask

from archive.database import Database
from syndicate.guard import Application
from syndicate.rate import BURST


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    return application(database, tmp_path)


def test_a_request_that_means_two_things_is_refused(app: Application) -> None:
    assert ask(app, "/", CONTENT_LENGTH="4", HTTP_TRANSFER_ENCODING="chunked").status == 400


def test_an_address_is_utf_8(app: Application) -> None:
    for path in ("/by/%ff", "/%ed%a0%80", "/a/%c0%ae"):
        reply = ask(app, path)
        assert reply.status == 400 and "UTF-8" in reply.text and reply.headers["X-Request-Id"]
        assert ask(app, path, "HEAD").body == b""


def test_every_request_has_a_number_of_its_own(app: Application) -> None:
    numbers = [ask(app, asked).headers["X-Request-Id"] for asked in ("/", "/nothing", "/latest.atom", "/")]
    assert len(set(numbers)) == 4


def test_who_asks_too_often_is_told_when_to_come_again(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, rate=1)
    many = [ask(app, "/latest.atom", REMOTE_ADDR="192.0.2.1") for _ in range(BURST + 1)]
    assert [reply.status for reply in many] == [200] * BURST + [429]
    for path in ("/", "/latest.atom", "/%ff"):
        reply = ask(app, path, REMOTE_ADDR="192.0.2.1", HTTP_ACCEPT_LANGUAGE="zh")
        assert (reply.status, reply.headers["Retry-After"]) == (429, "1") and "1秒" in reply.text
        assert reply.headers["Content-Type"].startswith("text/plain") and reply.headers["X-Request-Id"]
        assert ask(app, path, "HEAD", REMOTE_ADDR="192.0.2.1").body == b""
    assert ask(app, "/latest.atom", REMOTE_ADDR="192.0.2.2").status == 200


@pytest.mark.parametrize(("rate", "address"), [(0, "192.0.2.1"), (1, "127.0.0.1"), (1, "::1")])
def test_nobody_is_refused_without_a_limit_or_on_this_machine(
    database: Database, tmp_path: Path, rate: int, address: str
) -> None:
    app = application(database, tmp_path, rate=rate)
    assert {ask(app, "/latest.atom", REMOTE_ADDR=address).status for _ in range(50)} == {200}


def test_readers_are_counted_on_either_way_and_told_to_monitors(app: Application) -> None:
    for number in range(3):
        for way in ({}, {"HTTP_RANGE": "bytes=0-"}):
            ask(
                app, "/latest.atom?from-a-list=1", REMOTE_ADDR=f"192.0.2.{number}", HTTP_USER_AGENT="x", **way
            )
    ask(app, "/latest.atom", REMOTE_ADDR="198.51.100.1", HTTP_USER_AGENT="Feedbin feed-id:1 - 56 subscribers")
    for asked in ("/nothing.atom", "/latest.atom?n=x", "/", "/latest.atom?lang="):
        assert ask(app, asked, REMOTE_ADDR="192.0.2.9").status != 304
    text = ask(app, "/metrics").text
    assert [line for line in text.splitlines() if line.startswith("syndicate_feed_")] == [
        'syndicate_feed_readers{feed="/latest.atom"} 3.0',
        'syndicate_feed_subscribers_through_aggregators{feed="/latest.atom"} 56.0',
    ]
