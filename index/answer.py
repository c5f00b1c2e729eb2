"""The answer to a search from one snapshot: matched, ranked or ordered, counted. Knows no files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from archive.fold import fold
from archive.model import Selection
from index.across import Across, across
from index.aloud import Reader
from index.analysis import LITERAL, LONGEST_WORD, cut, is_unspaced, pairs, runs_of, stem_of, words
from index.called import with_ids
from index.counts import facets
from index.engine import Hit, Mode, Results, Search
from index.fusion import Groups, Meant, Nearest, alone, meant, meant_sentence, with_meant
from index.lead import is_chinese_sentence, leading
from index.lexicon import Lexicon
from index.listing import Listing
from index.match import MOST_WORDS, MUCH_FEWER, Matcher, Within, among, field_of, in_days, united
from index.query import All, Any, Node, Phrase, Pinyin, Prefix, Word, parse_query, positive, read_as
from index.regions import elsewhere
from index.terms import NO_POSTINGS, Ids
from index.vectors import Mask, Snapshot

# With fewer articles that have all words, those with most of them follow; for a whole sentence, which hardly
# any article has, a page of those that come nearest.
FEW, ENOUGH, SENTENCE = 3, 20, 5
# What is most of the words: half of all that they say, a word the more the rarer it is; else less will do. A
# sentence is not to be had in the same words: a third of what it says is enough to be ranked.
NO_MODE: Mode = "all"
TINY = 1e-6
SHARES: tuple[tuple[float, Mode], ...] = ((0.5, "most"), (0.35, "some"), (0.0, "some"))
MOST_RATED = 256
MOST_OF_PREFIX = 24  # words that one prefix is ranked by, the first ones, which add least to it
# BM25: how soon more of a word stops to matter, and how much the length of a text does. Pairs of characters
# are no words: one alone says less than a word, and long texts have many by chance.
SATURATION, SATURATION_OF_UNSPACED = 1.1, 1.5
LENGTH, LENGTH_OF_UNSPACED = 0.45, 0.85
# What one word of a query is worth: as a stem or a pair of characters, and once more as a whole word; and a
# pair that holds two Chinese words together which stood together in the query.
PIECE, PAIR, WHOLE = 1.0, 0.5, 0.1
CROSSING = 0.25
CHINESE_WORD = 0.25
Scores = NDArray[np.float32]


def answer(
    snapshot: Snapshot, search: Search, lexicon: Lexicon | None = None, nearest: Nearest | None = None
) -> Results:
    """All answers to a search, with the part that was asked for."""
    what = matched(snapshot, search, lexicon)
    beside = what.across
    is_loose = search.sort == "rel" and search.below is None and not search.exact
    groups, mode = grouped(what, is_loose)
    near = Meant()
    if nearest and is_loose:
        near = meant(what.matcher, what.within, search.selection.query, what.found, nearest, lexicon)
    by_meaning = alone(near, groups)
    if by_meaning:
        what.matcher.note(meant_sentence(len(by_meaning)))
    left, like = groups, near
    if search.aside is not None:
        aside = np.flatnonzero(np.isin(snapshot.numbers("number"), search.aside.numbers)).astype(np.int32)
        left, like = groups.without(aside.tolist()), near.without(aside)
    return Results(
        total=len(what.found),
        more=len(groups.partly),
        across=beside.total(search.sort) if beside else 0,
        hits=tuple(hits(snapshot, search, what, left, like)),
        facets=facets(snapshot, what.everything) if search.facets else {},
        read_as=read_as(what.node),
        also_searched=tuple(dict.fromkeys([*what.reader.words, *(beside.words if beside else ())])),
        meant=len(by_meaning),
        listed=left.listed(search.sort) + len(alone(like, left)),
        note=" ".join(what.matcher.notes) or None,
        mode=mode,
        index=snapshot.manifest.index,
        generation=snapshot.manifest.generation,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What a search finds: the query as written and as read, what read it, the documents that have it all.

    ``across`` is what is found in translation beside them.
    """

    node: Node
    read: Node
    matcher: Matcher
    within: Within
    reader: Reader
    found: Ids
    across: Across | None

    @property
    def everything(self) -> Ids:
        """The documents that have it all, as typed or in translation."""
        return united([self.found, self.across.all], self.within.size) if self.across else self.found


