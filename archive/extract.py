"""What a page states, and its main text. The only module that knows trafilatura and readability."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

import lxml.etree
import lxml.html

from archive.clean import plain_text
from archive.fold import fold
from archive.model import Alternate, squeezed
from archive.stated import Content

# Measured on 181 English and 48 Chinese pages: trafilatura .960 / .875, readability .955 / .961.
HANZI_SHARE = 0.3
TOO_SHORT = 200
SHORT_NAME = 6
BELOW = 300
SCRIPT = 4
MOSTLY_LINKS = 0.8
# A piece of a title beside one of these is half a title, not all of it but the site.
SAME_SENTENCE = tuple(":：,，;；?？!！'\"‘’“”")
ARTICLE_TYPES = re.compile(r"(News|Blog|Report|Analysis|Opinion|Review|Liveblog)?\w*(Article|Posting)|Report")
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# What parts a site's name from a title.
SEPARATOR = re.compile(
    r"\s+[-–—|·»:]+\s+|\s*[|｜_]+\s*|(?<=[\u3400-\u9fff）】”])\s*[-–—·]+\s*(?=[\u3400-\u9fff])"
)
STATED_DATE = re.compile(
    r"(?:发布(?:时间|日期)|時間|时间|日期|Date|Published)?\s*[:：]?\s*"
    r"((?:19|20)\d\d(?:-|/|\.|年)\d{1,2}(?:-|/|\.|月)\d{1,2}日?(?:\s*\d\d?:\d\d(?::\d\d)?)?)"
)
STATED_SOURCE = re.compile(r"(?:来源|來源|稿源)\s*[:：]\s*([^\s|｜<>（）()，。;；]{2,30})")
Element = Any


def read_page(markup: str, *, url: str | None) -> Content:
    """A page taken apart; raises ValueError when there is nothing to read."""
    markup = DECLARATION.sub("", markup, count=1)
    try:
        tree: Element = lxml.html.document_fromstring(markup)
    except (lxml.etree.LxmlError, AssertionError) as error:
        raise ValueError("holds no HTML") from error
    linked = linked_data(tree)
    headline = title(tree, linked)
    below = below_title(tree, headline)
    stated = {
        "title": [headline],
        "date": [
            *metas(tree, DATES),
            *each(linked, "datePublished"),
            *each(linked, "pubDate"),
            *times(tree),
            *STATED_DATE.findall(below)[:1],
        ],
        "updated": [
            *metas(tree, ("article:modified_time", "og:updated_time")),
            *each(linked, "dateModified"),
        ],
        "authors": authors(tree, linked),
        "source": [
            *STATED_SOURCE.findall(below)[:1],
            *metas(tree, ("og:site_name", "mediaid")),
            *each(linked, "publisher"),
        ],
        "language": [*tree.xpath("/html/@lang"), *metas(tree, ("og:locale", "content-language"))],
        "categories": metas(tree, ("article:section", "article:tag")),
        "url": addresses(tree, url),
    }
    return Content(
        stated={key: list(filter(None, map(squeezed, values))) for key, values in stated.items()},
        alternates=tuple(alternates(tree, url)),
        html=article_of(main_text(markup, tree), headline),
    )


DATES = (
    "article:published_time",
    "datepublished",
    "publishdate",
    "pubdate",
    "date",
    "dc.date",
    "parsely-pub-date",
)


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


def listed(value: object) -> list[Any]:
    """A JSON-LD value, of which there may be none, one or several, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def each(linked: Iterable[dict[str, Any]], key: str) -> list[str]:
    """The texts, or the names of the things, that JSON-LD gives for a key."""
    values = [value for item in linked for value in listed(item.get(key))]
    names = [value.get("name") if isinstance(value, dict) else value for value in values]
    return [name for name in names if isinstance(name, str)]


def title(tree: Element, linked: list[dict[str, Any]]) -> str:
    """The headline without the site's name: that of the page's own heading where title and heading agree."""
    whole = squeezed(tree.findtext(".//title") or "")
    shared = [
        squeezed(name) for name in (*metas(tree, ("og:title", "twitter:title")), *each(linked, "headline"))
    ]
    headings = [squeezed("".join(element.itertext())) for element in tree.iter("h1")]
    stated = [fold(name) for name in (whole, *shared) if name]
    lines = [squeezed(line) for line in tree.xpath("//body//text()[string-length(.) < 300]")]
    for heading in filter(None, (*headings, *lines)):
        if any(agree(fold(heading), name) for name in stated):
            return heading
    named = shared[0] if shared and shared[0] else whole
    without_site = shorter(named, metas(tree, ("og:site_name",)))
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


