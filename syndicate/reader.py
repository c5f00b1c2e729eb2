"""What a request says of its reader: parameters, remembered choices, languages, what it already has. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote

from syndicate.caching import TAG
from syndicate.proxies import PREFIX

Environ = Mapping[str, Any]
LANGUAGES = ("en", "zh")
SIZES = ("big", "middle", "small")
ORIGINAL = "original"
SCRIPTS = ("hans", "hant", ORIGINAL)
HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
PORT = re.compile(r":\d{1,5}$")
OURSELVES = ("localhost", "127.0.0.1", "[::1]")


def query(environ: Environ) -> str:
    """The query of the address as text; some clients send Chinese unescaped, which arrives as bytes."""
    stated = str(environ.get("QUERY_STRING", ""))
    try:
        return stated if stated.isascii() else stated.encode("latin-1").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return stated


def params(environ: Environ) -> dict[str, list[str]]:
    """The parameters of the address; bytes that are not UTF-8 are replaced."""
    return parse_qs(query(environ), keep_blank_values=True, errors="replace")


def script(environ: Environ) -> str:
    """The script that Chinese is to be shown in, of the address or a cookie; empty for its own."""
    stated = [*params(environ).get("script", [])[-1:], cookies(environ).get("script", ""), ""]
    return next((value for value in stated if value in SCRIPTS), "").replace(ORIGINAL, "")


def unremembered(environ: Environ) -> str:
    """The script of the address where the reader sends none as a cookie: he may take no cookies."""
    return "" if "script" in cookies(environ) or not params(environ).get("script") else script(environ)


def choices(environ: Environ, site: str) -> tuple[str, str]:
    """The language of the interface and the size of text: of the address, a cookie, the browser, the site."""
    asked, kept = params(environ), cookies(environ)
    languages = [*asked.get("ui", [])[-1:], kept.get("ui", ""), accepted(environ), site]
    sizes = [*asked.get("size", [])[-1:], kept.get("size", ""), "middle"]
    language = next(value for value in languages if value in LANGUAGES)
    return language, next(value for value in sizes if value in SIZES)


def host(environ: Environ) -> str:
    """The host and port that the reader came to; empty for this machine itself, and for what is no host."""
    stated = str(environ.get("HTTP_HOST", ""))
    name = stated.rpartition(":")[0] if PORT.search(stated) else stated
    return stated if HOST.fullmatch(stated) and name not in OURSELVES else ""


def below(environ: Environ) -> str:
    """The path that server or proxy say they took away, as they would have to be told of it."""
    return quote(str(environ.get(PREFIX) or environ.get("SCRIPT_NAME", "")), safe="/%", errors="replace")


def cookies(environ: Environ) -> dict[str, str]:
    """The cookies of a request; broken ones are none."""
    try:
        return {name: item.value for name, item in SimpleCookie(environ.get("HTTP_COOKIE", "")).items()}
    except CookieError:
        return {}


def accepted(environ: Environ) -> str:
    """The interface language that a browser likes best of those there are."""
    weights: list[tuple[float, int, str]] = []
    for place, part in enumerate(str(environ.get("HTTP_ACCEPT_LANGUAGE", "")).lower().split(",")[:20]):
        tag, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=") or 1) if rest else 1.0
        except ValueError:
            weight = 0.0
        if tag.split("-")[0] in LANGUAGES and weight > 0:
            weights.append((-weight, place, tag.split("-")[0]))
    return min(weights)[2] if weights else ""


def has(environ: Environ, tag: str) -> bool:
    """Whether the reader already has the page of a tag (RFC 9110 section 13.1.2, weak comparison)."""
    stated = str(environ.get("HTTP_IF_NONE_MATCH", ""))
    return stated.strip() == "*" or TAG.sub(r"\1", tag) in TAG.findall(stated)
