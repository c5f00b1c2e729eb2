"""Who wrote a document and who published it, as lines of their own and as datelines say it. Pure."""

from __future__ import annotations

import re

Pairs = list[tuple[str, str]]

LONGEST_NAME = 40
# In brackets behind the last words.
CREDIT = re.compile(
    r"\s*[(（]\s*(?:(?:article|story|text|words|written|reported|by)(?:\s+by)?\s*[:：/]|By(?=\s[A-Z])"
    r"|(?:本报|本報|新华社|人民网|中新社)?(?:文|文字|撰文|作者|记者|記者)\s*[:：/／\s])"
    r"\s*(?P<names>[^()（）]{1,80})[)）]\s*$",
    re.IGNORECASE,
)
NOT_AUTHORS = re.compile(
    r"\s*(?:图片?|圖|攝影|摄影|摄|视频|编辑|編輯|翻译|制图|photos?(?: by)?|pictures?|editor|translator)"
    r"\s*[:：/／|｜].*$",
    re.IGNORECASE | re.DOTALL,
)
NAME = r"[A-Z][\w.'’-]*(?: (?:[A-Z][\w.'’-]*|de|da|van|von|bin|al)){0,3}"
BY = re.compile(
    rf"(?:(?:(?:written|story|words|reported|text|report)\s+)?by:?|reporters?:?)\s+"
    rf"(?P<names>(?-i:{NAME}(?:(?:,? and |, | & ){NAME})*))(?: in (?-i:{NAME}))?",
    re.IGNORECASE,
)
ROLE = re.compile(
    r"(?:(?:staff|senior|special|chief)\s+)*(?:writer|reporter|correspondent|editor)s?", re.IGNORECASE
)
HAN_NAME = r"[\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{2,8})*"
HAN_NAMES = rf"{HAN_NAME}(?:[、，,\s]+{HAN_NAME})*"
AGENCY = r"(?:本报|本刊|本台|本网|新华社|新华网|人民网|中新社|中新网|央视|北京日报)?"
WRITER = r"(?:(?:特约|见习|实习)?(?:驻\w{1,6})?(?:记者|記者|通讯员|作者))"
CHINESE_BY = re.compile(
    rf"[□■◎●\s]*(?:(?P<of>[\u3400-\u9fff]{{1,10}}?[报社网台刊])?{WRITER}(?P<mark>[\s:：/／]*)"
    rf"|(?:文|撰文|文字)\s*[:：/／|｜]\s*)(?P<names>{HAN_NAMES})"
)
# 新华社北京4月2日电（记者张三、李四）
DATELINE = re.compile(
    rf"\s*(?:(?P<agency>新华社|中新社|中新网|人民网|新华网|央视网)?[^（()）。]{{0,20}}[（(])"
    rf"{AGENCY}(?:记者|記者)\s*(?P<names>{HAN_NAMES})[^（()）]{{0,20}}[)）]"
)
# The hundred surnames that nine in ten Chinese bear: a name without any mark around it begins with one.
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟"
    "汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻鐘範譚鄒陸顧龍萬錢湯賀賴龔龐蘭嚴"
)
PUBLISHER = re.compile(
    r"(?:Daily|News|Times|Post|Xinhua\w*|CGTN|CCTV|BBC|AP|AFP|Reuters|Agency|Office|Net|Online|Press|Herald|Weekly"
    r"|Journal|Review|Bureau|Committee|Commission|Government)\b"
    r"|(?:日报|日報|晚报|早报|新闻|新聞|社|网|網|报|報|台|办|局|委|周刊|杂志|办公室|发布|人民政府|中心)$"
)
END = re.compile(r"[.!?。！？…;；,，]$")


def byline(text: str) -> Pairs:
    """Who wrote it, with who published it where that follows; nothing for a line that may say more."""
    text = NOT_AUTHORS.sub("", text).strip()
    if match := CHINESE_BY.fullmatch(text):
        if match["mark"] == "" and not are_names(match["names"]):
            return []
        publisher = match["of"] if match["of"] and not match["of"].startswith("本") else None
        return [("authors", match["names"]), *([("source", publisher)] if publisher else [])]
    match = BY.fullmatch(text)
    if match is None or END.search(text) or len(text) > 3 * LONGEST_NAME:
        return []
    listed = [name for name in re.split(r",\s*", match["names"]) if not ROLE.fullmatch(name)]
    people = [name for name in listed if not PUBLISHER.search(name)] or listed
    if not all(
        " " in name or PUBLISHER.search(name) for part in people for name in re.split(" and | & ", part)
    ):
        return []
    publisher = [("source", name) for name in listed if name not in people]
    return [("authors", ", ".join(people)), *publisher]


def are_names(text: str) -> bool:
    """Whether words can be Chinese names, by their surnames."""
    return all(name[0] in SURNAMES for name in re.split(r"[、，,\s]+", text) if name)


def dateline(text: str) -> Pairs:
    """Who wrote and who published it by the beginning of a Chinese news text."""
    match = DATELINE.match(text)
    if match is None or not are_names(match["names"]):
        return []
    return [("authors", match["names"]), *([("source", match["agency"])] if match["agency"] else [])]


def is_name(text: str) -> bool:
    """Whether a text could be what a publisher is called."""
    return (
        1 < len(text) <= LONGEST_NAME
        and not re.search("[|｜:：]", text)
        and not END.search(text)
        and any(map(str.isalpha, text))
    )


def is_person(text: str) -> bool:
    """Whether a text looks like the name of somebody."""
    han = re.fullmatch(HAN_NAMES, text)
    return are_names(text) if han else " " in text and re.fullmatch(NAME, text) is not None
