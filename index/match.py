"""Which documents a query finds: its tree over a snapshot, as numbers in rising order. Knows no files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from archive.mistakes import over_limit
from index.analysis import LONGEST_WORD, grams, is_unspaced, joints, needle, normal, pairs, runs_of, stem_of
from index.literal import wanted
from index.query import All, Any, Dates, Keyword, Node, Not, Nothing, Phrase, Pinyin, Prefix, Title, Word
from index.terms import NO_POSTINGS, Ids, encoded
from index.vectors import Mask, Snapshot, mask_of

MOST_WORDS = 64
LONGEST_WALK = 2000
# Entries of the posting lists that one prefix stands for; of a million articles a few letters have as many.
MOST_EXPANDED = 10_000_000
# Comparing texts literally is what costs most; beyond this many comparisons, about half a second, documents
# that have all the pieces are taken unchecked.
MOST_COMPARED = 400_000
RAREST_PIECES = 16
# So many candidates are compared sooner than a posting list is read that may spare some of them.
FEW_COMPARED = 64
# With so many times fewer documents in one list than in another, each is looked for in the other.
MUCH_FEWER = 16


class Within:
    """The documents that may still be found: those of a mask, or some by number, in rising order."""

    def __init__(self, size: int, mask: Mask | None = None, ids: Ids | None = None) -> None:
        self.size = size
        self._mask = mask
        self._ids = ids

    @property
    def ids(self) -> Ids:
        """The documents by number."""
        if self._ids is None:
            everything = np.arange(self.size, dtype=np.int32)
            self._ids = everything if self._mask is None else everything[self._mask]
        return self._ids

    @property
    def mask(self) -> Mask | None:
        """The documents as a mask; None for all."""
        if self._mask is None and self._ids is not None:
            self._mask = mask_of(self._ids, self.size)
        return self._mask

    def of(self, ids: Ids) -> Ids:
        """Those of some documents that may be found."""
        if self._ids is not None and MUCH_FEWER * len(self._ids) < len(ids):
            return self._ids.compress(among(self._ids, ids))
        if self.mask is None:
            return ids
        kept = self.mask.take(ids)  # several times faster than indexing with a list
        dropped = len(ids) - int(np.count_nonzero(kept))
        if not dropped:
            return ids
        return ids[kept] if MUCH_FEWER * dropped < len(ids) else ids.compress(kept)

    def without(self, ids: Ids) -> Within:
        """The documents but for some."""
        if not len(ids):
            return self
        mask = np.ones(self.size, np.bool_) if self.mask is None else self.mask.copy()
        mask[ids.astype(np.intp)] = False
        return Within(self.size, mask)


def among(ids: Ids, others: Ids) -> Mask:
    """Which documents are among others; both in rising order."""
    if not len(others):
        return np.zeros(len(ids), np.bool_)
    places = np.searchsorted(others, ids)
    places[places == len(others)] = 0
    found: Mask = others[places] == ids
    return found


class Matcher:
    """One search over one snapshot; ``notes`` says what was not done to the letter."""

    def __init__(self, snapshot: Snapshot, *, exact: bool = False) -> None:
        self.snapshot = snapshot
        self.exact = exact
        self.notes: list[str] = []
        self._compared = 0
        self.everything = Within(snapshot.size, None if snapshot.whole else snapshot.alive)

    def find(self, node: Node, within: Within) -> Ids:  # noqa: PLR0911, PLR0912 (one for each kind)
        """Those of the documents ``within`` that the node finds; the tree is at most a few levels deep."""
        match node:
            case Word(text=text):
                return self.standing(text, self.word(runs_of(text), within))
            case Phrase(text=text):
                return self.standing(text, self.literal(runs_of(text), within))
            case Prefix(text=text):
                return within.of(self.expanded("words", text))
            case Title(node=inner):
                return self.title(inner, within)
            case Keyword(name=name, value=value, ids=ids):
                return within.of(self.keyword(name, value, ids))
            case Pinyin(terms=terms):
                return within.of(self.union("pinyin", terms))
            case Dates(since=since, until=until):
                days = self.snapshot.numbers("day")[within.ids]
                return within.ids[in_days(days, since, until)]
            case Not(node=inner):
                return within.ids[~among(within.ids, self.find(inner, within))]
            case Any(parts=parts):
                found = NO_POSTINGS[0]
                for part in sorted(self.rarest(parts), key=self.cost):
                    # What has one of them is not compared with the next.
                    found = united([found, self.find(part, within.without(found))], within.size)
                return found
            case All(parts=parts):
                for part in sorted(self.rarest(parts), key=self.cost):
                    within = Within(within.size, ids=self.find(part, within))
                return within.ids
            case Nothing():
                return NO_POSTINGS[0]

    def word(self, pieces: Sequence[str], within: Within) -> Ids:
        """A plain word: by its stem, or literally when it is Chinese or in pieces, like COVID-19."""
        if len(pieces) == 1 and not is_unspaced(pieces[0]) and not self.exact:
            return within.of(self.union("body", [stem_of(pieces[0][:LONGEST_WORD])]))
        return self.literal(pieces, within)

    def literal(self, pieces: Sequence[str], within: Within) -> Ids:
        """Text that stands there exactly so, as far as spaces and punctuation do not matter."""
        if not pieces:
            return within.ids
        if len(pieces) == 1 and not is_unspaced(pieces[0]):
            return within.of(self.union("words", [pieces[0][:LONGEST_WORD]]))
        candidates = self.candidates(pieces, "body", within)
        if is_certain(pieces):
            return candidates
        unsure = np.ones(len(candidates), np.bool_)
        if len(pieces) == 1 and len(candidates) > FEW_COMPARED:
            unsure = ~among(candidates, self.union("words", pieces))
        unsure[unsure] = ~self.compared(pieces, candidates[unsure])
        return candidates[~unsure]

    def title(self, node: Word | Phrase | Prefix, within: Within) -> Ids:
        """The same in the title alone."""
        if isinstance(node, Prefix):
            return within.of(self.expanded("title", node.text))
        pieces = runs_of(node.text)
        if isinstance(node, Word) and not self.exact and len(pieces) == 1 and not is_unspaced(pieces[0]):
            found = within.of(self.union("title", [stem_of(pieces[0][:LONGEST_WORD])]))
        else:
            candidates = self.candidates(pieces, "title", within)
            found = candidates[self.compared(pieces, candidates, title=True)] if pieces else candidates
        return self.standing(node.text, found, title=True)

    def standing(self, text: str, found: Ids, *, title: bool = False) -> Ids:
        """Those of the documents found where a word stands with its signs, and to the letter if so meant."""
        sought = wanted(text, exact=self.exact)
        for word in sought.plain:
            found = found[~among(found, self.union("accented", [word]))]
        for chunk, pattern in sought.chunks:
            if self.may_compare(len(found)):
                found = found[self.snapshot.contains(chunk, found, "signs", title=title)]
                texts = self.snapshot.signs(found.tolist(), title=title)
                found = found[np.array([pattern.search(each) is not None for each in texts], np.bool_)]
        return found

    def pieces(self, pieces: Sequence[str]) -> list[str]:
        """The terms that a document needs to have for these pieces to stand in it, the rarest first."""
        together = [list(grams(one, other)) for one, other in pairwise(pieces)]
        alone = [not (before or after) for before, after in pairwise([[], *together, []])]
        needed = [
            piece[:LONGEST_WORD]
            for piece, is_alone in zip(pieces, alone, strict=False)
            if is_alone and not is_unspaced(piece)
        ]
        needed += [gram for some in together for gram in some]
        needed += [pair for piece in pieces if is_unspaced(piece) and len(piece) > 1 for pair in pairs(piece)]
        needed += [joint for one, other in pairwise(pieces) for joint in joints(one, other)]
        unique = list(dict.fromkeys(needed))
        if len(unique) < 2:
            return unique
        return sorted(unique, key=lambda term: self.snapshot.frequency("body", term))[:RAREST_PIECES]

    def candidates(self, pieces: Sequence[str], field: str, within: Within) -> Ids:
        """The documents that may have these pieces: with their terms, or single characters somewhere."""
        terms = self.pieces(pieces)
        return self.having(terms, field, within) if terms else self.having(pieces, "characters", within)

    def having(self, terms: Iterable[str], field: str, within: Within) -> Ids:
        """The documents with all these terms."""
        for term in terms:
            within = Within(within.size, ids=within.of(self.union(field, [term])))
        return within.ids

    def compared(self, pieces: Sequence[str], candidates: Ids, *, title: bool = False) -> Mask:
        """Which candidates have a text with the pieces literally."""
        if not self.may_compare(len(candidates)):
            return np.ones(len(candidates), np.bool_)
        return self.snapshot.contains(needle(pieces), candidates, title=title)

    def may_compare(self, number: int) -> bool:
        """Whether so many more texts may be looked at; if not, the answer says so."""
        self._compared += number
        if self._compared > MOST_COMPARED:
            self.note("So much had to be compared that some articles are listed unchecked.")
        return self._compared <= MOST_COMPARED

    def union(self, field: str, terms: Iterable[str]) -> Ids:
        """The documents with any of these terms in a field."""
        return united([self.snapshot.postings(field, term)[0] for term in terms], self.snapshot.size)

    def expanded(self, field: str, prefix: str, most: int = MOST_EXPANDED) -> Ids:
        """The documents with any word that begins so; QueryError when there are too many of them."""
        found = self.snapshot.documents_from(field, prefix, most)
        if found is None:
            raise over_limit("prefix_too_frequent", prefix=prefix, most=most)
        return found

    def keyword(self, name: str, value: str, ids: Sequence[str] = ()) -> Ids:
        """The documents with a value in a keyword field, as people write it, or one that is called so."""
        if name == "lang":
            language, _, script = value.lower().partition("-")
            found = self.union("language", [language])
            return found[among(found, self.union("script", [script.title()]))] if script else found
        if name == "source":
            either = [self.union(field, {value, value.lower(), *ids}) for field in ("source", "family")]
            return united(either, self.snapshot.size)
        if name == "topic":
            return self.union("topics", {value, value.lower(), *ids})
        wanted = name_of(value)
        return self.union("by", self.names(lambda written: bool(wanted) and wanted in written))

    def names(self, is_meant: Callable[[str], bool]) -> list[str]:
        """The names of authors, as written, whose normal form is meant."""
        return [name for name in self.snapshot.authors if is_meant(name_of(name))]

    def cost(self, node: Node) -> tuple[int, int]:
        """What is asked first: what needs no comparing of texts and finds least, so that less is left."""
        match node:
            case Word(text=text):
                pieces = runs_of(text)
                at_once = len(pieces) == 1 and (len(pieces[0]) <= 2 or not is_unspaced(pieces[0]))
                return (0 if at_once else 3), self.rarity(pieces)
            case Keyword() | Pinyin() | Nothing():
                return 1, 0
            case Dates():
                return 2, 0
            case Prefix() | Title():
                return 3, 0
            case Phrase() | Any() | All():
                return 4, 0
            case Not():
                return 5, 0

    def rarest(self, parts: Sequence[Node]) -> Sequence[Node]:
        """The parts, and of more than 64 plain words the rarest ones."""
        words = [part for part in parts if isinstance(part, Word)]
        if len(words) <= MOST_WORDS:
            return parts
        self.note(f"Of {len(words)} words the {MOST_WORDS} rarest decide.")
        kept = set(sorted(words, key=lambda word: self.rarity(runs_of(word.text)))[:MOST_WORDS])
        return [part for part in parts if part in kept or not isinstance(part, Word)]

    def stems(self, pieces: Sequence[str]) -> list[str]:
        """The terms by which a document may have these pieces, in whatever form and order."""
        spaced = [stem_of(piece[:LONGEST_WORD]) for piece in pieces if not is_unspaced(piece)]
        return spaced + self.pieces([piece for piece in pieces if is_unspaced(piece)])

    def rarity(self, pieces: Sequence[str]) -> int:
        """How many documents can have all these pieces at most."""
        terms = self.stems(pieces)
        field = "body" if terms else "characters"
        return min(
            (self.snapshot.frequency(field, term) for term in terms or pieces), default=self.snapshot.size
        )

    def note(self, sentence: str) -> None:
        """Keep a sentence for the person who asked, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)


