"""The index among real processes: killed writers, two writers at once, damage below a service, news."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import pytest
from conftest import shared
from factories import NOW, article, put_all
from feed_server import Answer, FeedServer
from test_index_follow import found
from test_index_integrity import DAMAGES, file_of, flip
from test_syndicate_serving import ROOT, command, get, serving, wait_until

from archive.articles import every, is_public, restore, withdraw
from archive.database import open_database
from archive.errors import Busy, Damaged
from index import differences, follow, rebuild
from index.engine import OUTDATED
from index.manifest import latest

KILLS = 100
SEARCH = "/search.json?q="


def write(place: str, seed: int, said: Connection) -> None:
    """Put, revise, withdraw and restore articles and follow, saying each checkpoint, until killed."""
    choose = Random(seed)
    database = open_database(f"sqlite:///{place}/archive.db")
    while True:
        numbers = choose.sample(range(600), choose.randrange(1, 12))
        entries = [
            article(guid=f"{number}", title=f"Story {number}", text=f"冬奥 common {choose.random()}")
            for number in numbers
        ]
        with database.writing() as transaction:
            ids = [stored.article.id for stored in put_all(transaction, *entries)]
        verb = choose.choice((withdraw, None, None))
        if verb:
            verb(database, ids[:2], reason="test", person="test", now=NOW)
        else:
            restore(database, ids[:1], person="test", now=NOW)
        follow(database, Path(place) / "index")
        manifest = latest(Path(place) / "index")
        said.send(manifest.checkpoint if manifest else 0)


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, choose = tmp_path / "index", Random(7)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # which the server of forks does not inherit
    database = open_database(f"sqlite:///{tmp_path}/archive.db")
    started = multiprocessing.get_context("forkserver")
    started.set_forkserver_preload(["test_index_processes"])
    interrupted, commits = 0, 0
    for kill in range(KILLS):
        here, there = started.Pipe(duplex=False)
        child = started.Process(target=write, args=(str(tmp_path), kill, there))
        child.start()
        there.close()
        acknowledged = here.recv()
        time.sleep(choose.uniform(0, 0.4))
        child.kill()
        child.join()
        try:
            while here.poll():
                acknowledged, commits = here.recv(), commits + 1
        except EOFError:
            pass
        here.close()
        manifest = latest(folder)
        assert manifest is not None and manifest.checkpoint >= acknowledged, kill
        assert list(differences(database, folder)) == [], kill
        known = {f"manifest-{manifest.generation}.json", "MAIN_WRITELOCK", *manifest.files}
        interrupted += any(path.name not in known for path in folder.iterdir())
        child.close()
    print(f"{KILLS} kills, {interrupted} during a commit; {commits} commits between them")
    assert interrupted > KILLS // 10
    follow(database, folder)
    compared = {query: found(folder, query) for query in ("", "冬奥", "common", "story", "-common")}
    assert compared[""] == {one.id for one in every(database) if is_public(one)}
    rebuild(database, folder)
    assert compared == {query: found(folder, query) for query in compared}
    assert list(differences(database, folder)) == []
    database.close()


HELD = """
import sys
sys.path[:0] = [sys.argv[2]]
from pathlib import Path
import index
from archive.database import open_database
def wait(done, last):
    print(done, flush=True)
    sys.stdin.readline()
