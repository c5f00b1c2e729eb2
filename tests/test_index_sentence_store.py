"""The vectors of sentences on disk: what is found, replaced, merged, and what damage does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archive.errors import Damaged
from index import sentence_files as files
from index.encoder import DIMENSIONS, Vectors
from index.sentence_files import Batch, Manifest
from index.sentence_store import SentenceStore

CHANCE = np.random.default_rng(3)


def unit(number: int) -> Vectors:
    """So many vectors of length one."""
    vectors = CHANCE.standard_normal((number, DIMENSIONS), np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def batch(articles: dict[str, Vectors]) -> Batch:
    """The vectors of some articles."""
    vectors = np.concatenate([np.zeros((0, DIMENSIONS), np.float32), *articles.values()])
    return Batch(
        ids=np.array([id.encode() for id in articles]),
        digests=np.zeros(len(articles), np.uint64),
        counts=np.array([len(each) for each in articles.values()], np.int64),
        codes=files.codes_of(vectors),
    )


def stored(folder: Path, *batches: dict[str, Vectors]) -> Manifest:
    """Some commits, one after the other."""
    folder.mkdir(exist_ok=True)
    manifest = files.read(folder) or Manifest(model="test 1")
    for each in batches:
        manifest = files.commit(folder, manifest, batch(each), manifest.checkpoint + 1, "chain")
    return manifest


def test_what_is_found_is_what_comparing_with_all_finds(tmp_path: Path) -> None:
    articles = {f"article {n}": unit(1 + n % 7) for n in range(900)}
    parts = list(articles.items())
    stored(tmp_path, *(dict(parts[at : at + 130]) for at in range(0, 900, 130)))
    store = SentenceStore(tmp_path)
    for near in range(0, 900, 45):
        asked = articles[f"article {near}"][0] + unit(1)[0] * np.float32(0.7)
        asked /= np.linalg.norm(asked)
        best = sorted(((float((each @ asked).max()), id) for id, each in articles.items()), reverse=True)
        found = store.nearest(asked, 3, 0.0)
        assert found[0][0] == best[0][1] and found[0][1] == pytest.approx(best[0][0], abs=0.01)
        assert [id for id, _ in store.nearest(asked, 900, best[0][0] - 0.02)] == [best[0][1]]


def test_the_newest_of_an_article_counts_and_one_without_sentences_is_gone(tmp_path: Path) -> None:
    first, second, other = unit(2), unit(1), unit(3)
    store = SentenceStore(tmp_path)
    assert store.nearest(first[0], 5, 0.45) == () and store.manifest is None
    stored(tmp_path, {"one": first, "other": other})
    assert [id for id, _ in store.nearest(first[1], 5, 0.45)] == ["one"]
    stored(tmp_path, {"one": second})
    assert list(store.nearest(first[1], 5, 0.45)) == []
    assert [id for id, _ in store.nearest(second[0], 5, 0.45)] == ["one"]
    stored(tmp_path, {"one": unit(0)})
    assert list(store.nearest(second[0], 5, 0.45)) == []
    assert [id for id, _ in store.nearest(other[2], 5, 0.45)] == ["other"]


def test_segments_are_merged_and_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    vectors = {f"article {n}": unit(3) for n in range(60)}
    for id, each in vectors.items():
        stored(tmp_path, {id: each})
    stored(tmp_path, {f"article {n}": unit(0) for n in range(0, 60, 2)})
    manifest = stored(tmp_path, {f"new {n}": unit(3) for n in range(60)})
    assert len(manifest.parts) < 8
    assert sum(part.sentences for part in manifest.parts) == 30 * 3 + 60 * 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["manifest.json", *(part.name for part in manifest.parts)]
    )
    store = SentenceStore(tmp_path)
    for n, (id, each) in enumerate(vectors.items()):
        assert [found for found, _ in store.nearest(each[1], 5, 0.45)] == ([id] if n % 2 else [])
    assert files.faults(tmp_path, manifest) == []


def test_a_reader_keeps_what_it_has_open_while_files_are_merged(tmp_path: Path) -> None:
    kept = unit(4)
    stored(tmp_path, {"kept": kept})
    store = SentenceStore(tmp_path)
    store.refresh()
    before = store._snapshot
    stored(tmp_path, *({f"more {n}": unit(4)} for n in range(9)))
    assert [id for id, _ in before.nearest(kept[0], 5, 0.45)] == ["kept"]
    assert [id for id, _ in store.nearest(kept[0], 5, 0.45)] == ["kept"]


@pytest.mark.parametrize("damage", ["flipped", "cut", "deleted"])
def test_damage_is_found_and_is_no_error_for_who_asks(tmp_path: Path, damage: str) -> None:
    vectors = unit(3)
    manifest = stored(tmp_path, {"one": vectors})
    path = tmp_path / manifest.parts[0].name
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 255
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(content[:-1] if damage == "cut" else content)
    assert len(files.faults(tmp_path, manifest)) == 1
    if damage != "flipped":
        assert SentenceStore(tmp_path).nearest(vectors[0], 5, 0.45) == ()


def test_a_manifest_that_was_changed_is_damage(tmp_path: Path) -> None:
    vectors = unit(3)
    stored(tmp_path, {"one": vectors})
    path = tmp_path / "manifest.json"
    path.write_text(path.read_text().replace('"checkpoint": 1', '"checkpoint": 7'))
    with pytest.raises(Damaged):
        files.read(tmp_path)
    assert SentenceStore(tmp_path).nearest(vectors[0], 5, 0.45) == ()
