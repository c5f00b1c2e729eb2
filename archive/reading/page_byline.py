"""Who wrote what a page holds: names in its head, in JSON-LD, in marked and in visible bylines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from archive.fold import fold
from archive.model import squeezed
from archive.reading.bylines import CREDIT, NOT_AUTHORS, are_names, dateline
from archive.reading.page_facts import AUTHORS, LONGEST_NAME, MONTH, SITES, Page, each, metas, stated_beside
from archive.reading.stated import names

HANZI_NAMES = r"([\u3400-\u9fff·]{2,8}(?:[ \u3000、,，][\u3400-\u9fff·]{2,4}){0,4})"
CHINESE = re.compile(rf"(?:作者|记者|記者|撰文|撰稿|文字|文)\s*[:：/丨|]\s*{HANZI_NAMES}")
ENGLISH = re.compile(
    r"(?:^|\n)(?:Written by|Reported by|Story by|Words by|By|BY)[:\s]+"
    r"([A-Z][\w.'’-]*(?: (?:[A-Z][\w.'’-]*|de|van|von|der|al|bin|and|&)|, (?=[A-Z]))*)"
)
LONGEST_CREDIT = 160
# A name alone in brackets at the end: three characters, since shorter ones are often words.
SIGNED = re.compile("[（(]([\u3400-\u9fff]{3})[)）]$")
NOT_NAMES = re.compile(
    r"\d{3}|://|@|www\.|^(?:name|author|admin|administrator|editor|staff|root|user|none|null|undefined|unknown|index"
    r"|佚名|未知|网络整理|管理员|编辑|本站|来源|责任编辑)$",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"^(?:by|written by|author|por|par|von|di|av|text)\s*[:：]?\s+|^(?:作者|记者|記者|撰文|文)\s*[:：/]?\s*",
    re.IGNORECASE,
)
# What follows a name in a byline: a date, a time, a post.
AFTER = re.compile(rf"\s*(?:[|•·–—]|\b{MONTH}(?=\s\d)|\b\d|\s기자).*$", re.DOTALL)
SLUG = re.compile(r"[a-z]+(?:[-_.][a-z]+)+")
MARKED = (
    '//*[@rel="author"]',
    '//*[@itemprop="author"]',
    '//*[contains(concat(" ", normalize-space(@class), " "), " byline ")]',
    '//*[contains(concat(" ", normalize-space(@class), " "), " author ")]',
)


def authors(page: Page, near: Sequence[str]) -> list[str]:
    """The names of who wrote it, as far as the page states them: those of people rather than the site's."""
    sites = {fold(name) for name in (*metas(page.tree, SITES), *each(page.linked, "publisher"))}
    others: list[str] = []
    for group in candidates(page, near):
        found = list(dict.fromkeys(names_of(group)))
        people = [name for name in found if fold(name) not in sites and not SLUG.fullmatch(name)]
        if people:
            return people
        others = others or found
    return others


def candidates(page: Page, near: Sequence[str]) -> Iterator[Iterable[str]]:
    """The places where names stand, the surest first."""
    yield each(page.linked, "author")
    yield metas(page.tree, AUTHORS)
    for path in MARKED:
        found = page.tree.xpath(f"({path})[not(ancestor::aside or ancestor::nav or ancestor::li)]")
        yield [element.text_content() for element in found[:3]]
    yield names(stated_beside(tuple(near), "authors"))
    text = "\n".join(near)
    yield parted(CHINESE.findall(text))
    yield [
        name for match in ENGLISH.findall(text)[:1] for name in re.split(r"\s+and\s+|\s*&\s*|,\s*|\n", match)
    ]


def written_by(texts: Sequence[str]) -> list[str]:
    """Who wrote a text by its own words: in brackets behind the last, or in the dateline before the first."""
    credit = CREDIT.search(texts[-1][-LONGEST_CREDIT:]) if texts else None
    if credit:
        return list(names([NOT_AUTHORS.sub("", credit["names"])]))
    signed = SIGNED.search(texts[-1]) if texts else None
    if signed and are_names(signed[1]):
        return [signed[1]]
    return list(names([value for _, value in dateline("".join(texts[:1]))[:1]]))


def is_credit(text: str) -> bool:
    """Whether a text is but the names in brackets of who wrote what stands above it."""
    return CREDIT.fullmatch(text) is not None


def parted(lists: Iterable[str]) -> Iterator[str]:
    """The names in some lists of Chinese names."""
    return (name for each in lists for name in re.split(r"[ \u3000、,，]", each))


def names_of(values: Iterable[str]) -> Iterator[str]:
    """The values that can be names, without the label before them."""
    for value in values:
        name = AFTER.sub("", LABEL.sub("", squeezed(value))).strip(" ,;|")
        if 1 < len(name) <= LONGEST_NAME and not NOT_NAMES.search(name):
            yield name
