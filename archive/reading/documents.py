"""A text, Markdown, page, mail or Word file as a document of one article. Pure; never raises on content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import urljoin

from archive.model import Alternate, Article, Document, Image, Republish, Result
from archive.reading.bylines import CREDIT, dateline
from archive.reading.clean import FORBIDDEN, clean_html, clean_line, clean_url, plain_text, words_of
from archive.reading.dates import parse_date
from archive.reading.decode import decode
from archive.reading.doubts import dated, doubts
from archive.reading.figures import settled
from archive.reading.language import language_of, script_of
from archive.reading.stated import SWITCHES, Content, Stated, first, labelled, names, several

LONGEST_OPENING = 120
LONGEST_REASON = 200
LONGEST_DATELINE = 400
# Of characters that no text has: more than this share, and the bytes are a picture or a program.
ODD = 0.05
REPUBLISH: Mapping[str, Republish] = {"full": "full", "summary": "summary", "title": "title", "none": "none"}
TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """The bytes of a document, with what is known of where they come from; ``kept`` as for the reader."""

    body: bytes
    content_type: str | None
    url: str | None
    kept: Mapping[str, str]

    @property
    def text(self) -> str:
        """The bytes as text; raises ValueError when they are none."""
        text = decode(self.body, content_type=self.content_type)
        found = FORBIDDEN.sub("", text)
        if len(text) - len(found) + found.count("\ufffd") > ODD * len(text):
            raise ValueError("is not text")
        return found


def read_document(
    body: bytes,
    *,
    name: str,
    content_type: str | None,
    url: str | None,
    now: datetime,
    kept: Mapping[str, str] | None = None,
) -> Document:
    """What a file holds, read as its suffix says; what cannot be read is a result with the reason.

    ``kept`` are the hashes of pictures that lie beside it, by the names it has for them: those are shown at
    their places. ``now`` is what every reader in the sandbox is given; no date is guessed from it.
    """
    kind, read = READERS.get(PurePosixPath(name.lower()).suffix, TEXT)
    if not body:
        return failure("not_a_feed", "holds 0 bytes")
    try:
        content = read(File(body=body, content_type=content_type, url=url, kept=kept or {}))
        if is_draft(content.stated):
            return Document(kind=kind, skipped=1, detail="says that it is a draft; not taken in")
        found = written(content, name=name, url=url)
    except (MemoryError, RecursionError):
        return failure("too_complex", f"is too large or too deep a {kind}; save its text alone")
    except Exception as error:  # Five libraries read here what strangers wrote: each raises what it likes.
        reason = clean_line(str(error))[:LONGEST_REASON] or type(error).__name__
        return failure("failed", f"cannot be read as {kind}: {reason}")
    (article,) = found.articles
    words = article.text if kind == PAGE[0] else article.title + article.text
    if not any(letter.isalnum() for letter in words):
        return failure("empty", f"no article in this {kind}")
    return replace(found, kind=kind)


def failure(result: Result, detail: str) -> Document:
    """A document that could not be had."""
    return Document(result=result, detail=detail)


def read_text(file: File) -> Content:
    """Plain text in the layout of news pages."""
    from archive.reading.layout import read_layout

    return read_layout(file.text, file.kept)


def read_markdown(file: File) -> Content:
    """Markdown with front matter."""
    from archive.reading import markup

    return markup.read_markdown(file.text, url=file.url, kept=file.kept)


def read_page(file: File) -> Content:
    """A page of HTML; of one saved to a folder also the pictures that lie there."""
    from archive.reading import extract, saved_page

    return (
        extract.read_page(file.text, url=file.url)
        if file.url
        else saved_page.read_saved(file.text, file.kept)
    )


def read_word(file: File) -> Content:
    """A Word file."""
    from archive.reading import word

    return word.read_word(file.body)


def read_mail(file: File) -> Content:
    """A mail."""
    from archive.reading import mail

    return mail.read_mail(file.body)


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
    ".eml": ("mail", read_mail),
}


def written(content: Content, *, name: str, url: str | None) -> Document:
    """The document with the article that a file holds; without a title and a text when it holds no words."""
    stated = with_dateline(content)
    address = clean_url(first(stated, "url"), base=url) or url
    html = cleaned(content.html, address)
    text = words_of(html) if content.text is None else content.text
    title = clean_line(first(stated, "title") or opening(text))
    language = language_of(text or title, declared=first(stated, "language"))
    date = dated(stated, language, name=name, address=address)
    images = tuple(map(with_language, content.images))
    article = Article(
        title=title,
        text=text,
        html=settled(html, content.mark, images),
        language=language,
        script=script_of(text or title, declared=first(stated, "language")) if language == "zh" else None,
        url=address,
        published=date.moment,
        published_raw=date.raw,
        published_precision=date.precision,
        images=images,
        alternates=tuple(alternates(content, language, address)),
    )
    article = with_rights(with_names(article, stated), stated, is_ours=url is None)
    return Document(
        site_url=urljoin(url, "/") if url else None,
        source_name=unlabelled(first(stated, "source")),
        articles=(article,),
        pictures=content.pictures,
        detail=content.detail,
        doubts=doubts(article, content, date),
    )


def cleaned(html: str, address: str | None) -> str:
    """Safe HTML; an address that only looks like one cannot complete others."""
    try:
        return clean_html(html, base=address)
    except ValueError:
        return clean_html(html, base=None)


def with_names(article: Article, stated: Stated) -> Article:
    """An article with what is stated about it besides its text and its date."""
    return replace(
        article,
        guid=first(stated, "guid"),
        summary=clean_line(first(stated, "summary") or ""),
        authors=tuple(dict.fromkeys(map(clean_line, names(stated.get("authors", ()))))),
        updated=dated({"date": stated.get("updated", ())}, article.language).moment,
        categories=tuple(dict.fromkeys(map(clean_line, several(stated.get("categories", ()))))),
    )


def with_rights(article: Article, stated: Stated, *, is_ours: bool) -> Article:
    """An article with what may be done with it.

    What a person puts into the archive is theirs to republish; what we took from a page is not ours.
    """
    return replace(
        article,
        rights=first(stated, "rights"),
        licence=first(stated, "licence"),
        republish=republished(stated) or (None if is_ours else "summary"),
        embargo=embargoed(stated, article.language),
        note=first(stated, "note"),
    )


def with_dateline(content: Content) -> Stated:
    """What a document states; of who wrote it also what the dateline and the end of its text say."""
    text = content.text if content.text is not None else plain_text(content.html[:LONGEST_DATELINE])
    found = {key: [value] for key, value in dateline(text)}
    if credit := CREDIT.search(text[-LONGEST_DATELINE:]):
        found["authors"] = [credit["names"]]
    return {**found, **{key: values for key, values in content.stated.items() if values}}


def unlabelled(value: str | None) -> str | None:
    """A value without the label that some pages write into it."""
    return next((each for _, each in labelled(value) if each), value) if value else None


def is_draft(stated: Stated) -> bool:
    """Whether a document says that it is not finished."""
    return (first(stated, "draft") or "").casefold() in ("true", "yes", "1", "on", "是")


def republished(stated: Stated) -> Republish | None:
    """What may be republished, as stated; raises ValueError for a word that says nothing of it."""
    word = (first(stated, "republish") or "").lower()
    if word and word not in REPUBLISH:
        raise ValueError(f"republish: expected one of {', '.join(REPUBLISH)}, got {word[:40]!r}")
    return REPUBLISH.get(word)


def embargoed(stated: Stated, language: str) -> datetime | None:
    """Until when it is not public. Raises ValueError for what is no time, lest it be public at once."""
    raw = first(stated, "embargo")
    found = parse_date(raw, language=language)
    if raw and found is None:
        raise ValueError(f"embargo: {raw[:40]!r} is no time; write it as 2022-04-02T08:00+08:00")
    return found.moment if found else None


def opening(text: str) -> str:
    """The first words of a text that has no title, to name it by."""
    line = text.partition("\n")[0]
    return line if len(line) <= LONGEST_OPENING else line[: LONGEST_OPENING - 1].rstrip() + "…"


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
