"""The words of the domain, as frozen values. Imports nothing of ours; does no I/O."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Literal
from uuid import UUID, uuid5

Republish = Literal["full", "summary", "title", "none"]
Precision = Literal["second", "minute", "day", "month", "year"]
ChangeKind = Literal["put", "withdraw", "restore", "touch"]
Outcome = Literal["new", "revised", "unchanged", "skipped"]
Result = Literal["ok", "warning", "empty", "not_a_feed", "too_complex", "failed"]

# Ids outlive code: this namespace, and what is hashed with it, must never change.
NAMESPACE = UUID("5ca66ab4-33e0-5d0c-9be3-9c4ba6a4cd17")
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
GOOD_RESULTS: frozenset[Result] = frozenset({"ok", "warning", "empty"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that belongs to an article; length in bytes, where it is stated and true."""

    url: str
    type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture, beside the document (``file``) or on the web (``url``), before the nth block of text.

    ``sha256`` is that of its bytes, where the archive keeps them.
    """

    file: str | None = None
    url: str | None = None
    sha256: str | None = None
    caption: str | None = None
    caption_language: str | None = None
    before_block: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The bytes of a picture that came with a document, and the name by which the document knows it."""

    name: str
    type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """What a source states about another version of an article: its language, and its address if given."""

    language: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """Another article of the archive that tells the same story."""

    id: str
    language: str
    script: str | None
    title: str
    address: str
    state: Literal["stated", "found", "confirmed"]

    @property
    def is_vouched(self) -> bool:
        """Whether a source or a person says so: then it may be told as a version, not as what we found."""
        return self.state != "found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """When, why and by whom an article was taken out of publication."""

    when: datetime
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person put right in an article: a field, its value as text, why, who and when."""

    field: str
    value: str
    reason: str
    by: str
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news article, the same object from parsing to publication.

    Parsing fills the first part. The second part is the archive's: empty until ``articles.put`` has settled
    the identity and stored the revision. Times are aware UTC; ``title``, ``summary`` and ``text`` are plain
    text, taken literally; ``html`` is sanitised and its addresses are absolute; ``language`` is a BCP 47
    primary tag or ``und``, ``script`` is ``Hans``, ``Hant`` or None.

    Of the archive's part: ``number`` is that of the first publication, ``seq`` the last log line about it,
    ``stored`` when this revision was stored, ``editor`` the person who made it (None for its source),
    ``day`` the day under which lists show it, ``sorted`` the time that orders it in pages, and
    ``corrections`` what people put right and still holds. Parsing fills ``topics`` only with those that
    whoever sent the article states.
    """

    title: str
    text: str = ""
    html: str = ""
    summary: str = ""
    language: str = "und"
    script: str | None = None
    source: str = ""
    guid: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_raw: str | None = None
    published_precision: Precision | None = None
    updated: datetime | None = None
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    images: tuple[Image, ...] = ()
    alternates: tuple[Alternate, ...] = ()
    rights: str | None = None
    licence: str | None = None
    republish: Republish | None = None
    embargo: datetime | None = None
    note: str | None = None

    id: str = ""
    number: int | None = None
    seq: int = 0
    revision: int = 0
    sha: str = ""
    address: str = ""
    first_seen: datetime | None = None
    stored: datetime | None = None
    editor: str | None = None
    day: date | None = None
    sorted: datetime | None = None
    topics: tuple[str, ...] = ()
    translations: tuple[Translation, ...] = ()
    corrections: tuple[Correction, ...] = ()
    withdrawn: Withdrawn | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of what readers see: ``v1``, a line feed and the canonical JSON of the content fields."""
        content = {
            "title": self.title,
            "summary": self.summary,
            "html": self.html,
            "text": self.text,
            "authors": list(self.authors),
            "published_raw": self.published_raw,
            "categories": list(self.categories),
            "enclosures": [plain(enclosure) for enclosure in self.enclosures],
            "images": [plain(image) for image in self.images],
        }
        return sha256(b"v1\n" + canonical_json(content).encode())

    @property
    def searched(self) -> str:
        """All text a search may find this article by, but its title: body, summary, captions."""
        captions = [image.caption for image in self.images if image.caption]
        told = not self.summary or squeezed(self.summary) in squeezed(self.text)
        summary = [] if told else [self.summary]
        return "\n".join([*summary, self.text, *captions])

    @property
    def tag(self) -> str:
        """The BCP 47 tag for ``xml:lang`` and ``lang``: language, and script where it is known."""
        return f"{self.language}-{self.script}" if self.script else self.language


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a feed says about how often to poll it, and what else it states about itself."""

    ttl_minutes: int | None = None
    update_seconds: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    hub: str | None = None
    previous_archive: str | None = None
    next_page: str | None = None
    generator: str | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one part of an input: its place, counted from one, and whether it was left out."""

    place: int
    reason: str
    is_skipped: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one input held: a feed with its articles, or a single article.

    ``deleted`` are the guids that the feed itself declares deleted (RFC 6721). ``skipped`` counts the
    entries that could not be identified. ``detail`` says what is wrong when ``result`` is not ``ok``.
    ``sources`` are the feeds that a subscription list names; ``faults`` what is wrong with parts of a stream,
    ``doubts`` what a person should look at before an article is taken in.
    Of the ``links`` of a page to feeds the first so many are ``declared``, the others only look like some.
    """

    result: Result = "ok"
    detail: str | None = None
    kind: str = ""
    self_url: str | None = None
    site_url: str | None = None
    title: str | None = None
    language: str | None = None
    rights: str | None = None
    source_name: str | None = None
    articles: tuple[Article, ...] = ()
    skipped: int = 0
    deleted: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    declared: int = 0
    pictures: tuple[Picture, ...] = ()
    doubts: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    faults: tuple[Fault, ...] = ()
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRules:
    """Where things stand on a source's pages: CSS selectors, or XPaths that begin with ``/`` or ``(``."""

    content: str = ""
    title: str = ""
    date: str = ""
    author: str = ""
    without: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a person wants a source to be read: what it is, its pages, which entries to keep and to drop."""

    kind: Literal["feed", "sitemap", "index"] = "feed"
    full_text: bool = False
    page: PageRules = PageRules()
    links: str = ""
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An upstream feed or publisher that we read; ``identity`` is what made it: an address, or a name."""

    id: str
    identity: str
    title: str
    url: str | None = None
    site_url: str | None = None
    name_en: str | None = None
    name_zh: str | None = None
    family: str | None = None
    folder: str | None = None
    language: str | None = None
    timezone: str | None = None
    rights: str | None = None
    licence: str | None = None
    republish: Republish | None = None
    reading: Reading = Reading()
    state: Literal["active", "paused", "removed"] = "active"
    added: datetime | None = None

    def name(self, language: str) -> str:
        """The name to show in an interface of that language."""
        return (self.name_zh if language == "zh" else self.name_en) or self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the change log; ``seq`` rises in commit order."""

    seq: int
    kind: ChangeKind
    id: str
    revision: int
    sha: str
    at: datetime
    chain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A named selection of articles, by rule; it has its own feeds.

    An article is in the topic when ``words`` make it a subject: one of them in the title, all together three
    times in the text, or twice with one in its first 300 characters; and, if ``context`` is given, one of
    those stands anywhere. Or when one of its ``categories``, its source (by id or family) or another topic
    says so. In no case when one of ``without`` stands in it. Words are folded, so that case and script do not
    matter: Chinese stands anywhere, others as whole words, with a plural s or with any ending after ``*``.
    """

    id: str
    en: str
    zh: str
    group: str = ""
    words: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """The name to show in an interface of that language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles a list, feed or search is about. Everything empty is the whole archive.

    ``topics`` are alternatives; ``without`` are topics to leave out; ``source`` also matches a family;
    ``language`` ``both`` tells each story once, with its texts in both; ``paired`` leaves only stories that
    are told in both. ``since`` and ``until`` are days, both included.
    """

    query: str = ""
    topics: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    source: str = ""
    by: str = ""
    language: Literal["", "en", "zh", "both"] = ""
    paired: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some articles, newest first, and the cursor where the older ones start."""

    articles: tuple[Article, ...]
    older: str | None = None


@lru_cache(4096)
def article_id(source: str, identity: str) -> str:
    """A permanent, globally unique id (RFC 9562 version 5): the same input always gives the same id."""
    return uuid5(NAMESPACE, f"{source}\n{identity}").urn


def sha256(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def canonical_json(value: object) -> str:
    """JSON with sorted keys, no spaces and raw UTF-8: one text for one value."""
    return CANONICAL.encode(value)


def plain(value: Enclosure | Image | Alternate) -> dict[str, str | int]:
    """A small value as a dict without its empty fields, for JSON."""
    pairs = ((name, getattr(value, name)) for name in value.__dataclass_fields__)
    return {name: item for name, item in pairs if item is not None}


def squeezed(text: str) -> str:
    """Text with every run of white space as one space."""
    return " ".join(text.split())


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC to the second, the form in which times are stored, compared and shown to machines."""
    # strftime writes the year 1 as "1", and takes four times as long.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def moment(stamp: str) -> datetime:
    """The time that ``timestamp`` wrote."""
    return datetime.fromisoformat(stamp)
