"""The page of both versions of a story: their passages beside each other, as far as both may be shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import Any

import lxml.html

from archive.articles import articles, is_public
from archive.errors import NotFound
from archive.model import Article, Translation
from index.aligning import Lexicon, align
from syndicate.allowed import as_allowed, clipped
from syndicate.article_page import body, late_pictures
from syndicate.body import TAGS
from syndicate.pages import Pages, other_ui
from syndicate.reply import Environ, Reply, Route
from syndicate.script import in_script
from syndicate.scripts import scripts
from syndicate.single import ARTICLE, Single
from syndicate.speaking import Speaking
from syndicate.strings import Words

# What only holds other things, and what stands inside a line.
WRAPPERS = frozenset(("div", "section", "article", "main", "header", "footer", "center"))
INLINE = frozenset(
    (
        *("a", "b", "big", "code", "em", "ins", "q", "small", "strong", "time", "var"),
        *("abbr", "bdi", "br", "del", "i", "kbd", "s", "span", "sub", "tt", "wbr"),
        *("acronym", "bdo", "cite", "dfn", "img", "mark", "samp", "strike", "sup", "u", "ruby"),
    )
)
PLAIN_PARAGRAPH = re.compile(r"<p([^>]*)>((?:[^<]|<br\s*/?>)*)</p>")
SENTENCE_END = re.compile(r"(?<=[.!?])[”’\"')\]]*\s+(?=[A-Z“\"‘(\[])|(?<=[。！？])[”’」』）]*|<br\s*/?>")
UNLIKE = 1.6  # so many times the paragraphs: sentences are compared instead
KEPT_ALIGNMENTS = 64
STATES = {"stated": "pair_stated", "found": "pair_found", "confirmed": "pair_confirmed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Passages of both versions that say the same, as HTML; nothing where a version lacks them."""

    one: str
    other: str


class SideBySide:
    """The answers to requests for both versions of a story."""

    def __init__(self, speaking: Speaking, single: Single) -> None:
        self._speaking = speaking
        self._single = single

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        return (("GET", f"{ARTICLE}/both", self.both),)

    def both(self, environ: Environ, name: str) -> Reply:
        """An article beside its version in the other language; of a withdrawn one what became of it."""
        found = self._single.found(name)
        if found.withdrawn:
            return self._single.withdrawn(environ, found, "")
        stated = counterpart(found)
        (other,) = articles(self._speaking.pages.database, [stated.id]) if stated else (None,)
        if stated is None or other is None or not is_public(other):
            raise NotFound(f"{found.address}: there is no version of it in another language")
        return self._speaking.page(
            environ, lambda pages, t: side_by_side(pages, found, other, stated, t), robots="noindex"
        )


def counterpart(article: Article) -> Translation | None:
    """The version in the other language, if there is one; the surest of several."""
    surest = ("confirmed", "stated", "found")
    others = [each for each in article.translations if each.language != article.language]
    return min(others, key=lambda each: surest.index(each.state), default=None)


def side_by_side(pages: Pages, found: Article, other: Article, stated: Translation, t: Words) -> str:
    """Both versions, passage by passage."""
    versions = tuple(in_script(as_allowed(each, ""), t.script) for each in (found, other))
    texts = [body(each, t, late_pictures(pages, each)) for each in versions]
    rows = pages.rows([found, other], t, titles={each.id: ((each.title, False),) for each in (found, other)})
    return pages.page(
        "both",
        t,
        title=clipped(" / ".join(row.plain_title for row in rows), 90),
        place="",
        switch=other_ui(f"{found.address}/both", t),
        scripts=scripts(pages, rows, other_ui(f"{found.address}/both", t), t),
        find=False,
        head=[f'<link rel="canonical" href="{pages.settings.base_url}{first(found, other).address}/both">'],
        article=found,
        rows=rows,
        dates=[t.published(each) for each in (found, other)],
        said=t[STATES[stated.state]],
        are_whole=all(each.republish in (None, "full") for each in (found, other)),
        passages=passages(found, other, texts[0], texts[1], pages.index.meanings),
    )


def first(one: Article, other: Article) -> Article:
    """The one of two articles that was published first."""
    return min(one, other, key=lambda each: each.number or 0)


def passages(one: Article, other: Article, text: str, beside: str, lexicon: Lexicon) -> tuple[Beside, ...]:
    """The texts of two versions beside each other; only English and Chinese are compared."""
    if one.language == "zh":
        return tuple(Beside(one=each.other, other=each.one) for each in aligned(beside, text, lexicon))
    return aligned(text, beside, lexicon)


@lru_cache(KEPT_ALIGNMENTS)
def aligned(english: str, chinese: str, lexicon: Lexicon) -> tuple[Beside, ...]:
    """Two texts as HTML, passage by passage."""
    ours, theirs = blocks(english), blocks(chinese)
    if max(len(ours), len(theirs)) > UNLIKE * min(len(ours), len(theirs)):
        ours, theirs = ([part for each in side for part in sentences(each)] for side in (ours, theirs))
    beads = align([words(each) for each in ours], [words(each) for each in theirs], lexicon=lexicon)
    return tuple(Beside(one=joined(ours, bead.one), other=joined(theirs, bead.other)) for bead in beads)


def joined(parts: Sequence[str], places: range) -> str:
    """Passages that stand together."""
    return "".join(parts[place] for place in places)


def blocks(html: str) -> list[str]:
    """The blocks of a text in order: its paragraphs, headings, lists, pictures; what only wraps them goes."""
    if not html.strip():
        return []
    found: list[str] = []
    gathered(lxml.html.fragment_fromstring(html, create_parent="div"), found)
    return [each for each in found if words(each) or "<img" in each]


def gathered(within: Any, found: list[str]) -> None:
    """Add the blocks of an element; text that stands loose between them is a paragraph."""
    loose = [escape(within.text or "", quote=False)]

    def close() -> None:
        if line := "".join(loose).strip():
            found.append(f"<p>{line}</p>")
        loose.clear()

    for child in within:
        if child.tag in INLINE:
            loose.append(written(child))
        else:
            close()
            if child.tag in WRAPPERS:
                gathered(child, found)
            else:
                found.append(written(child))
        loose.append(escape(child.tail or "", quote=False))
    close()


def written(element: Any) -> str:
    """An element as HTML, without what follows it."""
    return str(lxml.html.tostring(element, encoding="unicode", with_tail=False))


def sentences(block: str) -> list[str]:
    """The sentences of a paragraph as paragraphs; what has marked parts stays whole."""
    match = PLAIN_PARAGRAPH.fullmatch(block)
    if match is None:
        return [block]
    cut = SENTENCE_END.sub(lambda end: ("" if end[0].startswith("<br") else end[0]) + "\0", match[2])
    return [f"<p{match[1]}>{each.strip()}</p>" for each in cut.split("\0") if each.strip()]


def words(block: str) -> str:
    """The words of a block."""
    return " ".join(unescape(TAGS.sub(" ", block)).split())
