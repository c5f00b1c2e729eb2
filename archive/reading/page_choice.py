"""Which blocks of a page an extractor took for its main text, and what it left out between them. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import lxml.html

from archive.model import squeezed
from archive.reading.page_blocks import WHITE, Block

Element = Any

LONG = 30
NEAR = 6
ENOUGH = 0.6
FAR = 30
BESIDE = 2
MOST_REPEATED = 20
OUTSIDE_LINKS = 0.4
MOSTLY = 0.6
NO_ROWS = frozenset(("a", "li", "nav", "footer", "aside", "header"))
LISTED = ("ul", "ol", "table")
BULLETS = re.compile(r"(?m)^\s*(?:[-*|]|\d+\.)\s|\||-{3,}")


def chosen(blocks: Sequence[Block], text: str, headline: str) -> list[Block]:
    """The blocks that make up a text, with their pictures and the lines it left out of their row."""
    found = matched(blocks, text)
    if sum(len(blocks[at].key) for at in found) < ENOUGH * len(WHITE.sub("", text)):
        return [plain_block(line) for line in text.splitlines() if line.strip()]
    first, last = min(found, default=0), max(found, default=-1)
    rows = rows_of([(block, at in found) for at, block in enumerate(blocks) if first <= at <= last])
    pictured = range(above(blocks, first, headline), below(blocks, last) + 1)
    return [
        block
        for at, block in enumerate(blocks)
        if at in found
        or (at in pictured and not block.text)
        or (first <= at <= last and block.text and is_left_out(block, rows))
    ]


def heaviest(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of the row with the most words outside of links: the text of a very short page."""
    weights = Counter[tuple[str, str]]()
    for block in blocks:
        weights[row(block)] += round(len(block.text) * (1 - block.in_links))
    most = max(weights.values(), default=0)
    return [block for block in blocks if most and weights[row(block)] == most]


def above(blocks: Sequence[Block], first: int, headline: str) -> int:
    """Where the pictures over a text begin: at its headline, or just before its first words."""
    wanted = WHITE.sub("", headline)
    for at in range(first - 1, max(-1, first - FAR), -1):
        if blocks[at].key == wanted:
            return max(0, at - BESIDE)
    return max(0, first - BESIDE)


def below(blocks: Sequence[Block], last: int) -> int:
    """Where the pictures right below a text end."""
    while last + 1 < len(blocks) and not blocks[last + 1].text:
        last += 1
    return last


def plain_block(line: str) -> Block:
    """A line of a text that cannot be found on its page, as a paragraph."""
    paragraph = lxml.html.Element("p")
    paragraph.text = line.strip()
    return Block(element=paragraph, inside=paragraph, text=squeezed(line))


def matched(blocks: Sequence[Block], text: str) -> set[int]:
    """The numbers of the blocks whose words stand in a text; short ones only beside one that is found."""
    words = WHITE.sub("", BULLETS.sub("", text))
    keys = [BULLETS.sub("", block.key) if block.element.tag in LISTED else block.key for block in blocks]
    ends: dict[int, int] = {}
    taken: set[int] = set()
    for at, key in enumerate(keys):
        if len(key) >= LONG and (place := place_of(key, words, taken)) >= 0:
            taken.add(place)
            ends[at] = place + len(key)
    end = 0
    for at, key in enumerate(keys):
        if at in ends:
            end = ends[at]
        elif 0 < len(key) < LONG and (place := words.find(key, end, end + len(key) + NEAR)) >= 0:
            ends[at] = end = place + len(key)
    return set(ends)


def place_of(key: str, words: str, taken: set[int]) -> int:
    """Where a block stands in a text, or at least its beginning; -1 for nowhere that is not yet taken."""
    for part in (key, key[:LONG]):
        place = -1
        for _ in range(MOST_REPEATED):
            place = words.find(part, place + 1)
            if place not in taken:
                break
        if place >= 0 and place not in taken:
            return place
    return -1


def row(block: Block) -> tuple[str, str]:
    """What the paragraphs of one text have in common: the element they stand in, by name and class."""
    return block.inside.tag, block.inside.get("class") or ""


def rows_of(span: Sequence[tuple[Block, bool]]) -> set[tuple[str, str]]:
    """The rows that are the text's own: most of what stands in them was taken."""
    taken, whole = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for block, is_taken in span:
        if block.inside.tag not in NO_ROWS:
            whole[row(block)] += len(block.text)
            taken[row(block)] += len(block.text) * is_taken
    return {each for each, size in taken.items() if size > MOSTLY * whole[each]}


def is_left_out(block: Block, rows: set[tuple[str, str]]) -> bool:
    """Whether a block that an extractor left out belongs to the text: it stands among the others."""
    return row(block) in rows and block.in_links < OUTSIDE_LINKS
