"""Put the articles of a document into the archive: settle which is which, store what changed, log it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from archive import changes
from archive.database import Transaction
from archive.identity import same_content
from archive.model import Article, ChangeKind, Outcome, timestamp
from archive.rows import revision_row
from archive.rules import Rules
from archive.settle import Settling, elsewhere
from archive.topics import choices, chosen, file_under

FUTURE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of one entry, and the article as the archive has it now."""

    article: Article
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What putting depends on: the rules of topics, the site's zone, the time, the fetch that brought it."""

    rules: Rules
    zone: ZoneInfo
    now: datetime
    fetch: int | None = None


def put(
    transaction: Transaction, entries: tuple[Article, ...], terms: Terms, *, known: bool = False
) -> tuple[Stored, ...]:
    """Store the entries of one document, all of one source; what became of each, in document order.

    New articles are numbered from the oldest to the newest, so that a feed's order survives; of entries
    without a date the last of the document counts as the oldest. ``known`` bytes, taken in completely before,
    change nothing.
    """
    settling = Settling(transaction, entries)
    settled = [settling.settle(entry) for entry in entries]
    done: dict[int, Stored] = {}
    for place in sorted(range(len(entries)), key=lambda place: age(entries[place], place, terms.now)):
        entry, found = replace(entries[place], id=settled[place].id), settled[place]
        if found.repeated:
            continue
        if found.stored is None:
            done[place] = create(transaction, entry, terms, place)
        elif known or same_content(found.stored, entry):
            done[place] = keep(transaction, entry, found.stored, terms, known=known)
        else:
            done[place] = revise(transaction, entry, found.stored, terms, place)
    settling.remember()
    by_id = {stored.article.id: stored.article for stored in done.values()}
    return tuple(
        done[place] if place in done else Stored(article=by_id[found.id], outcome="unchanged")
        for place, found in enumerate(settled)
    )


def age(entry: Article, place: int, now: datetime) -> tuple[datetime, int]:
    """What orders the entries of a document from the oldest to the newest."""
    return min(entry.published or now, now), -place


def create(transaction: Transaction, entry: Article, terms: Terms, place: int) -> Stored:
    """A new article with its first revision."""
    embargoed = entry.embargo is not None and entry.embargo > terms.now
    article = replace(
        entry,
        number=None if embargoed else next_number(transaction),
        first_seen=terms.now,
        stored=terms.now,
        revision=1,
        sha=entry.digest,
        address=free_address(transaction, entry, stated_day(entry, terms)),
        **placed(entry, terms, terms.now, place),
    )
    transaction.run(
        "INSERT INTO article (id, source, guid, address, number, first_seen, revision, seq, url, language,"
        " script, day, sorted, republish, embargo, note) VALUES (:id, :source, :guid, :address, :number,"
        " :first_seen, 1, 0, :url, :language, :script, :day, :sorted, :republish, :embargo, :note)",
        first_seen=timestamp(terms.now),
        embargo=timestamp(entry.embargo) if entry.embargo else None,
        **{
            name: getattr(article, name)
            for name in ("id", "source", "guid", "address", "number", "republish", "note")
        },
        **shown(article),
    )
    write_revision(transaction, article, terms)
    topics = terms.rules.of(article)
    derive(transaction, article, topics)
    seq = log(transaction, "put", article, terms.now)
    return Stored(article=replace(article, seq=seq, topics=topics), outcome="new")


def revise(transaction: Transaction, entry: Article, old: Article, terms: Terms, place: int) -> Stored:
    """A further revision of an article. What leaves a list by it is logged as a touch too."""
    article = replace(
        entry,
        number=old.number,
        address=old.address,
        first_seen=old.first_seen,
        stored=terms.now,
        revision=old.revision + 1,
        sha=entry.digest,
        withdrawn=old.withdrawn,
        republish=old.republish,
        embargo=old.embargo,
        note=old.note,
        **placed(entry, terms, old.first_seen or terms.now, place),
    )
    transaction.run(
        "UPDATE article SET revision = :revision, url = :url, language = :language, script = :script,"
        " day = :day, sorted = :sorted WHERE id = :id",
        id=article.id,
        revision=article.revision,
        **shown(article),
    )
    write_revision(transaction, article, terms)
    topics = chosen(terms.rules.of(article), choices(transaction, [article.id])[article.id])
    for table in ("article_topic", "byline"):
        transaction.run(f"DELETE FROM {table} WHERE article = :id", id=article.id)
    derive(transaction, article, topics)
    seq = log(transaction, "put", article, terms.now)
    left = set(old.topics) - set(topics) or set(old.authors) - set(article.authors)
    if left or (old.language, old.script, old.day) != (article.language, article.script, article.day):
        seq = log(transaction, "touch", article, terms.now)
    return Stored(article=replace(article, seq=seq, topics=topics), outcome="revised")


