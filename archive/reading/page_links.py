"""The versions of a page in other languages: those in its head, and those that readers can go to. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from archive.hosts import registrable
from archive.model import Alternate, squeezed
from archive.reading.clean import clean_url

Element = Any

SCRIPT = 4
MOST = 60
# The whole text of a link that leads to the same page in another language.
SWITCHES: Mapping[str, str] = {
    name: language
    for language, names in {
        "en": "english|en|eng|english version|英文|英文版|英语|英語",
        "zh": "中文|中文版|chinese|chinese version|cn|汉语|漢語|中",
        "zh-Hans": "简体|简体中文|简体版|简|簡體|簡体|中文简体|中文(简体)|中文（简体）|simplified chinese",
        "zh-Hant": "繁體|繁體中文|繁體版|繁|繁体|繁体中文|繁体版|中文繁體|中文(繁體)|中文（繁體）|正體中文"
        "|traditional chinese",
    }.items()
    for name in names.split("|")
}
LANGUAGE = re.compile(r"[a-z]{2}|eng|chs|cht|english|chinese|[a-z]{2}[-_](?:[a-z]{2}|han[st])", re.IGNORECASE)
ENTRANCE = re.compile(r"(?:index|default|home|main)(?:\.\w{2,5})?", re.IGNORECASE)


def alternates(tree: Element, url: str | None, base: str | None) -> tuple[Alternate, ...]:
    """The other versions, each language and address once; a link to a site's entrance leads to no version."""
    found = [*declared(tree, base), *switches(tree, base)]
    kept = [
        each for each in dict.fromkeys(found) if each.url and (is_page(each.url) or not is_page(url or ""))
    ]
    return tuple(each for each in kept if each.url != url)[:MOST]


def declared(tree: Element, base: str | None) -> Iterator[Alternate]:
    """The versions that the head of a page names by language."""
    for link in tree.xpath('//link[@hreflang][contains(concat(" ", @rel, " "), " alternate ")]'):
        language, _, rest = link.get("hreflang").strip().lower().replace("_", "-").partition("-")
        if language != "x" and language.isalpha() and (address := clean_url(link.get("href"), base=base)):
            # zh-hans as zh-Hans, en-gb as en-GB (RFC 5646, section 2.1.1)
            tag = "-".join(filter(None, (language, rest.title() if len(rest) == SCRIPT else rest.upper())))
            yield Alternate(language=tag, url=address)


def switches(tree: Element, base: str | None) -> Iterator[Alternate]:
    """The versions that links of the page lead to whose whole text is the name of a language."""
    here = urlsplit(base or "").hostname
    for link in tree.iter("a"):
        text = squeezed(link.text_content()) if len(link) < 3 else ""
        language = SWITCHES.get(text.strip("[]|【】· ").casefold()) if len(text) < 24 else None
        address = clean_url(link.get("href"), base=base) if language else None
        if language and address and here and related(address, here):
            yield Alternate(language=language, url=address)


def related(address: str, host: str) -> bool:
    """Whether an address is on the same registrable domain."""
    return registrable(urlsplit(address).hostname or "") == registrable(host)


def is_page(address: str) -> bool:
    """Whether an address leads deeper than to the entrance of a site, or of its part in one language."""
    try:
        parts: SplitResult = urlsplit(address)
    except ValueError:
        return False
    steps = [step for step in parts.path.split("/") if step]
    if any(not LANGUAGE.fullmatch(step) and not ENTRANCE.fullmatch(step) for step in steps):
        return True
    return any(value.isdigit() for _, value in parse_qsl(parts.query))
