"""Whole lists as CSV and lines of JSON: every article once, within its rights, a part at a time."""

from __future__ import annotations

import csv
import html
import io
import json
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from factories import NOW, TOPICS, article, put_all
from web_client import SITE, application, ask

from archive.articles import withdraw
from archive.database import Database
from archive.export import export
from archive.model import Article
from archive.settings import Settings
from index import follow, open_index
from syndicate.guard import Application
from syndicate.records import cell
from syndicate.streams import BATCH
from syndicate.web import make_app

BASE = "https://archive.example"
SUFFIXES = (".csv", ".jsonl")


def stories(count: int, **fields: object) -> list[Article]:
    """Some articles of a topic."""
    return [article(guid=str(n), title=f"Olympic {n}", text=f"Text {n}.", **fields) for n in range(count)]


def rows(body: bytes) -> list[dict[str, str]]:
    """The rows of a table, by the names of its columns."""
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def ids(app: Application, address: str) -> list[str]:
    """The ids of a list, in its order."""
    reply = ask(app, address)
    assert reply.status == 200, address
    if ".csv" in address:
        return [row["id"] for row in rows(reply.body)]
    return [json.loads(line)["id"] for line in reply.text.splitlines()]


def sent(app: Application, address: str) -> Iterable[bytes]:
    """The body of an answer as a server gets it."""
    path, _, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "wsgi.errors": io.StringIO(),
    }
    said: list[str] = []
    body = app(environ, lambda status, headers, error=None: said.append(status))
    assert said == ["200 OK"], said
    return body


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_whole_list_has_every_article_once_by_number_downwards(
    suffix: str, database: Database, tmp_path: Path
) -> None:
    count = 2 * BATCH + 3
    app = application(database, tmp_path, *stories(count), article(guid="x", title="Plain"))
    by_number = [row["id"] for row in database.read("SELECT id FROM article ORDER BY number DESC")]
    assert ids(app, f"/latest{suffix}") == by_number and len(by_number) == count + 1
    assert len(ids(app, f"/topic/olympics{suffix}")) == count
    assert ids(app, f"/source/example{suffix}?n=3") == by_number[:3]
    assert ids(app, f"/latest{suffix}?lang=zh") == []


def test_the_columns_are_the_fields_of_an_export(database: Database, tmp_path: Path) -> None:
    entry = article(
        guid="1", title="标题，“逗号”", text='A "text",\n\nof two.', authors=("Li", "王小明"), published=NOW
    )
    app = application(database, tmp_path, entry)
    (line,) = export(database, base_url=BASE)
    assert json.loads(ask(app, "/latest.jsonl").text) == json.loads(line)
    reply = ask(app, "/latest.csv")
    assert reply.body.startswith(b"\xef\xbb\xbfid,key,") and b"\r\n" in reply.body
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert reply.headers["Content-Disposition"] == "attachment; filename*=UTF-8''latest.csv"
    (row,) = rows(reply.body)
    assert list(row) == list(json.loads(line))
    assert (row["title"], row["body"], row["authors"]) == (entry.title, entry.text, "Li; 王小明")
    assert (row["summary"], row["translations"], row["rev"]) == ("", "", "1")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}" and cell([text]) == f"'{text}"
    assert cell(f"a{text}") == f"a{text}"


def test_values_as_cells() -> None:
    assert [cell(value) for value in (None, "", 7, [], ["a", "b"])] == ["", "", "7", "", "a; b"]
    assert json.loads(cell([{"name": "北京"}])) == [{"name": "北京"}] and "北京" in cell({"name": "北京"})


