"""The page of results: what was found, filters with counts, the years, the feed of the search."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal, cast

from archive.model import Selection
from archive.sources import sources
from index import Results, Search, mark, parse_query, snippet
from index.engine import Facet as FacetName
from syndicate.addresses import View, write
from syndicate.charts import bars
from syndicate.pages import PAGE, SNIPPET, Pages, escaped, one_a_story
from syndicate.strings import Words, tag_of

Facet = tuple[str, str, int, str, bool]
MOST_VALUES = 8
MOST_YEARS = 30


def search_page(pages: Pages, selection: Selection, view: View, t: Words) -> str:
    """Everything found for a query and its filters, or a page that helps on when nothing is."""
    started = time.perf_counter()
    n = view.n or PAGE
    order = view.sort or ("rel" if selection.query else "new")
    results = pages.index.search(
        Search(
            selection=selection, sort=order, offset=(view.page - 1) * n, n=n, exact=view.exact, facets=True
        )
    )
    took = round((time.perf_counter() - started) * 1000)
    heading = t.articles(results.total)
    shared: dict[str, Any] = {
        "title": f"{selection.query}: {heading}" if selection.query else heading,
        "place": "search",
        "switch": write("/search", selection, replace(view, ui="en" if t.language == "zh" else "zh")),
        "feeds": pages.feed_links(selection, View(exact=view.exact), "/search"),
        "query": selection.query,
        "kept": kept(selection),
        "also": said(results, t),
        "head": ['<meta name="robots" content="noindex,follow">'],
        "chips": chips(pages, selection, view, t),
    }
    if not results.hits and view.page == 1:
        nothing = t.said("no_result", selection.query) if selection.query else t["no_articles"]
        better = suggestion(pages, selection, t)
        return pages.page("nothing", t, heading=nothing, suggestion=better, **shared)
    found = one_a_story(pages.found([hit.id for hit in results.hits]))
    node = parse_query(selection.query)
    rows = pages.rows(
        found,
        t,
        titles={article.id: mark(article.title, node) for article in found},
        snippets={
            article.id: snippet(
                article.searched, node, length=SNIPPET // 2 if article.language == "zh" else SNIPPET
            )
            if article.republish in (None, "full")
            else ()
            for article in found
        },
    )
    last = max(1, -(-(results.total + results.more) // n))
    return pages.page(
        "search",
        t,
        heading=heading,
        under=f"{took} ms",
        facets=facets(pages, results, selection, view, t),
        sorts=sorts(selection, view, order, t),
        clear=write("/search", Selection(query=selection.query), View()),
        chart=chart(results, selection, view, t),
        rows=rows,
        previous=at(selection, view, view.page - 1) if view.page > 1 else "",
        following=at(selection, view, view.page + 1) if view.page < last else "",
        page_words=t.said("page_of", page=t.number(view.page), pages=t.number(last)),
        **shared,
    )


def said(results: Results, t: Words) -> str:
    """How the query was read, and what else is to be said of the answer."""
    note = f' <span lang="en">{escaped(results.note)}</span>' if results.note else ""
    read = results.read_as
    return f'{t["read_as"]}: <b lang="{tag_of(read)}">{escaped(read)}</b>.{note}' if read else note


def kept(selection: Selection) -> list[tuple[str, str]]:
    """The filters that stay when other words are searched."""
    stated = (
        ("topic", "+".join(selection.topics)),
        ("source", selection.source),
        ("by", selection.by),
        ("lang", selection.language),
        ("from", selection.since.isoformat() if selection.since else ""),
        ("to", selection.until.isoformat() if selection.until else ""),
    )
    return [(name, value) for name, value in stated if value]


def at(selection: Selection, view: View, page: int) -> str:
    """The address of another page of the results."""
    return write("/search", selection, replace(view, page=page, ui=""))


def sorts(selection: Selection, view: View, order: str, t: Words) -> list[tuple[str, str, bool]]:
    """Links to the same results in other orders."""
    names: tuple[tuple[Literal["rel", "new", "old"], str], ...] = (
        ("rel", t["relevance"]),
        ("new", t["newest"]),
        ("old", t["oldest"]),
    )
    default = "rel" if selection.query else "new"
    return [
        (name, at(selection, replace(view, sort="" if key == default else key), 1), key == order)
        for key, name in names
        if selection.query or key != "rel"
    ]


def chips(pages: Pages, selection: Selection, view: View, t: Words) -> list[tuple[str, str, str]]:
    """The filters in force, each with the address without it."""

    def without(**changed: object) -> str:
        return write("/search", replace(selection, **changed), replace(view, page=1, ui=""))  # type: ignore[arg-type]

    topics = [
        (
            f"{t['topic']}: {t.topic_name(pages.topics.get(id), id)}",
            tuple(x for x in selection.topics if x != id),
        )
        for id in selection.topics
    ]
    found = [(label, without(topics=rest)) for label, rest in topics]
    if selection.source:
        known = sources(pages.database, [selection.source]).get(selection.source)
        name = t.source_name(known, selection.source)
        found.append((f"{t['source']}: {name}", without(source="")))
    if selection.by:
        found.append((f"{t['author']}: {selection.by}", without(by="")))
    if selection.language:
        found.append((f"{t['language']}: {t.language_name(selection.language)}", without(language="")))
    if selection.since or selection.until:
        found.append((f"{t['date']}: {t.span(selection)}", without(since=None, until=None)))
    return [(label, t.tag, address) for label, address in found]


def facets(
    pages: Pages, results: Results, selection: Selection, view: View, t: Words
) -> list[tuple[str, Sequence[Facet]]]:
    """The filters that may be set, each with the count it would give."""
    known = sources(pages.database, [value for value, _ in results.facets.get("source", ())])
    lists: tuple[tuple[FacetName, str, Callable[[str], tuple[str, str]]], ...] = (
        ("language", t["language"], lambda id: (t.language_name(id), pages.name_tag(id, t))),
        ("topic", t["topic"], lambda id: (t.topic_name(pages.topics.get(id), id), t.tag)),
        ("source", t["source"], lambda id: named(t.source_name(known.get(id), id))),
        ("by", t["author"], named),
    )
    shown: list[tuple[str, Sequence[Facet]]] = []
    for name, title, label in lists:
        values = [
            (*label(id), count, toggled(selection, view, name, id), is_set(selection, name, id))
            for id, count in results.facets.get(name, ())[:MOST_VALUES]
            if name != "language" or id in ("en", "zh")
        ]
        if values:
            shown.append((title, values))
    return shown


def named(name: str) -> tuple[str, str]:
    """A name and its language."""
    return name, tag_of(name)


def is_set(selection: Selection, name: str, id: str) -> bool:
    """Whether a filter is in force."""
    values = {
        "language": (selection.language,),
        "topic": selection.topics,
        "source": (selection.source,),
        "by": (selection.by,),
    }
    return id in values[name]


def toggled(selection: Selection, view: View, name: str, id: str) -> str:
    """The same search with a filter set, or taken away where it is set."""
    chosen = is_set(selection, name, id)
    if name == "topic":
        rest = tuple(topic for topic in selection.topics if topic != id)
        changed = replace(selection, topics=rest if chosen else tuple(sorted((*rest, id))))
    elif name == "language":
        changed = replace(selection, language="" if chosen else cast(Literal["en", "zh"], id))
    elif name == "source":
        changed = replace(selection, source="" if chosen else id)
    else:
        changed = replace(selection, by="" if chosen else id)
    return write("/search", changed, replace(view, page=1, ui=""))


def chart(results: Results, selection: Selection, view: View, t: Words) -> str:
    """The years of what was found as bars; nothing when there is but one."""
    counted = dict(results.facets.get("year", ()))
    if len(counted) < 2:
        return ""
    years = [str(year) for year in range(int(min(counted)), int(max(counted)) + 1)][-MOST_YEARS:]
    values = []
    for year in years:
        since, until = date(int(year), 1, 1), date(int(year), 12, 31)
        one = replace(selection, since=since, until=until)
        chosen = (selection.since, selection.until) == (since, until)
        values.append(
            (year, counted.get(year, 0), write("/search", one, replace(view, page=1, ui="")), chosen)
        )
    return bars(values, t["results_by_year"], t["articles"])


def suggestion(pages: Pages, selection: Selection, t: Words) -> tuple[str, str, str, str] | None:
    """A better spelling that finds something."""
    better = pages.index.suggest(selection.query) if selection.query else None
    if better is None:
        return None
    one = replace(selection, query=better)
    total = pages.index.search(Search(selection=one, n=0)).total
    return (better, write("/search", one, View()), t.articles(total), tag_of(better)) if total else None
