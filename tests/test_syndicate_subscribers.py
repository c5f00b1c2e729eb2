"""Who subscribes: counted without keeping who it is."""

from __future__ import annotations

import pytest

from syndicate.subscribers import EXACT, MOST_AGGREGATORS, MOST_FEEDS, Count, Subscribers, stated

READER = "FreshRSS/1.24.0 (Linux; https://freshrss.org)"
FEEDBIN = "Feedbin feed-id:1234 - 56 subscribers"
DAY = 20_000


def polled(subscribers: Subscribers, *readers: str, feed: str = "/latest.atom", today: int = DAY) -> None:
    """A poll of a feed by each of some addresses."""
    for address in readers:
        subscribers.seen(address, feed, READER, today)


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        (READER, None),
        ("", None),
        ("12 subscribers", ("12 ", 12)),
        (FEEDBIN, ("Feedbin 1234", 56)),
        (
            "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers; like FeedFetcher)",
            ("Feedly ", 16),
        ),
        (
            "NewsBlur Feed Fetcher - 1 subscriber - https://www.newsblur.com/site/5 (Mozilla)",
            ("NewsBlur ", 1),
        ),
        ("theoldreader.com (3 Subscribers; feed-id=58a2c)", ("theoldreader.com 58a2c", 3)),
        ("Netvibes (http://www.netvibes.com/; 12 subscribers; feedID: 123)", ("Netvibes 123", 12)),
        ("Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 7 readers; )", ("Inoreader ", 7)),
        ("Bad/1.0 (99999999999 subscribers)", None),
        ("Bad/1.0 (-5 subscribers-of-mine)", ("Bad ", 5)),
    ],
)
def test_an_aggregator_says_how_many_it_reads_for(agent: str, found: tuple[str, int] | None) -> None:
    assert stated(agent) == found


def test_readers_are_counted_once_and_aggregators_by_what_they_say_last() -> None:
    subscribers = Subscribers()
    polled(subscribers, *["192.0.2.1", "192.0.2.2"] * 3)
    subscribers.seen("192.0.2.1", "/latest.atom", "newsboat/2.21", DAY)
    polled(subscribers, "192.0.2.1", feed="/topic/olympics.atom")
    for agent in (FEEDBIN, "Feedbin feed-id:1234 - 60 subscribers", "Feedbin feed-id:99 - 2 subscribers"):
        subscribers.seen("198.51.100.1", "/latest.atom", agent, DAY)
    assert subscribers.counts() == [Count("/latest.atom", 3, 62), Count("/topic/olympics.atom", 1, 0)]


def test_a_day_counts_by_itself_and_yesterday_is_told_until_today_is_fuller() -> None:
    subscribers = Subscribers()
    polled(subscribers, "a", "b", "c")
    polled(subscribers, "a", today=DAY + 1)
    assert subscribers.counts() == [Count("/latest.atom", 3, 0)]
    polled(subscribers, "a", "b", today=DAY + 2)
    assert subscribers.counts() == [Count("/latest.atom", 2, 0)]
    polled(subscribers, "a", feed="/latest.rss", today=DAY + 9)
    assert subscribers.counts() == [Count("/latest.rss", 1, 0)]


@pytest.mark.parametrize("number", [EXACT - 1, EXACT, 1_000, 20_000])
def test_many_readers_are_estimated(number: int) -> None:
    subscribers = Subscribers()
    polled(subscribers, *(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(number)))
    (count,) = subscribers.counts()
    assert count.readers == number if number < EXACT else 0.7 < count.readers / number < 1.4


def test_what_is_kept_is_bounded_and_the_most_read_stay() -> None:
    subscribers = Subscribers()
    polled(subscribers, "a", "b")
    for n in range(MOST_FEEDS + 10):
        polled(subscribers, "crawler", feed=f"/by/{n}.atom")
    for n in range(MOST_AGGREGATORS + 10):
        subscribers.seen("c", "/latest.atom", f"Agent feed-id:{n} 1 subscriber", DAY)
    counts = subscribers.counts()
    assert counts[0] == Count("/latest.atom", 2, MOST_AGGREGATORS) and len(counts) <= MOST_FEEDS


def test_a_search_of_a_few_is_not_told() -> None:
    subscribers = Subscribers()
    polled(subscribers, *"abcd", feed="/search.atom?q=a")
    polled(subscribers, *"abcde", feed="/search.atom?q=b")
    assert subscribers.counts() == [Count("/search.atom?q=b", 5, 0)]


def test_no_address_is_kept() -> None:
    subscribers, again = Subscribers(), Subscribers()
    for each in (subscribers, again):
        polled(each, "192.0.2.77")
    readers = [each._days[0]["/latest.atom"].smallest for each in (subscribers, again)]
    assert readers[0] != readers[1]  # each process has a key of its own
    polled(subscribers, "192.0.2.77", today=DAY + 1)
    assert subscribers._days[0]["/latest.atom"].smallest != readers[0]  # and each day
