"""Written entries of feeds, kept by all that they depend on, so that each revision is written once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

from archive.model import Article

if TYPE_CHECKING:
    from syndicate.composing import Feed

MOST_BYTES = 32 << 20
KEY_BYTES = 2_000  # about what a key and its place take
Write = Callable[[Sequence[Article]], list[bytes]]


class Fragments:
    """Entries as bytes, the least used dropped first. Threads may share it; two may write the same entry."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._guard = threading.Lock()
        self._left = most_bytes

    def entries(self, format: str, feed: Feed, write: Write) -> list[bytes]:
        """The entries of a feed in their order; those not kept are written, all at once."""
        shown = [article for article in feed.articles if not article.withdrawn]
        keys = [key(format, feed, article) for article in shown]
        found = self._found(keys)
        new = {key: article for key, article in zip(keys, shown, strict=True) if key not in found}
        if new:
            made = dict(zip(new, write(list(new.values())), strict=True))
            found.update(made)
            self._keep(made)
        return [found[key] for key in keys]

    def _found(self, keys: Sequence[Hashable]) -> dict[Hashable, bytes]:
        """What is kept of some."""
        with self._guard:
            found = {key: self._kept[key] for key in keys if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        return found

    def _keep(self, made: dict[Hashable, bytes]) -> None:
        """Remember some, and forget others until all fit."""
        with self._guard:
            for key, entry in made.items():
                if key not in self._kept:
                    self._kept[key] = entry
                    self._left -= len(entry) + KEY_BYTES
            while self._left < 0 and self._kept:
                self._left += len(self._kept.popitem(last=False)[1]) + KEY_BYTES


def key(format: str, feed: Feed, article: Article) -> Hashable:
    """All that an entry depends on; its texts by their hashes, as stored and as much of them as is shown."""
    source = feed.sources.get(article.source)
    topics = [(id, feed.topics.get(id)) for id in article.topics]
    return (
        (format, feed.base_url, article.id, article.sha, article.revision, article.address, article.title),
        (hash(article.html), hash(article.text), article.summary),
        (article.language, article.script, article.url, article.guid, article.rights, article.licence),
        (article.published, article.published_precision, article.first_seen, article.stored, article.authors),
        (article.enclosures, article.images, tuple(feed.types.get(i.sha256 or "") for i in article.images)),
        (article.source, source and (source.title, source.url)),
        tuple((id, topic and (topic.en, topic.zh)) for id, topic in topics),
        article.translations,
        repr(feed.marks.get(article.id)),
    )


def divided(document: bytes, start: bytes, end: bytes) -> list[bytes]:
    """The entries of a document; texts are escaped, so that nothing else looks like the end of one."""
    first = document.index(start)
    return [entry + end for entry in document[first:].split(end)[:-1]]
