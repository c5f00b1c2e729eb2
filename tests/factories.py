"""Articles and sources for tests, with nothing stated but what a test is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from archive.database import Transaction
from archive.model import Article, Source, Topic
from archive.put import Stored, Terms, put
from archive.rules import compile_rules
from archive.sources import settle

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TOPICS = (
    Topic(id="olympics", en="Olympics", zh="奥运", words=("olympic*", "奥运", "冬奥")),
    Topic(id="education", en="Education", zh="教育", words=("school", "学校")),
)
RULES = compile_rules(TOPICS)
TERMS = Terms(rules=RULES, zone=ZoneInfo("UTC"), now=NOW)


def article(**fields: object) -> Article:
    """An article as parsing proposes it, or, with the archive's fields given, as the archive has it."""
    values = {"title": "A title", "text": "Some text.", "language": "en", **fields}
    return Article(**values)  # type: ignore[arg-type]


def source(id: str = "example", **fields: object) -> Source:
    """A source known by its id."""
    return Source(**{"id": id, "identity": f"id {id}", "title": id.title(), "added": NOW, **fields})  # type: ignore[arg-type]


def put_all(transaction: Transaction, *entries: Article, source_id: str = "example") -> tuple[Stored, ...]:
    """Put entries as one document of a source."""
    settle(transaction, source(source_id), NOW)
    return put(transaction, tuple(replace(entry, source=source_id) for entry in entries), TERMS)
