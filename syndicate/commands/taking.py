"""Commands that bring articles in."""

from __future__ import annotations

import argparse

from syndicate.console import report
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
