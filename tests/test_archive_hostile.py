"""Documents made to exhaust us: each is over in time with a named result, and the next is read at once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.model import Document, Result
from archive.sandbox import SECONDS, Sandbox

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
GOOD = b'<rss version="2.0"><channel><item><title>x</title><guid>1</guid></item></channel></rss>'
READ: frozenset[Result] = frozenset({"ok", "warning", "empty"})
REFUSED: frozenset[Result] = frozenset({"too_complex"})
NO_FEED: frozenset[Result] = READ | REFUSED | {"not_a_feed", "failed"}
MEGABYTE = 1 << 20


def rss(inner: str, before: str = "") -> bytes:
    """A feed with something in it."""
    return f'<?xml version="1.0"?>{before}<rss version="2.0"><channel>{inner}</channel></rss>'.encode()


def item(description: str) -> bytes:
    """A feed with one item of that description."""
    return rss(f"<item><guid>1</guid><title>x</title><description>{description}</description></item>")


def many(form: str, times: int) -> str:
    """A text many times, with the number of each."""
    return "".join(map(form.format, range(times)))


def entities(depth: int, width: int) -> str:
    """Entities that each hold the one before many times."""
    steps = "".join(f"<!ENTITY e{step + 1} '" + width * f"&e{step};" + "'>" for step in range(depth))
    return f'<!DOCTYPE rss [<!ENTITY e0 "ha">{steps}]>'


def atom(content: str, kind: str) -> bytes:
    """An Atom feed with one entry of that content."""
    entry = f"<entry><id>1</id><content type='{kind}'>{content}</content></entry>"
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode()


HOSTILE: Mapping[str, tuple[Callable[[], bytes], frozenset[Result]]] = {
    # XML that grows, or never ends
    "entities in entities": (lambda: rss("<item><title>&e9;</title></item>", entities(9, 10)), NO_FEED),
    "a large entity often": (
        lambda: rss(
            f"<item><title>{'&e;' * 20_000}</title></item>", f"<!DOCTYPE r [<!ENTITY e '{'a' * 50_000}'>]>"
        ),
        NO_FEED,
    ),
    "an open document type": (lambda: b"<!DOCTYPE " + b"<!ENTITY " * 100_000, NO_FEED),
    "many entities": (
        lambda: rss("<item/>", "<!DOCTYPE r [" + many("<!ENTITY e{} 'v'>", 40_000) + "]>"),
        NO_FEED,
    ),
    "an outside entity": (
        lambda: rss(
            "<item><title>&e;</title></item>", "<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>"
        ),
        NO_FEED,
    ),
    "depth": (lambda: rss("<a>" * 100_000 + "</a>" * 100_000), REFUSED),
    "depth without ends": (lambda: rss("<a>" * 50_000), REFUSED),
    "depth in content": (lambda: atom(f"{'<div>' * 20_000}{'</div>' * 20_000}", "xhtml"), REFUSED),
    "elements in content": (lambda: atom("<b>x</b>" * 310_000, "xhtml"), REFUSED),
    "files of one item": (
        lambda: rss("<item><guid>1</guid>" + many("<enclosure url='{}'/>", 100_000) + "</item>"),
        READ,
    ),
    "elements": (lambda: rss(f"<item>{'<enclosure url=/>' * 310_000}</item>"), REFUSED),
    "attributes": (lambda: rss("<item " + many("a{}='' ", 100_000) + "/>"), REFUSED),
    "namespaces": (lambda: rss(many("<n{0}:x xmlns:n{0}='http://n.example/{0}'/>", 40_000)), REFUSED),
    "open sections": (lambda: b"<rss><channel><item><description>" + b"<![CDATA[" * 110_000, NO_FEED),
    "open comments": (lambda: b"<rss><channel><item><description>" + b"<!--" * 250_000, NO_FEED),
    "open tags": (lambda: b"<rss><channel><item><description>" + b"<" * 500_000, NO_FEED),
    "open quotes": (lambda: b"<rss><channel><item><description>" + b"<a b='" * 150_000, NO_FEED),
    "references without end": (lambda: b"<rss><channel><item><description>" + b"&#x" * 300_000, NO_FEED),
    # fields that patterns or lists are slow with
    "items": (lambda: rss(many("<item><guid>{}</guid><title>t</title></item>", 60_000)), READ),
    "categories": (
        lambda: rss(f"<item><guid>1</guid>{many('<category>{}</category>', 20_000)}</item>"),
        READ,
    ),
    "authors": (
        lambda: rss(f"<item><guid>1</guid>{many('<author>a@b.c ({})</author>', 20_000)}</item>"),
        READ,
    ),
    "links": (lambda: rss(f"<item><guid>1</guid>{many('<link>http://e/{}</link>', 20_000)}</item>"), READ),
    "dates": (lambda: rss(f"<item><guid>1</guid>{many('<pubDate>May {} x</pubDate>', 20_000)}</item>"), READ),
    "an author of letters": (
        lambda: rss(f"<item><guid>1</guid><author>{'a' * 100_000}</author></item>"),
        READ,
    ),
    "an author of dots": (lambda: rss(f"<item><guid>1</guid><author>{'a.' * 50_000}@</author></item>"), READ),
    "a date of digits": (
        lambda: rss(f"<item><guid>1</guid><pubDate>{'1' * MEGABYTE}</pubDate></item>"),
        READ,
    ),
    "a date of words": (lambda: rss(f"<item><guid>1</guid><pubDate>{'1 ' * 500_000}</pubDate></item>"), READ),
    "a title of spaces": (lambda: rss(f"<item><title>{' ' * MEGABYTE}x</title></item>"), READ),
    "an address of ten megabytes": (
        lambda: rss(f"<item><guid>1</guid><enclosure url='http://e/{'a' * 9_900_000}'/></item>"),
        READ,
    ),
    "content in base 64": (lambda: atom("QUFB" * 250_000, "application/octet-stream"), READ),
    # HTML that sanitisers are slow with
    "HTML: depth": (lambda: item("&lt;div&gt;" * 50_000), READ),
    "HTML: depth of drawings": (lambda: item("&lt;svg&gt;" * 50_000), READ),
    "HTML: comments": (lambda: item("&lt;!--" * 150_000), READ),
    "HTML: sections": (lambda: item("&lt;![CDATA[" * 80_000), READ),
    "HTML: instructions": (lambda: item("&lt;?" * 200_000), READ),
    "HTML: open tags": (lambda: item("&lt;a " * 200_000), READ),
    "HTML: quotes": (lambda: item("&lt;a href=&quot;" * 60_000), READ),
    "HTML: ampersands": (lambda: item("&amp;" * 200_000), READ),
    "HTML: attributes": (lambda: item(f"&lt;a {many('a{}=1 ', 100_000)}&gt;"), READ),
    "HTML: style": (lambda: item(f"&lt;p style='{'url(' * 50_000}'&gt;x"), READ),
    "HTML: formatting": (lambda: item("&lt;b&gt;&lt;p&gt;" * 40_000), READ),
    "HTML: tables": (lambda: item("&lt;table&gt;&lt;tr&gt;" * 30_000), READ),
    # bytes that are no text, and charsets that are none
    "nothing but zeros": (lambda: bytes(MEGABYTE), NO_FEED),
    "noise": (lambda: random.Random(1).randbytes(MEGABYTE), NO_FEED),
    "noise in a feed": (lambda: GOOD.replace(b"x", random.Random(2).randbytes(MEGABYTE)), NO_FEED),
    "a charset that is none": (lambda: b'<?xml version="1.0" encoding="zlib"?>' + GOOD, READ),
    "punycode": (lambda: b'<?xml version="1.0" encoding="punycode"?>' + b"a-" + b"9" * 100_000, NO_FEED),
    "half encoded twice": (lambda: GOOD.replace(b"x", ("\u00c4\u0081" * 3 + "a" * 3_000_000).encode()), READ),
    # JSON
    "JSON: depth": (lambda: b"[" * 500_000, REFUSED),
    "JSON: a number": (
        lambda: b'{"version":"https://jsonfeed.org/version/1","items":[%s]}' % (b"9" * 500_000),
        NO_FEED,
    ),
}

# These are run always: one of each kind, of those that cost little.
QUICK = frozenset(
    {
        *("entities in entities", "depth", "open sections", "open quotes", "a date of words"),
        *("an author of dots", "HTML: depth", "HTML: attributes", "punycode", "half encoded twice"),
    }
)
ROOM = 1.0  # seconds, for a machine that is busy with other tests


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The sandbox of the product, as it comes."""
    with Sandbox() as made:
        read(made, GOOD)
        yield made


def read(sandbox: Sandbox, body: bytes) -> Document:
    """A feed, read in the child."""
    return sandbox.parse(body, url="https://e.example/feed", content_type=None, name="feed.xml", now=NOW)


def resident() -> int:
    """The memory that this process holds, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in HOSTILE]
)
def test_it_is_over_in_time_and_harms_nobody(sandbox: Sandbox, name: str) -> None:
    make, results = HOSTILE[name]
    body = make()
    before, start = resident(), time.monotonic()
    document = read(sandbox, body)
    took = time.monotonic() - start
    assert document.result in results, document.detail
    assert (document.detail is None) == (document.result in ("ok", "empty"))
    assert took < SECONDS + ROOM
    assert resident() - before < 64 << 20
    start = time.monotonic()
    assert [article.title for article in read(sandbox, GOOD).articles] == ["x"]
    assert time.monotonic() - start < 1 + ROOM
