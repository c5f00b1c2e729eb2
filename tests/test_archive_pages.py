"""The pages behind feeds: when they are read, what is kept of them, what changes nothing."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from factories import NOW, RULES, article
from feed_server import Answer, FeedServer

from archive.articles import every
from archive.database import Database
from archive.full_text import merged
from archive.ingest import ingest
from archive.model import Article, Document, Image, PageRules, Reading, canonical_json
from archive.page_reading import read_pages
from archive.pages import plan
from archive.refresh import refresh
from archive.reread import reread
from archive.sandbox import Sandbox
from archive.settings import Fetch, Settings
from archive.sources import add, change, sources
from archive.take import EntryLine, InputLine, Taking

LONG = "The mayor opened the new line on Monday, which is to carry half a million people a day. " * 4
HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(text: str = LONG, title: str = "A headline of the page") -> Answer:
    """A page that holds an article."""
    body = (
        f"<html lang=en><head><title>{title}</title><meta name=author content='Li Lei'></head>"
        f"<body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )
    return Answer(body=body.encode(), headers=HTML)


def feed(*items: tuple[str, str, str]) -> Answer:
    """A feed of items with a title, an address and a description."""
    told = "".join(
        f"<item><guid>{url}</guid><title>{title}</title><link>{url}</link><description>{text}</description></item>"
        for title, url, text in items
    )
    body = f"<rss version='2.0'><channel><title>News</title>{told}</channel></rss>"
    return Answer(body=body.encode(), headers={"Content-Type": "application/rss+xml"})


class Reader:
    """An archive that reads one source of a server."""

    def __init__(self, database: Database, sandbox: Sandbox, server: FeedServer) -> None:
        self.database, self.server = database, server
        settings = Settings(data=Path("unused"), fetch=Fetch(allow=(server.address,), timeout=2))
        self.taking = Taking(database=database, parsing=sandbox, rules=RULES, config=settings)

    def subscribe(
        self, *answers: Answer, reading: Reading | None = None, republish: str | None = None
    ) -> str:
        """Subscribe to a feed with full text, or as is said; the address of the feed."""
        url = self.server.answer("/feed", *answers)
        add(self.database, url, id="news", now=datetime.now(UTC))
        with self.database.writing() as transaction:
            transaction.run(
                "UPDATE source SET rules = :rules, republish = :republish WHERE id = 'news'",
                rules=canonical_json(asdict(reading or Reading(full_text=True))),
                republish=republish,
            )
        return url

    def poll(self) -> list[str]:
        """Poll; the outcome of each entry, and the last line's detail."""
        lines = list(refresh(self.taking, everything=True))
        last = lines[-1]
        assert isinstance(last, InputLine) and last.result in ("ok", "warning", "empty"), last
        return [*(line.outcome for line in lines if isinstance(line, EntryLine)), last.detail or ""]

    def kept(self) -> list[Article]:
        """The articles of the archive, by title."""
        return sorted(every(self.database), key=lambda each: each.title)

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked.path == path for asked in self.server.asked)

    def state(self) -> list[tuple[str, int]]:
        """What is remembered of the pages."""
        return [(row["state"], row["tries"]) for row in self.database.read("SELECT * FROM page")]


@pytest.fixture
def reader(database: Database, sandbox: Sandbox, server: FeedServer) -> Reader:
    """A reader of the server."""
    return Reader(database, sandbox, server)


