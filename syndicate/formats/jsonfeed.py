"""JSON Feed 1.1; ``_archive`` holds what the archive knows beyond it, so that feed and API are one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from archive.clean import clean_line
from archive.model import Article, timestamp
from syndicate.formats import extension as ours

if TYPE_CHECKING:
    from syndicate.feeds import Feed

MIME = "application/feed+json"


def render(feed: Feed) -> bytes:
    """The document."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean_line(feed.title),
        "home_page_url": feed.page_url,
        "feed_url": feed.self_url,
        "language": feed.language,
        "_archive": stated(
            {
                "id": feed.id,
                "updated": timestamp(feed.updated),
                "archive": feed.is_archive,
                "current": feed.current,
                "prev_archive": feed.previous,
                **(feed.facts or {}),
            }
        ),
        "items": [deletion(each) if each.withdrawn else item(feed, each) for each in feed.articles],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def item(feed: Feed, article: Article) -> dict[str, Any]:
    """One article."""
    content = ours.content_of(article)
    source = feed.sources.get(article.source)
    image = next((image.url for image in article.images if ours.is_web(image.url)), None)
    return {
        "id": article.id,
        "url": feed.base_url + article.address,
        "title": ours.title_of(article),
        **({"content_html": content} if content else {"content_text": article.summary}),
        **stated(
            {
                "external_url": article.url if ours.is_web(article.url) else None,
                "summary": clean_line(article.summary),
                "image": image,
                "date_published": timestamp(ours.published(article)),
                "date_modified": timestamp(ours.stored(article)),
                "authors": [{"name": clean_line(author)} for author in article.authors],
                "tags": [*topic_names(feed, article), *article.categories],
                "language": article.tag if article.language != "und" else None,
                "attachments": attachments(article),
                "_source": stated({"title": source.title, "url": source.url, "id": source.id})
                if source
                else None,
                "_rights": stated({"rights": article.rights, "licence": article.licence}),
            }
        ),
        "_archive": {
            "id": article.id,
            "guid": article.guid,
            "source": article.source,
            "revision": article.revision,
            "sha256": article.sha,
            "topics": list(article.topics),
            "translations": [
                {
                    "id": other.id,
                    "language": other.language,
                    "title": other.title,
                    "address": feed.base_url + other.address,
                    "state": other.state,
                }
                for other in article.translations
            ],
        },
    }


def deletion(article: Article) -> dict[str, Any]:
    """A withdrawn article: its id, and when it was withdrawn."""
    when = timestamp(article.withdrawn.when) if article.withdrawn else None
    return {"id": article.id, "content_text": "", "_deleted": {"when": when}}


def attachments(article: Article) -> list[dict[str, Any]]:
    """What belongs to an article; the type is required there, the length is given where it is true."""
    return [
        stated(
            {
                "url": enclosure.url,
                "mime_type": enclosure.type or "application/octet-stream",
                "size_in_bytes": enclosure.length,
            }
        )
        for enclosure in article.enclosures
    ]


def topic_names(feed: Feed, article: Article) -> list[str]:
    """The topics by name, in the article's language."""
    language = "zh" if article.language == "zh" else "en"
    return [feed.topics[id].name(language) for id in article.topics if id in feed.topics]


def stated(values: dict[str, Any]) -> dict[str, Any]:
    """Only what there is."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
