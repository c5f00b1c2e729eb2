"""What lines at the head and the foot of a document state: date, source, author, in all usual forms. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from archive.reading.bylines import (
    CREDIT,
    LONGEST_NAME,
    NOT_AUTHORS,
    PUBLISHER,
    Pairs,
    byline,
    is_name,
    is_person,
)
from archive.reading.dates import parse_date
from archive.reading.stated import LABEL, labelled

LONGEST = 160
LONGEST_FOOT = 3
OF_FOOT = {"source", "authors", "date", "updated", "rights", ""}
PARTS = re.compile(r"\s*[|｜]\s*|\s+[/／·•–—]\s+|\s{3,}|\u3000+|\t+|[】\]]\s*[【\[]")
AROUND = " 【】()（）[]"
CLOCK = r"\d\d?:\d\d(?::\d\d)?(?:\s*[ap]\.?m\.?)?"
DAY = (
    r"(?:(?:19|20)\d\d\s?(?:-|/|\.|年)\s?\d{1,2}\s?(?:-|/|\.|月)\s?\d{1,2}(?!\d)(?:\s?日)?"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    r"|\d{1,2}[ -][A-Z][a-z]{2,8}\.?,?[ -](?:19|20)\d\d"
    r"|[〇零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
)
WITH_DATE = re.compile(
    rf"(?P<before>.*?)[\s,，]*[(（]?(?:(?P<clock>{CLOCK}),?\s*)?"
    rf"(?P<date>{DAY}(?:[T,\s]+(?:at )?{CLOCK})?)[)）]?[\s,，]*(?P<after>.*)"
)
DATED = re.compile(
    r"(?P<word>(?:first |last )?(?:published|posted|released|issued|updated)"
    r"|release (?:time|date)|publish(?:ed)? (?:time|date)"
    r"|pub date|发布于|发表于|更新于|刊于)\s*(?:on|at)?\s*[:：]?\s*(?P<date>\S.*)",
    re.IGNORECASE,
)
TAKEN_FROM = re.compile(r"(?:转自|转载自|摘自|原载于?|来源于|供稿)\s*[:：]?\s*(?P<source>[^。，；]{2,30})")
FURNITURE = re.compile(
    r"(?:for immediate release|(?:press|news) release|新闻稿|通稿"
    r"|【?(?:正文|内容|body|text|content)】?\s*[:：]?|[=*_#~-]{3,})",
    re.IGNORECASE,
)
# A line below the title that goes on from it.
SUBTITLE = re.compile("[—－–-]{1,2}\\s*[^\\s—－–-]")
SHEET = re.compile(r"\s*第\s*\d{1,3}\s*版$|\s*[Pp]age \d{1,3}$")


def facts(line: str, *, below_title: bool) -> Pairs:
    """What a line states when it is nothing else; a byline counts below a title alone."""
    line = line.strip()
    if pairs := parted(line, below_title):
        return pairs
    return list(untangled(labelled(line))) or ([] if len(line) > LONGEST else piece(line, below_title))


class Head:
    """The head of a document while it is read, line by line: all that it states, and its title."""

    def __init__(self, title: str | None = None) -> None:
        self.stated: defaultdict[str, list[str]] = defaultdict(list)
        self._title = title

    @property
    def title(self) -> str | None:
        """The title, once it is there."""
        return self._title or next(iter(self.stated["title"]), None)

    def takes(self, lines: Sequence[str]) -> bool:
        """Whether every one of some lines belongs to the head; then what they state is remembered."""
        found = [self._facts(line) for line in lines]
        if not found or not all(found):
            return False
        for key, value in (pair for pairs in found for pair in pairs):
            self.stated[key] += [value] if value else []
        return True

    def known(self) -> dict[str, list[str]]:
        """What was stated, without what is furniture."""
        return {key: values for key, values in self.stated.items() if key and values}

    def _facts(self, line: str) -> Pairs:
        """What a line states; beside an author or a date also a publisher without any label."""
        if FURNITURE.fullmatch(line):
            return [("", line)]
        if pairs := facts(line, below_title=self.title is not None):
            return pairs
        is_beside = bool(self.stated["authors"] or self.stated["date"]) and not self.stated["source"]
        is_publisher = is_name(line) and PUBLISHER.search(line) is not None
        return [("source", line.strip("《》"))] if self.title and is_beside and is_publisher else []


def foot(texts: Sequence[str]) -> tuple[Pairs, int, str]:
    """What the last texts of a document state, how many are left, and what is left of the next one.

    A date that stands there alone is read and stays, as below the signature of an official notice.
    """
    found: Pairs = []
    left = len(texts)
    for text in reversed(texts[-LONGEST_FOOT:]):
        end = text[-LONGEST:]
        if match := CREDIT.search(end):
            found += [("authors", NOT_AUTHORS.sub("", match["names"]))]
            return found, left - 1, text[: len(text) - len(end) + match.start()]
        pairs = facts(text, below_title=True)
        if left < 2 or not pairs or not {key for key, _ in pairs} <= OF_FOOT:
            break
        found += pairs
        left -= 1
    if left == len(texts) - 1 and is_day(texts[-1]):
        return found, len(texts), ""
    return found, left, ""


def parted(line: str, below_title: bool) -> Pairs:
    """The facts of a line with marks between them; beside a date one part may be a name without a label."""
    if len(line) > LONGEST:
        return []
    parts = [part.strip(AROUND) for part in PARTS.split(line) if part.strip(AROUND)]
    if len(parts) < 2 or line.lower().startswith(("title", "标题", "topic", "主题")):
        return []
    found = [piece(part, below_title) for part in parts]
    known = [pair for pairs in found for pair in pairs]
    unknown = [part for part, pairs in zip(parts, found, strict=True) if not pairs]
    if not unknown:
        return known
    keys = {key for key, _ in known}
    if not below_title or keys.isdisjoint(("date", "updated")) or not all(map(is_name, unknown)):
        return []
    named = list(zip(keys_of(unknown, keys), unknown, strict=False))
    return [*known, *named] if named and keys.isdisjoint(key for key, _ in named) else []


def keys_of(names: list[str], known: set[str]) -> tuple[str, ...]:
    """Of names without a label, which is the person and which the publisher."""
    if len(names) == 1:
        is_author = "source" in known or (is_person(names[0]) and not PUBLISHER.search(names[0]))
        return ("authors" if is_author else "source",)
    if len(names) != 2 or bool(PUBLISHER.search(names[0])) == bool(PUBLISHER.search(names[1])):
        return ()
    return ("source", "authors") if PUBLISHER.search(names[0]) else ("authors", "source")


def piece(text: str, below_title: bool) -> Pairs:
    """What one part of a line states."""
    text = SHEET.sub("", text.strip())
    if pairs := labelled(text.strip(AROUND)):
        return list(untangled(pairs))
    if (match := DATED.fullmatch(text)) and is_day(match["date"]):
        return [("updated" if re.search("updat|更新", match["word"].lower()) else "date", match["date"])]
    if is_day(text):
        return [("date", text.strip(AROUND))]
    if label := LABEL.search(text):
        before = piece(text[: label.start()], below_title)
        return [*before, *untangled(labelled(text[label.start() :]))] if before else []
    if match := TAKEN_FROM.fullmatch(text.strip(AROUND)):
        return list(untangled([("source", match["source"])]))
    return [*with_date(text), *([] if WITH_DATE.fullmatch(text) else byline(text))] if below_title else []


def with_date(text: str) -> Pairs:
    """A date with a byline or a publisher beside it."""
    match = WITH_DATE.fullmatch(text)
    if match is None or not is_day(match["date"]) or (match["before"] and match["after"]):
        return []
    rest = (match["before"] or match["after"]).strip(AROUND + ",，-–—《》")
    beside = byline(rest) or ([("source", rest)] if is_name(rest) and PUBLISHER.search(rest) else [])
    when = f"{match['date']} {match['clock'] or ''}".strip()
    return [*beside, ("date", when)] if beside else []


def untangled(pairs: Pairs) -> Iterator[tuple[str, str]]:
    """Labelled values without the date that follows some of them on the same line."""
    for key, value in pairs:
        match = WITH_DATE.fullmatch(value) if key in ("source", "authors") else None
        if match and match["before"] and not match["after"] and is_day(match["date"]):
            yield key, match["before"].strip(" ,，|｜-《》")
            yield "date", match["date"]
        elif key == "authors":
            yield key, NOT_AUTHORS.sub("", value).strip(" |｜;；,，")
        else:
            yield key, value.strip(" |｜;；《》】") if key == "source" else value.strip()


def is_day(text: str) -> bool:
    """Whether a text is a date and nothing else, exact to the day at least."""
    text = text.strip(AROUND)
    if text.isdigit() or len(text) > LONGEST_NAME or LABEL.match(text):
        return False
    found = parse_date(text)
    return found is not None and found.precision in ("second", "minute", "day")