database = open_database(f"sqlite:///{sys.argv[1]}/archive.db")
getattr(index, sys.argv[3])(database, Path(sys.argv[1]) / "index", progress=wait)
"""


def held(data: Path, what: str) -> subprocess.Popen[str]:
    """A process that follows or rebuilds, held after its first commit until it is told to go on."""
    running = subprocess.Popen(
        [sys.executable, "-c", HELD, str(data), str(ROOT), what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout and running.stdout.readline()
    return running


def run(data: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """A command on a data folder."""
    return subprocess.run(command(data, *args), cwd=ROOT, capture_output=True, text=True, check=False)


def make(data: Path, *texts: str) -> None:
    """An archive with some articles, which the index does not have yet."""
    database = open_database(f"sqlite:///{data}/archive.db")
    entries = [article(guid=text, title="Title", text=text) for text in texts]
    with database.writing() as transaction:
        put_all(transaction, *entries)
    database.close()


@pytest.mark.parametrize("first", ["follow", pytest.param("rebuild", marks=pytest.mark.slow)])
def test_of_two_writers_the_second_is_told_that_it_has_to_wait(tmp_path: Path, first: str) -> None:
    make(tmp_path, "alpha", "beta")
    database = open_database(f"sqlite:///{tmp_path}/archive.db")
    with held(tmp_path, first) as running:
        for second in (follow, rebuild):
            with pytest.raises(Busy):
                second(database, tmp_path / "index")
        said = run(tmp_path, "index", "rebuild")
        assert said.returncode == 1 and "another process" in said.stderr
        running.communicate("go on\n", timeout=30)
        assert running.returncode == 0
    assert list(differences(database, tmp_path / "index")) == []
    assert len(found(tmp_path / "index", "alpha")) == 1
    database.close()


def told(address: str, query: str) -> tuple[int, str | None]:
    """How many articles the search of a running service finds, and what it says of the index."""
    status, headers, body = get(f"{address}{SEARCH}{query}")
    if status != 200:
        assert status == 503 and int(headers["Retry-After"]) > 0
        return -1, "none"
    facts = json.loads(body)["_archive"]
    return facts["total"], facts.get("note")


def test_a_rebuild_beside_a_running_service(tmp_path: Path) -> None:
    make(tmp_path, "alpha common", "beta common")
    with serving(tmp_path) as (address, _):
        wait_until(lambda: told(address, "common") == (2, None))
        with held(tmp_path, "rebuild") as running:
            make(tmp_path, "gamma common")
            time.sleep(1)  # the worker of the service would have followed
            assert told(address, "common") == (2, OUTDATED)
            assert OUTDATED in get(f"{address}/search?q=common")[2].decode()
            running.communicate("go\non\n", timeout=30)
        wait_until(lambda: told(address, "common") == (3, None))
    assert run(tmp_path, "verify").returncode == 0


QUICK = ("segment 0", "flipped")
EACH = [QUICK, *((name, damage) for name in ("manifest", "contents") for damage in DAMAGES)]


@pytest.mark.parametrize(
    ("name", "damage"),
    [pytest.param(*each, marks=() if each == QUICK else pytest.mark.slow) for each in EACH],
)
def test_a_service_that_starts_on_a_damaged_index_heals_it(tmp_path: Path, name: str, damage: str) -> None:
    make(tmp_path, "alpha common", "beta common")
    database = open_database(f"sqlite:///{tmp_path}/archive.db")
    follow(database, tmp_path / "index")
    database.close()
    before = latest(tmp_path / "index")
    DAMAGES[damage](file_of(tmp_path / "index", name))
    assert run(tmp_path, "verify").returncode == 1
    with serving(tmp_path, until="/healthz") as (address, _):
        wait_until(lambda: latest_id(tmp_path) not in (None, before and before.index))
        wait_until(lambda: told(address, "common") == (2, None))
    assert run(tmp_path, "verify").returncode == 0


def latest_id(data: Path) -> str | None:
    """Which index is there."""
    try:
        manifest = latest(data / "index")
    except Damaged:
        return None
    return manifest.index if manifest else None


def test_without_an_index_search_says_so_and_all_else_goes_on(tmp_path: Path) -> None:
    assert run(tmp_path, "ingest", str(ROOT / "samples")).returncode == 0
    flip(file_of(tmp_path / "index", "manifest"))
    with serving(tmp_path, "--no-worker", until="/healthz") as (address, _):
        topic = get(f"{address}/feeds.opml")[2].decode().partition("/topic/")[2].partition(".")[0]
        for path in ("/", f"/topic/{topic}", *(f"/topic/{topic}.{kind}" for kind in ("atom", "rss", "json"))):
            assert get(address + path)[0] == 200, path
        assert told(address, "story") == (-1, "none")
        assert get(f"{address}/search?q=story")[0] == 503


@pytest.mark.slow
def test_a_file_cut_short_below_a_running_service(tmp_path: Path) -> None:
    make(tmp_path, *(f"word{number} common {'text ' * 2000}" for number in range(60)))
    with serving(tmp_path) as (address, _):
        wait_until(lambda: told(address, "common") == (60, None))
        DAMAGES["truncated"](file_of(tmp_path / "index", "segment 0"))

        def good() -> bool:
            try:
                return told(address, "word7") == (1, None) and not list((tmp_path / "index.new").glob("*"))
            except OSError:
                return False

        wait_until(good, 60)
        wait_until(lambda: run(tmp_path, "verify").returncode == 0, 60)


def records(n: int) -> list[str]:
    """Lines of JSON of real news."""
    path = shared("data/news_zh/xwlb_cctv_2022-2026.jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        news = [json.loads(line) for line in islice(lines, n)]
    return [
        json.dumps({"guid": one["id"], "title": one["title"], "body": one["body"], "published": one["date"]})
        for one in news
    ]


def seconds_until(address: str, word: str, since: float) -> float:
    """How long after a moment a word is found on the web."""
    while told(address, word)[0] != 1:
        time.sleep(0.01)
    return time.monotonic() - since


@pytest.mark.slow
def test_news_is_found_within_two_seconds(tmp_path: Path, server: FeedServer) -> None:
    (tmp_path / "site.toml").write_text(f'[fetch]\nallow = ["{server.address}"]\n', encoding="utf-8")
    (tmp_path / "news.jsonl").write_text("\n".join(records(5000)), encoding="utf-8")
    assert run(tmp_path, "ingest", str(tmp_path / "news.jsonl"), "--source", "news").returncode == 0
    url = server.answer("/feed", Answer(body=b"<rss version='2.0'><channel><title>E</title></channel></rss>"))
    assert run(tmp_path, "sources", "add", url).returncode == 0
    token = run(tmp_path, "token", "create", "desk", "--scope", "push").stdout.strip()
    with serving(tmp_path) as (address, _):

        def push(word: str) -> float:
            body = json.dumps({"guid": word, "title": f"Push {word}", "body": f"Text {word} 国际交往"})
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            asked = urllib.request.Request(f"{address}/articles", body.encode(), headers)
            with urllib.request.urlopen(asked, timeout=20) as answer:
                assert answer.status == 201
            return time.monotonic()

        def taken(word: str) -> float:
            line = json.dumps({"guid": word, "title": f"Line {word}", "body": f"Text {word} 国际交往"})
            (tmp_path / "one.jsonl").write_text(line + "\n", encoding="utf-8")
            named = command(tmp_path, "ingest", "--json", str(tmp_path / "one.jsonl"), "--source", "news")
            with subprocess.Popen(
                named, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) as child:
                assert child.stdout and child.stdout.readline()
                return time.monotonic()

        ways: dict[str, Callable[[str], float]] = {"pushed": push, "ingested": taken}
        for name, way in ways.items():
            words = [f"{name}{number}" for number in range(10)]
            times = [seconds_until(address, word, way(word)) for word in words]
            print(
                f"{name}: found after {statistics.median(times):.2f} s (median), {max(times):.2f} s at most"
            )
            assert max(times) <= 2
