"""The words of a query in groups, each with what it is in the other language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.analysis import LONGEST_WORD, PARTICLES, SMALL, STOPPING, is_unspaced, runs_of
from index.lexicon import Lexicon, Renderings, Tongue, is_acronym
from index.literal import is_signed
from index.query import All, Any, Node, Phrase, Word

MOST_GROUPS = 32
SENTENCE = 4  # so many words are no longer a name for something
# So many words together may be one term.
LONGEST_TERM, LONGEST_UNSPACED = 6, 12
Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A word of a query, or several that are one term, and its renderings with their probabilities."""

    typed: Node
    renderings: Renderings = ()


def groups_of(node: Node, lexicon: Lexicon, is_there: Known) -> tuple[list[Group], list[Node]]:
    """The plain words of a query as groups, and all else of it, which stays as it is.

    ``is_there`` tells whether some article has a text: a term of several words that none has is taken apart.
    """
    parts = node.parts if isinstance(node, All) else (node,)
    groups: list[Group] = []
    rest: list[Node] = []
    stretch: list[str] = []
    seen: set[str] = set()
    for part in parts:
        if isinstance(part, Word) and not is_signed(part.text):
            # Of a long Chinese run, which stands in pieces, the whole is looked at once.
            whole = part.within or part.text
            if not part.within or whole not in seen:
                stretch += spelled(whole, lexicon)
            seen.add(whole)
            continue
        groups += terms_in(stretch, lexicon, is_there)
        stretch = []
        if isinstance(part, Any) and all(isinstance(each, Word) for each in part.parts):
            inner = [group for each in part.parts for group in groups_of(each, lexicon, is_there)[0]]
            found = {text: weight for group in inner for text, weight in group.renderings}
            groups.append(Group(typed=part, renderings=tuple(found.items())))
        else:
            rest.append(part)
    groups += terms_in(stretch, lexicon, is_there)
    if len(groups) >= SENTENCE:
        # In a sentence quotation marks are often only that; what stands in them is never translated.
        groups += [Group(typed=part) for part in rest if isinstance(part, Phrase)]
        rest = [part for part in rest if not isinstance(part, Phrase)]
    return groups[:MOST_GROUPS], rest


def spelled(text: str, lexicon: Lexicon) -> Sequence[str]:
    """The runs of a text, folded but for acronyms, which are other words than the same in small letters."""
    runs = runs_of(text)
    return [text] if len(runs) == 1 and is_acronym(text) and lexicon.names(text) else runs


def terms_in(runs: Sequence[str], lexicon: Lexicon, is_there: Known) -> Iterator[Group]:
    """Runs that stand beside each other, cut into the longest terms that are known."""
    place = 0
    while place < len(runs):
        if is_unspaced(runs[place]):
            alone = len(runs) == 1
            yield from joined(pieces_of(runs[place], alone=alone), "zh", "", lexicon, is_there)
            place += 1
            continue
        end = place
        while end < len(runs) and not is_unspaced(runs[end]):
            end += 1
        yield from joined(list(runs[place:end]), "en", " ", lexicon, is_there)
        place = end


def pieces_of(run: str, *, alone: bool) -> list[str]:
    """A Chinese run in words."""
    import rjieba

    return [run] if alone and len(run) == 1 else list(rjieba.cut(run, False))


def joined(
    words: list[str], tongue: Tongue, between: str, lexicon: Lexicon, is_there: Known
) -> Iterator[Group]:
    """Words of one language in groups: as many together as are a term, the first ones first."""
    keys = [word[:LONGEST_WORD] for word in words]
    place = 0
    while place < len(words):
        for end in range(min(len(words), place + LONGEST_TERM), place, -1):
            key = between.join(keys[place:end])
            if tongue == "zh" and len(key) > LONGEST_UNSPACED:
                continue
            found = lexicon.renderings(tongue, key) if is_term(words[place:end], words) else ()
            if found and (end == place + 1 or any(is_there(text) for text, _ in found)):
                yield Group(typed=typed(words[place:end], tongue), renderings=found)
                break
        else:
            end = place + 1
            if says(words[place], words):
                yield from unknown(words[place], tongue, lexicon)
        place = end


def is_term(some: Sequence[str], words: Sequence[str]) -> bool:
    """Some of the words may be a term: one that says something, or several between two such."""
    if is_unspaced(some[0]):
        return says(some[0], words) if len(some) == 1 else not SMALL.issuperset(some)
    return says(some[0], words) and says(some[-1], words)


def says(word: str, words: Sequence[str]) -> bool:
    """The word says something by itself: it is no stop word, particle or lone character of many."""
    if len(words) > 1 and word in SMALL:
        return False
    if is_unspaced(word):
        return len(word) > 1 or (len(words) == 1 and word not in PARTICLES)
    return word not in STOPPING


def typed(words: Sequence[str], tongue: Tongue) -> Node:
    """What an article has that has these words as typed."""
    if tongue == "zh":
        return Word(text="".join(words))
    return All(parts=tuple(Word(text=word) for word in words)) if len(words) > 1 else Word(text=words[0])


def unknown(word: str, tongue: Tongue, lexicon: Lexicon) -> Iterator[Group]:
    """A word that is not in the lexicon: a Chinese one in the longest parts that are, else as it is."""
    place, known = 0, []
    while tongue == "zh" and len(word) > 2 and place < len(word):
        for end in range(len(word), place + 1, -1):
            found = lexicon.renderings("zh", word[place:end])
            if found:
                known.append(Group(typed=Word(text=word[place:end]), renderings=found))
                place = end
                break
        else:
            place += 1
    yield from known or [Group(typed=Word(text=word))]
