"""Topics, sources and authors that a search leads to: those its text names, or some to begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archive.model import Selection
from archive.sources import names, sources
from index import Results, Search, begun
from index.engine import Facet
from syndicate.addresses import View, list_path, write
from syndicate.pages import Pages
from syndicate.strings import Words, tag_of

Link = tuple[str, str, str, str]  # name, its language, address, how many articles
Line = tuple[str, Sequence[Link]]
MOST_NAMED, MOST_TO_BEGIN = 4, 6


def suggested(pages: Pages, results: Results, selection: Selection, view: View, t: Words) -> list[Line]:
    """What the text of a search names; with nothing asked yet, what there is most of."""
    if selection.query:
        return named(pages, selection.query, t)
    return to_begin_with(pages, results, t) if selection == Selection() and view.page == 1 else []


def named(pages: Pages, text: str, t: Words) -> list[Line]:
    """The topics, sources and authors whose name in either language the text is or begins."""
    topics = [id for id, topic in pages.topics.items() if begun(text, (topic.en, topic.zh, id))]
    found = [id for id, called in names(pages.database).items() if begun(text, (*called, id))]
    return lines(
        pages,
        [(id, held(pages, Selection(topics=(id,)), t)) for id in topics[:MOST_NAMED]],
        [(id, held(pages, Selection(source=id), t)) for id in found[:MOST_NAMED]],
        [(name, t.number(count)) for name, count in pages.index.authors(text)[:MOST_NAMED]],
        t,
    )


def held(pages: Pages, selection: Selection, t: Words) -> str:
    """How many articles a list holds, by the index, which keeps what it counted."""
    return t.number(pages.index.search(Search(selection=selection, sort="new", n=0)).total)


def to_begin_with(pages: Pages, results: Results, t: Words) -> list[Line]:
    """The topics, sources and authors with most articles."""

    def most(name: Facet) -> list[tuple[str, str]]:
        return [(value, t.number(count)) for value, count in results.facets.get(name, ())[:MOST_TO_BEGIN]]

    return lines(pages, most("topic"), most("source"), most("by"), t)


def lines(
    pages: Pages,
    topics: Iterable[tuple[str, str]],
    found: Sequence[tuple[str, str]],
    people: Iterable[tuple[str, str]],
    t: Words,
) -> list[Line]:
    """A line for each kind there is something of, with links to the lists."""
    known = sources(pages.database, [id for id, _ in found])
    kinds = (
        ("topic", [(t.topic_name(pages.topics.get(id), id), Selection(topics=(id,)), n) for id, n in topics]),
        ("source", [(t.source_name(known.get(id), id), Selection(source=id), n) for id, n in found]),
        ("author", [(name, Selection(by=name), n) for name, n in people]),
    )
    return [(t[kind], [link(*each) for each in some]) for kind, some in kinds if some]


def link(name: str, chosen: Selection, count: str) -> Link:
    """A link to a list."""
    return name, tag_of(name), write(list_path(chosen), chosen, View()), count
