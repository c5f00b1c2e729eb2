"""Read the dates that feeds and pages state. Pure. What is not sure is None: no guessed month or day."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archive.model import Precision

LONGEST = 100
# The months as sources spell them, twelve of each language, variants after a stroke.
MONTHS: Mapping[str, int] = {
    name: number
    for row in (
        "jan|january feb|february mar|march apr|april may jun|june jul|july aug|august sep|sept|september"
        " oct|october nov|november dec|december",
        "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
        "januar|jänner|jän februar märz|mrz|mär april mai juni juli august september oktober|okt november"
        " dezember|dez",
        "janvier|janv février|févr|fév|fevrier mars avril|avr mai juin juillet|juil août|aout septembre"
        " octobre novembre décembre|déc|decembre",
        "enero|ene febrero marzo abril|abr mayo junio julio agosto|ago septiembre|setiembre octubre"
        " noviembre diciembre|dic",
        "janeiro fevereiro|fev março|marco abril maio|mai junho julho agosto setembro|set outubro|out"
        " novembro dezembro",
        "gennaio|gen febbraio marzo aprile maggio|mag giugno|giu luglio|lug agosto settembre ottobre|ott"
        " novembre dicembre",
        "januari februari maart|mrt april mei juni juli augustus september oktober november december",
        "января|январь|янв февраля|февраль|фев|февр марта|март|мар апреля|апрель|апр мая|май июня|июнь|июн"
        " июля|июль|июл августа|август|авг сентября|сентябрь|сен|сент октября|октябрь|окт"
        " ноября|ноябрь|ноя|нояб декабря|декабрь|дек",
        "มกราคม|ม.ค กุมภาพันธ์|ก.พ มีนาคม|มี.ค เมษายน|เม.ย พฤษภาคม|พ.ค มิถุนายน|มิ.ย กรกฎาคม|ก.ค"
        " สิงหาคม|ส.ค กันยายน|ก.ย ตุลาคม|ต.ค พฤศจิกายน|พ.ย ธันวาคม|ธ.ค",
    )
    for number, names in enumerate(row.split(), 1)
    for name in unicodedata.normalize("NFKC", names).split("|")
}
# Zones by name, in minutes. RFC 5322 has the American ones; CST and IST are settled by the language.
ZONES: Mapping[str, int] = {
    name: minutes
    for minutes, names in {
        -600: "hst",
        -540: "akst",
        -480: "akdt pst",
        -420: "pdt mst",
        -360: "mdt cst",
        -300: "cdt est",
        -240: "edt ast",
        -210: "nst",
        -180: "adt brt",
        -150: "ndt",
        0: "z ut utc gmt wet 世界时",
        60: "bst west cet mez",
        120: "cest mesz eet",
        180: "eest msk",
        300: "pkt",
        330: "ist",
        420: "ict wib",
        480: "hkt sgt awst 北京时间 北京時間 中国标准时间 台北時間 香港时间 香港時間",
        540: "jst kst",
        570: "acst",
        600: "aest",
        630: "acdt",
        660: "aedt",
        720: "nzst",
        780: "nzdt",
    }.items()
    for name in names.split()
}
BY_LANGUAGE: Mapping[tuple[str, str], int] = {("cst", "zh"): 480, ("ist", "he"): 120, ("ist", "ga"): 60}
LATE = frozenset({"pm", "p.m.", "下午", "晚上", "晚间", "傍晚", "午後", "오후"})
EARLY = frozenset({"am", "a.m.", "上午", "凌晨", "早上", "清晨", "中午", "午前", "오전"})
NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")

MONTH = rf"(?P<month>{'|'.join(map(re.escape, sorted(MONTHS, key=len, reverse=True)))})\.?"
WEEKDAY = re.compile(
    r"(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b[.,]?"
    r"|\(?(?:周|週|星期|礼拜|禮拜)[一二三四五六日天1-6]\)?,?|\([一二三四五六日月火水木金土월화수목금토]\)|[^\W\d_][^\s\d,]{0,15},(?=\s*\d)"
)
HALF = rf"(?P<half>{'|'.join(map(re.escape, sorted(LATE | EARLY, key=len, reverse=True)))})"
CLOCK = (
    rf"(?:{HALF}\s*)?(?P<hour>\d{{1,2}})(?:(?::|시|时|時|点|點|h)\s*(?:(?P<minute>\d{{1,2}})"
    r"(?:(?::|分|분)\s*(?:(?P<second>\d{1,2})(?:[.,]\d{1,9})?\s*(?:秒|초)?)?)?)?)?"
)
COMPACT_CLOCK = r"(?P<hour>\d\d)(?P<minute>\d\d)(?:(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
ZONE = r"(?P<zone>[+\-−]\d{1,2}(?::?\d\d)?|[^\W\d_][^\s()\[\]]*(?:\s*[+\-−]\d{1,2}(?::?\d\d)?)?)"
ZONED = re.compile(r"(?P<name>[^+\-−\d]*)(?:(?P<sign>[+\-−])(?P<offset>[\d:]+))?")
# An offset may be followed by its name: in brackets, or as Go writes it.
AFTER = r"(?:(?<=\d)\s+[a-z]{2,5})?(?:\s*[(\[][^()\[\]]*[)\]])?"
TIME = re.compile(rf"[t,\s]*(?:at\s+|um\s+|à\s+)?(?:{CLOCK}|{COMPACT_CLOCK.replace('?P<', '?P<c')})"
                  rf"(?:\s*(?P<half2>[ap]\.?m\.?\b))?(?:\s*{ZONE})?{AFTER}")  # fmt: skip
DAY = r"(?P<day>\d{1,2})"
YEAR = r"(?P<year>\d{4})"
DATES = tuple(
    map(
        re.compile,
        (
            rf"{YEAR}-(?P<month>\d{{1,2}})-{DAY}(?![\d-])",
            rf"{YEAR}([/.])\s?(?P<month>\d{{1,2}})\2\s?{DAY}(?![\d/])",
            rf"{YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*{DAY}\s*[日号號일]",
            r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?=t|$|\d{4,6}$|\s)",
            rf"{DAY}(?:st|nd|rd|th|\.|º)?(?:\s+of|\s+de|\s*-|\s*,)?\s*{MONTH},?(?:\s+de|\s*-)?\s*(?P<year>\d{{4}}|\d\d(?!\d|:))\.?",
            rf"{MONTH}\s*{DAY}(?:st|nd|rd|th)?,?\s+{YEAR}(?!:)",
            rf"{MONTH}\s+{DAY},?\s+(?P<middle>\d\d:\d\d(?::\d\d)?(?:\s+(?:[a-z]+|[+-]\d{{4}}))?)\s+{YEAR}",
            rf"{DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{YEAR}(?!\d)",
            rf"(?P<one>\d{{1,2}})([/-])(?P<other>\d{{1,2}})\2{YEAR}(?!\d)",
        ),
    )
)
COARSE = (
    re.compile(rf"{YEAR}(?:[-/]|\s*[年년]\s*)(?P<month>\d{{1,2}})\s*[月월]?"),
    re.compile(rf"{MONTH},?\s+{YEAR}"),
    re.compile(rf"{YEAR}\s*[年년]?"),
)
EPOCH = re.compile(r"1[0-8]\d{8}(?:\d{3})?")  # 2001 to 2030; ten digits from 19… on may be a day and an hour
REPUBLIC = re.compile(r"^(?:中華民國|民國|中华民国|民国)\s*(\d{1,3})\s*年")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A stated time in UTC, and how exactly it was stated; a bare day is its midnight."""

    moment: datetime
    precision: Precision


