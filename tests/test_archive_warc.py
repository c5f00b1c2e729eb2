"""Web archives: pages and feeds of them are taken, the rest is counted, what is broken is named."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import shared

from archive.ingest import ingest
from archive.kinds import kind_of
from archive.model import Result
from archive.take import EntryLine, InputLine, Taking
from archive.unpack import Unpacked
from archive.warc_reader import Record, read_records

PAGE = (
    "<html lang=en><head><title>A hall opens in the city</title></head><body><article><h1>A hall opens in the"
    " city</h1><p>The hall that was built over two years has opened its doors to the public.</p><p>It has"
    " room for two thousand people and is for concerts and for meetings.</p></article></body></html>"
)
FEED = (
    '<rss version="2.0"><channel><title>Feed</title><link>https://e.example/</link><item><guid>1</guid>'
    "<title>One</title></item><item><guid>2</guid><title>Two</title></item></channel></rss>"
)


def answer(body: str | bytes, *headers: str, status: str = "200 OK") -> bytes:
    """What a server answered."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + content


def record(
    block: bytes, url: str = "https://e.example/a", kind: str = "response", length: int | None = None
) -> bytes:
    """A WARC record; its length is true unless another is given."""
    size = len(block) if length is None else length
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2020-05-06T07:08:09Z\r\n"
        f"Content-Type: application/http\r\nContent-Length: {size}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def html(title: str = "A hall opens in the city", *headers: str) -> bytes:
    """A page as it was answered."""
    return answer(
        PAGE.replace("A hall opens in the city", title), "Content-Type: text/html; charset=utf-8", *headers
    )


def take(taking: Taking, path: Path) -> tuple[list[str | None], dict[str, Result], InputLine]:
    """The titles taken, the result of each record, and the archive's own line."""
    *lines, last = ingest(taking, [str(path)])
    assert isinstance(last, InputLine)
    titles = [line.title for line in lines if isinstance(line, EntryLine)]
    told = {line.input.partition("#")[2]: line.result for line in lines if isinstance(line, InputLine)}
    return titles, told, last


def read(*parts: bytes) -> list[Record]:
    """The records of some bytes."""
    return list(read_records(Unpacked(io.BytesIO(b"".join(parts)))))


def problems(records: Sequence[Record]) -> list[str | None]:
    """What is wrong with each record."""
    return [each.problem for each in records]


@pytest.mark.parametrize("packed", [False, True])
def test_pages_and_feeds_are_taken_and_the_rest_is_counted(
    taking: Taking, tmp_path: Path, packed: bool
) -> None:
    records = [
        record(b"software: x", kind="warcinfo"),
        record(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
        record(html()),
        record(answer(FEED, "Content-Type: application/xml"), "https://e.example/feed"),
        record(answer(b"\x89PNG", "Content-Type: image/png"), "https://e.example/i.png"),
        record(answer("", "Location: /", status="302 Found"), "https://e.example/old"),
        record(b"x", "dns:e.example"),
    ]
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(b"".join(map(gzip.compress, records)) if packed else b"".join(records))
    titles, told, last = take(taking, path)
    assert titles == ["A hall opens in the city", "One", "Two"]
    assert told == {"https://e.example/a": "ok", "https://e.example/feed": "ok"}
    assert (last.result, last.articles) == ("ok", 3) and last.detail
    for reason in ("2 pages and feeds taken", "1 warcinfo", "1 request", "1 answer 302", "1 other file"):
        assert reason in last.detail
    fetched = taking.database.read("SELECT asked, final, status, at FROM fetch ORDER BY id")
    assert {row["at"] for row in fetched} == {"2020-05-06T07:08:09Z"} and fetched[0]["status"] == 200
    assert fetched[0]["final"] == "https://e.example/a"
    assert take(taking, path)[2].result == "ok"
    assert len(taking.database.read("SELECT 1 FROM revision")) == 3


def test_an_arc_file_is_read_as_well(taking: Taking, tmp_path: Path) -> None:
    block = html()
    version = b"1 0 Maker\nURL IP-address Archive-date Content-type Archive-length\n"
    head = f"filedesc://a.arc 0.0.0.0 20200506070809 text/plain {len(version)}\n".encode() + version
    body = f"https://e.example/a b 192.0.2.1 20200506070809 text/html {len(block)}\n".encode() + block + b"\n"
    (tmp_path / "a.arc").write_bytes(head + b"\n" + body)
    titles, told, _ = take(taking, tmp_path / "a.arc")
    assert titles == ["A hall opens in the city"] and told == {"https://e.example/a%20b": "ok"}
    assert kind_of(".bin", None, head) == "warc" and kind_of("", None, b"WARC/1.1\r\n") == "warc"


@pytest.mark.parametrize(
    "block",
    [
        answer(gzip.compress(PAGE.encode()), "Content-Type: text/html", "Content-Encoding: gzip"),
        answer(zlib.compress(PAGE.encode()), "Content-Type: text/html", "Content-Encoding: deflate"),
        answer(PAGE, "Content-Type: text/html", "Content-Encoding: gzip"),
        answer(
            f"{len(PAGE):x}\r\n{PAGE}\r\n0\r\n\r\n", "Content-Type: text/html", "Transfer-Encoding: chunked"
        ),
    ],
)
def test_what_was_packed_for_the_way_is_unpacked(block: bytes) -> None:
    assert read(record(block))[0].body.decode() == PAGE


def test_what_is_packed_otherwise_or_too_large_is_named() -> None:
    unknown = record(answer(b"x", "Content-Type: text/html", "Content-Encoding: br"))
    bomb = record(answer(gzip.compress(bytes(11 << 20)), "Content-Type: text/html", "Content-Encoding: gzip"))
    large = record(answer(bytes(12 << 20), "Content-Type: text/html"))
    film = record(answer(bytes(12 << 20), "Content-Type: video/mp4"))
    found = problems(read(unknown, bomb, large, film, record(html())))
    assert found == [
        "is packed as 'br', which is not unpacked here",
        *["is larger than 10 MiB"] * 2,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (b"garbage\r\nmore\r\n", "begins with 'garbage', as no record does"),
        (record(html(), length=20), "is not as long as it says"),
        (record(html(), length=5000), "is not as long as it says"),
        (record(bytes(12 << 20), length=1 << 40), "is not as long as it says"),
        (record(html()).replace(b"Content-Length", b"Content-Breadth"), "does not say how long it is"),
        (record(b"no HTTP at all"), "holds no answer that can be read: "),
        (b"WARC/1.0\r\n" + b"X: y\r\n" * 100_000, "has headers of more than 256 KiB"),
    ],
)
def test_a_broken_record_is_named_and_the_next_is_read(broken: bytes, problem: str) -> None:
    before, after = record(html("Before")), record(html("After"), "https://e.example/after")
    found = read(before, broken, after)
    assert [each.url for each in found if not each.problem] == [
        "https://e.example/a",
        "https://e.example/after",
    ]
    (named,) = [each for each in found if each.problem]
    assert named.place == 2 and named.problem and named.problem.startswith(problem)


