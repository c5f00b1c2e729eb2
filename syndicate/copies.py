"""Where else a story stands: near-identical articles of other sources, which lists fold into one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive import pairs
from archive.database import Database
from archive.model import Article
from archive.sources import sources
from syndicate.strings import Words, tag_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Another article of a story: whose it is, and where it stands."""

    source: str
    source_tag: str
    address: str


def copies(database: Database, found: Sequence[Article], t: Words) -> Mapping[str, tuple[Copy, ...]]:
    """By id, the other articles of the story of each, but for those that its row names as versions."""
    told = pairs.beside(database, [article.id for article in found])
    known = sources(database, {row["source"] for rows in told.values() for row in rows})
    versions = {article.id: {other.id for other in article.translations} for article in found}
    return {
        id: tuple(
            Copy(source=name, source_tag=tag_of(name), address=row["address"])
            for row in rows
            if row["id"] not in versions[id]
            for name in [t.source_name(known.get(row["source"]), row["source"])]
        )
        for id, rows in told.items()
    }


def one_a_story(database: Database, found: Sequence[Article]) -> list[Article]:
    """The first of the articles of each story: its row names the others."""
    story = pairs.stories(database, [article.id for article in found])
    shown: dict[str, Article] = {}
    told: set[str] = set()
    for article in found:
        name = story.get(article.id)
        if name not in told and not any(other.id in shown for other in article.translations):
            shown[article.id] = article
            if name:
                told.add(name)
    return list(shown.values())
