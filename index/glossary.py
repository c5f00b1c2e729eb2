"""The glossary: terms in both languages as people write them down, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

GLOSSARY = Path(__file__).with_name("glossary.tsv")
Line = tuple[tuple[str, ...], tuple[str, ...]]


def read_glossary(text: str) -> Iterator[Line]:
    """The English and the Chinese renderings of every line; what is no such line is left out."""
    for line in text.splitlines():
        english, tab, chinese = line.partition("\t")
        if tab and not line.startswith("#"):
            one, other = renderings(english), renderings(chinese)
            if one and other:
                yield one, other


def renderings(text: str) -> tuple[str, ...]:
    """What stands between the bars."""
    return tuple(filter(None, (part.strip() for part in text.split("|"))))
