"""The inbox: bytes are kept at once and taken in order, each message whole, none in another's way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from factories import NOW, RULES, source

from archive import inbox, tokens
from archive.articles import every
from archive.database import Database
from archive.errors import ArchiveError, KeyReused
from archive.fetches import unpack
from archive.inbox import Taken
from archive.sandbox import Sandbox
from archive.settings import Settings
from archive.sources import settle, sources
from archive.take import InputLine, Taking
from archive.verify import verify

ENTRY = b"""<entry xmlns="http://www.w3.org/2005/Atom"><title>Opening</title><id>urn:x:1</id>
<updated>2026-11-20T10:00:00Z</updated><content>Doors open.</content></entry>"""
RSS = b"""<rss version="2.0"><channel><title>Example</title>
<item><guid>1</guid><title>One</title></item><item><guid>2</guid><title>Two</title></item></channel></rss>"""


@pytest.fixture
def taking(database: Database, sandbox: Sandbox, tmp_path: Path) -> Taking:
    """All that taking in needs."""
    return Taking(database=database, parsing=sandbox, rules=RULES, config=Settings(data=tmp_path))


def token_of(database: Database, scope: str = "push") -> int:
    """The number of the token of some scope, made when there is none."""
    known = {each.scope: each.id for each in tokens.tokens(database)}
    if scope not in known:
        tokens.create(database, f"desk-{len(known)}", scope=scope, days=None, now=NOW)
    return next(each.id for each in tokens.tokens(database) if each.scope == scope)


def push(
    database: Database,
    body: bytes | dict[str, Any] | list[dict[str, Any]],
    kind: str = "application/json",
    *,
    key: str | None = None,
    scope: str = "push",
    into: str = "desk",
) -> int:
    """A message in the inbox, as the web leaves it."""
    return inbox.receive(
        database,
        kind="push",
        source=into,
        name="desk",
        headers={"content-type": kind},
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        token=token_of(database, scope),
        idempotency=key,
        now=NOW,
    )


def taken(taking: Taking, *ids: int) -> list[Taken]:
    """What becomes of messages."""
    list(inbox.take_waiting(taking))
    found = [inbox.outcome(taking.database, id) for id in ids]
    return [each for each in found if each is not None]


def test_a_message_waits_with_its_bytes_until_it_is_taken(taking: Taking) -> None:
    database = taking.database
    body = b'{"title": "Opening", "body": "Doors open.", "guid": "1"}'
    id = push(database, body)
    assert inbox.outcome(database, id) is None
    (row,) = database.read("SELECT b.* FROM inbox i JOIN blob b ON b.sha = i.sha")
    assert unpack(row["codec"], row["bytes"]) == body
    (found,) = taken(taking, id)
    (article,) = every(database)
    assert found.result == "taken" and not found.is_list
    assert found.articles == (
        {"id": article.id, "outcome": "new", "address": article.address, "revision": 1},
    )
    assert (article.source, article.guid, article.text) == ("desk", "1", "Doors open.")
    assert list(inbox.take_waiting(taking)) == [] and list(verify(database)) == []


def test_pushing_again_says_unchanged_or_revised_and_going_back_is_a_revision(taking: Taking) -> None:
    one, other = ({"title": "A", "body": text, "guid": "1"} for text in ("first", "second"))
    found = [taken(taking, push(taking.database, body))[0] for body in (one, one, other, one)]
    told = [(each["outcome"], each["revision"]) for message in found for each in message.articles]
    assert told == [("new", 1), ("unchanged", 1), ("revised", 2), ("revised", 3)]


def test_without_guid_and_address_the_text_is_the_identity(taking: Taking) -> None:
    body = {"title": "A", "body": "the same"}
    ids = [push(taking.database, body), push(taking.database, body)]
    assert [each.articles[0]["outcome"] for each in taken(taking, *ids)] == ["new", "unchanged"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'[{"title": "A", "body": "1"}, {"title": "B", "body": "2"}]', "application/json"),
        (b'{"articles": [{"title": "A", "body": "1"}, {"title": "B", "body": "2"}]}', "application/json"),
        (b'{"title": "A", "body": "1"}\n\n{"title": "B", "body": "2"}\n', "application/x-ndjson"),
        (RSS, "application/rss+xml"),
    ],
)
def test_several_articles_are_answered_by_a_list_in_their_order(
    taking: Taking, body: bytes, kind: str
) -> None:
    (found,) = taken(taking, push(taking.database, body, kind))
    assert found.is_list and [each["outcome"] for each in found.articles] == ["new", "new"]
    titles = {each.id: each.title for each in every(taking.database)}
    assert [titles[str(each["id"])] for each in found.articles] in (["A", "B"], ["One", "Two"])


def test_an_atom_entry_is_a_message(taking: Taking) -> None:
    (found,) = taken(taking, push(taking.database, ENTRY, "application/atom+xml;type=entry"))
    assert found.result == "taken" and not found.is_list
    assert [each.guid for each in every(taking.database)] == ["urn:x:1"]


def test_articles_name_their_sources(taking: Taking) -> None:
    body = [
        {"title": "A", "body": "1", "source": "Beijing Daily"},
        {"title": "B", "body": "2"},
        {"title": "C", "body": "3", "source": "Beijing Daily"},
    ]
    (found,) = taken(taking, push(taking.database, body))
    named = {each.id: (each.title, each.source) for each in every(taking.database)}
    assert [named[str(each["id"])] for each in found.articles] == [
        ("A", "beijing-daily"),
        ("B", "desk"),
        ("C", "beijing-daily"),
    ]
    assert {"beijing-daily", "desk"} <= sources(taking.database).keys()


def test_a_token_for_one_source_reaches_no_other(taking: Taking) -> None:
    body = [{"title": "A", "body": "1"}, {"title": "B", "body": "2", "source": "Victim"}]
    (found,) = taken(taking, push(taking.database, body, scope="push:mine", into="mine"))
    assert found.result == "forbidden" and "victim" in str(found.detail)
    assert list(every(taking.database)) == []
    body[1]["source"] = "Mine"
    (found,) = taken(taking, push(taking.database, body, scope="push:mine", into="mine"))
    assert found.result == "taken"


NO_ARTICLES = (
    (b"{", "application/json", "unreadable", "not JSON"),
    (b"[" * 200_000, "application/json", "refused", "nested"),
    (
        b'{"title": "A", "body": "1", "body": "2"}',
        "application/json",
        "unreadable",
        "'body' stands twice",
    ),
    (b'{"title": NaN, "body": "1"}', "application/json", "unreadable", "NaN"),
    (b'{"title": "\xff", "body": "1"}', "application/json", "unreadable", "UTF-8"),
    (b'"A"', "application/json", "refused", "article 1 is no object"),
    (b"[]", "application/json", "refused", "no article"),
    (b'{"title": "A"}', "application/json", "refused", "neither body nor html"),
    (
        b'[{"title": "A", "body": "1"}, {"body": "2"}]',
        "application/json",
        "refused",
        "article 2 has no title",
    ),
    (b'[%s{"title": "A", "body": "1"}]' % (b"{}," * 100), "application/json", "refused", "101"),
    (b"<html><p>no", "application/atom+xml", "unreadable", "HTML"),
    (b"<rss><channel><title>A</title></channel></rss>", "text/xml", "refused", "no article"),
)


def test_what_cannot_be_taken_is_told_in_a_sentence_and_stores_nothing(taking: Taking) -> None:
    for body, kind, result, said in NO_ARTICLES:
        (found,) = taken(taking, push(taking.database, body, kind))
        assert found.result == result and said in str(found.detail), body
    assert list(every(taking.database)) == [] and sources(taking.database) == {}


def test_fields_that_were_left_out_are_noted(taking: Taking) -> None:
    (found,) = taken(taking, push(taking.database, {"title": "A", "body": "1", "language": "in english"}))
    assert found.articles[0]["note"] == "language is no BCP 47 tag and was left out"


def test_half_a_surrogate_pair_is_no_fault(taking: Taking) -> None:
    (found,) = taken(taking, push(taking.database, b'{"title": "A\\ud800", "body": "\\udfff\\u0000b"}'))
    assert found.result == "taken" and [each.text for each in every(taking.database)] == ["b"]


def test_the_same_key_is_the_same_message(taking: Taking) -> None:
    database, body = taking.database, {"title": "A", "body": "1"}
    first = push(database, body, key="k")
    assert push(database, body, key="k") == first
    (found,) = taken(taking, first)
    assert push(database, body, key="k") == first and taken(taking, first) == [found]
    assert push(database, body, key="k", scope="admin") != first  # another token has keys of its own
    for other in ({"body": {"title": "B", "body": "1"}}, {"body": body, "into": "other"}):
        with pytest.raises(KeyReused, match="Idempotency-Key k"):
            push(database, **{"key": "k", **other})  # type: ignore[arg-type]


def test_a_key_under_which_nothing_was_stored_may_be_used_again(taking: Taking) -> None:
    wrong, right = push(taking.database, {"title": "A"}, key="k"), {"title": "A", "body": "1"}
    assert taken(taking, wrong)[0].result == "refused"
    assert taken(taking, push(taking.database, right, key="k"))[0].result == "taken"
    assert inbox.belongs(taking.database, wrong, token_of(taking.database))


class Poisoned(Sandbox):
    """A child that meets a fault nobody foresaw, or a disk that is full, where a message says so."""

    def read_pushed(self, body: bytes, **stated: Any) -> Any:
        if b"poison" in body:
            raise KeyError("unforeseen")
        if b"full" in body:
            raise ArchiveError("the disk is full; nothing of this was stored")
        return super().read_pushed(body, **stated)


def test_a_message_that_cannot_be_taken_stops_no_other(taking: Taking) -> None:
    database = taking.database
    with Poisoned() as parsing:
        poisoned = replace(taking, parsing=parsing)
        texts = ("first", "poison", "full", "last")
        ids = [push(database, {"title": text, "body": text}) for text in texts]
        lines = [line for line in inbox.take_waiting(poisoned) if isinstance(line, InputLine)]
        assert [line.result for line in lines] == ["ok", "failed", "failed", "ok"]
        found = [inbox.outcome(database, id) for id in ids]
        assert [each.result if each else None for each in found] == ["taken", "failed", None, "taken"]
        assert (
            list(inbox.take_waiting(poisoned)) == []
        )  # the one that waits for room is left alone for a while
    now = datetime.now(UTC)
    inbox.postpone(database, ids[2], now.replace(year=now.year - 1))
    assert taken(taking, ids[2])[0].result == "taken"


def test_what_a_hub_sends_is_taken_as_the_newest_of_its_source(taking: Taking) -> None:
    database = taking.database
    with database.writing() as transaction:
        settle(transaction, source("example", url="https://e.example/feed"), NOW)
    for _ in range(2):
        id = inbox.receive(
            database,
            kind="websub",
            source="example",
            name="https://e.example/feed",
            headers={"content-type": "application/rss+xml"},
            body=RSS,
            now=NOW,
        )
        (found,) = taken(taking, id)
    assert [each["outcome"] for each in found.articles] == ["unchanged", "unchanged"]
    assert {each.source for each in every(database)} == {"example"}
    assert len(database.read("SELECT 1 FROM fetch WHERE source = 'example'")) == 1


def test_a_part_of_a_complete_feed_withdraws_nothing(taking: Taking) -> None:
    complete = b'<channel><c:complete xmlns:c="http://purl.org/syndication/history/1.0"/>'
    for body in (
        RSS,
        RSS.replace(b"<channel>", complete).replace(b"<item><guid>1</guid><title>One</title></item>", b""),
    ):
        (found,) = taken(taking, push(taking.database, body, "application/rss+xml"))
    assert [each["outcome"] for each in found.articles] == ["unchanged"]
    assert [each.withdrawn for each in every(taking.database)] == [None, None]


def test_pushes_go_into_a_source_that_is_there(taking: Taking) -> None:
    with taking.database.writing() as transaction:
        settle(transaction, source("desk"), NOW)
    assert taken(taking, push(taking.database, {"title": "A", "body": "1"}))[0].result == "taken"
    assert list(sources(taking.database)) == ["desk"]


def test_one_process_at_a_time_takes(database: Database) -> None:
    assert not inbox.is_watched(database)
    with inbox.watching(database):
        assert inbox.is_watched(database)
    assert not inbox.is_watched(database)
