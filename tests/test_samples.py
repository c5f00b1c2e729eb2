"""The samples, which a newcomer sees first: in every layout and both languages, marked as samples."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import shared
from factories import NOW

from archive.model import Article, Document
from archive.reading.documents import READERS, read_document
from archive.reading.parse import parse
from archive.rules import compile_rules
from archive.settings import DEFAULT_TOPICS, read_toml, read_topics

SAMPLES = Path(__file__).parents[1] / "samples"
SEED = "beijing-dual-olympic-city.en.txt"
FILES = sorted(SAMPLES.iterdir())
LAST = datetime(2022, 4, 2, 23, 59, tzinfo=UTC)


def document(file: Path) -> Document:
    """A sample as ingest reads it."""
    body = file.read_bytes()
    if file.suffix in READERS:
        return read_document(body, name=file.name, content_type=None, url=None, now=NOW)
    return parse(body, url=None, content_type=None, name=file.name, now=NOW)


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """All articles of the samples."""
    return [article for file in FILES for article in document(file).articles]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_sample_is_read_without_a_word_of_complaint(file: Path) -> None:
    read = document(file)
    assert (read.result, read.detail, read.skipped) == ("ok", None, 0)
    for article in read.articles:
        assert article.title
        assert article.authors
        assert article.published is not None
        assert article.published <= LAST
        assert len(article.text) > 100
        if ".en." in file.name or ".zh." in file.name:
            assert article.language == file.name.split(".")[1]


def test_every_layout_is_there() -> None:
    assert {file.suffix for file in FILES} == {".txt", ".html", ".md", ".docx", ".rss", ".atom", ".json"}


def test_stories_come_in_both_languages(articles: list[Article]) -> None:
    languages = Counter(article.language for article in articles)
    assert languages["en"] == languages["zh"] == 13
    for file in FILES:
        if ".en." in file.name and file.suffix not in (".rss", ".atom"):
            assert file.with_name(file.name.replace(".en.", ".zh.")).exists()
            (article,) = document(file).articles
            assert {each.language.partition("-")[0] for each in article.alternates} == {"zh"}


def test_each_says_that_it_is_a_sample(articles: list[Article]) -> None:
    for article in articles:
        last = article.text.splitlines()[-1]
        assert last.startswith(("Sample: ", "样例：")) or article.authors == ("Fan Junsheng",)


def test_the_seed_is_among_them_byte_for_byte() -> None:
    seed = shared("seed/beijing-dual-olympic-city.txt").read_bytes()
    assert (SAMPLES / SEED).read_bytes() == seed


def test_every_default_topic_holds_some_in_each_language(articles: list[Article]) -> None:
    topics = read_topics(read_toml(DEFAULT_TOPICS)["topic"], "built in")
    rules = compile_rules(topics)
    held = Counter((topic, article.language) for article in articles for topic in rules.of(article))
    for topic in topics:
        assert held[topic.id, "en"] >= 2, topic.id
        assert held[topic.id, "zh"] >= 2, topic.id


def test_the_seed_and_its_counterpart_are_in_every_topic() -> None:
    topics = read_topics(read_toml(DEFAULT_TOPICS)["topic"], "built in")
    rules = compile_rules(topics)
    for name in (SEED, SEED.replace(".en.", ".zh.")):
        (article,) = document(SAMPLES / name).articles
        assert rules.of(article) == tuple(topic.id for topic in topics)
