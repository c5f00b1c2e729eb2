"""One article at its address: its page, its record, its text; of a withdrawn one what became of it."""

from __future__ import annotations

import json
from http import HTTPStatus as Code

from archive import articles
from archive.errors import NotFound
from archive.model import Article, timestamp
from archive.sources import sources
from syndicate.allowed import as_allowed
from syndicate.article_page import article_page
from syndicate.citing import CITED, citation
from syndicate.negotiation import negotiated
from syndicate.records import public_record
from syndicate.reply import Environ, Reply, Route, machine, page
from syndicate.speaking import Speaking

ARTICLE = "/a/<name:re:\\d{4}/\\d\\d/\\d\\d/[0-9a-f-]{8,36}>"


class Single:
    """The answers to requests for an article."""

    def __init__(self, speaking: Speaking) -> None:
        self._speaking = speaking
        self._pages = speaking.pages
        self._base_url = speaking.pages.settings.base_url

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        return (
            ("GET", ARTICLE, negotiated(self.article, self._base_url)),
            ("GET", f"{ARTICLE}<suffix:re:\\.(?:json|txt|bib|ris|csl\\.json)>", self.article),
        )

    def article(self, environ: Environ, name: str, suffix: str = "") -> Reply:
        """An article's page, or the article for programs; of a withdrawn one its record."""
        found = self.found(name)
        if found.withdrawn:
            return self.withdrawn(environ, found, suffix)
        if suffix == ".json":
            told = json.dumps(public_record(found, self._base_url), ensure_ascii=False)
            return machine(told, "application/json")
        if suffix == ".txt":
            allowed = as_allowed(found, "")
            return machine(
                f"{found.title}\n\n{allowed.text or allowed.summary}".rstrip() + "\n", "text/plain"
            )
        if suffix in CITED:
            return self.cited(found, suffix)
        return self._speaking.page(environ, lambda pages, t: article_page(pages, found, t))

    def found(self, name: str) -> Article:
        """The article of an address, also a withdrawn one. Raises NotFound for what never was to be seen."""
        found = articles.at(self._pages.database, f"/a/{name}")
        if found is None or found.number is None or found.republish == "none":
            raise NotFound(f"/a/{name}: no such article")
        return found

    def cited(self, found: Article, suffix: str) -> Reply:
        """An article for programs that keep citations."""
        source = sources(self._pages.database, [found.source]).get(found.source)
        name = source.name("zh" if found.language == "zh" else "en") if source else found.source
        site = self._pages.settings.site
        archive = f"{site.title} {site.title_zh}".strip()
        mime, write = CITED[suffix]
        return machine(write(citation(found, source=name, archive=archive, base_url=self._base_url)), mime)

    def withdrawn(self, environ: Environ, found: Article, suffix: str) -> Reply:
        """410 with the record of the withdrawal."""
        t = self._speaking.words(environ)
        gone = found.withdrawn
        if gone is None:
            raise ValueError(f"{found.id} is not withdrawn")
        told = t.said("gone_text", when=t.moment(gone.when), reason=gone.reason)
        if suffix == ".json":
            said = {"id": found.id, "withdrawn": {"when": timestamp(gone.when), "reason": gone.reason}}
            return machine(json.dumps(said, ensure_ascii=False), "application/json", code=Code.GONE)
        if suffix:
            return machine(f"{t['gone']}. {told}\n", "text/plain", code=Code.GONE)
        lines = [told, t.said("record_text", found.id)]
        return page(self._pages.message(t["gone"], lines, t, switch=found.address), t, code=Code.GONE)
