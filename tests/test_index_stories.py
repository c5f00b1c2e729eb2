"""Pairs and stories: what is found among articles, whatever the order in which they come."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from factories import NOW, article, put_all
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import pairs
from archive.articles import articles, restore, withdraw
from archive.database import Database, open_database
from archive.errors import Busy
from archive.model import Alternate, Article, Image
from archive.reading.documents import read_document
from archive.rows import SURE
from index.stories import Finding, PairFollower, follow_pairs

EN = article(
    guid="en",
    title="Shark injures 13-year-old on lobster dive",
    text="Chad Hammel told KSWB-TV that 3,512 divers were out on March 29."
    " Encinitas closed Beacon's Beach, said Larry Giles.",
    published=datetime(2026, 3, 30, tzinfo=UTC),
)
ZH = article(
    guid="zh",
    title="加州鲨鱼伤害潜水抓龙虾的13岁孩童",
    text="Chad Hammel 告诉 KSWB-TV，3月29日有3512人潜水。Encinitas 关闭了 Beacon 海滩，Larry Giles 说。",
    language="zh",
    script="Hans",
    published=datetime(2026, 3, 31, tzinfo=UTC),
)
# The same text in another paper, and another day's story of the same people.
COPY = replace(ZH, guid="copy", title="男孩遭鲨鱼袭击", text=f"本报讯。{ZH.text}")
RIVAL = replace(
    ZH,
    guid="rival",
    title="海滩重新开放",
    text="Larry Giles 说，Encinitas 的 Beacon 海滩4月2日开放，有17人。",
)
ALONE = article(guid="alone", title="Twelve schools open", text="Beijing has 12 new schools in 2026.")
POOL = (EN, ZH, COPY, RIVAL, ALONE)


def clock() -> datetime:
    """Always the same time."""
    return NOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where traces are kept."""
    return tmp_path / "pairs"


def stored(database: Database, *entries: Article, source: str = "example") -> list[str]:
    """The ids of entries that were put."""
    with database.writing() as transaction:
        return [each.article.id for each in put_all(transaction, *entries, source_id=source)]


def test_who_keeps_traces_open_sees_what_another_process_added(database: Database, folder: Path) -> None:
    follower = PairFollower(database, folder, clock)
    stored(database, ALONE)
    assert follower.follow() == 1
    (one,) = stored(database, EN)
    assert follow_pairs(database, folder, clock) == 1
    (other,) = stored(database, ZH)
    assert follower.follow() > 0
    word = last_word(database, one, other)
    assert word and word.state == "found"


def test_what_fails_half_way_is_done_the_next_time(database: Database, folder: Path) -> None:
    def late() -> datetime:
        if not failing:
            return NOW
        raise failing.pop()

    failing = [Busy("the archive is locked")]
    follower = PairFollower(database, folder, late)
    one, other = stored(database, EN, ZH)
    with pytest.raises(Busy):
        follower.follow()
    assert follower.follow() > 0
    word = last_word(database, one, other)
    assert word and word.state == "found"


def last_word(database: Database, one: str, other: str) -> pairs.Word | None:
    """The last word on a pair."""
    said = {word.partner(one): word for word in pairs.words(database, [one])[one]}
    return said.get(other)


def test_a_pair_is_found_by_names_numbers_and_days(database: Database, folder: Path) -> None:
    one, other = stored(database, EN, ZH)
    assert follow_pairs(database, folder, clock) > 0
    word = last_word(database, one, other)
    assert word and (word.state, word.how) == ("found", "names, numbers, day")
    assert [(each.id, each.state) for each in articles(database, [one])[0].translations] == [(other, "found")]
    assert pairs.stories(database, [one, other]) == dict.fromkeys([one, other], min(one, other))
    while follow_pairs(database, folder, clock):
        pass
    assert len(database.read("SELECT 1 FROM pair")) == 1


