"""Every article of a list or search as lines of JSON or rows of a table, sent while it is read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from http import HTTPStatus as Code
from itertools import islice
from typing import TypeVar
from urllib.parse import quote

from archive import changes, lists
from archive.articles import articles, is_public
from archive.errors import Busy
from archive.model import Article, Selection, sha256
from index import Search
from syndicate import reader
from syndicate.composing import Composer, Plan
from syndicate.policy import HEADERS, OPEN
from syndicate.records import json_lines, public_record, table_rows
from syndicate.reply import Environ, Reply, pairs

BATCH = 100
MIMES = {"csv": "text/csv; charset=utf-8; header=present", "jsonl": "application/x-ndjson; charset=utf-8"}
BYTE_ORDER_MARK = "\ufeff".encode()  # or a spreadsheet takes Chinese for something else
Records = Iterable[dict[str, object]]
Each = TypeVar("Each")


class Streams:
    """Answers requests for whole lists; no list is ever in memory, and no state of the archive is held.

    A slow reader holds a thread of the server as long as it reads, so that only some are served ``at_once``.
    """

    def __init__(self, composer: Composer, base_url: str, *, at_once: int) -> None:
        self._composer = composer
        self._database = composer.database
        self._index = composer.index
        self._base_url = base_url
        self._free = threading.Semaphore(at_once)

    def answer(self, plan: Plan, environ: Environ) -> Reply:
        """The list of a plan; not modified while neither the log nor the index says otherwise."""
        self._composer.check(plan.selection)
        tag = f'W/"{sha256(repr((self._base_url, plan.address(), self._version(plan))).encode())[:32]}"'
        known = {"ETag": tag, "Cache-Control": "no-cache"}
        if reader.has(environ, tag):
            return Reply(code=Code.NOT_MODIFIED, headers=pairs(known, HEADERS, OPEN))
        found = self._found(plan) if plan.is_search else self._listed(plan.selection)
        if plan.selection.language == "both":
            found = self._composer.folding.once(found, plan.view.content)
        records = (public_record(each, self._base_url, plan.view.content) for each in found)
        written = WRITERS[plan.format](islice(records, plan.view.n))
        said = {"Content-Type": MIMES[plan.format], "Content-Disposition": called(plan)}
        return Reply(body=self._one_of_few(written), headers=pairs(said, known, HEADERS, OPEN))

    def _version(self, plan: Plan) -> object:
        """What moves when the list may have changed."""
        if plan.is_search:
            return self._index.generation, changes.last(self._database)
        return lists.version(self._database, replace(plan.selection, without=()))

    def _listed(self, selection: Selection) -> Iterator[Article]:
        """A list by number downwards. What comes meanwhile has a higher number; each part is read afresh."""
        below: int | None = None
        while True:
            with self._database.snapshot():
                found = lists.newest(self._database, selection, BATCH, below=below)
            yield from found
            if len(found) < BATCH:
                return
            below = found[-1].number

    def _found(self, plan: Plan) -> Iterator[Article]:
        """What a search finds, in the order of its page; asked for now, lest it fails when half is sent."""
        sort = plan.view.sort or ("rel" if plan.selection.query else "new")
        ids = self._index.every(Search(selection=plan.selection, sort=sort, exact=plan.view.exact))
        return self._read(ids)

    def _read(self, ids: Iterator[str]) -> Iterator[Article]:
        """The articles of some ids that may be shown still."""
        for batch in batched(ids):
            with self._database.snapshot():
                found = articles(self._database, batch)
            yield from filter(is_public, found)

    def _one_of_few(self, written: Iterator[bytes]) -> Iterator[bytes]:
        """The same, unless there are too many at once; a reader that breaks off makes room for another."""
        if not self._free.acquire(blocking=False):
            raise Busy("whole lists are being sent to others; try again in a moment")
        try:
            yield from written
        finally:
            self._free.release()


def batched(items: Iterable[Each]) -> Iterator[tuple[Each, ...]]:
    """Things some at a time."""
    left = iter(items)
    while batch := tuple(islice(left, BATCH)):
        yield batch


def lines(records: Records) -> Iterator[bytes]:
    """Records as lines of JSON, many at a time."""
    return map(json_lines, batched(records))


def table(records: Records) -> Iterator[bytes]:
    """Records as a table under the names of their fields."""
    yield BYTE_ORDER_MARK + table_rows([COLUMNS])
    for batch in batched(records):
        yield table_rows(each.values() for each in batch)


COLUMNS = tuple(public_record(Article(title=""), ""))
WRITERS: dict[str, Callable[[Records], Iterator[bytes]]] = {"csv": table, "jsonl": lines}


def called(plan: Plan) -> str:
    """The name under which a browser keeps the list."""
    name = plan.path.strip("/").replace("/", "-") + f".{plan.format}"
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
