"""Which texts of an article get a vector: its title and its first sentences, in either language. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from archive.model import Article
from index.analysis import is_unspaced
from index.snippet import sentence_end

MOST = 6  # sentences beside the title
# Longer ones are cut, since a vector of much says little; shorter ones are a dateline, or half of "Mr. Wang".
LONGEST, LONGEST_CHINESE = 300, 150
SHORTEST, SHORTEST_CHINESE = 24, 8
LOOKED_AT = 4000  # characters


def sentences_of(article: Article) -> tuple[str, ...]:
    """The title, if there is one, and the first sentences."""
    found = [shortened(" ".join(article.title.split()))]
    for sentence in sentences(article.text[:LOOKED_AT]):
        if len(found) > MOST:
            break
        found.append(shortened(sentence))
    return tuple(dict.fromkeys(filter(None, found)))


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text; what is too short to say something goes with what follows."""
    place, begun = 0, ""
    while place < len(text):
        end = sentence_end(text, place)
        begun = f"{begun} {' '.join(text[place:end].split())}".strip()
        place = end
        if len(begun) >= (SHORTEST_CHINESE if is_chinese(begun) else SHORTEST):
            yield begun
            begun = ""
    if begun:
        yield begun


def shortened(text: str) -> str:
    """A text as long as one vector is good for."""
    return text[: LONGEST_CHINESE if is_chinese(text) else LONGEST].strip()


def is_chinese(text: str) -> bool:
    """At least a third of the characters are of a script without spaces."""
    return 3 * sum(map(is_unspaced, text[:LONGEST])) >= len(text[:LONGEST]) > 0
