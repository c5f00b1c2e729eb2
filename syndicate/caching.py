"""Conditional requests and codings (RFC 9110), and a bounded cache of what was rendered."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Generic, Literal, TypeVar

from syndicate.codings import SUFFIXES, Coding, best, pack

TAG = re.compile(r'(?:W/)?"([^"]*)"')
# Proxies that compress append their own coding to a tag (Apache bug 45023); it still names our bytes.
CODED = re.compile(r"(?:(?:--?|;)(?:gzip|gz|br|zstd|zst|deflate|df))*")
SETTLING = timedelta(seconds=1)
WORTH_PACKING = 500
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A feed as it stands: its address, what a later request is compared with, and what it was made of.

    The first of ``version`` says what must move before there can be another edition: the log or the index.
    """

    address: str
    version: tuple[object, ...]
    tag: str
    modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to send: ``kind`` becomes the code, and a ``not_modified`` has no body."""

    kind: Literal["fresh", "not_modified"]
    headers: Headers
    edition: Edition
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a request says of what it has and takes; None where it says nothing."""

    if_none_match: str | None = None
    if_modified_since: str | None = None
    accept_encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An edition with its body, its type, and the headers that all answers about it have."""

    edition: Edition
    body: bytes
    mime: str
    headers: Headers

    def __len__(self) -> int:
        """Bytes of memory."""
        return len(self.body)

    def in_coding(self, coding: Coding) -> bytes:
        """The body in a coding, made now."""
        return pack(self.body, coding)


def render(
    body: bytes,
    *,
    version: tuple[object, ...],
    modified: datetime,
    mime: str,
    max_age: int,
    vary: str = "Accept-Encoding",
    headers: Headers = (),
    address: str = "",
) -> Rendered:
    """A body made ready: tagged by its content."""
    tag, second = hashlib.sha256(body).hexdigest()[:32], modified.replace(microsecond=0)
    return Rendered(
        edition=Edition(address=address, version=version, tag=tag, modified=second),
        body=body,
        mime=f"{mime}; charset=utf-8",
        headers=(
            ("Cache-Control", f"public, max-age={max_age}"),
            ("Vary", vary),
            ("Last-Modified", format_datetime(second, usegmt=True)),
            *headers,
        ),
    )


def answer(
    rendered: Rendered,
    conditions: Conditions,
    packed: Callable[[Rendered, Coding], bytes] = Rendered.in_coding,
    *,
    now: datetime,
) -> Answer:
    """The answer to one request: not modified, or the body in a coding it takes, as ``packed`` has it.

    Readers on libcurl (newsboat) drop a body that is not newer, by Last-Modified, than what they have, and a
    date has whole seconds: nothing is dated while more may change within its second.
    """
    coding = best(conditions.accept_encoding) if len(rendered.body) >= WORTH_PACKING else "identity"
    known = rendered.headers if now - rendered.edition.modified > SETTLING else undated(rendered.headers)
    headers = (*known, ("ETag", f'"{rendered.edition.tag}{SUFFIXES[coding]}"'))
    if is_current(rendered.edition, conditions):
        return Answer(kind="not_modified", headers=headers, edition=rendered.edition)
    body = packed(rendered, coding) if coding != "identity" else rendered.body
    said = (("Content-Encoding", coding),) if coding != "identity" else ()
    what = ("Content-Type", rendered.mime), ("Content-Length", str(len(body)))
    return Answer(kind="fresh", headers=(*what, *headers, *said), edition=rendered.edition, body=body)


def undated(headers: Headers) -> Headers:
    """Headers without the date of what they are about."""
    return tuple(pair for pair in headers if pair[0] != "Last-Modified")


def is_current(edition: Edition, conditions: Conditions) -> bool:
    """Whether what the client has is what we would send; tags decide alone where they are given."""
    if conditions.if_none_match is not None:
        if conditions.if_none_match.strip() == "*":
            return True
        return any(names(each, edition.tag) for each in TAG.findall(conditions.if_none_match))
    if conditions.if_modified_since is None:
        return False
    try:
        since = parsedate_to_datetime(conditions.if_modified_since)
        return since.year > 1970 and since >= edition.modified
    except (ArithmeticError, LookupError, TypeError, ValueError):
        # No date, one without a zone, or one beyond all calendars (a year of 11 digits is an OverflowError).
        return False


def names(stated: str, tag: str) -> bool:
    """Whether a stated tag is ours in any coding."""
    return stated.startswith(tag) and CODED.fullmatch(stated, len(tag)) is not None


Value = TypeVar("Value", bound=Sized)


class Cache(Generic[Value]):
    """What was made, by address, the least used dropped first; each is made by one thread at a time."""

    def __init__(self, most_bytes: int) -> None:
        self._kept: OrderedDict[str, tuple[tuple[object, ...], Value]] = OrderedDict()
        self._making: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._left = most_bytes

    def answer(
        self,
        key: str,
        version: Callable[[], tuple[object, ...]],
        make: Callable[[tuple[object, ...]], Value],
    ) -> Value:
        """What is kept under a key, made again when its version has moved."""
        if (known := self._known(key, version())) is not None:
            return known
        with self._guard:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            now = version()
            if (known := self._known(key, now)) is not None:
                return known
            try:
                made = make(now)
            except Exception:
                self._forget(key)
                raise
            self._keep(key, now, made)
        return made

    def _known(self, key: str, version: tuple[object, ...]) -> Value | None:
        """What is kept under a key, if it is of a version."""
        with self._guard:
            kept = self._kept.get(key)
            if kept is None or kept[0] != version:
                return None
            self._kept.move_to_end(key)
            return kept[1]

    def _forget(self, key: str) -> None:
        """Keep nothing of what could not be made."""
        with self._guard:
            self._making.pop(key, None)

    def _keep(self, key: str, version: tuple[object, ...], made: Value) -> None:
        """Remember what was made, and forget others until all fit."""
        with self._guard:
            if (old := self._kept.pop(key, None)) is not None:
                self._left += len(old[1])
            self._kept[key] = version, made
            self._left -= len(made)
            while self._left < 0 and len(self._kept) > 1:
                name, (_, dropped) = self._kept.popitem(last=False)
                self._left += len(dropped)
                self._making.pop(name, None)


def header_conditions(environ: Mapping[str, Any]) -> Conditions:
    """The conditions in a WSGI environment; what is not ASCII there names nothing of ours."""
    return Conditions(
        if_none_match=environ.get("HTTP_IF_NONE_MATCH"),
        if_modified_since=environ.get("HTTP_IF_MODIFIED_SINCE"),
        accept_encoding=environ.get("HTTP_ACCEPT_ENCODING"),
    )
