"""The page of a list: the latest, a topic, a source or a byline, by day; and what an empty archive shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Literal
from urllib.parse import urlsplit

from archive import walk
from archive.health import Condition, examined, health
from archive.model import Article, Page, Selection
from archive.sources import sources
from syndicate.addresses import View, quoted, write
from syndicate.calendar_page import path_of, place_of
from syndicate.charts import Span, by_year
from syndicate.composing import describe
from syndicate.console import program
from syndicate.copies import one_a_story
from syndicate.pages import PAGE, Pages, Row, other_ui, shown_path
from syndicate.scripts import scripts
from syndicate.strings import Words, tag_of

MOST_TOPICS = 8
CONDITIONS: Mapping[Condition, str] = {
    "well": "read_well",
    "new": "read_not_yet",
    "warning": "read_with_faults",
    "quiet": "read_quiet",
    "doubled": "read_doubled",
    "late": "read_late",
    "failing": "read_failing",
    "not_a_feed": "read_no_feed",
    "too_complex": "read_too_complex",
    "gone": "read_gone",
    "paused": "read_paused",
}


def list_page(pages: Pages, selection: Selection, path: str, view: View, t: Words) -> str:
    """The home page, or any list without a query: by day, newest first."""
    place = {"/latest": "latest"}.get(path, path.split("/")[1] + "s")
    dated = place_of(pages, path, selection, t)
    page = part(pages, selection, view)
    if path == "/latest" and not page.articles and not view.before and selection == Selection():
        return begin(pages, t)
    days = by_day(pages, one_a_story(pages.database, page.articles), t)
    switch = switched(path, selection, view, t)
    said, tag = heading(pages, selection, t)
    older = write(shown_path(path), selection, View(before=page.older, n=view.n)) if page.older else ""
    return pages.page(
        "list",
        t,
        title=said,
        place=place,
        switch=switch,
        scripts=scripts(pages, [row for *_, rows in days for row in rows], switch, t),
        **ways_to_follow(pages, selection, path),
        heading=said,
        heading_tag=tag,
        crumbs=(t[place], f"/{place}") if place in ("topics", "sources") else dated.above if dated else None,
        dated=dated,
        intro=held(pages, selection, t) if path != "/latest" or selection.language == "both" else "",
        pairing=pairing(path, selection, t),
        site_link=site_link(pages, selection),
        languages=language_links(path, selection, t),
        chart=years(pages, path, selection, t) if path != "/latest" and not dated else "",
        days=days,
        first_day=days[0][1] if days and not view.before else None,
        older=older,
        nothing=t["nothing_more"] if view.before else t["no_articles"],
        topics=topics_beside(pages, selection, t),
        topics_total=len(pages.topics),
        archive_words=archive_words(pages, t),
        reading=reading(pages, selection, t),
    )


def by_day(pages: Pages, found: Sequence[Article], t: Words) -> list[tuple[str, str, str, list[Row]]]:
    """Rows under their days: in words, for machines, its address."""
    return [
        (t.day(day, weekday=True), day.isoformat(), path_of(day, Selection()), [row for _, row in group])
        for day, group in groupby(zip(found, pages.rows(found, t), strict=True), key=lambda pair: pair[0].day)
        if day
    ]


def part(pages: Pages, selection: Selection, view: View) -> Page:
    """The articles of a page; where stories are listed, one of each."""
    n = view.n or PAGE
    if selection.language == "both":
        return pages.folding.page(selection, n=n, before=view.before)
    return walk.page(pages.database, selection, n=n, before=view.before)


def held(pages: Pages, selection: Selection, t: Words) -> str:
    """How much a list holds, in words."""
    articles = total(pages, selection)
    if selection.language != "both":
        return t.articles(articles)
    stories = articles - pages.folding.repeated(selection)
    return t.said("in_stories", articles=t.articles(articles), stories=t.number(stories))


def pairing(path: str, selection: Selection, t: Words) -> tuple[str, str] | None:
    """A link from a list of stories to those in both languages only, or back: its words and address."""
    if selection.language != "both":
        return None
    changed = replace(selection, paired=not selection.paired)
    key = "not_only_paired" if selection.paired else "only_paired"
    return t[key], write(shown_path(path), changed, View())


def ways_to_follow(pages: Pages, selection: Selection, path: str) -> dict[str, Any]:
    """The feeds of a list, where it is said how to follow it, and the whole of it as a table."""
    # Files have no feeds of single years.
    without = pages.as_files and selection.since
    return {
        "feeds": [] if without else pages.feed_links(selection, path=path),
        "follow": "" if path.startswith("/calendar/") else write("/follow", selection, View()),
        "whole": write(f"{path}.csv", selection, View()),
    }


def total(pages: Pages, selection: Selection) -> int:
    """How many articles a list holds; where it can, from what was counted anyway."""
    if selection.language in ("en", "zh") and replace(selection, language="") == whole(selection):
        return dict(pages.counts(whole(selection))["language"]).get(selection.language, 0)
    counted = pages.counts(selection) if selection == whole(selection) else pages.totals(selection)
    return sum(count for _, count in counted["language"])


def whole(selection: Selection) -> Selection:
    """The list that a selection is of, without its filters."""
    return Selection(topics=selection.topics, source=selection.source, by=selection.by)


def begin(pages: Pages, t: Words) -> str:
    """What an empty archive shows: three ways to begin."""
    return pages.page(
        "begin",
        t,
        title=t["begin"],
        place="latest",
        switch=other_ui("/", t),
        command=f"{program()} --data {pages.settings.data}",
    )


def topics_beside(pages: Pages, selection: Selection, t: Words) -> list[tuple[str, str, int]]:
    """The topics most met in a list: name, address, how many articles."""
    return [
        (t.topic_name(pages.topics.get(id), id), f"/topic/{quoted(id)}", count)
        for id, count in pages.counts(whole(selection))["topic"][:MOST_TOPICS]
    ]


def heading(pages: Pages, selection: Selection, t: Words) -> tuple[str, str]:
    """What a list is called, and in which language that is."""
    source = sources(pages.database, [selection.source]).get(selection.source) if selection.source else None
    name = t.source_name(source, selection.source)
    said = (
        describe(selection, pages.topics, name, t.language) if selection != Selection() else t["latest_title"]
    )
    return said, tag_of(said) if selection.source or selection.by else t.tag


def archive_words(pages: Pages, t: Words) -> str:
    """How much the archive holds."""
    counted = pages.counts(Selection())
    total = t.articles(sum(count for _, count in counted["language"]))
    if not total or not counted["year"]:
        return total
    first = min(year for year, _ in counted["year"])
    return t.said("since", articles=total, sources=t.sources(len(counted["source"])), year=first)


def years(pages: Pages, path: str, selection: Selection, t: Words) -> str:
    """The years of a list as bars that lead to it between the days of one."""
    anytime = replace(selection, since=None, until=None)

    def address(span: Span) -> str:
        return write(path, replace(selection, since=span[0], until=span[1]), View())

    chosen = (selection.since, selection.until)
    counted = dict((pages.counts if anytime == whole(anytime) else pages.totals)(anytime)["year"])
    return by_year(counted, address, chosen, label=t["articles_by_year"], said=t.articles)


def site_link(pages: Pages, selection: Selection) -> tuple[str, str] | None:
    """The site of a source: its address, and what to call it."""
    known = sources(pages.database, [selection.source]) if selection.source else {}
    url = known[selection.source].site_url if selection.source in known else None
    if not url or not url.startswith(("http://", "https://")):
        return None
    return url, urlsplit(url).netloc.rpartition("@")[2][:60]


def reading(pages: Pages, selection: Selection, t: Words) -> list[tuple[str, str]]:
    """How reading a source goes, as names and values; nothing where a list is not of one source."""
    if not selection.source or selection.source not in health(pages.database, [selection.source]):
        return []
    (found,) = examined(pages.database, datetime.now(UTC), [selection.source])
    poll = found.poll
    facts = (
        (t["state"], t[CONDITIONS[found.condition]]),
        (t["last_read"], t.moment(poll.succeeded) if poll.succeeded else t["never"]),
        (t["next_read"], t.moment(poll.due) if poll.state == "active" else ""),
        (t["last_news"], t.moment(poll.changed) if poll.changed else ""),
        (t["a_day"], f"{found.per_day:.1f}" if found.per_day >= 0.05 else ""),
        (t["pushed_by"], urlsplit(found.hub or "").netloc[:60]),
    )
    return [(name, value) for name, value in facts if value]


def language_links(path: str, selection: Selection, t: Words) -> list[tuple[str, str, bool, str]]:
    """Links to a list in both languages, or one: name, address, whether chosen, language of the name."""
    choices: tuple[tuple[str, Literal["", "en", "zh", "both"], str], ...] = (
        (t["every_article"], "", t.tag),
        (t["english"], "en", t.tag),
        ("中文", "zh", "zh-Hans"),
        (t["both"], "both", t.tag),
    )
    return [
        (
            name,
            write(shown_path(path), replace(selection, language=language, paired=False), View()),
            selection.language == language,
            tag,
        )
        for name, language, tag in choices
    ]


def switched(path: str, selection: Selection, view: View, t: Words) -> str:
    """The same list in the interface of the other language."""
    other: Literal["en", "zh"] = "en" if t.language == "zh" else "zh"
    return write(shown_path(path), selection, View(before=view.before, sort=view.sort, ui=other))
