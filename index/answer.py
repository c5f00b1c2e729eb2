"""The answer to a search from one snapshot: matched, ranked or ordered, counted. Knows no files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from archive.fold import fold
from archive.model import Selection
from index.aloud import Reader
from index.analysis import LITERAL, LONGEST_WORD, cut, flattened, is_unspaced, pairs, runs, stem_of, words
from index.engine import Facet, Hit, Mode, Results, Search
from index.match import MOST_WORDS, Matcher
from index.names import begun
from index.query import All, Node, Phrase, Pinyin, Prefix, Word, parse_query, positive, read_as
from index.terms import Ids
from index.vectors import Mask, Snapshot

# With fewer articles that have all words, those with most of them follow; for a whole sentence, which hardly
# any article has, a page of those that come nearest.
FEW, ENOUGH, SENTENCE = 3, 20, 5
# What is most of the words: half of all that they say, a word the more the rarer it is; else less will do.
NO_MODE: Mode = "all"
TINY = 1e-6
SHARES: tuple[tuple[float, Mode], ...] = ((0.5, "most"), (0.25, "some"), (0.0, "some"))
MOST_VALUES = 100
MOST_RATED = 256
# BM25: how soon more of a word stops to matter, and how much the length of a text does.
SATURATION = 1.1
LENGTH, LENGTH_OF_UNSPACED = 0.45, 0.75
# What one word of a query is worth: as a stem or a pair of characters, and once more as a whole word.
PIECE, PAIR, WHOLE = 1.0, 0.5, 0.2
CHINESE_WORD = 0.25
FACETS: tuple[tuple[Facet, str], ...] = (
    ("language", "language"),
    ("topic", "topics"),
    ("source", "source"),
    ("by", "by"),
)
Scores = NDArray[np.float32]


def answer(snapshot: Snapshot, search: Search) -> Results:
    """All answers to a search, with the part that was asked for."""
    node = parse_query(search.selection.query)
    matcher = Matcher(snapshot, exact=search.exact)
    within = filtered(matcher, search)
    reader = Reader(snapshot)
    read = node if search.exact else reader.read(node)
    found = matcher.find(read, within)
    partly, mode = np.zeros_like(found), NO_MODE
    if search.sort == "rel" and search.below is None and not search.exact:
        partly, mode = with_most_words(matcher, read, within, found)
    total, more = int(np.count_nonzero(found)), int(np.count_nonzero(partly))
    scores = (
        scored(snapshot, read, reader.heard) if search.sort == "rel" else np.zeros(snapshot.size, np.float32)
    )
    listed = part(snapshot, search, (found, partly), scores)
    if more:
        matcher.note(sentence(total, more, mode))
    return Results(
        total=total,
        more=more,
        hits=tuple(
            Hit(id=key, score=round(float(scores[doc]), 4))
            for key, doc in zip(snapshot.keys(listed), listed, strict=True)
        ),
        facets=facets(snapshot, found) if search.facets else {},
        read_as=read_as(node),
        also_searched=reader.words,
        note=" ".join(matcher.notes) or None,
        mode=mode if more else "all",
        index=snapshot.manifest.index,
        generation=snapshot.manifest.generation,
    )


def sentence(total: int, more: int, mode: Mode) -> str:
    """What to say about articles that have only most of the words, or some."""
    have = {0: "No article has", 1: "One article has"}.get(total, f"{total} articles have")
    return f"{have} all of the words; {more:,} with {mode} of them {'follows' if more == 1 else 'follow'}."


def filtered(matcher: Matcher, search: Search) -> Mask:
    """The documents that the selection allows, whatever its query."""
    selection: Selection = search.selection
    within: Mask = matcher.snapshot.alive.copy()
    if selection.topics:
        within &= matcher.union("topics", selection.topics)
    if selection.without:
        within &= ~matcher.union("topics", selection.without)
    if selection.source:
        within &= matcher.keyword("source", selection.source)
    if selection.by:
        within &= matcher.by(selection.by)
    if selection.language and selection.language != "both":
        within &= matcher.union("language", [selection.language])
    if selection.since or selection.until:
        within &= matcher.days(selection.since, selection.until)
    if search.below is not None:
        within &= matcher.snapshot.numbers("number") < search.below
    return within


def with_most_words(matcher: Matcher, node: Node, within: Mask, found: Mask) -> tuple[Mask, Mode]:
    """When few have all words, the others that have most of them, by how much the words say; else some.

    Only plain words can be missing; fields and what is to be left out always count, and so do phrases, unless
    no article has them: Chinese quotation marks are often only that.
    """
    parts = node.parts if isinstance(node, All) else (node,)
    plain: list[Word | Phrase] = [part for part in parts if isinstance(part, Word)]
    rest = All(parts=tuple(part for part in parts if not isinstance(part, Word)))
    others = matcher.find(rest, within)
    if not others.any() and any(isinstance(part, Phrase) for part in parts):
        plain = [part for part in parts if isinstance(part, Word | Phrase)]
        rest = All(parts=tuple(part for part in parts if part not in plain))
        others = matcher.find(rest, within)
    others = others & ~found  # in place it would change what was found, where nothing else is asked
    pieces = list(dict.fromkeys(piece for word in plain for piece in pieces_of(word)))
    have, enough = int(np.count_nonzero(found)), ENOUGH if len(pieces) >= SENTENCE else FEW
    if sum(len(seen_words(word)) for word in plain) < 2 or have >= enough:
        return np.zeros_like(found), "all"
    share, total = np.zeros(found.shape, np.float32), 0.0
    for piece in sorted(pieces, key=lambda piece: matcher.snapshot.frequency("body", piece))[:MOST_WORDS]:
        ids, _, rareness = rating(matcher.snapshot, "body", piece)
        share[ids] += rareness
        total += rareness if len(ids) else 0
    if any(positive(rest)):
        share += np.float32(TINY)  # what has the rest comes near, even without any of the words
    for least, called in SHARES:
        most, mode = others & (share > least * total), called
        has = have + int(np.count_nonzero(most))
        if has >= (ENOUGH if len(pieces) >= SENTENCE else 1):
            break
    return most, mode


def seen_words(word: Word | Phrase) -> list[str]:
    """A plain word as the words a reader sees in it."""
    pieces = runs(flattened(word.text))
    return [
        seen
        for piece in pieces
        for seen in (cut(piece) if is_unspaced(piece) and len(piece) > 2 else [piece])
    ]


def pieces_of(word: Word | Phrase) -> list[str]:
    """The terms of a plain word, each of which a document may have or not."""
    return [
        piece
        for run in runs(flattened(word.text))
        for piece in (pairs(run) if is_unspaced(run) else [stem_of(run[:LONGEST_WORD])])
    ]


def part(snapshot: Snapshot, search: Search, found: Sequence[Mask], scores: Scores) -> list[int]:
    """The documents asked for, one mask after the other, each in order."""
    listed: list[int] = []
    offset, wanted = search.offset, search.n
    for mask in found:
        ids = np.flatnonzero(mask).astype(np.int32)
        if offset < len(ids) and wanted > 0:
            taken = ordered(snapshot, search, ids, scores, offset + wanted)[offset:]
            listed += taken.tolist()
            wanted -= len(taken)
        offset = max(0, offset - len(ids))
    return listed


def ordered(snapshot: Snapshot, search: Search, ids: Ids, scores: Scores, wanted: int) -> Ids:
    """The first documents in the order asked for; equal ones newest first."""
    times, numbers = snapshot.numbers("sorted")[ids], snapshot.numbers("number")[ids]
    keys: list[NDArray[np.int64] | Scores]
    by_score = search.sort == "rel" and bool(scores.any())
    if search.sort == "number":
        keys = [-numbers]
    elif search.sort == "old":
        keys = [numbers, times]
    else:
        keys = [-numbers, -times, -scores[ids]] if by_score else [-numbers, -times]
    if wanted < len(ids):  # sort only those that can be among the first
        limit = np.partition(keys[-1], wanted - 1)[wanted - 1]
        kept = np.flatnonzero(keys[-1] <= limit)
        ids, keys = ids[kept], [key[kept] for key in keys]
    first: Ids = ids[np.lexsort(keys)][:wanted]
    return first


def scored(snapshot: Snapshot, node: Node, heard: Iterable[Pinyin] = ()) -> Scores:
    """How well each document fits what is asked for: BM25 over pieces and words, of the rarest ones."""
    scores = np.zeros(snapshot.size, np.float32)
    asked = {(field, term): worth for field, term, worth in worths(snapshot, node)}
    asked |= {("pinyin", term): PIECE for each in heard for term in each.terms}
    if len(asked) > MOST_RATED:
        rarest = sorted(asked, key=lambda key: snapshot.frequency(*key))[:MOST_RATED]
        asked = {key: asked[key] for key in rarest}
    for (field, term), worth in asked.items():
        ids, weights, rareness = rating(snapshot, field, term)
        length = LENGTH_OF_UNSPACED if is_unspaced(term) else LENGTH
        long = SATURATION * (1 - length + length * snapshot.lengths[ids])
        scores[ids] += np.float32(worth * rareness * (SATURATION + 1)) * (weights / (weights + long))
    for run in whole_words(node):
        # Whole Chinese words come before the same characters across two words, however often those are there.
        ids = snapshot.postings("words", run)[0]
        rareness = max(rating(snapshot, "body", pair)[2] for pair in pairs(run))
        scores[ids] += np.float32(PAIR * rareness * (SATURATION + 1))
    return scores


def rating(snapshot: Snapshot, field: str, term: str) -> tuple[Ids, Scores, float]:
    """The postings of a term and how much its rareness says."""
    ids, weights = snapshot.postings(field, term)
    return ids, weights, float(np.log(1 + (snapshot.size - len(ids) + 0.5) / (len(ids) + 0.5)))


def worths(snapshot: Snapshot, node: Node) -> Iterator[tuple[str, str, float]]:
    """The terms that a query is ranked by, with what each is worth."""
    for leaf in positive(node):
        if isinstance(leaf, Prefix):
            for word in snapshot.terms_from("words", leaf.text, MOST_WORDS):
                yield "words", word, WHOLE
            continue
        for run in runs(flattened(leaf.text)):
            if is_unspaced(run):
                yield from (("body", pair, PAIR) for pair in pairs(run))
                yield "words", run, CHINESE_WORD
            else:
                yield "body", stem_of(run[:LONGEST_WORD]), PIECE
                yield "words", run[:LONGEST_WORD], WHOLE
        yield from (("words", word, CHINESE_WORD) for word in words(fold(leaf.text)) if is_unspaced(word))


def whole_words(node: Node) -> Iterator[str]:
    """The Chinese runs that are short enough to be one word."""
    for leaf in positive(node):
        if not isinstance(leaf, Prefix):
            yield from (
                run for run in runs(flattened(leaf.text)) if is_unspaced(run) and 2 <= len(run) <= LITERAL
            )


def facets(snapshot: Snapshot, found: Mask) -> Mapping[Facet, tuple[tuple[str, int], ...]]:
    """How many of the documents have each value of a field, most first; years in their order."""
    counts: dict[Facet, Counter[str]] = {name: counted(snapshot, field, found) for name, field in FACETS}
    result = {name: ranked(counter) for name, counter in counts.items()}
    days, times = np.unique(snapshot.numbers("day")[found], return_counts=True)
    years: Counter[str] = Counter()
    for day, count in zip(days.tolist(), times.tolist(), strict=True):
        years[str(date.fromordinal(day).year)] += count
    return {**result, "year": tuple(sorted(years.items()))}


def authors(snapshot: Snapshot, text: str) -> tuple[tuple[str, int], ...]:
    """The authors whose name the text is or begins, with how many articles each has, most first."""
    names = {name for segment in snapshot.segments for name in segment.keywords("by").terms}
    counter = Counter(
        {
            name: int(np.count_nonzero(snapshot.alive[snapshot.postings("by", name)[0]]))
            for name in begun(text, names)
        }
    )
    return ranked(+counter)


def counted(snapshot: Snapshot, field: str, found: Mask) -> Counter[str]:
    """How many of the documents have each value of a keyword field."""
    counter: Counter[str] = Counter()
    for segment, base in zip(snapshot.segments, snapshot.bases, strict=False):
        values = segment.keywords(field)
        hits = values.codes[found[base : base + segment.size][values.docs]]
        numbers = np.bincount(hits, minlength=len(values.terms)).tolist()
        counter.update({term: count for term, count in zip(values.terms, numbers, strict=True) if count})
    return counter


def ranked(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    """The most frequent values, equal ones by name."""
    return tuple(sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES])
