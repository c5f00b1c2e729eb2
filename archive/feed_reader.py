"""Read feeds of every dialect into plain dicts. The only module that knows feedparser.

feedparser's sanitising, URL resolving, dates and SAX driver are left aside: they are slow and, on hostile or
Chinese input, wrong. Its two readers (strict XML, and a forgiving one for broken XML) are used through
subclasses that keep ids and dates as the document states them, and stop at documents made to exhaust us.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar
from xml.parsers import expat

from feedparser import mixin
from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.sanitizer import replace_doctype
from feedparser.util import FeedParserDict

from archive.clean import NOT_XML

# feedparser resolves the same base against itself at every element, and copies flat dicts as if they were
# deep. These lines change nothing but the time it takes.
mixin._urljoin = lru_cache(1_024)(mixin._urljoin)
mixin.make_safe_absolute_uri = lru_cache(1_024)(mixin.make_safe_absolute_uri)
FeedParserDict.__deepcopy__ = lambda self, seen: FeedParserDict(self)

Raw = Mapping[str, Any]

MOST_ITEMS = 5_000
MOST_ELEMENTS = 300_000
MOST_ATTRIBUTES = 256
MOST_NAMESPACES = 5_000
DEEPEST = 256
# The forgiving reader is slow and needs thirty times the memory of what it reads.
LARGEST_BROKEN = 4 << 20
LONGEST_AUTHOR = 1_000
MOST_TAGS = 500
ITEM = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
# References to characters that XML does not have; one of them makes a whole document ill-formed.
NO_CHARACTER = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]|6553[45])"
    r"|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]));"
)
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
OWN_NAMESPACE = {"math": "http://www.w3.org/1998/Math/MathML", "svg": "http://www.w3.org/2000/svg"}
NAMESPACES = {
    **StrictFeedParser.namespaces,
    "http://purl.org/syndication/history/1.0": "fh",
    "http://purl.org/atompub/tombstones/1.0": "at",
}


class TooComplexError(Exception):
    """A document that is made to exhaust us."""


class Bounded:
    """What we change in both of feedparser's readers."""

    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {"id"}  # t3_x must not become /t3_x
    _matchnamespaces: ClassVar[Mapping[str, str]] = {
        uri.lower(): prefix for uri, prefix in NAMESPACES.items()
    }

    def __init__(self, *args: Any) -> None:
        self.root = ""
        self.elements = self.namespaces_seen = self.surplus = 0
        self.skipping: str | None = None
        self.deleted: list[str] = []
        self.skip_hours: list[str] = []
        self.skip_days: list[str] = []
        super().__init__(*args)

    def unknown_starttag(self: Any, tag: str, attrs: list[tuple[str, str]]) -> None:
        """Count, skip what is beyond the limit of items, and take up what feedparser does not know."""
        if self.skipping:
            return
        if tag in ("item", "entry") and len(self.entries) >= MOST_ITEMS:
            self.skipping = tag
            self.surplus += 1
            return
        self.root = self.root or tag
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise TooComplexError(f"has more than {MOST_ELEMENTS:,} elements")
        if len(attrs) > MOST_ATTRIBUTES:
            raise TooComplexError(f"has an element with more than {MOST_ATTRIBUTES} attributes")
        if self.depth >= DEEPEST:
            raise TooComplexError(f"is nested more than {DEEPEST} levels deep")
        if tag.endswith(":deleted-entry"):
            self.deleted += [value for name, value in attrs if name == "ref"]
        super().unknown_starttag(tag, attrs)  # type: ignore[misc]

    def unknown_endtag(self: Any, tag: str) -> None:
        """Leave an element."""
        if not self.skipping:
            super().unknown_endtag(tag)  # type: ignore[misc]
        elif tag == self.skipping:
            self.skipping = None

    def handle_data(self: Any, text: str, escape: int = 1) -> None:
        """Text of the element we are in."""
        if not self.skipping:
            super().handle_data(text, escape)  # type: ignore[misc]

    def track_namespace(self: Any, prefix: str | None, uri: str) -> None:
        """A declared namespace; feedparser is quadratic in their number."""
        self.namespaces_seen += 1
        if self.namespaces_seen > MOST_NAMESPACES:
            raise TooComplexError(f"declares more than {MOST_NAMESPACES:,} namespaces")
        super().track_namespace(prefix, uri)  # type: ignore[misc]

    def _sync_author_detail(self: Any, key: str = "author") -> None:
        """feedparser looks for an e-mail address with a pattern that is quadratic."""
        if len(self._get_context().get(key) or "") <= LONGEST_AUTHOR:
            super()._sync_author_detail(key)  # type: ignore[misc]

    def _add_tag(self: Any, *stated: Any) -> None:
        """feedparser compares each category with all before it."""
        if len(self._get_context().get("tags") or ()) < MOST_TAGS:
            super()._add_tag(*stated)  # type: ignore[misc]

    def _start_item(self: Any, attrs: Any) -> None:
        super()._start_item(attrs)  # type: ignore[misc]
        self.entries[-1].update(own_base=self.baseuri, own_language=self.lang)

    _start_entry = _start_item

    def _start_link(self: Any, attrs: Any) -> None:
        attrs.pop("uri", None)  # feedparser would take it, and not the text, for the address
        super()._start_link(attrs)  # type: ignore[misc]

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


