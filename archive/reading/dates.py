"""Read the dates that feeds and pages state. Pure. What is not sure is None: no guessed month or day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archive.model import Precision
from archive.reading.date_words import (
    BUDDHIST,
    BY_LANGUAGE,
    EARLY,
    ERAS,
    LATE,
    MONTHS,
    NOON,
    PHRASES,
    PLACES,
    WEEKDAYS,
    ZONES,
    folded,
)

LONGEST = 100
NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def one_of(names: Iterable[str]) -> str:
    """A pattern for any of some names; those met most stand first."""
    return "|".join(map(re.escape, names))


MONTH = rf"(?P<month>{one_of(MONTHS)})\.?"
WEEKDAY = re.compile(
    rf"(?:{one_of(WEEKDAYS.split())})\b[.,]{{0,2}}"
    r"|\(?(?:(?:周|週|星期|礼拜|禮拜)[一二三四五六日天1-6]|[月火水木金土日]曜日?|[월화수목금토일]요일)\)?,?"
    r"|\([一二三四五六日月火水木金土월화수목금토일]\)|[^\W\d_][^\s\d,]{0,15},(?=\s*\d)"
)
# What stands before a date and says that it is one.
PREFIX = re.compile(
    r"(?:(?:发布|發布|發佈|发表|發表|更新|出版|刊登)?(?:时间|時間|日期)|(?:发布|發布|发表|發表|刊登)于"
    r"|(?:published|posted|updated|created|date)(?:\s+(?:on|at))?|on|le|el|il|am|den|ngày)\s*:?\s*(?=\S)"
)
HALF = rf"(?P<half>{one_of(sorted(LATE | EARLY))})"
CLOCK = (
    rf"(?:{HALF}\s*)?(?P<hour>\d{{1,2}})(?:(?::|시|时|時|点|點|h)\s*(?:(?P<minute>\d{{1,2}}|半)"
    r"(?:(?::|分|분)\s*(?:(?P<second>\d{1,2})(?:[.,]\d{1,9})?\s*(?:秒|초)?)?)?)?)?"
)
OTHER_CLOCKS = (
    r"(?P<chour>\d\d)(?P<cminute>\d\d)(?:(?P<csecond>\d\d)(?:[.,]\d{1,9})?)?"
    r"|(?P<dhour>\d{1,2})\.(?P<dminute>\d\d)(?:\.(?P<dsecond>\d\d))?"
)
OFFSET = r"[+\-−]\d{1,2}(?::?\d{1,2})?"
ZONE = rf"(?P<zone>{OFFSET}|[^\W\d_][^\s()\[\]]*(?:\s*{OFFSET})?)"
ZONED = re.compile(r"(?P<name>[^+\-−\d]*)(?:(?P<sign>[+\-−])(?P<offset>[\d:]+))?")
# An offset may be followed by its name: in brackets, or as Go writes it.
AFTER = r"(?:(?<=\d)\s+(?:[a-z]{2,5}|[+\-]\d\d)(?:\s+m=\S+)?)?(?:\s*[(\[](?P<bracketed>[^()\[\]]*)[)\]])?"
TIME = re.compile(
    rf"[t,\s]*(?:at\s+|um\s+|à\s+|kl\.?\s+)?(?:{CLOCK}|{OTHER_CLOCKS})"
    rf"(?:\s*(?P<half2>[ap]\.?m\.?(?!\w)))?(?:\s*{ZONE})?{AFTER}"
)
DAY = r"(?P<day>\d{1,2})"
YEAR = r"(?P<year>\d{4})"
DATES = tuple(
    map(
        re.compile,
        (
            rf"{YEAR}-(?P<month>\d{{1,2}})-{DAY}(?![\d-])",
            rf"{DAY}(?:st|nd|rd|th|\.|º)?(?:\s+of|\s+de|\s*-|\s*,)?\s*{MONTH},?(?:\s+de|\s*-)?\s*(?P<year>\d{{4}}|\d\d(?!\d|:))\.?",
            rf"{YEAR}([/.])\s?(?P<month>\d{{1,2}})\2\s?{DAY}(?![\d/])",
            rf"{YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*{DAY}\s*[日号號일]",
            r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?=t|$|\d{4,6}$|\s)",
            rf"{YEAR}[\s.,-]+{MONTH}[\s-]*{DAY}(?!\d)\.?",
            rf"{DAY}\s+(?P<month>\d{{1,2}})\s*[月월],?\s*{YEAR}",
            rf"{DAY}\s*(?:tháng|thg\.?)\s*(?P<month>\d{{1,2}})(?:,|\s+năm)?\s+{YEAR}",
            rf"{MONTH}[\s-]*{DAY}(?:st|nd|rd|th)?,?[\s-]+{YEAR}(?!:)",
            rf"{MONTH}\s+{DAY},?\s+(?P<middle>\d\d:\d\d(?::\d\d)?(?:\s+(?:[a-z]+|[+-]\d{{4}}))?)\s+{YEAR}",
            rf"{DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{YEAR}(?!\d)",
            rf"(?P<one>\d{{1,2}})([/-])(?P<other>\d{{1,2}})\2{YEAR}(?!\d)",
        ),
    )
)
DAY_ZONE = re.compile(rf"z|{OFFSET}")
COARSE = (
    re.compile(rf"{YEAR}(?:[-/]|\s*[年년]\s*)(?P<month>\d{{1,2}})\s*[月월]?"),
    re.compile(rf"{MONTH},?\s+{YEAR}"),
    re.compile(rf"{YEAR}\s*[年년]?"),
)
# 2001 to 2030 in seconds, milliseconds or less; ten digits from 19… on may be a day and an hour.
EPOCH = re.compile(r"(?:/date\()?(1[0-8]\d{8})(?:(?:\d{3}){0,3}|\.\d{1,9})(?:[+-]\d{4})?(?:\)/)?")
OF_AN_ERA = re.compile(rf"({one_of(ERAS)})\s*(\d{{1,3}}|元)\s*年")
UNSET = datetime(1970, 1, 1, tzinfo=UTC)
# The two forms that nearly all feeds use, RFC 822 and RFC 3339, as far as they leave nothing to weigh.
TO_THE_SECOND = (
    r"T?([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.\d{1,9})? ?(?:GMT|Z|([+-])(0\d|1[0-3]):?([0-5]\d))"
)
IN_NUMBERS = re.compile(rf"(20\d\d)-(\d\d)-(\d\d){TO_THE_SECOND}", re.ASCII)
IN_ENGLISH = re.compile(
    rf"(?:[A-Z][a-z][a-z], )?(\d\d?) ([A-Z][a-z][a-z]) (20\d\d) {TO_THE_SECOND}", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A stated time in UTC, and how exactly it was stated; a bare day is its midnight."""

    moment: datetime
    precision: Precision


