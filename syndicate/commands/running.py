"""Commands that run the service."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from archive.settings import Settings, read_settings
from syndicate.commands.taking import take_in
from syndicate.console import note, program
from syndicate.parts import Parts, load_web

ROOT = Path(__file__).parents[2]


def demo(parts: Parts, args: argparse.Namespace) -> bool:
    """Archive the samples, in a folder that goes when it ends unless one was named, and serve them."""
    with ExitStack() as stack:
        folder = args.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="syndicate-demo-")))
        parts = Parts(settings=demo_settings(parts.settings, folder, args))
        note(f"archiving the samples into {parts.settings.data}/")
        take_in(parts, [str(ROOT / "samples")])
        return serve(parts, args)


def demo_settings(settings: Settings, folder: Path, args: argparse.Namespace) -> Settings:
    """The settings of a demonstration: its folder gets some that suit the samples, to be changed there."""
    stated = folder / "site.toml"
    if args.config is None and not stated.exists():
        folder.mkdir(parents=True, exist_ok=True)
        stated.write_text('[site]\ntimezone = "Asia/Shanghai"\n', encoding="utf-8")
    server = settings.server
    flags = {"server.host": server.host, "server.port": server.port}
    return read_settings(folder, config=args.config, environ=os.environ, flags=flags)


def serve(parts: Parts, args: argparse.Namespace) -> bool:
    """Serve the archive: the web in one process, the worker beside it."""
    from syndicate.serving import serve as run

    with parts.archive() as database:
        parts.rules(database)
    server = parts.settings.server
    base = f"http://{server.host}:{server.port}"
    note(
        f"\n  the archive   {base}/\n  a search      {base}/search?q=双奥之城\n"
        f"  add your own  {program()} --data {parts.settings.data} ingest FILE-OR-ADDRESS\n"
        "  Ctrl-C ends it, and nothing is lost\n"
    )
    run(
        partial(load_web, parts.settings, has_worker=not args.no_worker),
        host=server.host,
        port=server.port,
        threads=server.threads,
        server=args.server,
        companion=None if args.no_worker else companion(parts, args),
    )
    return True


def companion(parts: Parts, args: argparse.Namespace) -> list[str]:
    """The command line of the worker beside a server, with the same settings."""
    config = [f"--config={args.config}"] if args.config else []
    server = parts.settings.server
    return [
        sys.executable,
        str(ROOT / "app.py"),
        f"--data={parts.settings.data}",
        *config,
        "work",
        "--companion",
        f"--host={server.host}",
        f"--port={server.port}",
    ]


def work(parts: Parts, args: argparse.Namespace) -> bool:
    """Run the worker until it is told to end."""
    from index import warm
    from syndicate.serving import one_heap, stop_event
    from syndicate.worker import work as run

    one_heap(alone=1 << 20)  # arrays of the index and of pairs come and go
    stop = stop_event(with_input=args.companion)
    with parts.taking() as taking, closing(parts.index()) as index:
        warm()
        run(
            taking,
            follow=partial(parts.follow, taking.database),
            pair=partial(parts.pairs(taking.database).follow, stop.is_set),
            push=partial(parts.push, taking.database, index),
            fill=partial(parts.fill, taking.database, parts.encoder()) if parts.has_vectors() else None,
            stop=stop,
            learn=partial(parts.teach, taking.database),
            only_follow=args.only == "follow",
        )
    return True
