"""Which articles say what a query says, in other words or in another language."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from index.analysis import STOPPING, is_unspaced, runs_of
from index.encoder import Encoder
from index.query import All, Node, Phrase, Word, parse_query
from index.sentence_store import Near, SentenceStore

# Less is too little to say anything: these are found by what they are, and translated one by one.
FEWEST_CHARACTERS, OF_A_WORD = 7, 2  # of a script without spaces; a word counts like some of them
LONGEST = 300
# Right answers to questions come down to the lower one, but among the first; so do wrong ones, and what is
# nearest to nonsense. Chosen with all questions of bench.asked in view.
LIKE, LEAST = 0.45, 0.34
MOST, FIRST = 50, 5


class Meaning:
    """An encoder, and the vectors that it is compared with."""

    def __init__(self, folder: Path, encoder: Encoder, *, patience: float) -> None:
        self._store = SentenceStore(folder)
        self._encoder = encoder
        self._patience = patience  # seconds that a query waits for the encoder to be loaded
        self._guard = threading.Lock()

    @property
    def state(self) -> object:
        """What answers depend on."""
        manifest = self._store.manifest
        return (manifest.number, manifest.chain, self._encoder.is_loaded) if manifest else None

    def nearest(self, query: str) -> Near:
        """The articles that say something like a query; none while the encoder is not there."""
        manifest = self._store.manifest
        if manifest is None or not manifest.parts or manifest.model != self._encoder.model:
            return ()
        encode = self._encoder.ready(self._patience)
        if encode is None:
            return ()
        with self._guard:
            (vector,) = encode([" ".join(query.split())[:LONGEST]])
        near = self._store.nearest(vector, MOST, LEAST)
        return [one for place, one in enumerate(near) if place < FIRST or one[1] >= LIKE]


def is_sentence(query: str, stands: Callable[[Phrase], bool]) -> bool:
    """Whether a query says enough to be looked for by its meaning, in plain words alone.

    ``stands`` tells whether a phrase is somewhere as it is: then it is asked for literally. Else quotation
    marks are a part of the sentence, as they are in headlines.
    """
    node = parse_query(query)
    parts: Sequence[Node] = node.parts if isinstance(node, All) else (node,)
    phrases = [part for part in parts if isinstance(part, Phrase)]
    words = [part for part in parts if isinstance(part, Word)]
    if len(words) + len(phrases) < len(parts) or not is_enough(query):
        return False
    whole = dict.fromkeys(word.within or word.text for word in words)
    beside = [run for text in whole for run in runs_of(text) if is_unspaced(run)]
    # In a Chinese sentence “封锁” is a quotation, as index.answer.is_quoting has it.
    return sum(map(len, beside)) >= FEWEST_CHARACTERS or not any(map(stands, phrases))


def is_gibberish(query: str, is_known: Callable[[str], bool]) -> bool:
    """Whether all words, in Latin letters, are such as nobody knows; an encoder finds something near."""
    words = [run for run in runs_of(query) if run not in STOPPING]
    return not any(is_unspaced(word) or word.isdigit() or is_known(word) for word in words)


def is_enough(text: str) -> bool:
    """Whether there are as many words, or characters of a script without spaces, as in a sentence."""
    found = runs_of(text)
    characters = sum(len(run) for run in found if is_unspaced(run))
    return characters + OF_A_WORD * sum(not is_unspaced(run) for run in found) >= FEWEST_CHARACTERS
