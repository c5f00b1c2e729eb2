"""The fields of the index, and an article as they hold it. A gate to Whoosh's field types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

from whoosh import fields, formats
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.columns import NumericColumn, VarBytesColumn

from archive.errors import ServiceError
from archive.model import Article
from index import literal, pinyin

NAME = "MAIN"  # of the index, in the names of its files
TERMS = ("body", "characters", "title", "words")
KEYWORDS = ("accented", "by", "family", "id", "language", "pinyin", "script", "source", "topics")
# Columns of numbers, with the type code of each: the publication number, the day as an ordinal, the time that
# orders lists in seconds, the change it was indexed at, and how many terms the body has.
NUMBERS = {"number": "i", "day": "i", "sorted": "q", "seq": "q", "length": "i"}
# Columns of bytes: the id, the normal text, which phrases are checked in, and what of the text it lacks.
BYTES = ("key", "signs", "text")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def stored_schema() -> fields.Schema:
    """The schema as the files name it: stock fields only, so that any Whoosh can open them."""
    made: dict[str, fields.FieldType] = {}
    for name in (*TERMS, *KEYWORDS):
        field = made[name] = fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False)
        field.format = formats.Existence()
        field.scorable = False
    for name, code in NUMBERS.items():
        made[name] = fields.COLUMN(NumericColumn(code))
    for name in BYTES:
        made[name] = fields.COLUMN(VarBytesColumn())
    return fields.Schema(**made)


def keywords(
    articles: Sequence[Article], families: Mapping[str, str], names: Mapping[str, tuple[str, ...]]
) -> dict[str, list[tuple[str, ...]]]:
    """What public articles are filtered by: the terms of each, by field."""
    titles = pinyin.title_words([article.title for article in articles])
    return {
        "accented": [literal.accented(article.title, article.searched) for article in articles],
        "by": [article.authors for article in articles],
        "family": [tuple(filter(None, [families.get(article.source)])) for article in articles],
        "id": [(article.id,) for article in articles],
        "language": [(article.language,) for article in articles],
        "pinyin": [
            pinyin.terms(words, article.authors, names.get(article.source, ()))
            for words, article in zip(titles, articles, strict=True)
        ],
        "script": [tuple(filter(None, [article.script])) for article in articles],
        "source": [(article.source,) for article in articles],
        "topics": [article.topics for article in articles],
    }


def numbers(articles: Sequence[Article]) -> dict[str, list[int]]:
    """What public articles are ordered and counted by, but for the length of their bodies."""
    rows = [numbers_of(article) for article in articles]
    return {
        name: [row[place] for row in rows] for place, name in enumerate(("number", "day", "sorted", "seq"))
    }


def numbers_of(article: Article) -> tuple[int, int, int, int]:
    """The numbers of one article."""
    if article.number is None or article.sorted is None or article.day is None:
        raise ServiceError(f"{article.id}: not yet public, so it cannot be indexed")
    return article.number, article.day.toordinal(), int((article.sorted - EPOCH).total_seconds()), article.seq
