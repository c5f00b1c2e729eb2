"""The language of an article by its letters; English only when proven or declared."""

from __future__ import annotations

import json

import pytest
from conftest import shared

from archive.reading.language import language_of, primary, script_of


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("擦亮“双奥之城”名片", None, "zh"),
        ("擦亮“双奥之城”名片", "en-us", "zh"),
        ("Apple iPhone 15 Pro Max 发布", None, "und"),
        ("iPhone 15 发布", "zh_CN", "zh"),
        ("これは日本語です", None, "ja"),
        ("日本経済新聞", "ja", "ja"),
        ("한국어 뉴스", "en", "ko"),
        ("Новости дня", "ru", "ru"),
        ("Новости дня", "en", "und"),
        ("Template::Plugin - загрузка шаблонов", "ru", "ru"),
        ("Самолет вылетел из Москвы, но через час разбился: экипаж погиб, сообщают вчера.", None, "ru"),
        ("Торгівля між країнами перевищила двісті мільярдів, її найбільше збільшили виробники.", None, "uk"),
        ("Самалёт вылецеў з Мінска, і праз гадзіну ўрад паведаміў пра тое, што здарылася.", None, "be"),
        ("Самолетът излетя от София и след един час кацна успешно, съобщиха от летището.", None, "bg"),
        ("Влада је јуче усвојила нови закон, а премијер каже да ће ђаци учити више него пре.", None, "sr"),
        ("Министрите денеска расправаа за буџетот, а ќе го сретнат и ѕвездениот гостин.", None, "mk"),
        (
            "Үкімет кеше жаңа заң қабылдады, ал министр оқушылар көбірек оқитынын айтты әрі күтті.",
            None,
            "und",
        ),
        ("ข่าวเช้า", None, "th"),
        ("Les nouvelles du jour", "fr-FR", "fr"),
        ("Les nouvelles du jour", None, "und"),
        ("Les nouvelles du jour", "zh", "und"),
        ("Visitors at the Summer Palace", None, "en"),
        (
            "Thoughts on my home server and potential upgrades? It is used for a router, a camera and "
            "hosting game servers. Looking to get new drives in for storage as it is nearly full at 8 TB.",
            None,
            "en",
        ),
        ("Zadia is an assistant professor at a university in the north; this was a talk on debt", None, "en"),
        (
            "Die Tour of the Bands: im Park von Wien, an der Donau, in Graz am Fluss, in Linz und an Land",
            None,
            "und",
        ),
        ("A casa no alto, a rua as or so e na the Beatles in loco a no mar as a o ar do lar", None, "und"),
        ("Visitors at the Summer Palace", "zh-cn", "en"),
        ("NetNewsWire 6.1", None, "und"),
        ("NetNewsWire 6.1", "en", "en"),
        ("die Stadt und das Land " * 20, "en", "und"),
        ("What the city has done for those who would live there, and what they said about it", "de", "en"),
        ("https://the.of.and/with/this 12", None, "und"),
        ("", None, "und"),
        ("123", "fr", "fr"),
    ],
)
def test_language_of_a_text(text: str, declared: str | None, language: str) -> None:
    assert language_of(text, declared=declared) == language


@pytest.mark.parametrize(
    ("text", "declared", "script"),
    [
        ("双奥之城", None, "Hans"),
        ("雙奧之城", "zh-CN", "Hant"),
        ("北京", "zh-TW", "Hant"),
        ("北京", "zh-Hans", "Hans"),
        ("北京", "zh", None),
    ],
)
def test_script_of_a_text(text: str, declared: str | None, script: str | None) -> None:
    assert script_of(text, declared=declared) == script


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("zh_CN.UTF-8", "zh"), ("EN-gb", "en"), ("yue", "zh"), ("und", None), ("*", None), (None, None)],
)
def test_primary_tag(tag: str | None, expected: str | None) -> None:
    assert primary(tag) == expected


def test_news_in_four_spellings() -> None:
    expected = {
        "en": ("en", None),
        "zh-Hans": ("zh", "Hans"),
        "zh-Hant": ("zh", "Hant"),
        "yue": ("zh", "Hant"),
    }
    for line in shared("data/parallel/ntrex_newstest2019_docs.jsonl").read_text().splitlines()[::4]:
        row = json.loads(line)
        for key, (language, script) in expected.items():
            text = " ".join(row[key])
            assert language_of(text) == language, row["doc"]
            assert script is None or script_of(text) == script, row["doc"]


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("zh_CN.UTF-8", "zh"),
        ("EUC-JP", None),
        ("utf-8", None),
        ("us", None),
        ("jp", "ja"),
        ("pt-BR", "pt"),
        ("", None),
    ],
)
def test_what_is_no_language_is_not_taken_for_one(declared: str, tag: str | None) -> None:
    assert primary(declared) == tag
