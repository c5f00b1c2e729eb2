"""The pictures of articles: kept as bytes, and shown while their article is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from archive.articles import batches, listed, log
from archive.database import Database, Row, Transaction
from archive.fetches import keep, unpack
from archive.model import Document, Outcome, sha256
from archive.rows import PUBLIC


def attach(
    transaction: Transaction,
    document: Document,
    stored: Sequence[tuple[str, Outcome]],
    now: datetime,
) -> None:
    """Keep the pictures of a document and say whose they are; ``stored`` is what became of its articles.

    A revision has the pictures that it names and no others. An article that did not change may get pictures
    that were missing before: that is a touch and no revision, so its HTML stays as it is.
    """
    bodies = {sha256(each.body): each for each in document.pictures}
    for article, (id, outcome) in zip(document.articles, stored, strict=False):
        if outcome == "revised":
            transaction.run("DELETE FROM picture WHERE article = :id", id=id)
        had = {row["sha"] for row in of(transaction, id)}
        named = {image.sha256: image.file or "" for image in article.images if image.sha256 in bodies}
        for sha, name in named.items():
            if sha and sha not in had:
                transaction.run(
                    "INSERT INTO picture (article, name, sha, type) VALUES (:id, :name, :sha, :type)",
                    id=id,
                    name=name,
                    sha=keep(transaction, bodies[sha].body),
                    type=bodies[sha].type,
                )
        if outcome == "unchanged" and named.keys() - had:
            log(transaction, "touch", id, reason="picture", person="", now=now)


def of(database: Database | Transaction, id: str) -> list[Row]:
    """The pictures of an article: name, hash and type."""
    return database.read("SELECT name, sha, type FROM picture WHERE article = :id ORDER BY name", id=id)


def types(database: Database, hashes: Iterable[str]) -> dict[str, str]:
    """The type of each picture that is kept, by its hash."""
    found: dict[str, str] = {}
    for batch in batches(sorted(set(hashes))):
        names, values = listed(batch)
        rows = database.read(
            f"SELECT sha, MIN(type) AS type FROM picture WHERE sha IN ({names}) GROUP BY sha", **values
        )
        found.update((row["sha"], row["type"]) for row in rows)
    return found


def public(database: Database, sha: str) -> bytes | None:
    """The bytes of a picture that an article shows to everyone now; None for all others."""
    rows = database.read(
        "SELECT b.codec, b.bytes FROM blob b WHERE b.sha = :sha AND EXISTS (SELECT 1 FROM picture p"
        " JOIN article a ON a.id = p.article JOIN source s ON s.id = a.source"
        f" WHERE p.sha = b.sha AND {PUBLIC} AND COALESCE(a.republish, s.republish, 'full') = 'full')",
        sha=sha,
    )
    return unpack(rows[0]["codec"], rows[0]["bytes"]) if rows else None
