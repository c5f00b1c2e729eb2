"""Two rankings as one: what has most of the words, and what says the same."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from index.across import Across
from index.analysis import LONGEST_WORD
from index.lexicon import Lexicon, key_of
from index.listing import alternating, falling_scores
from index.match import Matcher, Within, among
from index.meaning import is_gibberish, is_sentence
from index.sentence_store import Near
from index.sentences import is_chinese
from index.terms import NO_POSTINGS, Ids

# Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009) of so many of the words' list. Within a language
# words rank better: what says the same comes forward by so much of what it is worth, and what the other list
# has alone begins where a first page ends.
DEEPEST = 100
CONSTANT, AGREEING, ALONE = 3, 2.0, 0.3
# As near a text of the other language says the same, and stands among what has all words in translation.
SAME = 0.5

Nearest = Callable[[str], Near]
Listed = tuple[list[int], list[float]]
NONE: Ids = NO_POSTINGS[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """What words found: documents with all of them, with some, and the same in translation."""

    found: Ids
    partly: Ids
    across: Across | None

    @property
    def complete(self) -> Groups:
        """Those that have all that was asked for."""
        return Groups(found=self.found, partly=NONE, across=changed(self.across, most=NONE))

    @property
    def incomplete(self) -> Groups:
        """The others."""
        return Groups(found=NONE, partly=self.partly, across=changed(self.across, all=NONE))

    @property
    def typed(self) -> Groups:
        """Those that have all of it as typed."""
        return Groups(found=self.found, partly=NONE, across=None)

    @property
    def translated(self) -> Groups:
        """Those that have all of it in translation."""
        return replace(self.complete, found=NONE)

    def lacking(self, documents: Sequence[int]) -> list[int]:
        """Those of some documents that have not all that was asked for."""
        ids = np.array(documents, np.int32)
        all = self.across.all if self.across else NONE
        found: list[int] = ids[~among(ids, self.found) & ~among(ids, all)].tolist()
        return found

    @property
    def everything(self) -> Ids:
        """All documents, rising."""
        others = [self.across.all, self.across.most] if self.across else []
        return np.unique(np.concatenate([self.found, self.partly, *others]))

    def listed(self, sort: str) -> int:
        """How many documents there are in all parts of a list in an order."""
        return len(self.found) + len(self.partly) + (self.across.total(sort) if self.across else 0)

    def __len__(self) -> int:
        """How many documents have all that was asked for."""
        return len(self.found) + (len(self.across.all) if self.across else 0)

    def without(self, documents: Iterable[int]) -> Groups:
        """The same but for some documents."""
        ids = np.array(sorted(documents), np.int32)
        found, partly = (some[~among(some, ids)] for some in (self.found, self.partly))
        if self.across is None:
            return Groups(found=found, partly=partly, across=None)
        all, most = (some[~among(some, ids)] for some in (self.across.all, self.across.most))
        return Groups(found=found, partly=partly, across=changed(self.across, all=all, most=most))


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The documents that say something like a query, nearest first.

    ``foreign`` are those of the other language, and ``same`` those of them that say the same; ``likeness``
    is how near those of its own are.
    """

    documents: tuple[int, ...] = ()
    same: tuple[int, ...] = ()
    foreign: frozenset[int] = frozenset()
    likeness: Mapping[int, float] = field(default_factory=dict)

    def without(self, documents: Ids) -> Meant:
        """The same but for some documents, rising."""
        left, same = (
            tuple(np.array(some, np.int32)[~among(np.array(some, np.int32), documents)].tolist())
            for some in (self.documents, self.same)
        )
        return replace(self, documents=left, same=same)


def changed(across: Across | None, *, all: Ids | None = None, most: Ids | None = None) -> Across | None:
    """What was found in translation, with other documents."""
    if across is None:
        return None
    return replace(across, all=across.all if all is None else all, most=across.most if most is None else most)


