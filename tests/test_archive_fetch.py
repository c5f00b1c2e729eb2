"""Fetching: what comes back, what is refused, how gently we ask. All over loopback."""

from __future__ import annotations

import gzip
import threading
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp.abc import ResolveResult
from feed_server import Answer, FeedServer, Names

from archive.errors import FetchError
from archive.fetch import Fetched, Request, fetch, fetch_many
from archive.pace import Pace
from archive.settings import Fetch

FEED = "<rss><channel><title>北京</title></channel></rss>".encode()
BRISK = Pace(apart=0, connect=2)


@pytest.fixture
def canary() -> Iterator[FeedServer]:
    """A server that no setting allows, and that therefore nobody may ever ask."""
    with FeedServer("127.0.0.2") as running:
        running.answer("/", Answer(body=b"secret"))
        yield running
        assert running.asked == []


def allow(*servers: FeedServer, timeout: int = 5) -> Fetch:
    return Fetch(
        allow=tuple(server.address for server in servers), timeout=timeout, user_agent="Tests/1 (+us)"
    )


def failure(url: str, settings: Fetch) -> str:
    """The sentence of the error that reading an address ends with."""
    with pytest.raises(FetchError) as caught:
        fetch(url, settings=settings, pace=BRISK)
    assert str(caught.value).startswith(url)
    return str(caught.value)


class TestAnswers:
    def test_body_and_chosen_headers_come_back_as_sent(self, server: FeedServer) -> None:
        headers = {"Content-Type": "application/rss+xml", "Set-Cookie": "a=b", "Cache-Control": "max-age=9"}
        url = server.answer("/feed", Answer(body=FEED, headers=headers, etag='W/"a1'))
        answer = fetch(url, settings=allow(server))
        assert (answer.asked, answer.final, answer.status, answer.body) == (url, url, 200, FEED)
        assert answer.headers == {
            "content-type": "application/rss+xml",
            "cache-control": "max-age=9",
            "etag": 'W/"a1',
        }
        assert answer.at.tzinfo is not None and not answer.not_modified and answer.permanent is None

    def test_validators_are_sent_as_they_were_stated(self, server: FeedServer) -> None:
        stated = 'W/"no end quote', "yesterday, or so"
        url = server.answer("/feed", Answer(body=FEED, etag=stated[0], last_modified=stated[1]))
        first = fetch(url, settings=allow(server))
        again = fetch(
            url,
            etag=first.headers["etag"],
            last_modified=first.headers["last-modified"],
            settings=allow(server),
        )
        assert again.not_modified and again.body == b""
        assert server.asked[1].headers["If-None-Match"] == stated[0]
        assert server.asked[1].headers["If-Modified-Since"] == stated[1]

    def test_we_say_who_we_are_and_take_gzip_only(self, server: FeedServer) -> None:
        fetch(server.answer("/", Answer(body=FEED)), settings=allow(server))
        assert server.asked[0].headers["User-Agent"] == "Tests/1 (+us)"
        assert server.asked[0].headers["Accept-Encoding"] == "gzip"

    def test_a_form_is_posted_and_whatever_comes_back_is_the_answer(self, server: FeedServer) -> None:
        to = server.redirect("/hub", "/elsewhere")
        request = Request(
            url=to, etag='"1"', form=(("mode", "subscribe"), ("url", "http://a/?新=b&c"), ("mode", "x"))
        )
        [(_, answer)] = fetch_many([request], settings=allow(server))
        (asked,) = server.asked
        assert isinstance(answer, Fetched) and (answer.status, answer.final) == (302, to)
        assert asked.method == "POST" and not asked.is_conditional
        assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert asked.body == b"mode=subscribe&url=http%3A%2F%2Fa%2F%3F%E6%96%B0%3Db%26c&mode=x"

    def test_no_cookie_comes_back_and_no_proxy_is_asked(
        self, server: FeedServer, canary: FeedServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, canary.url())
        url = server.answer("/", Answer(body=FEED, headers={"Set-Cookie": "who=me"}))
        server.redirect("/in", url)
        list(
            fetch_many([Request(url=url), Request(url=server.url("/in"))], settings=allow(server), pace=BRISK)
        )
        assert all("Cookie" not in asked.headers for asked in server.asked)

    def test_an_error_of_the_server_is_an_answer_with_its_body(self, server: FeedServer) -> None:
        url = server.answer("/", Answer(status=503, body=b"later", headers={"Retry-After": "120"}))
        answer = fetch(url, settings=allow(server))
        assert (answer.status, answer.body, answer.headers["retry-after"]) == (503, b"later", "120")

    @pytest.mark.parametrize("status", [300, 304, 306])
    def test_a_status_that_means_nothing_here_is_a_failure(self, server: FeedServer, status: int) -> None:
        assert "answered" in failure(server.answer("/", Answer(status=status)), allow(server))

    def test_several_links_are_one_list_and_bytes_that_are_no_text_are_left_out(
        self, server: FeedServer
    ) -> None:
        headers = {"Link": "<a>; rel=hub", "LINK": "<b>; rel=self", "ETag": '"\xff"'}
        answer = fetch(server.answer("/", Answer(body=FEED, headers=headers)), settings=allow(server))
        assert answer.headers == {"link": "<a>; rel=hub, <b>; rel=self"}


