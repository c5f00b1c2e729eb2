"""What tests of polling share: an archive that polls a server, and time that passes for it at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from factories import RULES
from feed_server import Answer, FeedServer

from archive.database import Database
from archive.model import timestamp
from archive.pace import Pace
from archive.polls import Poll, polls
from archive.refresh import refresh
from archive.sandbox import Sandbox
from archive.settings import Fetch, Settings
from archive.sources import add
from archive.take import InputLine, Taking

BRISK = Pace(apart=0, connect=2)


def feed(*titles: str, extra: str = "") -> bytes:
    """A feed of items."""
    items = "".join(
        f"<item><guid>{title}</guid><title>{title}</title><description>Text.</description></item>"
        for title in titles
    )
    return f'<rss version="2.0"><channel><title>News</title>{extra}{items}</channel></rss>'.encode()


class Reader:
    """An archive that polls a server, and time that passes for it at once."""

    def __init__(self, database: Database, sandbox: Sandbox, server: FeedServer) -> None:
        self.database, self.server = database, server
        fetch = Fetch(allow=(server.address,), timeout=2)
        self.taking = Taking(
            database=database,
            parsing=sandbox,
            rules=RULES,
            config=Settings(data=Path("unused"), fetch=fetch),
        )

    def add(self, path: str, *answers: Answer, id: str | None = None) -> str:
        """Subscribe to a path that answers so; the id of the source."""
        url = self.server.answer(path, *answers) if answers else self.server.url(path)
        return add(self.database, url, id=id or path.strip("/"), now=datetime.now(UTC)).id

    def poll(self, *only: str) -> list[InputLine]:
        """Poll these, or all; the line of each."""
        lines = refresh(self.taking, only=only, everything=not only, pace=BRISK)
        return [each for each in lines if isinstance(each, InputLine)]

    def told(self, *only: str) -> tuple[str, str]:
        """Poll one source; the result and the detail of its last line."""
        line = self.poll(*only)[-1]
        return line.result, line.detail or ""

    def kept(self, id: str) -> Poll:
        """What is kept about polling a source."""
        return next(each for each in polls(self.database) if each.source == id)

    def pass_time(self, **span: float) -> None:
        """Move all that is remembered into the past."""
        names = ("polled", "succeeded", "moved_since", "gone_since")
        for each in polls(self.database):
            moved = {
                name: timestamp(when - timedelta(**span)) if (when := getattr(each, name)) else None
                for name in names
            }
            with self.database.writing() as transaction:
                transaction.run(
                    f"UPDATE poll SET {', '.join(f'{name} = :{name}' for name in names)} WHERE source = :id",
                    id=each.source,
                    **moved,
                )
