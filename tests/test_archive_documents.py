"""Documents: the seed field for field, and every layout with the traps met in it."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from conftest import shared
from factories import NOW

from archive.model import Alternate, Article, Document, Image, sha256
from archive.reading.documents import read_document

HEADINGS = [
    ("h2", "Serve the Country's Overall Diplomacy"),
    (
        "h3",
        "Beijing as the Key Place for Conducting Major Country Diplomacy with Chinese Characteristics"
        " in A New Era",
    ),
    ("h2", "Beijing's Internationalization Level"),
    (
        "h3",
        'Give Full Play to the "Magnetic Field Effect", Bring Together International High-End Factors',
    ),
    ("h2", "International Environment and Service"),
    ("h3", "Start with Details, Enhance Beijing's Internationality in an All-round Way"),
]


def read(body: str | bytes, name: str = "a.txt", **known: str) -> Document:
    """A document as it is read from a file."""
    given = body if isinstance(body, bytes) else body.encode()
    return read_document(
        given, name=name, content_type=known.get("content_type"), url=known.get("url"), now=NOW
    )


def one(body: str | bytes, name: str = "a.txt", **known: str) -> Article:
    """The one article of a document that can be read."""
    document = read(body, name, **known)
    assert (document.result, document.detail) == ("ok", None)
    (article,) = document.articles
    return article


def test_the_seed_field_for_field() -> None:
    document = read(
        shared("seed/beijing-dual-olympic-city.txt").read_bytes(), "beijing-dual-olympic-city.txt"
    )
    (article,) = document.articles
    caption = "擦亮“双奥之城”名片 加速国际交往中心功能建设"
    assert article.title == (
        "Highlight Beijing's Role as the Dual Olympic City and Accelerate Building Beijing into a Center for"
        " International Exchanges from Five Aspects: Mechanism, Functional Area, Platform, Resource and"
        " Environment"
    )
    assert (article.language, article.script) == ("en", None)
    assert article.alternates == (Alternate(language="zh"),)
    assert article.published == datetime(2022, 4, 2, tzinfo=UTC)
    assert (article.published_raw, article.published_precision) == ("2022-04-02", "day")
    assert document.source_name == "Beijing Daily"
    assert article.authors == ("Fan Junsheng",)
    assert article.categories == ()
    assert (article.url, article.guid, article.summary, article.republish) == (None, None, "", None)
    assert article.images == (
        Image(file=caption + ".jpeg", caption=caption, caption_language="zh", before_block=0),
        Image(file="110941648610656_.pic_hd.jpg", before_block=9),
        Image(file="110851648610248_.pic_hd.jpg", before_block=16),
    )
    blocks = article.text.split("\n\n")
    assert len(blocks) == 23
    assert blocks[0].startswith("At the Winter Olympics concluded last month")
    assert blocks[-1].endswith("rent houses, etc.")
    assert (len(article.text), len(article.text.split())) == (8451, 1228)
    assert sha256(article.text.encode()).startswith("85b2052927831b2e")
    assert [(tag, text) for tag, text in html_blocks(article.html) if tag != "p"] == [
        ("figcaption", caption),
        *HEADINGS,
    ]
    assert [text for tag, text in html_blocks(article.html) if tag != "figcaption"] == blocks


def html_blocks(html: str) -> list[tuple[str, str]]:
    """The blocks of an article's HTML with their tags."""
    import lxml.html

    tree = lxml.html.fragment_fromstring(html, create_parent="div")
    return [
        (element.tag, element.text_content()) for element in tree.iter("p", "h2", "h3", "h4", "figcaption")
    ]


def test_the_same_layout_in_chinese() -> None:
    article = one(
        "English\n主題：體育，文化\n北京冬奧遺產\n日期：2022年4月2日　來源：新華社　字號：大 中 小\n\n"
        "北京冬奥会场馆.jpg\n\n北京将申办世界杯。\n\n用好遗产\n\n"
        "吸引国际组织落户。（记者 张三 李四 摄影：王五）\n"
    )
    assert article.title == "北京冬奧遺產"
    assert article.categories == ("體育", "文化")
    assert article.alternates == (Alternate(language="en"),)
    assert (article.published, article.published_precision) == (datetime(2022, 4, 2, tzinfo=UTC), "day")
    assert article.authors == ("张三", "李四")
    assert article.text == "北京将申办世界杯。\n\n用好遗产\n\n吸引国际组织落户。"
    assert [tag for tag, _ in html_blocks(article.html)] == ["figcaption", "p", "h2", "p"]
    assert article.language == "zh"


