"""Take in a web archive: its pages and feeds go the way they would have gone had they been fetched now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from archive.beside import Beside
from archive.ingest import ingest_document
from archive.inputs import Input
from archive.model import GOOD_RESULTS, Result
from archive.pairs import Versions
from archive.take import InputLine, Line, Taking
from archive.warc_reader import Record, read_records

PAGES = ("text/html", "application/xhtml+xml")
# Types that only feeds have, and those that feeds have among much else.
FEEDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
PERHAPS = ("text/xml", "application/xml", "application/json", "text/plain", "")
FEED_START = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]|jsonfeed\.org/version", re.IGNORECASE)
PAGE_START = re.compile(rb"\s*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
HEAD = 2_048


def ingest_warc(taking: Taking, each: Input) -> Iterator[Line]:
    """Take in a web archive; the lines of each record taken or broken, after its commit, then its own."""
    versions, beside = Versions(), Beside()
    taken, broken, articles = 0, 0, 0
    left: Counter[str] = Counter()
    with each.open() as stream:
        for record in read_records(stream):
            if record.problem:
                broken += 1
                yield broken_line(each, record)
            elif (reason := other(record)) is not None:
                left[reason] += 1
            else:
                lines = ingest_document(taking, page(each, record), versions, beside)
                yield from lines
                taken += 1
                broken += sum(is_bad(line) for line in lines)
                articles += sum(line.articles for line in lines if isinstance(line, InputLine))
        yield archive_line(each, stream.problem, taken=taken, broken=broken, left=left, articles=articles)


def other(record: Record) -> str | None:
    """What a record is when it holds neither a page nor a feed."""
    if record.kind != "response":
        return record.kind or "record without a type"
    if record.status is None:
        return "answer of another protocol"
    if record.status != 200:
        return f"answer {record.status}"
    return None if type_of(record) else "other file"


def type_of(record: Record) -> str | None:
    """The type by which a page or feed is read; None for what is neither."""
    stated = (record.content_type or "").partition(";")[0].strip().lower()
    head = record.body[:HEAD]
    if stated in PAGES or (not stated and PAGE_START.match(head)):
        return (record.content_type or "").replace(PAGES[1], PAGES[0]) or PAGES[0]
    if stated in FEEDS or (stated in PERHAPS and FEED_START.search(head)):
        return record.content_type or FEEDS[0]
    return None


def page(each: Input, record: Record) -> Input:
    """A record as what an address answered."""
    return Input(
        name=name_of(each, record),
        url=record.url,
        final=record.url,
        status=record.status,
        content_type=type_of(record),
        body=record.body,
        at=record.at,
    )


def name_of(each: Input, record: Record) -> str:
    """What a record is called in the report: its address, or its number."""
    return f"{each.name}#{record.url or f'record-{record.place}'}"


def broken_line(each: Input, record: Record) -> InputLine:
    """The line for a record that cannot be read."""
    detail = f"record {record.place} {record.problem}"
    return InputLine(input=name_of(each, record), result="failed", articles=0, detail=detail)


def is_bad(line: Line) -> bool:
    """Whether a record was taken but could not be read as what it is."""
    return isinstance(line, InputLine) and line.result not in GOOD_RESULTS


def archive_line(
    each: Input, problem: str | None, *, taken: int, broken: int, left: Counter[str], articles: int
) -> InputLine:
    """What became of the whole archive."""
    others = ", ".join(f"{count} {reason}" for reason, count in left.most_common())
    counts = f"{taken} pages and feeds taken, {broken} records failed"
    counts += f", left alone: {others}" if others else ""
    result: Result = "warning" if broken or problem else "ok" if taken else "empty"
    if not (taken or left):
        result = "failed" if broken or problem else "not_a_feed"
        counts = counts if broken or problem else "holds no records"
    detail = "; ".join(filter(None, (problem, counts)))
    return InputLine(input=each.name, result=result, articles=articles, detail=detail)
