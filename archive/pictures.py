"""Pictures that came with documents: which bytes are one, how stored HTML names them, who has which.

Stored HTML names a picture by the hash of its bytes, ``<img src="urn:sha256:HEX">``. Nothing from outside can
hold such a name: the sanitiser drops it. Ours go through the sanitiser under an address with a mark, the hash
of the very text that is read, which no text can hold; what still bears the mark afterwards is ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape

from archive.articles import log
from archive.database import Database, Row, Transaction
from archive.fetches import keep, unpack
from archive.model import Document, Image, Outcome, Picture, sha256
from archive.rows import PUBLIC

LARGEST = 10 << 20
MOST = 200
SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".webp")
SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
NAMED = re.compile(r'(<img\b(?:\s+[\w:-]+="[^"]*")*?\s+src=")urn:sha256:([0-9a-f]{64})(?=")')
MARKED = r'(<p>\s*)?<img\b[^>]*?\ssrc="https://kept\.invalid/{mark}/([0-9a-f]{{64}})"[^>]*>(?(1)(\s*</p>)?)'


def type_of(body: bytes) -> str | None:
    """What kind of picture some bytes are, by the first of them; None for all that is not shown."""
    if not 0 < len(body) <= LARGEST:
        return None
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in SIGNATURES.items() if body.startswith(start)), None)


def picture(name: str, body: bytes) -> Picture | None:
    """Some bytes as a picture, if they are one that may be kept."""
    kind = type_of(body)
    return Picture(name=name, type=kind, body=body) if kind else None


def mark_of(text: str) -> str:
    """What marks our own names of pictures while a text is read."""
    return sha256(text.encode(errors="surrogatepass"))


def marked(mark: str, sha: str) -> str:
    """The address of a kept picture on its way through the sanitiser."""
    return f"https://kept.invalid/{mark}/{sha}"


def settled(html: str, mark: str, images: Sequence[Image]) -> str:
    """Sanitised HTML with marked pictures under their hashes; one in a paragraph of its own as a figure."""
    by_sha = {image.sha256: image for image in images if image.sha256}
    if not mark or not by_sha:
        return html

    def named(match: re.Match[str]) -> str:
        image = by_sha.get(match[2])
        if image is None:
            return ""
        if match[3]:
            return figure(image)
        return f"{match[1] or ''}{shown(image)}"

    return re.sub(MARKED.format(mark=mark), named, html)


def figure(image: Image) -> str:
    """A picture with its caption as HTML; of one that is neither kept nor on the web only the caption."""
    language = f' lang="{escape(image.caption_language)}"' if image.caption_language else ""
    caption = f"<figcaption{language}>{escape(image.caption)}</figcaption>" if image.caption else ""
    return f"<figure>{shown(image)}{caption}</figure>" if caption or image.sha256 or image.url else ""


def shown(image: Image) -> str:
    """The element of a picture alone."""
    if image.sha256:
        return f'<img src="urn:sha256:{image.sha256}" alt="{escape(image.caption or "")}">'
    return f'<img src="{escape(image.url)}" alt="">' if image.url else ""


def through(html: str, clean: Callable[[str], str], address: str) -> str:
    """Stored HTML cleaned once more, its kept pictures at ``address`` and their hash."""
    if "urn:sha256:" not in html:
        return clean(html)
    mark = mark_of(html)
    cleaned = clean(NAMED.sub(rf"\g<1>https://kept.invalid/{mark}/\g<2>", html))
    return cleaned.replace(f'src="https://kept.invalid/{mark}/', f'src="{escape(address)}')


def addressed(html: str, address: str) -> str:
    """Stored HTML with the kept pictures at ``address`` and their hash."""
    return NAMED.sub(lambda match: f"{match[1]}{escape(address)}{match[2]}", html)


def attach(
    transaction: Transaction,
    document: Document,
    stored: Sequence[tuple[str, Outcome]],
    now: datetime,
) -> None:
    """Keep the pictures of a document and say whose they are; ``stored`` is what became of its articles.

    A revision has the pictures that it names and no others. An article that did not change may get pictures
    that were missing before: that is a touch and no revision, so its HTML stays as it is.
    """
    bodies = {sha256(each.body): each for each in document.pictures}
    for article, (id, outcome) in zip(document.articles, stored, strict=False):
        if outcome == "revised":
            transaction.run("DELETE FROM picture WHERE article = :id", id=id)
        had = {row["sha"] for row in of(transaction, id)}
        named = {image.sha256: image.file or "" for image in article.images if image.sha256 in bodies}
        for sha, name in named.items():
            if sha and sha not in had:
                transaction.run(
                    "INSERT INTO picture (article, name, sha, type) VALUES (:id, :name, :sha, :type)",
                    id=id,
                    name=name,
                    sha=keep(transaction, bodies[sha].body),
                    type=bodies[sha].type,
                )
        if outcome == "unchanged" and named.keys() - had:
            log(transaction, "touch", id, reason="picture", person="", now=now)


def of(database: Database | Transaction, id: str) -> list[Row]:
    """The pictures of an article: name, hash and type."""
    return database.read("SELECT name, sha, type FROM picture WHERE article = :id ORDER BY name", id=id)


def public(database: Database, sha: str) -> bytes | None:
    """The bytes of a picture that an article shows to everyone now; None for all others."""
    rows = database.read(
        "SELECT b.codec, b.bytes FROM blob b WHERE b.sha = :sha AND EXISTS (SELECT 1 FROM picture p"
        " JOIN article a ON a.id = p.article JOIN source s ON s.id = a.source"
        f" WHERE p.sha = b.sha AND {PUBLIC} AND COALESCE(a.republish, s.republish, 'full') = 'full')",
        sha=sha,
    )
    return unpack(rows[0]["codec"], rows[0]["bytes"]) if rows else None
