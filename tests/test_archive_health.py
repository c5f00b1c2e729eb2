"""The health of sources: one word for each, a sentence for what is wrong, and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from factories import NOW, article, put_all

from archive.database import Database
from archive.errors import NotFound
from archive.health import Health, condition, examined, line, told
from archive.polls import Poll, remember
from archive.sources import add

POLL = Poll(source="a", url="https://me:secret@e.example/a", due=NOW + timedelta(minutes=30))
WELL = replace(POLL, polled=NOW, succeeded=NOW, changed=NOW, result="ok")
FAILED = replace(WELL, failures=3, result="failed", detail="the server answered 500; it is asked again later")


@pytest.mark.parametrize(
    ("poll", "expected"),
    [
        (POLL, "new"),
        (WELL, "well"),
        (replace(WELL, result="warning"), "warning"),
        (replace(WELL, changed=NOW - timedelta(days=40)), "quiet"),
        (replace(WELL, rival="b", moved_to="https://e.example/b"), "doubled"),
        (replace(WELL, due=NOW - timedelta(days=2)), "late"),
        (FAILED, "failing"),
        (replace(FAILED, result="not_a_feed"), "not_a_feed"),
        (replace(FAILED, result="too_complex"), "too_complex"),
        (replace(WELL, state="paused"), "paused"),
        (replace(FAILED, state="paused", detail="gone: the server says so"), "gone"),
    ],
)
def test_a_source_is_told_in_one_word(poll: Poll, expected: str) -> None:
    assert condition(poll, NOW) == expected
    each = Health(poll=poll, condition=condition(poll, NOW), quiet=40)
    assert "secret" not in line(each) + repr(told(each))
    assert each.is_broken == (expected in ("failing", "not_a_feed", "too_complex", "late"))
    assert bool(each.said) == (expected not in ("new", "well")) or expected == "warning"


def test_a_line_says_what_is_wrong_and_what_to_do() -> None:
    poll = replace(FAILED, result="not_a_feed", detail="is a page of HTML", moved_to="https://e.example/b")
    said = line(Health(poll=poll, condition="not_a_feed", per_day=1.25, quiet=3, hub="https://hub.example/"))
    assert said == (
        "a: not a feed; last success 2026-11-24 08:00 UTC; next poll 2026-11-24 08:30 UTC;"
        " failed 3 times in a row; 1.2 articles a day; quiet for 3 days; pushed by https://hub.example/;"
        " redirected to https://e.example/b; is a page of HTML. give the address of the feed itself:"
        " `sources add URL`, then `sources remove a`"
    )


def test_health_counts_the_articles_of_the_last_weeks(database: Database) -> None:
    add(database, "https://e.example/feed", id="example", now=NOW)
    with database.writing() as transaction:
        old = article(guid="old", title="Old", published=NOW - timedelta(days=60))
        put_all(transaction, old, *(article(guid=str(n), title=str(n), published=NOW) for n in range(14)))
        remember(transaction, POLL, replace(WELL, source="example"))
    for only in ((), ("example",)):
        (found,) = examined(database, NOW + timedelta(days=2), only)
        assert (found.per_day, found.quiet, found.condition) == (0.5, 2, "well")
    with pytest.raises(NotFound, match="nobody"):
        examined(database, NOW, ["nobody"])
