"""Commands that bring articles in."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from archive.errors import UsageError
from syndicate.console import report
from syndicate.parts import Parts


def ingest(parts: Parts, args: argparse.Namespace) -> bool:
    """Take in what is named, or say in a sheet what would be."""
    if args.dry_run != bool(args.sheet):
        raise UsageError(
            "ingest: --dry-run and --sheet FILE go together; the sheet says what would be taken in"
        )
    if args.dry_run:
        return propose(parts, args)
    return take_in(parts, args.input, source=args.source, as_json=args.json)


def take_in(parts: Parts, names: Sequence[str], *, source: str | None = None, as_json: bool = False) -> bool:
    """Take in what is named, and let the index follow."""
    from archive.ingest import ingest as lines_of

    with parts.taking(stated=source) as taking:
        good = report(lines_of(taking, names), as_json=as_json)
        parts.file(taking.database)
        parts.follow_if_free(taking.database)
    return good


def propose(parts: Parts, args: argparse.Namespace) -> bool:
    """Write a sheet of what would be taken in; the archive is not touched."""
    from zoneinfo import ZoneInfo

    from archive.proposal import propose as read
    from archive.rules import compile_rules
    from archive.sheet_cells import Terms

    if args.sheet.exists():
        raise UsageError(f"{args.sheet}: is there already, perhaps with corrections; give another name")
    if not args.sheet.absolute().parent.is_dir():
        raise UsageError(f"{args.sheet}: its folder does not exist; make it first")
    settings = parts.settings
    terms = Terms(zone=ZoneInfo(settings.site.timezone), topics=settings.topics)
    with parts.sandbox() as parsing:
        rules = compile_rules(settings.topics)
        return report(read(args.input, args.sheet, parsing, settings.fetch, rules, terms), as_json=args.json)


def refresh(parts: Parts, args: argparse.Namespace) -> bool:
    """Poll what is due, once."""
    from archive.refresh import refresh as poll

    with parts.taking() as taking:
        good = report(poll(taking, only=args.source, everything=args.all), as_json=args.json)
        parts.file(taking.database)
        parts.follow_if_free(taking.database)
    return good
