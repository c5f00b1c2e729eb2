"""Copies of one text: found whatever was cut or put in front, and nothing that only has the same form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from conftest import shared
from factories import NOW, article

from archive.model import Article
from bench.corpus import lines
from index.reprints import reprinted
from index.traces import trace

SENTENCES = [
    f"Sentence {word} of the report tells what the {word} office did in a {word} way that day."
    for word in (
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
    )
]
WHOLE = article(title="Report", text=" ".join(SENTENCES), published=NOW)
BULLETIN = (
    "央视网消息：国家卫生健康委通报，{month}月{day}日0时至24时，全国新增确诊病例{new}例，新增出院病例{out}例，"
    "解除医学观察的密切接触者{seen}人。"
)


def are_copies(one: Article, other: Article) -> bool:
    """Whether one repeats the other, which is the same from either side."""
    first, second = (trace(each, "", None) for each in (one, other))
    assert reprinted(first, second) == reprinted(second, first)
    return reprinted(first, second)


@pytest.mark.parametrize(
    ("text", "day", "language", "is_copy"),
    [
        (" ".join(SENTENCES), 0, "en", True),
        (" ".join(SENTENCES[:6]), 1, "en", True),
        (" ".join(["By our own reporter.", *SENTENCES[1:], "It was met with"]), 3, "en", True),
        (" ".join(SENTENCES), 4, "en", False),
        (" ".join(SENTENCES), 0, "zh", False),
        (
            " ".join(["A round-up of all kinds of other news with words of its own."] * 1 + SENTENCES[:1]),
            0,
            "en",
            False,
        ),
        ("Nothing of all that.", 0, "en", False),
    ],
)
def test_copies(text: str, day: int, language: str, is_copy: bool) -> None:
    other = article(title="Other", text=text, language=language, published=NOW + timedelta(days=day))
    assert are_copies(WHOLE, other) == is_copy


def test_a_bulletin_of_another_day_is_another() -> None:
    one, other = (
        article(
            language="zh",
            published=datetime(2022, 10, day, tzinfo=UTC),
            text=BULLETIN.format(month=10, day=day, new=day * 37, out=day * 23, seen=day * 1711),
        )
        for day in (3, 4)
    )
    assert not are_copies(one, other)


def test_none_of_the_daily_round_ups_is_a_copy_of_its_neighbours() -> None:
    path = shared("data/news_zh/xwlb_cctv_2022-2026.jsonl.gz")
    told = [
        trace(
            article(
                language="zh",
                text=record["body"],
                published=datetime.fromisoformat(record["date"]).replace(tzinfo=UTC),
            ),
            "",
            None,
        )
        for record in lines(path)
        if record["title"] == "国内联播快讯" and record["date"] < "2023-06"
    ]
    assert len(told) > 200
    assert not [1 for one, other in pairwise(told) if reprinted(one, other)]
