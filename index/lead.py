"""How much of a Chinese sentence an article says right at its beginning, where news says what it is about.

A title is short for its text: 央行 for 中央银行, 中俄 for 中国和俄罗斯. So single characters count here,
which say too little to be looked for. Knows no files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from index.across import rarity
from index.analysis import is_unspaced, runs_of
from index.query import Node, Prefix, Word, positive
from index.terms import Ids
from index.vectors import Snapshot

Scores = NDArray[np.float32]

# With fewer different characters it is no sentence. One that the text begins with counts so much of what its
# rarity says, one later less, and those behind the lead nothing.
FEWEST, WORTH = 7, 0.4
LEAD = 200
BYTES = 3 * LEAD


def leading(snapshot: Snapshot, node: Node) -> Callable[[Ids], Scores] | None:
    """What the beginnings of documents are worth for a query; None when it is no Chinese sentence."""
    if not is_chinese_sentence(node):
        return None
    size = snapshot.size
    worths = {one: WORTH * rarity(size, snapshot.frequency("characters", one)) for one in characters(node)}
    return partial(begun, snapshot, worths)


def is_chinese_sentence(node: Node) -> bool:
    """Whether the words of a query have so many different characters that they may be a title."""
    return len(characters(node)) >= FEWEST


def characters(node: Node) -> list[str]:
    """The characters of unspaced script in the words that are asked for, each once."""
    texts = (
        (leaf.within if isinstance(leaf, Word) and leaf.within else leaf.text)
        for leaf in positive(node)
        if not isinstance(leaf, Prefix)
    )
    found = (one for text in texts for run in runs_of(text) if is_unspaced(run) for one in run)
    return list(dict.fromkeys(found))


def begun(snapshot: Snapshot, worths: Mapping[str, float], ids: Ids) -> Scores:
    """What each character is worth to documents by where it first stands."""
    leads = [text[:LEAD] for text in snapshot.beginnings(ids.tolist(), BYTES)]
    scores = [
        sum(worth * (1 - place / LEAD) for one, worth in worths.items() if (place := lead.find(one)) >= 0)
        for lead in leads
    ]
    return np.array(scores, np.float32)
