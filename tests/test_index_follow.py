"""The index follows the archive, whatever happens in between."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

import pytest
from factories import NOW, article, put_all
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import changes
from archive.articles import articles, every, is_public, restore, withdraw
from archive.database import Database, open_database
from archive.errors import Busy
from archive.model import Selection
from index import Search, differences, follow, open_index, rebuild, status
from index.engine import PARTLY
from index.manifest import latest
from index.manifest import write as write_manifest


def put(database: Database, *texts: str) -> list[str]:
    """Articles by guid and text, as ``1=some text``."""
    entries = [article(guid=text.split("=")[0], title="Title", text=text.split("=")[1]) for text in texts]
    with database.writing() as transaction:
        return [stored.article.id for stored in put_all(transaction, *entries)]


def found(folder: Path, query: str = "") -> set[str]:
    """The ids that a search finds."""
    index = open_index(folder)
    try:
        return {hit.id for hit in index.search(Search(selection=Selection(query=query), n=1000)).hits}
    finally:
        index.close()


def test_puts_revisions_and_withdrawals_arrive(database: Database) -> None:
    folder = database.folder / "index"
    one, two = put(database, "1=alpha", "2=beta")
    assert follow(database, folder) == 2
    assert found(folder, "alpha") == {one}
    put(database, "1=gamma")
    withdraw(database, [two], reason="test", person="test", now=NOW)
    assert follow(database, folder) == 2
    assert found(folder, "alpha") == set()
    assert found(folder, "gamma") == found(folder) == {one}
    restore(database, [two], person="test", now=NOW)
    follow(database, folder)
    assert found(folder, "beta") == {two}
    assert follow(database, folder) == 0
    assert list(differences(database, folder)) == []
    assert status(database, folder) == {
        "state": "current",
        "documents": 2,
        "checkpoint": changes.last(database),
        "behind": 0,
        "generation": latest_of(folder).generation,
        "id": latest_of(folder).index,
        "bytes": sum(size for size, _ in latest_of(folder).files.values()),
    }


def latest_of(folder: Path):  # type: ignore[no-untyped-def]
    """The manifest, which must be there."""
    manifest = latest(folder)
    assert manifest is not None
    return manifest


def test_an_empty_archive_has_an_empty_index(database: Database) -> None:
    folder = database.folder / "index"
    assert status(database, folder)["state"] == "missing"
    assert follow(database, folder) == 0
    assert status(database, folder)["state"] == "current"
    assert found(folder) == set()


def test_only_one_follows_at_a_time(database: Database) -> None:
    with database.locked("index"), pytest.raises(Busy):
        follow(database, database.folder / "index")


@pytest.mark.parametrize("damage", ["deleted", "segment", "contents", "manifest", "version"])
def test_what_cannot_be_continued_is_built_again(database: Database, damage: str) -> None:
    folder = database.folder / "index"
    (one,) = put(database, "1=alpha")
    follow(database, folder)
    before = latest_of(folder)
    if damage == "deleted":
        shutil.rmtree(folder)
    elif damage == "version":
        write_manifest(folder, type(before)(**{**asdict(before), "version": 0}))
    else:
        pattern = {"segment": "*.seg", "contents": "*.toc", "manifest": "manifest-*"}[damage]
        (path,) = folder.glob(pattern)
        path.write_bytes(path.read_bytes()[:-3])
    assert status(database, folder)["state"] != "current"
    (two,) = put(database, "2=beta")
    follow(database, folder)
    assert found(folder) == {one, two}
    assert latest_of(folder).index != before.index
    assert list(differences(database, folder)) == []
    assert not folder.with_name("index.new").exists()
    assert not folder.with_name("index.old").exists()


def test_an_index_of_another_archive_is_built_again(database: Database) -> None:
    folder = database.folder / "index"
    put(database, "1=alpha", "2=beta")
    with tempfile.TemporaryDirectory() as other:
        restored = open_database(f"sqlite:///{other}/archive.db")
        (three, four, _) = put(restored, "3=gamma", "4=delta", "5=epsilon")
        follow(database, folder)
        shutil.copytree(folder, Path(other) / "index")
        assert list(differences(restored, Path(other) / "index")) != []
        follow(restored, Path(other) / "index")
        assert {three, four} <= found(Path(other) / "index")
        assert list(differences(restored, Path(other) / "index")) == []
        restored.close()


def test_an_interrupted_build_answers_and_goes_on(database: Database) -> None:
    folder = database.folder / "index"
    put(database, *(f"{n}=word{n}" for n in range(7)))
    asked = iter([False, True, True])
    assert follow(database, folder, stop=lambda: next(asked)) == 7
    assert not folder.exists()
    index = open_index(folder)
    partial = index.search(Search())
    assert partial.total == 7
    assert index.note == PARTLY == partial.note
    put(database, "8=word8")
    seen: list[tuple[int, int]] = []
    assert follow(database, folder, progress=lambda done, last: seen.append((done, last))) == 1
    assert seen == [(8, 8)]
    whole = index.search(Search())
    assert (whole.total, whole.note) == (8, None)
    index.close()


def test_the_old_index_answers_until_the_new_one_is_there(database: Database) -> None:
    folder = database.folder / "index"
    put(database, "1=alpha", "2=beta")
    follow(database, folder)
    reader = open_index(folder)
    before = reader.search(Search())
    assert rebuild(database, folder) == 2
    after = reader.search(Search())
    assert (before.total, after.total) == (2, 2)
    assert before.index != after.index
    reader.close()


def test_a_crash_between_the_two_renames_of_a_swap(database: Database) -> None:
    folder = database.folder / "index"
    put(database, "1=alpha")
    follow(database, folder)
    folder.rename(folder.with_name("index.new"))
    assert len(found(folder)) == 1
    put(database, "2=beta")
    follow(database, folder)
    assert len(found(folder)) == 2
    assert not folder.with_name("index.new").exists()


def test_differences_name_each_fault(database: Database) -> None:
    folder = database.folder / "index"
    one, two = put(database, "1=alpha", "2=beta")
    follow(database, folder)
    index = open_index(folder, write=True)
    last = changes.after(database, 1)[-1]
    (three,) = articles(database, [two])
    index.apply([article(**{**fields_of(three), "seq": 99})], [one], last.seq, chain=last.chain)
    index.close()
    faults = list(differences(database, folder))
    assert len(faults) == 2
    assert any(one in fault and "not in the index" in fault for fault in faults)
    assert any(two in fault and "as of change 99" in fault for fault in faults)


def fields_of(item: object) -> dict[str, object]:
    """The fields of a value by name."""
    return {name: getattr(item, name) for name in item.__dataclass_fields__}  # type: ignore[attr-defined]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "withdraw", "restore", "follow", "crash"]),
        st.integers(0, 5),
        st.integers(0, 2),
    ),
    max_size=25,
)


@settings(max_examples=15, deadline=None)
@given(STEPS)
def test_any_mix_ends_like_a_fresh_index(steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        database = open_database(f"sqlite:///{place}/archive.db")
        folder = database.folder / "index"
        for verb, which, version in steps:
            ids = [one.id for one in every(database)]
            if verb == "put":
                put(database, f"{which}=text{version} number{which}")
            elif verb == "follow":
                follow(database, folder)
            elif verb == "crash":
                for path in folder.glob("manifest-*"):
                    path.unlink()
            elif ids:
                chosen = [ids[which % len(ids)]]
                if verb == "withdraw":
                    withdraw(database, chosen, reason="test", person="test", now=NOW)
                else:
                    restore(database, chosen, person="test", now=NOW)
        follow(database, folder)
        assert list(differences(database, folder)) == []
        public = [one for one in every(database) if is_public(one)]
        assert found(folder) == {one.id for one in public}
        for one in public:
            assert one.id in found(folder, one.text)
        database.close()


def test_status_can_be_written_as_json(database: Database) -> None:
    put(database, "1=alpha")
    follow(database, database.folder / "index")
    assert json.loads(json.dumps(status(database, database.folder / "index")))["documents"] == 1
