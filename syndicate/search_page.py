"""The page of results: what was found, filters with counts, the years, the feed of the search."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal, cast

from archive.model import Article, Selection
from archive.sources import sources
from index import Hit, Node, Results, Search, mark, snippet, with_others
from index.answer import sentence
from index.engine import OUTDATED, PARTLY
from index.engine import Facet as FacetName
from index.fusion import meant_sentence
from syndicate.addresses import View, write
from syndicate.allowed import as_allowed
from syndicate.answers import some_words
from syndicate.called import Unknown
from syndicate.called import sentence as unknown_sentence
from syndicate.charts import Span, by_year
from syndicate.copies import one_a_story
from syndicate.named import suggested
from syndicate.pages import PAGE, SNIPPET, Marked, Pages, Row, Voiced, escaped, last_page, shown_title
from syndicate.scripts import scripts
from syndicate.strings import Words, tag_of, voiced

Facet = tuple[str, str, int, str, bool]
MOST_VALUES = 8


def search_page(pages: Pages, selection: Selection, view: View, t: Words) -> str:
    """Everything found for a query and its filters, or a page that helps on when nothing is."""
    started = time.perf_counter()
    n = view.n or PAGE
    search = Search(
        selection=selection,
        sort=order(selection, view),
        offset=(view.page - 1) * n,
        n=n,
        exact=view.exact,
        facets=True,
        meaning=True,
    )
    results = pages.index.search(search)
    heading = t.articles(results.total)
    if results.stories is not None:
        heading = t.said("in_stories", articles=heading, stories=t.number(results.stories))
    took = round((time.perf_counter() - started) * 1000)
    shared: dict[str, Any] = {
        "title": f"{selection.query}: {heading}" if selection.query else heading,
        "place": "search",
        "switch": write("/search", selection, replace(view, ui="en" if t.language == "zh" else "zh")),
        "feeds": pages.feed_links(selection, View(exact=view.exact), "/search"),
        "follow": write("/follow", selection, View(exact=view.exact)),
        "query": selection.query,
        "kept": kept(selection, view),
        "also": said(
            results,
            t,
            write("/search", selection, replace(view, exact=True, page=1, ui="")),
            pages.narrowed.unknown(selection),
        ),
        "named": suggested(pages, results, selection, view, t),
        "suggestion": None if results.total else suggestion(pages, results, selection, t),
        "head": ['<meta name="robots" content="noindex,follow">'],
        "chips": chips(pages, selection, view, t),
    }
    if not results.hits and view.page == 1:
        return nothing_page(pages, selection, view, t, shared)
    return results_page(pages, results, selection, view, t, {**shared, "heading": heading, "took": took})


def nothing_page(pages: Pages, selection: Selection, view: View, t: Words, shared: dict[str, Any]) -> str:
    """The ways on when nothing is found: another spelling, fewer filters, the feed."""
    return pages.page(
        "nothing",
        t,
        heading=nothing_found(selection.query, t),
        wider=wider(pages, selection, view, t),
        **shared,
    )


def nothing_found(query: str, t: Words) -> list[tuple[str, bool, str]]:
    """That no article has what was typed, which stands in its own language."""
    if not query:
        return [(t["no_articles"], False, "")]
    before, after = t["no_result"].split("{}")
    return [(before, False, ""), *voiced([(query, False)], t.tag), (after, False, "")]


def results_page(
    pages: Pages, results: Results, selection: Selection, view: View, t: Words, shared: dict[str, Any]
) -> str:
    """The articles found, with all that leads on from them."""
    last = last_page(results.listed, view.n or PAGE, view)
    shown = rows(pages, results, selection, t, exact=view.exact)
    return pages.page(
        "search",
        t,
        facets=facets(pages, results, selection, view, t),
        sorts=sorts(selection, view, t),
        whole=write("/search.csv", selection, View(sort=view.sort, exact=view.exact)),
        clear=write("/search", Selection(query=selection.query), View()),
        chart=chart(results, selection, view, t),
        rows=shown,
        stories=by_story(selection, view, t),
        scripts=scripts(pages, shown, shared["switch"], t),
        previous=at(selection, view, view.page - 1) if view.page > 1 else "",
        following=at(selection, view, view.page + 1) if view.page < last else "",
        page_words=t.said("page_of", page=t.number(view.page), pages=t.number(last)),
        **shared,
    )


def by_story(selection: Selection, view: View, t: Words) -> tuple[str, str]:
    """A link to the same search told by story, or to only those stories that are told in both languages."""
    plain = replace(view, page=1, ui="")
    if selection.language != "both":
        return t["each_story_once"], write("/search", replace(selection, language="both"), plain)
    key = "not_only_paired" if selection.paired else "only_paired"
    return t[key], write("/search", replace(selection, paired=not selection.paired), plain)


def rows(pages: Pages, results: Results, selection: Selection, t: Words, *, exact: bool) -> list[Row]:
    """The articles found as rows, what they were found by marked."""
    found = one_a_story(pages.database, pages.found([hit.id for hit in results.hits]))
    others = pages.found([other.id for article in found for other in article.translations])
    node = with_others(selection.query, results.also_searched, exact=exact)
    through = {hit.id: translated(hit, t) for hit in results.hits if hit.through}
    listed = pages.rows(
        found,
        t,
        titles={article.id: mark(shown_title(article), node) for article in found},
        snippets={article.id: passage(article, node) for article in (*found, *others)},
    )
    meant = {hit.id for hit in results.hits if hit.by_meaning}
    return [
        replace(row, through=through.get(article.id, ()), by_meaning=article.id in meant)
        for article, row in zip(found, listed, strict=True)
    ]


def translated(hit: Hit, t: Words) -> Voiced:
    """By which translations an article was found."""
    before, after = t["found_through"].split("{}")
    words = [(word, False, tag_of(word)) for word in hit.through]
    between = [(t["comma"], False, "")] * len(words)
    listed = [piece for pair in zip(words, between, strict=True) for piece in pair][:-1]
    return ((before, False, ""), *listed, (after, False, ""))


def passage(article: Article, node: Node) -> Marked:
    """The passage that matches best, of what may be shown."""
    length = SNIPPET // 2 if article.language == "zh" else SNIPPET
    return snippet(as_allowed(article, "").searched, node, length=length)


def order(selection: Selection, view: View) -> Literal["rel", "new", "old"]:
    """The order of the results: as asked, else the best first, without words the newest."""
    return view.sort or ("rel" if selection.query else "new")


def said(results: Results, t: Words, exactly: str, nameless: Sequence[Unknown] = ()) -> str:
    """How the query was read, what was searched beside it, and what is to be said of the answer."""
    stated = results.note or ""
    notes = []
    for each in nameless:
        stated = stated.replace(unknown_sentence(each), "")
        notes.append(f"<b>{escaped(called_nothing(each, t))}</b>")
    if results.more:
        stated = stated.replace(sentence(results.total, results.more, results.mode), "")
        notes.append(escaped(some_words(results, t)))
    for told, key in ((PARTLY, "partly_indexed"), (OUTDATED, "outdated_index")):
        if told in stated:
            stated = stated.replace(told, "")
            notes.append(escaped(t[key]))
    if results.meant:
        stated = stated.replace(meant_sentence(results.meant), "")
        notes.append(escaped(t.said("meant", t.articles(results.meant))))
    if stated.strip():
        notes.append(f'<span lang="en">{escaped(stated.strip())}</span>')
    if results.also_searched:
        words = t["comma"].join(
            f'<b lang="{tag_of(word)}">{escaped(word)}</b>' for word in results.also_searched
        )
        notes.insert(0, t.said("also_searched", words))
        if results.across:
            notes.insert(1, escaped(t.said("across", t.articles(results.across))))
    if results.also_searched or results.meant:
        notes.append(f'<a href="{escaped(exactly)}">{t["only_these_words"]}</a>')
    read = results.read_as
    if read:
        notes.insert(0, t.said("read_as", f'<b lang="{tag_of(read)}">{escaped(read)}</b>'))
    return " ".join(notes)


def called_nothing(unknown: Unknown, t: Words) -> str:
    """That there is nothing of a name, and what comes near."""
    nothing = t.said(f"no_{unknown.field}_called", unknown.value)
    return nothing + (t.said("near_are", t["comma"].join(unknown.near)) if unknown.near else t["full_stop"])


def kept(selection: Selection, view: View) -> list[tuple[str, str]]:
    """The filters that stay when other words are searched."""
    stated = (
        ("topic", "+".join(selection.topics)),
        ("not", "+".join(selection.without)),
        ("source", selection.source),
        ("by", selection.by),
        ("lang", selection.language),
        ("paired", "1" if selection.paired else ""),
        ("from", selection.since.isoformat() if selection.since else ""),
        ("to", selection.until.isoformat() if selection.until else ""),
        ("sort", view.sort),
        ("exact", "1" if view.exact else ""),
    )
    return [(name, value) for name, value in stated if value]


def at(selection: Selection, view: View, page: int) -> str:
    """The address of another page of the results."""
    return write("/search", selection, replace(view, page=page, ui=""))


def sorts(selection: Selection, view: View, t: Words) -> list[tuple[str, str, bool]]:
    """Links to the same results in other orders."""
    names: tuple[tuple[Literal["rel", "new", "old"], str], ...] = (
        ("rel", t["relevance"]),
        ("new", t["newest"]),
        ("old", t["oldest"]),
    )
    default = "rel" if selection.query else "new"
    return [
        (
            name,
            at(selection, replace(view, sort="" if key == default else key), 1),
            key == order(selection, view),
        )
        for key, name in names
        if selection.query or key != "rel"
    ]


def chips(pages: Pages, selection: Selection, view: View, t: Words) -> list[tuple[str, Voiced, str]]:
    """The filters in force, each with the address without it."""
    plain = replace(view, page=1, ui="")
    return [
        (label, voiced([(label, False)], t.tag), write("/search", less, plain))
        for label, less in filters(pages, selection, t)
    ]


def filters(pages: Pages, selection: Selection, t: Words) -> list[tuple[str, Selection]]:
    """The filters in force by name, each with what is selected without it."""
    found = []
    for id in selection.topics:
        name = t.topic_name(pages.topics.get(id), id)
        found.append((f"{t['topic']}: {name}", replace(selection, topics=other(selection.topics, id))))
    for id in selection.without:
        name = t.topic_name(pages.topics.get(id), id)
        less = replace(selection, without=other(selection.without, id))
        found.append((t.said("without_topic", name), less))
    if selection.source:
        known = sources(pages.database, [selection.source]).get(selection.source)
        name = t.source_name(known, selection.source)
        found.append((f"{t['source']}: {name}", replace(selection, source="")))
    if selection.by:
        found.append((f"{t['author']}: {selection.by}", replace(selection, by="")))
    if selection.language:
        name = t["both"] if selection.language == "both" else t.language_name(selection.language)
        found.append((f"{t['language']}: {name}", replace(selection, language="")))
    if selection.paired:
        found.append((t["only_paired"], replace(selection, paired=False)))
    if selection.since or selection.until:
        found.append((f"{t['date']}: {t.span(selection)}", replace(selection, since=None, until=None)))
    return found


def other(ids: Sequence[str], id: str) -> tuple[str, ...]:
    """All ids but one."""
    return tuple(each for each in ids if each != id)


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
        rest = other(selection.topics, id)
        changed = replace(selection, topics=rest if chosen else tuple(sorted((*rest, id))))
    elif name == "language":
        changed = replace(selection, language="" if chosen else cast(Literal["en", "zh"], id))
    elif name == "source":
        changed = replace(selection, source="" if chosen else id)
    else:
        changed = replace(selection, by="" if chosen else id)
    return write("/search", changed, replace(view, page=1, ui=""))


def chart(results: Results, selection: Selection, view: View, t: Words) -> str:
    """The years of what was found as bars."""

    def address(span: Span) -> str:
        one = replace(selection, since=span[0], until=span[1])
        return write("/search", one, replace(view, page=1, ui=""))

    counted, chosen = dict(results.facets.get("year", ())), (selection.since, selection.until)
    return by_year(counted, address, chosen, label=t["results_by_year"], said=t.articles)


def wider(pages: Pages, selection: Selection, view: View, t: Words) -> list[tuple[Voiced, str, str]]:
    """The same search with one filter less, where that finds something: what goes, address, how much."""
    found = []
    plain = replace(view, page=1, ui="")
    for label, less in filters(pages, selection, t):
        results = pages.index.search(Search(selection=less, n=0, exact=view.exact))
        if total := results.total + results.more + results.across:
            said = voiced([(t.said("widen_by", label), False)], t.tag)
            found.append((said, write("/search", less, plain), t.articles(total)))
    return found


def suggestion(
    pages: Pages, results: Results, selection: Selection, t: Words
) -> tuple[str, str, str, str] | None:
    """A better spelling that finds something."""
    better = pages.index.suggest(selection.query) if selection.query else None
    if better is None:
        return None
    one = replace(selection, query=better)
    found = pages.index.search(Search(selection=one, n=0))
    total = found.total or (0 if results.across else found.across)
    return (better, write("/search", one, View()), t.articles(total), tag_of(better)) if total else None
