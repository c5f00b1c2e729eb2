"""Answers as values, and the headers that each kind carries. The web sends them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus as Code
from typing import Any

from syndicate.caching import Answer, Edition, Headers
from syndicate.policy import CLOSED, HEADERS, OPEN
from syndicate.strings import Words

Environ = dict[str, Any]
YEAR = 31_536_000  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer to one request; a body in pieces is sent as it is made.

    ``edition`` is of the feed that it has, if it has one.
    """

    code: int = Code.OK
    body: str | bytes | Iterable[bytes] = ""
    headers: Headers = ()
    edition: Edition | None = None

    def header(self, name: str) -> str:
        """A header's value, or nothing."""
        return next((value for known, value in self.headers if known == name), "")

    def having(self, **named: str) -> Reply:
        """The same with some headers added, or in place of those there were; ``_`` stands for ``-``."""
        stated = {name.replace("_", "-"): value for name, value in named.items()}
        kept = tuple(pair for pair in self.headers if pair[0] not in stated)
        return replace(self, headers=(*kept, *stated.items()))

    def adding(self, name: str, value: str) -> Reply:
        """The same with one more header, beside others of its name."""
        return replace(self, headers=(*self.headers, (name, value)))


Route = tuple[str, str, Callable[..., Reply]]  # method, Bottle's pattern of the path, what answers


def page(text: str, t: Words, *, code: int = Code.OK) -> Reply:
    """A page for one reader."""
    known = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Language": t.tag,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Accept-Language, Cookie",
    }
    return Reply(code=code, body=text, headers=pairs(known, HEADERS, CLOSED))


def machine(text: str | bytes | Iterable[bytes], mime: str, *, code: int = Code.OK) -> Reply:
    """Text for programs, of every site."""
    known = {"Content-Type": f"{mime}; charset=utf-8", "Cache-Control": "no-cache"}
    return Reply(code=code, body=text, headers=pairs(known, HEADERS, OPEN))


def private(text: str, mime: str, *, code: int, **named: str) -> Reply:
    """Text for the one who asked; nobody may keep it."""
    known = {"Content-Type": f"{mime}; charset=utf-8", "Cache-Control": "no-store"}
    return Reply(code=code, body=text, headers=pairs(known, HEADERS, CLOSED)).having(**named)


def moved(address: str) -> Reply:
    """The one address of the same thing; programs of other sites may follow it only when told so here too."""
    plain = {"Location": address, "Content-Type": "text/plain; charset=utf-8"}
    return Reply(code=Code.MOVED_PERMANENTLY, headers=pairs(plain, HEADERS, OPEN))


def feed(answer: Answer, accepts: str) -> Reply:
    """A feed's answer. Browsers show a feed with its stylesheet only when told that it is plain XML."""
    code = Code.OK if answer.kind == "fresh" else Code.NOT_MODIFIED
    reply = Reply(
        code=code,
        body=answer.body,
        headers=(*answer.headers, *ALL),
        edition=answer.edition,
    )
    if "text/html" in accepts and "+xml" in reply.header("Content-Type"):
        return reply.having(Content_Type="application/xml; charset=utf-8")
    return reply


def pairs(*headers: dict[str, str]) -> Headers:
    """Headers in the form that a server takes."""
    return tuple(pair for each in headers for pair in each.items())


ALL = pairs(HEADERS, OPEN)  # what every answer for programs carries
