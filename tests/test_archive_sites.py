"""Sources that are no feeds: sitemaps, lists of sitemaps, pages of links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from factories import RULES
from feed_server import Answer, FeedServer

from archive.articles import every
from archive.database import Database
from archive.model import Article, Reading
from archive.refresh import refresh
from archive.sandbox import Sandbox
from archive.settings import Fetch, Settings
from archive.sources import add
from archive.take import EntryLine, InputLine, Taking

LONG = "The mayor opened the new line on Monday, which is to carry half a million people a day. " * 4
HTML = {"Content-Type": "text/html; charset=utf-8"}
SITEMAP = Reading(kind="sitemap")
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def page(title: str) -> Answer:
    """A page that holds an article."""
    told = f"<article><h1>{title}</h1><p>{LONG}</p></article>"
    body = f"<html><head><title>{title}</title></head><body>{told}</body></html>"
    return Answer(body=body.encode(), headers=HTML)


def sitemap(*urls: str, title: str = "") -> Answer:
    """A sitemap of addresses, the first the newest; with a title a news sitemap."""
    news = f"<news:news><news:title>{title}</news:title></news:news>" if title else ""
    told = "".join(
        f"<url><loc>{url}</loc><lastmod>2026-11-{28 - place:02}</lastmod>{news}</url>"
        for place, url in enumerate(urls)
    )
    return Answer(body=f"<urlset {SPACES}>{told}</urlset>".encode(), headers={"Content-Type": "text/xml"})


def sitemaps(*listed: tuple[str, str]) -> Answer:
    """A list of sitemaps, each with the day on which it changed."""
    told = "".join(f"<sitemap><loc>{url}</loc><lastmod>{day}</lastmod></sitemap>" for url, day in listed)
    return Answer(
        body=f"<sitemapindex {SPACES}>{told}</sitemapindex>".encode(), headers={"Content-Type": "text/xml"}
    )


class Reader:
    """An archive that reads one source of a server."""

    def __init__(self, database: Database, sandbox: Sandbox, server: FeedServer) -> None:
        self.database, self.server = database, server
        settings = Settings(data=Path("unused"), fetch=Fetch(allow=(server.address,), timeout=2))
        self.taking = Taking(database=database, parsing=sandbox, rules=RULES, config=settings)

    def subscribe(self, reading: Reading, *answers: Answer) -> None:
        """Subscribe to a source that answers so."""
        url = self.server.answer("/list", *answers)
        add(self.database, url, id="news", now=datetime.now(UTC), reading=reading)

    def pages(self, *names: str) -> list[str]:
        """The addresses of pages with these titles."""
        return [self.server.answer(f"/{name}", page(f"Story {name}")) for name in names]

    def poll(self) -> list[str]:
        """Poll; the outcome of each entry, and the last line's detail."""
        lines = list(refresh(self.taking, everything=True))
        last = lines[-1]
        assert isinstance(last, InputLine) and last.result in ("ok", "warning", "empty"), last
        return [*(line.outcome for line in lines if isinstance(line, EntryLine)), last.detail or ""]

    def kept(self) -> list[Article]:
        """The articles of the archive in the order of first publication."""
        return sorted(every(self.database), key=lambda each: each.number or 0)

    def titles(self) -> list[str]:
        """Their titles, without what all have."""
        return [each.title.removeprefix("Story ") for each in self.kept()]

    def asked(self) -> Sequence[str]:
        """What was asked for since the last look, but robots.txt and the list itself."""
        paths = [asked.path for asked in self.server.asked]
        self.server.asked.clear()
        return sorted(path.strip("/") for path in paths if path not in ("/robots.txt", "/list"))


@pytest.fixture
def reader(database: Database, sandbox: Sandbox, server: FeedServer) -> Reader:
    """A reader of the server."""
    return Reader(database, sandbox, server)