class TestPacking:
    @pytest.mark.parametrize(
        ("encoding", "packed"),
        [
            ("gzip", gzip.compress(FEED)),
            ("X-Gzip", gzip.compress(FEED)),
            ("gzip", gzip.compress(FEED[:9]) + gzip.compress(FEED[9:])),
            ("gzip", gzip.compress(FEED) + b"\0" * 512),
            ("deflate", zlib.compress(FEED)),
            ("deflate", zlib.compress(FEED, wbits=-15)),
            ("identity", FEED),
            ("gzip", b""),
        ],
        ids=["gzip", "x-gzip", "members", "padded", "deflate", "raw deflate", "identity", "nothing"],
    )
    def test_what_is_packed_in_a_usual_way_is_unpacked(
        self, server: FeedServer, encoding: str, packed: bytes
    ) -> None:
        url = server.answer("/", Answer(body=packed, headers={"Content-Encoding": encoding}))
        assert fetch(url, settings=allow(server)).body == (FEED if packed else b"")

    @pytest.mark.parametrize(
        ("encoding", "packed", "says"),
        [
            ("br", FEED, "not asked for"),
            ("gzip, gzip", gzip.compress(gzip.compress(FEED)), "not asked for"),
            ("gzip", FEED, "not validly packed"),
            ("deflate", FEED, "not validly packed"),
            ("gzip", gzip.compress(FEED)[:-12], "breaks off"),
            ("gzip", gzip.compress(b"") * 70, "too many parts"),
            ("gzip", gzip.compress(bytes(64 << 20)), "larger than 10 MiB"),
            ("", bytes((10 << 20) + 1), "larger than 10 MiB"),
        ],
        ids=["brotli", "nested", "not gzip", "not deflate", "cut", "many members", "bomb", "large"],
    )
    def test_other_packing_and_too_much_of_it_is_refused(
        self, server: FeedServer, encoding: str, packed: bytes, says: str
    ) -> None:
        url = server.answer("/", Answer(body=packed, headers={"Content-Encoding": encoding}))
        assert says in failure(url, allow(server))

    def test_the_limit_itself_is_allowed(self, server: FeedServer) -> None:
        packed = gzip.compress(bytes(10 << 20))
        url = server.answer("/", Answer(body=packed, headers={"Content-Encoding": "gzip"}))
        assert len(fetch(url, settings=allow(server)).body) == 10 << 20


