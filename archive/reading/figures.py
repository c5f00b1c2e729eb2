"""Pictures that came with documents: which bytes are one, and how stored HTML names them. Pure.

Stored HTML names a picture by the hash of its bytes, ``<img src="urn:sha256:HEX">``. Nothing from outside can
hold such a name: the sanitiser drops it. Ours go through the sanitiser under an address with a mark, the hash
of the very text that is read, which no text can hold; what still bears the mark afterwards is ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape

from archive.model import Image, Picture, sha256

LARGEST = 10 << 20
MOST = 200
SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".webp")
SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
NAMED = re.compile(r'(<img\b(?:\s+[\w:-]+="[^"]*")*?\s+src=")urn:sha256:([0-9a-f]{64})(?=")')
MARKED = r'(<p>\s*)?<img\b[^>]*?\ssrc="https://kept\.invalid/{mark}/([0-9a-f]{{64}})"[^>]*>(?(1)(\s*</p>)?)'


def type_of(body: bytes) -> str | None:
    """What kind of picture some bytes are, by the first of them; None for all that is not shown."""
    if not 0 < len(body) <= LARGEST:
        return None
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in SIGNATURES.items() if body.startswith(start)), None)


def picture(name: str, body: bytes) -> Picture | None:
    """Some bytes as a picture, if they are one that may be kept."""
    kind = type_of(body)
    return Picture(name=name, type=kind, body=body) if kind else None


def mark_of(text: str) -> str:
    """What marks our own names of pictures while a text is read."""
    return sha256(text.encode(errors="surrogatepass"))


def marked(mark: str, sha: str) -> str:
    """The address of a kept picture on its way through the sanitiser."""
    return f"https://kept.invalid/{mark}/{sha}"


def settled(html: str, mark: str, images: Sequence[Image]) -> str:
    """Sanitised HTML with marked pictures under their hashes; one in a paragraph of its own as a figure."""
    by_sha = {image.sha256: image for image in images if image.sha256}
    if not mark or not by_sha:
        return html

    def named(match: re.Match[str]) -> str:
        image = by_sha.get(match[2])
        if image is None:
            return ""
        if match[3]:
            return figure(image)
        return f"{match[1] or ''}{shown(image)}"

    return re.sub(MARKED.format(mark=mark), named, html)


def figure(image: Image) -> str:
    """A picture with its caption as HTML; of one that is neither kept nor on the web only the caption."""
    language = f' lang="{escape(image.caption_language)}"' if image.caption_language else ""
    caption = f"<figcaption{language}>{escape(image.caption)}</figcaption>" if image.caption else ""
    return f"<figure>{shown(image)}{caption}</figure>" if caption or image.sha256 or image.url else ""


def shown(image: Image) -> str:
    """The element of a picture alone."""
    if image.sha256:
        return f'<img src="urn:sha256:{image.sha256}" alt="{escape(image.caption or "")}">'
    return f'<img src="{escape(image.url)}" alt="">' if image.url else ""


def through(html: str, clean: Callable[[str], str], address: str) -> str:
    """Stored HTML cleaned once more, its kept pictures at ``address`` and their hash."""
    if "urn:sha256:" not in html:
        return clean(html)
    mark = mark_of(html)
    cleaned = clean(NAMED.sub(rf"\g<1>https://kept.invalid/{mark}/\g<2>", html))
    return cleaned.replace(f'src="https://kept.invalid/{mark}/', f'src="{escape(address)}')


def addressed(html: str, address: str) -> str:
    """Stored HTML with the kept pictures at ``address`` and their hash."""
    return NAMED.sub(lambda match: f"{match[1]}{escape(address)}{match[2]}", html)
