"""What an answer means for the source that was asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from factories import NOW

from archive.errors import FetchError, Resting
from archive.fetch import Fetched
from archive.inputs import trouble
from archive.judge import Timing, bad, followed, is_unchanged, refused, request
from archive.model import Document, sha256
from archive.polls import Poll

URL, NEW = "https://e.example/feed", "https://new.example/feed"
WELL = Poll(source="a", url=URL, due=NOW, polled=NOW, succeeded=NOW, etag='"1"', sha=sha256(b"same"))
TIMING = Timing(now=NOW, interval=timedelta(minutes=30), jitter=0)


def answer(status: int = 200, *, body: bytes = b"", permanent: str | None = None, **headers: str) -> Fetched:
    """What a server answered."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fetched(
        asked=URL,
        final=permanent or URL,
        status=status,
        headers=named,
        body=body,
        at=NOW,
        permanent=permanent,
    )


def failed(poll: Poll, got: Fetched | FetchError) -> Poll:
    """The source after an answer with nothing to read."""
    document = refused(poll, got)
    assert document is not None
    return bad(poll, got, document, TIMING)


def minutes(poll: Poll) -> float:
    """How long until the next poll."""
    return (poll.due - NOW) / timedelta(minutes=1)


def test_equal_bytes_bring_nothing_new_unless_they_are_those_of_an_error() -> None:
    assert is_unchanged(WELL, answer(304)) and is_unchanged(WELL, answer(body=b"same"))
    assert not is_unchanged(WELL, answer(body=b"other")) and not is_unchanged(WELL, answer(500, body=b"same"))


@pytest.mark.parametrize(
    ("status", "waits"), [(500, [30, 60, 90]), (404, [30, 45, 60]), (429, [30, 45, 60]), (403, [30, 60, 90])]
)
def test_each_failure_waits_longer_than_the_one_before(status: int, waits: list[int]) -> None:
    poll, found = WELL, []
    for _ in waits:
        poll = failed(poll, answer(status))
        found.append(minutes(poll))
    assert found == waits


def test_what_the_server_asks_for_decides_alone() -> None:
    assert 60 <= minutes(failed(replace(WELL, failures=7), answer(503, retry_after="3600"))) < 61
    assert minutes(failed(WELL, answer(503, retry_after="-1"))) == 30


def test_who_was_not_asked_has_not_failed() -> None:
    after = failed(WELL, Resting("e.example", NOW + timedelta(hours=2)))
    assert (after.failures, after.result, after.polled) == (0, None, NOW) and minutes(after) >= 120


def test_a_network_that_is_down_does_not_end_the_wait_for_a_second_410() -> None:
    first = failed(WELL, answer(410))
    assert failed(first, FetchError(f"{URL}: cannot be connected to")).gone_since == NOW
    assert failed(first, answer(500)).gone_since is None
    later = replace(TIMING, now=NOW + timedelta(hours=24))
    again = bad(first, answer(410), trouble("failed", "410"), later)
    assert again.state == "paused" and (again.detail or "").startswith("gone: ") and again.gone_since is None


def test_a_page_is_never_asked_sooner_than_after_four_times_the_interval() -> None:
    page = Document(result="not_a_feed", detail="is a page")
    assert [minutes(bad(replace(WELL, failures=n), answer(), page, TIMING)) for n in (0, 3, 5)] == [
        120,
        120,
        180,
    ]


def test_a_move_is_proven_by_the_feed_itself_and_asked_for_in_full() -> None:
    first = followed(WELL, answer(304, permanent=NEW), NOW, is_same=False)
    assert (first.moved_to, first.moved_since, first.moved_polls) == (NEW, NOW, 0)
    assert request(first, NOW).etag is None and request(WELL, NOW).etag == '"1"'
    seen = followed(first, answer(body=b"x", permanent=NEW), NOW, is_same=True)
    other = followed(first, answer(body=b"x", permanent=NEW), NOW, is_same=False)
    assert (seen.moved_polls, other.moved_since) == (1, None)
    late, often = NOW + timedelta(days=3), replace(seen, moved_polls=4)
    assert request(often, NOW).etag and request(often, late).etag is None
    assert followed(often, answer(body=b"x", permanent=NEW), late, is_same=True).url == NEW
    assert followed(often, answer(body=b"x", permanent=NEW), late, is_same=False).moved_polls == 1
    assert followed(replace(often, rival="b"), answer(permanent=NEW), late, is_same=True).url == URL
    assert followed(other, answer(permanent=NEW), late, is_same=True).moved_since is None
