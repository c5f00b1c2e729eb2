"""What search engines walk: sitemaps in parts that stay as they are, a news sitemap, and robots.txt.

A part is a window of publication numbers, so that only the last one grows and an old one changes when an
article in it does. Each is written a few hundred addresses at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus as Code
from urllib.parse import urlsplit

from archive import changes, lists
from archive.database import Database
from archive.errors import NotFound
from archive.model import Selection, sha256, timestamp
from archive.windows import Head, Window, heads, holds, published_within, touched, windows
from syndicate import reader
from syndicate.addresses import list_path
from syndicate.formats.texts import cut_title
from syndicate.machines import edition
from syndicate.pages import Pages, escaped, shown_path
from syndicate.reply import Environ, Reply, Route, machine
from syndicate.strings import COARSE

WIDTH = 2_500  # addresses in a part: with their translations about 1 MB
PAGES = ("/topics", "/sources", "/feeds", "/about")
NEWS_DAYS, MOST_NEWS = 2, 1_000
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
OTHERS = {
    "": "",
    "xhtml": ' xmlns:xhtml="http://www.w3.org/1999/xhtml"',
    "news": ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"',
}
# Searches have no end; their feeds are for whoever follows one.
ROBOTS = """User-agent: *
Disallow: {path}/search
Allow: {path}/search.atom
Allow: {path}/search.rss
Allow: {path}/search.json
Disallow: {path}/embed/

Sitemap: {base}/sitemap.xml
Sitemap: {base}/news-sitemap.xml
"""


class Sitemap:
    """The answers to search engines."""

    def __init__(self, pages: Pages, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database: Database = pages.database
        self._settings = pages.settings
        self._topics = pages.topics
        self._as_files = pages.as_files
        self._now = now
        self._edition = edition(pages.settings.base_url, pages.settings.site, pages.settings.topics)
        self._kept: tuple[int, tuple[Window, ...]] = (-1, ())

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        return (
            ("GET", "/sitemap.xml", self.index),
            ("GET", "/sitemap-lists.xml", self.lists),
            ("GET", "/sitemap-<part:re:[1-9][0-9]{0,8}>.xml", self.part),
            ("GET", "/news-sitemap.xml", self.news),
            ("GET", "/robots.txt", self.robots),
        )

    def robots(self, environ: Environ) -> Reply:
        """What robots may read, in paths of the whole host, and where all of it is named."""
        base = self._settings.base_url
        return machine(ROBOTS.format(base=base, path=urlsplit(base).path), "text/plain")

    def index(self, environ: Environ) -> Reply:
        """The parts, and when each last changed."""
        base = self._settings.base_url
        last = changes.last(self._database)
        if self._kept[0] != last:
            self._kept = last, windows(self._database, WIDTH)
        parts = [(f"{base}/sitemap-lists.xml", self._moved(last))]
        parts += [(f"{base}/sitemap-{part.place + 1}.xml", timestamp(part.changed)) for part in self._kept[1]]
        return self._answer(environ, last, lambda: document("sitemapindex", "", map(sitemap, parts)))

    def lists(self, environ: Environ) -> Reply:
        """The pages of lists: the latest, and every topic."""
        seq = changes.last(self._database)
        named = [Selection(), *(Selection(topics=(id,)) for id in self._topics)]

        def made() -> Iterator[str]:
            for selection in named:
                last = lists.version(self._database, selection)
                path = shown_path(list_path(selection))
                yield url(self._settings.base_url + path, self._moved(last))
            for path in PAGES if self._as_files else (*PAGES, "/about/search"):
                yield url(self._settings.base_url + path, "")

        return self._answer(environ, seq, lambda: document("urlset", "", made()))

    def part(self, environ: Environ, part: str) -> Reply:
        """The articles of one window of numbers, with their versions in other languages."""
        place = int(part) - 1
        if not holds(self._database, place, WIDTH):
            raise NotFound(f"/sitemap-{part}.xml: no such part; /sitemap.xml lists them")
        base = self._settings.base_url
        seq = touched(self._database, place, WIDTH)
        found = heads(self._database, place, WIDTH)
        return self._answer(
            environ,
            seq,
            lambda: document("urlset", "xhtml", (article(base, each) for each in found)),
        )

    def news(self, environ: Environ) -> Reply:
        """What was published in the last two days, the latest first."""
        now = self._now()
        found = published_within(self._database, now - timedelta(days=NEWS_DAYS), now, MOST_NEWS)
        site = self._settings.site
        names = {"zh": site.title_zh or site.title, "": site.title}
        written = [
            news(self._settings.base_url, each, names.get(each.language, names[""]))
            for each in found
            if each.language != "und" and each.title
        ]
        return self._answer(
            environ, sha256("".join(written).encode()), lambda: document("urlset", "news", written)
        )

    def _answer(self, environ: Environ, state: object, make: Callable[[], Iterator[bytes]]) -> Reply:
        """A document that is known by what it is made from, or word that it has not changed."""
        on = (self._edition, environ["PATH_INFO"], state)
        tag = f'W/"{sha256(repr(on).encode())[:32]}"'
        if reader.has(environ, tag):
            reply = machine("", "application/xml", code=Code.NOT_MODIFIED)
        else:
            reply = machine(make(), "application/xml")
        return reply.having(ETag=tag, Cache_Control="public, max-age=600")

    def _moved(self, seq: int) -> str:
        """When a line of the log was written."""
        line = next(iter(changes.after(self._database, seq - 1, 1)), None) if seq else None
        return timestamp(line.at) if line else ""


def document(root: str, other: str, parts: Iterable[str]) -> Iterator[bytes]:
    """A document of a schema, in pieces; ``other`` names a second namespace in it."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SCHEMA}"{OTHERS[other]}>\n'.encode()
    for part in parts:
        yield part.encode()
    yield f"</{root}>\n".encode()


