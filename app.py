"""The command line: which commands there are and what each is given; no decisions."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from archive.errors import ServiceError, UsageError
from archive.settings import read_settings
from syndicate.commands import giving, keeping, pairing, running, sources, taking
from syndicate.console import note
from syndicate.parts import Parts

DESCRIPTION = "A news archive in English and Chinese: every article kept, searched, and republished as feeds."


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="app.py", description=DESCRIPTION)
    add_for_all(top, None)
    add = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_running(add)
    add_taking_in(add)
    add_giving_out(add)
    add_keeping(add)
    add_pairs(add)
    add_tokens(add)
    for command in add.choices.values():
        add_for_all(command, argparse.SUPPRESS)
    return top


def add_for_all(command: argparse.ArgumentParser, default: str | None) -> None:
    """What every command takes, also before its name; behind it what is left out stays as it was there."""
    command.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=default,
        help="settings; else site.toml in the data folder",
    )
    command.add_argument(
        "--data", type=Path, metavar="DIR", default=default, help="the data folder (default: data)"
    )
    command.add_argument(
        "--debug", action="store_true", default=default or False, help="show where an error came from"
    )


def add_running(add: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Commands that run the service."""
    for name, text in (("demo", "serve an archive of samples"), ("serve", "serve the archive")):
        command = add.add_parser(name, help=text)
        command.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
        command.add_argument("--port", type=int, help="port to listen on (default: 8080)")
        command.add_argument("--server", choices=("granian", "waitress"), default="granian")
        command.add_argument("--no-worker", action="store_true", help="only answer; `work` runs elsewhere")
        command.set_defaults(run=running.demo if name == "demo" else running.serve)
    command = add.add_parser("work", help="poll sources and keep the index up to date")
    command.add_argument("--only", choices=("follow",), help="only keep the index up to date")
    command.add_argument("--companion", action="store_true", help=argparse.SUPPRESS)
    command.add_argument("--host", help=argparse.SUPPRESS)
    command.add_argument("--port", type=int, help=argparse.SUPPRESS)
    command.set_defaults(run=running.work)


def add_taking_in(add: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Commands that bring articles in."""
    command = add.add_parser("ingest", help="take in files, folders, addresses, or - for what is piped in")
    command.add_argument("input", nargs="+", metavar="INPUT")
    command.add_argument("--source", metavar="ID", help="whose these are; made when new")
    command.add_argument("--json", action="store_true", help="a line per entry and per input")
    command.add_argument(
        "--dry-run", action="store_true", help="store nothing; with --sheet, say what was read"
    )
    command.add_argument("--sheet", type=Path, metavar="FILE", help="a table of what was read, to correct")
    command.set_defaults(run=taking.ingest)
    command = add.add_parser("refresh", help="poll the sources that are due, once")
    command.add_argument("source", nargs="*", metavar="SOURCE", help="only these, due or not")
    command.add_argument("--all", action="store_true", help="all, due or not")
    command.add_argument("--json", action="store_true", help="a line per entry and per source")
    command.set_defaults(run=taking.refresh)
    command = add.add_parser("sources", help="what is read, how, and how that goes")
    command.add_argument("action", choices=tuple(sources.ACTIONS))
    command.add_argument("name", nargs="*", metavar="URL-OR-ID", help="for set: an id, then NAME=VALUE...")
    command.add_argument("--id", help="the id of an added source")
    command.add_argument("--kind", choices=("feed", "sitemap", "index"), help="what is added")
    command.add_argument("--history", action="store_true", help="add: all that the feed has from before, too")
    command.add_argument("--json", action="store_true", help="import, check: a line of JSON each")
    command.set_defaults(run=sources.run)


def add_giving_out(add: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Commands that show what is there."""
    command = add.add_parser("search", help="search as on the web")
    command.add_argument("words", nargs="*", metavar="WORDS")
    for name in ("topic", "source", "by", "from", "to"):
        command.add_argument(f"--{name}")
    command.add_argument("--lang", choices=("en", "zh", "both"))
    command.add_argument("--sort", choices=("rel", "new", "old"))
    command.add_argument("--page", type=int)
    command.add_argument("--n", type=int)
    command.add_argument("--exact", action="store_true", help="only these words")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=giving.search)
    command = add.add_parser("feed", help="print what the web answers to a path")
    command.add_argument("path", metavar="PATH", help="for example /topic/olympics.atom")
    command.set_defaults(run=giving.feed)
    command = add.add_parser("export", help="write the whole archive")
    command.add_argument("--format", choices=("jsonl", "opml", "site"), default="jsonl")
    command.add_argument("--revisions", action="store_true", help="every revision, not only the newest")
    command.add_argument("-o", "--output", metavar="FILE", help="a file; for a site its folder")
    command.set_defaults(run=giving.export)


