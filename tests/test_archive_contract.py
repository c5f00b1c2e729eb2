"""What the subject modules promise on every database: identity, revisions, the log, topics, lists."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from factories import NOW, RULES, TERMS, TOPICS, article, put_all, source

from archive import changes, lists, tally, topics, walk
from archive.articles import articles, every, is_public, named, restore, revisions, withdraw
from archive.database import Database, open_database
from archive.embargo import release
from archive.errors import ArchiveError, Busy, NotFound
from archive.live import live
from archive.model import Selection
from archive.put import Terms, put
from archive.rules import compile_rules
from archive.sources import add, settle
from archive.verify import verify

EVERYTHING = Selection()


def test_put_twice_changes_nothing(database: Database) -> None:
    entry = article(guid="1", url="https://e.example/1")
    with database.writing() as transaction:
        (first,) = put_all(transaction, entry)
    with database.writing() as transaction:
        (second,) = put_all(transaction, entry)
    assert (first.outcome, second.outcome) == ("new", "unchanged")
    assert first.article.id == second.article.id
    assert changes.last(database) == 1
    assert [one.revision for one in revisions(database, first.article.id)] == [1]


def test_a_changed_word_is_a_revision_and_white_space_is_none(database: Database) -> None:
    outcomes = []
    for text in ("Some text.", "Some  text. ", "Some other text.", "Some text."):
        with database.writing() as transaction:
            outcomes += [stored.outcome for stored in put_all(transaction, article(guid="1", text=text))]
    assert outcomes == ["new", "unchanged", "revised", "revised"]
    (one,) = every(database)
    assert [each.text for each in revisions(database, one.id)] == [
        "Some text.",
        "Some other text.",
        "Some text.",
    ]


def test_stored_bytes_are_never_changed_or_deleted(database: Database) -> None:
    with database.writing() as transaction:
        put_all(transaction, article(guid="1"))
    for statement in (
        "UPDATE revision SET title = 'x'",
        "DELETE FROM revision",
        "DELETE FROM change",
        "UPDATE change SET kind = 'touch'",
    ):
        with pytest.raises(ArchiveError, match="never changed"), database.writing() as transaction:
            transaction.run(statement)
    assert list(verify(database)) == []


def test_changed_guids_are_the_same_articles(database: Database) -> None:
    entries = [article(guid=f"g{n}", url=f"https://e.example/{n}", title=f"Title {n}") for n in range(5)]
    with database.writing() as transaction:
        before = put_all(transaction, *entries)
    with database.writing() as transaction:
        after = put_all(transaction, *(replace(entry, guid=f"new-{entry.guid}") for entry in entries))
    assert {one.outcome for one in after} == {"unchanged"}
    assert [one.article.id for one in after] == [one.article.id for one in before]


STORIES = (
    "Rain over the northern hills",
    "A library opens at night",
    "Trade talks end in June",
    "冬奥会场馆开放",
)


@pytest.mark.parametrize("reverse", [False, True])
def test_stories_under_one_guid_are_articles_of_their_own(database: Database, reverse: bool) -> None:
    entries = [
        article(
            guid="same", url=f"https://e.example/{n}", title=title, text=f"{title} is what this tells of."
        )
        for n, title in enumerate(STORIES)
    ]
    with database.writing() as transaction:
        first = put_all(transaction, *entries)
    assert len({one.article.id for one in first}) == len(STORIES)
    again = entries[::-1] if reverse else entries[1:]
    with database.writing() as transaction:
        second = put_all(transaction, *again)
    assert {one.outcome for one in second} == {"unchanged"}
    assert len(list(every(database))) == len(STORIES)


def test_stories_under_one_address_without_guid(database: Database) -> None:
    entries = [article(url="https://e.example/", title=title, text=f"{title}, in full.") for title in STORIES]
    for _ in range(2):
        with database.writing() as transaction:
            stored = put_all(transaction, *entries)
        assert len({one.article.id for one in stored}) == len(STORIES)
    assert {one.outcome for one in stored} == {"unchanged"}


def test_a_guid_reused_for_another_story_keeps_both(database: Database) -> None:
    old = article(
        guid="1", url="https://e.example/a", title=STORIES[0], text="It rained all day in the hills."
    )
    new = article(
        guid="1", url="https://e.example/b", title=STORIES[2], text="Ministers left without a deal."
    )
    with database.writing() as transaction:
        put_all(transaction, old)
    with database.writing() as transaction:
        (stored,) = put_all(transaction, new)
    assert stored.outcome == "new"
    assert {one.title for one in every(database)} == {old.title, new.title}


def test_another_source_cannot_overwrite(database: Database) -> None:
    with database.writing() as transaction:
        (mine,) = put_all(transaction, article(guid="1", title="Mine"))
        (theirs,) = put_all(transaction, article(guid="1", title="Theirs"), source_id="other")
    assert mine.article.id != theirs.article.id
    assert {one.title for one in every(database)} == {"Mine", "Theirs"}


def test_a_story_named_twice_in_a_document_is_one_article(database: Database) -> None:
    entry = article(guid="1", url="https://e.example/1")
    with database.writing() as transaction:
        stored = put_all(transaction, entry, entry)
    assert [one.outcome for one in stored] == ["new", "unchanged"]
    assert len(list(every(database))) == 1


def test_a_moved_address_is_shown_without_a_revision(database: Database) -> None:
    for address in ("https://e.example/old?utm_source=x", "https://e.example/old", "https://e.example/new"):
        with database.writing() as transaction:
            (stored,) = put_all(transaction, article(guid="1", url=address))
    assert (stored.article.url, stored.article.revision) == ("https://e.example/new", 1)
    assert [change.kind for change in changes.after(database, 0)] == ["put", "touch"]


def test_new_articles_are_numbered_from_the_oldest(database: Database) -> None:
    entries = [article(guid=str(n), title=f"Day {n}", published=NOW - timedelta(days=n)) for n in (1, 3, 2)]
    with database.writing() as transaction:
        put_all(transaction, *entries)
    assert [one.title for one in lists.newest(database, EVERYTHING, 9)] == ["Day 1", "Day 2", "Day 3"]


def test_withdraw_and_restore_leave_the_text(database: Database) -> None:
    with database.writing() as transaction:
        (stored,) = put_all(transaction, article(guid="1"))
    id = stored.article.id
    assert withdraw(database, [id], reason="an error", person="editor", now=NOW) == [id]
    assert withdraw(database, [id], reason="again", person="editor", now=NOW) == []
    (gone,) = articles(database, [id])
    assert gone.withdrawn and gone.withdrawn.reason == "an error" and gone.text and not is_public(gone)
    assert tally.total(database, EVERYTHING) == 0
    assert [one.id for one in live(database, EVERYTHING, newest=9, changed=9)] == [id]
    assert restore(database, [id], person="editor", now=NOW) == [id]
    assert [one.number for one in lists.newest(database, EVERYTHING, 9)] == [1]
    assert [change.kind for change in changes.after(database, 0)] == ["put", "withdraw", "restore"]
    assert list(verify(database)) == []


def test_an_embargo_hides_until_it_ends(database: Database) -> None:
    with database.writing() as transaction:
        put_all(
            transaction, article(guid="1", embargo=NOW + timedelta(days=1)), article(guid="2", title="Free")
        )
    assert [one.title for one in lists.newest(database, EVERYTHING, 9)] == ["Free"]
    assert release(database, NOW) == []
    assert len(release(database, NOW + timedelta(days=1))) == 1
    assert [one.number for one in lists.newest(database, EVERYTHING, 9)] == [2, 1]


def test_a_changed_rule_moves_articles_without_a_revision(database: Database) -> None:
    with database.writing() as transaction:
        put_all(
            transaction, article(guid="1", title="Winter Olympics close"), article(guid="2", title="Rain")
        )
    topics.fill(database, RULES, NOW)
    assert [one.title for one in lists.newest(database, Selection(topics=("olympics",)), 9)] == [
        "Winter Olympics close"
    ]
    before, version = changes.last(database), lists.version(database, Selection(topics=("olympics",)))
    other = compile_rules((replace(TOPICS[0], words=("rain",)), TOPICS[1]))
    assert topics.fill(database, other, NOW) == 2
    assert topics.fill(database, other, NOW) == 0
    assert [one.title for one in lists.newest(database, Selection(topics=("olympics",)), 9)] == ["Rain"]
    assert [change.kind for change in changes.after(database, before)] == ["touch", "touch"]
    assert lists.version(database, Selection(topics=("olympics",))) > version
    assert {one.revision for one in every(database)} == {1}


def test_pages_show_each_article_once(database: Database) -> None:
    with database.writing() as transaction:
        put_all(
            transaction,
            *(
                article(guid=str(n), title=f"T{n}", published=NOW - timedelta(hours=n // 3))
                for n in range(25)
            ),
        )
    seen: list[str] = []
    before = ""
    while True:
        page = walk.page(database, EVERYTHING, n=4, before=before)
        seen += [one.id for one in page.articles]
        if page.older is None:
            break
        before = page.older
    assert len(seen) == len(set(seen)) == 25


def test_selections_and_facets(database: Database) -> None:
    with database.writing() as transaction:
        put_all(
            transaction,
            article(guid="1", title="Olympics", authors=("Ann",), published=NOW - timedelta(days=400)),
            article(guid="2", title="奥运学校", language="zh", script="Hans", authors=("Ann", "Bo")),
        )
        put_all(transaction, article(guid="3", title="School"), source_id="other")

    def titles(**fields: object) -> set[str]:
        return {one.title for one in lists.newest(database, Selection(**fields), 9)}  # type: ignore[arg-type]

    assert titles(topics=("olympics",)) == {"Olympics", "奥运学校"}
    assert titles(topics=("olympics", "education")) == {"Olympics", "奥运学校", "School"}
    assert titles(topics=("education",), without=("olympics",)) == {"School"}
    assert titles(source="other") == {"School"}
    assert titles(by="Ann", language="zh") == {"奥运学校"}
    assert titles(since=NOW.date()) == {"奥运学校", "School"}
    assert titles(until=NOW.date() - timedelta(days=1)) == {"Olympics"}
    facets = tally.facets(database, EVERYTHING)
    assert dict(facets["language"]) == {"en": 2, "zh": 1}
    assert dict(facets["by"]) == {"Ann": 2, "Bo": 1}
    assert dict(facets["topic"]) == {"olympics": 2, "education": 2}


def test_articles_are_named_by_id_address_or_eight_characters(database: Database) -> None:
    with database.writing() as transaction:
        (stored,) = put_all(transaction, article(guid="1"))
    one = stored.article
    for name in (one.id, one.address, f"https://news.example{one.address}?ui=zh", one.address[-8:]):
        assert named(database, name).id == one.id
    with pytest.raises(NotFound, match="no article"):
        named(database, "00000000")


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as transaction:
        put_all(transaction, article(guid="1"))
        raise RuntimeError
    assert changes.last(database) == 0 and list(every(database)) == []


def test_two_interleaved_writers_number_in_commit_order(database: Database) -> None:
    other = open_database(f"sqlite:///{database.folder}/archive.db")

    def write(into: Database, name: str) -> None:
        for n in range(20):
            with into.writing() as transaction:
                put_all(transaction, article(guid=f"{name}{n}", title=f"{name} {n}"), source_id=name)

    threads = [threading.Thread(target=write, args=pair) for pair in ((database, "one"), (other, "two"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    log = changes.after(database, 0)
    assert [change.seq for change in log] == list(range(1, 41))
    assert sorted(one.number or 0 for one in every(database)) == list(range(1, 41))
    assert list(verify(database)) == []


WRITER = """
import sys
from factories import article, put_all
from archive.database import open_database
database = open_database(sys.argv[1])
for n in range(15):
    with database.writing() as transaction:
        put_all(transaction, article(guid=str(n), title=f"Title {n}"))