def sitemap(part: tuple[str, str]) -> str:
    """One part of the index."""
    address, changed = part
    return f"<sitemap><loc>{escaped(address)}</loc>{lastmod(changed)}</sitemap>\n"


def url(address: str, changed: str, inside: str = "") -> str:
    """One address, and when what is there was last changed."""
    return f"<url><loc>{escaped(address)}</loc>{lastmod(changed)}{inside}</url>\n"


def lastmod(changed: str) -> str:
    """The time of the last change, where there is one."""
    return f"<lastmod>{changed}</lastmod>" if changed else ""


def article(base_url: str, head: Head) -> str:
    """An article's address; where there are versions in other languages, all of them, itself included."""
    others = [other for other in head.translations if other.is_vouched]
    versions = [(head.language, head.script, head.address)] if others else []
    versions += [(other.language, other.script, other.address) for other in others]
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{escaped(tag(language, script))}"'
        f' href="{escaped(base_url + address)}"/>'
        for language, script, address in versions
        if language != "und"
    )
    return url(base_url + head.address, timestamp(head.stored), links)


def news(base_url: str, head: Head, name: str) -> str:
    """An article as news: of which publication, in which language, when, under which title."""
    scripts = {"Hant": "zh-tw", "Hans": "zh-cn"}
    language = scripts.get(head.script or "Hans", "zh-cn") if head.language == "zh" else head.language
    inside = (
        f"<news:news><news:publication><news:name>{escaped(name)}</news:name>"
        f"<news:language>{escaped(language)}</news:language></news:publication>"
        f"<news:publication_date>{stated(head)}</news:publication_date>"
        f"<news:title>{escaped(cut_title(head.title))}</news:title></news:news>"
    )
    return url(base_url + head.address, timestamp(head.stored), inside)


def stated(head: Head) -> str:
    """When an article was published, as exactly as that is known; a day alone is the same in every zone."""
    when = head.published or head.stored
    known = COARSE.get(head.precision or "")
    return when.date().isoformat()[:known] if known else timestamp(when)


def tag(language: str, script: str | None) -> str:
    """The language of a version as links name it."""
    return f"{language}-{script}" if script else language
