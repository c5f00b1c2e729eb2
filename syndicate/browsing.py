"""Lists and searches at their addresses: as pages for people, and as feeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from archive.model import Selection
from archive.polls import polls
from syndicate import reader, reply, tables
from syndicate.addresses import View, is_canonical, list_path, read, write
from syndicate.caching import header_conditions
from syndicate.composing import Plan
from syndicate.feeds import Feeds
from syndicate.list_page import list_page, whole
from syndicate.pages import shown_path
from syndicate.reply import Environ, Reply, Route
from syndicate.search_page import search_page
from syndicate.speaking import Speaking

MOST_PLANS, LONGEST_PLAN = 2_000, 1_000
SUFFIX = "<suffix:re:\\.(?:atom|rss|json)>"


class Browsing:
    """The answers to requests for lists, searches, and the pages that name them."""

    def __init__(self, speaking: Speaking, feeds: Feeds) -> None:
        self._speaking = speaking
        self._feeds = feeds
        self._pages = speaking.pages
        self._plans: dict[tuple[str, str], tuple[Plan, str]] = {}

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        shown = (
            ("/", self.latest),
            (f"/latest{SUFFIX}", self.latest),
            ("/latest", self.to_home),
            ("/search", self.search),
            (f"/search{SUFFIX}", self.search),
            (f"/topic/<names:path>{SUFFIX}", self.topic),
            ("/topic/<names:path>", self.topic),
            (f"/source/<name:path>{SUFFIX}", self.source),
            ("/source/<name:path>", self.source),
            (f"/by/<name:path>{SUFFIX}", self.by),
            ("/by/<name:path>", self.by),
            ("/topics", lambda environ: self._speaking.page(environ, tables.topics_page)),
            ("/sources", self.sources),
            ("/feeds", lambda environ: self._speaking.page(environ, tables.feeds_page)),
            ("/about", lambda environ: self._speaking.page(environ, tables.about_page)),
            ("/about/search", lambda environ: self._speaking.page(environ, tables.help_page)),
        )
        return tuple(("GET", path, self.remembered(answer)) for path, answer in shown)

    def remembered(self, answer: Callable[..., Reply]) -> Callable[..., Reply]:
        """A route that reads the address of a feed once."""

        def again(environ: Environ, **named: str) -> Reply:
            known = self._plans.get(asked(environ))
            return self.planned(environ, *known) if known else answer(environ, **named)

        return again

    def latest(self, environ: Environ, suffix: str = "") -> Reply:
        """The whole archive, newest first."""
        return self.listed(environ, Selection(), suffix)

    def to_home(self, environ: Environ) -> Reply:
        """The page of the latest has one address."""
        selection, view = read(reader.params(environ))
        return reply.moved(write("/", selection, view))

    def topic(self, environ: Environ, names: str, suffix: str = "") -> Reply:
        """One topic, or any of several."""
        topics = tuple(sorted({name for name in names.replace(" ", "+").split("+") if name}))
        return self.listed(environ, Selection(topics=topics), suffix)

    def source(self, environ: Environ, name: str, suffix: str = "") -> Reply:
        """A source, or a family of them."""
        return self.listed(environ, Selection(source=name), suffix)

    def by(self, environ: Environ, name: str, suffix: str = "") -> Reply:
        """A byline."""
        return self.listed(environ, Selection(by=name), suffix)

    def listed(self, environ: Environ, within: Selection, suffix: str) -> Reply:
        """A list as a page or feed; a list asked for with words is a search."""
        path = list_path(within)
        selection, view = read(reader.params(environ), within=within)
        if selection.query:
            return reply.moved(write(f"/search{suffix}", selection, view))
        if suffix:
            return self.feed(environ, path, selection, view, suffix)
        self._feeds.composer.check(selection)
        if (address := write(shown_path(path), selection, view)) and not is_asked(environ, address):
            return reply.moved(address)
        state: list[object] = [self._pages.counted(each).seq for each in (whole(selection), Selection())]
        state += polls(self._pages.database, [selection.source]) if selection.source else []
        return self._speaking.page(
            environ, lambda pages, t: list_page(pages, selection, path, view, t), view, state=state
        )

    def search(self, environ: Environ, suffix: str = "") -> Reply:
        """Results as a page, or as a feed."""
        selection, view = read(reader.params(environ))
        if suffix:
            return self.feed(environ, "/search", selection, view, suffix)
        self._feeds.composer.check(selection)
        if (address := write("/search", selection, view)) and not is_asked(environ, address):
            return reply.moved(address)
        return self._speaking.page(
            environ,
            lambda pages, t: search_page(pages, selection, view, t),
            view,
            robots="noindex",
            state=self._pages.index.generation,
        )

    def sources(self, environ: Environ) -> Reply:
        """All sources; polling moves what it shows without a line in the log, so it is always made anew."""
        view = read(reader.params(environ))[1]
        return self._speaking.page(
            environ, lambda pages, t: tables.sources_page(pages, view, t), view, state=None
        )

    def feed(self, environ: Environ, path: str, selection: Selection, view: View, suffix: str) -> Reply:
        """A feed at its one address; another spelling of it is sent there."""
        plain = view if view == View() else replace(view, before="", page=1, size="", script="")
        address = write(f"{path}{suffix}", selection, plain)
        if not is_asked(environ, address):
            return reply.moved(address)
        plan = Plan(path=path, selection=selection, view=plain, format=suffix.removeprefix("."))
        answer = self.planned(environ, plan, address)
        if len(self._plans) >= MOST_PLANS:
            self._plans.clear()
        if sum(map(len, asked(environ))) <= LONGEST_PLAN:
            self._plans[asked(environ)] = plan, address
        return answer

    def planned(self, environ: Environ, plan: Plan, address: str) -> Reply:
        """The feed of a plan."""
        answer = self._feeds.answer_plan(plan, address, header_conditions(environ))
        return reply.feed(answer, str(environ.get("HTTP_ACCEPT", "")))


def asked(environ: Environ) -> tuple[str, str]:
    """Path and query as they were sent."""
    return environ["PATH_INFO"], environ.get("QUERY_STRING", "")


def is_asked(environ: Environ, address: str) -> bool:
    """Whether a request asks for an address as we write it; its path has been decoded."""
    return is_canonical(environ["PATH_INFO"], reader.query(environ), address)
