"""Read feeds of every dialect into plain dicts. This, ``feed_elements`` and ``feed_texts`` know feedparser.

feedparser's sanitising, URL resolving, dates and SAX driver are left aside: they are slow and, on hostile or
Chinese input, wrong. Its two readers (strict XML, and a forgiving one for broken XML) are used through
subclasses that keep ids and dates as the document states them, and stop at documents made to exhaust us.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any
from xml.parsers import expat

from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.sanitizer import replace_doctype

from archive.reading.feed_elements import (
    MOST_ATTRIBUTES,
    MOST_ITEMS,
    OWN_NAMESPACE,
    Elements,
    TooComplexError,
)
from archive.reading.feed_texts import Fields, Texts
from archive.reading.mend import mended

Raw = Mapping[str, Any]

# The forgiving reader is slow and needs thirty times the memory of what it reads.
LARGEST_BROKEN = 4 << 20
LONGEST_LIST = 500
ITEM = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
# References to characters that XML does not have; one of them makes a whole document ill-formed.
NO_CHARACTER = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]|6553[45])"
    rb"|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]));"
)
JUNK_BEHIND = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
# The end of the document is missing.
CUT = frozenset(
    expat.errors.codes[error]
    for error in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
LOWERED = frozenset({"rel", "type"})
CONTROL = bytes({*range(32)} - {*b"\t\n\r"})
DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")


# Prefixes that feeds use for Atom without a declaration, or with one that has a slip in it.
UNDECLARED = {"atom": "", "atom10": "", "a10": ""}


class Reader(Elements, Texts):
    """What feedparser does not know, or takes for something else."""

    def __init__(self: Any, *args: Any) -> None:
        self.skip_hours, self.skip_days = list[str](), list[str]()
        super().__init__(*args)
        self.namespacemap.update(UNDECLARED)

    def _sync_author_detail(self: Any, key: str = "author") -> None:
        """An author as stated; feedparser takes names apart, slowly, and cuts some in two."""
        context = self._get_context()
        people = context.get(f"{key}s")
        if people and not people[-1] and (stated := context.get(key)):
            people[-1]["name"] = stated

    def has_room(self: Any, key: str) -> bool:
        """Whether a list is no longer than any in earnest; feedparser compares each category with all."""
        return len(self._get_context().get(key) or ()) < LONGEST_LIST

    def _add_tag(self: Any, *stated: Any) -> None:
        if self.has_room("tags"):
            super()._add_tag(*stated)  # type: ignore[misc]

    def _start_enclosure(self: Any, attrs: Any) -> None:
        if self.has_room("links"):
            super()._start_enclosure(attrs)  # type: ignore[misc]

    def _start_media_content(self: Any, attrs: Any) -> None:
        if self.has_room("media_content"):
            super()._start_media_content(attrs)  # type: ignore[misc]

    def _start_item(self: Any, attrs: Any) -> None:
        self.depths = {}
        super()._start_item(attrs)  # type: ignore[misc]
        self.entries[-1] = Fields(self.entries[-1], own_base=self.baseuri, own_language=self.lang)

    _start_entry = _start_item

    def _start_link(self: Any, attrs: Any) -> None:
        attrs.pop("uri", None)  # feedparser would take it, and not the text, for the address
        super()._start_link(attrs)  # type: ignore[misc]

    def _start_guid(self: Any, attrs: Any) -> None:
        super()._start_guid(attrs)  # type: ignore[misc]
        if self.inentry:
            self.entries[-1]["is_permalink"] = attrs.get("ispermalink", "").strip().lower() != "false"

    def _end_image(self: Any) -> None:
        """A picture; that of an item is its address alone, or has more about it."""
        address = self.pop("image")
        self.inimage = 0
        if self.inentry:
            self.entries[-1].setdefault("pictures", []).append(address or self.entries[-1].pop("href", None))

    def _end_published(self: Any) -> None:
        self.pop("published")

    def _end_updated(self: Any) -> None:
        self.pop("updated")

    def _end_created(self: Any) -> None:
        self.pop("created")

    def _end_expirationdate(self: Any) -> None:
        self.pop("expired")

    _end_issued = _end_pubdate = _end_published
    _end_modified = _end_lastbuilddate = _end_updated

    def _end_hour(self: Any) -> None:
        self.skip_hours.append(self.pop("hour") or "")

    def _end_day(self: Any) -> None:
        self.skip_days.append(self.pop("day") or "")

    # Descriptions of a file are not the entry's text, and its keywords not the entry's categories.
    def _start_media_description(self: Any, attrs: Any) -> None:
        self.push_content("media_description", attrs, "text/plain", 1)

    def _end_media_description(self: Any) -> None:
        self.pop_content("media_description")

    def _start_itunes_summary(self: Any, attrs: Any) -> None:
        self.push_content("itunes_summary", attrs, "text/plain", 1)

    def _end_itunes_summary(self: Any) -> None:
        self.pop_content("itunes_summary")

    def _end_media_keywords(self: Any) -> None:
        self.pop("media_keywords")

    def _end_itunes_keywords(self: Any) -> None:
        self.pop("itunes_keywords")

    def _start_itunes_category(self: Any, attrs: Any) -> None:
        self.push("category", 1)

    def _end_itunes_category(self: Any) -> None:
        self.pop("category")


class Strict(Reader, StrictFeedParser):  # type: ignore[misc]
    """feedparser's reader of well-formed XML, driven by expat without the detour by SAX."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.decls: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.keys: dict[str, tuple[str, ...]] = {}
        self.is_whole = self.is_cut = False

    def read(self, data: bytes) -> str | None:
        """Read a document in one piece (expat is slow on large tokens in pieces); what is wrong with it."""
        parser = expat.ParserCreate("utf-8", " ")
        parser.namespace_prefixes = parser.buffer_text = parser.ordered_attributes = True
        parser.StartNamespaceDeclHandler = self.startPrefixMapping
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.handle_data
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            self.is_whole, self.is_cut = error.code == JUNK_BEHIND, error.code in CUT
            return f"the XML is broken in line {error.lineno}: {expat.ErrorString(error.code)}"
        return None

    def start(self, name: str, stated: Sequence[str]) -> None:
        """An element begins; ``stated`` are names and values in turn."""
        if len(stated) > 2 * MOST_ATTRIBUTES:
            raise TooComplexError(f"has an element with more than {MOST_ATTRIBUTES} attributes")
        tag = self.tags.get(name) or self.tag(name)
        attributes: dict[str, str] = {}
        if self.decls:
            attributes, self.decls = self.decls, {}
        if tag in OWN_NAMESPACE and name.startswith(OWN_NAMESPACE[tag]):
            attributes["xmlns"] = OWN_NAMESPACE[tag]
        for key, value in zip(stated[::2], stated[1::2], strict=True):
            for known in self.keys.get(key) or self.attribute(key):
                attributes[known] = value.lower() if known in LOWERED else value
        self.begin(tag, attributes, attributes.items())

    def end(self, name: str) -> None:
        """An element ends."""
        self.unknown_endtag(self.tags.get(name) or self.tag(name))

    def tag(self, name: str) -> str:
        """The tag under which feedparser knows an element, by its namespace or else by its prefix."""
        namespace, local, prefix = parts(name)
        if "backend.userland.com/rss" in namespace:
            namespace = "http://backend.userland.com/rss"
        known = self._matchnamespaces.get(namespace, prefix)
        self.tags[name] = f"{known}:{local}".lower() if known else local.lower()
        return self.tags[name]

    def attribute(self, name: str) -> tuple[str, ...]:
        """The keys under which feedparser looks for an attribute: by namespace, and as written."""
        namespace, local, prefix = parts(name)
        known = self._matchnamespaces.get(namespace, "")
        keys = (f"{known}:{local}" if known else local, f"{prefix}:{local}" if prefix else local)
        self.keys[name] = tuple({key.lower(): None for key in keys})
        return self.keys[name]


