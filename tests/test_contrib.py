"""What stands in ``contrib/``: it names what there is, the servers take it, and nginx serves with it."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from test_syndicate_serving import free_port, ingest, serving, wait_until

import app
from archive.settings import SECTIONS
from syndicate.site_export import SUFFIXES

ROOT = Path(__file__).parents[1]
CONTRIB = ROOT / "contrib"
FILES = sorted(CONTRIB.iterdir())
# What an address without a suffix answers to whom.
NEGOTIATED = {
    "application/json": "application/json",
    "application/atom+xml": "application/atom+xml",
    "*/*": "text/html",
    "application/rss+xml": "application/rss+xml",
    "application/rss+xml;q=0.5, application/json": "application/json",
    "application/rss+xml, application/json;q=0.5": "application/rss+xml",
    "text/csv": "text/csv",
    "text/html": "text/html",
}
NGINX, CADDY = shutil.which("nginx"), shutil.which("caddy")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


def text(name: str) -> str:
    """A file of ours."""
    return (CONTRIB / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    for section, key in re.findall(r"\[(site|server|fetch)\] (\w+)", path.read_text(encoding="utf-8")):
        assert key in SECTIONS[section].__slots__
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 100


def test_the_files_are_named_where_people_look() -> None:
    told = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    assert [path.name for path in FILES if f"contrib/{path.name}" not in told] == []


def test_every_path_of_the_proxy_is_served() -> None:
    """The first words of the paths in nginx.conf are those of our routes."""
    named = {
        word
        for words in re.findall(r"location ~ \^/\(\?:([\w|]+)\)", text("nginx.conf"))
        for word in words.split("|")
    }
    named |= set(re.findall(r"location ~ \^/(\w+)", text("nginx.conf")))
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "syndicate").glob("*.py"))
    ours = set(re.findall(r'"/(\w+)', source))
    assert named and named <= ours | {"latest"}


def test_the_unit_runs_a_command_that_there_is() -> None:
    (line,) = re.findall(
        r"^ExecStart=/opt/syndicate/.venv/bin/python app.py (.+)$", text("syndicate.service"), re.MULTILINE
    )
    assert app.parser().parse_args(line.split()).command == "serve"


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if not (verify := shutil.which("systemd-analyze")):
        pytest.skip("systemd-analyze is not installed")
    (tmp_path / "syndicate.service").write_text(
        text("syndicate.service").replace("/opt/syndicate/.venv/bin/python", "/bin/true")
    )
    said = subprocess.run(
        [verify, "verify", str(tmp_path / "syndicate.service")], capture_output=True, text=True, check=False
    )
    assert "syndicate.service" not in said.stderr, said.stderr


def test_caddy_takes_its_file(tmp_path: Path) -> None:
    if CADDY is None:
        pytest.skip("caddy is not installed")
    asked = [CADDY, "adapt", "--validate", "--adapter", "caddyfile", "--config", str(CONTRIB / "Caddyfile")]
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    said = subprocess.run(asked, capture_output=True, text=True, check=False, env=environ)
    assert said.returncode == 0 and "not formatted" not in said.stderr, said.stderr


def test_caddy_hands_on_nothing_that_a_client_says_of_itself(tmp_path: Path) -> None:
    if CADDY is None:
        pytest.skip("caddy is not installed")
    port, seen = free_port(), Seen(("127.0.0.1", 0), Echo)
    ours = text("Caddyfile").replace("news.example {", f"http://127.0.0.1:{port} {{")
    ours = ours.replace("127.0.0.1:8080 {", f"127.0.0.1:{seen.server_port} {{")
    (tmp_path / "Caddyfile").write_text("{\n\tadmin off\n}\n" + ours)
    asked = [CADDY, "run", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    threading.Thread(target=seen.serve_forever, daemon=True).start()
    with subprocess.Popen(asked, stderr=subprocess.DEVNULL, env=environ) as running:
        try:
            wait_until(lambda: reaches(f"http://127.0.0.1:{port}/"))
            names = ("For", "Host", "Proto", "Prefix")
            made_up = {f"X{mark}Forwarded{mark}{name}": "made-up" for name in names for mark in "-_"}
            with socket.create_connection(("127.0.0.1", port)) as client:
                lines = [
                    f"{name}: {value}" for name, value in {**made_up, "Forwarded": "for=made-up"}.items()
                ]
                client.sendall("\r\n".join(["GET / HTTP/1.0", *lines, "", ""]).encode())
                while client.recv(4096):
                    pass
        finally:
            running.terminate()
    seen.shutdown()
    seen.server_close()
    last = {name.lower(): value for name, value in seen.requests[-1].items()}
    assert "made-up" not in str(last) and last["x-forwarded-for"] == "127.0.0.1"


class Seen(ThreadingHTTPServer):
    """A server that keeps the headers of what it is asked."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.requests: list[Message] = []