def meant(
    matcher: Matcher,
    within: Within,
    query: str,
    found: Ids,
    nearest: Nearest,
    lexicon: Lexicon | None,
) -> Meant:
    """The documents that say something like a query, in its language those that have not all its words."""
    if not is_sentence(query, lambda phrase: len(matcher.find(phrase, matcher.everything)) > 0):
        return Meant()

    def is_known(word: str) -> bool:
        has_it = matcher.snapshot.frequency("words", word[:LONGEST_WORD])
        return bool(has_it or (lexicon and lexicon.renderings("en", key_of(word))))

    if is_gibberish(query, is_known):
        return Meant()
    likeness: dict[int, float] = {}
    for id, similarity in nearest(query):
        ids = within.of(matcher.everything.of(matcher.snapshot.postings("id", id)[0]))
        likeness |= dict.fromkeys(ids.tolist(), similarity)
    documents = np.array(list(likeness), np.int32)
    other = matcher.snapshot.postings("language", "en" if is_chinese(query) else "zh")[0]
    is_foreign = among(documents, other)
    foreign = documents[is_foreign].tolist()
    return Meant(
        documents=tuple(documents[is_foreign | ~among(documents, found)].tolist()),
        same=tuple(document for document in foreign if likeness[document] >= SAME),
        foreign=frozenset(foreign),
        likeness=likeness,
    )


def alone(near: Meant, groups: Groups) -> list[int]:
    """Those that were found by their meaning and by no words."""
    if not near.documents:
        return []
    documents = np.array(near.documents, np.int32)
    found: list[int] = documents[~among(documents, groups.everything)].tolist()
    return found


def with_meant(
    part: Callable[[Groups, int, int], Listed], groups: Groups, near: Meant, offset: int, n: int
) -> Listed:
    """So many documents from a place on: what has all words, then by words and meaning, then the rest.

    ``part`` lists documents in their order. What has all that was asked for is behind none that has not, but
    for those of the other language that say the same.
    """
    if not near.documents:
        return part(groups, offset, n)
    first = foremost(part, groups, near)
    rest = groups.without(first)
    others = [document for document in rest.lacking(near.documents) if document not in first]
    best = fused(part(rest.incomplete, 0, DEEPEST)[0], others, near)
    left = rest.incomplete.without(best)
    listed: list[int] = []
    scores: list[float] = []
    for size, stage in (
        (len(first), partial(stretch, first)),
        (len(rest), partial(part, rest.complete)),
        (len(best), partial(stretch, best)),
        (sys.maxsize, partial(part, left)),
    ):
        if len(listed) < n and offset < size:
            some = stage(offset, n - len(listed))
            listed += some[0]
            scores += some[1]
        offset = max(0, offset - size)
    return listed, scores


def stretch(ranked: Mapping[int, float], offset: int, n: int) -> Listed:
    """A part of a ranked list."""
    some = list(ranked)[offset : offset + n]
    return some, [ranked[document] for document in some]


def foremost(part: Callable[[Groups, int, int], Listed], groups: Groups, near: Meant) -> dict[int, float]:
    """The first that have all words, and those of the other language that say the same among them.

    These stand where what has all words in translation does, together with that by both ranks.
    """
    if not near.same or not len(groups):
        return {}
    typed = list(zip(*part(groups.typed, 0, DEEPEST), strict=True))
    translated, _ = part(groups.translated, 0, DEEPEST)
    listed = alternating(typed, list(fused(translated, near.same, near).items()))
    lacking = set(groups.lacking(near.same))
    while listed and listed[-1][0] in lacking:
        listed.pop()
    scores: dict[int, float] = {}
    for document, score in listed:  # which may be in both lists
        scores.setdefault(document, score)
    return dict(falling_scores(list(scores.items())))


def fused(words: Sequence[int], near: Sequence[int], meant: Meant) -> dict[int, float]:
    """Two ranked lists as one, best first, with the score of each document.

    Of foreign ones the meaning tells as much as the words, which are translated; of others much less.
    """
    scores = {document: 1 / (CONSTANT + place) for place, document in enumerate(words, 1)}
    for place, document in enumerate(near, 1):
        if document in meant.foreign:
            scores[document] = scores.get(document, 0.0) + 1 / (CONSTANT + place)
        elif document in scores:
            scores[document] *= 1 + AGREEING * max(0.0, meant.likeness[document] - SAME)
        else:
            scores[document] = ALONE / (CONSTANT + place)
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def meant_sentence(number: int) -> str:
    """What to say about articles that were found by their meaning alone."""
    have = "One more says" if number == 1 else f"{number} more say"
    return f"{have} something like it in other words or another language."