class TestRedirects:
    def test_permanent_ones_tell_the_new_address(self, server: FeedServer) -> None:
        end = server.answer("/new", Answer(body=FEED))
        server.redirect("/old", "/newer", 301)
        server.redirect("/newer", end, 308)
        answer = fetch(server.url("/old"), settings=allow(server))
        assert (answer.asked, answer.final, answer.permanent) == (server.url("/old"), end, end)

    def test_one_temporary_one_among_them_changes_nothing(self, server: FeedServer) -> None:
        end = server.answer("/new", Answer(body=FEED))
        server.redirect("/old", "middle", 301)
        server.redirect("/middle", end, 302)
        answer = fetch(server.url("/old"), settings=allow(server))
        assert (answer.body, answer.permanent) == (FEED, None)

    def test_five_are_followed_and_a_sixth_is_not(self, server: FeedServer) -> None:
        for number in range(6):
            server.redirect(f"/{number}", f"/{number + 1}")
        server.answer("/6", Answer(body=FEED))
        assert fetch(server.url("/1"), settings=allow(server)).body == FEED
        assert "more than 5 times" in failure(server.url("/0"), allow(server))

    def test_raw_bytes_in_the_place_to_go_are_escaped(self, server: FeedServer) -> None:
        server.redirect("/old", "/新闻?q=a%2Fb".encode("gbk").decode("latin-1"))
        end = "/%D0%C2%CE%C5?q=a%2Fb"
        server.answer(end, Answer(body=FEED))
        assert fetch(server.url("/old"), settings=allow(server)).final.endswith(end)

    def test_validators_go_to_where_the_content_is(self, server: FeedServer) -> None:
        server.redirect("/old", server.answer("/new", Answer(body=FEED, etag='"1"')))
        assert fetch(server.url("/old"), etag='"1"', settings=allow(server)).not_modified

    @pytest.mark.parametrize(
        "to", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher:x", "data:text/xml,x", "//["]
    )
    def test_only_the_web_is_a_place_to_go(self, server: FeedServer, to: str) -> None:
        server.redirect("/", to)
        assert "web address" in failure(server.url(), allow(server))


