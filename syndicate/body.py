"""An article's text as its page shows it: cleaned again, pictures as links, headings lowered. Pure."""

from __future__ import annotations

import re
from html import escape, unescape

from archive.clean import clean_html
from archive.model import Article

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


def body_of(article: Article, picture: str) -> str:
    """The HTML of an article's text; ``picture`` is the word for one without a description.

    Pictures on other hosts are not loaded by a reader's browser (that would tell those hosts who reads), so
    they are links.
    """
    if not article.html:
        paragraphs = [part.strip() for part in article.text.split("\n\n") if part.strip()]
        return "\n".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs)
    html = clean_html(article.html, base=article.url)
    html = IMAGE.sub(lambda match: picture_link(match[1], picture), html)
    html = MEDIA.sub("", html)
    html = LANG.sub(lambda match: match[0] if GOOD_LANG.fullmatch(match[0]) else "", html)
    return lowered(html)


def picture_link(attributes: str, picture: str) -> str:
    """A link in place of a picture."""
    found = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
    text = escape(found.get("alt", "").strip() or picture)
    address = found.get("src", "")
    if not address.startswith(("http://", "https://")):
        return f'<span class="picture">{text}</span>'
    return f'<a class="picture" rel="noopener noreferrer nofollow" href="{escape(address)}">{text}</a>'


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
