"""Markdown and Word files. The only module that knows markdown-it and mammoth."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from html import escape
from io import BytesIO
from typing import Any

import lxml.etree
import lxml.html

from archive.model import Image, squeezed
from archive.stated import LABELS, Content, Stated, labelled

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
PAIR = re.compile(r"([^\s:#\-][^:]*?)\s*[:：](?:\s+(.*))?")
LISTED = re.compile(r"""\s*"[^"]*"|\s*'[^']*'|[^,]+""")
HEADINGS = ("h1", "h2")
LARGEST_UNPACKED = 100 << 20
CORE = "docProps/core.xml"
PROPERTIES: Mapping[str, str] = {
    "{http://purl.org/dc/elements/1.1/}title": "title",
    "{http://purl.org/dc/elements/1.1/}creator": "authors",
    "{http://purl.org/dc/elements/1.1/}language": "language",
    "{http://purl.org/dc/terms/}created": "date",
    "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}keywords": "categories",
}
TITLE_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='标题'] => h1:fresh"
Element = Any


def read_markdown(text: str, *, url: str | None) -> Content:
    """A Markdown text with its front matter, if it has any."""
    from markdown_it import MarkdownIt

    stated, body = read_front_matter(text)
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(body)
    below, html, images = take_head(html, stated, is_alone=url is None)
    return Content(stated={**below, **stated}, html=html, images=images)


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
            key = LABELS.get(pair[1].casefold(), "")
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
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def read_word(body: bytes) -> Content:
    """A Word file; its pictures are named, not taken along. Raises ValueError when it is none."""
    import mammoth

    stated = read_properties(body)
    pictures = (f"picture-{number}" for number in range(1, 1 << 20))

    def name(picture: Any) -> dict[str, str]:
        kind = str(picture.content_type or "image/png").partition("/")[2].removeprefix("x-")
        return {"src": f"{next(pictures)}.{kind}"}

    found = mammoth.convert_to_html(
        BytesIO(body), style_map=TITLE_STYLES, convert_image=mammoth.images.img_element(name)
    )
    below, html, images = take_head(str(found.value), {}, is_alone=True)
    return Content(stated={**stated, **below}, html=html, images=images)


def read_properties(body: bytes) -> Stated:
    """What the file's core properties state; raises ValueError for what is no such file or is too large."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as file:
            if sum(part.file_size for part in file.infolist()) > LARGEST_UNPACKED:
                raise ValueError(f"unpacks to more than {LARGEST_UNPACKED >> 20} MiB")
            core = file.read(CORE) if CORE in file.namelist() else b"<none/>"
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise ValueError("is not a Word file (.docx)") from error
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    tree = lxml.etree.fromstring(core, parser)
    found = {PROPERTIES.get(str(part.tag), ""): squeezed(part.text or "") for part in tree}
    return {key: [value] for key, value in found.items() if key and value}


def take_head(html: str, stated: Stated, *, is_alone: bool) -> tuple[Stated, str, tuple[Image, ...]]:
    """The title and labelled lines on top of a text, the text below, and the pictures that lay beside it.

    A first heading that only repeats the stated title goes too. A text that came ``is_alone`` has no pictures
    to show; otherwise their addresses are good.
    """
    found: dict[str, list[str]] = defaultdict(list)
    images: list[Image] = []
    kept: list[str] = []
    title = next(iter(stated.get("title", [])), None)
    for block in top_blocks(html):
        if is_alone:
            images += take_pictures(block, len(kept))
        text = squeezed(str(block.text_content()))
        if not kept and block.tag in HEADINGS and "title" not in found and title in (None, text):
            found["title"].append(text)
        elif not kept and block.tag == "p" and (pairs := labelled(text)):
            for key, value in pairs:
                found[key] += [value] if value else []
        elif text or block.tag == "hr" or block.find(".//img") is not None:
            kept.append(lxml.html.tostring(block, encoding="unicode", with_tail=False))
    return {key: found[key] for key in found if key and found[key]}, "\n".join(kept), tuple(images)


def top_blocks(html: str) -> Iterator[Element]:
    """The elements on the top level of some HTML; text between them becomes paragraphs."""
    # As a document, since a fragment may not hold a second body, and Markdown may hold anything.
    body: Element = lxml.html.document_fromstring(f"<body>{html or ' '}").find("body")
    for text, block in [(body.text, None), *((block.tail, block) for block in body)]:
        if block is not None and isinstance(block.tag, str):
            yield block
        if text and text.strip():
            yield lxml.html.fragment_fromstring(escape(text), create_parent="p")


def take_pictures(block: Element, before: int) -> list[Image]:
    """Take out of a block the pictures that are files, which we were not given; their words are captions."""
    images = []
    for picture in [*block.iter("img")]:
        source = str(picture.get("src") or "")
        if source and "://" not in source and not source.startswith("data:"):
            caption = squeezed(str(picture.get("alt") or "")) or None
            images.append(Image(file=source, caption=caption, before_block=before))
            picture.drop_tree()
    return images