def matched(snapshot: Snapshot, search: Search, lexicon: Lexicon | None = None) -> Matched:
    """The documents that have all that a search asks for."""
    node = with_ids(parse_query(search.selection.query), search.named)
    matcher = Matcher(snapshot, exact=search.exact)
    within = filtered(matcher, search)
    reader, read = Reader(snapshot), node
    found = matcher.find(node, within)
    if not search.exact and (not len(found) or has_alternatives(node)):
        # What is found has all words, so that none of them is to be read otherwise.
        read = reader.read(node)
        found = found if read == node else matcher.find(read, within)
    beside = across(matcher, node, within, found, lexicon)
    return Matched(
        node=node, read=read, matcher=matcher, within=within, reader=reader, found=found, across=beside
    )


def grouped(what: Matched, is_loose: bool) -> tuple[Groups, Mode]:
    """What words found, and which of them the articles have that do not have all."""
    partly, mode = NO_POSTINGS[0], NO_MODE
    if is_loose:
        partly, mode = with_most_words(what.matcher, what.read, what.within, what.found)
    if what.across and len(what.across.most):
        partly = partly[~among(partly, what.across.most)]
    if len(partly):
        what.matcher.note(sentence(len(what.found), len(partly), mode))
    return Groups(found=what.found, partly=partly, across=what.across), mode


def hits(snapshot: Snapshot, search: Search, what: Matched, groups: Groups, near: Meant) -> Iterator[Hit]:
    """The part of the answers that was asked for."""
    listed, scores = listed_part(snapshot, search, what, groups, near)
    lacking, by_meaning = groups.lacking(listed), alone(near, groups)
    for key, document, score in zip(snapshot.keys(listed), listed, scores, strict=True):
        yield Hit(
            id=key,
            score=round(score, 4),
            through=what.across.through(document) if what.across else (),
            by_meaning=document in by_meaning,
            partly=document in lacking and document not in by_meaning,
        )


def listed_part(
    snapshot: Snapshot, search: Search, what: Matched, groups: Groups, near: Meant
) -> tuple[list[int], list[float]]:
    """The documents of the part asked for, and their scores."""

    def part(of: Groups, offset: int, n: int) -> tuple[list[int], list[float]]:
        listing = listing_of(snapshot, replace(search, offset=offset, n=n), what)
        return listing.part(of.found, of.partly, of.across)

    return with_meant(part, groups, near, search.offset, search.n)


def listing_of(snapshot: Snapshot, search: Search, what: Matched) -> Listing:
    """How what a search finds is put in order."""
    worth = partial(scored, snapshot, what.read, what.reader.heard)
    return Listing(snapshot, search, worth, leading(snapshot, what.read))


def has_alternatives(node: Node) -> bool:
    """Whether an article may be found without some of the words."""
    return isinstance(node, Any) or (isinstance(node, All) and any(map(has_alternatives, node.parts)))


def sentence(total: int, more: int, mode: Mode) -> str:
    """What to say about articles that have only most of the words, or some."""
    have = {0: "No article has", 1: "One article has"}.get(total, f"{total} articles have")
    return f"{have} all of the words; {more:,} with {mode} of them {'follows' if more == 1 else 'follow'}."


def filtered(matcher: Matcher, search: Search) -> Within:
    """The documents that the selection allows, whatever its query."""
    snapshot, selection = matcher.snapshot, replace(search.selection, query="")
    if selection == Selection() and search.below is None and search.among is None:
        return matcher.everything
    within = snapshot.alive
    if selection != Selection():
        (within,) = snapshot.kept(selection, lambda: (snapshot.alive & allowed(matcher, selection),))
    if search.below is not None:
        within = within & (snapshot.numbers("number") < search.below)
    if search.among is not None:
        some = search.among.numbers
        (mask,) = snapshot.kept(("among", search.among), lambda: (np.isin(snapshot.numbers("number"), some),))
        within = within & mask
    return Within(snapshot.size, within)


def allowed(matcher: Matcher, selection: Selection) -> Mask:
    """The documents in a selection without a query, deleted ones included."""
    snapshot = matcher.snapshot
    within = np.ones(snapshot.size, np.bool_)
    if selection.topics:
        within &= snapshot.mask(matcher.union("topics", selection.topics))
    if selection.without:
        within &= ~snapshot.mask(matcher.union("topics", selection.without))
    if selection.source:
        within &= snapshot.mask(matcher.keyword("source", selection.source))
    if selection.by:
        within &= snapshot.mask(matcher.union("by", [selection.by]))  # as written, as lists do
    if selection.language and selection.language != "both":
        within &= snapshot.mask(matcher.union("language", [selection.language]))
    if selection.since or selection.until:
        within &= in_days(snapshot.numbers("day"), selection.since, selection.until)
    return within


