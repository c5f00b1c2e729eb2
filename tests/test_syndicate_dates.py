"""A date is told as far as its source states it, on pages, in citations and in feeds."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from factories import NOW, article
from test_syndicate_formats import EVERY, entries, feed_of, stored
from web_client import application, ask

from archive.database import Database
from archive.model import moment
from syndicate.formats import FORMATS
from syndicate.guard import Application

MONTH = moment("2020-12-01T00:00:00Z")


@pytest.fixture(scope="module")
def app(standing: Database) -> Application:
    """An article without a date, one of a month, and one of a year."""
    return application(
        standing,
        standing.folder.parent,
        article(guid="none", title="Undated news"),
        article(guid="month", title="News of a month", published=MONTH, published_precision="month"),
        article(guid="year", title="一年的新闻", language="zh", published=MONTH, published_precision="year"),
    )


def page_of(app: Application, database: Database, guid: str, ui: str = "en") -> str:
    """The page of an article."""
    (row,) = database.read("SELECT address FROM article WHERE guid = :guid", guid=guid)
    return ask(app, f"{row['address']}?ui={ui}").text


def test_the_page_of_an_undated_article_says_when_it_came_and_no_more(
    app: Application, standing: Database
) -> None:
    shown = page_of(app, standing, "none")
    assert "No date; archived 24 November 2026" in shown and "“Undated news.” Example, no date. " in shown
    assert "(n.d.)" in shown and "<time" not in shown
    assert "无日期；2026年11月24日存档" in page_of(app, standing, "none", "zh")


def test_the_page_of_an_article_says_no_more_of_its_date_than_is_known(
    app: Application, standing: Database
) -> None:
    shown = page_of(app, standing, "month")
    assert '<time datetime="2020-12">December 2020</time>' in shown and "1 December" not in shown
    assert "Example, December 2020. " in shown and "(2020, December)" in shown
    shown = page_of(app, standing, "year", "zh")
    assert '<time datetime="2020">2020年</time>' in shown and "，2020年。" in shown and "12月" not in shown


def test_lists_say_so_beside_the_day_that_they_stand_under(app: Application) -> None:
    shown = ask(app, "/?ui=en").text
    assert shown.count('<span class="when">no date</span>') == 1
    assert (
        '<time datetime="2020-12">Dec 2020</time>' in shown and '<time datetime="2020">2020</time>' in shown
    )
    found = ask(app, "/search?q=news&ui=en").text
    assert "no date" in found and "Dec 2020" in found and "24 Nov" not in found and "1 Dec" not in found


@pytest.mark.parametrize(
    ("format", "word"), [("atom", b"published"), ("rss", b"pubDate"), ("json", b"date_p")]
)
def test_what_its_source_does_not_date_is_not_said_to_be_published(format: str, word: bytes) -> None:
    assert word not in FORMATS[format].render(feed_of(stored()))
    assert word in FORMATS[format].render(feed_of(stored(published=NOW)))


def test_json_says_how_far_a_date_is_known() -> None:
    month = stored(published=NOW, published_precision="month")
    (entry,) = entries("json", feed_of(month))
    assert entry["_archive"]["published_precision"] == "month"
    (entry,) = entries("json", feed_of(stored()))
    assert entry["_archive"]["published_precision"] is None


@pytest.mark.parametrize("format", EVERY)
def test_a_time_of_the_future_is_that_of_its_coming(format: str) -> None:
    (entry,) = entries(format, feed_of(stored(published=NOW + timedelta(days=300))))
    said = entry["date_published" if format == "json" else "published"]
    assert (parsedate_to_datetime if format == "rss" else moment)(said) == NOW
