"""Conditional requests, codings, and what is kept of rendered bodies."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from syndicate.caching import Answer, Cache, Conditions, Rendered, answer, header_conditions, render

MODIFIED = datetime(2026, 11, 24, 8, 0, 0, 900_000, tzinfo=UTC)
SAID = "Tue, 24 Nov 2026 08:00:00 GMT"
LATER = MODIFIED + timedelta(hours=1)
MOST = 1 << 20
BODY = b"<feed>" + b"news " * 400 + b"</feed>"


def rendered(body: bytes = BODY, version: int = 1) -> Rendered:
    """A body as feeds make them."""
    return render(body, version=("log", version), modified=MODIFIED, mime="application/atom+xml", max_age=60)


def asked(**conditions: str) -> Answer:
    """The answer to one request."""
    return answer(rendered(), Conditions(**conditions), now=LATER)


def header(given: Answer, name: str) -> str | None:
    """One header of an answer."""
    return dict(given.headers).get(name)


def coded(suffix: str) -> str:
    """The tag of the body in a coding."""
    return f'"{rendered().edition.tag}{suffix}"'


UNPACK: tuple[tuple[str, str, Callable[[bytes], bytes]], ...] = (
    ("gzip", "-gz", gzip.decompress),
    ("br", "-br", brotli.decompress),
    ("zstd", "-zst", zstandard.decompress),
)
TAG = f'"{rendered().edition.tag}"'
PACKED = f'"{rendered().edition.tag}-gz"'


def test_a_body_says_what_it_is_and_how_long_it_holds() -> None:
    fresh = asked()
    assert (fresh.kind, fresh.body) == ("fresh", BODY)
    assert dict(fresh.headers) == {
        "Content-Type": "application/atom+xml; charset=utf-8",
        "Cache-Control": "public, max-age=60",
        "Vary": "Accept-Encoding",
        "ETag": TAG,
        "Last-Modified": SAID,
        "Content-Length": str(len(BODY)),
    }


def test_a_coding_has_its_own_strong_tag_and_the_same_bytes_always() -> None:
    tags = {header(asked(), "ETag")}
    for coding, suffix, unpack in UNPACK:
        packed = asked(accept_encoding=coding)
        assert header(packed, "Content-Encoding") == coding and header(packed, "ETag") == coded(suffix)
        assert unpack(packed.body) == BODY and header(packed, "Content-Length") == str(len(packed.body))
        assert packed.body == asked(accept_encoding=coding).body and len(packed.body) < len(BODY)
        tags.add(header(packed, "ETag"))
    assert len(tags) == 4


@pytest.mark.parametrize("tags", [None, TAG])
def test_what_changed_just_now_is_not_dated(tags: str | None) -> None:
    # newsboat dropped the body of an answer whose date was that of the answer before, whatever its tag.
    conditions = Conditions(if_none_match=tags)
    soon = answer(rendered(), conditions, now=MODIFIED + timedelta(seconds=0.05))
    later = answer(rendered(), conditions, now=MODIFIED + timedelta(seconds=1))
    assert header(soon, "Last-Modified") is None and header(soon, "ETag") == TAG
    assert header(later, "Last-Modified")


def test_what_is_small_is_sent_as_it_is() -> None:
    small = answer(rendered(b"<feed/>"), Conditions(accept_encoding="gzip, br, zstd"), now=LATER)
    assert header(small, "Content-Encoding") is None and small.body == b"<feed/>"


def test_a_304_repeats_the_validators_and_has_no_body() -> None:
    same = asked(if_none_match=TAG, accept_encoding="gzip")
    assert (same.kind, same.body) == ("not_modified", b"")
    assert dict(same.headers) == {
        "Cache-Control": "public, max-age=60",
        "Vary": "Accept-Encoding",
        "ETag": PACKED,
        "Last-Modified": SAID,
    }


@pytest.mark.parametrize(
    "tags",
    [
        TAG,
        PACKED,
        coded("-br"),
        coded("-zst"),
        f"W/{TAG}",
        f"W/{PACKED}",
        f'"other", W/"x",{TAG}',
        f'{coded("-br")}, "other"',
        "*",
        " * ",
        *(coded(suffix) for suffix in ("-gzip", "--gzip", "-gz-gzip", "-gz;gzip", "-df", "-zst-br")),
    ],
)
def test_any_spelling_of_the_tag_is_current(tags: str) -> None:
    assert asked(if_none_match=tags).kind == "not_modified"
    assert asked(if_none_match=tags, accept_encoding="gzip").kind == "not_modified"


@pytest.mark.parametrize(
    "tags",
    [
        *('"other"', "", '""', "garbage", TAG.strip('"'), '"-gz"', TAG[:-2] + '"'),
        *(coded(suffix) for suffix in ("-", "-gz-", "-lz", "gzip", "-gz-x", "-gz" * 100_000 + "x")),
    ],
)
def test_other_tags_are_not_and_decide_alone(tags: str) -> None:
    assert asked(if_none_match=tags, if_modified_since="Wed, 25 Nov 2026 08:00:00 GMT").kind == "fresh"


@pytest.mark.parametrize(
    ("since", "kind"),
    [
        (SAID, "not_modified"),
        ("Tue, 24 Nov 2026 08:00:01 GMT", "not_modified"),
        ("Tue, 24 Nov 2026 07:59:59 GMT", "fresh"),
        ("Tue, 24 Nov 2026 16:00:00 +0800", "not_modified"),
        ("Tuesday, 24-Nov-26 08:00:00 GMT", "not_modified"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "fresh"),
        ("Tue, 24 Nov 2026 08:00:00 -0000", "fresh"),
        ("yesterday", "fresh"),
        ("", "fresh"),
        ("Tue, 99 Nov 2026 08:00:00 GMT", "fresh"),
        ("Tue, 24 Nov 99999999999 08:00:00 GMT", "fresh"),
    ],
)
def test_times_decide_by_the_second_where_no_tag_is_given(since: str, kind: str) -> None:
    assert asked(if_modified_since=since).kind == kind


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, br;q=0.8, gzip;q=0.7", "br"),
        ("zstd;q=0, br;q=0.0, gzip;q=0.001", "gzip"),
        ("GZIP;q=1.0, identity;q=0.5", "gzip"),
        ("gzip;q=0.5, identity", None),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "gzip"),
        ("br;q=0.5, *", "gzip"),
        ("deflate, *;q=0.1", "gzip"),
        ("br;q=0, *;q=0", None),
        ("deflate", None),
        ("gzip;q=0", None),
        ("gzip; q=0.000, *", None),
        ("*;q=0", None),
        ("identity", None),
        ("", None),
        ("gzip;q=...", None),
        ("gzip;q", None),
        ("gzip ; q = 1", "gzip"),
        (",,gzip,", "gzip"),
        ("gzip;q=0.33333", "gzip"),
        ("x," * 300 + "gzip", None),
        ("gzip;q=0," + " " * 300, None),
    ],
)
def test_a_client_gets_the_coding_it_likes_best(accepted: str, coding: str | None) -> None:
    # Of those liked equally the one that costs us least; what is refused or not understood is not sent.
    assert header(asked(accept_encoding=accepted), "Content-Encoding") == coding


@given(*[st.none() | st.text(max_size=60)] * 3)
def test_no_header_is_an_error(tags: str | None, since: str | None, accepted: str | None) -> None:
    given_ = answer(
        rendered(),
        Conditions(if_none_match=tags, if_modified_since=since, accept_encoding=accepted),
        now=LATER,
    )
    assert given_.kind in ("fresh", "not_modified")


def test_conditions_come_from_a_request() -> None:
    environ = {"HTTP_IF_NONE_MATCH": TAG, "HTTP_ACCEPT_ENCODING": "gzip", "REQUEST_METHOD": "GET"}
    assert header_conditions(environ) == Conditions(if_none_match=TAG, accept_encoding="gzip")


def test_a_body_is_made_again_only_when_its_version_has_moved() -> None:
    cache, made, now = Cache[Rendered](MOST), [], [("log", 1)]

    def make(version: tuple[object, ...]) -> Rendered:
        made.append(version)
        return render(BODY, version=version, modified=MODIFIED, mime="x", max_age=1)

    for moved in (1, 1, 2, 2, 1):
        now[0] = ("log", moved)
        assert cache.answer("key", lambda: now[0], make).edition.version == now[0]
    assert made == [("log", 1), ("log", 2), ("log", 1)]


def test_the_least_used_are_dropped_when_all_are_too_large() -> None:
    made: list[str] = []
    cache = Cache[Rendered](2 * len(rendered()))

    def ask(key: str) -> None:
        def make(_: tuple[object, ...]) -> Rendered:
            made.append(key)
            return rendered()

        cache.answer(key, lambda: ("log", 1), make)

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert made == ["a", "b", "c", "b"]


def test_one_thread_makes_a_body_while_the_others_wait_for_it() -> None:
    cache, made, start = Cache[Rendered](MOST), [], threading.Barrier(8)

    def make(version: tuple[object, ...]) -> Rendered:
        made.append(version)
        return rendered()

    def ask() -> None:
        start.wait()
        cache.answer("key", lambda: ("log", 1), make)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [("log", 1)]


def test_what_cannot_be_made_is_not_kept() -> None:
    cache, tries = Cache[Rendered](MOST), [ValueError("now"), None]

    def make(_: tuple[object, ...]) -> Rendered:
        if (error := tries.pop(0)) is not None:
            raise error
        return rendered()

    with pytest.raises(ValueError, match="now"):
        cache.answer("key", lambda: ("log", 1), make)
    assert cache.answer("key", lambda: ("log", 1), make).body == BODY
