"""What a page states about its article: in its head, in JSON-LD and microdata, beside the headline. Pure."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from archive.fold import fold
from archive.model import squeezed
from archive.reading.heads import facts
from archive.reading.stated import Stated

Element = Any

BELOW = 300
ABOVE = 150
SHORT_NAME = 6
LONGEST_NAME = 80
LONGEST_LINE = 120
DATES = (
    "article:published_time",
    "datepublished",
    "og:article:published_time",
    "bytedance:published_time",
    "publishdate",
    "publish_date",
    "publish-date",
    "publication_date",
    "pubdate",
    "_pubtime",
    "apub:time",
    "weibo: article:create_at",
    "article.published",
    "originalpublicationdate",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "date",
    "og:release_date",
    "citation_publication_date",
    "displaydate",
    "dateupdate",
)
UPDATES = ("article:modified_time", "og:updated_time", "bytedance:updated_time", "datemodified")
AUTHORS = ("author", "byl", "parsely-author", "article:author", "dc.creator", "sailthru.author")
SOURCES = ("contentsource", "source", "mediaid")
SITES = ("og:site_name", "application-name")
SECTIONS = ("article:section", "article:tag", "columnname")
ARTICLE_TYPES = re.compile(r"(News|Blog|Report|Analysis|Opinion|Review|Liveblog)?\w*(Article|Posting)|Report")
# A piece of a title beside one of these is half a title, not all of it but the site.
SAME_SENTENCE = tuple(":：,，;；?？!！'\"‘’“”")
# What parts a site's name from a title.
SEPARATOR = re.compile(
    r"\s+[-–—|·»:]+\s+|\s*[|｜_]+\s*|--+|(?<=[\u3400-\u9fff）】”])\s*[-–—·]+\s*(?=[\u3400-\u9fff])"
)
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
DAY = rf"(?:{MONTH} \d\d?(?:st|nd|rd|th)?,? (?:19|20)\d\d|\d\d?(?:st|nd|rd|th)? {MONTH},? (?:19|20)\d\d)"
CLOCK = r"(?:\s*\d\d?:\d\d(?::\d\d)?)"
STATED_DATE = re.compile(
    rf"(?<!\d)((?:19|20)\d\d(?:-|/|\.|年)\d{{1,2}}(?:-|/|\.|月)\d{{1,2}}(?!\d)日?{CLOCK}?)|({DAY})",
    re.IGNORECASE,
)
LABELLED_DATE = re.compile(
    rf"(?:发布|发表|发稿|發布|發佈|刊登|添加|录入)(?:时间|日期|時間|于)\s*[:：]?\s*({STATED_DATE.pattern})"
    rf"|(?:^|\n)(?:Published|Posted|First published|Date)(?: on| at)?\s*[:：]?\s*({STATED_DATE.pattern})",
    re.IGNORECASE,
)
STATED_SOURCE = re.compile(
    r"(?:来源|來源|稿源|信息来源|文章来源|(?<![A-Za-z])Source)\s*[:：]\s*([^\s|｜<>（）()\[\]【】，。;；:：]{2,30})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page taken apart: its tree, its address, the lines of its text, the articles of its JSON-LD."""

    tree: Element
    url: str | None
    lines: tuple[str, ...]
    linked: tuple[dict[str, Any], ...]


def opened(tree: Element, url: str | None) -> Page:
    """A tree with what several facts are read from."""
    texts = tree.xpath("//body//text()[not(parent::script or parent::style or parent::noscript)]")
    lines = tuple(filter(None, map(squeezed, texts)))
    return Page(tree=tree, url=url, lines=lines, linked=tuple(linked_data(tree)))