def parse_date(raw: str | None, *, language: str | None = None, zone: tzinfo = UTC) -> Moment | None:
    """The time that a text states, or None.

    ``language`` settles zones such as CST; a time without a zone is one of ``zone``.
    """
    if not raw or len(raw) > LONGEST:
        return None
    text = plain_digits(" ".join(unicodedata.normalize("NFKC", raw).casefold().split()))
    try:
        found = (
            from_epoch(text) or from_calendar(text, (language or "").partition("-")[0], zone) or coarse(text)
        )
    except (ValueError, OverflowError):
        return None
    return found if found and found.moment.year >= 1970 else None


def plain_digits(text: str) -> str:
    """Text with the numbers of a Chinese date, and its years of the Republic, as digits."""
    if "年" not in text:
        return text
    text = REPUBLIC.sub(lambda match: f"{int(match[1]) + 1911}年", text)
    return re.sub("[〇零一二三四五六七八九十]+(?=[年月日号號时時点點分])", number, text)


def number(match: re.Match[str]) -> str:
    """A Chinese number below a hundred, or one read digit by digit, in digits."""
    tens, ten, ones = match[0].partition("十")
    if ten:
        tens, ones = tens or "一", ones or "零"
    return (tens + ones).translate(NUMERALS)


def from_epoch(text: str) -> Moment | None:
    """Seconds or milliseconds since 1970, as far as they cannot be anything else."""
    if not EPOCH.fullmatch(text):
        return None
    return Moment(moment=datetime.fromtimestamp(int(text[:10]), UTC), precision="second")


