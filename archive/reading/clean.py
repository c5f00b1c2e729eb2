"""Make what comes from outside safe to keep: HTML, texts, lines, addresses. The only module that knows nh3.

Whatever leaves here holds no character that XML 1.0 forbids: feeds and pages made of it are well-formed.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

import nh3

LARGEST = 1_000_000
DEEPEST = 256
LONGEST_LINE = 65_536
MOST_ATTRIBUTES = 2_000
MOST_REFERENCES = 130_000
SUSPICIOUS = 500

KEPT = """
    a abbr acronym article aside audio b bdi bdo big blockquote br caption center cite code col colgroup
    dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main
    mark ol p picture pre q rp rt ruby s samp section small source span strike strong sub summary sup table
    tbody td tfoot th thead time tr track tt u ul var video wbr
"""
SIMPLE_TAGS = """
    a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i img ins li ol p pre strong sub sup table tbody td th
    thead tr u ul
"""
# What becomes a paragraph where tags are few.
BLOCKS = """
    address article aside caption center dd details div dl dt figcaption figure footer header main section
    summary
"""
# Elements that are gone with all they hold.
GONE = """
    script style template noscript iframe object embed applet svg math head title textarea select button
"""
# These are empty, or close themselves when another of their kind opens: a long run of them is not deep.
FLAT = """
    area base br col embed hr img input link meta param source track wbr p li dt dd td th tr option tbody
    thead tfoot
"""
ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "audio": {"controls", "src"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "source": {"src", "type"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"kind", "label", "src", "srclang"},
    "video": {"controls", "height", "poster", "src", "width"},
}
FLAT_NAMES = frozenset(FLAT.split())
BLOCK_NAMES = frozenset(BLOCKS.split())
SCHEMES = frozenset({"http", "https", "mailto"})
BREAKING = """
    address article aside blockquote caption center dd details div dl dt figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul
