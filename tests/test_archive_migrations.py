"""An archive of every older schema opens, keeps every hash, and goes on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from factories import article, put_all

from archive.articles import every, revisions
from archive.database import open_database
from archive.errors import ArchiveError
from archive.schema import MIGRATIONS
from archive.sources import sources
from archive.verify import verify

OLD = sorted((Path(__file__).parent / "archives").glob("schema*.sql"))


def restored(dump: Path, folder: Path) -> Path:
    """An archive as an older version wrote it."""
    path = folder / "archive.db"
    connection = sqlite3.connect(path)
    connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()
    return path


def test_there_is_an_old_archive_for_every_schema_before_this() -> None:
    assert [path.stem for path in OLD] == [f"schema{number}" for number in range(1, len(MIGRATIONS))]


@pytest.mark.parametrize("dump", OLD, ids=lambda path: path.stem)
def test_an_old_archive_keeps_every_hash_and_goes_on(dump: Path, tmp_path: Path) -> None:
    path = restored(dump, tmp_path)
    connection = sqlite3.connect(path)
    before = connection.execute("SELECT article, revision, sha FROM revision ORDER BY id").fetchall()
    connection.close()
    database = open_database(f"sqlite:///{path}")
    found = list(every(database))
    after = [(one.id, one.revision, one.sha) for old in found for one in revisions(database, old.id)]
    assert sorted(before) == sorted(after) and len(before) == 3
    assert list(verify(database)) == []
    assert [one.title for one in found if one.withdrawn] == ["北京开放新场馆"]
    assert sources(database)["old"].reading.kind == "feed"
    with database.writing() as transaction:
        (again,) = put_all(
            transaction, article(guid="1", title="A hall opens", text="More."), source_id="old"
        )
    assert again.outcome == "revised"
    with pytest.raises(ArchiveError, match="never changed"), database.writing() as transaction:
        transaction.run("UPDATE revision SET title = 'x'")
    assert list(verify(database)) == []
    database.close()
