"""Who is signed in at the desk. Sessions live in memory, as hashes: a restart ends them all."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from threading import Lock

from archive.model import sha256


class Editors:
    """The sessions of editors, each of one token and of half a day; of too many the oldest end."""

    LONGEST = timedelta(hours=12)
    MOST = 200

    def __init__(self) -> None:
        self._lock = Lock()
        self._sessions: dict[str, tuple[int, datetime]] = {}

    def open(self, token: int, now: datetime) -> str:
        """Begin a session; what the browser has to show."""
        shown = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions[digest(shown)] = token, now + self.LONGEST
            if len(self._sessions) > self.MOST:
                del self._sessions[next(iter(self._sessions))]
        return shown

    def token(self, shown: str, now: datetime) -> int | None:
        """The token of a session; None when there is no such session, or no longer."""
        token, end = self._sessions.get(digest(shown), (None, now))
        return token if end > now else None

    def close(self, shown: str) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(digest(shown), None)


def digest(shown: str) -> str:
    """What is kept of a session; strangers may show anything, also what is no text."""
    return sha256(shown.encode("utf-8", "replace"))
