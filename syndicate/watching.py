"""What machines ask for beside articles: our files, kept pictures, how the service does, what it offers."""

from __future__ import annotations

import json
from http import HTTPStatus as Code

from archive import pictures
from archive.errors import NotFound
from archive.model import Selection
from archive.reading import figures
from syndicate import reader
from syndicate.formats.texts import line
from syndicate.list_page import total
from syndicate.machines import METRICS, OPENSEARCH, Static, metrics, readiness
from syndicate.pages import escaped
from syndicate.policy import ALONE, CLOSED, HEADERS, OPEN
from syndicate.reply import YEAR, Environ, Reply, Route, machine, pairs
from syndicate.speaking import Speaking
from syndicate.subscribers import Subscribers


class Watching:
    """The answers to machines."""

    def __init__(self, speaking: Speaking, static: Static, subscribers: Subscribers) -> None:
        self._speaking = speaking
        self._pages = speaking.pages
        self._static = static
        self._subscribers = subscribers

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        shown = (
            ("/opensearch.xml", self.opensearch),
            ("/healthz", lambda environ: machine("ok\n", "text/plain")),
            ("/readyz", self.readyz),
            ("/metrics", self.metrics),
            ("/static/<name>", self.static_file),
            ("/picture/<sha:re:[0-9a-f]{64}>", self.picture),
        )
        return tuple(("GET", path, answer) for path, answer in shown)

    def opensearch(self, environ: Environ) -> Reply:
        """How a browser searches here."""
        site, base = self._pages.settings.site, self._pages.settings.base_url
        name = line(f"{site.title} {site.title_zh}")
        short, long = (escaped(name[:most].strip()) for most in (16, 48))
        text = OPENSEARCH.format(name=short, long_name=long, base=escaped(base))
        return machine(text, "application/opensearchdescription+xml")

    def readyz(self, environ: Environ) -> Reply:
        """Whether archive and index open, and how many changes the index is behind."""
        most = reader.params(environ).get("max_behind", [""])[-1]
        said, is_good = readiness(self._pages.database, self._pages.index, most)
        code = Code.OK if is_good else Code.SERVICE_UNAVAILABLE
        return machine(json.dumps(said), "application/json", code=code)

    def metrics(self, environ: Environ) -> Reply:
        """Numbers for whoever watches over the service."""
        counted = total(self._pages, Selection())
        counts = self._subscribers.counts()
        vectors = self._pages.settings.data / "vectors"
        said = metrics(self._pages.database, self._pages.index, counted, counts, vectors)
        return machine(said, METRICS)

    def static_file(self, environ: Environ, name: str) -> Reply:
        """A file of ours; its name holds its hash, so it may be kept for ever."""
        body, mime = self._static.file(name)
        known = {"Content-Type": mime, "Cache-Control": f"public, max-age={YEAR}, immutable"}
        return Reply(body=body, headers=pairs(known, HEADERS, CLOSED))

    def picture(self, environ: Environ, sha: str) -> Reply:
        """A picture that a public article shows; kept by others for an hour, in case it is withdrawn."""
        body = pictures.public(self._pages.database, sha)
        kind = figures.type_of(body) if body else None
        if body is None or kind is None:
            raise NotFound(f"/picture/{sha}: no such picture")
        tag = f'"{sha}"'
        known = {"ETag": tag, "Cache-Control": "public, max-age=3600, immutable", **HEADERS, **OPEN, **ALONE}
        if reader.has(environ, tag):
            return Reply(code=Code.NOT_MODIFIED, headers=pairs(known))
        return Reply(body=body, headers=pairs({"Content-Type": kind}, known))
