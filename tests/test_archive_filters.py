"""What a source's filters let in, what they say of a bad pattern, and what they do to what is stored."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from factories import NOW, TERMS, article, source

from archive.articles import every
from archive.database import Database
from archive.desk import sift
from archive.errors import NotFound, UsageError
from archive.filters import filters_of
from archive.inputs import Input
from archive.model import Document, Reading
from archive.sources import change, settle, sources
from archive.take import EntryLine, take

HALLS = article(guid="1", title="Olympic halls", categories=("Sport", "City"), authors=("Ann Lee",))
MONEY = article(
    guid="2", title="赞助内容", text="Buy this.", categories=("Sponsored",), language="zh", script="Hans"
)


@pytest.mark.parametrize(
    ("reading", "wanted"),
    [
        (Reading(), [HALLS, MONEY]),
        (Reading(drop=("category: ^sponsored$",)), [HALLS]),
        (Reading(keep=("title: 赞助|olympic",)), [HALLS, MONEY]),
        (Reading(keep=("author: ann",)), [HALLS]),
        (Reading(keep=("language: ^zh",)), [MONEY]),
        (Reading(keep=("halls|buy",), drop=("BUY",)), [HALLS]),
        (Reading(drop=("https?://",)), [HALLS, MONEY]),
        (Reading(drop=("category: ^City",)), [MONEY]),
    ],
)
def test_entries_are_kept_and_dropped(reading: Reading, wanted: list[object]) -> None:
    filters = filters_of(reading)
    assert [each for each in (HALLS, MONEY) if filters.against(each) is None] == wanted


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("title: (halls", r"drop filter 2, 'title: \(halls': .* at character 1: missing"),
        ("a|*b", "at character 3: no argument"),
        ("title:", "write FIELD: PATTERN"),
        ("a(?=b)", "at character 2: invalid perl operator"),
    ],
)
def test_a_bad_pattern_is_named_with_its_place(pattern: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        filters_of(Reading(drop=("fine", pattern)))


def test_no_pattern_runs_away() -> None:
    filters = filters_of(Reading(drop=("text: (a+)+$", "text: (a|aa)*c")))
    began = time.monotonic()
    assert filters.against(replace(HALLS, text="a" * 200_000 + "b")) is None
    assert time.monotonic() - began < 2


def take_all(database: Database) -> list[tuple[str, str | None]]:
    """Take in both entries as a feed of the source; what became of each."""
    document = Document(articles=(HALLS, MONEY))
    with database.writing() as transaction:
        of = settle(transaction, source(), NOW)
        of = sources(transaction, [of.id])[of.id]
        lines = take(transaction, Input(name="feed", body=b"x", is_live=True), document, TERMS, source=of)
    return [(line.outcome, line.title) for line in lines if isinstance(line, EntryLine)]


def test_what_a_filter_drops_is_skipped_by_name_and_stored_articles_follow_on_request(
    database: Database,
) -> None:
    assert [outcome for outcome, _ in take_all(database)] == ["new", "new"]
    changed = change(database, "example", ["drop=category: ^Sponsored$"], now=NOW)
    assert take_all(database) == [("unchanged", "Olympic halls"), ("skipped", "赞助内容")]
    with database.writing() as transaction:
        assert sift(transaction, changed, TERMS) == (1, 0)
        assert sift(transaction, changed, TERMS) == (0, 0)
    (gone,) = [each for each in every(database) if each.withdrawn]
    assert (gone.title, gone.text) == ("赞助内容", "Buy this.")
    changed = change(database, "example", ["drop="], now=NOW)
    with database.writing() as transaction:
        assert sift(transaction, changed, TERMS) == (0, 1)


def test_what_is_said_of_a_source_is_checked(database: Database) -> None:
    take_all(database)
    said = ["full_text=yes", "timezone=Asia/Shanghai", "keep=title: a", "keep=title: b", "content=div.text"]
    changed = change(database, "example", said, now=NOW)
    assert sources(database, ["example"])["example"] == changed
    assert (changed.reading.keep, changed.timezone) == (("title: a", "title: b"), "Asia/Shanghai")
    assert change(database, "example", ["full_text=no", "keep="], now=NOW).reading.keep == ()
    for wrong in (
        "full_text=maybe",
        "timezone=Mars/Base",
        "colour=red",
        "keep=(",
        "kind=page",
        "title=",
        "x",
    ):
        with pytest.raises(UsageError):
            change(database, "example", [wrong], now=NOW)
    with pytest.raises(NotFound, match="nobody"):
        change(database, "nobody", ["full_text=yes"], now=NOW)


def test_a_time_without_a_zone_is_one_of_the_source_s(database: Database) -> None:
    take_all(database)
    of = change(database, "example", ["timezone=Asia/Shanghai"], now=NOW)
    entry = article(guid="9", published_raw="2022-04-02 08:30", published=NOW, published_precision="minute")
    with database.writing() as transaction:
        take(transaction, Input(name="f", body=b"y"), Document(articles=(entry,)), TERMS, source=of)
    (stored,) = [each for each in every(database) if each.guid == "9"]
    assert stored.published is not None and stored.published.isoformat() == "2022-04-02T00:30:00+00:00"