def from_calendar(text: str, language: str, zone: tzinfo) -> Moment | None:
    """A day, with a time or alone; nothing in the text may be left over."""
    text = (
        WEEKDAY.sub("", text, count=1).strip()
        if (match := WEEKDAY.match(text)) and match[0] not in MONTHS
        else text
    )
    for pattern in DATES:
        if match := pattern.match(text):
            found = match.groupdict()
            day = datetime(year(found["year"]), *month_and_day(found), tzinfo=UTC)
            rest = f"{found.get('middle') or ''} {text[match.end() :]}".strip()
            rest = WEEKDAY.sub("", rest, count=1).strip(" ,;-") if WEEKDAY.match(rest) else rest.lstrip(" ,;")
            if not rest:
                return Moment(moment=day, precision="day")
            return at_time(day, rest, language, zone)
    return None


def year(text: str) -> int:
    """A year; two digits are of the years from 1970 on (RFC 822 had only two)."""
    number = int(text)
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
    hour, minute, second = (found[name] or found[f"c{name}"] for name in ("hour", "minute", "second"))
    half = found["half"] or found["half2"]
    if minute is None and half is None and not re.search("[时時点點시h]", text):
        return None
    zone = zone_of(found["zone"], language) if found["zone"] else local
    if zone is None:
        return None
    since = timedelta(hours=on_clock(int(hour), half), minutes=int(minute or 0), seconds=int(second or 0))
    if since > timedelta(days=1) or int(minute or 0) > 59 or int(second or 0) > 60:
        return None
    moment = (day + since).replace(tzinfo=zone).astimezone(UTC)
    return Moment(moment=moment, precision="minute" if second is None else "second")


def on_clock(hour: int, half: str | None) -> int:
    """The hour of twenty-four, from one that may be of twelve."""
    if half is None or hour > 12:
        return hour
    is_late = half in LATE or half.startswith("p")
    if hour == 12:
        return 12 if is_late or half == "中午" else 0
    return hour + 12 if is_late else hour


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
        return None if "/" in name else timezone(ahead if sign == "+" else -ahead)
    if "/" in name:
        return place(name)
    known = BY_LANGUAGE.get((name, language), ZONES.get(name))
    if known is not None:
        return timezone(timedelta(minutes=known))
    # RFC 5322 section 4.3: a name that nobody knows says no more than UTC.
    return UTC if re.fullmatch("[a-z]{1,5}", name) else None


def place(name: str) -> tzinfo | None:
    """The zone of a place such as Asia/Shanghai."""
    try:
        return ZoneInfo("/".join(part.title() for part in name.split("/")))
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
