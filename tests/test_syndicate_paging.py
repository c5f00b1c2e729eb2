"""Complete history: windows of numbers in which every article is found once, and which stay as they are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Set

from hypothesis import given
from hypothesis import strategies as st

from syndicate.paging import FULLEST, NARROWEST, Count, Window, closed_end, is_closed, window_before

SPARSE = st.sets(st.integers(1, 100_000), max_size=60)
DENSE = st.tuples(st.integers(1, 2_000), st.integers(0, 900)).map(lambda at: set(range(at[0], sum(at))))
NUMBERS = st.builds(set.union, SPARSE, DENSE)


def counting(numbers: Set[int]) -> Count:
    """Counts numbers between two."""
    ordered = sorted(numbers)
    return lambda low, high: bisect_left(ordered, high) - bisect_left(ordered, low)


def history(numbers: Set[int], top: int) -> list[Window]:
    """All archive documents of a selection, the newest first."""
    windows = []
    end = closed_end(top)
    while window := window_before(end, counting(numbers)):
        windows.append(window)
        end = window[0]
    return windows


@given(NUMBERS)
def test_live_feed_and_history_hold_every_article_once(numbers: set[int]) -> None:
    top = max(numbers, default=0)
    held = [number for low, high in history(numbers, top) for number in numbers if low <= number < high]
    newest = sorted(numbers)[-NARROWEST:]
    assert len(held) == len(set(held))
    assert set(held) | set(newest) == numbers


@given(NUMBERS)
def test_documents_are_full_but_never_too_full_nor_empty(numbers: set[int]) -> None:
    top = max(numbers, default=0)
    for low, high in history(numbers, top):
        assert is_closed((low, high), top, counting(numbers))
        assert 0 < counting(numbers)(low, high) <= FULLEST


@given(NUMBERS, st.integers(1, 500))
def test_a_document_stays_at_its_address_when_news_arrives(numbers: set[int], more: int) -> None:
    top = max(numbers, default=0)
    later = numbers | set(range(top + 1, top + 1 + more))
    for window in history(numbers, top):
        assert is_closed(window, top + more, counting(later))
        assert counting(later)(*window) == counting(numbers)(*window)


@given(NUMBERS)
def test_sparse_lists_take_few_steps_and_no_number_is_counted_more_than_twice(numbers: set[int]) -> None:
    asked: list[Window] = []

    def count(low: int, high: int) -> int:
        asked.append((low, high))
        return counting(numbers)(low, high)

    end = closed_end((1 << 20) - 1)
    window_before(end, count)
    assert len(asked) <= 16 * 15
    assert sum(high - low for low, high in asked) <= 2 * end


def test_windows_are_the_widest_that_are_not_too_full() -> None:
    assert history(set(range(1, 161)), 160) == [(128, 160), (64, 128), (0, 64)]
    assert history({1, 2, 3}, 3) == []
    assert history({5, 4096}, 4096) == [(0, 4096)]


def test_only_what_we_link_to_is_a_document() -> None:
    count = counting(set(range(1, 1001)))
    assert is_closed((0, 32), 1000, count)
    assert is_closed((64, 128), 1000, count)
    assert not is_closed((992, 1024), 1000, count), "not all given out"
    assert not is_closed((0, 512), 1000, count), "too full"
    for crooked in ((0, 16), (16, 48), (0, 96), (64, 0), (5, 5), (32, 96)):
        assert not is_closed(crooked, 1000, count)


def test_a_document_that_was_linked_to_may_grow_a_little() -> None:
    # Articles that were restored, or came to a topic late, took the address from under readers on their way.
    numbers = {*range(1, 101)}
    assert history({*numbers, 4096}, 4096) == [(0, 4096)]
    assert is_closed((0, 4096), 4096, counting({*numbers, *range(200, 300)}))
    assert not is_closed((0, 4096), 4096, counting({*numbers, *range(200, 301)}))
    assert is_closed((0, 32), 4096, counting(numbers))
