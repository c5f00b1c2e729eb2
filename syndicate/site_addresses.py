"""The site as files: which file stands for an address, and documents with their links changed. Pure.

An address without parameters stays as it is, so that articles and feeds keep theirs. One with parameters has
them in its name: ``/topic/x?lang=en`` is ``/topic/x/lang-en``, ``/latest.atom?archive=0-64`` is
``/latest.archive-0-64.atom``. What only a server can answer has no file, and loses the links to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import parse_qsl, unquote

from syndicate.mount import prefix_of

RECORDS = (".json", ".txt", ".bib", ".ris", ".csl.json")
FEEDS = (".atom", ".rss", ".json")
OTHERS = (".csv", ".jsonl", ".ics")  # of lists too, but without files
# What is asked for once and may not be there; a sitemap names its parts.
WHOLE = ("/robots.txt", "/feeds.opml", "/sitemap.xml", "/news-sitemap.xml")
SHEETS = ("/topics", "/sources", "/feeds", "/about", "/search", "/stats")
LONGEST_NAME = 200  # bytes of one name in a path; file systems take 255

ARTICLE = re.compile(
    rf"/a/\d{{4}}/\d\d/\d\d/[0-9a-f-]{{8,36}}(?:({'|'.join(map(re.escape, RECORDS))})|/both)?"
)
LIST = re.compile(rf"(/|/latest|/(topic|source|by)/[^/?+]+?)({'|'.join(map(re.escape, FEEDS))})?")
PICTURE = re.compile(r"/picture/([0-9a-f]{64})")
FILE = re.compile(r"/static/[\w.-]+|/[\w-]*sitemap[\w-]*\.xml|/robots\.txt|/feeds\.opml")
YEAR = re.compile(r"(\d{4})-01-01")

TAG = re.compile(r'<(a|link|img)\b([^<>"]*(?:"[^"]*"[^<>"]*)*)>')
ADDRESS = re.compile(r'(\s(?:href|src)=")([^"]*)"')


Page = tuple[str, int]  # the cursor that a page of a list was asked for with, and its number


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the site will be served: its base URL, the language of its pages, the types of its pictures."""

    base_url: str
    language: str
    picture: Callable[[str], str | None]

    @property
    def prefix(self) -> str:
        """The path below which the site stands."""
        return prefix_of(self.base_url)

    def exported(self, address: str, ui: str, page: Page = ("", 1)) -> str | None:
        """The address of the file that stands for one of ours, None where there is none.

        ``ui`` is the interface of the page that names it, ``page`` which page of its list that is.
        """
        path, _, query = address.partition("?")
        stated = dict(parse_qsl(query, keep_blank_values=True))
        at = "" if (asked := stated.pop("ui", ui)) == self.language else f"/{asked}"
        if match := PICTURE.fullmatch(path):
            suffix = self.picture(match[1]) if not stated else None
            return f"{path}{suffix}" if suffix else None
        if FILE.fullmatch(path):
            return path if not stated else None
        if match := ARTICLE.fullmatch(path):
            return None if stated else path if match[1] else at + path
        if path in SHEETS:
            part = stated.pop("page", "") if path == "/sources" else ""
            return None if stated else f"{at}{path}/page-{part}" if part else at + path
        match = LIST.fullmatch(path)
        # Lists of stories need a server.
        if match is None or not is_name(path) or stated.get("lang") == "both":
            return None
        return feed_of(path, match[3], stated) if match[3] else list_of(at, path, match[2], stated, page)


def feed_of(path: str, suffix: str, stated: dict[str, str]) -> str | None:
    """The file of a feed: live or an archive document, of all languages or one."""
    known = ("archive",) if path.startswith("/by/") else ("lang", "archive")
    names = [f"{name}-{stated.pop(name)}" for name in known if name in stated]
    if stated or path == f"/{suffix}":
        return None
    return ".".join([path.removesuffix(suffix), *names]) + suffix


def list_of(at: str, path: str, kind: str | None, stated: dict[str, str], page: Page) -> str | None:
    """The folder of a page of a list: of all languages or one, of all years or one."""
    if path == "/latest" or path.endswith(OTHERS):
        return None
    parts = []
    if kind != "by" and "lang" in stated:
        parts.append(f"lang-{stated.pop('lang')}")
    elif kind in ("topic", "source") and (year := YEAR.fullmatch(stated.get("from", ""))):
        if stated.pop("from") and stated.pop("to", "") != f"{year[1]}-12-31":
            return None
        parts.append(year[1])
    if "before" in stated:
        cursor, number = page
        # A page names by a cursor itself, in the other interface, and the page after it.
        parts.append(f"page-{number if stated.pop('before') == cursor else number + 1}")
    return None if stated else "/".join([f"{at}{path.rstrip('/')}", *parts]) or "/"


def is_name(path: str) -> bool:
    """Whether a file can have the name of a path, and no feed of another list has it."""
    parts = unquote(path).strip("/").split("/")
    return path == "/" or all(
        part not in ("", ".", "..") and "\0" not in part and len(part.encode()) <= LONGEST_NAME
        for part in parts
    )


def file_of(address: str) -> str:
    """The file below the folder of the export that a server sends for an exported address."""
    name = unquote(address).strip("/")
    record = ARTICLE.fullmatch(address)
    is_file = FILE.fullmatch(address) or address.startswith("/picture/") or name.endswith(FEEDS)
    is_file = is_file or bool(record and record[1])
    return name if is_file else f"{name}/index.html".lstrip("/")


Placed = Callable[[str], str | None]


def page_with(html: str, place: Place, placed: Placed) -> str:
    """A page whose links lead to files; where there is none the words stay, without a link."""

    def tag(match: re.Match[str]) -> str:
        found = ADDRESS.search(match[2])
        if found is None:
            return match[0]
        address = unescape(found[2])
        is_whole = address.startswith(f"{place.base_url}/")
        start = place.base_url if is_whole else place.prefix
        if not is_whole and (not address.startswith(f"{start}/") or address.startswith("//")):
            return match[0]
        to = placed(address.removeprefix(start))
        if to is not None:
            written = match[2].replace(found[0], f'{found[1]}{escape(start + to)}"')
            return f"<{match[1]}{written}>"
        if match[1] == "link":
            return ""
        return match[0] if is_whole else f"<{match[1]}{match[2].replace(found[0], '')}>"

    # Meta elements and the record for search engines name pictures too.
    return pictures_with(TAG.sub(tag, html), place, placed)


def pictures_with(text: str, place: Place, placed: Placed) -> str:
    """A text whose kept pictures, named with the host, are files."""
    ours = re.compile(re.escape(place.base_url) + r"(/picture/[0-9a-f]{64})(?![0-9a-f.])")
    return ours.sub(lambda match: place.base_url + (placed(match[1]) or match[1]), text)


def document_with(text: str, place: Place, placed: Placed) -> str:
    """A feed or record whose addresses of ours are those of files; all but a few are so already."""
    ours = re.compile(
        re.escape(place.base_url) + r"""(/picture/[0-9a-f]{64}|/[^\s"'<>\\?#]*\?[^\s"'<>\\#]*)"""
    )

    def address(match: re.Match[str]) -> str:
        to = placed(unescape(match[1]))
        return match[0] if to is None else place.base_url + to

    return ours.sub(address, text)
