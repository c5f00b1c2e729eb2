"""Real feed readers poll us while the archive changes: newsboat, rss2email, reader, sfeed, FreshRSS.

Each sees: the first poll, nothing new, one article added, one updated, one whose address changed, one
withdrawn. A reader that is not installed is skipped, and the summary says so.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from factories import article
from publisher import Publisher

from archive.database import Database

pytestmark = pytest.mark.slow
FORMATS = ("atom", "rss", "json")
XML = ("atom", "rss")
ARTICLES = (
    article(
        guid="1",
        title="Economy grows 3 % & x < y <b>more</b>",
        html='<p>Hello &amp; <a href="https://e.example/rel">a link</a></p>',
        text="Hello & a link",
        url="https://e.example/1?x=1&y=2",
    ),
    article(guid="2", title="国务院：𠮷野家 👩‍👩‍👧 开业", text="中文正文 ]]> 测试 𠀀𠀁", language="zh"),
    article(guid="3", title="Nested ]]> and &amp; literal", text="code <![CDATA[x]]>"),
)
Said = TypeVar("Said")
STEPS = ("first", "same", "same", "added", "updated", "moved", "withdrawn")


@pytest.fixture
def publisher(database: Database, tmp_path: Path) -> Iterator[Publisher]:
    """The service with three articles."""
    with Publisher(database, tmp_path / "data") as running:
        running.put(*ARTICLES)
        yield running


def change(publisher: Publisher, step: str) -> None:
    """What happens to the archive before a poll, not within the second of the last change."""
    time.sleep(1.1)
    if step == "added":
        publisher.put(article(guid="4", title="New article 新文章", text="It is new."))
    elif step == "updated":
        publisher.put(replace(ARTICLES[0], title="Updated title 更新", text="Updated text.", html=""))
    elif step == "moved":
        publisher.put(replace(ARTICLES[2], url="https://e.example/moved/3"))
    elif step == "withdrawn":
        publisher.withdraw(ids(publisher)["2"])


def ids(publisher: Publisher) -> dict[str, str]:
    """The id of each article by its guid."""
    return {row["guid"]: row["id"] for row in publisher.database.read("SELECT guid, id FROM article")}


def played(publisher: Publisher, poll: Callable[[], Said]) -> list[Said]:
    """What a reader says after each step; a poll with a validator is a 304 where nothing changed."""
    said = []
    for step in STEPS:
        change(publisher, step)
        publisher.forget()
        said.append(poll())
        asked = [each for each in publisher.polled if each.path.startswith("/latest.")]
        assert asked, f"the reader did not ask: {step}, {said}"
        if step == "same":
            assert all(each.code == 304 for each in asked if each.has_validator)
        assert all(each.code in (200, 304) for each in asked)
    return said


def needs(program: str) -> str:
    """The path of a program; skips the test when it is not installed."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


@pytest.mark.parametrize("format", XML)
def test_newsboat(publisher: Publisher, tmp_path: Path, format: str) -> None:
    newsboat = needs("newsboat")
    (tmp_path / "urls").write_text(f"{publisher.address}/latest.{format}\n")
    kept = tmp_path / "cache.db"

    def poll() -> dict[str, str]:
        options = ("-C", "/dev/null", "-u", str(tmp_path / "urls"), "-c", str(kept), "-x", "reload")
        subprocess.run((newsboat, *options), check=True, env={**os.environ, "HOME": str(tmp_path)})
        with sqlite3.connect(kept) as opened:
            rows = opened.execute("SELECT guid, title FROM rss_item WHERE unread").fetchall()
        assert len(dict(rows)) == len(rows)
        return dict(rows)

    first, again, third, added, updated, moved, withdrawn = played(publisher, poll)
    known = ids(publisher)
    assert first == {known[each.guid]: each.title for each in ARTICLES if each.guid}
    assert again == third == first
    assert added == {**first, known["4"]: "New article 新文章"}
    assert updated == {**added, known["1"]: "Updated title 更新"}
    assert moved == withdrawn == updated


@pytest.mark.parametrize("format", XML)
def test_rss2email(publisher: Publisher, tmp_path: Path, format: str) -> None:
    program = needs("r2e")
    mails = tmp_path / "mails"
    for folder in ("cur", "new", "tmp"):
        (mails / folder).mkdir(parents=True)
    config = tmp_path / "rss2email.cfg"
    config.write_text(
        "[DEFAULT]\nfrom = r@example.org\nto = me@example.org\nemail-protocol = maildir\n"
        f"maildir-path = {mails}\nmaildir-mailbox =\nverbose = error\n"
    )
    r2e = (program, "-c", str(config), "-d", str(tmp_path / "seen.json"))
    subprocess.run((*r2e, "add", "ours", f"{publisher.address}/latest.{format}"), check=True)

    def poll() -> int:
        subprocess.run((*r2e, "run"), check=True)
        return sum(1 for path in mails.rglob("*") if path.is_file())

    assert played(publisher, poll) == [3, 3, 3, 4, 4, 4, 4]


