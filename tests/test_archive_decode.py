"""Bytes as text: Chinese in every spelling, declared rightly, wrongly or not at all."""

from __future__ import annotations

import pytest

from archive.decode import charset_of, decode

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
