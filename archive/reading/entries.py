"""From what a feed states about one entry to an article: safe, absolute, dated, in its language. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import TypeVar

from archive.model import Alternate, Article, Enclosure, Image, Precision, squeezed
from archive.reading.clean import (
    as_html,
    clean_html,
    clean_line,
    clean_text,
    clean_url,
    is_web,
    plain_text,
    words_of,
)
from archive.reading.dates import parse_date
from archive.reading.language import language_of, primary, script_of

File = TypeVar("File", Enclosure, Image)
LONGEST_TITLE = 100
LONGEST_NAME = 1_000
EMAIL = re.compile(r"(?:mailto:)?[^\s@()<>\[\],;:\"]{1,64}@[^\s@()<>\[\],;:\"]{1,255}")
# References in plain text; those of what XML must escape too are left, since they may be meant.
REFERENCE = re.compile(
    r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|(?!amp;|lt;|gt;|quot;|apos;)[a-zA-Z]{2,8}\d{0,2});"
)
# A text that is HTML from its first to its last character, whatever it is stated to be.
MARKED_UP = re.compile(
    r"\s*<(p|div|h[1-6]|ul|ol|table|blockquote|figure|article|section)\b[^<>]*>.*</\1>\s*\Z", re.DOTALL
)
# A picture that nobody sees: it counts who reads, and where.
PIXEL = re.compile(r'<img (?=[^>]*\bwidth="[01]")(?=[^>]*\bheight="[01]")[^>]*>')
BY = re.compile(r"^\s*by:?\s+(?=\S)", re.IGNORECASE)
BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
EMPTY_BRACKETS = re.compile(r"\(\s*\)|<\s*>|\[\s*\]|&lt;\s*&gt;")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words as a feed states them: HTML, or text to be taken literally; ``base`` is a stated ``xml:base``."""

    value: str
    is_html: bool
    base: str | None = None

    @property
    def line(self) -> str:
        """The words as one line of plain text."""
        return clean_line(plain_text(self.value) if self.is_html else spelled_out(self.value))

    def read(self, address: str | None) -> tuple[str, str]:
        """The words as safe HTML and as plain text, with addresses resolved."""
        if not self.is_html and not MARKED_UP.match(self.value):
            return as_html(self.value), clean_text(self.value)
        html = clean_html(in_paragraphs(self.value), base=self.base or address)
        if '="1"' in html:
            html = PIXEL.sub("", html).strip()
        return html, words_of(html)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a feed states about an entry, as it states it; dates in the order of preference."""

    guid: str | None = None
    url: str | None = None
    title: Words | None = None
    contents: Sequence[Words] = ()
    summary: Words | None = None
    authors: Sequence[str] = ()
    published: Sequence[str] = ()
    updated: str | None = None
    categories: Sequence[str] = ()
    enclosures: Sequence[Enclosure] = ()
    images: Sequence[Image] = ()
    alternates: Sequence[Alternate] = ()
    rights: str | None = None
    licence: str | None = None
    language: str | None = None
    base: str | None = None


def in_paragraphs(html: str) -> str:
    """HTML without a tag in it, whose blank lines then can only be meant as the ends of paragraphs."""
    if "<" in html or "\n" not in html:
        return html
    parts = BLANK_LINE.split(html.strip())
    return "".join(f"<p>{part}</p>" for part in parts) if len(parts) > 1 else html


def spelled_out(text: str) -> str:
    """Plain text with the references in it that only HTML needs, such as of quotes, as characters."""
    return REFERENCE.sub(lambda match: unescape(match[0]), text) if "&" in text else text


def article(stated: Stated) -> Article | None:
    """The article that an entry tells of; None for an entry that has no guid, link or words."""
    guid = clean_line(stated.guid or "") or None
    url = clean_url(stated.url, base=stated.base)
    html, text, summary = body(stated, url or stated.base)
    title = (stated.title.line if stated.title else "") or headline(text or summary)
    if not (guid or url or title):
        return None
    language = language_of(f"{title}\n{text or summary}", declared=stated.language)
    # CST in a Chinese feed is China's, also where an article is English.
    zones = "zh" if "zh" in (language, primary(stated.language)) else language
    published, precision, raw = first_date(stated.published, zones)
    updated, _, _ = first_date([stated.updated] if stated.updated else [], zones)
    return Article(
        title=title,
        text=text,
        html=html,
        summary=summary,
        language=language,
        script=script_of(f"{title}\n{text}", declared=stated.language) if language == "zh" else None,
        guid=guid,
        url=url,
        authors=bylines(stated.authors),
        published=published,
        published_raw=raw,
        published_precision=precision,
        updated=updated,
        categories=distinct(stated.categories),
        enclosures=first_of_each(stated.enclosures),
        images=first_of_each(stated.images),
        alternates=tuple(each for each in stated.alternates if each.url != url),
        rights=clean_line(stated.rights or "") or None,
        licence=clean_url(stated.licence, base=stated.base),
    )


def body(stated: Stated, address: str | None) -> tuple[str, str, str]:
    """HTML and text of the first content that holds anything; the summary where it says anything else."""
    candidates = [*stated.contents, *([stated.summary] if stated.summary else [])]
    for words in candidates:
        html, text = words.read(address)
        if text or "<img" in html or "<video" in html or "<audio" in html:
            break
    else:
        return "", "", ""
    if stated.summary is None or words is stated.summary:
        return html, text, ""
    summary = stated.summary.read(address)[1]
    return html, text, "" if squeezed(summary) == squeezed(text) else summary


def headline(text: str) -> str:
    """A title for a text that has none: its first line, cut between words."""
    line = squeezed(text.partition("\n")[0])
    if len(line) <= LONGEST_TITLE:
        return line
    cut = line[:LONGEST_TITLE]
    return (cut[: cut.rfind(" ")] if " " in cut[LONGEST_TITLE // 2 :] else cut) + "…"


def first_date(
    candidates: Iterable[str], language: str
) -> tuple[datetime | None, Precision | None, str | None]:
    """The first stated date that can be read, its precision and words; or only the words of the first."""
    stated = [raw for raw in map(clean_line, candidates) if raw]
    for raw in stated:
        if found := parse_date(raw, language=language):
            return found.moment, found.precision, raw
    return None, None, stated[0] if stated else None


def bylines(stated: Iterable[str]) -> tuple[str, ...]:
    """The names among what is stated about authors, each once; for want of names their e-mail addresses."""
    people = [person for each in stated if len(each) <= LONGEST_NAME for person in people_of(each)]
    return distinct(BY.sub("", name) for name, _ in people if not is_web(name)) or distinct(
        address for _, address in people
    )


def people_of(stated: str) -> Iterator[tuple[str, str]]:
    """Name and e-mail address of each author, in the ways of RSS, ``a@b.example (Ann)``, and of e-mail."""
    addresses = list(dict.fromkeys(EMAIL.findall(stated))) if "@" in stated else []
    parts = re.split("[,;]", stated) if len(addresses) > 1 else []
    if len(parts) > 1:
        yield from (person for part in parts for person in people_of(part))
        return
    if not addresses:
        yield plain_text(stated) if "</" in stated else stated, ""
        return
    name = EMPTY_BRACKETS.sub("", stated.replace(addresses[0], "")).strip(" ,;:-\"'\u2013\u2014")
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1]
    yield name, addresses[0].removeprefix("mailto:")


def first_of_each(files: Iterable[File]) -> tuple[File, ...]:
    """Files in order, each address once."""
    found: dict[str | None, File] = {}
    for each in files:
        found.setdefault(each.url, each)
    return tuple(found.values())


def distinct(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines in order, each once, without empty ones."""
    return tuple(dict.fromkeys(filter(None, map(clean_line, lines))))


def enclosure(url: object, kind: object, length: object, *, base: str | None) -> Enclosure | None:
    """A stated file; its length only when it is a number that can be true."""
    address = clean_url(url if isinstance(url, str) else None, base=base)
    if address is None:
        return None
    size = str(length).strip() if isinstance(length, str | int) else ""
    stated = clean_line(kind).lower() if isinstance(kind, str) else ""
    is_true = size.isascii() and size.isdigit() and int(size[:18]) > 0 and len(size) <= 15
    return Enclosure(url=address, type=stated or None, length=int(size) if is_true else None)


def own_address(base: str | None, document: str | None) -> str | None:
    """A base that the document states itself, rather than the address it came from."""
    return base if base and base != document and is_web(base) else None
