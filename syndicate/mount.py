"""Where the site stands: below a path of its host, and behind proxies.

Inside, all addresses begin at the root. A request loses the path of the base URL here before anything reads
it, and what we answer gets it here, in the one place that all answers pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote_to_bytes, urlsplit

from archive.settings import Settings
from syndicate.guard import Application, Start
from syndicate.proxies import as_asked, networks
from syndicate.reply import Environ, Reply

# Attributes of our pages stand in double quotes, and what articles say is escaped: these see whole tags.
TAG = re.compile(r'<(?:a|area|link|img|source|form|button|iframe|script|use)\b[^<>"]*(?:"[^"]*"[^<>"]*)*>')
OURS = re.compile(r'(\s(?:href|src|action|formaction)=")/(?!/)')
COOKIE_PATH = re.compile(r"(;\s*path=)/(?=;|$)", re.IGNORECASE)
LINK = re.compile(r"(<)/(?!/)")


def prefix_of(base_url: str) -> str:
    """The path of the base URL, without a slash at its end; empty on a host of its own."""
    return urlsplit(base_url).path.rstrip("/")


def mounted(application: Application, settings: Settings) -> Application:
    """The application behind its proxies and below its path; itself where there are neither."""
    prefix, trusted = prefix_of(settings.base_url), networks(settings.server.trusted_proxies)
    if not prefix and not trusted:
        return application

    def answer(environ: Environ, start: Start) -> Iterable[bytes]:
        asked = as_asked(environ, trusted) if trusted else environ
        return application(below(asked, prefix) if prefix else asked, start)

    return answer


def below(environ: Environ, prefix: str) -> Environ:
    """A request without the path that the site stands at, unless server or proxy took it away already."""
    path, at = str(environ.get("PATH_INFO", "")), unquote_to_bytes(prefix).decode("latin-1")
    if environ.get("SCRIPT_NAME") or not (path == at or path.startswith(f"{at}/")):
        return environ
    return {**environ, "SCRIPT_NAME": at, "PATH_INFO": path.removeprefix(at)}


def placed(reply: Reply, prefix: str) -> Reply:
    """An answer whose addresses of ours carry the path that the site stands at."""
    if not prefix:
        return reply
    headers = tuple((name, placed_header(name, value, prefix)) for name, value in reply.headers)
    body = reply.body
    if isinstance(body, str) and reply.header("Content-Type").startswith("text/html"):
        body = placed_page(body, prefix)
    return replace(reply, headers=headers, body=body)


def placed_header(name: str, value: str, prefix: str) -> str:
    """A header whose addresses of ours carry the path. Cookies with ``__Host-`` are for a whole host."""
    if name == "Location" and value.startswith("/") and not value.startswith("//"):
        return prefix + value
    if name == "Link":
        return LINK.sub(rf"\g<1>{prefix}/", value)
    if name == "Set-Cookie" and not value.startswith("__Host-"):
        return COOKIE_PATH.sub(rf"\g<1>{prefix}", value)
    return value


def placed_page(html: str, prefix: str) -> str:
    """A page whose addresses of ours carry the path; what looks like one in a text stays."""
    return TAG.sub(lambda tag: OURS.sub(rf"\g<1>{prefix}/", tag[0]), html)