"""
# What tags are to the words beside them; a line feed in HTML is only a space.
BREAK = "\x01"
SPACING = {
    "br": BREAK,
    "/td": " ",
    "/th": " ",
    **{tag: 2 * BREAK for name in BREAKING.split() for tag in (name, f"/{name}")},
}

# Named by what is allowed, which is far quicker: no control characters of ASCII, surrogates, non-characters.
FORBIDDEN = re.compile(
    "[^\t\n\r -~\x80-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd"
    + "".join(f"{chr(plane)}-{chr(plane + 0xFFFD)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# The same for text in ASCII: slow to begin with, then six times as quick.
ASCII = {code: None if FORBIDDEN.match(chr(code)) else code for code in range(128)}
LONG = 1_000
DATA_ADDRESS = re.compile(r"data:[\w/+.;-]{0,80};base64,[A-Za-z0-9+/=\s]{64,}")
ADDRESSED = ("href", "src", "cite=", "poster=")
ABSOLUTE = ('href="http', "href='http", 'src="http', "src='http")
WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
# An address that is what most are: nothing in it can be wrong.
PLAIN_WEB = re.compile(r"https?://[a-zA-Z0-9_.-]+(?::\d+)?(?:[/?#][!-~]*)?")
TAG_START = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{8192,}")
# Paragraphs and line breaks without attributes, and no character that would be written otherwise.
PARAGRAPHS = re.compile(r"(?:<p>[^<>&\r\xa0]*(?:<br>[^<>&\r\xa0]*)*</p>\n?)+")
ANY_TAG = re.compile(r"<[^<>]*>")
# A tag of HTML that nh3 has written: every attribute in double quotes.
TAG = re.compile(r"<(/?[a-z][a-z0-9]*)[^>\"]*(?:\"[^\"]*\"[^>\"]*)*>")
# Where a quotation or a change comes from is an address too, but none that nh3 makes absolute.
QUOTED = re.compile(r'<(?:blockquote|q|del|ins)(?: [\w:-]+="[^"]*")* cite="[^"]*"')
CITE = re.compile(r' cite="([^"]*)"')
EMPTY = re.compile(r"<p>\s*</p>\s*")
BLANK_LINES = re.compile("\n\n\n+")


def clean_html(html: str, *, base: str | None) -> str:
    """Safe HTML with absolute addresses; relative ones are resolved against ``base``, or dropped without it.

    nh3 is quadratic in depth, attributes and references. What has more of them than any page in earnest keeps
    its words only; what is larger than the limit is cut.
    """
    if "base64" in html:
        html = DATA_ADDRESS.sub("data:,", html)
    # Before nh3, which cannot take half a surrogate pair, and after, since references are characters by then.
    html = permitted(html[:LARGEST])
    if "<" not in html and "&" not in html:
        return escape(html, quote=False).strip()
    if PARAGRAPHS.fullmatch(html):
        return html.strip()
    if is_hostile(html):
        return escape(FORBIDDEN.sub("", unescape(ANY_TAG.sub(" ", html))), quote=False)
    address = base if base and may_be_relative(html) and is_web(base) else None
    cleaner = cleaner_for(address) if address else WITHOUT_BASE
    cleaned = cleaner.clean(html).strip()
    if ' cite="' in cleaned:
        cleaned = QUOTED.sub(lambda tag: CITE.sub(lambda found: cited(found[1], base), tag[0]), cleaned)
    return FORBIDDEN.sub("", cleaned).strip() if "&#" in html else cleaned


def cited(stated: str, base: str | None) -> str:
    """The attribute with an absolute address of the web, or nothing."""
    address = clean_url(unescape(stated), base=base if base and is_web(base) else None)
    return f' cite="{escape(address)}"' if address else ""


def simple_html(html: str) -> str:
    """Safe HTML in the few tags that every renderer knows; WeChat drops others with all that they hold."""

    def block(match: re.Match[str]) -> str:
        if match[1].removeprefix("/") not in BLOCK_NAMES:
            return match[0]
        return "</p>" if match[1].startswith("/") else "<p>"

    return EMPTY.sub("", SIMPLE.clean(TAG.sub(block, html))).strip()


def permitted(text: str) -> str:
    """Text without the characters that XML forbids or Unicode has for no use."""
    return text.translate(ASCII) if len(text) > LONG and text.isascii() else FORBIDDEN.sub("", text)


def cleaner_for(base: str | None) -> nh3.Cleaner:
    """The rules for documents at one address; slow to make, so made only where an address is relative."""
    return nh3.Cleaner(
        tags=set(KEPT.split()),
        clean_content_tags=set(GONE.split()),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        url_relative=("rewrite_with_base", base) if base else "deny",
        link_rel="noopener noreferrer nofollow",
    )


WITHOUT_BASE = cleaner_for(None)
SIMPLE = nh3.Cleaner(
    tags=set(SIMPLE_TAGS.split()),
    clean_content_tags={"audio", "video"},
    attributes={
        "a": {"href"},
        "img": {"alt", "src"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
    },
    url_schemes={*SCHEMES, "urn"},
    link_rel=None,
)


def may_be_relative(html: str) -> bool:
    """Whether an address in HTML may be relative; counting is ten times quicker than looking for one."""
    lowered = html.lower()
    return sum(map(lowered.count, ADDRESSED)) != sum(map(lowered.count, ABSOLUTE))


def is_hostile(html: str) -> bool:
    """Whether HTML is nested or drawn out beyond all pages in earnest."""
    if html.count("&") > MOST_REFERENCES or (html.count("<") > SUSPICIOUS and depth_of(html) > DEEPEST):
        return True
    return any(len(re.findall(r"[\s/]", tag)) > MOST_ATTRIBUTES for tag in LONG_TAG.findall(html))


def depth_of(html: str) -> int:
    """How deep elements lie in each other, at most; an end tag counts only when its element is open."""
    depth = deepest = 0
    opened: Counter[str] = Counter()
    for closing, stated in TAG_START.findall(html):
        name = stated.lower()
        if name in FLAT_NAMES or (closing and not opened[name]):
            continue
        step = -1 if closing else 1
        opened[name] += step
        depth += step
        deepest = max(deepest, depth)
    return deepest


def plain_text(html: str) -> str:
    """The words of HTML as plain text: a blank line between paragraphs, a line feed for ``br``, no markup."""
    if "<" not in html and "&" not in html:
        return clean_line(html)
    return words_of(clean_html(html, base=None))


def words_of(cleaned: str) -> str:
    """The words of HTML that ``clean_html`` has made."""
    pieces = TAG.split(cleaned)
    pieces[1::2] = [SPACING.get(tag, "") for tag in pieces[1::2]]
    text = " ".join("".join(pieces).split()).replace(BREAK, "\n")
    lines = (unescape(text) if "&" in text else text).replace("\xa0", " ").split("\n")
    return BLANK_LINES.sub("\n\n", "\n".join(map(str.strip, lines))).strip()


def clean_text(text: str) -> str:
    """Plain text without what XML forbids, with line feeds as line ends, never two blank lines together."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = permitted(text).split("\n")
    return BLANK_LINES.sub("\n\n", "\n".join(map(str.rstrip, lines))).strip()


def clean_line(text: str) -> str:
    """Text as one line."""
    text = text[:LONGEST_LINE]
    return " ".join((text if text.isprintable() else FORBIDDEN.sub("", text)).split())


def clean_url(url: str | None, *, base: str | None = None) -> str | None:
    """A stated address made absolute, with nothing removed; None for what is no address of the web."""
    if not url or PLAIN_WEB.fullmatch(url):
        return url or None
    stated = (
        FORBIDDEN.sub("", url).strip().translate({0x09: None, 0x0A: None, 0x0D: None}).replace(" ", "%20")
    )
    try:
        absolute = stated if is_web(stated) or base is None else urljoin(base, stated)
        return absolute if is_web(absolute) else None
    except ValueError:
        return None


def is_web(url: str) -> bool:
    """Whether an address is absolute and of the web."""
    if PLAIN_WEB.fullmatch(url):
        return True
    if WEB.match(url) is None:
        return False
    try:
        return bool(urlsplit(url).netloc)
    except ValueError:
        return False


def as_html(text: str) -> str:
    """Plain text as HTML: paragraphs at blank lines, line breaks elsewhere."""
    paragraphs = (escape(part, quote=False).replace("\n", "<br>") for part in clean_text(text).split("\n\n"))
    return "".join(f"<p>{part}</p>" for part in paragraphs if part)
