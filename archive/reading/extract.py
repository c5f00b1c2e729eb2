"""The main text of a page with its pictures. The only module that knows trafilatura and readability."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import lxml.etree
import lxml.html

from archive.fold import fold
from archive.model import Image, PageRules
from archive.reading import page_facts, page_links, page_rules
from archive.reading.clean import plain_text
from archive.reading.furniture import in_article, without_furniture
from archive.reading.page_blocks import Block, blocks_of
from archive.reading.page_byline import is_credit, written_by
from archive.reading.page_choice import chosen, heaviest
from archive.reading.page_images import figure, picture_of, without_decoration
from archive.reading.stated import Content, Stated, first

# Measured on 181 English and 48 Chinese pages: trafilatura .960 / .875, readability .955 / .961.
HANZI_SHARE = 0.3
KANA_SHARE = 0.05
TOO_SHORT = 200
IN_HEAD = frozenset(
    ("title", "meta", "link", "base", "script", "style", "noscript", "template", lxml.etree.Comment)
)
# Hints where a line may break, which no search for the words would find.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
HANZI = re.compile("[\u3400-\u9fff]")
KANA = re.compile("[\u3041-\u30ff]")
Element = Any


def read_page(markup: str, *, url: str | None, rules: PageRules | None = None) -> Content:
    """A page taken apart, by the rules of its source first; raises ValueError when it holds no HTML."""
    tree = tree_of(markup)
    rules = rules or PageRules()
    page_rules.without(tree, rules.without)
    page = page_facts.opened(tree, url)
    stated = dict(page_facts.facts_of(page))
    for key, values in page_rules.ruled(tree, rules).items():
        stated[key] = [*values, *stated[key]] if key == "date" else values
    base = page_facts.base_url(page)
    blocks = article(page, stated, rules)
    texts = [block.text for block in blocks if block.text]
    stated["authors"] = stated["authors"] or written_by(texts)
    html, text, images = written([block for block in blocks if not is_credit(block.text)], base)
    alternates = page_links.alternates(page.tree, url, base)
    return Content(stated=stated, html=html, text=text, images=images, alternates=alternates)


def article(page: page_facts.Page, stated: Stated, rules: PageRules) -> list[Block]:
    """The blocks of the main text: those that rules name, else those that an extractor finds."""
    headline = first(stated, "title") or ""
    ruled = page_rules.elements(page.tree, rules.content)
    if ruled:
        for element in ruled:
            without_decoration(element)
        found = [block for element in ruled for block in blocks_of(element)]
        return [block for block in found if not (block.text and fold(block.text) == fold(headline))]
    without_furniture(page.tree)
    without_decoration(page.tree)
    text = main_text(page.tree, is_chinese=is_chinese(page.lines))
    blocks = blocks_of(page.tree)
    return in_article(chosen(blocks, text, headline) or heaviest(blocks), headline)


def tree_of(markup: str) -> Element:
    """Markup as a tree; raises ValueError when it holds no element."""
    try:
        return with_body(lxml.html.document_fromstring(DECLARATION.sub("", markup, count=1)))
    except (lxml.etree.LxmlError, AssertionError) as error:
        raise ValueError("holds no HTML") from error


def with_body(tree: Element) -> Element:
    """A tree with a body: of a page that opens none, the parser leaves newer elements in the head."""
    head, body = tree.find("head"), tree.find("body")
    astray = [each for each in head if each.tag not in IN_HEAD] if head is not None else []
    if astray and isinstance(tree.tag, str):
        body = lxml.html.Element("body") if body is None else body
        tree.append(body)
        for place, each in enumerate(astray):
            body.insert(place, each)
    return tree


def is_chinese(lines: Sequence[str]) -> bool:
    """Whether a page is written mostly in Chinese; Japanese is not."""
    text = "".join(lines)
    hanzi, kana = len(HANZI.findall(text)), len(KANA.findall(text))
    letters = sum(map(str.isalpha, text))
    return hanzi > HANZI_SHARE * letters and kana <= KANA_SHARE * letters


def main_text(tree: Element, *, is_chinese: bool) -> str:
    """The words of the main text: by the extractor that suits the script, else by the other."""
    ways = [by_trafilatura, by_readability]
    if is_chinese:
        ways.reverse()
    found = ways[0](tree)
    if len(found) >= TOO_SHORT:
        return found
    return max(found, ways[1](tree), key=len)


def by_trafilatura(tree: Element) -> str:
    """The words of the main text as trafilatura sees it."""
    import trafilatura

    return trafilatura.extract(tree, output_format="txt", include_comments=False) or ""


def by_readability(tree: Element) -> str:
    """The words of the main text as readability sees it."""
    from readability import Document
    from readability.readability import Unparseable

    try:
        html = str(Document(lxml.html.tostring(tree, encoding="unicode")).summary(html_partial=True))
        found = blocks_of(tree_of(html))
    except (Unparseable, lxml.etree.LxmlError, ValueError, AssertionError):
        return ""
    return "\n".join(block.text for block in found)


def written(blocks: Sequence[Block], base: str | None) -> tuple[str, str, tuple[Image, ...]]:
    """Blocks as HTML and as text, and the pictures between them."""
    html: list[str] = []
    texts: list[str] = []
    images: list[Image] = []
    for block in blocks:
        if block.text:
            for link in block.element.iter("a") if base else ():
                link.set("href", page_facts.joined(base, (link.get("href") or "").strip()))
            markup = lxml.html.tostring(block.element, encoding="unicode", with_tail=False).translate(
                INVISIBLE
            )
            html.append(markup)
            texts += plain_text(markup).split("\n\n")
        elif (image := picture_of(block.element, base)) and image.url not in {each.url for each in images}:
            html.append(figure(image))
            images.append(replace(image, before_block=len(texts)))
    return "\n".join(html), "\n\n".join(texts), tuple(images)