class TestSitemaps:
    def test_the_pages_that_a_sitemap_lists_are_articles(self, reader: Reader) -> None:
        two, one = reader.pages("2", "1")
        reader.subscribe(SITEMAP, sitemap(two, one))
        assert reader.poll() == ["new", "new", ""]
        assert reader.titles() == ["1", "2"]
        assert {(each.text, each.republish) for each in reader.kept()} == {(LONG.strip(), "summary")}

    def test_only_what_is_not_known_yet_is_asked_for(self, reader: Reader) -> None:
        three, two, one = reader.pages("3", "2", "1")
        reader.subscribe(SITEMAP, sitemap(two, one), sitemap(three, f"{two}?utm_source=x", one))
        reader.poll()
        assert reader.asked() == ["1", "2"]
        assert reader.poll() == ["new", ""] and reader.asked() == ["3"]

    def test_a_title_of_a_news_sitemap_stands(self, reader: Reader) -> None:
        reader.subscribe(SITEMAP, sitemap(*reader.pages("1"), title="As listed"))
        reader.poll()
        assert reader.titles() == ["As listed"]

    def test_more_pages_than_a_poll_may_read_come_from_both_ends(
        self, reader: Reader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("archive.pages.MOST_PAGES", 2)
        reader.subscribe(SITEMAP, sitemap(*reader.pages("5", "4", "3", "2", "1")))
        assert [(reader.poll()[-1], reader.asked()) for _ in range(4)] == [
            ("3 more pages are read at the next polls", ["1", "5"]),
            ("1 more pages are read at the next polls", ["2", "4"]),
            ("", ["3"]),
            ("not modified", []),
        ]

    def test_a_page_that_cannot_be_had_waits_if_nothing_else_names_it(self, reader: Reader) -> None:
        url = reader.server.answer("/1", Answer(status=500))
        reader.subscribe(SITEMAP, sitemap(url))
        for _ in range(5):
            reader.poll()
        assert reader.asked() == ["1", "1", "1"] and reader.kept() == []

    def test_with_a_title_it_is_stored_and_its_page_comes_later(self, reader: Reader) -> None:
        url = reader.server.answer("/1", Answer(status=500), page("Story 1"))
        reader.subscribe(SITEMAP, sitemap(url, title="As listed"))
        assert [reader.poll()[0] for _ in range(3)] == ["new", "revised", "not modified"]
        assert [(each.title, each.republish) for each in reader.kept()] == [("As listed", "summary")]

    def test_what_a_list_does_not_tell_is_filtered_with_the_page(self, reader: Reader) -> None:
        reading = replace(SITEMAP, keep=("text: mayor", "title: story 2"))
        reader.subscribe(reading, sitemap(*reader.pages("1")))
        assert reader.poll() == ["new", ""]

    def test_filters_hold_and_what_they_drop_is_not_read_again(self, reader: Reader) -> None:
        reading = replace(SITEMAP, drop=("url: /2$", "title: story 3"))
        urls = reader.pages("3", "2", "1")
        reader.subscribe(reading, sitemap(*urls), sitemap(*urls, *reader.pages("0")))
        reader.poll()
        assert reader.asked() == ["1", "3"]
        reader.poll()
        assert reader.asked() == ["0"] and reader.titles() == ["1", "0"]


class TestListsOfSitemaps:
    def test_the_newest_are_read_and_later_those_that_changed(self, reader: Reader) -> None:
        urls = [reader.server.answer(f"/map{n}", sitemap(*reader.pages(str(n)))) for n in range(7)]
        listed = [(url, f"2026-11-{10 + n}") for n, url in enumerate(urls)]
        reader.server.answer("/map0", sitemap(*reader.pages("0", "new")))
        reader.subscribe(SITEMAP, sitemaps(*listed), sitemaps((urls[0], "2036-11-24"), *listed[1:]))
        assert reader.poll()[-1] == ""
        assert reader.asked() == sorted([*map(str, range(2, 7)), *(f"map{n}" for n in range(2, 7))])
        reader.poll()
        assert reader.asked() == ["0", "map0", "map3", "map4", "map5", "map6", "new"]

    def test_one_that_fails_does_not_stop_the_others(self, reader: Reader) -> None:
        good = reader.server.answer("/map1", sitemap(*reader.pages("1")))
        reader.subscribe(SITEMAP, sitemaps((reader.server.url("/map2"), "2026-11-02"), (good, "2026-11-01")))
        said = reader.poll()
        assert said[0] == "new" and "/map2: the server answered 404" in said[-1]


class TestIndexPages:
    def test_the_pages_that_a_page_links_to_are_articles(self, reader: Reader) -> None:
        two, one = reader.pages("2", "1")
        links = f"<a href='{two}'>The second story</a> <a href='{one}'>The first story</a>"
        body = f"<html><body><a href='/about'>About us</a><p class=news>{links}</p></body></html>"
        reader.subscribe(Reading(kind="index", links=".news a"), Answer(body=body.encode(), headers=HTML))
        assert reader.poll() == ["new", "new", ""]
        assert reader.titles() == ["The first story", "The second story"]
        assert reader.asked() == ["1", "2"]

    def test_robots_txt_may_refuse_the_list_itself(self, reader: Reader) -> None:
        reader.server.answer("/robots.txt", Answer(body=b"User-agent: *\nDisallow: /list"))
        reader.subscribe(Reading(kind="index", links="a"), Answer(body=b"<html></html>", headers=HTML))
        (line,) = refresh(reader.taking, everything=True)
        assert isinstance(line, InputLine) and line.result == "failed"
        assert "does not let robots read it" in (line.detail or "")
        assert [asked.path for asked in reader.server.asked] == ["/robots.txt"]
