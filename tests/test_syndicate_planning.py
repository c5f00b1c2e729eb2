"""Addresses of feeds as the hub reads them: just those that the web answers with that very feed."""

from __future__ import annotations

import pytest
from factories import article
from web_client import application, ask

from archive.database import Database
from archive.errors import NotFound, UsageError
from syndicate.addresses import quoted
from syndicate.formats import FORMATS
from syndicate.guard import Application
from syndicate.planning import plan

BASE = "https://archive.example"
LISTS = (
    "/latest.{}",
    "/latest.{}?lang=zh",
    "/latest.{}?not=olympics&lang=en&from=2022-04-01&to=2022-04-30&content=summary&n=5",
    "/latest.{}?ui=zh",
    "/topic/olympics.{}",
    "/topic/education+olympics.{}?source=example",
    "/source/example.{}?lang=en",
    "/by/%E6%9D%8E%E5%8D%8E%2FLi.%20Hua.{}",
    "/search.{}?q=%E5%86%AC%E5%A5%A5%20OR%20%22dual%20city%22&topic=education+olympics",
    "/search.{}?sort=new&exact=1",
    "/topic/olympics.{}?sort=old",
    "/calendar/2026/11.{}?lang=en",
    "/calendar/2026/11/24.{}?topic=olympics",
)
FEEDS = [f"{BASE}{each.format(format)}" for each in LISTS for format in FORMATS]


@pytest.fixture(scope="module")
def app(standing: Database) -> Application:
    """An archive with one article."""
    return application(
        standing,
        standing.folder.parent,
        article(guid="1", title="Olympic halls open", authors=("李华/Li. Hua",)),
    )


@pytest.mark.parametrize("address", FEEDS)
def test_every_feed_is_planned_as_the_web_answers_it(app: Application, address: str) -> None:
    reply = ask(app, address.removeprefix(BASE))
    assert reply.status == 200
    assert reply.headers["Link"].endswith(f'<{address}>; rel="self"')
    assert BASE + plan(address, BASE).address() == address


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("/topic/olympics+education.atom", "/topic/education+olympics.atom"),
        ("/search.atom?lang=en&q=x", "/search.atom?q=x&lang=en"),
        ("/latest.atom?q=x", "/search.atom?q=x"),
        ("/latest.atom?utm_source=x", "/latest.atom"),
        ("/latest.atom?", "/latest.atom"),
        ("/search.atom?q=x&page=2", "/search.atom?q=x"),
    ],
)
def test_another_spelling_is_told_the_right_one(spelling: str, canonical: str) -> None:
    if spelling.endswith("?"):
        assert plan(BASE + spelling, BASE).address() == canonical
        return
    with pytest.raises(UsageError) as caught:
        plan(BASE + spelling, BASE)
    assert str(caught.value).endswith(f"the address of this feed is {BASE}{canonical}")


def test_how_characters_are_escaped_does_not_matter() -> None:
    for spelling in ("/l%61test.atom?l%61ng=zh", "/by/%e6%9d%8e.rss", "/by/李.rss", "/search.json?q=%7e冬"):
        found = plan(BASE + spelling, BASE)
        assert found.address().startswith(("/latest.atom?lang=zh", f"/by/{quoted('李')}.rss", "/search.json"))


@pytest.mark.parametrize(
    "address",
    [
        "https://other.example/latest.atom",
        "http://archive.example/latest.atom",
        "https://archive.example.evil.example/latest.atom",
        f"{BASE}/",
        f"{BASE}/latest",
        f"{BASE}/latest.csv",
        f"{BASE}/feeds.opml",
        f"{BASE}/topic/.atom",
        f"{BASE}/nothing.atom",
        f"{BASE}/a/2022/04/02/7f3a9c1e.json",
        f"{BASE}//latest.atom",
        "",
        f"{BASE}/by/{'x' * 2000}.atom",
    ],
)
def test_what_is_no_feed_of_ours_is_refused(address: str) -> None:
    with pytest.raises(NotFound):
        plan(address, BASE)


@pytest.mark.parametrize("address", ["/by/%ff.atom", "/search.atom?q=%ff", "/latest.atom?lang=fr"])
def test_what_makes_no_sense_is_refused(address: str) -> None:
    with pytest.raises(UsageError):
        plan(BASE + address, BASE)
