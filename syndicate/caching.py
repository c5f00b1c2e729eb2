"""Conditional requests and codings (RFC 9110), and a bounded cache of what was rendered."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Literal

TAG = re.compile(r'(?:W/)?"([^"]*)"')
# Proxies that compress append their own coding to a tag (Apache bug 45023); it still names our bytes.
CODED = re.compile(r"(-gz|-gzip|;gzip|-br|-df|-deflate)+$")
MOST_BYTES = 64 << 20
WORTH_PACKING = 500
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to send: ``kind`` becomes the code, and a ``not_modified`` has no body."""

    kind: Literal["fresh", "not_modified"]
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a request says of what it has and takes; None where it says nothing."""

    if_none_match: str | None = None
    if_modified_since: str | None = None
    accept_encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A body in its codings, and what a later request is compared with."""

    version: tuple[object, ...]
    tag: str
    modified: datetime
    body: bytes
    packed: bytes
    headers: Headers

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return len(self.body) + len(self.packed)


def render(
    body: bytes,
    *,
    version: tuple[object, ...],
    modified: datetime,
    mime: str,
    max_age: int,
    headers: Headers = (),
) -> Rendered:
    """A body made ready: tagged by its content, compressed once."""
    packed = gzip.compress(body, 6, mtime=0) if len(body) >= WORTH_PACKING else b""
    return Rendered(
        version=version,
        tag=hashlib.sha256(body).hexdigest()[:32],
        modified=modified.replace(microsecond=0),
        body=body,
        packed=packed,
        headers=(
            ("Content-Type", f"{mime}; charset=utf-8"),
            ("Cache-Control", f"public, max-age={max_age}"),
            ("Vary", "Accept-Encoding"),
            ("Last-Modified", format_datetime(modified, usegmt=True)),
            *headers,
        ),
    )


def answer(rendered: Rendered, conditions: Conditions) -> Answer:
    """The answer to one request: not modified, or the body in a coding that it takes."""
    packs = bool(rendered.packed) and takes_gzip(conditions.accept_encoding)
    tag = ("ETag", f'"{rendered.tag}-gz"' if packs else f'"{rendered.tag}"')
    if is_current(rendered, conditions):
        kept = tuple(pair for pair in rendered.headers if pair[0] != "Content-Type")
        return Answer(kind="not_modified", headers=(*kept, tag))
    coding = (("Content-Encoding", "gzip"),) if packs else ()
    body = rendered.packed if packs else rendered.body
    length = (("Content-Length", str(len(body))),)
    return Answer(kind="fresh", headers=(*rendered.headers, tag, *coding, *length), body=body)


def is_current(rendered: Rendered, conditions: Conditions) -> bool:
    """Whether what the client has is what we would send; tags decide alone where they are given."""
    if conditions.if_none_match is not None:
        if conditions.if_none_match.strip() == "*":
            return True
        return any(CODED.sub("", tag) == rendered.tag for tag in TAG.findall(conditions.if_none_match))
    if conditions.if_modified_since is None:
        return False
    try:
        since = parsedate_to_datetime(conditions.if_modified_since)
        return since.year > 1970 and since >= rendered.modified
    except (ArithmeticError, LookupError, TypeError, ValueError):
        # No date, one without a zone, or one beyond all calendars (a year of 11 digits is an OverflowError).
        return False


def takes_gzip(accepted: str | None) -> bool:
    """Whether a client takes gzip (RFC 9110 section 12.5.3); a weight of 0 refuses."""
    weights: dict[str, float] = {}
    for part in (accepted or "").lower().split(","):
        coding, _, rest = part.strip().partition(";")
        weight = re.search(r"q\s*=\s*([0-9.]+)", rest)
        try:
            weights[coding.strip()] = float(weight[1]) if weight else 1.0
        except ValueError:
            weights[coding.strip()] = 0.0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


class Cache:
    """Rendered bodies by address, the least used dropped first; each is made by one thread at a time."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[str, Rendered] = OrderedDict()
        self._making: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._left = most_bytes

    def answer(
        self,
        key: str,
        version: Callable[[], tuple[object, ...]],
        make: Callable[[tuple[object, ...]], Rendered],
    ) -> Rendered:
        """What is kept under a key, made again when its version has moved."""
        with self._guard:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            now = version()
            with self._guard:
                kept = self._kept.get(key)
                if kept is not None and kept.version == now:
                    self._kept.move_to_end(key)
                    return kept
            try:
                rendered = make(now)
            except Exception:
                self._forget(key)
                raise
            self._keep(key, rendered)
        return rendered

    def _forget(self, key: str) -> None:
        """Keep nothing of what could not be made."""
        with self._guard:
            self._making.pop(key, None)

    def _keep(self, key: str, rendered: Rendered) -> None:
        """Remember a body, and forget others until all fit."""
        with self._guard:
            if (old := self._kept.pop(key, None)) is not None:
                self._left += old.size
            self._kept[key] = rendered
            self._left -= rendered.size
            while self._left < 0 and len(self._kept) > 1:
                name, dropped = self._kept.popitem(last=False)
                self._left += dropped.size
                self._making.pop(name, None)


def header_conditions(environ: Mapping[str, object]) -> Conditions:
    """The conditions in a WSGI environment; what is not ASCII there names nothing of ours."""

    def header(name: str) -> str | None:
        value = environ.get(name)
        return value if isinstance(value, str) else None

    return Conditions(
        if_none_match=header("HTTP_IF_NONE_MATCH"),
        if_modified_since=header("HTTP_IF_MODIFIED_SINCE"),
        accept_encoding=header("HTTP_ACCEPT_ENCODING"),
    )
