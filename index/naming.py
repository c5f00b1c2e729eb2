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

from index.alphabet import Mask, codes_of
from index.analysis import FIRST_UNSPACED, GRAM
from index.batch import GRAMS, LAST_PLAIN, MOST_PACKED, PACKED, Numbers, Vocabulary, words_of_grams
from index.terms import spans

Bytes = NDArray[np.uint8]
# Words are put in order by so many bytes at once; those that begin alike are looked at one by one.
COMPARED = 24


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
        self._text = np.frombuffer(bytes(vocabulary.text) + GRAM.encode(), np.uint8)
        self._lengths = np.concatenate((np.array(vocabulary.lengths, np.int64), (1, 0)))
        self._starts = np.cumsum(self._lengths) - self._lengths

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
        ranks = np.zeros((2, len(self._terms)), np.int64)
        mentioned = np.zeros(ranks.shape, np.bool_)
        mentioned[0, alone] = mentioned[1, joined] = True
        with_joint, codes = np.nonzero(mentioned)
        order = self._in_order(codes, with_joint > 0)
        ranks[with_joint[order], codes[order]] = np.arange(len(order))
        return ranks[0], ranks[1]

    def _in_order(self, codes: Numbers, with_joint: Mask) -> Numbers:
        """The places of words in the order of their bytes, some with a joint behind them."""
        sizes = np.minimum(self._lengths[codes], COMPARED)
        beginnings = np.zeros((len(codes), COMPARED), np.uint8)
        taken = spans(np.arange(len(codes)) * COMPARED, sizes)
        beginnings.ravel()[taken] = self._text[spans(self._starts[codes], sizes)]
        short = np.flatnonzero(with_joint & (sizes < COMPARED))
        beginnings[short, sizes[short]] = ord(GRAM)
        numbers = beginnings.view(">u8").astype(np.uint64)
        order = np.lexsort(numbers.T[::-1])
        same = (numbers[order[1:]] == numbers[order[:-1]]).all(axis=1)
        for start, end in stretches(same):
            order[start:end] = sorted(
                order[start:end].tolist(),
                key=lambda place: self._terms[codes[place]] + GRAM * bool(with_joint[place]),
            )
        return order

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
        starts = np.concatenate((self._starts, len(self._text) + np.cumsum(lengths) - lengths))[pieces]
        sizes = np.concatenate((self._lengths, lengths))[pieces]
        whole = np.concatenate((self._text, text))
        return whole[spans(starts.ravel(), sizes.ravel())], sizes.sum(axis=1)


def stretches(same: Mask) -> list[tuple[int, int]]:
    """From where to where in a row all are the same, given whether each is the same as the one before."""
    edges = np.diff(np.concatenate(((False,), same, (False,))).astype(np.int8))
    starts, ends = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0) + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


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
    beginnings[len(order) - len(behind) :] = beginnings_of(behind)
    at = np.searchsorted(rest, beginnings, side="right") + np.arange(len(order))
    placed = np.empty(len(order) + len(rest), np.int64)
    taken = np.zeros(len(placed), np.bool_)
    placed[at], taken[at] = order, True
    placed[~taken] = len(order) + np.arange(len(rest))
    return placed


def beginnings_of(terms: Sequence[str]) -> Numbers:
    """Where terms stand among the packed ones; what is beyond the basic plane stands behind them all."""
    text = "".join([term[:MOST_PACKED].ljust(MOST_PACKED, "\0") for term in terms])
    one, two, three = np.minimum(codes_of(text), LAST_PLAIN).astype(np.int64).reshape(-1, MOST_PACKED).T
    found: Numbers = one << 32 | two << 16 | three
    return found
