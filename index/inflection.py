"""What an English word may be a form of, as a lexicon's words are looked up. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from index.stem import stem

PLURALS_WITHOUT_S = frozenset(("children", "men", "women", "feet", "teeth", "mice", "geese"))


def bases(word: str) -> Iterator[str]:
    """The word itself, then the word it is a form of."""
    yield word
    if (base := stem(word)) != word:
        yield base


def singular(word: str) -> str:
    """The word in the singular, as words of a term are compared."""
    return stem(word) if word.endswith("s") or word in PLURALS_WITHOUT_S else word
