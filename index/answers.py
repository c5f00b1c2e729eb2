"""The answers of one generation of the index, each made once however many ask for it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from index.engine import Results, Search

MOST_KEPT = 512


class Once:
    """An answer that the first who asks makes while the others wait; a failure is not kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._results: Results | None = None

    def get(self, make: Callable[[], Results]) -> Results:
        """The answer."""
        with self._lock:
            if self._results is None:
                self._results = make()
            return self._results


class Answers:
    """What has been answered lately; it goes with the generation that it belongs to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Search, Once] = OrderedDict()

    def to(self, search: Search, make: Callable[[], Results]) -> Results:
        """The answer to a search."""
        with self._lock:
            found = self._kept.setdefault(search, Once())
            self._kept.move_to_end(search)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found.get(make)
