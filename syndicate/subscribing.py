"""Ways to a feed: the page of all feeds, how to follow one list, and all of them as a subscription list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Literal

from archive.model import Selection
from syndicate import outlines, reader, reply, tables
from syndicate.addresses import View, is_canonical, list_path, read, write
from syndicate.composing import Composer
from syndicate.list_page import heading
from syndicate.pages import Pages, Voiced, shown_path
from syndicate.reply import Environ, Reply, Route, machine
from syndicate.speaking import Speaking
from syndicate.strings import Words, voiced

EMBEDDED = 10
FRAME = '<iframe src="{address}" title="{title}" width="100%" height="480" loading="lazy"></iframe>'
LONGEST_HEADING = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A list as one may follow it: its page, its feeds, and the line that shows it on another site."""

    page: str
    feeds: Sequence[tuple[str, str]]
    frame: Voiced
    preview: str


class Subscribing:
    """The answers to those who want to follow something."""

    def __init__(self, speaking: Speaking, composer: Composer) -> None:
        self._speaking = speaking
        self._composer = composer
        self._pages = speaking.pages

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        return (
            ("GET", "/feeds", lambda environ: self._speaking.page(environ, tables.feeds_page)),
            ("GET", "/feeds.opml", self.opml),
            ("GET", "/follow", self.follow),
        )

    def opml(self, environ: Environ) -> Reply:
        """All feeds as a subscription list."""
        t = self._speaking.words(environ)
        return machine(outlines.opml(self._pages, t), "text/x-opml").having(Vary="Accept-Language, Cookie")

    def follow(self, environ: Environ) -> Reply:
        """How to follow the list that the parameters select."""
        selection, view = read(reader.params(environ))
        self._composer.check(selection)
        shown = replace(view, n=None, before="", archive=None, page=1)
        address = write("/follow", selection, shown)
        if not is_canonical("/follow", reader.query(environ), address):
            return reply.moved(address)
        return self._speaking.page(
            environ, lambda pages, t: follow_page(pages, selection, shown, t), shown, robots="noindex"
        )


def follow_page(pages: Pages, selection: Selection, view: View, t: Words) -> str:
    """The addresses of a list in every format, and what to do with them, in words."""
    said = heading(pages, selection, t)[0][:LONGEST_HEADING]
    plain = replace(view, ui="", size="", script="")
    return pages.page(
        "followed",
        t,
        title=t.said("follow_title", said),
        place="feeds",
        switch=write("/follow", selection, replace(plain, ui="en" if t.language == "zh" else "zh")),
        feeds=pages.feed_links(selection, plain),
        feeds_of=said,
        head=['<meta name="robots" content="noindex">'],
        heading=voiced([(t.said("follow_title", said), False)], t.tag),
        followed=followed(pages, selection, plain, said),
        languages=languages(selection, plain, t),
        contents=contents(selection, plain, t),
        has_history=not selection.query and not plain.sort,
    )


def followed(pages: Pages, selection: Selection, view: View, title: str) -> Followed:
    """The ways to follow a list, as absolute addresses."""
    base, path = pages.settings.base_url, list_path(selection)
    preview = f"/embed{write(path, selection, View(sort=view.sort, n=EMBEDDED, exact=view.exact))}"
    return Followed(
        page=write(shown_path(path), selection, View(sort=view.sort, exact=view.exact)),
        feeds=[(kind, base + address) for kind, _, address in pages.feed_links(selection, view)],
        frame=voiced([(FRAME.format(address=escape(base + preview), title=escape(title)), False)], "en"),
        preview=preview,
    )


def languages(selection: Selection, view: View, t: Words) -> list[tuple[str, str, bool, str]]:
    """The same list in both languages, or one: name, address, whether chosen, language of the name."""
    choices: tuple[tuple[str, Literal["", "en", "zh"], str], ...] = (
        (t["both_languages"], "", t.tag),
        (t["english"], "en", t.tag),
        ("中文", "zh", "zh-Hans"),
    )
    return [
        (
            name,
            write("/follow", replace(selection, language=language), view),
            selection.language == language,
            tag,
        )
        for name, language, tag in choices
    ]


def contents(selection: Selection, view: View, t: Words) -> list[tuple[str, str, bool, str]]:
    """The same list with whole texts, or summaries of them."""
    choices: tuple[tuple[str, Literal["", "summary"]], ...] = (
        (t["whole_texts"], ""),
        (t["only_summaries"], "summary"),
    )
    return [
        (name, write("/follow", selection, replace(view, content=content)), view.content == content, t.tag)
        for name, content in choices
    ]
