"""Read a feed of any dialect as a document of articles. Pure; never raises on bad content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from html import unescape

from archive.model import Alternate, Article, Document, Enclosure, Hints, Image, Result
from archive.reading import discover, feed_reader, jsonfeed
from archive.reading.clean import clean_line, clean_url, is_web
from archive.reading.decode import decode
from archive.reading.entries import Stated, Words, article, enclosure, own_address
from archive.reading.feed_elements import MOST_ITEMS, TooComplexError
from archive.reading.feed_reader import Raw, Read
from archive.reading.language import language_of

LARGEST = 10 << 20
HTML_TYPES = ("text/html", "application/xhtml+xml")
KINDS = {"channel": "cdf", "rdf:rdf": "rss090"}
# What Yandex asks for beside the description.
FULL_TEXTS = ("yandex_full-text", "full-text", "fulltext")
# Of the files of an entry, for want of one of the entry.
DESCRIPTIONS = ("media_description", "itunes_summary", "subtitle")
PICTURES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp")
PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}


def parse(body: bytes, *, url: str | None, content_type: str | None, name: str, now: datetime) -> Document:
    """The feed that some bytes hold; what they hold else is a result with the reason.

    ``name`` and ``now`` are for parsers of documents that have nothing else to go by; a feed needs neither.
    """
    if len(body) > LARGEST:
        return Document(result="too_complex", detail=f"is larger than {LARGEST >> 20} MiB")
    if not body.strip():
        return not_a_feed("holds nothing but spaces" if body else "holds 0 bytes")
    try:
        return recognised(decode(body, content_type=content_type).lstrip("\ufeff \t\r\n"), url)
    except TooComplexError as error:
        return Document(result="too_complex", detail=str(error))
    except Exception as error:  # A library that has raised nearly everything reads here what strangers wrote.
        return Document(result="failed", detail=f"cannot be read as a feed: {error or type(error).__name__}")


def recognised(text: str, url: str | None) -> Document:
    """What a text holds, by how it begins."""
    if text.startswith(("{", "[")):
        return jsonfeed.read(text, url=url, most=MOST_ITEMS)
    if discover.is_html(text):
        return discover.refusal(text, url=url)
    if "<" not in text:
        return not_a_feed("holds no XML")
    return document(feed_reader.read(discover.without_noise(text), url), url)


def not_a_feed(detail: str) -> Document:
    """What is no feed."""
    return Document(result="not_a_feed", detail=detail)


def document(found: Read, url: str | None) -> Document:
    """What was read, as a document."""
    feed = found.feed
    if not (found.version or found.entries or (found.root in KINDS and feed)):
        return not_a_feed(f"is XML, but no feed: its root is {clean_line(found.root)[:40] or 'missing'}")
    articles, skipped, faults = read_entries(found, url)
    notes = [found.problem] if found.problem else []
    if found.surplus:
        notes.append(
            f"has {len(found.entries) + found.surplus:,} entries; the first {MOST_ITEMS:,} were kept"
        )
    notes += faults
    return Document(
        result=outcome(articles, notes, all_failed=len(faults) == len(found.entries) > 0),
        detail="; ".join(notes)[:1_000] or None,
        kind=found.version or KINDS.get(found.root, found.root),
        self_url=first_link(feed, "self", url),
        site_url=first_link(feed, "alternate", url),
        title=(line_of(feed, "title") or None),
        language=clean_line(raw_text(feed, "language") or "")[:35] or None,
        rights=line_of(feed, "rights") or None,
        articles=articles,
        skipped=skipped,
        deleted=tuple(dict.fromkeys(filter(None, map(clean_line, found.deleted)))),
        hints=hints(found, url),
    )


def outcome(articles: Sequence[Article], notes: Sequence[str], *, all_failed: bool) -> Result:
    """How it went."""
    if all_failed:
        return "failed"
    if notes:
        return "warning"
    return "ok" if articles else "empty"


def read_entries(found: Read, url: str | None) -> tuple[tuple[Article, ...], int, list[str]]:
    """The articles, how many entries make none, and what was wrong with those that could not be read."""
    articles: list[Article] = []
    faults: list[str] = []
    feed = found.feed
    site = first_link(feed, "alternate", url)
    is_atom = found.version.startswith("atom")
    inherited = authors(feed) if is_atom else []
    for place, entry in enumerate(found.entries, 1):
        try:
            stated = state(entry, feed=feed, url=url, site=site, is_atom=is_atom)
            if inherited and not stated.authors:
                stated = replace(stated, authors=inherited)
            if made := article(stated):
                articles.append(made)
        except Exception as error:  # One bad entry must not lose the rest.
            faults.append(f"entry {place} cannot be read: {error or type(error).__name__}"[:200])
    return tuple(articles), len(found.entries) - len(articles), faults


def state(entry: Raw, *, feed: Raw, url: str | None, site: str | None, is_atom: bool) -> Stated:
    """What the feed states about one entry, out of feedparser's names for it."""
    base = own_address(entry.get("own_base"), None) or url or site
    # An empty address is resolved to that of the feed itself.
    links = [dict(link) for link in entry.get("links", ()) if link.get("href", url) not in ("", url)]
    contents = [words for detail in entry.get("content", ()) if (words := words_of(detail, url))]
    # Without a description of its own, a summary is feedparser's copy of the content.
    summary = own_words(entry, "summary", url, is_html=True) if "summary_detail" in entry else None
    if not contents and (full := next(filter(None, (raw_text(entry, key) for key in FULL_TEXTS)), None)):
        contents = [Words(value=full, is_html=True)]
    others = [words_of(entry.get(f"{key}_detail"), url) for key in DESCRIPTIONS]
    if not contents and summary is None:
        contents = [words for words in others if words]
    language = next(filter(None, languages(entry)), None) or feed.get("language")
    title = title_of(entry, url, is_atom=is_atom)
    spoken = language or (title and any(link.get("hreflang") for link in links) and language_of(title.line))
    link = main_link(links, spoken or None) or (None if is_atom else permalink(entry))
    return Stated(
        guid=entry.get("id"),
        url=clean_url(link, base=base) or clean_url(link, base=site),
        title=title,
        contents=contents,
        summary=summary,
        authors=authors(entry) or other_authors(entry, is_atom=is_atom),
        published=[raw for key in ("published", "created", "updated") if (raw := raw_text(entry, key))],
        updated=raw_text(entry, "updated"),
        categories=[str(tag.get("term") or tag.get("label") or "") for tag in entry.get("tags", ())],
        enclosures=list(enclosures(entry, links, base)),
        images=list(images(entry, links, base)),
        alternates=list(alternates(links, base)),
        rights=line_of(entry, "rights"),
        licence=next((link["href"] for link in links if link.get("rel") == "license"), None),
        language=language,
        base=base,
    )


