"""Fidelity: what feeds say, read by us and by feedparser alone.

Chinese feeds are written anew in other charsets, declared rightly, wrongly or not at all, and each must have
the titles that it had. Where independent engines have read the feeds of the corpus (``--oracle FILE``, JSON
lines of ``file``, ``ok`` and ``entries``), what at least two of them agree on is looked for in both readings.
"""

from __future__ import annotations

import calendar
import gzip
import html
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import feedparser

from archive.reading.parse import parse
from bench.corpus import NOW, sample_feeds
from bench.measure import Figure

PEER = f"feedparser {version('feedparser')} alone"
TAG = re.compile("<[^<>]*>")
DECLARED = re.compile(r"(<\?xml[^>]*?encoding=[\"'])[\w-]+")
ENCODED_TWICE = re.compile("Ã[\x80-\xbf]")
FIELDS = ("title", "link", "id", "published", "categories", "enclosures")
# What a feed is written in, what it then declares, and what the server says.
DISGUISES = (
    ("utf-8", "utf-8", "iso-8859-1"),
    ("utf-8", "gb2312", None),
    ("utf-16", "utf-16", None),
    ("gb18030", "gb2312", "iso-8859-1"),
    ("gb18030", "utf-8", None),
    ("gb18030", None, None),
)
Feeds = tuple[tuple[str, bytes], ...]
Shares = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What was read of one entry, as one compares it."""

    title: str
    link: str | None
    id: str
    published: frozenset[int]
    categories: frozenset[str]
    enclosures: frozenset[str]


Read = Callable[[bytes, str | None], list[Entry]]


def run(feeds: Feeds, oracle: Path | None, few: int) -> list[Figure]:
    """The shares in per cent: of fields on which engines agree, and of titles in other charsets."""
    figures = charsets((*feeds, *sample_feeds()), few)
    if oracle is not None:
        answers = answers_of(oracle)
        ours, theirs = against(feeds, answers, our_entries), against(feeds, answers, peer_entries)
        for field in ("count", *FIELDS):
            figures.append(figure(f"{field} as two engines have it", ours[field], theirs[field]))
    return figures


def figure(what: str, ours: tuple[int, int], theirs: tuple[int, int]) -> Figure:
    """A share and that of the peer, each of what could be judged."""
    return Figure(
        what=f"{what} ({ours[0]:,} of {ours[1]:,})",
        value=share(ours),
        unit="%",
        peer=PEER,
        peer_value=share(theirs),
    )


def share(counted: tuple[int, int]) -> float:
    """Per cent."""
    return 100 * counted[0] / counted[1] if counted[1] else 0.0


def our_entries(body: bytes, content_type: str | None) -> list[Entry]:
    """A feed as we read it."""
    document = parse(body, url=None, content_type=content_type, name="feed.xml", now=NOW)
    return [
        Entry(
            title=plain(article.title),
            link=address(article.url),
            id=article.guid or "",
            published=frozenset(
                int(time.timestamp()) for time in (article.published, article.updated) if time
            ),
            categories=frozenset(map(plain, article.categories)),
            enclosures=frozenset(
                squeezed(url)
                for url in (
                    *(file.url for file in article.enclosures),
                    *(image.url for image in article.images),
                )
                if url
            ),
        )
        for article in document.articles
    ]


def peer_entries(body: bytes, content_type: str | None) -> list[Entry]:
    """A feed as feedparser reads it, told what it needs to know and nothing more."""
    headers = {"content-type": content_type} if content_type else {}
    found = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    return [peer_entry(entry) for entry in found.entries]


def peer_entry(entry: Any) -> Entry:
    """An entry as feedparser gives it."""
    # Asked for what it does not have, feedparser answers with another time.
    times = [entry[key] for key in ("published_parsed", "updated_parsed") if key in entry]
    files = [file.get("href") for file in entry.get("enclosures", ())]
    files += [file.get("url") for key in ("media_content", "media_thumbnail") for file in entry.get(key, ())]
    return Entry(
        title=plain(entry.get("title")),
        link=address(entry.get("link")),
        id=entry.get("id", ""),
        published=frozenset(calendar.timegm(time) for time in times if time),
        categories=frozenset(plain(tag.get("term") or tag.get("label")) for tag in entry.get("tags", ())),
        enclosures=frozenset(squeezed(file) for file in files if file),
    )


def charsets(feeds: Feeds, few: int) -> list[Figure]:
    """How many feeds read the same when they come in another charset."""
    counts = {read: [0, 0] for read in (our_entries, peer_entries)}
    for text in islice(filter(None, (chinese(body) for _, body in feeds)), few):
        for read, count in counts.items():
            before = [entry.title for entry in read(text.encode(), None)]
            for body, content_type in disguised(text):
                count[0] += [entry.title for entry in read(body, content_type)] == before
                count[1] += 1
    ours, theirs = (tuple(count) for count in counts.values())
    return [figure("Chinese feeds in another charset", (ours[0], ours[1]), (theirs[0], theirs[1]))]


def chinese(body: bytes) -> str | None:
    """The text of a feed in UTF-8 that is mostly Chinese."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if len(re.findall("[\u4e00-\u9fff]", text)) > 200 else None


