"""A page that lists articles as a document: their titles, addresses and dates. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from archive.hosts import registrable
from archive.model import Article, Document, squeezed
from archive.reading import page_facts, page_rules
from archive.reading.boilerplate import is_boilerplate
from archive.reading.clean import clean_line, clean_url
from archive.reading.dates import Moment, parse_date
from archive.reading.extract import tree_of
from archive.reading.furniture import without_furniture
from archive.reading.language import HANZI, language_of, script_of
from archive.reading.page_facts import STATED_DATE

Element = Any

FEWEST = 3
LEAST_HANZI = 8
LEAST_WORDS = 4
LONGEST = 300
# How far above a link its row is looked for, and what tells two lists apart.
HIGHEST = 6
LONGEST_ROW = 2_000
PASSING = re.compile(
    r"\d|^(?:odd|even|first|last|active|current|sticky|clearfix|hentry|fl|fr|cf)$|^(?:category|tag|status|type|format|author|has|post|wow)-",
    re.IGNORECASE,
)
CUT_OFF = re.compile(r"(?:\.\.\.|…)\s*$")
DATE_BESIDE = re.compile(
    rf"^[\[(（【]?\s*\d{{4}}[-/.]\d\d?[-/.]\d\d?\s*(?:[\])）】]\s*|\s)|\s*[\[(（【]?\s*(?:{STATED_DATE.pattern})\s*[\])）】]?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to an article, with its headline, and the date that stands beside it."""

    url: str
    title: str
    date: str | None


def read(markup: str, *, url: str | None, links: str = "", most: int) -> Document:
    """The articles that a page lists: those that a selector finds, else those of its main list."""
    try:
        tree = tree_of(markup)
    except ValueError as error:
        return Document(result="not_a_feed", detail=str(error))
    page = page_facts.opened(tree, url)
    base = page_facts.base_url(page)
    found = selected(tree, links, base) if links else main_list(tree, base)
    unique = list({link.url: link for link in reversed(found)}.values())[::-1]
    declared = next(iter(tree.xpath("/html/@lang")), None)
    return Document(
        result="empty" if not unique else "warning" if len(unique) > most else "ok",
        detail=told(len(unique), most, links),
        kind="index",
        site_url=urljoin(url, "/") if url else None,
        title=clean_line(tree.findtext(".//title") or "") or None,
        articles=tuple(article(link, declared) for link in unique[:most]),
    )


def told(count: int, most: int, links: str) -> str | None:
    """What is to be said of a list: that there is none, or that it was too long."""
    if not count and links:
        return f"links={links} finds no link on this page"
    if not count:
        return "no list of articles found on this page; say where it is: links=SELECTOR"
    return f"lists {count:,} articles; the first {most:,} were taken" if count > most else None


def selected(tree: Element, links: str, base: str | None) -> list[Link]:
    """The links that a selector finds, or those in what it finds."""
    inside = [next(each.iter("a"), None) for each in page_rules.elements(tree, links)]
    return links_of(
        [anchor for anchor in inside if anchor is not None and title_of(anchor)], addresses(tree, base)
    )


def main_list(tree: Element, base: str | None) -> list[Link]:
    """The links of the list that says most: rows of one shape, with headlines and perhaps dates."""
    without_furniture(tree)
    for element in [*tree.iter("nav", "footer")]:
        element.drop_tree()
    known = addresses(tree, base)
    rows: dict[tuple[str, ...], list[Element]] = defaultdict(list)
    for anchor, url in known.items():
        if is_near(url, base) and is_headline(anchor):
            rows[shape(anchor)].append(anchor)
    several = [row for row in rows.values() if len({known[anchor] for anchor in row}) >= FEWEST]
    return max((links_of(row, known) for row in several), key=weight, default=[])


def addresses(tree: Element, base: str | None) -> dict[Element, str]:
    """The links of a page with their addresses, in order."""
    found = ((anchor, clean_url(anchor.get("href"), base=base)) for anchor in tree.iter("a"))
    return {anchor: url for anchor, url in found if url}


