"""Topics by rule: how words count, and what the default topics hold."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator

import pytest
from conftest import shared
from factories import article

from archive.model import Article, Topic
from archive.rules import LEAD, Rules, compile_rules
from archive.settings import DEFAULT_TOPICS, read_toml, read_topics

PADDING = "Nothing of interest here. " * 40


def topic(**fields: object) -> Topic:
    """A topic with what a test is about."""
    return Topic(**{"id": "t", "en": "T", "zh": "题", **fields})  # type: ignore[arg-type]


def holds(rule: Topic, **fields: object) -> bool:
    """Whether the rule takes an article in."""
    return compile_rules((rule,)).of(article(**fields)) == ("t",)


@pytest.mark.parametrize(
    ("word", "title", "expected"),
    [
        ("school", "A School opens", True),
        ("school", "Schools open", True),
        ("school", "Schooling matters", False),
        ("school", "Preschool matters", False),
        ("school*", "Schooling matters", True),
        ("school", "Night-school", True),
        ("foreign affairs", "The Foreign\u00a0 Affairs Office", True),
        ("head-of-state", "Head\u2010of\u2011state diplomacy", True),
        ("CBD", "北京CBD区", True),
        ("奥运", "雙奧運城市", True),
        ("双奥", "雙奧之城", True),
        ("HICOOL", "ＨＩＣＯＯＬ峰会", True),
        ("C++", "Learn C++ today", True),
        ("*", "Anything", False),
    ],
)
def test_how_words_match(word: str, title: str, expected: bool) -> None:
    assert holds(topic(words=(word,)), title=title) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One school. " + PADDING, False),
        ("A school, a school. " + PADDING, True),
        (PADDING + "A school, a school.", False),
        (PADDING + "A school, a school, a pupil.", True),
    ],
)
def test_how_often_words_must_stand_in_a_text(text: str, expected: bool) -> None:
    assert len(PADDING) > LEAD
    assert holds(topic(words=("school", "pupil")), text=text) is expected


def test_words_within_words_count_once() -> None:
    assert not holds(topic(words=("奥运", "奥运会")), text="奥运会。")
    assert not holds(topic(words=("olympic", "winter olympic")), text="The Winter Olympics.")


def test_captions_and_summaries_are_text_too() -> None:
    from archive.model import Image

    images = (Image(file="a.jpg", caption="学校"), Image(file="b.jpg", caption="学校门口"))
    assert holds(topic(words=("学校",)), text="", images=images)


def test_context_and_without() -> None:
    rule = topic(words=("platform",), context=("foreign affairs",), without=("railway",))
    assert not holds(rule, title="A platform")
    assert holds(rule, title="A platform", text="Says the foreign affairs office.")
    assert not holds(rule, title="A platform", text="Foreign affairs and a railway.")


def test_categories_and_sources() -> None:
    assert holds(topic(categories=("体育", "Sport")), categories=("SPORT ",))
    assert holds(topic(categories=("體育",)), categories=("体育",))
    assert not holds(topic(categories=("Sport",)), categories=("Sports science",))
    assert holds(topic(sources=("beijing-daily",)), source="beijing-daily")


def test_a_source_may_be_named_by_its_family() -> None:
    rule = topic(sources=("beijing-daily",))
    families = {"bei-jing-ri-bao": "beijing-daily"}
    assert compile_rules((rule,), families).of(article(source="bei-jing-ri-bao")) == ("t",)
    assert compile_rules((rule,), families).of(article(source="xinhua")) == ()


def test_topics_of_topics_in_any_order() -> None:
    rules = compile_rules(
        (
            topic(id="all", topics=("sport",)),
            topic(id="sport", topics=("ski",)),
            topic(id="ski", words=("ski",)),
            topic(id="quiet", topics=("ski",), without=("noise",)),
        )
    )
    assert rules.of(article(title="On ski")) == ("all", "sport", "ski", "quiet")
    assert rules.of(article(title="On ski", text="noise")) == ("all", "sport", "ski")
    circle = compile_rules((topic(id="a", topics=("b",)), topic(id="b", topics=("a",))))
    assert circle.of(article()) == ()


def test_the_digest_moves_with_what_decides_and_only_with_that() -> None:
    rule = topic(words=("a",))
    digest = compile_rules((rule,)).digest
    assert compile_rules((topic(words=("a",), en="Renamed", group="g"),)).digest == digest
    assert compile_rules((topic(words=("b",)),)).digest != digest
    assert compile_rules((topic(words=("a",), sources=("s",)),)).digest != digest
    assert compile_rules((rule,), {"x": "unrelated"}).digest == digest


def default_rules() -> Rules:
    """The rules of an archive whose settings name none."""
    return compile_rules(read_topics(read_toml(DEFAULT_TOPICS)["topic"], "built in"))


def test_the_default_topics_are_named_in_both_languages() -> None:
    topics = read_topics(read_toml(DEFAULT_TOPICS)["topic"], "built in")
    assert Counter(each.group for each in topics) == {"aspect": 5, "practice": 8}
    assert all(each.en.isascii() and not each.zh.isascii() for each in topics)
    assert all(each.context for each in topics if each.group == "aspect")


def chinese_news(step: int) -> Iterator[Article]:
    """Every nth item of four years of television news."""
    with gzip.open(shared("data/news_zh/xwlb_cctv_2022-2026.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % step == 0:
                row = json.loads(line)
                yield article(title=row["title"], text=row["body"], language="zh")


def test_no_default_topic_holds_more_than_a_tenth_of_chinese_news() -> None:
    rules = default_rules()
    found = [rules.of(each) for each in chinese_news(step=10)]
    held = Counter(id for ids in found for id in ids)
    assert len(found) > 1900
    assert max(held.values()) < 0.1 * len(found)
    assert held["olympics"] > 0.01 * len(found)


def test_english_pages_on_software_are_in_no_aspect() -> None:
    rules, held = default_rules(), Counter[str]()
    with gzip.open(
        shared("data/parallel/lctt_opensourcecom_docpairs.jsonl.gz"), "rt", encoding="utf-8"
    ) as lines:
        for number, line in enumerate(lines):
            if number % 10 == 0:
                row = json.loads(line)
                held.update(rules.of(article(title=row["title_en"], text=row["body_en"])))
    assert not held.keys() & {"mechanism", "functional-area", "platform", "resource", "environment"}