def facts_of(page: Page) -> Stated:
    """All that a page states, each fact as candidates, the surest first."""
    from archive.reading.page_byline import authors

    tree, linked = page.tree, page.linked
    headline = title(page)
    near = near_title(page, headline)
    found = {
        "title": [headline],
        "date": dates(page, near),
        "updated": [*metas(tree, UPDATES), *each(linked, "dateModified"), *properties(tree, "dateModified")],
        "authors": authors(page, near),
        "source": sources(page, near),
        "language": [*tree.xpath("/html/@lang"), *metas(tree, ("og:locale", "content-language"))],
        "categories": metas(tree, SECTIONS),
        "url": addresses(page),
    }
    return {key: list(filter(None, map(squeezed, values))) for key, values in found.items()}


def metas(tree: Element, names: Iterable[str]) -> list[str]:
    """The contents of the meta elements with any of these names, in the order of the names."""
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = (
            meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv") or ""
        )
        found.setdefault(name.strip().lower(), []).append(meta.get("content") or "")
    return [content for name in names for content in found.get(name, [])]


def linked_data(tree: Element) -> list[dict[str, Any]]:
    """The articles that JSON-LD in the page describes."""
    found: list[dict[str, Any]] = []
    for script in tree.xpath('//script[@type="application/ld+json"]'):
        with contextlib.suppress(ValueError, RecursionError):
            found += [
                item
                for item in objects(json.loads(script.text_content(), strict=False))
                if any(ARTICLE_TYPES.fullmatch(str(kind)) for kind in listed(item.get("@type")))
                or "pubDate" in item
            ]
    return found


def objects(value: object) -> Iterator[dict[str, Any]]:
    """The objects in a JSON-LD value that stand at its top, in a list or in a graph."""
    for item in listed(value):
        if isinstance(item, dict):
            yield item
            yield from objects(item.get("@graph"))
            yield from objects(item.get("mainEntity"))


