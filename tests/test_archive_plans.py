"""What an archive of any size does for each article: no statement of putting reads a whole table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from factories import article, put_all

from archive.database import Database, Row, Transaction

GROWING = ("alias", "article", "revision", "change", "article_topic", "byline", "fetch", "blob")


class Explaining:
    """A transaction that notes how the database goes about each statement."""

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        self.steps: list[tuple[str, str]] = []

    def read(self, sql: str, **values: object) -> list[Row]:
        for row in self.transaction.read(f"EXPLAIN QUERY PLAN {sql}", **values):
            self.steps.append((row["detail"], sql))
        return self.transaction.read(sql, **values)

    def run(self, sql: str, **values: object) -> int:
        for row in self.transaction.read(f"EXPLAIN QUERY PLAN {sql}", **values):
            self.steps.append((row["detail"], sql))
        return self.transaction.run(sql, **values)

    def run_many(self, sql: str, rows: Iterable[Mapping[str, object]]) -> None:
        self.transaction.run_many(sql, rows)

    def next_seq(self) -> int:
        return self.transaction.next_seq()


def test_putting_never_reads_a_whole_table(database: Database) -> None:
    entries = [article(guid=str(n), url=f"https://e.example/{n}", authors=("Ann",)) for n in range(3)]
    for text in ("First.", "Second."):
        with database.writing() as transaction:
            explaining = Explaining(transaction)
            put_all(explaining, *(article(guid=one.guid, url=one.url, text=text) for one in entries))
        scans = [step for step in explaining.steps if step[0].startswith("SCAN")]
        assert [step for step in scans if step[0].split()[1] in GROWING and "INDEX" not in step[0]] == []
    assert len(explaining.steps) > 10