def test_what_was_withdrawn_is_no_version_and_is_again_when_it_is_back(
    database: Database, folder: Path
) -> None:
    one, other = stored(database, EN, ZH)
    follow_pairs(database, folder, clock)
    withdraw(database, [other], reason="wrong", person="p", now=NOW)
    follow_pairs(database, folder, clock)
    word = last_word(database, one, other)
    assert word and word.state == "dropped"
    assert pairs.stories(database, [one, other]) == {}
    restore(database, [other], person="p", now=NOW)
    follow_pairs(database, folder, clock)
    word = last_word(database, one, other)
    assert word and word.state == "found"


def test_a_refused_pair_never_comes_back(database: Database, folder: Path) -> None:
    one, other = stored(database, EN, ZH)
    follow_pairs(database, folder, clock)
    with database.writing() as transaction:
        pairs.record(transaction, one, other, state="refused", how="a person", person="p", now=NOW)
    for text in (f"{EN.text} More.", f"{EN.text} Still more."):
        follow_pairs(database, folder, clock)
        stored(database, replace(EN, text=text))
    follow_pairs(database, folder, clock)
    word = last_word(database, one, other)
    assert word and (word.state, word.person) == ("refused", "p")
    assert pairs.stories(database, [one, other]) == {}


def test_an_article_that_somebody_paired_is_not_paired_again(database: Database, folder: Path) -> None:
    one, other, alone = stored(database, EN, ZH, ALONE)
    with database.writing() as transaction:
        pairs.record(transaction, alone, other, state="confirmed", how="a person", person="p", now=NOW)
    follow_pairs(database, folder, clock)
    assert last_word(database, one, other) is None
    assert pairs.stories(database, [alone, other]) == dict.fromkeys([alone, other], min(alone, other))


@pytest.mark.parametrize("linking", ["en", "zh"])
def test_language_links_state_a_pair(database: Database, folder: Path, linking: str) -> None:
    one = article(guid="1", title="City", url="https://a.example/en/city.html")
    other = article(guid="2", title="城市", language="zh", url="https://b.example/city?utm_source=x#top")
    if linking == "en":
        one = replace(one, alternates=(Alternate(language="zh", url="https://b.example/city"),))
    else:
        other = replace(other, alternates=(Alternate(language="en", url=one.url),))
    ids = [stored(database, each, source=each.language)[0] for each in (one, other)]
    follow_pairs(database, folder, clock)
    word = last_word(database, *ids)
    assert word and (word.state, word.how) == ("stated", "language links")


@pytest.mark.parametrize(
    ("english", "chinese", "is_pair"),
    [
        ("https://a.example/en/news/123.html", "https://a.example/cn/news/123.html", True),
        ("https://en.a.example/news/123.html", "https://www.a.example/news/123.html", True),
        ("https://a.example/en/t20220402_1234.html", "https://a.example/zwxx/t20220402_1234.html", True),
        ("https://a.example/en/news/123.html", "https://a.example/cn/news/124.html", False),
        ("https://a.example/en/news/", "https://a.example/cn/news/", False),
        ("https://a.example/en/123.html", "https://b.example/cn/123.html", False),
    ],
)
def test_addresses_that_differ_in_the_language_state_a_pair(
    database: Database, folder: Path, english: str, chinese: str, is_pair: bool
) -> None:
    one = article(guid="1", title="City", url=english)
    other = article(guid="2", title="城市", language="zh", url=chinese)
    ids = [stored(database, each, source=each.language)[0] for each in (one, other)]
    follow_pairs(database, folder, clock)
    word = last_word(database, *ids)
    assert (word is not None and (word.state, word.how) == ("stated", "addresses")) == is_pair


def test_a_picture_whose_caption_is_the_other_title_makes_a_pair_sure(
    database: Database, folder: Path
) -> None:
    caption = Image(file="擦亮“双奥之城”名片 加速国际交往中心功能建设.jpeg")
    one = article(guid="1", title="A Dual Olympic City", images=(caption,), published=NOW)
    other = article(
        guid="2", title="擦亮双奥之城名片，加速国际交往中心功能建设", language="zh", published=NOW
    )
    ids = stored(database, one, other)
    follow_pairs(database, folder, clock)
    word = last_word(database, *ids)
    assert word and word.state == "found" and word.sure and word.sure >= SURE and "picture" in word.how


