"""Lines at the head and foot of documents: every usual form is read, and no line of text is taken for one."""

from __future__ import annotations

import pytest

from archive.reading.bylines import dateline
from archive.reading.heads import facts, foot

DAY = "2022-04-02"


@pytest.mark.parametrize(
    ("line", "date", "source", "authors"),
    [
        ("2022-04-02 08:30 来源：新华社 作者：张三", "2022-04-02 08:30", "新华社", "张三"),
        ("2022年04月02日 08:30:15来源：新华网", "2022年04月02日 08:30:15", "新华网", None),
        ("来源：北京日报 | 作者：范俊生 | 2022-04-02", DAY, "北京日报", "范俊生"),
        ("来源：《北京日报》 2022年4月2日", "2022年4月2日", "北京日报", None),
        ("【发布时间：2022-04-02】 【来源：北京日报】 【字号：大中小】", DAY, "北京日报", None),
        ("作者：范俊生　　发布时间：2022-04-02　　来源：北京日报", DAY, "北京日报", "范俊生"),
        ("时间：2022-04-02 来源：北京日报 作者：范俊生 浏览：123次", DAY, "北京日报", "范俊生"),
        ("2022-04-02 08:30:15 新华社", "2022-04-02 08:30:15", "新华社", None),
        ("人民日报 2022年04月02日 第04版", "2022年04月02日", "人民日报", None),
        ("《北京日报》（2022年4月2日）", "2022年4月2日", "北京日报", None),
        ("北京日报记者 范俊生 2022-04-02", DAY, "北京日报", "范俊生"),
        ("摘自《北京日报》", None, "北京日报", None),
        ("本报记者 张三 李四", None, None, "张三 李四"),
        ("文/张三 图/李四", None, None, "张三"),
        ("二〇二二年四月二日", "二〇二二年四月二日", None, None),
        ("April 2, 2022 | Beijing Daily | By Fan Junsheng", "April 2, 2022", "Beijing Daily", "Fan Junsheng"),
        ("Fan Junsheng | Beijing Daily | 2022-04-02", DAY, "Beijing Daily", "Fan Junsheng"),
        ("By Fan Junsheng, Beijing Daily, April 2, 2022", "April 2, 2022", "Beijing Daily", "Fan Junsheng"),
        ("By Fan Junsheng, Staff Writer", None, None, "Fan Junsheng"),
        ("(China Daily) 08:30, April 02, 2022", "April 02, 2022 08:30", "China Daily", None),
        ("Source: Xinhua| 2022-04-02 08:30:15|Editor: huaxia", "2022-04-02 08:30:15", "Xinhua", None),
        ("Published on 2 April 2022", "2 April 2022", None, None),
        ("Saturday, 2 April 2022", "Saturday, 2 April 2022", None, None),
        ("Author: Fan Junsheng; Editor: Li Si", None, None, "Fan Junsheng"),
    ],
)
def test_what_a_line_states(line: str, date: str | None, source: str | None, authors: str | None) -> None:
    found = dict(facts(line, below_title=True))
    assert (found.get("date"), found.get("source"), found.get("authors")) == (date, source, authors)


@pytest.mark.parametrize(
    "line",
    [
        "By Land and Sea",
        "By Monday, things had changed.",
        "Beijing, April 2, 2022",
        "记者来到现场",
        "作者认为",
        "1648859400",
        "On April 2, 2022 the school opened its doors.",
        "2022年4月2日，北京召开会议。",
        "It was the best of times | it was the worst of times",
        "The source: a river in the hills",
        "阅读：" + "这本书讲的是北京城里的一户人家三代人的故事，" * 4,
    ],
)
def test_a_line_of_text_states_nothing(line: str) -> None:
    assert facts(line, below_title=True) == []


def test_a_byline_counts_below_a_title_alone() -> None:
    assert facts("By Fan Junsheng", below_title=False) == []
    assert facts("By Fan Junsheng", below_title=True) == [("authors", "Fan Junsheng")]


@pytest.mark.parametrize(
    ("texts", "pairs", "left", "rest"),
    [
        (["Text.", "More. (Article: Fan Junsheng)"], [("authors", "Fan Junsheng")], 1, "More."),
        (["正文。", "（记者 张三 摄影：李四）"], [("authors", "张三")], 1, ""),
        (["正文。", "来源：北京日报", "责任编辑：李四"], [("", "李四"), ("source", "北京日报")], 1, ""),
        (
            ["正文。", "（作者：张三）", "2022年4月2日"],
            [("date", "2022年4月2日"), ("authors", "张三")],
            1,
            "",
        ),
        (["正文。", "北京市人民政府", "2022年4月2日"], [("date", "2022年4月2日")], 3, ""),
        (["来源：北京日报"], [], 1, ""),
    ],
)
def test_the_foot(texts: list[str], pairs: list[tuple[str, str]], left: int, rest: str) -> None:
    assert foot(texts) == (pairs, left, rest)


def test_datelines_name_the_reporters_and_their_agency() -> None:
    said = dateline("新华社北京4月2日电（记者张三、李四）北京将申办世界杯。")
    assert dict(said) == {"authors": "张三、李四", "source": "新华社"}
    assert dateline("北京（记者招待会）今天举行。") == []
