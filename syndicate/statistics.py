"""The archive in numbers: as a page with a chart, as JSON, and as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from collections.abc import Callable, Sequence

from archive import changes
from archive.sheet_file import defused
from archive.sources import sources
from archive.statistics import Numbers, numbers
from syndicate.addresses import quoted
from syndicate.charts import by_month
from syndicate.negotiation import JSON_OR_TABLE, negotiated
from syndicate.pages import Pages, other_ui
from syndicate.reply import Environ, Reply, Route, machine
from syndicate.speaking import Speaking
from syndicate.strings import Words, tag_of

# A feed's address, the subscribers that services told of, and other readers that were seen.
Subscribers = Callable[[], Sequence[tuple[str, int, int]]]
MONTHS_SHOWN, MOST_SHOWN = 24, 25
Cells = tuple[str, str, str, tuple[str, ...]]


def nobody() -> Sequence[tuple[str, int, int]]:
    """No subscribers, where nobody counts them."""
    return ()


class Statistics:
    """The answers to those who want numbers; counted again when the log has moved, but not all the time."""

    def __init__(self, speaking: Speaking, subscribers: Subscribers = nobody) -> None:
        self._speaking = speaking
        self._pages = speaking.pages
        self._subscribers = subscribers
        self._counting = threading.Lock()
        self._kept: tuple[int, float, Numbers] | None = None

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        bare = negotiated(self.answer, self._pages.settings.base_url, JSON_OR_TABLE)
        return (("GET", "/stats", bare), ("GET", "/stats<suffix:re:\\.(?:json|csv)>", self.answer))

    def answer(self, environ: Environ, suffix: str = "") -> Reply:
        """The page of numbers, or the numbers as JSON or CSV."""
        found, readers = self._numbers(), self._subscribers()
        if suffix == ".csv":
            return machine(table(found, readers), "text/csv")
        if suffix:
            return machine(json.dumps(told(found, readers), ensure_ascii=False), "application/json")
        return self._speaking.page(
            environ, lambda pages, t: statistics_page(pages, found, readers, t), state=(found, readers)
        )

    def _numbers(self) -> Numbers:
        """What was counted; while the log moves all the time, counting takes a twentieth of it at most."""
        last = changes.last(self._pages.database)
        with self._counting:
            kept = self._kept
            if kept is None or (kept[0] != last and time.monotonic() > kept[1]):
                began = time.monotonic()
                found = numbers(self._pages.database, self._pages.settings.data / "index")
                ended = time.monotonic()
                kept = self._kept = (last, ended + 20 * (ended - began), found)
        return kept[2]


def told(found: Numbers, readers: Sequence[tuple[str, int, int]]) -> dict[str, object]:
    """The numbers for programs."""
    return {
        "articles": found.articles,
        "withdrawn": found.withdrawn,
        "revisions": found.revisions,
        "pairs": found.pairs,
        "bytes": {"archive": found.archive_bytes, "index": found.index_bytes},
        **{
            name: [{"value": value, "count": count} for value, count in found.facets[name]]
            for name in found.facets
        },
        "month": [{"value": month, "count": count} for month, count in found.months],
        "subscribers": [{"feed": feed, "told": stated, "seen": seen} for feed, stated, seen in readers],
    }


def table(found: Numbers, readers: Sequence[tuple[str, int, int]]) -> str:
    """The numbers as CSV, with a mark by which spreadsheets know the encoding."""
    whole = ("articles", "withdrawn", "revisions", "pairs", "archive_bytes", "index_bytes")
    rows = [("total", name, getattr(found, name)) for name in whole]
    rows += [(name, value, count) for name, values in found.facets.items() for value, count in values]
    rows += [("month", month, count) for month, count in found.months]
    rows += [("subscribers", feed, stated + seen) for feed, stated, seen in readers]
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(("kind", "value", "count"))
    writer.writerows((kind, defused(value), count) for kind, value, count in rows)
    return "\ufeff" + written.getvalue()


def statistics_page(pages: Pages, found: Numbers, readers: Sequence[tuple[str, int, int]], t: Words) -> str:
    """The page of numbers."""
    languages = dict(found.facets["language"])
    shown = found.months[-MONTHS_SHOWN:]
    return pages.page(
        "stats",
        t,
        title=t["stats_title"],
        place="stats",
        switch=other_ui("/stats", t),
        totals=[
            (t.number(found.articles), t["all_articles"]),
            (t.number(languages.get("en", 0)), t["english"]),
            (t.number(languages.get("zh", 0)), t["in_chinese"]),
            (t.number(found.pairs), t["pairs"]),
            (t.number(found.revisions), t["versions"]),
            (t.number(len(found.facets["source"])), t["sources"]),
            (megabytes(found.archive_bytes, t), t["archive_size"]),
            (megabytes(found.index_bytes, t), t["index_size"]),
        ],
        chart=by_month(shown, label=t["growth"], said=t.articles),
        months=[(month, t.number(count)) for month, count in reversed(shown)],
        tables=tables(pages, found, readers, t),
    )


def tables(
    pages: Pages, found: Numbers, readers: Sequence[tuple[str, int, int]], t: Words
) -> list[tuple[str, tuple[str, ...], list[Cells]]]:
    """Tables with their heads; a row is a name, its language, its address, and numbers."""
    known = sources(pages.database, [id for id, _ in found.facets["source"][:MOST_SHOWN]])
    by_topic: list[Cells] = [
        (t.topic_name(pages.topics.get(id), id), t.tag, f"/topic/{quoted(id)}", (t.number(count),))
        for id, count in found.facets["topic"]
        if id in pages.topics
    ]
    by_source: list[Cells] = [
        (name, tag_of(name), f"/source/{quoted(id)}", (t.number(count),))
        for id, count in found.facets["source"][:MOST_SHOWN]
        for name in (t.source_name(known.get(id), id),)
    ]
    by_year: list[Cells] = [
        (year, t.tag, f"/?from={year}-01-01&to={year}-12-31", (t.number(count),))
        for year, count in sorted(found.facets["year"], reverse=True)[:MOST_SHOWN]
    ]
    most = sorted(readers, key=lambda row: (-row[1] - row[2], row[0]))[:MOST_SHOWN]
    by_feed: list[Cells] = [
        (feed, "en", feed, (t.number(stated), t.number(seen))) for feed, stated, seen in most
    ]
    count = (t["count"],)
    return [
        table
        for table in (
            (t["topics"], (t["topic"], *count), by_topic),
            (t["sources"], (t["source"], *count), by_source),
            (t["years"], (t["year"], *count), by_year),
            (t["subscribers"], (t["feed"], t["subscribers_told"], t["readers_seen"]), by_feed),
        )
        if table[2]
    ]


def megabytes(size: int, t: Words) -> str:
    """A size as people read it."""
    return t.said("megabytes", f"{size / 1e6:,.1f}")
