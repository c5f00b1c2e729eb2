"""Servers that do harm, and what else goes wrong in a round of polling: each costs its own source alone."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from feed_server import Answer, FeedServer
from polling import BRISK, Reader, feed

from archive.database import Database, Transaction
from archive.errors import Busy
from archive.model import Document
from archive.polls import polls
from archive.reading.parse import parse
from archive.refresh import refresh
from archive.sandbox import Sandbox
from archive.take import InputLine


@pytest.fixture
def reader(database: Database, sandbox: Sandbox, server: FeedServer) -> Reader:
    """A reader of the server."""
    return Reader(database, sandbox, server)


HARM: Sequence[tuple[str, Answer, str]] = (
    ("drip", Answer(body=feed("x") * 9, drip=0.05), "within 2 seconds"),
    ("endless", Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 65536, endless=True), "larger than"),
    (
        "bomb",
        Answer(body=gzip.compress(bytes(64 << 20)), headers={"Content-Encoding": "gzip"}),
        "larger than 10 MiB",
    ),
    ("longer", Answer(body=feed("x"), breaks_off=True), "broke off"),
    ("head", Answer(body=feed("x"), headers={"X": "a" * 100_000}), "does not speak HTTP"),
    ("chunks", Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx"), "speak HTTP"),
    ("http09", Answer(raw=b"<rss><channel></channel></rss>"), "does not speak HTTP"),
    ("cut", Answer(raw=b"HTTP/1.1 2"), "without an answer"),
    ("reset", Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", resets=True), "broke off"),
    ("unasked", Answer(status=304), "nothing has changed"),
    ("nothing", Answer(body=b""), "0 bytes"),
    ("error", Answer(status=500, body=b"<html>"), "500"),
)


def test_every_kind_of_harm_is_the_failure_of_its_source_alone(reader: Reader) -> None:
    for name, answer, _ in HARM:
        reader.add(f"/{name}", answer)
    reader.add("/loop", Answer(status=302, headers={"Location": "/loop"}))
    good = [reader.add(f"/{n}", Answer(body=feed(f"good {n}")), id=f"good{n}") for n in range(20)]
    lines = {line.input.rsplit("/", 1)[1]: line for line in reader.poll()}
    for name, _, says in (*HARM, ("loop", None, "more than 5 times")):
        assert lines[name].result in ("failed", "not_a_feed"), name
        assert says in (lines[name].detail or ""), (name, lines[name].detail)
        assert reader.kept(name).failures == 1 and reader.kept(name).result == lines[name].result
    assert all(reader.kept(id).result == "ok" for id in good)


@pytest.mark.parametrize("status", [403, 404, 410, 429, 500, 503])
def test_an_error_counts_whatever_becomes_of_its_body(reader: Reader, status: int) -> None:
    reader.add("/a", Answer(status=status, body=b"x" * 99, breaks_off=True))
    assert f"answered {status}" in reader.told()[1]


def test_more_than_was_announced_is_no_http_and_a_bad_charset_is_read(reader: Reader) -> None:
    whole = feed("one", "two")
    cut = f"HTTP/1.1 200 OK\r\nContent-Length: {len(whole) - 60}\r\n\r\n".encode() + whole
    reader.add("/cut", Answer(raw=cut))
    kind = {"Content-Type": "application/rss+xml; charset=no-such-charset"}
    reader.add("/charset", Answer(body=feed("新闻"), headers=kind))
    result, detail = reader.told("cut")
    assert result == "failed" and "does not speak HTTP" in detail and len(detail) < 250
    assert [line.result for line in reader.poll("charset")] == ["ok"]
    assert reader.database.read("SELECT 1 FROM revision WHERE title = '新闻'")


def test_no_redirect_leads_to_a_private_address_or_away_from_the_web(reader: Reader) -> None:
    with FeedServer("127.0.0.2") as canary:
        hosts = ("127.0.0.2", "127.2", "0x7f.2", "2130706434", "[::ffff:127.0.0.2]", "localhost")
        ends = [f"http://{host}:{canary.port}/" for host in hosts]
        ends += ["http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "gopher://127.0.0.2/"]
        ends += ["ftp://127.0.0.2/", "data:text/xml,<rss/>", "//[", "http://"]
        for number, end in enumerate(ends):
            reader.server.redirect(f"/{number}", end, 301)
            reader.add(f"/{number}", id=f"s{number}")
        reader.add("/good", Answer(body=feed("good")))
        lines = {line.input.rsplit("/", 1)[1]: line for line in reader.poll()}
        assert canary.asked == []
    assert lines.pop("good").result == "ok"
    assert {line.result for line in lines.values()} == {"failed"} and len(lines) == len(ends)
    assert all(each.moved_to is None for each in polls(reader.database))


def test_what_cannot_be_taken_in_fails_alone(reader: Reader) -> None:
    class Poisoned:
        """A child that makes something of one feed that no archive can take."""

        def parse(self, body: bytes, **stated: object) -> Document:
            if b"crash" in body:
                raise ValueError("of a kind that nobody foresaw")
            found = parse(body, **stated)  # type: ignore[arg-type]
            bad = tuple(replace(each, title=5) for each in found.articles)  # type: ignore[arg-type]
            return replace(found, articles=bad) if b"poison" in body else found

    reader.taking = replace(reader.taking, parsing=Poisoned())  # type: ignore[arg-type]
    for name in ("a", "poison", "crash", "b"):
        reader.add(f"/{name}", Answer(body=feed(name)))
    lines = {line.input.rsplit("/", 1)[1]: line for line in reader.poll()}
    assert {name: line.result for name, line in lines.items()} == {
        "a": "ok",
        "poison": "failed",
        "crash": "failed",
        "b": "ok",
    }
    assert all("please report it" in (reader.kept(name).detail or "") for name in ("poison", "crash"))


def test_a_child_that_is_killed_costs_one_feed(reader: Reader, sandbox: Sandbox) -> None:
    for name in "abc":
        reader.add(f"/{name}", Answer(body=feed(name)))
    assert reader.poll("a")[0].result == "ok"
    assert sandbox._child is not None
    sandbox._child.kill()
    sandbox._child.wait()
    assert sorted(line.result for line in reader.poll("b", "c"))[-1] == "ok"


def test_a_busy_archive_keeps_the_sources_due(reader: Reader) -> None:
    class Locked:
        """The archive while somebody else writes for too long."""

        def __getattr__(self, name: str) -> object:
            return getattr(reader.database, name)

        def writing(self) -> AbstractContextManager[Transaction]:
            raise Busy("archive.lock: held by another process")

    taking = replace(reader.taking, database=Locked())  # type: ignore[arg-type]
    for name in "ab":
        reader.add(f"/{name}", Answer(body=feed(name)))
    told = [each for each in refresh(taking, pace=BRISK) if isinstance(each, InputLine)]
    assert [(line.result, line.detail) for line in told] == [
        ("failed", "archive.lock: held by another process")
    ] * 2
    assert [line.result for line in reader.poll()] == ["ok", "ok"]
