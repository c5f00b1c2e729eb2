"""HTML, texts and lines from outside, made safe to keep."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from archive.reading.clean import (
    FORBIDDEN,
    PARAGRAPHS,
    WITHOUT_BASE,
    as_html,
    clean_html,
    clean_line,
    clean_text,
    clean_url,
    plain_text,
    simple_html,
)

BASE = "https://e.example/a/b.html"
HOSTILE = {
    "deep": "<div>" * 50_000,
    "deep behind end tags": "<div></b>" * 40_000,
    "deep behind quotes": '<div title="<">' * 50_000,
    "attributes": "<a " + " ".join(f"a{number}=1" for number in range(100_000)) + ">x",
    "tags": "<a" * 300_000,
    "quotes": '<p title="' * 90_000,
    "references": "&" * 500_000,
    "comments": "<!--" * 150_000,
    "breaks": "<br> " * 200_000,
    "paragraphs": "<p>x" * 100_000,
}


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ('<p onclick="x()" style="a">b</p>', "<p>b</p>"),
        ("a<script>alert(1)</script><style>x</style>b", "ab"),
        ('<a href="java&#x09;script:alert(1)">x</a>', '<a rel="noopener noreferrer nofollow">x</a>'),
        ('<svg><a xlink:href="javascript:alert(1)">x</a></svg>y', "y"),
        ('<img src="data:image/png;base64,AAAA" alt="x">', '<img alt="x">'),
        ('<img src=../p.png srcset="x 2x">', '<img src="https://e.example/p.png">'),
        ('<img src="//h.example/p.png">', '<img src="https://h.example/p.png">'),
        ("<a href='mailto:x@y.z'>x</a>", '<a href="mailto:x@y.z" rel="noopener noreferrer nofollow">x</a>'),
        ("a < b & c", "a &lt; b &amp; c"),
        ("x&#1;\x02&#xFFFE;y", "xy"),
        ('<q cite="../q?a=1&b=2">a cite="b"</q>', '<q cite="https://e.example/q?a=1&amp;b=2">a cite="b"</q>'),
        ('<del cite="javascript:x" datetime="2022">y</del>', '<del datetime="2022">y</del>'),
        ('<ins cite="http://[">y</ins>', "<ins>y</ins>"),
        ("<details open ontoggle=x>y</details>", '<details open="">y</details>'),
    ],
)
def test_clean_html(stated: str, expected: str) -> None:
    assert clean_html(stated, base=BASE) == expected


def test_relative_addresses_without_a_base_are_dropped() -> None:
    assert clean_html('<img src="p.png" alt="x"><a href="https://h/">y</a>', base=None) == (
        '<img alt="x"><a href="https://h/" rel="noopener noreferrer nofollow">y</a>'
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_costs_little(name: str) -> None:
    start = time.process_time()
    plain_text(HOSTILE[name])
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One <b>bold</b></p><p>two<br>lines</p>", "One bold\n\ntwo\nlines"),
        ("<ul><li>a<li>b</ul>c", "a\n\nb\n\nc"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2"),
        ("a  \n b", "a b"),
        ("a <b> b </b> c", "a b c"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ('<img src=x alt="a > b">c', "c"),
        ("5 < 6 &amp; 7", "5 < 6 & 7"),
        ("1&nbsp;2", "1 2"),
        ("", ""),
    ],
)
def test_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_lines_and_texts_are_taken_literally() -> None:
    assert clean_line(" a <b>\r\n Set-Cookie: x\x00\ud800 ") == "a <b> Set-Cookie: x"
    assert clean_text("a \r\n\r\n\r\n\r\n  <b> &amp;\rc\x0b") == "a\n\n  <b> &amp;\nc"
    assert as_html("a <b>\nc\n\nd") == "<p>a &lt;b&gt;<br>c</p><p>d</p>"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("https://h.example/?utm_source=x#y", "https://h.example/?utm_source=x#y"),
        ("../x", "https://e.example/x"),
        (" https://h.example/a\r\nb c ", "https://h.example/ab%20c"),
        ("https://h.example/双奥", "https://h.example/双奥"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("http://[x", None),
        ("", None),
        (None, None),
    ],
)
def test_clean_url(stated: str | None, expected: str | None) -> None:
    assert clean_url(stated, base=BASE) == expected


@given(some.text(some.characters()), some.sampled_from(["<p>{}</p>", "{}", '<a title="{}">x', "<!--{}-->"]))
def test_what_leaves_is_fit_for_xml_and_stays_as_it_is(text: str, frame: str) -> None:
    html = clean_html(frame.format(text), base=BASE)
    assert not FORBIDDEN.search(html + plain_text(text) + clean_line(text) + clean_text(text))
    assert clean_html(html, base=BASE) == html


PARTS = some.sampled_from(
    ["words", " ", "\n", "双奥", "“", '"', "'", "<br>", "</p><p>", "\x85", "\u2028", "\t"]
)


@given(some.lists(PARTS, max_size=14).map("".join))
def test_paragraphs_alone_are_clean_as_they_are(text: str) -> None:
    # They are not given to the sanitiser, which would answer the same.
    html = f"<p>{text}</p>\n<p>last</p>\n"
    assert PARAGRAPHS.fullmatch(html)
    assert clean_html(html, base=None) == WITHOUT_BASE.clean(html).strip()


@pytest.mark.parametrize("text", ["a &amp; b", "a\xa0b", "<b>b</b>", "a\rb", "<p>", "</p>", "<br class='x'>"])
def test_what_is_more_than_paragraphs_goes_to_the_sanitiser(text: str) -> None:
    assert clean_html(f"<p>{text}</p>", base=None) == WITHOUT_BASE.clean(f"<p>{text}</p>").strip()


@pytest.mark.parametrize(
    ("stated", "base", "cleaned"),
    [
        ('<q cite="/w?a=1&amp;b=2">a</q>', BASE, '<q cite="https://e.example/w?a=1&amp;b=2">a</q>'),
        ('<blockquote title="x" cite="w.html">a</blockquote>', None, '<blockquote title="x">a</blockquote>'),
        ('<del cite="javascript:x()">a</del>', BASE, "<del>a</del>"),
        ('<ins cite="https://e.example/i">a</ins>', None, '<ins cite="https://e.example/i">a</ins>'),
        ('<p>&lt;q cite="/w"> is not a tag</p>', BASE, '<p>&lt;q cite="/w"&gt; is not a tag</p>'),
    ],
)
def test_where_a_quotation_comes_from_is_absolute(stated: str, base: str | None, cleaned: str) -> None:
    # The sanitiser left these addresses as they were.
    assert clean_html(stated, base=base) == cleaned


@pytest.mark.parametrize(
    ("html", "simple"),
    [
        ("<p>a <em>b</em></p>", "<p>a <em>b</em></p>"),
        (
            '<figure><img src="urn:sha256:ab" alt="x > y" width="3"><figcaption>c</figcaption></figure>',
            '<p><img src="urn:sha256:ab" alt="x &gt; y"></p><p>c</p>',
        ),
        ('<div title="a > b"><p>a</p><section>b</section></div>', "<p>a</p><p>b</p>"),
        ('<p>a <span lang="en">b</span><video src="https://e.example/v">no</video></p>', "<p>a b</p>"),
        ('<a href="https://e.example/" rel="x" hreflang="en">y</a>', '<a href="https://e.example/">y</a>'),
        ("&lt;div> &amp;amp;", "&lt;div&gt; &amp;amp;"),
    ],
)
def test_simple_html_has_few_tags_and_all_the_words(html: str, simple: str) -> None:
    assert simple_html(html) == simple
