"""Plain text as it is saved from a news page: a head of labelled lines, then blocks of text. Pure.

The layout is that of city news sites in both languages: the name of the other language (a link there, left
over here), ``Topics:``, the title, ``Date:``, ``Source:``, a text-size control; then paragraphs, headings and
the file names of pictures between blank lines; at the end the author in brackets. All of it may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import PurePosixPath

from archive.model import Image
from archive.reading.figures import figure, mark_of, marked
from archive.reading.heads import SUBTITLE, Head, foot
from archive.reading.language import language_of
from archive.reading.stated import SWITCHES, Content

PICTURE = re.compile(r"[^<>|]{1,200}\.(jpe?g|png|gif|webp)", re.IGNORECASE)
# Names that a camera, a phone or a content system gave say nothing about the picture.
CAMERA_NAME = re.compile(
    r"\d+_.*pic.*|(img|dscn?|dscf|dji|pxl|mvimg|image|picture|photo|screenshot|wechatimg|mmexport)[\W_]*\d*"
    r"|微信图片[\W\d_]*|图片[\W\d_]*|[\W\d_]*|[0-9a-f-]{16,}",
    re.IGNORECASE,
)
LONGEST_TITLE = 300
# A title marked as one, as in Markdown or by the marks that Chinese has for titles.
MARKED_TITLE = re.compile(r"^(?:#{1,3} (?P<title>.+?)[ #]*)$")
LONGEST_HEADING = 120
END_OF_SENTENCE = re.compile(r"[.!?。！？…:：;；,，、][\"'”’』」)）\]】]*$")
BULLET = re.compile(r"([-*•·●■]|\d{1,2}[.)、]|[(（]\d{1,2}[)）])\s*\S")
WIDE = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef"
SPLIT_LINE = re.compile(rf"(?<=[{WIDE}])\n(?=[{WIDE}])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph or heading: ``p``, ``h2`` or ``h3``."""

    tag: str
    text: str


def read_layout(text: str, kept: Mapping[str, str]) -> Content:
    """A text in this layout, taken apart; a text without labels is a title and its blocks."""
    lines = [line.strip() for line in text.splitlines()]
    stated, body = read_head(lines)
    return read_blocks(list(cut(body)), stated, kept)


def read_blocks(pieces: list[str], stated: dict[str, list[str]], kept: Mapping[str, str]) -> Content:
    """The pieces of a text as blocks and pictures, with what its foot states."""
    read_foot(pieces, stated)
    texts: list[str] = []
    images: list[Image] = []
    for piece in pieces:
        if PICTURE.fullmatch(piece):
            images.append(image(piece, len(texts), kept.get(piece)))
        else:
            texts.append(piece)
    whole, mark = "\n\n".join(texts), mark_of("\n".join(pieces))
    return Content(
        stated=stated,
        html="\n".join(marked_up(tuple(tagged(texts)), images, mark)),
        text=whole,
        images=tuple(images),
        mark=mark,
    )


def read_foot(pieces: list[str], stated: dict[str, list[str]]) -> None:
    """Take off the lines at the end that state something."""
    pairs, left, rest = foot(pieces)
    for key, value in pairs:
        if key and value and (key != "authors" or key not in stated):
            stated.setdefault(key, []).append(value)
    pieces[left:] = [rest] if rest else []


def marked_up(blocks: Sequence[Block], images: Sequence[Image], mark: str) -> Iterator[str]:
    """Blocks as HTML, with what there is of the pictures between them."""
    for at in range(len(blocks) + 1):
        yield from filter(None, (placed(image, mark) for image in images if image.before_block == at))
        yield from (f"<{block.tag}>{escape(block.text)}</{block.tag}>" for block in blocks[at : at + 1])


def placed(image: Image, mark: str) -> str:
    """What stands for a picture until the sanitiser is through."""
    return f'<p><img src="{marked(mark, image.sha256)}" alt=""></p>' if image.sha256 else figure(image)


def read_head(lines: Sequence[str]) -> tuple[dict[str, list[str]], Sequence[str]]:
    """What the head states, and the lines below it."""
    first = next((at for at, line in enumerate(lines) if line), len(lines))
    switch = SWITCHES.get(lines[first].casefold()) if first < len(lines) else None
    if switch is not None:
        stated, body = read_labels(lines[first + 1 :])
        if stated.keys() - {"title"}:
            stated["switch"] = [switch]
            return stated, body
    return read_labels(lines)


def read_labels(lines: Sequence[str]) -> tuple[dict[str, list[str]], Sequence[str]]:
    """Labelled lines, and among them the title: the first line without a label."""
    head, subtitle = Head(), list[str]()
    for at, line in enumerate(lines):
        if not line or head.takes([line]):
            continue
        if head.title is None and len(line) <= LONGEST_TITLE and not PICTURE.fullmatch(line):
            head.stated["title"] = [MARKED_TITLE.sub(r"\g<title>", line)]
        elif (
            head.title is not None and not subtitle and SUBTITLE.match(line) and len(line) <= LONGEST_HEADING
        ):
            subtitle = [line]
        else:
            body = lines[at:]
            return head.known(), [*subtitle, *([""] if subtitle and "" in body else []), *body]
    return head.known(), subtitle


def cut(lines: Sequence[str]) -> Iterator[str]:
    """The pieces of a text: parted by blank lines, or where there are none, every line by itself."""
    by_blank_lines = "" in list(lines)[:-1]
    piece: list[str] = []
    for line in lines:
        is_piece = bool(PICTURE.fullmatch(line)) or not by_blank_lines
        if piece and (is_piece or not line):
            yield joined(piece)
            piece = []
        if line and is_piece:
            yield line
        elif line:
            piece.append(line)
    if piece:
        yield joined(piece)


def joined(lines: Iterable[str]) -> str:
    """Lines of one paragraph as one: with a space, but for scripts that have none."""
    return SPLIT_LINE.sub("", "\n".join(lines)).replace("\n", " ")


def tagged(texts: Sequence[str]) -> Iterator[Block]:
    """Texts as paragraphs and headings: a heading is short, ends no sentence and has something below it."""
    previous = "p"
    for text, below in pairwise([*texts, ""]):
        tag = "p"
        if below and is_heading(text):
            tag = "h2" if previous == "p" else "h3"
        yield Block(tag=tag, text=text)
        previous = tag


def is_heading(text: str) -> bool:
    """Whether a block looks like a heading."""
    return len(text) <= LONGEST_HEADING and not END_OF_SENTENCE.search(text) and BULLET.match(text) is None


def image(name: str, before_block: int, sha: str | None) -> Image:
    """A picture by its file name or address; a name in words is its caption."""
    stem = PurePosixPath(name).stem.strip()
    caption = None if "/" in name or CAMERA_NAME.fullmatch(stem) else stem
    is_url = name.startswith(("http://", "https://"))
    return Image(
        file=None if is_url else name,
        url=name if is_url else None,
        sha256=None if is_url else sha,
        caption=caption,
        caption_language=language_of(caption) if caption else None,
        before_block=before_block,
    )
