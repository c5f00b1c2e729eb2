"""Articles and their revisions: read them, take them out of publication, and put them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from archive import changes
from archive.database import Database, Row, Transaction
from archive.errors import NotFound
from archive.model import Article, ChangeKind, Correction, Translation, moment, timestamp
from archive.rows import EVERY, LAST_WORD, NEWEST, PUBLIC, STATED, TOGETHER
from archive.rows import article as made

BATCH = 500


def articles(database: Database | Transaction, ids: Iterable[str]) -> tuple[Article, ...]:
    """The newest revisions in the order asked for, with topics and translations; unknown ids are left out."""
    wanted = list(ids)
    found: dict[str, Article] = {}
    for batch in batches(wanted):
        names, values = listed(batch)
        rows = database.read(f"{NEWEST} WHERE a.id IN ({names})", **values)
        beside = Beside(database, batch)
        found.update((row["article"], beside.article(row)) for row in rows)
    return tuple(found[id] for id in wanted if id in found)


def at(database: Database, address: str) -> Article | None:
    """The article at one of our addresses, withdrawn ones too."""
    rows = database.read("SELECT id FROM article WHERE address = :address", address=address)
    return next(iter(articles(database, [row["id"] for row in rows])), None)


def named(database: Database, name: str) -> Article:
    """The article a person means: by id, by our address with or without the host, or by its eight characters.

    Raises NotFound, also when the characters fit several articles.
    """
    address = "/a/" + name.partition("/a/")[2].split("?")[0].rstrip("/") if "/a/" in name else name
    rows = database.read(
        "SELECT id FROM article WHERE id = :name OR address = :address OR id LIKE :short LIMIT 2",
        name=name,
        address=address,
        short=f"urn:uuid:{name}%" if len(name) >= 8 and name.replace("-", "").isalnum() else "",
    )
    if len(rows) != 1:
        several = "several articles" if rows else "no article"
        raise NotFound(f"{name}: {several} of that name; give the id that search --json or export shows")
    return articles(database, [rows[0]["id"]])[0]


def revisions(database: Database, id: str) -> tuple[Article, ...]:
    """Every revision of an article, the first first."""
    return tuple(made(row) for row in database.read(f"{EVERY} WHERE a.id = :id ORDER BY r.revision", id=id))


def versions(database: Database, id: str) -> list[Row]:
    """What is known of every revision of an article but its text, the newest first."""
    return database.read(
        "SELECT revision, stored, person, title, language, script, published, sha FROM revision"
        " WHERE article = :id ORDER BY revision DESC",
        id=id,
    )


def revised(database: Database, id: str, numbers: Iterable[int]) -> dict[int, Article]:
    """Some revisions of an article by their numbers; those that there are not are left out."""
    found: dict[int, Article] = {}
    for number in set(numbers):
        for row in database.read(f"{EVERY} WHERE a.id = :id AND r.revision = :number", id=id, number=number):
            found[number] = made(row)
    return found


def as_stated(database: Database | Transaction, found: Iterable[Article]) -> tuple[Article, ...]:
    """Articles as their sources last stated them, where people have put something right."""
    return tuple(last_stated(database, each) if each.corrections or each.editor else each for each in found)


def last_stated(database: Database | Transaction, article: Article) -> Article:
    """The newest revision that the source made of an article; all else is as the archive has it now."""
    (row,) = database.read(
        f"{EVERY} WHERE a.id = :id AND r.revision = (SELECT MAX(o.revision) FROM revision o"
        " WHERE o.article = :id AND o.person IS NULL)",
        id=article.id,
    )
    stated = made(row)
    return replace(
        article, **{name: getattr(stated, name) for name in STATED}, revision=stated.revision, editor=None
    )


def is_public(article: Article) -> bool:
    """Whether an article may be shown and found: published, not withdrawn, and its source lets us."""
    return article.number is not None and article.withdrawn is None and article.republish != "none"


def every(database: Database, *, all_revisions: bool = False, after: str = "") -> Iterator[Article]:
    """All articles of the archive in the order of their ids, or all their revisions; read in batches."""
    query = EVERY if all_revisions else NEWEST
    while True:
        rows = database.read(
            "SELECT id FROM article WHERE id > :after ORDER BY id LIMIT :limit", after=after, limit=BATCH
        )
        if not rows:
            return
        ids = [row["id"] for row in rows]
        names, values = listed(ids)
        beside = Beside(database, ids)
        for row in database.read(f"{query} WHERE a.id IN ({names}) ORDER BY a.id, r.revision", **values):
            yield beside.article(row)
        after = ids[-1]


def withdraw(database: Database, ids: Sequence[str], *, reason: str, person: str, now: datetime) -> list[str]:
    """Take articles out of publication; their text stays. The ids that were public until now."""
    with database.writing() as transaction:
        return [id for id in ids if withdraw_one(transaction, id, reason=reason, person=person, now=now)]


def withdraw_one(transaction: Transaction, id: str, *, reason: str, person: str, now: datetime) -> bool:
    """Withdraw one article inside a transaction; False if it already was."""
    changed = transaction.run(
        "UPDATE article SET withdrawn = :at, reason = :reason, person = :person"
        " WHERE id = :id AND withdrawn IS NULL",
        at=timestamp(now),
        reason=reason,
        person=person,
        id=id,
    )
    if changed:
        log(transaction, "withdraw", id, reason=reason, person=person, now=now)
    return bool(changed)


def restore(database: Database, ids: Sequence[str], *, person: str, now: datetime) -> list[str]:
    """Put withdrawn articles back into publication, under their old number. The ids that were withdrawn."""
    with database.writing() as transaction:
        return [id for id in ids if restore_one(transaction, id, person=person, now=now)]


def restore_one(transaction: Transaction, id: str, *, person: str, now: datetime) -> bool:
    """Put one article back inside a transaction; False if it was public."""
    changed = transaction.run(
        "UPDATE article SET withdrawn = NULL, reason = NULL, person = NULL"
        " WHERE id = :id AND withdrawn IS NOT NULL",
        id=id,
    )
    if changed:
        log(transaction, "restore", id, reason=None, person=person, now=now)
    return bool(changed)


def log(
    transaction: Transaction,
    kind: ChangeKind,
    id: str,
    *,
    reason: str | None,
    person: str,
    now: datetime,
) -> None:
    """A line of the log about an article as it is now."""
    (row,) = transaction.read(
        "SELECT r.revision, r.sha FROM article a"
        " JOIN revision r ON r.article = a.id AND r.revision = a.revision WHERE a.id = :id",
        id=id,
    )
    changes.append(
        transaction, kind, id, revision=row["revision"], sha=row["sha"], now=now, reason=reason, person=person
    )


class Beside:
    """What the archive knows of some articles beside their revisions."""

    def __init__(self, database: Database | Transaction, ids: Sequence[str]) -> None:
        self._topics = topics_of(database, ids)
        self._translations = translations(database, ids)
        self._corrections = corrections_of(database, ids)

    def article(self, row: Row) -> Article:
        """The article of a row with all of it."""
        id = row["article"]
        return made(
            row,
            topics=self._topics[id],
            translations=self._translations[id],
            corrections=self._corrections[id],
        )


def corrections_of(
    database: Database | Transaction, ids: Sequence[str]
) -> defaultdict[str, tuple[Correction, ...]]:
    """What people put right in each article and did not take back; the newest word on a field counts."""
    names, values = listed(ids)
    found: defaultdict[str, tuple[Correction, ...]] = defaultdict(tuple)
    for row in database.read(
        f"SELECT c.* FROM correction c WHERE c.article IN ({names}) AND c.value IS NOT NULL AND c.id ="
        " (SELECT MAX(d.id) FROM correction d WHERE d.article = c.article AND d.field = c.field)"
        " ORDER BY c.id",
        **values,
    ):
        found[row["article"]] += (
            Correction(
                field=row["field"],
                value=row["value"],
                reason=row["reason"],
                by=row["person"],
                when=moment(row["at"]),
            ),
        )
    return found


def topics_of(database: Database | Transaction, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The topics of each article."""
    names, values = listed(ids)
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for row in database.read(
        f"SELECT article, topic FROM article_topic WHERE article IN ({names}) ORDER BY topic", **values
    ):
        found[row["article"]] += (row["topic"],)
    return found