@lru_cache(1 << 16)
def name_of(name: str) -> str:
    """A person's name for comparison: its words between spaces."""
    pieces = runs_of(encoded(name).decode())
    return normal(pieces) if pieces else ""


def field_of(piece: str) -> str:
    """The field that has a piece of a word: single characters of unspaced script are in one of their own."""
    return "characters" if len(piece) == 1 and is_unspaced(piece) else "body"


def is_certain(pieces: Sequence[str]) -> bool:
    """A document with the terms of these pieces has them as they stand."""
    return (len(pieces) == 1 and len(pieces[0]) <= 2) or (len(pieces) == 2 and any(grams(*pieces)))


def in_days(days: NDArray[np.int64], since: date | None, until: date | None) -> Mask:
    """Which days are within these, both included; None is open."""
    first = since.toordinal() if since else 0
    last = until.toordinal() if until else date.max.toordinal()
    return (days >= first) & (days <= last)


def united(several: Sequence[Ids], size: int) -> Ids:
    """The documents of any of these, in order."""
    if len(several) == 1:
        return several[0]
    everything = np.concatenate([NO_POSTINGS[0], *several])
    if MUCH_FEWER * len(everything) < size:
        return np.unique(everything)
    return np.flatnonzero(mask_of(everything, size)).astype(np.int32)
