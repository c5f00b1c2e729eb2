"""The site as files: complete, without dead links, the same each time, and written only where it changed."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

import pytest
from lxml import etree

import app
from archive.errors import UsageError
from bench.document_maker import png
from syndicate.site_addresses import Place, document_with, file_of, page_with
from syndicate.site_export import SiteExport
from syndicate.site_files import LIST, Folder

ROOT = Path(__file__).parents[1]
BASE = "http://127.0.0.1:8765/news"
SETTINGS = f'[site]\nbase_url = "{BASE}"\ntimezone = "Asia/Shanghai"\n'
ITEM = (
    "<item><guid>{0}</guid><title>Olympic story {0}</title><dc:creator>Li Na / AC</dc:creator>"
    "<pubDate>Sat, 02 Apr 20{1} 10:{2:02}:00 +0000</pubDate>"
    "<description>See {3}/search?q=x and {0}.</description></item>"
)
ATOM = "{http://www.w3.org/2005/Atom}"
PLACE = Place(base_url=BASE, language="en", picture=lambda sha: ".png")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A data folder, and the site that was exported from it."""

    data: Path
    path: Path

    def run(self, *args: str, code: int = 0) -> None:
        """Run a command on the data folder."""
        assert app.main(["--data", str(self.data), *args]) == code

    def export(self, path: Path | None = None) -> dict[str, bytes]:
        """Export, and all files by name."""
        self.run("export", "--format", "site", "-o", str(path or self.path))
        return files(path or self.path)


def files(path: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()}


def feed(count: int) -> str:
    """A feed of some articles in two years."""
    items = "".join(ITEM.format(n, 21 + n % 2, n % 60, BASE) for n in range(count))
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Example</title>'
        f"<link>https://e.example/</link><description>d</description>{items}</channel></rss>"
    )


def made(folder: Path, *inputs: Path) -> Site:
    """A data folder with some articles, and the site exported from it."""
    site = Site(data=folder / "data", path=folder / "www" / "news")
    site.run("ingest", *map(str, inputs))
    (site.data / "site.toml").write_text(SETTINGS)
    site.export()
    return site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The samples, a story with a picture, and a feed of eighty articles."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "in" / "snow").mkdir(parents=True)
    (folder / "in" / "snow" / "snow.txt").write_text(
        "雪落北京\n2022-04-02 来源：北京日报\n\n雪景.png\n\n北京下了一场雪。\n"
    )
    (folder / "in" / "snow" / "雪景.png").write_bytes(png(1))
    (folder / "in" / "feed.xml").write_text(feed(80))
    return made(folder, ROOT / "samples", folder / "in")


@pytest.fixture
def small(tmp_path: Path) -> Site:
    """A feed of some articles."""
    (tmp_path / "feed.xml").write_text(feed(21))
    return made(tmp_path, tmp_path / "feed.xml")


def links_of(name: str, body: bytes) -> Iterator[str]:
    """The addresses of ours that a file names, without the path of the site."""
    if name.endswith(".html"):
        for address in re.findall(r'<[^>]*\s(?:href|src|action)="([^"]*)"', body.decode()):
            if not re.match(r"[a-z]+:|#", address):
                assert address.startswith("/news/"), f"{name}: {address}"
                yield unescape(address).removeprefix("/news")
        yield from (
            unescape(address) for address in re.findall(rf'<link[^>]*href="{BASE}(/[^"]*)"', body.decode())
        )
    elif name.endswith((".atom", ".rss", ".opml")):
        tree = etree.fromstring(body)
        for address in [
            *(value for each in tree.iter() for value in each.attrib.values()),
            *(each.text or "" for each in tree.iter("link")),
        ]:
            if str(address).startswith(BASE):
                yield str(address).removeprefix(BASE)
    elif name == "sitemap-lists.xml":
        yield from re.findall(rf"<loc>{BASE}(/[^<]*)</loc>", body.decode())
    elif name.endswith(".json"):
        for address in re.findall(rf'": ?"{BASE}(/[^"]*)"', body.decode()):
            yield address


def test_no_link_is_dead(site: Site) -> None:
    found = files(site.path)
    named = [(address, name) for name, body in found.items() for address in links_of(name, body)]
    for address, name in dict(named).items():
        path = unquote(urlsplit(address).path).strip("/")
        assert not urlsplit(address).query, f"{name}: {address}"
        assert path in found or f"{path}/index.html".lstrip("/") in found, f"{name}: {address}"
    assert len(named) > 10_000


