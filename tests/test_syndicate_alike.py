"""The same feeds read by nine parsers of others: what each makes of twelve fields of 500 real articles.

Every difference from what the archive holds is a limit of that parser which has a name here, or a fault of
ours. ``PARSERS`` names a folder with the parsers in JavaScript (``node_modules``) and PHP (work trees of
``simplepie``, ``laminas-feed``, ``laminas-stdlib``, ``laminas-escaper``); one that is not there is skipped.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import Any

import feedparser
import pytest
from conftest import shared
from web_client import ask

from archive.articles import articles
from archive.database import Database, open_database
from archive.model import Article, Topic
from archive.settings import Settings, Site, read_settings
from index import follow, open_index
from syndicate.web import make_app

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
BASE = "https://archive.example"
MOST = 500
FIELDS = """
    id title link published updated authors categories language summary content picture enclosure translation
"""
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Feed documents in each format that hold the same articles, and those articles."""

    files: Mapping[str, tuple[Path, ...]]
    known: Mapping[str, Article]
    topics: Mapping[str, Topic]
    sources: Mapping[str, str]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Documents]:
    """The newest of an archive made of real feeds."""
    folder = tmp_path_factory.mktemp("alike")
    command = (sys.executable, "app.py", "--data", str(folder / "data"), "ingest", str(shared("data/feeds")))
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    subprocess.run((*command[:4], "ingest", "samples"), cwd=ROOT, capture_output=True, check=False)
    database = open_database(f"sqlite:///{folder}/data/archive.db")
    follow(database, folder / "index")
    defaults = read_settings(folder, config=None, environ={}, flags={})
    settings = Settings(data=folder, site=Site(base_url=BASE), topics=defaults.topics)
    index = open_index(folder / "index")
    app = make_app(database=database, index=index, settings=settings)
    files: dict[str, list[Path]] = {}
    for format in ("atom", "rss", "json"):
        address, found = f"/latest.{format}", 0
        while address and found < MOST + 100:  # the live document overlaps those before it
            body = ask(app, address).body
            path = folder / f"{len(files.setdefault(format, []))}.{format}"
            path.write_bytes(body)
            files[format].append(path)
            found += len(re.findall(rb'<entry|<item>|"date_published"', body))
            address = previous(body).removeprefix(BASE)
    known = {each.id: each for each in everything(database)}
    titles = {row["id"]: row["title"] for row in database.read("SELECT id, title FROM source")}
    topics = {topic.id: topic for topic in settings.topics}
    yield Documents(
        files={name: tuple(paths) for name, paths in files.items()},
        known=known,
        topics=topics,
        sources=titles,
    )
    index.close()
    database.close()


def previous(body: bytes) -> str:
    """The address of the document before one."""
    if body.startswith(b"{"):
        return str(json.loads(body)["_archive"].get("prev_archive", ""))
    stated = re.search(rb'<(?:atom:)?link rel="prev-archive"[^>]*href="([^"]*)"', body)
    return unescape(stated[1].decode()) if stated else ""


def everything(database: Database) -> tuple[Article, ...]:
    """All articles."""
    return articles(database, [row["id"] for row in database.read("SELECT id FROM article")])


def by_feedparser(file: Path, folder: Path) -> list[Item]:
    read = feedparser.parse(file.read_bytes(), sanitize_html=False, resolve_relative_uris=False)
    return [
        {
            "id": entry.get("id"),
            "title": entry.get("title"),
            "link": entry.get("link"),
            "published": entry.get("published"),
            "updated": entry.get("updated") if "updated" in entry else None,
            "authors": [author.get("name") for author in entry.get("authors", [])],
            "categories": [tag.get("label") or tag.get("term") for tag in entry.get("tags", [])],
            "language": entry.get("language") or entry.get("title_detail", {}).get("language"),
            "summary": entry.get("summary") if "content" in entry else None,
            "content": entry["content"][0]["value"] if "content" in entry else entry.get("summary"),
            "picture": next((each.get("url") for each in entry.get("media_content", [])), None),
            "enclosure": next((each.get("href") for each in entry.get("enclosures", [])), None),
            "translation": next(
                (
                    each["href"]
                    for each in entry.get("links", [])
                    if each["rel"] == "alternate" and each["href"] != entry.get("link")
                ),
                None,
            ),
        }
        for entry in read.entries
    ]


