"""Sending one by one: each request begins at once, and no answer holds up another."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from feed_server import Answer, FeedServer

from archive.errors import FetchError
from archive.fetch import Answer as Came
from archive.fetch import Fetched, Request
from archive.pace import Pace
from archive.send import Sender
from archive.settings import Fetch


@pytest.fixture
def sender(server: FeedServer) -> Iterator[Sender]:
    """A sender that may ask the server, two at a time."""
    settings = Fetch(allow=(server.address,), timeout=2)
    with Sender(settings, Pace(connections=2, apart=0, connect=1)) as running:
        yield running


def told(url: str, body: bytes = b"news") -> Request:
    """A request that brings something."""
    return Request(url=url, body=body, headers=(("Content-Type", "text/x-news"), ("X-Mark", "1")), most=0)


def came(sender: Sender, many: int) -> list[Came]:
    """So many answers, in the order in which they came."""
    found: list[Came] = []
    while len(found) < many:
        found += sender.answers_within(5)
    return found


def status(answer: Fetched | FetchError) -> int:
    """The status of an answer."""
    assert isinstance(answer, Fetched), answer
    return answer.status


def test_a_body_is_posted_to_the_letter(server: FeedServer, sender: Sender) -> None:
    url = server.answer("/hook?a=%e4%b8%ad", Answer(status=204))
    sender.send(told(url, "新闻\0".encode()))
    ((request, answer),) = came(sender, 1)
    assert request.url == url and status(answer) == 204
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/hook?a=%e4%b8%ad", "新闻\0".encode())
    assert (asked.headers["Content-Type"], asked.headers["X-Mark"]) == ("text/x-news", "1")


def test_who_is_slow_holds_up_nobody(server: FeedServer, sender: Sender) -> None:
    slow = server.answer("/slow", Answer(latency=1))
    swift = server.answer("/swift", Answer())
    sender.send(told(slow))
    time.sleep(0.1)
    for _ in range(5):
        sender.send(told(swift))
    assert [request.url for request, _ in came(sender, 6)] == [swift] * 5 + [slow]
    assert sender.under_way == 0


def test_a_redirect_is_the_answer_and_a_body_is_not_read(server: FeedServer, sender: Sender) -> None:
    away = server.redirect("/away", server.url("/there"), 307)
    endless = server.answer("/endless", Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 65536, endless=True))
    for request in (told(away), Request(url=away, follow=False), told(endless)):
        sender.send(request)
    assert sorted(status(answer) for _, answer in came(sender, 3)) == [200, 307, 307]
    assert "/there" not in {asked.path for asked in server.asked}


def test_a_body_that_is_too_long_to_be_of_use_is_a_failure(server: FeedServer, sender: Sender) -> None:
    stated = server.answer("/stated", Answer(body=b"x" * 1001))
    dripped = server.answer("/", Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001))
    fits = server.answer("/fits", Answer(body=b"x" * 1000))
    for url in (stated, dripped, fits):
        sender.send(Request(url=url, follow=False, most=1000))
    answers = {request.url: answer for request, answer in came(sender, 3)}
    for url in (stated, dripped):
        assert "larger than 1000 bytes" in str(answers[url])
    fitting = answers[fits]
    assert isinstance(fitting, Fetched) and fitting.body == b"x" * 1000


def test_who_asks_for_rest_asks_for_one_address_alone(server: FeedServer, sender: Sender) -> None:
    busy = server.answer("/busy", Answer(status=429, headers={"Retry-After": "3600"}))
    sender.send(told(busy))
    ((_, answer),) = came(sender, 1)
    assert isinstance(answer, Fetched) and answer.rest is not None
    sender.send(told(server.answer("/other", Answer())))
    assert status(came(sender, 1)[0][1]) == 200


def test_failures_are_answers_and_private_addresses_are_refused(server: FeedServer, sender: Sender) -> None:
    with FeedServer("127.0.0.2") as private:
        for url in (private.url("/"), server.answer("/silent", Answer(latency=9)), "mailto:me"):
            sender.send(told(url))
        answers = [str(answer) for _, answer in came(sender, 3)]
        assert private.asked == []
    assert any("not a public address" in text for text in answers)
    assert any("did not answer completely within 2 seconds" in text for text in answers)
    assert any("is not a web address" in text for text in answers)


def test_how_long_an_answer_took_is_known_without_the_wait_for_a_turn(
    server: FeedServer, sender: Sender
) -> None:
    url = server.answer("/", Answer(latency=0.4))
    started = time.monotonic()
    for _ in range(4):
        sender.send(told(url))
    answers = came(sender, 4)
    whole = time.monotonic() - started
    for _, answer in answers:
        assert isinstance(answer, Fetched) and 0.4 <= answer.spent < whole * 0.8


def test_closing_gives_up_what_is_under_way(server: FeedServer) -> None:
    url = server.answer("/", Answer(latency=3))
    started = time.monotonic()
    with Sender(Fetch(allow=(server.address,)), Pace()) as sender:
        sender.send(told(url))
        time.sleep(0.2)
    assert time.monotonic() - started < 2
