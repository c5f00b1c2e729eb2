"""The public change log: complete for who follows it, silent about what may not be told."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from factories import NOW, TERMS, article, put_all, source
from lxml import etree
from web_client import application, ask

from archive import changes
from archive.articles import restore, withdraw
from archive.database import Database, Row
from archive.embargo import release
from archive.model import timestamp
from archive.put import put
from archive.sources import settle
from syndicate.guard import Application

BASE = "https://archive.example"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


def document(app: Application, address: str) -> dict[str, Any]:
    """An answer as JSON."""
    reply = ask(app, address)
    assert reply.status == 200, address
    found: dict[str, Any] = json.loads(reply.text)
    return found


def followed(app: Application, address: str) -> tuple[list[dict[str, Any]], str]:
    """All lines from an address on, and where the next will be."""
    lines: list[dict[str, Any]] = []
    while True:
        found = document(app, address)
        lines += found["changes"]
        if not found["changes"]:
            assert found["next"] == BASE + address
            return lines, address
        address = found["next"].removeprefix(BASE)


def ids(database: Database) -> list[str]:
    """All ids by number."""
    return [row["id"] for row in database.read("SELECT id FROM article ORDER BY number")]


def test_the_log_is_told_line_by_line(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *(article(guid=str(n), title=f"Story {n}") for n in range(5)))
    withdraw(database, ids(database)[:1], reason="r", person="editor", now=NOW)
    restore(database, ids(database)[:1], person="editor", now=NOW)
    lines, _ = followed(app, "/changes.json?after=0&n=3")
    known = changes.after(database, 0)
    assert [(line["seq"], line["kind"], line["id"]) for line in lines] == [
        (each.seq, each.kind, each.id) for each in known
    ]
    (row,) = database.read("SELECT address FROM article WHERE id = :id", id=known[-1].id)
    assert lines[-1] == {
        "seq": 7,
        "kind": "restore",
        "id": known[-1].id,
        "revision": 1,
        "sha": known[-1].sha,
        "at": timestamp(NOW),
        "address": BASE + row["address"],
    }
    assert "editor" not in ask(app, "/changes.json").text


def test_who_follows_gets_what_is_new(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *(article(guid=str(n), title=f"Story {n}") for n in range(250)))
    lines, address = followed(app, "/changes.json")
    assert len(lines) == 250 and address == "/changes.json?after=250"
    with database.writing() as transaction:
        put_all(transaction, article(guid="new", title="News"))
    found = document(app, address)
    assert [line["seq"] for line in found["changes"]] == [251]
    assert found["next"] == f"{BASE}/changes.json?after=251"
    assert len(document(app, "/changes.json?after=0&n=1000")["changes"]) == 251


def test_an_embargo_is_not_told_before_it_ends_and_then_is(database: Database, tmp_path: Path) -> None:
    until = NOW + timedelta(days=2)
    app = application(
        database, tmp_path, article(guid="1", title="Open"), article(guid="2", title="Secret", embargo=until)
    )
    lines, address = followed(app, "/changes.json?after=0")
    assert len(lines) == 1 and "Secret" not in ask(app, "/changes.atom").text
    release(database, until)
    more, _ = followed(app, address)
    assert [line["kind"] for line in more] == ["restore"]
    assert "Secret" in ask(app, "/changes.atom").text


def test_what_may_not_be_republished_is_never_told_withdrawals_are(
    database: Database, tmp_path: Path
) -> None:
    app = application(
        database,
        tmp_path,
        article(guid="1", title="Hidden", republish="none"),
        article(guid="2", title="Shown"),
    )
    with database.writing() as transaction:
        settle(transaction, source("closed", republish="none"), NOW)
        put(transaction, (article(guid="3", title="Closed", source="closed"),), TERMS)
    hidden = {row["article"] for row in database.read("SELECT article FROM revision WHERE title <> 'Shown'")}
    withdraw(database, ids(database), reason="an error", person="p", now=NOW)
    lines, _ = followed(app, "/changes.json")
    assert len(hidden) == 2 and not hidden & {line["id"] for line in lines}
    assert [line["kind"] for line in lines] == ["put", "withdraw"]
    body = ask(app, "/changes.atom").body
    assert [each.get("ref") for each in etree.fromstring(body).iter(DELETED)] == [lines[0]["id"]]
    assert not any(id.encode() in body for id in hidden) and b"an error" in body


def test_rights_taken_back_hold_at_once(database: Database, tmp_path: Path) -> None:
    # No line of the log says so, and what was kept of the documents went on telling.
    app = application(database, tmp_path, article(guid="1", title="Shown"))
    assert document(app, "/changes.json")["changes"] and b"Shown" in ask(app, "/changes.atom").body
    with database.writing() as transaction:
        transaction.run("UPDATE source SET republish = 'none'")
    assert not document(app, "/changes.json")["changes"] and b"Shown" not in ask(app, "/changes.atom").body


@pytest.mark.parametrize("address", ["/changes.json", "/changes.json?after=1&n=2", "/changes.atom"])
def test_unchanged_is_said_until_there_is_news(address: str, database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *(article(guid=str(n), title=f"Story {n}") for n in range(2)))
    first = ask(app, address)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = ask(app, address, HTTP_IF_NONE_MATCH=first.headers["Etag"])
    assert (again.status, again.body, again.headers["Etag"]) == (304, b"", first.headers["Etag"])
    assert ask(app, address, HTTP_IF_MODIFIED_SINCE=first.headers["Last-Modified"]).status == 304
    with database.writing() as transaction:
        put_all(transaction, article(guid="new", title="News"))
    then = ask(app, address, HTTP_IF_NONE_MATCH=first.headers["Etag"])
    assert then.status == 200 and then.headers["Etag"] != first.headers["Etag"]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=" + "9" * 16, "n=0", "n=1001", "after=٣"])
def test_what_makes_no_sense_is_refused(query: str, database: Database, tmp_path: Path) -> None:
    reply = ask(application(database, tmp_path), f"/changes.json?{query}")
    assert reply.status == 400 and query.partition("=")[0] in reply.text
    assert "html" not in reply.headers["Content-Type"]


def test_the_feed_has_titles_and_links_and_no_texts(database: Database, tmp_path: Path) -> None:
    entries = [article(guid=str(n), title=f"Story {n}", text="The whole text.") for n in range(60)]
    app = application(database, tmp_path, *entries)
    with database.writing() as transaction:
        put_all(transaction, article(guid="59", title="Story 59", text="Another text."))
    feed = feedparser.parse(ask(app, "/changes.atom").body)
    assert not feed.bozo and len(feed.entries) == 50 and feed.entries[0].title == "Story 59"
    assert feed.feed.title.startswith("Changes – ") and b"text." not in ask(app, "/changes.atom").body
    assert all(entry.link.startswith(f"{BASE}/a/") for entry in feed.entries)
    assert {link.rel: link.href for link in feed.feed.links}["self"] == f"{BASE}/changes.atom"
    assert feedparser.parse(ask(application(database, tmp_path), "/changes.atom").body).bozo == 0


class Explaining:
    """A database that says how it goes about what is read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.steps: list[str] = []

    def read(self, sql: str, **values: object) -> list[Row]:
        self.steps += [row["detail"] for row in self._database.read(f"EXPLAIN QUERY PLAN {sql}", **values)]
        return self._database.read(sql, **values)


def test_the_log_is_walked_by_its_numbers(database: Database) -> None:
    with database.writing() as transaction:
        put_all(transaction, *(article(guid=str(n), title=f"Story {n}") for n in range(20)))
    explaining = Explaining(database)
    assert len(changes.told(explaining, 5, 3)) == len(changes.touched_last(explaining, 3)) == 3  # type: ignore[arg-type]
    assert explaining.steps[0].startswith("SEARCH c USING INTEGER PRIMARY KEY")
    assert not any("ORDER BY" in step for step in explaining.steps)
