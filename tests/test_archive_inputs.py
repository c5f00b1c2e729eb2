"""What an input is, and how much of it is read at once."""

from __future__ import annotations

import gzip
import io
import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from feed_server import Answer, FeedServer

from archive import unpack
from archive.ingest import STREAMS, ingest
from archive.inputs import Input, read_file, read_inputs
from archive.kinds import Kind, kind_of
from archive.pace import Rest
from archive.polls import pause
from archive.settings import Fetch
from archive.take import InputLine, Taking
from archive.unpack import Unpacked

RECORD = b'{"title": "T", "body": "x"}\n'
FEED = b'<rss version="2.0"><channel><title>F</title><item><title>One</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("suffix", "content_type", "head", "kind"),
    [
        (".jsonl", None, b"", "records"),
        (".ndjson", None, b"<opml>", "records"),
        (".opml", None, RECORD, "opml"),
        (".arc", None, b"", "warc"),
        ("", "application/x-ndjson; charset=utf-8", b"", "records"),
        ("", "text/x-opml", b"", "opml"),
        (".json", None, RECORD, "records"),
        (".json", None, b'{"title": "F", "items": [], "body": ""}', "document"),
        (".json", None, b'{"version": "https://jsonfeed.org/version/1.1", "title": "F"}', "document"),
        (".json", None, b'{"title": "pretty",\n "body": "x"}', "document"),
        (".xml", None, b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x --> <OPML version="1.1">', "opml"),
        (".xml", None, FEED, "document"),
        ("", None, b"WARC/1.0\r\n", "warc"),
        (".txt", None, b"WARC/1.0\r\n", "document"),
        (".csv", None, b"title,File,date\nx,y,z", "sheet"),
        (".csv", None, b"title,date\nfile,y", "document"),
    ],
)
def test_an_input_is_known_by_name_then_type_then_first_bytes(
    suffix: str, content_type: str | None, head: bytes, kind: Kind
) -> None:
    assert kind_of(suffix, content_type, head) == kind


def test_a_stream_is_not_read_before_its_door_asks(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(RECORD * 1_000_000))
    found = read_file(tmp_path / "a.jsonl.gz")
    assert (found.kind, found.body, found.problem) == ("records", b"", None)
    assert found.stem == "a.jsonl" and found.open().head(len(RECORD)) == RECORD


def test_a_document_is_read_whole_within_limits(tmp_path: Path) -> None:
    (tmp_path / "a.xml.gz").write_bytes(gzip.compress(FEED))
    assert read_file(tmp_path / "a.xml.gz").body == FEED
    (tmp_path / "b.xml").write_bytes(bytes((10 << 20) + 1))
    problem = read_file(tmp_path / "b.xml").problem
    assert problem and problem.result == "too_complex"
    (tmp_path / "c.xml.gz").write_bytes(gzip.compress(FEED)[:-9])
    problem = read_file(tmp_path / "c.xml.gz").problem
    assert problem and problem.detail == "is not whole gzip: the end is missing"


def test_what_is_piped_in_is_unpacked_and_known_by_its_first_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe:
        """What is piped in."""

        buffer = io.BytesIO(gzip.compress(RECORD * 3))

    monkeypatch.setattr("sys.stdin", Pipe)
    (found,) = read_inputs(["-"], Fetch())
    assert found.kind == "records" and found.open().read() == RECORD * 3
    Pipe.buffer = io.BytesIO(FEED)
    (found,) = read_inputs(["-"], Fetch())
    assert (found.kind, found.body) == ("document", FEED)


def test_a_named_pipe_is_read_like_one(tmp_path: Path) -> None:
    end, other = os.pipe()
    os.write(other, RECORD)
    os.close(other)
    found = read_file(Path(f"/dev/fd/{end}"))
    assert found.kind == "records" and found.open().readall() == RECORD
    os.close(end)


