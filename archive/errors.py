"""Everything this service raises on purpose; the parent tells the caller what to do.

* ServiceError            its text is a sentence for the person: what failed, and what to do
  - UsageError            the caller asked for something that makes no sense: exit 2, HTTP 400
    - SettingsError       a setting is wrong or unknown
    - QueryError          a search goes over a limit
    - KeyReused           an Idempotency-Key came with another message before: HTTP 422
  - NotFound              no such article, source or topic: exit 1, HTTP 404
  - SourceError           one upstream source or input failed; note it and go on with the others
    - FetchError          it could not be read over the network
      - Resting           its server asked to be left alone for now; nobody was asked
  - ArchiveError          the archive cannot do its work: stop, nothing was acknowledged
    - Busy                another process holds the lock; try again
    - Damaged             what is stored is not what was stored
  - IndexUnavailable      the index cannot answer now: HTTP 503 with Retry-After; lists go on without it
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime


class ServiceError(Exception):
    """Root of all errors a caller may want to tell the person about."""


class UsageError(ServiceError):
    """The caller asked for something that makes no sense.

    ``key`` is that of the sentence (archive.mistakes), which pages say in their own language with ``values``.
    """

    def __init__(self, text: str, *, key: str = "", values: Mapping[str, object] | None = None) -> None:
        super().__init__(text)
        self.key, self.values = key, values or {}


class SettingsError(UsageError):
    """A setting is wrong, or unknown; the text names it and the nearest known one."""


class QueryError(UsageError):
    """A search goes over a limit; the text names the limit."""


class KeyReused(UsageError):
    """An Idempotency-Key came with another message before."""


class Crowded(UsageError):
    """Too much of this waits already."""


class NotFound(ServiceError):
    """No such article, source or topic."""


class SourceError(ServiceError):
    """One upstream source or input failed."""


class FetchError(SourceError):
    """It could not be read over the network."""


class Resting(FetchError):
    """A server asked that its domain be left alone until then; it was not asked."""

    def __init__(self, domain: str, until: datetime) -> None:
        super().__init__(f"not asked: {domain} asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC")
        self.domain, self.until = domain, until


class ArchiveError(ServiceError):
    """The archive cannot do its work."""


class Busy(ArchiveError):
    """Another process holds the lock."""


class Damaged(ArchiveError):
    """What is stored is not what was stored."""


class IndexUnavailable(ServiceError):
    """The index cannot answer now."""
