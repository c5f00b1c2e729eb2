"""Which article is in which topic: by rule, overruled by people, filled again when the rules change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from archive import changes
from archive.articles import articles, listed
from archive.database import Database, Row, Transaction
from archive.model import Article, timestamp
from archive.rows import insert, next_id, optional_stamp
from archive.rules import Rules

BATCH = 200
Stopped = Callable[[], bool]
MARK, UNDER_WAY = "topics", "topics under way"
FILE = insert("article_topic", ("topic", "article", "number", "seq", "sorted"))


def filed(article: Article, topics: tuple[str, ...]) -> list[dict[str, object]]:
    """The rows that file an article under topics."""
    return [
        {
            "topic": topic,
            "article": article.id,
            "number": article.number,
            "seq": article.seq,
            "sorted": optional_stamp(article.sorted),
        }
        for topic in topics
    ]


def file_under(transaction: Transaction, article: Article, topics: tuple[str, ...]) -> None:
    """Write the topics of an article that has none."""
    transaction.run_many(FILE, filed(article, topics))


def choices(
    database: Database | Transaction, ids: Sequence[str]
) -> defaultdict[str, tuple[tuple[str, str], ...]]:
    """What people decided about the topics of each article, the oldest decision first."""
    names, values = listed(ids)
    found: defaultdict[str, tuple[tuple[str, str], ...]] = defaultdict(tuple)
    for row in database.read(
        f"SELECT article, topic, choice FROM topic_choice WHERE article IN ({names}) ORDER BY id", **values
    ):
        found[row["article"]] += ((row["topic"], row["choice"]),)
    return found


def choose(
    transaction: Transaction,
    ids: Sequence[str],
    *,
    add: Sequence[str] = (),
    drop: Sequence[str] = (),
    person: str,
    now: datetime,
) -> None:
    """Write down what somebody decided about the topics of articles; what stands is not repeated."""
    decisions = choices(transaction, ids)
    wanted = [(topic, "add") for topic in add] + [(topic, "drop") for topic in drop]
    rows = [
        {"article": id, "topic": topic, "choice": choice}
        for id in ids
        for topic, choice in wanted
        if dict(decisions[id]).get(topic) != choice
    ]
    transaction.run_many(
        "INSERT INTO topic_choice (id, article, topic, choice, person, at)"
        " VALUES (:id, :article, :topic, :choice, :person, :at)",
        [
            {**each, "id": id, "person": person, "at": timestamp(now)}
            for id, each in enumerate(rows, next_id(transaction, "topic_choice"))
        ],
    )


def chosen(by_rule: tuple[str, ...], decisions: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The topics by rule, with what people added and dropped; the newest decision on a topic counts."""
    topics = dict.fromkeys(by_rule)
    for topic, choice in decisions:
        if choice == "add":
            topics[topic] = None
        else:
            topics.pop(topic, None)
    return tuple(topics)


def are_filled(database: Database, rules: Rules) -> bool:
    """Whether all articles were filed by these very rules."""
    return marked(database, MARK) == rules.digest


def fill(
    database: Database,
    rules: Rules,
    now: datetime,
    *,
    most: int | None = None,
    stopped: Stopped = lambda: False,
) -> int:
    """File the whole archive again if the rules have changed; how many articles moved.

    Each that moved gets a touch in the log: no revision, but every list and index learns of it. Until then
    lists hold what is filed. What was done stays done when it is ``stopped`` or killed. An archive of more
    than ``most`` articles is left as it is. Raises Busy while another process files.
    """
    if are_filled(database, rules) or (most is not None and is_larger(database, most)):
        return 0
    with database.locked("topics"):
        digest, _, after = marked(database, UNDER_WAY).partition(" ")
        moved, after = 0, after if digest == rules.digest else ""
        while not stopped():
            rows = database.read(
                "SELECT id FROM article WHERE id > :after ORDER BY id LIMIT :limit", after=after, limit=BATCH
            )
            if not rows:
                mark(database, MARK, rules.digest)
                break
            after = rows[-1]["id"]
            if out_of_place := misfiled(database, rules, [row["id"] for row in rows]):
                with database.writing() as transaction:
                    moved += refile(transaction, rules, out_of_place, now)
                mark(database, UNDER_WAY, f"{rules.digest} {after}")
    return moved


def misfiled(database: Database, rules: Rules, ids: Sequence[str]) -> list[str]:
    """Which of some articles the rules want elsewhere; found out without holding anybody up."""
    decisions = choices(database, ids)
    return [
        article.id
        for article in articles(database, ids)
        if set(chosen(rules.of(article), decisions[article.id])) != set(article.topics)
    ]


def is_larger(database: Database, most: int) -> bool:
    """Whether there are more articles than so many."""
    return bool(database.read("SELECT 1 FROM article LIMIT 1 OFFSET :most", most=most))


def marked(database: Database, name: str) -> str:
    """What was noted under a name; empty before anything was."""
    rows = database.read("SELECT value FROM meta WHERE name = :name", name=name)
    return str(rows[0]["value"]) if rows else ""


def mark(database: Database, name: str, value: str) -> None:
    """Note something under a name."""
    with database.writing() as transaction:
        transaction.run(
            "INSERT INTO meta (name, value) VALUES (:name, :value)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name=name,
            value=value,
        )


def refile(transaction: Transaction, rules: Rules, ids: Sequence[str], now: datetime) -> int:
    """File some articles again; how many moved."""
    moved: list[Row] = []
    decisions = choices(transaction, ids)
    for article in articles(transaction, ids):
        topics = chosen(rules.of(article), decisions[article.id])
        if set(topics) != set(article.topics):
            transaction.run("DELETE FROM article_topic WHERE article = :id", id=article.id)
            file_under(transaction, article, topics)
            moved.append({"id": article.id, "revision": article.revision, "sha": article.sha})
    return changes.touch(transaction, moved, now)
