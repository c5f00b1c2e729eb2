"""What words of one language are in the other: a table in a mapped file, looked up where it lies.

Glossary, dictionary and what was learned from texts are mixed once, when the file is made; see ``mixed``.
"""

from __future__ import annotations

import json
import mmap
import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.analysis import LONGEST_WORD, flattened, is_unspaced, runs, stem_of

Tongue = Literal["en", "zh"]
Origin = Literal["glossary", "rendering", "dictionary", "learned"]
# Of a word's renderings, how much each origin counts; what is missing counts nothing. A word that
# the glossary has as the usual one is the glossary's; the others stand behind for when no article has it.
SHARES: Mapping[Origin, float] = {"rendering": 1.0, "dictionary": 0.4, "learned": 0.6}
MOST_RENDERINGS, MOST_BEHIND, LEAST = 12, 4, 0.01
STEPS = 250  # of a weight, which is kept as a byte
LAYOUT = "2"  # of the file; its name has it
MAGIC = f"lexicon{LAYOUT}".encode()
# Endings that an English word takes without becoming another, and what stands in their place without them.
INFLECTED = (
    ("ies", ("y",)), ("ied", ("y",)), ("es", ("", "e")), ("s", ("",)), ("ed", ("", "e")), ("ing", ("", "e")),
    ("er", ("", "e")), ("ers", ("", "e")), ("est", ("", "e")), ("ly", ("", "le")),
)  # fmt: skip
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
    """A term as it is looked up: English words by their stems, Chinese as it is compared."""
    return key(flattened(text))


def keys_of(texts: Sequence[str]) -> list[str]:
    """The same of many, folded together, which takes a tenth of the time."""
    return [key(text) for text in flattened("\n".join(texts)).split("\n")]


def key(folded: str) -> str:
    """The key of a folded term."""
    return " ".join(run if is_unspaced(run) else stem_of(run[:LONGEST_WORD]) for run in runs(folded))


def mixed(of: Mapping[Origin, Mapping[str, float]]) -> list[tuple[str, float]]:
    """A word's renderings with their probabilities, the most probable first; one is the glossary's word."""
    usual = [(text, 1.0) for text in of.get("glossary", ())]
    total: defaultdict[str, float] = defaultdict(float)
    whole = sum(SHARES[origin] for origin in of if origin != "glossary")
    for origin, weights in of.items():
        if origin != "glossary":
            # What was learned says itself how sure it is.
            each = SHARES[origin] / whole / (1.0 if origin == "learned" else sum(weights.values()))
            for text, weight in weights.items():
                total[text] += weight * each
    ranked = sorted(total.items(), key=lambda item: (-item[1], item[0]))[:MOST_RENDERINGS]
    known = sum(weight for _, weight in ranked)
    others = [(text, min(weight / known, 0.99)) for text, weight in ranked if weight >= LEAST * known]
    return usual + (others[:MOST_BEHIND] if usual else others)


def write_lexicon(entries: Iterable[Entry], path: Path) -> None:
    """Make the file; whoever reads the one before goes on reading that."""
    found: dict[Tongue, Found] = {"en": {}, "zh": {}}
    known = list(entries)
    english = "\n".join({entry.word if entry.tongue == "en" else entry.rendering for entry in known})
    forms = sorted({run.encode() for run in runs(flattened(english)) if not is_unspaced(run)})
    for entry, word in zip(known, keys_of([entry.word for entry in known]), strict=True):
        of = found[entry.tongue].setdefault(word, {}).setdefault(entry.origin, {})
        of[entry.rendering] = max(of.get(entry.rendering, 0.0), entry.weight)
    texts: dict[str, int] = {}
    parts: dict[str, bytes] = {}
    for tongue, words in found.items():
        words.pop("", None)
        parts |= {f"{tongue} {name}": part for name, part in table(words, texts).items()}
    parts |= {f"texts {name}": part for name, part in strings([*map(str.encode, texts)]).items()}
    parts |= {f"forms {name}": part for name, part in strings(forms).items()}
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
    ordered = sorted((word.encode(), mixed(of)) for word, of in words.items())
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
        self._starts = numbers_of(data, starts, "<u4")

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __contains__(self, text: str) -> bool:
        sought = text.encode("utf-8", "replace")
        place = bisect_left(self, sought)
        return place < len(self) and self[place] == sought

    def __getitem__(self, number: int) -> bytes:
        return self._data[
            self._first + int(self._starts[number]) : self._first + int(self._starts[number + 1])
        ]


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
        # A file of the layout before, which a teacher makes anew when it next looks, has none.
        self._forms = (
            Strings(data, places["forms text"], places["forms starts"]) if "forms text" in places else None
        )
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
        words, sought = self._words[tongue], key.encode("utf-8", "replace")
        place = bisect_left(words, sought)
        if place == len(words) or words[place] != sought:
            return ()
        firsts, numbers, weights = self._of[tongue]
        return tuple(
            (self._texts[int(numbers[at])].decode(), int(weights[at]) / STEPS)
            for at in range(int(firsts[place]), int(firsts[place + 1]))
        )

    def spells(self, word: str) -> bool:
        """Whether an English word is one of those that the lexicon was made of, or ends otherwise alone.

        Keys are stems, and those of words and slips may be the same: goverment is no governess.
        """
        return self._forms is None or any(form in self._forms for form in uninflected(word))

    def has(self, word: str) -> bool:
        """Whether an English word is one of those that the lexicon was made of, as it is spelled."""
        return self._forms is not None and word in self._forms


def uninflected(word: str) -> Iterator[str]:
    """A word, and what it may be the plural, the past, the participle or the like of."""
    yield word
    for ending, instead in INFLECTED:
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 1:
            yield from (rest + letters for letters in instead)
            if rest[-1] == rest[-2]:
                yield rest[:-1]


def numbers_of(data: mmap.mmap, place: tuple[int, int], kind: str) -> NDArray[np.generic]:
    """The numbers that lie at a place."""
    return np.frombuffer(data, kind, place[1] // np.dtype(kind).itemsize, place[0])
