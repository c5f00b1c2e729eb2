"""What an article may share with others: names, numbers, words, bylines, pictures, addresses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

from archive.fold import fold
from archive.hosts import registrable
from archive.identity import canonical_url
from archive.model import Article

HAN = "\u3400-\u9fff"
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[.+#'_-]?[A-Za-z0-9]+)*\+*#?")
WORD = re.compile(r"[a-z]{3,}")
CHINESE = re.compile(f"[{HAN}]{{2,}}")
SHORTEST_PHRASE = 6
# Words that begin sentences, and names of days and months: numbers tell dates better.
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        a about after all also although an and any april are as at august be because been before but by can
        december did do does each even every february first for friday from had has have he her here his how
        i if in into is it its january july june just last let like ll make many march may monday more most
        mr mrs ms my new next no not november now october of on once one only or other our out over re s
        said saturday second see september she since so some still such sunday t than that the their them
        then there these they this those three through thursday to tuesday two under until up use using ve
        was we wednesday well were what when where which while who why will with would yes you your
        """,
    )
)
DIGITS = r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?"
AMOUNT = {
    "en": re.compile(
        rf"{DIGITS}(?:[\s-]*(hundred|thousand|million|billion|trillion)\b)?(?![\d])", re.IGNORECASE
    ),
    "zh": re.compile(
        r"(?<![\d.A-Za-z])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*(十万|百万|千万|万亿|百亿|千亿|万|亿|千)?(?!\d)"
    ),
}
TIMES: Final[Mapping[str, float]] = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "千": 1e3,
    "万": 1e4,
    "十万": 1e5,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "百亿": 1e10,
    "千亿": 1e11,
    "万亿": 1e12,
}
MONTHS = re.findall(
    r"\w+", "january february march april may june july august september october november december"
)
MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if name[3:] else name for name in ["sept", *MONTHS])
ENGLISH_DAY = re.compile(
    rf"\b(?:({MONTH})\.?\s+(\d{{1,2}})|(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({MONTH}))\b", re.IGNORECASE
)
CHINESE_DAY = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]")
# Parts of an address that name a language: of versions of one page they are all that differs.
TONGUES = re.compile(
    r"en|eng|english|en-us|en-gb|zh|cn|chn|chinese|zh-cn|zh-hans|zh-hant|zh-tw|zh-hk", re.IGNORECASE
)
CMS_ID = re.compile(r"t(?:19|20)\d{6}_\d{3,}")
HAS_ID = re.compile(r"\d{2,}")


def names(text: str) -> Iterator[str]:
    """Latin words that translations keep: those with a capital or a digit, and not what begins sentences."""
    for match in LATIN.finditer(text):
        word = match[0]
        if len(word) > 1 and not word.islower():
            folded = word.casefold().removesuffix("'s")
            if folded not in COMMON:
                yield folded


def numbers(text: str, language: str) -> tuple[list[str], list[str]]:
    """Amounts and days of a text in one spelling for both languages: those that say much, and the others."""
    strong = list(days(text, language))
    weak: list[str] = []
    for whole, part, unit in AMOUNT["zh" if language == "zh" else "en"].findall(text):
        digits = (whole.replace(",", "") + part)[:15]
        value = f"{float(digits) * TIMES.get(unit.casefold(), 1):.10g}"
        says = len(value.replace(".", "").strip("0"))
        is_year = not part and not unit and len(digits) == 4 and digits[:2] in ("19", "20")
        (strong if (says >= 3 or part or unit) and not is_year else weak).append(value)
    return strong, [value for value in weak if len(value) > 1]


def days(text: str, language: str) -> Iterator[str]:
    """Days of the year that a text names."""
    if language == "zh":
        yield from (f"{int(month)}/{int(day)}" for month, day in CHINESE_DAY.findall(text))
        return
    for before, first, second, after in ENGLISH_DAY.findall(text):
        month = (before or after).casefold()[:3]
        yield f"{[name[:3] for name in MONTHS].index(month) + 1}/{int(first or second)}"


def chinese_words(text: str) -> list[str]:
    """The Chinese words of a text, of two characters and more."""
    import rjieba

    return [word for word in rjieba.cut(fold(text), False) if CHINESE.fullmatch(word)]


def english_words(text: str) -> list[str]:
    """The English words of a text that are worth looking up."""
    return [word for word in dict.fromkeys(WORD.findall(fold(text))) if word not in COMMON]


def bylines(authors: Iterable[str]) -> Iterator[str]:
    """Names of authors in Latin letters, however the parts of the name stand: 范俊生 is Fan Junsheng."""
    for author in authors:
        if CHINESE.fullmatch(author.strip()):
            yield spelled(author.strip())
        elif parts := LATIN.findall(author):
            yield "".join(sorted("".join(parts).casefold()))


@lru_cache(4096)
def spelled(name: str) -> str:
    """A Chinese name as the letters of its pinyin, in the order of the alphabet."""
    from pypinyin import lazy_pinyin

    from index.pinyin import SURNAMES

    sounds = [SURNAMES.get(name[0], ""), *lazy_pinyin(name)[1:]] if name[0] in SURNAMES else lazy_pinyin(name)
    return "".join(sorted("".join(sounds).casefold()))


def pictures(article: Article) -> Iterator[str]:
    """What pictures are known by: their bytes, their names, and Chinese captions, which may be a title."""
    if article.language == "zh":
        yield from phrase(article.title)
    for image in article.images:
        if image.sha256:
            yield image.sha256
        yield from phrase(image.caption or "")
        stem = unquote((image.file or urlsplit(image.url or "").path).rpartition("/")[2]).rpartition(".")[0]
        yield from phrase(stem)
        if len(stem) >= 12 and HAS_ID.search(stem):
            yield fold(stem)


def phrase(text: str) -> Iterator[str]:
    """Chinese text long enough to say what is meant, without marks."""
    flat = re.sub(f"[^{HAN}0-9a-z]", "", fold(text))
    if len(re.findall(f"[{HAN}]", flat)) >= SHORTEST_PHRASE:
        yield flat


def addresses(url: str | None) -> Iterator[str]:
    """What an address is known by: itself, and without what names its language, where an id is left."""
    if not url:
        return
    canonical = canonical_url(url)
    yield canonical
    try:
        parts = urlsplit(canonical)
    except ValueError:
        return
    site = registrable(parts.hostname or "")
    steps = parts.path.split("/")
    rest = [step for step in steps if not TONGUES.fullmatch(step)]
    labels = (parts.hostname or "").split(".")
    says = len(rest) < len(steps) or bool(TONGUES.fullmatch(labels[0]))
    if (says or labels[0] == "www") and HAS_ID.search("/".join(rest)):
        yield f"{site} {'/'.join(rest)} {parts.query}"
    for id in CMS_ID.findall(parts.path)[-1:]:
        yield f"{site} {id}"


def links(article: Article) -> Iterator[str]:
    """The addresses at which an article says that its other versions are."""
    return (canonical_url(each.url) for each in article.alternates if each.url)
