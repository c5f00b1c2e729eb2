"""Articles that are hard to publish: what sources really send, and worse. Made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from factories import NOW, TOPICS, article, source

from archive.model import (
    Article,
    Enclosure,
    Image,
    Source,
    Translation,
    Withdrawn,
    article_id,
    sha256,
)
from syndicate.composing import Feed

BASE = "https://archive.example"
SHA = "ab" * 32
TITLES = {
    "controls": "a\x00b\x08c\x0bd\x1fe\x7ff\x85g\x92h\ufffei\uffffj",
    "half pairs": "half \ud83d a pair \udfff",
    "end of a section": "]]> and <![CDATA[x]]> and ]]&gt;",
    "families": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 flags 🇨🇳🇬🇧",
    "beyond the first plane": "𠮷野家 𪚥 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "both directions": "\u202bمرحبا بالعالم\u202c and \u2067שלום\u2069 world",
    "markup": "<b>bold</b> & <script>alert(1)</script> <br/> a < b > c",
    "escaped": "&amp; &lt;b&gt; &#x20; &nbsp; AT&T",
    "quotes": "'single' \"double\" “curly” ‘so’ «guillemets» 「日」",
    "long": "长" * 5000,
    "long words": "word " * 1000,
    "lines": "first\nsecond\r\nthird\u2028fourth\u2029fifth",
    "blank": " \t\n\u3000\u200b",
    "nothing": "",
    "combining": "Z\u0351\u036b\u0343a\u0334\u0321l\u0322\u0328g\u0315o\u0338",
    "traditional": "雙奧之城：國際交往中心",
}
TEXTS = {
    "paragraphs": "First.\n\nSecond line one\nline two.\n\n第三段。",
    "markup as text": "if a < b && c > d: print('<script>') ]]> &amp;",
    "controls": "a\x00\x01\x0b\x1f b \x80\x9f c \ufdd0 d",
    "huge": "一二三四五六七八九十" * 12_000,
    "nothing": "",
}
HTML = {
    "relative": '<p><a href="/a">a</a> <a href="b">b</a> <img src="c.png" srcset="c.png 1x, d.png 2x"></p>',
    "absolute": '<p><a href="https://e.example/?a=1&b=2">a</a><img src="https://e.example/p.png" alt=""></p>',
    "scripts": '<p onclick="x()">a<script>x()</script><a href="javascript:x()">b</a><style>p{}</style></p>',
    "media": '<video src="https://e.example/v.mp4" poster="p.png" controls></video>'
    '<audio src="a.mp3"></audio><iframe src="https://e.example"></iframe><object data="x"></object>',
    "quotes": '<blockquote cite="/where">a</blockquote><q cite="https://e.example/q">b</q>',
    "broken": "<p>open <b>and <i>never</b> closed</i> <table><tr><td>cell",
    "tables": "<table><caption>c</caption><tr><th scope=col>a</th></tr><tr><td colspan=2>b</td></tr></table>",
    "odd addresses": '<a href="https://e.example/奥 运?q=冬|奥">a</a> <a href="mailto:a@e.example">m</a>'
    ' <a href="http://[bad">b</a> <a href="  https://e.example/x  ">c</a> <a href="https://e.example/%zz">d</a>',
    "counting picture": '<p>a<img src="https://e.example/count.gif" width="1" height="1"></p>',
    "data picture": '<img src="data:image/png;base64,iVBORw0KGgo=">',
    "controls": "<p>a&#0;b&#x9d;c&#xfffe;d\x0be</p>",
    "sections": "<article><header><h1>T</h1></header><section>s</section><footer>f</footer></article>",
    "languages": '<p lang="zh-Hant">雙奧</p><p lang="not a tag">x</p><p dir="rtl">مرحبا</p>',
    "ruby": "<ruby>北京<rp>(</rp><rt>Běijīng</rt><rp>)</rp></ruby>",
}
ADDRESSES = (
    "https://e.example/plain",
    "https://e.example/奥运?q=冬 奥#一",
    "https://新闻.example/a",
    "https://e.example/a?b=1&c=2&amp;d=3",
    "http://user:secret@e.example/a",
    "http://e.example:8080",
    "https://e.example/a#b#c",
    "https://e.example/100%",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "/relative",
    "",
    "http://[::1]:8080/",
    "https://e.example/" + "a" * 3000,
)
ENCLOSURES = (
    Enclosure(url="https://e.example/a b.mp3", type="audio/mpeg", length=123),
    Enclosure(url="https://e.example/b.mp4", type="video/mp4"),
    Enclosure(url="https://e.example/c.jpg", type="image/jpeg", length=99),
    Enclosure(url="https://e.example/d", type="no type", length=0),
    Enclosure(url="https://e.example/e.pdf", type="application/pdf", length=-1),
    Enclosure(url="https://e.example/c.jpg", type="image/jpeg", length=99),
    Enclosure(url="javascript:x()", type="audio/mpeg", length=1),
    Enclosure(url="relative.mp3", type="audio/mpeg", length=1),
    Enclosure(url="http://localhost/a.mp3", type="audio/mpeg", length=1),
    Enclosure(url="https://user:x@e.example/a.mp3", type="audio/mpeg", length=1),
    Enclosure(url="https://新闻.example?a.mp3", type="audio/mpeg", length=1),
    Enclosure(url="http://192.0.2.1:8080/a.mp3", type="audio/mpeg", length=1),
)
IMAGES = (
    Image(url="https://e.example/冬奥.png", caption='A "caption" <b>&'),
    Image(url="//e.example/no-scheme.png"),
    Image(url="data:image/png;base64,AAAA"),
    Image(file="beside.png"),
    Image(file="kept.png", sha256=SHA, url=f"{BASE}/picture/{SHA}", caption="图"),
)
TIMES: tuple[datetime | None, ...] = (
    None,
    NOW + timedelta(days=4000),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC),
)


def stored(name: str, **fields: object) -> Article:
    """An article as the archive has it; each is stored a second after another."""
    id = article_id("example", name)
    moment = NOW - timedelta(seconds=int(id[-4:], 16) * 61 + len(name))
    known: dict[str, Any] = {
        "id": id,
        "address": f"/a/2026/11/24/{id[9:17]}",
        "source": "example",
        "number": 1,
        "revision": 1,
        "sha": sha256(name.encode()),
        "first_seen": moment,
        "stored": moment,
        **fields,
    }
    return article(**known)


def torture() -> tuple[Article, ...]:
    """All of them, in a fixed order."""
    other = Translation(
        id=article_id("example", "zh"),
        language="zh",
        script="Hans",
        title="<b>另一篇</b> & \x0b",
        address="/a/2026/11/24/other",
        state="stated",
    )
    found = [stored(f"title {name}", title=title, text="Text.") for name, title in TITLES.items()]
    found += [stored(f"no text, title {name}", title=title, text="") for name, title in TITLES.items()]
    found += [stored(f"text {name}", text=text) for name, text in TEXTS.items()]
    found += [stored(f"summary {name}", summary=text, text="") for name, text in TITLES.items()]
    found += [stored(f"summary beside text {name}", summary=text) for name, text in TITLES.items()]
    found += [stored(f"html {name}", html=html, text="x", summary="s") for name, html in HTML.items()]
    found += [stored(f"html alone {name}", html=html, text="") for name, html in HTML.items()]
    found += [stored(f"address {place}", url=url) for place, url in enumerate(ADDRESSES)]
    found += [stored(f"licence {place}", licence=url) for place, url in enumerate(ADDRESSES)]
    found += [stored(f"enclosure {place}", enclosures=(each,)) for place, each in enumerate(ENCLOSURES)]
    found += [stored("enclosures", enclosures=ENCLOSURES), stored("pictures", images=IMAGES)]
    found += [
        stored(f"picture {place}", images=(each,), html="<p>x</p>") for place, each in enumerate(IMAGES)
    ]
    found += [stored(f"time {place}", published=time) for place, time in enumerate(TIMES)]
    found += [
        stored("commons", licence="https://creativecommons.org/licenses/by/4.0/", rights="© <b>A</b> & B"),
        stored(
            "authors",
            authors=("王小明", "<a@b.example> A & B", "ann@b.example", "@ann", " ", "A" * 3000, "a\x0bb"),
        ),
        stored("categories", categories=("奥运", "<b>x</b>", "a&b", "", "x" * 500), topics=("olympics",)),
        stored("topics", topics=("education", "olympics", "gone"), language="zh", script="Hant"),
        stored("russian", topics=("olympics",), language="ru", title="Новости", categories=("Olympics",)),
        stored("unknown", language="und", translations=(other,)),
        stored(
            "translated", translations=(other, replace(other, language="en"), replace(other, script=None))
        ),
        stored("guid", guid="<&>\x0b"),
        stored("elsewhere", source="bare"),
        stored("marked", source="marked"),
        stored("no source", source="unknown"),
        stored("gone", withdrawn=Withdrawn(when=NOW, reason="<b>an</b> error\x0b & more", by="editor")),
        stored("gone silently", withdrawn=Withdrawn(when=NOW - timedelta(1), reason="", by="editor")),
    ]
    return tuple(found)


def sources() -> dict[str, Source]:
    """Where they come from."""
    stated = source(url="https://reader:secret@e.example/feed.xml?a=1&b=2", title="Example 样例 & Co")
    marked = source("marked", title="<b>Marked</b> &amp; more", url="https://e.example/奥运.xml")
    return {"example": stated, "marked": marked, "bare": source("bare", title="", url="file:///x")}


def torture_feed(format: str, articles: tuple[Article, ...] | None = None, **fields: Any) -> Feed:
    """A feed of them, or of some."""
    known: dict[str, Any] = {
        "id": article_id("feed", "/latest"),
        "self_url": f"{BASE}/search.{format}?q=%E5%86%AC%E5%A5%A5&lang=both",
        "page_url": f"{BASE}/search?q=%E5%86%AC%E5%A5%A5&lang=both",
        "base_url": BASE,
        "title": "“冬奥” ]]> – Syndicate",
        "description": "What a search finds ]]>",
        "language": "zh-Hans",
        "updated": NOW,
        "articles": torture() if articles is None else articles,
        "sources": sources(),
        "topics": {topic.id: topic for topic in TOPICS},
        "about": ("olympics", "gone"),
        "types": {SHA: "image/png"},
        "current": f"{BASE}/latest.{format}",
        "previous": f"{BASE}/latest.{format}?archive=0-32",
        "hub": f"{BASE}/hub",
        "style": "/static/feed.css",
    }
    return Feed(**{**known, **fields})