def with_most_words(matcher: Matcher, node: Node, within: Within, found: Ids) -> tuple[Ids, Mode]:
    """When few have all words, the others that have most of them, by how much the words say; else some.

    Only plain words can be missing; fields and what is to be left out always count, and so do phrases, unless
    no article has them or a Chinese sentence does: its quotation marks are often only that.
    """
    parts = node.parts if isinstance(node, All) else (node,)
    if len(found) >= ENOUGH or sum(map(number_of_words, parts)) < 2:
        return NO_POSTINGS[0], NO_MODE
    plain, rest, others = loosened(matcher, parts, within)
    pieces = list(dict.fromkeys(piece for word in plain for piece in pieces_of(word)))
    is_sentence = len(pieces) >= SENTENCE
    if sum(map(number_of_words, plain)) < 2 or len(found) >= (ENOUGH if is_sentence else FEW):
        return NO_POSTINGS[0], NO_MODE
    snapshot = matcher.snapshot
    share, total = np.zeros(snapshot.size, np.float32), 0.0
    for piece in sorted(pieces, key=lambda piece: snapshot.frequency(field_of(piece), piece))[:MOST_WORDS]:
        ids = snapshot.postings(field_of(piece), piece)[0]
        rareness = rarity(snapshot, ids)
        np.add.at(share, ids.astype(np.intp), np.float32(rareness))
        total += rareness if len(ids) else 0
    if any(positive(rest)):
        share += np.float32(TINY)  # what has the rest comes near, even without any of the words
    for least, called in SHARES[is_sentence:]:
        near = others.of(np.flatnonzero(share > least * total).astype(np.int32))
        most, mode = near[~among(near, found)], called
        if len(found) + len(most) >= (ENOUGH if is_sentence else 1):
            break
    return most, mode if len(most) else NO_MODE


def loosened(
    matcher: Matcher, parts: Sequence[Node], within: Within
) -> tuple[Sequence[Word | Phrase], Node, Within]:
    """The parts that an article may lack, the rest, and the documents that have the rest."""
    plain: list[Word | Phrase] = [part for part in parts if isinstance(part, Word)]
    rest = All(parts=tuple(part for part in parts if not isinstance(part, Word)))
    others = having(matcher, rest, within)
    phrases = [part for part in parts if isinstance(part, Phrase)]
    if phrases and (is_quoting(plain, phrases) or not len(others.ids)):
        plain = [part for part in parts if isinstance(part, Word | Phrase)]
        rest = All(parts=tuple(part for part in parts if not isinstance(part, Word | Phrase)))
        others = having(matcher, rest, within)
    return plain, rest, others


def is_quoting(words: Sequence[Word | Phrase], phrases: Sequence[Phrase]) -> bool:
    """The phrases are quotations in a Chinese sentence, 「看到」 or “看到”, rather than asked for."""
    chinese = all(is_unspaced(run) for phrase in phrases for run in runs_of(phrase.text)[:1])
    return chinese and sum(map(number_of_words, words)) >= SENTENCE


def having(matcher: Matcher, rest: All, within: Within) -> Within:
    """The documents that have what may not be missing."""
    return Within(within.size, ids=matcher.find(rest, within)) if rest.parts else within


def number_of_words(part: Node) -> int:
    """How many words a reader sees in a plain word or phrase."""
    return len(seen_words(part)) if isinstance(part, Word | Phrase) else 0


def seen_words(word: Word | Phrase) -> list[str]:
    """A plain word as the words a reader sees in it."""
    pieces = runs_of(word.text)
    return [
        seen
        for piece in pieces
        for seen in (cut(piece) if is_unspaced(piece) and len(piece) > 2 else [piece])
    ]


def pieces_of(word: Word | Phrase) -> list[str]:
    """The terms of a plain word, each of which a document may have or not."""
    return [
        piece
        for run in runs_of(word.text)
        for piece in (pairs(run) if is_unspaced(run) else [stem_of(run[:LONGEST_WORD])])
    ]


def scored(snapshot: Snapshot, node: Node, heard: Iterable[Pinyin], ids: Ids) -> Scores:
    """How well each of some documents fits what is asked for: BM25 over pieces and words, the rarest ones."""
    asked = {(field, term): worth for field, term, worth in worths(snapshot, node)}
    asked |= {("pinyin", term): PIECE for each in heard for term in each.terms}
    if len(asked) > MOST_RATED:
        rarest = sorted(asked, key=lambda key: snapshot.frequency(*key))[:MOST_RATED]
        asked = {key: asked[key] for key in rarest}
    scores = Sum(snapshot.size, ids)
    whole = set(whole_words(node))
    for (field, term), worth in asked.items():
        docs, weights = rating(snapshot, field, term)
        each = np.float32(worth * rarity(snapshot, docs)) * weights
        if field == "words" and term in whole:
            # Whole Chinese words come before the same characters across two words, however often those are
            # there.
            rareness = max(rarity(snapshot, snapshot.postings("body", pair)[0]) for pair in pairs(term))
            each += np.float32(PAIR * rareness)
        scores.add(docs, each)
    return scores.all()


