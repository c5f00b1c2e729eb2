"""Addresses of lists: read and written, one address for one list."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.model import Selection
from syndicate.addresses import View, is_canonical, list_path, read, write

NAMES = st.lists(st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True), max_size=3)
TOPICS = NAMES.map(lambda found: tuple(sorted(set(found))))
TEXTS = st.text(max_size=20).map(str.strip)
DAYS = st.none() | st.dates()
SELECTIONS = st.builds(
    Selection,
    query=TEXTS,
    topics=TOPICS,
    without=TOPICS,
    source=TEXTS,
    by=TEXTS,
    language=st.sampled_from(["", "en", "zh", "both"]),
    since=DAYS,
    until=DAYS,
)
VIEWS = st.builds(
    View,
    content=st.sampled_from(["", "summary", "simple"]),
    sort=st.sampled_from(["", "rel", "new", "old"]),
    n=st.none() | st.integers(1, 100),
    before=st.sampled_from(["", "2022-04-02T00:00:00Z~7f3a9c1e-0000-5000-8000-000000000000"]),
    archive=st.none() | st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)),
    page=st.integers(1, 10_000),
    exact=st.booleans(),
    ui=st.sampled_from(["", "en", "zh"]),
    script=st.sampled_from(["", "hans", "hant"]),
    size=st.sampled_from(["", "big", "middle", "small"]),
)


def asked(query: str) -> tuple[Selection, View]:
    """What a query string asks for."""
    return read(parse_qs(query, keep_blank_values=True))


@given(SELECTIONS, VIEWS)
def test_what_is_written_is_read_again_and_has_one_spelling(selection: Selection, view: View) -> None:
    address = write("/search.atom", selection, view)
    path, _, query = address.partition("?")
    assert address.isascii() and " " not in address
    assert asked(query) == (selection, view)
    assert is_canonical(path, query, address)


@given(SELECTIONS)
def test_a_path_and_its_parameters_say_the_whole_selection_once(selection: Selection) -> None:
    address = write(list_path(selection), selection, View())
    path, _, query = address.partition("?")
    kind, _, name = unquote(path).removeprefix("/").partition("/")
    within = {
        "topic": Selection(topics=tuple(name.split("+"))),
        "source": Selection(source=name),
        "by": Selection(by=name),
    }.get(kind, Selection())
    assert read(parse_qs(query), within=within)[0] == selection


def test_parameters_stand_in_one_order_and_defaults_are_left_out() -> None:
    selection = Selection(query="冬奥", topics=("b", "a"), language="zh", since=date(2022, 4, 2))
    assert write("/search.atom", selection, View(n=5, sort="old")) == (
        "/search.atom?q=%E5%86%AC%E5%A5%A5&topic=b+a&lang=zh&from=2022-04-02&sort=old&n=5"
    )
    assert write("/latest.atom", Selection(), View(content="", page=1)) == "/latest.atom"


def test_chinese_names_stand_in_paths_escaped() -> None:
    assert list_path(Selection(by="王小明/记者")) == "/by/%E7%8E%8B%E5%B0%8F%E6%98%8E%2F%E8%AE%B0%E8%80%85"


@pytest.mark.parametrize(
    ("selection", "path"),
    [
        (Selection(), "/latest"),
        (Selection(language="zh"), "/latest"),
        (Selection(query="x", topics=("a",)), "/search"),
        (Selection(topics=("a", "b"), source="s"), "/topic/a+b"),
        (Selection(source="s", by="y"), "/source/s"),
        (Selection(by="y"), "/by/y"),
    ],
)
def test_the_path_says_the_first_thing_that_a_list_is_of(selection: Selection, path: str) -> None:
    assert list_path(selection) == path


def test_a_plus_sign_in_words_is_not_a_space() -> None:
    # "C++" was sent to the address of "C" and found everything with a C.
    address = write("/search", Selection(query="c++ news"), View())
    assert address == "/search?q=c%2B%2B%20news"
    assert asked(address.partition("?")[2])[0].query == "c++ news"


@pytest.mark.parametrize("query", ["topic=b+a", "topic=b&topic=a", "topic=a%2Bb", "topic=a,b&topic=a"])
def test_topics_are_joined_or_repeated(query: str) -> None:
    assert asked(query)[0].topics == ("a", "b")


def test_days_may_be_years_and_months() -> None:
    selection, _ = asked("from=2022&to=2024-02")
    assert (selection.since, selection.until) == (date(2022, 1, 1), date(2024, 2, 29))


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("lang=zh&q=x", "/search?q=x&lang=zh"),
        ("q=x&page=1", "/search?q=x"),
        ("q=x&lang=", "/search?q=x"),
        ("q=x&q=y", "/search?q=y"),
        ("q=x&from=2022", "/search?q=x&from=2022-01-01"),
        ("q=x&content=full", "/search?q=x"),
    ],
)
def test_another_spelling_is_sent_to_the_one_address(query: str, address: str) -> None:
    assert write("/search", *asked(query)) == address
    assert not is_canonical("/search", query, address)


def test_what_is_not_ours_and_how_a_character_is_escaped_do_not_count() -> None:
    assert is_canonical("/search", "utm_source=x&q=a%2fb", write("/search", *asked("q=a/b")))


@pytest.mark.parametrize(
    "query",
    [
        "lang=fr",
        "sort=best",
        "content=none",
        "n=0",
        "n=101",
        "n=1e2",
        "n=٣x",
        "page=-1",
        "page=99999999999999999999",
        "from=yesterday",
        "from=2022-13",
        "to=2022-02-30",
        "to=0000",
        "before=x",
        "archive=1",
        "archive=-1-32",
        "ui=de",
        "script=latn",
        "size=huge",
        "exact=maybe",
    ],
)
def test_a_value_that_makes_no_sense_is_refused_with_a_sentence(query: str) -> None:
    with pytest.raises(UsageError, match=query.partition("=")[0]):
        asked(query)