def test_labels_in_any_order_and_width() -> None:
    document = read("标题：今天\n作者: 张三、李四\nSource： Beijing Daily  Date: 2022-04-02\n\n正文在此。")
    (article,) = document.articles
    assert (article.title, article.authors, article.text) == ("今天", ("张三", "李四"), "正文在此。")
    assert (document.source_name, article.published_raw) == ("Beijing Daily", "2022-04-02")


def test_a_text_without_labels_is_a_title_and_its_blocks() -> None:
    article = one("A small thing\n\nIt happened\nhere. Source: me.\n\nNobody (by the way) saw it\n")
    assert article.title == "A small thing"
    assert article.text == "It happened here. Source: me.\n\nNobody (by the way) saw it"
    assert (article.authors, article.published, article.alternates) == ((), None, ())
    assert [tag for tag, _ in html_blocks(article.html)] == ["p", "p"]


def test_a_first_line_chinese_without_a_head_is_a_title() -> None:
    assert one("Chinese\n\nIs a language. Many speak it.\n\nTruly.").title == "Chinese"


def test_lines_without_blank_lines_are_paragraphs() -> None:
    article = one("标题\n第一段。\n第二段。\n图.png\n第三段。")
    assert article.text == "第一段。\n\n第二段。\n\n第三段。"
    assert article.images == (Image(file="图.png", caption="图", caption_language="zh", before_block=2),)


def test_wrapped_lines_join_as_their_script_does() -> None:
    assert one("T\n\none\ntwo\n\n中文\n一行 and\nmore.").text == "one two\n\n中文一行 and more."


@pytest.mark.parametrize(
    "name", ["IMG_2034.jpg", "DSC01.png", "110941648610656_.pic_hd.jpg", "20220402.jpeg", "微信图片_2022.jpg"]
)
def test_a_camera_name_is_no_caption(name: str) -> None:
    (image,) = one(f"T\n\n{name}\n\nText.").images
    assert (image.file, image.caption) == (name, None)


def test_a_picture_on_the_web_is_shown() -> None:
    article = one("T\n\nhttps://a.example/b.jpg\n\nText.")
    assert article.images == (Image(url="https://a.example/b.jpg", before_block=0),)
    assert '<img src="https://a.example/b.jpg"' in article.html


def test_text_is_literal_and_html_is_escaped() -> None:
    article = one("T <b>\n\n1 < 2 & <script>alert(1)</script>.")
    assert (article.title, article.text) == ("T <b>", "1 < 2 & <script>alert(1)</script>.")
    assert "<script" not in article.html
    assert "&lt;script&gt;" in article.html


def test_a_title_that_looks_like_a_heading_below_topics_keeps_its_topics() -> None:
    article = one("Topics: Sport, Culture\nThe title\nDate: 2022-04-02\n\nText.")
    assert (article.title, article.categories) == ("The title", ("Sport", "Culture"))


def test_legacy_chinese_encodings() -> None:
    text = "主题：\n北京通过语言环境条例\n日期：2022-04-02\n\n这是全国第一部关于语言环境的地方性法规。"
    assert one(text.encode("gb18030")).title == "北京通过语言环境条例"


def test_markdown_with_front_matter() -> None:
    document = read(
        '---\ntitle: "Snow: a story"\ndate: 2022-04-02\nsource: Beijing Daily\nauthor:\n  - Fan Junsheng\n'
        "topics: [Sport, 'Winter, cold']\nlanguage: en\nurl: https://a.example/snow\ntranslation: zh: "
        "https://a.example/snow/zh\nlayout: post\n---\n\n# Snow: a story\n\nSome *snow*.\n\n"
        "![Snow on a hill](hill.jpg)\n\n- one\n- two\n\n<script>x</script>\n",
        "snow.md",
    )
    (article,) = document.articles
    assert document.source_name == "Beijing Daily"
    assert (article.title, article.authors) == ("Snow: a story", ("Fan Junsheng",))
    assert (article.url, article.published_raw) == ("https://a.example/snow", "2022-04-02")
    assert article.alternates == (Alternate(language="zh", url="https://a.example/snow/zh"),)
    assert article.categories == ("Sport", "Winter, cold")
    assert "<em>snow</em>" in article.html
    assert "<h1" not in article.html
    assert "script" not in article.html
    assert article.text.startswith("Some snow.")


