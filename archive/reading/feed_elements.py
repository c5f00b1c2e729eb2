"""How feedparser's readers come from element to element: its steps, with limits and without asking twice.

What ``_start_title`` or ``_end_media_credit`` make of an element is feedparser's own. The way to them is
ours, since it is walked for every element: the same steps in the same order, but what can have one answer
only for a name is looked up once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, NamedTuple

from feedparser.api import StrictFeedParser
from feedparser.urls import _urljoin, make_safe_absolute_uri

MOST_ITEMS = 5_000
MOST_ATTRIBUTES = 256
MOST_NAMESPACES = 5_000
DEEPEST = 256
NAMESPACES = {
    **StrictFeedParser.namespaces,
    "http://purl.org/syndication/history/1.0": "fh",
    "http://purl.org/atompub/tombstones/1.0": "at",
}
OWN_NAMESPACE = {"math": "http://www.w3.org/1998/Math/MathML", "svg": "http://www.w3.org/2000/svg"}
ITEMS = frozenset({"item", "entry"})
ROOTS = frozenset({"feed", "rss"})
DIVS = frozenset({"div", "xhtml:div"})
XHTML = "application/xhtml+xml"
# Elements that feedparser expects inside a text input or an image; any other ends one that was left open.
IN_TEXT_INPUT = frozenset({"title", "link", "description", "name"})
IN_IMAGE = frozenset({"title", "link", "description", "url", "href", "width", "height"})


class TooComplexError(Exception):
    """A document that is made to exhaust us."""


class Known(NamedTuple):
    """What feedparser does with an element of one name."""

    name: str
    start: Callable[[Any, dict[str, str]], None]
    end: Callable[[Any], None]
    ends_text_input: bool
    ends_image: bool
    is_svg: bool


class Elements:
    """How the readers come from element to element."""

    most_elements = 300_000
    _matchnamespaces: ClassVar[Mapping[str, str]] = {
        uri.lower(): prefix for uri, prefix in NAMESPACES.items()
    }

    def __init__(self: Any, *args: Any) -> None:
        self.root = ""
        self.elements = self.namespaces_seen = self.surplus = 0
        self.skipping: str | None = None
        self.deleted: list[str] = []
        self.known: dict[str, Known] = {}
        super().__init__(*args)
        self.baseuri = make_safe_absolute_uri(self.baseuri, self.baseuri) or self.baseuri

    def unknown_starttag(self: Any, tag: str, attrs: Collection[tuple[str, str]]) -> None:
        """An element begins; feedparser's way in, for the reader that it drives itself."""
        stated = [self._normalize_attributes(pair) for pair in attrs]
        self.begin(tag, dict(stated), stated)

    def begin(self: Any, tag: str, attributes: dict[str, str], stated: Collection[tuple[str, str]]) -> None:
        """An element begins; ``stated`` are its attributes with those that are stated twice."""
        if self.skipping or (tag in ITEMS and self.is_surplus(tag)):
            return
        self.elements += 1
        if self.elements > self.most_elements or self.depth >= DEEPEST or len(stated) > MOST_ATTRIBUTES:
            raise self.excess()
        self.root = self.root or tag
        self.depth += 1
        if attributes or tag in ROOTS:
            self.locate(tag, attributes)
        self.basestack.append(self.baseuri)
        self.langstack.append(self.lang)
        if attributes:
            self.declare(tag, stated)
        if self.incontent and self.is_inline(tag, stated):
            return
        known = self.known.get(tag) or self.learn(tag)
        if known.ends_text_input:
            self.intextinput = 0
        if known.ends_image:
            self.inimage = 0
        try:
            known.start(self, attributes)
        except AttributeError:
            self.enter(known.name, attributes)

    def is_surplus(self: Any, tag: str) -> bool:
        """Whether an item begins that is one too many."""
        if len(self.entries) < MOST_ITEMS:
            return False
        self.skipping = tag
        self.surplus += 1
        return True

    def excess(self: Any) -> TooComplexError:
        """What a document, or an element of it, has too much of."""
        if self.elements > self.most_elements:
            return TooComplexError(f"has more than {self.most_elements:,} elements")
        if self.depth >= DEEPEST:
            return TooComplexError(f"is nested more than {DEEPEST} levels deep")
        return TooComplexError(f"has an element with more than {MOST_ATTRIBUTES} attributes")

    def locate(self: Any, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up the base and the language that an element states."""
        if base := attributes.get("xml:base", attributes.get("base")):
            known = self.baseuri
            self.baseuri = (make_safe_absolute_uri(known, base) or known) if known else _urljoin("", base)
        language = attributes.get("xml:lang", attributes.get("lang"))
        if language is not None:
            self.lang = language or None
        if self.lang and tag in ROOTS:
            self.feeddata["language"] = self.lang.replace("_", "-")

    def declare(self: Any, tag: str, stated: Collection[tuple[str, str]]) -> None:
        """Take up the namespaces that an element declares, and what it declares deleted."""
        for name, value in stated:
            if name.startswith("xmlns") and name[5:6] in ("", ":"):
                self.track_namespace(name[6:] if name[5:] else None, value)
        if tag.endswith(":deleted-entry"):
            self.deleted += [value for name, value in stated if name == "ref"]

    def is_inline(self: Any, tag: str, stated: Collection[tuple[str, str]]) -> bool:
        """Whether an element inside content is a part of it, and is then taken up as text."""
        if self.is_unescaped():
            if tag in DIVS:
                return True
            self.contentparams["type"] = XHTML
        if self.contentparams.get("type") != XHTML:
            return False
        prefix, colon, local = tag.partition(":")
        if colon:
            tag, namespace = local, self.namespaces_in_use.get(prefix, "")
            if namespace == OWN_NAMESPACE.get(tag):
                stated = [*stated, ("xmlns", namespace)]
        self.svgOK += tag == "svg"
        self.handle_data(f"<{tag}{self.strattrs(stated)}>", escape=0)
        return True

    def is_unescaped(self: Any) -> bool:
        """Whether we are in content that was stated to be escaped and is not."""
        return not self.contentparams.get("type", "xml").endswith("xml")

    def learn(self: Any, tag: str) -> Known:
        """Look up once what feedparser has for an element."""
        prefix, suffix = tag.split(":", 1) if ":" in tag else ("", tag)
        prefix = self.namespacemap.get(prefix, prefix)
        name = f"{prefix}_{suffix}" if prefix else suffix
        start, end = (getattr(type(self), f"{side}_{name}", None) for side in ("_start", "_end"))
        self.known[tag] = known = Known(
            name=name,
            start=start or (lambda reader, attributes: reader.enter(name, attributes)),
            end=end or (lambda reader: reader.pop(name)),
            ends_text_input=not prefix and tag not in IN_TEXT_INPUT,
            ends_image=not prefix and tag not in IN_IMAGE,
            is_svg=suffix == "svg",
        )
        return known

    def enter(self: Any, name: str, attributes: dict[str, str]) -> None:
        """Keep an element that feedparser does not know: as text, or as its attributes."""
        if attributes:
            self._get_context()[name] = attributes
        else:
            self.push(name, 1)

    def unknown_endtag(self: Any, tag: str) -> None:
        """An element ends."""
        if self.skipping:
            if tag == self.skipping:
                self.skipping = None
            return
        known = self.known.get(tag) or self.learn(tag)
        if known.is_svg and self.svgOK:
            self.svgOK -= 1
        try:
            if self.svgOK:
                self.pop(known.name)
            else:
                known.end(self)
        except AttributeError:
            self.pop(known.name)
        if self.incontent:
            if self.is_unescaped():
                if tag in DIVS:
                    return
                self.contentparams["type"] = XHTML
            if self.contentparams.get("type") == XHTML:
                self.handle_data(f"</{tag.rpartition(':')[2]}>", escape=0)
        self.leave(self.basestack, self.langstack)

    def leave(self: Any, bases: list[str], languages: list[str | None]) -> None:
        """Go back to the base and the language that held before an element."""
        self.depth -= 1
        if bases:
            del bases[-1], languages[-1]
        if bases:
            self.baseuri = bases[-1] or self.baseuri
            self.lang = languages[-1]

    def track_namespace(self: Any, prefix: str | None, uri: str) -> None:
        """A declared namespace; feedparser is quadratic in their number."""
        self.namespaces_seen += 1
        if self.namespaces_seen > MOST_NAMESPACES:
            raise TooComplexError(f"declares more than {MOST_NAMESPACES:,} namespaces")
        before = self.namespacemap.get(prefix)
        super().track_namespace(prefix, uri)  # type: ignore[misc]
        if self.namespacemap.get(prefix) != before:
            self.known.clear()
