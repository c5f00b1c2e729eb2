"""What goes wrong with a request, as a sentence that says what to do. Of aiohttp it knows the errors."""

from __future__ import annotations

import errno

import aiohttp

from archive.errors import FetchError
from archive.model import squeezed
from archive.settings import Fetch


class Refused(OSError):
    """We may not connect there. Its text is the same for all addresses, or the libraries would replace it."""

    def __init__(self, address: str, port: int) -> None:
        super().__init__(errno.EACCES, "not a public address at a port of the web")
        self.place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def reason(error: Exception, settings: Fetch) -> str:
    """What went wrong and what to do about it, as the end of a sentence that begins with the address."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    match cause:
        case FetchError():
            return str(error)
        case Refused():
            return (
                f"leads to {cause.place}, which is {cause.strerror};"
                f' if it is your own, add "{cause.place}" to allow in the section [fetch] of the settings'
            )
        case aiohttp.ConnectionTimeoutError():
            return "nobody took the connection in time; try again later"
        case TimeoutError():
            return f"did not answer completely within {settings.timeout} seconds; try again later"
    for kind, text in REASONS:
        if isinstance(error, kind):
            return text.format(error=short(error), cause=cause)
    return f"cannot be read: {type(error).__name__} {short(error)}"


def short(error: Exception) -> str:
    """What a library says of an error; some of them quote the whole answer."""
    return squeezed(str(getattr(error, "message", error)))[:160]


REASONS: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "no host of that name is known; check the address"),
    (aiohttp.ClientSSLError, "its certificate cannot be trusted ({cause}); check that the address is right"),
    (aiohttp.ClientConnectorError, "cannot be connected to ({cause}); try again later"),
    (aiohttp.InvalidURL, "is not a web address; check its spelling"),
    (aiohttp.ClientResponseError, "does not speak HTTP as it should ({error}); check the address"),
    (aiohttp.ServerDisconnectedError, "ended the connection without an answer; try again later"),
    (aiohttp.ClientError, "broke off ({error}); try again later"),
    (ValueError, "leads to what is not a web address ({error}); check the address"),
    (OSError, "broke off ({error}); try again later"),
)