def listed(value: object) -> list[Any]:
    """A JSON-LD value, of which there may be none, one or several, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def each(linked: Iterable[dict[str, Any]], key: str) -> list[str]:
    """The texts, or the names of the things, that JSON-LD gives for a key."""
    values = [value for item in linked for value in listed(item.get(key))]
    names = [
        name for value in values for name in listed(value.get("name") if isinstance(value, dict) else value)
    ]
    return [name for name in names if isinstance(name, str)]


def properties(tree: Element, name: str) -> list[str]:
    """The values that microdata in the body gives for a property."""
    return [
        element.get("content") or element.get("datetime") or element.text_content()
        for element in tree.xpath("//body//*[@itemprop=$name]", name=name)[:3]
    ]


def title(page: Page) -> str:
    """The headline without the site's name: that of the page's own heading where title and heading agree."""
    tree = page.tree
    whole = squeezed(tree.findtext(".//title") or "")
    shared = [
        squeezed(name)
        for name in (
            *metas(tree, ("articletitle", "og:title", "twitter:title")),
            *each(page.linked, "headline"),
        )
    ]
    headings = [squeezed("".join(element.itertext())) for element in tree.iter("h1")]
    stated = [fold(name) for name in (whole, *shared) if name]
    for heading in filter(fold, (*headings, *(line for line in page.lines if len(line) < BELOW))):
        if any(agree(fold(heading), name) for name in stated):
            return heading
    named = shared[0] if shared and shared[0] else whole
    without_site = shorter(named, metas(tree, SITES))
    return without_site or next(filter(None, headings), "")


def agree(heading: str, name: str) -> bool:
    """Whether a heading is the headline that a title names, with or without names around it."""
    before, found, after = name.partition(heading)
    is_part = before.rstrip().endswith(SAME_SENTENCE) or after.lstrip().startswith(SAME_SENTENCE)
    is_long = len(heading) > SHORT_NAME and 2 * len(heading) > len(name)
    return name == heading or (bool(found) and is_long and not is_part)


def shorter(named: str, sites: list[str]) -> str:
    """A title without the names of site and section at its end."""
    parts = SEPARATOR.split(named)
    if len(parts) < 2 or not parts[0]:
        return named
    last = named.rfind(parts[-1])
    if any(fold(site) in fold(parts[-1]) or fold(parts[-1]) in fold(site) for site in sites if site):
        return SEPARATOR.sub("", named[:last] + "\0").rstrip("\0 -–—|·»:_｜")
    return parts[0] if len(parts[0]) >= sum(map(len, parts[1:])) else named


def near_title(page: Page, headline: str) -> tuple[str, ...]:
    """The texts below and above the headline, where a page without marks writes its date and source.

    The headline may also stand in a menu or a path; that place has no date below it.
    """
    found: list[str] = []
    wanted = fold(headline)
    for at, line in enumerate(page.lines):
        if headline and headline in line and fold(line) == wanted:
            below = within(page.lines[at + 1 : at + 60], BELOW)
            above = within(page.lines[max(0, at - 12) : at], ABOVE)
            found += [below] if STATED_DATE.search(below) else []
            found += [below + "\n" + above]
    if not found and headline:
        found = ["\n".join(page.lines).partition(headline)[2][:BELOW]]
    return tuple(found)


def within(lines: Iterable[str], most: int) -> str:
    """The short lines as one text of so many characters at most; long ones tell of other days."""
    return "\n".join(line for line in lines if len(line) < LONGEST_LINE)[:most]


def dates(page: Page, near: tuple[str, ...]) -> list[str]:
    """When it was published, by how plainly the page says so."""
    tree = page.tree
    visible = [match[0] for text in near for match in STATED_DATE.finditer(text)][:1]
    labelled = LABELLED_DATE.search("\n".join(page.lines))
    return [
        *metas(tree, DATES),
        *each(page.linked, "datePublished"),
        *each(page.linked, "pubDate"),
        *properties(tree, "datePublished"),
        *times(tree),
        *([labelled[1] or labelled[4]] if labelled else []),
        *visible,
    ]


def times(tree: Element) -> list[str]:
    """The first time that the page marks as one, and is not of something else that it links to."""
    found = tree.xpath(
        "//time[not(ancestor::aside or ancestor::nav or ancestor::footer or ancestor::a or ancestor::li)]"
    )
    inside = [time for time in found if next(time.iterancestors("article", "main"), None) is not None]
    return [
        value
        for time in [*inside[:1], *found[:1]]
        for value in (time.get("datetime") or "", time.text_content())
    ]


def sources(page: Page, near: tuple[str, ...]) -> list[str]:
    """Who published it first, as the page says beside the headline or in its head, else the site."""
    visible = [
        *stated_beside(near, "source"),
        *(match[1] for text in near for match in STATED_SOURCE.finditer(text)),
    ]
    tree = page.tree
    return [*visible[:1], *metas(tree, SOURCES), *metas(tree, SITES[:1]), *each(page.linked, "publisher")]


def stated_beside(near: tuple[str, ...], wanted: str) -> list[str]:
    """What lines beside the headline state, in the forms in which documents do."""
    lines = dict.fromkeys(line for text in near for line in text.split("\n"))
    return [value for line in lines for key, value in facts(line, below_title=True) if key == wanted]


def addresses(page: Page) -> list[str]:
    """The page's own address, as it states it."""
    canonical = page.tree.xpath('//link[@rel="canonical"]/@href')
    stated = [address.strip() for address in (*canonical, *metas(page.tree, ("og:url",)))]
    found = [joined(page.url, address) for address in (*stated, page.url or "") if address]
    return [address for address in found if address.startswith(("http://", "https://"))]


def base_url(page: Page) -> str | None:
    """The address that relative ones on the page start from."""
    known = page.url or next(iter(addresses(page)), None)
    stated = page.tree.xpath("//head/base/@href")[:1]
    return joined(known, stated[0].strip()) if stated else known


def joined(url: str | None, address: str) -> str:
    """An address made absolute; as it stands when it is none."""
    try:
        return urljoin(url or "", address)
    except ValueError:
        return address