def test_everything_is_there(site: Site) -> None:
    found = files(site.path)
    articles = {name for name in found if re.fullmatch(r"a/\d{4}/\d\d/\d\d/[0-9a-f]{8}/index.html", name)}
    assert len(articles) == 26 + 1 + 80
    for name in articles:
        stem = name.removesuffix("/index.html")
        assert {f"zh/{name}", f"{stem}.json", f"{stem}.txt"} <= found.keys()
        assert (f'{stem}/both"'.encode() in found[name]) == (f"{stem}/both/index.html" in found)
    assert sum(name.endswith("/both/index.html") for name in found) >= 16
    for name in ("index.html", "zh/index.html", "topics/index.html", "sources/index.html", "feeds.opml",
                 "feeds/index.html", "about/index.html", "search/index.html", "robots.txt", "404.html",
                 "page-2/index.html", "zh/page-2/index.html", "lang-zh/index.html", "latest.lang-zh.atom",
                 "topic/olympics/page-4/index.html", "topic/olympics/2021/page-2/index.html",
                 "source/e-example-example/index.html",
        "by/Li Na / AC/index.html",
        "by/Li Na / AC.atom"):  # fmt: skip
        assert name in found, name
    assert "picture/" in str(sorted(found)) and all(
        name.endswith(".png") for name in found if name.startswith("picture/")
    )


def test_no_page_of_a_list_shows_a_feed_that_it_cannot_link_to(site: Site) -> None:
    pages = {name: body.decode() for name, body in files(site.path).items() if name.endswith("/index.html")}
    assert [name for name, text in pages.items() if re.search(r"<a>(Atom|RSS|JSON Feed)<", text)] == []
    assert '.atom"' in pages["topic/olympics/lang-zh/index.html"]


def test_pictures_have_the_suffix_of_their_type_everywhere(site: Site) -> None:
    found = files(site.path)
    (picture,) = [name for name in found if name.startswith("picture/")]
    named = [name for name, body in found.items() if picture.removesuffix(".png").encode() in body]
    assert {name.rpartition(".")[2] for name in named} >= {"html", "atom", "rss", "json"}
    for name in named:
        assert name == LIST or b"picture" not in found[name].replace(f"/news/{picture}".encode(), b""), name


def test_pages_of_the_other_interface_lead_to_each_other(site: Site) -> None:
    page = (site.path / "zh" / "topic" / "olympics" / "page-2" / "index.html").read_text()
    assert '<html lang="zh-Hans"' in page
    assert '<a href="/news/topic/olympics/page-2" hreflang="en"' in page
    assert 'rel="next" href="/news/zh/topic/olympics/page-3"' in page
    assert '<a href="/news/zh/topics"' in page and 'href="/news/topic/olympics.atom"' in page


def test_what_needs_a_server_is_not_there(site: Site) -> None:
    for name, body in files(site.path).items():
        if name.endswith(".html"):
            text = body.decode()
            assert (
                "<form" not in text
                and "/healthz" not in text
                and "?" not in "".join(re.findall(r'href="(/[^"]*)"', text))
            ), name
    said = (site.path / "search" / "index.html").read_text()
    assert (
        "This copy cannot search" in said
        and "此副本不能搜索" in (site.path / "zh" / "search" / "index.html").read_text()
    )


@pytest.mark.parametrize("format", ["atom", "rss", "json"])
def test_the_complete_history_is_walked_from_file_to_file(site: Site, format: str) -> None:
    address, ids, seen = f"{BASE}/topic/olympics.{format}", set(), []
    while address:
        body = (site.path / address.removeprefix(f"{BASE}/")).read_bytes()
        seen.append(address)
        if format == "json":
            document = json.loads(body)
            ids |= {item["id"] for item in document["items"]}
            own, address = document["feed_url"], document["_archive"].get("prev_archive", "")
        else:
            tree = etree.fromstring(body)
            ids |= {each.text for each in [*tree.findall(f"{ATOM}entry/{ATOM}id"), *tree.iter("guid")]}
            tops = {each.get("rel"): each.get("href") for each in top_links(tree)}
            own, address = tops["self"] or "", tops.get("prev-archive") or ""
        assert own == seen[-1]
    assert len(seen) > 2 and seen[1].startswith(f"{BASE}/topic/olympics.archive-")
    listed = json.loads((site.path / "topic" / "olympics.json").read_text())["_archive"]["total"]
    assert len(ids) == listed >= 80


def top_links(tree: etree._Element) -> list[etree._Element]:
    """The links of a feed itself."""
    return [*tree.findall(f"{ATOM}link"), *tree.findall(f"channel/{ATOM}link")]