def parse_date(raw: str | None, *, language: str | None = None, zone: tzinfo = UTC) -> Moment | None:
    """The time that a text states, or None.

    ``language`` settles zones such as CST; a time without a zone is one of ``zone``. The first second of 1970
    is what programs write that know no date.
    """
    if not raw or len(raw) > LONGEST:
        return None
    if moment := at_once(raw):
        return Moment(moment=moment, precision="second")
    text = plain_digits(plain_words(folded(raw)))
    spoken = (language or "").partition("-")[0] or ("zh" if "年" in text else "")
    try:
        found = from_epoch(text) or from_calendar(text, spoken, zone) or coarse(text)
    except (ValueError, OverflowError):
        return None
    if found is None or found.moment.year < 1970:
        return None
    return None if found.moment == UNSET and found.precision in ("minute", "second") else found


def at_once(raw: str) -> datetime | None:
    """The time that a text states in one of the two common forms, without a look at any other."""
    if match := IN_NUMBERS.fullmatch(raw):
        year, month, day, *rest = match.groups()
    elif match := IN_ENGLISH.fullmatch(raw):
        day, month, year, *rest = match.groups()
    else:
        return None
    hour, minute, second, sign, hours, minutes = rest
    with suppress(ValueError, KeyError):
        number = int(month) if month.isdigit() else MONTHS[month.lower()]
        moment = datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        return moment + ahead if sign == "-" else moment - ahead
    return None


def plain_words(text: str) -> str:
    """A text without what only says that it is a date, and with zones of several words in one."""
    if " time" in text:
        for phrase, name in PHRASES.items():
            text = text.replace(phrase, name)
    if match := PREFIX.match(text):
        text = text[match.end() :]
    return f"{text[4:]} 北京时间" if text.startswith("北京时间") else text


def plain_digits(text: str) -> str:
    """A text with the numbers of a Chinese date, and its years of an era, as digits."""
    if "年" not in text:
        return text
    text = re.sub("[〇零一二三四五六七八九十百]+(?=[年月日号號时時点點分])", number, text)
    return OF_AN_ERA.sub(lambda match: f"{ERAS[match[1]] + int(match[2].replace('元', '1'))}年", text)


def number(match: re.Match[str]) -> str:
    """A Chinese number below two hundred, or one read digit by digit, in digits."""
    hundreds, hundred, rest = match[0].rpartition("百")
    tens, ten, ones = rest.partition("十")
    if ten:
        tens, ones = tens or "一", ones or "零"
    digits = (tens + ones).lstrip("零" if hundred else "").translate(NUMERALS)
    return (hundreds or "一").translate(NUMERALS) + digits.zfill(2) if hundred else digits


def from_epoch(text: str) -> Moment | None:
    """Time since 1970 in seconds or parts of them, as far as it cannot be anything else."""
    match = EPOCH.fullmatch(text)
    return Moment(moment=datetime.fromtimestamp(int(match[1]), UTC), precision="second") if match else None


