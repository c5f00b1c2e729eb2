"""Pages as answers to one reader: in their language, known by a tag, with their choices remembered."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus as Code
from http.cookies import SimpleCookie
from zoneinfo import ZoneInfo

from archive import changes
from archive.model import sha256
from syndicate import reader
from syndicate.addresses import View, read
from syndicate.carrying import carrying
from syndicate.machines import edition
from syndicate.pages import Pages
from syndicate.proxies import SCHEME
from syndicate.reply import YEAR, Environ, Reply, page
from syndicate.strings import Words


class Speaking:
    """Answers requests with pages."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self._settings = pages.settings
        self._edition = edition(self._settings.base_url, self._settings.site, self._settings.topics)

    def page(
        self,
        environ: Environ,
        make: Callable[[Pages, Words], str],
        view: View | None = None,
        *,
        robots: str = "",
        state: object = "",
    ) -> Reply:
        """A page in the language and text size that the reader chose, which are remembered.

        It is the same as long as the log's last number is, and ``state``; None is for what always changes.
        """
        asked = reader.params(environ)
        view = (
            view
            or read({name: values for name, values in asked.items() if name in ("ui", "size", "script")})[1]
        )
        t = self.words(environ)
        tag = self._tag(environ, t, state) if state is not None else ""
        if tag and reader.has(environ, tag):
            reply = page("", t, code=Code.NOT_MODIFIED)
        else:
            text = make(self.pages, t)
            reply = page(carrying(text, script) if (script := reader.unremembered(environ)) else text, t)
        if tag:
            reply = reply.having(ETag=tag)
        if robots:
            reply = reply.having(X_Robots_Tag=robots)
        for name, value in (("ui", view.ui), ("size", view.size), ("script", view.script)):
            if value:
                reply = reply.adding("Set-Cookie", self._remembered(name, value))
        return reply

    def words(self, environ: Environ) -> Words:
        """The interface for a request."""
        site = self._settings.site
        language, size = reader.choices(environ, site.ui)
        host = "" if site.base_url else reader.host(environ)
        known = host == self._settings.base_url.partition("://")[2]
        return Words(
            language=language,
            zone=ZoneInfo(site.timezone),
            size=size,
            script=reader.script(environ),
            host=host + reader.below(environ) if host and not known else "",
            scheme=str(environ.get(SCHEME, "https")),
        )

    def _tag(self, environ: Environ, t: Words, state: object) -> str:
        """What a page is known by: all that its text depends on but how long it took."""
        address = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        last = changes.last(self.pages.database)
        looks = (t.language, t.size, t.script, reader.unremembered(environ), t.host)
        on = (self._edition, *address, *looks, last, state)
        return f'W/"{sha256(repr(on).encode())[:32]}"'

    def _remembered(self, name: str, value: str) -> str:
        """A choice as a cookie, for a year; scripts have no business with it."""
        cookie: SimpleCookie = SimpleCookie()
        cookie[name] = value
        cookie[name].update({"path": "/", "max-age": str(YEAR), "samesite": "lax"})
        secure = "; Secure" if self._settings.base_url.startswith("https:") else ""
        return f"{cookie[name].OutputString()}; HttpOnly{secure}"
