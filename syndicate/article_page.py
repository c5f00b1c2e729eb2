"""The page of one article: its text, its record, and the ways on from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from archive import pictures, walk
from archive.articles import as_stated
from archive.model import Article, Enclosure, Image, Selection, Source
from archive.sources import sources
from syndicate import citing
from syndicate.addresses import quoted
from syndicate.allowed import as_allowed, clipped
from syndicate.body import body_of, sections
from syndicate.described import Described, described, head
from syndicate.formats.texts import is_web, open_address
from syndicate.pages import Pages, escaped, other_ui
from syndicate.script import in_script
from syndicate.scripts import scripts
from syndicate.strings import Words, tag_of, voiced

MOST_FILES = 20
CITATION_FILES = (("BibTeX", ".bib"), ("RIS", ".ris"), ("CSL-JSON", ".csl.json"))
# The words for what can be corrected.
FIELDS = {
    "title": "the_title",
    "text": "the_text",
    "authors": "author",
    "published": "published",
    "language": "language",
    "source": "source",
}


def article_page(pages: Pages, article: Article, t: Words) -> str:
    """One article, as far as its rights allow."""
    source = sources(pages.database, [article.source]).get(article.source)
    topic = next(iter(pages.topics_of(article)), "")
    around = Selection(topics=(topic,)) if topic else Selection()
    named = t.topic_name(pages.topics.get(topic), topic) if topic else t["latest"]
    allowed = in_script(as_allowed(article, ""), t.script)
    text, headings = sections(body(allowed, t, late_pictures(pages, allowed)))
    (row,) = pages.rows([article], t, titles={article.id: ((article.title, False),)})
    return pages.page(
        "article",
        t,
        title=clipped(row.plain_title, 60),
        place="",
        switch=other_ui(article.address, t),
        scripts=scripts(pages, [row], other_ui(article.address, t), t),
        feeds=pages.feed_links(around),
        feeds_of=named if topic else t["latest_title"],
        head=head(told(pages, article, source)),
        find=False,
        language=article.language,
        article=article,
        row=row,
        authors=[(author, f"/by/{quoted(author)}", tag_of(author)) for author in article.authors],
        topics=pages.topic_links(article, t),
        body=text,
        headings=[(name, voiced([(words, False)], row.tag)) for name, words in headings],
        is_whole=article.republish in (None, "full"),
        files=[file for enclosure in allowed.enclosures[:MOST_FILES] if (file := named_file(enclosure, t))],
        original=original(article),
        corrected=corrected(pages, article, t),
        follows=[
            (named, t.tag, links(pages, around)),
            (row.source, row.source_tag, links(pages, Selection(source=article.source))),
        ],
        **cited_as(pages, article, source, t),
        **neighbours(pages, around, article, named, t),
    )


def told(pages: Pages, article: Article, source: Source | None) -> Described:
    """What machines are told of an article."""
    site = pages.settings.site
    return described(
        article,
        base_url=pages.settings.base_url,
        source=source,
        topics=[pages.topics[id] for id in pages.topics_of(article) if id in pages.topics],
        site_name=f"{site.title} {site.title_zh}".strip(),
    )


def neighbours(pages: Pages, around: Selection, article: Article, named: str, t: Words) -> dict[str, Any]:
    """The articles before and after this one in its first topic."""
    earlier, later = walk.neighbours(pages.database, around, article)
    return {
        "earlier": pages.rows([earlier], t)[0] if earlier else None,
        "later": pages.rows([later], t)[0] if later else None,
        "earlier_words": t.said("earlier_in", named),
        "later_words": t.said("later_in", named),
    }


def links(pages: Pages, selection: Selection) -> list[tuple[str, str]]:
    """The feeds of a list, by short names."""
    return [(kind.removesuffix(" Feed"), address) for kind, _, address in pages.feed_links(selection)]


def late_pictures(pages: Pages, allowed: Article) -> list[Image]:
    """The pictures that were attached after the text was stored, which does not show them."""
    missing = {image.file: image for image in allowed.images if image.file and not image.sha256}
    if not missing or not allowed.html:
        return []
    rows = pictures.of(pages.database, allowed.id)
    return [replace(missing[row["name"]], sha256=row["sha"]) for row in rows if row["name"] in missing]


def body(allowed: Article, t: Words, late: list[Image]) -> str:
    """The text of an article that is cut to what may be shown, or its summary where that is all."""
    text = body_of(allowed, t["picture"], late)
    return text or (f"<p>{escaped(allowed.summary)}</p>" if allowed.summary else "")


def named_file(enclosure: Enclosure, t: Words) -> tuple[str, str, str] | None:
    """A file that belongs to an article: address, name, and what is known of it."""
    if not enclosure.url.startswith(("http://", "https://")):
        return None
    name = enclosure.url.partition("?")[0].rstrip("/").rpartition("/")[2]
    size = t.said("megabytes", f"{enclosure.length / 1e6:.1f}") if enclosure.length else ""
    return enclosure.url, clipped(name, 60), ", ".join(filter(None, (enclosure.type, size)))


def cited_as(pages: Pages, article: Article, source: Source | None, t: Words) -> dict[str, Any]:
    """How to cite an article: in the words of its own language, as standards have it, and for programs."""
    language = "zh" if article.language == "zh" else "en"
    words = replace(t, language=language)
    site, base = pages.settings.site, pages.settings.base_url
    name = words.source_name(source, article.source)
    archive = f"{site.title} {site.title_zh}".strip()
    cited = citing.citation(article, source=name, archive=archive, base_url=base)
    return {
        "citation": sentence(cited, article, words),
        "citations": [("APA", citing.apa(cited)), ("GB/T 7714", citing.gbt(cited))],
        "citation_tag": "zh-Hans" if language == "zh" else "en",
        "citation_files": [(form, f"{article.address}{suffix}") for form, suffix in CITATION_FILES],
    }


def sentence(cited: citing.Citation, article: Article, words: Words) -> str:
    """A citation in words."""
    day = words.stated_day(article) or words["no_date"]
    authors = ", ".join(article.authors)
    if article.language == "zh":
        return (
            f"{authors + '：' if authors else ''}《{article.title}》，{cited.source}，{day}。{cited.address}"
        )
    return f"{authors + '. ' if authors else ''}“{article.title}.” {cited.source}, {day}. {cited.address}"


def corrected(pages: Pages, article: Article, t: Words) -> list[tuple[str, str]]:
    """What people put right: what, when and why, and what the source says where that fits into a line."""
    if not article.corrections:
        return []
    (stated,) = as_stated(pages.database, [article])
    says = {
        "title": stated.title,
        "published": stated.published_raw or "",
        "authors": ", ".join(stated.authors),
        "language": stated.language,
    }
    return [
        (
            t.said("corrected", field=t[FIELDS[each.field]], when=t.moment(each.when), reason=each.reason),
            t.said("source_says", clipped(says[each.field], 200)) if says.get(each.field) else "",
        )
        for each in article.corrections
        if each.field != "html"
    ]


def original(article: Article) -> tuple[str, str] | None:
    """The address of the original, and what to call it."""
    if not article.url or not is_web(article.url):
        return None
    return open_address(article.url), urlsplit(article.url).netloc.rpartition("@")[2][:60]
