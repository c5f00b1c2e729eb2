"""Which entry is which article: canonical addresses, aliases and likeness. Pure.

The rules: a guid names an article of its source, and only of that source. Where a source changes its guids,
the address still names the article; where it uses one guid or address for several stories, each story is an
article. Two entries of one document with different guid and address are two articles, however alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archive.fold import fold
from archive.model import Article, sha256, squeezed

TRACKING = re.compile(
    r"(utm_\w+|fbclid|gclid|dclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_hsenc|_hsmi|mkt_tok|spm|scm"
    r"|at_(medium|campaign|custom\d|link_\w+)|ns_(mchannel|source|campaign|linkname)|cmpid|ftag|from_rss|xtor)",
    re.IGNORECASE,
)
DEFAULT_PORT = {"http": 80, "https": 443}
WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+")
UNLIKE = 20
FEW_PAIRS, ENOUGH_SHARED = 40, 0.3


@lru_cache(4096)
def canonical_url(url: str) -> str:
    """An address without what does not name the page: scheme, case of the host, port, tracking, fragment."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in DEFAULT_PORT:
        return url.strip()
    host = (parts.hostname or "") + (f":{port}" if port not in (None, *DEFAULT_PORT.values()) else "")
    query = urlencode([pair for pair in parse_qsl(parts.query, True) if not TRACKING.fullmatch(pair[0])])
    # A fragment names a page only where a site routes by it (#!/story/1).
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit(("", host, parts.path or "/", query, fragment))


def content_key(article: Article) -> str:
    """What names an entry that has neither guid nor address."""
    return sha256("\n".join((article.title, article.published_raw or "", article.text)).encode())


def aliases(article: Article) -> Iterator[tuple[str, str]]:
    """The names an entry goes by, the strongest first: what the source says, then the address."""
    if article.guid:
        yield "guid", article.guid
        if (moved := moved_guid(article.guid)) is not None:
            yield "path", moved
    if article.url:
        yield "url", canonical_url(article.url)
    if not article.guid and not article.url:
        yield "content", content_key(article)


def moved_guid(guid: str) -> str | None:
    """A guid that is an address, without scheme and host: a source that moves keeps this."""
    try:
        parts = urlsplit(guid)
    except ValueError:
        return None
    rest = urlunsplit(("", "", parts.path, parts.query, ""))
    return rest if parts.scheme in DEFAULT_PORT and len(rest) > 1 else None


def full_names(article: Article) -> tuple[str, ...]:
    """Names of a story, each finer than the last, for guids and addresses that several stories share."""
    address = canonical_url(article.url) if article.url else ""
    if article.guid:
        names = [article.guid, f"{article.guid}\n{address}"]
    else:
        names = [address or content_key(article)]
        # A page that tells many stories, each at a place of its own.
        names += [f"{address}#{place}"] if address and (place := fragment(article)) else []
    titled = f"{names[-1] if address or article.guid else ''}\n{folded(article.title)}"
    return (*names, titled, f"{titled}\n{content_key(article)}")


def fragment(article: Article) -> str:
    """The place on its page that an article's address names."""
    return (article.url or "").partition("#")[2]


def is_home(url: str) -> bool:
    """Whether an address is that of a whole site, which many entries may share."""
    host, _, rest = canonical_url(url).removeprefix("//").partition("/")
    return not rest or not host


def same_content(one: Article, other: Article) -> bool:
    """Whether nothing changed that makes a revision: title, text and categories, white space apart."""
    return (
        squeezed(one.title) == squeezed(other.title)
        and squeezed(one.text) == squeezed(other.text)
        and sorted(one.categories) == sorted(other.categories)
    )


def alike(one: Article, other: Article) -> bool:
    """Whether two entries could be versions of one story: same title, or texts near each other."""
    return same_title(one, other) or near(one, other)


def same_title(one: Article, other: Article) -> bool:
    """Whether two entries have one title."""
    return folded(one.title) == folded(other.title)


@lru_cache(4096)
def folded(title: str) -> str:
    """A title as it is compared; each is asked for many times while its document is put."""
    return fold(squeezed(title))


def near(one: Article, other: Article) -> bool:
    """Whether two texts are nearly the same."""
    ones, others = pairs_of(one), pairs_of(other)
    if min(len(ones), len(others)) < FEW_PAIRS:  # half of the bits of a hash agree by chance
        return len({*ones} & {*others}) >= ENOUGH_SHARED * len({*ones, *others})
    return distance(simhash(one), simhash(other)) <= UNLIKE


def one_story(one: Article, other: Article) -> bool:
    """Whether two entries without guid, at an address that many share, tell one story."""
    if one.published and other.published and one.published != other.published:
        return same_title(one, other) and near(one, other)
    return alike(one, other)


def pairs_of(article: Article) -> list[tuple[str, str]]:
    """The pairs of neighbouring words in a title and text."""
    words = WORD.findall(fold(f"{article.title} {article.text}"))[:2000]
    return list(zip(words, words[1:] or words, strict=False))


def simhash(article: Article) -> int:
    """64 bits that are near for near texts (Charikar 2002), over pairs of neighbouring words."""
    votes = [0] * 64
    for pair in pairs_of(article):
        bits = int(sha256(" ".join(pair).encode())[:16], 16)
        for position in range(64):
            votes[position] += 1 if bits >> position & 1 else -1
    return sum(1 << position for position, vote in enumerate(votes) if vote > 0)


def distance(one: int, other: int) -> int:
    """In how many bits two hashes differ."""
    return (one ^ other).bit_count()
