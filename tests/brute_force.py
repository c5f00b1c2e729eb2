"""A search over articles in plain Python, slow and plain enough to be believed, to hold an index against.

Of the index only its folding and stemming are used; words, matching, filters, counts and orders are said here
once more in the simplest way.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from archive.fold import fold
from archive.model import Article, Selection
from index.analysis import flattened, stem_of

UNSPACED = ("CJK UNIFIED", "CJK COMPAT", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HANGUL")


@lru_cache(None)
def kind(letter: str) -> str:
    """Of which kind a character is: of a script without spaces, of one with, an emoji, or neither."""
    code = ord(letter)
    if 0x2600 <= code <= 0x27BF or 0x2B00 <= code <= 0x2BFF or 0x1F000 <= code <= 0x1FAFF:
        return "emoji"
    if letter.isalnum():
        return "unspaced" if unicodedata.name(letter, "").startswith(UNSPACED) else "word"
    return ""


@lru_cache(1 << 20)
def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded; Chinese as far as it runs on. The possessive is none."""
    found: list[str] = []
    for name, letters in groupby(re.sub(r"'s(?![^\W_])", " ", flattened(text)), kind):
        if name == "emoji":
            found += letters
        elif name:
            found.append("".join(letters))
    return tuple(found)


def is_unspaced(word: str) -> bool:
    """The word is of a script without spaces."""
    return kind(word[0]) == "unspaced"


def stands(sought: Sequence[str], within: Sequence[str]) -> bool:
    """The words stand in the text one after the other, at either end within a Chinese run."""
    if len(sought) == 1 and is_unspaced(sought[0]):
        return any(sought[0] in word for word in within)
    first, last = sought[0], sought[-1]
    for start in range(len(within) - len(sought) + 1):
        part = within[start : start + len(sought)]
        begins = part[0].endswith(first) if is_unspaced(first) else part[0] == first
        ends = part[-1].startswith(last) if is_unspaced(last) else part[-1] == last
        if begins and ends and tuple(part[1:-1]) == tuple(sought[1:-1]):
            return True
    return False


def signed(sought: str, exact: bool) -> list[str]:
    """What of a word or phrase has to stand there as it is: what has signs; with ``exact`` every word."""
    parts = re.split('[\\s()\\[\\]{}<>"“”,;!?…—|、。，；！？（）「」《》【】]+', fold(sought))
    found = [
        trimmed("".join(letters))
        for part in parts
        for unspaced, letters in groupby(part, is_of_unspaced)
        if not unspaced
    ]
    if exact:
        return [one for one in found if one]
    return [flattened(one) for one in found if re.search(r"\w[.+#]|[.+#]\w", one)]


def trimmed(piece: str) -> str:
    """A piece from its first letter, or a dot before it, to its last, or + and # behind it."""
    letters = [place for place, one in enumerate(piece) if kind(one) == "word"]
    if not letters:
        return ""
    first, last = letters[0], letters[-1]
    first -= piece[:first].endswith(".")
    behind = piece[last + 1 :]
    kept = max((place for place, one in enumerate(behind, 1) if one in "+#"), default=0)
    return piece[first : last + 1 + kept]


def is_of_unspaced(letter: str) -> bool:
    """Whether a character is of a script without spaces."""
    return kind(letter) == "unspaced"


def as_it_stands(piece: str, whole: str, exact: bool) -> bool:
    """Whether a piece stands in a folded text with nothing more to its word."""
    text = f" {whole if exact else flattened(whole)} "
    for start in range(1, len(text) - len(piece)):
        if text.startswith(piece, start):
            before, after = text[start - 1], text[start + len(piece)]
            begins = kind(before) != "word" and not (piece[0] == "." and before in "._")
            ends = kind(after) != "word" if kind(piece[-1]) == "word" else after not in "+#"
            if begins and ends:
                return True
    return False


