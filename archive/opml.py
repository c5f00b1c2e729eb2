"""Lists of subscriptions: take their feeds in as sources, and write our sources as such a list (OPML 2.0)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from xml.sax.saxutils import escape, quoteattr

from archive.database import Database, Transaction
from archive.inputs import LARGEST_FILE, Input, trouble
from archive.model import GOOD_RESULTS, Document, Result, Source, timestamp
from archive.naming import described, source_id, without_password, without_scheme
from archive.reading.clean import clean_url
from archive.reading.opml_reader import FOLDERS
from archive.sources import settle, sources
from archive.take import InputLine, Line, Taking

BATCH = 500
ADDED, KNOWN = "added", "known already"


@dataclass(slots=True, kw_only=True)
class Told:
    """How many feeds of a list went which way."""

    added: int = 0
    known: int = 0
    failed: int = 0

    def note(self, line: InputLine) -> None:
        """Count the line of a feed."""
        if line.result == "failed":
            self.failed += 1
        elif line.detail == ADDED:
            self.added += 1
        else:
            self.known += 1


def ingest_opml(taking: Taking, each: Input) -> Iterator[Line]:
    """Add the feeds of a list as sources, due at once, fetching nothing; a line for each, then the list's."""
    document, problem = read(taking, each)
    if document.result not in GOOD_RESULTS:
        yield InputLine(input=each.name, result=document.result, articles=0, detail=document.detail)
        return
    told, seen = Told(), set[str]()
    for start in range(0, len(document.sources), BATCH):
        for line in subscribe(taking, document.sources[start : start + BATCH], seen):
            told.note(line)
            yield line
    yield list_line(each, document, told, problem)


def read(taking: Taking, each: Input) -> tuple[Document, str | None]:
    """The list that an input holds, and what was wrong with the file around it."""
    if each.problem:
        return each.problem, None
    with each.open() as stream:
        body, problem = stream.readall_within(LARGEST_FILE), stream.problem
    if body is None:
        return trouble("too_complex", f"is larger than {LARGEST_FILE >> 20} MiB; split it"), None
    return taking.parsing.read_opml(body), problem


def subscribe(taking: Taking, feeds: Sequence[Source], seen: set[str]) -> list[InputLine]:
    """Add some feeds in one transaction; a line for each, after its commit."""
    now = taking.terms().now
    lines: list[InputLine] = []
    with taking.database.writing() as transaction:
        for feed in feeds:
            name = without_password(feed.url or "") or feed.title or "an outline without a name"
            problem = obstacle(feed, seen)
            detail = problem or add(transaction, feed, now)
            lines.append(
                InputLine(input=name, result="failed" if problem else "ok", articles=0, detail=detail)
            )
    return lines


def obstacle(feed: Source, seen: set[str]) -> str | None:
    """Why a feed of a list cannot be added, if it cannot."""
    if not feed.url:
        return "has no address"
    address = web_address(feed.url)
    if address is None:
        return "is no address of the web; only http:// and https:// are read"
    identity = without_scheme(address)
    if identity in seen:
        return "stands in the list a second time"
    seen.add(identity)
    return None


def web_address(stated: str) -> str | None:
    """The address to ask; ``feed:`` is what some readers write for the web's."""
    if stated.lower().startswith("feed:"):
        rest = stated[5:]
        stated = f"http:{rest}" if rest.startswith("//") else rest
    return clean_url(stated)


def add(transaction: Transaction, feed: Source, now: datetime) -> str:
    """Add one feed, due at once; what the archive knows of it already stands. What became of it."""
    address = web_address(feed.url or "") or ""
    public = without_password(address)
    proposed = Source(
        id=source_id(without_scheme(address), public),
        identity=f"url {without_scheme(address)}",
        title=feed.title or public,
        url=address,
    )
    stated = Document(site_url=feed.site_url, language=feed.language)
    settled = settle(transaction, replace(described(proposed, stated), folder=feed.folder), now)
    transaction.run(
        "UPDATE source SET folder = COALESCE(folder, :folder),"
        " title = CASE WHEN title = :public THEN :title ELSE title END,"
        " state = CASE WHEN state = 'removed' THEN 'active' ELSE state END WHERE id = :id",
        id=settled.id,
        folder=feed.folder,
        public=public,
        title=proposed.title,
    )
    fresh = transaction.run(
        "INSERT INTO poll (source, due) VALUES (:id, :due) ON CONFLICT (source) DO NOTHING",
        id=settled.id,
        due=timestamp(now),
    )
    return ADDED if fresh or settled.state == "removed" else KNOWN


def list_line(each: Input, document: Document, told: Told, problem: str | None) -> InputLine:
    """What became of the list."""
    feeds = told.added + told.known + told.failed
    counts = f"{feeds:,} feeds: {told.added:,} added, {told.known:,} known already, {told.failed:,} failed"
    result: Result = "warning" if problem or told.failed else document.result
    if told.failed and told.failed == feeds:
        result = "failed"
    detail = "; ".join(filter(None, (counts if feeds else "names no feeds", problem, document.detail)))
    return InputLine(input=each.name, result=result, articles=0, detail=detail)


def export_opml(database: Database, *, title: str) -> Iterator[str]:
    """Our sources as a list, line by line, in their folders; addresses as they are asked, with passwords."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
    yield f"<head><title>{escape(title)}</title></head>\n<body>\n"
    open_folders: list[str] = []
    for source in sorted(subscribed(database), key=lambda source: (source.folder or "", source.id)):
        folders = (source.folder or "").split(FOLDERS) if source.folder else []
        yield from moved(open_folders, folders)
        open_folders = folders
        yield f"{'  ' * len(folders)}{outline(source)}\n"
    yield from moved(open_folders, [])
    yield "</body>\n</opml>\n"


def subscribed(database: Database) -> list[Source]:
    """The sources that have a feed's address and were not removed."""
    return [each for each in sources(database).values() if each.url and each.state != "removed"]


def with_passwords(database: Database) -> int:
    """How many addresses hold a password."""
    return sum(without_password(each.url or "") != each.url for each in subscribed(database))


def moved(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """The ends and beginnings of outlines that lead from one folder to another."""
    shared = 0
    for one, other in zip_longest(before, after):
        if one != other:
            break
        shared += 1
    for depth in range(len(before) - 1, shared - 1, -1):
        yield f"{'  ' * depth}</outline>\n"
    for depth, name in enumerate(after[shared:], shared):
        yield f"{'  ' * depth}<outline text={quoteattr(name)} title={quoteattr(name)}>\n"


def outline(source: Source) -> str:
    """A source as an outline."""
    stated = {
        "text": source.title,
        "title": source.title,
        "type": "rss" if source.reading.kind == "feed" else source.reading.kind,
        "xmlUrl": source.url,
        "htmlUrl": source.site_url,
        "language": source.language,
    }
    return f"<outline {' '.join(f'{name}={quoteattr(value)}' for name, value in stated.items() if value)}/>"