def is_headline(anchor: Element) -> bool:
    """Whether the text of a link looks like a headline."""
    title = title_of(anchor)
    is_long = sum(map(len, HANZI.findall(title))) >= LEAST_HANZI or len(title.split()) >= LEAST_WORDS
    return is_long and len(title) <= LONGEST and not is_boilerplate(title)


def is_near(url: str, base: str | None) -> bool:
    """Whether a link stays on the site, and leads to another page of it."""
    if base is None:
        return True
    host, here = urlsplit(url).hostname or "", urlsplit(base).hostname or ""
    return registrable(host) == registrable(here) and urldefrag(url)[0] != urldefrag(base)[0]


def shape(anchor: Element) -> tuple[str, ...]:
    """The elements around a link by name and class, which all rows of a list have in common."""
    found = [anchor, *anchor.iterancestors()][:HIGHEST]
    return tuple(f"{each.tag}.{' '.join(sorted(lasting(each)))}" for each in found)


def lasting(element: Element) -> Iterator[str]:
    """The classes of an element that do not change from row to row."""
    return (name for name in (element.get("class") or "").split() if not PASSING.search(name))


def weight(links: Sequence[Link]) -> float:
    """How much a list says: long headlines, and twice as much with dates."""
    unique = {link.url: link for link in links}.values()
    sizes = ((len(HANZI.sub("xx", link.title)) + len(link.title), link.date) for link in unique)
    return float(sum(min(size, 80) * (2 if date else 1) for size, date in sizes))


def title_of(anchor: Element) -> str:
    """The headline of a link, without the date in it; in full where the page cuts it off."""
    shown = squeezed(" ".join(anchor.itertext("*")))
    full = squeezed(anchor.get("title") or "")
    if CUT_OFF.search(shown) and len(full) > len(shown) - 3:
        shown = full
    return squeezed(DATE_BESIDE.sub("", shown).lstrip("·•■◆▪●>›» "))


def links_of(anchors: Sequence[Element], known: Mapping[Element, str]) -> list[Link]:
    """The links of a list with what stands in their rows."""
    wanted = {known[anchor] for anchor in anchors if anchor in known}
    return [
        Link(url=known[anchor], title=title_of(anchor), date=date_in(row_of(anchor, wanted, known)))
        for anchor in anchors
        if anchor in known
    ]


def row_of(anchor: Element, wanted: set[str], known: Mapping[Element, str]) -> Element:
    """The largest element around a link that holds no other link of its list."""
    row, own = anchor, known[anchor]
    for around in [*anchor.iterancestors()][:HIGHEST]:
        addresses_in = (known.get(link, own) for link in around.iter("a"))
        if around.tag in ("body", "html", "main") or any(
            each != own and each in wanted for each in addresses_in
        ):
            break
        row = around
    return row


def date_in(row: Element) -> str | None:
    """The complete date that stands in a row, as marked or as written."""
    marked = [time.get("datetime") or time.text_content() for time in row.iter("time")]
    text = squeezed(" ".join(row.itertext("*"))[:LONGEST_ROW])
    candidates = [*marked, *(match[0] for match in STATED_DATE.finditer(text))]
    return next((squeezed(raw) for raw in candidates if is_complete(parse_date(raw))), None)


def is_complete(found: Moment | None) -> bool:
    """Whether a date names a day."""
    return found is not None and found.precision in ("day", "minute", "second")


def article(link: Link, declared: str | None) -> Article:
    """The article that a link promises."""
    language = language_of(link.title, declared=declared)
    found = parse_date(link.date, language=language)
    return Article(
        title=clean_line(link.title),
        language=language,
        script=script_of(link.title, declared=declared) if language == "zh" else None,
        url=link.url,
        published=found.moment if found else None,
        published_raw=link.date,
        published_precision=found.precision if found else None,
    )
