"""The fast path: a feed that has not changed is answered again before the web framework is asked.

An answer is made the normal way once. It stands while nothing was committed, or nothing that the log tells;
that of a search, or with counts, while the index is the same as well. A poll then costs one look at the
archive and a few look-ups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from archive.changes import Newest
from archive.database import Database
from archive.errors import IndexUnavailable
from index import Index
from syndicate.caching import Conditions, Edition, is_current
from syndicate.codings import Coding, best
from syndicate.reply import Environ, Reply

SUFFIXES = (".atom", ".rss", ".json")
# With these a request is more than a plain one for a feed.
UNUSUAL = frozenset({"HTTP_AUTHORIZATION", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_RANGE"})
MOST_BYTES = 16 << 20
BESIDE = 2_000  # bytes that an answer takes beside its body, and an address beside its answers
LONGEST = 2_000  # characters of an address

Form = tuple[Coding, bool, bool]  # the coding, whether a browser asks, whether the reader has the feed


# What an answer is of: the log or the index, the log's last number, the index's generation where that counts.
Newness = tuple[str, int, object]
KINDS = {False: "log", True: "index"}


class Question(NamedTuple):
    """A request for a feed: path and query as they were sent, and what was newest when it came."""

    address: tuple[str, str]
    newest: Newness
    is_plain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The answers about one edition of a feed, and what was newest when they were given."""

    newest: Newness
    edition: Edition
    replies: dict[Form, Reply] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """About how many bytes of memory."""
        bodies = (reply.body for reply in self.replies.values())
        return BESIDE + sum(BESIDE + len(body) for body in bodies if isinstance(body, bytes))


class Fast:
    """Keeps answers to polls, and gives them again as long as nothing has moved.

    What is newest is read before an answer is made, so an answer is never taken for newer than it is.
    """

    def __init__(self, database: Database, index: Index, most_bytes: int = MOST_BYTES) -> None:
        self._log = Newest(database)
        self._index = index
        self._kept: dict[tuple[str, str], Kept] = {}
        self._left = most_bytes
        self._lock = Lock()

    def question(self, environ: Environ) -> Question | None:
        """What is asked, when it is for a feed and nothing else is sent with it; else None."""
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        if not path.endswith(SUFFIXES) or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        if environ.get("CONTENT_LENGTH", "") not in ("", "0") or len(path) + len(query) > LONGEST:
            return None
        if "HTTP_TRANSFER_ENCODING" in environ:
            return None
        is_search = path.startswith("/search.") or "sort=" in query
        last, counts = self._log.last(), is_search or path.endswith(".json")
        try:
            newest = KINDS[is_search], last, self._index.generation if counts else None
        except IndexUnavailable:
            return None
        return Question((path, query), newest, environ.keys().isdisjoint(UNUSUAL))

    def is_known(self, question: Question) -> bool:
        """Whether some answer about the feed still stands: then any other is made in no time as well."""
        kept = self._kept.get(question.address)
        return kept is not None and kept.newest == question.newest

    def answer(self, question: Question, environ: Environ) -> Reply | None:
        """The answer that was given before, if it still stands."""
        kept = self._kept.get(question.address)
        if kept is None or kept.newest != question.newest or not question.is_plain:
            return None
        return kept.replies.get(form(kept.edition, environ))

    def keep(self, question: Question, environ: Environ, reply: Reply) -> None:
        """Remember an answer, and forget the first ones until all fit."""
        edition = reply.edition
        if edition is None or edition.version[0] != question.newest[0] or not question.is_plain:
            return
        with self._lock:
            kept = self._kept.pop(question.address, None)
            self._left += kept.size if kept else 0
            if kept is None or kept.newest != question.newest or kept.edition != edition:
                kept = Kept(newest=question.newest, edition=edition)
            kept.replies[form(edition, environ)] = reply
            self._kept[question.address] = kept
            self._left -= kept.size
            while self._left < 0:
                self._left += self._kept.pop(next(iter(self._kept))).size


def form(edition: Edition, environ: Mapping[str, str]) -> Form:
    """Which of the answers about an edition a request gets."""
    asked = environ.get
    tags, since = asked("HTTP_IF_NONE_MATCH"), asked("HTTP_IF_MODIFIED_SINCE")
    has = (tags or since) is not None and is_current(
        edition, Conditions(if_none_match=tags, if_modified_since=since)
    )
    return best(asked("HTTP_ACCEPT_ENCODING")), "text/html" in asked("HTTP_ACCEPT", ""), has