class Read:
    """An article read for searching."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.title, self.text = words(article.title), words(article.searched)
        self.folded_title, self.folded = fold(article.title), fold(f"{article.title}\n{article.searched}")
        self.stems = frozenset(stem_of(word) for word in (*self.title, *self.text)) | {
            *self.title,
            *self.text,
        }
        self.title_stems = frozenset(map(stem_of, self.title)) | {*self.title}

    def has(self, sought: str, *, title: bool, exact: bool) -> bool:
        """Whether a word or phrase is there: by its stem, or literally when exact or not one plain word."""
        asked = words(sought)
        whole = self.folded_title if title else self.folded
        if not all(as_it_stands(one, whole, exact) for one in signed(sought, exact)):
            return False
        if len(asked) == 1 and not is_unspaced(asked[0]) and not exact:
            return stem_of(asked[0]) in (self.title_stems if title else self.stems)
        return stands(asked, self.title) or (not title and stands(asked, self.text))


# Whether an article is asked for, and whether every word is meant literally.
Asked = Callable[[Read, bool], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it is typed, and what it means."""

    text: str
    asks: Asked


def word(text: str) -> Query:
    """A word."""
    return Query(text, lambda read, exact: read.has(text, title=False, exact=exact))


def phrase(text: str) -> Query:
    """Words in their order."""
    return Query(f'"{text}"', lambda read, exact: read.has(text, title=False, exact=True))


def in_title(text: str, *, quoted: bool) -> Query:
    """A word or phrase in the title."""
    shown = f'"{text}"' if quoted else text
    return Query(f"title:{shown}", lambda read, exact: read.has(text, title=True, exact=quoted or exact))


def by(name: str) -> Query:
    """An author, by some words of the name."""
    asked = words(name)
    return Query(
        f'by:"{name}"',
        lambda read, _: any(
            asked == words(author)[start : start + len(asked)]
            for author in read.article.authors
            for start in range(len(words(author)))
        ),
    )


def keyword(name: str, value: str, values: Callable[[Article], Iterable[str | None]]) -> Query:
    """A value that an article has or not."""
    return Query(f"{name}:{value}", lambda read, _: value in values(read.article))


def dated(text: str, first: str, last: str) -> Query:
    """Days, as ISO dates."""
    return Query(f"date:{text}", lambda read, _: first <= str(read.article.day) <= last)


def without(query: Query) -> Query:
    """Everything else."""
    return Query(f"-{query.text}", lambda read, exact: not query.asks(read, exact))


def either(queries: Sequence[Query]) -> Query:
    """Any of these; the operator binds its neighbours, so that no parentheses are needed."""
    text = " OR ".join(query.text for query in queries)
    return Query(text, lambda read, exact: any(query.asks(read, exact) for query in queries))


def every(queries: Sequence[Query], between: str = " ") -> Query:
    """All of these."""
    text = between.join(query.text for query in queries)
    return Query(text, lambda read, exact: all(query.asks(read, exact) for query in queries))


def grouped(query: Query) -> Query:
    """The same in parentheses."""
    return Query(f"({query.text})", query.asks)


def selected(article: Article, selection: Selection, families: Mapping[str, str]) -> bool:
    """Whether the filters let an article through."""
    day = article.day
    return (
        (not selection.topics or bool({*selection.topics} & {*article.topics}))
        and not {*selection.without} & {*article.topics}
        and selection.source in ("", article.source, families.get(article.source))
        and (not selection.by or selection.by in article.authors)
        and selection.language in ("", "both", article.language)
        and not (day and selection.since and day < selection.since)
        and not (day and selection.until and day > selection.until)
    )


def newest_first(articles: Iterable[Article]) -> list[Article]:
    """Articles by time; of one second, the one published last is the first."""
    return sorted(articles, key=lambda one: (one.sorted or one.first_seen, one.number), reverse=True)


def facets(articles: Sequence[Article]) -> dict[str, tuple[tuple[str, int], ...]]:
    """How many articles have each value, most first; years in their order."""
    counts = {
        "language": Counter(one.language for one in articles),
        "topic": Counter(topic for one in articles for topic in one.topics),
        "source": Counter(one.source for one in articles),
        "by": Counter(name for one in articles for name in one.authors),
    }
    ranked = {
        name: tuple(sorted(counter.items(), key=lambda item: (-item[1], item[0])))
        for name, counter in counts.items()
    }
    years = Counter(str(one.day.year) for one in articles if one.day)
    return {**ranked, "year": tuple(sorted(years.items()))}
