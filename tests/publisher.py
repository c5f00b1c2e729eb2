"""The whole web application on a loopback address, with an archive that a test changes while readers poll."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from types import TracebackType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from factories import TERMS, TOPICS, source

from archive.articles import withdraw
from archive.database import Database
from archive.model import Article
from archive.put import put
from archive.settings import Settings, Site
from archive.sources import settle
from index import Index, follow, open_index
from syndicate.web import make_app


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A request that a reader made, and the code it was answered with."""

    path: str
    headers: Mapping[str, str]
    code: int

    @property
    def has_validator(self) -> bool:
        """Whether only what is new was asked for."""
        return "HTTP_IF_NONE_MATCH" in self.headers or "HTTP_IF_MODIFIED_SINCE" in self.headers


class Server(ThreadingMixIn, WSGIServer):
    """Answers several readers at a time."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing of its requests."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class Publisher:
    """Serves an archive; ``polled`` is every request since the last ``forget``."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.polled: list[Polled] = []
        self._folder = folder
        self._server = make_server("127.0.0.1", 0, self._answer, server_class=Server, handler_class=Quiet)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        settings = Settings(data=folder, site=Site(base_url=self.address), topics=TOPICS)
        follow(database, folder / "index")
        self._index: Index = open_index(folder / "index")
        self._app = make_app(database=database, index=self._index, settings=settings)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Publisher:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
        self._index.close()

    def put(self, *entries: Article) -> tuple[str, ...]:
        """Put articles of one source, and let the index follow; their ids."""
        now = datetime.now(UTC)
        with self.database.writing() as transaction:
            settle(transaction, source(), now)
            stored = put(
                transaction,
                tuple(replace(entry, source="example") for entry in entries),
                replace(TERMS, now=now),
            )
        follow(self.database, self._folder / "index")
        return tuple(each.article.id for each in stored)

    def withdraw(self, id: str) -> None:
        """Take an article out of publication."""
        withdraw(self.database, [id], reason="asked to", person="test", now=datetime.now(UTC))
        follow(self.database, self._folder / "index")

    def forget(self) -> None:
        """Begin a new list of requests."""
        self.polled.clear()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            asked = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
            self.polled.append(Polled(path=environ["PATH_INFO"], headers=asked, code=int(status[:3])))
            return start(status, headers, error)

        return self._app(environ, begin)
