"""Any list or search as a feed: what is in it, and when it is made again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from factories import NOW, TERMS, TOPICS, article, put_all, source

from archive import articles as archived
from archive.database import Database, open_database
from archive.errors import IndexUnavailable, NotFound
from archive.model import Article, Selection
from archive.put import put
from archive.settings import Site
from archive.sources import settle
from index import Index, follow, open_index
from syndicate.addresses import View, list_path
from syndicate.allowed import LARGEST, as_allowed, clipped, fitted, weight
from syndicate.caching import Answer, Conditions
from syndicate.composing import Composer, Feed, Plan
from syndicate.feeds import Feeds
from syndicate.formats import FORMATS

ALL = Selection()
BASE = "https://archive.example"
SMALL = "A sentence of some words. " * 40


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """The index beside the archive, not there yet."""
    opened = open_index(tmp_path / "index")
    yield opened
    opened.close()


@pytest.fixture
def feeds(database: Database, index: Index) -> Feeds:
    """Feeds of an archive."""
    return Feeds(Composer(database, index, site=Site(), base_url=BASE, topics=TOPICS))


def put_numbered(database: Database, count: int, *, first: int = 1, days: int = 0) -> list[str]:
    """Articles with the numbers from ``first``; their ids."""
    with database.writing() as transaction:
        settle(transaction, source(), NOW)
        entries = tuple(
            article(title=f"Story {number}", guid=str(number), source="example", text=f"Text {number}.")
            for number in range(first + count - 1, first - 1, -1)
        )
        terms = replace(TERMS, now=NOW + timedelta(days=days))
        return [stored.article.id for stored in reversed(put(transaction, entries, terms))]


def revise(database: Database, number: int, *, days: int = 1) -> None:
    """A second revision of an article."""
    with database.writing() as transaction:
        entry = article(title=f"Story {number}", guid=str(number), source="example", text="Other text.")
        put(transaction, (entry,), replace(TERMS, now=NOW + timedelta(days=days)))


def answered(
    feeds: Feeds, selection: Selection = ALL, view: View | None = None, format: str = "json", **given: str
) -> Answer:
    """The answer to one request."""
    return feeds.answer(list_path(selection), selection, view or View(), format, Conditions(**given))


def composed(
    feeds: Feeds, selection: Selection = ALL, view: View | None = None, format: str = "json"
) -> Feed:
    """A feed before it is written."""
    return feeds.composer.compose(
        Plan(path=list_path(selection), selection=selection, view=view or View(), format=format)
    )


def numbers(feed: Feed) -> list[int | None]:
    """The numbers of what is in a feed."""
    return [article.number for article in feed.articles]


def header(answer: Answer, name: str) -> str:
    """One header of an answer."""
    return dict(answer.headers)[name]


def test_a_live_feed_has_the_newest_and_what_changed_last(feeds: Feeds, database: Database) -> None:
    ids = put_numbered(database, 60)
    revise(database, 3)
    revise(database, 59)
    archived.withdraw(database, [ids[9]], reason="r", person="p", now=NOW + timedelta(days=2))
    feed = composed(feeds)
    assert numbers(feed) == [*range(60, 28, -1), 10, 3]
    assert [article.number for article in feed.articles if article.withdrawn] == [10]
    assert feed.updated == NOW + timedelta(days=2)


def test_the_withdrawal_of_the_newest_is_told_too(feeds: Feeds, database: Database) -> None:
    # Its number is not below those of the newest, and no archive document has it yet.
    ids = put_numbered(database, 40)
    archived.withdraw(database, [ids[39]], reason="r", person="p", now=NOW)
    assert numbers(composed(feeds)) == [*range(39, 7, -1), 40]


def test_at_most_eighteen_others_are_told(feeds: Feeds, database: Database) -> None:
    put_numbered(database, 90)
    for number in range(1, 31):
        revise(database, number)
    assert numbers(composed(feeds)) == [*range(90, 58, -1), *range(30, 12, -1)]


def test_the_whole_history_is_linked_and_holds_every_article(feeds: Feeds, database: Database) -> None:
    ids = put_numbered(database, 300)
    archived.withdraw(database, [ids[4]], reason="r", person="p", now=NOW)
    feed, seen, documents = composed(feeds), set(), 0
    assert not feed.is_archive and feed.current == f"{BASE}/latest.json"
    while True:
        seen |= {article.id for article in feed.articles}
        if feed.previous is None:
            break
        low, _, high = feed.previous.partition("archive=")[2].partition("-")
        feed = composed(feeds, view=View(archive=(int(low), int(high))))
        documents += 1
        assert feed.is_archive and feed.current == f"{BASE}/latest.json" and len(feed.articles) <= 100
    assert seen == set(ids) and documents == 5


def test_a_document_changes_only_with_its_articles(feeds: Feeds, database: Database) -> None:
    put_numbered(database, 70)
    view = View(archive=(0, 32))
    before = answered(feeds, view=view)
    assert header(before, "Cache-Control") == "public, max-age=3600"
    put_numbered(database, 70, first=71, days=1)
    assert answered(feeds, view=view).body == before.body
    revise(database, 5)
    assert answered(feeds, view=view).body != before.body


@pytest.mark.parametrize(
    "view",
    [View(archive=(0, 64)), View(archive=(0, 33)), View(archive=(32, 0)), View(archive=(0, 32), n=5)],
)
def test_what_is_no_document_of_the_list_is_not_found(feeds: Feeds, database: Database, view: View) -> None:
    put_numbered(database, 40)
    with pytest.raises(NotFound, match="no such document"):
        answered(feeds, view=view)


def test_a_document_is_never_larger_than_its_kind(feeds: Feeds, database: Database) -> None:
    # Any aligned window was taken once, the whole archive with it.
    put_numbered(database, 300)
    with pytest.raises(NotFound):
        answered(feeds, view=View(archive=(0, 256)))


@pytest.mark.parametrize("view", [View(archive=(0, 32), sort="new"), View(archive=(0, 32), n=5)])
def test_a_search_cut_or_sorted_has_no_documents(
    view: View, feeds: Feeds, database: Database, tmp_path: Path
) -> None:
    put_numbered(database, 40)
    follow(database, tmp_path / "index")
    with pytest.raises(NotFound, match="no such document"):
        feeds.answer("/search", Selection(query="story"), view, "atom", Conditions())


def test_unknown_topics_and_sources_are_not_found(feeds: Feeds) -> None:
    for selection in (Selection(topics=("none",)), Selection(without=("none",)), Selection(source="none")):
        with pytest.raises(NotFound, match="none"):
            answered(feeds, selection)


def test_an_empty_feed_is_one(feeds: Feeds) -> None:
    for format in FORMATS:
        answer = answered(feeds, format=format)
        assert answer.kind == "fresh" and header(answer, "Last-Modified") == "Sat, 01 Jan 2000 00:00:00 GMT"
    assert composed(feeds).articles == () and composed(feeds).previous is None


def test_the_same_archive_gives_the_same_bytes_in_every_process(
    feeds: Feeds, database: Database, index: Index
) -> None:
    put_numbered(database, 50)
    other = Feeds(Composer(database, index, site=Site(), base_url=BASE, topics=TOPICS))
    for format in FORMATS:
        assert answered(feeds, format=format) == answered(other, format=format)


def test_a_reader_that_has_the_feed_is_told_so_until_it_changes(feeds: Feeds, database: Database) -> None:
    put_numbered(database, 2)
    first = answered(feeds)
    had = header(first, "ETag")
    assert answered(feeds, if_none_match=had).kind == "not_modified"
    put_numbered(database, 1, first=3)
    assert answered(feeds, if_none_match=had).kind == "fresh"


def test_a_version_is_packed_once(feeds: Feeds, database: Database) -> None:
    put_numbered(database, 5)
    first = {coding: answered(feeds, accept_encoding=coding).body for coding in ("gzip", "br", "zstd")}
    assert all(answered(feeds, accept_encoding=coding).body is body for coding, body in first.items())
    put_numbered(database, 1, first=6)
    assert answered(feeds, accept_encoding="br").body != first["br"]


def test_a_list_stays_the_same_when_only_another_changes(tmp_path: Path, index: Index) -> None:
    # Another connection writes, as the worker does; what that did is seen by its number alone.
    url = f"sqlite:///{tmp_path}/archive.db"
    reading, writing = open_database(url), open_database(url)
    feeds = Feeds(Composer(reading, index, site=Site(), base_url=BASE, topics=TOPICS))
    with writing.writing() as transaction:
        put_all(transaction, article(title="Olympic halls", guid="1"))
    olympics = Selection(topics=("olympics",))
    first = answered(feeds, olympics)
    with writing.writing() as transaction:
        put_all(transaction, article(title="Something else", guid="2"))
    assert answered(feeds, olympics).headers == first.headers
    with writing.writing() as transaction:
        put_all(transaction, article(title="Olympic parks", guid="3"))
    assert len(json.loads(answered(feeds, olympics).body)["items"]) == 2
    reading.close()
    writing.close()


def test_the_time_of_a_list_never_goes_back(feeds: Feeds, database: Database) -> None:
    # A restored article is as old as it was: who asks by time alone was told that nothing had changed.
    (id,) = put_numbered(database, 1)
    times = [header(answered(feeds), "Last-Modified")]
    later = [NOW + timedelta(hours=1), NOW + timedelta(hours=2)]
    archived.withdraw(database, [id], reason="r", person="p", now=later[0])
    times.append(header(answered(feeds), "Last-Modified"))
    archived.restore(database, [id], person="p", now=later[1])
    times.append(header(answered(feeds), "Last-Modified"))
    assert [parsedate_to_datetime(time) for time in times] == [NOW, *later]
    assert answered(feeds, if_modified_since=times[1]).kind == "fresh"


def test_a_search_is_a_feed_newest_first(
    feeds: Feeds, database: Database, tmp_path: Path, index: Index
) -> None:
    selection = Selection(query="story")
    with pytest.raises(IndexUnavailable):
        answered(feeds, selection)
    put_numbered(database, 60)
    follow(database, tmp_path / "index")
    index.refresh()
    feed = composed(feeds, selection)
    assert numbers(feed) == list(range(60, 28, -1))
    assert feed.current == feed.self_url and feed.previous == f"{BASE}/search.json?q=story&archive=0-32"
    assert composed(feeds, selection, View(n=50)).current is None
    assert feed.self_url == f"{BASE}/search.json?q=story" and feed.page_url == f"{BASE}/search?q=story"
    assert feed.facts is not None and feed.facts["total"] == 60
    first = answered(feeds, selection)
    assert answered(feeds, selection, if_none_match=header(first, "ETag")).kind == "not_modified"


def test_a_feed_for_programs_says_the_counts_of_its_list(
    feeds: Feeds, database: Database, tmp_path: Path, index: Index
) -> None:
    put_numbered(database, 60)
    facts = json.loads(answered(feeds).body)["_archive"]
    assert facts["total"] == 60 and "facets" not in facts, "there is no index to count them"
    follow(database, tmp_path / "index")
    index.refresh()
    for selection in (ALL, Selection(query="story"), Selection(query="text 7")):
        facts = json.loads(answered(feeds, selection).body)["_archive"]
        total = 1 if selection.query == "text 7" else 60
        assert (facts["total"], facts["years"]) == (total, [{"value": "2026", "count": total}])
        assert facts["facets"]["source"] == [{"value": "example", "count": total}]
        assert set(facts["facets"]) == {"language", "topic", "source", "by"}
    assert facts["read_as"] == "text 7"
    assert b"facets" not in answered(feeds, view=View(archive=(0, 32))).body


def test_a_list_without_a_topic_changes_when_an_article_comes_to_that_topic(
    feeds: Feeds, database: Database
) -> None:
    # The article left, and with it the last line of the log about the list: nothing seemed to have changed.
    without = Selection(without=("olympics",))
    put_numbered(database, 2)
    first = answered(feeds, without)
    with database.writing() as transaction:
        entry = article(title="Olympic story", guid="2", source="example", text="Text 2.")
        put(transaction, (entry,), replace(TERMS, now=NOW + timedelta(hours=1)))
    then = answered(feeds, without, if_none_match=header(first, "ETag"))
    assert [item["title"] for item in json.loads(then.body)["items"]] == ["Story 1"]
    assert parsedate_to_datetime(header(then, "Last-Modified")) == NOW + timedelta(hours=1)


def test_a_feed_knows_its_address_its_page_and_its_id(feeds: Feeds, database: Database) -> None:
    put_numbered(database, 1)
    selection = Selection(topics=("olympics",), language="zh")
    atom, rss = (composed(feeds, selection, format=format) for format in ("atom", "rss"))
    assert atom.self_url == f"{BASE}/topic/olympics.atom?lang=zh"
    assert atom.page_url == f"{BASE}/topic/olympics?lang=zh"
    assert atom.id == rss.id != composed(feeds).id
    assert composed(feeds, view=View(exact=True)).id != composed(feeds).id
    assert (atom.language, composed(feeds).language) == ("zh-Hans", "en")
    assert composed(feeds, selection, View(ui="en")).language == "en"


def test_a_family_of_sources_is_called_by_its_name(feeds: Feeds, database: Database) -> None:
    with database.writing() as transaction:
        settle(transaction, source("xinhua-english", family="xinhua", title="Xinhua English"), NOW)
    for words, name in (("en", "Xinhua"), ("zh", "新华社")):
        view = View(ui="zh") if words == "zh" else View()
        assert composed(feeds, Selection(source="xinhua"), view).title.startswith(f"{name} – ")
        title = composed(feeds, Selection(source="xinhua-english"), view).title
        assert title.startswith("Xinhua English – ")


@pytest.mark.parametrize(
    ("republish", "content", "html", "summary"),
    [
        (None, "", "<p>x</p>", ""),
        ("full", "", "<p>x</p>", ""),
        ("full", "summary", "", "A sentence"),
        ("full", "simple", "<p>x</p>", ""),
        ("summary", "simple", "", "A sentence"),
        ("summary", "", "", "A sentence"),
        ("title", "", "", ""),
        ("title", "summary", "", ""),
    ],
)
def test_no_more_is_republished_than_the_source_allows(
    republish: str | None, content: str, html: str, summary: str
) -> None:
    given = as_allowed(article(html="<p>x</p>", text=SMALL, republish=republish), content)
    assert given.html == html and given.summary.startswith(summary) and bool(given.summary) is bool(summary)
    assert bool(given.text) is bool(html)


def test_what_may_not_be_republished_is_in_no_feed(feeds: Feeds, database: Database) -> None:
    with database.writing() as transaction:
        put_all(transaction, article(republish="none", guid="1"), article(guid="2", title="Free"))
    assert [article.title for article in composed(feeds).articles] == ["Free"]


def test_texts_are_cut_between_sentences_or_words() -> None:
    assert clipped("One. Two.", 20) == "One. Two."
    assert clipped("The first sentence. The second one.", 25) == "The first sentence.…"
    assert clipped("第一句话很长。第二句", 8) == "第一句话很长。…"
    assert clipped("x" * 50, 10) == "x" * 10 + "…"


def large(number: int, kilobytes: int) -> Article:
    """An article with a text of that size."""
    text = "北京 & <city> " * (kilobytes * 1000 // 20)
    return article(
        id=str(number),
        title="标题" * 100,
        text=text,
        summary="摘要" * 200,
        first_seen=NOW,
        stored=NOW,
        number=number,
    )


def test_the_longest_texts_give_way_and_no_article_is_left_out() -> None:
    whole = [large(number, 40 if number % 2 else 1) for number in range(50)]
    found = fitted(list(whole))
    assert [article.id for article in found] == [article.id for article in whole]
    assert sum(map(weight, found)) <= LARGEST
    assert all(found[number].text for number in range(0, 50, 2))
    assert not all(found[number].text for number in range(1, 50, 2))


@pytest.mark.parametrize(
    "text",
    [
        "北京 & <city> " * 600,
        "床前明月光，\n\n" * 800,
        "& " * 4000,
        "a line\n" * 1300,
        '"\\' * 4000,
        "a\n\n" * 3000,
    ],
)
@pytest.mark.parametrize("format", FORMATS)
def test_a_document_stays_under_half_a_megabyte(feeds: Feeds, format: str, text: str) -> None:
    # What a text becomes in a document was not weighed: short paragraphs made one of 2.6 MB.
    found = [replace(large(number, 1), text=text) for number in range(50)]
    feed = replace(composed(feeds), articles=tuple(fitted(found)))
    assert len(feed.articles) == 50 and any(article.text for article in feed.articles)
    assert len(FORMATS[format].render(feed)) <= 500_000
