"""Chinese in the script that a reader asks for, by tables of phrases; the source stays as it is.

Only the script changes: what Taiwan or Hong Kong call otherwise keeps its name. Pure.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape, unescape
from typing import Final

from zhconv_rs import zhconv

from archive.model import Article

SCRIPTS: Final = {"hans": "Hans", "hant": "Hant"}
# Markup, in which only descriptions are words and only Chinese has a script to tell.
PARTS = re.compile(r"<[^>]*>|[^<]+")
SPOKEN = re.compile(r'(\s(?:alt|title)=")([^"]*)"')
LANG = re.compile(r'(\slang=")zh(?:-Han[st])?(?:-[A-Z]{2})?"')
Pieces = tuple[tuple[str, bool], ...]


def is_converted(language: str, stated: str | None, script: str) -> bool:
    """Whether a text is shown in another script than its own; what states none is taken for simplified."""
    return script in SCRIPTS and language == "zh" and (stated or "Hans") != SCRIPTS[script]


def tag_in(language: str, stated: str | None, script: str) -> str:
    """The BCP 47 tag of a text as it is shown."""
    shown = SCRIPTS[script] if is_converted(language, stated, script) else stated
    return f"{language}-{shown}" if shown else language


def in_script(article: Article, script: str) -> Article:
    """An article as a reader wants Chinese written."""
    if not is_converted(article.language, article.script, script):
        return article
    return replace(
        article,
        title=written(article.title, script),
        summary=written(article.summary, script),
        text=written(article.text, script),
        html=html_in(article.html, script),
        script=SCRIPTS[script],
        images=tuple(
            replace(image, caption=written(image.caption, script)) if image.caption else image
            for image in article.images
        ),
    )


def written(text: str, script: str) -> str:
    """A text in a script."""
    return zhconv(text, "zh-hant" if script == "hant" else "zh-hans")


def html_in(html: str, script: str) -> str:
    """Sanitised HTML with its words in a script; addresses stay."""

    def part(match: re.Match[str]) -> str:
        if not match[0].startswith("<"):
            return escape(written(unescape(match[0]), script), quote=False)
        tag = LANG.sub(lambda found: f'{found[1]}zh-{SCRIPTS[script]}"', match[0])
        return SPOKEN.sub(lambda found: f'{found[1]}{written(found[2], script)}"', tag)

    return PARTS.sub(part, html)


def pieces_in(pieces: Pieces, script: str) -> Pieces:
    """A text in pieces in a script: converted as a whole, since a character depends on those beside it."""
    whole = "".join(text for text, _ in pieces)
    changed = written(whole, script)
    if len(changed) != len(whole):
        return tuple((written(text, script), marked) for text, marked in pieces)
    found, place = [], 0
    for text, marked in pieces:
        found.append((changed[place : place + len(text)], marked))
        place += len(text)
    return tuple(found)
