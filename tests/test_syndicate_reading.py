"""What feedparser reads out of our feeds: all that was put in, each once."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape
from typing import Any

import feedparser
import pytest
from factories import NOW, source
from hypothesis import given, settings
from hypothesis import strategies as st
from torture import BASE, SHA, stored, torture_feed

from archive.model import Article, Enclosure, Image, Translation, article_id, moment
from archive.reading.clean import as_html
from syndicate.formats import FORMATS

XML = ("atom", "rss")
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# Letters of both languages, marks and markup; what is Latin-1 alone feedparser may take for UTF-8.
WORD = st.text("abcXYZ0 <>&'\"“双奥之城雙𠮷—…", min_size=1, max_size=12).filter(lambda text: text.strip())
LINE = WORD.map(lambda text: " ".join(text.split()))
PATH = st.text("abc019-_./?=&%奥 ", max_size=12).map("https://news.example/{}".format)
TIMES = st.integers(0, 1_700_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
FILES = st.builds(
    Enclosure,
    url=st.integers(0, 9).map("https://news.example/{}.mp3".format),
    type=st.sampled_from(["audio/mpeg", "video/mp4"]),
    length=st.integers(1, 10**9),
)
OTHERS = st.sampled_from([("zh", "Hans"), ("zh", "Hant"), ("ru", None)]).map(
    lambda tag: Translation(
        id=article_id("example", tag[0]),
        language=tag[0],
        script=tag[1],
        title="t",
        address="/a/t",
        state="stated",
    )
)
ARTICLE = st.builds(
    stored,
    name=st.text("abc", max_size=5),
    title=LINE,
    text=st.lists(LINE, min_size=1, max_size=3).map("\n\n".join),
    summary=LINE,
    language=st.sampled_from(["en", "zh", "ru"]),
    script=st.none(),
    url=PATH,
    authors=st.lists(LINE, max_size=3, unique=True).map(tuple),
    published=TIMES,
    categories=st.lists(LINE, max_size=3, unique=True).map(tuple),
    topics=st.lists(st.sampled_from(["education", "olympics"]), unique=True).map(sorted).map(tuple),
    enclosures=st.lists(FILES, max_size=1).map(tuple),
    images=st.sampled_from([(), (Image(sha256=SHA, url=f"{BASE}/picture/{SHA}", caption="c"),)]),
    translations=st.lists(OTHERS, max_size=2).map(tuple),
    rights=LINE,
    licence=st.sampled_from([None, LICENCE, "https://news.example/terms"]),
)


def read(format: str, *articles: Article) -> Any:
    """What feedparser makes of a feed."""
    body = FORMATS[format].render(torture_feed(format, articles, sources={"example": source()}))
    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


@settings(deadline=None)
@given(ARTICLE, st.sampled_from(XML))
def test_feedparser_reads_what_was_written(written: Article, format: str) -> None:
    (entry,) = read(format, written).entries
    assert (entry.id, entry.link, entry.title) == (written.id, BASE + written.address, written.title)
    assert entry.summary == escape(written.summary, quote=False)
    time = (moment if format == "atom" else parsedate_to_datetime)(entry.published)
    assert written.published and written.first_seen and time == min(written.published, written.first_seen)
    if format == "atom":
        assert written.stored and moment(entry.updated) == written.stored
    assert [author.name for author in entry.get("authors", ())] == list(written.authors)
    names = {
        "zh": {"education": "教育", "olympics": "奥运"},
        "en": {"education": "Education", "olympics": "Olympics"},
    }["zh" if written.language == "zh" else "en"]
    said = [tag.label or tag.term for tag in entry.get("tags", ())]
    assert said == list(dict.fromkeys([*(names[id] for id in written.topics), *written.categories]))
    language = entry.content[0].language if format == "atom" else entry.language
    assert language == written.tag


@settings(deadline=None)
@given(ARTICLE, st.sampled_from(XML))
def test_feedparser_reads_texts_pictures_and_files(written: Article, format: str) -> None:
    (entry,) = read(format, written).entries
    body = as_html(written.text)
    if written.images:
        shown = f'<img src="{BASE}/picture/{SHA}" alt="c">'
        body = f"<figure>{shown}<figcaption>c</figcaption></figure>{body}"
        assert [each["url"] for each in entry.media_thumbnail] == [f"{BASE}/picture/{SHA}"]
        picture = {"url": f"{BASE}/picture/{SHA}", "medium": "image", "type": "image/png"}
        assert picture in [dict(each) for each in entry.media_content]
    else:
        assert "media_thumbnail" not in entry
    assert entry.content[0].value == body
    stated = [(each.href, each.type, int(each.length)) for each in entry.get("enclosures", ())]
    assert stated == [(each.url, each.type, each.length) for each in written.enclosures]


@settings(deadline=None)
@given(ARTICLE, st.sampled_from(XML))
def test_feedparser_reads_where_an_article_comes_from_and_its_other_versions(
    written: Article, format: str
) -> None:
    (entry,) = read(format, written).entries
    by_kind: dict[str, list[Any]] = {}
    for link in entry.links:
        by_kind.setdefault(link.rel, []).append(link)
    assert len(by_kind["via"]) == 1 and by_kind["via"][0].href.startswith("https://news.example/")
    assert entry.source.title == "Example"
    assert entry.rights == written.rights
    assert [link.href for link in by_kind.get("license", ())] == [written.licence] * bool(written.licence)
    others = {other.language + ("-" + other.script if other.script else "") for other in written.translations}
    told = {link.hreflang for link in by_kind["alternate"] if link.get("hreflang")} - {written.tag}
    assert told == others - {written.tag}
    assert by_kind["alternate"][0].href == by_kind["alternate"][-1].href == entry.link


@pytest.mark.parametrize("format", XML)
def test_feedparser_reads_what_a_feed_says_of_itself(format: str) -> None:
    feed = read(format, stored("1")).feed
    assert (feed.language, feed.subtitle) == ("zh-Hans", "What a search finds ]]>")
    assert feed.generator.startswith("Syndicate")
    links = {link.rel: link.href for link in feed.links}
    assert links["hub"] == f"{BASE}/hub" and links["self"].startswith(f"{BASE}/search.{format}?")
    assert [tag.label or tag.term for tag in feed.tags] == ["Olympics", "奥运"]
    when = moment(feed.updated) if format == "atom" else parsedate_to_datetime(feed.updated)
    assert when == NOW
