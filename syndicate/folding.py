"""Stories in place of articles: which of a feed's articles stand for one, and both texts as one entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import chain, islice

from archive import lists, walk
from archive.articles import articles
from archive.database import Database
from archive.model import Article, Page, Selection
from archive.stories import Stories, Version
from syndicate.allowed import as_allowed
from syndicate.formats.texts import content_of, stored, title_of
from syndicate.members import Found, Listed

Story = tuple[Article, ...]  # its first article, then the first in each other language
MOST_PAGES = 50
BATCH = 100


class Folding:
    """Makes stories of articles."""

    def __init__(self, database: Database, stories: Stories) -> None:
        self._database = database
        self._stories = stories

    def between(self, members: Listed | Found, low: int, high: int) -> list[Story]:
        """The stories of a window: those of whose articles in the list the first stands in it.

        Windows are those of the list's articles: they stay where they are when versions find each other.
        """
        known = self._stories.known()
        first = [
            article
            for article in members.between(low, high)
            if not members.holds(earlier(known.by_id.get(article.id, ()), article))
        ]
        return self.stories(first)

    def stories(self, found: Iterable[Article], before: set[str] | None = None) -> list[Story]:
        """The stories of some articles in their order, each once; what is withdrawn stands alone.

        None is of an article among those ``before``, to which all are added whose story is told here.
        """
        known, told = self._stories.known(), []
        seen = set[str]() if before is None else before
        for article in found:
            versions = () if article.withdrawn else known.by_id.get(article.id, ())
            if article.id not in seen:
                told.append((article, one_of_each(versions)))
                seen.update(each.id for each in versions)
        wanted = {id for _, ids in told for id in ids}
        loaded = {each.id: each for each in articles(self._database, sorted(wanted))}
        return [tuple(loaded[id] for id in ids) or (article,) for article, ids in told]

    def page(self, selection: Selection, *, n: int, before: str) -> Page:
        """Some stories, each by the article of it that comes first in the order of pages."""
        kept: list[Article] = []
        older: str | None = before
        for _ in range(MOST_PAGES):
            page = walk.page(self._database, selection, n=n, before=older or "")
            kept += [article for article in page.articles if self._comes_first(selection, article)]
            older = page.older
            if older is None or len(kept) >= n:
                break
        return Page(articles=tuple(kept[:n]), older=walk.cursor(kept[n - 1]) if len(kept) > n else older)

    def _comes_first(self, selection: Selection, article: Article) -> bool:
        """Whether no other version of an article's story comes before it in the pages of a list."""
        versions = self._stories.known().by_id.get(article.id, ())
        place = next(((each.sorted, each.id) for each in versions if each.id == article.id), ("", ""))
        newer = [each.number for each in versions if (each.sorted, each.id) > place]
        return not lists.holds(self._database, selection, newer)

    def once(self, found: Iterable[Article], content: str) -> Iterator[Article]:
        """Any number of articles as their stories, some at a time, cut to what may be shown."""
        left, told = iter(found), set[str]()
        while batch := tuple(islice(left, BATCH)):
            for story in self.stories(batch, told):
                yield as_one(tuple(as_allowed(each, content) for each in story), content)

    def repeated(self, selection: Selection) -> int:
        """How many articles of a list tell a story that another of it tells."""
        return self._stories.known().repeated(lists.told_again(self._database, selection))

    def told_as(self, id: str) -> str:
        """The id under which the story of an article is told."""
        versions = self._stories.known().by_id.get(id)
        return versions[0].id if versions else id


def earlier(versions: Sequence[Version], article: Article) -> list[int]:
    """The numbers of those versions that were published before an article."""
    return [each.number for each in versions if each.number < (article.number or 0)]


def one_of_each(versions: Sequence[Version]) -> tuple[str, ...]:
    """The first of some versions, and the first in each other language."""
    return tuple(
        {each.language: each.id for each in reversed(versions)}[name] for name in languages(versions)
    )


def languages(versions: Sequence[Version]) -> list[str]:
    """The languages of versions, in their order."""
    return list(dict.fromkeys(each.language for each in versions))


def as_one(story: Story, content: str) -> Article:
    """A story as one article under the id of its first, with the titles and texts of all its versions.

    Each version is cut to what may be shown of it.
    """
    first, *others = story
    if not others:
        return first
    parts = [part(article, content, titled=bool(place)) for place, article in enumerate(story)]
    is_told = any(article.html or article.text for article in story)
    return replace(
        first,
        title=" / ".join(map(title_of, story)),
        html="\n".join(filter(None, parts)) if is_told else "",
        text="\n\n".join(filter(None, (article.text for article in story))) if is_told else "",
        summary="" if is_told else "\n".join(filter(None, (article.summary for article in story))),
        images=tuple(chain.from_iterable(article.images for article in story)),
        enclosures=tuple(dict.fromkeys(chain.from_iterable(article.enclosures for article in story))),
        authors=tuple(dict.fromkeys(chain.from_iterable(article.authors for article in story))),
        topics=tuple(dict.fromkeys(chain.from_iterable(article.topics for article in story))),
        stored=max(map(stored, story)),
        republish=first.republish if len({article.republish for article in story}) == 1 else None,
    )


def part(article: Article, content: str, *, titled: bool) -> str:
    """One version's text in its language; where tags are few, without what only holds it."""
    text = content_of(article) or (
        f"<p>{escape(article.summary, quote=False)}</p>" if article.summary else ""
    )
    heading = f"<h2>{escape(title_of(article), quote=False)}</h2>" if titled else ""
    if content == "simple" or article.language == "und":
        return heading + text
    return f'<div lang="{article.tag}">{heading}{text}</div>'
