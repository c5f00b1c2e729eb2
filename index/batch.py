"""The terms and words of many texts at once, as arrays of numbers. Pure.

A term is a *code* of 48 bits. Up to three characters of the basic plane, the first of an unspaced script or
beyond, are their own code, sixteen bits each: codes are then in the order of the terms. A common-gram is made
of the numbers of its words. Any other term is numbered by a vocabulary. With the document behind it in the
last sixteen bits a code is a *key*: sorting keys is all it takes to make posting lists, and equal keys beside
each other are how often a term occurs.

``index.analysis`` is the definition of what terms, words and normal text are; this only is faster.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import rjieba
from numpy.typing import NDArray

from index.alphabet import (
    PIECE,
    SIGN,
    SPACE,
    WORD,
    Alphabet,
    Codes,
    Mask,
    alphabet,
    codes_of,
    folded_together,
    text_of,
)
from index.analysis import (
    FIRST_UNSPACED,
    LONGEST_NAME,
    LONGEST_WORD,
    STOP_WORDS,
    TITLE_WEIGHT,
    stem_of,
)

Numbers = NDArray[np.int64]
Keys = NDArray[np.uint64]
PACKED = ord(FIRST_UNSPACED) << 32  # codes from here on are characters
MOST_PACKED = 3
# Codes of common-grams: a mark, which of the words stops (when both do, the first), its number, the other's.
GRAMS, SECOND_STOPS, STOPS_AT = 1 << 43, 1 << 42, 36
LAST_PLAIN = 0xFFFF
LAST, ONE = np.uint64(0xFFFF), np.uint64(1)
MOST_TOGETHER = 1 << 15  # documents, each of two texts: sixteen bits number the texts of a batch
AT_ONCE = 20_000  # characters for a call of rjieba: what it answers then stays in the processor's cache
FIRST_OF_CHARACTER = -64  # as a signed byte: in UTF-8 the bytes from 0x80 to 0xBF go on with a character
NONE: Numbers = np.empty(0, np.int64)


class Vocabulary(dict[str, int]):
    """The code of every term met so far; a term that is no code of its own gets the next number."""

    def __init__(self) -> None:
        super().__init__((word, code) for code, word in enumerate(STOP_WORDS))
        self.terms: list[str] = [*STOP_WORDS]
        self.text = bytearray("".join(STOP_WORDS).encode())  # all terms, one after the other
        self.lengths = array("q", map(len, STOP_WORDS))  # of each in there
        self.stems = array("q", [-1] * len(STOP_WORDS))  # of each numbered term; -1 where it is its own
        self.latin = array("b", [True] * len(STOP_WORDS))  # whether it may be part of a common-gram
        for code, word in enumerate(STOP_WORDS):
            if stem_of(word) != word:
                self.stems[code] = self[stem_of(word)]

    def __missing__(self, term: str) -> int:
        word = term[:LONGEST_WORD]
        if word != term:
            code = self[word]
        elif is_packed(term):
            code = packed(term)
        else:
            code = len(self.terms)
            encoded = term.encode()
            self.terms.append(term)
            self.text += encoded
            self.lengths.append(len(encoded))
            self.stems.append(-1)
            self.latin.append(term < FIRST_UNSPACED)
        self[term] = code
        if word == term and term < FIRST_UNSPACED and (root := stem_of(word)) != word:
            self.stems[code] = self[root]
        return code

    def codes(self, terms: Sequence[str]) -> Numbers:
        """The codes of terms."""
        return np.fromiter(map(self.__getitem__, terms), np.int64, len(terms))


def gram_codes(ones: Numbers, twos: Numbers) -> Numbers:
    """The codes of common-grams."""
    first = GRAMS | ones << STOPS_AT | twos
    return np.where(ones < len(STOP_WORDS), first, GRAMS | SECOND_STOPS | twos << STOPS_AT | ones)


def words_of_grams(codes: Numbers) -> tuple[Numbers, Numbers]:
    """The first and the second word of common-grams."""
    stops, others = codes >> STOPS_AT & 63, codes & ((1 << STOPS_AT) - 1)
    behind = (codes & SECOND_STOPS) > 0
    return np.where(behind, others, stops), np.where(behind, stops, others)


def is_packed(term: str) -> bool:
    """Whether a term is its own code."""
    return len(term) <= MOST_PACKED and term >= FIRST_UNSPACED and ord(max(term)) <= LAST_PLAIN


def packed(term: str) -> int:
    """The code of a term of at most three characters."""
    one, two, three = (*map(ord, term), 0, 0)[:MOST_PACKED]
    return one << 32 | two << 16 | three


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Codes and the place of the text that each stands in."""

    texts: Numbers
    codes: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some documents, cut: sorted keys by field, the number of terms of each body, and the normal texts."""

    title: Keys
    body: Keys
    characters: Keys
    words: Keys
    lengths: Numbers
    normal: bytes
    sizes: Numbers


def cut_together(documents: Iterable[tuple[str, str]], vocabulary: Vocabulary, first: int) -> Batch:
    """Cut titles and texts of documents, at most MOST_TOGETHER, whose numbers begin at ``first``."""
    texts = [text for document in documents for text in document]
    folded = folded_together(texts)
    runs = Runs(folded, alphabet())
    latin = runs.words(vocabulary)
    singles = [latin, stems(latin, vocabulary), pairs(runs, vocabulary), joints(runs, vocabulary)]
    terms = in_order(joined([*singles, grams(runs, latin, vocabulary)]))
    words = in_order(joined([latin, *chinese_words(folded, vocabulary)]))
    normal, sizes = runs.normal()
    lengths = np.bincount(joined(singles).texts, minlength=len(texts)).reshape(-1, 2)
    return Batch(
        title=of_documents(terms[(terms & ONE) == 0], first),
        body=of_documents(weighted(terms), first),
        characters=characters(runs, vocabulary, first),
        words=of_documents(weighted(words), first),
        lengths=lengths[:, 0] * TITLE_WEIGHT + lengths[:, 1],
        normal=normal,
        sizes=sizes,
    )


def in_order(found: Found) -> Keys:
    """Codes with their texts behind them, sorted."""
    made: Keys = (found.codes << 16 | found.texts).view(np.uint64)
    made.sort()
    return made


def weighted(keys: Keys) -> Keys:
    """Keys of texts, those of titles as often as they count."""
    return np.repeat(keys, np.where(keys & ONE, 1, TITLE_WEIGHT))


def of_documents(keys: Keys, first: int) -> Keys:
    """Keys of texts, of which each document has two, as keys of documents."""
    return (keys & ~LAST) + ((keys & LAST) >> ONE) + np.uint64(first)


def joined(found: Sequence[Found]) -> Found:
    """Several findings as one."""
    return Found(
        texts=np.concatenate([NONE, *(each.texts for each in found)]),
        codes=np.concatenate([NONE, *(each.codes for each in found)]),
    )


class Runs:
    """Where the runs of folded texts are: words, pieces of unspaced script, signs (index.analysis.RUN)."""

    def __init__(self, folded: Codes, table: Alphabet) -> None:
        codes = self.codes = table.alike[folded]
        kind = table.kind[codes]
        forget_possessives(kind, codes, table)
        before = np.concatenate((np.zeros(1, np.uint8), kind[:-1]))
        self.starts = np.flatnonzero((kind > 0) & ((kind != before) | (kind == SIGN)))
        self.kind = kind
        self.kinds = kind[self.starts]
        self.ends_of_texts = np.flatnonzero(codes == 0)
        self.texts = np.searchsorted(self.ends_of_texts, self.starts)
        kept = np.flatnonzero(kind)
        self.kept = kept
        first = np.searchsorted(kept, self.starts)
        self.lengths = np.diff(first, append=len(kept))

    def words(self, vocabulary: Vocabulary) -> Found:
        """The words and signs with their texts."""
        is_word, is_sign = self.kinds == WORD, self.kinds == SIGN
        spaced = text_of(np.where(self.kind == WORD, self.codes, np.uint32(SPACE)))
        words = vocabulary.codes(spaced.split())
        signs = vocabulary.codes(list(map(chr, self.codes[self.starts[is_sign]].tolist())))
        return Found(
            texts=np.concatenate((self.texts[is_word], self.texts[is_sign])),
            codes=np.concatenate((words, signs)),
        )

    def normal(self) -> tuple[bytes, Numbers]:
        """The normal texts of all documents one after the other (index.analysis.normal), and their sizes."""
        number = len(self.ends_of_texts)
        runs = np.bincount(self.texts, minlength=number)
        letters = np.bincount(self.texts, weights=self.lengths, minlength=number).astype(np.int64)
        title = np.arange(number) % 2 == 0
        ends = np.cumsum(1 + letters + runs + title)
        out = np.full(ends[-1] if number else 0, SPACE, np.uint32)
        # One space at the beginning of a text and one behind each run; a line feed behind each title.
        before = np.arange(len(self.starts)) + 1 + self.texts + (self.texts + 1) // 2
        out[np.arange(len(self.kept)) + np.repeat(before, self.lengths)] = self.codes[self.kept]
        out[ends[title] - 1] = ord("\n")
        text = text_of(out).encode()
        # Where each character begins; what ends a document is one byte.
        begins = np.flatnonzero(np.frombuffer(text, np.int8) >= FIRST_OF_CHARACTER)
        return text, np.diff(begins[ends[1::2] - 1] + 1, prepend=0)


def forget_possessives(kind: NDArray[np.uint8], codes: Codes, table: Alphabet) -> None:
    """Take an apostrophe and s at the end of a word for no letters."""
    at = np.flatnonzero(codes[:-1] == ord("'"))
    at = at[codes[at + 1] == ord("s")]
    after = np.append(codes, np.uint32(0))[at + 2]
    at = at[~table.letter[after]]
    kind[at] = kind[at + 1] = 0


def stems(words: Found, vocabulary: Vocabulary) -> Found:
    """The stems of words that have one."""
    numbered = words.codes < PACKED
    roots = np.array(vocabulary.stems, np.int64)[words.codes[numbered]]
    return Found(texts=words.texts[numbered][roots >= 0], codes=roots[roots >= 0])


def pairs(runs: Runs, vocabulary: Vocabulary) -> Found:
    """All pairs of neighbours in unspaced script; a single character is itself."""
    piece = runs.kind == PIECE
    after = np.append(piece[1:], False)
    before = np.concatenate((np.zeros(1, np.bool_), piece[:-1]))
    at = np.flatnonzero(piece & (after | ~before))
    one = runs.codes[at].astype(np.int64)
    two = np.where(after[at], np.append(runs.codes, np.uint32(0))[at + 1], 0).astype(np.int64)
    codes = one << 32 | two << 16
    for place in np.flatnonzero((one > LAST_PLAIN) | (two > LAST_PLAIN)).tolist():
        codes[place] = vocabulary[chr(one[place]) + (chr(two[place]) if two[place] else "")]
    return Found(texts=np.searchsorted(runs.ends_of_texts, at), codes=codes)


def characters(runs: Runs, vocabulary: Vocabulary, first: int) -> Keys:
    """The characters of unspaced script, once for each document: no sorting, a mark in a table for each."""
    at = np.flatnonzero(runs.kind == PIECE)
    standing = runs.codes[at].astype(np.int64)
    documents = len(runs.ends_of_texts) // 2
    seen = np.zeros(standing.max(initial=0) + 1, np.bool_)
    seen[standing] = True
    every = np.flatnonzero(seen)
    place = np.cumsum(seen) * documents - documents
    found = np.zeros(len(every) * documents, np.bool_)
    found[place[standing] + (np.cumsum(runs.codes == 0)[at] >> 1)] = True
    of, document = np.divmod(np.flatnonzero(found), max(1, documents))
    codes = every << 32
    for rare in np.flatnonzero(every > LAST_PLAIN).tolist():
        codes[rare] = vocabulary[chr(every[rare])]
    made: Keys = (codes[of] << 16 | (first + document)).view(np.uint64)
    return made


def joints(runs: Runs, vocabulary: Vocabulary) -> Found:
    """The terms that hold a short Latin name and its neighbour together (index.analysis.joints)."""
    name = names(runs)
    piece = runs.kinds == PIECE
    beside = runs.texts[1:] == runs.texts[:-1]
    last = runs.kept[np.cumsum(runs.lengths) - 1] if len(runs.starts) else runs.starts
    behind = np.flatnonzero(beside & piece[:-1] & name[1:])
    ahead = np.flatnonzero(beside & name[:-1] & piece[1:])
    made = [runs.codes[last[at]] for at in behind.tolist()]
    terms = [chr(one) + written(runs, at + 1) for one, at in zip(made, behind.tolist(), strict=True)]
    terms += [written(runs, at) + chr(runs.codes[runs.starts[at + 1]]) for at in ahead.tolist()]
    texts = runs.texts[np.concatenate((behind, ahead))]
    return Found(texts=texts, codes=vocabulary.codes(terms))


def grams(runs: Runs, words: Found, vocabulary: Vocabulary) -> Found:
    """The common-grams (index.analysis.grams)."""
    is_word = runs.kinds == WORD
    # The words of a batch in order; signs stand behind them.
    codes = words.codes[: int(is_word.sum())]
    latin = np.zeros(len(is_word), np.bool_)
    latin[is_word] = (codes < PACKED) & np.array(vocabulary.latin, np.bool_)[
        np.where(codes < PACKED, codes, 0)
    ]
    every = np.zeros(len(is_word), np.int64)
    every[is_word] = codes
    one, two = every[:-1], every[1:]
    stops = (one < len(STOP_WORDS)) | (two < len(STOP_WORDS))
    at = np.flatnonzero((runs.texts[1:] == runs.texts[:-1]) & latin[:-1] & latin[1:] & stops)
    return Found(texts=runs.texts[at], codes=gram_codes(one[at], two[at]))


def names(runs: Runs) -> Mask:
    """Which runs are Latin ones too short to be looked for by themselves (index.analysis.is_name)."""
    end = np.append(runs.codes, np.uint32(0))
    one = runs.codes[runs.starts]
    two = np.where(runs.lengths == LONGEST_NAME, end[runs.starts + 1], one)
    plain = (one < 128) & (two < 128)
    digits = (one >= ord("0")) & (one <= ord("9")) & (two >= ord("0")) & (two <= ord("9"))
    short: Mask = (runs.kinds == WORD) & (runs.lengths <= LONGEST_NAME) & plain & ~digits
    return short


def written(runs: Runs, run: int) -> str:
    """A run as text."""
    start = runs.starts[run]
    return "".join(map(chr, runs.codes[start : start + runs.lengths[run]].tolist()))


def chinese_words(folded: Codes, vocabulary: Vocabulary) -> list[Found]:
    """What texts are ranked by beside their Latin words: words of two characters and more, by a dictionary.

    Texts without unspaced script are left out, and the others cut some at a time.
    """
    ends = np.flatnonzero(folded == 0)
    pieces = np.cumsum(alphabet().kind[folded] == PIECE)[ends]
    having = np.flatnonzero(np.diff(pieces, prepend=0))
    found: list[Found] = []
    chosen: list[int] = []
    size = 0
    for text in having.tolist():
        start = ends[text - 1] + 1 if text else 0
        chosen.append(text)
        size += ends[text] - start
        if size > AT_ONCE or text == having[-1]:
            found.append(cut_some(folded, ends, chosen, vocabulary))
            chosen, size = [], 0
    return found


def cut_some(folded: Codes, ends: Numbers, chosen: Sequence[int], vocabulary: Vocabulary) -> Found:
    """The words of some texts."""
    spans = [folded[(ends[text - 1] + 1 if text else 0) : ends[text] + 1] for text in chosen]
    cut = codes_of(" ".join(rjieba.cut_for_search(text_of(np.concatenate(spans)), False)) + " ")
    places = np.array(chosen, np.int64)
    table = alphabet()
    # A word is what stands between two spaces, all of unspaced script.
    gap = table.kind[cut] != PIECE
    edges = np.flatnonzero(gap)
    starts, lengths = edges[:-1] + 1, np.diff(edges) - 1
    starts, lengths = np.append(0, starts), np.append(edges[0], lengths)
    blank = cut == SPACE
    alone = blank[starts + lengths] & np.append(True, blank)[starts]
    good = (lengths > 1) & alone
    starts, lengths = starts[good], lengths[good]
    text = places[np.searchsorted(np.flatnonzero(cut == 0), starts)]
    return Found(texts=text, codes=word_codes(table.alike[cut], starts, lengths, vocabulary))


def word_codes(codes: Codes, starts: Numbers, lengths: Numbers, vocabulary: Vocabulary) -> Numbers:
    """The codes of words by where they stand."""
    padded = np.append(codes, np.zeros(2, np.uint32)).astype(np.int64)
    one = padded[starts]
    two = np.where(lengths > 1, padded[starts + 1], 0)
    three = np.where(lengths > 2, padded[starts + 2], 0)
    made: Numbers = one << 32 | two << 16 | three
    rare = (lengths > MOST_PACKED) | (one < PACKED >> 32) | ((one | two | three) > LAST_PLAIN)
    long = np.flatnonzero(rare)
    text = text_of(codes)
    spans = zip(starts[long].tolist(), (starts + lengths)[long].tolist(), strict=True)
    made[long] = vocabulary.codes([text[start:end] for start, end in spans])
    return made