class TestRefusals:
    @pytest.mark.parametrize(
        "host",
        [
            *("127.0.0.2", "127.2", "2130706434", "0x7f.2", "0177.0.0.2", "0.0.0.0", "127.0.0.2"),
            *("localhost", "[::1]", "[::]", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[64:ff9b::7f00:2]"),
        ],
    )
    def test_no_spelling_of_a_private_address_is_connected_to(
        self, server: FeedServer, canary: FeedServer, host: str
    ) -> None:
        url = f"http://{host}:{canary.port}/"
        failure(url, allow(server))
        server.redirect("/", url)
        failure(server.url(), allow(server))

    def test_a_name_with_a_public_and_a_private_address_leads_to_neither_in_secret(
        self, canary: FeedServer
    ) -> None:
        class Both(Names):
            """Every name has two addresses."""

            async def resolve(self, *stated: Any, **named: Any) -> list[ResolveResult]:
                return [
                    each for table in self.tables for each in await Names(table).resolve(*stated, **named)
                ]

        both = Both({"both.example": "203.0.113.1"}, {"both.example": "127.0.0.2"})
        request = Request(url=f"http://both.example:{canary.port}/")
        pace = Pace(apart=0, connect=0.5)
        [(_, answer)] = fetch_many([request], settings=Fetch(timeout=1), pace=pace, resolver=both)
        assert isinstance(answer, FetchError)

    def test_the_sentence_says_what_would_allow_it(self, canary: FeedServer) -> None:
        says = failure(canary.url(), Fetch())
        assert f'add "{canary.address}" to allow in the section [fetch]' in says

    def test_a_name_that_leads_elsewhere_the_second_time_is_checked_again(
        self, server: FeedServer, canary: FeedServer
    ) -> None:
        server.redirect("/", f"http://rebinding.example:{canary.port}/")
        names = Names({"rebinding.example": "127.0.0.1"}, {"rebinding.example": "127.0.0.2"})
        settings = Fetch(allow=(server.address, f"127.0.0.1:{canary.port}"))
        request = Request(url=f"http://rebinding.example:{server.port}/")
        [(_, answer)] = fetch_many([request], settings=settings, pace=BRISK, resolver=names)
        assert len(server.asked) == 1
        assert isinstance(answer, FetchError) and f"127.0.0.2:{canary.port}" in str(answer)

    @pytest.mark.parametrize(
        "url", ["", "feed.xml", "file:///etc/hosts", "http://", "http://[::1", "ftp://a/b"]
    )
    def test_what_is_no_web_address_is_named(self, url: str) -> None:
        assert "web address" in failure(url, Fetch())


class TestManners:
    def test_a_dripping_answer_ends_at_the_deadline(self, server: FeedServer) -> None:
        began = time.monotonic()
        url = server.answer("/", Answer(body=FEED * 9, drip=0.02))
        assert "within 1 seconds" in failure(url, allow(server, timeout=1))
        assert time.monotonic() - began < 4

    def test_the_deadline_counts_all_redirects_together(self, server: FeedServer) -> None:
        for number in range(4):
            server.answer(
                f"/{number}", Answer(status=302, latency=0.3, headers={"Location": f"/{number + 1}"})
            )
        assert "within 1 seconds" in failure(server.url("/0"), allow(server, timeout=1))

    def test_one_failure_disturbs_no_other(self, server: FeedServer, canary: FeedServer) -> None:
        bad = [
            server.answer("/cut", Answer(body=FEED, breaks_off=True)),
            server.answer("/head", Answer(body=FEED, headers={"X": "a" * 100_000})),
            server.answer("/drip", Answer(body=FEED, drip=0.5)),
            *(canary.url(), "http://no.such.name.invalid/", "nonsense", f"https://{server.address}/"),
        ]
        good = [server.answer(f"/{number}", Answer(body=FEED)) for number in range(20)]
        requests = [Request(url=url) for url in [*bad, *good]]
        answers = {
            request.url: answer
            for request, answer in fetch_many(requests, settings=allow(server, timeout=1), pace=BRISK)
        }
        assert {url for url, answer in answers.items() if isinstance(answer, FetchError)} == set(bad)
        assert all(str(answers[url]).startswith(url) for url in bad)

    def test_our_own_servers_are_asked_as_fast_as_they_answer(self, server: FeedServer) -> None:
        requests = [Request(url=server.answer(f"/{n}", Answer(body=FEED, latency=0.1))) for n in range(30)]
        began = time.monotonic()
        list(fetch_many(requests, settings=allow(server), pace=Pace(connections=10)))
        assert time.monotonic() - began < 2
        assert 2 < max(asked.at_once for asked in server.asked) <= 10

    def test_who_stops_listening_leaves_nothing_behind(self, server: FeedServer) -> None:
        server.answer("/slow", Answer(body=FEED, latency=2))
        requests = [
            Request(url=server.answer("/", Answer(body=FEED))),
            *(Request(url=server.url("/slow")) for _ in range(200)),
        ]
        answers = fetch_many(requests, settings=allow(server))
        assert isinstance(next(answers)[1], Fetched)
        began = time.monotonic()
        answers.close()  # type: ignore[attr-defined]
        assert time.monotonic() - began < 1.5
        assert not any(thread.name == "fetch" for thread in threading.enumerate())

    def test_reading_pauses_while_much_waits_to_be_taken(self, server: FeedServer) -> None:
        large = server.answer("/", Answer(body=bytes(9 << 20)))
        answers = fetch_many([Request(url=large)] * 30, settings=allow(server), pace=Pace(connections=2))
        next(answers)
        time.sleep(0.5)
        assert len(server.asked) < 10
        assert len(list(answers)) == 29

    def test_nothing_asked_is_nothing_answered(self) -> None:
        assert list(fetch_many([], settings=Fetch())) == []