def authors(tree: Element, linked: list[dict[str, Any]]) -> list[str]:
    """The names of who wrote it, as far as the page states them."""
    names = each(linked, "author") or metas(tree, ("author", "byl", "parsely-author", "article:author"))
    if not names:
        found = tree.xpath('//*[@rel="author" or @itemprop="author"]')
        names = [element.text_content() for element in found[:3]]
    return [name for name in names if len(name) <= 80 and "://" not in name]


def addresses(tree: Element, url: str | None) -> list[str]:
    """The page's own address, as it states it."""
    canonical = tree.xpath('//link[@rel="canonical"]/@href')
    stated = [address.strip() for address in (*canonical, *metas(tree, ("og:url",)))]
    found = [joined(url, address) for address in (*stated, url or "") if address]
    return [address for address in found if address.startswith(("http://", "https://"))]


def joined(url: str | None, address: str) -> str:
    """An address made absolute; as it stands when it is none."""
    try:
        return urljoin(url or "", address)
    except ValueError:
        return address


def alternates(tree: Element, url: str | None) -> Iterator[Alternate]:
    """The versions in other languages that the page links to as such."""
    for link in tree.xpath('//link[@rel="alternate"][@hreflang]'):
        language, _, rest = link.get("hreflang").strip().lower().partition("-")
        if language != "x" and link.get("href"):
            # zh-hans as zh-Hans, en-gb as en-GB (RFC 5646, section 2.1.1)
            tag = "-".join(filter(None, (language, rest.title() if len(rest) == SCRIPT else rest.upper())))
            yield Alternate(language=tag, url=joined(url, link.get("href").strip()))


def times(tree: Element) -> list[str]:
    """The first time that the page marks as one."""
    return [
        time.get("datetime") or time.text_content() for time in tree.xpath("//article//time | //time")[:1]
    ]


def below_title(tree: Element, headline: str) -> str:
    """The text just below the headline, where a page without marks writes its date and source."""
    body = tree.find("body")
    text = squeezed(" ".join(body.itertext())) if body is not None else ""
    return text.partition(headline)[2][:BELOW] if headline else ""


def main_text(markup: str, tree: Element) -> str:
    """The main text as HTML: by the extractor that suits the script, else by the other."""
    text = "".join(tree.itertext())
    hanzi = sum("\u3400" <= letter <= "\u9fff" for letter in text)
    letters = sum(letter.isalpha() for letter in text)
    ways = [by_trafilatura, by_readability]
    if hanzi > HANZI_SHARE * letters:
        ways.reverse()
    found = ways[0](markup)
    if len(plain_text(found)) >= TOO_SHORT:
        return found
    return max(found, ways[1](markup), key=lambda html: len(plain_text(html)))


def article_of(html: str, headline: str) -> str:
    """The main text without the headline that opens it; nothing when it is but a list of links."""
    body: Element = lxml.html.document_fromstring(f"<body>{html or ' '}").find("body")
    for element in [*body.iter("title", "script", "style")]:
        element.drop_tree()
    heading = next(body.iter("h1", "h2"), None)
    if heading is not None and fold(squeezed("".join(heading.itertext()))) == fold(headline):
        heading.drop_tree()
    in_links = sum(len(link.text_content()) for link in body.iter("a"))
    if in_links > MOSTLY_LINKS * len(body.text_content().strip()):
        return ""
    return str(lxml.html.tostring(body, encoding="unicode"))


def by_trafilatura(markup: str) -> str:
    """The main text as trafilatura sees it."""
    import trafilatura

    found = trafilatura.extract(
        markup,
        output_format="html",
        include_comments=False,
        include_links=True,
        include_formatting=True,
        include_images=True,
    )
    return found or ""


def by_readability(markup: str) -> str:
    """The main text as readability sees it."""
    from readability import Document
    from readability.readability import Unparseable

    try:
        return str(Document(markup).summary(html_partial=True))
    except (Unparseable, lxml.etree.LxmlError, ValueError):
        return ""
