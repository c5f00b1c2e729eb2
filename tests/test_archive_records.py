"""Lines of JSON: what of them is taken, what is named, and that an export comes back as it was."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import NOW, article, put_all

from archive import records
from archive.articles import every
from archive.database import Database
from archive.export import export
from archive.fetches import unpack
from archive.ingest import ingest
from archive.model import Article, Document, Enclosure, Image
from archive.pairs import record as record_pair
from archive.reading.record_reader import read_records
from archive.sandbox import Sandbox
from archive.take import EntryLine, InputLine, Taking

ROOT = Path(__file__).parents[1]
ZH = "国际交往中心建设取得新的进展。"


def write(path: Path, *lines: object) -> Path:
    """A file of these lines, objects as JSON."""
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def take(taking: Taking, path: Path) -> tuple[list[EntryLine], InputLine]:
    """The lines of the entries of a file, and its own."""
    *entries, last = ingest(taking, [str(path)])
    assert isinstance(last, InputLine)
    return [entry for entry in entries if isinstance(entry, EntryLine)], last


def one(**fields: object) -> Article:
    """The article of one line that is good."""
    found = read_records(json.dumps({"title": "A title", "body": "Some text.", **fields}).encode(), first=1)
    assert not found.faults
    return found.articles[0]


def exported(database: Database) -> list[dict[str, Any]]:
    """What the export writes, without what belongs to one archive alone."""
    told = [json.loads(line) for line in export(database, base_url="")]
    return [
        {name: value for name, value in each.items() if name not in ("seq", "first_seen")} for each in told
    ]


def without_arrival(line: dict[str, Any]) -> str:
    """A line of an export but for the days in addresses: without a date it is that of arrival."""
    return re.sub(r"/a/\d{4}/\d\d/\d\d/", "/a/", json.dumps(line))


def test_title_and_body_are_enough() -> None:
    found = one()
    assert (found.title, found.text, found.html) == ("A title", "Some text.", "")
    assert (found.guid, found.url, found.published, found.language) == (None, None, None, "en")


def test_html_is_shown_and_body_is_searched_literally() -> None:
    found = one(
        body="if a <b> c", html="<p onclick='x()'>shown <a href='/x'>this</a></p>", url="https://e.example/a"
    )
    assert found.text == "if a <b> c"
    assert found.html.startswith("<p>shown <a") and 'href="https://e.example/x"' in found.html


def test_html_alone_is_searched_by_its_words() -> None:
    assert one(body=None, html="<p>One</p><p>Two</p><script>x</script>").text == "One\n\nTwo"


def test_dates_are_read_or_kept_as_they_stand() -> None:
    assert one(published="2022-04-02T08:00:00+08:00").published_precision == "second"
    assert one(published="2022年4月2日").published_precision == "day"
    given = one(published="2022-04-02T00:00:00Z", published_raw="2 April 2022", published_precision="day")
    assert (given.published_raw, given.published_precision) == ("2 April 2022", "day")
    unread = one(published="last Tuesday")
    assert (unread.published, unread.published_raw) == (None, "last Tuesday")


def test_language_is_kept_as_stated_and_else_told_by_the_text() -> None:
    assert (one(body=ZH).language, one(body=ZH).script) == ("zh", "Hans")
    assert (one(body=ZH, language="zh-Hant").language, one(language="und").language) == ("zh", "und")
    assert one(body=ZH, language="zh", script="Hant").script == "Hant"


def test_everything_that_may_be_said_is_kept() -> None:
    found = one(
        source="beijing-daily",
        guid="g",
        authors=["A", "B"],
        categories="one",
        topics=["olympics"],
        enclosures=[{"url": "https://e.example/a.mp3", "type": "audio/mpeg", "length": 3}],
        images=[{"file": "a.jpg", "caption": "A hall", "before_block": 2}],
        embargo="2030-01-01T00:00:00Z",
        republish="summary",
        note="of an editor",
        translations=[{"id": "urn:uuid:x"}],
    )
    assert (found.source, found.authors, found.categories, found.topics) == (
        "beijing-daily",
        ("A", "B"),
        ("one",),
        ("olympics",),
    )
    assert found.enclosures == (Enclosure(url="https://e.example/a.mp3", type="audio/mpeg", length=3),)
    assert found.images == (Image(file="a.jpg", caption="A hall", before_block=2),)
    assert found.embargo and found.embargo.year == 2030 and found.republish == "summary"
    assert found.note == "of an editor" and found.translations[0].id == "urn:uuid:x"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"title": "x"}', "has neither body nor html"),
        ('{"body": "x"}', "has no title"),
        ('{"title": " ", "body": "x"}', "has no title"),
        ('{"title": ["x"], "body": "x"}', "has no title"),
        ("[1]", "is JSON, but no object"),
        ('{"title": "x"', "is not JSON: Expecting ',' delimiter at column 14"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"n": ' + "9" * 9_000 + "}", "holds a number that is too long"),
        ('{"title": "x", "body": "x", "embargo": "soon"}', "embargo is no time that can be read: soon"),
    ],
)
def test_a_bad_line_says_why(line: str, reason: str) -> None:
    (fault,) = [fault for fault in read_records(line.encode(), first=7).faults if fault.is_skipped]
    assert (fault.place, fault.reason) == (7, reason)


def test_a_bad_field_costs_no_article() -> None:
    line = {
        "title": "x",
        "body": "y",
        "url": "file:///x",
        "authors": [1, "A"],
        "images": ["x"],
        "language": "?",
    }
    found = read_records(json.dumps(line).encode(), first=1)
    assert (found.articles[0].url, found.articles[0].authors) == (None, ("A",))
    assert {fault.reason.partition(" ")[0] for fault in found.faults} == {
        "url",
        "authors",
        "images",
        "language",
    }
    assert not any(fault.is_skipped for fault in found.faults)


def test_a_line_in_another_charset_is_read_and_said() -> None:
    line = json.dumps({"title": ZH, "body": ZH * 9}, ensure_ascii=False).encode("gb18030")
    found = read_records(line, first=1)
    assert found.articles[0].title == ZH and "is not UTF-8" in found.faults[0].reason


def test_lines_come_out_in_their_order_and_bad_ones_stop_nothing(taking: Taking, tmp_path: Path) -> None:
    good = [
        {"title": f"Title {number}", "body": ZH, "guid": str(number), "source": f"s-{number % 2}"}
        for number in range(6)
    ]
    path = write(tmp_path / "a.jsonl", good[0], "{", good[1], "", *good[2:])
    entries, last = take(taking, path)
    assert [entry.title for entry in entries] == [
        "Title 0",
        None,
        *(f"Title {number}" for number in range(1, 6)),
    ]
    assert [entry.outcome for entry in entries] == ["new", "skipped", *["new"] * 5]
    assert {entry.source for entry in entries if entry.source} == {"s-0", "s-1"}
    assert (last.result, last.articles) == ("warning", 6)
    assert last.detail and last.detail.startswith("line 2: is not JSON")
    kept = taking.database.read(
        "SELECT b.bytes, b.codec FROM blob b JOIN fetch f ON f.sha = b.sha ORDER BY f.id"
    )
    told = b"\n".join(unpack(row["codec"], row["bytes"]) for row in kept)
    assert sorted(told.split(b"\n")) == sorted(filter(None, path.read_bytes().split(b"\n")))
    again, last = take(taking, path)
    assert [entry.outcome for entry in again] == ["unchanged", "skipped", *["unchanged"] * 5]
    assert [entry.id for entry in again] == [entry.id for entry in entries]


def test_only_the_first_ten_bad_lines_are_named(taking: Taking, tmp_path: Path) -> None:
    _, last = take(taking, write(tmp_path / "a.jsonl", *["x"] * 14))
    assert last.result == "failed" and last.detail
    assert last.detail.count("line ") == 10 and last.detail.endswith("and 4 more")
    assert take(taking, write(tmp_path / "b.jsonl", "", ""))[1].result == "empty"
    (tmp_path / "c.jsonl").touch()
    assert take(taking, tmp_path / "c.jsonl")[1].result == "not_a_feed"


def test_a_line_that_is_too_long_is_skipped_by_its_number(
    taking: Taking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LONGEST_LINE", 1000)
    path = write(tmp_path / "a.jsonl", {"title": "1", "body": "x"}, "x" * 3000, {"title": "3", "body": "y"})
    entries, last = take(taking, path)
    assert [entry.outcome for entry in entries] == ["new", "skipped", "new"]
    assert last.detail and last.detail.startswith("line 2: is longer than")


def test_a_line_that_kills_the_child_takes_no_other_with_it(taking: Taking, tmp_path: Path) -> None:
    class Fragile(Sandbox):
        """Reads as the child does, but dies of one line."""

        def read_records(self, body: bytes, *, first: int) -> Document:
            if b"poison" in body:
                return Document(result="too_complex", detail="takes longer than 5 s to parse")
            return read_records(body, first=first)

    path = write(
        tmp_path / "a.jsonl", *({"title": word, "body": word} for word in ("one", "poison", "three"))
    )
    with Fragile() as fragile:
        entries, last = take(replace(taking, parsing=fragile), path)
    assert [entry.outcome for entry in entries] == ["new", "skipped", "new"]
    assert last.detail == "line 2: takes longer than 5 s to parse"


def test_of_two_lines_about_one_article_the_second_is_a_revision(taking: Taking, tmp_path: Path) -> None:
    lines = [{"title": "T", "body": body, "guid": "g"} for body in ("first text", "second text")]
    entries, _ = take(taking, write(tmp_path / "a.jsonl", *lines))
    assert [(entry.outcome, entry.revision) for entry in entries] == [("new", 1), ("revised", 2)]


def test_a_stated_source_wins_and_without_any_the_file_is_it(taking: Taking, tmp_path: Path) -> None:
    path = write(tmp_path / "news.jsonl", {"title": "T", "body": "x", "source": "北京日报"})
    assert take(taking, path)[0][0].source == "bei-jing-ri-bao"
    assert take(replace(taking, stated="mine"), path)[0][0].source == "mine"
    path = write(tmp_path / "plain.jsonl", {"title": "T", "body": "x"})
    assert take(taking, path)[0][0].source == "plain-jsonl"


def test_a_packed_file_that_is_cut_off_keeps_what_came_before(taking: Taking, tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"title": f"T {number}", "body": os.urandom(500).hex()}) + "\n" for number in range(300)
    )
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode())[:-20_000])
    entries, last = take(taking, tmp_path / "a.jsonl.gz")
    assert 200 < len(entries) < 300 and all(entry.outcome == "new" for entry in entries[:-1])
    assert last.result == "warning" and last.detail and last.detail.startswith("is not whole gzip")


def test_translations_become_pairs_when_both_are_there(taking: Taking, tmp_path: Path) -> None:
    (first,), _ = take(taking, write(tmp_path / "a.jsonl", {"title": "T", "body": "x", "guid": "a"}))
    line = {
        "title": "题目",
        "body": ZH,
        "guid": "b",
        "source": "s",
        "translations": [{"id": first.id}, {"id": "urn:uuid:absent"}],
    }
    take(taking, write(tmp_path / "b.jsonl", line))
    (pair,) = taking.database.read("SELECT state, how FROM pair")
    assert (pair["state"], pair["how"]) == ("stated", "records")
    take(taking, write(tmp_path / "c.jsonl", line))
    assert len(taking.database.read("SELECT 1 FROM pair")) == 1


def test_what_another_archive_found_is_not_stated(taking: Taking, tmp_path: Path) -> None:
    (first,), _ = take(taking, write(tmp_path / "a.jsonl", {"title": "T", "body": "x", "guid": "a"}))
    found = {"title": "U", "body": "y", "guid": "b", "translations": [{"id": first.id, "state": "found"}]}
    take(taking, write(tmp_path / "b.jsonl", found))
    assert not taking.database.read("SELECT 1 FROM pair")


def test_an_export_taken_in_elsewhere_is_exported_the_same(taking: Taking, tmp_path: Path) -> None:
    with taking.database.writing() as transaction:
        put_all(
            transaction,
            article(
                title="A <b>title</b> about the Olympics",
                text="A <i>text</i>.",
                html="<p>Shown.</p>",
                guid="g",
            ),
            article(text="", html="", url="https://e.example/1", authors=("A", "B"), categories=("c",)),
            article(
                title="题目",
                text=ZH,
                language="zh",
                script="Hans",
                published=NOW,
                published_raw="24 Nov",
                published_precision="day",
                images=(
                    Image(url="https://e.example/a.jpg", caption="图", caption_language="zh", before_block=1),
                ),
                enclosures=(Enclosure(url="https://e.example/a.mp3", length=7),),
                republish="summary",
                note="n",
                licence="CC BY",
                rights="©",
                summary="S",
                updated=NOW,
            ),
        )
        put_all(transaction, article(language="und", guid="g"), source_id="other")
    ids = [each.id for each in every(taking.database)]
    with taking.database.writing() as transaction:
        record_pair(transaction, ids[0], ids[1], state="stated", how="records", now=NOW)
    before = exported(taking.database)
    path = write(tmp_path / "all.jsonl", *before)
    from archive.database import open_database

    second = open_database(f"sqlite:///{tmp_path}/second/archive.db")
    _, last = take(replace(taking, database=second), path)
    assert (last.result, last.articles) == ("ok", 4)
    after = exported(second)
    assert [*map(without_arrival, after)] == [*map(without_arrival, before)]
    dated = [[each["address"] for each in some if each["published"]] for some in (before, after)]
    assert len(dated[0]) == 1 and dated[0] == dated[1]
    second.close()


@pytest.mark.slow
def test_what_was_printed_before_a_kill_is_stored_and_a_second_run_completes(tmp_path: Path) -> None:
    lines = [{"title": f"Title {number}", "body": ZH, "guid": str(number)} for number in range(3000)]
    path = write(tmp_path / "a.jsonl", *lines)
    command = [sys.executable, "app.py", f"--data={tmp_path}/data", "ingest", "--json", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        told = [json.loads(running.stdout.readline())["id"] for _ in range(600)]
        running.send_signal(signal.SIGKILL)
    shown = subprocess.run(
        [sys.executable, "app.py", f"--data={tmp_path}/data", "export"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(told) <= {json.loads(line)["id"] for line in shown.stdout.splitlines()}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    outcomes = [json.loads(line).get("outcome") for line in done.stdout.splitlines()]
    assert outcomes.count("unchanged") >= 600 and outcomes.count("new") + outcomes.count("unchanged") == 3000
