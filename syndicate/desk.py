"""The desk: where editors, who show a token, say which articles tell one story."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus as Code
from urllib.parse import urlencode

from archive import pairs, tokens
from archive.articles import named
from archive.database import Database
from archive.errors import NotFound, UsageError
from archive.tokens import Token
from syndicate import reader
from syndicate.desk_page import CHOICES, desk_page, sign_in_page
from syndicate.editors import Editors
from syndicate.guard import Tries
from syndicate.hub import form
from syndicate.pages import Pages
from syndicate.proxies import SCHEME
from syndicate.receiving import Refused
from syndicate.reply import Environ, Reply, Route
from syndicate.speaking import Speaking
from syndicate.strings import Words

log = logging.getLogger(__name__)
COOKIE = "__Host-desk"
VERDICTS: Mapping[str, pairs.State] = {"confirm": "confirmed", "refuse": "refused"}
LONGEST_NUMBER = 15


class Desk:
    """The answers to editors."""

    def __init__(self, speaking: Speaking, body: Callable[[Environ, int], bytes]) -> None:
        self._speaking = speaking
        self._database = speaking.pages.database
        self._base_url = speaking.pages.settings.base_url
        self._body = body
        self._editors = Editors()
        self._tries = Tries()

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        return (
            ("GET", "/desk", self.shown),
            ("POST", "/desk", lambda environ: self._posted(environ, self._judge)),
            ("POST", "/desk/sign-in", lambda environ: self._posted(environ, self._sign_in)),
            ("POST", "/desk/sign-out", lambda environ: self._posted(environ, self._sign_out)),
        )

    def shown(self, environ: Environ) -> Reply:
        """``GET /desk``: the pairs in one state; who is not signed in is asked for a token."""
        token = self._editor(environ)
        if token is None:
            return self._page(environ, sign_in_page)
        asked = {name: values[-1] for name, values in reader.params(environ).items()}
        choice = asked.get("state", "") if asked.get("state") in CHOICES else next(iter(CHOICES))
        said, before = asked.get("said", ""), asked.get("before", "")
        if before and not (before.isascii() and before.isdigit() and len(before) <= LONGEST_NUMBER):
            raise UsageError(f"before: expected a whole number, got {before[:40]!r}")
        return self._page(
            environ,
            lambda pages, t: desk_page(
                pages, t, editor=token.name, choice=choice, before=int(before or 0), said=said
            ),
        )

    def _posted(self, environ: Environ, answer: Callable[[Environ, Mapping[str, str]], Reply]) -> Reply:
        """The answer to a form, if a page of this site sends it."""
        try:
            check_origin(environ, self._base_url)
            return answer(environ, form(environ, self._body))
        except Refused as refusal:
            code, sentence = refusal.reply.code, str(refusal)
        except (NotFound, UsageError) as error:
            code, sentence = Code.BAD_REQUEST, str(error)
        return self._page(
            environ, lambda pages, t: pages.message(t["desk"], [sentence], t, switch="/desk"), code=code
        )

    def _judge(self, environ: Environ, said: Mapping[str, str]) -> Reply:
        """Write down what an editor says of two articles."""
        token = self._editor(environ)
        if token is None:
            return self._page(environ, sign_in_page, code=Code.FORBIDDEN)
        state = judge(self._database, token, said, datetime.now(UTC))
        at = {name: said[name] for name in ("state", "before") if said.get(name)}
        return see_other(f"/desk?{urlencode({**at, 'said': state})}")

    def _sign_in(self, environ: Environ, said: Mapping[str, str]) -> Reply:
        """Begin a session for who shows a token that may do everything."""
        shown, now = said.get("token", "").strip(), datetime.now(UTC)
        token = tokens.recognise(self._database, shown.encode(), now=now)
        if token is not None and token.may_judge:
            kept = cookie(self._editors.open(token.id, now), round(Editors.LONGEST.total_seconds()))
            return see_other("/desk").adding("Set-Cookie", kept)
        address = str(environ.get("REMOTE_ADDR", ""))
        log.warning("desk: a token that is not good, from %s", address)
        if wait := self._tries.failed(address, time.monotonic()):
            sentence = "too many tokens that are not good; wait a while"
            raise Refused(Code.TOO_MANY_REQUESTS, sentence, Retry_After=str(wait))
        return self._page(
            environ, lambda pages, t: sign_in_page(pages, t, was_wrong=True), code=Code.FORBIDDEN
        )

    def _sign_out(self, environ: Environ, said: Mapping[str, str]) -> Reply:
        """End a session."""
        self._editors.close(reader.cookies(environ).get(COOKIE, ""))
        return see_other("/desk").adding("Set-Cookie", cookie("", 0))

    def _editor(self, environ: Environ) -> Token | None:
        """The token of who asks, as long as it and the session are good."""
        now = datetime.now(UTC)
        id = self._editors.token(reader.cookies(environ).get(COOKIE, ""), now)
        token = tokens.valid(self._database, id, now=now) if id is not None else None
        return token if token is not None and token.may_judge else None

    def _page(self, environ: Environ, make: Callable[[Pages, Words], str], *, code: int = Code.OK) -> Reply:
        """A page for an editor alone. Its forms state where they come from, which ours elsewhere do not."""
        reply = self._speaking.page(environ, make, state=None, robots="noindex")
        told = reply.having(Referrer_Policy="same-origin", Cache_Control="no-store")
        return replace(told, code=code)


def check_origin(environ: Environ, base_url: str) -> None:
    """Raise Refused unless a form comes from a page of this site, not from another in an editor's name."""
    origin, host = str(environ.get("HTTP_ORIGIN", "")), str(environ.get("HTTP_HOST", ""))
    # A proxy that is not told of as trusted may still have been asked by https.
    scheme = str(environ.get(SCHEME, environ.get("wsgi.url_scheme", "")))
    places = {f"{each}://{host}" for each in ("https", scheme) if host}
    if origin not in places and not f"{base_url}/".startswith(f"{origin}/" if origin else " "):
        raise Refused(Code.FORBIDDEN, "this form was not sent from a page of this site")


def judge(database: Database, token: Token, said: Mapping[str, str], now: datetime) -> pairs.State:
    """Write down a verdict on two articles; the state that they are in then. Raises NotFound, UsageError."""
    if said.get("verdict") not in VERDICTS:
        raise UsageError("verdict: expected confirm or refuse")
    stated = [said.get(name, "").strip() for name in ("one", "other")]
    if not all(stated):
        raise UsageError("give two articles, by id, address or eight characters")
    one, other = (named(database, name) for name in stated)
    if one.id == other.id:
        raise UsageError(f"{stated[0]} and {stated[1]} are the same article")
    state = VERDICTS[said["verdict"]]
    with database.writing() as transaction:
        pairs.record(transaction, one.id, other.id, state=state, how="a person", person=token.name, now=now)
    return state


def see_other(address: str) -> Reply:
    """Where to look after a form was taken, so that loading that page again repeats nothing."""
    headers = (("Location", address), ("Cache-Control", "no-store"))
    return Reply(code=Code.SEE_OTHER, headers=headers)


def cookie(session: str, seconds: int) -> str:
    """A session as a cookie that only this very host gets, by https alone, and no script."""
    return f"{COOKIE}={session}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict"
