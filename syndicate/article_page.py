"""The page of one article: its text, its record, and the ways on from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from archive import lists
from archive.model import Article, Selection, Source
from archive.sources import sources
from syndicate.addresses import quoted
from syndicate.body import body_of
from syndicate.feeds import clipped
from syndicate.pages import Pages, escaped, other_ui
from syndicate.strings import Words, tag_of


def article_page(pages: Pages, article: Article, t: Words) -> str:
    """One article, as far as its rights allow."""
    source = sources(pages.database, [article.source]).get(article.source)
    topic = article.topics[0] if article.topics else ""
    around = Selection(topics=(topic,)) if topic else Selection()
    named = t.topic_name(pages.topics.get(topic), topic) if topic else t["latest"]
    (row,) = pages.rows([article], t)
    return pages.page(
        "article",
        t,
        title=clipped(row.plain_title, 60),
        place="",
        switch=other_ui(article.address, t),
        feeds=pages.feed_links(around),
        head=head(pages.settings.base_url, article),
        find=False,
        article=article,
        row=row,
        authors=[(author, f"/by/{quoted(author)}", tag_of(author)) for author in article.authors],
        topics=pages.topic_links(article, t),
        body=body(article, t),
        citation=citation(pages.settings.base_url, article, source, t),
        original=original(article),
        follows=[
            (named, t.tag, links(pages, around)),
            (row.source, row.source_tag, links(pages, Selection(source=article.source))),
        ],
        **neighbours(pages, around, article, named, t),
    )


def neighbours(pages: Pages, around: Selection, article: Article, named: str, t: Words) -> dict[str, Any]:
    """The articles before and after this one in its first topic."""
    earlier, later = lists.neighbours(pages.database, around, article)
    return {
        "earlier": pages.rows([earlier], t)[0] if earlier else None,
        "later": pages.rows([later], t)[0] if later else None,
        "earlier_words": t.said("earlier_in", named),
        "later_words": t.said("later_in", named),
    }


def links(pages: Pages, selection: Selection) -> list[tuple[str, str]]:
    """The feeds of a list, by short names."""
    return [(kind.removesuffix(" Feed"), address) for kind, _, address in pages.feed_links(selection)]


def body(article: Article, t: Words) -> str:
    """The text, or what may be shown in its place."""
    if article.republish in (None, "full"):
        return body_of(article, t["picture"])
    shown = "" if article.republish == "title" else article.summary or clipped(article.text, 300)
    return f"<p>{escaped(shown)}</p>" if shown else ""


def citation(base_url: str, article: Article, source: Source | None, t: Words) -> str:
    """How to cite an article, in the words of its own language."""
    words = replace(t, language="zh" if article.language == "zh" else "en")
    day = words.day(article.day) if article.day else ""
    name, authors = words.source_name(source, article.source), ", ".join(article.authors)
    address = base_url + article.address
    if article.language == "zh":
        return f"{authors + '：' if authors else ''}《{article.title}》，{name}，{day}。{address}"
    return f"{authors + '. ' if authors else ''}“{article.title}.” {name}, {day}. {address}"


def original(article: Article) -> tuple[str, str] | None:
    """The address of the original, and what to call it."""
    if not article.url or not article.url.startswith(("http://", "https://")):
        return None
    return article.url, article.url.split("/")[2][:60]


def head(base_url: str, article: Article) -> list[str]:
    """What machines read of an article's page: its address, its other versions, how to cite it."""
    lines = [f'<link rel="canonical" href="{escaped(base_url + article.address)}">']
    for other in article.translations:
        tag = f"{other.language}-{other.script}" if other.script else other.language
        address = escaped(base_url + other.address)
        lines.append(f'<link rel="alternate" hreflang="{tag}" href="{address}">')
    lines.append(f'<link rel="alternate" type="application/json" href="{article.address}.json">')
    stated = [
        ("citation_title", article.title),
        ("citation_language", article.language),
        ("citation_publication_date", article.day.isoformat().replace("-", "/") if article.day else ""),
        *(("citation_author", author) for author in article.authors),
    ]
    return lines + [f'<meta name="{name}" content="{escaped(value)}">' for name, value in stated if value]
