"""What feedparser's readers keep of the texts of elements: its answers, in a fraction of its time.

feedparser's own ``pop`` sanitises, resolves and translates each text whether it needs it or not, and asks a
dict with aliases at every turn. Here a text is looked at first, and the dicts with aliases are quicker.
"""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from typing import Any
from xml.sax.saxutils import escape as escaped

from feedparser.api import StrictFeedParser
from feedparser.html import _cp1252
from feedparser.urls import _urljoin
from feedparser.util import FeedParserDict

from archive.reading.feed_elements import XHTML

# The keys that a dict of feedparser's answers by an alias or by rules of its own.
ALIASED = frozenset(
    {*FeedParserDict.keymap, "category", "enclosures", "license", "updated", "updated_parsed"}
)
KEPT_ELSEWHERE = frozenset({"category", "tags", "itunes_keywords"})
# An address that resolving leaves as it is, whatever the base.
PLAIN_ADDRESS = re.compile(
    r"https?://[a-zA-Z0-9_.-]+(?::\d+)?(?:/[!-\"$-:<->@-~]*)?(?:\?[!-\"$-~]+)?(?:#[!-~]+)?"
)
# Control characters of Latin-1 are quotes and dashes of Windows.
CONTROL = re.compile("[\x80-\x9f]")
# UTF-8 that was read as Latin-1 has some of these, too.
CONTINUED = re.compile("[\x80-\xbf]")
MISREAD_REFERENCE = re.compile("&([A-Za-z0-9_]+);")


class Fields(FeedParserDict):  # type: ignore[misc]
    """A dict of feedparser's that looks for an alias only where there may be one."""

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(key) if key in ALIASED else dict.__getitem__(self, key)

    def __contains__(self, key: Any) -> bool:
        return super().__contains__(key) if key in ALIASED else dict.__contains__(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        if key in ALIASED:
            super().__setitem__(key, value)
        else:
            dict.__setitem__(self, key, value)

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a key, or of what it is an alias for."""
        return super().get(key, default) if key in ALIASED else dict.get(self, key, default)


class Texts:
    """How the readers take up text."""

    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {"id"}  # t3_x must not become /t3_x

    def __init__(self: Any, *args: Any) -> None:
        self.depths: dict[str, int] = {}
        super().__init__(*args)
        self.feeddata = Fields(self.feeddata)
        self.contentparams: dict[str, Any] = {}

    def handle_data(self: Any, text: str, escape: int = 1) -> None:
        """Text of the element we are in."""
        if self.elementstack and not self.skipping:
            if escape and self.contentparams.get("type") == XHTML:
                text = escaped(text)
            self.elementstack[-1][2].append(text)

    def push_content(self: Any, tag: str, attributes: dict[str, str], kind: str, expected: int) -> None:
        """An element begins that holds words."""
        self.incontent += 1
        self.lang = self.lang and self.lang.replace("_", "-")
        stated = self.map_content_type(attributes.get("type", kind))
        self.contentparams = {"type": stated, "language": self.lang, "base": self.baseuri}
        self.contentparams["base64"] = self._is_base64(attributes, self.contentparams)
        self.push(tag, expected)

    def pop(self: Any, element: str, strip_whitespace: int = 1) -> Any:
        """The text of an element that ends; it is also kept where feedparser keeps it."""
        if not self.elementstack or self.elementstack[-1][0] != element:
            return None
        _, is_expected, pieces = self.elementstack.pop()
        if self.version == "atom10" and self.contentparams.get("type") == XHTML:
            pieces = unframed(pieces)
        output = "".join(pieces)
        if strip_whitespace:
            output = output.strip()
        if not is_expected:
            return output
        output = self.mended(element, output)
        if element not in KEPT_ELSEWHERE and not (element == "title" and -1 < self.title_depth <= self.depth):
            self.keep(element, output)
        return output

    def mended(self: Any, element: str, output: str) -> str:
        """A text as it was meant: decoded, resolved, in the right charset, and with its true type."""
        params = self.contentparams
        is_base64 = params.pop("base64", 0)
        if is_base64:
            with suppress(binascii.Error, binascii.Incomplete, UnicodeDecodeError):
                output = base64.decodebytes(output.encode()).decode()
        if output and element in self.can_be_relative_uri:
            output = self.resolve_uri(output)
        if not is_base64:
            output = self.decode_entities(element, output)
        if params.get("type") == "text/plain" and self.is_html_after_all(output):
            params["type"] = "text/html"
        params.pop("mode", None)
        return output if output.isascii() else in_unicode(output)

    def is_html_after_all(self: Any, output: str) -> bool:
        """Whether a text that RSS has for plain, since it knows no types, is HTML."""
        is_rss = not self.version.startswith("atom")
        return is_rss and ("<" in output or "&" in output) and bool(self.looks_like_html(output))

    def keep(self: Any, element: str, output: str) -> None:
        """Put a text where feedparser puts it."""
        if self.inentry and not self.insource:
            self.keep_in_entry(self.entries[-1], element, output)
        elif self.infeed or self.insource:
            context = self._get_context()
            if element == "description":
                element = "subtitle"
            context[element] = output
            if element == "link":
                context[element] = context["links"][-1]["href"] = with_parameters(output)
            elif self.incontent:
                context[f"{element}_detail"] = self.described(output)

    def keep_in_entry(self: Any, entry: Any, element: str, output: str) -> None:
        """Put a text into the entry that is being read."""
        if element == "content":
            entry.setdefault(element, []).append(self.described(output))
        elif element == "link":
            if not self.inimage:
                entry[element] = output = with_parameters(output.replace("&amp;", "&"))
                if output:
                    entry["links"][-1]["href"] = output
        else:
            if element == "description":
                element = "summary"
            if self.depth <= self.depths.get(element, self.depth):
                self.depths[element] = self.depth
                entry[element] = output
            if self.incontent:
                entry[f"{element}_detail"] = self.described(output)

    def described(self: Any, output: str) -> dict[str, Any]:
        """A text with its type, base and language."""
        return {**self.contentparams, "value": output}

    def resolve_uri(self: Any, uri: str) -> str:
        """An address made absolute."""
        return uri if PLAIN_ADDRESS.fullmatch(uri) else str(_urljoin(self.baseuri or "", uri))


def unframed(pieces: list[str]) -> list[str]:
    """The pieces of XHTML without the ``div`` that holds them all."""
    first, last = 0, len(pieces)
    while last > 1 and not pieces[last - 1].strip():
        last -= 1
    while last - first > 1 and not pieces[first].strip():
        first += 1
    pieces = pieces[first:last]
    if not pieces or not re.match("<div[ >]", pieces[0]) or pieces[-1] != "</div>":
        return pieces
    depth = 0
    for piece in pieces[:-1]:
        if piece.startswith("</"):
            depth -= 1
            if depth == 0:
                return pieces
        elif piece.startswith("<") and not piece.endswith("/>"):
            depth += 1
    return pieces[1:-1]


def in_unicode(text: str) -> str:
    """Text without two faults: UTF-8 that was read as Latin-1, and the quotes of Windows."""
    if not CONTINUED.search(text):
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode()
    return text.translate(_cp1252) if CONTROL.search(text) else text


def with_parameters(address: str) -> str:
    """An address in which a parser has taken a parameter for a reference: ``?a=1&b;=2``."""
    return MISREAD_REFERENCE.sub(r"&\g<1>", address) if "&" in address else address
