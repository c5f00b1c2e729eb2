"""How many requests one client may make: a bucket that fills at a rate and holds some seconds of it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address, ip_network
from math import ceil
from threading import Lock

BURST = 4  # seconds of the rate that may be asked for at once
MOST_CLIENTS = 20_000
LOOPBACK = ("127.", "::1", "::ffff:127.")


class Rate:
    """Limits each client to some requests a second; 0 is no limit, and this machine itself has none.

    What is kept of a client is only when its bucket will be full again: a full one needs no memory.
    """

    def __init__(self, each_second: int) -> None:
        self._cost = 1 / each_second if each_second else 0.0
        self._full: dict[str, float] = {}
        self._lock = Lock()

    def wait(self, address: str, now: float) -> int:
        """Seconds that a client has to wait before this request is answered; 0 for none."""
        if not self._cost or not address or address.startswith(LOOPBACK):
            return 0
        client = network(address) if ":" in address else address
        with self._lock:
            full = max(self._full.get(client, now), now) + self._cost
            if full - now > BURST:
                return ceil(full - now - BURST)
            self._full[client] = full
            if len(self._full) > MOST_CLIENTS:
                self._forget(now)
        return 0

    def _forget(self, now: float) -> None:
        """Drop the full buckets; all, when too many clients ask at once to tell them apart."""
        waiting = {client: full for client, full in self._full.items() if full > now}
        self._full = waiting if len(waiting) <= MOST_CLIENTS // 2 else {}


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """The network that an IPv6 address belongs to: a household has 2**64 addresses."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))
