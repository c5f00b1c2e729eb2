"""The loops of the worker outlast a fault of ours."""

from __future__ import annotations

import logging
import threading

import pytest

from syndicate.worker import again


def test_a_loop_begins_again_after_a_fault_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    # Its thread ended, and what it did was not done any more until the next start.
    stop = threading.Event()
    begun: list[int] = []

    def loop() -> None:
        begun.append(len(begun))
        if len(begun) < 3:
            raise RuntimeError("a fault")
        stop.set()

    with caplog.at_level(logging.ERROR):
        again("pair", loop, stop, rest=0)
    assert begun == [0, 1, 2]
    assert [record.message.partition(":")[0] for record in caplog.records] == ["pair", "pair"]
