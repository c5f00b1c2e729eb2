"""The pictures of a page: their largest version, what stands below them, which are decoration. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import unquote

from archive.model import Image, squeezed
from archive.reading.clean import clean_url
from archive.reading.language import language_of

Element = Any

# Where scripts find the address of a picture that is loaded late; ``src`` then holds a blank one.
LATE = (
    *("data-original", "data-src", "data-lazy-src", "data-actualsrc", "data-original-src", "data-full-src"),
    *("data-hi-res-src", "data-large-file", "data-url", "data-echo", "data-lazy", "_src", "zoomfile", "file"),
)
SETS = ("srcset", "data-srcset", "data-lazy-srcset")
CANDIDATE = re.compile(r"\s*(\S+?),?(?:\s+([\d.]+)([wx])[^,]*)?(?:,\s|,(?=https?:)|\s*$)")
DECORATION = re.compile(
    r"(?:^|[/_.\s-])(?:logos?|icons?|favicon|avatars?|gravatar|emojis?|smil(?:ey|ies)|sprites?|pixel|blank|spacer|loading"
    r"|placeholder|transparent|tracking|beacon|badge|btn|button|arrow|qrcode|qr|ewm|erweima|weixin|wechat|share|1x1"
    r"|authors?|byline|profile|headshot|ads?|banner|math)(?:$|[/_.\s\d-])",
    re.IGNORECASE,
)
TRACKER = re.compile(r"(?:pixel|beacon|stats?|count(?:er)?|analytics|track(?:ing)?)[./]", re.IGNORECASE)
CAPTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:captions?|figcaption|wp-caption-text|img-?desc|photo-?desc|pic-?desc|image-?desc\w*|img-?title)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
WRAPPERS = 3
SMALL = 100
LONGEST_PLACE = 160
LONGEST_CAPTION = 600
SENTENCE = re.compile(r"\S+(?:\s+\S+){4,}|[\u3400-\u9fff].{8,}", re.DOTALL)
NO_SENTENCE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp)$|^(?:img|dsc|image|photo)[\W_]*\d+|\\\w|^click to play",
    re.IGNORECASE,
)


def without_decoration(tree: Element) -> None:
    """Take icons, faces and tracking pixels out of a tree, and make what surrounds a caption a figure."""
    for element in [*tree.iter("img")]:
        if is_decoration(element):
            element.drop_tree()
    for caption in [*tree.iter("p", "div", "span", "em", "dd", "small")]:
        if CAPTION_CLASS.search(caption.get("class") or "") and len(caption.text_content()) < LONGEST_CAPTION:
            make_figure(caption)


def is_decoration(element: Element) -> bool:
    """Whether a picture says nothing about the article: by its size, its name or its class."""
    sizes = [length(element.get(name)) for name in ("width", "height")]
    if any(size is not None and size < SMALL for size in sizes):
        return True
    names = " ".join(filter(None, (element.get("class"), element.get("id"), element.get("alt"))))
    found = address_of(element)
    place = unquote(found.partition("?")[0])[-LONGEST_PLACE:]
    return bool(
        DECORATION.search(names[:LONGEST_PLACE]) or DECORATION.search(place) or TRACKER.search(found[:80])
    )


def length(value: str | None) -> int | None:
    """A stated width or height in pixels."""
    match = re.fullmatch(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*", value or "")
    return int(match[1]) if match else None


def make_figure(caption: Element) -> None:
    """Name a caption and the element around it and its picture as HTML does."""
    around = caption
    for _ in range(WRAPPERS):
        around = around.getparent()
        if around is None or around.tag in ("body", "article", "main", "figure"):
            return
        if next(around.iter("img"), None) is not None:
            break
    else:
        return
    if len(squeezed(around.text_content())) < 1.2 * len(squeezed(caption.text_content())) + 20:
        caption.tag, around.tag = "figcaption", "figure"


def picture_of(element: Element, base: str | None) -> Image | None:
    """The picture that a figure or an image element shows; None when it shows none that has an address."""
    shown = element if element.tag in ("img", "amp-img") else next(element.iter("img", "amp-img"), None)
    if shown is None or is_card(element):
        return None
    url = clean_url(address_of(shown), base=base)
    if url is None:
        return None
    caption = caption_of(element, shown)
    return Image(url=url, caption=caption, caption_language=language_of(caption) if caption else None)


def is_card(element: Element) -> bool:
    """Whether a picture belongs to a link with words: it shows another article."""
    links = [link for link in element.iterancestors("a") if link.get("href")]
    return any(len(squeezed(link.text_content())) > 3 for link in links[:1] if element.tag != "figure")


def address_of(shown: Element) -> str:
    """The address of the largest version of a picture."""
    late = [shown.get(name) for name in LATE]
    sets = [shown.get(name) for name in SETS]
    parent = shown.getparent()
    if parent is not None and parent.tag == "picture":
        sets += [source.get(name) for source in parent.iter("source") for name in SETS]
    largest = max(versions(sets), default=(0.0, ""))[1]
    found = [largest, *late, shown.get("src")]
    return next((address.strip() for address in found if address and is_address(address)), "")


def is_address(text: str) -> bool:
    """Whether the value of an attribute can be an address of a picture rather than the picture itself."""
    return not text.strip().startswith(("data:", "blob:", "{", "#")) and ("/" in text or "." in text)


def versions(sets: list[str | None]) -> Iterator[tuple[float, str]]:
    """The versions of a picture in source sets with their widths; a density counts little."""
    for text in filter(None, sets):
        for address, size, unit in CANDIDATE.findall(text[:8_000]):
            if is_address(address):
                yield float(size or 1) * (1 if unit == "w" else 0.1), address


def caption_of(element: Element, shown: Element) -> str | None:
    """What is written below a picture, else its description, when that is a sentence."""
    below = next(element.iter("figcaption"), None) if element.tag == "figure" else None
    if below is not None and (text := squeezed(" ".join(below.itertext("*")))):
        return text[:LONGEST_CAPTION]
    described = squeezed(shown.get("alt") or "")
    is_sentence = SENTENCE.fullmatch(described) is not None and NO_SENTENCE.search(described) is None
    return described[:LONGEST_CAPTION] if is_sentence else None


def figure(image: Image) -> str:
    """A picture as HTML."""
    caption, url = image.caption or "", escape(image.url or "")
    language = f' lang="{escape(image.caption_language)}"' if image.caption_language else ""
    below = f"<figcaption{language}>{escape(caption, quote=False)}</figcaption>" if caption else ""
    return f'<figure><img src="{url}" alt="{escape(caption)}">{below}</figure>'
