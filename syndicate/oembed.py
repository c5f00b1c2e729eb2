"""oEmbed 1.0: what other software puts into a page in place of one of our addresses."""

from __future__ import annotations

import json
from html import escape
from http import HTTPStatus as Code
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape as escaped

from archive.errors import NotFound
from archive.sources import sources
from syndicate import reader
from syndicate.addresses import View, last, list_path, number, quoted, read, write
from syndicate.composing import Composer, Plan
from syndicate.embedding import MOST_N, USUAL_N, public, within
from syndicate.formats.texts import line
from syndicate.pages import Pages, shown_title
from syndicate.reply import Environ, Reply, Route, machine

FRAME = '<iframe src="{address}" width="{width}" height="{height}" title="{title}" loading="lazy"></iframe>'
WIDTH, CARD, LIST, LARGEST, AGE = 480, 200, 480, 10_000, 3600
Told = dict[str, str | int]


class OEmbed:
    """The answers to software that knows how to ask what an address of ours looks like."""

    def __init__(self, pages: Pages, composer: Composer) -> None:
        self._pages = pages
        self._composer = composer
        self._base = pages.settings.base_url

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        return (("GET", "/oembed", self.oembed),)

    def oembed(self, environ: Environ) -> Reply:
        """A frame for an article or a list, with what is known of it."""
        asked = reader.params(environ)
        format = last(asked, "format") or "json"
        if format not in ("json", "xml"):
            told = f"format: expected json or xml, got {format[:40]!r}\n"
            return machine(told, "text/plain", code=Code.NOT_IMPLEMENTED)
        url = last(asked, "url")
        if not url.startswith(f"{self._base}/"):
            raise NotFound(f"url: {url[:200]!r} is no address of ours; they begin with {self._base}/")
        path, _, query = url.removeprefix(self._base).partition("#")[0].partition("?")
        found, address, high = self._article(path) if path.startswith("/a/") else self._list(path, query)
        wide = min(WIDTH, number(asked, "maxwidth", LARGEST) or WIDTH)
        high = min(high, number(asked, "maxheight", LARGEST) or high)
        answer = {**self._shared(), **found, **frame(self._base + address, str(found["title"]), wide, high)}
        if format == "json":
            return machine(json.dumps(answer, ensure_ascii=False), "application/json")
        inside = "".join(f"<{name}>{escaped(str(value))}</{name}>" for name, value in answer.items())
        return machine(f'<?xml version="1.0" encoding="utf-8"?>\n<oembed>{inside}</oembed>\n', "text/xml")

    def _shared(self) -> Told:
        """What is the same for every address."""
        site = self._pages.settings.site
        name = f"{site.title} {site.title_zh}".strip()
        return {
            "version": "1.0",
            "type": "rich",
            "provider_name": name,
            "provider_url": f"{self._base}/",
            "cache_age": AGE,
        }

    def _article(self, path: str) -> tuple[Told, str, int]:
        """What is told of an article, and the address and height of its frame."""
        found = public(self._pages.database, path)
        source = sources(self._pages.database, [found.source]).get(found.source)
        name = source.name("zh" if found.language == "zh" else "en") if source else found.source
        told: Told = {
            "title": line(shown_title(found)),
            "author_name": line(", ".join(found.authors)) or line(name),
            "author_url": f"{self._base}/source/{quoted(found.source)}",
        }
        return told, f"/embed{found.address}", CARD

    def _list(self, escaped_path: str, query: str) -> tuple[Told, str, int]:
        """The same of a list or a search."""
        path = unquote(escaped_path)
        selection, asked = read(parse_qs(query), within=within(path))
        self._composer.check(selection)
        view = View(n=min(asked.n or USUAL_N, MOST_N), sort=asked.sort, exact=asked.exact, ui=asked.ui)
        place = "/search" if path == "/search" or selection.query else list_path(within(path))
        plan = Plan(path=place, selection=selection, view=view, format="atom")
        title = line(self._composer.name(plan))
        return {"title": title}, f"/embed{write(place, selection, view)}", LIST


def frame(address: str, title: str, wide: int, high: int) -> Told:
    """The HTML of a frame, and its size."""
    html = FRAME.format(address=escape(address), width=wide, height=high, title=escape(title))
    return {"html": html, "width": wide, "height": high}