class Strict(Bounded, StrictFeedParser):  # type: ignore[misc]
    """feedparser's reader of well-formed XML, driven by expat without the detour by SAX."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.decls: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.keys: dict[str, tuple[str, ...]] = {}

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
            return f"the XML is broken in line {error.lineno}: {expat.ErrorString(error.code)}"
        return None

    def start(self, name: str, stated: Sequence[str]) -> None:
        """An element begins; ``stated`` are names and values in turn."""
        if len(stated) > 2 * MOST_ATTRIBUTES:
            raise TooComplexError(f"has an element with more than {MOST_ATTRIBUTES} attributes")
        tag = self.tags.get(name) or self.tag(name)
        attributes, self.decls = self.decls, {}
        if tag in OWN_NAMESPACE and name.startswith(OWN_NAMESPACE[tag]):
            attributes["xmlns"] = OWN_NAMESPACE[tag]
        for place in range(0, len(stated), 2):
            for key in self.keys.get(stated[place]) or self.attribute(stated[place]):
                attributes[key] = stated[place + 1]
        self.unknown_starttag(tag, list(attributes.items()))

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


class Loose(Bounded, LooseFeedParser):  # type: ignore[misc]
    """feedparser's reader of anything that resembles XML."""


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
    data = DECLARATION.sub("", NO_CHARACTER.sub("", NOT_XML.sub("", text)), count=1).encode()
    version, data, entities = replace_doctype(data)
    parser = strict = prepared(Strict(url or "", None, "utf-8"))
    problem = strict.read(data)
    if problem:
        loose = prepared(Loose(url or "", None, "utf-8", entities))
        loose.feed(shortened(data, loose).decode("utf-8", "ignore"))
        if len(data) > LARGEST_BROKEN:
            problem += f"; only the first {LARGEST_BROKEN >> 20} MiB were read"
        parser = loose if len(loose.entries) >= len(strict.entries) else strict
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


def shortened(data: bytes, parser: Any) -> bytes:
    """A document as far as the forgiving reader may read, which is also the limit of items."""
    starts = [match.start() for match in ITEM.finditer(data)]
    parser.surplus = max(0, len(starts) - MOST_ITEMS)
    return data[: min(LARGEST_BROKEN, *starts[MOST_ITEMS : MOST_ITEMS + 1], len(data))]


def prepared(parser: Any) -> Any:
    """A reader with everything off that we do ourselves."""
    parser.resolve_relative_uris = parser.sanitize_html = False
    return parser
