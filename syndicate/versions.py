"""What changed in an article since it was first seen: the list of its versions, and any two compared."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from archive.articles import revised, versions
from archive.database import Row
from archive.errors import NotFound
from archive.model import Article, moment
from syndicate.allowed import as_allowed
from syndicate.differing import Budget, Piece, abridged, difference
from syndicate.formats.texts import line
from syndicate.negotiation import negotiated
from syndicate.pages import Pages, other_ui, shown_title
from syndicate.reply import Environ, Reply, Route, machine
from syndicate.single import ARTICLE, Single
from syndicate.speaking import Speaking
from syndicate.strings import Words, voiced

NUMBER = "re:[1-9][0-9]{0,6}"
MOST_SHOWN, AROUND = 100, 240
Field = Literal["the_title", "author", "published", "summary", "the_text"]
NAMES = {"the_title": "title", "author": "authors", "published": "published", "the_text": "text"}
OPERATIONS = {"same": "equal", "deleted": "delete", "inserted": "insert"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A revision as lists show it; ``changes`` is where it is compared with the one before."""

    number: int
    title: str
    when: str
    person: str
    changes: str
    since_first: str


class Versions:
    """The answers to requests for the versions of an article."""

    def __init__(self, speaking: Speaking, single: Single) -> None:
        self._speaking = speaking
        self._single = single
        self._pages = speaking.pages

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        two = f"{ARTICLE}/versions/<one:{NUMBER}>..<other:{NUMBER}>"
        suffix, base = "<suffix:re:\\.json>", self._pages.settings.base_url
        return (
            ("GET", f"{ARTICLE}/versions", negotiated(self.versions, base)),
            ("GET", f"{ARTICLE}/versions{suffix}", self.versions),
            ("GET", two, negotiated(self.compared, base)),
            ("GET", f"{two}{suffix}", self.compared),
        )

    def versions(self, environ: Environ, name: str, suffix: str = "") -> Reply:
        """Every version, the newest first."""
        found = self._single.found(name)
        if found.withdrawn:
            return self._single.withdrawn(environ, found, suffix)
        rows = versions(self._pages.database, found.id)
        if suffix:
            said = {"id": found.id, "address": found.address, "revisions": [told(found, row) for row in rows]}
            return machine(json.dumps(said, ensure_ascii=False), "application/json")
        return self._speaking.page(
            environ, lambda pages, t: versions_page(pages, found, rows, t), robots="noindex"
        )

    def compared(self, environ: Environ, name: str, one: str, other: str, suffix: str = "") -> Reply:
        """What differs between two versions, as far as both may be shown."""
        found = self._single.found(name)
        if found.withdrawn:
            return self._single.withdrawn(environ, found, suffix)
        numbers = (int(one), int(other))
        both = revised(self._pages.database, found.id, numbers)
        if len(both) < len(set(numbers)):
            raise NotFound(f"{found.address}: has no such version; there are {found.revision}")
        before, after = (as_allowed(both[number], "") for number in numbers)
        if suffix:
            parts = [
                {"field": NAMES.get(field, field), "difference": [operation(piece) for piece in pieces]}
                for field, pieces in differences(before, after)
            ]
            said = {"id": found.id, "from": numbers[0], "to": numbers[1], "parts": parts}
            return machine(json.dumps(said, ensure_ascii=False), "application/json")
        return self._speaking.page(
            environ,
            lambda pages, t: compared_page(pages, found, before, after, t),
            robots="noindex",
        )


def told(article: Article, row: Row) -> dict[str, object]:
    """A revision for programs; its title is that of the time."""
    number = row["revision"]
    before = f"{article.address}/versions/{number - 1}..{number}.json" if number > 1 else None
    return {
        "revision": number,
        "stored": row["stored"],
        "by": row["person"],
        "title": row["title"],
        "language": row["language"],
        "published": row["published"],
        "sha256": row["sha"],
        "changes": before,
    }


def operation(piece: Piece) -> dict[str, str]:
    """A piece for programs."""
    return {"op": OPERATIONS[piece.kind], "text": piece.text}


def differences(before: Article, after: Article) -> list[tuple[Field, tuple[Piece, ...]]]:
    """The fields that differ, and how."""
    budget = Budget()
    fields: tuple[tuple[Field, str, str], ...] = (
        ("the_title", line(before.title), line(after.title)),
        ("author", ", ".join(before.authors), ", ".join(after.authors)),
        ("published", before.published_raw or "", after.published_raw or ""),
        ("summary", before.summary, after.summary),
        ("the_text", before.text, after.text),
    )
    return [(field, difference(old, new, budget)) for field, old, new in fields if old != new]


def versions_page(pages: Pages, article: Article, rows: Iterable[Row], t: Words) -> str:
    """The page of all versions."""
    shown = [version(article, row, t) for row in list(rows)[:MOST_SHOWN]]
    return pages.page(
        "versions",
        t,
        title=t["versions"],
        place="",
        switch=other_ui(f"{article.address}/versions", t),
        head=['<meta name="robots" content="noindex">'],
        article=article,
        article_title=voiced([(shown_title(article), False)], article.tag),
        shown=shown,
        compared=(),
        between="",
    )


def version(article: Article, row: Row, t: Words) -> Version:
    """One version in the words of a reader."""
    number, start = row["revision"], f"{article.address}/versions/"
    return Version(
        number=number,
        title=line(row["title"])[:120] or article.id,
        when=t.moment(moment(row["stored"])),
        person=row["person"] or t["its_source"],
        changes=f"{start}{number - 1}..{number}" if number > 1 else "",
        since_first=f"{start}1..{number}" if number > 2 else "",
    )


def compared_page(pages: Pages, article: Article, before: Article, after: Article, t: Words) -> str:
    """The page of two versions."""
    one, other = before.revision, after.revision
    told = [(t[field], list(abridged(pieces, AROUND))) for field, pieces in differences(before, after)]
    when = [t.moment(each.stored) if each.stored else "" for each in (before, after)]
    return pages.page(
        "versions",
        t,
        title=t.said("between_versions", one, other),
        place="",
        switch=other_ui(f"{article.address}/versions/{one}..{other}", t),
        head=['<meta name="robots" content="noindex">'],
        article=article,
        article_title=voiced([(shown_title(article), False)], article.tag),
        shown=(),
        compared=told,
        between=t.said("version_times", one, when[0], other, when[1]),
    )