def disguised(text: str) -> Iterator[tuple[bytes, str | None]]:
    """A feed in other charsets, each with what the server says about it."""
    for charset, stated, sent in DISGUISES:
        declared = DECLARED.sub(rf"\g<1>{stated}", text) if stated else re.sub(r"<\?xml[^>]*\?>", "", text)
        yield declared.encode(charset), f"text/xml; charset={sent}" if sent else None


def answers_of(oracle: Path) -> Mapping[str, list[list[dict[str, Any]]]]:
    """What each engine that could read a feed found in it."""
    found: dict[str, list[list[dict[str, Any]]]] = defaultdict(list)
    with (gzip.open if oracle.suffix == ".gz" else open)(oracle, "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if line["ok"]:
                found[line["file"]].append(line["entries"])
    return found


def against(feeds: Feeds, answers: Mapping[str, list[list[dict[str, Any]]]], read: Read) -> Shares:
    """Of each field, how often it was read as engines agree, and how often two of them did."""
    agreed, settled = Counter[str](), Counter[str]()
    for name, body in feeds:
        engines = answers.get(name.removesuffix(".gz"), [])
        if len(engines) < 2 or not is_plain(body):
            continue
        size, votes = Counter(map(len, engines)).most_common(1)[0]
        entries = read(body, None)
        if votes >= 2:
            settled["count"] += 1
            agreed["count"] += len(entries) == size
            if len(entries) == size:
                judge([each for each in engines if len(each) == size], entries, agreed, settled)
    return {field: (agreed[field], settled[field]) for field in settled}


def is_plain(body: bytes) -> bool:
    """Whether a feed is UTF-8 and encoded once: engines read others as they may."""
    try:
        return ENCODED_TWICE.search(body.decode("utf-8")) is None
    except UnicodeDecodeError:
        return False


def judge(
    engines: Sequence[Sequence[dict[str, Any]]],
    entries: Sequence[Entry],
    agreed: Counter[str],
    settled: Counter[str],
) -> None:
    """Count the fields of a feed on which two engines agree, and those that were read so."""
    for place, entry in enumerate(entries):
        for field in FIELDS:
            value, votes = Counter(stated(field, each[place]) for each in engines).most_common(1)[0]
            if votes >= 2 and value:
                settled[field] += 1
                agreed[field] += holds(field, value, entry)


def stated(field: str, entry: Mapping[str, Any]) -> Any:
    """A field as an engine gives it, made comparable."""
    value = entry.get(field)
    if field == "published":
        return int(value) if isinstance(value, int | float) else None
    if field in ("categories", "enclosures"):
        form = plain if field == "categories" else squeezed
        return frozenset(filter(None, map(form, value or ())))
    return {"title": plain, "link": address}.get(field, squeezed)(value)


def holds(field: str, value: Any, entry: Entry) -> bool:
    """Whether an entry has what the engines agree on."""
    if field == "published":
        return value in entry.published
    if field in ("categories", "enclosures"):
        return bool(value <= getattr(entry, field))
    if field == "id":
        return bool(value.lstrip("/") == squeezed(entry.id).lstrip("/"))
    return bool(value == getattr(entry, field))


def plain(text: object) -> str:
    """Words without markup, references and differences of white space."""
    words = str(text or "")
    for _ in range(3):
        words = html.unescape(words)
    return " ".join(TAG.sub("", words.replace("\xa0", " ")).split())


def squeezed(text: object) -> str:
    """An id or address without white space."""
    return "".join(html.unescape(str(text or "")).split())


def address(url: object) -> str | None:
    """An address of the web in one spelling; None for any other."""
    if not isinstance(url, str) or not url.strip().startswith("http"):
        return None
    parts = urlsplit(squeezed(url))
    path = quote(unquote(parts.path or "/"), safe="/%:@!$&'()*+,;=-._~")
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), path=path).geturl()
