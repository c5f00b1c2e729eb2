"""What those are told who watch over the service: numbers, and how each source is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from factories import NOW, article
from prometheus_client.parser import text_string_to_metric_families
from web_client import application, ask

from archive.database import Database
from archive.pace import Rest
from archive.polls import Poll, pause, polls, remember
from archive.sources import add
from syndicate.guard import Application


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    """An archive with a source that is polled, and one that was never."""
    for id in ("example", "new"):
        add(database, f"https://me:secret@{id}.example/feed", id=id, now=datetime.now(UTC))
    return application(database, tmp_path, article(guid="1", title="Olympic halls open", published=NOW))


def keep(database: Database, **known: object) -> Poll:
    """Remember how the last poll of the source went."""
    (before,) = polls(database, ["example"])
    after = replace(before, **known)  # type: ignore[arg-type]
    with database.writing() as transaction:
        remember(transaction, before, after)
    return after


def test_metrics_count_sources_articles_and_what_lags(app: Application, database: Database) -> None:
    now = datetime.now(UTC)
    keep(database, polled=now, succeeded=now - timedelta(hours=1), failures=2, result="failed")
    with database.writing() as transaction:
        pause(transaction, Rest(domain="slow.example", until=now + timedelta(hours=1)), now)
    reply = ask(app, "/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found = {
        (sample.name.removeprefix("syndicate_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }
    assert 3600 <= found.pop(("source_seconds_since_success", "example")) < 3700
    assert found == {
        ("sources", "active"): 2,
        ("sources_by_result", "failed"): 1,
        ("sources_by_result", "none"): 1,
        ("source_failures", "example"): 2,
        ("source_failures", "new"): 0,
        ("articles",): 1,
        ("log_length",): 1,
        ("index_behind",): 0,
        ("domains_paused",): 1,
        ("subscriptions",): 0,
        ("subscriptions_unconfirmed",): 0,
        ("deliveries_waiting",): 0,
        ("vectors_behind",): 0,
    }
    assert "secret" not in reply.text


@pytest.mark.parametrize(
    ("language", "says"), [("en", "could not be read the last time"), ("zh", "最近一次未能读取")]
)
def test_the_page_of_a_source_says_how_it_is_read(
    app: Application, database: Database, language: str, says: str
) -> None:
    path = f"/source/example?ui={language}"
    first = ask(app, path)
    assert says not in first.text
    keep(database, polled=NOW, succeeded=NOW, failures=1, result="failed", detail="at 10.0.0.1 is nobody")
    again = ask(app, path, HTTP_IF_NONE_MATCH=first.headers["Etag"])
    assert again.status == 200 and f"<dd>{says}</dd>" in again.text
    assert "10.0.0.1" not in again.text and "secret" not in again.text


def test_other_lists_say_nothing_of_reading(app: Application) -> None:
    assert "<dd>not read yet</dd>" in ask(app, "/source/new?ui=en").text
    assert all("<dt>State" not in ask(app, path).text for path in ("/", "/topic/olympics"))