def test_front_matter_says_what_may_be_done_with_an_article() -> None:
    article = one(
        "---\ntitle: Snow\nupdated: 2022-04-03\ntags:\n  - Sport\n  - Winter\nrights: © 2022 City\n"
        "license: https://creativecommons.org/licenses/by/4.0/\nrepublish: summary\n"
        "embargo: 2022-04-04T08:00+08:00\nnote: Checked.\nguid: snow-1\nsummary: It fell.\n---\n"
        "It fell and fell.",
        "snow.md",
    )
    assert (article.guid, article.summary, article.categories) == ("snow-1", "It fell.", ("Sport", "Winter"))
    assert article.updated == datetime(2022, 4, 3, tzinfo=UTC)
    assert article.embargo == datetime(2022, 4, 4, tzinfo=UTC)
    assert (article.rights, article.note, article.republish) == ("© 2022 City", "Checked.", "summary")
    assert article.licence == "https://creativecommons.org/licenses/by/4.0/"


def test_two_titles_are_doubtful() -> None:
    assert read("---\ntitle: Snow\n---\n# Rain\n\nIt fell.", "a.md").doubts[-1] == (
        "two titles: the text begins with 'Rain'"
    )


def test_a_draft_is_left_out_and_says_so() -> None:
    document = read("---\ndraft: true\n---\n# Snow\n\nIt fell.", "snow.md")
    assert (document.result, document.articles, document.skipped) == ("ok", (), 1)
    assert document.detail == "says that it is a draft; not taken in"


@pytest.mark.parametrize("line", ["embargo: some day", "republish: never"])
def test_what_binds_publication_must_be_understood(line: str) -> None:
    document = read(f"---\n{line}\n---\n# Snow\n\nIt fell.", "snow.md")
    assert document.result == "failed"
    assert document.detail is not None
    assert line.partition(":")[0] in document.detail


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("2022-04-02 snow.txt", "2022-04-02"),
        ("snow_20220402.txt", "2022-04-02"),
        ("2022年4月2日雪.txt", "2022-04-02"),
        ("snow-20221345.txt", None),
        ("120220402.txt", None),
    ],
)
def test_a_date_in_the_name_of_a_file_counts_when_nothing_else_says_one(name: str, date: str | None) -> None:
    assert one("Snow\n\nIt fell.", name).published_raw == date
    assert one("Snow\nDate: 2020-01-01\n\nIt fell.", name).published_raw == "2020-01-01"


def test_markdown_without_front_matter_has_its_first_heading_as_title() -> None:
    article = one("# Snow\n\nDate: 2022-04-02\n\nIt fell.\n\n---\n\nIt melted.", "snow.markdown")
    assert (article.title, article.published_raw) == ("Snow", "2022-04-02")
    assert article.text.split() == ["It", "fell.", "It", "melted."]


PAGE = """<!doctype html><html lang="zh"><head><title>Snow falls on Beijing | Daily News</title>
<meta property="og:site_name" content="Daily News"><link rel="canonical" href="/snow">
<meta property="article:published_time" content="2022-04-02T08:00:00+08:00">
<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle",
"author":[{"@type":"Person","name":"Fan Junsheng"}]}]}</script>
<link rel="alternate" hreflang="zh-hans" href="/zh/snow"><link rel="alternate" hreflang="en" href="/snow">
<link rel="alternate" hreflang="x-default" href="/snow">
</head><body><nav><a href="/">Home</a><a href="/sport">Sport</a></nav>
<article><h1>Snow falls on Beijing</h1>
<p>Snow fell on Beijing on Saturday, and nobody who was out of doors could say that they had no warning.</p>
<p>It lay on the roofs of the old city and on the <a href="/ramp">ramp</a> of the ski jump, where children
came to slide until the evening, when lamps were lit and the last went home with wet gloves.</p></article>
<footer>Contact us, advertise with us</footer></body></html>"""


def test_a_page() -> None:
    document = read(PAGE, "snow.html", url="https://news.example/snow?utm_source=x", content_type="text/html")
    (article,) = document.articles
    assert (document.source_name, document.site_url) == ("Daily News", "https://news.example/")
    assert (article.title, article.authors) == ("Snow falls on Beijing", ("Fan Junsheng",))
    assert article.published == datetime(2022, 4, 2, tzinfo=UTC)
    assert article.language == "en"
    assert article.url == "https://news.example/snow"
    assert article.alternates == (Alternate(language="zh-Hans", url="https://news.example/zh/snow"),)
    assert 'href="https://news.example/ramp"' in article.html
    assert article.text.startswith("Snow fell on Beijing on Saturday")
    assert "Contact us" not in article.text
    assert article.republish == "summary"


def test_a_page_from_a_file_is_the_persons_to_republish() -> None:
    article = one(PAGE, "snow.htm")
    assert (article.republish, article.url) == (None, None)


