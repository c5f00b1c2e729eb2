"""What lists and feeds are called: their filters in words, in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from factories import TOPICS

from archive.model import Selection, Topic
from syndicate.composing import describe

APRIL = Selection(since=date(2022, 4, 1), until=date(2022, 4, 30))


@pytest.mark.parametrize(
    ("selection", "en", "zh"),
    [
        (Selection(), "Latest", "最新"),
        (Selection(topics=("olympics", "education")), "Olympics or Education", "奥运或教育"),
        (Selection(query="冬奥", language="zh"), "Search for “冬奥”, in Chinese", "“冬奥”，中文"),
        (
            Selection(source="example", without=("education",), by="王小明"),
            "without Education, Example, by 王小明",
            "不含教育，Example，作者 王小明",
        ),
        (
            Selection(since=date(2022, 4, 2), until=date(2022, 5, 1)),
            "2 April 2022 to 1 May 2022",
            "2022年4月2日至2022年5月1日",
        ),
        (Selection(since=date(2022, 4, 2)), "since 2 April 2022", "2022年4月2日以来"),
        (Selection(until=date(2022, 4, 2)), "until 2 April 2022", "截至2022年4月2日"),
        (Selection(since=date(2022, 4, 2), until=date(2022, 4, 2)), "2 April 2022", "2022年4月2日"),
        (Selection(since=date(2020, 2, 1), until=date(2020, 2, 29)), "February 2020", "2020年2月"),
        (Selection(since=date(2022, 1, 1), until=date(2022, 12, 31)), "2022", "2022年"),
        (Selection(since=date(2020, 1, 1), until=date(2022, 12, 31)), "2020–2022", "2020年至2022年"),
        (
            Selection(
                topics=("olympics",), without=("education",), since=date(2022, 4, 1), until=date(2022, 4, 30)
            ),
            "Olympics, without Education, April 2022",
            "奥运，不含教育，2022年4月",
        ),
        (
            Selection(query="city", topics=("olympics",), language="en", since=date(2022, 4, 1)),
            "Search for “city”, Olympics, in English, since 1 April 2022",
            "“city”，奥运，英文，2022年4月1日以来",
        ),
        (Selection(without=("olympics", "education")), "without Olympics or Education", "不含奥运、教育"),
    ],
)
def test_a_selection_is_told_in_words(selection: Selection, en: str, zh: str) -> None:
    topics: dict[str, Topic] = {topic.id: topic for topic in TOPICS}
    name = "Example" if selection.source else ""
    assert describe(selection, topics, name, "en") == en
    assert describe(selection, topics, name, "zh") == zh
