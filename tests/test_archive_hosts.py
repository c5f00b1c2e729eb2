"""Which addresses may be connected to, and which hosts belong together."""

from __future__ import annotations

import pytest

from archive.hosts import allowed_places, may_connect, registrable


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
        ),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *(
            "::",
            "::1",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "fec0::1",
            "ff02::1",
            "::7f00:1",
            "2001:db8::1",
        ),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::1"),
        *("2001::1", "3fff::1", "5f00::1", "100::1"),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not may_connect(address, 80, frozenset())


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_addresses_that_are_public_at_ports_of_the_web(address: str) -> None:
    assert all(may_connect(address, port, frozenset()) for port in (80, 443, 8080, 8443))
    assert not any(may_connect(address, port, frozenset()) for port in (0, 22, 25, 6379, 8081, 9200))


def test_the_settings_open_one_address_at_one_port() -> None:
    allowed = allowed_places(("127.0.0.1:9000", "[::1]:9001"))
    assert may_connect("127.0.0.1", 9000, allowed) and may_connect("::ffff:127.0.0.1", 9000, allowed)
    assert may_connect("::1", 9001, allowed)
    assert not may_connect("127.0.0.1", 80, allowed) and not may_connect("127.0.0.2", 9000, allowed)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.example.com", "example.com"),
        ("example.com.", "example.com"),
        ("WWW.BBC.co.uk", "bbc.co.uk"),
        ("fao.beijing.gov.cn", "beijing.gov.cn"),
        ("news.sina.cn", "sina.cn"),
        ("localhost", "localhost"),
        ("10.1.2.3", "10.1.2.3"),
        ("::1", "::1"),
    ],
)
def test_hosts_belong_to_the_domain_that_somebody_registered(host: str, domain: str) -> None:
    assert registrable(host) == domain
