"""Files and pictures of an article as feeds name them: only addresses of the web, nothing guessed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING

from archive.model import Article, Image
from syndicate.formats.texts import content_of, is_media_type, is_web, line, uri

if TYPE_CHECKING:
    from syndicate.composing import Feed

# RSS takes no enclosure from a host without a domain, such as localhost, or with a user's name before it.
IN_A_DOMAIN = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*(?::\d+)?/", re.IGNORECASE)
MEDIA = ("image", "audio", "video")
# What the sanitiser wrote has all attributes in double quotes.
PICTURE = re.compile(r'<img\b((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*/?>')
ADDRESS = re.compile(r'\ssrc="(https?://[^"]+)"')
COUNTING = re.compile(r'\s(?:width|height)="[01](?:px)?"')  # a picture nobody sees


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file on the web; type and length only where they are known."""

    url: str
    type: str | None = None
    length: int | None = None

    @property
    def medium(self) -> str:
        """What a reader does with it, in the words of Media RSS."""
        kind = (self.type or "").partition("/")[0]
        return kind if kind in MEDIA else "document"

    @property
    def fits_enclosure(self) -> bool:
        """Whether RSS can tell it as an enclosure: type and length are known, and it is at a domain."""
        return bool(self.type and self.length and IN_A_DOMAIN.match(self.url))

    def stated(self, type: str, length: str) -> dict[str, str]:
        """Type and length as attributes of these names, as far as they are known."""
        known = {type: self.type, length: str(self.length) if self.length else None}
        return {name: value for name, value in known.items() if value}


def files(article: Article) -> tuple[File, ...]:
    """What belongs to an article and is on the web, each once."""
    found: dict[str, File] = {}
    for each in article.enclosures:
        if is_web(each.url):
            type = each.type if is_media_type(each.type) else None
            length = each.length if each.length and each.length > 0 else None
            found.setdefault(uri(each.url), File(url=uri(each.url), type=type, length=length))
    return tuple(found.values())


def picture(feed: Feed, article: Article, content: str) -> File | None:
    """The first picture of an article: stated, enclosed, or in its content."""
    enclosed = {each.url: each for each in files(article)}
    if (image := first_image(article)) is not None:
        url = uri(image.url)
        stated = enclosed.get(url, File(url=url))
        return File(url=url, type=feed.types.get(image.sha256 or "", stated.type), length=stated.length)
    if found := next((each for each in enclosed.values() if each.medium == "image"), None):
        return found
    # One at our own address that is not stated is a picture of another article, or none.
    others = (url for url in shown_pictures(content) if not url.startswith(f"{feed.base_url}/"))
    return next((File(url=url) for url in others), None)


def first_image(article: Article) -> Image | None:
    """The first picture that is on the web, ours or another's."""
    return next((image for image in article.images if is_web(image.url)), None)


def shown_pictures(content: str) -> list[str]:
    """The addresses of the pictures in sanitised HTML, but for those that only count readers."""
    shown = (found[1] for found in PICTURE.finditer(content) if not COUNTING.search(found[1]))
    return [uri(unescape(src[1])) for each in shown if (src := ADDRESS.search(each))]


def illustrated(article: Article) -> str:
    """The content with the first picture of the article, for readers that look for pictures nowhere else."""
    content = content_of(article)
    image = first_image(article)
    if not content or image is None or "<img" in content:
        return content
    caption = escape(line(image.caption))
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(uri(image.url))}" alt="{caption}">{below}</figure>{content}'
