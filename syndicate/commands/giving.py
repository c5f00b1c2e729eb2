"""Commands that show what is there."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from contextlib import ExitStack, closing
from itertools import groupby
from pathlib import Path

from archive.database import Database
from archive.errors import UsageError
from archive.settings import Settings
from syndicate.console import counted, how_many, note, write
from syndicate.parts import Parts

# What stands above results that have not all that was asked for.
LESS = {"some": "with some of the words", "meaning": "by meaning, in other words or another language"}


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
            settings = parts.settings
            found = answer(database, index, asked, base_url=settings.base_url, topics=settings.topics)
    if args.json:
        write(found)
        return True
    for has, hits in groupby(found["hits"], key=lambda hit: str(hit["has"])):
        if has in LESS:
            print(f"{'':10}  -- {LESS[has]}:")
        for hit in hits:
            print(f"{hit['day'] or '':10}  {hit['title']}\n{'':10}  {hit['address']}")
    stories = stories_of(found["stories"]) if "stories" in found else ""
    note(f"{how_many(found['total'])}{stories} for {found['read_as'] or 'everything'}, {found['took_ms']} ms")
    if found["across"]:
        note(f"{found['across']} more found in translation")
    if found["note"]:
        note(found["note"])
    if found["also_searched"]:
        note(f"also searched: {', '.join(found['also_searched'])}; only these words with --exact")
    if found["suggestion"]:
        note(f"did you mean: {found['suggestion']['query']}")
    return True


def stories_of(count: int) -> str:
    """How many stories some articles tell, in words."""
    return f" in {count:,} {'story' if count == 1 else 'stories'}"


def feed(parts: Parts, args: argparse.Namespace) -> bool:
    """Print what the web would answer to a path."""
    from syndicate.answers import ask

    with parts.archive(must_exist=True) as database:
        parts.file(database)
        parts.follow_if_free(database)
        with closing(parts.index()) as index:
            status, body = ask(parts.web(database, index), args.path)
    sys.stdout.buffer.write(body)
    if not status.startswith("200"):
        note(f"{args.path}: answered {status}")
    return status.startswith("200")


def export(parts: Parts, args: argparse.Namespace) -> bool:
    """Write the whole archive as JSON lines, its sources as a subscription list, or the site as files."""
    from archive.export import export as lines_of

    if args.format == "site":
        return site(parts, args.output)
    with parts.archive(must_exist=True) as database, database.snapshot():
        if args.format == "opml":
            write_opml(database, parts.settings, args.output)
        else:
            base = parts.settings.base_url
            lines = lines_of(database, base_url=base, all_revisions=args.revisions)
            write_lines((f"{line}\n" for line in lines), args.output)
    return True


def site(parts: Parts, output: str | None) -> bool:
    """Write the whole site as files, for any web server."""
    from syndicate.site_addresses import Place
    from syndicate.site_export import SiteExport, picture_of
    from syndicate.site_files import Folder

    if output in (None, "-"):
        raise UsageError("export --format site: name the folder to write to, with -o DIR")
    settings = parts.settings
    if not settings.site.base_url:
        note(
            f"feeds name {settings.base_url}, since no address is set; set [site] base_url to where"
            " these files will be served"
        )
    with parts.archive(must_exist=True) as database, Folder(Path(str(output))) as folder:
        parts.file(database)
        with database.snapshot(), closing(parts.index()) as index:
            app = parts.web(database, index, as_files=True)
            place = Place(base_url=settings.base_url, language=settings.site.ui, picture=picture_of(app))
            export = SiteExport(app, database, folder, place=place, topics=settings.topics)
            failed = [name for name, is_made in counted(export.files(), unit=" files") if not is_made]
        folder.finish()
    note(f"{folder.written} files written, {folder.unchanged} unchanged, {folder.removed} removed")
    for name in failed[:20]:
        note(f"{name}: could not be made, and was left as it is")
    return not failed


def write_opml(database: Database, settings: Settings, output: str | None) -> None:
    """Write the sources as a subscription list; it alone holds the passwords of their addresses."""
    from archive.opml import export_opml, with_passwords

    write_lines(export_opml(database, title=settings.site.title), output)
    if count := with_passwords(database):
        note(f"{count} of these addresses hold a password; keep the list to yourself")


def write_lines(lines: Iterable[str], output: str | None) -> None:
    """Write to a file, or to stdout when none is named."""
    with ExitStack() as stack:
        to_file = output not in (None, "-")
        out = stack.enter_context(open(str(output), "w", encoding="utf-8")) if to_file else sys.stdout
        out.writelines(lines)
