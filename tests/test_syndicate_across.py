"""What pages and feeds say of articles that a search finds in translation."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from factories import article
from web_client import application, ask

from archive.database import Database
from syndicate.guard import Application


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    """An article on visas in each language."""
    return application(
        database,
        tmp_path,
        article(guid="1", title="Visa rules", text="Apply for a visa online."),
        article(guid="2", title="签证新规", text="外国人可以在网上申请签证。", language="zh"),
    )


def test_a_page_says_what_was_searched_and_found_in_translation(app: Application) -> None:
    text = ask(app, "/search?q=visa&ui=en").text
    assert "1 article" in text and "1 article more found in translation." in text
    assert '<b lang="zh-Hans">签证</b>' in text and "exact=1" in text
    assert '<span class="through">' in text and "<mark" in text.partition("新规")[0]
    only = ask(app, "/search?q=visa&exact=1").text
    assert "签证" not in only


def test_a_feed_of_a_search_holds_both_languages_and_says_so(app: Application) -> None:
    feed = json.loads(ask(app, f"/search.json?q={quote('签证')}&ui=en").text)
    assert "in translation: visa" in feed["title"]
    assert {item["title"] for item in feed["items"]} == {"Visa rules", "签证新规"}
    assert (feed["_archive"]["total"], feed["_archive"]["across"]) == (1, 1)
    exact = json.loads(ask(app, f"/search.json?q={quote('签证')}&exact=1").text)
    assert "visa" not in exact["title"] and len(exact["items"]) == 1
