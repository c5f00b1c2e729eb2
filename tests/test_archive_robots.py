"""What robots.txt lets us read (RFC 9309)."""

from __future__ import annotations

import asyncio
import time

import pytest
from feed_server import Answer, FeedServer

from archive.database import Database
from archive.pace import Pace, Turns
from archive.robots import parse, permits, product
from archive.settings import Fetch

SITE = "https://news.example"


def allowed(text: str, *paths: str) -> list[bool]:
    return [parse(text, "syndicate").allows(SITE + path) for path in paths]


def test_the_group_of_our_name_holds_else_that_of_everybody() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: SYNDICATE/2.0\nDisallow: /private\n"
    assert allowed(text, "/a", "/private/a") == [True, False]
    assert allowed("User-agent: *\nDisallow: /a", "/a/1", "/b") == [False, True]
    assert allowed("User-agent: syn\nDisallow: /\nUser-agent: syndicates\nDisallow: /", "/a") == [True]
    assert allowed("User-agent: syndicate\nDisallow:\nUser-agent: *\nDisallow: /", "/a") == [True]


def test_groups_of_one_name_are_one_and_a_group_may_have_several_names() -> None:
    text = "User-agent: other\nUser-agent: Syndicate\nDisallow: /a\nUser-agent: syndicate\nDisallow: /b"
    assert allowed(text, "/a", "/b", "/c") == [False, False, True]


def test_the_longest_rule_decides_and_of_equal_ones_the_kinder() -> None:
    text = "User-agent: *\nDisallow: /news\nAllow: /news/public\nDisallow: /x\nAllow: /x\n"
    assert allowed(text, "/news/1", "/news/public/1", "/x") == [False, True, True]


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("/fish*", "/fish.html", "/Fish"),
        ("/*.php$", "/a/b.php", "/a.php?x=1"),
        ("/a*b*c", "/a-b-b-c-d", "/a-c-b"),
        ("/a$", "/a", "/ab"),
        ("*/print", "/1/print", "/prin"),
        ("/a*a$", "/aa", "/a"),
        ("/%E5%8C%97", "/北京", "/南京"),
        ("/北", "/%e5%8c%97", "/%E5"),
        ("/a%3cd", "/a%3Cd", "/a<d"),
        ("/%7Ejoe", "/~joe/1", "/joe"),
        ("/?id=", "/?id=1", "/?x"),
    ],
)
def test_stars_ends_and_escapes(pattern: str, fits: str, fits_not: str) -> None:
    assert allowed(f"User-agent: *\nDisallow: {pattern}", fits, fits_not) == [False, True]


def test_lines_that_mean_nothing_change_nothing() -> None:
    text = "\ufeffnonsense\nDisallow: /\r\nUSER-AGENT : * # all\rSitemap: x\n disallow : /a # b\nAllow\n"
    assert allowed(text, "/a", "/b") == [False, True]


def test_delays_are_kept_within_reason() -> None:
    stated = ("5", "0.5", "1000", "-1", "nan", "soon")
    found = [parse(f"User-agent: *\nCrawl-delay: {delay}", "syndicate").delay for delay in stated]
    assert found == [5, 0.5, 30, 0, 0, 0]


def test_a_hostile_file_costs_little() -> None:
    stars = "User-agent: *\nDisallow: /" + "a*" * 100_000 + "b$\n"
    many = "User-agent: a\n" * 10_000 + "User-agent: *\n" + "Disallow: /b\n" * 10_000
    began = time.process_time()
    assert allowed(stars + many, "/" + "a" * 2_000) == [True]
    assert time.process_time() - began < 1


def test_our_name_is_the_first_word_we_go_by() -> None:
    assert product("Syndicate/0.1 (news archive)") == "syndicate"
    assert product("Mozilla/5.0 (compatible; Our-Reader/2; +https://a.example)") == "our-reader"


def test_a_domain_that_wants_us_slower_is_asked_slower() -> None:
    async def two(host: str) -> float:
        turns = Turns(Pace(apart=0, delays={"news.example": 0.05}), frozenset(), {})
        began = asyncio.get_running_loop().time()
        for _ in range(2):
            async with turns.turn(host, None, visited=""):
                pass
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(two("www.news.example")) >= 0.05 > asyncio.run(two("other.example"))


class TestAsking:
    def test_a_site_is_asked_once_a_day_for_all_its_pages(
        self, database: Database, server: FeedServer
    ) -> None:
        server.answer("/robots.txt", Answer(body=b"User-agent: *\nDisallow: /no\nCrawl-delay: 7"))
        settings = Fetch(allow=(server.address,))
        for _ in range(2):
            found = permits(database, [server.url("/yes"), server.url("/no")], settings)
        assert found[server.url("/yes")].refusal is None and found[server.url("/yes")].delay == 7
        assert "does not let robots read it" in str(found[server.url("/no")].refusal)
        assert [asked.path for asked in server.asked] == ["/robots.txt"]

    @pytest.mark.parametrize(("status", "is_allowed"), [(404, True), (403, True), (500, False), (503, False)])
    def test_without_the_file_all_is_allowed_and_without_an_answer_nothing(
        self, database: Database, server: FeedServer, status: int, is_allowed: bool
    ) -> None:
        server.answer("/robots.txt", Answer(status=status, body=b"User-agent: *\nDisallow: /"))
        url = server.url("/a")
        assert (permits(database, [url], Fetch(allow=(server.address,)))[url].refusal is None) is is_allowed

    def test_a_site_that_cannot_be_reached_lets_nothing_be_read(self, database: Database) -> None:
        url = "http://127.0.0.1:9/a"
        assert "cannot be reached" in str(permits(database, [url], Fetch())[url].refusal)
