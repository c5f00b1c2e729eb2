"""The archive as JSON lines: complete, one object per article or revision (docs/export.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from archive.articles import every
from archive.database import Database
from archive.model import Article, plain, timestamp


def export(database: Database, *, base_url: str, all_revisions: bool = False) -> Iterator[str]:
    """A line per article in the order of ids; the whole archive, withdrawn and embargoed articles too."""
    for article in every(database, all_revisions=all_revisions):
        yield json.dumps(record(article, base_url), ensure_ascii=False)


def record(article: Article, base_url: str) -> dict[str, object]:
    """An article with every field; absent values are null, lists never."""
    return {
        "id": article.id,
        "key": article.id,
        "seq": article.seq,
        "rev": article.revision,
        "sha": article.sha,
        "address": base_url + article.address,
        "source": article.source,
        "guid": article.guid,
        "url": article.url,
        "language": article.language,
        "script": article.script,
        "title": article.title,
        "summary": article.summary or None,
        "body": article.text,
        "html": article.html or None,
        "authors": list(article.authors),
        "published": stamp(article.published),
        "published_raw": article.published_raw,
        "published_precision": article.published_precision,
        "updated": stamp(article.updated),
        "first_seen": stamp(article.first_seen),
        "topics": list(article.topics),
        "categories": list(article.categories),
        "enclosures": [plain(enclosure) for enclosure in article.enclosures],
        "images": [plain(image) for image in article.images],
        "translations": translations(article, base_url),
        "editor": article.editor,
        "corrections": corrections(article),
        "rights": article.rights,
        "licence": article.licence,
        "republish": article.republish,
        "embargo": stamp(article.embargo),
        "note": article.note,
        "withdrawn": withdrawn(article),
    }


def translations(article: Article, base_url: str) -> list[dict[str, object]]:
    """The other versions of a story."""
    return [
        {
            "id": other.id,
            "language": other.language,
            "title": other.title,
            "address": base_url + other.address,
            "state": other.state,
        }
        for other in article.translations
    ]


def corrections(article: Article) -> list[dict[str, str]]:
    """What people put right and still holds."""
    return [
        {
            "field": each.field,
            "value": each.value,
            "reason": each.reason,
            "by": each.by,
            "when": timestamp(each.when),
        }
        for each in article.corrections
    ]


def withdrawn(article: Article) -> dict[str, object] | None:
    """The record of a withdrawal."""
    if article.withdrawn is None:
        return None
    return {
        "when": timestamp(article.withdrawn.when),
        "reason": article.withdrawn.reason,
        "by": article.withdrawn.by,
    }


def stamp(when: datetime | None) -> str | None:
    """A time, or null."""
    return timestamp(when) if when else None
