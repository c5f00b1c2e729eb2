"""The hub as real processes: subscribed at over HTTP, killed while it pushes, and asked by many at once."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest
from factories import article, put_all
from feed_server import Answer
from subscriber import BASE, Subscriber, signature, wait_for
from test_syndicate_serving import ROOT, command, free_port, get, ingest, serving

from archive.database import Database, open_database
from archive.errors import Busy

LATEST = f"{BASE}/latest.json"


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    """A subscriber that wants the latest."""
    with Subscriber() as running:
        running.wanted = {("subscribe", LATEST), ("unsubscribe", LATEST)}
        yield running


@pytest.fixture
def data(tmp_path: Path, subscriber: Subscriber) -> Path:
    """A data folder with one story, whose service may call the subscriber."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "site.toml").write_text(
        f'[site]\nbase_url = "{BASE}"\n[fetch]\nallow = ["{subscriber.address}"]\n', encoding="utf-8"
    )
    ingest(folder, "1")
    return folder


def post(hub: str, callback: str, mode: str = "subscribe", topic: str = LATEST) -> int:
    """Ask the hub; the status of its answer."""
    said = {"hub.mode": mode, "hub.topic": topic, "hub.callback": callback, "hub.secret": "secret"}
    try:
        with urllib.request.urlopen(hub, urlencode(said).encode(), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def number_of(address: str, name: str) -> float:
    """A number from the metrics."""
    lines = get(f"{address}/metrics")[2].decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"syndicate_{name} "))


@contextmanager
def working(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The worker alone, killed at the end however that comes."""
    running = subprocess.Popen(
        command(data, "work"), cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield running
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def is_pushing(database: Database) -> bool:
    """Whether the worker has come to telling subscribers."""
    try:
        with database.locked("push"):
            return False
    except Busy:
        return True


def test_a_subscriber_over_http_is_verified_told_and_let_go(data: Path, subscriber: Subscriber) -> None:
    with serving(data) as (address, running):
        assert post(f"{address}/hub", subscriber.url("/hook")) == 202
        wait_for(lambda: number_of(address, "subscriptions") == 1)
        ingest(data, "2")
        wait_for(subscriber.news)
        (came,) = subscriber.news()
        read = get(f"{address}/latest.json")
        assert came.body == read[2] and b"Story number 2" in came.body
        assert came.headers["Link"] == read[1]["Link"] and LATEST in came.headers["Link"]
        assert came.headers["X-Hub-Signature"] == signature("secret", came.body)
        wait_for(lambda: number_of(address, "deliveries_waiting") == 0)
        assert post(f"{address}/hub", subscriber.url("/hook"), "unsubscribe") == 202
        wait_for(lambda: number_of(address, "subscriptions") == 0)
        subscriber.answer("/slow", Answer(latency=30))
        assert post(f"{address}/hub", subscriber.url("/slow")) == 202
        time.sleep(0.5)
        running.send_signal(signal.SIGTERM)
        started = time.monotonic()
        assert running.wait(10) == 0 and time.monotonic() - started < 5


def test_without_a_base_url_topics_are_at_the_address_that_is_served(
    tmp_path: Path, subscriber: Subscriber
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "site.toml").write_text(f'[fetch]\nallow = ["{subscriber.address}"]\n', encoding="utf-8")
    ingest(data, "1")
    with serving(data) as (address, _):
        topic = f"{address}/latest.json"
        subscriber.wanted.add(("subscribe", topic))
        assert post(f"{address}/hub", subscriber.url("/hook"), topic=topic) == 202
        wait_for(subscriber.questions)
        assert subscriber.questions()[0]["hub.mode"] == "subscribe"
        wait_for(lambda: number_of(address, "subscriptions") == 1)
        ingest(data, "2")
        wait_for(subscriber.news)
        assert subscriber.news()[0].body == get(topic)[2]


@pytest.mark.slow
def test_one_service_subscribes_at_the_hub_of_another(tmp_path: Path) -> None:
    """Both our sides together: nothing is polled between the first time and the news."""
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    hub, reader = (f"127.0.0.1:{free_port()}" for _ in range(2))
    for data, place in ((theirs, hub), (ours, reader)):
        data.mkdir()
        (data / "site.toml").write_text(
            f'[site]\nbase_url = "http://{place}"\n[fetch]\nallow = ["{hub}", "{reader}"]\n', encoding="utf-8"
        )
    ingest(theirs, "1")
    subprocess.run(
        command(ours, "sources", "add", f"http://{hub}/latest.atom"),
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    with serving(theirs, "--port", hub[10:]), serving(ours, "--port", reader[10:]):
        wait_for(lambda: number_of(f"http://{hub}", "subscriptions") == 1, 20)
        assert b"Story number 1" in get(f"http://{reader}/latest.json")[2]
        ingest(theirs, "2")
        wait_for(lambda: b"Story number 2" in get(f"http://{reader}/latest.json")[2], 10)


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_no_news(data: Path, subscriber: Subscriber) -> None:
    choose, kills, interrupted = Random(5), 15, 0
    database = open_database(f"sqlite:///{data}/archive.db")
    with serving(data) as (address, _):
        post(f"{address}/hub", subscriber.url("/hook"))
        wait_for(lambda: number_of(address, "subscriptions") == 1)
    for number in range(2, kills + 2):
        subscriber.answer("/hook", Answer(latency=choose.uniform(0, 0.3)))
        with working(data):
            wait_for(lambda: is_pushing(database))
            time.sleep(choose.uniform(0, 0.3))
            with database.writing() as transaction:
                put_all(transaction, article(guid=f"{number}", title=f"Story number {number}"))
            time.sleep(choose.uniform(0, 0.4))
        interrupted += len(
            database.read("SELECT 1 FROM subscription WHERE seq < (SELECT MAX(seq) FROM change)")
        )
    print(f"{kills} kills, {interrupted} before the news were known to have been taken")
    assert interrupted >= kills // 5
    with working(data):
        last = f"Story number {kills + 1}".encode()
        wait_for(lambda: any(last in each.body for each in subscriber.news()), 20)
        time.sleep(3)  # until the index has followed, whose counts JSON states
        settled = len(subscriber.news())
    with working(data):
        time.sleep(1.5)
    assert len(subscriber.news()) == settled <= 2 * kills
    for each in subscriber.news():
        assert each.headers["X-Hub-Signature"] == signature("secret", each.body)
    database.close()


@pytest.mark.slow
def test_a_thousand_subscribers_are_told_within_seconds(data: Path, subscriber: Subscriber) -> None:
    """Figure F3, with all subscribers in a thread of this process; `bench push` measures it well."""
    many = 1000
    for number in range(0, many, 10):
        subscriber.answer(f"/{number}", Answer(latency=8))
    with serving(data) as (address, _):

        def subscribe(number: int) -> int:
            return post(f"{address}/hub", subscriber.url(f"/{number}"))

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(subscribe, range(many))) == {202}
        wait_for(lambda: number_of(address, "subscriptions") == many, 60)
        database = open_database(f"sqlite:///{data}/archive.db")
        with database.writing() as transaction:
            put_all(transaction, article(guid="2", title="Story number 2"))
        committed = time.monotonic()
        database.close()
        wait_for(lambda: len(subscriber.news()) == many, 30)
    waits = sorted(each.at - committed for each in subscriber.news() if int(each.path[1:]) % 10)
    print(
        f"{len(waits)} living subscribers: half {waits[450]:.2f} s, 99 % {waits[890]:.2f} s after the commit"
    )
    assert len(waits) == 900 and waits[890] <= 5