def word(paragraphs: str, core: str = "") -> bytes:
    """A small Word file."""
    kind = "http://schemas.openxmlformats.org"
    space = f"{kind}/wordprocessingml/2006/main"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    target = f"{kind}/officeDocument/2006/relationships/officeDocument"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{kind}/package/2006/content-types"><Default Extension="xml"'
        f' ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{kind}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{target}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{space}"><w:body>{paragraphs}</w:body></w:document>',
        "docProps/core.xml": core
        or f'<c:coreProperties xmlns:c="{kind}/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/">'
        "<dc:creator>Fan Junsheng</dc:creator><t:created>2022-04-02T00:30:00Z</t:created></c:coreProperties>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of a Word file."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_word_file() -> None:
    body = word(
        paragraph("冬奥之后", "Heading1") + paragraph("来源：北京日报") + paragraph("北京将申办世界杯。")
        + paragraph("遗产", "Heading2") + paragraph("场馆都有用处。")
    )  # fmt: skip
    document = read(body, "after.DOCX")
    (article,) = document.articles
    assert (document.source_name, article.title, article.language) == ("北京日报", "冬奥之后", "zh")
    assert article.authors == ("Fan Junsheng",)
    assert (article.published, article.published_precision) == (datetime(2022, 4, 2, tzinfo=UTC), "day")
    assert article.published_raw == "2022-04-02T00:30:00Z"
    assert "date from the file's properties only" in document.doubts
    assert article.text == "北京将申办世界杯。\n\n遗产\n\n场馆都有用处。"
    assert [tag for tag, _ in html_blocks(article.html)] == ["p", "h2", "p"]


def test_the_title_of_a_word_file_is_what_looks_like_one() -> None:
    def title(first: str, core_title: str = "Microsoft Word - 新建文档.doc") -> str:
        core = f'<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{core_title}</dc:title></c>'
        return one(word(first + paragraph("北京下了一场大雪，孩子们很高兴。" * 3), core), "a.docx").title

    centred = '<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>雪落北京</w:t></w:r></w:p>"
    large = '<w:p><w:r><w:rPr><w:sz w:val="44"/></w:rPr><w:t>雪落北京</w:t></w:r></w:p>'
    for first in (
        centred.format("雪落北京"),
        bold,
        large,
        paragraph("雪落北京"),
        paragraph("雪落北京", "Title"),
    ):
        assert title(first) == "雪落北京"
        assert title(paragraph("2022年4月2日") + first) == "雪落北京"
    assert title(centred.format("雪落") + centred.format("北京")) == "雪落 北京"
    assert title(centred.format("雪落北京") + centred.format("——孩子们的一天")) == "雪落北京"
    assert title(paragraph("北京下了雪。"), "雪落北京") == "雪落北京"


def test_a_program_is_no_author() -> None:
    for name in ("Administrator", "微软用户", "lenovo", "python-docx", "User"):
        core = f'<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{name}</dc:creator></c>'
        assert one(word(paragraph("Title") + paragraph("Text."), core), "a.docx").authors == ()


def test_entities_in_a_word_file_are_not_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a><b>&x;</b></a>'
    assert one(word(paragraph("Title") + paragraph("Text."), bomb), "a.docx").authors == ()


@pytest.mark.parametrize(
    ("body", "name", "result"),
    [
        (b"", "a.txt", "not_a_feed"),
        (b" \n\t\n", "a.txt", "empty"),
        (b"---\n---\n", "a.md", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 9, "a.txt", "failed"),
        (b"PK\x03\x04nonsense", "a.docx", "failed"),
        (b"no zip", "a.docx", "failed"),
        (b"<!-- -->", "a.html", "failed"),
        (b"\xff\xfe\xff\xfe" * 100, "a.html", "empty"),
    ],
)
def test_bad_content_is_a_result_with_a_reason(body: bytes, name: str, result: str) -> None:
    document = read(body, name)
    assert document.result == result
    assert document.detail
    assert document.articles == ()


def test_a_text_that_begins_with_a_long_paragraph_is_named_by_its_first_words() -> None:
    article = one("word " * 100 + "\n\nMore.")
    assert article.title == "word " * 23 + "word…"
    assert article.text.startswith("word word")


def test_a_page_without_an_article_is_empty() -> None:
    assert read("<title>Sections</title><nav><a href=/a>A</a></nav>", "a.html").result == "empty"


def test_a_date_above_the_title() -> None:
    article = one("2022年4月2日\n标题\n\n正文。")
    assert (article.title, article.published_raw, article.text) == ("标题", "2022年4月2日", "正文。")


def test_a_title_alone_is_an_article() -> None:
    assert (one("Only this").title, one("Only this").text) == ("Only this", "")