class Sum:
    """Scores of some documents, added up from lists that have those and others."""

    def __init__(self, size: int, ids: Ids) -> None:
        self.size = size
        self.ids = ids
        self._scores = np.zeros(len(ids), np.float32)
        self._of_every: Scores | None = None

    def add(self, docs: Ids, scores: Scores) -> None:
        """Add the scores of a list of documents, to those that are meant."""
        if docs is self.ids:
            self._scores += scores
        elif MUCH_FEWER * len(self.ids) < len(docs):
            places = np.minimum(np.searchsorted(docs, self.ids), len(docs) - 1)
            self._scores += scores[places] * (docs[places] == self.ids)
        else:
            if self._of_every is None:
                self._of_every = np.zeros(self.size, np.float32)
            np.add.at(self._of_every, docs.astype(np.intp), scores)  # thrice as fast as adding by index

    def all(self) -> Scores:
        """The scores of the documents."""
        return self._scores if self._of_every is None else self._scores + self._of_every.take(self.ids)


def rating(snapshot: Snapshot, field: str, term: str) -> tuple[Ids, Scores]:
    """The documents that have a term, and how much it counts in each, between none and one."""

    def made() -> tuple[Ids, Scores]:
        ids, weights = snapshot.postings(field, term)
        unspaced = is_unspaced(term)
        length = LENGTH_OF_UNSPACED if unspaced else LENGTH
        saturation = SATURATION_OF_UNSPACED if unspaced else SATURATION
        long = saturation * (1 - length + length * snapshot.lengths.take(ids))
        return ids, (weights / (weights + long)).astype(np.float32, copy=False)

    ids, rated = snapshot.kept(("rating", field, term), made)
    return ids, rated


def rarity(snapshot: Snapshot, ids: Ids) -> float:
    """How much it says to have a term that these documents have: Robertson's and Spärck Jones's weight."""
    return math.log(1 + (snapshot.size - len(ids) + 0.5) / (len(ids) + 0.5))


def worths(snapshot: Snapshot, node: Node) -> Iterator[tuple[str, str, float]]:
    """The terms that a query is ranked by, with what each is worth; of one named twice the latter counts."""
    leaves = list(positive(node))
    if is_chinese_sentence(node):
        yield from in_other_regions(leaves)
    for run in {leaf.within: None for leaf in leaves if isinstance(leaf, Word) and is_unspaced(leaf.within)}:
        yield from (("body", pair, CROSSING) for pair in pairs(run))
    for leaf in leaves:
        if isinstance(leaf, Prefix):
            for word in snapshot.terms_from("words", leaf.text, MOST_OF_PREFIX):
                yield "words", word, WHOLE
            continue
        for run in runs_of(leaf.text):
            if is_unspaced(run):
                yield from (("body", pair, PAIR) for pair in pairs(run))
                yield "words", run, CHINESE_WORD
            else:
                yield "body", stem_of(run[:LONGEST_WORD]), PIECE
                yield "words", run[:LONGEST_WORD], WHOLE
        if any(is_unspaced(run) and len(run) > 2 for run in runs_of(leaf.text)):
            yield from (("words", word, CHINESE_WORD) for word in words(fold(leaf.text)) if is_unspaced(word))


def in_other_regions(leaves: Iterable[Word | Phrase | Prefix]) -> Iterator[tuple[str, str, float]]:
    """What a sentence is ranked by beside its own words: what other regions have for them."""
    for text in {leaf.within or leaf.text: None for leaf in leaves if isinstance(leaf, Word)}:
        for run in (run for other in elsewhere(text) for run in runs_of(other) if is_unspaced(run)):
            yield from (("body", pair, PAIR) for pair in pairs(run))
            yield from (("words", word, CHINESE_WORD) for word in words(run))


def whole_words(node: Node) -> Iterator[str]:
    """The Chinese runs that are short enough to be one word."""
    for leaf in positive(node):
        if not isinstance(leaf, Prefix):
            yield from (run for run in runs_of(leaf.text) if is_unspaced(run) and 2 <= len(run) <= LITERAL)
