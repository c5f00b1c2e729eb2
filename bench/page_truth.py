"""Captured pages and what is true of them: text, title, date, authors, phrases to keep and to leave out."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import lxml.html

from archive.reading.decode import decode
from archive.reading.extract import tree_of
from archive.reading.furniture import CODE, NEVER_TEXT
from archive.reading.page_blocks import WHITE, blocks_of

# Where the text stands on Chinese pages whose truth is but phrases: chosen by hand, read at head and tail.
CONTAINERS: Mapping[str, str] = {
    **{f"gne:baijiahao_{number}": '//*[@class="article-content"]' for number in (1, 2, 3, 4)},
    "gne:cjddsb_1": '//*[@class="single-content"]',
    "gne:cjn_1": '//*[@class="TRS_Editor"]',
    "gne:ednchina_1": '//*[@class="article_text"]',
    "gne:gamersky_gamersky": '//*[@class="gsAreaContextArt"]',
    "gne:gsc_1": '//*[@class="detailCon"]',
    **{f"gne:guancha_{name}": '//*[@class="content all-txt"]' for name in ("2", "3", "guancha")},
    "gne:hexun_1": '//*[@class="art_contextBox"]',
    "gne:huanqiu_1": '//*[@class="a-con"]',
    "gne:mingridapan_1": '//*[@class="page_art_content"]',
    "gne:njxfhn_1": '//*[@class="post-body"]',
    "gne:people_1": '//*[@id="rwb_zw"]',
    "gne:readhub_readhub": '//*[@class="summary___3oqrM"]',
    "gne:shanxi_1": '//*[@class="TRS_Editor"]',
    **{f"gne:toutiao_{name}": '//*[@class="article-content"]' for name in ("3", "4", "5", "toutiao")},
    "gne:zsnews_1": "//table[2]//td/table//td/table[2]//tr[3]/td",
}
LANGUAGES = {"en": "English", "zh": "Chinese", "ja": "Japanese"}
# Lines so near to the text that only a reader can tell them from it.
AROUND = 20
MOST_UNWANTED = 10
WIDE = re.compile("[\u3041-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A captured page and what is true of it; nothing where that is not known."""

    id: str
    group: str
    body: bytes
    url: str
    text: str
    title: str
    day: str
    authors: tuple[str, ...]
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]

    @property
    def half(self) -> str:
        """The half of the corpus it belongs to, by a hash: rules were made with the first in view."""
        return "ab"[int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % 2]


def real_pages(folder: Path) -> Iterator[Page]:
    """The pages of a corpus."""
    for record in map(json.loads, (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()):
        body = gzip.decompress((folder / record["file"]).read_bytes())
        text = record.get("body") or contained(body, CONTAINERS.get(record["id"]))
        title = record.get("title") or ""
        yield Page(
            id=record["id"],
            group=LANGUAGES.get(record["lang"], "others"),
            body=body,
            url=record.get("url") or "https://page.example/",
            text=text,
            title=title,
            day=(record.get("date") or "")[:10],
            authors=tuple(record.get("author") or ()),
            wanted=tuple(record.get("body_with") or ()),
            unwanted=(*(record.get("body_without") or ()), *around(body, record.get("body") or "", title)),
        )


def sample_pages(folder: Path) -> Iterator[Page]:
    """The pages among the samples, of which no more is stated than their own titles."""
    for path in sorted(folder.rglob("*.html")):
        body = path.read_bytes()
        title = tree_of(body.decode()).findtext(".//h1") or ""
        empty = {"text": "", "day": "", "authors": (), "wanted": (), "unwanted": ()}
        url = f"https://page.example/{path.name}"
        group = "Chinese" if WIDE.search(title) else "English"
        yield Page(id=path.name, group=group, body=body, url=url, title=title, **empty)  # type: ignore[arg-type]


def contained(body: bytes, place: str | None) -> str:
    """The text that stands at a place of a page."""
    if place is None:
        return ""
    found = tree_without_code(body).xpath(place)
    return max((str(each.text_content()) for each in found), key=len, default="")


def tree_without_code(body: bytes) -> lxml.html.HtmlElement:
    """A page as a tree without what is never shown as text."""
    tree = tree_of(decode(body, content_type=None))
    for element in [*tree.iter(*CODE, *NEVER_TEXT)]:
        element.drop_tree()
    return tree


def around(body: bytes, text: str, title: str) -> Iterator[str]:
    """Lines of a page that stand in its text or near it, and are not of it."""
    if not text:
        return
    root = tree_without_code(body).find("body")
    blocks = [block for block in blocks_of(root) if block.text] if root is not None else []
    whole = WHITE.sub("", text)
    inside = [at for at, block in enumerate(blocks) if len(block.key) > 60 and block.key in whole]
    if not inside:
        return
    near = blocks[max(0, inside[0] - AROUND) : inside[-1] + AROUND]
    others = [
        block.text
        for block in near
        if block.key not in whole
        and block.text != title
        and len(WIDE.findall(block.text)) + len(block.text.split()) > 4
    ]
    yield from others[:: max(1, len(others) // MOST_UNWANTED)][:MOST_UNWANTED]
