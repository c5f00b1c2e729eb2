"""A list of subscriptions (OPML 1.0, 1.1, 2.0) as a document of sources. Pure; never raises on bad content.

Most lists that people have are not well-formed: bare ampersands in addresses, quotes and angle brackets in
titles. So outlines are read by their attributes alone; of well-formed lists this reads exactly what XML says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from xml.parsers import expat

from archive.model import Document, Source
from archive.reading.clean import clean_line, clean_url
from archive.reading.decode import decode
from archive.reading.language import primary

LONGEST = 10_000
LONGEST_FOLDER = 200
DEEPEST = 32
MOST_NAMED = 3
FOLDERS = " / "
MARK = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<title\b[^>]{0,200}>([^<]{0,1000})</title>|<(/?)outline(?=[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
# A value ends at its quote where another attribute or the end of the tag follows: others are part of it.
ATTRIBUTE = re.compile(
    rf"\s*([\w:.-]{{1,100}})\s*=\s*(?:\"(.{{0,{LONGEST}}}?)\"|'(.{{0,{LONGEST}}}?)')"
    r"(?=\s*[\w:.-]{1,100}\s*=\s*[\"']|\s*/?>|\s*\Z)",
    re.DOTALL,
)
END = re.compile(r"[^<>]*?(/?)>")
REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});")
TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
ADDRESS = ("xmlurl", "feedurl")
# Outlines of these types lead to other lists; those without an address of the others' are notes.
LINKS = frozenset({"link", "include"})
FEEDS = frozenset({"rss", "atom", "rdf", "feed", "json", "jsonfeed", "pie"})


def read_opml(body: bytes) -> Document:
    """The sources that a list names, each with its folder, and what is left alone in it.

    A feed's address is what the list states, whatever that is; a feed without one has none.
    """
    if not body.strip():
        return Document(
            result="not_a_feed", detail="holds 0 bytes" if not body else "holds nothing but spaces"
        )
    text = decode(body, content_type=None)
    if not re.search(r"<(?:opml|outline)[\s>/]", text, re.IGNORECASE):
        return Document(result="not_a_feed", detail="is no OPML: it has no outlines")
    outlines = Outlines(text)
    sources = tuple(outlines)
    fault = ill_formed(text)
    notes = [note for note in (fault, outlines.left_alone()) if note]
    return Document(
        result="warning" if fault else "ok" if sources else "empty",
        detail="; ".join(notes) or None,
        kind="opml",
        title=outlines.title,
        sources=sources,
    )


class Outlines:
    """Goes through the outlines of a list: folders hold feeds, and lead to other lists."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[str | None] = []
        self._links: list[str] = []
        self._others = 0
        self.title: str | None = None

    def __iter__(self) -> Iterator[Source]:
        """The feeds, in the order of the list."""
        at = 0
        while mark := MARK.search(self._text, at):
            at = mark.end()
            if mark[1] is not None and self.title is None:
                self.title = clean_line(resolved(mark[1])) or None
            if mark[2] == "/" and self._open:
                self._open.pop()
            elif mark[2] == "":
                stated, at, is_whole = attributes(self._text, at)
                if feed := self._read(stated, is_whole=is_whole):
                    yield feed

    def left_alone(self) -> str | None:
        """What is in the list besides feeds and their folders."""
        if not self._links:
            return None
        named = ", ".join(self._links[:MOST_NAMED]) + (", …" if len(self._links) > MOST_NAMED else "")
        return f"left alone {len(self._links)} links to other lists or pages: {named}"

    def _read(self, stated: Mapping[str, str], *, is_whole: bool) -> Source | None:
        """The feed of an outline, if it is one; it is open until its end unless it was whole."""
        title = clean_line(stated.get("title") or stated.get("text") or "")
        kind = stated.get("type", "").strip().lower()
        address = next((stated[name] for name in ADDRESS if stated.get(name, "").strip()), "")
        if not address and kind not in LINKS:
            address = stated.get("url", "")
        is_feed = bool(address) or kind in FEEDS
        folder = FOLDERS.join(filter(None, self._open[:DEEPEST])) or None
        if not is_whole:
            self._open.append(None if is_feed else title[:LONGEST_FOLDER])
        if not is_feed:
            if kind in LINKS:
                self._links.append(title[:LONGEST_FOLDER] or clean_line(stated.get("url", "")))
            return None
        language = stated.get("language", "")
        return Source(
            id="",
            identity="",
            title=title,
            url=clean_line(address) or None,
            site_url=clean_url(stated.get("htmlurl")),
            folder=folder,
            language=primary(language) if TAG.fullmatch(language) else None,
        )


def attributes(text: str, at: int) -> tuple[dict[str, str], int, bool]:
    """The attributes of a tag, by names in lower case; where it ends, and whether it is a whole element."""
    found: dict[str, str] = {}
    while attribute := ATTRIBUTE.match(text, at):
        at = attribute.end()
        found.setdefault(attribute[1].lower(), resolved(attribute[2] or attribute[3] or ""))
    end = END.match(text, at)
    return found, end.end() if end else at, bool(end and end[1])


def resolved(text: str) -> str:
    """Text with its references as characters; an ampersand that begins none is itself."""
    return REFERENCE.sub(lambda match: unescape(match[0]), text)


def ill_formed(text: str) -> str | None:
    """What an XML parser says of the list; it stops at definitions of entities, as no list has in earnest."""
    parser = expat.ParserCreate("utf-8")

    def refuse(*_: object) -> None:
        raise ValueError

    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        return f"is not well-formed XML (line {error.lineno}); what can be told of it was read"
    except ValueError:
        return "defines entities, which were not used"
    return None
