"""Markdown, and what it shares with Word files: HTML with a head. The only module that knows markdown-it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import PurePosixPath
from typing import Any

import lxml.html

from archive.model import Image, squeezed
from archive.reading.figures import mark_of, marked
from archive.reading.heads import SUBTITLE, Head, foot
from archive.reading.layout import CAMERA_NAME
from archive.reading.stated import MATTER, Content, Stated, first

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
PAIR = re.compile(r"([^\s:#\-][^:]*?)\s*[:：](?:\s+(.*))?")
LISTED = re.compile(r"""\s*"[^"]*"|\s*'[^']*'|[^,]+""")
HEADINGS = ("h1", "h2")
MADE_UP = re.compile("automatically generated|自动生成", re.IGNORECASE)
Element = Any


def read_markdown(text: str, *, url: str | None, kept: Mapping[str, str]) -> Content:
    """A Markdown text with its front matter, if it has any."""
    from markdown_it import MarkdownIt

    stated, body = read_front_matter(text)
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(body)
    content = take_head(html, stated, is_alone=url is None, kept=kept)
    return replace(content, stated={**content.stated, **stated})


def read_front_matter(text: str) -> tuple[Stated, str]:
    """What stands between lines of dashes at the top, as ``key: value`` and lists, and the text below it."""
    text = text.replace("\r\n", "\n")
    match = FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    stated: dict[str, list[str]] = defaultdict(list)
    key = ""
    for line in match[1].splitlines():
        if pair := PAIR.fullmatch(line.rstrip()):
            key = MATTER.get(pair[1].casefold(), "")
            stated[key] += values(pair[2] or "")
        elif line.strip().startswith("- "):
            stated[key].append(unquoted(line.strip()[2:]))
    return {key: found for key, found in stated.items() if key and found}, text[match.end() :]


def values(text: str) -> list[str]:
    """A value of front matter: a list in brackets, or one text."""
    text = text.strip()
    parts = LISTED.findall(text[1:-1]) if text.startswith("[") and text.endswith("]") else [text]
    return list(filter(None, map(unquoted, parts)))


def unquoted(text: str) -> str:
    """A text without the quotes around it."""
    text = text.strip()
    if len(text) < 2 or text[0] != text[-1] or text[0] not in "\"'":
        return text
    return text[1:-1].replace('\\"', '"') if text[0] == '"' else text[1:-1].replace("''", "'")


def take_head(html: str, stated: Stated, *, is_alone: bool, kept: Mapping[str, str]) -> Content:
    """A text without its title and the lines on top and at the end that state something; its pictures.

    A first heading that only repeats the stated title goes too. A text that came ``is_alone`` has no pictures
    to show but the ``kept`` ones; otherwise their addresses are good.
    """
    head, blocks, images = Head(first(stated, "title")), list[Block](), list[Image]()
    mark, texts, is_head = mark_of(html), 0, True
    for element in top_blocks(html):
        if is_alone:
            images += take_pictures(element, texts, kept, mark)
        lines = lines_of(element)
        text = squeezed(" ".join(lines))
        if is_head and not texts and is_title(element, text, head, stated):
            head.stated["title"].append(text)
        elif is_head and element.tag == "p" and head.takes(lines):
            continue
        elif text or element.tag == "hr" or element.find(".//img") is not None:
            blocks.append(Block(element=element, text=text))
            is_head = is_head and (
                not text or (not texts and head.title is not None and bool(SUBTITLE.match(text)))
            )
            texts += bool(text or element.tag == "hr")
    take_foot(blocks, head.stated)
    kept_html = (lxml.html.tostring(block.element, encoding="unicode", with_tail=False) for block in blocks)
    return Content(
        stated=head.known(),
        html="\n".join(kept_html),
        images=tuple(images),
        mark=mark,
        doubts=tuple(second_title(blocks, head.title)),
    )


def second_title(blocks: Sequence[Block], title: str | None) -> Iterator[str]:
    """What to say when a text begins with a heading that is not the title it states."""
    first_block = next((block for block in blocks if block.text), None)
    if title and first_block and first_block.element.tag == "h1":
        yield f"two titles: the text begins with {first_block.text[:80]!r}"


def is_title(element: Element, text: str, head: Head, stated: Stated) -> bool:
    """Whether a heading on top is the title, or only repeats the one that is stated."""
    return element.tag in HEADINGS and not head.stated["title"] and first(stated, "title") in (None, text)


@dataclass(slots=True, kw_only=True)
class Block:
    """An element on the top level of a text, and its words."""

    element: Element
    text: str


def lines_of(element: Element) -> list[str]:
    """The words of an element, a line at each break."""
    for line_break in element.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    lines = [squeezed(line) for line in str(element.text_content()).split("\n")]
    for line_break in element.iter("br"):
        line_break.tail = (line_break.tail or "")[1:]
    return [line for line in lines if line]


def take_foot(blocks: list[Block], found: dict[str, list[str]]) -> None:
    """Take off what the last lines state, and the author in brackets behind the last words."""
    first_of_foot = next((at for at in range(len(blocks), 0, -1) if blocks[at - 1].element.tag != "p"), 0)
    pairs, left, rest = foot([block.text for block in blocks[first_of_foot:]])
    for key, value in pairs:
        if key and value and (key != "authors" or not found.get("authors")):
            found[key].append(value)
    left += first_of_foot
    if rest:
        cut_off(blocks[left].element, blocks[left].text[len(rest) :])
        left += 1
    del blocks[left:]


def cut_off(element: Element, end: str) -> None:
    """Take the end off an element's words, where it stands in one piece of them."""
    places = [
        (part, name)
        for part in element.iter()
        for name in ("text", "tail")
        if part is not element or name == "text"
    ]
    for part, name in reversed(places):
        words = (getattr(part, name) or "").rstrip()
        if words:
            if squeezed(words).endswith(end.strip()):
                setattr(part, name, words[: words.rfind(end.strip()[0])].rstrip())
            return


def top_blocks(html: str) -> Iterator[Element]:
    """The elements on the top level of some HTML; text between them becomes paragraphs."""
    # As a document, since a fragment may not hold a second body, and Markdown may hold anything.
    body: Element = lxml.html.document_fromstring(f"<body>{html or ' '}").find("body")
    for text, block in [(body.text, None), *((block.tail, block) for block in body)]:
        if block is not None and isinstance(block.tag, str):
            yield block
        if text and text.strip():
            yield lxml.html.fragment_fromstring(escape(text), create_parent="p")


def take_pictures(block: Element, before: int, kept: Mapping[str, str], mark: str) -> list[Image]:
    """The pictures of a block that are files; those we were not given are taken out of it."""
    images = []
    for picture in [*block.iter("img")]:
        source = str(picture.get("src") or "")
        if source and "://" not in source and not source.startswith("data:"):
            caption = caption_of(str(picture.get("alt") or ""))
            images.append(Image(file=source, sha256=kept.get(source), caption=caption, before_block=before))
            if source in kept:
                picture.attrib.clear()
                picture.set("src", marked(mark, kept[source]))
            else:
                picture.drop_tree()
    return images


def caption_of(words: str) -> str | None:
    """The words of a picture as its caption, unless a camera or a word processor made them up."""
    words = squeezed(words)
    is_made_up = CAMERA_NAME.fullmatch(PurePosixPath(words).stem) or MADE_UP.search(words)
    return None if is_made_up or not words else words