def test_the_same_archive_gives_the_same_bytes_and_writes_nothing_twice(
    small: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {name: (small.path / name).stat().st_mtime_ns for name in files(small.path) if name != LIST}
    again = small.export()
    assert "0 files written" in capsys.readouterr().err
    assert {name: (small.path / name).stat().st_mtime_ns for name in again if name != LIST} == before
    assert small.export(tmp_path / "other") == again


def test_a_withdrawal_and_a_page_that_goes(small: Site) -> None:
    before = files(small.path)
    (small.path / "CNAME").write_text("news.example")
    item = json.loads(before["latest.json"])["items"][0]
    small.run("withdraw", item["id"], "--reason", "a mistake")
    after = small.export()
    name = item["url"].removeprefix(f"{BASE}/")
    assert b"a mistake" in after[f"{name}/index.html"] and b"a mistake" in after[f"{name}.json"]
    assert item["title"].encode() not in after[f"{name}.txt"]
    assert item["title"].encode() not in after["latest.rss"]
    assert b"deleted-entry" in after["latest.atom"]
    # The twenty that are left have one page.
    assert "page-2/index.html" in before and "page-2/index.html" not in after
    assert not (small.path / "page-2").exists()
    assert after["CNAME"] == b"news.example"


def test_what_an_export_no_longer_writes_goes_and_nothing_else(tmp_path: Path) -> None:
    with Folder(tmp_path / "www") as folder:
        folder.write("a/page-2/index.html", b"x")
        folder.write("b.html", b"y")
        folder.finish()
    with Folder(tmp_path / "www") as folder:
        folder.write("b.html", b"y")  # and then it was ended
        folder.write("c.html", b"z")
    (tmp_path / "www" / "mine.html").write_text("mine")
    (tmp_path / "outside").write_text("not ours")
    with (tmp_path / "www" / LIST).open("a") as lines:
        lines.write("../outside\n/etc/hostname\n")
    with Folder(tmp_path / "www") as folder:
        folder.write("b.html", b"y")
        folder.finish()
        assert (folder.written, folder.unchanged, folder.removed) == (0, 1, 2)
    assert sorted(each.name for each in (tmp_path / "www").iterdir()) == [LIST, "b.html", "mine.html"]
    assert (tmp_path / "outside").exists()


def test_a_folder_of_others_is_refused(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.doc").write_text("x")
    site.run("export", "--format", "site", "-o", str(tmp_path), code=2)
    assert "holds files that no export wrote" in capsys.readouterr().err
    site.run("export", "--format", "site", "-o", str(tmp_path / "thesis.doc"), code=2)
    site.run("export", "--format", "site", code=2)
    assert "name the folder" in capsys.readouterr().err
    with pytest.raises(UsageError):
        Folder(tmp_path)


def test_a_plain_server_serves_it(site: Site) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        """A server of files that writes no log."""

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    root = partial(Quiet, directory=str(site.path.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), root) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        at = f"http://127.0.0.1:{server.server_port}"
        for path in (
            "/news/",
            "/news/topic/olympics",
            "/news/zh/topic/olympics/lang-en",
            "/news/latest.json",
        ):
            with urlopen(at + path, timeout=10) as answer:
                body = answer.read().decode()
                assert answer.status == 200 and "Olympic" in body
                assert answer.headers["Content-Type"].startswith(("text/html", "application/json"))
        server.shutdown()


@pytest.mark.parametrize(
    ("address", "ui", "exported", "file"),
    [
        ("/", "en", "/", "index.html"),
        ("/", "zh", "/zh", "zh/index.html"),
        ("/?ui=zh", "en", "/zh", "zh/index.html"),
        ("/?lang=zh", "en", "/lang-zh", "lang-zh/index.html"),
        ("/?lang=zh&before=c2&ui=en", "zh", "/lang-zh/page-2", "lang-zh/page-2/index.html"),
        ("/topic/x?before=c9", "en", "/topic/x/page-3", "topic/x/page-3/index.html"),
        ("/topic/x?from=2021-01-01&to=2021-12-31", "zh", "/zh/topic/x/2021", "zh/topic/x/2021/index.html"),
        ("/topic/x?from=2021-01-01&to=2021-12-30", "en", None, ""),
        ("/topic/x?lang=en&from=2021-01-01&to=2021-12-31", "en", None, ""),
        ("/topic/x+y", "en", None, ""),
        ("/by/Li%20Na", "en", "/by/Li%20Na", "by/Li Na/index.html"),
        ("/by/J.%20Smith", "en", "/by/J.%20Smith", "by/J. Smith/index.html"),
        ("/by/J.%20Smith.csv", "en", None, ""),
        ("/topic/x.csv?lang=en", "en", None, ""),
        ("/by/..", "en", None, ""),
        ("/by/%2E%2E%2Fx", "en", None, ""),
        ("/by/" + "%E5%8C%97" * 80, "en", None, ""),
        ("/latest.atom", "zh", "/latest.atom", "latest.atom"),
        ("/latest.atom?archive=0-64", "en", "/latest.archive-0-64.atom", "latest.archive-0-64.atom"),
        ("/topic/x.json?lang=zh&archive=0-64", "en", "/topic/x.lang-zh.archive-0-64.json",
         "topic/x.lang-zh.archive-0-64.json"),
        ("/topic/x.atom?content=summary", "en", None, ""),
        ("/search?q=x", "en", None, ""),
        ("/search.atom?q=x", "en", None, ""),
        ("/a/2022/04/02/7f3a9c1e", "zh", "/zh/a/2022/04/02/7f3a9c1e", "zh/a/2022/04/02/7f3a9c1e/index.html"),
        ("/a/2022/04/02/7f3a9c1e.txt", "zh", "/a/2022/04/02/7f3a9c1e.txt", "a/2022/04/02/7f3a9c1e.txt"),
        ("/a/2022/04/02/7f3a9c1e?size=big", "en", None, ""),
        ("/picture/" + "0" * 64, "zh", "/picture/" + "0" * 64 + ".png", "picture/" + "0" * 64 + ".png"),
        ("/sources?page=2", "en", "/sources/page-2", "sources/page-2/index.html"),
        ("/healthz", "en", None, ""),
    ],
)  # fmt: skip
def test_which_file_stands_for_an_address(address: str, ui: str, exported: str | None, file: str) -> None:
    assert PLACE.exported(address, ui, ("c2", 2)) == exported
    assert not exported or file_of(exported) == file


def test_a_site_in_chinese_has_its_english_pages_below_en() -> None:
    chinese = replace(PLACE, language="zh")
    assert (
        chinese.exported("/topics", "zh") == "/topics" and chinese.exported("/topics", "en") == "/en/topics"
    )
    assert chinese.exported("/topics?ui=en", "zh") == "/en/topics"


def test_links_without_a_file_leave_their_words() -> None:
    placed = {"/x?a=1&b=2": "/x/y"}.get
    html = (
        '<link rel="search" href="/news/gone"><a class="b" href="/news/gone">words</a><a href='
        f'"/news/x?a=1&amp;b=2">x</a> href="/news/gone" <a href="{BASE}/gone">a link of the article</a>'
        '<a href="https://e.example/">e</a>'
    )
    assert page_with(html, PLACE, placed) == (
        '<a class="b">words</a><a href="/news/x/y">x</a> href="/news/gone" '
        f'<a href="{BASE}/gone">a link of the article</a><a href="https://e.example/">e</a>'
    )
    text = f'<link href="{BASE}/x?a=1&amp;b=2"/> {BASE}/x?a=9 {BASE}2/x?a=1&amp;b=2'
    assert (
        document_with(text, PLACE, placed) == f'<link href="{BASE}/x/y"/> {BASE}/x?a=9 {BASE}2/x?a=1&amp;b=2'
    )


def test_parts_of_a_sitemap_come_and_what_fails_is_told(site: Site, tmp_path: Path) -> None:
    """An application in memory: it has a sitemap in parts, and cannot answer for its feeds list."""

    def application(environ: dict[str, str], start: object) -> list[bytes]:
        path = environ["PATH_INFO"]
        known = {"/sitemap.xml": f"<loc>{BASE}/sitemap-1.xml</loc>", "/sitemap-1.xml": f"<loc>{BASE}/</loc>"}
        code = (
            "404 Not Found"
            if path in ("/404.html", "/robots.txt", "/feeds.opml", "/news-sitemap.xml")
            else "200 OK"
        )
        code = "503 Service Unavailable" if path == "/topics" else code
        start(code, [("Content-Type", "text/xml" if path in known else "text/html")])  # type: ignore[operator]
        return [known.get(path, "x").encode()]

    from archive.database import open_database

    database = open_database(f"sqlite:///{tmp_path}/archive.db")
    with Folder(tmp_path / "www") as folder:
        folder.write("topics/index.html", b"as it was")
        export = SiteExport(application, database, folder, place=PLACE, topics=())
        told = dict(export.files())
        folder.finish()
    database.close()
    assert [name for name, is_made in told.items() if not is_made] == [
        "topics/index.html",
        "zh/topics/index.html",
    ]
    found = files(tmp_path / "www")
    assert found["sitemap-1.xml"] == f"<loc>{BASE}/</loc>".encode() and "robots.txt" not in found
    assert found["topics/index.html"] == b"as it was"
