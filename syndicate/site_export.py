"""The whole site as files: every page, feed and record is asked of the web application, and written.

Nothing is rendered here. Articles come in the order of their addresses, lists page by page, feeds document by
document, so that memory holds one document at a time and a number for each file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import lru_cache
from html import unescape
from http import HTTPStatus as Code
from urllib.parse import unquote

from archive.database import Database
from archive.health import health
from archive.lists import addresses, bylines
from archive.model import Topic
from archive.sources import counts
from syndicate.addresses import quoted
from syndicate.answers import Answered, answered
from syndicate.formats import FORMATS
from syndicate.guard import Application
from syndicate.machines import Static
from syndicate.pages import shown_path
from syndicate.site_addresses import RECORDS, SHEETS, WHOLE, Page, Place, document_with, file_of, page_with
from syndicate.site_files import Folder

SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}
LANGUAGES = ("", "en", "zh")
UIS = ("en", "zh")
TEXTS = ("text/", "application/")
PART = re.compile(r"<loc>\s*([^<\s]*sitemap[^<\s]*\.xml)\s*</loc>")
OLDER = re.compile(r'rel="next" href="([^"]+)"')
EARLIER = re.compile(r'<[^>]*rel="prev-archive"[^>]*href="([^"]+)"|"prev_archive": "([^"]+)"')
YEARS = re.compile(r'[?]from=(\d{4})-01-01&amp;to=\1-12-31"')
CURSOR = re.compile(r"[?&]before=([^&]+)")
File = tuple[str, bool]  # its name, and whether it could be made
Writing = Generator[File, None, str]  # ends with the document as the application gave it
FIRST: Page = ("", 1)


def picture_of(application: Application) -> Callable[[str], str | None]:
    """What tells the suffix of a picture by its hash; None for one that nobody may see."""

    @lru_cache(maxsize=10_000)
    def suffix(sha: str) -> str | None:
        answer = answered(application, f"/picture/{sha}")
        return SUFFIXES.get(answer.headers.get("Content-Type", "")) if answer.code == Code.OK else None

    return suffix


class SiteExport:
    """Asks the application for all that a site of files has, and writes it into a folder."""

    def __init__(
        self,
        application: Application,
        database: Database,
        folder: Folder,
        *,
        place: Place,
        topics: Sequence[Topic],
    ) -> None:
        self._application = application
        self._database = database
        self._folder = folder
        self._place = place
        self._topics = topics

    def files(self) -> Iterator[File]:
        """Write everything; tells each file."""
        yield from self._whole()
        for sheet in SHEETS:
            for ui in UIS:
                yield from self._pages(sheet, ui)
        yield from self._articles()
        yield from self._list("/latest", LANGUAGES)
        for topic in self._topics:
            yield from self._list(f"/topic/{quoted(topic.id)}", LANGUAGES)
        for source in sorted({*counts(self._database), *health(self._database)}):
            yield from self._list(f"/source/{quoted(source)}", LANGUAGES)
        for name in bylines(self._database):
            yield from self._list(f"/by/{quoted(name)}", LANGUAGES[:1])

    def _whole(self) -> Iterator[File]:
        """What there is one of, as far as it is there, and the page of what is not."""
        yield from self._document("/404.html", good=(Code.NOT_FOUND,), name="404.html")
        for name in Static().names.values():
            yield from self._document(f"/static/{name}")
        for address in WHOLE:
            body = yield from self._document(address, may_be_missing=True)
            for part in sorted(set(PART.findall(body))):
                yield from self._document(part.removeprefix(self._place.base_url))

    def _articles(self) -> Iterator[File]:
        """All articles; of withdrawn ones what became of them."""
        for address in addresses(self._database):
            for ui in UIS:
                body = yield from self._document(address, ui, good=(Code.OK, Code.GONE))
                if f'href="{self._place.prefix}{address}/both"' in body:
                    yield from self._document(f"{address}/both", ui)
            for suffix in RECORDS:
                yield from self._document(address + suffix, good=(Code.OK, Code.GONE))

    def _list(self, path: str, languages: Sequence[str]) -> Iterator[File]:
        """The pages of a list in both interfaces, of all languages and years and of each, and its feeds."""
        page = shown_path(path)
        if self._place.exported(page, UIS[0]) is None:
            return
        for ui in UIS:
            first = yield from self._pages(page, ui)
            for language in languages[1:]:
                yield from self._pages(f"{page}?lang={language}", ui)
            for year in sorted(set(YEARS.findall(first))) if languages[1:] else ():
                yield from self._pages(f"{page}?from={year}-01-01&to={year}-12-31", ui)
        for language in languages:
            for format in FORMATS:
                yield from self._history(f"{path}.{format}" + (f"?lang={language}" if language else ""))

    def _pages(self, address: str, ui: str) -> Writing:
        """A page and those that continue it; ends with the first."""
        first, page = "", FIRST
        while address:
            body = yield from self._document(address, ui, page)
            first = first or body
            older = OLDER.search(body)
            address = unescape(older[1]).removeprefix(self._place.prefix) if older else ""
            cursor = CURSOR.search(address)
            page = (unquote(cursor[1]) if cursor else "", page[1] + 1)
        return first

    def _history(self, address: str) -> Iterator[File]:
        """A feed and all documents of its history."""
        while address:
            body = yield from self._document(address)
            earlier = EARLIER.search(body)
            address = unescape(earlier[1] or earlier[2]) if earlier else ""
            address = address.removeprefix(self._place.base_url)

    def _document(
        self,
        address: str,
        ui: str = "",
        page: Page = FIRST,
        *,
        good: Sequence[int] = (Code.OK,),
        name: str = "",
        may_be_missing: bool = False,
    ) -> Writing:
        """One document, its links changed, and the pictures that it shows."""
        ui = ui or self._place.language
        answer = answered(self._application, with_ui(address, "" if ui == self._place.language else ui))
        if may_be_missing and answer.code == Code.NOT_FOUND:
            return ""
        name = name or file_of(self._place.exported(address, ui, page) or address)
        if answer.code not in good:
            self._folder.keep(name)
            yield name, False
            return ""
        text, body, pictures = self._with_links(answer, ui, page)
        self._folder.write(name, body)
        yield name, True
        for picture in pictures:
            if not self._folder.has(file_of(self._place.exported(picture, ui) or picture)):
                yield from self._document(picture)
        return text

    def _with_links(self, answer: Answered, ui: str, page: Page) -> tuple[str, bytes, list[str]]:
        """A document as it came, and with its links changed; and the addresses of the pictures it shows."""
        kind = answer.headers.get("Content-Type", "")
        if not kind.startswith(TEXTS):
            return "", answer.body, []
        pictures: list[str] = []

        def placed(link: str) -> str | None:
            to = self._place.exported(link, ui, page)
            if to and link.startswith("/picture/"):
                pictures.append(link)
            return to

        text = answer.body.decode()
        change = page_with if kind.startswith("text/html") else document_with
        return text, change(text, self._place, placed).encode(), pictures


def with_ui(address: str, ui: str) -> str:
    """An address in an interface, its parameters in our order."""
    return f"{address}{'&' if '?' in address else '?'}ui={ui}" if ui else address
