"""Damage of any file of the index is found, told, and healed from the archive without being asked."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from factories import NOW, TOPICS, article, put_all
from test_index_follow import found
from web_client import SITE, ask

from archive.articles import withdraw
from archive.database import Database, open_database
from archive.errors import IndexUnavailable
from archive.model import Selection
from archive.settings import Settings
from index import Index, Results, Search, differences, follow, open_index
from index.engine import OUTDATED, PARTLY
from index.manifest import PROVEN, doubts, latest
from syndicate.parts import Parts
from syndicate.web import make_app
from syndicate.worker import keep_following

ROUNDS, OF_EACH = 4, 15
WORDS = ("北京举办冬奥会", "产品和服务的质量", "international exchange", "schools in the city", "外商投资")
QUERIES = ("", "冬奥", "和服", "exchange", "schools city", '"in the city"', "title:story", "inter*", "-投资")


def text(number: int) -> str:
    """The text of an article, with a word of its own."""
    return f"{WORDS[number % len(WORDS)]} word{number}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose index has several segments, revisions and deletions."""
    place = tmp_path_factory.mktemp("made")
    database = open_database(f"sqlite:///{place}/archive.db")
    for first in range(0, ROUNDS * OF_EACH, OF_EACH):
        entries = [
            article(guid=f"{number}", title=f"Story {number}", text=text(number), language="en")
            for number in range(first, first + OF_EACH)
        ]
        with database.writing() as transaction:
            stored = put_all(transaction, *entries, replace(entries[-1], guid="1", text="revised again"))
        withdraw(database, [stored[3].article.id], reason="test", person="test", now=NOW)
        follow(database, place / "index")
    database.close()
    return place


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """A copy of it to be damaged."""
    return shutil.copytree(made, tmp_path / "data")


def truncate(path: Path) -> None:
    """Cut the second half of a file off."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def zero(path: Path) -> None:
    """Overwrite a file with zeros, as a file system may leave it after a power cut."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))


def flip(path: Path, place: int | None = None) -> None:
    """Change one bit of a file."""
    with path.open("r+b") as file:
        place = path.stat().st_size // 3 if place is None else place
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1]))


DAMAGES: dict[str, Callable[[Path], None]] = {
    "truncated": truncate,
    "zeroed": zero,
    "flipped": flip,
    "removed": Path.unlink,
}
FILES = (*(f"segment {place}" for place in range(ROUNDS)), "manifest", "contents")


def file_of(folder: Path, name: str) -> Path:
    """One of the files of an index, segments by their place."""
    kind, _, place = name.partition(" ")
    pattern = {"segment": "*.seg", "contents": "*.toc", "manifest": "manifest-*.json"}[kind]
    return sorted(folder.glob(pattern))[int(place or 0)]


def work(database: Database, folder: Path) -> None:
    """Let the worker follow, as it does at its start, until it has looked once."""
    stop = threading.Event()

    def once() -> int:
        stop.set()
        return parts.follow(database)

    parts = Parts(settings=Settings(data=folder))
    PROVEN.clear()  # as in a process that has read nothing yet
    keep_following(database, once, stop)


def public(database: Database) -> set[str]:
    """The ids of what a search for everything has to find."""
    return {row["id"] for row in database.read("SELECT id FROM article WHERE withdrawn IS NULL")}


def search(index: Index, query: str = "") -> Results:
    """What is found for some words."""
    return index.search(Search(selection=Selection(query=query), n=1000, facets=True))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_and_healed(data: Path, name: str, damage: str) -> None:
    folder = data / "index"
    database = open_database(f"sqlite:///{data}/archive.db")
    assert len(list(folder.glob("*.seg"))) == ROUNDS
    assert list(differences(database, folder)) == []
    before = latest(folder)
    DAMAGES[damage](file_of(folder, name))
    assert list(differences(database, folder)) != []
    work(database, data)
    after = latest(folder)
    assert before and after and after.index != before.index
    assert list(differences(database, folder)) == []
    assert found(folder) == public(database)
    for number in (0, 7, 30, 59):
        ids = found(folder, f"word{number}")
        assert len(ids) == (0 if number in (3, 15, 27, 39, 51, 1) else 1), number
    assert sorted(path.name for path in data.glob("index*")) == ["index", "index.lock"]
    database.close()


def test_every_byte_of_the_manifest_counts(data: Path) -> None:
    folder = data / "index"
    database = open_database(f"sqlite:///{data}/archive.db")
    path = file_of(folder, "manifest")
    for place in range(path.stat().st_size):
        flip(path, place)
        assert list(differences(database, folder)) != [], place
        flip(path, place)
    assert list(differences(database, folder)) == []
    database.close()


