"""The formats of published feeds: each a module with ``MIME`` and ``render(feed) -> bytes``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from syndicate.formats import atom, jsonfeed, rss

if TYPE_CHECKING:
    from syndicate.composing import Feed
    from syndicate.formats.fragments import Fragments


class Format(Protocol):
    """One way to write a feed; equal feeds give equal bytes."""

    MIME: str

    def render(self, feed: Feed, kept: Fragments | None = None) -> bytes:
        """The whole document, the same with entries that are kept as without."""


FORMATS: dict[str, Format] = {"atom": atom, "rss": rss, "json": jsonfeed}
