"""What tests share: an archive on every database, and the way to data that is not part of the project."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import RULES
from feed_server import FeedServer
from hypothesis import settings

from archive.database import Database, open_database
from archive.sandbox import Sandbox
from archive.settings import Settings
from archive.take import Taking

SHARED = Path(__file__).parents[2] / "shared"

settings.register_profile("quick", max_examples=30)
settings.register_profile("thorough", max_examples=200)  # make test-all
settings.load_profile("quick")


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty archive, made once and copied where it is needed."""
    path = tmp_path_factory.mktemp("empty") / "archive.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def database(tmp_path: Path, empty: Path) -> Iterator[Database]:
    """An empty archive."""
    (tmp_path / "data").mkdir(exist_ok=True)
    shutil.copy(empty, tmp_path / "data")
    opened = open_database(f"sqlite:///{tmp_path}/data/archive.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, empty: Path) -> Iterator[Database]:
    """An archive for all tests of a module, which only read what is put into it once."""
    folder = tmp_path_factory.mktemp("standing") / "data"
    folder.mkdir()
    shutil.copy(empty, folder)
    opened = open_database(f"sqlite:///{folder}/archive.db")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The child that parses, one for all tests that do it no harm."""
    with Sandbox() as opened:
        yield opened


@pytest.fixture
def taking(database: Database, sandbox: Sandbox, tmp_path: Path) -> Taking:
    """What taking in needs, for an empty archive."""
    return Taking(database=database, parsing=sandbox, rules=RULES, config=Settings(data=tmp_path / "data"))


@pytest.fixture
def server() -> Iterator[FeedServer]:
    """A server that answers as it is told to."""
    with FeedServer() as running:
        yield running


def shared(path: str) -> Path:
    """A path below the shared test data; skips the test when the data is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"no test data at ../shared/{path}")
    return found
