"""What the history of a search asks of every database: articles by number, what was revised or withdrawn."""

from __future__ import annotations

from factories import NOW, article, put_all

from archive import changes, numbers
from archive.articles import withdraw
from archive.database import Database
from archive.model import Selection

OLYMPICS = Selection(topics=("olympics",), query="whatever")


def put_stories(database: Database, count: int) -> list[str]:
    """Stories, every other one of a topic; their ids in order of number."""
    with database.writing() as transaction:
        entries = [
            article(guid=str(n), title=f"{'Olympic' if n % 2 else 'Plain'} {n}", text=f"Text {n}.")
            for n in range(count, 0, -1)
        ]
        put_all(transaction, *entries)
    return [row["id"] for row in database.read("SELECT id FROM article ORDER BY number")]


def test_articles_come_by_their_numbers_in_the_order_asked_for(database: Database) -> None:
    put_stories(database, 600)
    wanted = [600, 3, 77, 601, *range(550, 20, -1)]
    found = numbers.numbered(database, wanted)
    assert [each.number for each in found] == [number for number in wanted if number != 601]
    assert numbers.numbered(database, []) == ()


def test_what_may_not_be_told_has_no_number(database: Database) -> None:
    with database.writing() as transaction:
        put_all(transaction, article(guid="1"), article(guid="2", republish="none"))
    found = numbers.numbered(database, [1, 2])
    assert [each.guid for each in found] == ["1"] and {each.republish for each in found} == {None}
    withdraw(database, [row["id"] for row in database.read("SELECT id FROM article")],
             reason="r", person="p", now=NOW)  # fmt: skip
    assert numbers.withdrawn(database, Selection(), up_to=9) == [found[0].number]


def test_withdrawn_ones_of_a_selection_in_order(database: Database) -> None:
    ids = put_stories(database, 9)
    withdraw(database, [ids[7], ids[2], ids[5], ids[0]], reason="r", person="p", now=NOW)
    assert numbers.withdrawn(database, Selection(), up_to=99) == [1, 3, 6, 8]
    assert numbers.withdrawn(database, Selection(), up_to=6) == [1, 3, 6]
    of_topic = [each.number for each in numbers.numbered(database, [1, 3, 6, 8]) if each.topics]
    assert numbers.withdrawn(database, OLYMPICS, up_to=99) == sorted(map(int, filter(None, of_topic)))
    assert 0 < len(of_topic) < 4


def test_the_last_touched_come_first_and_none_that_never_changed(database: Database) -> None:
    ids = put_stories(database, 5)
    with database.writing() as transaction:
        put_all(transaction, article(guid="5", title="Olympic 5", text="Another text."))
    withdraw(database, [ids[2]], reason="r", person="p", now=NOW)
    rows = numbers.touched(database, Selection(), 9, below=1 << 62)
    last = changes.last(database)
    assert [(row["number"], row["seq"], bool(row["is_withdrawn"])) for row in rows] == [
        (3, last, True),
        (rows[1]["number"], last - 1, False),
    ]
    assert len(numbers.touched(database, Selection(), 1, below=1 << 62)) == 1
    assert [row["seq"] for row in numbers.touched(database, Selection(), 9, below=last)] == [last - 1]
