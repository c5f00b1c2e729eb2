"""A text, Markdown, page or Word file as a document with one article. Pure; never raises on bad content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import urljoin

from archive.clean import FORBIDDEN, clean_html, clean_line, clean_url, words_of
from archive.dates import parse_date
from archive.decode import decode
from archive.language import language_of, script_of
from archive.model import Alternate, Article, Document, Image, Precision, Result
from archive.stated import SWITCHES, Content, Stated, names, several

LONGEST_OPENING = 120
LONGEST_REASON = 200
# Of characters that no text has: more than this share, and the bytes are a picture or a program.
ODD = 0.05
TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """The bytes of a document, with what is known of where they came from."""

    body: bytes
    content_type: str | None
    url: str | None

    @property
    def text(self) -> str:
        """The bytes as text; raises ValueError when they are none."""
        text = decode(self.body, content_type=self.content_type)
        found = FORBIDDEN.sub("", text)
        if len(text) - len(found) + found.count("\ufffd") > ODD * len(text):
            raise ValueError("is not text")
        return found


def read_document(
    body: bytes, *, name: str, content_type: str | None, url: str | None, now: datetime
) -> Document:
    """What a file holds, read as its suffix says; what cannot be read is a result with the reason.

    ``now`` is what every reader in the sandbox is given; no date of a document is guessed from it.
    """
    kind, read = READERS.get(PurePosixPath(name.lower()).suffix, TEXT)
    if not body:
        return failure("not_a_feed", "holds 0 bytes")
    try:
        content = read(File(body=body, content_type=content_type, url=url))
        article = written(content, url=url)
    except (MemoryError, RecursionError):
        return failure("too_complex", f"is too large or too deep a {kind}; save its text alone")
    except Exception as error:  # Five libraries read here what strangers wrote: each raises what it likes.
        reason = clean_line(str(error))[:LONGEST_REASON] or type(error).__name__
        return failure("failed", f"cannot be read as {kind}: {reason}")
    words = article.text if kind == PAGE[0] else article.title + article.text
    if not any(letter.isalnum() for letter in words):
        return failure("empty", f"no article in this {kind}")
    return Document(
        kind=kind,
        site_url=urljoin(url, "/") if url else None,
        source_name=first(content.stated, "source"),
        articles=(article,),
    )


def failure(result: Result, detail: str) -> Document:
    """A document that could not be had."""
    return Document(result=result, detail=detail)


def read_text(file: File) -> Content:
    """Plain text in the layout of news pages."""
    from archive.layout import read_layout

    return read_layout(file.text)


def read_markdown(file: File) -> Content:
    """Markdown with front matter."""
    from archive import markup

    return markup.read_markdown(file.text, url=file.url)


def read_page(file: File) -> Content:
    """A page of HTML."""
    from archive import extract

    return extract.read_page(file.text, url=file.url)


def read_word(file: File) -> Content:
    """A Word file."""
    from archive import markup

    return markup.read_word(file.body)


TEXT: tuple[str, Callable[[File], Content]] = ("text", read_text)
MARKDOWN: tuple[str, Callable[[File], Content]] = ("Markdown", read_markdown)
PAGE: tuple[str, Callable[[File], Content]] = ("page", read_page)
READERS: Mapping[str, tuple[str, Callable[[File], Content]]] = {
    ".txt": TEXT,
    ".text": TEXT,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".html": PAGE,
    ".htm": PAGE,
    ".docx": ("Word file", read_word),
}


def written(content: Content, *, url: str | None) -> Article:
    """The article that a file holds; without a title and a text when it holds no words."""
    stated = content.stated
    address = clean_url(first(stated, "url"), base=url) or url
    html = clean_html(content.html, base=address)
    text = words_of(html) if content.text is None else content.text
    title = clean_line(first(stated, "title") or opening(text))
    declared = first(stated, "language")
    language = language_of(text or title, declared=declared)
    published, precision, raw = date_of(stated.get("date", ()), language)
    updated, _, _ = date_of(stated.get("updated", ()), language)
    return Article(
        title=title,
        text=text,
        html=html,
        language=language,
        script=script_of(text or title, declared=declared) if language == "zh" else None,
        url=address,
        authors=tuple(dict.fromkeys(map(clean_line, names(stated.get("authors", ()))))),
        published=published,
        published_raw=raw,
        published_precision=precision,
        updated=updated,
        categories=tuple(dict.fromkeys(map(clean_line, several(stated.get("categories", ()))))),
        images=tuple(map(with_language, content.images)),
        alternates=tuple(alternates(content, language, address)),
        rights=first(stated, "rights"),
        # What a person puts into the archive is theirs to republish; what we took from a page is not ours.
        republish="summary" if url else None,
    )


def opening(text: str) -> str:
    """The first words of a text that has no title, to name it by."""
    line = text.partition("\n")[0]
    return line if len(line) <= LONGEST_OPENING else line[: LONGEST_OPENING - 1].rstrip() + "…"


def first(stated: Stated, key: str) -> str | None:
    """The first value stated under a key."""
    return next(iter(stated.get(key, ())), None)


def date_of(candidates: Sequence[str], language: str) -> tuple[datetime | None, Precision | None, str | None]:
    """The first stated date that can be read, its precision and its own words; unread, only the words."""
    for raw in candidates:
        if (found := parse_date(raw, language=language)) is not None:
            return found.moment, found.precision, raw
    return None, None, next(iter(candidates), None)


def with_language(image: Image) -> Image:
    """A picture with the language of its caption."""
    if image.caption is None or image.caption_language is not None:
        return image
    return replace(image, caption_language=language_of(image.caption))


def alternates(content: Content, language: str, address: str | None) -> Iterator[Alternate]:
    """The other versions that a document states: by a link's name, in its front matter, or as hreflang."""
    stated = [*content.stated.get("switch", ()), *content.stated.get("translation", ())]
    for each in (*filter(None, (alternate(value, address) for value in stated)), *content.alternates):
        if each.language.partition("-")[0] != language:
            yield replace(each, url=clean_url(each.url))


def alternate(value: str, address: str | None) -> Alternate | None:
    """A version stated as a language, or as a language and an address."""
    tag, _, url = value.replace(": ", " ").partition(" ")
    language = SWITCHES.get(tag.casefold(), tag.lower())
    if TAG.fullmatch(language) is None:
        return None
    return Alternate(language=language, url=clean_url(url, base=address))
