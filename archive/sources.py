"""Sources: who says what we archive, how they were named, and how a person wants them read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from urllib.parse import urlsplit

from archive import changes
from archive.articles import batches, listed
from archive.database import Database, Row, Transaction
from archive.errors import NotFound, UsageError
from archive.model import Document, PageRules, Reading, Source, canonical_json, moment, sha256, timestamp
from archive.naming import ID, described, source_id, without_password, without_scheme
from archive.source_terms import PLAIN, told

READ_AS_USUAL = Reading()
# What is shown with every article of a source, or decides whether it is shown.
SHOWN = ("title", "name_en", "name_zh", "family", "rights", "licence", "republish")
OF_SOURCE = (
    "SELECT a.id, r.revision, r.sha FROM article a"
    " JOIN revision r ON r.article = a.id AND r.revision = a.revision WHERE a.source = :source ORDER BY a.seq"
)
COLUMNS = tuple(name for name in Source.__slots__ if name not in ("added", "reading"))


def settle(transaction: Transaction, proposed: Source, now: datetime) -> Source:
    """The stored source of the same identity, made when new under a free id."""
    rows = transaction.read(
        "SELECT * FROM source WHERE identity = :identity OR (url IS NOT NULL AND url = :url)",
        identity=proposed.identity,
        url=proposed.url,
    )
    if not rows and proposed.identity.startswith("id "):
        rows = transaction.read("SELECT * FROM source WHERE id = :id", id=proposed.id)
    if rows:
        return source(rows[0])
    made = replace(proposed, id=free_id(transaction, proposed), added=now)
    transaction.run(
        f"INSERT INTO source ({', '.join(COLUMNS)}, rules, added)"
        f" VALUES ({', '.join(f':{name}' for name in COLUMNS)}, :rules, :added)",
        rules=canonical_json(asdict(made.reading)),
        added=timestamp(now),
        **{name: getattr(made, name) for name in COLUMNS},
    )
    return made


def free_id(transaction: Transaction, proposed: Source) -> str:
    """The proposed id, or one told apart by a hash when another source has it."""
    if not transaction.read("SELECT 1 FROM source WHERE id = :id", id=proposed.id):
        return proposed.id
    return f"{proposed.id[:51]}-{sha256(proposed.identity.encode())[:12]}"


def sources(database: Database | Transaction, ids: Iterable[str] | None = None) -> dict[str, Source]:
    """The sources of these ids, or all, by id."""
    if ids is None:
        rows = database.read("SELECT * FROM source ORDER BY id")
        return {row["id"]: source(row) for row in rows}
    found: dict[str, Source] = {}
    for batch in batches(sorted(set(ids))):
        names, values = listed(batch)
        for row in database.read(f"SELECT * FROM source WHERE id IN ({names})", **values):
            found[row["id"]] = source(row)
    return found


def counts(database: Database) -> dict[str, int]:
    """How many articles each source has brought, withdrawn ones not counted."""
    rows = database.read(
        "SELECT source, COUNT(*) AS n FROM article"
        " WHERE number IS NOT NULL AND withdrawn IS NULL GROUP BY source"
    )
    return {row["source"]: row["n"] for row in rows}


def families(database: Database) -> dict[str, str]:
    """The family of each source that has one."""
    rows = database.read("SELECT id, family FROM source WHERE family IS NOT NULL ORDER BY id")
    return {row["id"]: row["family"] for row in rows}


def names(database: Database) -> dict[str, tuple[str, ...]]:
    """What each source is called: its title, and its names in both languages."""
    rows = database.read("SELECT id, title, name_en, name_zh FROM source ORDER BY id")
    return {row["id"]: tuple(filter(None, (row["title"], row["name_en"], row["name_zh"]))) for row in rows}


def add(
    database: Database, url: str, *, id: str | None, now: datetime, reading: Reading = READ_AS_USUAL
) -> Source:
    """Subscribe to a feed: it is due at once. One that was removed comes back with its articles."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise UsageError(f"{url}: not an address of a feed; write it with http:// or https://")
    proposed = Source(
        id=id or source_id(without_scheme(url), without_password(url)),
        identity=f"url {without_scheme(url)}",
        title=without_password(url),
        url=url,
        reading=reading,
    )
    if not ID.fullmatch(proposed.id):
        raise UsageError(f"{proposed.id}: not an id; use lower-case letters, digits and hyphens, at most 64")
    with database.writing() as transaction:
        settled = settle(transaction, proposed, now)
        transaction.run(
            "UPDATE source SET state = 'active', url = COALESCE(url, :url) WHERE id = :id",
            id=settled.id,
            url=url,
        )
        transaction.run(
            "INSERT INTO poll (source, due) VALUES (:id, :due) ON CONFLICT (source) DO NOTHING",
            id=settled.id,
            due=timestamp(now),
        )
    return sources(database, [settled.id])[settled.id]


def change(database: Database, id: str, said: Sequence[str], *, now: datetime) -> Source:
    """Change what a person may say of a source, as ``name=value`` (archive.source_terms).

    What is shown with its articles binds at once: each gets a touch, of which lists, feeds, index and hub
    learn. Raises NotFound for the source, UsageError for what makes no sense.
    """
    with database.writing() as transaction:
        known = sources(transaction, [id]).get(id)
        if known is None:
            raise NotFound(f"{id}: no such source; `sources list` names them")
        changed = told(known, said)
        transaction.run(
            f"UPDATE source SET {', '.join(f'{name} = :{name}' for name in PLAIN)}, rules = :rules"
            " WHERE id = :id",
            id=id,
            rules=canonical_json(asdict(changed.reading)),
            **{name: getattr(changed, name) for name in PLAIN},
        )
        if any(getattr(changed, name) != getattr(known, name) for name in SHOWN):
            changes.touch(transaction, transaction.read(OF_SOURCE, source=id), now)
        if changed.reading != known.reading:  # then all of it is to be read anew, not what is new alone
            transaction.run(
                "UPDATE poll SET etag = NULL, last_modified = NULL, sha = NULL WHERE source = :id", id=id
            )
    return changed


def set_state(database: Database, id: str, state: str) -> Source:
    """Pause, resume or remove a source; its articles stay. Raises NotFound."""
    with database.writing() as transaction:
        if not transaction.run("UPDATE source SET state = :state WHERE id = :id", id=id, state=state):
            raise NotFound(f"{id}: no such source; `sources list` names them")
    return sources(database, [id])[id]


def improve(transaction: Transaction, stored: Source, document: Document) -> None:
    """Take over what a feed says of itself where the source has only an address to be known by."""
    if document.title and stored.title in (without_password(stored.url or ""), stored.id):
        told = described(replace(stored, title=document.title), document)
        transaction.run(
            "UPDATE source SET title = :title, site_url = :site_url, language = :language, rights = :rights,"
            " family = :family, name_en = :name_en, name_zh = :name_zh WHERE id = :id",
            **{
                name: getattr(told, name)
                for name in ("id", "title", "site_url", "language", "rights", "family", "name_en", "name_zh")
            },
        )


def source(row: Row) -> Source:
    """A source from its row."""
    values = {name: row[name] for name in COLUMNS}
    return Source(added=moment(row["added"]), reading=reading(row["rules"]), **values)


def reading(stored: str | None) -> Reading:
    """How a source is read, from its column; what it does not say is as usual."""
    if not stored:
        return Reading()
    said = json.loads(stored)
    lists = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    return Reading(**{**said, **lists, "page": PageRules(**said.get("page", {}))})
