"""Two rankings as one: what has most of the words, and what says the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.across import Across
from index.match import Matcher, Within, among
from index.meaning import is_sentence
from index.sentence_store import Near
from index.terms import NO_POSTINGS, Ids

# Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009) of so many of the words' list. Within a language
# words rank better, so that their first stays first, what the other list has too comes forward a little, and
# what it has alone stands between, one by one; titles that find their text are as many as by words alone.
DEEPEST = 100
CONSTANT, AGREEING = 3, 0.4

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
    def some(self) -> Ids:
        """The documents of the others, rising."""
        most = self.across.most if self.across else NONE
        return np.union1d(self.partly, most)

    def __len__(self) -> int:
        """How many documents have all that was asked for."""
        return len(self.found) + (len(self.across.all) if self.across else 0)

    def without(self, ids: Ids) -> Groups:
        """The same but for some documents that have only some."""
        most = self.across.most if self.across else NONE
        across = changed(self.across, most=most[~among(most, ids)])
        return replace(self, partly=self.partly[~among(self.partly, ids)], across=across)


def changed(across: Across | None, *, all: Ids | None = None, most: Ids | None = None) -> Across | None:
    """What was found in translation, with other documents."""
    if across is None:
        return None
    return replace(across, all=across.all if all is None else all, most=across.most if most is None else most)


def meant(matcher: Matcher, within: Within, query: str, found: Ids, nearest: Nearest) -> list[int]:
    """The documents that say something like a query and are not found already, nearest first."""
    if not is_sentence(query, lambda phrase: len(matcher.find(phrase, matcher.everything)) > 0):
        return []
    near = [matcher.everything.of(matcher.snapshot.postings("id", id)[0]) for id, _ in nearest(query)]
    return without([document for ids in near for document in within.of(ids).tolist()], found)


def without(documents: Sequence[int], ids: Ids) -> list[int]:
    """Some documents but for others; they may be in any order, the others rise."""
    kept = ~among(np.array(documents, np.int32), ids)
    return [document for document, is_kept in zip(documents, kept.tolist(), strict=True) if is_kept]


def with_meant(
    part: Callable[[Groups, int, int], Listed], groups: Groups, near: Sequence[int], offset: int, n: int
) -> Listed:
    """So many documents from a place on: what has all words, then by words and meaning, then the rest.

    ``part`` lists documents in their order. What has all that was asked for is never behind what has not.
    """
    if not near:
        return part(groups, offset, n)
    listed, scores = part(groups.complete, offset, n)
    offset, n = max(0, offset - len(groups)), n - len(listed)
    if n > 0:
        some = groups.incomplete
        best = fused(part(some, 0, DEEPEST)[0], near)
        chosen = list(best)[offset : offset + n]
        listed += chosen
        scores += [best[document] for document in chosen]
        rest = some.without(np.array(sorted(best), np.int32))
        others = part(rest, max(0, offset - len(best)), n - len(chosen))
        listed += others[0]
        scores += others[1]
    return listed, scores


def fused(words: Sequence[int], near: Sequence[int]) -> dict[int, float]:
    """Two ranked lists as one, best first, with the score of each document."""
    scores = {document: 1 / (CONSTANT + place) for place, document in enumerate(words, 1)}
    for place, document in enumerate(near, 1):
        weight = AGREEING if document in scores else 1.0
        scores[document] = scores.get(document, 0.0) + weight / (CONSTANT + place)
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def meant_sentence(number: int) -> str:
    """What to say about articles that were found by their meaning alone."""
    have = "One more says" if number == 1 else f"{number} more say"
    return f"{have} something like it in other words or another language."
