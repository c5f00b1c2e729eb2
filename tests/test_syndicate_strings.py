"""The words of the interface: complete in both languages, and right about days, times and lengths."""

from __future__ import annotations

import re
import string
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from factories import article, source

from archive.errors import UsageError
from archive.mistakes import SENTENCES, mistake
from archive.model import Selection
from syndicate.strings import Words, mistakes, strings, tag_of, voiced

FOLDER = Path(__file__).parents[1] / "syndicate"
EN = Words(language="en", zone=ZoneInfo("Asia/Shanghai"))
ZH = Words(language="zh", zone=ZoneInfo("Asia/Shanghai"))


def fields(text: str) -> list[str]:
    """The names of the values that a sentence takes; those without a name by their place."""
    named = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    return sorted(name or str(place) for place, name in enumerate(named))


def test_both_languages_have_the_same_words_with_the_same_values() -> None:
    assert strings("en").keys() == strings("zh").keys()
    for key, text in strings("en").items():
        assert fields(text) == fields(strings("zh")[key]), key
        assert text.strip() and strings("zh")[key].strip(), key


def test_mistakes_are_told_in_both_languages_with_the_same_values() -> None:
    chinese = mistakes("zh")
    assert chinese.keys() == SENTENCES.keys()
    for key, text in SENTENCES.items():
        assert fields(text) == fields(chinese[key]), key
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese[key]), key
    error = mistake("no_choice", name="lang", known=("en", "zh"), value="fr")
    assert str(error) == EN.mistake(error) == "lang: expected en or zh, got 'fr'"
    assert ZH.mistake(error) == "参数lang的值应为en或zh，不能是“fr”。"
    assert ZH.mistake(UsageError("said elsewhere")) == "said elsewhere"


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    files = [*FOLDER.glob("*.py"), *FOLDER.glob("templates/*.tpl")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    made = {f"size_{size}" for size in ("big", "middle", "small")}
    made |= {f"no_{field}_called" for field in ("topic", "source", "by")}
    made |= {f"{place}_title" for place in ("topics", "sources", "feeds")}
    unused = [key for key in strings("en").keys() - made if not re.search(rf"""["']{key}["']""", text)]
    asked = set(re.findall(r"""\bt(?:\[|\.said\()["'](\w+)["'][\])]""", text))
    assert not unused
    assert asked and asked <= strings("en").keys()


def test_days_are_written_out() -> None:
    day = date(2022, 4, 2)
    assert (EN.day(day), ZH.day(day)) == ("2 April 2022", "2022年4月2日")
    assert EN.day(day, weekday=True) == "Saturday, 2 April 2022"
    assert ZH.day(day, weekday=True) == "2022年4月2日 星期六"
    assert (EN.short_day(day), ZH.short_day(day)) == ("2 Apr 2022", "2022年4月2日")


def test_times_are_those_of_the_site() -> None:
    evening = datetime(2022, 4, 1, 23, 30, tzinfo=UTC)
    assert EN.moment(evening) == "2 Apr 2022, 07:30" and ZH.moment(evening) == "2022年4月2日 07:30"
    exact = article(published=evening, published_precision="minute", day=date(2022, 4, 2))
    assert (EN.time(exact), EN.published(exact)) == ("07:30", "2 Apr 2022, 07:30")


@pytest.mark.parametrize(
    ("precision", "beside", "en", "zh"),
    [
        ("day", "", "2 April 2022", "2022年4月2日"),
        ("month", "Apr 2022", "April 2022", "2022年4月"),
        ("year", "2022", "2022", "2022年"),
    ],
)
def test_a_date_is_told_as_far_as_it_is_known(precision: str, beside: str, en: str, zh: str) -> None:
    dated = article(
        published=datetime(2022, 4, 2, tzinfo=UTC), published_precision=precision, day=date(2022, 4, 2)
    )
    assert (EN.time(dated), EN.short_date(dated)) == (beside, beside or "2 Apr 2022")
    assert (EN.published(dated), ZH.published(dated)) == (en, zh)
    assert (EN.stated_day(dated), ZH.stated_day(dated)) == (en, zh)


def test_a_day_of_ours_is_not_given_for_one_of_theirs() -> None:
    undated = article(day=date(2026, 11, 24))
    assert EN.published(undated) == "No date; archived 24 November 2026"
    assert ZH.published(undated) == "无日期；2026年11月24日存档"
    assert (EN.time(undated), EN.short_date(undated), EN.stated_day(undated)) == ("no date", "no date", "")


def test_counts_agree_with_their_noun() -> None:
    assert [EN.articles(count) for count in (0, 1, 1234)] == ["0 articles", "1 article", "1,234 articles"]
    assert [ZH.articles(count) for count in (0, 1, 1234)] == ["0篇文章", "1篇文章", "1,234篇文章"]


def test_lengths_are_words_in_english_and_characters_in_chinese() -> None:
    assert EN.length(article(text="word " * 460)) == "460 words, 2 min"
    assert EN.length(article(text="字，" * 700, language="zh")) == "700 characters, 2 min"
    japanese = article(text="カタカナとひらがなと漢字。" * 100, language="ja")
    assert EN.length(japanese) == "1,200 characters, 3 min"
    assert EN.length(article(text="한국어 뉴스 입니다 " * 100, language="ko")) == "300 words, 1 min"
    assert EN.length(article(text="")) == ""


def test_a_language_that_cannot_be_told_is_another() -> None:
    assert EN.language_name("und") == EN.language_name("") == "Other" and EN.language_name("ja") == "ja"


def test_names_follow_the_interface_and_long_ones_are_cut() -> None:
    paper = source(name_en="Beijing Daily", name_zh="北京日报")
    assert (EN.source_name(paper, "x"), ZH.source_name(paper, "x")) == ("Beijing Daily", "北京日报")
    assert EN.source_name(None, "gone") == "gone"
    assert len(EN.source_name(source(title="long " * 99), "x")) <= 80


def test_spans_of_days() -> None:
    since, until = date(2021, 11, 1), date(2022, 4, 30)
    assert EN.span(Selection(since=since, until=until)) == "1 Nov 2021 – 30 Apr 2022"
    assert ZH.span(Selection(since=since)) == "2021年11月1日 –"


def test_each_run_of_text_says_its_language() -> None:
    assert voiced([("The 双奥之城 case", False)], "en") == (
        ("The ", False, ""),
        ("双奥之城", False, "zh-Hans"),
        (" case", False, ""),
    )
    assert voiced([("HICOOL搭台", False)], "zh-Hans") == (("HICOOL搭台", False, ""),)
    assert voiced([("国际", True)], "en") == (("国际", True, "zh-Hans"),)
    assert voiced([("Ünïcode 国", False)], "und") == (("Ünïcode 国", False, ""),)
    assert (tag_of("Beijing Daily"), tag_of("cnBeta 中文")) == ("en", "zh-Hans")
