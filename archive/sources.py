"""Sources: who says what we archive, how they were named, and how reading them goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from archive.articles import batches, listed
from archive.database import Database, Row, Transaction
from archive.errors import NotFound, UsageError
from archive.model import Document, Source, moment, sha256, squeezed, timestamp

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
LONGEST_ID = 64
# Publishers known by a name in each language: their sources form one family.
FAMILIES: Mapping[str, tuple[str, str]] = {
    "beijing-daily": ("Beijing Daily", "北京日报"),
    "beijing-foreign-affairs-office": ("Beijing Foreign Affairs Office", "北京市人民政府外事办公室"),
    "bbc-news": ("BBC News", "BBC中文"),
    "caixin": ("Caixin", "财新"),
    "cctv": ("CCTV", "央视"),
    "cctv-news": ("CCTV News", "央视新闻"),
    "cgtn": ("CGTN", "中国国际电视台"),
    "china-daily": ("China Daily", "中国日报"),
    "china-news-service": ("China News Service", "中国新闻社"),
    "economic-daily": ("Economic Daily", "经济日报"),
    "financial-times": ("Financial Times", "FT中文网"),
    "global-times": ("Global Times", "环球时报"),
    "guangming-daily": ("Guangming Daily", "光明日报"),
    "new-york-times": ("The New York Times", "纽约时报"),
    "peoples-daily": ("People's Daily", "人民日报"),
    "reuters": ("Reuters", "路透社"),
    "south-china-morning-post": ("South China Morning Post", "南华早报"),
    "syndicate-samples": ("Syndicate samples", "新闻档案样例"),
    "the-paper": ("The Paper", "澎湃新闻"),
    "xinhua": ("Xinhua", "新华社"),
    "xinhua-net": ("Xinhuanet", "新华网"),
}
FAMILY_OF = {name.casefold(): family for family, names in FAMILIES.items() for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How reading a source goes; ``failures`` counts since the last success."""

    source: str
    due: datetime
    polled: datetime | None
    succeeded: datetime | None
    changed: datetime | None
    failures: int
    result: str | None
    detail: str | None


def slug(text: str) -> str:
    """Text as an id: lower-case letters, digits and hyphens, Chinese by its pinyin; may be empty."""
    if re.search(r"[\u3400-\u9fff]", text):
        from pypinyin import lazy_pinyin

        text = " ".join(lazy_pinyin(text))
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def source_id(text: str, identity: str) -> str:
    """A readable id; what does not fit, or leaves nothing readable, is told apart by a hash."""
    readable = slug(text)
    if readable and len(readable) <= LONGEST_ID:
        return readable
    digest = sha256(identity.encode())[:12]
    return f"{readable[: LONGEST_ID - 13].rstrip('-')}-{digest}".lstrip("-")


def identify(document: Document, *, stated: str | None, name: str) -> Source:
    """The source of an input: as a person says, else its address, else site and title, else its name."""
    if stated is not None:
        id = stated if ID.fullmatch(stated) else source_id(stated, stated)
        title = document.title or document.source_name or stated
        source = Source(id=id, identity=f"id {id}", title=title)
    elif document.source_name:
        family = FAMILY_OF.get(document.source_name.casefold())
        id = source_id(document.source_name, document.source_name)
        if family and document.source_name == FAMILIES[family][0]:
            id = family
        source = Source(id=id, identity=f"name {id}", title=document.source_name)
    elif document.self_url:
        source = Source(
            id=source_id(without_scheme(document.self_url), document.self_url),
            identity=f"url {without_scheme(document.self_url)}",
            title=document.title or urlsplit(document.self_url).netloc,
            url=document.self_url,
        )
    elif document.site_url or document.title:
        identity = f"{without_scheme(document.site_url or '')} {document.title or ''}".strip()
        source = Source(
            id=source_id(identity, identity), identity=f"site {identity}", title=document.title or identity
        )
    else:
        source = Source(id=source_id(name, name), identity=f"file {name}", title=name)
    return described(source, document)


def described(source: Source, document: Document) -> Source:
    """A source with what its document says about it, and the names of its family."""
    title = squeezed(source.title)
    family = FAMILY_OF.get(title.casefold())
    names = FAMILIES[family] if family else (None, None)
    return replace(
        source,
        title=title,
        site_url=document.site_url,
        language=document.language,
        rights=document.rights,
        family=family,
        name_en=names[0],
        name_zh=names[1],
    )


def without_scheme(url: str) -> str:
    """An address without its scheme and password: a feed that moves to https stays the same source."""
    return re.sub(r"^https?://", "", without_password(url), flags=re.IGNORECASE)


def without_password(url: str) -> str:
    """An address as it may be shown: the name and password to read it with are between us and its server."""
    return re.sub(r"^(https?://)[^/?#@]*@", r"\1", url.strip(), flags=re.IGNORECASE)


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
        "INSERT INTO source (id, identity, title, url, site_url, name_en, name_zh, family, language, rights,"
        " licence, republish, state, added) VALUES (:id, :identity, :title, :url, :site_url, :name_en,"
        " :name_zh, :family, :language, :rights, :licence, :republish, :state, :added)",
        added=timestamp(now),
        **{name: getattr(made, name) for name in Source.__slots__ if name != "added"},
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


def overview(database: Database, only: Sequence[str]) -> list[tuple[str | int | None, ...]]:
    """A row per source: id, title, state, articles, when it was polled, how that went, its address."""
    told, read = counts(database), health(database)
    rows: list[tuple[str | int | None, ...]] = []
    for id, known in sources(database, only or None).items():
        poll = read.get(id)
        polled = timestamp(poll.polled) if poll and poll.polled else "never polled"
        how = (poll.detail or poll.result or "due") if poll else "not polled"
        rows.append((id, known.title, known.state, told.get(id, 0), polled if poll else "", how, known.url))
    return rows


def health(database: Database) -> dict[str, Health]:
    """How reading goes, for each source that is polled."""
    return {
        row["source"]: Health(
            source=row["source"],
            due=moment(row["due"]),
            polled=moment(row["polled"]) if row["polled"] else None,
            succeeded=moment(row["succeeded"]) if row["succeeded"] else None,
            changed=moment(row["changed"]) if row["changed"] else None,
            failures=row["failures"],
            result=row["result"],
            detail=row["detail"],
        )
        for row in database.read("SELECT * FROM poll")
    }


def add(database: Database, url: str, *, id: str | None, now: datetime) -> Source:
    """Subscribe to a feed: it is due at once. One that was removed comes back with its articles."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise UsageError(f"{url}: not an address of a feed; write it with http:// or https://")
    proposed = Source(
        id=id or source_id(without_scheme(url), without_password(url)),
        identity=f"url {without_scheme(url)}",
        title=without_password(url),
        url=url,
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
    values = {name: row[name] for name in Source.__slots__ if name != "added"}
    return Source(added=moment(row["added"]), **values)
