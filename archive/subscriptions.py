"""Subscriptions: who is told when one of our feeds changes (W3C WebSub, as a hub), and how that goes.

What is asked for is an intent until the callback itself has confirmed it; until then a subscription stays as
it was. Each subscription has at most one delivery, always of the newest content: it is ``waiting`` from when
the feed was seen to have changed until the callback took it (``done``) or we gave up (``given_up``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from archive.database import Database, Row, Transaction
from archive.errors import Crowded
from archive.model import timestamp
from archive.rows import next_id

Mode = Literal["subscribe", "unsubscribe", "denied"]
MOST_OF_A_HOST = 2_000  # intents that wait for one host to confirm
MOST_WAITING = 20_000
MOST = 100_000  # subscriptions
TRIES = (timedelta(minutes=1), timedelta(minutes=10))  # for a callback that cannot be asked
BACK_OFF = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=6), timedelta(days=1)),
)
AFTER_GIVING_UP = timedelta(days=1)  # the least until news are tried on it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What somebody wants of a callback and a topic, or what we have to tell it: that it is ``denied``.

    ``lease`` is in seconds, ``tag`` names the content that the feed had when it was asked for.
    """

    id: int
    callback: str
    topic: str
    mode: Mode
    secret: str | None
    lease: int
    tag: str | None
    reason: str | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """New content for a subscriber: ``tag`` names what it has, ``seq`` the log's number when it changed."""

    id: int
    callback: str
    topic: str
    secret: str | None
    tag: str | None
    seq: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many subscriptions there are, how many wait to be confirmed, and how many to be told of news."""

    active: int
    unconfirmed: int
    waiting: int


def ask(
    database: Database,
    *,
    callback: str,
    topic: str,
    mode: Mode,
    secret: str | None = None,
    lease: int = 0,
    tag: str | None = None,
    now: datetime,
) -> None:
    """Note what is wanted until the callback confirms it. Raises Crowded when too much waits already.

    Asking for the same again while it waits changes nothing.
    """
    host = urlsplit(callback).netloc.lower()
    same = {"callback": callback, "topic": topic, "mode": mode, "secret": secret, "lease": lease}
    with database.writing() as transaction:
        if transaction.read(
            "SELECT 1 FROM intent WHERE callback = :callback AND topic = :topic AND mode = :mode"
            " AND COALESCE(secret, '') = COALESCE(:secret, '') AND lease = :lease",
            **same,
        ):
            return
        make_room(transaction, host, is_new=mode == "subscribe" and not is_kept(transaction, callback, topic))
        add(transaction, [{**same, "host": host, "tag": tag, "reason": None}], now)


def is_kept(transaction: Transaction, callback: str, topic: str) -> bool:
    """Whether a callback is subscribed to a topic."""
    return bool(
        transaction.read(
            "SELECT 1 FROM subscription WHERE callback = :callback AND topic = :topic",
            callback=callback,
            topic=topic,
        )
    )


def make_room(transaction: Transaction, host: str, *, is_new: bool) -> None:
    """Raise Crowded when nothing more may wait, or a new subscription would be one too many."""
    (of_host,) = transaction.read("SELECT COUNT(*) AS n FROM intent WHERE host = :host", host=host)
    if of_host["n"] >= MOST_OF_A_HOST:
        raise Crowded(f"{of_host['n']} requests wait for {host} to confirm them; ask again when it has")
    (all_that,) = transaction.read(
        "SELECT (SELECT COUNT(*) FROM intent) AS waiting, (SELECT COUNT(*) FROM subscription) AS kept"
    )
    if all_that["waiting"] >= MOST_WAITING or (is_new and all_that["kept"] >= MOST):
        raise Crowded("this hub has all the subscriptions that it can keep; ask again later")


def add(transaction: Transaction, rows: Iterable[Mapping[str, object]], now: datetime) -> None:
    """Store intents, due at once."""
    first = next_id(transaction, "intent")
    transaction.run_many(
        "INSERT INTO intent (id, callback, host, topic, mode, secret, lease, tag, reason, added, due)"
        " VALUES (:id, :callback, :host, :topic, :mode, :secret, :lease, :tag, :reason, :now, :now)",
        [{**row, "id": first + place, "now": timestamp(now)} for place, row in enumerate(rows)],
    )


def is_known(database: Database, callback: str, topic: str) -> bool:
    """Whether somebody subscribed a callback to a topic, or wants to."""
    return bool(
        database.read(
            "SELECT 1 FROM subscription WHERE callback = :callback AND topic = :topic"
            " UNION ALL SELECT 1 FROM intent WHERE callback = :callback AND topic = :topic",
            callback=callback,
            topic=topic,
        )
    )


def intents(database: Database, now: datetime, n: int) -> list[Intent]:
    """What is to be verified now; of one callback and topic one after the other, as they came."""
    rows = database.read(
        "SELECT * FROM intent i WHERE due <= :now AND NOT EXISTS (SELECT 1 FROM intent e"
        " WHERE e.callback = i.callback AND e.topic = i.topic AND e.id < i.id) ORDER BY due, id LIMIT :n",
        now=timestamp(now),
        n=n,
    )
    return [intent(row) for row in rows]


def confirm(transaction: Transaction, wanted: Intent, now: datetime) -> None:
    """The callback has confirmed: subscribe it anew or go on with it, or unsubscribe it.

    A subscriber that comes back is told at once what it missed, and what changed since it asked.
    """
    conclude(transaction, wanted)
    if wanted.mode != "subscribe":
        end(transaction, wanted.callback, wanted.topic)
        return
    transaction.run(
        "INSERT INTO subscription (id, callback, topic, secret, state, mode, lease, expires, added, seq, tag)"
        " VALUES (:id, :callback, :topic, :secret, 'active', 'subscribe', :lease, :expires, :now, 0, :tag)"
        " ON CONFLICT (callback, topic)"
        " DO UPDATE SET secret = :secret, lease = :lease, expires = :expires",
        id=next_id(transaction, "subscription"),
        callback=wanted.callback,
        topic=wanted.topic,
        secret=wanted.secret,
        lease=wanted.lease,
        tag=wanted.tag,
        now=timestamp(now),
        expires=timestamp(now + timedelta(seconds=wanted.lease)),
    )
    transaction.run(
        "UPDATE delivery SET state = 'waiting', attempts = 0, due = :now WHERE state <> 'done'"
        " AND subscription IN (SELECT id FROM subscription WHERE callback = :callback AND topic = :topic)",
        callback=wanted.callback,
        topic=wanted.topic,
        now=timestamp(now),
    )


def conclude(transaction: Transaction, wanted: Intent) -> None:
    """An intent has come to its end, whichever."""
    transaction.run("DELETE FROM intent WHERE id = :id", id=wanted.id)


def postpone(transaction: Transaction, wanted: Intent, now: datetime) -> None:
    """The callback could not be asked: try again, a few times."""
    if wanted.attempts >= len(TRIES):
        conclude(transaction, wanted)
        return
    transaction.run(
        "UPDATE intent SET attempts = attempts + 1, due = :due WHERE id = :id",
        id=wanted.id,
        due=timestamp(now + TRIES[wanted.attempts]),
    )


def deny(transaction: Transaction, topic: str, reason: str, now: datetime) -> None:
    """There is no such feed any more: end its subscriptions, and have their callbacks told so."""
    denied = {"topic": topic, "mode": "denied", "secret": None, "lease": 0, "tag": None, "reason": reason}
    callbacks = transaction.read("SELECT callback FROM subscription WHERE topic = :topic", topic=topic)
    rows = [{**denied, **row, "host": urlsplit(row["callback"]).netloc.lower()} for row in callbacks]
    add(transaction, rows, now)
    for row in callbacks:
        end(transaction, row["callback"], topic)


def end(transaction: Transaction, callback: str, topic: str) -> None:
    """End a subscription."""
    names = {"callback": callback, "topic": topic}
    transaction.run(
        "DELETE FROM delivery WHERE subscription IN"
        " (SELECT id FROM subscription WHERE callback = :callback AND topic = :topic)",
        **names,
    )
    transaction.run("DELETE FROM subscription WHERE callback = :callback AND topic = :topic", **names)


def expire(database: Database, now: datetime) -> int:
    """End the subscriptions whose lease has ended; how many those were."""
    names = {"now": timestamp(now)}
    if not database.read("SELECT 1 FROM subscription WHERE expires <= :now LIMIT 1", **names):
        return 0
    with database.writing() as transaction:
        transaction.run(
            "DELETE FROM delivery WHERE subscription IN (SELECT id FROM subscription WHERE expires <= :now)",
            **names,
        )
        return transaction.run("DELETE FROM subscription WHERE expires <= :now", **names)


def topics(database: Database) -> list[str]:
    """The addresses of all feeds that somebody is subscribed to."""
    return [row["topic"] for row in database.read("SELECT DISTINCT topic FROM subscription ORDER BY topic")]


def mark(transaction: Transaction, topic: str, tag: str, seq: int, now: datetime) -> None:
    """A feed may have new content, named by a tag: whoever has other content waits to be told.

    Whoever fails keeps its distance, whatever is new meanwhile; whoever has this content already need not be
    told what came between.
    """
    names = {"topic": topic, "tag": tag, "seq": seq}
    transaction.run(
        "INSERT INTO delivery (id, subscription, seq, due, attempts, state)"
        " SELECT id, id, :seq, :now, 0, 'waiting' FROM subscription"
        " WHERE topic = :topic AND COALESCE(tag, '') <> :tag ON CONFLICT (id) DO UPDATE SET seq = :seq,"
        " attempts = CASE WHEN delivery.state = 'done' THEN 0 ELSE delivery.attempts END,"
        " due = CASE WHEN delivery.state = 'done' OR delivery.due < :now THEN :now ELSE delivery.due END,"
        " state = 'waiting'",
        now=timestamp(now),
        **names,
    )
    transaction.run(
        "UPDATE delivery SET state = 'done', seq = :seq WHERE state <> 'done'"
        " AND subscription IN (SELECT id FROM subscription WHERE topic = :topic AND tag = :tag)",
        **names,
    )


def deliveries(database: Database, now: datetime, n: int, *, failing: bool) -> list[Delivery]:
    """What is to be delivered now, to those that took the last or to those that did not."""
    rows = database.read(
        "SELECT d.id, d.seq, d.attempts, s.callback, s.topic, s.secret, s.tag FROM delivery d"
        " JOIN subscription s ON s.id = d.subscription WHERE d.state = 'waiting' AND d.due <= :now"
        " AND s.expires > :now AND (d.attempts > 0) = :failing ORDER BY d.due, d.id LIMIT :n",
        now=timestamp(now),
        failing=failing,
        n=n,
    )
    return [Delivery(**row) for row in rows]


def took(transaction: Transaction, told: Delivery, tag: str) -> None:
    """A callback took content; it waits again if there is newer by now."""
    whose = {"callback": told.callback, "topic": told.topic}  # its number may be another's by now
    transaction.run(
        "UPDATE subscription SET tag = :tag, seq = :seq WHERE callback = :callback AND topic = :topic",
        tag=tag,
        seq=told.seq,
        **whose,
    )
    transaction.run(
        "UPDATE delivery SET attempts = 0, detail = NULL,"
        " state = CASE WHEN seq = :seq THEN 'done' ELSE 'waiting' END WHERE subscription IN"
        " (SELECT id FROM subscription WHERE callback = :callback AND topic = :topic)",
        seq=told.seq,
        **whose,
    )


def failed(transaction: Transaction, told: Delivery, detail: str, now: datetime, rest: timedelta) -> None:
    """A callback did not take content: try again later and later, no sooner than it asks for."""
    is_over = told.attempts >= len(BACK_OFF)
    wait = AFTER_GIVING_UP if is_over else max(BACK_OFF[told.attempts], min(rest, BACK_OFF[-1]))
    transaction.run(
        "UPDATE delivery SET attempts = :attempts, due = :due, state = :state, detail = :detail"
        " WHERE subscription IN"
        " (SELECT id FROM subscription WHERE callback = :callback AND topic = :topic)",
        callback=told.callback,
        topic=told.topic,
        attempts=min(told.attempts + 1, len(BACK_OFF)),
        due=timestamp(now + wait),
        state="given_up" if is_over else "waiting",
        detail=detail[:500],
    )


def counts(database: Database, now: datetime) -> Counts:
    """How it stands."""
    (row,) = database.read(
        "SELECT (SELECT COUNT(*) FROM subscription WHERE expires > :now) AS active,"
        " (SELECT COUNT(*) FROM intent WHERE mode <> 'denied') AS unconfirmed,"
        " (SELECT COUNT(*) FROM delivery WHERE state = 'waiting') AS waiting",
        now=timestamp(now),
    )
    return Counts(**row)


def intent(row: Row) -> Intent:
    """An intent from its row."""
    return Intent(**{name: row[name] for name in Intent.__slots__})