def by_reader(file: Path, folder: Path) -> list[Item]:
    reader = pytest.importorskip("reader", reason="the package reader is not installed")
    with reader.make_reader(":memory:", feed_root=str(file.parent)) as kept:
        kept.add_feed(file.name)
        kept.update_feed(file.name)
        return [
            {
                "id": entry.id,
                "title": entry.title,
                "link": entry.link,
                "published": entry.published and entry.published.isoformat(),
                "updated": entry.updated and entry.updated.isoformat(),
                "authors": [entry.authors_str] if entry.authors_str else [],
                "summary": entry.summary if entry.content else None,
                "content": entry.content[0].value if entry.content else entry.summary,
                "enclosure": next((each.href for each in entry.enclosures), None),
            }
            for entry in kept.get_entries()
        ]


def by_newsboat(file: Path, folder: Path) -> list[Item]:
    newsboat = needs("newsboat")
    (folder / "urls").write_text(f"file://{file}\n")
    kept = folder / "cache.db"
    kept.unlink(missing_ok=True)
    options = ("-C", "/dev/null", "-u", str(folder / "urls"), "-c", str(kept), "-x", "reload")
    subprocess.run((newsboat, *options), check=True, env={**os.environ, "HOME": str(folder)})
    with sqlite3.connect(kept) as opened:
        rows = opened.execute(
            "SELECT guid, title, url, pubDate, author, content, enclosure_url FROM rss_item"
        ).fetchall()
    return [
        {
            "id": guid,
            "title": title,
            "link": url,
            "published": datetime.fromtimestamp(when, UTC).isoformat(),
            "authors": [author] if author else [],
            "content": content,
            "enclosure": enclosure,
        }
        for guid, title, url, when, author, content, enclosure in rows
    ]


def by_sfeed(file: Path, folder: Path) -> list[Item]:
    done = subprocess.run((needs("sfeed"),), input=file.read_bytes(), capture_output=True, check=True)
    return [
        {
            "id": cells[5],
            "title": cells[1],
            "link": cells[2],
            "published": datetime.fromtimestamp(int(cells[0]), UTC).isoformat(),
            "authors": [cells[6]] if cells[6] else [],
            "categories": cells[8].split("|") if cells[8] else [],
            "content": cells[3].replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\"),
            "enclosure": cells[7],
        }
        for cells in (line.split("\t") for line in done.stdout.decode().splitlines())
    ]


def in_javascript(parser: str) -> Callable[[Path, Path], list[Item]]:
    return lambda file, folder: lines(needs("node"), "parsers.mjs", parser, file)


def in_php(parser: str) -> Callable[[Path, Path], list[Item]]:
    return lambda file, folder: lines(needs("php"), "parsers.php", parser, file)


