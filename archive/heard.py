"""What an answer of a source holds: a document, nothing new, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive import judge
from archive.errors import ArchiveError, FetchError
from archive.fetch import Answer, Fetched
from archive.full_text import reads_pages
from archive.inflate import without_gzip
from archive.inputs import trouble
from archive.model import GOOD_RESULTS, Document, Source
from archive.page_reading import read_source
from archive.pages import Plan, Reads
from archive.polls import Poll
from archive.take import Taking


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard of a source: the answer, and the document it holds; None where nothing is new."""

    poll: Poll
    answer: Fetched | FetchError
    document: Document | None
    has_pages: bool = False
    plan: Plan | None = None
    reads: Reads = field(default_factory=dict)


def hear_all(
    taking: Taking, by_url: Mapping[str, Poll], known: Mapping[str, Source], group: Sequence[Answer]
) -> list[Heard]:
    """Read a group of answers."""
    now = taking.terms().now
    return [hear(taking, by_url[request.url], answer, known, now) for request, answer in group]


def hear(
    taking: Taking,
    poll: Poll,
    answer: Fetched | FetchError,
    known: Mapping[str, Source],
    now: datetime,
) -> Heard:
    """Read one answer; what holds nothing to read is a document that says so."""
    document = judge.refused(poll, answer)
    if document is None and isinstance(answer, Fetched) and not judge.is_unchanged(poll, answer):
        plain = replace(answer, body=without_gzip(answer.body))
        document = guarded(lambda: read_source(taking, known[poll.source], plain, now))
    heard = Heard(poll=poll, answer=answer, document=document)
    return replace(heard, has_pages=is_good(heard) and reads_pages(known[poll.source]))


def guarded(read: Callable[[], Document]) -> Document:
    """The document that was read, or one that says why not."""
    try:
        return read()
    except ArchiveError:
        raise
    except Exception as error:
        return unforeseen(error)


def unforeseen(error: Exception) -> Document:
    """What nobody foresaw, as the failure of one source: else it would stop all others, every time."""
    return trouble("failed", f"cannot be taken in ({type(error).__name__}: {error}); please report it")


def is_whole(answer: Fetched | FetchError) -> bool:
    """Whether an answer may bring something to read."""
    return isinstance(answer, Fetched) and not answer.not_modified


def is_good(each: Heard) -> bool:
    """Whether an answer holds something to take in."""
    if isinstance(each.answer, FetchError) or each.document is None:
        return False
    return each.document.result in GOOD_RESULTS