def keep(transaction: Transaction, entry: Article, old: Article, terms: Terms, *, known: bool) -> Stored:
    """An article that did not change; only its address may have moved, which is no revision but is shown."""
    if known or not entry.url or not elsewhere(entry, old):
        return Stored(article=old, outcome="unchanged")
    transaction.run("UPDATE article SET url = :url WHERE id = :id", url=entry.url, id=old.id)
    seq = log(transaction, "touch", old, terms.now)
    return Stored(article=replace(old, url=entry.url, seq=seq), outcome="unchanged")


def log(transaction: Transaction, kind: ChangeKind, article: Article, now: datetime) -> int:
    """A line of the log about a revision; its seq."""
    return changes.append(transaction, kind, article.id, revision=article.revision, sha=article.sha, now=now)


def next_number(transaction: Transaction) -> int:
    """The next number of first publication."""
    (row,) = transaction.read("SELECT COALESCE(MAX(number), 0) AS number FROM article")
    return int(row["number"]) + 1


def stated_day(entry: Article, terms: Terms) -> date:
    """The day of publication as stated, else today; a date without a time keeps its day in every zone."""
    if entry.published is None:
        return terms.now.astimezone(terms.zone).date()
    if entry.published_precision in ("day", "month", "year"):
        return entry.published.date()
    return entry.published.astimezone(terms.zone).date()


def placed(entry: Article, terms: Terms, first_seen: datetime, place: int) -> dict[str, Any]:
    """Where lists show an article: its day, and the time that orders it; never later than first seen."""
    if entry.published is None:
        when = first_seen - timedelta(seconds=place)
        return {"day": when.astimezone(terms.zone).date(), "sorted": when}
    if entry.published > first_seen + FUTURE:
        return {"day": first_seen.astimezone(terms.zone).date(), "sorted": first_seen}
    day = stated_day(entry, terms)
    # A day alone stands at its beginning there, so that days follow each other in lists of any zone.
    coarse = entry.published_precision in ("day", "month", "year")
    when = datetime(day.year, day.month, day.day, tzinfo=terms.zone) if coarse else entry.published
    return {"day": day, "sorted": min(when, first_seen)}


def shown(article: Article) -> dict[str, object]:
    """The columns of an article that follow its newest revision."""
    return {
        "url": article.url,
        "language": article.language,
        "script": article.script,
        "day": article.day.isoformat() if article.day else None,
        "sorted": timestamp(article.sorted) if article.sorted else None,
    }


def free_address(transaction: Transaction, entry: Article, day: date) -> str:
    """Our address of a new article: the day and eight characters of the id, more where those are taken."""
    digits = entry.id.removeprefix("urn:uuid:")
    for length in (8, 13, 18, 36):
        address = f"/a/{day:%Y/%m/%d}/{digits[:length]}"
        if not transaction.read("SELECT 1 FROM article WHERE address = :address", address=address):
            break
    return address


def write_revision(transaction: Transaction, article: Article, terms: Terms) -> None:
    """Append the revision; nothing ever changes it."""
    row = {
        **revision_row(article, sha=article.sha, revision=article.revision, now=terms.now),
        "fetch": terms.fetch,
    }
    columns = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    transaction.run(f"INSERT INTO revision ({columns}) VALUES ({values})", **row)


def derive(transaction: Transaction, article: Article, topics: tuple[str, ...]) -> None:
    """Write what follows from an article: its topics and bylines."""
    file_under(transaction, article, topics)
    transaction.run_many(
        "INSERT INTO byline (name, article, number, seq) VALUES (:name, :article, :number, :seq)",
        [
            {"name": name, "article": article.id, "number": article.number, "seq": article.seq}
            for name in dict.fromkeys(article.authors)
        ],
    )