database.close()
"""


def test_two_processes_put_the_same_feed_once(database: Database) -> None:
    root = Path(__file__).parents[1]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, f"sqlite:///{database.folder}/archive.db"],
            cwd=root,
            env={"PYTHONPATH": f"{root}:{root}/tests"},
        )
        for _ in range(2)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert len(list(every(database))) == 15 and changes.last(database) == 15
    assert list(verify(database)) == []


def test_a_lock_is_held_by_one(database: Database) -> None:
    with database.locked("index"):
        with pytest.raises(Busy, match=r"index\.lock"), database.locked("index"):
            pass
        with database.locked("refresh"):
            pass
    with database.locked("index"):
        pass


def test_changed_moves_with_every_commit(database: Database) -> None:
    before = database.changed()
    assert database.changed() == before
    with database.writing() as transaction:
        settle(transaction, source(), NOW)
    assert database.changed() != before


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"not a database at all, but long enough to be looked at" * 20)
    with pytest.raises(ArchiveError, match=r"archive\.db"):
        open_database(f"sqlite:///{tmp_path}/archive.db")


def test_days_follow_the_zone_of_the_site(database: Database) -> None:
    late = article(guid="1", published=NOW.replace(hour=20), published_precision="second")
    dated = article(guid="2", title="Dated", published=NOW.replace(hour=0), published_precision="day")
    terms = Terms(rules=RULES, zone=ZoneInfo("Asia/Shanghai"), now=NOW + timedelta(days=2))
    with database.writing() as transaction:
        settle(transaction, source(), NOW)
        stored = put(transaction, tuple(replace(one, source="example") for one in (late, dated)), terms)
    assert [one.article.address[:14] for one in stored] == ["/a/2026/11/25/", "/a/2026/11/24/"]


def test_days_follow_each_other_in_every_zone(database: Database) -> None:
    midnight = NOW.replace(hour=0)
    entries = (
        article(
            guid="1",
            title="Evening before",
            published=midnight + timedelta(hours=2),
            published_precision="second",
        ),
        article(guid="2", title="The day", published=midnight, published_precision="day"),
        article(
            guid="3", title="Evening", published=midnight + timedelta(hours=26), published_precision="second"
        ),
    )
    terms = replace(TERMS, zone=ZoneInfo("America/New_York"), now=NOW + timedelta(days=9))
    with database.writing() as transaction:
        settle(transaction, source(), NOW)
        put(transaction, tuple(replace(one, source="example") for one in entries), terms)
    shown = [(one.title, str(one.day)) for one in walk.page(database, EVERYTHING, n=9).articles]
    assert shown == [("Evening", "2026-11-24"), ("The day", "2026-11-24"), ("Evening before", "2026-11-23")]


def test_a_password_in_an_address_is_used_and_never_shown(database: Database) -> None:
    added = add(database, "https://reader:secret@e.example/feed", id=None, now=NOW)
    assert added.url == "https://reader:secret@e.example/feed"
    assert (added.id, added.title) == ("e-example-feed", "https://e.example/feed")
    assert add(database, "http://e.example/feed", id=None, now=NOW).id == added.id
