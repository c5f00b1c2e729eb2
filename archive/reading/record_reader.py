"""Lines of JSON as articles: the objects of the export, or such as people make (docs/export.md). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from archive.model import Article, Document, Enclosure, Fault, Image, Precision, Republish, Translation
from archive.reading.clean import clean_html, clean_line, clean_text, clean_url, words_of
from archive.reading.dates import parse_date
from archive.reading.decode import decode
from archive.reading.entries import distinct, enclosure
from archive.reading.language import language_of, primary, script_of

TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
MARK = b"\xef\xbb\xbf"
MOST_IN_A_LIST = 1_000
LONGEST_NAME = 1_000
PRECISIONS: tuple[Precision, ...] = ("second", "minute", "day", "month", "year")
REPUBLISH: tuple[Republish, ...] = ("full", "summary", "title", "none")


def read_records(body: bytes, *, first: int) -> Document:
    """The articles that some lines hold, the first with this number; bad lines are named as faults."""
    articles: list[Article] = []
    faults: list[Fault] = []
    for place, line in enumerate(body.split(b"\n"), first):
        if not line.strip():
            continue
        notes: list[str] = []
        try:
            articles.append(article(Fields(parsed(line.removeprefix(MARK), notes), notes)))
        except RecursionError:
            faults.append(Fault(place=place, reason="is nested too deeply"))
        except ValueError as error:
            faults.append(Fault(place=place, reason=str(error)))
        else:
            faults += [Fault(place=place, reason=each, is_skipped=False) for each in notes]
    return Document(
        result="warning" if faults else "ok",
        kind="jsonl",
        articles=tuple(articles),
        faults=tuple(faults),
    )


def parsed(line: bytes, notes: list[str]) -> Mapping[str, object]:
    """The object that a line holds; raises ValueError with what it is instead."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = decode(line, content_type=None)
        notes.append("is not UTF-8; its charset was told by what it holds")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at column {error.colno}") from error
    except ValueError as error:
        raise ValueError("holds a number that is too long") from error
    if not isinstance(found, dict):
        raise ValueError("is JSON, but no object")
    return found


class Fields:
    """The fields of one line, each asked for by what it must be; what it is not is noted, and left out."""

    def __init__(self, stated: Mapping[str, object], notes: list[str]) -> None:
        self._stated = stated
        self._notes = notes

    def states(self, name: str) -> bool:
        """Whether the line says something about a field, be it that there is nothing."""
        return name in self._stated

    def text(self, name: str) -> str | None:
        """A field of text, as it stands there; numbers are text to most who write them."""
        value = self._stated.get(name)
        if isinstance(value, str) or value is None:
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.leave_out(name, "is not text")
        return None

    def line(self, name: str) -> str | None:
        """A field of text as one line; None for an empty one."""
        stated = self.text(name)
        return (clean_line(stated) or None) if stated else None

    def words(self, name: str) -> str:
        """A field of text with its lines; empty when there is none."""
        stated = self.text(name)
        return clean_text(stated) if stated else ""

    def lines(self, name: str) -> tuple[str, ...]:
        """A field that is a list of texts, each once; one text is a list of one."""
        value = self._stated.get(name)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        names = [item for item in items if isinstance(item, str) and len(item) <= LONGEST_NAME]
        if len(names) < len(items):
            self.leave_out(name, "holds what is not text")
        return distinct(names[:MOST_IN_A_LIST])

    def objects(self, name: str) -> Iterator[Mapping[str, object]]:
        """A field that is a list of objects."""
        value = self._stated.get(name)
        items = value if isinstance(value, list) else [] if value is None else [value]
        for item in items[:MOST_IN_A_LIST]:
            if isinstance(item, dict):
                yield item
            else:
                self.leave_out(name, "holds what is no object")

    def address(self, name: str) -> str | None:
        """A field that is an address of the web."""
        stated = self.text(name)
        found = clean_url(stated)
        if stated and found is None:
            self.leave_out(name, "is no address of the web")
        return found

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        """A field that is one of some words."""
        stated = self.text(name)
        if stated and stated not in choices:
            self.leave_out(name, f"is none of {', '.join(choices)}")
        return stated if stated in choices else None

    def moment(self, name: str, language: str) -> datetime | None:
        """A field that is a time."""
        stated = self.line(name)
        found = parse_date(stated, language=language)
        if stated and found is None:
            self.leave_out(name, "is no time that can be read")
        return found.moment if found else None

    def leave_out(self, name: str, reason: str) -> None:
        """Note that a field was left out."""
        self._notes.append(f"{name} {reason} and was left out")


