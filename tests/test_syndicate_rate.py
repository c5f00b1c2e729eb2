"""How many requests one client may make."""

from __future__ import annotations

import threading

import pytest

from syndicate.rate import BURST, MOST_CLIENTS, Rate, network


def answered(rate: Rate, address: str, times: int, now: float = 0.0) -> int:
    """How many of some requests at one instant are answered."""
    return sum(rate.wait(address, now) == 0 for _ in range(times))


def test_a_client_has_some_seconds_at_once_and_then_its_rate() -> None:
    rate = Rate(64)
    assert answered(rate, "192.0.2.1", 300) == 64 * BURST
    assert rate.wait("192.0.2.1", 0.0) == 1
    assert answered(rate, "192.0.2.2", 300) == 64 * BURST
    assert answered(rate, "192.0.2.1", 300, now=1.0) == 64
    assert answered(rate, "192.0.2.1", 300, now=1000.0) == 64 * BURST


def test_how_long_to_wait_is_enough() -> None:
    rate = Rate(1)
    assert answered(rate, "192.0.2.1", 10) == BURST
    wait = rate.wait("192.0.2.1", 0.25)
    assert wait == 1 and rate.wait("192.0.2.1", 0.25 + wait) == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", ""])
def test_this_machine_is_not_limited(address: str) -> None:
    assert answered(Rate(1), address, 100) == 100


def test_no_limit_is_one_too() -> None:
    assert answered(Rate(0), "192.0.2.1", 1000) == 1000


def test_a_household_is_one_client() -> None:
    rate = Rate(16)
    found = sum(answered(rate, f"2001:db8::{n:x}", 1) for n in range(1, 200))
    assert found == 16 * BURST and answered(rate, "2001:db8:0:1::1", 1) == 1
    assert network("::ffff:192.0.2.1") == "192.0.2.1" and network("fe80::1%eth0") == "fe80::/64"
    assert network("no:address") == "no:address"


def test_what_is_kept_is_bounded() -> None:
    rate = Rate(1)
    for n in range(2 * MOST_CLIENTS):
        rate.wait(str(n), n / 100)
    assert len(rate._full) <= MOST_CLIENTS
    assert answered(rate, str(2 * MOST_CLIENTS - 1), BURST, 2 * MOST_CLIENTS / 100) == BURST - 1


def test_threads_share_one_bucket() -> None:
    rate, found, start = Rate(128), [], threading.Barrier(8)

    def ask() -> None:
        start.wait()
        found.append(answered(rate, "192.0.2.1", 200))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 128 * BURST