def from_calendar(text: str, language: str, zone: tzinfo) -> Moment | None:
    """A day, with a time or alone; nothing in the text may be left over."""
    text = without_weekday(text)
    for pattern in DATES:
        if match := pattern.match(text):
            found = match.groupdict()
            day = datetime(year(found), *month_and_day(found), tzinfo=UTC)
            rest = without_weekday(f"{found.get('middle') or ''} {text[match.end() :]}".strip(" ,;."))
            if not rest or DAY_ZONE.fullmatch(rest):
                return Moment(moment=day, precision="day")
            return at_time(day, rest, language, zone)
    return None


def without_weekday(text: str) -> str:
    """A text without the weekday that it begins with."""
    match = WEEKDAY.match(text)
    is_weekday = match is not None and match[0].strip(".,") not in MONTHS
    return text[match.end() :].strip(" ,;-") if match and is_weekday else text


def year(found: Mapping[str, str | None]) -> int:
    """A year; two digits are of the years from 1970 on (RFC 822 had but two); Thai ones count from Buddha."""
    text, month = found["year"] or "", found.get("month") or ""
    number = int(text)
    if "\u0e00" <= month[:1] <= "\u0e7f" and number > 2_400:
        return number - BUDDHIST
    return number if len(text) == 4 else number + (1900 if number >= 70 else 2000)


def month_and_day(found: Mapping[str, str | None]) -> tuple[int, int]:
    """The month and the day; raises ValueError when it is not certain which is which."""
    if one := found.get("one"):
        pair = int(one), int(found.get("other") or 0)
        if max(pair) <= 12 and pair[0] != pair[1]:
            raise ValueError("day and month may be either")
        return min(pair), max(pair)
    month, day = found.get("month") or "", found.get("day") or ""
    return MONTHS.get(month) or int(month), int(day)


def at_time(day: datetime, text: str, language: str, local: tzinfo) -> Moment | None:
    """A day at the time that the rest of the text states."""
    match = TIME.fullmatch(text)
    if match is None:
        return None
    found = match.groupdict()
    hour, minute, second = (
        found[name] or found[f"c{name}"] or found[f"d{name}"] for name in ("hour", "minute", "second")
    )
    half = found["half"] or found["half2"]
    if minute is None and half is None and not re.search("[时時点點시h]", text):
        return None
    zone = zone_in(found, language, local)
    minutes = 30 if minute == "半" else int(minute or 0)
    since = timedelta(hours=on_clock(int(hour), half), minutes=minutes, seconds=int(second or 0))
    if zone is None or since > timedelta(days=1) or minutes > 59 or int(second or 0) > 60:
        return None
    moment = (day + since).replace(tzinfo=zone).astimezone(UTC)
    return Moment(moment=moment, precision="minute" if second is None else "second")


def on_clock(hour: int, half: str | None) -> int:
    """The hour of twenty-four, from one that may be of twelve; raises ValueError where it may be two."""
    if half is None or hour > 12:
        return hour
    is_late = half in LATE or half.startswith("p")
    if hour == 12:
        if half.startswith("晚"):
            raise ValueError("twelve at night may be that of either day")
        return 12 if is_late else 0
    return hour + 12 if is_late and not (half == NOON and hour > 2) else hour


def zone_in(found: Mapping[str, str | None], language: str, local: tzinfo) -> tzinfo | None:
    """The zone of a time: as stated, else as stated in brackets, else the local one; None for nonsense."""
    if zone := found["zone"]:
        return zone_of(zone, language)
    bracketed = (found["bracketed"] or "").strip()
    return (zone_of(bracketed, language) if bracketed else None) or local


def zone_of(text: str, language: str) -> tzinfo | None:
    """A stated zone: an offset, a name, or an offset after a name (``GMT+9`` is nine hours ahead)."""
    match = ZONED.fullmatch(text)
    if match is None:
        return None
    name, sign, offset = match["name"].strip(), match["sign"], match["offset"]
    if offset:
        digits = offset.replace(":", "")
        hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
        ahead = timedelta(hours=hours, minutes=minutes)
        is_true = hours <= 14 and minutes < 60 and "/" not in name
        return timezone(ahead if sign == "+" else -ahead) if is_true else None
    if "/" in name:
        return place("/".join(part.title() for part in name.split("/")))
    if name in PLACES:
        return place(PLACES[name])
    known = BY_LANGUAGE.get((name, language), ZONES.get(name))
    if known is not None:
        return timezone(timedelta(minutes=known))
    # RFC 5322 section 4.3: a name that nobody knows says no more than UTC.
    return UTC if re.fullmatch("[a-z]{1,5}", name) else None


def place(name: str) -> tzinfo | None:
    """The zone of a place such as Asia/Shanghai."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def coarse(text: str) -> Moment | None:
    """A month or a year alone."""
    for pattern in COARSE:
        if match := pattern.fullmatch(text):
            month = match.groupdict().get("month")
            first = datetime(
                int(match["year"]), MONTHS.get(month) or int(month) if month else 1, 1, tzinfo=UTC
            )
            return Moment(moment=first, precision="month" if month else "year")
    return None