@pytest.mark.parametrize("format", FORMATS)
def test_reader(publisher: Publisher, tmp_path: Path, format: str) -> None:
    reader = pytest.importorskip("reader", reason="the package reader is not installed")
    address = f"{publisher.address}/latest.{format}"
    kept = reader.make_reader(str(tmp_path / "reader.db"))
    kept.add_feed(address)

    def poll() -> tuple[int, int]:
        outcome = kept.update_feed(address)
        return (outcome.new, outcome.modified) if outcome else (0, 0)

    assert played(publisher, poll) == [(3, 0), (0, 0), (0, 0), (1, 0), (0, 1), (0, 0), (0, 0)]
    entries = {entry.id: entry for entry in kept.get_entries()}
    assert entries[ids(publisher)["1"]].title == "Updated title 更新"
    kept.close()


@pytest.mark.parametrize("format", XML)
def test_sfeed(publisher: Publisher, tmp_path: Path, format: str) -> None:
    program = needs("sfeed_update")
    config = tmp_path / "sfeedrc"
    config.write_text(
        f"sfeedpath={tmp_path}/feeds\nfeeds() {{ feed ours {publisher.address}/latest.{format}; }}\n"
    )

    def poll() -> tuple[dict[str, str], int]:
        subprocess.run((program, str(config)), check=True, capture_output=True)
        lines = (tmp_path / "feeds" / "ours").read_text().splitlines()
        # It keeps every title that an entry had, and takes one without a date to be as old as its update.
        lines.sort(key=lambda line: int(line.split("\t")[0] or 0))
        return {line.split("\t")[5]: line.split("\t")[1] for line in lines}, len(lines)

    steps = played(publisher, poll)
    known = ids(publisher)
    titles, count = steps[-1]
    assert titles[known["1"]] == "Updated title 更新" and titles[known["4"]] == "New article 新文章"
    assert {known[each] for each in "1234"} == set(titles) and count <= 5
    assert [len(rows) for rows, _ in steps] == [3, 3, 3, 4, 4, 4, 4]


def test_freshrss(publisher: Publisher, tmp_path: Path) -> None:
    php, tree = needs("php"), os.environ.get("FRESHRSS")
    if not tree:
        pytest.skip("FRESHRSS does not name a work tree of FreshRSS")
    ours = tmp_path / "freshrss"
    shutil.copytree(tree, ours, ignore=shutil.ignore_patterns(".git"))
    # Else it asks for the news of its own project.
    (ours / "opml.default.xml").write_text('<opml version="2.0"><body/></opml>')

    # It asks for no feed twice within this time, and believes how long an answer says that it is fresh.
    settings = ours / "config.default.php"
    stated = re.sub(r"('cache_duration(?:_min|_max)?' => )\d+", r"\g<1>1", settings.read_text())
    settings.write_text(stated)

    def run(script: str, *options: str) -> str:
        done = subprocess.run(
            (php, f"cli/{script}", *options), cwd=ours, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("do-install.php", "--default-user", "alice", "--db-type", "sqlite", "--auth-type", "none")
    run("create-user.php", "--user", "alice", "--password", "wonderland9")
    feeds = "".join(
        f'<outline type="rss" text="{format}" xmlUrl="{publisher.address}/latest.{format}"/>'
        for format in XML
    )
    (tmp_path / "ours.opml").write_text(f'<opml version="2.0"><body>{feeds}</body></opml>')
    run("import-for-user.php", "--user", "alice", "--filename", str(tmp_path / "ours.opml"))

    def poll() -> list[tuple[str, str]]:
        with sqlite3.connect(ours / "data/users/alice/db.sqlite") as kept:
            kept.execute("UPDATE feed SET lastUpdate = 0")
        time.sleep(2.2)
        run("actualize-user.php", "--user", "alice")
        with sqlite3.connect(ours / "data/users/alice/db.sqlite") as kept:
            return kept.execute("SELECT guid, title FROM entry").fetchall()

    steps = played(publisher, poll)
    assert [len(rows) for rows in steps] == [6, 6, 6, 8, 8, 8, 8]
    known = ids(publisher)
    titles = dict(steps[-1])
    assert set(titles) == set(known.values()) and titles[known["1"]] == "Updated title 更新"
