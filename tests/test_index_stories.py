"""Pairs and stories: what is found among articles, whatever the order in which they come."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from factories import NOW, article, put_all

from archive import pairs
from archive.articles import articles, withdraw
from archive.database import Database
from index.stories import follow_pairs

EN = article(
    guid="en",
    title="Shark injures 13-year-old on lobster dive",
    text="Chad Hammel told KSWB-TV that 3,512 divers were out on March 29."
    " Encinitas closed Beacon's Beach, said Larry Giles.",
    published=datetime(2026, 3, 30, tzinfo=UTC),
)
ZH = article(
    guid="zh",
    title="加州鲨鱼伤害潜水抓龙虾的13岁孩童",
    text="Chad Hammel 告诉 KSWB-TV，3月29日有3512人潜水。Encinitas 关闭了 Beacon 海滩，Larry Giles 说。",
    language="zh",
    script="Hans",
    published=datetime(2026, 3, 31, tzinfo=UTC),
)


def clock() -> datetime:
    return NOW


def test_found(database: Database, tmp_path: Path) -> None:
    with database.writing() as transaction:
        one, other = (put_all(transaction, each)[0].article.id for each in (EN, ZH))
    assert follow_pairs(database, tmp_path / "pairs", clock)
    (word,) = pairs.words(database, [one])[one]
    print(word)
    assert word.state == "found" and word.partner(one) == other
    assert articles(database, [one])[0].translations[0].state == "found"
    assert pairs.stories(database, [one, other]) == dict.fromkeys([one, other], min(one, other))
    follow_pairs(database, tmp_path / "pairs", clock)
    assert follow_pairs(database, tmp_path / "pairs", clock) == 0
    withdraw(database, [other], reason="x", person="p", now=NOW)
    follow_pairs(database, tmp_path / "pairs", clock)
    assert pairs.words(database, [one])[one][0].state == "dropped"
    assert pairs.stories(database, [one, other]) == {}
