"""The service as real processes: it starts, answers a conditional client, takes in news, and ends cleanly."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from select import select

import pytest
from factories import article, put_all

from archive import tally, topics
from archive.database import open_database
from archive.model import Selection
from syndicate.parts import SMALL
from syndicate.serving import ask_for, settled

ROOT = Path(__file__).parents[1]
FEED = """<rss version="2.0"><channel><title>Example</title><link>https://e.example/</link>
<description>d</description>
<item><guid>{0}</guid><title>Story number {0}</title><description>In 北京 today.</description></item>
</channel></rss>"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and body of one request."""
    asked = urllib.request.Request(
        url, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def command(data: Path, *args: str) -> list[str]:
    """The command line of the service on a data folder."""
    return [sys.executable, "app.py", "--data", str(data), *args]


def ingest(data: Path, name: str) -> None:
    """Take in one story with the command line."""
    subprocess.run(
        command(data, "ingest", "-", "--source", "example"),
        input=FEED.format(name).encode(),
        cwd=ROOT,
        check=True,
        capture_output=True,
    )


@contextmanager
def serving(
    data: Path, *args: str, start: str = "serve", until: str = "/readyz"
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The service running, and its address, as soon as a path is answered."""
    port = int(args[args.index("--port") + 1]) if "--port" in args else free_port()
    running = subprocess.Popen(
        command(data, start, "--port", str(port), *args),
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(address + until))
        yield address, running
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def answers(address: str) -> bool:
    """Whether the service answers there."""
    try:
        return get(address)[0] == 200
    except OSError:
        return False


def wait_until(holds: object, seconds: float = 15) -> None:
    """Wait for something to be so."""
    deadline = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


@pytest.mark.parametrize("server", ["granian", "waitress"])
def test_a_polling_reader_sees_news_and_304s_and_sigterm_ends_all(tmp_path: Path, server: str) -> None:
    data = tmp_path / "data"
    ingest(data, "1")
    with serving(data, "--server", server) as (address, running):
        status, headers, body = get(f"{address}/latest.json")
        assert status == 200 and [item["title"] for item in json.loads(body)["items"]] == ["Story number 1"]
        status, _, body = get(f"{address}/latest.json", If_None_Match=headers["ETag"])
        assert (status, body) == (304, b"")
        ingest(data, "2")
        assert get(f"{address}/latest.json", If_None_Match=headers["ETag"])[0] == 200
        wait_until(lambda: b"Story number 2" in get(f"{address}/search.json?q=number")[2], 5)
        wait_until(lambda: json.loads(get(f"{address}/readyz")[2])["behind"] == 0, 5)
        started = time.monotonic()
        running.send_signal(signal.SIGTERM)
        assert running.wait(10) == 0
        assert time.monotonic() - started < 5
    with pytest.raises(OSError, match="refused"):
        get(f"{address}/healthz")
    assert subprocess.run(command(data, "verify"), cwd=ROOT, capture_output=True, check=False).returncode == 0


def sending(address: str) -> socket.socket:
    """A client that has sent a part of what it wants to tell the hub."""
    host, port = address.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=10)
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 12"
    client.sendall(b"POST /hub HTTP/1.1\r\nHost: e.example\r\n" + form + b"\r\n\r\nhub.")
    return client


def test_slow_clients_keep_no_feed_waiting_and_are_heard_to_the_end(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ingest(data, "1")
    with serving(data, "--no-worker", until="/healthz") as (address, running):
        known = get(f"{address}/latest.atom")[1]["ETag"]
        slow = [sending(address) for _ in range(10)]  # more than there are threads
        time.sleep(0.3)
        started = time.monotonic()
        assert [get(f"{address}/latest.atom", If_None_Match=known)[0] for _ in range(20)] == [304] * 20
        assert time.monotonic() - started < 1
        # Some may send at a time; all others are told to try again.
        wait_until(lambda: len(select(slow, [], [], 0)[0]) == 7)
        told = select(slow, [], [], 0)[0]
        assert all(client.recv(1 << 16).startswith(b"HTTP/1.1 503 ") for client in told)
        first, second, third = (client for client in slow if client not in told)
        first.sendall(b"mode=xyz")
        assert b"got 'xyz'" in first.recv(1 << 16)
        running.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        second.sendall(b"mode=abc")
        assert b"got 'abc'" in second.recv(1 << 16)
        third.close()  # breaks off
        for client in slow:
            client.close()
        assert running.wait(10) == 0


def test_idle_clients_hold_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--no-worker", until="/healthz") as (address, running):
        host, port = address.removeprefix("http://").split(":")
        idle = [HTTPConnection(host, int(port), timeout=10) for _ in range(200)]
        for _ in range(2):
            for client in idle:
                client.request("GET", "/latest.atom")
                assert client.getresponse().read()
        started = time.monotonic()
        assert get(f"{address}/healthz")[0] == 200 and time.monotonic() - started < 1
        running.send_signal(signal.SIGTERM)
        assert running.wait(10) == 0 and time.monotonic() - started < 5
        for client in idle:
            client.close()


def test_a_killed_service_leaves_no_process_and_loses_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ingest(data, "1")
    with serving(data) as (address, running):
        assert len(processes_of(data)) == 3  # the server, its web process, the worker
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        wait_until(lambda: not processes_of(data), 10)
    with serving(data) as (address, _):
        assert get(f"{address}/search.json?q=story")[0] == 200


@pytest.mark.slow
def test_a_large_archive_is_filed_again_while_it_is_served(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ingest(data, "1")
    with closing(open_database(f"sqlite:///{data}/archive.db")) as database:
        topics.mark(database, topics.MARK, "")
        with database.writing() as transaction:
            put_all(transaction, *(article(guid=f"x{n}", title="Rain") for n in range(SMALL + 1)))
    (data / "site.toml").write_text('[[topic]]\nid = "rain"\nen = "Rain"\nzh = "雨"\nwords = ["rain"]\n')
    found = Selection(topics=("rain",))
    with serving(data) as (address, _), closing(open_database(f"sqlite:///{data}/archive.db")) as database:
        assert get(f"{address}/topic/rain")[0] == 200
        wait_until(lambda: tally.total(database, found) == SMALL + 1, 30)
        wait_until(lambda: b"Rain" in get(f"{address}/topic/rain.atom")[2], 5)


def test_the_demonstration_opens_with_the_samples(tmp_path: Path) -> None:
    with serving(tmp_path / "demo", "--no-worker", start="demo") as (address, _):
        assert "Dual Olympic City" in get(f"{address}/")[2].decode()
        assert (
            json.loads(get(f"{address}/search.json?q=%E5%8F%8C%E5%A5%A5%E4%B9%8B%E5%9F%8E")[2])["_archive"][
                "total"
            ]
            > 0
        )


def processes_of(data: Path) -> list[str]:
    """The processes that still work on a data folder."""
    found = subprocess.run(["pgrep", "-f", str(data)], capture_output=True, text=True, check=False)
    return found.stdout.split()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            command(tmp_path / "data", "serve", "--port", str(port)),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2 and f"make run PORT={port + 1}" in done.stderr


def test_what_a_server_loaded_is_not_collected_again() -> None:
    try:
        assert settled(print) is print and gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()


def test_a_free_port_may_be_listened_on() -> None:
    ask_for("127.0.0.1", free_port())
