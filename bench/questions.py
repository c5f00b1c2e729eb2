"""What is asked: words and phrases as they stand in the articles themselves, half of them Chinese."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from bench.engines.question import Question
from bench.store import Store
from index.analysis import flattened

CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]{2}"), re.compile(r"\b[a-z]{4,12}\b")
CHINESE_PHRASE = re.compile("[\u4e00-\u9fff]{4}")
ENGLISH_PHRASE = re.compile(r"\b[a-z]+ [a-z]+(?: [a-z]+)?\b")
SINCE = date(2024, 1, 1)
POOL = 4  # texts looked at for each question
SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Questions of one kind; cold ones find no posting list decoded."""

    questions: tuple[Question, ...]
    cold: bool = True


def kinds(store: Store, count: int, articles: int) -> Mapping[str, Kind]:
    """So many questions of each kind."""
    chance = random.Random(SEED)
    texts: list[str] = []
    for language in ("zh", "en"):
        some = list(store.of_language(language, max(1, articles // (count * POOL * 4))))
        chance.shuffle(some)
        texts += map(flattened, some[: count * POOL // 2])
    chance.shuffle(texts)
    words, topic = taken(texts, count, word_of), store.frequent_topic()
    found = {
        "one word": Kind(questions=words),
        "two words": Kind(questions=taken(texts, count, two_words_of)),
        "a phrase, Chinese": Kind(questions=taken(texts, count // 2, phrase_of(CHINESE_PHRASE))),
        "a phrase, English": Kind(questions=taken(texts, count // 2, phrase_of(ENGLISH_PHRASE))),
    }
    narrowed = {
        "one word, in its language": tuple(replace(each, language=language_of(each)) for each in words),
        "one word, of a topic": tuple(replace(each, topic=topic) for each in words),
        "one word, since a day": tuple(replace(each, since=SINCE) for each in words),
        "one word, newest first": tuple(replace(each, newest=True) for each in words),
    }
    found |= {name: Kind(questions=questions) for name, questions in narrowed.items()}
    again = {"one word": words, "two words": found["two words"].questions, **narrowed}
    return found | {f"{name}, warm": Kind(questions=each, cold=False) for name, each in again.items()}


def taken(texts: list[str], count: int, typed: Callable[[str], str]) -> tuple[Question, ...]:
    """Different questions out of texts, as many of one language as of the other."""
    asked = dict.fromkeys(each for text in texts if (each := typed(text)))
    of = {True: [each for each in asked if is_chinese(each)], False: [e for e in asked if not is_chinese(e)]}
    if of[True] and of[False]:
        chosen = [*of[True][: count // 2], *of[False][: count // 2]]
    else:
        chosen = list(asked)[:count]
    return tuple(Question(typed=each) for each in chosen)


def is_chinese(typed: str) -> bool:
    """Whether Chinese is typed."""
    return CHINESE.search(typed) is not None


def language_of(question: Question) -> Literal["en", "zh"]:
    """The language of what is typed."""
    return "zh" if is_chinese(question.typed) else "en"


def word_of(text: str, share: float = 0.5) -> str:
    """A word from somewhere in a text: two Chinese characters, or an English word."""
    start = int(len(text) * share)
    chinese, english = CHINESE.search(text, start), ENGLISH.search(text, start)
    first = min(filter(None, (chinese, english)), key=lambda match: match.start(), default=None)
    return first[0] if first else ""


def two_words_of(text: str) -> str:
    """Two different words of a text, of one language."""
    one, other = word_of(text, 0.2), word_of(text, 0.7)
    return f"{one} {other}" if one and other and one != other and is_chinese(one) == is_chinese(other) else ""


def phrase_of(pattern: re.Pattern[str]) -> Callable[[str], str]:
    """Characters or words exactly as they stand, in quotation marks."""

    def typed(text: str) -> str:
        found = pattern.search(text, len(text) // 3)
        return f'"{found[0]}"' if found else ""

    return typed
