"""Pages: their main text without what stands around it, their pictures, and what they state of themselves."""

from __future__ import annotations

import pytest

from archive.errors import UsageError
from archive.model import Alternate, PageRules
from archive.reading import page_rules
from archive.reading.boilerplate import is_boilerplate, opens_links
from archive.reading.dates import parse_date
from archive.reading.extract import read_page
from archive.reading.page_blocks import blocks_of
from archive.reading.stated import Content, first

ENGLISH = (
    "Snow fell on Beijing on Saturday, and nobody who was out of doors could say that they had no warning.",
    "It lay on the roofs of the old city and on the ramp of the ski jump, where children slid until evening.",
    "When the lamps were lit the last of them went home with wet gloves, and the city was quiet for an hour.",
)
CHINESE = (
    "北京市周六降雪，气象部门此前已经多次发出提醒，市民出行基本没有受到影响，公共交通运行平稳有序。",
    "积雪覆盖了老城的屋顶，也落在滑雪大跳台的坡道上，孩子们在那里一直玩到傍晚才陆续回家休息吃饭。",
    "路灯亮起之后，环卫工人开始清扫主要道路，预计到周日早高峰之前全部清扫完毕，不会影响正常通行。",
)


def html(*paragraphs: str, head: str = "", above: str = "", below: str = "", lang: str = "en") -> str:
    """A page with paragraphs in an article, and what is to stand around them."""
    body = "".join(f"<p>{each}</p>" for each in paragraphs)
    return (
        f'<!doctype html><html lang="{lang}"><head>{head}</head><body><nav><a href="/">Home</a></nav>'
        f"<article>{above}<div class=body>{body}</div>{below}</article><footer>Contact</footer></body></html>"
    )


def read(markup: str, url: str = "https://news.example/2022/snow.html", **rules: str) -> Content:
    """A page read at an address, by rules if there are some."""
    return read_page(markup, url=url, rules=PageRules(**rules) if rules else None)


def texts(content: Content) -> tuple[str, ...]:
    """The paragraphs of a text."""
    return tuple((content.text or "").split("\n\n"))


def test_the_text_is_the_article_without_what_stands_around_it() -> None:
    around = (
        '<div class="share-bar"><a href="#">Facebook</a> <a href="#">Twitter</a></div>'
        "<p>READ MORE: <a href='/x'>Another storm is on its way to the north of the country</a></p>"
        "<p>Sign up for our weekly newsletter and get the news in your inbox.</p>"
        "<h3>Related stories</h3><ul><li><a href='/a'>One more</a></li><li><a href='/b'>And one</a></li></ul>"
        "<p>Additional reporting by Li Hua</p><p>© 2022 Daily News. All rights reserved.</p>"
    )
    assert texts(read(html(*ENGLISH, above="<h1>Snow falls</h1>", below=around))) == ENGLISH


def test_in_chinese_too() -> None:
    around = (
        "<p>责任编辑：王小明</p><p>（原标题：北京下雪）</p><p>扫一扫，手机看新闻</p><p>来源：北京日报</p>"
        "<h3>延伸阅读</h3><ul><li><a href='/a'>昨天的另一条新闻</a></li></ul>"
        "<p>上一篇：<a href=/b>旧闻</a></p>"
        "<p>声明：本文版权归原作者所有，转载请注明出处。</p>"
    )
    markup = html(*CHINESE, above="<h1>北京降雪</h1>", below=around, lang="zh")
    assert texts(read(markup)) == CHINESE


@pytest.mark.parametrize(
    "line",
    [
        "Research from the University of Oxford found that people sleep longer in winter.",
        "Contact between the two sides was lost at midnight.",
        "Copyright law in the European Union is to change.",
        "Published in 1925, the novel was a success at once.",
        "He contributed to the success of the Games.",
        "Ad campaign",
        "Share of renewables rises",
        "记者：您怎么看语言环境的变化？",
        "没有硝烟的战场",
        "收藏热持续升温",
        "统筹发展和安全",
        "（一）未经批准、授权处置问题线索，发现重大案情隐瞒不报的；",
        "温馨提示：雨天路滑，请注意安全。",
    ],
)
def test_lines_of_articles_are_no_boilerplate(line: str) -> None:
    assert not is_boilerplate(line)
    assert not opens_links(line)