def words_of(detail: object, url: str | None, *, is_short: bool = False) -> Words | None:
    """The words of an element that feedparser describes; None for pictures and other binaries.

    A short text, such as a title, is one whatever type it states.
    """
    if not isinstance(detail, dict):
        return None
    value, kind = detail.get("value"), str(detail.get("type") or "text/html")
    is_text = kind.startswith("text/")
    if not isinstance(value, str) or not value or not (is_short or is_text or kind in HTML_TYPES):
        return None
    is_html = kind in HTML_TYPES or not is_text
    return Words(value=value, is_html=is_html, base=own_address(detail.get("base"), url))


def own_words(context: Raw, key: str, url: str | None, *, is_html: bool = False) -> Words | None:
    """The words of a field; feedparser lets an author's ``title`` replace the detail, but not the value."""
    value, detail = raw_text(context, key), context.get(f"{key}_detail")
    if value is None or (isinstance(detail, dict) and detail.get("value") == value):
        return words_of(detail, url, is_short=True)
    return Words(value=value, is_html=is_html)


def raw_text(entry: Raw, key: str) -> str | None:
    """A field that is a text and not empty."""
    value = entry.get(key)
    return value if isinstance(value, str) and value else None


def line_of(context: Raw, key: str) -> str:
    """A field of plain words as one line."""
    words = own_words(context, key, None)
    return words.line if words else ""


def languages(entry: Raw) -> Iterator[str | None]:
    """The languages stated for an entry, the most particular first."""
    for detail in (*entry.get("content", ()), entry.get("title_detail") or {}):
        yield detail.get("language")
    yield entry.get("language") or entry.get("own_language")


def main_link(links: Sequence[Raw], language: str | None) -> str | None:
    """The first link to the page of an entry: in its own language, and to a page rather than to data."""
    pages = [link for link in links if link.get("rel", "alternate") == "alternate"]
    spoken = (language or "").partition("-")[0].lower()

    def fitness(link: Raw) -> tuple[bool, bool]:
        stated = str(link.get("hreflang") or spoken).partition("-")[0].lower()
        return stated != spoken, "html" not in str(link.get("type") or "html")

    return str(min(pages, key=fitness)["href"]) if pages else None


def permalink(entry: Raw) -> str | None:
    """The guid of an RSS item, which is an address unless it says or shows that it is none."""
    guid = raw_text(entry, "id")
    return guid if guid and entry.get("is_permalink") and is_web(guid) else None


