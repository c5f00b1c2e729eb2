"""The commands: each calls one part and prints what it says. True when all went well."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import platform
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version as installed
from pathlib import Path

from archive.errors import UsageError
from archive.settings import Settings, read_settings
from syndicate.console import facts, note, program, report, table, write
from syndicate.parts import Parts, load_web

ROOT = Path(__file__).parents[1]
ENGINES = (
    "whoosh3",
    "feedparser",
    "feedgen",
    "bottle",
    "granian",
    "nh3",
    "lxml",
    "aiohttp",
    "numpy",
    "rjieba",
)


def demo(parts: Parts, args: argparse.Namespace) -> bool:
    """Archive the samples, in a folder that goes when it ends unless one was named, and serve them."""
    with ExitStack() as stack:
        folder = args.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="syndicate-demo-")))
        parts = Parts(settings=demo_settings(parts.settings, folder, args))
        note(f"archiving the samples into {parts.settings.data}/")
        ingest(parts, argparse.Namespace(input=[str(ROOT / "samples")], source=None, json=False))
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
        partial(load_web, parts.settings),
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
    return [
        sys.executable,
        str(ROOT / "app.py"),
        f"--data={parts.settings.data}",
        *config,
        "work",
        "--companion",
    ]


def work(parts: Parts, args: argparse.Namespace) -> bool:
    """Run the worker until it is told to end."""
    from syndicate.serving import stop_event
    from syndicate.worker import work as run

    stop = stop_event(with_input=args.companion)
    with parts.archive() as database, parts.sandbox() as parsing:
        run(
            database,
            parsing=parsing,
            rules=parts.rules(database),
            config=parts.settings,
            follow=partial(parts.follow, database),
            stop=stop,
            only_follow=args.only == "follow",
        )
    return True


def ingest(parts: Parts, args: argparse.Namespace) -> bool:
    """Take in what is named, and let the index follow."""
    from archive.ingest import ingest as take_in

    with parts.archive() as database, parts.sandbox() as parsing:
        rules = parts.rules(database)
        lines = take_in(
            database, args.input, parsing=parsing, rules=rules, config=parts.settings, stated=args.source
        )
        good = report(lines, as_json=args.json)
        parts.follow_if_free(database)
    return good


def refresh(parts: Parts, args: argparse.Namespace) -> bool:
    """Poll what is due, once."""
    from archive.refresh import refresh as poll

    with parts.archive() as database, parts.sandbox() as parsing:
        rules = parts.rules(database)
        lines = poll(
            database,
            parsing=parsing,
            rules=rules,
            config=parts.settings,
            only=args.source,
            everything=args.all,
        )
        good = report(lines, as_json=args.json)
        parts.follow_if_free(database)
    return good


def sources(parts: Parts, args: argparse.Namespace) -> bool:
    """List, add, pause, resume or remove sources."""
    from archive import sources as known

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
            table(known.overview(database, args.name))
    return True


def search(parts: Parts, args: argparse.Namespace) -> bool:
    """Search as on the web."""
    from syndicate.answers import answer

    names = ("topic", "source", "by", "lang", "from", "to", "sort", "n", "page", "exact")
    given = {name: getattr(args, name) for name in names}
    params = {name: [str(value)] for name, value in given.items() if value is not None and value is not False}
    with parts.archive(must_exist=True) as database:
        parts.follow_if_free(database)
        with closing(parts.index()) as index:
            asked = {**params, "q": [" ".join(args.words)]}
            found = answer(database, index, asked, base_url=parts.settings.base_url)
    if args.json:
        write(found)
        return True
    for hit in found["hits"]:
        print(f"{(hit['published'] or '')[:10]:10}  {hit['title']}\n{'':10}  {hit['address']}")
    note(f"{found['total']} articles for {found['read_as'] or 'everything'}, {found['took_ms']} ms")
    return True


def feed(parts: Parts, args: argparse.Namespace) -> bool:
    """Print what the web would answer to a path."""
    from syndicate.answers import ask

    with parts.archive(must_exist=True) as database:
        parts.rules(database)
        parts.follow_if_free(database)
        with closing(parts.index()) as index:
            status, body = ask(parts.web(database, index), args.path)
    sys.stdout.buffer.write(body)
    if not status.startswith("200"):
        note(f"{args.path}: answered {status}")
    return status.startswith("200")


def export(parts: Parts, args: argparse.Namespace) -> bool:
    """Write the whole archive as JSON lines."""
    from archive.export import export as lines_of

    with parts.archive(must_exist=True) as database, ExitStack() as stack:
        stack.enter_context(database.snapshot())
        to_file = args.output not in (None, "-")
        out = stack.enter_context(open(args.output, "w", encoding="utf-8")) if to_file else sys.stdout
        lines = lines_of(database, base_url=parts.settings.base_url, all_revisions=args.revisions)
        out.writelines(f"{line}\n" for line in lines)
    return True


def verify(parts: Parts, args: argparse.Namespace) -> bool:
    """Prove the archive and the index; every fault is named."""
    from archive.changes import head, last
    from archive.verify import verify as faults_of
    from index.follow import differences, status

    started = time.monotonic()
    with parts.archive(must_exist=True) as database:
        faults, notes = list(faults_of(database, sample=args.sample)), []
        if not faults:
            found = status(database, parts.index_folder)
            notes = [f"index {found['state']}, {found['behind']} changes behind"]
            faults = list(differences(database, parts.index_folder))
        seq, chain = (0, "") if faults else (last(database), head(database))
    seconds = round(time.monotonic() - started, 2)
    said = {"faults": faults, "notes": notes, "log": seq, "chain": chain, "seconds": seconds}
    if args.json:
        write(said)
    else:
        facts({**said, "faults": len(faults)})
    for fault in faults:
        note(f"fault: {fault}")
    return not faults


def withdraw(parts: Parts, args: argparse.Namespace) -> bool:
    """Take articles out of publication, or put them back."""
    from archive import articles

    with parts.archive(must_exist=True) as database:
        ids = [articles.named(database, name).id for name in args.id]
        now, person = datetime.now(UTC), getpass.getuser()
        if args.command == "withdraw":
            done = articles.withdraw(database, ids, reason=args.reason, person=person, now=now)
        else:
            done = articles.restore(database, ids, person=person, now=now)
        parts.follow_if_free(database)
    for id in ids:
        print(f"{id}: {args.command} {'done' if id in done else 'was done before'}")
    return True


def index(parts: Parts, args: argparse.Namespace) -> bool:
    """The index against the archive."""
    from index.follow import rebuild, status

    with parts.archive(must_exist=True) as database:
        if args.action == "status":
            facts(status(database, parts.index_folder))
        elif args.action == "ids":
            with closing(parts.index()) as opened:
                sys.stdout.writelines(f"{json.dumps({'key': id})}\n" for id in opened.ids())
        elif args.action == "rebuild":
            note(f"{rebuild(database, parts.index_folder)} articles indexed")
        else:
            parts.rules(database)
            note(f"{parts.follow(database)} changes followed")
    return True


def config(parts: Parts, args: argparse.Namespace) -> bool:
    """What is in force, and where each value came from. That it can be read at all is the check."""
    settings = parts.settings
    for name in ("site", "server", "fetch"):
        section = getattr(settings, name)
        for key in section.__slots__:
            origin = settings.origins.get(f"{name}.{key}", "default")
            print(f"{name}.{key} = {json.dumps(getattr(section, key), ensure_ascii=False)}  # {origin}")
    print(f"topic = {len(settings.topics)} rules  # {settings.origins.get('topic')}")
    if not settings.site.base_url:
        note(f"site.base_url is not set: feeds will say {settings.base_url}; set it before others subscribe")
    return True


def version(parts: Parts, args: argparse.Namespace) -> bool:
    """Our version; doctor adds those of the engines below."""
    from syndicate import VERSION

    print(f"syndicate {VERSION}")
    if args.command == "doctor":
        with parts.archive() as database:
            (row,) = database.read("SELECT sqlite_version() AS version")
        import pyexpat

        facts({"python": platform.python_version(), "sqlite": row["version"], "expat": pyexpat.EXPAT_VERSION})
        facts({name: installed(name) for name in ENGINES})
    return True
