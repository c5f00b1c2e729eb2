"""Polling: what is asked when, what becomes of it, and that one source never harms another."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from feed_server import Answer, FeedServer
from polling import BRISK, Reader, feed

from archive.database import Database
from archive.errors import Busy, NotFound
from archive.pace import Pace
from archive.polls import Poll
from archive.refresh import refresh
from archive.sandbox import Sandbox
from archive.settings import Fetch, Settings
from archive.sources import add, set_state, sources
from archive.take import EntryLine

ROOT = Path(__file__).parents[1]


@pytest.fixture
def reader(database: Database, sandbox: Sandbox, server: FeedServer) -> Reader:
    """A reader of the server."""
    return Reader(database, sandbox, server)


def waits(poll: Poll) -> timedelta:
    """How long after the last poll the next one is due."""
    assert poll.polled is not None
    return poll.due - poll.polled


class TestRounds:
    def test_what_is_due_is_asked_once_and_then_only_for_what_is_new(self, reader: Reader) -> None:
        reader.add("/a", Answer(body=feed("one"), etag='"1"', last_modified="yesterday"))
        first = list(refresh(reader.taking, pace=BRISK))
        assert [each.outcome for each in first if isinstance(each, EntryLine)] == ["new"]
        assert list(refresh(reader.taking, pace=BRISK)) == []
        assert reader.told() == ("ok", "not modified")
        assert [asked.is_conditional for asked in reader.server.asked] == [False, True]

    def test_equal_bytes_without_a_304_are_not_modified_and_their_validators_are_kept(
        self, reader: Reader
    ) -> None:
        same = feed("one")
        answers = [Answer(body=same, headers={"ETag": f'"{n}"', "Last-Modified": str(n)}) for n in (1, 2)]
        reader.add("/a", *answers)
        reader.poll()
        assert reader.told() == ("ok", "not modified")
        assert (reader.kept("a").etag, reader.kept("a").last_modified) == ('"2"', "2")

    def test_a_304_may_change_its_validators_or_leave_them(self, reader: Reader) -> None:
        first = Answer(body=feed("one"), headers={"ETag": '"1"', "Last-Modified": "then"})
        reader.add("/a", first, Answer(status=304, headers={"ETag": '"2"'}))
        reader.poll()
        assert reader.told() == ("ok", "not modified")
        assert (reader.kept("a").etag, reader.kept("a").last_modified) == ('"2"', "then")

    def test_a_feed_that_lies_packed_on_its_server_is_read(self, reader: Reader) -> None:
        reader.add("/feed.xml.gz", Answer(body=gzip.compress(feed("one"))), id="packed")
        reader.add("/broken.gz", Answer(body=gzip.compress(feed("two"))[:-20]), id="broken")
        assert (reader.told("packed")[0], reader.told("packed")[1]) == ("ok", "not modified")
        assert reader.told("broken")[0] == "not_a_feed"

    def test_a_round_without_news_writes_no_article_and_no_fetch(self, reader: Reader) -> None:
        for n in range(30):
            reader.add(f"/{n}", Answer(body=feed(f"news {n}"), etag='"1"'), id=f"s{n}")
        reader.poll()
        tables = ("article", "revision", "change", "fetch", "blob", "alias")
        before = [reader.database.read(f"SELECT COUNT(*) AS n FROM {table}") for table in tables]
        assert [line.detail for line in reader.poll()] == ["not modified"] * 30
        assert [reader.database.read(f"SELECT COUNT(*) AS n FROM {table}") for table in tables] == before

    def test_only_the_sources_named_are_polled_each_once(self, reader: Reader) -> None:
        for name in "abc":
            reader.add(f"/{name}", Answer(body=feed(name)))
        assert len(reader.poll("a", "b", "a")) == 2
        with pytest.raises(NotFound, match="nobody"):
            reader.poll("nobody")

    def test_paused_and_removed_sources_are_left_alone(self, reader: Reader) -> None:
        for name, state in (("a", "paused"), ("b", "removed")):
            set_state(reader.database, reader.add(f"/{name}", Answer(body=feed(name))), state)
        assert reader.poll() == []

    def test_of_each_domain_only_some_are_asked_in_a_round_and_the_others_stay_due(
        self, reader: Reader
    ) -> None:
        for n in range(5):
            url = f"http://{n}.example.invalid/"
            add(reader.database, url, id=f"s{n}", now=datetime.now(UTC))
        asked = [list(refresh(reader.taking, of_each_domain=3, pace=BRISK)) for _ in range(3)]
        assert [len(lines) for lines in asked] == [3, 2, 0]

    def test_who_is_stopped_leaves_the_rest_as_it_was(self, reader: Reader) -> None:
        for name in "abc":
            reader.add(f"/{name}", Answer(body=feed(name)))
        assert list(refresh(reader.taking, pace=BRISK, stopped=lambda: True)) == []
        assert [reader.kept(id).polled for id in "abc"] == [None] * 3
        assert [line.result for line in reader.poll()] == ["ok"] * 3

    def test_nothing_is_polled_while_another_process_polls(self, reader: Reader) -> None:
        reader.add("/a", Answer(body=feed("one")))
        hold = (
            "import sys; from archive.database import open_database\n"
            "with open_database(sys.argv[1]).locked('refresh'): print(flush=True); input()"
        )
        command = [sys.executable, "-c", hold, f"sqlite:///{reader.database.folder}/archive.db"]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdin and other.stdout
            other.stdout.readline()
            with pytest.raises(Busy, match="held by another process"):
                reader.poll()
            other.stdin.close()
        assert reader.told()[0] == "ok"

    @pytest.mark.slow
    def test_two_refreshes_never_run_at_once_in_any_process(self, reader: Reader) -> None:
        reader.add("/a", Answer(body=feed("one"), latency=1))
        command = [sys.executable, "app.py", "--data", str(reader.database.folder), "refresh"]
        environ = {**os.environ, "SYNDICATE_FETCH_ALLOW": reader.server.address}
        with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as other:
            while not reader.server.asked:
                assert other.poll() is None
                time.sleep(0.01)
            with pytest.raises(Busy):
                reader.poll()
            _, said = other.communicate(timeout=20)
        assert other.returncode == 0 and "1 new" in said
        assert reader.told()[0] == "ok" and len(reader.server.asked) == 2


class TestSchedule:
    def test_ttl_cache_control_and_the_quiet_of_a_source_make_polls_rarer(self, reader: Reader) -> None:
        reader.add("/ttl", Answer(body=feed("a", extra="<ttl>720</ttl>")))
        reader.add("/fresh", Answer(body=feed("a"), headers={"Cache-Control": "max-age=43200"}))
        reader.add("/plain", Answer(body=feed("a")))
        reader.poll()
        assert all(12 <= waits(reader.kept(id)) / timedelta(hours=1) <= 13.3 for id in ("ttl", "fresh"))
        assert waits(reader.kept("plain")) <= timedelta(hours=4.5)

    def test_a_source_that_never_answered_is_asked_again_soon(self, reader: Reader) -> None:
        reader.add("/a", Answer(status=500))
        reader.poll()
        assert waits(reader.kept("a")) <= timedelta(minutes=33)

    def test_a_page_instead_of_a_feed_waits_four_times_as_long(self, reader: Reader) -> None:
        reader.add("/a", Answer(body=b"<!doctype html><html><body>Log in</body></html>"))
        assert reader.told()[0] == "not_a_feed"
        assert timedelta(minutes=108) <= waits(reader.kept("a")) <= timedelta(minutes=132)

    def test_gone_is_believed_the_second_time_a_day_later(self, reader: Reader) -> None:
        reader.add("/a", Answer(body=feed("one")), Answer(status=410))
        reader.poll()
        reader.poll()
        assert "410" in reader.told()[1] and reader.kept("a").state == "active"
        reader.pass_time(hours=25)
        assert reader.told()[1].startswith("gone: ")
        assert reader.kept("a").state == "paused" and reader.poll() == []
        assert reader.database.read("SELECT 1 FROM article")

    def test_what_comes_back_is_not_gone(self, reader: Reader) -> None:
        reader.add("/a", Answer(status=410), Answer(body=feed("one")), Answer(status=410))
        reader.poll()
        reader.pass_time(hours=25)
        reader.poll()
        reader.poll()
        assert reader.kept("a").state == "active"


class TestRests:
    def test_retry_after_pauses_the_whole_domain_for_everybody(self, reader: Reader) -> None:
        reader.add("/a", Answer(status=429, headers={"Retry-After": "3600"}))
        assert "429" in reader.told()[1]
        reader.add("/b", Answer(body=feed("b")))
        assert reader.told("b")[0] == "warning" and "left alone until" in reader.told("b")[1]
        assert [asked.path for asked in reader.server.asked] == ["/a"]
        assert all(waits_from_now(reader.kept(id)) >= timedelta(minutes=59) for id in "ab")
        assert reader.kept("b").failures == 0

    def test_what_waits_in_the_same_round_is_not_asked_either(self, reader: Reader) -> None:
        reader.add("/0", Answer(status=503, headers={"Retry-After": "60"}), id="first")
        for n in range(1, 40):
            reader.add(f"/{n}", Answer(body=feed("a"), latency=0.05), id=f"s{n}")
        lines = list(refresh(reader.taking, pace=Pace(connections=4)))
        assert len(reader.server.asked) <= 8
        assert sum("left alone" in (getattr(line, "detail", "") or "") for line in lines) >= 30

    def test_a_redirect_does_not_lead_into_a_domain_that_rests(self, reader: Reader) -> None:
        with FeedServer("127.0.0.2") as other:
            fetch = Fetch(allow=(reader.server.address, other.address), timeout=2)
            reader.taking = replace(reader.taking, config=Settings(data=Path("unused"), fetch=fetch))
            reader.add("/a", Answer(status=429, headers={"Retry-After": "60"}))
            reader.poll()
            other.redirect("/", reader.server.url("/b"))
            add(reader.database, other.url("/"), id="b", now=datetime.now(UTC))
            assert reader.told("b")[0] == "warning"
            assert len(reader.server.asked) == 1

    @pytest.mark.parametrize("header", ["-1", "NaN", "soon", ""])
    def test_a_time_without_sense_pauses_only_the_source(self, reader: Reader, header: str) -> None:
        reader.add("/a", Answer(status=429, headers={"Retry-After": header}))
        reader.add("/b", Answer(body=feed("b")))
        assert sorted(line.result for line in reader.poll()) == ["failed", "ok"]
        assert reader.poll("b")[0].result == "ok"


def waits_from_now(poll: Poll) -> timedelta:
    """How far away the next poll is."""
    return poll.due - datetime.now(UTC)


class TestMoves:
    def polled(self, reader: Reader, times: int, days: float) -> Poll:
        """A source polled so often over so many days."""
        for _ in range(times):
            reader.pass_time(days=days / times)
            reader.poll()
        return reader.kept("old")

    def test_a_lasting_permanent_redirect_moves_the_source(self, reader: Reader) -> None:
        end = reader.server.answer("/new", Answer(body=feed("one"), etag='"1"'))
        reader.add("/old", Answer(status=301, headers={"Location": end}))
        old = reader.kept("old").url
        assert self.polled(reader, 4, 8).url == old
        assert self.polled(reader, 1, 1).url == end
        assert reader.told() == ("ok", "not modified") and reader.server.asked[-1].path == "/new"
        assert add(reader.database, old, id=None, now=datetime.now(UTC)).id == "old"
        assert sources(reader.database, ["old"])["old"].url == end

    @pytest.mark.parametrize(("times", "days"), [(4, 30), (9, 2)])
    def test_few_times_or_few_days_do_not(self, reader: Reader, times: int, days: float) -> None:
        end = reader.server.answer("/new", Answer(body=feed("one")))
        reader.add("/old", Answer(status=308, headers={"Location": end}))
        kept = self.polled(reader, times, days)
        assert (kept.url, kept.moved_to, kept.moved_polls) == (reader.server.url("/old"), end, times)

    def test_a_temporary_redirect_or_its_end_does_not(self, reader: Reader) -> None:
        end = reader.server.answer("/new", Answer(body=feed("one")))
        moved = Answer(status=301, headers={"Location": end})
        reader.add("/old", moved, moved, Answer(body=feed("one")), moved)
        assert self.polled(reader, 6, 12).url != end
        reader.server.redirect("/old", end, 302)
        assert self.polled(reader, 6, 12).moved_to is None

    def test_another_feed_a_page_and_a_login_do_not(self, reader: Reader) -> None:
        old = reader.add("/old", Answer(body=feed("one", "two")))
        reader.poll()
        for body in (feed("other"), b"<html><body>Please log in</body></html>"):
            other = reader.server.answer(f"/{len(body)}", Answer(body=body, etag='"x"'))
            reader.server.redirect("/old", other, 301)
            assert self.polled(reader, 12, 30).url == reader.server.url("/old")
        assert reader.kept(old).result == "not_a_feed"

    def test_the_address_of_another_source_is_not_taken(self, reader: Reader) -> None:
        reader.add("/new", Answer(body=feed("one")))
        reader.add("/old", Answer(status=301, headers={"Location": "/new"}))
        kept = self.polled(reader, 8, 12)
        assert kept.url == reader.server.url("/old") and kept.rival == "new"


class TestDiscovery:
    PAGE = "<!doctype html><html><head>{}</head><body>Home</body></html>"
    LINK = '<link rel="alternate" type="application/rss+xml" href="{}">'

    def page(self, *links: str) -> Answer:
        """A page that names feeds."""
        return Answer(body=self.PAGE.format("".join(self.LINK.format(link) for link in links)).encode())

    def test_a_page_with_one_feed_is_read_from_that_feed_at_once(self, reader: Reader) -> None:
        reader.add("/home", self.page("/feed"))
        reader.server.answer("/feed", Answer(body=feed("one")))
        page, found = reader.poll()
        assert page.result == "warning" and f"its feed {reader.server.url('/feed')} is read" in (
            page.detail or ""
        )
        assert (found.input, found.result, found.articles) == (reader.server.url("/feed"), "ok", 1)
        assert add(reader.database, reader.server.url("/home"), id=None, now=datetime.now(UTC)).id == "home"
        assert reader.kept("home").failures == 0

    def test_a_feed_of_comments_is_no_choice(self, reader: Reader) -> None:
        reader.add("/home", self.page("/feed/", "/comments/feed/"))
        reader.server.answer("/feed/", Answer(body=feed("one")))
        assert reader.told()[0] == "ok" and reader.kept("home").url.endswith("/feed/")

    def test_a_page_with_several_feeds_asks_which(self, reader: Reader) -> None:
        reader.add("/home", self.page("/a", "/b"))
        result, detail = reader.told()
        assert result == "not_a_feed" and "choose one of: " in detail
        assert reader.server.url("/a") in detail and reader.server.url("/b") in detail

    def test_a_feed_that_another_source_reads_is_named(self, reader: Reader) -> None:
        reader.add("/feed", Answer(body=feed("one")))
        reader.add("/home", self.page("/feed"))
        reader.poll()
        assert "is read as the source feed" in (reader.kept("home").detail or "")

    def test_pages_that_name_each_other_are_asked_no_more_than_twice(self, reader: Reader) -> None:
        reader.add("/one", self.page("/two"))
        reader.server.answer("/two", self.page("/one"))
        reader.poll()
        assert len(reader.server.asked) == 2

    def test_a_source_that_was_a_feed_stays_where_it_is(self, reader: Reader) -> None:
        reader.add("/a", Answer(body=feed("one")), self.page("/b"))
        reader.poll()
        assert reader.told()[0] == "not_a_feed" and reader.kept("a").url.endswith("/a")


def test_a_page_moves_a_source_to_what_it_declares_and_to_no_guess(reader: Reader) -> None:
    reader.server.answer("/a.xml", Answer(body=feed("one")))
    declared = '<link rel="alternate" type="application/rss+xml" href="/a.xml">'
    guessed = '<a href="/b/feed">RSS</a>'
    reader.add("/sure", Answer(body=f"<html><head>{declared}</head><body>{guessed}</body></html>".encode()))
    page, found = reader.poll("sure")
    assert "is read from now on" in str(page.detail) and found.articles == 1
    reader.add("/unsure", Answer(body=f"<html><body>{guessed}</body></html>".encode()))
    result, said = reader.told("unsure")
    assert result == "not_a_feed" and "choose one of" in said and "/b/feed" in said
