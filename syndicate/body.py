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
HEADING = re.compile(f"<(/?)h[1-6]({ATTRIBUTES})>")
ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')
LANG = re.compile(r'\slang="[^"]*"')
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
    return HEADING.sub(lambda match: lowered(match, html), html)


def picture_link(attributes: str, picture: str) -> str:
    """A link in place of a picture."""
    found = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
    text = escape(found.get("alt", "").strip() or picture)
    address = found.get("src", "")
    if not address.startswith(("http://", "https://")):
        return f'<span class="picture">{text}</span>'
    return f'<a class="picture" rel="noopener noreferrer nofollow" href="{escape(address)}">{text}</a>'


def lowered(match: re.Match[str], html: str) -> str:
    """A heading one level below the page's own, without a gap between levels."""
    levels = sorted({int(level) for level in re.findall(r"<h([1-6])", html)})
    level = min(2 + levels.index(int(match[0].lstrip("</h")[0])), 6) if levels else 2
    return f"<{match[1]}h{level}{match[2]}>"