def test_an_address_gives_its_name_or_its_host() -> None:
    assert Input(name="x", url="https://e.example/a/b.html?c").stem == "b.html"
    assert Input(name="x", url="https://e.example/").stem == "e.example"


@pytest.mark.parametrize("size", [0, 1, 65_536, 200_000])
def test_all_members_of_a_packed_stream_come_out_whole(size: int) -> None:
    parts = [os.urandom(size), bytes(size), b"end"]
    packed = b"".join(map(gzip.compress, parts)) + bytes(512)
    stream = Unpacked(io.BytesIO(packed))
    assert stream.head(3) == b"".join(parts)[:3]
    assert stream.read() == b"".join(parts) and stream.problem is None


def test_a_stream_that_breaks_gives_what_came_before_and_says_why() -> None:
    packed = gzip.compress(os.urandom(100_000))
    cut = Unpacked(io.BytesIO(packed[:50_000]))
    assert 0 < len(cut.read()) < 50_000 and cut.problem == "is not whole gzip: the end is missing"
    damaged = Unpacked(io.BytesIO(gzip.compress(b"good") + b"\x1f\x8b\x08 not so"))
    assert damaged.read() == b"good" and damaged.problem


def test_a_bomb_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "STRETCH", 1 << 20)
    stream = Unpacked(io.BytesIO(gzip.compress(b"good\n" + bytes(50 << 20))))
    assert len(stream.read()) < 2 << 20
    assert stream.problem == "unpacks to more than 500 times its size, as no text does"
    text = Unpacked(io.BytesIO(gzip.compress(RECORD * 500_000)))
    assert len(text.read()) == len(RECORD) * 500_000 and text.problem is None


def test_every_file_of_a_folder_gets_a_line(taking: Taking, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    (folder / "deeper").mkdir(parents=True)
    files = {
        "a.xml": FEED,
        "b.jsonl": RECORD,
        "c.opml": b'<opml><body><outline text="x" xmlUrl="https://e.example/feed"/></body></opml>',
        "d.warc": b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
        "e.html": b"<html><title>T</title><body><p>A page of some words.</p></body></html>",
        "f.txt": "题目\n\n正文。".encode(),
        "g.bin": b"\x00\x01",
        "h": b"",
        "deeper/i.ndjson.gz": gzip.compress(json.dumps({"title": "题目", "body": "正文"}).encode()),
    }
    for name, body in files.items():
        (folder / name).write_bytes(body)
    told = {line.input for line in ingest(taking, [str(folder)]) if isinstance(line, InputLine)}
    assert told >= {str(folder / name) for name in files}


@pytest.mark.parametrize(
    "head", [b" " * 200_000, b"<?a?>" * 40_000, b"<!--" * 50_000, b"<!DOCTYPE a [" * 20_000]
)
def test_no_beginning_takes_long_to_be_told(head: bytes) -> None:
    started = time.monotonic()
    assert kind_of("", None, head) == "document"
    assert time.monotonic() - started < 1


def test_every_kind_has_a_door() -> None:
    assert {*STREAMS, "document", "sheet"} == {*get_args(Kind)}


def test_an_address_of_a_domain_that_asked_to_be_left_alone_is_not_asked(taking: Taking) -> None:
    with FeedServer() as server:
        url = server.answer("/feed", Answer(body=b"<rss/>"))
        config = replace(taking.config, fetch=Fetch(allow=(server.address,)))
        until = datetime.now(UTC) + timedelta(minutes=5)
        with taking.database.writing() as transaction:
            pause(transaction, Rest(domain=server.address, until=until), datetime.now(UTC))
        (line,) = ingest(replace(taking, config=config), [url])
    assert isinstance(line, InputLine) and line.result == "failed" and "left alone" in str(line.detail)
    assert server.asked == []


def test_what_is_piped_in_without_a_name_is_called_so() -> None:
    assert Input(name="-").stem == "stdin"
