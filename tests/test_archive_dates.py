"""Dates as feeds and pages spell them; none is guessed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from conftest import shared
from hypothesis import given
from hypothesis import strategies as some

from archive.dates import parse_date

READ = {
    "Mon, 19 Nov 2018 08:10:26 GMT": ("2018-11-19T08:10:26", "second"),
    "Tue,  3 Jan 2006 08:27:57 GMT": ("2006-01-03T08:27:57", "second"),
    "Wed, 5 Nov 2025 13:52:10  EST": ("2025-11-05T18:52:10", "second"),
    "Sat, 02 Apr 22 08:30 GMT": ("2022-04-02T08:30:00", "minute"),
    "Thu,28 Jul 2022 4:35:5 GMT+9": ("2022-07-27T19:35:05", "second"),
    "Sat Oct 06 2018 00:00:00 GMT+0800 (中国标准时间)": ("2018-10-05T16:00:00", "second"),
    "Sat Apr 02 08:30:00 +0800 2022": ("2022-04-02T00:30:00", "second"),
    "Sat Apr  2 08:30:00 2022": ("2022-04-02T08:30:00", "second"),
    "2022-04-02 08:30:00 +0800 CST": ("2022-04-02T00:30:00", "second"),
    "2022-04-02T08:30:00.123+08:00[Asia/Shanghai]": ("2022-04-02T00:30:00", "second"),
    "2022-04-02 08:30 Asia/Shanghai": ("2022-04-02T00:30:00", "minute"),
    "2022-04-02 08:30:00 北京时间": ("2022-04-02T00:30:00", "second"),
    "2005-03-31T20:37:43+0000": ("2005-03-31T20:37:43", "second"),
    "2022-07-28T03:40:34.000000000Z": ("2022-07-28T03:40:34", "second"),
    "20220402T083000Z": ("2022-04-02T08:30:00", "second"),
    "202204020830": ("2022-04-02T08:30:00", "minute"),
    "2022-04-02T24:00:00Z": ("2022-04-03T00:00:00", "second"),
    "2016-12-31T23:59:60Z": ("2017-01-01T00:00:00", "second"),
    "2022-04-02": ("2022-04-02T00:00:00", "day"),
    "2022-04": ("2022-04-01T00:00:00", "month"),
    "2022": ("2022-01-01T00:00:00", "year"),
    "2022年4月2日": ("2022-04-02T00:00:00", "day"),
    "2022年4月": ("2022-04-01T00:00:00", "month"),
    "2022年4月2日 星期六 下午3:05": ("2022-04-02T15:05:00", "minute"),
    "2022年04月02日08时30分": ("2022-04-02T08:30:00", "minute"),
    "2022年4月2日 中午12:30": ("2022-04-02T12:30:00", "minute"),
    "二〇二二年十二月二十一日": ("2022-12-21T00:00:00", "day"),
    "民國111年4月2日": ("2022-04-02T00:00:00", "day"),
    "２０２２年４月２日 08：30": ("2022-04-02T08:30:00", "minute"),
    "2022-04-02（星期六）08:30": ("2022-04-02T08:30:00", "minute"),
    "周六, 02 四月 2022": ("2022-04-02T00:00:00", "day"),
    "2022년 4월 2일 오후 3:05": ("2022-04-02T15:05:00", "minute"),
    "2022/04/02 08:30": ("2022-04-02T08:30:00", "minute"),
    "2020/1/10 14:33:00": ("2020-01-10T14:33:00", "second"),
    "07.02.2025": ("2025-02-07T00:00:00", "day"),
    "25/12/2022": ("2022-12-25T00:00:00", "day"),
    "12/25/2022 08:00 pm": ("2022-12-25T20:00:00", "minute"),
    "05/05/2020": ("2020-05-05T00:00:00", "day"),
    "April 2, 2022": ("2022-04-02T00:00:00", "day"),
    "Dec 9th, 2025 at 9am": ("2025-12-09T09:00:00", "minute"),
    "Samstag, 2. April 2022": ("2022-04-02T00:00:00", "day"),
    "2 de abril de 2022": ("2022-04-02T00:00:00", "day"),
    "จ., 23 พ.ค. 2005 09:00:05 +0000": ("2005-05-23T09:00:05", "second"),
    "1648859400": ("2022-04-02T00:30:00", "second"),
    "1648859400000": ("2022-04-02T00:30:00", "second"),
    "Sat, 02 Apr 2022 08:30:00 QQQ": ("2022-04-02T08:30:00", "second"),
    "Wed, 01 Jan 2098 00:00:00 GMT": ("2098-01-01T00:00:00", "second"),
}
UNREADABLE = (
    *("", "   ", "4月2日", "3小时前", "昨天", "Sunday, April 2", "05/20 7:03 am", "04/02/2022", "2022-13-01"),
    *(
        "2022-02-30",
        "Sat, 32 Apr 2022 08:30:00 Z",
        "2004-10-067T00:00:00+02:00",
        "0000-00-00 00:00:00",
        "2022040208",
    ),
    *("Mon, 01 Jan 0001 00:00:00 GMT", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-08:00", "2022-04-02T08"),
    *("2022-04-02T25:00:00Z", "2022-04-02T08:61:00Z", "2022-04-02T08:30:00-25:00", "2022-04-02 or later"),
    *("2022-04-02 08:30 ../etc/passwd", "2024-W05", "9" * 5_000, "2022-04-02 " * 9),
)


@pytest.mark.parametrize("raw", READ)
def test_dates_are_read_in_every_spelling(raw: str) -> None:
    found = parse_date(raw)
    assert found is not None
    assert (found.moment.strftime("%Y-%m-%dT%H:%M:%S"), found.precision) == READ[raw]
    assert found.moment.tzinfo == UTC


@pytest.mark.parametrize("raw", UNREADABLE, ids=lambda raw: raw[:30])
def test_what_is_not_sure_is_none(raw: str) -> None:
    assert parse_date(raw) is None


def test_zones_that_two_countries_share_go_by_the_language() -> None:
    raw = "Sat, 02 Apr 2022 08:30:00 CST"
    assert parse_date(raw, language="zh-CN").moment == datetime(2022, 4, 2, 0, 30, tzinfo=UTC)  # type: ignore[union-attr]
    assert parse_date(raw, language="en").moment == datetime(2022, 4, 2, 14, 30, tzinfo=UTC)  # type: ignore[union-attr]


@given(
    some.text(max_size=60)
    | some.from_regex(r"[0-9]{4}[-/年][0-9]{1,2}[-/月][0-9]{1,2}[日T ]?[0-9:+Z]{0,12}", fullmatch=True)
)
def test_nothing_raises_and_all_is_utc(raw: str) -> None:
    found = parse_date(raw, language="zh")
    assert found is None or (found.moment.tzinfo == UTC and 1970 <= found.moment.year <= 9999)


def test_every_spelling_met_in_real_feeds_is_read() -> None:
    rows = [json.loads(line) for line in shared("data/feeds/date_formats.jsonl").read_text().splitlines()]
    unread = [row["raw"] for row in rows if parse_date(row["raw"]) is None]
    assert unread == ["05/20 7:03 am", "2004-10-067T00:00:00+02:00"]
