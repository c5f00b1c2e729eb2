"""The vectors of sentences follow the archive: what is put, changed, withdrawn, or cannot be gone on with."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import meanings
import pytest
from factories import NOW, article, put_all

from archive import articles, changes
from archive.database import Database, open_database
from archive.errors import Busy
from index import sentence_files as files
from index.encoder import Vectors
from index.sentence_follow import behind, fill
from index.sentence_store import SentenceStore


def put(database: Database, *titles: str, guid: str = "") -> list[str]:
    """Put articles; their ids."""
    with database.writing() as transaction:
        entries = [article(guid=guid or title, title=title, text="") for title in titles]
        return [one.article.id for one in put_all(transaction, *entries)]


class Counting:
    """An encoder that says what it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.given += texts
        return meanings.encode(texts)


@pytest.fixture
def folder(database: Database) -> Path:
    """Where the vectors lie."""
    return database.folder / "vectors"


def found(folder: Path, text: str) -> list[str]:
    """The articles that say something like a text."""
    return [id for id, _ in SentenceStore(folder).nearest(meanings.encode([text])[0], 20, 0.45)]


def test_what_is_put_changed_and_withdrawn_follows(database: Database, folder: Path) -> None:
    quake, school = put(database, "An earthquake in the north", "学校的学生")
    assert behind(database, folder) == changes.last(database) > 0
    assert fill(database, folder, meanings.encoder()) == changes.last(database)
    assert found(folder, "地震") == [quake] and found(folder, "pupils") == [school]
    put(database, "A bridge in the north", guid="An earthquake in the north")
    fill(database, folder, meanings.encoder())
    assert found(folder, "地震") == [] and found(folder, "大桥") == [quake]
    articles.withdraw(database, [quake], reason="wrong", person="me", now=NOW)
    fill(database, folder, meanings.encoder())
    assert found(folder, "大桥") == [] and behind(database, folder) == 0
    articles.restore(database, [quake], person="me", now=NOW)
    fill(database, folder, meanings.encoder())
    assert found(folder, "大桥") == [quake]


def test_only_new_sentences_are_encoded(database: Database, folder: Path) -> None:
    counting = Counting()
    (quake,) = put(database, "An earthquake in the north")
    fill(database, folder, meanings.encoder(counting))
    assert counting.given == ["An earthquake in the north"]
    with database.writing() as transaction:
        changes.append(transaction, "touch", quake, revision=1, sha="", now=NOW)
    put(database, "Rain in the south")
    assert fill(database, folder, meanings.encoder(counting)) == 2
    assert counting.given == ["An earthquake in the north", "Rain in the south"]


def test_it_goes_on_where_it_was_stopped(database: Database, folder: Path) -> None:
    put(database, *(f"story {n}" for n in range(7)))
    counting, looks = Counting(), iter([False, False, True])
    assert fill(database, folder, meanings.encoder(counting), stop=lambda: next(looks), at_once=2) == 4
    assert behind(database, folder) == 3
    assert fill(database, folder, meanings.encoder(counting)) == 3
    assert sorted(counting.given) == [f"story {n}" for n in range(7)]


def test_it_stays_behind_the_index(database: Database, folder: Path) -> None:
    put(database, *(f"story {n}" for n in range(7)))
    assert fill(database, folder, meanings.encoder(), upto=3) == 3
    assert behind(database, folder) == 4


def test_one_at_a_time(database: Database, folder: Path) -> None:
    with database.locked("vectors"), pytest.raises(Busy):
        fill(database, folder, meanings.encoder())


@pytest.mark.parametrize("damage", ["deleted", "vectors", "manifest", "model"])
def test_what_cannot_be_gone_on_with_is_made_again(database: Database, folder: Path, damage: str) -> None:
    (quake,) = put(database, "An earthquake in the north")
    fill(database, folder, meanings.encoder())
    if damage == "deleted":
        shutil.rmtree(folder)
    elif damage != "model":
        (path,) = folder.glob("*.vectors" if damage == "vectors" else "manifest.json")
        path.write_bytes(path.read_bytes()[:-3])
    model = "test 2" if damage == "model" else "test 1"
    assert fill(database, folder, meanings.encoder(model=model)) == changes.last(database)
    manifest = files.read(folder)
    assert manifest is not None and manifest.model == model and files.faults(folder, manifest) == []
    assert found(folder, "地震") == [quake]


def test_vectors_of_another_archive_are_made_again(database: Database, folder: Path, tmp_path: Path) -> None:
    put(database, "An earthquake in the north", "Rain in the south")
    fill(database, folder, meanings.encoder())
    restored = open_database(f"sqlite:///{tmp_path}/other/archive.db")
    put(restored, "A bridge in the north", "A school in the south", "A permit")
    fill(restored, folder, meanings.encoder())
    assert found(folder, "地震") == [] and len(found(folder, "大桥")) == 1
    restored.close()
