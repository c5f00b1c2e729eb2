"""Texts and addresses as feeds carry them."""

from __future__ import annotations

import re

import pytest
from factories import source
from hypothesis import given
from hypothesis import strategies as st

from syndicate.formats.texts import is_web, source_address, uri

RFC_3986 = re.compile(r"https?://[A-Za-z0-9._~!$&'()*+,;=:@%/?#\[\]-]+", re.IGNORECASE)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://news.example/a?b=c&d#e", "https://news.example/a?b=c&d#e"),
        ("https://news.example/%E5%A5%A5%2f", "https://news.example/%E5%A5%A5%2f"),
        (
            "https://news.example/奥运?q=冬 奥#一",
            "https://news.example/%E5%A5%A5%E8%BF%90?q=%E5%86%AC%20%E5%A5%A5#%E4%B8%80",
        ),
        ("https://news.example/100%", "https://news.example/100%25"),
        ("https://news.example", "https://news.example/"),
        ("https://新闻.example/", "https://xn--efvy88h.example/"),
        ("https://news.example/a#b#c", "https://news.example/a#b%23c"),
        ("https://news.example/?a[]=1|2", "https://news.example/?a%5B%5D=1%7C2"),
        ("https://user@news.example:8080/", "https://user@news.example:8080/"),
        ("https://用户:x@新闻.example:8080/", "https://%E7%94%A8%E6%88%B7:x@xn--efvy88h.example:8080/"),
        ("http://two words/<b>", "http://two%20words/%3Cb%3E"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("http://.新/", "http://.%E6%96%B0/"),
    ],
)
def test_addresses_have_the_characters_of_rfc_3986(address: str, written: str) -> None:
    assert uri(address) == written
    assert uri(written) == written


@given(
    st.text(max_size=30).map("https://{}".format) | st.text(max_size=30).map("http://news.example/{}".format)
)
def test_whatever_is_taken_for_an_address_is_written_as_one(address: str) -> None:
    if is_web(address):
        assert RFC_3986.fullmatch(uri(address))
        assert uri(uri(address)) == uri(address)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://news.example/feed.xml", "https://news.example/feed.xml"),
        ("https://reader:secret@news.example/f?a#b", "https://news.example/f?a#b"),
        (None, "https://archive.example/source/example"),
        ("file:///etc/feeds", "https://archive.example/source/example"),
    ],
)
def test_a_source_is_where_everyone_may_read_it(url: str | None, address: str) -> None:
    assert source_address(source(url=url), "https://archive.example") == address
