"""Faults of XML that have one meaning only."""

from __future__ import annotations

import pytest

from archive.reading.mend import mended


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        (
            "<a>R & D &copy; &nosuch; &amp; &#38; &LT;</a>",
            "<a>R &amp; D © &amp;nosuch; &amp; &#38; &#60;</a>",
        ),
        ("<a><![CDATA[R & D &copy; <x:y/>]]></a>", "<a><![CDATA[R & D &copy; <x:y/>]]></a>"),
        (
            "<?xml?><a b='x'><c:d e:f='1'/></a>",
            "<?xml?><a xmlns:c=\"urn:unbound:c\" xmlns:e=\"urn:unbound:e\" b='x'><c:d e:f='1'/></a>",
        ),
        ("<a xmlns:c='u'><c:d xml:lang='x'/></a>", "<a xmlns:c='u'><c:d xml:lang='x'/></a>"),
        ("<a>12:30 http://x</a>", "<a>12:30 http://x</a>"),
        ("no tags & none", "no tags &amp; none"),
    ],
)
def test_what_has_one_meaning_is_mended(broken: str, whole: str) -> None:
    assert mended(broken) == whole
