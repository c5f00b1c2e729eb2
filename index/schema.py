"""The fields of the index, and an article as they hold it. A gate to Whoosh's field types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from whoosh import fields, formats
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.codec.whoosh3 import W3Codec
from whoosh.columns import NumericColumn, VarBytesColumn

from archive.errors import ServiceError
from archive.model import Article
from index.analysis import analyse

TERMS = ("body", "title", "words")
KEYWORDS = ("by", "family", "id", "language", "script", "source", "topics")
# Columns of numbers, with the type code of each: the publication number, the day as an ordinal, the time that
# orders lists in seconds, the change it was indexed at, and how many terms the body has.
NUMBERS = {"number": "i", "day": "i", "sorted": "q", "seq": "q", "length": "i"}
# Columns of bytes: the id, and the normal text, which phrases are checked in.
BYTES = ("key", "text")
BLOCK = 4096
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Counted(fields.TEXT):  # type: ignore[misc]
    """A field that is given its terms as a list; a posting's weight is how often the term occurs."""

    def index(self, value: Iterable[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, count in Counter(value).items():
            yield term.encode(), count, float(count), b""


def stored_schema() -> fields.Schema:
    """The schema as the files name it: stock fields only, so that any Whoosh can open them."""
    return schema(fields.TEXT)


def writing_schema() -> fields.Schema:
    """The same schema for the writer, which is given terms instead of text."""
    return schema(Counted)


def schema(text: type[fields.TEXT]) -> fields.Schema:
    """The schema with terms and keywords in fields of this type."""
    made: dict[str, fields.FieldType] = {}
    for name in (*TERMS, *KEYWORDS):
        field = made[name] = text(analyzer=SpaceSeparatedTokenizer(), phrase=False)
        field.format = formats.Existence()
        field.scorable = False
    for name, code in NUMBERS.items():
        made[name] = fields.COLUMN(NumericColumn(code))
    for name in BYTES:
        made[name] = fields.COLUMN(VarBytesColumn())
    return fields.Schema(**made)


def codec() -> W3Codec:
    """Long blocks without compression: a posting list is then read in few steps."""
    return W3Codec(blocklimit=BLOCK, compression=0)


def document(article: Article, family: str | None) -> dict[str, Any]:
    """The fields of a public article."""
    if article.number is None or article.sorted is None or article.day is None:
        raise ServiceError(f"{article.id}: not yet public, so it cannot be indexed")
    analysed = analyse(article.title, article.searched)
    return {
        "body": analysed.body,
        "title": analysed.title,
        "words": analysed.words,
        "by": article.authors,
        "family": [family] if family else [],
        "id": [article.id],
        "language": [article.language],
        "script": [article.script] if article.script else [],
        "source": [article.source],
        "topics": article.topics,
        "number": article.number,
        "day": article.day.toordinal(),
        "sorted": int((article.sorted - EPOCH).total_seconds()),
        "seq": article.seq,
        "length": len(analysed.body),
        "key": article.id.encode(),
        "text": analysed.normal.encode("utf-8", "replace"),
    }
