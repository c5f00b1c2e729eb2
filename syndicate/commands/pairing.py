"""The command by which people say which articles tell one story."""

from __future__ import annotations

import argparse
import getpass
from datetime import UTC, datetime

from archive import articles, pairs
from archive.database import Database
from archive.errors import UsageError
from syndicate.console import table, write
from syndicate.parts import Parts

STATES: tuple[pairs.State, ...] = ("found", "stated", "confirmed", "refused")
SHOWN = 100
TOLD = ("one", "other", "state", "how", "sure", "person", "at", "one_title", "other_title")


def run(parts: Parts, args: argparse.Namespace) -> bool:
    """List pairs, or say whether two articles are one."""
    with parts.archive(must_exist=True) as database:
        if args.action == "list":
            if args.id:
                raise UsageError("pairs list: takes no articles; say which states with --state")
            show(database, args.state or STATES, args.n, as_json=args.json)
        else:
            print(judge(database, args.id, args.action))
            parts.follow_if_free(database)
    return True


def show(
    database: Database, states: list[pairs.State] | tuple[pairs.State, ...], n: int, *, as_json: bool
) -> None:
    """Print pairs, those of which somebody spoke last first."""
    if n < 1:
        raise UsageError(f"pairs list: --n {n}: give a number from 1 on")
    rows = [{name: row[name] for name in TOLD} for row in pairs.listing(database, states, n)]
    if as_json:
        for row in rows:
            write(row)
    else:
        table([[row[name] for name in TOLD] for row in rows])


def judge(database: Database, names: list[str], action: str) -> str:
    """Write down what a person says of two articles."""
    if len(names) != 2:
        raise UsageError(f"pairs {action}: give the two articles, by id, address or eight characters")
    one, other = (articles.named(database, name) for name in names)
    if one.id == other.id:
        raise UsageError(f"pairs {action}: {names[0]} and {names[1]} are the same article")
    state: pairs.State = "confirmed" if action == "confirm" else "refused"
    with database.writing() as transaction:
        is_new = pairs.record(
            transaction,
            one.id,
            other.id,
            state=state,
            how="a person",
            person=getpass.getuser(),
            now=datetime.now(UTC),
        )
    return f"{one.id} {other.id}: {state}" + ("" if is_new else " before")