def test_an_archive_that_breaks_off_keeps_what_came_before(taking: Taking, tmp_path: Path) -> None:
    records = [record(html(str(number)), f"https://e.example/{number}") for number in range(3)]
    (tmp_path / "a.warc").write_bytes(b"".join(records)[:-200])
    _, told, last = take(taking, tmp_path / "a.warc")
    assert list(told.values()) == ["ok", "ok", "failed"] and last.result == "warning"
    packed = b"".join(map(gzip.compress, records))
    (tmp_path / "b.warc.gz").write_bytes(packed[:-100])
    assert take(taking, tmp_path / "b.warc.gz")[2].result == "warning"


def test_a_damaged_part_of_a_packed_archive_costs_only_itself() -> None:
    parts = [gzip.compress(record(html(str(number)), f"https://e.example/{number}")) for number in range(3)]
    parts[1] = parts[1][:80] + b"\xff" * 60 + parts[1][140:]
    urls = [each.url for each in read(*parts) if not each.problem]
    assert urls == ["https://e.example/0", "https://e.example/2"]


def test_a_cut_record_whose_answer_is_whole_is_taken() -> None:
    block = html("Whole", f"Content-Length: {len(PAGE) - len('A hall opens in the city') * 2 + 10}")
    assert problems(read(record(block, length=len(block) + 9)[:-4])) == [None]
    assert problems(read(record(html(), length=9_000)[:-4])) == ["breaks off"]


def test_an_empty_file_and_one_of_something_else_are_no_archives(taking: Taking, tmp_path: Path) -> None:
    (tmp_path / "a.warc").touch()
    assert take(taking, tmp_path / "a.warc")[2].result == "not_a_feed"
    (tmp_path / "b.warc").write_text("nothing of the kind\n" * 50)
    assert take(taking, tmp_path / "b.warc")[2].result == "failed"


def test_every_real_archive_ends_in_a_result(taking: Taking) -> None:
    found = {}
    for path in sorted(shared("data/warc").glob("*arc*")):
        titles, _, last = take(taking, path)
        found[path.name.partition("__")[2]] = (last.result, len(titles))
    assert len(found) == 16
    assert (
        found["example.warc"]
        == found["example.arc.gz"]
        == found["example-iana.org-chunked.warc"]
        == ("ok", 1)
    )
    assert found["bad.arc"][0] == "failed" and found["example-trunc.warc"][0] == "warning"
