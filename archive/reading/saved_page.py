"""A page that a browser saved, and the pictures in the folder beside it. Pure.

Its pictures have no address of the web, so they get one for as long as the page is read: it bears a mark that
no page can hold (``archive.pictures``), and tells afterwards which of them stand in the main text, and where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import lxml.etree
import lxml.html

from archive.model import Alternate, Image
from archive.reading.clean import clean_url
from archive.reading.extract import DECLARATION, read_page
from archive.reading.figures import mark_of, marked
from archive.reading.stated import Content, first

ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/|\\|#", re.IGNORECASE)
# Where a page names other versions of a picture: those were not saved with it.
VERSIONS = re.compile(r"(data-)?.*(srcset|src|original|file|url)$", re.IGNORECASE)
PLACEHOLDER = re.compile(
    r"(blank|spacer|loading|placeholder|transparent|lazy|grey|gray)[^/]*$", re.IGNORECASE
)
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
Element = Any
IMAGE = r'<img\b[^>]*?\ssrc="https://kept\.invalid/{mark}/(\d+)/[^"]*"[^>]*>'


def read_saved(markup: str, kept: Mapping[str, str]) -> Content:
    """What a saved page holds, with the pictures of its text: those ``kept`` in place, the others named."""
    mark, markup = mark_of(markup), DECLARATION.sub("", markup, count=1)
    try:
        tree: Element = lxml.html.document_fromstring(markup)
    except (lxml.etree.LxmlError, AssertionError, ValueError):
        return read_page(markup, url=None)  # which says what is wrong
    names = with_addresses(tree, mark)
    content = read_page(lxml.html.tostring(tree, encoding="unicode") if names else markup, url=None)
    if not content.alternates:
        content = replace(content, alternates=tuple(versions(tree)))
    if not names:
        return content
    base = first(content.stated, "url")
    start = f"https://kept.invalid/{mark}/"

    def file_of(image: Image) -> Image:
        if image.url is None or not image.url.startswith(start):
            return image
        name = names[int(image.url.removeprefix(start).partition("/")[0])]
        url = None if name in kept or base is None else clean_url(name, base=base)
        return replace(image, file=name, url=url, sha256=kept.get(name))

    def shown(match: re.Match[str]) -> str:
        name = names[int(match[1])]
        if name in kept:
            return f'<img src="{marked(mark, kept[name])}" alt="">'
        url = clean_url(name, base=base) if base else None
        return (
            re.sub(r'\ssrc="[^"]*"', lambda _: f' src="{quote(url, safe="%/:?&=#+;,@~")}"', match[0])
            if url
            else ""
        )

    html = re.sub(IMAGE.format(mark=mark), shown, content.html)
    return replace(content, html=html, images=tuple(map(file_of, content.images)), mark=mark)


def with_addresses(tree: Element, mark: str) -> list[str]:
    """The files that a page shows as pictures; in the page each gets an address by its number."""
    names: list[str] = []
    for image in tree.iter("img"):
        source = str(image.get("src") or "").strip()
        if not source or ELSEWHERE.match(source) or (PLACEHOLDER.search(source) and len(image.attrib) > 1):
            continue
        if source not in names:
            names.append(source)
        for name in [name for name in image.attrib if name != "src" and VERSIONS.fullmatch(name)]:
            del image.attrib[name]
        image.set("src", f"https://kept.invalid/{mark}/{names.index(source)}/{quote(source, safe='/')}")
    return names


def versions(tree: Element) -> Iterator[Alternate]:
    """The languages of the versions that lie beside a page; files have no address."""
    for link in tree.xpath('//link[@rel="alternate"][@hreflang][@href]'):
        tag = str(link.get("hreflang")).strip()
        if not ELSEWHERE.match(str(link.get("href")).strip()) and TAG.fullmatch(tag):
            yield Alternate(language=tag)
