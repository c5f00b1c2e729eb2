"""Which network addresses we may connect to, and which hosts belong together. Pure."""

from __future__ import annotations

from collections.abc import Set
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Place = tuple[Address, int]

WEB_PORTS = frozenset({80, 443, 8080, 8443})
GLOBAL_UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
# Tunnels that carry an IPv4 address inside, and ranges that older Pythons take for public ones.
NEVER = tuple(
    IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3ffe::/16", "3fff::/20", "5f00::/16")
)
# Under these names, before a country's two letters, anyone may register: bbc.co.uk, not co.uk.
REGISTRIES = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "gv", "ne", "net", "nom", "or", "org"})


def may_connect(address: str, port: int, allowed: Set[Place]) -> bool:
    """Whether we may connect: to public addresses at ports of the web, and to what the settings allow."""
    place = unfolded(ip_address(address.partition("%")[0]))
    return (place, port) in allowed or (port in WEB_PORTS and is_public(place))


def allowed_places(entries: tuple[str, ...]) -> frozenset[Place]:
    """The addresses and ports that ``[fetch] allow`` opens one by one."""
    pairs = (entry.rpartition(":") for entry in entries)
    return frozenset((unfolded(ip_address(host.strip("[]"))), int(port)) for host, _, port in pairs)


def unfolded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (RFC 4291 section 2.5.5.2, RFC 6052), else itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet and to one machine there."""
    if isinstance(address, IPv6Address) and (
        address not in GLOBAL_UNICAST or any(address in network for network in NEVER)
    ):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def registrable(host: str) -> str:
    """The domain that somebody registered, for all hosts below it; an address is a domain by itself.

    Only the common registries are known, not the public suffix list: where that differs, many sites of one
    platform count as one, and are asked more gently than need be.
    """
    if is_address(host):
        return host.lower()
    labels = host.rstrip(".").lower().split(".")
    second_level = len(labels[-1]) == 2 and len(labels) > 2 and labels[-2] in REGISTRIES
    return ".".join(labels[-3 if second_level else -2 :])


def is_address(host: str) -> bool:
    """Whether a host is written as a number, in whatever spelling, and not as a name."""
    return ":" in host or host.rstrip(".").rpartition(".")[2].isdecimal()
