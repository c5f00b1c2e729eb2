"""JSON Feed 1.1; ``_archive`` holds what the archive knows beyond it, so that feed and API are one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from archive.export import translations
from archive.model import Article, timestamp
from archive.reading.clean import permitted
from syndicate.formats.files import files, illustrated, picture
from syndicate.formats.fragments import Fragments
from syndicate.formats.texts import (
    cut_title,
    distinct,
    is_web,
    line,
    people,
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


def render(feed: Feed, kept: Fragments | None = None) -> bytes:
    """The document, an item a line, of items that were written before where they are kept."""

    def written(new: Sequence[Article]) -> list[bytes]:
        return [dumped(item(feed, article)) for article in new]

    items = (kept or Fragments()).entries("json", feed, written)
    return dumped(shell(feed)).removesuffix(b"}") + b', "items": [\n' + b",\n".join(items) + b"\n]}\n"


def dumped(value: Mapping[str, Any]) -> bytes:
    """A value as JSON on one line: line ends in texts are escaped."""
    return json.dumps(value, ensure_ascii=False).encode()


def shell(feed: Feed) -> dict[str, Any]:
    """All but the items. Deletions stand beside them, lest a reader takes one for an empty article."""
    deleted = {article.id: deletion(article) for article in feed.articles if article.withdrawn}
    topics = [feed.topics[id] for id in feed.about if id in feed.topics]
    facts = {
        "id": feed.id,
        "updated": timestamp(feed.updated),
        "archive": feed.is_archive,
        "current": feed.current,
        "prev_archive": feed.previous,
        "topics": [{"id": each.id, "en": each.en, "zh": each.zh} for each in topics],
    }
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": line(feed.title),
        "home_page_url": feed.page_url,
        "feed_url": feed.self_url,
        **stated({"description": line(feed.description)}),
        "language": feed.language,
        **stated({"hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else None}),
        "_archive": {**stated(facts), **(feed.facts or {})},
        **stated({"_deleted": deleted}),
    }


def item(feed: Feed, article: Article) -> dict[str, Any]:
    """One article; either form of its text is required, so one without any has an empty one."""
    content, summary = illustrated(article), line(article.summary)
    image, when = picture(feed, article, content), published(article)
    facts = {
        "external_url": uri(article.url) if is_web(article.url) else None,
        "summary": summary,
        "image": image.url if image else None,
        "banner_image": image.url if image and "<img" not in content else None,
        "date_published": timestamp(when) if when else None,
        "date_modified": timestamp(stored(article)),
        "authors": [{"name": author} for author in people(article)],
        "tags": distinct([*topic_names(feed, article).values(), *article.categories]),
        "language": article.tag,
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
        "guid": permitted(article.guid) if article.guid else None,
        "source": article.source,
        "revision": article.revision,
        "sha256": article.sha,
        "published_precision": article.published_precision,
        "topics": list(article.topics),
        **feed.marks.get(article.id, {}),
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
                "url": file.url,
                "mime_type": file.type or "application/octet-stream",
                "size_in_bytes": file.length,
            }
        )
        for file in files(article)
    ]


def stated(values: dict[str, Any]) -> dict[str, Any]:
    """Only what there is."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