def title_of(entry: Raw, url: str | None, *, is_atom: bool) -> Words | None:
    """The title; RSS does not say what it is, and references that are left in it are always of HTML."""
    words = own_words(entry, "title", url) or own_words(entry, "itunes_title", url)
    if words is None or words.is_html or is_atom or "&" not in words.value:
        return words
    return replace(words, value=unescape(words.value))


def authors(context: Raw) -> list[str]:
    """Who wrote it, as stated: names, or their addresses."""
    people = context.get("authors", ())
    return [str(person.get("name") or person.get("email") or "") for person in people]


def other_authors(entry: Raw, *, is_atom: bool) -> list[str]:
    """Who wrote an entry that names nobody: who wrote the feed that it was taken from, or a plain byline."""
    if is_atom:
        return authors(entry.get("source") or {})
    return [name for key in ("byline", "creator") if (name := raw_text(entry, key))]


def enclosures(entry: Raw, links: Sequence[Raw], base: str | None) -> Iterator[Enclosure]:
    """The files that belong to an entry."""
    files = [
        (link["href"], link.get("type"), link.get("length"))
        for link in links
        if link.get("rel") == "enclosure"
    ]
    if isinstance(own := entry.get("enc_enclosure"), dict):  # RSS 1.0
        files.append((own.get("resource", own.get("rdf:resource")), own.get("type"), own.get("length")))
    media = [
        (each.get("url"), each.get("type"), each.get("filesize"))
        for each in entry.get("media_content", ())
        if not is_picture(each)
    ]
    yield from filter(None, (enclosure(*stated, base=base) for stated in (*files, *media)))


def images(entry: Raw, links: Sequence[Raw], base: str | None) -> Iterator[Image]:
    """The pictures of an entry, also those that are among its files."""
    pictures = [media for media in entry.get("media_content", ()) if is_picture(media)]
    addresses = [media.get("url") for media in (*pictures, *entry.get("media_thumbnail", ()))]
    addresses += entry.get("pictures", ())
    if isinstance(own := entry.get("image"), dict):  # that of an episode
        addresses.append(own.get("href"))
    addresses += [link["href"] for link in links if link.get("rel") == "enclosure" and is_picture(link)]
    found = filter(None, (clean_url(stated, base=base) for stated in addresses))
    # WordPress gives out the author's portrait as a picture of the article; it must not stand for it.
    yield from (Image(url=url) for url in sorted(found, key=lambda url: "gravatar.com/avatar" in url))


def is_picture(media: Raw) -> bool:
    """Whether a file says that it is a picture, or shows it when it says nothing."""
    kind, medium = str(media.get("type") or ""), media.get("medium")
    if kind or medium:
        return medium == "image" or kind.startswith("image/")
    return str(media.get("url") or "").partition("?")[0].lower().endswith(PICTURES)


def alternates(links: Sequence[Raw], base: str | None) -> Iterator[Alternate]:
    """The versions in other languages that an entry links to as such."""
    for link in links:
        if link.get("rel") != "alternate" or not (tag := clean_line(str(link.get("hreflang") or ""))):
            continue
        if address := clean_url(link["href"], base=base):
            yield Alternate(language=tag[:35], url=address)


def first_link(context: Raw, relation: str, url: str | None) -> str | None:
    """The first address of one relation."""
    links = [link for link in context.get("links", ()) if link.get("rel") == relation]
    if relation == "alternate":
        links.sort(key=lambda link: "html" not in str(link.get("type") or "html"))
    return next(filter(None, (clean_url(link.get("href"), base=url) for link in links)), None)


def hints(found: Read, url: str | None) -> Hints:
    """What the feed says about when to ask again, and where else it is to be had."""
    feed = found.feed
    period = PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    days = (day.strip().capitalize() for day in found.skip_days)
    return Hints(
        ttl_minutes=whole(feed.get("ttl"), 525_600),
        update_seconds=period // (whole(feed.get("sy_updatefrequency"), 1_000) or 1) if period else None,
        skip_hours=tuple(sorted({int(hour) % 24 for hour in found.skip_hours if hour.isdecimal()})),
        skip_days=tuple(dict.fromkeys(filter(None, days))),
        hub=first_link(feed, "hub", url),
        previous_archive=first_link(feed, "prev-archive", url),
        next_page=first_link(feed, "next", url),
        generator=clean_line(raw_text(feed, "generator") or "")[:200] or None,
        complete="fh_complete" in feed,
    )


def whole(value: object, most: int) -> int | None:
    """A stated number between one and a limit."""
    text = str(value or "").strip()
    return (
        int(text) if text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= most else None
    )
