"""What machines read in the head of an article's page: addresses, languages, citations, schema.org. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from urllib.parse import quote

from archive.model import Article, Source, Topic, timestamp
from syndicate.addresses import quoted
from syndicate.allowed import as_allowed, clipped
from syndicate.body import addressed
from syndicate.citing import CITED
from syndicate.formats.texts import distinct, is_web, line, open_address, uri
from syndicate.pages import escaped
from syndicate.strings import COARSE

DESCRIPTION, MOST_PICTURES = 300, 5
LOCALES = {"en": "en_US", "zh": "zh_CN", "zh-Hans": "zh_CN", "zh-Hant": "zh_TW"}
# A data block is not a script: the policy that forbids scripts does not concern it.
DATA = '<script type="application/ld+json">{}</script>'

HARMLESS = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&'\u2028\u2029"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """An article as machines are told of it: all of it may be shown, addresses are absolute."""

    article: Article
    base_url: str
    address: str
    title: str
    summary: str
    publisher: str
    publisher_url: str
    site_name: str
    published: str
    modified: str
    original: str
    authors: Sequence[str]
    pictures: Sequence[str]
    topics: Sequence[str]


def described(
    article: Article, *, base_url: str, source: Source | None, topics: Sequence[Topic], site_name: str
) -> Described:
    """What may be told of an article."""
    # The pictures that we keep are public only where all of an article is.
    whole = addressed(article, base_url) if article.republish in (None, "full") else None
    summary = clipped(line(as_allowed(article, "summary").summary), DESCRIPTION)
    language = "zh" if article.language == "zh" else "en"
    site = source.site_url if source else None
    return Described(
        article=article,
        base_url=base_url,
        address=base_url + article.address,
        title=line(article.title) or summary[:80],
        summary=summary,
        publisher=line(source.name(language)) if source else article.source,
        publisher_url=open_address(site) if is_web(site) else f"{base_url}/source/{quoted(article.source)}",
        site_name=site_name,
        published=stated(article.published, article.published_precision),
        modified=timestamp(article.stored) if article.stored and article.revision > 1 else "",
        original=open_address(article.url) if is_web(article.url) else "",
        authors=distinct(article.authors),
        pictures=[uri(image.url) for image in (whole.images if whole else ()) if is_web(image.url)][
            :MOST_PICTURES
        ],
        topics=[line(topic.name(language)) for topic in topics],
    )


def stated(when: datetime | None, precision: str | None) -> str:
    """A time as exactly as it is known."""
    if when is None:
        return ""
    known = COARSE.get(precision or "")
    return when.date().isoformat()[:known] if known else timestamp(when)


def head(found: Described) -> list[str]:
    """The lines of the head of an article's page."""
    return [*links(found), *metas(found), DATA.format(data(found))]


def links(found: Described) -> list[str]:
    """Its one address, its versions in other languages, and what else it is served as."""
    article = found.article
    lines = [f'<link rel="canonical" href="{escaped(found.address)}">']
    for other in filter(attrgetter("is_vouched"), article.translations):
        address = escaped(found.base_url + other.address)
        tag = f"{other.language}-{other.script}" if other.script else other.language
        lines.append(f'<link rel="alternate" hreflang="{escaped(tag)}" href="{address}">')
    forms = {
        ".json": "application/json",
        ".txt": "text/plain",
        **{name: mime for name, (mime, _) in CITED.items()},
    }
    lines += [
        f'<link rel="alternate" type="{mime}" href="{article.address}{suffix}">'
        for suffix, mime in forms.items()
    ]
    if is_web(article.licence):
        lines.append(f'<link rel="license" href="{escaped(article.licence or "")}">')
    asked = f"{found.base_url}/oembed?url={quote(found.address, safe='')}"
    return lines + [
        f'<link rel="alternate" type="{mime}+oembed" href="{escaped(f"{asked}&format={name}")}"'
        f' title="{escaped(found.title)}">'
        for name, mime in (("json", "application/json"), ("xml", "text/xml"))
    ]


def metas(found: Described) -> list[str]:
    """Highwire's words and those of Dublin Core, by which Zotero and others cite, and OpenGraph's."""
    article = found.article
    tag = article.tag if article.language != "und" else ""
    day = found.published[:10]
    cited = [
        ("description", found.summary),
        ("citation_title", found.title),
        *(("citation_author", author) for author in found.authors),
        ("citation_publication_date", day.replace("-", "/")),
        ("citation_language", tag),
        ("citation_publisher", found.publisher),
        ("citation_public_url", found.address),
        ("DC.type", "Text"),
        ("DC.title", found.title),
        *(("DC.creator", author) for author in found.authors),
        ("DC.date", day),
        ("DC.language", tag),
        ("DC.publisher", found.publisher),
        ("DC.identifier", found.address),
        ("DC.source", found.original),
        ("DC.rights", line(article.rights)),
        *(("DC.subject", topic) for topic in found.topics),
    ]
    shared = [
        ("og:type", "article"),
        ("og:title", found.title),
        ("og:url", found.address),
        ("og:site_name", found.site_name),
        ("og:description", found.summary),
        ("og:locale", LOCALES.get(tag, "")),
        *(("og:image", picture) for picture in found.pictures),
        ("article:published_time", found.published if len(found.published) >= COARSE["day"] else ""),
        ("article:modified_time", found.modified),
        *(("article:author", author) for author in found.authors),
        *(("article:section", topic) for topic in found.topics[:1]),
        *(("article:tag", topic) for topic in found.topics),
    ]
    lines = [f'<meta name="{name}" content="{escaped(value)}">' for name, value in cited if value]
    return lines + [f'<meta property="{name}" content="{escaped(value)}">' for name, value in shared if value]


def data(found: Described) -> str:
    """The article as schema.org has it, in JSON-LD that ends no element."""
    article = found.article
    licence = open_address(article.licence) if is_web(article.licence) else ""
    said: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": article.id,
        "url": found.address,
        "mainEntityOfPage": found.address,
        "headline": found.title,
        "description": found.summary,
        "inLanguage": article.tag if article.language != "und" else "",
        "datePublished": found.published,
        "dateModified": found.modified,
        "author": [{"@type": "Person", "name": author} for author in found.authors],
        "publisher": {"@type": "Organization", "name": found.publisher, "url": found.publisher_url},
        "isBasedOn": found.original,
        "archivedAt": found.address,
        "sdPublisher": {"@type": "Organization", "name": found.site_name, "url": f"{found.base_url}/"},
        "image": list(found.pictures),
        "license": licence,
        "copyrightNotice": line(article.rights),
        "about": [{"@type": "Thing", "name": topic} for topic in found.topics],
        # Which of two versions was written first is not known, so that each names the other.
        "workTranslation": [
            {
                "@type": "NewsArticle",
                "@id": other.id,
                "url": found.base_url + other.address,
                "headline": line(other.title),
                "inLanguage": f"{other.language}-{other.script}" if other.script else other.language,
            }
            for other in filter(attrgetter("is_vouched"), article.translations)
        ],
    }
    text = json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)
    return text.translate(HARMLESS)
