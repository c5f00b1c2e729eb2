"""Which form of a list is answered at its bare address: people get the page, programs what they name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from factories import NOW, article
from web_client import application, ask

from archive.articles import withdraw
from archive.database import Database
from syndicate.guard import Application
from syndicate.negotiation import JSON_ALONE, wanted

BASE = "https://archive.example"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
FEEDPARSER = (
    "application/atom+xml,application/rdf+xml,application/rss+xml,application/x-netcdf,"
    "application/xml;q=0.9,text/xml;q=0.2,*/*;q=0.1"
)
LISTS = {
    "/": "/latest",
    "/search?q=olympic": "/search",
    "/topic/olympics": "/topic/olympics",
    "/source/example?lang=en": "/source/example",
    "/by/Ann": "/by/Ann",
}
TYPES = {
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".json": "application/feed+json",
    ".csv": "text/csv",
    ".jsonl": "application/x-ndjson",
}


def made(database: Database, folder: Path) -> Application:
    """An archive of two articles."""
    return application(
        database, folder, *(article(guid=str(n), title=f"Olympic {n}", authors=("Ann",)) for n in range(2))
    )


@pytest.fixture(scope="module")
def app(standing: Database) -> Application:
    """That archive for all tests that only read."""
    return made(standing, standing.folder.parent)


@pytest.fixture
def changing(database: Database, tmp_path: Path) -> Application:
    """That archive for one test."""
    return made(database, tmp_path)


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("", ""),
        ("*/*", ""),
        ("application/*", ""),
        ("text/*", ""),
        (FIREFOX, ""),
        (FEEDPARSER, ".atom"),
        ("application/rss+xml, application/atom+xml;q=0.9, */*;q=0.1", ".rss"),
        ("APPLICATION/JSON", ".json"),
        ("application/json, text/plain, */*", ".json"),
        ("application/feed+json", ".json"),
        ("text/csv", ".csv"),
        ("application/x-ndjson;q=0.3", ".jsonl"),
        ("text/html, application/atom+xml", ""),
        ("text/html;q=0.5, application/atom+xml", ".atom"),
        ("text/html, application/atom+xml;q=0.9", ""),
        ("application/atom+xml;q=0.4, */*;q=0.5", ""),
        ("application/atom+xml;q=0", ""),
        ("application/atom+xml;q=0, application/rss+xml;q=0.001", ".rss"),
        ("application/atom+xml;type=feed;q=0.8, text/html;q=0.7", ".atom"),
        ("application/atom+xml;q=x, text/csv;q=nan", ""),
        ("image/png, application/pdf", ""),
        ("," * 9_000 + "application/atom+xml", ""),
    ],
)
def test_what_is_wanted(accept: str, suffix: str) -> None:
    assert wanted(accept)[0] == suffix


def test_of_an_article_there_is_json_alone() -> None:
    assert wanted("application/atom+xml", JSON_ALONE) == ("", "")
    assert wanted("application/json", JSON_ALONE) == (".json", "application/json")


@pytest.mark.parametrize("suffix", TYPES)
@pytest.mark.parametrize("address", LISTS)
def test_a_list_answers_what_it_is_asked_for(app: Application, address: str, suffix: str) -> None:
    _, mark, query = address.partition("?")
    own = f"{LISTS[address]}{suffix}{mark}{query}"
    reply, same = ask(app, address, HTTP_ACCEPT=TYPES[suffix]), ask(app, own)
    assert (reply.status, reply.body, reply.headers["Etag"]) == (200, same.body, same.headers["Etag"])
    assert reply.headers["Content-Location"] == BASE + own
    assert reply.headers["Content-Type"].startswith(TYPES[suffix])
    assert reply.headers["Vary"] == "Accept, Accept-Encoding"
    assert "Content-Location" not in same.headers
    again = ask(app, address, HTTP_ACCEPT=TYPES[suffix], HTTP_IF_NONE_MATCH=reply.headers["Etag"])
    assert (again.status, again.body) == (304, b"") and "Content-Type" not in again.headers
    head = ask(app, address, "HEAD", HTTP_ACCEPT=TYPES[suffix])
    assert head.headers["Content-Location"] == BASE + own and head.body == b""


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("accept", ["", "*/*", FIREFOX])
def test_people_get_the_page(app: Application, address: str, accept: str) -> None:
    reply = ask(app, address, HTTP_ACCEPT=accept)
    assert reply.headers["Content-Type"].startswith("text/html") and "Accept" in reply.headers["Vary"]
    assert "Content-Location" not in reply.headers


def test_a_feed_says_its_own_address_wherever_it_is_answered(app: Application) -> None:
    reply = ask(app, "/topic/olympics", HTTP_ACCEPT="application/json")
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(reply.text)["feed_url"] == f"{BASE}/topic/olympics.json"
    liked = ask(app, "/topic/olympics", HTTP_ACCEPT="application/atom+xml, text/html;q=0.1")
    assert liked.headers["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_another_spelling_is_sent_to_the_one_address_before(app: Application) -> None:
    reply = ask(app, "/topic/olympics?lang=&from=2022", HTTP_ACCEPT="application/atom+xml")
    assert (reply.status, reply.headers["Location"]) == (301, "/topic/olympics?from=2022-01-01")


def test_an_article_answers_programs_with_its_record(changing: Application, database: Database) -> None:
    row = database.read("SELECT id, address FROM article")[0]
    reply = ask(changing, row["address"], HTTP_ACCEPT="application/json")
    assert reply.body == ask(changing, row["address"] + ".json").body
    assert reply.headers["Content-Location"] == f"{BASE}{row['address']}.json"
    assert reply.headers["Vary"] == "Accept"
    assert ask(changing, row["address"], HTTP_ACCEPT=FIREFOX).headers["Content-Type"].startswith("text/html")
    withdraw(database, [row["id"]], reason="r", person="p", now=NOW)
    gone = ask(changing, row["address"], HTTP_ACCEPT="application/json")
    assert gone.status == 410 and json.loads(gone.text)["withdrawn"]["reason"] == "r"


def test_numbers_and_versions_answer_programs_too(changing: Application, database: Database) -> None:
    row = database.read("SELECT id, address FROM article")[0]
    versions = f"{row['address']}/versions"
    for address, suffix in (
        ("/stats", ".json"),
        ("/stats", ".csv"),
        (versions, ".json"),
        (f"{versions}/1..1", ".json"),
    ):
        named = {".json": "application/json", ".csv": "text/csv"}[suffix]
        reply = ask(changing, address, HTTP_ACCEPT=named)
        assert (reply.status, reply.body) == (200, ask(changing, address + suffix).body), address
        assert reply.headers["Content-Type"].startswith(named)
        assert reply.headers["Content-Location"] == f"{BASE}{address}{suffix}"
        assert reply.headers["Vary"] == "Accept"
        people = ask(changing, address, HTTP_ACCEPT=FIREFOX)
        assert people.headers["Content-Type"].startswith("text/html") and "Accept" in people.headers["Vary"]
        assert "Content-Location" not in people.headers
    withdraw(database, [row["id"]], reason="r", person="p", now=NOW)
    gone = ask(changing, versions, HTTP_ACCEPT="application/json")
    assert gone.status == 410 and json.loads(gone.text)["withdrawn"]["reason"] == "r"


def test_a_program_is_told_of_errors_in_plain_text(app: Application) -> None:
    for address, code in (("/topic/none", 404), ("/search?lang=xx", 400), ("/a/2022/04/02/00000000", 404)):
        reply = ask(app, address, HTTP_ACCEPT="application/json")
        assert (reply.status, reply.headers["Content-Type"]) == (code, "text/plain; charset=utf-8")
        assert ask(app, address, HTTP_ACCEPT=FIREFOX).headers["Content-Type"].startswith("text/html")
