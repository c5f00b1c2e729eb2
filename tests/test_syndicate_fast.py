"""Polls answered before the web framework is asked: the same answers, never older than what was committed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from factories import NOW, TOPICS, article, put_all
from web_client import SITE, Reply, application, ask

from archive.database import Database, Row, open_database
from archive.model import Selection
from archive.settings import Settings
from index import Index, follow, open_index
from syndicate.addresses import View
from syndicate.caching import Conditions
from syndicate.composing import Composer
from syndicate.fast import LONGEST, Fast
from syndicate.feeds import Feeds
from syndicate.guard import Application
from syndicate.reply import feed
from syndicate.web import make_app

FEEDS = (
    "/latest.atom",
    "/topic/olympics.rss",
    "/latest.json?n=1",
    "/search.atom?q=halls",
    "/latest.atom?x=1",
)
# With this a request goes the normal way.
NORMAL = {"HTTP_RANGE": "bytes=0-"}


class Counting:
    """A database that counts what is read; see archive.database.Database for the rest."""

    def __init__(self, database: Database) -> None:
        self.database, self.reads = database, 0

    def read(self, sql: str, **values: object) -> list[Row]:
        """Rows, counted."""
        self.reads += 1
        return self.database.read(sql, **values)

    def changed(self) -> int:
        """Not counted."""
        return self.database.changed()

    def snapshot(self) -> AbstractContextManager[None]:
        """As it is."""
        return self.database.snapshot()


def made(database: Database, folder: Path) -> Application:
    """An archive of two articles."""
    return application(
        database,
        folder,
        article(guid="1", title="Olympic halls open", text="Come and see. " * 60, published=NOW),
        article(
            guid="2", title="学校迎来新生", text="海淀的学校今天开学。" * 60, language="zh", published=NOW
        ),
    )


@pytest.fixture(scope="module")
def app(standing: Database) -> Application:
    """That archive for all tests that only read."""
    return made(standing, standing.folder.parent)


@pytest.fixture
def changing(database: Database, tmp_path: Path) -> Application:
    """That archive for one test."""
    return made(database, tmp_path)


@pytest.fixture
def index(changing: Application, tmp_path: Path) -> Iterator[Index]:
    """Its index."""
    opened = open_index(tmp_path / "index")
    yield opened
    opened.close()


def environ(path: str = "/latest.atom", query: str = "", **given: str) -> dict[str, str]:
    """The part of a request that decides how it is answered."""
    return {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, **given}


def told(reply: Reply) -> tuple[int, dict[str, str], bytes]:
    """All of an answer but its number."""
    return reply.status, {**reply.headers, "X-Request-Id": ""}, reply.body


def add(database: Database, number: int) -> None:
    """One more article."""
    with database.writing() as transaction:
        put_all(transaction, article(guid=f"n{number}", title=f"Story {number}", text="Some text. " * 60))


@pytest.mark.parametrize("asked", FEEDS)
@pytest.mark.parametrize("accepted", ["", "gzip", "br;q=0.9, gzip", "gzip, deflate, br, zstd"])
@pytest.mark.parametrize("accepts", ["", "text/html,*/*", "application/atom+xml"])
def test_the_answer_is_the_one_of_the_normal_way(
    app: Application, asked: str, accepted: str, accepts: str
) -> None:
    given = {"HTTP_ACCEPT_ENCODING": accepted, "HTTP_ACCEPT": accepts}
    first = ask(app, asked, **given)
    tag, said = first.headers["Etag"], first.headers["Last-Modified"]
    conditions: list[dict[str, str]] = [
        {},
        {"HTTP_IF_NONE_MATCH": tag},
        {"HTTP_IF_NONE_MATCH": f'W/"x", {tag}', "HTTP_IF_MODIFIED_SINCE": "garbage"},
        {"HTTP_IF_NONE_MATCH": '"x"', "HTTP_IF_MODIFIED_SINCE": said},
        {"HTTP_IF_NONE_MATCH": "*"},
        {"HTTP_IF_MODIFIED_SINCE": said},
        {"HTTP_IF_MODIFIED_SINCE": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ]
    for condition in conditions:
        normal = ask(app, asked, **given, **condition, **NORMAL)
        head = ask(app, asked, "HEAD", **given, **condition, **NORMAL)
        assert normal.status in (200, 304) and told(head) == (*told(normal)[:2], b"")
        for _ in range(3):
            assert told(ask(app, asked, **given, **condition)) == told(normal)
            assert told(ask(app, asked, "HEAD", **given, **condition)) == told(head)


@pytest.mark.parametrize("way", [{}, NORMAL])
def test_a_poll_without_change_reads_nothing(
    changing: Application, database: Database, index: Index, tmp_path: Path, way: dict[str, str]
) -> None:
    counting = Counting(database)
    settings = Settings(data=tmp_path, site=SITE, topics=TOPICS)
    counted = make_app(database=counting, index=index, settings=settings)  # type: ignore[arg-type]
    for asked in FEEDS:
        tag = ask(counted, asked).headers["Etag"]
        counting.reads = 0
        statuses = {ask(counted, asked, HTTP_IF_NONE_MATCH=tag, **way).status for _ in range(20)}
        assert statuses == {304} and counting.reads == 0


def test_ten_thousand_polls_of_one_state_have_one_tag(app: Application) -> None:
    tags = {ask(app, "/latest.atom").headers["Etag"] for _ in range(10_000)}
    assert len(tags) == 1


def test_every_answer_has_a_number_of_its_own(app: Application) -> None:
    numbers = [ask(app, "/latest.atom").headers["X-Request-Id"] for _ in range(5)]
    assert len(set(numbers)) == 5


@pytest.mark.parametrize(
    "given",
    [
        {"path": "/latest"},
        {"path": "/a/2022/04/02/7f3a9c1e.txt"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "OPTIONS"},
        {"CONTENT_LENGTH": "3"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"query": "x" * LONGEST},
    ],
)
def test_what_is_no_request_for_a_feed_alone_goes_the_normal_way(
    database: Database, index: Index, given: dict[str, str]
) -> None:
    fast = Fast(database, index)
    assert fast.question(environ(**given)) is None
    assert fast.question(environ(CONTENT_LENGTH="0", HTTP_IF_NONE_MATCH='"x"')) is not None


@pytest.mark.parametrize("name", ["HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_IF_MATCH"])
def test_what_asks_for_more_than_a_feed_is_neither_answered_nor_kept(
    database: Database, index: Index, name: str
) -> None:
    fast = Fast(database, index)
    feeds = Feeds(Composer(database, index, site=SITE, base_url="https://archive.example", topics=TOPICS))
    more, plain = fast.question(environ(**{name: "x"})), fast.question(environ())
    assert more and plain and not more.is_plain and plain.is_plain
    reply = feed(feeds.answer("/latest", Selection(), View(), "atom", Conditions()), "")
    fast.keep(more, environ(), reply)
    assert not fast.is_known(plain)
    fast.keep(plain, environ(), reply)
    assert fast.is_known(more) and fast.answer(more, environ()) is None
    assert fast.answer(plain, environ()) is reply


def test_a_commit_is_seen_by_the_next_poll(changing: Application, database: Database, tmp_path: Path) -> None:
    # Of a connection of another process, as of our own.
    other = open_database(f"sqlite:///{tmp_path}/data/archive.db")
    for number, writing in enumerate([other, database, other]):
        before = ask(changing, "/latest.json").headers["Etag"]
        assert ask(changing, "/latest.json", HTTP_IF_NONE_MATCH=before).status == 304
        add(writing, number)
        after = ask(changing, "/latest.json", HTTP_IF_NONE_MATCH=before)
        assert after.status == 200 and f"Story {number}" in after.text
    other.close()


def test_an_answer_outlasts_commits_that_the_log_does_not_tell(
    changing: Application, database: Database, index: Index
) -> None:
    fast, asked = Fast(database, index), environ()
    before = fast.question(asked)
    with database.writing() as transaction:
        transaction.run("UPDATE source SET added = added")
    assert before is not None and fast.question(asked) == before
    add(database, 1)
    assert fast.question(asked) != before


def test_a_search_stands_until_the_index_moves(
    changing: Application, database: Database, tmp_path: Path
) -> None:
    asked = "/search.json?q=story"
    before = ask(changing, asked)
    add(database, 1)
    assert told(ask(changing, asked)) == told(before)
    follow(database, tmp_path / "index")
    assert "Story 1" in ask(changing, asked, HTTP_IF_NONE_MATCH=before.headers["Etag"]).text


def test_without_an_index_a_search_is_not_kept(database: Database, tmp_path: Path) -> None:
    fast = Fast(database, open_index(tmp_path / "nowhere"))
    assert fast.question(environ("/search.atom", "q=a")) is None
    assert fast.question(environ("/latest.atom", "sort=old")) is None


def test_an_answer_is_never_older_than_a_commit_that_was_seen(
    changing: Application, database: Database
) -> None:
    committed, done, wrong = [0], threading.Event(), list[str]()

    def poll() -> None:
        tag, seen = "", 0
        while not done.is_set():
            floor = committed[0]
            reply = ask(changing, "/latest.json", HTTP_IF_NONE_MATCH=tag)
            if reply.status == 200:
                tag = reply.headers["Etag"]
                seen = max(n for n in range(40) if n == 0 or f'"Story {n}"' in reply.text)
            if seen < floor:
                wrong.append(f"{reply.status}: {seen} after {floor}")

    threads = [threading.Thread(target=poll) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 25):
        add(database, number)
        committed[0] = number
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong


def test_what_is_kept_is_bounded(database: Database, index: Index) -> None:
    fast, kept = Fast(database, index, most_bytes=50_000), []
    feeds = Feeds(Composer(database, index, site=SITE, base_url="https://archive.example", topics=TOPICS))
    for n in range(1, 30):
        asked = environ(query=f"n={n}")
        question = fast.question(asked)
        assert question is not None
        answer = feeds.answer("/latest", Selection(), View(n=n), "atom", Conditions())
        fast.keep(question, asked, feed(answer, ""))
        kept.append((question, asked))
    found = [fast.answer(*each) is not None for each in kept]
    assert found[-1] and not found[0] and found == sorted(found)
    assert 50_000 >= fast._left >= 0 and fast.answer(*kept[-1]) is not None