def lines(program: str, script: str, parser: str, file: Path) -> list[Item]:
    """What a script says of a file."""
    folder = os.environ.get("PARSERS")
    if not folder:
        pytest.skip("PARSERS names no folder with parsers")
    command = (program, str(ROOT / "tests" / "alike" / script), folder, parser, str(file))
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def needs(program: str) -> str:
    """The path of a program; skips the test when it is not installed."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


PARSERS: Mapping[str, tuple[Callable[[Path, Path], list[Item]], tuple[str, ...]]] = {
    "feedparser": (by_feedparser, ("atom", "rss")),
    "reader": (by_reader, ("atom", "rss", "json")),
    "newsboat": (by_newsboat, ("atom", "rss")),
    "sfeed": (by_sfeed, ("atom", "rss")),
    "feedsmith": (in_javascript("feedsmith"), ("atom", "rss", "json")),
    "rss-parser": (in_javascript("rss-parser"), ("atom", "rss")),
    "feed-parser": (in_javascript("feed-parser"), ("atom", "rss")),
    "simplepie": (in_php("simplepie"), ("atom", "rss")),
    "laminas": (in_php("laminas"), ("atom", "rss")),
}


# What a parser cannot tell apart or does not read, so that a difference is no fault of the feed.
LIMITS: Mapping[tuple[str, str, str], str] = {
    ("sfeed", "atom", "categories"): "takes the term of a category, which is the id of our topic",
    ("rss-parser", "atom", "categories"): "reads no categories of Atom",
    ("feed-parser", "atom", "enclosure"): "has no enclosures but media, pictures among them",
    ("feed-parser", "rss", "enclosure"): "has no enclosures but media, pictures among them",
    ("simplepie", "atom", "enclosure"): "takes media, pictures among them, for enclosures",
    ("simplepie", "rss", "enclosure"): "takes media, pictures among them, for enclosures",
}
OF_THE_SOURCE = (
    "simplepie",
    "sfeed",
    "laminas",
)  # where an entry has no author these name that of its source


@pytest.mark.parametrize(
    ("parser", "format"), [(name, format) for name, (_, formats) in PARSERS.items() for format in formats]
)
def test_what_others_read_is_what_the_archive_holds(
    documents: Documents, tmp_path: Path, parser: str, format: str
) -> None:
    read = PARSERS[parser][0]
    items = [item for file in documents.files[format] for item in read(file, tmp_path)]
    found = {str(item["id"]): item for item in items}
    assert len(found) >= MOST
    wrong: Counter[str] = Counter()
    examples: dict[str, object] = {}
    for id, item in found.items():
        for field, (said, wanted) in compared(item, documents.known[id], documents, parser, format).items():
            if said != wanted:
                wrong[field] += 1
                examples.setdefault(field, (id, said, wanted))
    print(parser, format, dict(wrong), json.dumps(examples, ensure_ascii=False, default=str)[:3000])
    assert not {field for field in wrong if (parser, format, field) not in LIMITS}


def compared(
    item: Item, article: Article, documents: Documents, parser: str, format: str
) -> dict[str, tuple[object, object]]:
    """What was read and what it should be, for each field that the parser has."""
    wanted = expected(article, documents, format, by_source=format == "atom" and parser in OF_THE_SOURCE)
    return {
        field: (normal(field, item[field]), normal(field, wanted[field]))
        for field in FIELDS.split()
        if field in item and field in wanted
    }


def expected(article: Article, documents: Documents, format: str, *, by_source: bool) -> dict[str, object]:
    """What a feed should tell of an article."""
    place = (article.url or "").partition("://")[2]
    title = " ".join((article.title or (article.text or article.summary or place)[:80]).split())
    text = article.html or article.text or article.summary
    language = "zh" if article.language == "zh" else "en"
    topics = [documents.topics[id].name(language) for id in article.topics]
    first = article.first_seen or datetime.now(UTC)
    return {
        "id": article.id,
        "title": title if len(title) <= 500 else title[:499] + "…",
        "link": BASE + article.address,
        "published": min(article.published, first).isoformat() if article.published else "",
        "authors": list(article.authors) or ([documents.sources[article.source]] if by_source else []),
        "categories": [*topics, *article.categories],
        "language": article.tag,
        # An entry of Atom has some text: its title, where there is no other.
        "content": text or (title if format == "atom" else ""),
        "enclosure": next((each.url for each in article.enclosures), None),
        "picture": picture(article),
        "translation": next((BASE + each.address for each in article.translations), None),
        **({"updated": article.stored.isoformat()} if article.stored and format != "rss" else {}),
    }


def picture(article: Article) -> str | None:
    """The first picture: stated, enclosed, or in the text."""
    stated = [image.url for image in article.images if image.url]
    enclosed = [each.url for each in article.enclosures if (each.type or "").startswith("image/")]
    shown = re.findall(r'<img[^>]*? src="(http[^"]*)"', article.html)
    return next(iter([*stated, *enclosed, *map(unescape, shown)]), None)


def normal(field: str, value: object) -> object:
    """A value in one spelling: times in UTC, spaces as one, no empty ones, HTML as its words."""
    if isinstance(value, list | tuple):
        return sorted({" ".join(str(each).split()) for each in value if str(each or "").strip()})
    if not value:
        return ""
    text = str(value)
    if field in ("published", "updated"):
        when = parsedate_to_datetime(text) if "," in text else datetime.fromisoformat(text)
        return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if field == "content":
        text = unescape(re.sub(r"<[^>]*>", " ", text))
    return " ".join(text.split())
