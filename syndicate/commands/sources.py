"""The command ``sources``: what is read, how, and how that goes. Each action is a function here."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from archive.errors import UsageError
from syndicate.commands.giving import write_opml
from syndicate.console import how_many, report, table, write
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
    """Read feeds from now on, and with ``--history`` what they have from before."""
    from archive import sources
    from archive.model import Reading

    added = []
    with parts.archive() as database:
        for name in args.name:
            now, reading = datetime.now(UTC), Reading(kind=args.kind or "feed")
            found = sources.add(database, name, id=args.id, now=now, reading=reading)
            if args.kind and found.reading.kind != args.kind:
                sources.change(database, found.id, [f"kind={args.kind}"], now=now)
            print(f"{found.id}: {found.url}, polled by serve, work and refresh")
            added.append(found.id)
    return history_of(parts, args, added) if args.history else True


def history(parts: Parts, args: argparse.Namespace) -> bool:
    """Take in what feeds have from before they were read."""
    return history_of(parts, args, args.name)


def history_of(parts: Parts, args: argparse.Namespace, ids: Sequence[str]) -> bool:
    """Take in the older documents of some sources."""
    from archive.history import history as take_in

    with parts.taking() as taking:
        lines = (line for id in ids for line in take_in(taking, id))
        good = report(lines, as_json=args.json)
        parts.follow_if_free(taking.database)
    return good


def reread(parts: Parts, args: argparse.Namespace) -> bool:
    """Read kept pages again with the rules of today."""
    from archive.reread import reread as read_again

    with parts.taking() as taking:
        lines = (line for id in args.name for line in read_again(taking, id))
        good = report(lines, as_json=args.json)
        parts.follow_if_free(taking.database)
    return good


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
    from archive import changes, sources

    id, *said = args.name
    if not said:
        raise UsageError(f"sources set {id}: say what, e.g. full_text=yes or drop='title: ^Sponsored'")
    with parts.archive() as database:
        before = changes.last(database)
        changed = sources.change(database, id, said, now=datetime.now(UTC))
        if changes.last(database) != before:
            parts.follow_if_free(database)
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
            print(f"{name}: {how_many(out)} withdrawn by its filters, {back} put back")
        parts.follow_if_free(taking.database)
    return True


def check(parts: Parts, args: argparse.Namespace) -> bool:
    """A line on the health of each source; whether none is failing."""
    from archive.health import examined, line, told

    with parts.archive() as database:
        found = examined(database, datetime.now(UTC), args.name)
    for each in found:
        if args.json:
            write(told(each))
        else:
            print(line(each))
    return not any(each.is_broken for each in found)


def take_list(parts: Parts, args: argparse.Namespace) -> bool:
    """Add the feeds of subscription lists, whatever the files are called."""
    from dataclasses import replace

    from archive.inputs import read_inputs
    from archive.opml import ingest_opml

    with parts.taking() as taking:
        found = read_inputs(args.name, parts.settings.fetch)
        lists = (replace(each, kind="opml") for each in found)
        lines = (line for each in lists for line in ingest_opml(taking, each))
        return report(lines, as_json=args.json)


def give_list(parts: Parts, args: argparse.Namespace) -> bool:
    """Write all sources as one subscription list."""
    with parts.archive(must_exist=True) as database:
        write_opml(database, parts.settings, None)
    return True


ACTIONS: Mapping[str, Callable[[Parts, argparse.Namespace], bool]] = {
    "list": show,
    "check": check,
    "add": add,
    "pause": set_state,
    "resume": set_state,
    "remove": set_state,
    "set": change,
    "history": history,
    "reread": reread,
    "apply": apply,
    "import": take_list,
    "export": give_list,
}
# What needs to be told which.
NAMED = frozenset({"add", "pause", "resume", "remove", "set", "apply", "import", "history", "reread"})
