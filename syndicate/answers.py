"""Answers for programs: a search as plain values, and what the web would say to a path."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from archive.articles import articles
from archive.database import Database
from archive.export import stamp, translations
from archive.model import Article, Selection, Topic
from index import Hit, Index, Results, Search, snippet, with_others
from syndicate.addresses import View, read
from syndicate.narrowing import narrowed
from syndicate.strings import Words

SNIPPET = 200  # characters


def answer(
    database: Database,
    index: Index,
    params: Mapping[str, Sequence[str]],
    *,
    base_url: str,
    topics: Sequence[Topic] = (),
) -> dict[str, Any]:
    """A search with the web's parameters, as ``search --json`` prints it. Raises NotFound as the web does."""
    started = time.perf_counter()
    selection, view = read(params)
    index, narrowing = narrowed(index, database, topics)
    narrowing.names.check(selection)
    found = index.search(asked(selection, view))
    node = with_others(selection.query, found.also_searched, exact=view.exact)
    known = {article.id: article for article in articles(database, [hit.id for hit in found.hits])}
    hits = [
        {
            **hit_of(known[hit.id], hit.score, plain_snippet(known[hit.id], node), base_url),
            **marks(hit),
            "by_meaning": hit.by_meaning,
        }
        for hit in found.hits
        if hit.id in known
    ]
    return {
        "query": selection.query,
        "took_ms": round((time.perf_counter() - started) * 1000, 1),
        **told(index, selection.query, found),
        "facets": counts(found),
        "hits": hits,
    }


def asked(selection: Selection, view: View) -> Search:
    """What the parameters ask of the index."""
    n = view.n or 20
    return Search(
        selection=selection,
        sort=view.sort or ("rel" if selection.query.strip() else "new"),
        offset=(view.page - 1) * n,
        n=n,
        exact=view.exact,
        facets=True,
        meaning=True,
    )


def told(index: Index, query: str, found: Results) -> dict[str, Any]:
    """How a query was taken, how much it finds, and a better spelling of it when nothing is as typed."""
    return {
        "total": found.total,
        **({} if found.stories is None else {"stories": found.stories}),
        "more": found.more,
        "across": found.across,
        "read_as": found.read_as,
        "also_searched": list(found.also_searched),
        "note": found.note,
        "suggestion": None if found.total else suggestion(index, found, query),
    }


def marks(hit: Hit) -> dict[str, Any]:
    """How much a hit has of what was asked for, and by which translations."""
    return {"has": hit.has, "through": list(hit.through)}


def some_words(found: Results, t: Words) -> str:
    """That what follows has not all of the words, where that is so."""
    if not found.more:
        return ""
    key = ("most_words" if found.total else "only_most_words") if found.mode == "most" else "some_words"
    return t.said(key, t.articles(found.total), t.articles(found.more))


def counts(found: Results) -> dict[str, list[dict[str, Any]]]:
    """How many of the articles found have each value, by what is counted."""
    return {
        name: [{"value": value, "count": count} for value, count in values]
        for name, values in found.facets.items()
    }


def hit_of(article: Article, score: float, text: str, base_url: str) -> dict[str, Any]:
    """One hit."""
    return {
        "id": article.id,
        "score": score,
        "title": article.title,
        "language": article.language,
        "url": article.url,
        "address": base_url + article.address,
        "published": stamp(article.published),
        "day": article.day.isoformat() if article.day else None,
        "snippet": text,
        "translations": translations(article, base_url),
    }


def plain_snippet(article: Article, node: Any) -> str:
    """The passage that matches, without marks."""
    return "".join(text for text, _ in snippet(article.searched, node, length=SNIPPET))


def suggestion(index: Index, found: Results, query: str) -> dict[str, Any] | None:
    """A better spelling that finds something, and how much."""
    better = index.suggest(query)
    if better is None:
        return None
    results = index.search(Search(selection=Selection(query=better), n=0))
    total = results.total or (0 if found.across else results.across)
    return {"query": better, "total": total} if total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a WSGI application answered."""

    status: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> int:
        """The code of the status."""
        return int(self.status.split()[0])


def ask(application: Callable[..., Iterable[bytes]], path: str) -> tuple[str, bytes]:
    """What a WSGI application answers to a path: status and body."""
    answer = answered(application, path)
    return answer.status, answer.body


def answered(application: Callable[..., Iterable[bytes]], path: str) -> Answered:
    """All that a WSGI application answers to a path."""
    parts = urlsplit(path if path.startswith("/") else f"/{path}")
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        # Unquoted bytes, as Latin-1: how PEP 3333 hands on a path.
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": quote(parts.query, safe="%&=+:@!$'()*,;-._~/?"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": True,
    }

    def start(said: str, headers: list[tuple[str, str]], error: object = None) -> None:
        begun.append((said, headers))

    body = b"".join(application(environ, start))
    status, stated = begun[-1]
    return Answered(status=status, headers=dict(stated), body=body)
