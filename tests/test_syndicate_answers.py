"""A search says the same of what it finds on its page, in its feeds and on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import feedparser
import pytest
from factories import NOW, article, put_all
from web_client import application, ask

from archive.database import Database
from archive.pairs import record
from index import open_index
from syndicate.addresses import NAMES
from syndicate.answers import answer
from syndicate.guard import Application

NOTICE = "One article has all of the words; 3 with most of them follow."
PARTLY = "1 article with all of the words; 3 articles with most of them follow."


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    """Two stories on visas in both languages and one in Chinese alone; flood relief, and floods without."""
    entries = [
        article(guid="en1", title="Visa rules", text="Apply for a visa online."),
        article(guid="en2", title="Visa centre opens", text="A visa is made there."),
        *(
            article(guid=f"zh{n}", title=f"签证新规{n}", text="可以申请签证。", language="zh")
            for n in (1, 2, 3)
        ),
        article(guid="relief", title="Flood relief", text="Tents came."),
        *(article(guid=f"other{n}", title=f"Bread {n}", text="Flour is cheap.") for n in range(40)),
        *(article(guid=f"flood{n}", title=f"The flood {n}", text="Tents came.") for n in range(3)),
    ]
    with database.writing() as transaction:
        put_all(transaction, *entries)
        ids = {row["guid"]: row["id"] for row in transaction.read("SELECT guid, id FROM article")}
        for n in (1, 2):
            record(transaction, ids[f"en{n}"], ids[f"zh{n}"], state="stated", how="test", now=NOW)
    return application(database, tmp_path)


def told(database: Database, folder: Path, **asked: str) -> dict[str, Any]:
    """What the command line prints for programs."""
    params = {name: [value] for name, value in asked.items()}
    index = open_index(folder / "index")
    return answer(database, index, params, base_url="https://archive.example")


def feed(app: Application, **asked: str) -> Any:
    """The JSON Feed of a search."""
    ordered = {name: asked[name] for name in NAMES.split() if name in asked}
    return json.loads(ask(app, f"/search.json?{urlencode(ordered, quote_via=quote)}").text)


@pytest.mark.parametrize(
    ("query", "total", "across", "heading"),
    [("visa", 2, 3, "2 articles in 2 stories"), ("签证", 3, 2, "3 articles in 3 stories")],
)
def test_stories_are_counted_alike_everywhere(
    app: Application, database: Database, tmp_path: Path, query: str, total: int, across: int, heading: str
) -> None:
    # Repeats of what is found in translation were taken from the total, which it is not part of.
    page = ask(app, f"/search?q={quote(query)}&lang=both&ui=en").text
    assert heading in page and f"{across} articles more found in translation." in page
    assert page.count("<article>") == 3
    facts = feed(app, q=query, lang="both")
    known = facts["_archive"]
    assert (known["total"], known["across"], known["stories"]) == (total, across, total)
    assert len(facts["items"]) == 3
    found = told(database, tmp_path, q=query, lang="both")
    assert (found["total"], found["across"], found["stories"]) == (total, across, total)
    assert len(found["hits"]) == 3
    assert found["facets"] == known["facets"] | {"year": known["years"]}
    assert "stories" not in told(database, tmp_path, q=query)
    assert {each["value"]: each["count"] for each in found["facets"]["language"]} == {"en": 2, "zh": 3}


def test_parts_of_a_search_for_stories_have_as_many_as_were_asked_for(app: Application) -> None:
    for sort in ("rel", "new", "old"):
        assert len(feed(app, q="visa", lang="both", sort=sort, n="2")["items"]) == 2
    assert 'rel="next"' in ask(app, "/search?q=visa&lang=both&n=2").text
    assert 'rel="next"' not in ask(app, "/search?q=visa&lang=both&page=2&n=2").text


def test_only_stories_in_both_languages_are_found_on_the_command_line_too(
    app: Application, database: Database, tmp_path: Path
) -> None:
    assert told(database, tmp_path, q="签证", paired="1")["total"] == 2


def test_stories_that_have_some_of_the_words_follow(app: Application) -> None:
    # Searches for stories left out all that has not all words.
    page = ask(app, "/search?q=flood%20relief%20tents&lang=both&ui=en").text
    assert page.count("<article>") == 4 and PARTLY in page


def test_programs_are_told_what_has_only_some_of_the_words(
    app: Application, database: Database, tmp_path: Path
) -> None:
    whole = feed(app, q="flood", sort="rel")
    assert {item["_archive"]["has"] for item in whole["items"]} == {"all"}
    found = feed(app, q="flood relief tents", sort="rel")
    known = found["_archive"]
    assert (known["total"], known["more"], known["note"]) == (1, 3, NOTICE)
    assert [item["_archive"]["has"] for item in found["items"]] == ["all", "some", "some", "some"]
    assert found["description"].endswith(PARTLY)
    assert feed(app, q="flood relief tents", sort="rel", ui="zh")["description"].endswith(
        "含全部词语的有1篇文章，其后是含大部分词语的3篇文章。"
    )
    found = told(database, tmp_path, q="flood relief tents")
    assert [hit["has"] for hit in found["hits"]] == ["all", "some", "some", "some"]
    assert (found["more"], found["note"]) == (3, NOTICE)


def test_what_is_found_in_translation_says_through_which_words(app: Application) -> None:
    items = feed(app, q="visa", sort="rel")["items"]
    through = {item["language"]: item["_archive"]["through"] for item in items}
    assert through == {"en": [], "zh": ["签证"]}
    stories = feed(app, q="visa", sort="rel", lang="both")["items"]
    assert {item["_archive"]["has"] for item in stories} == {"all"} and len(stories) == 3


@pytest.mark.parametrize("format", ["atom", "rss"])
def test_other_feeds_say_in_their_description_what_has_only_some(app: Application, format: str) -> None:
    asked = urlencode({"q": "flood relief tents", "sort": "rel"}, quote_via=quote)
    found = feedparser.parse(ask(app, f"/search.{format}?{asked}").body)
    assert len(found.entries) == 4 and found.feed.subtitle.endswith(PARTLY)


def test_whole_lists_hold_what_has_all_of_the_words(app: Application) -> None:
    asked = urlencode({"q": "flood relief tents", "sort": "rel"}, quote_via=quote)
    assert len(ask(app, f"/search.jsonl?{asked}").text.splitlines()) == 1


def test_a_list_without_words_marks_nothing(app: Application) -> None:
    item = json.loads(ask(app, "/latest.json?sort=old").text)["items"][0]
    assert not {"has", "through"} & set(item["_archive"])
