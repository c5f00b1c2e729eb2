"""JSON Feed 1.1; ``_archive`` holds what the archive knows beyond it, so that feed and API are one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from archive.export import translations
from archive.model import Article, timestamp
from syndicate.formats.texts import (
    content_of,
    cut_title,
    distinct,
    is_media_type,
    is_web,
    line,
    published,
    source_address,
    source_title,
    stored,
    title_of,
    topic_names,
    uri,
)

if TYPE_CHECKING:
    from syndicate.composing import Feed

MIME = "application/feed+json"


def render(feed: Feed) -> bytes:
    """The document. Deletions stand beside the items, lest a reader takes one for an empty article."""
    deleted = {article.id: deletion(article) for article in feed.articles if article.withdrawn}
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": line(feed.title),
        "home_page_url": feed.page_url,
        "feed_url": feed.self_url,
        "language": feed.language,
        "_archive": {
            **stated(
                {
                    "id": feed.id,
                    "updated": timestamp(feed.updated),
                    "archive": feed.is_archive,
                    "current": feed.current,
                    "prev_archive": feed.previous,
                }
            ),
            **(feed.facts or {}),
        },
        **stated({"_deleted": deleted}),
        "items": [item(feed, article) for article in feed.articles if not article.withdrawn],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def item(feed: Feed, article: Article) -> dict[str, Any]:
    """One article; either form of its text is required, so one without any has an empty one."""
    content, summary = content_of(article), line(article.summary)
    facts = {
        "external_url": uri(article.url) if is_web(article.url) else None,
        "summary": summary,
        "image": next((uri(image.url) for image in article.images if is_web(image.url)), None),
        "date_published": timestamp(published(article)),
        "date_modified": timestamp(stored(article)),
        "authors": [{"name": author} for author in distinct(article.authors)],
        "tags": distinct([*topic_names(feed, article).values(), *article.categories]),
        "language": article.tag if article.language != "und" else None,
        "attachments": attachments(article),
        "_source": origin(feed, article),
        "_rights": stated({"rights": line(article.rights), "licence": line(article.licence)}),
    }
    return {
        "id": article.id,
        "url": feed.base_url + article.address,
        "title": title_of(article),
        **({"content_html": content} if content else {"content_text": summary}),
        **stated(facts),
        "_archive": record(feed, article),
    }


def record(feed: Feed, article: Article) -> dict[str, Any]:
    """What the archive knows of an article."""
    return {
        "id": article.id,
        "guid": article.guid,
        "source": article.source,
        "revision": article.revision,
        "sha256": article.sha,
        "topics": list(article.topics),
        "translations": [
            {**other, "title": cut_title(str(other["title"]))}
            for other in translations(article, feed.base_url)
        ],
    }


def origin(feed: Feed, article: Article) -> dict[str, Any] | None:
    """Where an article comes from."""
    source = feed.sources.get(article.source)
    if source is None:
        return None
    return {"id": source.id, "title": source_title(source), "url": source_address(source, feed.base_url)}


def deletion(article: Article) -> dict[str, Any]:
    """When and why an article was withdrawn."""
    gone = article.withdrawn
    return stated({"when": timestamp(gone.when), "reason": line(gone.reason)}) if gone else {}


def attachments(article: Article) -> list[dict[str, Any]]:
    """What belongs to an article; the type is required there, the length is given where it is true."""
    return [
        stated(
            {
                "url": uri(enclosure.url),
                "mime_type": enclosure.type if is_media_type(enclosure.type) else "application/octet-stream",
                "size_in_bytes": enclosure.length,
            }
        )
        for enclosure in article.enclosures
        if is_web(enclosure.url)
    ]


def stated(values: dict[str, Any]) -> dict[str, Any]:
    """Only what there is."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