def article(fields: Fields) -> Article:
    """The article that the fields of a line describe; raises ValueError when they describe none."""
    if fields.text("title") is None:
        raise ValueError("has no title")
    url, guid, title = fields.address("url"), fields.line("guid"), fields.line("title") or ""
    html, text = content(fields, url)
    if not title and (text or not (guid or url)):
        raise ValueError("has no title")
    language, script = language_and_script(fields, title, text)
    published, precision, raw = publication(fields, language)
    return Article(
        title=title,
        text=text,
        html=html,
        summary=fields.words("summary"),
        language=language,
        script=script,
        source=fields.line("source") or "",
        guid=guid,
        url=url,
        authors=fields.lines("authors"),
        published=published,
        published_raw=raw,
        published_precision=precision,
        updated=fields.moment("updated", language),
        categories=fields.lines("categories"),
        enclosures=tuple(enclosures(fields, url)),
        images=tuple(images(fields, url)),
        rights=fields.line("rights"),
        licence=fields.line("licence"),
        republish=republish(fields),
        embargo=embargo(fields, language),
        note=fields.words("note") or None,
        topics=fields.lines("topics"),
        translations=tuple(translations(fields)),
    )


def content(fields: Fields, url: str | None) -> tuple[str, str]:
    """HTML and text: with both stated, the one is shown and the other searched; text is taken literally.

    Text alone is shown as its paragraphs by whoever shows it.
    """
    html, body = fields.text("html"), fields.text("body")
    if html is None and body is None:
        raise ValueError("has neither body nor html")
    shown = clean_html(html, base=url) if html else ""
    return shown, clean_text(body) if body is not None else words_of(shown)


def language_and_script(fields: Fields, title: str, text: str) -> tuple[str, str | None]:
    """The language and script as stated; what is not stated is told by the text."""
    stated = fields.text("language")
    tag = stated if stated and TAG.fullmatch(stated) else None
    if stated and tag is None:
        fields.leave_out("language", "is no BCP 47 tag")
    words = f"{title}\n{text}"
    language = "und" if tag == "und" else primary(tag) or language_of(words)
    if language != "zh":
        return language, None
    if fields.states("script"):
        return language, fields.choice("script", ("Hans", "Hant"))
    return language, script_of(words, declared=tag)


def publication(fields: Fields, language: str) -> tuple[datetime | None, Precision | None, str | None]:
    """The time of publication, its precision and its own words; unread, only the words."""
    stated, raw = fields.line("published"), fields.line("published_raw")
    found = parse_date(stated or raw, language=language)
    if found is None:
        return None, None, raw or stated
    precision = fields.text("published_precision")
    known = next((each for each in PRECISIONS if each == precision), found.precision)
    return found.moment, known, raw or stated


def embargo(fields: Fields, language: str) -> datetime | None:
    """The end of an embargo. One that cannot be read must not publish what it holds back."""
    stated = fields.line("embargo")
    found = parse_date(stated, language=language)
    if stated and found is None:
        raise ValueError(f"embargo is no time that can be read: {stated[:40]}")
    return found.moment if found else None


def republish(fields: Fields) -> Republish | None:
    """How much of it others may be given."""
    stated = fields.choice("republish", REPUBLISH)
    return next((each for each in REPUBLISH if each == stated), None)


def enclosures(fields: Fields, url: str | None) -> Iterator[Enclosure]:
    """The files that belong to it."""
    for stated in fields.objects("enclosures"):
        if found := enclosure(stated.get("url"), stated.get("type"), stated.get("length"), base=url):
            yield found
        else:
            fields.leave_out("enclosures", "holds one without an address")


def images(fields: Fields, url: str | None) -> Iterator[Image]:
    """Its pictures."""
    for stated in fields.objects("images"):
        each = Fields(stated, [])
        file, address = each.line("file"), clean_url(each.text("url"), base=url)
        block = stated.get("before_block")
        if not (file or address):
            fields.leave_out("images", "holds one without file or url")
            continue
        yield Image(
            file=file,
            url=address,
            caption=each.line("caption"),
            caption_language=each.line("caption_language"),
            before_block=block if isinstance(block, int) and 0 <= block < 1 << 31 else None,
        )


def translations(fields: Fields) -> Iterator[Translation]:
    """The articles that it says tell the same story, by their ids."""
    for stated in fields.objects("translations"):
        fields_of_pair = Fields(stated, [])
        # What another archive found by itself, this one finds by itself, too, or not.
        if (id := fields_of_pair.line("id")) and fields_of_pair.line("state") != "found":
            yield Translation(id=id, language="und", script=None, title="", address="", state="stated")
