"""What editors do to articles: put fields right, file them under topics, show them under another source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archive.articles import articles, as_stated, batches, log, restore_one, withdraw_one
from archive.corrections import applied, check
from archive.database import Transaction
from archive.errors import UsageError
from archive.filters import filters_of
from archive.inputs import read_path
from archive.model import GOOD_RESULTS, Article, Source, timestamp
from archive.put import Putting, Terms
from archive.rows import next_id
from archive.sandbox import Sandbox
from archive.sources import sources
from archive.topics import choose, refile

# Who withdrew what a filter did not let in.
FILTER = "filter"


def correct(
    transaction: Transaction, id: str, said: Mapping[str, str], terms: Terms, *, reason: str, person: str
) -> Article:
    """Put fields of an article right; an empty value takes back what was corrected before.

    The corrected article is a revision of its own. Raises UsageError for a value that makes no sense.
    """
    for field, value in said.items():
        check(field, value)
    (old,) = articles(transaction, [id])
    if source := said.get("source"):
        if source not in sources(transaction, [source]):
            raise UsageError(f"source {source!r}: no such source; `sources list` names them")
        transaction.run("UPDATE article SET source = :source WHERE id = :id", source=source, id=id)
        log(
            transaction,
            "touch",
            id,
            reason=f"{reason} (source was {old.source})",
            person=person,
            now=terms.now,
        )
    for field, value in said.items():
        write(transaction, id, field, value, terms, reason, person)
    (old,) = articles(transaction, [id])
    (stated,) = as_stated(transaction, [old])
    right = replace(applied(stated, old.corrections), editor=person)
    if differs(right, old):
        putting = Putting(transaction, terms)
        putting.revise(right, old, reason=reason)
        putting.end()
    return articles(transaction, [id])[0]


def right_text(path: str, parsing: Sandbox) -> dict[str, str]:
    """The right text of an article, out of a file. Raises UsageError for one that cannot be read."""
    for each in read_path(Path(path)):
        document = each.problem or parsing.read_document(
            each.body, name=each.stem, content_type=None, url=None, now=datetime.now(UTC)
        )
        if document.result in GOOD_RESULTS and document.articles:
            return {"text": document.articles[0].text, "html": document.articles[0].html}
        raise UsageError(f"{each.name}: {document.detail or document.result}")
    raise UsageError(f"{path}: no such file")


def sift(transaction: Transaction, source: Source, terms: Terms) -> tuple[int, int]:
    """Apply a source's filters to what it has brought already; how many went out and came back.

    What a filter lets in no longer is withdrawn; what only a filter had withdrawn comes back.
    """
    filters, out, back = filters_of(source.reading), 0, 0
    rows = transaction.read("SELECT id FROM article WHERE source = :id ORDER BY id", id=source.id)
    for batch in batches([row["id"] for row in rows]):
        for article in articles(transaction, batch):
            why = filters.against(article)
            if why and withdraw_one(transaction, article.id, reason=why, person=FILTER, now=terms.now):
                out += 1
            elif not why and article.withdrawn and article.withdrawn.by == FILTER:
                back += restore_one(transaction, article.id, person=FILTER, now=terms.now)
    return out, back


def write(
    transaction: Transaction, id: str, field: str, value: str, terms: Terms, reason: str, person: str
) -> None:
    """Keep a correction; those before it stay."""
    transaction.run(
        "INSERT INTO correction (id, article, field, value, reason, person, at)"
        " VALUES (:id, :article, :field, :value, :reason, :person, :at)",
        id=next_id(transaction, "correction"),
        article=id,
        field=field,
        value=value or None,
        reason=reason,
        person=person,
        at=timestamp(terms.now),
    )


def differs(right: Article, old: Article) -> bool:
    """Whether a correction changes what is shown."""
    shown = ("language", "script", "published")
    return right.digest != old.digest or any(getattr(right, name) != getattr(old, name) for name in shown)


def file_by_hand(
    transaction: Transaction,
    ids: Sequence[str],
    terms: Terms,
    *,
    add: Sequence[str] = (),
    drop: Sequence[str] = (),
    person: str,
) -> int:
    """Add articles to topics and drop them from others, whatever the rules say; how many moved.

    Raises UsageError for a topic that the settings do not name.
    """
    known = [rule.id for rule in terms.rules.rules]
    for topic in (*add, *drop):
        if topic not in known:
            raise UsageError(f"{topic}: no such topic; these are: {', '.join(known)}")
    choose(transaction, ids, add=add, drop=drop, person=person, now=terms.now)
    return refile(transaction, terms.rules, ids, terms.now)
