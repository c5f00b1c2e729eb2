"""Tokens: told once, kept as a hash, good for what they are made for and no longer than that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from factories import NOW

from app import main
from archive import tokens
from archive.database import Database
from archive.errors import NotFound, UsageError
from archive.model import sha256


def made(database: Database, name: str = "desk", scope: str = "push", days: int | None = None) -> bytes:
    """A new token."""
    return tokens.create(database, name, scope=scope, days=days, now=NOW).encode()


def test_a_token_is_recognised_and_only_its_hash_is_kept(database: Database) -> None:
    shown = made(database)
    found = tokens.recognise(database, shown, now=NOW)
    assert found is not None and (found.name, found.scope, found.used) == ("desk", "push", None)
    (row,) = database.read("SELECT * FROM token")
    assert row["hash"] == sha256(shown) and shown.decode() not in map(str, row.values())
    assert len(shown) == 43


def test_anything_else_is_not(database: Database) -> None:
    made(database)
    for shown in (b"", b"x", "é北".encode(), b"\xff\xfe\x00", b"a" * 100_000):
        assert tokens.recognise(database, shown, now=NOW) is None


def test_two_tokens_are_told_apart(database: Database) -> None:
    first, second = made(database), made(database, "other", "push:other")
    names = [tokens.recognise(database, each, now=NOW) for each in (first, second)]
    assert [each.name for each in names if each] == ["desk", "other"]


def test_a_token_expires(database: Database) -> None:
    shown = made(database, days=3)
    assert tokens.recognise(database, shown, now=NOW + timedelta(days=2)) is not None
    assert tokens.recognise(database, shown, now=NOW + timedelta(days=3)) is None


def test_a_revoked_token_is_good_for_nothing_and_its_name_stays_taken(database: Database) -> None:
    shown = made(database)
    tokens.revoke(database, "desk", now=NOW)
    tokens.revoke(database, "desk", now=NOW + timedelta(days=1))
    assert tokens.recognise(database, shown, now=NOW) is None
    assert [each.revoked for each in tokens.tokens(database)] == [NOW]
    with pytest.raises(UsageError, match="never given twice"):
        made(database)


def test_a_name_is_taken_once(database: Database) -> None:
    made(database)
    with pytest.raises(UsageError, match="in use"):
        made(database)
    with pytest.raises(NotFound, match="token list"):
        tokens.revoke(database, "nobody", now=NOW)


def test_what_makes_no_sense_makes_no_token(database: Database) -> None:
    for name in ("Desk", "", "a b", "北京", "a" * 65):
        with pytest.raises(UsageError, match="not a name"):
            made(database, name)
    for scope in ("", "pull", "push:", "push:Two Words", "push ", "Push"):
        with pytest.raises(UsageError, match="no such scope"):
            made(database, scope=scope)
    for days in (0, -1, 10**9):
        with pytest.raises(UsageError, match="days"):
            made(database, days=days)
    assert tokens.tokens(database) == ()


@pytest.mark.parametrize(
    ("scope", "anywhere", "here", "there", "default"),
    [
        ("push", True, True, True, "desk"),
        ("push:here", True, True, False, "here"),
        ("admin", True, True, True, "desk"),
        ("read", False, False, False, "desk"),
    ],
)
def test_a_scope_says_where_a_token_may_push(
    database: Database, scope: str, anywhere: bool, here: bool, there: bool, default: str
) -> None:
    found = tokens.recognise(database, made(database, scope=scope), now=NOW)
    assert found is not None and found.source == default
    assert [found.may_push(), found.may_push("here"), found.may_push("there")] == [anywhere, here, there]


def test_the_list_tells_everything_but_the_token(database: Database) -> None:
    shown = made(database, days=1).decode()
    ((*_, now),) = tokens.overview(database, NOW)
    ((name, scope, created, used, later),) = tokens.overview(database, NOW + timedelta(days=2))
    assert (name, scope, created, used) == ("desk", "push", "made 2026-11-24T08:00:00Z", "never used")
    assert (now, later) == ("good until 2026-11-25T08:00:00Z", "expired 2026-11-25T08:00:00Z")
    assert shown not in repr(tokens.overview(database, NOW))


def test_the_command_prints_a_token_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def token(*args: str) -> tuple[int, str, str]:
        code = main(["--data", str(tmp_path), "token", *args])
        told = capsys.readouterr()
        return code, told.out.strip(), told.err

    code, shown, said = token("create", "desk", "--scope", "push:paper", "--expires", "9")
    assert (code, len(shown)) == (0, 43) and "this once" in said
    assert token("create", "desk", "--scope", "push")[0] == 2
    assert token("create", "other")[2] == (
        "error: token create: say what it is for: --scope push, push:SOURCE, read or admin\n"
    )
    assert token("revoke", "desk")[0] == 0 and token("revoke", "nobody")[0] == 1
    code, listed, _ = token("list")
    assert listed.split("\t")[:2] == ["desk", "push:paper"] and "revoked" in listed and shown not in listed
