"""Words that no article has, read as pinyin or in the words of other regions, where that finds something.

Knows no files.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from index.analysis import flattened, runs_of
from index.match import LONGEST_WALK, Matcher
from index.pinyin import Kind, parts_of
from index.query import All, Any, Keyword, Node, Pinyin, Title, Word
from index.regions import elsewhere
from index.vectors import Snapshot

LETTERS = re.compile("[a-z]+(?:['\\s]+[a-z]+)*")
SHORTEST, LONGEST = 2, 64
MOST_JOINED = 6
# Words looked at in one query, so that one of five hundred strange words does not take seconds.
MOST_LOOKS = 32
# Of what sounds the same, what stands in a quarter as many articles as the most frequent.
SHARE, MOST_WORDS = 4, 8
ANYWHERE: tuple[Kind, ...] = ("title", "by", "source")


class Reader:
    """Reads the words of one query aloud; ``heard`` is what they were read as, ``abroad`` said elsewhere."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.heard: list[Pinyin] = []
        self.abroad: list[str] = []
        self._matcher = Matcher(snapshot)
        self._looks = 0

    @property
    def words(self) -> tuple[str, ...]:
        """The Chinese words that are searched instead, each once."""
        return tuple(dict.fromkeys([*(word for each in self.heard for word in each.words), *self.abroad]))

    def read(self, node: Node) -> Node:
        """The query with such words replaced; what is left out, quoted or begun stays as it is."""
        match node:
            case All(parts=parts):
                return All(parts=tuple(self.joined(parts)))
            case Any(parts=parts):
                return Any(parts=tuple(self.read(part) for part in parts))
            case Word() | Title(node=Word()) if elsewhere(meant(node)[0]):
                return self.said_elsewhere(node)
            case Word() | Title(node=Word()) | Keyword(name="by" | "source"):
                return (self.is_strange(node) and self.hear(*meant(node))) or node
            case _:
                return node

    def joined(self, parts: Sequence[Node]) -> list[Node]:
        """The parts of a query, where neighbouring words may be one name together: xi jin ping.

        Where one of them is strange nothing is found as they stand, even when an article has the others.
        """
        latin = [isinstance(part, Word) and is_latin(part.text) for part in parts]
        strange = [isinstance(part, Word) and self.is_strange(part) for part in parts]
        found: list[Node] = []
        place = 0
        while place < len(parts):
            end = place
            while end < len(parts) and end - place < MOST_JOINED and latin[end]:
                end += 1
            heard = None
            while any(strange[place:end]) and heard is None:
                words = [part.text for part in parts[place:end] if isinstance(part, Word)]
                heard = self.hear(" ".join(words), ANYWHERE)
                end -= heard is None
            part = parts[place]
            found.append(heard or (part if latin[place] else self.read(part)))
            place = end if heard else place + 1
        return found

    def is_strange(self, node: Word | Title | Keyword) -> bool:
        """The text consists of Latin letters, and no article has it where it is asked for."""
        return is_latin(meant(node)[0]) and self.is_missing(node)

    def is_missing(self, node: Word | Title | Keyword) -> bool:
        """No article has the text where it is asked for; False when too much was looked at already."""
        self._looks += 1
        return self._looks <= MOST_LOOKS and not self.is_there(node)

    def is_there(self, node: Node) -> bool:
        """Some article has what is asked for."""
        return len(self._matcher.find(node, self._matcher.everything)) > 0

    def said_elsewhere(self, node: Word | Title) -> Node:
        """A Chinese word as another region has it, when no article has it as typed, and one has the other."""
        if self.is_missing(node):
            for other in elsewhere(meant(node)[0]):
                word = Word(text=other)
                found = Title(node=word) if isinstance(node, Title) else word
                if self.is_there(found):
                    self.abroad.append(other)
                    return found
        return node

    def hear(self, text: str, kinds: Sequence[Kind]) -> Pinyin | None:
        """The words that letters are the pinyin or the initials of, the most frequent ones."""
        letters = "".join(runs_of(text))
        if not SHORTEST <= len(letters) <= LONGEST:
            return None
        by_hanzi: defaultdict[str, list[str]] = defaultdict(list)
        for term in self.snapshot.terms_from("pinyin", f"{letters} ", LONGEST_WALK):
            kind, hanzi = parts_of(term)
            if kind in kinds:
                by_hanzi[hanzi].append(term)
        counts = {
            hanzi: len(self._matcher.everything.of(self._matcher.union("pinyin", terms)))
            for hanzi, terms in by_hanzi.items()
        }
        enough = max(1, max(counts.values(), default=0) / SHARE)
        kept = sorted((-count, hanzi) for hanzi, count in counts.items() if count >= enough)[:MOST_WORDS]
        if not kept:
            return None
        self.heard.append(
            Pinyin(text=text, terms=tuple(term for _, hanzi in kept for term in by_hanzi[hanzi]))
        )
        return self.heard[-1]


def is_latin(text: str) -> bool:
    """Whether a text has nothing but Latin letters, and what may stand between syllables."""
    return LETTERS.fullmatch(flattened(text)) is not None


def meant(node: Word | Title | Keyword) -> tuple[str, tuple[Kind, ...]]:
    """The text of a part of a query, and where the word it stands for may be from."""
    match node:
        case Word(text=text):
            return text, ANYWHERE
        case Title(node=inner):
            return inner.text, ("title",)
        case Keyword(name=name, value=value):
            return value, ("by",) if name == "by" else ("source",)
