"""What programs push to us: ``POST /articles``, and what hubs say to ``/websub/…``.

Nothing that comes in is parsed here: bytes are put into the inbox, and the worker takes them. Who is not
known is refused before the body is read.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus as Code
from typing import IO

from archive import inbox, leases, tokens
from archive.database import Database
from archive.errors import ArchiveError, KeyReused
from archive.inbox import Taken
from archive.naming import ID
from archive.settings import Settings
from archive.tokens import Token
from syndicate import reader
from syndicate.guard import Tries
from syndicate.reply import Environ, Reply, Route, private

log = logging.getLogger(__name__)
LARGEST = 5 << 20
LONGEST_WAIT = 10.0
LONGEST_TURN = 1.0
LONGEST_START = 20.0
LOOK = 0.02  # seconds between two looks at the archive while somebody waits
TYPES = (
    *inbox.RECORDS,
    *("application/atom+xml", "application/rss+xml", "application/rdf+xml", "application/feed+json"),
    *("application/xml", "text/xml"),
)
KEY = re.compile(r"[\x21-\x7e]{1,200}")
DOCUMENTS = "docs/push.md"
JSON = "application/json"


class Refused(Exception):
    """What was asked is not done; carries the answer that says why."""

    def __init__(self, code: int, sentence: str, **headers: str) -> None:
        super().__init__(sentence)
        self.reply = private(told({"error": sentence}), JSON, code=code, **headers)


class Receiving:
    """The door for programs that push."""

    def __init__(self, database: Database, settings: Settings, *, has_worker: bool) -> None:
        # One that starts with us is not there at once.
        self._expected_until = time.monotonic() + LONGEST_START if has_worker else 0.0
        self._database = database
        self._settings = settings
        self._tries = Tries()
        # Who sends slowly, and who waits for an outcome, holds a thread: readers must find one free.
        most = max(1, settings.server.threads - 1)
        self._senders = threading.BoundedSemaphore(most)
        self._waiters = threading.BoundedSemaphore(most)
        self._looking = threading.Lock()

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        return (
            ("POST", "/articles", self.push),
            ("ANY", "/articles", self.only_pushed),
            ("GET", "/articles/received/<number:re:[0-9]+>", self.received),
            ("GET", "/websub/<path>", self.confirm),
            ("POST", "/websub/<path>", self.content),
        )

    def push(self, environ: Environ) -> Reply:
        """``POST /articles``: keep the message, and answer with what became of it."""
        try:
            now = datetime.now(UTC)
            token = self._known(environ, now)
            source = target(environ, token)
            kind, key = type_of(environ), key_of(environ)
            id = inbox.receive(
                self._database,
                kind="push",
                source=source,
                name=token.name,
                headers={"content-type": kind},
                body=self.body(environ),
                token=token.id,
                idempotency=key,
                now=now,
            )
            return self._answer(id, self._outcome(id), good=Code.CREATED)
        except KeyReused as error:
            return Refused(Code.UNPROCESSABLE_ENTITY, str(error)).reply
        except ArchiveError as error:
            log.error("push: %s", error)
            sentence = "the archive cannot take this now; nothing was stored, send it again"
            return Refused(Code.SERVICE_UNAVAILABLE, sentence, Retry_After="5").reply
        except Refused as refusal:
            return refusal.reply

    def only_pushed(self, environ: Environ) -> Reply:
        """Any other way to ask for ``/articles``."""
        return Refused(Code.METHOD_NOT_ALLOWED, f"POST articles here; see {DOCUMENTS}", Allow="POST").reply

    def received(self, environ: Environ, number: str) -> Reply:
        """``GET /articles/received/ID``: what became of a message, for the token that pushed it."""
        try:
            token = self._known(environ, datetime.now(UTC))
            if len(number) > 15 or not inbox.belongs(self._database, int(number), token.id):
                raise Refused(
                    Code.NOT_FOUND, f"{number[:20]}: this token has pushed no message of that number"
                )
            return self._answer(int(number), inbox.outcome(self._database, int(number)), good=Code.OK)
        except Refused as refusal:
            return refusal.reply

    def confirm(self, environ: Environ, path: str) -> Reply:
        """``GET /websub/…``: a hub asks whether we want a feed, or tells that it will not push it."""
        said = {name: values[-1] for name, values in reader.params(environ).items()}
        mode, topic, challenge = (said.get(f"hub.{name}", "") for name in ("mode", "topic", "challenge"))
        now = datetime.now(UTC)
        if leases.at(self._database, path) is None:
            return plain(Code.NOT_FOUND, "we did not ask for this\n")
        if mode == "subscribe" and challenge:
            seconds = said.get("hub.lease_seconds", "")
            if leases.confirm(self._database, path, topic=topic, seconds=seconds, now=now):
                return plain(Code.OK, challenge)
        elif mode == "denied" and leases.deny(self._database, path, topic=topic, now=now):
            log.warning("websub: a hub denies %s: %r", topic, said.get("hub.reason", "")[:200])
            return plain(Code.OK, "")
        return plain(Code.NOT_FOUND, "we did not ask for this\n")

    def content(self, environ: Environ, path: str) -> Reply:
        """``POST /websub/…``: a hub sends what is new. What it has not signed is thanked for and dropped."""
        lease, now = leases.at(self._database, path), datetime.now(UTC)
        if lease is None or not lease.holds(now):
            return plain(Code.GONE if lease else Code.NOT_FOUND, "we are not subscribed to this\n")
        try:
            body = self.body(environ)
        except Refused as refusal:
            return plain(refusal.reply.code, f"{refusal}\n")
        method = leases.signed(lease, body, str(environ.get("HTTP_X_HUB_SIGNATURE", "")))
        if method is None:
            log.warning("websub: %s: its hub sent what it had not signed; dropped", lease.source)
            return plain(Code.ACCEPTED, "")
        if method == "sha1":
            log.info("websub: %s: its hub signs with SHA-1 only", lease.source)
        try:
            inbox.receive(
                self._database,
                kind="websub",
                source=lease.source,
                name=lease.topic,
                headers={"content-type": str(environ.get("CONTENT_TYPE", ""))[:200]},
                body=body,
                now=now,
            )
        except ArchiveError as error:
            log.error("websub: %s", error)
            return plain(Code.SERVICE_UNAVAILABLE, "the archive cannot take this now; send it again\n")
        return plain(Code.ACCEPTED, "")

    def _known(self, environ: Environ, now: datetime) -> Token:
        """The token of a request. Raises Refused without a good one."""
        shown = shown_token(environ)
        if shown is None:
            asked = 'Bearer realm="articles"'
            raise Refused(
                Code.UNAUTHORIZED, "show a token: Authorization: Bearer TOKEN", WWW_Authenticate=asked
            )
        if (token := tokens.recognise(self._database, shown, now=now)) is not None:
            return token
        address = str(environ.get("REMOTE_ADDR", ""))
        if wait := self._tries.failed(address, time.monotonic()):
            raise Refused(
                Code.TOO_MANY_REQUESTS,
                "too many tokens that are not good; wait a while",
                Retry_After=str(wait),
            )
        log.warning("push: a token that is not good, from %s", address)
        asked = 'Bearer realm="articles", error="invalid_token"'
        sentence = "the token is unknown, revoked or expired; `token list` shows which there are"
        raise Refused(Code.UNAUTHORIZED, sentence, WWW_Authenticate=asked)

    def body(self, environ: Environ, most: int = LARGEST) -> bytes:
        """The body of a request. Raises Refused while too many others send theirs."""
        if not self._senders.acquire(timeout=LONGEST_TURN):
            sentence = "too many are sending at this time; try again"
            raise Refused(Code.SERVICE_UNAVAILABLE, sentence, Retry_After="2")
        try:
            return body_of(environ, most)
        finally:
            self._senders.release()

    def _is_watched(self) -> bool:
        """Whether a worker takes what comes in, or will. Looking holds the lock, so one looks at a time."""
        with self._looking:
            return time.monotonic() < self._expected_until or inbox.is_watched(self._database)

    def _outcome(self, id: int) -> Taken | None:
        """What becomes of a message, if the worker takes it while there is time and room to wait."""
        taken = inbox.outcome(self._database, id)
        if taken is not None or not self._waiters.acquire(blocking=False):
            return taken
        try:
            end, seen = time.monotonic() + LONGEST_WAIT, -1
            while taken is None and time.monotonic() < end and self._is_watched():
                if (now := self._database.changed()) != seen:
                    seen, taken = now, inbox.outcome(self._database, id)
                else:
                    time.sleep(LOOK)
            return taken or inbox.outcome(self._database, id)
        finally:
            self._waiters.release()

    def _answer(self, id: int, taken: Taken | None, *, good: Code) -> Reply:
        """What to say of a message."""
        place = f"/articles/received/{id}"
        if taken is None:
            waiting = told({"outcome": "waiting", "address": self._settings.base_url + place})
            return private(waiting, JSON, code=Code.ACCEPTED, Location=place)
        if taken.result != "taken":
            return Refused(REFUSALS[taken.result], f"{taken.detail}").reply
        base = self._settings.base_url
        told_of = [
            {**each, "address": f"{base}{each['address']}" if each["address"] else None}
            for each in taken.articles
        ]
        is_new = any(each["outcome"] == "new" for each in told_of)
        return private(
            told(told_of if taken.is_list else told_of[0]),
            JSON,
            code=good if is_new else Code.OK,
            Location=place if taken.is_list else str(told_of[0]["address"] or place),
        )


REFUSALS: Mapping[str, Code] = {
    "unreadable": Code.BAD_REQUEST,
    "refused": Code.UNPROCESSABLE_ENTITY,
    "forbidden": Code.FORBIDDEN,
    "failed": Code.INTERNAL_SERVER_ERROR,
}


def told(value: object) -> str:
    """A value as a line of JSON."""
    return json.dumps(value, ensure_ascii=False) + "\n"


def plain(code: int, text: str) -> Reply:
    """Words for a hub."""
    return private(text, "text/plain", code=code)


def shown_token(environ: Environ) -> bytes | None:
    """The token that a request shows (RFC 6750 section 2.1), as the bytes that came."""
    scheme, _, token = str(environ.get("HTTP_AUTHORIZATION", "")).strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    return token.strip().encode("latin-1", "replace")


def target(environ: Environ, token: Token) -> str:
    """The source of articles that name none: ``?source=``, else the token's. Raises Refused."""
    stated = reader.params(environ).get("source", [""])[-1]
    if stated and not ID.fullmatch(stated):
        raise Refused(
            Code.BAD_REQUEST,
            f"source: {stated[:80]!r} is not an id; use lower-case letters, digits and hyphens",
        )
    if not token.may_push(stated or None):
        sentence = f"the token {token.name} has the scope {token.scope}, which does not allow this"
        asked = 'Bearer realm="articles", error="insufficient_scope"'
        raise Refused(Code.FORBIDDEN, sentence, WWW_Authenticate=asked)
    return stated or token.source


