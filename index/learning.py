"""What texts that were translated teach of words: IBM Model 1, both ways, in arrays. Pure, deterministic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from archive.fold import fold
from index.analysis import LONGEST_WORD, STOPPING, flat, is_unspaced, runs
from index.inflection import bases
from index.lexicon import Entry

ROUNDS = 6
MOST_PAIRS = 15_000
LEAST_TIMES = 3  # a word that stands in a pair or two teaches nothing
LEAST, LEAST_BACK, MOST_RENDERINGS = 0.05, 0.02, 6
RARER = 20  # times rarer than its form is no base of it
LONGEST_PAIR = 120  # words on a side; what is longer says little about each and costs much
Numbers = NDArray[np.int32]
Text = tuple[str, str]
Probabilities = dict[tuple[int, int], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The texts of one language as numbers of words, and the words."""

    texts: list[list[int]]
    words: list[str]


def learned(pairs: Iterable[Text], most: int = MOST_PAIRS) -> Iterator[Entry]:
    """What English and Chinese words are in the other language, by texts that say the same.

    The same pairs give the same entries, in the same order, whatever the order of the pairs. Of more than
    ``most`` those count that come first by their hash.
    """
    some = sorted(set(pairs), key=lambda pair: sha256("\t".join(pair).encode()).digest())[:most]
    cut = [(english(one), chinese(other)) for one, other in some]
    cut = [pair for pair in cut if 1 < len(pair[0]) <= LONGEST_PAIR and 1 < len(pair[1]) <= LONGEST_PAIR]
    of = dictionary_forms(word for one, _ in cut for word in one)
    ours = side([[of[word] for word in one] for one, _ in cut])
    theirs = side([other for _, other in cut])
    there, back = model(ours, theirs), model(theirs, ours)
    for word, rendering, weight in likely(there, back):
        yield Entry("en", ours.words[word], theirs.words[rendering], weight, "learned")
    for word, rendering, weight in likely(back, there):
        # A Latin word in a Chinese text says only what the same in an English one is.
        if is_unspaced(theirs.words[word]):
            yield Entry("zh", theirs.words[word], ours.words[rendering], weight, "learned")


def english(text: str) -> list[str]:
    """The English words of a text that say something."""
    return [
        run[:LONGEST_WORD]
        for run in runs(flat(fold(text)))
        if not is_unspaced(run) and len(run) > 1 and run not in STOPPING and not run.isdigit()
    ]


def chinese(text: str) -> list[str]:
    """The Chinese words of a text, of two characters and more, and the names in Latin letters among them."""
    import rjieba

    words = [flat(word) for word in rjieba.cut(fold(text), False) if len(word) > 1 and is_unspaced(word)]
    return [*words, *english(text)]


def dictionary_forms(words: Iterable[str]) -> dict[str, str]:
    """Each word as it stands in a dictionary: the shortest word of the texts that it may be a form of."""
    counts = Counter(words)
    return {
        word: next(
            (base for base in bases(word) if base != word and RARER * counts[base] >= counts[word]), word
        )
        for word in counts
    }


def side(texts: Sequence[Sequence[str]]) -> Side:
    """Texts as numbers of words; words that stand in one text only are left out."""
    counts = Counter(word for text in texts for word in set(text))
    words = sorted(word for word, count in counts.items() if count >= LEAST_TIMES)
    number = {word: place for place, word in enumerate(words)}
    return Side(
        texts=[[number[word] for word in dict.fromkeys(text) if word in number] for text in texts],
        words=words,
    )


def model(source: Side, target: Side) -> Probabilities:
    """How probable each word of the target is as the rendering of one of the source."""
    size, nothing = len(target.words), len(source.words)
    sources, targets, positions = links(source, target, nothing)
    pairs, inverse = np.unique(sources.astype(np.int64) * size + targets, return_inverse=True)
    of = pairs // max(1, size)
    probability = np.full(len(pairs), 1 / max(1, size))
    for _ in range(ROUNDS):
        each = probability[inverse]
        each /= np.bincount(positions, each)[positions]
        counts = np.bincount(inverse, each, len(pairs))
        probability = counts / np.bincount(of, counts, nothing + 1)[of]
    kept = np.flatnonzero((probability > LEAST_BACK) & (of < nothing))
    words, renderings = of[kept].tolist(), (pairs[kept] % max(1, size)).tolist()
    return dict(zip(zip(words, renderings, strict=True), probability[kept].tolist(), strict=True))


def likely(there: Probabilities, back: Probabilities) -> Iterator[tuple[int, int, float]]:
    """The most probable renderings of each word, of those whose rendering the word is in turn."""
    of: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for (word, rendering), weight in there.items():
        if weight > LEAST and (rendering, word) in back:
            of[word].append((-weight, rendering))
    for word in sorted(of):
        for weight, rendering in sorted(of[word])[:MOST_RENDERINGS]:
            yield word, rendering, -weight


def links(source: Side, target: Side, nothing: int) -> tuple[Numbers, Numbers, Numbers]:
    """Every word of each source text, and nothing, beside every word of its target, and which one that is."""
    sources, targets, lengths = [], [], []
    for ours, theirs in zip(source.texts, target.texts, strict=True):
        if ours and theirs:
            several = [*ours, nothing]
            sources.append(np.tile(np.array(several, np.int32), len(theirs)))
            targets.append(np.repeat(np.array(theirs, np.int32), len(several)))
            lengths.append(np.full(len(theirs), len(several), np.int32))
    if not sources:
        empty = np.empty(0, np.int32)
        return empty, empty, empty
    each = np.concatenate(lengths)
    return (
        np.concatenate(sources),
        np.concatenate(targets),
        np.repeat(np.arange(len(each), dtype=np.int32), each),
    )
