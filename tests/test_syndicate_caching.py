"""Conditional requests, codings, and what is kept of rendered bodies."""

from __future__ import annotations

import gzip
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.caching import Answer, Cache, Conditions, Rendered, answer, header_conditions, render

MODIFIED = datetime(2026, 11, 24, 8, 0, 0, 900_000, tzinfo=UTC)
SAID = "Tue, 24 Nov 2026 08:00:00 GMT"
BODY = b"<feed>" + b"news " * 400 + b"</feed>"


def rendered(body: bytes = BODY, version: int = 1) -> Rendered:
    """A body as feeds make them."""
    return render(body, version=("log", version), modified=MODIFIED, mime="application/atom+xml", max_age=60)


def asked(**conditions: str) -> Answer:
    """The answer to one request."""
    return answer(rendered(), Conditions(**conditions))


def header(given: Answer, name: str) -> str | None:
    """One header of an answer."""
    return dict(given.headers).get(name)


TAG = f'"{rendered().tag}"'
PACKED = f'"{rendered().tag}-gz"'


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
    packed = asked(accept_encoding="gzip, br")
    assert header(packed, "Content-Encoding") == "gzip" and header(packed, "ETag") == PACKED
    assert gzip.decompress(packed.body) == BODY and header(packed, "Content-Length") == str(len(packed.body))
    assert packed.body == answer(rendered(), Conditions(accept_encoding="gzip")).body


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
        f"W/{TAG}",
        f'"other", W/"x",{TAG}',
        "*",
        " * ",
        TAG[:-1] + '-gzip"',
        PACKED[:-1] + '-gzip"',
        PACKED[:-1] + ';gzip"',
    ],
)
def test_any_spelling_of_the_tag_is_current(tags: str) -> None:
    assert asked(if_none_match=tags).kind == "not_modified"
    assert asked(if_none_match=tags, accept_encoding="gzip").kind == "not_modified"


@pytest.mark.parametrize("tags", ['"other"', "", '""', "garbage", TAG.strip('"'), '"-gz"', TAG[:-2] + '"'])
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
    ("accepted", "packs"),
    [
        ("gzip", True),
        ("GZIP;q=1.0, identity;q=0.5", True),
        ("x-gzip", True),
        ("*", True),
        ("br, deflate", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("", False),
        ("gzip;q=...", False),
    ],
)
def test_gzip_is_sent_to_who_takes_it(accepted: str, packs: bool) -> None:
    assert (header(asked(accept_encoding=accepted), "Content-Encoding") == "gzip") is packs


@given(*[st.none() | st.text(max_size=60)] * 3)
def test_no_header_is_an_error(tags: str | None, since: str | None, accepted: str | None) -> None:
    given_ = answer(
        rendered(), Conditions(if_none_match=tags, if_modified_since=since, accept_encoding=accepted)
    )
    assert given_.kind in ("fresh", "not_modified")


def test_conditions_come_from_a_request() -> None:
    environ = {"HTTP_IF_NONE_MATCH": TAG, "HTTP_ACCEPT_ENCODING": "gzip", "REQUEST_METHOD": "GET"}
    assert header_conditions(environ) == Conditions(if_none_match=TAG, accept_encoding="gzip")


def test_a_body_is_made_again_only_when_its_version_has_moved() -> None:
    cache, made, now = Cache(), [], [("log", 1)]

    def make(version: tuple[object, ...]) -> Rendered:
        made.append(version)
        return render(BODY, version=version, modified=MODIFIED, mime="x", max_age=1)

    for moved in (1, 1, 2, 2, 1):
        now[0] = ("log", moved)
        assert cache.answer("key", lambda: now[0], make).version == now[0]
    assert made == [("log", 1), ("log", 2), ("log", 1)]


def test_the_least_used_are_dropped_when_all_are_too_large() -> None:
    made: list[str] = []
    cache = Cache(most_bytes=2 * rendered().size)

    def ask(key: str) -> None:
        def make(_: tuple[object, ...]) -> Rendered:
            made.append(key)
            return rendered()

        cache.answer(key, lambda: ("log", 1), make)

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert made == ["a", "b", "c", "b"]


def test_one_thread_makes_a_body_while_the_others_wait_for_it() -> None:
    cache, made, start = Cache(), [], threading.Barrier(8)

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
    cache, tries = Cache(), [ValueError("now"), None]

    def make(_: tuple[object, ...]) -> Rendered:
        if (error := tries.pop(0)) is not None:
            raise error
        return rendered()

    with pytest.raises(ValueError, match="now"):
        cache.answer("key", lambda: ("log", 1), make)
    assert cache.answer("key", lambda: ("log", 1), make).body == BODY
