"""Subscriptions as they are kept: confirmed, renewed, ended; what fails is tried later and later."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from factories import NOW

from archive import subscriptions
from archive.database import Database
from archive.errors import Crowded
from archive.model import moment
from archive.subscriptions import BACK_OFF, Delivery, Intent

CALLBACK, TOPIC = "https://reader.example/hook", "https://archive.example/latest.atom"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def intent(database: Database, now: datetime = NOW, **fields: object) -> Intent:
    """What is to be verified first, after asking for it."""
    known = {"callback": CALLBACK, "topic": TOPIC, "mode": "subscribe", "lease": 864_000, "tag": "old"}
    subscriptions.ask(database, **{**known, **fields}, now=now)  # type: ignore[arg-type]
    return subscriptions.intents(database, now, 1)[0]


def subscribe(database: Database, now: datetime = NOW, **fields: object) -> None:
    """Ask, and confirm."""
    wanted = intent(database, now, **fields)
    with database.writing() as transaction:
        subscriptions.confirm(transaction, wanted, now)


def mark(database: Database, tag: str, seq: int, now: datetime = NOW) -> None:
    """The feed is seen to have other content."""
    with database.writing() as transaction:
        subscriptions.mark(transaction, TOPIC, tag, seq, now)


def due(database: Database, now: datetime = NOW) -> list[Delivery]:
    """All that is to be delivered."""
    return [
        each
        for failing in (False, True)
        for each in subscriptions.deliveries(database, now, 100, failing=failing)
    ]


def fail(database: Database, now: datetime, rest: timedelta = timedelta(0)) -> datetime:
    """Let the one delivery fail; when it is due again."""
    (told,) = due(database, now)
    with database.writing() as transaction:
        subscriptions.failed(transaction, told, "answered 500", now, rest)
    return moment(database.read("SELECT due FROM delivery")[0]["due"])


def take(database: Database, told: Delivery, tag: str) -> None:
    """Let a delivery be taken."""
    with database.writing() as transaction:
        subscriptions.took(transaction, told, tag)


def state(database: Database) -> str:
    """The state of the one delivery."""
    (row,) = database.read("SELECT state FROM delivery")
    return str(row["state"])


def test_news_are_delivered_once(database: Database) -> None:
    subscribe(database)
    mark(database, "old", 1)
    assert due(database) == []
    mark(database, "new", 2)
    (told,) = due(database)
    assert (told.callback, told.topic, told.tag, told.seq, told.attempts) == (CALLBACK, TOPIC, "old", 2, 0)
    take(database, told, "new")
    mark(database, "new", 3)
    assert due(database) == [] and state(database) == "done"


def test_a_delivery_that_fails_is_tried_later_and_later_and_then_given_up(database: Database) -> None:
    subscribe(database, lease=2_592_000)
    mark(database, "new", 1)
    now, waits = NOW, []
    while state(database) == "waiting":
        again = fail(database, now)
        waits.append(again - now)
        assert due(database, again - timedelta(seconds=1)) == []
        now = again
    assert waits == [*BACK_OFF, DAY] and sum(waits, timedelta(0)) < timedelta(days=3)
    assert due(database, now + DAY) == []
    assert subscriptions.counts(database, now).active == 1


def test_who_was_given_up_is_tried_once_a_day_with_news(database: Database) -> None:
    subscribe(database, lease=2_592_000)
    mark(database, "new", 1)
    now = NOW
    while state(database) == "waiting":
        now = fail(database, now)
    mark(database, "newer", 2, now - HOUR)
    assert due(database, now - HOUR) == [] and len(due(database, now)) == 1
    assert fail(database, now) - now == DAY and state(database) == "given_up"
    mark(database, "newest", 3, now + 2 * DAY)
    (told,) = due(database, now + 2 * DAY)
    take(database, told, "newest")
    assert state(database) == "done"


def test_news_do_not_hasten_what_fails_and_rest_is_given(database: Database) -> None:
    subscribe(database)
    mark(database, "new", 1)
    assert fail(database, NOW, rest=HOUR) == NOW + HOUR
    mark(database, "newer", 2, NOW + HOUR / 2)
    assert due(database, NOW + HOUR / 2) == [] and due(database, NOW + HOUR)[0].seq == 2
    assert fail(database, NOW + HOUR, rest=365 * DAY) == NOW + HOUR + DAY


def test_what_changes_while_it_is_delivered_is_delivered_again(database: Database) -> None:
    subscribe(database)
    mark(database, "new", 1)
    (told,) = due(database)
    mark(database, "newer", 2)
    take(database, told, "new")
    (again,) = due(database)
    assert (again.tag, again.seq) == ("new", 2)


def test_what_is_as_before_need_not_be_told_but_who_took_what_came_between_is(database: Database) -> None:
    subscribe(database)
    mark(database, "new", 1)
    (told,) = due(database)
    mark(database, "old", 2)
    assert due(database) == []
    take(database, told, "new")
    assert [each.tag for each in due(database)] == ["new"]


def test_subscribing_again_renews_and_tells_what_was_missed(database: Database) -> None:
    subscribe(database, secret="one", lease=86_400)
    mark(database, "new", 1)
    fail(database, NOW)
    later = NOW + timedelta(seconds=1)
    subscribe(database, later, secret="two", tag="new", lease=172_800)
    (told,) = due(database, later)
    assert (told.secret, told.tag, told.attempts) == ("two", "old", 0)
    assert subscriptions.counts(database, NOW + DAY + HOUR).active == 1
    subscribe(database, later, secret=None)
    assert due(database, later)[0].secret is None


def test_leases_end(database: Database) -> None:
    subscribe(database, lease=3600)
    mark(database, "new", 1)
    assert subscriptions.expire(database, NOW + HOUR - timedelta(seconds=1)) == 0
    assert due(database, NOW + HOUR) == []
    assert subscriptions.expire(database, NOW + HOUR) == 1
    assert subscriptions.topics(database) == [] and database.read("SELECT 1 FROM delivery") == []


def test_what_comes_back_late_does_not_touch_who_has_the_number_since(database: Database) -> None:
    subscribe(database)
    mark(database, "new", 1)
    (late,) = due(database)
    with database.writing() as transaction:
        subscriptions.end(transaction, CALLBACK, TOPIC)
    other = "https://other.example/"
    subscribe(database, callback=other)
    mark(database, "new", 1)
    take(database, late, "new")
    with database.writing() as transaction:
        subscriptions.failed(transaction, late, "answered 500", NOW, timedelta(0))
    assert [(each.callback, each.attempts) for each in due(database)] == [(other, 0)]


def test_of_one_callback_and_topic_one_question_is_asked_after_the_other(database: Database) -> None:
    first = intent(database)
    subscriptions.ask(database, callback=CALLBACK, topic=TOPIC, mode="unsubscribe", now=NOW)
    subscriptions.ask(database, callback=CALLBACK, topic=f"{TOPIC}?lang=en", mode="subscribe", now=NOW)
    found = subscriptions.intents(database, NOW, 10)
    assert [(each.mode, each.topic == TOPIC) for each in found] == [
        ("subscribe", True),
        ("subscribe", False),
    ]
    with database.writing() as transaction:
        subscriptions.confirm(transaction, first, NOW)
    assert [each.mode for each in subscriptions.intents(database, NOW, 10)] == ["unsubscribe", "subscribe"]


def test_a_callback_that_cannot_be_asked_is_asked_three_times(database: Database) -> None:
    intent(database)
    now = NOW
    for wait in (timedelta(minutes=1), timedelta(minutes=10), None):
        (wanted,) = subscriptions.intents(database, now, 10)
        with database.writing() as transaction:
            subscriptions.postpone(transaction, wanted, now)
        assert subscriptions.intents(database, now, 10) == []
        now += wait or DAY
    assert subscriptions.intents(database, now, 10) == [] and database.read("SELECT 1 FROM intent") == []


def test_a_feed_that_is_no_more_ends_its_subscriptions_and_they_are_told(database: Database) -> None:
    subscribe(database)
    subscribe(database, topic=f"{TOPIC}?lang=en")
    mark(database, "new", 1)
    with database.writing() as transaction:
        subscriptions.deny(transaction, TOPIC, "no such feed", NOW)
    (told,) = subscriptions.intents(database, NOW, 10)
    assert (told.mode, told.callback, told.reason) == ("denied", CALLBACK, "no such feed")
    assert subscriptions.topics(database) == [f"{TOPIC}?lang=en"]


def test_a_full_hub_renews_and_lets_go(database: Database) -> None:
    subscribe(database)
    numbers = "WITH RECURSIVE n(value) AS (SELECT 2 UNION ALL SELECT value + 1 FROM n WHERE value < :most)"
    with database.writing() as transaction:
        transaction.run(
            "INSERT INTO subscription (id, callback, topic, state, mode, lease, expires, added, seq)"
            f" {numbers} SELECT value, 'c' || value, 't', 'active', 'subscribe', 1, '9999', '', 0 FROM n",
            most=subscriptions.MOST,
        )
    with pytest.raises(Crowded, match="all the subscriptions that it can keep"):
        intent(database, callback="https://other.example/")
    assert intent(database).mode == "subscribe"
    subscriptions.ask(database, callback="c2", topic="t", mode="unsubscribe", now=NOW)


def test_the_hub_has_bounds(database: Database) -> None:
    numbers = "WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < :most)"
    with database.writing() as transaction:
        transaction.run(
            "INSERT INTO intent (id, callback, host, topic, mode, added, due)"
            f" {numbers} SELECT value, 'c' || value, 'h' || value, 't', 'subscribe', '', '' FROM n",
            most=subscriptions.MOST_WAITING,
        )
    with pytest.raises(Crowded, match="all the subscriptions that it can keep"):
        intent(database)
