"""Commands that keep the archive in order."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
import time
from contextlib import closing
from datetime import UTC, datetime

from archive.errors import UsageError
from syndicate.console import facts, how_many, note, table, write
from syndicate.parts import Parts

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


def correct(parts: Parts, args: argparse.Namespace) -> bool:
    """Put fields of an article right."""
    from archive import articles, desk

    given = {name: getattr(args, name) for name in ("title", "published", "language", "source")}
    said = {name: value for name, value in given.items() if value is not None}
    if args.author is not None:
        names = [name for name in args.author if name]
        said["authors"] = json.dumps(names, ensure_ascii=False) if names else ""
    with parts.taking() as taking:
        id = articles.named(taking.database, args.id).id
        if args.file is not None:
            said |= desk.right_text(args.file, taking.parsing)
        if not said:
            raise UsageError("correct: say what is right, e.g. --title 'The right title'")
        with taking.database.writing() as transaction:
            person = getpass.getuser()
            right = desk.correct(transaction, id, said, taking.terms(), reason=args.reason, person=person)
        parts.follow_if_free(taking.database)
    print(f"{id}: revision {right.revision}, {', '.join(said)} corrected")
    return True


def topics(parts: Parts, args: argparse.Namespace) -> bool:
    """File articles under a topic by hand, or out of it."""
    from archive import articles, desk

    with parts.taking() as taking:
        ids = [articles.named(taking.database, name).id for name in args.id]
        chosen = {args.action: [args.topic]}
        with taking.database.writing() as transaction:
            moved = desk.file_by_hand(transaction, ids, taking.terms(), **chosen, person=getpass.getuser())
        parts.follow_if_free(taking.database)
    print(f"{args.topic}: {moved} of {how_many(len(ids))} moved")
    return True


def index(parts: Parts, args: argparse.Namespace) -> bool:
    """The index against the archive."""
    from index.follow import rebuild, status

    # Following is what puts things right after a crash, and one may come before there is an archive.
    with parts.archive(must_exist=args.action != "follow") as database:
        if args.action == "status":
            facts({**status(database, parts.index_folder), **parts.vectors_status(database)})
        elif args.action == "ids":
            with closing(parts.index()) as opened:
                sys.stdout.writelines(f"{json.dumps({'key': id})}\n" for id in opened.ids())
        elif args.action == "rebuild":
            note(f"{how_many(rebuild(database, parts.index_folder))} indexed")
        else:
            parts.file(database)
            taken = parts.follow(database)
            # What is found of pairs are lines of the log, too.
            parts.pairs(database).follow()
            note(f"{taken + parts.follow(database)} changes followed")
            parts.fill(database)
    return True


def token(parts: Parts, args: argparse.Namespace) -> bool:
    """Make, list or revoke what programs show to push articles."""
    from archive import tokens

    if args.action != "list" and not args.name:
        raise UsageError(f"token {args.action}: give it a name")
    now = datetime.now(UTC)
    with parts.archive() as database:
        if args.action == "create":
            if not args.scope:
                raise UsageError("token create: say what it is for: --scope push, push:SOURCE, read or admin")
            print(tokens.create(database, args.name, scope=args.scope, days=args.expires, now=now))
            note("it is shown this once; only its hash is kept")
        elif args.action == "revoke":
            tokens.revoke(database, args.name, now=now)
            print(f"{args.name}: revoked; what it pushed stays")
        else:
            table(tokens.overview(database, now))
    return True


def config(parts: Parts, args: argparse.Namespace) -> bool:
    """What is in force, and where each value came from. That it can be read at all is the check."""
    settings = parts.settings
    for name in ("site", "server", "fetch", "search"):
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
        from archive import subscriptions

        with parts.archive() as database:
            (row,) = database.read("SELECT sqlite_version() AS version")
            told = subscriptions.counts(database, datetime.now(UTC))
        import platform
        import pyexpat
        from importlib.metadata import version as installed

        facts({"python": platform.python_version(), "sqlite": row["version"], "expat": pyexpat.EXPAT_VERSION})
        facts({name: installed(name) for name in ENGINES})
        facts({"subscriptions": told.active, "unconfirmed": told.unconfirmed, "deliveries": told.waiting})
    return True
