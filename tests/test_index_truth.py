"""What a search finds, counts and orders is what reading every article gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Literal

import brute_force as brute
import pytest
from brute_force import Query, Read
from conftest import shared
from factories import NOW, TERMS, article, source
from zhconv_rs import zhconv

from archive.articles import every, is_public, withdraw
from archive.database import Database, open_database
from archive.model import Article, Selection
from archive.put import put
from archive.sources import families, settle
from index import Results, Search, follow, open_index

SOURCES = {"daily": "beijing-daily", "evening": "beijing-daily", "city": None, "world": None}
AUTHORS = ("Li Hua", "王小明", "Anna O'Neill", "李华", "Müller-Schmidt", "歐陽修")
OPERATORS = {"或", "或者", "且", "并且", "非", "並且"}
ENGLISH = (
    "The city's Olympic village opened its schools to international students on Monday.",
    "COVID-19 cases rose in 2022; hospitals and universities cooperate with foreign experts.",
    "Investors invested in 5G networks, and the investment is well-known: A-shares rose.",
    "Running runners ran; studies study the university universe, cafés and naïve visitors.",
    "They invest in a city, study there and run a school; one runner will open it on a Monday in May.",
    "A cafe writes C++ or C#, never C; node.js and .NET run in the region, for für, region or région.",
    "Chinese cities host exchanges. An exchange student wrote about the exchanging of ideas!",
)
CHINESE = (
    "北京举办了夏季奥运会和冬奥会，双奥之城的学校开展国际交流。",
    "产品和服务的质量提高了，日本和服展在上海举行，5G网络与A股上涨。",
    "臺灣的博物館收藏了許多文物，乾隆年間的瓷器最為著名，后来皇后回到後宫。",
    "外商投资企业在人民大会堂签约，卡拉OK和KTV受到欢迎。COVID-19之后，教育恢复。",
    "习近平总书记强调，要覆盖城乡、答覆群众，推动高质量发展，复兴之路越走越宽。",
)


def build(database: Database, entries: Iterable[Article], choose: Random) -> None:
    """Put articles in several documents, revise and withdraw some, and let the index follow in steps."""
    stream, known = iter(entries), list[Article]()
    while some := list(islice(stream, max(20, len(known) // 3))):
        known += some
        revised = [replace(one, text=f"{one.text} 修订 revised") for one in choose.sample(known, 5)]
        with database.writing() as transaction:
            for id, family in SOURCES.items():
                stored = settle(transaction, source(id, family=family), NOW)
                for batch in (some, revised):
                    mine = tuple(one for one in batch if one.source == stored.id)
                    put(transaction, mine, TERMS)
        gone = choose.sample([one.id for one in every(database)], 2)
        withdraw(database, gone, reason="test", person="test", now=NOW)
        follow(database, database.folder / "index")


def made_articles(n: int, choose: Random) -> Iterator[Article]:
    """Articles of some sentences in one language."""
    for number in range(n):
        sentences = choose.choice((ENGLISH, CHINESE))
        language = "en" if sentences is ENGLISH else "zh"
        text = "\n".join(choose.choices(sentences, k=choose.randrange(1, 4)))
        start = choose.randrange(0, 20)
        yield dressed(
            article(guid=f"{number}", title=text[start : start + 24], text=text, language=language), choose
        )


def dressed(entry: Article, choose: Random) -> Article:
    """An article with a source, authors and a time of its own."""
    when = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(days=12 * choose.randrange(120))  # often the same
    return replace(
        entry,
        source=choose.choice(list(SOURCES)),
        authors=tuple(choose.sample(AUTHORS, choose.choice((0, 1, 1, 2)))),
        published=when,
        published_precision="second",
    )


class Asking:
    """Makes queries out of what the articles say, so that they find something."""

    def __init__(self, articles: Sequence[Article], choose: Random) -> None:
        self._articles = articles
        self._choose = choose
        self.phrases = 0

    def drawn(self) -> str:
        """A word of some article: English as it stands, or some characters of its Chinese."""
        choose = self._choose
        while True:
            one = choose.choice(self._articles)
            found = brute.words(choose.choice((one.title, one.searched)))
            if not found:
                continue
            chosen = choose.choice(found)
            if brute.is_unspaced(chosen):
                length = choose.choice((1, 2, 2, 2, 3, 3, 4, 5, 6))
                start = choose.randrange(max(1, len(chosen) - length + 1))
                chosen = chosen[start : start + length]
                if choose.random() < 0.3:
                    chosen = zhconv(chosen, "zh-hant")
            if chosen not in OPERATORS and len(chosen) < 40:
                return chosen

    def mixed(self) -> str:
        """A piece of text that may hold both scripts, hyphens and digits, without spaces."""
        while True:
            piece = self._choose.choice((self._choose.choice(self._articles).searched).split() or [""])
            start = self._choose.randrange(max(1, len(piece)))
            part = piece[start : start + 5].strip("\"'“”-|&*:：＊（）()。，；、！？")
            if (
                brute.words(part)
                and not set(part) & set('"“”「」『』〝〞«»„‟″＂:：()（）*＊|｜&')
                and len(brute.words(part)) * 4 > len(part)
                and part not in OPERATORS
            ):
                return part

    def phrase(self) -> str:
        """Some neighbouring words."""
        while True:
            found = brute.words(self._choose.choice(self._articles).searched)
            start, n = self._choose.randrange(max(1, len(found))), self._choose.choice((1, 2, 3))
            part = " ".join(found[start : start + n])
            if 0 < len(part) <= 60:
                return part

    def leaf(self) -> Query:
        """One thing to ask for."""
        choose, one = self._choose, self._choose.choice(self._articles)
        turn = choose.random()
        if turn < 0.5:
            return brute.word(self.drawn())
        if turn < 0.58:
            return brute.word(self.mixed())
        if turn < 0.68 and self.phrases < 4:
            self.phrases += 1
            return brute.phrase(self.phrase())
        if turn < 0.76:
            return brute.in_title(choose.choice(brute.words(one.title) or ("no",))[:6], quoted=False)
        if turn < 0.8:
            return brute.by(choose.choice((*AUTHORS, "hua", "李華", "nobody")))
        if turn < 0.84:
            return brute.keyword("source", choose.choice([*SOURCES, "nothing"]), lambda it: (it.source,))
        if turn < 0.88:
            return brute.keyword("topic", choose.choice(("olympics", "education")), lambda it: it.topics)
        if turn < 0.92:
            return brute.keyword("lang", choose.choice(("en", "zh")), lambda it: (it.language,))
        return self.days()

    def days(self) -> Query:
        """A year, a month, or from one day to another."""
        choose = self._choose
        first, last = sorted((self.day(), self.day()))
        return choose.choice(
            (
                brute.dated(f"{first.year}", f"{first.year}-01-01", f"{first.year}-12-31"),
                brute.dated(f"{first:%Y-%m}", f"{first:%Y-%m}-01", f"{first:%Y-%m}-31"),
                brute.dated(f"{first}..{last}", str(first), str(last)),
                brute.dated(f"{first}..", str(first), "9999"),
                brute.dated(f"..{last}", "0000", str(last)),
            )
        )

    def day(self) -> date:
        """The day of some article."""
        return self._choose.choice(self._articles).day or date.min

    def query(self) -> Query:
        """Several things together."""
        choose, parts = self._choose, list[Query]()
        self.phrases = 0
        for _ in range(choose.choice((0, 1, 1, 1, 2, 2, 3))):
            turn = choose.random()
            if turn < 0.6:
                parts.append(self.leaf())
            elif turn < 0.75:
                parts.append(brute.without(self.leaf()))
            elif turn < 0.9:
                some = brute.either([self.leaf() for _ in range(choose.choice((2, 3)))])
                parts.append(choose.choice((some, brute.grouped(some))))
            elif turn < 0.95:
                parts.append(brute.every([self.leaf(), self.leaf()], " AND "))
            else:
                parts.append(brute.without(brute.grouped(brute.every([self.leaf(), self.leaf()]))))
        return brute.every(parts)

    def selection(self, query: Query) -> Selection:
        """The query within some filters."""
        choose = self._choose
        first, last = sorted((self.day(), self.day()))
        since, until = choose.choice(((None, None), (None, None), (None, None), (first, None), (first, last)))
        languages: tuple[Literal["", "en", "zh", "both"], ...] = ("", "", "", "", "en", "zh", "both")
        return Selection(
            query=query.text,
            topics=choose.choice(((), (), (), (), ("olympics",), ("education", "olympics"))),
            without=choose.choice(((), (), (), (), (), ("olympics",))),
            source=choose.choice(("", "", "", "", "", "daily", "beijing-daily", "city")),
            by=choose.choice(("", "", "", "", "", "", "", "Li Hua", "王小明")),
            language=choose.choice(languages),
            since=since,
            until=until,
        )


def as_typed(results: Results) -> list[str]:
    """The articles found that have the words as typed: what is found in translation is tested elsewhere."""
    return [hit.id for hit in results.hits if not hit.through]


def compare(database: Database, choose: Random, queries: int) -> int:
    """Ask so many queries both ways; how many of them found something."""
    index, found_some = open_index(database.folder / "index"), 0
    articles = [one for one in every(database) if is_public(one)]
    read, known = [Read(one) for one in brute.newest_first(articles)], families(database)
    asking = Asking(articles, choose)
    for _ in range(queries):
        query, exact = asking.query(), choose.random() < 0.25
        selection = asking.selection(query)
        expected = [
            each.article
            for each in read
            if brute.selected(each.article, selection, known) and query.asks(each, exact)
        ]
        ids, told = [one.id for one in expected], f"{selection} exact={exact}"
        found_some += bool(ids)
        search = Search(selection=selection, sort="new", n=len(articles), exact=exact, facets=True)
        newest, oldest = index.search(search), index.search(replace(search, sort="old"))
        best = index.search(replace(search, sort="rel"))
        assert as_typed(newest) == ids, told
        assert as_typed(oldest) == ids[::-1], told
        assert {*as_typed(best)[: best.total]} == {*ids}, told
        for results in (newest, oldest, best):
            assert results.total == len(ids), told
            assert results.across or results.facets == brute.facets(expected), told
    index.close()
    return found_some


def test_a_search_is_what_reading_everything_gives(tmp_path: Path) -> None:
    choose = Random(20261124)
    database = open_database(f"sqlite:///{tmp_path}/archive.db")
    build(database, made_articles(200, choose), choose)
    assert compare(database, choose, 60) > 25
    database.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_so_it_is_with_real_news(tmp_path: Path, seed: int) -> None:
    shared("data/news_zh/xwlb_cctv_2022-2026.jsonl.gz")
    from bench.corpus import real_articles

    choose = Random(seed)
    database = open_database(f"sqlite:///{tmp_path}/archive.db")
    build(database, (dressed(one, choose) for one in islice(real_articles(), 3000)), choose)
    assert compare(database, choose, 500) > 150
    database.close()