def add_keeping(add: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Commands that keep the archive in order."""
    command = add.add_parser("withdraw", help="take articles out of publication; their text stays")
    command.add_argument("id", nargs="+", metavar="ID")
    command.add_argument("--reason", required=True)
    command.set_defaults(run=keeping.withdraw)
    command = add.add_parser("restore-article", help="put withdrawn articles back into publication")
    command.add_argument("id", nargs="+", metavar="ID")
    command.set_defaults(run=keeping.withdraw)
    command = add.add_parser("correct", help="put fields of an article right; '' takes a correction back")
    command.add_argument("id", metavar="ID")
    command.add_argument("file", nargs="?", metavar="FILE", help="the right text, as text, Markdown or HTML")
    command.add_argument("--reason", required=True)
    for name in ("title", "published", "language", "source"):
        command.add_argument(f"--{name}")
    command.add_argument("--author", action="append", help="once for each author")
    command.set_defaults(run=keeping.correct)
    command = add.add_parser(
        "topics", help="file articles under a topic, or out of it, whatever its rule says"
    )
    command.add_argument("action", choices=("add", "drop"))
    command.add_argument("topic", metavar="TOPIC")
    command.add_argument("id", nargs="+", metavar="ID")
    command.set_defaults(run=keeping.topics)
    command = add.add_parser("index", help="the index against the archive")
    command.add_argument("action", choices=("status", "follow", "ids", "rebuild"))
    command.set_defaults(run=keeping.index)
    command = add.add_parser("verify", help="prove that everything stored is as it was stored")
    command.add_argument("--sample", type=int, metavar="N", help="hash only N texts and N bodies")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=keeping.verify)
    command = add.add_parser("config", help="the settings in force, and whether they are right")
    command.add_argument("action", choices=("show", "check"))
    command.set_defaults(run=keeping.config)
    for name, text in (("version", "the version"), ("doctor", "versions of all that this stands on")):
        add.add_parser(name, help=text).set_defaults(run=keeping.version)


def add_pairs(add: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command by which people say which articles tell one story."""
    command = add.add_parser("pairs", help="two articles telling one story: list, confirm or refuse them")
    command.add_argument("action", choices=("list", "confirm", "refuse"))
    command.add_argument("id", nargs="*", metavar="ID", help="confirm, refuse: the two articles")
    command.add_argument("--state", choices=pairing.STATES, action="append", help="list: only these")
    command.add_argument("--n", type=int, default=pairing.SHOWN, help="list: at most so many")
    command.add_argument("--json", action="store_true", help="list: a line of JSON each")
    command.set_defaults(run=pairing.run)


def add_tokens(add: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command for what programs show to push."""
    command = add.add_parser("token", help="who may push articles: create, list, revoke")
    command.add_argument("action", choices=("create", "list", "revoke"))
    command.add_argument("name", nargs="?", metavar="NAME")
    command.add_argument("--scope", metavar="S", help="push, push:SOURCE, read or admin")
    command.add_argument("--expires", type=int, metavar="DAYS", help="how many days it is good for")
    command.set_defaults(run=keeping.token)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: 0 all went well, 1 something failed or a fault was found, 2 bad use."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    args = parser().parse_args(argv)
    flags = {"server.host": getattr(args, "host", None), "server.port": getattr(args, "port", None)}
    try:
        settings = read_settings(
            args.data or Path("data"), config=args.config, environ=os.environ, flags=flags
        )
        good: bool = args.run(Parts(settings=settings), args)
        sys.stdout.flush()
    except UsageError as error:
        return failed(error, args.debug, code=2)
    except (ServiceError, OSError) as error:
        return failed(error, args.debug, code=1)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        note(f"this should not happen: {type(error).__name__}; run it again with --debug and report it")
        return failed(error, args.debug, code=1)
    return 0 if good else 1


def failed(error: Exception, debug: bool, *, code: int) -> int:
    """Say what went wrong; with --debug, where. A reader that went away early is no failure."""
    if debug:
        raise error
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    note(f"error: {error}")
    return code


if __name__ == "__main__":
    sys.exit(main())
