"""The terms behind codes (index.batch): which order they stand in, and their bytes. Pure.

A merge knows a million common-grams; they are compared and written by the numbers of their words, since as
texts they would take a hundred megabytes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.analysis import FIRST_UNSPACED, GRAM
from index.batch import GRAMS, PACKED, Numbers, Vocabulary, words_of_grams
from index.terms import spans

Bytes = NDArray[np.uint8]


class Names(Protocol):
    """What terms the codes of a field stand for."""

    def order(self, codes: Numbers) -> Numbers:
        """The places of rising codes in the order of their terms."""

    def spelled(self, codes: Numbers) -> tuple[Bytes, Numbers]:
        """The terms of codes as bytes one after the other, and how long each is."""


class NamesOfKeywords:
    """The names of terms given as texts, the first with code 0."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._terms = [term.encode() for term in terms]

    def order(self, codes: Numbers) -> Numbers:
        """See Names."""
        terms = [self._terms[code] for code in codes.tolist()]
        return np.array(sorted(range(len(terms)), key=terms.__getitem__), np.int64)

    def spelled(self, codes: Numbers) -> tuple[Bytes, Numbers]:
        """See Names."""
        terms = [self._terms[code] for code in codes.tolist()]
        lengths = np.fromiter(map(len, terms), np.int64, len(terms))
        return np.frombuffer(b"".join(terms), np.uint8), lengths


class NamesOfWords:
    """The names of codes of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._terms = vocabulary.terms
        # Behind the words stand what joins the two of a common-gram, and nothing.
        self._joint, self._nothing = len(self._terms), len(self._terms) + 1
        encoded = [*(term.encode() for term in self._terms), GRAM.encode(), b""]
        self._text = np.frombuffer(b"".join(encoded), np.uint8)
        self._lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))

    def order(self, codes: Numbers) -> Numbers:
        """See Names."""
        grams, packed = np.searchsorted(codes, (GRAMS, PACKED)).tolist()
        plain, rest = codes[:grams], codes[packed:]
        ones, twos = words_of_grams(codes[grams:packed])
        alone, joined = self._ranks(np.concatenate((plain, twos)), ones)
        order = np.argsort(np.concatenate((alone[plain] << 32, joined[ones] << 32 | alone[twos])))
        # Common-grams stand before the first character of unspaced script, and only words can stand behind.
        low = bisect_left(
            order, FIRST_UNSPACED, key=lambda place: self._terms[plain[place]] if place < grams else ""
        )
        behind = [self._terms[code] for code in plain[order[low:]].tolist()]
        return merged_order(behind, order, rest)

    def _ranks(self, alone: Numbers, joined: Numbers) -> tuple[Numbers, Numbers]:
        """For each word its place among words as they are, and with a joint behind them."""
        codes = [np.unique(alone), np.unique(joined)]
        texts = [self._terms[code] for code in codes[0].tolist()]
        texts += [self._terms[code] + GRAM for code in codes[1].tolist()]
        places = np.empty(len(texts), np.int64)
        places[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
        ranks = np.zeros((2, len(self._terms)), np.int64)
        ranks[0, codes[0]], ranks[1, codes[1]] = places[: len(codes[0])], places[len(codes[0]) :]
        return ranks[0], ranks[1]

    def spelled(self, codes: Numbers) -> tuple[Bytes, Numbers]:
        """See Names."""
        is_packed = codes >= PACKED
        is_gram = ~is_packed & (codes >= GRAMS)
        text, lengths = characters_of(codes[is_packed])
        pieces = np.full((len(codes), 3), self._nothing, np.int64)
        pieces[:, 0] = codes
        pieces[is_packed, 0] = len(self._lengths) + np.arange(len(lengths))
        pieces[is_gram, 0], pieces[is_gram, 2] = words_of_grams(codes[is_gram])
        pieces[is_gram, 1] = self._joint
        every = np.concatenate((self._lengths, lengths))
        starts = (np.cumsum(every) - every)[pieces]
        sizes = every[pieces]
        whole = np.concatenate((self._text, text))
        return whole[spans(starts.ravel(), sizes.ravel())], sizes.sum(axis=1)


def characters_of(packed: Numbers) -> tuple[Bytes, Numbers]:
    """The bytes of terms that are their own codes, and how long each is."""
    characters = np.stack((packed >> 32, packed >> 16 & 0xFFFF, packed & 0xFFFF), axis=1)
    text = characters[characters > 0].astype(np.uint32).tobytes().decode("utf-32-le").encode()
    widths = (characters > 0) * (1 + (characters > 0x7F) + (characters > 0x7FF))
    return np.frombuffer(text, np.uint8), widths.sum(axis=1)


def merged_order(behind: Sequence[str], order: Numbers, rest: Numbers) -> Numbers:
    """The order of numbered terms, given in ``order``, and of the packed ones behind them, in theirs.

    Of numbered terms only the last ones, ``behind``, begin far enough up the table of characters to stand
    among the packed ones: by their first three characters, behind an equal one.
    """
    beginnings = np.zeros(len(order), np.int64)
    beginnings[len(order) - len(behind) :] = [beginning(term) for term in behind]
    at = np.searchsorted(rest, beginnings, side="right") + np.arange(len(order))
    placed = np.empty(len(order) + len(rest), np.int64)
    taken = np.zeros(len(placed), np.bool_)
    placed[at], taken[at] = order, True
    placed[~taken] = len(order) + np.arange(len(rest))
    return placed


def beginning(term: str) -> int:
    """Where a term stands among the packed ones; what is beyond the basic plane stands behind them all."""
    one, two, three = (*(min(ord(letter), 0xFFFF) for letter in term[:3]), 0, 0)[:3]
    return one << 32 | two << 16 | three