class Echo(BaseHTTPRequestHandler):
    """Answers everything with nothing."""

    server: Seen

    def do_GET(self) -> None:
        """One request."""
        self.server.requests.append(self.headers)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def nginx(folder: Path, name: str, port: int, *changes: tuple[str, str]) -> Iterator[str]:
    """nginx running with one of our files, some lines of it changed, and its address."""
    ours = (
        text(name).replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/var/cache/nginx", str(folder))
    )
    for old, new in changes:
        assert old in ours, old
        ours = ours.replace(old, new)
    (folder / "ours.conf").write_text(ours)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; include {folder}/ours.conf; }}\n"
    )
    assert NGINX is not None
    asked = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    said = subprocess.run([*asked, "-t"], capture_output=True, text=True, check=False)
    assert said.returncode == 0 and "[warn]" not in said.stderr.replace("user", ""), said.stderr
    with subprocess.Popen(asked, stderr=subprocess.DEVNULL) as running:
        try:
            wait_until(lambda: reaches(f"http://127.0.0.1:{port}/"))
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


def reaches(url: str) -> bool:
    """Whether somebody listens there."""
    try:
        get(url)
    except OSError:
        return False
    return True


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and body of one request; a redirect is not followed."""

    class Stays(urllib.request.HTTPRedirectHandler):
        """Follows nothing."""

        def redirect_request(self, *args: object, **named: object) -> None:
            """Nothing."""

    asked = urllib.request.Request(
        url, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.build_opener(Stays).open(asked, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def typed(url: str, accept: str) -> str:
    """The type of the answer to somebody who names what he takes."""
    return get(url, Accept=accept)[1]["Content-Type"].partition(";")[0]


def slowest(url: str, count: int) -> float:
    """How long the last of some readers waits who ask for one page at once."""
    began = time.monotonic()
    with ThreadPoolExecutor(count) as readers:
        list(readers.map(lambda _: get(url, Accept="text/html"), range(count)))
    return time.monotonic() - began


@needs_nginx
@pytest.mark.parametrize("prefix", [pytest.param("", marks=pytest.mark.slow), "/news"])
def test_nginx_in_front_of_the_service(tmp_path: Path, prefix: str) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}{prefix}"
    data = tmp_path / "data"
    ingest(data, "flame")
    (data / "site.toml").write_text(
        f'[site]\nbase_url = "{base}"\n[server]\ntrusted_proxies = ["127.0.0.1"]\n'
    )
    with serving(data, "--no-worker", until=f"{prefix}/readyz") as (address, running):
        changes = [("server 127.0.0.1:8080;", f"server {address.removeprefix('http://')};")]
        changes += [("location / {", f"location {prefix}/ {{"), ("^/", f"^{prefix}/")] if prefix else []
        with nginx(tmp_path, "nginx.conf", port, *changes):
            code, headers, body = get(f"{base}/latest.atom", Accept_Encoding="gzip")
            assert (code, headers["Content-Encoding"]) == (200, "gzip")
            assert (
                f'rel="self" type="application/atom+xml" href="{base}/latest.atom"'
                in gzip.decompress(body).decode()
            )
            assert get(f"{base}/latest.atom", Accept_Encoding="gzip", If_None_Match=headers["ETag"])[0] == 304
            plain = get(f"{base}/latest.atom")
            assert plain[1]["Content-Encoding"] is None and plain[2] == gzip.decompress(body)
            assert get(f"{base}/latest.atom", Accept="text/html")[1]["Content-Type"].startswith(
                "application/xml"
            )
            for _ in ("asked", "kept"):
                source = f"{base}/source/example"
                assert {accept: typed(source, accept) for accept in NEGOTIATED} == NEGOTIATED
            assert min(slowest(f"{base}/source/example", 8) for _ in range(3)) < 1
            code, headers, body = get(f"{base}/")
            assert (
                code == 200
                and f'href="{prefix}/latest.atom"' in body.decode()
                and "notice" not in body.decode()
            )
            assert get(f"{base}/latest")[1]["Location"] in (f"{prefix}/", f"{base}/")
            assert get(f"{base}/metrics")[0] == 200
            assert {get(f"{base}/search?q=x{n}")[0] for n in range(40)} == {200, 429}
            running.terminate()
            running.wait(10)
            assert get(f"{base}/latest.atom", Accept_Encoding="gzip")[0] == 200  # kept, and still good
            assert get(f"{base}/")[0] == 502


@needs_nginx
@pytest.mark.parametrize("prefix", [pytest.param("", marks=pytest.mark.slow), "/news"])
def test_nginx_serving_the_site_as_files(tmp_path: Path, prefix: str) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}{prefix}"
    data = tmp_path / "data"
    ingest(data, "flame")
    (data / "site.toml").write_text(f'[site]\nbase_url = "{base}"\n')
    assert app.main(["--data", str(data), "export", "--format", "site", "-o", f"{tmp_path}/www{prefix}"]) == 0
    (tmp_path / f"www{prefix}" / "picture").mkdir()
    for suffix in SUFFIXES.values():
        (tmp_path / f"www{prefix}" / "picture" / f"x{suffix}").write_bytes(b"x")
    with nginx(tmp_path, "nginx-static.conf", port, ("root /srv/news;", f"root {tmp_path}/www;")):
        _, headers, body = get(f"{base}/latest.json")
        assert headers["Content-Type"] == "application/feed+json; charset=utf-8"
        article = re.findall(rf'"url": "{base}(/a/[^"]+)"', body.decode())[0]
        for path, kind in (
            ("/", "text/html; charset=utf-8"),
            ("/source/example", "text/html; charset=utf-8"),
            ("/zh/source/example", "text/html; charset=utf-8"),
            (article, "text/html; charset=utf-8"),
            (f"{article}.json", "application/json; charset=utf-8"),
            (f"{article}.txt", "text/plain; charset=utf-8"),
            ("/latest.atom", "application/atom+xml; charset=utf-8"),
            ("/source/example.lang-zh.rss", "application/rss+xml; charset=utf-8"),
            ("/source/example.lang-zh.json", "application/feed+json; charset=utf-8"),
            ("/feeds.opml", "text/x-opml; charset=utf-8"),
            ("/robots.txt", "text/plain; charset=utf-8"),
            *((f"/picture/x{suffix}", kind) for kind, suffix in SUFFIXES.items()),
        ):
            code, headers, _ = get(base + path)
            assert (code, headers["Content-Type"]) == (200, kind), path
            assert (
                headers["X-Content-Type-Options"] == "nosniff"
                and headers["Access-Control-Allow-Origin"] == "*"
            )
        assert get(f"{base}/latest.atom", Accept_Encoding="gzip")[1]["Content-Encoding"] == "gzip"
        code, _, body = get(f"{base}/nothing")
        assert code == 404 and (prefix or b"not" in body.lower())
        assert get(f"{base}/.syndicate-site")[0] == 404
