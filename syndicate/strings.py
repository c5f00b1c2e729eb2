"""The words of the interface in English and Chinese, and how each writes dates, times and numbers. Pure."""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from archive.errors import UsageError
from archive.mistakes import SENTENCES, said
from archive.model import Article, Selection, Source, Topic

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DAYS_ZH = "一二三四五六日"
CHINESE = re.compile(r"[《“（]?[\u3400-\u9fff][\u3400-\u9fff\u3000-\u303f\uff00-\uffef“”‘’…·]*")
ENGLISH = re.compile(r"[A-Za-z][A-Za-z’'-]*(?:[ ,;:]+[A-Za-z][A-Za-z’'-]*){3,}[.!?]?")
LONGEST_NAME = 80
WORDS_A_MINUTE, CHARACTERS_A_MINUTE = 230, 350
COARSE = {"year": 4, "month": 7, "day": 10}  # precisions, and how much of an ISO date they know
# Ideographs, and the kana of Japanese with their marks.
NO_CHARACTERS = re.compile("[^\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff]+")


@cache
def strings(language: str) -> Mapping[str, str]:
    """All words of the interface in one language."""
    return tomllib.loads(Path(__file__).with_name(f"strings.{language}.toml").read_text(encoding="utf-8"))


@cache
def mistakes(language: str) -> Mapping[str, str]:
    """What is said of mistakes in a language; what archive.mistakes says of them is English."""
    path = Path(__file__).with_name(f"mistakes.{language}.toml")
    return SENTENCES if language == "en" else tomllib.loads(path.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The interface in one language and time zone, with the text size and Chinese script the reader chose.

    ``host`` is where the reader came to, and by which ``scheme``, while no address is set and so feeds name
    another.
    """

    language: str
    zone: ZoneInfo
    size: str = "middle"
    script: str = ""
    host: str = ""
    scheme: str = "https"

    def __getitem__(self, key: str) -> str:
        return strings(self.language)[key]

    @property
    def tag(self) -> str:
        """The language tag of the interface."""
        return "zh-Hans" if self.language == "zh" else "en"

    def said(self, key: str, *values: object, **named: object) -> str:
        """A sentence with values in it."""
        return strings(self.language)[key].format(*values, **named)

    def mistake(self, error: UsageError) -> str:
        """What an error says; that of a query or parameter in the language of the interface."""
        known = mistakes(self.language).get(error.key)
        return said(known, error.values, self["or"]) if known else str(error)

    def number(self, value: int) -> str:
        """A whole number with its thousands apart."""
        return f"{value:,}"

    def articles(self, count: int) -> str:
        """A count of articles."""
        return self["articles_one"] if count == 1 else self.said("articles", self.number(count))

    def sources(self, count: int) -> str:
        """A count of sources."""
        return self["sources_one"] if count == 1 else self.said("sources_count", self.number(count))

    def day(self, day: date, *, weekday: bool = False) -> str:
        """A day in words."""
        if self.language == "zh":
            ending = f" 星期{DAYS_ZH[day.weekday()]}" if weekday else ""
            return f"{day.year}年{day.month}月{day.day}日{ending}"
        beginning = f"{DAYS[day.weekday()]}, " if weekday else ""
        return f"{beginning}{day.day} {MONTHS[day.month - 1]} {day.year}"

    def month(self, day: date) -> str:
        """The month of a day in words."""
        return (
            f"{day.year}年{day.month}月" if self.language == "zh" else f"{MONTHS[day.month - 1]} {day.year}"
        )

    def year(self, day: date) -> str:
        """The year of a day."""
        return f"{day.year}年" if self.language == "zh" else str(day.year)

    def month_alone(self, day: date) -> str:
        """The month of a day, where the year stands above it."""
        return f"{day.month}月" if self.language == "zh" else MONTHS[day.month - 1]

    def weekdays(self) -> tuple[tuple[str, str], ...]:
        """The days of the week, from Monday: their letter and their name."""
        if self.language == "zh":
            return tuple((letter, f"星期{letter}") for letter in DAYS_ZH)
        return tuple((name[0], name) for name in DAYS)

    def days(self, since: date | None, until: date | None) -> str:
        """A span of days in words: a day, a month, a year, or from when to when."""
        zh = self.language == "zh"
        if since and until:
            return self.whole(since, until) or f"{self.day(since)}{'至' if zh else ' to '}{self.day(until)}"
        if since:
            return f"{self.day(since)}以来" if zh else f"since {self.day(since)}"
        if until:
            return f"截至{self.day(until)}" if zh else f"until {self.day(until)}"
        return ""

    def whole(self, since: date, until: date) -> str:
        """A span that is a day, a month or whole years, in words; nothing for others."""
        if since == until:
            return self.day(since)
        if since.day == 1 and until == last_of_month(since):
            return self.month(since)
        if (since.month, since.day, until.month, until.day) != (1, 1, 12, 31):
            return ""
        years = dict.fromkeys((self.year(since), self.year(until)))
        return ("至" if self.language == "zh" else "–").join(years)

    def short_day(self, day: date) -> str:
        """A day in little room."""
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"

    def short_month(self, day: date) -> str:
        """The month of a day in little room."""
        return self.month(day) if self.language == "zh" else f"{MONTHS[day.month - 1][:3]} {day.year}"

    def moment(self, moment: datetime) -> str:
        """A day and time in the zone of the site."""
        local = moment.astimezone(self.zone)
        return f"{self.short_day(local.date())}{' ' if self.language == 'zh' else ', '}{local:%H:%M}"

    def time(self, article: Article) -> str:
        """What is said of a date beside the day: its time, or that not even the day is known."""
        if article.published and article.published_precision not in COARSE:
            return f"{article.published.astimezone(self.zone):%H:%M}"
        return "" if article.published and article.published_precision == "day" else self.short_date(article)

    def short_date(self, article: Article) -> str:
        """The day of an article in little room, as far as it is stated."""
        if article.published is None:
            return self["no_date"]
        if article.published_precision == "month" and article.day:
            return self.short_month(article.day)
        return self.as_stated(article, self.short_day)

    def stated_day(self, article: Article) -> str:
        """The day of an article as far as it is stated; empty where it is not: ours is not theirs."""
        return self.as_stated(article, self.day) if article.published else ""

    def as_stated(self, article: Article, whole: Callable[[date], str]) -> str:
        """The year or month of an article where no more is known, else its whole day."""
        written = {"year": self.year, "month": self.month}.get(article.published_precision or "", whole)
        return written(article.day) if article.day else ""

    def published(self, article: Article) -> str:
        """When an article was published, as exactly as that is known; without a date, when it came here."""
        if article.published is None:
            return self.said("no_date_archived", self.day(article.day)) if article.day else self["no_date"]
        if article.published_precision not in COARSE:
            return self.moment(article.published)
        return self.stated_day(article)

    def length(self, article: Article) -> str:
        """How long an article is, in words or characters and minutes."""
        if article.language in ("zh", "ja"):
            count = len(NO_CHARACTERS.sub("", article.text))
            key, pace = "length_zh", CHARACTERS_A_MINUTE
        else:
            count, key, pace = len(article.text.split()), "length_en", WORDS_A_MINUTE
        minutes = max(1, round(count / pace))
        return self.said(key, words=self.number(count), minutes=minutes) if count else ""

    def language_name(self, language: str) -> str:
        """The name of a language of articles."""
        other = self["unknown_language"]
        return {"en": self["english"], "zh": "中文", "und": other, "": other}.get(language, language)

    def topic_name(self, topic: Topic | None, id: str) -> str:
        """The name of a topic."""
        return topic.name(self.language) if topic else id

    def source_name(self, source: Source | None, id: str) -> str:
        """The name of a source; some name themselves with half a page."""
        name = source.name(self.language) if source else id
        return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"

    def span(self, selection: Selection) -> str:
        """The days of a selection, in words."""
        since = self.short_day(selection.since) if selection.since else ""
        until = self.short_day(selection.until) if selection.until else ""
        return f"{since} – {until}".strip() if since or until else ""


def last_of_month(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def tag_of(text: str) -> str:
    """The language to claim for a name: Chinese where it has Chinese characters, else English."""
    return "zh-Hans" if any("\u3400" <= letter <= "\u9fff" for letter in text) else "en"


def voiced(pieces: Iterable[tuple[str, bool]], tag: str) -> tuple[tuple[str, bool, str], ...]:
    """Pieces of a text, each with its language where that is another than the text's: (text, marked, tag).

    Fonts, line breaks and voices depend on it. A Latin name inside Chinese is part of it, a phrase is not.
    """
    if not tag.startswith(("zh", "en")):
        return tuple((text, marked, "") for text, marked in pieces if text)
    inside, other = (CHINESE, "zh-Hans") if tag.startswith("en") else (ENGLISH, "en")
    found: list[tuple[str, bool, str]] = []
    for text, marked in pieces:
        place = 0
        for match in inside.finditer(text):
            found.append((text[place : match.start()], marked, ""))
            found.append((match[0], marked, other))
            place = match.end()
        found.append((text[place:], marked, ""))
    return tuple(piece for piece in found if piece[0])
