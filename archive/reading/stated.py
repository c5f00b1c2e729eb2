"""What documents state about themselves: the labels of their heads, and the lists behind them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.model import Alternate, Image, Picture

Stated = Mapping[str, Sequence[str]]

# What a document states, under all the names we have met; "" is page furniture.
LABELS: Mapping[str, str] = {
    name: key
    for key, names in {
        "title": "title headline 标题 標題 题目 題目",
        "categories": "topics topic categories category tags keywords"
        " 主题 主題 话题 話題 专题 專題 栏目 欄目 标签 標籤 关键词",
        "date": "date published posted 日期 时间 時間 发布时间 發布時間 发布日期 發布日期 发表时间 发稿时间"
        " 刊发日期",
        "updated": "updated modified 更新 更新时间 更新時間 更新日期",
        "source": "source 来源 來源 稿源 信息来源 文章来源 稿件来源 新闻来源 發布單位 发布单位",
        "authors": "author authors by byline reporter 作者 记者 記者 通讯员 撰文 文 文字 撰稿",
        "language": "language lang 语言 語言",
        "url": "url link permalink 链接 鏈接 原文 原文链接",
        "translation": "translation translations 译文 譯文",
        "rights": "rights copyright 版权 版權",
        "": "fontsize font-size editor views 字号 字號 字体 字體 字体大小 浏览次数 浏览量 点击数 点击量"
        " 阅读次数 阅读量 分享 打印 浏览 阅读 责任编辑 责编 编辑 審核 审核 摄影 图片 图 视频",
    }.items()
    for name in names.split()
}
# What front matter states beyond that; on a line of a text these would be words.
MATTER: Mapping[str, str] = {
    **LABELS,
    **{
        name: key
        for key, names in {
            "licence": "licence license 许可 授权",
            "republish": "republish 转载",
            "embargo": "embargo 解禁时间",
            "note": "note 备注",
            "draft": "draft 草稿",
            "guid": "guid id",
            "summary": "summary description abstract 摘要 导语",
        }.items()
        for name in names.split()
    },
}
LABEL = re.compile(
    rf"(?:^|(?<=[\s\d)）】|｜]))({'|'.join(sorted(LABELS, key=len, reverse=True))})[ \t\xa0]*[:：]\s*",
    re.IGNORECASE,
)
IN_BRACKETS = re.compile(rf"【({'|'.join(sorted(LABELS, key=len, reverse=True))})】[:：]?", re.IGNORECASE)
LONGEST_VALUE = 200
# What is longer behind such a label is a sentence.
LONGEST_NAME = 80
# A line that is only this links to the version in that language.
SWITCHES: Mapping[str, str] = {
    **dict.fromkeys(("chinese", "中文", "中文版", "简体中文", "繁體中文", "繁体中文", "汉语", "漢語"), "zh"),
    **dict.fromkeys(("english", "英文", "英文版", "英语", "英語", "english version"), "en"),
}
HANZI = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a file holds: what it states, its HTML as found, its text if the HTML does not settle it.

    ``mark`` is that of the pictures kept (``archive.pictures``), ``pictures`` are those inside the file,
    ``doubts`` what a person should look at, ``detail`` what is to be said of the file.
    """

    stated: Stated
    html: str
    text: str | None = None
    images: tuple[Image, ...] = ()
    alternates: tuple[Alternate, ...] = ()
    pictures: tuple[Picture, ...] = ()
    mark: str = ""
    doubts: tuple[str, ...] = ()
    detail: str | None = None


def first(stated: Stated, key: str) -> str | None:
    """The first value stated under a key."""
    return next(iter(stated.get(key, ())), None)


def labelled(line: str) -> list[tuple[str, str]]:
    """The labels of a line, which may hold several, with their values; none for a line of text."""
    line = IN_BRACKETS.sub(r" \1：", line).strip()
    found = list(LABEL.finditer(line))
    if not found or found[0].start() > 0:
        return []
    ends = [*(match.start() for match in found[1:]), len(line)]
    pairs = [
        (LABELS[match[1].casefold()], line[match.end() : end].strip())
        for match, end in zip(found, ends, strict=True)
    ]
    longest = {"title": len(line), **dict.fromkeys(("", "source", "date", "updated"), LONGEST_NAME)}
    return [] if any(len(value) > longest.get(key, LONGEST_VALUE) for key, value in pairs) else pairs


def several(values: Sequence[str]) -> Iterator[str]:
    """The values of a list: as listed, or the parts of a single one."""
    for value in values:
        parts = re.split(r"[,，、;；|]", value) if len(values) == 1 else [value]
        yield from filter(None, map(str.strip, parts))


def names(values: Sequence[str]) -> Iterator[str]:
    """The names of people: parted by commas, by and, and in Chinese by spaces."""
    for value in several(values):
        by = re.sub(r"^by\s+", "", value, flags=re.IGNORECASE)
        yield from filter(None, re.split(r"\s+" if HANZI.search(by) else r"\s+(?:and|&)\s+", by))
