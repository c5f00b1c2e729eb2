"""Lists and searches at their addresses: as pages for people, and as feeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus as Code

from archive.model import Selection
from archive.polls import polls
from syndicate import reader, reply, tables
from syndicate.addresses import View, is_canonical, list_path, read, write
from syndicate.caching import header_conditions
from syndicate.composing import Plan
from syndicate.feeds import Feeds
from syndicate.list_page import list_page, whole
from syndicate.negotiation import wanted
from syndicate.pages import Pages, shown_path
from syndicate.reply import Environ, Reply, Route
from syndicate.search_page import search_page
from syndicate.speaking import Speaking
from syndicate.streams import Streams
from syndicate.strings import Words

WHOLE = (".csv", ".jsonl")
SUFFIX = "<suffix:re:\\.(?:atom|rss|json|csv|jsonl)>"
MOST_PLANS, LONGEST_PLAN = 2_000, 1_000


class Browsing:
    """The answers to requests for lists, searches, and the pages that name them."""

    def __init__(self, speaking: Speaking, feeds: Feeds, streams: Streams) -> None:
        self._speaking = speaking
        self._feeds = feeds
        self._streams = streams
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
            ("/about", lambda environ: self._speaking.page(environ, tables.about_page)),
            ("/about/search", lambda environ: self._speaking.page(environ, tables.help_page)),
        )
        return tuple(("GET", path, self.remembered(answer)) for path, answer in shown)

    def remembered(self, answer: Callable[..., Reply]) -> Callable[..., Reply]:
        """A route that reads the address of a feed once."""

        def again(environ: Environ, **named: str) -> Reply:
            known = self._plans.get(asked(environ))
            if known is None:
                return answer(environ, **named)
            return self.formed(environ, *known, accepts=str(environ.get("HTTP_ACCEPT", "")))

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

    def check(self, selection: Selection) -> None:
        """Raise NotFound for a topic or source that there is not."""
        self._feeds.composer.check(selection)

    def listed(self, environ: Environ, within: Selection, suffix: str, path: str = "") -> Reply:
        """A list as a page or feed; a list asked for with words is a search."""
        path = path or list_path(within)
        selection, view = read(reader.params(environ), within=within)
        if selection.query:
            return reply.moved(write(f"/search{suffix}", selection, view))
        if suffix:
            return self.feed(environ, path, selection, view, suffix)
        self._feeds.composer.check(selection)
        if (address := write(shown_path(path), selection, view)) and not is_asked(environ, address):
            return reply.moved(address)
        if liked := self.liked(environ, path, selection, view):
            return liked
        state: list[object] = [self._pages.counted(each).seq for each in (whole(selection), Selection())]
        state += polls(self._pages.database, [selection.source]) if selection.source else []
        return self._speaking.page(
            environ, lambda pages, t: list_page(pages, selection, path, view, t), view, state=state
        )

    def search(self, environ: Environ, suffix: str = "") -> Reply:
        """Results as a page, or as a feed."""
        if self._pages.as_files:
            return self._speaking.page(environ, no_search)
        selection, view = read(reader.params(environ))
        if suffix:
            return self.feed(environ, "/search", selection, view, suffix)
        self._feeds.composer.check(selection)
        if (address := write("/search", selection, view)) and not is_asked(environ, address):
            return reply.moved(address)
        if liked := self.liked(environ, "/search", selection, view):
            return liked
        return self._speaking.page(
            environ,
            lambda pages, t: search_page(pages, selection, view, t),
            view,
            robots="noindex",
            state=self._pages.index.state,
        )

    def sources(self, environ: Environ) -> Reply:
        """All sources; polling moves what it shows without a line in the log, so it is always made anew."""
        view = read(reader.params(environ))[1]
        return self._speaking.page(
            environ, lambda pages, t: tables.sources_page(pages, view, t), view, state=None
        )

    def liked(self, environ: Environ, path: str, selection: Selection, view: View) -> Reply | None:
        """The form that a program likes better than the page, if there is one; it names its own address."""
        suffix, type = wanted(str(environ.get("HTTP_ACCEPT", "")))
        if not suffix:
            return None
        plan, address = planned(path, selection, view, suffix)
        found = self.formed(environ, plan, address, accepts=type)
        if found.code == Code.OK:
            found = found.having(Content_Type=f"{type}; charset=utf-8")
        place = self._pages.settings.base_url + address
        return found.having(Content_Location=place, Vary="Accept, Accept-Encoding")

    def feed(self, environ: Environ, path: str, selection: Selection, view: View, suffix: str) -> Reply:
        """A feed, or a whole list, at its one address; another spelling of it is sent there."""
        plan, address = planned(path, selection, view, suffix)
        if not is_asked(environ, address):
            return reply.moved(address)
        found = self.formed(environ, plan, address, accepts=str(environ.get("HTTP_ACCEPT", "")))
        if suffix not in WHOLE and sum(map(len, asked(environ))) <= LONGEST_PLAN:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            self._plans[asked(environ)] = plan, address
        return found

    def formed(self, environ: Environ, plan: Plan, address: str, *, accepts: str) -> Reply:
        """A list in a form for programs."""
        if f".{plan.format}" in WHOLE:
            return self._streams.answer(plan, environ)
        return reply.feed(self._feeds.answer_plan(plan, address, header_conditions(environ)), accepts)


def planned(path: str, selection: Selection, view: View, suffix: str) -> tuple[Plan, str]:
    """A list in a form for programs, and its one address; a whole list has no parts."""
    shown = view if view == View() else replace(view, before="", page=1, size="", script="")
    if suffix in WHOLE:
        shown = replace(shown, archive=None, ui="")
    plan = Plan(path=path, selection=selection, view=shown, format=suffix.removeprefix("."))
    return plan, write(f"{path}{suffix}", selection, shown)


def no_search(pages: Pages, t: Words) -> str:
    """What stands in place of the search on a site of files."""
    return pages.message(t["no_search"], [t["no_search_text"]], t, switch="/search")


def asked(environ: Environ) -> tuple[str, str]:
    """Path and query as they were sent."""
    return environ["PATH_INFO"], environ.get("QUERY_STRING", "")


def is_asked(environ: Environ, address: str) -> bool:
    """Whether a request asks for an address as we write it; its path has been decoded."""
    return is_canonical(environ["PATH_INFO"], reader.query(environ), address)
