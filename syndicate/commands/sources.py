"""The command ``sources``: what is read, how, and how that goes. Each action is a function here."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from archive.errors import UsageError
from syndicate.console import table
from syndicate.parts import Parts


def run(parts: Parts, args: argparse.Namespace) -> bool:
    """Do what the action says."""
    if args.action in NAMED and not args.name:
        raise UsageError(f"sources {args.action}: name what to {args.action}")
    return ACTIONS[args.action](parts, args)


def show(parts: Parts, args: argparse.Namespace) -> bool:
    """A row per source."""
    from archive.health import overview

    with parts.archive() as database:
        table(overview(database, args.name))
    return True


def add(parts: Parts, args: argparse.Namespace) -> bool:
    """Read feeds from now on."""
    from archive import sources

    with parts.archive() as database:
        for name in args.name:
            added = sources.add(database, name, id=args.id, now=datetime.now(UTC))
            print(f"{added.id}: {added.url}, polled by serve, work and refresh")
    return True


def set_state(parts: Parts, args: argparse.Namespace) -> bool:
    """Pause, resume or remove sources; their articles stay."""
    from archive import sources

    state = {"pause": "paused", "resume": "active", "remove": "removed"}[args.action]
    with parts.archive() as database:
        for name in args.name:
            print(f"{sources.set_state(database, name, state).id}: {state}")
    return True


def change(parts: Parts, args: argparse.Namespace) -> bool:
    """Say how a source is called and how it is to be read, as NAME=VALUE."""
    from archive import sources

    id, *said = args.name
    if not said:
        raise UsageError(f"sources set {id}: say what, e.g. full_text=yes or drop='title: ^Sponsored'")
    with parts.archive() as database:
        changed = sources.change(database, id, said)
    print(f"{changed.id}: {', '.join(said)}")
    return True


def apply(parts: Parts, args: argparse.Namespace) -> bool:
    """Apply the filters of sources to what they have brought already."""
    from archive import desk
    from archive.sources import sources

    with parts.taking() as taking:
        found = sources(taking.database, args.name)
        for name in args.name:
            if name not in found:
                raise UsageError(f"{name}: no such source; `sources list` names them")
            with taking.database.writing() as transaction:
                out, back = desk.sift(transaction, found[name], taking.terms())
            print(f"{name}: {out} articles withdrawn by its filters, {back} put back")
        parts.follow_if_free(taking.database)
    return True


ACTIONS: Mapping[str, Callable[[Parts, argparse.Namespace], bool]] = {
    "list": show,
    "add": add,
    "pause": set_state,
    "resume": set_state,
    "remove": set_state,
    "set": change,
    "apply": apply,
}
# What needs to be told which.
NAMED = frozenset({"add", "pause", "resume", "remove", "set", "apply"})
