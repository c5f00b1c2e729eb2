"""The public change log: what happened to articles, for those who keep a copy (JSON) and who watch (Atom)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from archive import changes
from archive.articles import articles
from archive.database import Database
from archive.errors import UsageError
from archive.model import Change, article_id, timestamp
from archive.settings import Settings
from archive.sources import sources
from syndicate import caching, reader, reply
from syndicate.addresses import last, number
from syndicate.allowed import as_allowed
from syndicate.composing import NOTHING_YET, Feed, touched
from syndicate.formats import atom
from syndicate.reply import Environ, Reply, Route
from syndicate.strings import strings

AGE = 60  # seconds
MOST, USUAL, SHOWN = 1000, 100, 50
LONGEST_NUMBER = 15  # digits
MOST_BYTES = 8 << 20
PATH = "/changes"


class Telling:
    """The answers to who asks what changed."""

    def __init__(self, database: Database, settings: Settings, style: str) -> None:
        self._database = database
        self._site = settings.site
        self._topics = {topic.id: topic for topic in settings.topics}
        self._base_url = settings.base_url
        self._style = style
        self._cache: caching.Cache[caching.Rendered] = caching.Cache(MOST_BYTES)

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        return ("GET", f"{PATH}.json", self.as_json), ("GET", f"{PATH}.atom", self.as_atom)

    def as_json(self, environ: Environ) -> Reply:
        """Some lines of the log after a number, and where those after them are."""
        asked = reader.params(environ)
        after, n = whole_number(last(asked, "after")), number(asked, "n", MOST)
        return self._answer(environ, lines_after(after, n), "application/json", lambda: self._lines(after, n))

    def as_atom(self, environ: Environ) -> Reply:
        """The articles that changed last, as a feed: titles and links, and deletions."""
        return self._answer(environ, f"{PATH}.atom", atom.MIME, self._feed)

    def _answer(self, environ: Environ, address: str, mime: str, make: Callable[[], bytes]) -> Reply:
        """What is kept of a document while nobody writes to the archive; rights may change without a line."""

        def render(version: tuple[object, ...]) -> caching.Rendered:
            with self._database.snapshot():
                body, newest = make(), changes.after(self._database, changes.last(self._database) - 1, 1)
            modified = newest[0].at if newest else NOTHING_YET
            return caching.render(
                body,
                version=version,
                modified=modified,
                mime=mime,
                max_age=AGE,
                vary="Accept, Accept-Encoding",
                address=address if mime == atom.MIME else "",
            )

        kept = self._cache.answer(address, lambda: (self._database.changed(),), render)
        answer = caching.answer(kept, caching.header_conditions(environ), now=datetime.now(UTC))
        return reply.feed(answer, str(environ.get("HTTP_ACCEPT", "")))

    def _lines(self, after: int, n: int | None) -> bytes:
        """Lines of the log as JSON; who has them all is sent to where the next will be."""
        told = changes.told(self._database, after, n or USUAL)
        reached = told[-1][0].seq if told else after
        document = {
            "after": after,
            "changes": [self._line(change, address) for change, address in told],
            "next": self._base_url + lines_after(reached, n),
        }
        return json.dumps(document, ensure_ascii=False).encode()

    def _line(self, change: Change, address: str) -> dict[str, object]:
        """One line of the log."""
        return {
            "seq": change.seq,
            "kind": change.kind,
            "id": change.id,
            "revision": change.revision,
            "sha": change.sha,
            "at": timestamp(change.at),
            "address": self._base_url + address,
        }

    def _feed(self) -> bytes:
        """The articles that changed last, as Atom."""
        ids = changes.touched_last(self._database, SHOWN)
        found = [as_allowed(replace(each, republish="title"), "") for each in articles(self._database, ids)]
        moments = [moment for article in found if (moment := touched(article))]
        zh = self._site.ui == "zh"
        name = strings("zh" if zh else "en")["changes_title"]
        feed = Feed(
            id=article_id("feed", PATH),
            self_url=f"{self._base_url}{PATH}.atom",
            page_url=f"{self._base_url}/",
            base_url=self._base_url,
            title=f"{name} – {self._site.title} {self._site.title_zh}".rstrip(),
            language="zh-Hans" if zh else "en",
            updated=max(moments, default=NOTHING_YET),
            articles=tuple(found),
            sources=sources(self._database, {article.source for article in found}),
            topics=self._topics,
            style=self._style,
        )
        return atom.render(feed)


def lines_after(seq: int, n: int | None) -> str:
    """The address of the lines after one."""
    return f"{PATH}.json?after={seq}" + (f"&n={n}" if n else "")


def whole_number(stated: str) -> int:
    """A number of the log; none stands for its beginning."""
    if stated and not (stated.isascii() and stated.isdigit() and len(stated) <= LONGEST_NUMBER):
        raise UsageError(f"after: expected a number of the change log, got {stated[:40]!r}")
    return int(stated or 0)