def test_a_line_without_an_end_is_looked_at_quickly() -> None:
    for line in ("a" * 299, ". " * 149, "get the " * 37, "中文" * 149, "follow us " * 29):
        assert not is_boilerplate(line) or line.startswith("follow")


def test_a_page_full_of_latin_scripts_is_still_chinese() -> None:
    scripts = "<script>" + "var element = document.createElement('div');" * 200 + "</script>"
    comments = "".join(
        f"<div class=tie>网友{number}：这条评论不是文章的内容，不应当被收录。</div>" for number in range(9)
    )
    markup = html(*CHINESE, head=scripts, lang="zh").replace("<footer>", comments + "<footer>")
    assert texts(read(markup)) == CHINESE


def test_what_an_extractor_leaves_out_of_a_row_of_paragraphs_is_taken_too() -> None:
    markup = html(*ENGLISH[:2], "A short line", "<b>Where the snow lies</b>", ENGLISH[2])
    assert "A short line" in texts(read(markup))


def test_text_between_line_breaks_is_paragraphs() -> None:
    markup = (
        "<div>one<br>still one<br><br>two <b>bold</b> <img src=a.png> end<p>three</p>four<br>　　five</div>"
    )
    import lxml.html

    found = [block.text for block in blocks_of(lxml.html.fragment_fromstring(markup)) if block.text]
    assert found == ["onestill one", "two bold", "end", "three", "four", "five"]


def test_a_short_notice_is_read() -> None:
    content = read("<title>通知</title><h1>通知</h1><div class=c><p>今日停水。</p><p>请提前备水。</p></div>")
    assert (first(content.stated, "title"), texts(content)) == ("通知", ("今日停水。", "请提前备水。"))


@pytest.mark.parametrize(
    "markup", ["<nav><a href=/a>A</a></nav>", "<frameset><frame src=x></frameset>", "<p></p>"]
)
def test_a_page_without_a_text_has_none(markup: str) -> None:
    assert (read(markup).text, read(markup).images) == ("", ())


def test_a_page_that_is_no_page_is_refused() -> None:
    with pytest.raises(ValueError, match="no HTML"):
        read("<!-- -->")


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        (
            "<title>Snow falls on Beijing | Daily News</title>",
            "<h1>Snow falls on Beijing</h1>",
            "Snow falls on Beijing",
        ),
        ("<title>北京降雪影响有限--时政--人民网</title>", "", "北京降雪影响有限"),
        ("<title>北京降雪影响有限_新闻频道_某某网</title>", "<h1>北京降雪影响有限</h1>", "北京降雪影响有限"),
        ('<meta property="og:title" content="Snow: a story"><title>News</title>', "", "Snow: a story"),
    ],
)
def test_titles_are_free_of_site_names(head: str, heading: str, title: str) -> None:
    assert first(read(html(*ENGLISH, head=head, above=heading)).stated, "title") == title


@pytest.mark.parametrize(
    ("head", "above"),
    [
        ('<meta name="PubDate" content="2022-04-02 08:00">', ""),
        (
            '<script type="application/ld+json">{"@type":"Article","datePublished":"2022-04-02"}</script>',
            "",
        ),
        ("", '<span itemprop="datePublished" content="2022-04-02">last week</span>'),
        ("", '<time datetime="2022-04-02">2 April</time> – <time datetime="2022-04-05">5 April</time>'),
        ("", "<h1>Snow</h1><p>发布日期：<!-- begin -->2022-04-02<!-- end --></p>"),
        ("<title>Snow</title>", "<h1>Snow</h1><span>By Li Hua</span> <span>April 2, 2022</span>"),
        ("<title>Snow</title>", "<span>2022年04月02日 08:00</span><h1>Snow</h1>"),
    ],
)
def test_dates_are_where_pages_state_them(head: str, above: str) -> None:
    stated = read(html(*ENGLISH, head=head, above=above)).stated
    found = next(filter(None, map(parse_date, stated["date"])))
    assert found.moment.date().isoformat() == "2022-04-02"


