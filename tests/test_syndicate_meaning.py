"""What readers see of articles found by their meaning, and the thread that keeps up with the log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import meanings
import pytest
from factories import TOPICS, article, put_all
from web_client import SITE, ask

from archive.database import Database
from archive.errors import Busy
from archive.settings import SearchSettings, Settings
from index import follow
from index.engine import Index, Results
from index.meaning import Meaning
from index.sentence_follow import fill
from syndicate.answers import answer
from syndicate.guard import Application
from syndicate.parts import Parts
from syndicate.search_page import said
from syndicate.strings import Words
from syndicate.web import make_app
from syndicate.worker import keep_filling

QUESTION = "what did the quake do to the north"
ASKED = "/search?q=what+did+the+quake+do+to+the+north"
ENTRIES = (
    article(guid="1", title="北方发生强烈地震", text="没有人员伤亡。", language="zh"),
    article(guid="2", title="The school opens", text="All the pupils are there."),
)


@pytest.fixture
def index(database: Database, tmp_path: Path) -> Index:
    """The index of an archive with ENTRIES, and their vectors."""
    with database.writing() as transaction:
        put_all(transaction, *ENTRIES)
    follow(database, tmp_path / "index")
    encoder = meanings.encoder()
    fill(database, tmp_path / "vectors", encoder)
    return meanings.meaning_alone(tmp_path, Meaning(tmp_path / "vectors", encoder, patience=10))


@pytest.fixture
def app(database: Database, index: Index, tmp_path: Path) -> Application:
    """The web on them."""
    return make_app(
        database=database, index=index, settings=Settings(data=tmp_path, site=SITE, topics=TOPICS)
    )


@pytest.mark.parametrize(
    ("ui", "label", "note"),
    [("en", "found by meaning", "By meaning, in other words"), ("zh", "按意思找到", "按意思找到的还有1篇")],
)
def test_the_page_says_what_only_its_meaning_found(app: Application, ui: str, label: str, note: str) -> None:
    page = ask(app, f"{ASKED}&ui={ui}").text
    assert f'<span class="tag">{label}</span>' in page and note in page
    assert "北方发生强烈地震" in page and "exact=1" in page and "something like it" not in page


@pytest.mark.parametrize(("words", "meant"), [(("斑马",), 1), (("斑马",), 0), ((), 1)])
def test_only_these_words_is_offered_once(words: tuple[str, ...], meant: int) -> None:
    told = said(
        Results(total=0, also_searched=words, meant=meant),
        Words(language="en", zone=ZoneInfo("UTC")),
        "/only",
    )
    assert told.count('href="/only"') == 1


def test_one_click_leaves_it_out_and_words_are_not_marked(app: Application) -> None:
    assert "found by meaning" not in ask(app, f"{ASKED}&exact=1").text
    assert "found by meaning" not in ask(app, "/search?q=school").text
    assert "found by meaning" not in ask(app, "/latest").text


def test_programs_are_told_and_feeds_hold_what_has_the_words(
    app: Application, database: Database, index: Index
) -> None:
    found = answer(database, index, {"q": [QUESTION]}, base_url="https://archive.example")
    assert found["total"] == 0 and "One more says something like it" in str(found["note"])
    said = {hit["title"]: hit["by_meaning"] for hit in found["hits"]}
    assert said == {"北方发生强烈地震": True, "The school opens": False}
    for suffix in (".atom", ".json"):
        assert "地震" not in ask(app, ASKED.replace("?", f"{suffix}?")).text
        assert "地震" not in ask(app, ASKED.replace("?", f"{suffix}?") + "&sort=rel").text


def test_monitors_see_how_far_the_vectors_are(app: Application, database: Database) -> None:
    assert "syndicate_vectors_behind 0.0" in ask(app, "/metrics").text
    with database.writing() as transaction:
        put_all(transaction, article(guid="3", title="Rain"))
    assert "syndicate_vectors_behind 1.0" in ask(app, "/metrics").text


def test_turned_off_there_are_none(database: Database, tmp_path: Path) -> None:
    parts = Parts(settings=Settings(data=tmp_path, search=SearchSettings(vectors=False)))
    assert not parts.has_vectors() and parts.fill(database) == 0
    assert parts.vectors_status(database) == {"vectors": "off"} and not (tmp_path / "vectors").exists()


def test_filling_goes_on_after_trouble_and_again_when_something_was_committed(database: Database) -> None:
    stop, calls = threading.Event(), []

    def fill(stopped: Callable[[], bool]) -> int:
        calls.append(stopped())
        if len(calls) == 1:
            raise Busy("another process")
        return int(len(calls) == 2)

    thread = threading.Thread(target=keep_filling, args=(database, fill, stop, 0.01, 0.01))
    thread.start()
    wait_until(lambda: len(calls) == 3)
    time.sleep(0.1)
    assert len(calls) == 3
    with database.writing() as transaction:
        put_all(transaction, article(guid="4", title="Rain"))
    wait_until(lambda: len(calls) > 3)
    stop.set()
    thread.join()
    assert not any(calls)


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait a few seconds at most."""
    until = time.monotonic() + 10
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    assert holds()
