"""An encoder for tests: a plain function that knows a few things by their words in either language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np

from index.encoder import DIMENSIONS, Encode, Encoder, Vectors
from index.engine import Index
from index.lexicon import Entry, Lexicon, write_lexicon
from index.meaning import Meaning
from index.whoosh_engine import WhooshIndex

THINGS = {
    "earthquake": ("earthquake", "quake", "地震"),
    "school": ("school", "pupils", "学校", "学生"),
    "bridge": ("bridge", "大桥", "桥梁"),
    "rain": ("rain", "downpour", "暴雨", "大雨"),
    "permit": ("permit", "licence", "许可"),
}


def encode(texts: Sequence[str]) -> Vectors:
    """A direction for each thing that a text speaks of, and a little of the text's own."""
    found = [np.sum([direction(name) for name in named(text)], axis=0) for text in texts]
    vectors = np.array(found, np.float32).reshape(-1, DIMENSIONS)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / lengths, np.float32)


def named(text: str) -> list[str]:
    """What a text speaks of; of nothing known, of itself."""
    names = [name for name, words in THINGS.items() if any(word in text.lower() for word in words)]
    return names or [text]


def direction(name: str) -> Vectors:
    """Always the same direction for a name, hardly like that of any other."""
    return np.random.default_rng(crc32(name.encode())).standard_normal(DIMENSIONS, np.float32)


def encoder(load: Encode = encode, model: str = "test 1") -> Encoder:
    """The function as the service takes one."""
    return Encoder(lambda: load, model)


def meaning_alone(folder: Path, meaning: Meaning) -> Index:
    """The index of a folder, to read from, with a lexicon that finds none of its words."""
    path = folder / "lexicon.bin"
    if not path.exists():
        known = (("zebra", "斑马"), ("quake", "地裂"))
        write_lexicon([Entry("en", *each, 1.0, "dictionary") for each in known], path)
    return WhooshIndex(folder / "index", lexicon=Lexicon(path), meaning=meaning)
