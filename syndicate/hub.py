"""The hub of our feeds (W3C WebSub): who wants to be told of news asks here, and the worker verifies that."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus as Code
from typing import cast
from urllib.parse import parse_qs, urlsplit

from archive import subscriptions
from archive.errors import ArchiveError, Crowded, IndexUnavailable, NotFound, UsageError
from archive.headers import FORM
from archive.hosts import allowed_places, may_connect
from archive.settings import Fetch
from archive.subscriptions import Mode
from syndicate.composing import Plan
from syndicate.feeds import Feeds
from syndicate.news import feed, tag_of
from syndicate.planning import plan
from syndicate.receiving import Refused, plain
from syndicate.reply import Environ, Reply, Route
from syndicate.speaking import Speaking

log = logging.getLogger(__name__)
LARGEST = 16 << 10  # bytes of a request
LARGEST_SECRET = 200  # bytes
SHORTEST, USUAL, LONGEST = 300, 864_000, 2_592_000  # seconds of a lease
CALLBACK = re.compile(r"[!-\"$-~]{1,2000}")  # visible ASCII without a fragment
PORTS = {"http": 80, "https": 443}


class Hub:
    """The answers to those who subscribe and unsubscribe."""

    def __init__(self, speaking: Speaking, feeds: Feeds, body: Callable[[Environ, int], bytes]) -> None:
        self._speaking = speaking
        self._feeds = feeds
        self._body = body
        settings = speaking.pages.settings
        self._base_url, self._fetch = settings.base_url, settings.fetch
        self._database = speaking.pages.database

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        return (("GET", "/hub", self.shown), ("POST", "/hub", self.asked))

    def shown(self, environ: Environ) -> Reply:
        """``GET /hub``: what this address is for."""
        return self._speaking.page(
            environ, lambda pages, t: pages.message(t["hub_title"], [t["hub_text"]], t, switch="/hub")
        )

    def asked(self, environ: Environ) -> Reply:
        """``POST /hub``: note what is wanted (section 5.1); its outcome is no part of the answer."""
        try:
            said = form(environ, self._body)
            self._note(said)
        except Refused as refusal:
            return plain(refusal.reply.code, f"{refusal}\n")
        except NotFound as error:
            return plain(Code.NOT_FOUND, f"{error}\n")
        except Crowded as error:
            return plain(Code.TOO_MANY_REQUESTS, f"{error}\n").having(Retry_After="60")
        except UsageError as error:
            return plain(Code.BAD_REQUEST, f"{error}\n")
        except (ArchiveError, IndexUnavailable) as error:
            log.error("hub: %s", error)
            sentence = "this cannot be noted now; ask again in a moment\n"
            return plain(Code.SERVICE_UNAVAILABLE, sentence).having(Retry_After="5")
        return plain(Code.ACCEPTED, "the callback will be asked to confirm this\n")

    def _note(self, said: dict[str, str]) -> None:
        """Keep what is wanted until the callback confirms it. Raises NotFound or UsageError."""
        mode, topic = mode_of(said), said.get("hub.topic", "")
        callback = callback_of(said, self._base_url, self._fetch)
        if not topic:
            raise UsageError("hub.topic: say which feed, by the address it states as its own (rel=self)")
        if mode == "unsubscribe":
            if not subscriptions.is_known(self._database, callback, topic):
                raise NotFound("this callback is not subscribed to this topic")
            subscriptions.ask(
                self._database, callback=callback, topic=topic, mode=mode, now=datetime.now(UTC)
            )
            return
        secret, lease = secret_of(said), lease_of(said)
        # What the feed is now: if it is another when the callback has confirmed, that is news to it.
        tag = tag_of(feed(self._feeds, topic_of(topic, self._base_url)))
        subscriptions.ask(
            self._database,
            callback=callback,
            topic=topic,
            mode=mode,
            secret=secret,
            lease=lease,
            tag=tag,
            now=datetime.now(UTC),
        )


def form(environ: Environ, body: Callable[[Environ, int], bytes]) -> dict[str, str]:
    """The parameters of a request; of one that is stated twice the last. Raises Refused."""
    if str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() != FORM:
        raise Refused(Code.UNSUPPORTED_MEDIA_TYPE, f"Content-Type: expected {FORM}")
    try:
        stated = parse_qs(body(environ, LARGEST).decode(), errors="strict", max_num_fields=100)
    except (UnicodeError, ValueError) as error:
        raise Refused(Code.BAD_REQUEST, "the body is no form in UTF-8, or has too many fields") from error
    return {name: values[-1] for name, values in stated.items()}


def mode_of(said: dict[str, str]) -> Mode:
    """What is to be done. Raises UsageError."""
    mode = said.get("hub.mode", "")
    if mode not in ("subscribe", "unsubscribe"):
        raise UsageError(
            f"hub.mode: expected subscribe or unsubscribe, got {mode[:40]!r}; only we publish here"
        )
    return cast(Mode, mode)


def callback_of(said: dict[str, str], base_url: str, settings: Fetch) -> str:
    """Where news are to go. Raises UsageError for what is no address for it.

    Where a name leads to is seen when it is connected to; an address that stands there is seen at once.
    """
    callback = said.get("hub.callback", "")
    try:
        place = urlsplit(callback)
        host, port = place.hostname, place.port or PORTS.get(place.scheme)
    except ValueError:
        host = port = None
    if not CALLBACK.fullmatch(callback) or not host or not port:
        raise UsageError(
            "hub.callback: expected an http or https address of at most 2000 ASCII characters,"
            f" without a fragment, got {callback[:100]!r}"
        )
    if callback.startswith(f"{base_url}/"):
        raise UsageError("hub.callback: is an address of this site")
    try:
        if may_connect(host, port, allowed_places(settings.allow)):
            return callback
    except ValueError:  # a name
        return callback
    raise UsageError(f"hub.callback: {place.netloc} is no public address at a port of the web")


def topic_of(topic: str, base_url: str) -> Plan:
    """The feed that somebody wants to follow. Raises NotFound or UsageError."""
    found = plan(topic, base_url)
    if found.view.archive:
        current = base_url + found.address(archive=None)
        raise UsageError(f"hub.topic: is a document of the history; what is new is in {current}")
    return found


def secret_of(said: dict[str, str]) -> str | None:
    """What to sign with. Raises UsageError."""
    secret = said.get("hub.secret") or None
    if secret is not None and len(secret.encode()) > LARGEST_SECRET:
        raise UsageError(f"hub.secret: is longer than {LARGEST_SECRET} bytes")
    return secret


def lease_of(said: dict[str, str]) -> int:
    """How many seconds a subscription lasts. Raises UsageError."""
    stated = said.get("hub.lease_seconds", "")
    if not stated:
        return USUAL
    if not (stated.isascii() and stated.isdigit()) or not int(stated[:19]):
        raise UsageError(f"hub.lease_seconds: expected a whole number above 0, got {stated[:40]!r}")
    return max(SHORTEST, min(LONGEST, int(stated[:19])))