class TestFullText:
    def test_an_article_is_put_once_with_the_text_of_its_page(self, reader: Reader) -> None:
        url = reader.server.answer("/1", page())
        reader.subscribe(feed(("A title", url, "A stub.")))
        assert reader.poll() == ["new", ""]
        (kept,) = reader.kept()
        assert (kept.title, kept.summary, kept.authors) == ("A title", "A stub.", ("Li Lei",))
        assert kept.text == LONG.strip() and "<p>" in kept.html
        assert (kept.republish, kept.revision) == ("summary", 1)
        asked = reader.database.read("SELECT asked, result FROM fetch ORDER BY id")
        assert (asked[0]["asked"], asked[0]["result"]) == (url, "ok")

    def test_a_feed_that_says_the_same_asks_for_no_page_and_changes_nothing(self, reader: Reader) -> None:
        one, two = reader.server.answer("/1", page()), reader.server.answer("/2", page(title="Two"))
        reader.subscribe(
            feed(("One", one, "A stub.")), feed(("Two", two, "Another."), ("One", one, "A  stub."))
        )
        assert reader.poll() == ["new", ""]
        assert reader.poll() == ["new", "unchanged", ""]
        assert (reader.asked("/1"), reader.asked("/2")) == (1, 1)

    def test_a_changed_entry_has_its_page_read_again(self, reader: Reader) -> None:
        url = reader.server.answer("/1", page(), page(LONG + "More."), Answer(status=500))
        reader.subscribe(*(feed(("A title", url, text)) for text in ("One.", "Two.", "Three.")))
        assert [reader.poll()[0] for _ in range(3)] == ["new", "revised", "unchanged"]
        (kept,) = reader.kept()
        assert kept.text.endswith("More.") and kept.summary == "Two."
        assert reader.state() == [("taken", 1)]

    def test_a_page_that_fails_leaves_what_the_feed_says_and_is_tried_three_times(
        self, reader: Reader
    ) -> None:
        url = reader.server.answer("/1", Answer(status=500))
        reader.subscribe(feed(("A title", url, "A stub.")))
        said = reader.poll()
        assert said == ["new", f"1 of 1 pages not had, the first: {url} the server answered 500"]
        assert [reader.poll()[0] for _ in range(4)] == [
            "unchanged",
            "unchanged",
            "not modified",
            "not modified",
        ]
        assert (reader.asked("/1"), reader.state()) == (3, [("failed", 3)])
        assert reader.kept()[0].text == "A stub." and reader.kept()[0].republish is None

    def test_a_page_that_comes_later_is_a_revision_and_a_summary_in_feeds(self, reader: Reader) -> None:
        url = reader.server.answer("/1", Answer(status=503), page())
        reader.subscribe(feed(("A title", url, "A stub.")))
        assert [reader.poll()[0] for _ in range(3)] == ["new", "revised", "not modified"]
        assert reader.kept()[0].republish == "summary" and reader.state() == [("taken", 0)]

    def test_a_source_that_may_be_republished_in_full_is(self, reader: Reader) -> None:
        url = reader.server.answer("/1", page())
        reader.subscribe(feed(("A title", url, "A stub.")), republish="full")
        reader.poll()
        assert reader.kept()[0].republish == "full"

    def test_a_page_that_is_gone_takes_its_article_out_of_publication(self, reader: Reader) -> None:
        url = reader.server.answer("/1", page(), Answer(status=410), page())
        feeds = [feed(("A title", url, text)) for text in ("One.", "Two.", "Three.")]
        reader.subscribe(feeds[0], feeds[1], feeds[1], feeds[2])
        reader.poll()
        reader.poll()
        (gone,) = reader.kept()
        assert gone.withdrawn and gone.withdrawn.reason == "gone from its site" and gone.text == LONG.strip()
        reader.poll()
        assert reader.asked("/1") == 2 and reader.kept()[0].withdrawn
        reader.poll()
        assert reader.kept()[0].withdrawn is None

    def test_robots_txt_may_refuse_a_page_but_not_the_feed(self, reader: Reader) -> None:
        reader.server.answer("/robots.txt", Answer(body=b"User-agent: syndicate\nDisallow: /"))
        url = reader.server.answer("/1", page())
        reader.subscribe(feed(("A title", url, "A stub.")))
        assert reader.poll()[0] == "new" and reader.asked("/1") == 0
        (row,) = reader.database.read("SELECT detail FROM fetch WHERE asked = :url", url=url)
        assert "does not let robots read it" in row["detail"] and reader.state() == [("failed", 1)]

    def test_the_front_page_is_no_article_nor_is_one_page_that_of_many(self, reader: Reader) -> None:
        home, shared = reader.server.answer("/", page()), reader.server.answer("/all", page())
        moved = reader.server.redirect("/old", home)
        reader.subscribe(
            feed(*(("A", home, "a"), ("B", f"{shared}#1", "b"), ("C", f"{shared}#2", "c"), ("D", moved, "d")))
        )
        assert "leads to the front page" in reader.poll()[-1]
        assert [each.text for each in reader.kept()] == ["a", "b", "c", "d"]
        assert reader.asked("/all") == 0

    def test_what_is_no_page_is_not_taken_for_one(self, reader: Reader) -> None:
        url = reader.server.answer(
            "/1.pdf", Answer(body=b"%PDF", headers={"Content-Type": "application/pdf"})
        )
        reader.subscribe(feed(("A title", url, "A stub.")))
        assert "is no page (application/pdf)" in reader.poll()[-1]

    def test_filters_go_by_the_feed_first(self, reader: Reader) -> None:
        url = reader.server.answer("/1", page())
        reader.subscribe(
            feed(("Sport today", url, "A stub.")), reading=Reading(full_text=True, drop=("title: sport",))
        )
        assert reader.poll() == ["skipped", ""] and reader.asked("/1") == 0

    def test_more_pages_than_one_poll_may_read_come_at_the_next(
        self, reader: Reader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("archive.page_reading.MOST_PAGES", 2)
        urls = [reader.server.answer(f"/{n}", page(title=f"Page {n}")) for n in range(3)]
        reader.subscribe(feed(*((f"Title {n}", url, "A stub.") for n, url in enumerate(urls))))
        assert reader.poll()[-1] == "1 more pages are read at the next polls"
        assert sorted(reader.poll()) == ["", "revised", "unchanged", "unchanged"]
        assert reader.poll() == ["not modified"]

    def test_pages_are_read_too_for_what_was_there_before_full_text_was(self, reader: Reader) -> None:
        url = reader.server.answer("/1", page())
        reader.subscribe(feed(("A title", url, "A stub.")), reading=Reading())
        assert reader.poll() == ["new", ""]
        change(reader.database, "news", ["full_text=yes"], now=NOW)
        assert reader.poll() == ["revised", ""] and reader.kept()[0].republish == "summary"


class TestOutsideOfPolls:
    def test_a_feed_that_comes_by_another_way_leaves_the_text_of_pages(self, reader: Reader) -> None:
        url = reader.server.answer("/1", page())
        again = feed(("A title", url, "A stub."), ("Another", "https://a.example/2", "New."))
        reader.subscribe(feed(("A title", url, "A stub.")), again, again)
        reader.poll()
        taking = replace(reader.taking, stated="news")
        outcomes = [getattr(line, "outcome", None) for line in ingest(taking, [reader.server.url("/feed")])]
        assert outcomes == ["unchanged", "new", None] and reader.kept()[0].text == LONG.strip()

    def test_kept_pages_are_read_again_by_the_rules_of_today(self, reader: Reader) -> None:
        url = reader.server.answer("/1", page(f"{LONG}</p><p class=extra>Buy this car.</p><p>{LONG}"))
        reader.subscribe(feed(("A title", url, "A stub.")))
        reader.poll()
        assert "Buy this car" in reader.kept()[0].text
        change(reader.database, "news", ["without=.extra"], now=NOW)
        assert [getattr(line, "outcome", None) for line in reread(reader.taking, "news")] == ["revised", None]
        assert [getattr(line, "outcome", None) for line in reread(reader.taking, "news")] == [
            "unchanged",
            None,
        ]
        (kept,) = reader.kept()
        assert "Buy" not in kept.text and (kept.summary, kept.title) == ("A stub.", "A title")
        assert reader.asked("/1") == 1 and reader.poll() == ["unchanged", ""]

    def test_a_page_that_could_not_be_read_then_may_be_readable_now(self, reader: Reader) -> None:
        url = reader.server.answer("/1", page("", title="Nothing"))
        reader.subscribe(feed(("A title", url, "A stub.")))
        reader.poll()
        (said,) = reread(reader.taking, "news")
        assert isinstance(said, InputLine) and said.detail == "1 of 1 pages are not kept or hold no article"

    def test_a_page_taken_in_for_a_source_is_read_by_its_rules(self, reader: Reader) -> None:
        reader.subscribe(feed(), reading=Reading(page=PageRules(without=".extra")))
        url = reader.server.answer("/1", page(f"{LONG}</p><p class=extra>Buy this car.</p><p>{LONG}"))
        taking = replace(reader.taking, stated="news")
        assert [getattr(line, "outcome", None) for line in ingest(taking, [url])] == ["new", None]
        assert "Buy" not in reader.kept()[0].text and reader.kept()[0].republish == "summary"

    def test_an_address_that_is_gone_withdraws_what_it_names(self, reader: Reader) -> None:
        url = reader.server.answer("/1", page(), Answer(status=410))
        assert [getattr(line, "outcome", None) for line in ingest(reader.taking, [url])] == ["new", None]
        (line,) = ingest(reader.taking, [url])
        (kept,) = reader.kept()
        assert isinstance(line, InputLine) and f"withdrawn: {kept.id}" in (line.detail or "")
        assert kept.withdrawn and (kept.withdrawn.reason, kept.withdrawn.by) == (
            "gone from its site",
            "127.0.0.1",
        )


class TestWaiting:
    def test_a_site_that_asks_for_rest_is_left_alone_and_has_not_failed(self, reader: Reader) -> None:
        slow = Answer(status=429, headers={"Retry-After": "600"})
        url = reader.server.answer("/1", slow, page())
        reader.subscribe(feed(("A title", url, "A stub.")))
        assert reader.poll() == ["new", "1 more pages are read at the next polls"]
        assert reader.state() == [("failed", 0)] and reader.database.read("SELECT * FROM pause")

    @pytest.mark.parametrize("limit", [{"seconds": 0.0}, {"stopped": lambda: True}])
    def test_at_the_deadline_the_others_wait_and_when_stopped_all(
        self, reader: Reader, limit: dict[str, Any]
    ) -> None:
        urls = [reader.server.answer(f"/{n}", page()) for n in range(3)]
        reader.subscribe(feed())
        entries = tuple(article(title=url, url=url, guid=url) for url in urls)
        source = sources(reader.database)["news"]
        made = plan(reader.database, source, Document(articles=entries), datetime.now(UTC))
        done = list(read_pages(reader.taking, [made], **limit))
        assert [len(reads) for _, reads in done] == ([1] if "seconds" in limit else [])


class TestMerging:
    def test_the_fuller_text_wins_and_the_feed_keeps_its_title_and_summary(self) -> None:
        found = merged(article(title="Feed", text="Short."), article(title="Page", text=LONG, authors=("A",)))
        assert (found.title, found.summary, found.text, found.authors) == ("Feed", "Short.", LONG, ("A",))

    @pytest.mark.parametrize("text", ["Other, but short.", "Shorter"])
    def test_a_page_that_says_less_gives_only_what_the_feed_lacks(self, text: str) -> None:
        entry = article(title="", text="Text of a feed.", authors=("A",))
        found = merged(
            entry, article(title="Page", text=text, authors=("B",), images=(Image(url="u", before_block=3),))
        )
        assert (found.title, found.text, found.authors) == ("Page", "Text of a feed.", ("A",))
        assert found.images == (Image(url="u"),)

    def test_a_short_page_that_holds_the_feed_s_text_is_fuller(self) -> None:
        assert (
            merged(article(text="Two words"), article(text="Just two words: Two words.")).text[:4] == "Just"
        )
