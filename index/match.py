"""Which documents a query finds: its tree over a snapshot, as masks. Knows no files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from archive.errors import QueryError
from index.analysis import LONGEST_WORD, flattened, is_unspaced, joints, needle, normal, pairs, runs, stem_of
from index.query import All, Any, Dates, Keyword, Node, Not, Nothing, Phrase, Prefix, Title, Word
from index.vectors import Mask, Snapshot, encoded

MOST_WORDS = 64
MOST_EXPANDED = 128
LONGEST_WALK = 2000
# Comparing texts literally is what costs most; beyond this many comparisons, about half a second, documents
# that have all the pieces are taken unchecked.
MOST_COMPARED = 400_000
RAREST_PIECES = 16


class Matcher:
    """One search over one snapshot; ``notes`` says what was not done to the letter."""

    def __init__(self, snapshot: Snapshot, *, exact: bool = False) -> None:
        self.snapshot = snapshot
        self.exact = exact
        self.notes: list[str] = []
        self._compared = 0

    def find(self, node: Node, within: Mask) -> Mask:  # noqa: PLR0911 (one for each kind of node)
        """Those of the documents ``within`` that the node finds; the tree is at most a few levels deep."""
        match node:
            case Word(text=text):
                return self.word(runs(flattened(text)), within)
            case Phrase(text=text):
                return self.literal(runs(flattened(text)), within)
            case Prefix(text=text):
                return within & self.expanded("words", text)
            case Title(node=inner):
                return self.title(inner, within)
            case Keyword(name=name, value=value):
                return within & self.keyword(name, value)
            case Dates(since=since, until=until):
                return within & self.days(since, until)
            case Not(node=inner):
                return within & ~self.find(inner, within)
            case Any(parts=parts):
                found = np.zeros_like(within)
                for part in self.rarest(parts):
                    found |= self.find(part, within & ~found)  # what has one is not compared with the next
                return found
            case All(parts=parts):
                for part in sorted(self.rarest(parts), key=cost):
                    within = self.find(part, within)
                return within
            case Nothing():
                return np.zeros_like(within)

    def word(self, pieces: Sequence[str], within: Mask) -> Mask:
        """A plain word: by its stem, or literally when it is Chinese or in pieces, like COVID-19."""
        if len(pieces) == 1 and not is_unspaced(pieces[0]) and not self.exact:
            return within & self.union("body", [stem_of(pieces[0][:LONGEST_WORD])])
        return self.literal(pieces, within)

    def literal(self, pieces: Sequence[str], within: Mask) -> Mask:
        """Text that stands there exactly so, as far as spaces and punctuation do not matter."""
        if not pieces:
            return within
        if len(pieces) == 1 and not is_unspaced(pieces[0]):
            return within & self.union("words", [pieces[0][:LONGEST_WORD]])
        candidates = self.having(self.pieces(pieces), "body", within)
        if len(pieces) == 1 and len(pieces[0]) == 2:
            return candidates
        certain = self.union("words", pieces) & candidates if len(pieces) == 1 else np.zeros_like(candidates)
        return certain | self.compared(pieces, candidates & ~certain)

    def title(self, node: Word | Phrase | Prefix, within: Mask) -> Mask:
        """The same in the title alone."""
        if isinstance(node, Prefix):
            return within & self.expanded("title", node.text)
        pieces = runs(flattened(node.text))
        if isinstance(node, Word) and not self.exact and len(pieces) == 1 and not is_unspaced(pieces[0]):
            return within & self.union("title", [stem_of(pieces[0][:LONGEST_WORD])])
        candidates = self.having(self.pieces(pieces), "title", within)
        return self.compared(pieces, candidates, title=True) if pieces else within

    def pieces(self, pieces: Sequence[str]) -> list[str]:
        """The terms that a document needs to have for these pieces to stand in it; the rarest decide."""
        needed = [piece[:LONGEST_WORD] for piece in pieces if not is_unspaced(piece)]
        needed += [pair for piece in pieces if is_unspaced(piece) and len(piece) > 1 for pair in pairs(piece)]
        needed += [joint for one, other in pairwise(pieces) for joint in joints(one, other)]
        unique = list(dict.fromkeys(needed))
        if len(unique) <= RAREST_PIECES:
            return unique
        return sorted(unique, key=lambda term: self.snapshot.frequency("body", term))[:RAREST_PIECES]

    def having(self, terms: Iterable[str], field: str, within: Mask) -> Mask:
        """The documents with all these terms."""
        for term in terms:
            within = within & self.union(field, [term])
        return within

    def compared(self, pieces: Sequence[str], candidates: Mask, *, title: bool = False) -> Mask:
        """The candidates whose text has the pieces literally."""
        ids = np.flatnonzero(candidates).astype(np.int32)
        self._compared += len(ids)
        if self._compared > MOST_COMPARED:
            self.note("So much had to be compared that some articles are listed unchecked.")
            return candidates
        checked = self.snapshot.contains(needle(list(pieces)), ids, title=title)
        return self.snapshot.mask(ids[checked])

    def union(self, field: str, terms: Iterable[str]) -> Mask:
        """The documents with any of these terms in a field."""
        mask = np.zeros(self.snapshot.size, np.bool_)
        for term in terms:
            mask[self.snapshot.postings(field, term)[0]] = True
        return mask

    def expanded(self, field: str, prefix: str) -> Mask:
        """The documents with any word that begins so; QueryError when the words are too many.

        Words of one stem count once and are looked up together.
        """
        words = self.snapshot.terms_from(field, prefix, LONGEST_WALK)
        roots = {word: stem_of(word) for word in words}
        stems = {root for root in roots.values() if len(root) > len(prefix) and root.startswith(prefix)}
        others = [word for word, root in roots.items() if root not in stems]
        if len(stems) + len(others) > MOST_EXPANDED or len(words) >= LONGEST_WALK:
            raise QueryError(
                f"{prefix}* stands for more than {MOST_EXPANDED} words of this archive; add a letter to it."
            )
        return self.union(field if field == "title" else "body", stems) | self.union(field, others)

    def keyword(self, name: str, value: str) -> Mask:
        """The documents with a value in a keyword field, as people write it."""
        if name == "lang":
            language, _, script = value.lower().partition("-")
            mask = self.union("language", [language])
            return mask & self.union("script", [script.title()]) if script else mask
        if name == "source":
            return self.union("source", [value, value.lower()]) | self.union("family", [value, value.lower()])
        if name == "topic":
            return self.union("topics", [value, value.lower()])
        wanted = name_of(value)
        return self.union("by", self.names(lambda written: bool(wanted) and wanted in written))

    def by(self, name: str) -> Mask:
        """The documents of exactly this author, however the name is capitalised."""
        wanted = name_of(name)
        return self.union("by", self.names(lambda written: written == wanted))

    def names(self, is_meant: Callable[[str], bool]) -> list[str]:
        """The names of authors, as written, whose normal form is meant."""
        names = {name for segment in self.snapshot.segments for name in segment.keywords("by").terms}
        return [name for name in names if is_meant(name_of(name))]

    def days(self, since: date | None, until: date | None) -> Mask:
        """The documents of these days."""
        days = self.snapshot.numbers("day")
        first = since.toordinal() if since else 0
        last = until.toordinal() if until else date.max.toordinal()
        return (days >= first) & (days <= last)

    def rarest(self, parts: Sequence[Node]) -> Sequence[Node]:
        """The parts, and of more than 64 plain words the rarest ones."""
        words = [part for part in parts if isinstance(part, Word)]
        if len(words) <= MOST_WORDS:
            return parts
        self.note(f"Of {len(words)} words the {MOST_WORDS} rarest decide.")
        kept = set(
            sorted(words, key=lambda word: self.rarity(self.stems(runs(flattened(word.text)))))[:MOST_WORDS]
        )
        return [part for part in parts if part in kept or not isinstance(part, Word)]

    def stems(self, pieces: Sequence[str]) -> list[str]:
        """The terms by which a document may have these pieces, in whatever form and order."""
        spaced = [stem_of(piece[:LONGEST_WORD]) for piece in pieces if not is_unspaced(piece)]
        return spaced + self.pieces([piece for piece in pieces if is_unspaced(piece)])

    def rarity(self, terms: Sequence[str]) -> int:
        """How many documents can have all these terms at most."""
        return min((self.snapshot.frequency("body", term) for term in terms), default=self.snapshot.size)

    def note(self, sentence: str) -> None:
        """Keep a sentence for the person who asked, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)


def name_of(name: str) -> str:
    """A person's name for comparison: its words between spaces."""
    pieces = runs(flattened(encoded(name).decode()))
    return normal(pieces) if pieces else ""


def cost(node: Node) -> int:
    """What is asked first: what needs no comparing of texts, so that less is left for what does."""
    match node:
        case Dates() | Keyword() | Nothing():
            return 0
        case Word(text=text):
            return 1 if len(text) > 1 else 3
        case Prefix() | Title():
            return 1
        case Phrase() | Any() | All():
            return 2
        case Not():
            return 4
