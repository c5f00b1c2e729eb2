"""Fetches: what was read, from where and when, and the bytes as received, kept by their hash."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.database import Database, Transaction
from archive.model import GOOD_RESULTS, Result, canonical_json, sha256, timestamp

# Bytes beyond this come by the hundred, from files of many articles; packed quickly they take a fifth more.
LARGE = 256 << 10
PARSER = "1"  # raised when parsing gives another answer for the same bytes, so that they can be read again


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One reading of an input, and what came of it."""

    source: str | None
    asked: str
    at: datetime
    body: bytes
    result: Result
    detail: str | None
    articles: int
    final: str | None = None
    status: int | None = None
    headers: Mapping[str, str] | None = None


def record(transaction: Transaction, id: int, fetch: Fetch) -> None:
    """Keep a fetch and its bytes under the number that the next one gets."""
    columns = {
        "id": id,
        "source": fetch.source,
        "asked": fetch.asked,
        "final": fetch.final,
        "status": fetch.status,
        "headers": canonical_json(dict(fetch.headers or {})),
        "at": timestamp(fetch.at),
        "sha": keep(transaction, fetch.body),
        "result": fetch.result,
        "detail": fetch.detail,
        "articles": fetch.articles,
        "parser": PARSER,
    }
    names, places = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    transaction.run(f"INSERT INTO fetch ({names}) VALUES ({places})", **columns)


def keep(transaction: Transaction, body: bytes) -> str:
    """Keep bytes under their hash; the same bytes are kept once."""
    sha = sha256(body)
    if not transaction.read("SELECT 1 FROM blob WHERE sha = :sha", sha=sha):
        transaction.run(
            "INSERT INTO blob (sha, size, codec, bytes) VALUES (:sha, :size, 'zlib', :bytes)",
            sha=sha,
            size=len(body),
            bytes=zlib.compress(body, 6 if len(body) < LARGE else 1),
        )
    return sha


def is_known(transaction: Transaction | Database, source: str, sha: str) -> bool:
    """Whether these very bytes were once taken in completely from this source."""
    good = ", ".join(f"'{result}'" for result in sorted(GOOD_RESULTS))
    return bool(
        transaction.read(
            f"SELECT 1 FROM fetch WHERE source = :source AND sha = :sha AND result IN ({good})",
            source=source,
            sha=sha,
        )
    )


def has_failed_so(transaction: Transaction, asked: str, sha: str, result: str) -> bool:
    """Whether the newest fetch of an input already failed in just this way."""
    rows = transaction.read(
        "SELECT sha, result FROM fetch WHERE asked = :asked ORDER BY id DESC LIMIT 1", asked=asked
    )
    return bool(rows) and (rows[0]["sha"], rows[0]["result"]) == (sha, result)


def unpack(codec: str, packed: bytes) -> bytes:
    """Bytes as they were received."""
    return zlib.decompress(packed) if codec == "zlib" else packed
