"""An article's text as its page shows it: cleaned again, headings lowered, pictures of others as links."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from html import escape, unescape

from archive.model import Article, Image
from archive.reading.clean import clean_html
from archive.reading.figures import addressed as html_at
from archive.reading.figures import figure, through

KEPT = "/picture/"
OURS = re.compile("/picture/[0-9a-f]{64}")

# What the sanitiser wrote has all attributes in double quotes, so that these patterns see whole tags.
ATTRIBUTES = r'(?:\s+[\w:-]+(?:="[^"]*")?)*\s*/?'
IMAGE = re.compile(f"<img({ATTRIBUTES})>")
MEDIA = re.compile(
    f"</?(?:video|audio|source|track|picture|section|main|header|footer|article|aside){ATTRIBUTES}>"
)
HEADING = re.compile(f"<(/?)h([1-6])({ATTRIBUTES})>")
ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')
LANG = re.compile(r'\slang="[^"]*"')
SECTION = re.compile(r"<h2[^>]*>(.*?)</h2>", re.DOTALL)
TAGS = re.compile(r"<[^>]*>")
MOST_SECTIONS = 40
GOOD_LANG = re.compile(r'\slang="[a-z]{2,3}(?:-[A-Za-z]{4})?(?:-[A-Z]{2})?"')


def body_of(article: Article, picture: str, late: Iterable[Image] = ()) -> str:
    """The HTML of an article's text; ``picture`` is the word for one without a description.

    Pictures on other hosts are not loaded by a reader's browser (that would tell those hosts who reads), so
    they are links. Those we keep are shown; ``late`` ones, which came after the text was stored, at its end.
    """
    if not article.html:
        paragraphs = [part.strip() for part in article.text.split("\n\n") if part.strip()]
        return "\n".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs)
    stored = "\n".join([article.html, *map(figure, late)])
    html = through(stored, lambda text: clean_html(text, base=article.url), KEPT)
    html = IMAGE.sub(lambda match: picture_link(match[1], picture), html)
    html = MEDIA.sub("", html)
    html = LANG.sub(lambda match: match[0] if GOOD_LANG.fullmatch(match[0]) else "", html)
    return lowered(html)


def picture_link(attributes: str, picture: str) -> str:
    """A picture that we keep, or a link in place of one that we do not."""
    found = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
    text = escape(found.get("alt", "").strip() or picture)
    address = found.get("src", "")
    # Only what we keep can be at our own address without a host: all others were made absolute or dropped.
    if kept := OURS.fullmatch(address):
        return f'<img src="{kept[0]}" alt="{escape(found.get("alt", ""))}" loading="lazy" decoding="async">'
    if not address.startswith(("http://", "https://")):
        return f'<span class="picture">{text}</span>'
    return f'<a class="picture" rel="noopener noreferrer nofollow" href="{escape(address)}">{text}</a>'


def addressed(article: Article, base_url: str) -> Article:
    """An article whose kept pictures are at absolute addresses, for feeds and programs.

    Whoever sends an article may state a hash; only its own HTML proves that the picture is its own.
    """
    if "urn:sha256:" not in article.html:
        return article
    images = (
        replace(image, url=at(base_url, str(image.sha256)))
        if f"urn:sha256:{image.sha256}" in article.html
        else image
        for image in article.images
    )
    return replace(article, html=html_at(article.html, base_url + KEPT), images=tuple(images))


def at(base_url: str, sha: str) -> str:
    """Where a picture that we keep is served."""
    return f"{base_url}{KEPT}{sha}"


def lowered(html: str) -> str:
    """Headings below the page's own, without a gap between their levels."""
    levels = sorted({int(level) for level in re.findall(r"<h([1-6])[\s>]", html)})
    new = {str(level): min(2 + place, 6) for place, level in enumerate(levels)}

    def heading(match: re.Match[str]) -> str:
        return f"<{match[1]}h{new.get(match[2], 2)}{match[3]}>"

    return HEADING.sub(heading, html)


def sections(html: str) -> tuple[str, list[tuple[str, str]]]:
    """A text whose first headings can be linked to, and those: name and words.

    What was archived has no names of its own (the sanitiser drops them), so ours cannot meet them.
    """
    found: list[tuple[str, str]] = []

    def named(match: re.Match[str]) -> str:
        words = " ".join(unescape(TAGS.sub("", match[1])).split())
        if not words or len(found) == MOST_SECTIONS:
            return match[0]
        found.append((f"s{len(found) + 1}", words))
        return f'<h2 id="{found[-1][0]}"{match[0][3:]}'

    return SECTION.sub(named, html), found
