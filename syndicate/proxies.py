"""Who asked, when proxies stand between: read from headers that only trusted ones may state. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from syndicate.reply import Environ

Network = IPv4Network | IPv6Network
MOST_HOPS = 32
STATED = ("FORWARDED", "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "X_FORWARDED_PREFIX")
SCHEME, PREFIX = "syndicate.scheme", "syndicate.prefix"
# RFC 7239 section 4: pairs with semicolons between them, one group of them for each proxy.
PAIR = re.compile(r'\s*([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s",;]*)\s*([;,]|$)')
WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\w+)?|(\d+\.\d+\.\d+\.\d+):\w+")
PATH = re.compile(r"(?:/[\w.~!$&'()*+,;=:@%-]{1,100}){1,8}", re.ASCII)


def networks(stated: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks as written in the settings. Raises ValueError."""
    return tuple(ip_network(each, strict=False) for each in stated)


def as_asked(environ: Environ, trusted: Sequence[Network]) -> Environ:
    """A request as it came to the outermost trusted proxy; all that others state of it is left out."""
    stated = {name: str(environ.get(f"HTTP_{name}", "")) for name in STATED}
    asked = {name: value for name, value in environ.items() if name.removeprefix("HTTP_") not in STATED}
    peer = normal(str(environ.get("REMOTE_ADDR", "")))
    if peer is None or not is_trusted(peer, trusted):
        return asked
    groups = forwarded(stated["FORWARDED"])
    by_group, known = client([group.get("for", "") for group in groups], peer, trusted)
    by_list, _ = client(listed(stated["X_FORWARDED_FOR"]), peer, trusted)
    found = {"FORWARDED": by_group, "X_FORWARDED_FOR": by_list}
    told = {address for name, address in found.items() if stated[name]}
    # A proxy states one of the two and hands on the other as it came, so two that differ prove nothing.
    asked["REMOTE_ADDR"] = told.pop() if len(told) == 1 else peer
    group = groups[-known] if known else {}
    if host := last(stated["X_FORWARDED_HOST"]) or group.get("host", ""):
        asked["HTTP_HOST"] = host
    scheme = (last(stated["X_FORWARDED_PROTO"]) or group.get("proto", "")).lower()
    if scheme in ("http", "https"):
        asked[SCHEME] = scheme
    prefix = last(stated["X_FORWARDED_PREFIX"]).rstrip("/")
    if PATH.fullmatch(prefix):
        asked[PREFIX] = prefix
    return asked


def client(chain: Sequence[str], peer: str, trusted: Sequence[Network]) -> tuple[str, int]:
    """The right-most address that is not a trusted proxy's, and how many of the chain were believed.

    What stands left of it, its owner may have made up. Of one who hides, the proxy in front is all we know.
    """
    known = peer
    for hops, stated in enumerate(reversed(chain[-MOST_HOPS:]), 1):
        address = normal(stated)
        if address is None:
            return known, hops
        known = address
        if not is_trusted(address, trusted):
            return known, hops
    return known, min(len(chain), MOST_HOPS)


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether an address is one of a proxy that we believe."""
    at = ip_address(address)
    return any(at in network for network in trusted)


def normal(stated: str) -> str | None:
    """An address without its port and brackets, IPv4 in its own form; None for what is no address."""
    match = WITH_PORT.fullmatch(stated.strip())
    try:
        at = ip_address((match[1] or match[2]) if match else stated.strip())
    except ValueError:
        return None
    if isinstance(at, IPv6Address) and at.ipv4_mapped:
        return str(at.ipv4_mapped)
    return str(at)


def forwarded(header: str) -> list[dict[str, str]]:
    """What each proxy states in ``Forwarded``, the nearest last; nothing when it cannot be read."""
    groups: list[dict[str, str]] = [{}]
    place = 0
    while place < len(header):
        match = PAIR.match(header, place)
        if match is None:
            return []
        value = match[2]
        groups[-1][match[1].lower()] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] == '"' else value
        if match[3] == ",":
            groups.append({})
        place = match.end()
    return groups if groups != [{}] else []


def listed(header: str) -> list[str]:
    """The values of a header with commas between them."""
    return [part.strip() for part in header.split(",") if part.strip()]


def last(header: str) -> str:
    """What the nearest proxy states, of several values."""
    return next(reversed(listed(header)), "")
