"""What a feed still has from before we read it (RFC 5005)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from factories import RULES
from feed_server import Answer, FeedServer

from archive.articles import every
from archive.database import Database
from archive.history import history, paged
from archive.refresh import refresh
from archive.sandbox import Sandbox
from archive.settings import Fetch, Settings
from archive.sources import add
from archive.take import InputLine, Taking


def feed(*titles: str, extra: str = "", text: str = "Text.") -> Answer:
    """A feed of items."""
    items = "".join(
        f"<item><guid>{title}</guid><title>{title}</title><description>{text}</description></item>"
        for title in titles
    )
    head = "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>News</title>"
    return Answer(body=f"{head}{extra}{items}</channel></rss>".encode())


def link(relation: str, url: str) -> str:
    """A link of a feed."""
    return f"<atom:link rel='{relation}' href='{url}'/>"


class Reader:
    """An archive that has subscribed to the feed of a server."""

    def __init__(self, database: Database, sandbox: Sandbox, server: FeedServer) -> None:
        self.database, self.server = database, server
        settings = Settings(data=Path("unused"), fetch=Fetch(allow=(server.address,), timeout=2))
        self.taking = Taking(database=database, parsing=sandbox, rules=RULES, config=settings)
        add(database, server.url("/feed"), id="news", now=datetime.now(UTC))

    def history(self) -> list[InputLine]:
        """Take in all there is; the line of each document."""
        return [each for each in history(self.taking, "news", apart=0) if isinstance(each, InputLine)]

    def numbered(self) -> list[str]:
        """The titles in the order of first publication."""
        return [each.title for each in sorted(every(self.database), key=lambda each: each.number or 0)]


@pytest.fixture
def reader(database: Database, sandbox: Sandbox) -> Iterator[Reader]:
    """A reader of a server."""
    with FeedServer() as server:
        yield Reader(database, sandbox, server)


def test_archived_documents_are_put_from_the_oldest_to_the_newest(reader: Reader) -> None:
    server = reader.server
    server.answer("/feed", feed("6", "5", extra=link("prev-archive", server.url("/2"))))
    server.answer("/2", feed("4", "3", extra=link("prev-archive", "/1")))
    server.answer("/1", feed("2", "1"))
    lines = reader.history()
    assert [(line.input, line.articles) for line in lines] == [
        (server.url(f"/{n}"), 2) for n in (1, 2, "feed")
    ]
    assert reader.numbered() == ["1", "2", "3", "4", "5", "6"]
    assert [asked.path for asked in server.asked] == ["/feed", "/2", "/1"]


def test_paged_feeds_are_followed_and_a_loop_ends(reader: Reader) -> None:
    server = reader.server
    server.answer("/feed", feed("2", extra=link("next", "/feed?p=2")))
    server.answer("/feed?p=2", feed("1", extra=link("next", "/feed")))
    assert [line.result for line in reader.history()] == ["ok", "ok"]
    assert reader.numbered() == ["1", "2"]


def test_a_json_feed_names_its_next_page(reader: Reader) -> None:
    for path, title, more in (("/feed", "2", {"next_url": "/2"}), ("/2", "1", {})):
        items = [{"id": title, "title": title, "content_text": "Text."}]
        told = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items, **more}
        reader.server.answer(path, Answer(body=json.dumps(told).encode()))
    reader.history()
    assert reader.numbered() == ["1", "2"]


@pytest.mark.parametrize("last", [Answer(status=404), feed(), feed("2")])
def test_wordpress_pages_end_with_an_error_nothing_or_a_repetition(reader: Reader, last: Answer) -> None:
    said = "<generator>https://wordpress.org/?v=6.4</generator>"
    server = reader.server
    server.answer("/feed", feed("3", extra=said))
    server.answer("/feed?paged=2", feed("2"))
    server.answer("/feed?paged=3", last)
    assert [line.result for line in reader.history()] == ["ok", "ok"]
    assert reader.numbered() == ["2", "3"]


def test_other_generators_and_complete_feeds_have_no_pages(reader: Reader) -> None:
    said = "<generator>Hugo</generator>" + link("next", "/2")
    complete = "<fh:complete xmlns:fh='http://purl.org/syndication/history/1.0'/>"
    reader.server.answer(
        "/feed", feed("1", extra=complete + said), feed("1", extra="<generator>Hugo</generator>")
    )
    assert len(reader.history()) == len(reader.history()) == 1
    assert [asked.path for asked in reader.server.asked] == ["/feed", "/feed"]


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (Answer(status=500), "the server answered 500"),
        (Answer(body=b"<html><body>Login</body></html>"), "is a page of HTML"),
    ],
)
def test_what_breaks_keeps_what_was_had_and_says_how_far_it_came(
    reader: Reader, there: Answer, said: str
) -> None:
    reader.server.answer("/feed", feed("2", extra=link("prev-archive", "/1")))
    reader.server.answer("/1", there)
    had, broken = reader.history()
    assert (had.result, broken.result) == ("ok", "failed")
    assert f"1 documents in: {reader.server.url('/1')}" in str(broken.detail) and said in str(broken.detail)


def test_a_chain_is_not_followed_to_another_site(reader: Reader) -> None:
    reader.server.answer("/feed", feed("2", extra=link("prev-archive", "http://127.0.0.2/1")))
    assert "on another site than 127.0.0.1" in str(reader.history()[-1].detail)


def test_an_address_that_is_none_breaks_the_chain(reader: Reader) -> None:
    reader.server.answer("/feed", feed("2", extra=link("prev-archive", "http://127.0.0.1:b/1")))
    assert "is not a web address" in str(reader.history()[-1].detail)


def test_a_chain_has_an_end(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.history.MOST_DOCUMENTS", 2)
    for number in (2, 1, 0):
        path = "/feed" if number == 2 else f"/{number}"
        reader.server.answer(path, feed(str(number), extra=link("prev-archive", f"/{number - 1}")))
    assert [line.result for line in reader.history()] == ["ok", "ok", "warning"]
    assert reader.numbered() == ["1", "2"]


def test_an_old_document_does_not_undo_what_the_feed_said_since(reader: Reader) -> None:
    reader.server.answer("/feed", feed("1", text="New."), feed("2", extra=link("prev-archive", "/old")))
    list(refresh(reader.taking, everything=True))
    reader.server.answer("/old", feed("1", text="Old."))
    reader.history()
    assert [each.text for each in every(reader.database) if each.title == "1"] == ["New."]


def test_what_was_had_once_changes_nothing_the_second_time(reader: Reader) -> None:
    reader.server.answer("/feed", feed("2", extra=link("prev-archive", "/1")))
    reader.server.answer("/1", feed("1"))
    reader.history()
    before = reader.database.read("SELECT COUNT(*) AS n FROM change")
    reader.history()
    assert reader.database.read("SELECT COUNT(*) AS n FROM change") == before


def test_the_number_of_a_page_replaces_another() -> None:
    assert paged("https://a.example/?feed=rss2&paged=1", 3) == "https://a.example/?feed=rss2&paged=3"
