"""What words of one language are in the other: a table in a mapped file, looked up where it lies.

Glossary, dictionary and what was learned from texts are mixed once, when the file is made; see ``mixed``.
"""

from __future__ import annotations

import json
import mmap
import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.analysis import LONGEST_WORD, SMALL, STOPPING, flattened, is_unspaced, runs
from index.inflection import bases, singular

Tongue = Literal["en", "zh"]
Origin = Literal["glossary", "rendering", "dictionary", "learned"]
# Of a word's renderings, how much each origin counts; what is missing counts nothing. A word that
# the glossary has as the usual one is the glossary's; the others stand behind for when no article has it.
SHARES: Mapping[Origin, float] = {"rendering": 1.0, "dictionary": 0.4, "learned": 0.6}
MOST_RENDERINGS, MOST_BEHIND, LEAST = 12, 4, 0.01
# What texts alone say of a word counts from such a probability on, or from a lower one beside a surer one.
ALONE, BESIDE = 0.2, 0.05
# A word that so often stands as it is in the other language is a name there; one in the dictionary, so often.
SAME, STILL_SAME = 0.4, 0.9
NEAR = {"en": 0.1, "zh": 0.2}  # of the best rendering's weight in the dictionary: less is another sense
STEPS = 250  # of a weight, which is kept as a byte
MAGIC = b"lexicon1"
Renderings = tuple[tuple[str, float], ...]
Found = dict[str, dict[Origin, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A word, its rendering, how much it counts among the word's renderings, and who says so."""

    tongue: Tongue
    word: str
    rendering: str
    weight: float
    origin: Origin


def key_of(text: str) -> str:
    """A term as it is looked up: folded, but for an acronym in capitals, which may be another word."""
    return text if is_acronym(text) else " ".join(runs(flattened(text)))


def keys_of(texts: Sequence[str]) -> list[str]:
    """The same of many, folded together, which takes a tenth of the time."""
    folded = flattened("\n".join(texts)).split("\n")
    return [
        text if is_acronym(text) else " ".join(runs(each)) for text, each in zip(texts, folded, strict=True)
    ]


def is_acronym(text: str) -> bool:
    """A run in capitals."""
    return 1 < len(text) <= LONGEST_WORD and text.isascii() and text.isalpha() and text.isupper()


def is_small(key: str) -> bool:
    """English words that say nothing by themselves, which nothing is looked for with."""
    return all(word in STOPPING or word in SMALL for word in key.lower().split(" "))


def forms(key: str) -> Iterator[str]:
    """What an English term may stand under: as it is spelled, then what it may be a form of."""
    if " " in key:
        yield " ".join(map(singular, key.lower().split(" ")))
        return
    if key != (lower := key.lower()):
        yield key
    yield from bases(lower)
    if not is_small(lower):
        yield lower.upper()


def mixed(key: str, of: Mapping[Origin, Mapping[str, float]]) -> list[tuple[str, float]]:
    """A word's renderings with their probabilities, the most probable first; one is the glossary's word.

    There are none of what stays as it is in the other language.
    """
    same = [text for text in of.get("glossary", ()) if text.casefold() == key.casefold()]
    usual = [(text, 1.0) for text in of.get("glossary", ()) if text not in same]
    others: dict[Origin, Mapping[str, float]] = {
        origin: weights for origin, weights in of.items() if origin != "glossary"
    }
    if "dictionary" in others:
        best = max(others["dictionary"].values())
        least = NEAR["zh" if is_unspaced(key) else "en"] * best
        others["dictionary"] = {text: each for text, each in others["dictionary"].items() if each >= least}
    if "learned" in others:
        known = {text for weights in of.values() if weights is not of["learned"] for text in weights}
        others["learned"] = trusted(key, others["learned"], known)
        least = STILL_SAME if "dictionary" in of else SAME
        same += [text for text, each in of["learned"].items() if text.casefold() == key and each >= least]
    if same:
        return usual
    ranked = [one for one in added(others) if one[0] not in of.get("glossary", ())]
    return usual + (ranked[:MOST_BEHIND] if usual else ranked)


def trusted(key: str, weights: Mapping[str, float], known: Collection[str]) -> dict[str, float]:
    """What texts say of a word, without what is weak and nobody else says."""
    foreign = {text: weight for text, weight in weights.items() if text.casefold() != key}
    is_sure = max(foreign.values(), default=0.0) >= ALONE
    least = BESIDE if is_sure else ALONE
    return {text: weight for text, weight in foreign.items() if weight >= least or text in known}


def added(of: Mapping[Origin, Mapping[str, float]]) -> list[tuple[str, float]]:
    """Renderings of several origins with their probabilities, the most probable first."""
    total: defaultdict[str, float] = defaultdict(float)
    whole = sum(SHARES[origin] for origin, weights in of.items() if weights)
    for origin, weights in of.items():
        for text, weight in weights.items():
            # What was learned says itself how sure it is.
            each = SHARES[origin] / whole / (1.0 if origin == "learned" else sum(weights.values()))
            total[text] += weight * each
    ranked = sorted(total.items(), key=lambda item: (-item[1], item[0]))[:MOST_RENDERINGS]
    whole = sum(weight for _, weight in ranked)
    return [(text, min(weight / whole, 0.99)) for text, weight in ranked if weight >= LEAST * whole]


def found_in(entries: Iterable[Entry]) -> dict[Tongue, Found]:
    """Entries by their words; renderings that differ only in case or hyphens are one."""
    found: dict[Tongue, Found] = {"en": {}, "zh": {}}
    known = list(entries)
    spelled: dict[str, str] = {}
    words, renderings = (keys_of([getattr(entry, side) for entry in known]) for side in ("word", "rendering"))
    for entry, word, rendering in zip(known, words, renderings, strict=True):
        if not word or not rendering or is_small(rendering) or says_nothing(entry, word):
            continue
        text = spelled.setdefault(rendering.lower(), entry.rendering)
        for place in places(entry, word):
            of = found[entry.tongue].setdefault(place, {}).setdefault(entry.origin, {})
            of[text] = max(of.get(text, 0.0), entry.weight)
    with_singulars(found["en"])
    return found


def places(entry: Entry, word: str) -> tuple[str, ...]:
    """Where an entry is looked up: an acronym of the glossary also in small letters that say something."""
    if " " in word:
        return (next(forms(word)),)
    is_ours = entry.origin in ("glossary", "rendering") and is_acronym(word) and not is_small(word)
    return (word, word.lower()) if is_ours else (word,)


def says_nothing(entry: Entry, word: str) -> bool:
    """The English word of an entry is a letter (the C of °C, which no C++ means) or a small word."""
    is_ours = entry.origin in ("glossary", "rendering")
    return entry.tongue == "en" and (len(word) == 1 or (is_small(word) and not is_ours))


def with_singulars(words: Found) -> None:
    """A plural also means what its singular does, where the glossary does not say; and the other way."""
    for word in list(words):
        one = singular(word) if " " not in word else word
        if one == word:
            continue
        if one not in words:
            words[one] = words[word]
        elif "glossary" not in words[word]:
            mine = words[word]
            words[word] = {
                origin: {**words[one].get(origin, {}), **mine.get(origin, {})}
                for origin in dict.fromkeys([*mine, *words[one]])
            }


def write_lexicon(entries: Iterable[Entry], path: Path) -> None:
    """Make the file; whoever reads the one before goes on reading that."""
    found = found_in(entries)
    texts: dict[str, int] = {}
    parts: dict[str, bytes] = {}
    for tongue, words in found.items():
        parts |= {f"{tongue} {name}": part for name, part in table(words, texts).items()}
    parts |= {f"texts {name}": part for name, part in strings([*map(str.encode, texts)]).items()}
    places, start = {}, 0
    for name, part in parts.items():
        places[name] = (start, len(part))
        start += -(-len(part) // 8) * 8
    head = json.dumps(places).encode().ljust(4096)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{os.getpid()}")
    made.write_bytes(MAGIC + head + b"".join(part.ljust(-(-len(part) // 8) * 8) for part in parts.values()))
    made.replace(path)


def table(words: Found, texts: dict[str, int]) -> dict[str, bytes]:
    """The words in order, and for each where its renderings are among all texts, with their weights."""
    ordered = sorted((word.encode(), mixed(word, of)) for word, of in words.items())
    counts = np.array([len(renderings) for _, renderings in ordered], np.uint32)
    numbers = [texts.setdefault(text, len(texts)) for _, each in ordered for text, _ in each]
    weights = [round(weight * STEPS) for _, each in ordered for _, weight in each]
    return {
        **strings([word for word, _ in ordered]),
        "firsts": np.concatenate([[0], np.cumsum(counts)]).astype("<u4").tobytes(),
        "numbers": np.array(numbers, "<u4").tobytes(),
        "weights": np.array(weights, np.uint8).tobytes(),
    }


def strings(values: list[bytes]) -> dict[str, bytes]:
    """Texts one after the other, and where each begins; the last is where all end."""
    lengths = np.array([len(value) for value in values], np.uint32)
    return {
        "text": b"".join(values),
        "starts": np.concatenate([[0], np.cumsum(lengths)]).astype("<u4").tobytes(),
    }


class Strings:
    """Texts in a mapped file, by number."""

    def __init__(self, data: mmap.mmap, text: tuple[int, int], starts: tuple[int, int]) -> None:
        self._data = data
        self._first = text[0]
        self._end = text[0] + text[1]
        self._starts = numbers_of(data, starts, "<u4")

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> bytes:
        return self._data[
            self._first + int(self._starts[number]) : self._first + int(self._starts[number + 1])
        ]

    def having(self, text: str) -> Iterator[str]:
        """The texts that have another in them."""
        sought, place = text.encode(), self._first
        while (place := self._data.find(sought, place, self._end)) >= 0:
            number = int(np.searchsorted(self._starts, place - self._first, "right")) - 1
            if place + len(sought) - self._first <= int(self._starts[number + 1]):
                yield self[number].decode()
            place += len(sought)


class Lexicon:
    """The renderings of words, read from a mapped file; any number of threads may ask."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        start = len(MAGIC) + 4096
        places = {
            name: (start + first, length)
            for name, (first, length) in json.loads(data[len(MAGIC) : start]).items()
        }
        self._texts = Strings(data, places["texts text"], places["texts starts"])
        self._words = {
            tongue: Strings(data, places[f"{tongue} text"], places[f"{tongue} starts"])
            for tongue in ("en", "zh")
        }
        self._of = {
            tongue: (
                numbers_of(data, places[f"{tongue} firsts"], "<u4"),
                numbers_of(data, places[f"{tongue} numbers"], "<u4"),
                numbers_of(data, places[f"{tongue} weights"], "u1"),
            )
            for tongue in ("en", "zh")
        }

    def renderings(self, tongue: Tongue, key: str) -> Renderings:
        """What a word, given by its key, is in the other language, with probabilities."""
        for form in forms(key) if tongue == "en" else (key,):
            place = self.place(tongue, form)
            if place is not None:
                return self.at(tongue, place)
        return ()

    def has(self, word: str) -> bool:
        """Whether an English word is known as it is spelled."""
        return self.place("en", key_of(word)) is not None

    def spells(self, word: str) -> bool:
        """Whether an English word is known, or a form of one."""
        return any(self.place("en", form) is not None for form in forms(key_of(word)))

    def names(self, acronym: str) -> bool:
        """Whether a word in capitals is known as one that is written so."""
        return self.place("en", acronym) is not None

    def around(self, text: str) -> tuple[str, ...]:
        """The longer Chinese words that have a Chinese text in them."""
        return tuple(dict.fromkeys(word for word in self._words["zh"].having(text) if word != text))

    def place(self, tongue: Tongue, key: str) -> int | None:
        """Where a word stands among all."""
        words, sought = self._words[tongue], key.encode("utf-8", "replace")
        place = bisect_left(words, sought)
        return place if place < len(words) and words[place] == sought else None

    def at(self, tongue: Tongue, place: int) -> Renderings:
        """The renderings of the word that stands there."""
        firsts, numbers, weights = self._of[tongue]
        return tuple(
            (self._texts[int(numbers[at])].decode(), int(weights[at]) / STEPS)
            for at in range(int(firsts[place]), int(firsts[place + 1]))
        )


def numbers_of(data: mmap.mmap, place: tuple[int, int], kind: str) -> NDArray[np.generic]:
    """The numbers that lie at a place."""
    return np.frombuffer(data, kind, place[1] // np.dtype(kind).itemsize, place[0])
