"""Commands that bring articles in."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from archive.errors import UsageError
from syndicate.console import report, table
from syndicate.parts import Parts


def ingest(parts: Parts, args: argparse.Namespace) -> bool:
    """Take in what is named, and let the index follow."""
    from archive.ingest import ingest as take_in

    with parts.taking(stated=args.source) as taking:
        good = report(take_in(taking, args.input), as_json=args.json)
        parts.follow_if_free(taking.database)
    return good


def refresh(parts: Parts, args: argparse.Namespace) -> bool:
    """Poll what is due, once."""
    from archive.refresh import refresh as poll

    with parts.taking() as taking:
        good = report(poll(taking, only=args.source, everything=args.all), as_json=args.json)
        parts.follow_if_free(taking.database)
    return good


def sources(parts: Parts, args: argparse.Namespace) -> bool:
    """List, add, pause, resume or remove sources."""
    from archive import sources as known
    from archive.health import overview

    states = {"pause": "paused", "resume": "active", "remove": "removed"}
    if args.action != "list" and not args.name:
        raise UsageError(f"sources {args.action}: name what to {args.action}")
    with parts.archive() as database:
        for name in args.name if args.action == "add" else ():
            added = known.add(database, name, id=args.id, now=datetime.now(UTC))
            print(f"{added.id}: {added.url}, polled by serve, work and refresh")
        for name in args.name if args.action in states else ():
            print(f"{known.set_state(database, name, states[args.action]).id}: {states[args.action]}")
        if args.action == "list":
            table(overview(database, args.name))
    return True
