"""Articles of the other language that a query finds: ranked as a probabilistic structured query.

Of each word of the query and its translations, how often they stand in an article and how many articles have
them is added up, each by its probability (Darwish and Oard 2003); with these sums a group of translations is
rated like one word, by BM25. Knows no files.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.analysis import LONGEST_WORD, STOPPING, is_unspaced, pairs, runs_of, stem_of
from index.lexicon import Lexicon, Renderings
from index.match import Matcher, Within, among, field_of
from index.query import All, Any, Node, Phrase, Word
from index.terms import NO_POSTINGS, Ids, Weights
from index.translate import SENTENCE, Group, groups_of
from index.vectors import Snapshot

# Renderings are the more probable the more articles have them; so many are looked up, and those kept that
# are not too improbable. Sure are those that come near the best.
MOST_LOOKED_UP, MOST_KEPT, LEAST, SURE = 8, 6, 0.05, 0.3
# A translation counts a little less than the word itself.
TRANSLATED = 0.9
ABBREVIATED = 0.4  # the short form of a name that is there in full
FEWER = 5  # of each word of a sentence
OF_FREQUENCY = 1 / 3
OF_SEVERAL = 0.5  # what the words of a rendering count together that stand alone
SATURATION, LENGTH = 1.2, 0.75
MANY = 8  # when one in so many articles has it, counting is sooner done for all than for those
# An article has most of what is asked for with such a part of what its words say.
ENOUGH_OF_IT, OF_A_SENTENCE = 0.4, 0.1
MOST_SAID, SAID_OF_EACH = 12, 3
Scores = NDArray[np.float32]
Around = Callable[[str], Collection[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A translation that some articles have: the documents and how often they have it."""

    text: str
    weight: float
    ids: Ids
    counts: Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """What was found in translation: articles that have all, others that have most, and all their scores.

    ``share`` is what part of the query an article has, of all that its words say; ``groups`` are the
    translations of each word.
    """

    all: Ids
    most: Ids
    scores: Scores
    share: Scores
    groups: tuple[tuple[Rendered, ...], ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The translations that were searched, the surest of each word first; not all of a long query."""
        several = [[each.text for each in sure(group)[:SAID_OF_EACH]] for group in self.groups]
        first = [text for texts in several for text in texts[:1]]
        others = [text for texts in several for text in texts[1:]]
        return tuple(dict.fromkeys([*first, *others]))[:MOST_SAID]

    def total(self, sort: str) -> int:
        """How many are listed in an order: by relevance also those that have most."""
        return len(self.all) + (len(self.most) if sort == "rel" else 0)

    def through(self, document: int) -> tuple[str, ...]:
        """The translations by which an article was found."""
        if not (has(self.all, document) or has(self.most, document)):
            return ()
        found = (next((each.text for each in group if has(each.ids, document)), "") for group in self.groups)
        return tuple(filter(None, dict.fromkeys(found)))


def across(
    matcher: Matcher, node: Node, within: Within, found: Ids, lexicon: Lexicon | None
) -> Across | None:
    """What is found in translation beside what has the words as typed; None when nothing is translated."""
    if lexicon is None or matcher.exact:
        return None
    known = Searched(matcher.snapshot, lexicon.around)
    groups, rest = groups_of(node, lexicon, known.is_there)
    if not any(group.renderings for group in groups):
        return None
    others = Within(within.size, ids=matcher.find(All(parts=tuple(rest)), within)) if rest else within
    return Crossing(known, groups).found(others, found)


class Crossing:
    """Adds up, group by group, what the articles have."""

    def __init__(self, searched: Searched, groups: Sequence[Group]) -> None:
        self.snapshot = searched.snapshot
        size = self.snapshot.size
        (self.length,) = self.snapshot.kept("length of across", lambda: (length_of(self.snapshot),))
        self.scores, self.share = np.zeros(size, np.float32), np.zeros(size, np.float32)
        self.typed = np.zeros(size, np.float32)  # what of the share is no translation
        self.surely = np.zeros(size, np.uint8)  # of how many groups it has one that is sure
        self.total = 0.0
        # Of one group: how often and how probably an article has any of it.
        self._sums, self._best = np.zeros(size, np.float32), np.zeros(size, np.float32)
        self.groups: list[tuple[Rendered, ...]] = []
        self.is_sentence = len(groups) >= SENTENCE
        for group in groups:
            self.add(searched, group)

    def add(self, searched: Searched, group: Group) -> None:
        """Add what the articles have of one group."""
        typed = searched.typed(group.typed)
        rendered = searched.rendered(group.renderings, closely=not self.is_sentence)
        self.groups.append(rendered)
        every = sorted((each for each in (*rendered, typed) if len(each.ids)), key=lambda each: each.weight)
        if not every:
            return
        size = self.snapshot.size
        rareness = rarity(size, min(sum(each.weight * len(each.ids) for each in every), size))
        self.total += rareness
        self._count(self._added(every), np.float32(rareness), np.float32(least_sure(rendered)))
        self.typed[typed.ids.astype(np.intp)] += np.float32(rareness)

    def _added(self, every: Sequence[Rendered]) -> NDArray[np.intp] | slice:
        """Add up what articles have of a group, the least probable first: which ones, or all if many have."""
        places = np.concatenate([each.ids for each in every], dtype=np.intp)
        weights = np.array([each.weight for each in every], np.float32)
        each_weight = weights.repeat([len(each.ids) for each in every])
        np.add.at(self._sums, places, each_weight * np.concatenate([each.counts for each in every]))
        self._best[places] = each_weight
        if MANY * len(places) > self.snapshot.size:
            return slice(None)
        return np.flatnonzero(self._best > 0) if len(every) > 1 else places

    def _count(self, some: NDArray[np.intp] | slice, rareness: np.float32, least: np.float32) -> None:
        """Count what was added up of a group, and begin anew."""
        counts, best = self._sums[some], self._best[some]
        self.scores[some] += rareness * counts / (counts + self.length[some])
        self.share[some] += rareness * best
        self.surely[some] += best >= least
        self._sums[some] = self._best[some] = 0

    def found(self, within: Within, found: Ids) -> Across:
        """What has all, or most, and is not found as typed."""
        foreign = self.share - self.typed
        is_whole = (self.surely == len(self.groups)) & (foreign > 0)
        whole = within.of(np.flatnonzero(is_whole).astype(np.int32))
        whole = whole[~among(whole, found)]
        most = NO_POSTINGS[0]
        if len(self.groups) > 1 and len(whole) < (20 if self.is_sentence else 3):
            least = (OF_A_SENTENCE if self.is_sentence else ENOUGH_OF_IT) * self.total
            near = within.of(
                np.flatnonzero((self.share > least) & (2 * foreign >= self.share)).astype(np.int32)
            )
            most = near[~among(near, found) & ~among(near, whole)]
        return Across(
            all=whole,
            most=most,
            scores=self.scores,
            share=self.share / np.float32(max(self.total, 1e-6)),
            groups=tuple(self.groups),
        )


class Searched:
    """Looks up in the articles what words and their translations are."""

    def __init__(self, snapshot: Snapshot, around: Around) -> None:
        self.snapshot = snapshot
        self._around = around
        self._matcher = Matcher(snapshot)

    def is_there(self, text: str) -> bool:
        """Whether an article may have a text."""
        return self.frequency(text) > 0

    def frequency(self, text: str) -> int:
        """How many articles can have a text at most: a word that texts are cut into, else by pieces."""
        word, terms = terms_of(text)
        return (bool(word) and self.snapshot.frequency("words", word)) or min(
            (self.snapshot.frequency(field_of(term), term) for term in terms), default=0
        )

    def typed(self, node: Node) -> Rendered:
        """The articles that have a group as typed."""
        if isinstance(node, Word):
            ids, counts = self.postings(node.text, closely=False)
        else:
            ids = self._matcher.find(node, self._matcher.everything)
            counts = np.ones(len(ids), np.float32)
        return Rendered(text="", weight=1.0, ids=ids, counts=counts)

    def rendered(self, renderings: Renderings, *, closely: bool) -> tuple[Rendered, ...]:
        """The translations that are worth a look, with their documents, the most probable first."""
        certain = [text for text, weight in renderings if weight >= 1 and self.frequency(text)]
        if certain:
            kept: Renderings = tuple((text, TRANSLATED) for text in certain[:MOST_KEPT])
        else:
            some = tuple(one for one in renderings if one[1] < 1)[:MOST_LOOKED_UP]
            kept = self.likely(some, MOST_KEPT) if closely else self.likely(loosely(some[:FEWER]), FEWER)
        found = []
        for text, weight in kept:
            is_short = any(abbreviates(text, other) for other, _ in renderings)
            ids, counts = self.standing_alone(text) if is_short else self.postings(text, closely=closely)
            if len(ids):
                share = weight * (ABBREVIATED if is_short else 1.0)
                found.append(Rendered(text=text, weight=share, ids=ids, counts=counts))
        return tuple(found)

    def likely(self, renderings: Renderings, most: int) -> Renderings:
        """The renderings that are not improbable, by how many articles have them."""
        counted = [(text, weight * self.frequency(text) ** OF_FREQUENCY) for text, weight in renderings]
        total = sum(count for _, count in counted) or 1
        ranked = sorted(counted, key=lambda one: -one[1])[:most]
        return tuple((text, TRANSLATED * count / total) for text, count in ranked if count >= LEAST * total)

    def postings(self, text: str, *, closely: bool) -> tuple[Ids, Weights]:
        """The documents that have a text, and how often; ``closely`` in these words, one after the other."""
        _, stems = terms_of(text)
        if not stems:
            return NO_POSTINGS
        if len(stems) == 1:
            return self.snapshot.postings(field_of(stems[0]), stems[0])
        found = self.snapshot.kept(("across", text, closely), lambda: self.several(text, stems, closely))
        return found[0], found[1]

    def standing_alone(self, text: str) -> tuple[Ids, Weights]:
        """The Chinese documents that have a text as a word, not only in longer ones, and how often."""
        ids, counts = self.snapshot.postings("words", text)
        is_chinese = among(ids, self.snapshot.postings("language", "zh")[0])
        ids, counts = ids[is_chinese], counts[is_chinese]
        for longer in self._around(text):
            others, times = self.snapshot.postings("words", longer)
            shared = among(others, ids)
            counts[np.searchsorted(ids, others[shared])] -= times[shared]
        return ids[counts > 0], counts[counts > 0]

    def several(self, text: str, stems: Sequence[str], closely: bool) -> tuple[Ids, Weights]:
        """The same of a text of several terms: as often as its rarest."""
        rarest, *others = sorted(stems, key=lambda stem: self.snapshot.frequency(field_of(stem), stem))
        ids, counts = self.snapshot.postings(field_of(rarest), rarest)
        if closely:
            kept = among(ids, self._matcher.find(as_written(text), self._matcher.everything))
            return ids[kept], counts[kept]
        for stem in others:
            if not len(ids):
                break
            kept = among(ids, self.snapshot.postings(field_of(stem), stem)[0])
            ids, counts = ids[kept], counts[kept]
        return ids, counts


def loosely(renderings: Renderings) -> Renderings:
    """Renderings, and the words of those of several English words, of which a sentence may have one."""
    found = dict(renderings)
    for text, weight in renderings:
        words = [word for word in runs_of(text) if word not in STOPPING and not is_unspaced(word)]
        for word in words if len(words) > 1 or word_of_many(text) else ():
            found[word] = max(found.get(word, 0.0), weight * OF_SEVERAL / len(words))
    return tuple(found.items())


def word_of_many(text: str) -> bool:
    """Whether a rendering has more words than one."""
    return len(runs_of(text)) > 1


@lru_cache(1 << 14)
def terms_of(text: str) -> tuple[str, tuple[str, ...]]:
    """The terms that have a text together, and the text if it is a Chinese word of several of them."""
    runs = runs_of(text)
    terms = [
        term for run in runs for term in (pairs(run) if is_unspaced(run) else [stem_of(run[:LONGEST_WORD])])
    ]
    is_word = len(runs) == 1 and len(runs[0]) > 2 and is_unspaced(runs[0])
    return runs[0] if is_word else "", tuple(terms)


def abbreviates(short: str, name: str) -> bool:
    """Two characters out of a longer name: 北大 of 北京大学, which is in 北大荒 as well."""
    if len(short) != 2 or len(name) < 4 or short in name or not is_unspaced(short):
        return False
    return name.find(short[0]) >= 0 and short[1] in name[name.find(short[0]) + 1 :]


def as_written(text: str) -> Node:
    """A translation to be looked for: as it stands, in English also in the other number."""
    phrase = Phrase(text=text)
    if is_unspaced(text):
        return phrase
    other = text.removesuffix("s") if text.endswith("s") and not text.endswith("ss") else f"{text}s"
    return Any(parts=(phrase, Phrase(text=other)))


def sure(group: Sequence[Rendered]) -> list[Rendered]:
    """The translations that come near the most probable one."""
    best = max((each.weight for each in group), default=0)
    return [each for each in group if each.weight >= SURE * best]


def least_sure(group: Sequence[Rendered]) -> float:
    """How probable a translation of a group is at least that is sure."""
    return min((each.weight for each in sure(group)), default=1.0)


def length_of(snapshot: Snapshot) -> Scores:
    """How much the length of each document counts."""
    return (SATURATION * (1 - LENGTH + LENGTH * snapshot.lengths)).astype(np.float32, copy=False)


def rarity(size: int, frequency: float) -> float:
    """How much a group says that so many documents have: Robertson's and Spärck Jones's weight."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


def has(ids: Ids, document: int) -> bool:
    """Whether a document is among some."""
    place = int(ids.searchsorted(np.int32(document)))  # of another type all would be converted first
    return place < len(ids) and int(ids[place]) == document
