"""What cannot be understood in a query or an address, as sentences by their keys. Pure.

The command line and programs are told these; pages in another language have their own under the same keys.
"""

from __future__ import annotations

from collections.abc import Mapping

from archive.errors import QueryError, UsageError

SENTENCES: Mapping[str, str] = {
    "query_too_long": "The query has {characters:,} characters; at most {most:,} can be searched for.",
    "too_many_operators": "The query has {count} operators and fields; at most {most} can be combined.",
    "too_many_phrases": "The query has {count} phrases; at most {most} can be searched for.",
    "phrase_too_long": "A phrase has {characters} characters; at most {most} can be searched for.",
    "nested_too_deeply": "Parentheses are nested {deep} deep; at most {most} can be understood.",
    "prefix_too_frequent": (
        "Words that begin with {prefix} are more than {most:,} times in articles of this archive;"
        " add a letter to it."
    ),
    "no_choice": "{name}: expected {known}, got {value!r}",
    "no_number": "{name}: expected a number from 1 to {most}, got {value!r}",
    "no_day": "{name}: expected a day such as 2022-04-02, got {value!r}",
    "no_cursor": "{name}: {value!r} is not one of ours; begin again at the first page",
    "not_utf8": "the address is not UTF-8",
}


def mistake(key: str, **values: object) -> UsageError:
    """The error that says so."""
    return UsageError(said(SENTENCES[key], values, " or "), key=key, values=values)


def over_limit(key: str, **values: object) -> QueryError:
    """The same of a search that goes over a limit."""
    return QueryError(said(SENTENCES[key], values, " or "), key=key, values=values)


def said(sentence: str, values: Mapping[str, object], between: str) -> str:
    """A sentence with its values; those of which any would do have a word between them."""
    return sentence.format(
        **{name: between.join(value) if isinstance(value, tuple) else value for name, value in values.items()}
    )