class Loose(Reader, LooseFeedParser):  # type: ignore[misc]
    """feedparser's reader of anything that resembles XML."""

    def pop(self: Any, element: str, strip_whitespace: int = 1) -> Any:
        """The text of an element that ends; references in it have been left as bytes."""
        if self.elementstack and isinstance(pieces := self.elementstack[-1][2], list):
            pieces[:] = [piece.decode() if isinstance(piece, bytes) else piece for piece in pieces]
        return super().pop(element, strip_whitespace)

    most_elements = 60_000  # as many as the largest document it is given has in earnest
    strattrs = staticmethod(StrictFeedParser.strattrs)

    @staticmethod
    def _normalize_attributes(pair: tuple[str, str]) -> tuple[str, str]:
        """An attribute as XML has it; the tokenizer leaves references as they are written."""
        name, value = pair[0].lower(), unescape(pair[1])
        return name, value.lower() if name in LOWERED else value

    def decode_entities(self: Any, element: str, data: str) -> str:
        """A text with references as characters, each once; in content that is markup they belong to it."""
        if "&" not in data:
            return data
        is_markup = self.incontent and not self.is_unescaped()
        return str(super().decode_entities(element, data)) if is_markup else unescape(data)


def parts(name: str) -> tuple[str, str, str]:
    """The namespace in lower case, the local name and the prefix of what expat calls a name."""
    namespace, _, rest = name.rpartition(" ") if name.count(" ") == 1 else name.partition(" ")
    if not rest:
        return "", name, ""
    local, _, prefix = rest.partition(" ")
    return namespace.lower(), local, prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a document states: the feed and its entries as plain dicts with feedparser's names.

    ``surplus`` counts the items beyond the limit, ``problem`` says what is wrong with the XML.
    """

    version: str
    root: str
    feed: Raw
    entries: Sequence[Raw]
    surplus: int
    deleted: Sequence[str]
    skip_hours: Sequence[str]
    skip_days: Sequence[str]
    problem: str | None


def read(text: str, url: str | None) -> Read:
    """Read as XML; what is not well-formed is read again by the forgiving reader."""
    data = DECLARATION.sub(b"", as_xml(text), count=1)
    version, data, entities = replace_doctype(data)
    parser = strict = prepared(Strict(url or "", None, "utf-8"))
    problem = strict.read(data)
    if problem and not strict.is_whole:
        # What is easily mended is read strictly, since the forgiving reader is slow and keeps less.
        parser = prepared(Strict(url or "", None, "utf-8"))
        if parser.read(mended(data.decode()).encode()) and not parser.is_whole:
            parser = loosely(
                data, url, entities, strict if len(strict.entries) > len(parser.entries) else parser
            )
        if parser is not strict and len(data) > LARGEST_BROKEN and isinstance(parser, Loose):
            problem += f"; only the first {LARGEST_BROKEN >> 20} MiB were read"
    return Read(
        version=version or parser.version or strict.version,
        root=strict.root or parser.root,
        feed=dict(parser.feeddata),
        entries=[dict(entry) for entry in parser.entries],
        surplus=parser.surplus,
        deleted=parser.deleted,
        skip_hours=parser.skip_hours,
        skip_days=parser.skip_days,
        problem=problem,
    )


def loosely(data: bytes, url: str | None, entities: Any, strict: Strict) -> Strict | Loose:
    """The forgiving reader with what it found; the strict one where that got as far before it gave up."""
    if strict.is_cut:
        return strict
    loose = prepared(Loose(url or "", None, "utf-8", entities))
    loose.feed(shortened(data, loose).decode("utf-8", "ignore"))
    return loose if len(loose.entries) >= len(strict.entries) else strict


def as_xml(text: str) -> bytes:
    """A text without the characters, and the references to characters, that XML does not have."""
    data = text.encode("utf-8", "ignore").translate(None, CONTROL).replace(b"\xef\xbf\xbe", b"")
    return NO_CHARACTER.sub(b"", data.replace(b"\xef\xbf\xbf", b""))


def shortened(data: bytes, parser: Any) -> bytes:
    """A document as far as the forgiving reader may read, which is also the limit of items."""
    starts = [match.start() for match in ITEM.finditer(data)]
    parser.surplus = max(0, len(starts) - MOST_ITEMS)
    return data[: min(LARGEST_BROKEN, *starts[MOST_ITEMS : MOST_ITEMS + 1], len(data))]


def prepared(parser: Any) -> Any:
    """A reader with everything off that we do ourselves."""
    parser.resolve_relative_uris = parser.sanitize_html = False
    return parser
