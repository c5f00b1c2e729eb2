"""A subscriber on a loopback address (W3C WebSub), and the hub that it subscribes at, web and worker."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from factories import TOPICS, put_all
from feed_server import Answer, Asked, FeedServer
from web_client import Reply, ask

from archive.database import Database
from archive.model import Article, Topic
from archive.settings import Fetch, Settings, Site
from index import follow, open_index
from syndicate.feeds import feeds_of
from syndicate.news import News
from syndicate.push import Push
from syndicate.web import make_app
from syndicate.worker import keep_pushing

BASE = "https://archive.example"
FORM = "application/x-www-form-urlencoded"


class Subscriber(FeedServer):
    """Confirms the modes and topics that are ``wanted``, and answers news as scripted, else with thanks."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: set[tuple[str, str]] = set()

    def next_answer(self, path: str) -> Answer:
        """The challenge of what is wanted; for news, what the path was scripted with."""
        said = parameters(path)
        if path in self.scripts:
            return super().next_answer(path)
        if "hub.challenge" not in said:
            return Answer(status=204)
        is_wanted = (said["hub.mode"], said["hub.topic"]) in self.wanted
        return Answer(body=said["hub.challenge"].encode()) if is_wanted else Answer(status=404)

    def questions(self) -> list[dict[str, str]]:
        """What the hub asked, or told without content."""
        with self.lock:
            return [parameters(each.path) for each in self.asked if each.method == "GET"]

    def news(self, path: str | None = None) -> list[Asked]:
        """The content that the hub brought, to one path or to all."""
        with self.lock:
            return [each for each in self.asked if each.method == "POST" and path in (None, each.path)]


class Hub:
    """An archive behind the web, and the worker's outgoing side while it runs."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        *subscribers: FeedServer,
        topics: tuple[Topic, ...] = TOPICS,
    ) -> None:
        self.database, self.folder = database, folder
        self.settings = Settings(
            data=folder,
            site=Site(base_url=BASE),
            fetch=Fetch(allow=tuple(each.address for each in subscribers)),
            topics=topics,
        )
        self.follow()
        index = open_index(folder / "index")
        self.app = make_app(database=database, index=index, settings=self.settings)

    def put(self, *entries: Article) -> None:
        """Take articles in."""
        with self.database.writing() as transaction:
            put_all(transaction, *entries)

    def follow(self) -> None:
        """Let the index catch up."""
        follow(self.database, self.folder / "index")

    def ask(self, said: dict[str, str]) -> Reply:
        """Ask the hub for something."""
        return ask(self.app, "/hub", "POST", urlencode(said).encode(), CONTENT_TYPE=FORM)

    def subscribe(self, callback: str, topic: str, mode: str = "subscribe", **said: str) -> Reply:
        """Ask the hub to subscribe a callback; ``said`` are more of its parameters."""
        more = {f"hub.{name}": text for name, text in said.items()}
        return self.ask({"hub.mode": mode, "hub.callback": callback, "hub.topic": topic, **more})

    def read(self, topic: str) -> Reply:
        """The feed of a topic, as whoever asks for it gets it."""
        return ask(self.app, topic.removeprefix(BASE))

    @contextmanager
    def pushing(self) -> Iterator[None]:
        """The outgoing side, running."""
        stop = threading.Event()
        index = open_index(self.folder / "index")

        def push() -> Push:
            feeds = feeds_of(self.database, index, self.settings)
            return Push(self.database, News(feeds, BASE), self.settings.fetch)

        running = threading.Thread(target=keep_pushing, args=(self.database, push, stop))
        running.start()
        try:
            yield
        finally:
            stop.set()
            running.join()
            index.close()

    def active(self) -> int:
        """How many subscriptions there are."""
        return len(self.database.read("SELECT 1 FROM subscription"))

    def unconfirmed(self) -> int:
        """How many wait to be confirmed."""
        return len(self.database.read("SELECT 1 FROM intent"))

    def deliveries(self) -> list[tuple[str, int]]:
        """The states of all deliveries, and how often each was tried in vain."""
        rows = self.database.read("SELECT state, attempts FROM delivery ORDER BY id")
        return [(row["state"], row["attempts"]) for row in rows]

    def make_due(self) -> None:
        """Let all time pass that deliveries and questions wait for."""
        with self.database.writing() as transaction:
            for table in ("delivery", "intent"):
                transaction.run(f"UPDATE {table} SET due = '2000-01-01T00:00:00Z'")


def parameters(path: str) -> dict[str, str]:
    """The parameters of an address."""
    return dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))


def signature(secret: str, body: bytes) -> str:
    """What a hub signs a body with."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def wait_for(holds: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.01)
