"""What readers compare: the same data has the same bytes and tags everywhere, and times never go back."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import pytest
from factories import NOW, TERMS, article, source
from web_client import application, ask

from archive import articles as archived
from archive.database import Database
from archive.put import put
from archive.sources import settle
from index import follow
from syndicate.formats import FORMATS

ROOT = Path(__file__).parents[1]
TEXT = "Some text. " * 100
PRINT = """
import hashlib, sys
from archive.database import open_database
from index import open_index
from archive.settings import Settings, Site
from factories import TOPICS
from pathlib import Path
from syndicate.web import make_app
from web_client import SITE, ask
folder = Path(sys.argv[1])
settings = Settings(data=folder, site=SITE, topics=TOPICS)
database = open_database(f"sqlite:///{folder}/archive.db")
app = make_app(database=database, index=open_index(folder / "index"), settings=settings)
for asked in sys.argv[2:]:
    for coding in ("", "gzip", "br", "zstd"):
        reply = ask(app, asked, HTTP_ACCEPT_ENCODING=coding)
        print(reply.headers["Etag"], reply.headers["Last-Modified"], hashlib.sha256(reply.body).hexdigest())
"""


def put_at(database: Database, guid: str, when: datetime, text: str = TEXT) -> str:
    """An article stored at a time; its id."""
    with database.writing() as transaction:
        settle(transaction, source(), NOW)
        entry = article(guid=guid, title=f"Story {guid}", text=text, source="example")
        return put(transaction, (entry,), replace(TERMS, now=when))[0].article.id


def test_another_process_with_the_archive_in_another_folder_gives_the_same_bytes(
    database: Database, tmp_path: Path
) -> None:
    for guid in "abc":
        put_at(database, guid, NOW)
    app = application(database, tmp_path)
    asked = [f"/latest.{format}" for format in FORMATS]
    ours = [
        f"{reply.headers['Etag']} {reply.headers['Last-Modified']} {hashlib.sha256(reply.body).hexdigest()}"
        for path in asked
        for coding in ("", "gzip", "br", "zstd")
        if (reply := ask(app, path, HTTP_ACCEPT_ENCODING=coding))
    ]
    other = tmp_path / "elsewhere" / "copy"
    shutil.copytree(tmp_path / "data", other)
    # JSON feeds have the counts of the index, which is another one there.
    follow(database, other / "index")
    database.close()
    done = subprocess.run(
        [sys.executable, "-c", PRINT, str(other), *asked],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == ours, done.stderr
    assert len(set(ours)) == 4 * len(FORMATS)


def test_times_never_go_back_and_are_never_ahead(database: Database, tmp_path: Path) -> None:
    app, said, tags = application(database, tmp_path), [], []

    def look() -> None:
        reply = ask(app, "/latest.atom")
        said.append(parsedate_to_datetime(reply.headers["Last-Modified"]))
        tags.append(reply.headers["Etag"])
        assert ask(app, "/latest.atom", HTTP_IF_NONE_MATCH=tags[-1]).status == 304

    look()
    id = put_at(database, "a", NOW)
    look()
    put_at(database, "b", NOW + timedelta(hours=2))
    look()
    put_at(database, "c", NOW + timedelta(hours=1))  # the clock was set back
    look()
    archived.withdraw(database, [id], reason="r", person="p", now=NOW)
    look()
    put_at(database, "d", NOW + timedelta(hours=3, microseconds=900_000))
    look()
    assert said == sorted(said) and said[-1] == NOW + timedelta(hours=3) and len(set(tags)) == len(tags)
    assert said[2] == said[3] == said[4] == NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("seconds", "status"), [(-3600, 200), (-1, 200), (0, 304), (1, 304), (86_400, 304), (4_000_000_000, 304)]
)
def test_who_asks_by_time_is_told_by_the_second(
    database: Database, tmp_path: Path, seconds: int, status: int
) -> None:
    put_at(database, "a", NOW + timedelta(microseconds=999_999))
    app = application(database, tmp_path)
    since = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    for _ in range(2):
        assert ask(app, "/latest.atom", HTTP_IF_MODIFIED_SINCE=since).status == status
        other = ask(app, "/latest.atom", HTTP_IF_MODIFIED_SINCE=since, HTTP_IF_NONE_MATCH='"other"')
        assert other.status == 200  # tags decide alone


def test_two_changes_within_a_second_are_told_apart_by_the_tag(database: Database, tmp_path: Path) -> None:
    put_at(database, "a", NOW)
    app = application(database, tmp_path)
    first = ask(app, "/latest.atom")
    put_at(database, "b", NOW + timedelta(milliseconds=10))
    again = ask(app, "/latest.atom", HTTP_IF_NONE_MATCH=first.headers["Etag"])
    assert again.status == 200 and again.headers["Last-Modified"] == first.headers["Last-Modified"]


def test_a_304_repeats_what_a_cache_needs(database: Database, tmp_path: Path) -> None:
    put_at(database, "a", NOW)
    app = application(database, tmp_path)
    for coding in ("", "gzip", "br", "zstd"):
        fresh = ask(app, "/latest.atom", HTTP_ACCEPT_ENCODING=coding)
        for way in ({}, {"HTTP_RANGE": "bytes=0-"}):
            same = ask(
                app,
                "/latest.atom",
                HTTP_ACCEPT_ENCODING=coding,
                HTTP_IF_NONE_MATCH=fresh.headers["Etag"],
                **way,
            )
            names = {"Content-Type", "Content-Length", "Content-Encoding", "X-Request-Id"}
            kept = {name: text for name, text in fresh.headers.items() if name not in names}
            assert (same.status, same.body) == (304, b"")
            assert {name: same.headers[name] for name in same.headers if name != "X-Request-Id"} == kept
            assert {"Etag", "Cache-Control", "Vary", "Last-Modified"} <= kept.keys()