def test_a_formula_in_a_title_is_defused_in_the_table_alone(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, article(guid="1", title="=HYPERLINK(1)", authors=("@x",)))
    (row,) = rows(ask(app, "/latest.csv").body)
    assert (row["title"], row["authors"]) == ("'=HYPERLINK(1)", "'@x")
    assert json.loads(ask(app, "/latest.jsonl").text)["title"] == "=HYPERLINK(1)"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rights_bind(suffix: str, database: Database, tmp_path: Path) -> None:
    secret = "Kept to its readers. " * 60
    app = application(
        database,
        tmp_path,
        article(guid="1", title="One", text=secret, republish="title"),
        article(guid="2", title="Two", text=secret, html=f"<p>{secret}</p>", republish="summary"),
        article(guid="3", title="Three", text=secret, republish="none"),
        article(guid="4", title="Four", text=secret, embargo=NOW + timedelta(days=900)),
        article(guid="5", title="Five", text="Whole.", note="between us"),
        article(guid="6", title="Six"),
    )
    (out,) = [row["article"] for row in database.read("SELECT article FROM revision WHERE title = 'Six'")]
    withdraw(database, [out], reason="r", person="p", now=NOW)
    text = ask(app, f"/latest{suffix}").text
    assert [name in text for name in ("One", "Two", "Three", "Four", "Five", "Six")] == [
        *(True, True, False, False, True, False)
    ]
    assert secret not in text and "between us" not in text and text.count("Kept to its readers") < 30
    assert "Whole." in text


def test_what_people_put_right_in_a_text_is_shown_as_little_as_the_text(
    database: Database, tmp_path: Path
) -> None:
    app = application(database, tmp_path, article(guid="1", title="One", text="Old.", republish="title"))
    with database.writing() as transaction:
        (row,) = transaction.read("SELECT id, address FROM article")
        for field, value in (("text", "The whole text."), ("title", "Better")):
            transaction.run(
                "INSERT INTO correction (article, field, value, reason, person, at)"
                " VALUES (:id, :field, :value, 'r', 'p', '2026-11-24T08:00:00Z')",
                id=row["id"],
                field=field,
                value=value,
            )
    for address in ("/latest.csv", "/latest.jsonl", f"{row['address']}.json"):
        assert "The whole text." not in ask(app, address).text and "Better" in ask(app, address).text


def test_summaries_alone_if_asked_for(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, article(guid="1", text="A sentence. " * 90))
    record = json.loads(ask(app, "/latest.jsonl?content=summary").text)
    assert (record["body"], record["html"]) == ("", None) and record["summary"].startswith("A sentence.")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_search_comes_in_its_own_order(suffix: str, database: Database, tmp_path: Path) -> None:
    entries = [article(guid=str(n), title=f"Story {n}", text="river " * (n + 1)) for n in range(BATCH + 9)]
    app = application(database, tmp_path, *entries, article(guid="x", title="A lake"))
    listed = ids(app, f"/search{suffix}?q=river")
    first = [item["id"] for item in json.loads(ask(app, "/search.json?q=river&sort=rel&n=100").text)["items"]]
    assert listed[:100] == first and len(set(listed)) == BATCH + 9
    oldest = ids(app, f"/search{suffix}?q=river&sort=old")
    assert set(oldest) == set(listed) and oldest == ids(app, f"/search{suffix}?q=river&sort=new")[::-1]
    assert len(ids(app, f"/search{suffix}")) == BATCH + 10


def test_pages_lead_to_the_table_of_what_they_show(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *stories(3))
    for page, address in (
        ("/", "/latest.csv"),
        ("/topic/olympics?lang=en", "/topic/olympics.csv?lang=en"),
        ("/search?q=olympic&sort=old&page=1", "/search.csv?q=olympic&sort=old"),
    ):
        reply = ask(app, page)
        reply = ask(app, reply.headers.get("Location", page))
        assert f'href="{html.escape(address)}" rel="nofollow">CSV<' in reply.text
        assert ask(app, address).status == 200