def test_a_day_that_the_text_tells_of_is_not_its_date() -> None:
    told = (
        "2019年2月27日下午，佛山市顺德区的一行人到众创金融街开展调研工作，"
        + CHINESE[0]
        + CHINESE[1]
        + CHINESE[2]
    )
    markup = html(
        told, *CHINESE, head="<title>众创金融街调研</title>", above="<h1>众创金融街调研</h1>", lang="zh"
    )
    assert read(markup).stated["date"] == []


@pytest.mark.parametrize(
    ("head", "above", "authors"),
    [
        ('<meta name="author" content="By Fan Junsheng">', "", ["Fan Junsheng"]),
        ('<meta name="author" content="admin">', "<a rel=author>Fan Junsheng</a>", ["Fan Junsheng"]),
        ('<meta property="og:site_name" content="The News"><meta name="author" content="The News">',
         "<span class=byline>By Fan Junsheng March 4</span>", ["Fan Junsheng"]),
        ("<title>Snow</title>", "<h1>Snow</h1><div>By Fan Junsheng and Li</div>", ["Fan Junsheng", "Li"]),
        ("<title>降雪</title>", "<h1>降雪</h1><div>作者：范俊生 来源：北京日报</div>", ["范俊生"]),
    ],
)  # fmt: skip
def test_bylines_name_people(head: str, above: str, authors: list[str]) -> None:
    assert read(html(*ENGLISH, head=head, above=above)).stated["authors"] == authors


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("本报讯（记者 范俊生）", "", 3),
        ("", "（文/范俊生）", 3),
        ("", "（记者 范俊生 摄影：王五）", 3),
        ("", "他们都回家了。（范俊生）", 4),
    ],
)
def test_bylines_stand_in_the_text_too(before: str, after: str, kept: int) -> None:
    paragraphs = (before + CHINESE[0], *CHINESE[1:], *filter(None, [after]))
    content = read(html(*paragraphs, head="<title>降雪</title>", above="<h1>降雪</h1>", lang="zh"))
    assert (content.stated["authors"], len(texts(content))) == (["范俊生"], kept)


def test_the_source_is_what_stands_beside_the_headline() -> None:
    head = '<meta property="og:site_name" content="某市外办"><title>北京降雪</title>'
    above = "<h1>北京降雪</h1><span>2022-04-02</span> <span>来源：北京日报</span>"
    assert first(read(html(*CHINESE, head=head, above=above)).stated, "source") == "北京日报"


def test_pictures_stand_at_their_place_with_their_captions() -> None:
    pictures = (
        '<figure><img src="/a.jpg" alt=x><figcaption>The old city. <em>Photo: Li</em></figcaption></figure>',
        '<div class="wp-caption"><img src=b.jpg><p class="wp-caption-text">Children on the ramp</p></div>',
        '<img src="data:image/gif;base64,R0" data-src="c.jpg" alt="Lamps are lit in the old city">',
        '<img src="s.jpg" srcset="s.jpg 320w, m.jpg 640w, l.jpg 1200w" alt="IMG_2034.jpg">',
    )
    one, two, three = (f"<p>{each}</p>" for each in ENGLISH)
    body = f"{pictures[0]}{one}{pictures[1]}{two}<p>{pictures[2]}</p>{pictures[3]}{three}"
    content = read(f"<title>Snow falls</title><article><h1>Snow falls</h1><div>{body}</div></article>")
    assert texts(content) == ENGLISH
    assert [(image.url, image.caption, image.before_block) for image in content.images] == [
        ("https://news.example/a.jpg", "The old city. Photo: Li", 0),
        ("https://news.example/2022/b.jpg", "Children on the ramp", 1),
        ("https://news.example/2022/c.jpg", "Lamps are lit in the old city", 2),
        ("https://news.example/2022/l.jpg", None, 2),
    ]
    assert content.images[0].caption_language == "en"
    assert content.html.count("<figure><img src=") == 4
    assert '<figcaption lang="en">Children on the ramp</figcaption></figure>\n<p>It lay' in content.html


