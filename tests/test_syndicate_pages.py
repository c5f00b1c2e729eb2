"""What pages show: rows, days, filters, an article with its record; and that no markup of others acts."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from factories import NOW, article, put_all
from web_client import application, ask

from archive.articles import withdraw
from archive.database import Database
from archive.model import Article, Enclosure, Image
from archive.settings import DEFAULT_TOPICS, read_toml, read_topics
from syndicate.body import body_of, sections
from syndicate.charts import Span, by_year
from syndicate.guard import Application
from syndicate.machines import Static
from syndicate.tables import LICENCES, PACKAGE, REQUIREMENTS

STYLE = len(Static().file(Static().names["style.css"])[0])
LARGEST = 50 << 10


def where(database: Database, title: str) -> str:
    (row,) = database.read(
        "SELECT a.address FROM article a JOIN revision r ON r.article = a.id WHERE r.title = :title",
        title=title,
    )
    return str(row["address"])


def made(count: int, **fields: object) -> list[Article]:
    """Some articles an hour apart."""
    return [
        article(guid=str(n), title=f"Story {n}", published=NOW - timedelta(hours=n), **fields)
        for n in range(count)
    ]


def links(text: str, mark: str) -> list[tuple[str, str]]:
    """Addresses and words of the links whose tag or words hold a mark."""
    found = []
    for before, address, after, said in re.findall(
        r'<a ([^>]*)href="([^"]*)"([^>]*)>(.*?)</a>', text, re.DOTALL
    ):
        words = unescape(" ".join(re.sub("<[^>]+>", " ", said).split()))
        if mark in before + after + words:
            found.append((unescape(address), words))
    return found


def add_sources(database: Database, count: int, **fields: str) -> None:
    """Sources without articles that are polled."""
    values = {
        "id": "source-{:03}",
        "title": "Title",
        "result": "failed",
        "detail": "",
        "at": "2026-11-24T08:00:00Z",
        **fields,
    }
    with database.writing() as transaction:
        for n in range(count):
            transaction.run(
                "INSERT INTO source (id, identity, title, state, added)"
                " VALUES (:id, :id, :title, 'active', :at)",
                id=values["id"].format(n),
                **{name: values[name] for name in ("title", "at")},
            )
            transaction.run(
                "INSERT INTO poll (source, due, polled, result, detail)"
                " VALUES (:id, :at, :at, :result, :detail)",
                id=values["id"].format(n),
                **{name: values[name] for name in ("at", "result", "detail")},
            )


def test_an_empty_archive_shows_three_ways_to_begin(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path)
    text = ask(app, "/").text
    assert "Nothing is archived yet" in text and text.count("<pre") == 3
    assert all(f" {word} " in text for word in ("ingest", "sources add"))
    assert str(tmp_path) in text
    assert ask(app, "/latest.atom").status == ask(app, "/search").status == ask(app, "/feeds").status == 200


def test_the_latest_stand_by_day_in_the_zone_of_the_site(database: Database, tmp_path: Path) -> None:
    app = application(
        database,
        tmp_path,
        article(guid="1", title="At night", published=datetime(2026, 11, 1, 17, 0, tzinfo=UTC)),
        article(guid="2", title="All day", published_precision="day",
                published=datetime(2026, 11, 2, tzinfo=UTC)),
        article(guid="3", title="早上", language="zh", script="Hans",
                published=datetime(2026, 11, 1, 1, 5, tzinfo=UTC)),
    )  # fmt: skip
    text = ask(app, "/").text
    days = re.findall(r'<time datetime="(\d{4}-\d\d-\d\d)">([^<]*)</time></a></h2>', text)
    assert days == [("2026-11-02", "Monday, 2 November 2026"), ("2026-11-01", "Sunday, 1 November 2026")]
    times = re.findall(r'<li class="hit[^"]*"><time [^>]*>([^<]*)</time>', text)
    assert sorted(times) == ["", "01:00", "09:05"]
    assert '<h3 lang="zh-Hans"><a' in text and '<h3 lang="en"><a' in text
    assert "2026年11月2日 星期一" in ask(app, "/?ui=zh").text


def test_a_text_of_unknown_language_claims_none(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, article(guid="1", title="Ünï", language="und", text="x"))
    assert "<h3><a" in ask(app, "/").text
    page = ask(app, where(database, "Ünï")).text
    assert "<h1>" in page and '<div class="prose">' in page and 'lang="und"' not in page


def test_paging_shows_each_article_once(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *made(45))
    seen: list[str] = []
    address = "/"
    while address:
        text = ask(app, address).text
        seen += re.findall(r"<h3[^>]*><a [^>]*>(Story \d+)", text)
        older = [link for link, _ in links(text, 'rel="next"')]
        address = older[0] if older else ""
    assert seen == [f"Story {n}" for n in range(45)]
    assert (
        "Nothing older" in ask(app, "/?before=1999-01-01T00:00:00Z~00000000-0000-0000-0000-000000000000").text
    )


@pytest.mark.parametrize(
    "path", ["/", "/search?q=story", "/sources", "/feeds", "/topics", "/about", "/nothing"]
)
def test_no_variable_of_a_page_leaks_into_the_layout(path: str, database: Database, tmp_path: Path) -> None:
    # A loop over column heads left its last one in the layout's `head`: "F e e d s" stood above the page.
    text = ask(application(database, tmp_path, *made(2)), path).text
    head, _, rest = text.partition("</head>")
    assert not re.sub(r"<title>.*?</title>|<[^>]*>", "", head).strip()
    assert re.match(r'\s*<body>\s*<a class="skip" href="#main">', rest)
    assert not re.search(r"\{\{|\}\}|None\b|^\s*%", text, re.MULTILINE)


@pytest.mark.parametrize(
    "path", ["/", "/latest", "/topic/olympics", "/source/example", "/by/Fan", "/search?q=x"]
)
def test_every_list_names_its_feeds(path: str, database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *made(2))
    path = {"/latest": "/?lang=en"}.get(path, path)
    text = ask(app, path).text
    named = re.findall(r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">', text)
    mimes = [mime for mime, _ in named]
    assert mimes[:3] == ["application/atom+xml", "application/rss+xml", "application/feed+json"]
    for mime, address in named:
        reply = ask(app, unescape(address))
        assert reply.status == 200 and reply.headers["Content-Type"].startswith(mime)


def test_pages_stay_small_whatever_is_archived(database: Database, tmp_path: Path) -> None:
    entries = made(25, text="word " * 900, authors=("name " * 40,))
    entries[0] = article(guid="0", title="长" * 20_000, language="zh", text="字" * 9000, published=NOW)
    app = application(database, tmp_path, *entries)
    add_sources(database, 120, title="来源" * 300, detail="详情" * 300)
    for path in (
        "/",
        "/search",
        "/search?q=word",
        "/topics",
        "/sources",
        "/sources?page=2",
        "/feeds",
        "/about",
    ):
        assert len(ask(app, path).body) + STYLE <= LARGEST, path


def test_the_page_of_feeds_is_small_with_all_topics_and_many_sources(
    database: Database, tmp_path: Path
) -> None:
    with database.writing() as transaction:
        for n in range(60):
            put_all(transaction, article(guid=str(n)), source_id=f"www-example-com-news-{n:03}")
        transaction.run("UPDATE source SET title = :title", title="这是一个名字很长的新闻来源" * 7)
    topics = read_topics(read_toml(DEFAULT_TOPICS)["topic"], "built in")
    app = application(database, tmp_path, topics=topics)
    for ui in ("en", "zh"):
        text = ask(app, f"/feeds?ui={ui}").text
        assert len(text.encode()) + STYLE <= LARGEST and text.count('href="/topic/') == 10 * len(topics)
        assert "60" in text.partition('href="/sources"')[2]


def test_all_sources_are_on_some_page(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *made(1))
    add_sources(database, 40, detail="HTTP 500 <b>")
    first, second = ask(app, "/sources").text, ask(app, "/sources?page=2").text
    listed = re.findall(r'<th scope="row"><a href="/source/([^"]+)"', first + second)
    assert sorted(listed) == ["example", *(f"source-{n:03}" for n in range(40))]
    assert "HTTP 500 &lt;b&gt;, 24 Nov 2026, 16:00" in first
    assert links(first, 'rel="next"') == [("/sources?page=2", "Next page")]
    assert links(second, 'rel="prev"') == [("/sources", "Previous page")]


@pytest.fixture
def search(database: Database, tmp_path: Path) -> Application:
    """Articles about schools, one of them Olympic, in both languages and three years."""
    return application(
        database,
        tmp_path,
        article(guid="1", title="Olympic school <opens>", text="A school & its pupils.",
                authors=("Ann Lee",), published=datetime(2022, 4, 2, tzinfo=UTC)),
        article(guid="2", title="School again", text="Another school.",
                published=datetime(2020, 1, 5, tzinfo=UTC)),
        article(guid="3", title="学校", text="学校开学。school", language="zh", script="Hans",
                published=datetime(2022, 9, 1, tzinfo=UTC)),
    )  # fmt: skip


def test_results_are_marked_and_stay_text(search: Application) -> None:
    text = ask(search, "/search?q=school").text
    assert "<h1>3 articles</h1>" in text
    assert "Olympic <mark>school</mark> &lt;opens&gt;" in text and "<opens>" not in text
    assert "<mark>school</mark> &amp; its pupils." in text
    assert 'value="school"' in text and "<b" in text.partition('class="also"')[2]


def test_filters_lead_to_as_many_articles_as_they_say(search: Application) -> None:
    text = ask(search, "/search?q=school").text
    filters = re.findall(
        r'<li><a href="([^"]+)"[^>]*><i[^>]*></i><span[^>]*>([^<]+)</span><span class="n">(\d+)', text
    )
    assert {name for _, name, _ in filters} >= {
        "English",
        "中文",
        "Olympics",
        "Education",
        "Example",
        "Ann Lee",
    }
    for address, name, count in filters:
        page = ask(search, unescape(address)).text
        assert f"<h1>{count} article" in page, name
        (chip,) = re.findall(r'<ul class="chips"><li><a href="([^"]+)"', page)
        assert chip == "/search?q=school"
    years = re.findall(r'<a href="([^"]+)"[^>]*aria-label="(\d{4}) (\d+) articles?"', text)
    assert [(year, count) for _, year, count in years] == [("2020", "1"), ("2021", "0"), ("2022", "2")]
    assert unescape(years[2][0]) == "/search?q=school&from=2022-01-01&to=2022-12-31"
    assert "<h1>2 articles</h1>" in ask(search, unescape(years[2][0])).text


def test_filters_stay_when_other_words_are_searched(search: Application) -> None:
    text = ask(search, "/search?q=school&topic=olympics&not=education&lang=en&sort=new").text
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text)
    assert kept == [("topic", "olympics"), ("not", "education"), ("lang", "en"), ("sort", "new")]


def test_nothing_found_leads_on(search: Application) -> None:
    text = ask(search, "/search?q=school&topic=olympics&lang=zh").text
    assert "No article has “school”" in text
    without = re.sub(r"</?span[^>]*>", "", text)
    widened = re.findall(r'<li><a href="([^"]+)">Without “([^”]+)”</a>: (\d+) article', without)
    assert [(name, count) for _, name, count in widened] == [
        ("Topic: Olympics", "1"),
        ("Language: 中文", "1"),
    ]
    assert all(f"<h1>{count} article" in ask(search, unescape(address)).text for address, _, count in widened)
    assert 'href="/search.atom?q=school&amp;topic=olympics&amp;lang=zh"' in text
    assert "<code>&quot;" in text or '<code>"' in text
    misspelt = ask(search, "/search?q=olympc").text
    assert re.search(r'Did you mean <a href="/search\?q=olympic">', misspelt)


def test_a_page_past_the_end_says_so(search: Application) -> None:
    for address in ("/search?q=school&page=9999", "/sources?page=9999", "/search?q=nowhere&page=2"):
        reply = ask(search, address)
        assert reply.status == 404 and "9,999" not in reply.text, address


def test_what_is_searched_is_shown_as_text(search: Application) -> None:
    text = ask(search, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22onload=x").text
    assert "<script" not in text and '"onload' not in text


def test_a_list_has_its_years(search: Application) -> None:
    text = ask(search, "/topic/education").text
    years = re.findall(r'<a href="([^"]+)"[^>]*aria-label="(\d{4}) (\d+) articles?"', text)
    assert [count for _, _, count in years] == ["1", "0", "2"]
    assert "2 articles" in ask(search, unescape(years[2][0])).text


def test_counts_move_with_the_log(search: Application, database: Database) -> None:
    assert "3 articles from 1 source since 2020" in ask(search, "/").text
    (row,) = database.read("SELECT article AS id FROM revision WHERE title = 'School again'")
    withdraw(database, [row["id"]], reason="an error", person="editor", now=NOW)
    assert "2 articles from 1 source since 2022" in ask(search, "/").text
    assert '<p class="intro muted">2 articles' in ask(search, "/topic/education").text


def test_one_year_out_of_this_world_leaves_the_others_on_the_chart() -> None:
    asked: list[Span] = []

    def address(span: Span) -> str:
        asked.append(span)
        return "/x"

    drawn = by_year({"0001": 1, "2021": 3, "2022": 2, "9999": 1}, address, (None, None), label="L", said=str)
    assert re.findall(r'aria-label="(\d{4}) ', drawn) == ["0001", "2021", "2022", "9999"]
    assert asked[-1] == (date(9999, 1, 1), date(9999, 12, 31))
    assert by_year({"2022": 9}, address, (None, None), label="L", said=str) == ""


@pytest.fixture
def story(database: Database, tmp_path: Path) -> Application:
    """An article that has everything, between two others of its topic."""
    html = (
        '<h3>First part</h3><p onclick="x()">Text <script>alert(1)</script>of 双奥之城.</p>'
        '<h4 id="main">Deck</h4><p>More.</p><h3>Second &amp; last</h3>'
        '<figure><img src="https://paper.example/a.jpg" alt="A hall" onerror="x()">'
        '<figcaption lang="zh">双奥之城</figcaption></figure><img src="/b.jpg">'
        '<p><a href="javascript:x()">bad</a> <a href="/rel">good</a></p>'
    )
    return application(
        database,
        tmp_path,
        article(guid="1", title="Olympic story", html=html, text="Text of everything.",
                authors=("范俊生", "Bo <b>"), url="https://reader:secret@paper.example/story?utm=1",
                published=datetime(2022, 4, 2, tzinfo=UTC), published_precision="day", images=(Image(url="https://paper.example/a.jpg"),),
                enclosures=(Enclosure(url="https://paper.example/talk.mp3", type="audio/mpeg",
                                      length=2_500_000), Enclosure(url="javascript:alert(1)"))),
        article(guid="2", title="Earlier olympic story", published=datetime(2022, 4, 1, tzinfo=UTC)),
        article(guid="3", title="Later olympic story", published=datetime(2022, 4, 3, tzinfo=UTC)),
    )  # fmt: skip


def test_an_article_shows_its_text_and_its_record(story: Application, database: Database) -> None:
    text = ask(story, where(database, "Olympic story")).text
    assert '<time datetime="2022-04-02">2 April 2022</time>' in text
    assert '<a href="/by/%E8%8C%83%E4%BF%8A%E7%94%9F" lang="zh-Hans">范俊生</a>' in text
    assert "Bo &lt;b&gt;" in text and '<a href="/topic/olympics">Olympics</a>' in text
    assert ">paper.example</a>" in text and "24 Nov 2026, 16:00" in text
    (row,) = database.read("SELECT r.sha FROM revision r WHERE r.title = 'Olympic story'")
    assert row["sha"][:16] in text
    assert f'<link rel="canonical" href="https://archive.example{where(database, "Olympic story")}">' in text
    assert [said for _, said in links(text, "Earlier in")] == ["Earlier in Olympics Earlier olympic story"]
    assert [said for _, said in links(text, "Later in")] == ["Later in Olympics Later olympic story"]
    assert ("https://paper.example/talk.mp3", "talk.mp3") in links(text, "talk.mp3") and "2.5 MB" in text
    assert '<meta name="citation_author" content="Bo &lt;b&gt;">' in text


def test_what_others_wrote_cannot_act(story: Application, database: Database) -> None:
    text = ask(story, where(database, "Olympic story")).text
    assert not re.search(r"<script(?! type=.application/ld.json.>)|<img|\son\w+=|href=\"javascript:", text)
    assert (
        '<a class="picture" rel="noopener noreferrer nofollow" href="https://paper.example/a.jpg">A hall</a>'
        in text
    )
    assert '<figcaption lang="zh">双奥之城</figcaption>' in text


def test_headings_are_lowered_and_can_be_linked_to(story: Application, database: Database) -> None:
    text = ask(story, where(database, "Olympic story")).text
    prose = text.partition('class="prose"')[2]
    assert '<h2 id="s1">First part</h2>' in prose and '<h2 id="s2">Second &amp; last</h2>' in prose
    assert "<h3>Deck</h3>" in prose and text.count('id="main"') == 1
    assert links(text, "Second") == [("#s2", "Second & last")]


def test_text_size_is_an_address(story: Application, database: Database) -> None:
    address = where(database, "Olympic story")
    text = ask(story, f"{address}?size=big").text
    assert '<html lang="en" class="big">' in text
    assert re.search(r'size=big" rel="nofollow" aria-current="true">big', text)


def test_a_thousand_headings_cost_no_more_than_their_length() -> None:
    # The levels of all headings were looked for again at each of them: minutes for a page of headings.
    began = time.perf_counter()
    html = body_of(article(html="<h1>a</h1><h4>b</h4>" * 20_000), "Picture")
    assert time.perf_counter() - began < 3
    assert html.startswith("<h2>a</h2><h3>b</h3>")
    assert len(sections(html)[1]) == 40


def test_plain_text_keeps_its_paragraphs_and_its_angle_brackets() -> None:
    assert body_of(article(text="a <b>\nc\n\nd", html=""), "Picture") == "<p>a &lt;b&gt;<br>c</p>\n<p>d</p>"


def test_about_names_every_package_with_its_licence(database: Database, tmp_path: Path) -> None:
    packages = {name for name, _ in PACKAGE.findall(REQUIREMENTS.read_text(encoding="utf-8"))}
    assert packages == LICENCES.keys()
    text = ask(application(database, tmp_path), "/about").text
    assert all(f'<bdi lang="en">{name}</bdi>' in text for name in packages)