def translations(database: Database | Transaction, ids: Sequence[str]) -> dict[str, tuple[Translation, ...]]:
    """The articles that tell the same story as each of these; the newest word on a pair counts."""
    names, values = listed(ids)
    found: defaultdict[str, tuple[Translation, ...]] = defaultdict(tuple)
    rows = database.read(
        f"SELECT p.one, p.other, p.state FROM pair p WHERE (p.one IN ({names}) OR p.other IN ({names}))"
        f" AND {LAST_WORD} AND {TOGETHER}",
        **values,
    )
    pairs = [(one, other, row["state"]) for row in rows for one, other in both_ways(row) if one in ids]
    if not pairs:
        return found
    heads = translation_heads(database, sorted({other for _, other, _ in pairs}))
    for one, other, state in pairs:
        if other in heads:
            found[one] += (replace(heads[other], state=state),)
    return found


def both_ways(row: Row) -> tuple[tuple[str, str], tuple[str, str]]:
    """A pair from either side."""
    return (row["one"], row["other"]), (row["other"], row["one"])


def translation_heads(database: Database | Transaction, ids: Sequence[str]) -> dict[str, Translation]:
    """What is shown of other versions; only of public ones."""
    names, values = listed(ids)
    rows = database.read(
        "SELECT a.id, a.language, a.script, a.address, r.title FROM article a"
        " JOIN revision r ON r.article = a.id AND r.revision = a.revision JOIN source s ON s.id = a.source"
        f" WHERE a.id IN ({names}) AND {PUBLIC}",
        **values,
    )
    return {
        row["id"]: Translation(
            id=row["id"],
            language=row["language"],
            script=row["script"],
            title=row["title"],
            address=row["address"],
            state="stated",
        )
        for row in rows
    }


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Ids in pieces that a statement can take."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def listed(ids: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Names and values for ``IN (…)``."""
    values = {f"id{position}": id for position, id in enumerate(ids)}
    return ", ".join(f":{name}" for name in values), values
