"""The hub and a real subscriber over loopback: what websub.rocks asks for, and who fails, lies or is slow."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import NOW, article
from feed_server import Answer, FeedServer
from subscriber import BASE, Hub, Subscriber, signature, wait_for
from web_client import ask

from archive.articles import withdraw
from archive.database import Database
from index import rebuild

LATEST = f"{BASE}/latest.atom"
TOPICS = f"{BASE}/topic/education+olympics.rss?lang=en"
SEARCH = f"{BASE}/search.json?q=%E5%86%AC%E5%A5%A5"
ALL = (LATEST, TOPICS, SEARCH)
QUIET = article(guid="0", title="A quiet day", text="Nothing at all.")
GAMES = article(guid="1", title="Olympic halls open", text="The 冬奥 halls open. Olympic games, olympics.")


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    """A subscriber that wants nothing yet."""
    with Subscriber() as running:
        yield running


@pytest.fixture
def hub(database: Database, tmp_path: Path, subscriber: Subscriber) -> Hub:
    """A hub that may call the subscriber, with one article."""
    made = Hub(database, tmp_path, subscriber)
    made.put(QUIET)
    made.follow()
    return made


def subscribed(hub: Hub, subscriber: Subscriber, topic: str, path: str = "/hook", **said: str) -> str:
    """The path of a callback that is subscribed; the hub must run."""
    before = hub.active()
    subscriber.wanted.add(("subscribe", topic))
    assert hub.subscribe(subscriber.url(path), topic, **said).status == 202
    wait_for(lambda: hub.active() > before)
    return path


def settled(hub: Hub) -> None:
    """Wait until nothing is left to be confirmed or delivered."""
    wait_for(lambda: not hub.unconfirmed() and all(state == "done" for state, _ in hub.deliveries()))


class TestPublisher:
    @pytest.mark.parametrize("topic", ALL)
    def test_hub_and_topic_are_named_in_every_answer(self, hub: Hub, topic: str) -> None:
        expected = f'<{BASE}/hub>; rel="hub", <{topic}>; rel="self"'
        path = topic.removeprefix(BASE)
        first = ask(hub.app, path)
        assert first.status == 200 and first.headers["Link"] == expected
        assert ask(hub.app, path, "HEAD").headers["Link"] == expected
        again = ask(hub.app, path, HTTP_IF_NONE_MATCH=first.headers["Etag"])
        assert again.status == 304 and again.headers["Link"] == expected

    def test_the_address_of_the_hub_says_what_it_is(self, hub: Hub) -> None:
        for language, words in (("en", "The hub of these feeds"), ("zh", "订阅源的推送中心")):
            reply = ask(hub.app, f"/hub?ui={language}")
            assert reply.status == 200 and words in reply.text


class TestHub:
    def test_100_what_is_new_comes_as_whoever_asks_gets_it(self, hub: Hub, subscriber: Subscriber) -> None:
        with hub.pushing():
            for topic in ALL:
                subscribed(hub, subscriber, topic, "/" + topic.rpartition("/")[2][:6])
            assert subscriber.news() == []
            hub.put(GAMES)
            hub.follow()
            wait_for(lambda: len(subscriber.news()) == 3)
            settled(hub)
        assert len(subscriber.news()) == 3
        for topic in ALL:
            (came,) = subscriber.news("/" + topic.rpartition("/")[2][:6])
            read = hub.read(topic)
            assert came.body == read.body and b"Olympic halls open" in came.body
            assert came.headers["Content-Type"] == read.headers["Content-Type"]
            assert came.headers["Link"] == read.headers["Link"]
            assert "X-Hub-Signature" not in came.headers
        asked = subscriber.questions()
        assert {each["hub.lease_seconds"] for each in asked} == {"864000"}
        assert len({each["hub.challenge"] for each in asked}) == 3

    @pytest.mark.parametrize("secret", ["a secret", "密" * 66 + "ab"])
    def test_101_what_is_sent_is_signed(self, hub: Hub, subscriber: Subscriber, secret: str) -> None:
        with hub.pushing():
            path = subscribed(hub, subscriber, LATEST, secret=secret)
            hub.put(GAMES)
            wait_for(lambda: subscriber.news(path))
        (came,) = subscriber.news(path)
        assert came.headers["X-Hub-Signature"] == signature(secret, came.body)

    def test_102_parameters_of_the_callback_stay_and_unknown_ones_do_not_matter(
        self, hub: Hub, subscriber: Subscriber
    ) -> None:
        subscriber.wanted.add(("subscribe", LATEST))
        said = {"hub.mode": "subscribe", "hub.topic": LATEST, "hub.verify": "async", "foo": "bar"}
        with hub.pushing():
            assert hub.ask({**said, "hub.callback": subscriber.url("/hook?id=%e4%b8%ad&b=+&hub.mode=x")})
            wait_for(hub.active)
            hub.put(GAMES)
            wait_for(subscriber.news)
        question = subscriber.asked[0].path
        assert question.startswith("/hook?id=%e4%b8%ad&b=+&hub.mode=x&hub.mode=subscribe&hub.topic=https")
        assert subscriber.news()[0].path == "/hook?id=%e4%b8%ad&b=+&hub.mode=x"

    def test_103_subscribing_again_renews_lease_and_secret(self, hub: Hub, subscriber: Subscriber) -> None:
        def expires() -> str:
            return str(hub.database.read("SELECT expires FROM subscription")[0]["expires"])

        with hub.pushing():
            path = subscribed(hub, subscriber, LATEST, secret="old", lease_seconds="300")
            before = expires()
            hub.subscribe(subscriber.url(path), LATEST, secret="new", lease_seconds="600")
            wait_for(lambda: expires() > before)
            hub.put(GAMES)
            wait_for(lambda: subscriber.news(path))
            settled(hub)
        (came,) = subscriber.news(path)
        assert came.headers["X-Hub-Signature"] == signature("new", came.body)

    def test_104_unsubscribed_nothing_comes_any_more(self, hub: Hub, subscriber: Subscriber) -> None:
        with hub.pushing():
            path = subscribed(hub, subscriber, LATEST)
            other = subscribed(hub, subscriber, LATEST, "/other")
            subscriber.wanted.add(("unsubscribe", LATEST))
            assert hub.subscribe(subscriber.url(path), LATEST, "unsubscribe").status == 202
            wait_for(lambda: hub.active() == 1)
            hub.put(GAMES)
            wait_for(lambda: subscriber.news(other))
            settled(hub)
        assert subscriber.news(path) == []
        assert "hub.challenge" in subscriber.questions()[-1]

    def test_105_a_text_is_no_topic_since_only_feeds_change(self, hub: Hub, subscriber: Subscriber) -> None:
        """There is no topic of plain text here: all that is published is feeds."""
        reply = hub.subscribe(subscriber.url("/hook"), f"{BASE}/robots.txt")
        assert reply.status == 404 and "/feeds lists them" in reply.text

    def test_106_json_comes_as_json(self, hub: Hub, subscriber: Subscriber) -> None:
        topic = f"{BASE}/latest.json"
        with hub.pushing():
            path = subscribed(hub, subscriber, topic, secret="s")
            hub.put(GAMES)
            hub.follow()
            wait_for(lambda: subscriber.news(path))
        (came,) = subscriber.news(path)
        assert came.headers["Content-Type"].startswith("application/feed+json")
        assert json.loads(came.body)["items"][0]["title"] == "Olympic halls open"
        assert came.headers["X-Hub-Signature"] == signature("s", came.body)


class TestVerification:
    @pytest.mark.parametrize(
        "answer",
        [
            Answer(status=404),
            Answer(body=b"something else"),
            Answer(body=b""),
            Answer(body=b"x" * 5000),
            Answer(status=302, headers={"Location": "/elsewhere"}),
        ],
        ids=["refused", "wrong", "empty", "large", "redirect"],
    )
    def test_what_is_not_confirmed_does_not_come_to_be(
        self, hub: Hub, subscriber: Subscriber, answer: Answer
    ) -> None:
        subscriber.next_answer = lambda path: answer  # type: ignore[method-assign]
        with hub.pushing():
            hub.subscribe(subscriber.url("/hook"), LATEST)
            wait_for(lambda: subscriber.asked)
            if len(answer.body) < 1000:
                wait_for(lambda: not hub.unconfirmed())
            hub.put(GAMES)
            time.sleep(0.3)
        assert hub.active() == 0 and [each.method for each in subscriber.asked] == ["GET"]

    def test_nobody_else_unsubscribes_or_changes_the_secret(self, hub: Hub, subscriber: Subscriber) -> None:
        with hub.pushing():
            path = subscribed(hub, subscriber, LATEST, secret="mine")
            subscriber.wanted.clear()
            for mode in ("unsubscribe", "subscribe"):
                assert hub.subscribe(subscriber.url(path), LATEST, mode, secret="theirs").status == 202
            wait_for(lambda: not hub.unconfirmed())
            assert len(subscriber.questions()) == 3
            hub.put(GAMES)
            wait_for(lambda: subscriber.news(path))
        (came,) = subscriber.news(path)
        assert came.headers["X-Hub-Signature"] == signature("mine", came.body)

    def test_a_callback_that_cannot_be_asked_is_asked_again(self, hub: Hub, subscriber: Subscriber) -> None:
        confirms = subscriber.next_answer
        subscriber.wanted.add(("subscribe", LATEST))
        subscriber.next_answer = lambda path: Answer(status=503)  # type: ignore[method-assign]
        with hub.pushing():
            hub.subscribe(subscriber.url("/hook"), LATEST)
            wait_for(lambda: subscriber.asked)
            subscriber.next_answer = confirms  # type: ignore[method-assign]
            time.sleep(0.2)
            assert hub.active() == 0
            hub.make_due()
            wait_for(hub.active)

    def test_a_private_address_is_never_called(
        self, hub: Hub, subscriber: Subscriber, server: FeedServer
    ) -> None:
        direct = hub.subscribe(server.url("/hook"), LATEST)
        assert direct.status == 400 and "no public address" in direct.text
        with hub.pushing():
            by_name = hub.subscribe(f"http://localhost:{server.port}/hook", LATEST)
            assert by_name.status == 202
            wait_for(lambda: hub.database.read("SELECT 1 FROM intent WHERE attempts = 1"))
            redirected = subscriber.redirect("/hook", server.url("/hook"), 307)
            subscribed(hub, subscriber, LATEST)
            assert redirected == subscriber.url("/hook")
            hub.put(GAMES)
            wait_for(subscriber.news)
            wait_for(lambda: hub.deliveries() == [("waiting", 1)])
        assert server.asked == []

    def test_what_came_between_asking_and_confirming_is_told(self, hub: Hub, subscriber: Subscriber) -> None:
        subscriber.wanted.add(("subscribe", LATEST))
        hub.subscribe(subscriber.url("/hook"), LATEST)
        hub.put(GAMES)
        with hub.pushing():
            wait_for(subscriber.news)
        assert b"Olympic halls open" in subscriber.news()[0].body

    def test_a_feed_that_is_no_more_is_denied(self, hub: Hub, subscriber: Subscriber) -> None:
        gone = f"{BASE}/topic/olympics.atom"
        with hub.pushing():
            subscribed(hub, subscriber, gone)
        without = Hub(hub.database, hub.folder, subscriber, topics=())
        with without.pushing():
            wait_for(lambda: not hub.active() and not hub.unconfirmed())
        told = subscriber.questions()[-1]
        assert (told["hub.mode"], told["hub.topic"]) == ("denied", gone)
        assert "no such topic" in told["hub.reason"] and "hub.challenge" not in told


class TestDistribution:
    def test_only_who_has_something_else_is_told(self, hub: Hub, subscriber: Subscriber) -> None:
        chinese = f"{BASE}/latest.atom?lang=zh"
        with hub.pushing():
            english = subscribed(hub, subscriber, f"{BASE}/latest.atom?lang=en", "/en")
            other = subscribed(hub, subscriber, chinese, "/zh")
            hub.put(GAMES)
            wait_for(lambda: subscriber.news(english))
            hub.put(GAMES)  # nothing new
            hub.put(article(guid="2", title="北京开放新场馆", text="新场馆今天开放。", language="zh"))
            wait_for(lambda: subscriber.news(other))
            settled(hub)
        assert len(subscriber.news(english)) == len(subscriber.news(other)) == 1

    def test_a_withdrawal_is_told(self, hub: Hub, subscriber: Subscriber) -> None:
        with hub.pushing():
            subscribed(hub, subscriber, LATEST)
            (row,) = hub.database.read("SELECT id FROM article")
            withdraw(hub.database, [row["id"]], reason="wrong", person="test", now=NOW)
            wait_for(subscriber.news)
        assert b"deleted-entry" in subscriber.news()[0].body

    def test_who_fails_is_told_the_newest_later(self, hub: Hub, subscriber: Subscriber) -> None:
        with hub.pushing():
            path = subscribed(hub, subscriber, LATEST)
            subscriber.answer(path, Answer(status=500), Answer(status=200))
            hub.put(GAMES)
            wait_for(lambda: hub.deliveries() == [("waiting", 1)])
            hub.put(article(guid="2", title="A second story"))
            time.sleep(0.3)
            assert len(subscriber.news(path)) == 1 and hub.deliveries() == [("waiting", 1)]
            hub.make_due()
            settled(hub)
        assert len(subscriber.news(path)) == 2
        assert b"A second story" in subscriber.news(path)[1].body
        assert hub.deliveries() == [("done", 0)]

    def test_what_is_new_while_news_are_under_way_follows(self, hub: Hub, subscriber: Subscriber) -> None:
        with hub.pushing():
            path = subscribed(hub, subscriber, LATEST)
            subscriber.answer(path, Answer(latency=0.5), Answer())
            hub.put(GAMES)
            wait_for(lambda: subscriber.news(path))
            hub.put(article(guid="2", title="A second story"))
            wait_for(lambda: len(subscriber.news(path)) == 2)
            settled(hub)
        assert b"A second story" in subscriber.news(path)[1].body

    def test_gone_ends_the_subscription(self, hub: Hub, subscriber: Subscriber) -> None:
        with hub.pushing():
            path = subscribed(hub, subscriber, LATEST)
            subscriber.answer(path, Answer(status=410))
            hub.put(GAMES)
            wait_for(lambda: not hub.active())
        assert hub.deliveries() == []

    def test_who_asks_for_rest_is_given_it_and_nobody_else(self, hub: Hub, subscriber: Subscriber) -> None:
        with hub.pushing():
            busy = subscribed(hub, subscriber, LATEST, "/busy")
            subscriber.answer(busy, Answer(status=429, headers={"Retry-After": "7200"}))
            hub.put(GAMES)
            wait_for(lambda: hub.deliveries() == [("waiting", 1)])
            other = subscribed(hub, subscriber, LATEST, "/other")
            hub.put(article(guid="2", title="A second story"))
            wait_for(lambda: subscriber.news(other))
        (row,) = hub.database.read(
            "SELECT due FROM delivery d JOIN subscription s ON s.id = d.subscription WHERE attempts = 1"
        )
        assert row["due"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7000))

    def test_the_dead_and_the_slow_delay_nobody(self, hub: Hub, subscriber: Subscriber) -> None:
        subscriber.wanted.add(("subscribe", LATEST))
        for number in range(60):
            hub.subscribe(subscriber.url(f"/{number}"), LATEST)
            if number % 10 == 0:
                subscriber.answer(f"/{number}", Answer(latency=3))
        with hub.pushing():
            wait_for(lambda: hub.active() == 60)
            started = time.monotonic()
            hub.put(GAMES)
            wait_for(lambda: sum(state == "done" for state, _ in hub.deliveries()) == 54, 3)
            assert time.monotonic() - started < 3
            wait_for(lambda: all(state == "done" for state, _ in hub.deliveries()))

    def test_a_search_is_told_when_it_can_find_what_is_new(self, hub: Hub, subscriber: Subscriber) -> None:
        with hub.pushing():
            path = subscribed(hub, subscriber, SEARCH)
            hub.put(GAMES)
            time.sleep(0.3)
            assert subscriber.news(path) == []
            hub.follow()
            wait_for(lambda: subscriber.news(path))

    def test_a_search_waits_while_the_index_is_built_again(self, hub: Hub, subscriber: Subscriber) -> None:
        noted: list[str] = []

        def wait(done: int, last: int) -> None:
            noted.append(hub.read(SEARCH).text)
            time.sleep(0.3)
            assert subscriber.news(path) == []

        with hub.pushing():
            path = subscribed(hub, subscriber, SEARCH)
            hub.put(GAMES)
            rebuild(hub.database, hub.folder / "index", progress=wait)
            wait_for(lambda: subscriber.news(path))
            settled(hub)
        assert "is being built again" in noted[0]
        assert len(subscriber.news(path)) == 1 and b"Olympic halls open" in subscriber.news(path)[0].body

    def test_who_is_subscribed_when_it_ends_is_told_after_a_restart(
        self, hub: Hub, subscriber: Subscriber
    ) -> None:
        with hub.pushing():
            path = subscribed(hub, subscriber, LATEST)
        hub.put(GAMES)
        with hub.pushing():
            wait_for(lambda: subscriber.news(path))
            settled(hub)
        with hub.pushing():
            time.sleep(0.3)
        assert len(subscriber.news(path)) == 1
