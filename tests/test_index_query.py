"""The query grammar: what is understood, what is plain text, and where the limits are."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import date

import pytest
from conftest import shared
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import QueryError
from index.query import (
    All,
    Any,
    Dates,
    Keyword,
    Not,
    Nothing,
    Phrase,
    Prefix,
    Title,
    Word,
    parse_query,
    read_as,
)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("dual olympic city", "dual olympic city"),
        ("双奥之城", "双奥之城"),
        ("“双奥之城” 北京 或 上海", '"双奥之城" (北京 OR 上海)'),
        ("「雙奧」 -football", '"雙奧" -football'),
        ("冬奥 －足球", "冬奥 -足球"),
        ("a OR b c", "(a OR b) c"),
        ("a b OR c d", "a (b OR c) d"),
        ("a OR (b c) OR d -(e f)", "(a OR (b c) OR d) -(e f)"),
        ("(a OR b) (c OR d)", "(a OR b) (c OR d)"),
        ("（冬奥 OR 奥运） 北京", "(冬奥 OR 奥运) 北京"),
        ("a AND b && c", "a b c"),
        ("a NOT b", "a -b"),
        ("title：冬奥 by:“Zhang San”", 'title:冬奥 by:"Zhang San"'),
        ('title:"dual olympic" title:inter*', 'title:"dual olympic" title:inter*'),
        ("来源:beijing-daily 专题:olympics 语言:中文", "source:beijing-daily topic:olympics lang:zh"),
        ("inter*", "inter*"),
        ("in* 北京*", "in 北京"),
        ("date:2022-04..2022-06", "date:2022-04-01..2022-06-30"),
        ("date:2022-02", "date:2022-02-01..2022-02-28"),
        ("date:2022-04-02", "date:2022-04-02"),
        ("date:2022..", "date:2022-01-01.."),
        ("date:..2022-12", "date:..2022-12-31"),
        ("日期：2022年4月", "date:2022-04-01..2022-04-30"),
        ("5G网络 COVID-19 A股", "5G网络 COVID-19 A股"),
        ("北京冬奥会场馆建设情况", "北京 冬奥会 场馆 建设 情况"),
        ("one one two", "one two"),
    ],
)
def test_understood(text: str, understood: str) -> None:
    assert read_as(parse_query(text)) == understood
    assert read_as(parse_query(understood)) == understood


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ('say "hello', "say hello"),
        ("(((a b", "a b"),
        ("a) b)", "a b"),
        ("() a", "a"),
        ("nosuch:x", "nosuch x"),
        ("北京：冬奥会", "北京 冬奥会"),
        ("Title: a story", "Title a story"),
        ("10:30", "10:30"),
        ("OR", "OR"),
        ("a OR", "a OR"),
        ("OR a", "OR a"),
        ("NOT", "NOT"),
        ("AND", "and"),
        ("a - b", "a b"),
        ("well-known", "well-known"),
        ("date:[0001 TO 9999]", "date 0001 TO 9999"),
        ("date:2022-13", "date 2022-13"),
        ("date:0000", "date 0000"),
        ("*", "*"),
        ("*:*", "*:*"),
        ("*e", "e"),
        ("word~2 x^9", "word~2 x^9"),
        ('r".*"', "r"),
    ],
)
def test_plain_text_is_never_an_error(text: str, understood: str) -> None:
    assert read_as(parse_query(text)) == understood


def test_tree() -> None:
    node = parse_query('fox -"red fox" title:den inter* by:Li (a OR b) date:2020')
    assert node == All(
        parts=(
            Word(text="fox"),
            Not(node=Phrase(text="red fox")),
            Title(node=Word(text="den")),
            Prefix(text="inter"),
            Keyword(name="by", value="Li"),
            Any(parts=(Word(text="a"), Word(text="b"))),
            Dates(since=date(2020, 1, 1), until=date(2020, 12, 31)),
        )
    )


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_empty_is_everything(text: str) -> None:
    assert parse_query(text) == All()


@pytest.mark.parametrize("text", [":::::", "“”", "\x01\x02", "(((", "-", "''''"])
def test_text_without_words_finds_nothing(text: str) -> None:
    assert isinstance(parse_query(text), Nothing)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("x" * 1001, "1,000"),
        (" OR ".join("abcdefghijklmnopqrstuvwxyz"), "16"),
        (" ".join(f"-w{n}" for n in range(17)), "16"),
        (" ".join(f"by:w{n}" for n in range(17)), "16"),
        (" ".join(f'"w{n} x"' for n in range(5)), "4"),
        ('"' + "word " * 20 + '"', "64"),
        ("((((( a )))))", "4"),
    ],
)
def test_limits_are_named(text: str, limit: str) -> None:
    with pytest.raises(QueryError, match=limit):
        parse_query(text)


def test_500_plain_words_are_no_error() -> None:
    assert len(getattr(parse_query(" ".join(f"{n:x}" for n in range(300))), "parts", ())) == 300


@given(st.text(max_size=1000) | st.text(alphabet='()"-:* ORNTADab北京|date.2', max_size=300))
def test_whatever_is_typed_is_understood_or_over_a_limit(text: str) -> None:
    started = time.monotonic()
    try:
        shown = read_as(parse_query(text))
    except QueryError:
        return
    assert isinstance(shown, str)
    assert time.monotonic() - started < 5


def test_attacks_are_parsed_at_once() -> None:
    cases = json.loads(shared("attacks/manifest.json").read_text())
    for case in (case for case in cases if case["kind"] == "query"):
        started = time.monotonic()
        with suppress(QueryError):
            parse_query(case["q"])
        assert time.monotonic() - started < 1, case["id"]
