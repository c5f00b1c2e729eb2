"""A corpus of any size: the real articles first, then ones made anew from sentences of two or three of them.

Such an article has the title, the day and the topics of one real article, and as many sentences as another.
Nothing in it is new: the vocabulary grows more slowly than that of real news, posting lists as they would.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from archive.model import Article
from archive.rules import Rules, compile_rules
from archive.settings import read_settings
from bench.corpus import DATA, lines, sample_articles

SENTENCES = {"zh": re.compile(r"(?<=[。！？\n])"), "en": re.compile(r"(?<=[.!?])\s+|\n")}
BETWEEN = {"zh": "", "en": " "}
# A long article on software is cut into parts about as long as news; the last may be too short to be one.
PART = {"en": 2000, "zh": 800}
SHORTEST = 200
SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A real text: what is said, in which language, where and when."""

    title: str
    text: str
    language: str
    source: str
    day: datetime


@lru_cache(maxsize=1)
def found_texts() -> list[Told]:
    """Every real text, of the corpora where they are there, else of the samples, mixed."""
    told = list(chain(news(), software())) if DATA.is_dir() else list(samples())
    random.Random(SEED).shuffle(told)
    return told


def news() -> Iterator[Told]:
    """Evening news of Chinese television."""
    for record in lines(DATA / "news_zh" / "xwlb_cctv_2022-2026.jsonl.gz"):
        day = datetime.fromisoformat(record["date"]).replace(tzinfo=UTC)
        yield Told(title=record["title"], text=record["body"], language="zh", source="xwlb", day=day)


def software() -> Iterator[Told]:
    """Articles on software in parts, in English and in Chinese; they state a month, and get a day of it."""
    for number, record in enumerate(lines(DATA / "parallel" / "lctt_opensourcecom_docpairs.jsonl.gz")):
        month = datetime.fromisoformat(f"{record['date_zh_month']}-01").replace(tzinfo=UTC)
        for language, length in PART.items():
            title, body = record[f"title_{language}"] or "", record[f"body_{language}"] or ""
            for start in range(0, len(body), length):
                text = body[start : start + length]
                if len(text) >= SHORTEST:
                    heading = title if start == 0 else text[:60].partition("\n")[0]
                    day = month + timedelta(days=(number + start) % 28)
                    yield Told(title=heading, text=text, language=language, source="lctt", day=day)


def samples() -> Iterator[Told]:
    """The texts of ``samples/``."""
    for article in sample_articles():
        language, day = article.language, article.published or datetime(2026, 1, 1, tzinfo=UTC)
        if language in SENTENCES:
            yield Told(title=article.title, text=article.text, language=language, source="samples", day=day)


def articles(told: Sequence[Told], count: int, rules: Rules) -> Iterator[Article]:
    """So many public articles, one at a time: the real ones, then ones recombined."""
    topics: dict[str, tuple[str, ...]] = {}  # by title: a recombined article keeps those of the one it names
    for number, each in enumerate(islice(chain(told, recombined(told)), count), 1):
        article = public(each, number)
        if number <= len(told):
            topics[each.title] = rules.of(article)
        yield replace(article, topics=topics[each.title])


def recombined(told: Sequence[Told]) -> Iterator[Told]:
    """Articles made of sentences of others of one language and source, without end, each time the same."""
    chance = random.Random(SEED)
    kin: dict[tuple[str, str], list[Told]] = {}
    for each in told:
        kin.setdefault((each.language, each.source), []).append(each)
    while True:
        model = chance.choice(told)
        first, *others = chance.choices(kin[model.language, model.source], k=chance.choice((2, 3)))
        pool = [sentence for each in (first, *others) for sentence in sentences(each)]
        chance.shuffle(pool)
        text = BETWEEN[model.language].join(pool[: len(sentences(model))])
        day = first.day + timedelta(days=chance.randrange(28))
        yield replace(first, text=text, day=day)


def sentences(told: Told) -> list[str]:
    """A text in sentences."""
    return [sentence for sentence in SENTENCES[told.language].split(told.text) if sentence.strip()]


def public(told: Told, number: int) -> Article:
    """An article as the archive hands it to the index; its id is its number."""
    return Article(
        id=f"{number:032x}",
        number=number,
        seq=number,
        title=told.title,
        text=told.text,
        language=told.language,
        script="Hans" if told.language == "zh" else None,
        source=told.source,
        day=told.day.date(),
        sorted=told.day + timedelta(seconds=number % 86_400),
    )


def built_in_rules(folder: Path) -> Rules:
    """The topics of the product as they come."""
    return compile_rules(read_settings(folder, config=None, environ={}, flags={}).topics)
