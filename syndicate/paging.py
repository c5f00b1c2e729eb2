"""Complete history (RFC 5005 section 4) in closed windows of publication numbers. Pure.

A window is aligned to a power of two and at least 32 numbers wide. It is closed when every number in it has
been given out, so that its document changes only when one of its articles does. The live feed has the rest.
"""

from __future__ import annotations

from collections.abc import Callable

NARROWEST = 32
FULLEST = 100
STILL_GOOD = (
    2 * FULLEST
)  # a document that was linked to may have grown since: restored articles, a new topic rule

Window = tuple[int, int]
Count = Callable[[int, int], int]


def closed_end(top: int) -> int:
    """Below this all windows are closed, for a selection whose newest article has the number ``top``."""
    return top // NARROWEST * NARROWEST


def is_closed(window: Window, top: int, count: Count) -> bool:
    """Whether a document may stand for a window: aligned, all given out, and not too full to send."""
    low, high = window
    width = high - low
    aligned = width >= NARROWEST and width & (width - 1) == 0 and low % width == 0
    if not aligned or high > closed_end(top):
        return False
    return width == NARROWEST or count(low, high) <= STILL_GOOD


def window_before(end: int, count: Count) -> Window | None:
    """The window that ends where ``end`` is and has articles; empty ones are skipped, None when none is left.

    Of the windows that end there it is the widest that holds at most a hundred articles. No number is
    counted more than twice, and there are at most as many empty windows as ``end`` has binary digits.
    """
    while end > 0:
        low, held = widest(end, count)
        if held:
            return low, end
        end = low
    return None


def widest(end: int, count: Count) -> tuple[int, int]:
    """Where the widest window begins that ends there and is not too full, and how many articles it holds."""
    width = NARROWEST
    held = count(end - width, end)
    while end % (width * 2) == 0:
        more = count(end - width * 2, end - width)
        if held + more > FULLEST:
            break
        held, width = held + more, width * 2
    return end - width, held
