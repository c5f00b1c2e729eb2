"""Which texts of an article get a vector."""

from __future__ import annotations

import pytest
from factories import article

from index.sentences import ALONE, LONGEST, LONGEST_CHINESE, PAIRS, sentences_of


def test_the_title_and_the_first_sentences_those_behind_in_pairs() -> None:
    english = article(
        title="A bridge opens",
        text="The bridge over the river was opened today. It took nine years to build. Why? No one asked."
        " The next one is planned already. It is to be much longer.",
    )
    assert sentences_of(english) == (
        "A bridge opens",
        "The bridge over the river was opened today.",
        "It took nine years to build.",
        "Why? No one asked. The next one is planned already. It is to be much longer.",
    )
    chinese = article(
        title="大桥通车",
        text="跨江大桥星期一通车。\n工程历时九年！多少人参加？他说：“不知道。”",
        language="zh",
    )
    assert sentences_of(chinese) == (
        "大桥通车",
        "跨江大桥星期一通车。",
        "工程历时九年！ 多少人参加？",
        "他说：“不知道。”",
    )


def test_not_more_than_say_what_an_article_is_about() -> None:
    long = article(title="Title", text=" ".join(f"This is the sentence number {n}." for n in range(40)))
    assert len(sentences_of(long)) == 1 + ALONE + PAIRS


@pytest.mark.parametrize(("text", "longest"), [("word " * 500, LONGEST), ("长" * 900, LONGEST_CHINESE)])
def test_one_without_an_end_is_cut(text: str, longest: int) -> None:
    assert max(map(len, sentences_of(article(title="", text=text)))) <= longest


def test_nothing_says_nothing_and_a_repeated_title_is_one() -> None:
    assert sentences_of(article(title="", text="")) == ()
    repeated = "The same words as the title."
    assert sentences_of(article(title=repeated, text=repeated)) == (repeated,)
