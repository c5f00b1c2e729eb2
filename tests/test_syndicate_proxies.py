"""Behind proxies and below a path: who asked, and that every address of ours carries the path."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from factories import TOPICS, article
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from web_client import application, ask

from archive.database import Database
from archive.errors import SettingsError
from archive.settings import Server, Settings, Site, read_settings
from index import open_index
from syndicate.guard import Application
from syndicate.mount import below, mounted, placed_page
from syndicate.proxies import as_asked, forwarded, networks
from syndicate.web import make_app

TRUSTED = networks(["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"])
BELOW = Site(base_url="https://example.org/news", timezone="Asia/Shanghai")
STORIES = (
    article(guid="1", title="Olympic hall opens", html='<p>Write href="/x" in it.</p>', authors=("Li Na",)),
    article(guid="2", title="奥运场馆开放", text="北京的学校。", language="zh"),
)
PAGES = (
    "/", "/search?q=olympic", "/search?q=nothing-like-it", "/topics", "/topic/olympics", "/sources",
    "/source/example", "/by/Li%20Na", "/feeds", "/about", "/about/search", "/nothing/here",
)  # fmt: skip


def client_of(peer: str = "127.0.0.1", **stated: str) -> str:
    """Who asked, by the headers of a request."""
    environ = {"REMOTE_ADDR": peer, **{f"HTTP_{name.upper()}": value for name, value in stated.items()}}
    return str(as_asked(environ, TRUSTED)["REMOTE_ADDR"])


@pytest.mark.parametrize(
    ("stated", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7, 10.1.2.3, 10.0.0.9", "203.0.113.7"),
        ("10.9.9.9, 10.1.2.3", "10.9.9.9"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:DB8::7", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, unknown", "127.0.0.1"),
        ("203.0.113.7, unknown, 10.1.2.3", "10.1.2.3"),
        ("<script>", "127.0.0.1"),
        ("", "127.0.0.1"),
        (", ,", "127.0.0.1"),
    ],
)
def test_the_client_is_the_rightmost_address_that_is_no_trusted_proxy(stated: str, client: str) -> None:
    assert client_of(x_forwarded_for=stated) == client


@pytest.mark.parametrize(
    ("stated", "client"),
    [
        ("for=203.0.113.7", "203.0.113.7"),
        ('For="[2001:db8::7]:4711";proto=https', "2001:db8::7"),
        ("for=1.2.3.4, for=203.0.113.7;by=10.0.0.1;proto=http , for=10.1.2.3", "203.0.113.7"),
        ('for="203.0.113.7"', "203.0.113.7"),
        ("for=_hidden, for=10.1.2.3", "10.1.2.3"),
        ("for=203.0.113.7, proto=https", "127.0.0.1"),
        ('for=1.2.3.4", for=203.0.113.7', "127.0.0.1"),
        ('for="1.2.3.4, for=203.0.113.7', "127.0.0.1"),
    ],
)
def test_the_client_of_rfc_7239(stated: str, client: str) -> None:
    assert client_of(forwarded=stated) == client


def test_who_is_no_trusted_proxy_is_the_client_whatever_he_states() -> None:
    assert client_of("203.0.113.7", x_forwarded_for="1.2.3.4", forwarded="for=1.2.3.4") == "203.0.113.7"
    asked = as_asked(
        {"REMOTE_ADDR": "203.0.113.7", "HTTP_HOST": "real", "HTTP_X_FORWARDED_HOST": "made-up"}, TRUSTED
    )
    assert asked == {"REMOTE_ADDR": "203.0.113.7", "HTTP_HOST": "real"}


def test_two_headers_that_differ_prove_nothing() -> None:
    """A proxy that states one hands on the other as its client made it up."""
    assert client_of(x_forwarded_for="203.0.113.7", forwarded="for=1.2.3.4") == "127.0.0.1"
    assert client_of(x_forwarded_for="1.2.3.4", forwarded="for=203.0.113.7") == "127.0.0.1"
    assert client_of(x_forwarded_for="203.0.113.7", forwarded="nonsense") == "127.0.0.1"
    assert client_of(x_forwarded_for="203.0.113.7", forwarded="for=203.0.113.7") == "203.0.113.7"


@given(made_up=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60))
def test_nothing_that_a_client_states_moves_what_the_proxy_adds(made_up: str) -> None:
    assert client_of(x_forwarded_for=f"{made_up}, 203.0.113.7") == "203.0.113.7"
    # An open quote may swallow what the proxy adds; then it is the proxy's own, never the made up one.
    assert client_of(forwarded=f"{made_up}, for=203.0.113.7") in ("203.0.113.7", "127.0.0.1")
    assert isinstance(forwarded(made_up), list)


def test_scheme_host_and_path_are_those_that_the_proxies_saw() -> None:
    environ = {
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_X_FORWARDED_FOR": "203.0.113.7",
        "HTTP_X_FORWARDED_HOST": "made.up, news.example",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_PREFIX": "/news/",
    }
    asked = as_asked(environ, TRUSTED)
    assert (asked["HTTP_HOST"], asked["syndicate.scheme"], asked["syndicate.prefix"]) == (
        "news.example",
        "https",
        "/news",
    )
    by_rfc = as_asked(
        {"REMOTE_ADDR": "10.0.0.1", "HTTP_FORWARDED": "for=203.0.113.7;host=news.example;proto=http"}, TRUSTED
    )
    assert (by_rfc["HTTP_HOST"], by_rfc["syndicate.scheme"]) == ("news.example", "http")


def site(database: Database, folder: Path, site: Site, *proxies: str) -> Application:
    """The whole web application with some stories, behind proxies."""
    application(database, folder, *STORIES)
    settings = Settings(data=folder, site=site, server=Server(trusted_proxies=proxies), topics=TOPICS)
    return make_app(database=database, index=open_index(folder / "index"), settings=settings)


def test_tries_are_counted_by_client_behind_a_trusted_proxy(database: Database, tmp_path: Path) -> None:
    app = site(database, tmp_path, BELOW, "127.0.0.1")

    def push(client: str, peer: str = "127.0.0.1") -> int:
        headers = {
            "HTTP_AUTHORIZATION": "Bearer no",
            "HTTP_X_FORWARDED_FOR": client,
            "CONTENT_TYPE": "text/plain",
        }
        return ask(app, "/news/articles", "POST", b"x", REMOTE_ADDR=peer, **headers).status

    assert [push("203.0.113.7") for _ in range(25)][-1] == 429
    assert push("203.0.113.8") == 401
    assert [push(f"198.51.100.{n}", peer="203.0.113.9") for n in range(25)][-1] == 429


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_missing_address_is_named_as_the_proxy_saw_it(
    database: Database, tmp_path: Path, scheme: str
) -> None:
    app = site(database, tmp_path, Site(), "127.0.0.1")
    stated = {
        "HTTP_HOST": "127.0.0.1:8080",
        "HTTP_X_FORWARDED_HOST": "example.org",
        "HTTP_X_FORWARDED_PROTO": scheme,
        "HTTP_X_FORWARDED_PREFIX": "/news",
    }
    told = f'base_url = "{scheme}://example.org/news"'
    assert told in ask(app, "/", REMOTE_ADDR="127.0.0.1", **stated).text.replace("&quot;", '"')
    assert "example.org" not in ask(app, "/", REMOTE_ADDR="203.0.113.7", **stated).text
    assert "example.org" not in ask(app, "/latest.atom", REMOTE_ADDR="127.0.0.1", **stated).text


@pytest.fixture(scope="module")
def below_a_path(standing: Database) -> Application:
    """The application below a path, for tests that only read."""
    return site(standing, standing.folder.parent, BELOW)


@pytest.mark.parametrize("way", ["with the path", "without it", "as an application below the path"])
@pytest.mark.parametrize("path", PAGES)
def test_every_address_of_a_page_carries_the_path(below_a_path: Application, path: str, way: str) -> None:
    script = "/news" if way.startswith("as") else ""
    reply = ask(below_a_path, f"/news{path}" if way == "with the path" else path, SCRIPT_NAME=script)
    assert reply.status == (404 if path == "/nothing/here" else 200)
    ours = [
        address
        for address in re.findall(r'(?:href|src|action)="([^"]+)"', reply.text)
        if not re.match(r"[a-z]+:|#", address)
    ]
    assert len(ours) > 10 and [address for address in ours if not address.startswith("/news/")] == []
    for address in {address for address in ours if "/static/" in address or address == "/news/"}:
        assert ask(below_a_path, address).status == 200


def test_text_that_looks_like_an_address_stays(database: Database, tmp_path: Path) -> None:
    app = site(database, tmp_path, BELOW)
    (address,) = re.findall(r'"/news(/a/[^".]+)">Olympic hall', ask(app, "/topic/olympics").text)
    page = ask(app, f"/news{address}").text
    assert 'Write href="/x" in it.' in page and f"https://example.org/news{address}" in page
    assert placed_page('<a title="a > b" href="/x">href="/y"</a>', "/news") == (
        '<a title="a > b" href="/news/x">href="/y"</a>'
    )
    assert placed_page('<a href="//host/x"><a href="https://host/">', "/news") == (
        '<a href="//host/x"><a href="https://host/">'
    )


def test_redirects_cookies_and_machines_addresses_carry_the_path(database: Database, tmp_path: Path) -> None:
    app = site(database, tmp_path, BELOW)
    assert ask(app, "/news").headers["Location"] == "/news/"
    assert ask(app, "/news/latest").headers["Location"] == "/news/"
    assert ask(app, "/news/topic/olympics.atom?lang=zh&n=").headers["Location"] == (
        "/news/topic/olympics.atom?lang=zh"
    )
    said: list[tuple[str, str]] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/news/", "QUERY_STRING": "ui=zh", "SCRIPT_NAME": "",
    }  # fmt: skip
    b"".join(app(environ, lambda status, headers, error=None: said.extend(headers)))
    assert ["; Path=/news;" in value for name, value in said if name == "Set-Cookie"] == [True]
    assert "https://example.org/news/search?q=" in ask(app, "/news/opensearch.xml").text
    assert "Disallow: /news/search\n" in ask(app, "/news/robots.txt").text
    assert "https://example.org/news/topic/olympics.atom" in ask(app, "/news/feeds.opml").text


def test_feeds_name_themselves_and_their_stylesheet_below_the_path(
    database: Database, tmp_path: Path
) -> None:
    app = site(database, tmp_path, BELOW)
    feed = ask(app, "/news/topic/olympics.atom").text
    assert 'href="https://example.org/news/topic/olympics.atom"' in feed
    (style,) = re.findall(r'xml-stylesheet[^>]*href="([^"]+)"', feed)
    assert style.startswith("/news/static/") and ask(app, style).status == 200


def test_a_path_is_taken_off_once_and_only_as_a_whole() -> None:
    def path(asked: str, script: str = "") -> tuple[str, str]:
        found = below({"PATH_INFO": asked, "SCRIPT_NAME": script}, "/%E6%96%B0")
        return str(found["SCRIPT_NAME"]), str(found["PATH_INFO"])

    at = "/新".encode().decode("latin-1")
    assert path(f"{at}/x") == (at, "/x")
    assert path(f"{at}{at}/x") == (at, f"{at}/x")
    assert path(at) == (at, "")
    assert path(f"{at}s/x") == ("", f"{at}s/x")
    assert path(f"{at}/x", script=at) == (at, f"{at}/x")


def test_without_path_and_proxies_nothing_stands_in_between(tmp_path: Path) -> None:
    def app(environ: object, start: object) -> list[bytes]:
        return []

    assert mounted(app, Settings(data=tmp_path, site=Site(base_url="https://news.example/"))) is app


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("SYNDICATE_SERVER_TRUSTED_PROXIES", "127.0.0.1,proxy.example", "'proxy.example'"),
        ("SYNDICATE_SITE_BASE_URL", "https://example.org/news?x=1", "base_url"),
        ("SYNDICATE_SITE_BASE_URL", "https://example.org/new s", "base_url"),
        ("SYNDICATE_SITE_BASE_URL", 'https://example.org/"><script>', "base_url"),
    ],
)
def test_settings_that_cannot_work_are_named(tmp_path: Path, variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        read_settings(tmp_path, config=None, environ={variable: value}, flags={})


class Quiet(WSGIRequestHandler):
    """A server's end of a connection that writes no log."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def proxied(app_at: int, *, strips: bool) -> Iterator[str]:
    """A small proxy that serves an application below /news, and its address."""

    class Proxy(BaseHTTPRequestHandler):
        """Hands on what it is asked for."""

        def do_GET(self) -> None:
            """One request."""
            path = self.path.removeprefix("/news") if strips else self.path
            headers = {"X-Forwarded-For": self.client_address[0], "X-Forwarded-Prefix": "/news"}
            with urlopen(Request(f"http://127.0.0.1:{app_at}{path}", headers=headers)) as answer:
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.end_headers()
                self.wfile.write(answer.read())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/news"
        server.shutdown()


@pytest.mark.parametrize("strips", [True, False])
def test_behind_a_real_proxy_a_feed_names_the_address_it_was_asked_at(
    database: Database, tmp_path: Path, strips: bool
) -> None:
    with (
        make_server("127.0.0.1", 0, lambda environ, start: [], handler_class=Quiet) as server,
        proxied(server.server_port, strips=strips) as address,
        ThreadPoolExecutor() as elsewhere,
    ):
        server.set_app(site(database, tmp_path, Site(base_url=address), "127.0.0.1"))
        for path in ("/topic/olympics.atom", "/latest.atom?lang=zh", "/search.atom?q=olympic"):
            asking = elsewhere.submit(read, address + path)
            server.handle_request()  # here, since the archive is of this thread
            links = etree.fromstring(asking.result()).findall("{http://www.w3.org/2005/Atom}link")
            assert [link.get("href") for link in links if link.get("rel") == "self"] == [address + path]


def read(address: str) -> bytes:
    """What stands at an address."""
    with urlopen(address, timeout=10) as answer:
        return bytes(answer.read())
