"""A small archive behind the whole web application, called without a server."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from factories import TOPICS, put_all

from archive.database import Database
from archive.model import Article, Topic
from archive.settings import Server, Settings, Site
from index import follow, open_index
from syndicate.guard import Application
from syndicate.web import make_app

SITE = Site(base_url="https://archive.example", timezone="Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back; headers by their names in title case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


def application(
    database: Database,
    folder: Path,
    *entries: Article,
    site: Site = SITE,
    rate: int = 0,
    topics: tuple[Topic, ...] = TOPICS,
) -> Application:
    """An application on an archive with some articles, and its index."""
    if entries:
        with database.writing() as transaction:
            put_all(transaction, *entries)
    follow(database, folder / "index")
    settings = Settings(data=folder, site=site, server=Server(rate=rate), topics=topics)
    return make_app(database=database, index=open_index(folder / "index"), settings=settings)


def ask(app: Application, address: str, method: str = "GET", body: bytes = b"", /, **environ: str) -> Reply:
    """A request, as a server hands it on (PEP 3333)."""
    path, _, query = address.partition("?")
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], error: object = None) -> None:
        said.append((status, headers))

    given = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.encode().decode("latin-1"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        **({"CONTENT_LENGTH": str(len(body))} if body else {}),
        **environ,
    }
    answer = b"".join(app(given, start))
    status, headers = said[-1]
    names = [name.title() for name, _ in headers if name != "Set-Cookie"]
    assert len(set(names)) == len(names), "a header is sent twice"
    return Reply(
        status=int(status.split()[0]), headers={name.title(): value for name, value in headers}, body=answer
    )