def test_words_that_mean_the_same_are_evidence(database: Database, folder: Path) -> None:
    meanings = {
        "schools": {"学校"},
        "open": {"开放", "开学"},
        "capital": {"首都", "北京"},
        "pupils": {"学生"},
    }
    one = article(guid="1", title="Schools open in the capital", text="Pupils of 12 schools came at 08.15.")
    other = article(guid="2", title="首都学校开学", text="12所学校的学生08.15到校。", language="zh")
    ids = stored(database, one, other)

    def translate(words: Collection[str]) -> set[str]:
        return set().union(*(meanings.get(word, set()) for word in words))

    follow_pairs(database, folder, clock, Finding(translate=translate, made_by="test"))
    word = last_word(database, *ids)
    assert word and "words" in word.how
    assert follow_pairs(database, folder, clock, Finding(made_by="other")) > 0


SAMPLES = Path(__file__).parents[1] / "samples"


def test_the_seed_and_its_counterpart_are_found_by_picture_and_day(database: Database, folder: Path) -> None:
    ids: dict[str, list[str]] = {}
    for file in sorted(SAMPLES.iterdir()):
        if file.suffix == ".txt":
            read = read_document(file.read_bytes(), name="x.txt", content_type=None, url=None, now=NOW)
            source = f"{read.articles[0].language}-{'seed' if 'beijing' in file.name else 'other'}"
            ids.setdefault(source, []).extend(stored(database, *read.articles, source=source))
    follow_pairs(database, folder, clock)
    (one,), (other,) = ids["en-seed"], ids["zh-seed"]
    word = last_word(database, one, other)
    assert word and (word.state, word.is_together) == ("found", True)
    assert "picture" in word.how and "day" in word.how
    assert [each.id for each in articles(database, [one])[0].translations] == [other]


def outcome(database: Database) -> tuple[set[tuple[str, str, str, bool]], dict[str, str]]:
    """All pairs that stand, and all stories."""
    ids = [row["id"] for row in database.read("SELECT id FROM article")]
    words = {word for some in pairs.words(database, ids).values() for word in some}
    standing = {(word.one, word.other, word.state, word.is_together) for word in words}
    return {each for each in standing if each[2] != "dropped"}, pairs.stories(database, ids)


@contextmanager
def opened(folder: Path) -> Iterator[Database]:
    """An archive of its own, closed at the end."""
    folder.mkdir()
    database = open_database(f"sqlite:///{folder}/archive.db")
    yield database
    database.close()


STEPS = st.lists(
    st.tuples(st.sampled_from(("put", "withdraw", "follow")), st.sampled_from(POOL)), max_size=12
)


@given(steps=STEPS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_order_ends_like_a_fresh_run(steps: list[tuple[str, Article]]) -> None:
    with TemporaryDirectory() as name, opened(Path(name) / "one") as database:
        ids: dict[str | None, str] = {}
        for act, entry in steps:
            if act == "put":
                (ids[entry.guid],) = stored(database, entry)
                restore(database, [ids[entry.guid]], person="p", now=NOW)
            elif act == "withdraw" and entry.guid in ids:
                withdraw(database, [ids[entry.guid]], reason="x", person="p", now=NOW)
            elif act == "follow":
                follow_pairs(database, Path(name) / "pairs", clock)
        while follow_pairs(database, Path(name) / "pairs", clock):
            pass
        public = [each for each in articles(database, ids.values()) if each.withdrawn is None]
        with opened(Path(name) / "two") as fresh:
            stored(fresh, *(replace(each, id="", number=None) for each in public))
            follow_pairs(fresh, Path(name) / "fresh", clock)
            assert outcome(database) == outcome(fresh)