def test_a_healthy_index_is_read_once_and_left_alone(data: Path) -> None:
    folder = data / "index"
    database = open_database(f"sqlite:///{data}/archive.db")
    before = latest(folder)
    work(database, data)
    assert latest(folder) == before
    assert before and doubts(folder, before) == []
    for name in ("index.new", "index.old"):
        (data / name).mkdir()  # as a rebuild leaves it that was killed
    assert follow(database, folder) == 0
    assert latest(folder) == before
    assert sorted(path.name for path in data.glob("index*")) == ["index", "index.lock"]
    database.close()


def test_what_is_damaged_or_lost_while_running_is_healed_by_the_next_look(data: Path) -> None:
    folder = data / "index"
    database = open_database(f"sqlite:///{data}/archive.db")
    assert follow(database, folder) == 0
    for damage in (zero, flip, truncate, Path.unlink):
        damage(file_of(folder, "segment 0"))
        follow(database, folder)
        assert list(differences(database, folder)) == []
    shutil.rmtree(folder)
    follow(database, folder)
    assert found(folder) == public(database)
    database.close()


@pytest.mark.parametrize("damage", ["zeroed", "flipped", "removed"])
def test_a_reader_survives_damage_of_what_it_has_open(data: Path, damage: str) -> None:
    reader = open_index(data / "index")
    search(reader)
    for name in FILES:
        DAMAGES[damage](file_of(data / "index", name if damage != "removed" else name.split()[0]))
        for query in QUERIES:
            with suppress(IndexUnavailable):
                search(reader, query)
    reader.close()


@pytest.mark.parametrize("flips", [30, pytest.param(500, marks=pytest.mark.slow)])
def test_a_reader_survives_any_flipped_byte(data: Path, flips: int) -> None:
    choose = Random(1)
    folder = data / "index"
    for _ in range(flips):
        path = choose.choice(sorted(folder.glob("*.seg")))
        place = choose.randrange(path.stat().st_size)
        flip(path, place)
        reader = open_index(folder)
        for query in QUERIES:
            with suppress(IndexUnavailable):
                search(reader, query)
                reader.suggest("wrod exchange")
        reader.close()
        flip(path, place)


@pytest.fixture
def half_built(data: Path) -> Iterator[tuple[Path, Database]]:
    """A damaged index, and beside it a new one of which a part is there."""
    database = open_database(f"sqlite:///{data}/archive.db")
    flip(file_of(data / "index", "segment 1"))
    PROVEN.clear()
    asked = iter([False, True, True])
    follow(database, data / "index", stop=lambda: next(asked))
    assert (data / "index.new").is_dir()
    with database.writing() as transaction:
        put_all(transaction, article(guid="new", title="Newest", text="The newest of all 冬奥"))
    yield data, database
    database.close()


def test_whatever_answers_meanwhile_says_so(half_built: tuple[Path, Database]) -> None:
    data, database = half_built
    settings = Settings(data=data, site=SITE, topics=TOPICS)
    index = open_index(data / "index")
    app = make_app(database=database, index=index, settings=settings)
    for note, said, chinese in (
        (OUTDATED, "until then the one before it answers", "由原来的索引作答"),
        (PARTLY, "only part of the archive is searched", "只能搜索档案的一部分"),
    ):
        assert search(index).note == index.note == note
        page, programs = ask(app, "/search?q=story"), ask(app, "/search.json?q=story")
        assert page.status == programs.status == 200
        assert said in page.text and note in programs.text
        assert chinese in ask(app, "/search?q=story&ui=zh", HTTP_COOKIE="ui=zh").text
        shutil.rmtree(data / "index", ignore_errors=True)
    tag = ask(app, "/search?q=story").headers["Etag"]
    work(database, data)
    after = ask(app, "/search?q=story", HTTP_IF_NONE_MATCH=tag)
    assert after.status == 200 and "built again" not in after.text
    assert "built again" not in ask(app, "/search.json?q=story").text
    assert search(index, "newest").total == 1
    index.close()


def test_without_any_index_lists_and_feeds_go_on(half_built: tuple[Path, Database]) -> None:
    data, database = half_built
    for name in ("index", "index.new"):
        shutil.rmtree(data / name)
    settings = Settings(data=data, site=SITE, topics=TOPICS)
    app = make_app(database=database, index=open_index(data / "index"), settings=settings)
    for address in ("/search?q=story", "/search.json?q=story", "/search.atom?q=story"):
        reply = ask(app, address)
        assert reply.status == 503 and int(reply.headers["Retry-After"]) > 0
    for address in ("/", "/topic/olympics", "/topic/olympics.atom", "/topic/olympics.json", "/latest.rss"):
        assert ask(app, address).status == 200, address


def test_a_new_index_without_articles_does_not_answer_yet(half_built: tuple[Path, Database]) -> None:
    data, _ = half_built
    for name in ("index", "index.new"):
        shutil.rmtree(data / name)
    open_index(data / "index.new", write=True).close()
    with pytest.raises(IndexUnavailable):
        search(open_index(data / "index"))
