"""Clues: what articles of two languages may have in common, spelled alike."""

from __future__ import annotations

import pytest
from factories import article

from archive.model import Image
from index.clues import addresses, bylines, names, numbers, pictures


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("1,375 firms", "1375家"),
        ("137.5 billion yuan", "1375亿元"),
        ("12.4 million people", "1240万人"),
        ("3.5 percent", "3.5%"),
        ("6.8-magnitude", "6.8级"),
        ("on March 29", "3月29日"),
        ("29 March", "3月29号"),
        ("on Sept. 3", "9月3日"),
    ],
)
def test_numbers_are_spelled_alike(english: str, chinese: str) -> None:
    one, other = numbers(english, "en")[0], numbers(chinese, "zh")[0]
    assert other and set(other) <= set(one)


def test_small_numbers_and_years_say_little() -> None:
    assert numbers("In 2022, 12 schools and 3 halls", "en") == ([], ["2022", "12"])


@pytest.mark.parametrize("author", ["Fan Junsheng", "Junsheng Fan", "FAN Junsheng", "范俊生"])
def test_a_byline_is_the_same_in_both_scripts(author: str) -> None:
    assert list(bylines([author])) == list(bylines(["范俊生"]))


def test_a_surname_is_read_as_one() -> None:
    assert list(bylines(["单田芳"])) == list(bylines(["Shan Tianfang"]))
    assert list(bylines(["曾国藩"])) != list(bylines(["Ceng Guofan"]))


def test_names_are_latin_words_with_a_capital_or_digit() -> None:
    text = "The BBC's gPodder and 5G run on Linux, said Tom"
    assert list(names(text)) == ["bbc", "gpodder", "linux", "tom"]
    assert list(names("使用 gPodder 在Linux上")) == ["gpodder", "linux"]


def test_pictures_are_known_by_bytes_names_and_chinese_captions() -> None:
    images = (
        Image(url="https://a.example/擦亮双奥之城名片.jpg", sha256="0" * 64),
        Image(file="image1.png", caption="市民在雁栖湖畔散步"),
        Image(url="https://a.example/W020220402512345.jpg"),
    )
    found = list(pictures(article(images=images)))
    assert found == ["0" * 64, "擦亮双奥之城名片", "市民在雁栖湖畔散步", "w020220402512345"]


def test_addresses_without_what_names_their_language() -> None:
    english = set(addresses("https://www.a.gov.cn/en/2022/t20220402_123.html?utm_source=x"))
    chinese = set(addresses("http://www.a.gov.cn/zh-CN/2022/t20220402_123.html"))
    assert len(english & chinese) == 2
    assert not set(addresses("https://a.example/en/about")) & set(addresses("https://a.example/zh/about"))
    assert list(addresses(None)) == []
