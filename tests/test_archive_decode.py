"""Bytes as text: Chinese in every spelling, declared rightly, wrongly or not at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from archive.reading.decode import charset_of, decode
from archive.reading.parse import parse

NOW = datetime(2026, 11, 24, tzinfo=UTC)

CHINESE = "".join(
    f"<item><title>双奥之城{number}</title><description>加速国际交往中心功能建设，北京冬奥会。</description></item>"
    for number in range(9)
)
TAIWAN = CHINESE.translate(str.maketrans("双奥国际设会", "雙奧國際設會")).replace("冬", "臺")
HEADERS = [
    None,
    "text/xml",
    "text/xml; charset=iso-8859-1",
    "text/xml; charset=gb2312",
    "text/xml; charset=utf-8",
]


@pytest.mark.parametrize("content_type", HEADERS)
@pytest.mark.parametrize("stated", ["", "utf-8", "gb2312", "iso-8859-1"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_chinese_comes_out_whatever_is_declared(charset: str, stated: str, content_type: str | None) -> None:
    declaration = f'<?xml version="1.0" encoding="{stated}"?>' if stated else ""
    body = (declaration + CHINESE).encode(charset)
    assert decode(body, content_type=content_type) == declaration + CHINESE


@pytest.mark.parametrize("content_type", [None, "text/xml; charset=iso-8859-1", "text/xml; charset=big5"])
def test_traditional_chinese_in_big5(content_type: str | None) -> None:
    assert decode(TAIWAN.encode("big5hkscs"), content_type=content_type) == TAIWAN


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_one_bad_byte_spoils_one_character(charset: str) -> None:
    body = CHINESE.encode(charset)
    place = len(body) // 2
    text = decode(body[:place] + b"\xff" + body[place:], content_type=f"text/xml; charset={charset}")
    assert text.count("双奥之城") >= 8 and text.startswith(CHINESE[:40])


@pytest.mark.parametrize(
    ("text", "charset", "stated"),
    [
        ("日本語のニュース", "iso2022_jp", "iso-2022-jp"),
        ("日本語のニュース", "euc_jp", "euc-jp"),
        ("日本語のニュース①", "cp932", "shift_jis"),
        ("한국어 뉴스 똠", "cp949", "euc-kr"),
        ("Новости дня", "koi8-r", "koi8-r"),
        ("Новости дня", "cp855", "ibm855"),
        ("naïve “quotes”", "cp1252", "iso-8859-1"),
        ("naïve “quotes”", "cp1252", "utf-8"),
        ("ข่าว", "cp874", "tis-620"),
    ],
)
def test_a_true_declaration_is_believed(text: str, charset: str, stated: str) -> None:
    body = b'<?xml version="1.0" encoding="' + stated.encode() + b'"?>' + text.encode(charset)
    assert decode(body, content_type=None).endswith(text)


def rss(title: str, stated: str) -> str:
    """A feed that declares a charset, or none."""
    declaration = f'<?xml version="1.0" encoding="{stated}"?>' if stated else ""
    return f'{declaration}<rss version="2.0"><channel><title>{title}</title>{{}}</channel></rss>'


# 19 documents: what they declare, what they are written in, and what happened to their bytes on the way.
DOCUMENTS = {
    **{
        f"utf-8 as {stated or 'nothing'}": ("utf-8", stated, "")
        for stated in ("utf-8", "", "gb2312", "iso-8859-1")
    },
    "utf-8 with a mark": ("utf-8-sig", "utf-8", ""),
    "utf-8 with a mark as gbk": ("utf-8-sig", "gbk", ""),
    "utf-8 with a bad byte": ("utf-8", "utf-8", "bad"),
    "utf-8 cut short": ("utf-8", "utf-8", "cut"),
    "gb2312 as gb2312": ("gb2312", "gb2312", ""),
    "gb2312 as nothing": ("gb2312", "", ""),
    "gbk as gb2312": ("gbk", "gb2312", ""),
    "gbk as utf-8": ("gbk", "utf-8", ""),
    "gb18030 as gb18030": ("gb18030", "gb18030", ""),
    "gb18030 with a bad byte": ("gb18030", "gbk", "bad"),
    "gb18030 cut short": ("gb18030", "", "cut"),
    "big5 as big5": ("big5", "big5", ""),
    "big5 as nothing": ("big5", "", ""),
    "utf-16 with a mark": ("utf-16", "utf-16", ""),
    "utf-16 without": ("utf-16-be", "", ""),
}
CHARSET = {"utf-8-sig": "utf-8", "utf-16-be": "utf-16"}


@pytest.mark.parametrize("header", ["none", "right", "iso-8859-1", "utf-8", "text/xml"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_chinese_feeds_read_whatever_was_declared_and_damaged(name: str, header: str) -> None:
    charset, stated, damage = DOCUMENTS[name]
    text, title = (
        (TAIWAN, "臺灣新聞")
        if charset == "big5"
        else (CHINESE, "朱镕基谈奥运" if charset != "gb2312" else "北京新闻")
    )
    whole = rss(title, stated).format(text)
    body = whole.encode(charset)
    middle = body.index("加速".encode(charset.removesuffix("-sig"))) if damage else 0
    body = {"": body, "bad": body[:middle] + b"\xff" + body[middle:], "cut": body[:-30]}[damage]
    right = f"text/xml; charset={CHARSET.get(charset, charset)}"
    content_type = {"none": None, "right": right, "text/xml": "text/xml"}.get(
        header, f"text/xml; charset={header}"
    )
    found = parse(body, url=None, content_type=content_type, name="feed.xml", now=NOW)
    assert found.title == title
    assert [article.title for article in found.articles][:8] == re.findall("<title>(.*?)</title>", text)[:8]
    assert damage == "bad" or {article.text for article in found.articles[:8]} == {
        *re.findall("<description>(.*?)</description>", text)
    }


def test_what_was_encoded_twice_is_decoded_twice() -> None:
    for text in ("中文新闻：双奥之城", "Comme d’habitude — « été »", "한국어 뉴스"):
        once = text.encode()
        assert decode(once.decode("latin-1").encode(), content_type=None) == text
        assert decode("".join(map(windows, once)).encode(), content_type=None) == text
    for text in ("CAFÉ…", "été", "“LOGÓ”", "Ã la carte", "Itâ€™s late", "Ã¡"):
        assert decode(text.encode(), content_type=None) == text


def windows(byte: int) -> str:
    """A byte as a letter of Windows-1252, which has none for five."""
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


def test_undeclared_letters_are_settled_by_statistics() -> None:
    text = "Новости дня: сегодня в Москве прошла встреча министров иностранных дел. " * 5
    assert decode(text.encode("koi8-r"), content_type=None) == text


@pytest.mark.parametrize(
    "name", ["punycode", "zlib", "rot13", "hex", "idna", "unicode_escape", "utf-7", "x" * 99]
)
def test_what_is_no_charset_is_never_applied(name: str) -> None:
    assert charset_of(name) is None
    body = f'<?xml version="1.0" encoding="{name}"?>caf'.encode() + b"\xe9"
    assert decode(body, content_type=f"text/xml; charset={name}").endswith("café")


@pytest.mark.parametrize("body", [b"", b"\xff", b"\xff\xfe\x00", bytes(range(256)) * 9, b"\0" * 99, b"<\0"])
def test_nothing_raises(body: bytes) -> None:
    assert isinstance(decode(body, content_type="charset="), str)