@pytest.mark.parametrize(
    "decoration",
    [
        '<img src="/logo.png">',
        '<img src="/p.jpg" width="1" height="1">',
        '<img src="/u.jpg" class="avatar">',
        '<img src="https://stats.example/pixel.gif?x=1">',
        '<img src="data:image/png;base64,AAAA">',
        '<img src="/img/icon-share.svg">',
        '<a href="/other"><img src="/o.jpg"><span>Another story of today</span></a>',
    ],
)
def test_icons_faces_and_trackers_are_no_pictures(decoration: str) -> None:
    markup = html(ENGLISH[0], f"{ENGLISH[1]} {decoration}", ENGLISH[2])
    assert read(markup).images == ()


def test_addresses_are_made_absolute_by_the_page_and_its_base() -> None:
    head = '<base href="https://cdn.example/x/"><link rel="canonical" href="https://news.example/snow">'
    markup = html(
        *ENGLISH[:2], f'{ENGLISH[2]} <a href="more.html">More of it</a>.', "<img src=a.jpg>", head=head
    )
    content = read(markup)
    assert 'href="https://cdn.example/x/more.html"' in content.html
    assert [image.url for image in content.images] == ["https://cdn.example/x/a.jpg"]


def test_other_languages_are_linked_in_the_head_or_for_readers() -> None:
    head = (
        '<link rel="alternate" hreflang="zh-hans" href="/zh/snow.html">'
        '<link rel="alternate" hreflang="fr" href="/fr/">'
    )
    switch = (
        '<a href="/cn/2022/snow.html">中文</a> <a href="/tw/2022/snow.html">[繁體]</a>'
        ' <a href="/en/">English</a>'
        ' <a href="https://other.example/snow">EN</a> <a href="/learn/chinese">中文学习</a>'
    )
    assert read(html(*ENGLISH, head=head, above=switch)).alternates == (
        Alternate(language="zh-Hans", url="https://news.example/zh/snow.html"),
        Alternate(language="zh", url="https://news.example/cn/2022/snow.html"),
        Alternate(language="zh-Hant", url="https://news.example/tw/2022/snow.html"),
    )


def test_the_rules_of_a_source_come_first() -> None:
    markup = html(
        *ENGLISH,
        above="<h1>Wrong</h1><h2 class=t>Right</h2><i id=d title=x>2 April 2022</i><b class=by>Li</b>",
    )
    markup = markup.replace(
        "<footer>", "<div id=real><p>Only this.</p><p class=ad>Buy!</p><h2>Right</h2></div><footer>"
    )
    content = read(
        markup,
        content="#real",
        title="h2.t",
        date="//i[@id='d']/text()",
        author="(//b)[1]",
        without=".ad, nav",
    )
    assert texts(content) == ("Only this.",)
    stated = content.stated
    assert (first(stated, "title"), first(stated, "date"), stated["authors"]) == (
        "Right",
        "2 April 2022",
        ["Li"],
    )


def test_a_rule_that_finds_nothing_changes_nothing() -> None:
    assert texts(read(html(*ENGLISH), content="#gone", title=".gone")) == ENGLISH


@pytest.mark.parametrize(
    ("place", "selector"), [("content", "div["), ("title", "//h1["), ("without", "a:::b")]
)
def test_a_rule_that_cannot_be_read_is_named(place: str, selector: str) -> None:
    with pytest.raises(UsageError) as error:
        page_rules.check(PageRules(**{place: selector}))
    assert str(error.value).startswith(f"{place}={selector}: ")
    page_rules.check(PageRules(content="div.a > p", title="/html/head/title", date=""))


def test_an_element_that_is_never_closed_does_not_swallow_the_page() -> None:
    markup = html(*ENGLISH).replace("<article>", "<noscript><article>").replace("</article>", "</article>")
    assert texts(read(markup)) == ENGLISH


def test_hints_for_line_breaks_are_no_letters() -> None:
    assert texts(read(html(*ENGLISH).replace("warning", "war\u00adning")))[0] == ENGLISH[0]
