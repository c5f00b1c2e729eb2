"""What a person says of a source's rights binds everything that was kept, at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories import NOW, article, put_all
from web_client import application, ask

from archive import changes
from archive.database import Database, open_database
from archive.sources import change
from archive.verify import verify
from index import differences, follow

SECRET = "A sentence that its publisher sells."
TEXT = f"What everybody may read. {'It is long enough for a summary. ' * 20}{SECRET}"
FEEDS = ["/latest.atom", "/latest.rss", "/latest.json", "/source/example.atom", "/topic/olympics.atom"]
FEEDS += ["/search.atom?q=olympic", "/latest.json?n=9"]


@pytest.fixture
def elsewhere(database: Database, tmp_path: Path) -> Database:
    """The same archive, as a command in another process has it."""
    with database.writing() as transaction:
        put_all(transaction, article(guid="1", title="Olympic halls", text=TEXT, authors=("Ann",)))
        put_all(transaction, article(guid="2", title="Olympic roads", text="Another."), source_id="other")
    return open_database(f"sqlite:///{tmp_path}/data/archive.db")


def test_what_was_kept_of_a_source_obeys_its_new_rule(
    database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    app = application(database, tmp_path)
    assert all(SECRET in ask(app, path).text for path in FEEDS)
    change(elsewhere, "example", ["republish=summary"], now=NOW)
    assert not any(SECRET in ask(app, path).text for path in FEEDS)
    change(elsewhere, "example", ["republish=none"], now=NOW)
    for path in (*FEEDS, "/", "/search?q=olympic"):
        assert "halls" not in ask(app, path).text
        assert ("roads" in ask(app, path).text) == ("example" not in path)
    change(elsewhere, "example", ["republish="], now=NOW)
    assert all(SECRET in ask(app, path).text for path in FEEDS if "search" not in path)


def test_the_index_learns_of_it(database: Database, elsewhere: Database, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    follow(database, folder)
    for rule in ("none", "full"):
        assert change(elsewhere, "example", [f"republish={rule}"], now=NOW).republish == rule
        assert follow(database, folder) == 1
        assert list(differences(database, folder)) == []
    assert list(verify(database)) == []


def test_what_shows_nowhere_touches_nothing(elsewhere: Database) -> None:
    before = changes.last(elsewhere)
    change(elsewhere, "example", ["timezone=Asia/Shanghai", "full_text=yes"], now=NOW)
    change(elsewhere, "example", ["republish="], now=NOW)
    assert changes.last(elsewhere) == before
    change(elsewhere, "example", ["licence=CC BY 4.0"], now=NOW)
    assert [line.kind for line in changes.after(elsewhere, before)] == ["touch"]