def test_other_spellings_are_sent_to_the_one_address(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, article(guid="1"))
    for asked, address in (
        ("/latest.csv?before=&page=2", "/latest.csv"),
        ("/search.jsonl?topic=olympics&q=x&ui=zh", "/search.jsonl?q=x&topic=olympics"),
        ("/topic/olympics.csv?q=x", "/search.csv?q=x&topic=olympics"),
        ("/latest.jsonl?archive=0-32", "/latest.jsonl"),
    ):
        reply = ask(app, asked)
        assert (reply.status, reply.headers["Location"]) == (301, address)
    assert ask(app, "/topic/none.csv").status == 404 and ask(app, "/latest.csv?n=x").status == 400
    assert "html" not in ask(app, "/topic/none.csv").headers["Content-Type"]


def test_what_cannot_be_answered_is_said_before_anything_is_sent(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, article(guid="1"))
    phrases = ask(app, "/search.csv?q=" + quote('"a" "b" "c" "d" "e"'))
    assert (phrases.status, phrases.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    settings = Settings(data=tmp_path, site=SITE, topics=TOPICS)
    bare = make_app(database=database, index=open_index(tmp_path / "none"), settings=settings)
    assert ask(bare, "/search.jsonl?q=x").status == 503
    assert ask(bare, "/latest.jsonl").status == 200, "lists need no index"


@pytest.mark.parametrize("address", ["/topic/olympics.csv", "/latest.jsonl", "/search.csv?q=olympic"])
def test_who_has_the_list_is_told_so_until_it_changes(
    address: str, database: Database, tmp_path: Path
) -> None:
    app = application(database, tmp_path, *stories(3))
    tag = ask(app, address).headers["Etag"]
    kept = ask(app, address, HTTP_IF_NONE_MATCH=tag)
    assert (kept.status, kept.body, kept.headers["Etag"]) == (304, b"", tag)
    assert "Content-Type" not in kept.headers
    with database.writing() as transaction:
        put_all(transaction, article(guid="new", title="Olympic news"))
    follow(database, tmp_path / "index")
    then = ask(app, address, HTTP_IF_NONE_MATCH=tag)
    assert then.status == 200 and "Olympic news" in then.text


def test_what_happens_meanwhile_doubles_and_loses_nothing(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *stories(3 * BATCH))
    before = [row["id"] for row in database.read("SELECT id FROM article ORDER BY number DESC")]
    body: Iterator[bytes] = iter(sent(app, "/latest.jsonl"))
    first = next(body)
    with database.writing() as transaction:  # no state is held: a snapshot of this thread would refuse
        put_all(transaction, article(guid="new", title="News"))
    withdraw(database, [before[-1]], reason="r", person="p", now=NOW)
    got = [json.loads(line)["id"] for line in (first + b"".join(body)).decode().splitlines()]
    assert got == before[:-1]


def test_a_whole_list_is_never_in_memory(database: Database, tmp_path: Path) -> None:
    large = "Words of a long text. " * 300
    entries = [article(guid=str(n), title=f"Story {n}", text=f"{large}{n}") for n in range(9 * BATCH)]
    app = application(database, tmp_path, *entries)
    size = len(large) * len(entries)
    for address in ("/latest.csv", "/search.jsonl?q=story"):
        ask(app, address.replace("?q=", "?n=1&q="))  # so that what is read once is there
        tracemalloc.start()
        total = sum(len(piece) for piece in sent(app, address))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert total > size and peak < size * 0.75, (address, peak, size)  # a whole list takes twice its size


def test_a_reader_that_breaks_off_makes_room_for_another(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *stories(3 * BATCH))
    reading = [sent(app, "/latest.csv") for _ in range(Settings(data=tmp_path).server.threads // 2)]
    refused = ask(app, "/latest.jsonl")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert "again" in refused.text and ask(app, "/latest.atom").status == 200
    next(iter(reading[0]))
    reading[0].close()  # type: ignore[attr-defined]
    assert ask(app, "/latest.jsonl").status == 200
    assert ask(app, "/latest.jsonl", "HEAD").status == 200
    assert ask(app, "/latest.jsonl").status == 200
