"""Which subscribed feeds have changed: looked at once for a change, and again for a new subscriber."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from factories import article
from subscriber import BASE, Hub

from archive.database import Database
from archive.errors import NotFound
from index import open_index
from syndicate.caching import Rendered
from syndicate.composing import Plan
from syndicate.feeds import Feeds, feeds_of
from syndicate.news import News

ENGLISH, CHINESE = f"{BASE}/latest.atom?lang=en", f"{BASE}/latest.atom?lang=zh"
SEARCH = f"{BASE}/search.atom?q=olympic"
ALL = (ENGLISH, CHINESE, SEARCH)


class Counting(Feeds):
    """Feeds that count how often each is made, and cannot make some."""

    made: list[str]
    broken: set[str]

    def _render(self, plan: Plan, version: tuple[object, ...]) -> Rendered:
        self.made.append(plan.address())
        if plan.address() in self.broken:
            raise ZeroDivisionError
        return super()._render(plan, version)


@pytest.fixture
def hub(database: Database, tmp_path: Path) -> Hub:
    """A hub with one article."""
    made = Hub(database, tmp_path)
    made.put(article(guid="1", title="Olympic halls open"))
    made.follow()
    return made


@pytest.fixture
def feeds(hub: Hub) -> Counting:
    """The hub's feeds."""
    index = open_index(hub.folder / "index")
    counting = Counting(feeds_of(hub.database, index, hub.settings).composer)
    counting.made, counting.broken = [], set()
    return counting


def changed(news: News, *addresses: str) -> set[str]:
    """The feeds that are found to have changed."""
    news.watch(addresses)
    return {address for address, _ in news.found(10)}


def test_feeds_are_made_once_for_each_change_that_touches_them(hub: Hub, feeds: Counting) -> None:
    news = News(feeds, BASE)
    assert changed(news, *ALL) == set(ALL) and len(feeds.made) == 3
    assert changed(news, *ALL) == set() and not news.is_pending
    hub.put(article(guid="2", title="Another", language="en"))
    assert changed(news, *ALL) == {ENGLISH}
    assert changed(news, *ALL) == set()
    hub.follow()
    assert changed(news, *ALL) == {SEARCH}
    assert changed(news, *ALL) == set() and len(feeds.made) == 5


def test_tags_are_those_of_the_web(hub: Hub, feeds: Counting) -> None:
    news = News(feeds, BASE)
    news.watch(ALL)
    for address, tag in news.found(10):
        assert hub.read(address).headers["Etag"] == f'"{tag}"'


def test_a_new_subscriber_is_compared_with_a_feed_that_has_not_changed(hub: Hub, feeds: Counting) -> None:
    news = News(feeds, BASE)
    changed(news, *ALL)
    news.look_again(ENGLISH)
    assert changed(news, *ALL) == {ENGLISH}
    assert changed(news, ENGLISH) == set()
    assert changed(news, *ALL) == {CHINESE, SEARCH}, "feeds that were let go are forgotten"


def test_what_there_is_no_time_for_comes_the_next_time(hub: Hub, feeds: Counting) -> None:
    news = News(feeds, BASE)
    news.watch(ALL)
    assert list(news.found(0)) == [] and news.is_pending
    assert changed(news, *ALL) == set(ALL)


def test_a_feed_that_is_no_more_is_said_to_be(feeds: Counting) -> None:
    news = News(feeds, BASE)
    news.watch([f"{BASE}/topic/nothing.atom", "https://old.example/latest.atom"])
    found = dict(news.found(10))
    assert all(isinstance(reason, NotFound) for reason in found.values()) and len(found) == 2


def test_a_feed_that_cannot_be_made_takes_no_other_with_it(
    hub: Hub, feeds: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    feeds.broken.add(ENGLISH.removeprefix(BASE))
    news = News(feeds, BASE)
    with caplog.at_level(logging.ERROR):
        assert changed(news, *ALL) == {CHINESE, SEARCH}
        for _ in range(3):
            assert news.content(ENGLISH) is None
    assert len(caplog.records) == 1 and "cannot be made" in caplog.text
    assert news.content(CHINESE) is not None
    feeds.broken.clear()
    hub.put(article(guid="2", title="Another", language="en"))
    assert changed(news, *ALL) == {ENGLISH} and news.content(ENGLISH) is not None
