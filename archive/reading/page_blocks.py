"""A page as a flat row of blocks: paragraphs, headings, lists, quotes, tables, and pictures between. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

import lxml.html

from archive.model import squeezed

Element = Any

# These stay whole; of all other blocks only what they hold is of interest.
LINES = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6"))
WHOLE = frozenset((*LINES, "ul", "ol", "dl", "pre", "table", "blockquote"))
GONE_NAMES = """
    script style noscript template iframe button select textarea input svg head object embed title audio video
    canvas map
"""
GONE = frozenset(GONE_NAMES.split())
PICTURED = frozenset(("figure", "img", "picture", "amp-img"))
INLINE_NAMES = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q ruby rb rp rt s samp
    small span strike strong sub sup time tt u var wbr nobr o:p st1:p
"""
INLINE = frozenset(INLINE_NAMES.split())
BLOCKS = (
    *("p", "div", "section", "article", "table", "ul", "ol", "dl", "blockquote", "pre", "figure", "header"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "li", "main", "center", "br", "img", "picture", "amp-img"),
)
INDENT = re.compile(r"\s*[\u3000\xa0]{2}")
WHITE = re.compile("[\\s\u00ad\u200b-\u200d\u2060\ufeff]+")


@dataclass(slots=True, kw_only=True)
class Block:
    """A block of a page, the element that holds it there, and its words; of a picture, no words."""

    element: Element
    inside: Element
    text: str

    @property
    def key(self) -> str:
        """The words without white space, to compare them by."""
        return WHITE.sub("", self.text)

    @property
    def in_links(self) -> float:
        """The share of its words that lead elsewhere."""
        linked = sum(len(words(link)) for link in self.element.iter("a"))
        return linked / max(1, len(self.text))


def blocks_of(element: Element) -> list[Block]:
    """The blocks of an element, or it alone when it is one."""
    return list(parts(element, element.tag))


def flat(element: Element) -> Iterator[Block]:
    """The blocks in an element, in order; loose text between them becomes paragraphs."""
    run = Run(element)
    run.text(element.text)
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else "script"
        if tag == "br":
            yield from run.broken(is_indented=INDENT.match(child.tail or "") is not None)
        elif tag in INLINE and next(child.iter(*BLOCKS), None) is None:
            run.child(child)
        elif tag not in GONE:
            yield from run.ended()
            yield from parts(child, tag)
        run.text(child.tail)
    yield from run.ended()


def parts(child: Element, tag: str) -> Iterator[Block]:
    """A child as it stands, if it is a block or a picture, else the blocks in it."""
    if tag in PICTURED and next(child.iter("table", "blockquote", "pre", "p"), None) is None:
        yield Block(element=child, inside=around(child), text="")
    elif is_whole(child, tag):
        yield Block(element=child, inside=around(child), text=words(child))
    else:
        yield from flat(child)


def around(element: Element) -> Element:
    """The element that holds another one; the topmost holds itself."""
    found = element.getparent()
    return element if found is None else found


def is_whole(element: Element, tag: str) -> bool:
    """Whether an element is a block by itself: lines that hold no blocks, lists of lines, tables of data."""
    if tag not in WHOLE:
        return False
    inner = element.iter(*BLOCKS, *GONE)
    found = {part.tag for part in inner if part is not element}
    if tag in LINES:
        return not found
    if tag == "table":
        return not found & {"table", "div", "section", "article", "h1", "h2", "h3", "ul", "figure", "picture"}
    if tag in ("ul", "ol", "dl"):
        return not found & {
            "div",
            "section",
            "article",
            "table",
            "figure",
            "picture",
            "img",
            "h1",
            "h2",
            "h3",
            "p",
        }
    return not found & {"section", "article", "table", "figure", "picture", "img", "h1", "h2", "script"}


class Run:
    """Text and inline elements between two blocks, gathered into a paragraph, or a part of a broken line."""

    def __init__(self, inside: Element) -> None:
        self._inside = inside
        self._tag = inside.tag if inside.tag in LINES else "p"
        self._begin()

    def _begin(self) -> None:
        self._paragraph: Element = lxml.html.Element(self._tag)
        self._last: Element | None = None
        self._has_words = False
        self._breaks = 0

    def text(self, text: str | None) -> None:
        """Add text at the end."""
        if not text:
            return
        if not text.isspace():
            self._breaks, self._has_words = 0, True
        if self._last is None:
            self._paragraph.text = (self._paragraph.text or "") + text
        else:
            self._last.tail = (self._last.tail or "") + text

    def child(self, element: Element) -> None:
        """Add an inline element without what follows it."""
        alone = copy(element)
        alone.tail = None
        self._append(alone)
        if words(alone):
            self._breaks, self._has_words = 0, True

    def _append(self, element: Element) -> None:
        self._paragraph.append(element)
        self._last = element

    def broken(self, *, is_indented: bool) -> Iterator[Block]:
        """A line break: a second one ends the paragraph, and so does one before an indented line."""
        self._breaks += 1
        if self._breaks > 1 or is_indented:
            yield from self.ended()
        elif self._has_words:
            self._append(lxml.html.Element("br"))

    def ended(self) -> Iterator[Block]:
        """The paragraph, if it has words; a new one begins."""
        paragraph, last, has_words = self._paragraph, self._last, self._has_words
        self._begin()
        if not has_words:
            return
        if last is not None and last.tag == "br" and not (last.tail or "").strip():
            paragraph.remove(last)
        # A paragraph that a line break cut in two stands beside the others, not below one.
        inside = around(self._inside) if self._inside.tag in LINES else self._inside
        yield Block(element=paragraph, inside=inside, text=words(paragraph))


def words(element: Element) -> str:
    """The words of an element as one line."""
    between = "" if element.tag in LINES or element.tag in INLINE else " "
    return squeezed(between.join(element.itertext("*")))
