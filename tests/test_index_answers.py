"""A search is evaluated once per generation, whoever asks; a failure is not remembered."""

from __future__ import annotations

import threading
import time

import pytest

from archive.errors import QueryError
from archive.model import Selection
from index.answers import MOST_KEPT, Answers
from index.engine import Results, Search


def search(query: str) -> Search:
    """A search for words."""
    return Search(selection=Selection(query=query))


def test_many_who_ask_at_once_get_one_answer() -> None:
    answers, made = Answers(), []

    def make() -> Results:
        made.append(1)
        time.sleep(0.05)
        return Results(total=7)

    found: list[Results] = []
    threads = [threading.Thread(target=lambda: found.append(answers.to(search("a"), make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1 and [each.total for each in found] == [7] * 8


def test_a_failure_is_asked_again() -> None:
    answers = Answers()

    def fail() -> Results:
        raise QueryError("too long")

    for _ in range(2):
        with pytest.raises(QueryError):
            answers.to(search("a"), fail)
    assert answers.to(search("a"), lambda: Results(total=1)).total == 1


def test_the_oldest_are_forgotten() -> None:
    answers = Answers()
    for number in range(MOST_KEPT + 1):
        answers.to(search(str(number)), lambda: Results(total=0))
    assert answers.to(search("0"), lambda: Results(total=5)).total == 5
    assert answers.to(search(str(MOST_KEPT)), lambda: Results(total=5)).total == 0
