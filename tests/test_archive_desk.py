"""What editors do to articles survives whatever the source says next, and everything said stays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from factories import NOW, TERMS, article, put_all
from web_client import application, ask

from archive.articles import articles, every, named, revisions
from archive.database import Database
from archive.desk import correct, file_by_hand
from archive.errors import UsageError
from archive.export import export
from archive.model import Article
from archive.put import put
from archive.verify import verify

WRONG = article(guid="1", title="Bejing opens", text="A hall.", authors=("Ann",))


def put_one(database: Database, entry: Article) -> tuple[str, Article]:
    """Put an entry; the outcome and the article."""
    with database.writing() as transaction:
        (stored,) = put_all(transaction, entry)
    return stored.outcome, stored.article


def put_right(database: Database, id: str, **said: str) -> Article:
    """Correct an article."""
    with database.writing() as transaction:
        return correct(transaction, id, said, TERMS, reason="misspelt", person="editor")


def test_a_correction_is_a_revision_and_the_source_s_text_does_not_undo_it(database: Database) -> None:
    id = put_one(database, WRONG)[1].id
    right = put_right(database, id, title="Beijing opens", published="2022-04-02")
    assert (right.revision, right.title, right.editor) == (2, "Beijing opens", "editor")
    assert right.published_precision == "day"
    assert put_one(database, WRONG)[0] == "unchanged"

    outcome, newer = put_one(database, replace(WRONG, title="Bejing opens!", text="A larger hall."))
    assert (outcome, newer.title, newer.text) == ("revised", "Beijing opens", "A larger hall.")
    assert [(each.title, each.editor) for each in revisions(database, id)] == [
        ("Bejing opens", None),
        ("Beijing opens", "editor"),
        ("Bejing opens!", None),
        ("Beijing opens", "editor"),
    ]
    assert put_one(database, replace(WRONG, title="Bejing opens!", text="A larger hall."))[0] == "unchanged"
    assert list(verify(database)) == []


def test_an_empty_value_takes_a_correction_back(database: Database) -> None:
    id = put_one(database, WRONG)[1].id
    put_right(database, id, title="Beijing opens", authors='["Bob"]')
    assert put_right(database, id, title="").title == "Bejing opens"
    (now,) = articles(database, [id])
    assert (now.authors, [each.field for each in now.corrections]) == (("Bob",), ["authors"])
    assert put_one(database, WRONG)[0] == "unchanged"


def test_a_corrected_text_and_language_hold(database: Database) -> None:
    id = put_one(database, WRONG)[1].id
    right = put_right(
        database, id, text="北京的新场馆开放。", html="<p>北京的新场馆开放。</p>", language="zh"
    )
    assert (right.language, right.text) == ("zh", "北京的新场馆开放。")
    assert put_one(database, replace(WRONG, text="Another text."))[1].text == "北京的新场馆开放。"


def test_another_source_is_shown_and_the_first_still_revises(database: Database) -> None:
    put_one(database, article(guid="x"))
    with database.writing() as transaction:
        put_all(transaction, article(guid="other"), source_id="paper")
    id = put_one(database, WRONG)[1].id
    assert put_right(database, id, source="paper").source == "paper"
    outcome, newer = put_one(database, replace(WRONG, text="More."))
    assert (outcome, newer.id, newer.source) == ("revised", id, "paper")


@pytest.mark.parametrize(
    "said", [{"published": "02/03/2022"}, {"language": "us"}, {"source": "nobody"}, {"colour": "red"}]
)
def test_a_value_without_sense_is_refused_by_name(database: Database, said: dict[str, str]) -> None:
    id = put_one(database, WRONG)[1].id
    with pytest.raises(UsageError, match=next(iter(said))):
        put_right(database, id, **said)
    assert articles(database, [id])[0].revision == 1


def test_topics_by_hand_overrule_the_rule_for_good(database: Database) -> None:
    id = put_one(database, article(guid="1", title="Olympic halls"))[1].id
    with database.writing() as transaction:
        assert file_by_hand(transaction, [id], TERMS, add=["education"], person="editor") == 1
        assert file_by_hand(transaction, [id], TERMS, drop=["olympics"], person="editor") == 1
        assert file_by_hand(transaction, [id], TERMS, drop=["olympics"], person="editor") == 0
        with pytest.raises(UsageError, match="no such topic"):
            file_by_hand(transaction, [id], TERMS, add=["sprot"], person="editor")
    assert named(database, id).topics == ("education",)
    assert put_one(database, article(guid="1", title="Olympic halls open"))[1].topics == ("education",)


def test_topics_that_an_entry_states_are_added(database: Database) -> None:
    entry = article(guid="1", title="Olympic halls", topics=("education", "unknown"))
    id = put_one(database, entry)[1].id
    assert set(named(database, id).topics) == {"olympics", "education"}
    put_one(database, replace(entry, topics=()))
    assert set(named(database, id).topics) == {"olympics", "education"}


def test_a_text_that_changes_at_every_fetch_gets_a_revision_a_day(database: Database) -> None:
    for n in range(60):
        put_one(database, replace(WRONG, text=f"Seen {n} times."))
    id = put_one(database, WRONG)[1].id
    kept = len(revisions(database, id))
    assert kept == 24
    with database.writing() as transaction:
        entry = replace(WRONG, source="example", text="An edit that stays.")
        (stored,) = put(transaction, (entry,), replace(TERMS, now=NOW + timedelta(days=1)))
    assert (stored.outcome, stored.article.revision) == ("revised", 25)


def test_a_correction_is_shown_with_what_the_source_says(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, WRONG)
    (one,) = every(database)
    put_right(database, one.id, title="Beijing <opens>")
    text = ask(app, one.address).text
    assert "<h1" in text and "Beijing &lt;opens&gt;" in text
    assert "Corrected here" in text and "misspelt" in text and "The source says: Bejing opens" in text
    assert "本站更正" in ask(app, f"{one.address}?ui=zh").text
    record = json.loads(next(export(database, base_url="https://archive.example")))
    assert (record["editor"], record["corrections"][0]["field"]) == ("editor", "title")