def type_of(environ: Environ) -> str:
    """The type of the body as stated. Raises Refused for one that we do not take."""
    stated = str(environ.get("CONTENT_TYPE", ""))[:200]
    coding = str(environ.get("HTTP_CONTENT_ENCODING", "")).strip().lower()
    if coding not in ("", "identity"):
        raise Refused(
            Code.UNSUPPORTED_MEDIA_TYPE, "send the body as it is, not packed", Accept_Encoding="identity"
        )
    if stated.partition(";")[0].strip().lower() not in TYPES:
        accepted = ", ".join(sorted(TYPES))
        sentence = f"Content-Type: expected one of {accepted}"
        raise Refused(Code.UNSUPPORTED_MEDIA_TYPE, sentence, Accept_Post=accepted)
    return stated


def key_of(environ: Environ) -> str | None:
    """The Idempotency-Key of a request. Raises Refused for one that cannot be kept."""
    stated = environ.get("HTTP_IDEMPOTENCY_KEY")
    if stated is None:
        return None
    if not KEY.fullmatch(stated.strip()):
        raise Refused(Code.BAD_REQUEST, "Idempotency-Key: expected 1 to 200 visible ASCII characters")
    return str(stated.strip())


def body_of(environ: Environ, most: int) -> bytes:
    """The body of a request, all of it. Raises Refused for one that is too large, or breaks off."""
    stated = str(environ.get("CONTENT_LENGTH") or "").strip()
    if not stated:
        # Of a body in chunks that breaks off, servers hand on the part as if it were the whole.
        raise Refused(Code.LENGTH_REQUIRED, "say how long the body is: Content-Length")
    if not (stated.isascii() and stated.isdigit()):
        raise Refused(Code.BAD_REQUEST, "Content-Length: expected a whole number")
    if int(stated[:19]) > most:
        limit = f"{most >> 20} MiB; send it in parts" if most >> 20 else f"{most >> 10} KiB"
        raise Refused(Code.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {limit}")
    body = read(environ["wsgi.input"], int(stated))
    if len(body) < int(stated):
        raise Refused(Code.BAD_REQUEST, "the body is shorter than its Content-Length")
    if not body.strip():
        raise Refused(Code.BAD_REQUEST, "the body is empty")
    return body


def read(stream: IO[bytes], most: int) -> bytes:
    """So many bytes, or all there are. Raises Refused when whoever sends goes away."""
    pieces, left = [], most
    try:
        while left and (piece := stream.read(left)):
            pieces.append(piece)
            left -= len(piece)
    except (OSError, ValueError) as error:
        raise Refused(Code.BAD_REQUEST, "the body broke off") from error
    return b"".join(pieces)
