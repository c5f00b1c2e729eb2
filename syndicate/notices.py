"""What our hub says to callbacks, and what their answers mean (W3C WebSub sections 5.2, 5.3, 7). Pure."""

from __future__ import annotations

import hmac
from datetime import timedelta
from urllib.parse import urlencode

from archive.errors import FetchError
from archive.fetch import Fetched, Request
from archive.subscriptions import Delivery, Intent
from syndicate.caching import Answer

LARGEST_ANSWER = 1_000  # bytes; a challenge is shorter
AT_ONCE = timedelta(0)
TOO_BUSY = 429


def question(wanted: Intent, challenge: str) -> Request:
    """Asks a callback whether it wants what was asked for it."""
    lease = (("hub.lease_seconds", str(wanted.lease)),) if wanted.mode == "subscribe" else ()
    said = (("hub.mode", wanted.mode), ("hub.topic", wanted.topic), ("hub.challenge", challenge), *lease)
    return Request(url=extended(wanted.callback, said), follow=False, most=LARGEST_ANSWER)


def denial(wanted: Intent) -> Request:
    """Tells a callback that it is not, or no longer, subscribed."""
    said = (("hub.mode", "denied"), ("hub.topic", wanted.topic), ("hub.reason", wanted.reason or ""))
    return Request(url=extended(wanted.callback, said), follow=False, most=0)


def extended(callback: str, said: tuple[tuple[str, str], ...]) -> str:
    """A callback with more parameters behind those it has, which stay to the letter."""
    joint = "" if callback.endswith(("?", "&")) else "&" if "?" in callback else "?"
    return f"{callback}{joint}{urlencode(said)}"


def news(told: Delivery, feed: Answer) -> Request:
    """Brings a callback the whole feed, as whoever asks for it gets it, signed with the callback's secret."""
    kept = tuple(pair for pair in feed.headers if pair[0] in ("Content-Type", "Link"))
    return Request(
        url=told.callback, body=feed.body, headers=(*kept, *signed(told.secret, feed.body)), most=0
    )


def signed(secret: str | None, body: bytes) -> tuple[tuple[str, str], ...]:
    """The header that proves who sent a body (section 7.1)."""
    if secret is None:
        return ()
    return (("X-Hub-Signature", f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"),)


def confirms(answer: Fetched | FetchError, challenge: str) -> bool | None:
    """Whether a callback wants what was asked for it; None when it could not be asked."""
    if isinstance(answer, FetchError) or answer.status >= 500 or answer.status == TOO_BUSY:
        return None
    return 200 <= answer.status < 300 and answer.body == challenge.encode()


def trouble(answer: Fetched | FetchError) -> str | None:
    """Why a callback did not take news; None when it did. Redirects are not for callbacks."""
    if isinstance(answer, FetchError):
        return str(answer)
    return None if 200 <= answer.status < 300 else f"answered {answer.status}"


def rest(answer: Fetched | FetchError) -> timedelta:
    """How long a callback asks to be left alone."""
    if isinstance(answer, FetchError) or answer.rest is None:
        return AT_ONCE
    return answer.rest.until - answer.at
