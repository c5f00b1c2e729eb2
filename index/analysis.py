"""What articles and queries are matched and ranked by. Text and query go through the same functions. Pure.

Matching is by *terms*: two-character pieces of Chinese, Japanese and Korean, whose words have no spaces
between, and words with their English stems elsewhere; each character of such a script is found by itself as
well; words that nearly all texts have also together with
their neighbours, as common-grams, so that phrases with them are found as quickly as others. Ranking also
looks at *words*, Chinese ones cut by a dictionary. Phrases and longer Chinese words are then checked in the
*normal* text, which all of these are cut from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from archive.fold import fold
from index.stem import stem

HAN = "\u3005\u3007\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3"
EMOJI = "\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
UNSPACED = f"{HAN}{KANA}{HANGUL}"
# A piece of unspaced script, an emoji, the possessive (which is dropped), or a word of any other script.
RUN = re.compile(f"[{UNSPACED}]+|[{EMOJI}]|'s(?![^\\W_])|[^\\W_{UNSPACED}]+")
UNSPACED_RUN = re.compile(f"[{UNSPACED}]+")
FIRST_UNSPACED = "\u1100"
ENGLISH = re.compile("[a-z]{3,}")
LONGEST_WORD = 64
LONGEST_NAME = 2  # a Latin name as short as the A of A股 is also matched together with its neighbour
TITLE_WEIGHT = 3  # a word of the title counts as often as this many in the text
LITERAL = 6  # a Chinese run up to this long is one word; a longer one is cut into words
# Characters that folding changes in some words only: 覆 in 答覆 becomes 复, in 覆盖 it stays.
SOMETIMES = dict(
    zip(map(ord, "藉覆甦锺昇崑氾薰彷彿汎陞馀𬞟祇"), "借复苏钟升昆泛熏仿佛泛升余苹只", strict=True)
)
# In nearly every English text; the writer numbers them, sixty-four at most.
STOP_WORDS = (
    "a", "about", "after", "all", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can",
    "for", "from", "had", "has", "have", "he", "his", "i", "if", "in", "into", "is", "it", "its",
    "more", "new", "no", "not", "of", "on", "one", "or", "other", "out", "said", "so", "some", "than",
    "that", "the", "their", "them", "there", "they", "this", "to", "up", "was", "we", "were", "what",
    "when", "which", "who", "will", "with", "would", "you", "your",
)  # fmt: skip
STOPPING = frozenset(STOP_WORDS)
GRAM = "_"  # between the two words of a common-gram; it is in no word
PARTICLES = frozenset("的了和与及或在是对为被把向从到等也都就而且但并将于以")

# Beside the stop words, what only makes a question or a sentence of other words.
SMALL = frozenset(
    (
        *("do", "does", "did", "doing", "done", "how", "why", "where", "whose", "whom", "could", "should"),
        *("may", "might", "must", "shall", "am", "being", "him", "her", "she", "me", "my", "our", "us"),
        *("these", "those", "such", "than", "then", "also", "too", "very", "any", "every", "just", "let"),
        *(
            "什么",
            "怎么",
            "怎样",
            "怎么样",
            "如何",
            "为什么",
            "为何",
            "什么样",
            "哪些",
            "哪个",
            "哪里",
            "哪儿",
        ),
        *("什么时候", "多少", "是否", "我们", "你们", "他们", "她们", "它们", "自己", "这个", "那个", "这些"),
        *(
            "那些",
            "这样",
            "那样",
            "可以",
            "能够",
            "应该",
            "因为",
            "所以",
            "但是",
            "如果",
            "而且",
            "或者",
            "以及",
        ),
        *("还是", "就是", "不是", "已经", "没有", "一个", "一种", "一些", "这里", "那里", "这么", "那么"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """One article as the index stores it: terms of title and of all, words of all, and the normal text.

    ``characters`` has those of unspaced script, each once.
    """

    title: list[str]
    body: list[str]
    characters: list[str]
    words: list[str]
    normal: str


def analyse(title: str, text: str) -> Analysed:
    """Cut an article for the index."""
    heading, rest = fold(title), fold(text)
    title_runs, text_runs = runs(flat(heading)), runs(flat(rest))
    title_terms = list(terms(title_runs))
    return Analysed(
        title=title_terms,
        body=title_terms * TITLE_WEIGHT + list(terms(text_runs)),
        characters=sorted({one for run in (*title_runs, *text_runs) if is_unspaced(run) for one in run}),
        words=list(words(heading)) * TITLE_WEIGHT + list(words(rest)),
        normal=f"{normal(title_runs)}\n{normal(text_runs)}",
    )


def flattened(text: str) -> str:
    """Text folded so far that every part of it folds to the same part of the whole."""
    return flat(fold(text))


def flat(folded: str) -> str:
    """Folded text, character by character made alike: 乾 and 干, é and e.

    Folding of script looks at whole words (乾隆 keeps its 乾, 乾 alone becomes 干), so a part of a text would
    not always be found in it. After this step it is.
    """
    return folded.translate(alike())


@lru_cache(maxsize=1)
def alike() -> dict[int, str]:
    """The table of ``flat``: every ideograph as it folds alone, Latin letters without their accents."""
    ideographs = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    alone = fold("\n".join(ideographs)).split("\n")
    table = {ord(one): other for one, other in zip(ideographs, alone, strict=True) if one != other}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letter = unicodedata.normalize("NFD", chr(code))[0]
        if letter.isascii():
            table[code] = letter
    return table | SOMETIMES


def runs(flattened: str) -> list[str]:
    """The pieces of a text between spaces and punctuation: words, or Chinese as far as it runs on."""
    return [run for run in RUN.findall(flattened) if run != "'s"]


@lru_cache(1 << 12)
def runs_of(text: str) -> tuple[str, ...]:
    """The runs of a part of a query, which is asked for again and again."""
    return tuple(runs(flattened(text)))


def is_unspaced(run: str) -> bool:
    """The run is of a script written without spaces."""
    # Most runs are Latin, and this is asked millions of times: one comparison settles those.
    return run >= FIRST_UNSPACED and UNSPACED_RUN.match(run) is not None


def terms(pieces: Iterable[str]) -> Iterator[str]:
    """What a text is matched by; a word with its stem, and all pairs of Chinese characters."""
    before = ""
    for run in pieces:
        if is_unspaced(run):
            yield from pairs(run)
        else:
            word = run[:LONGEST_WORD]
            yield word
            root = stem_of(word)
            if root != word:
                yield root
        if before:
            yield from joints(before, run)
            yield from grams(before, run)
        before = run


def pairs(run: str) -> list[str]:
    """All pairs of neighbours; a single character is itself."""
    return [one + other for one, other in pairwise(run)] or [run]


def ranges(characters: str) -> Iterator[tuple[int, int]]:
    """The ranges of a set of characters as a pattern has it: first, and the one after the last."""
    for match in re.finditer("(?s)(.)-(.)|(.)", characters):
        first, last, alone = match.groups()
        yield ord(first or alone), ord(last or alone) + 1


def joints(before: str, after: str) -> Iterator[str]:
    """The terms that hold a short Latin name and its neighbour together: ``a股``, ``拉ok``."""
    if is_unspaced(before) and is_name(after):
        yield before[-1] + after
    elif is_unspaced(after) and is_name(before):
        yield before + after[0]


def grams(before: str, after: str) -> Iterator[str]:
    """The common-gram of two words, one of which nearly all texts have: ``of_china``."""
    if (before in STOPPING or after in STOPPING) and max(before, after) < FIRST_UNSPACED:
        yield f"{before[:LONGEST_WORD]}{GRAM}{after[:LONGEST_WORD]}"


def is_name(run: str) -> bool:
    """A Latin run too short to be looked for by itself."""
    return len(run) <= LONGEST_NAME and run.isascii() and not run.isdigit()


@lru_cache(1 << 13)
def stem_of(word: str) -> str:
    """The English stem; a small word, or one of another language or with digits, is its own."""
    if word in STOPPING or not ENGLISH.fullmatch(word):
        return word
    root = stem(word)
    return word if root in STOPPING else root  # willing, others


def words(folded: str) -> Iterator[str]:
    """What a text is ranked by: words as they stand, and Chinese words of two characters and more.

    The dictionary knows words in their usual spelling, so they are made alike only after the cut.
    """
    for run in runs(flat(folded)):
        if not is_unspaced(run):
            yield run[:LONGEST_WORD]
    if UNSPACED_RUN.search(folded):
        import rjieba

        for word in rjieba.cut_for_search(folded, False):
            if len(word) > 1 and UNSPACED_RUN.fullmatch(word):
                yield flat(word)


def normal(pieces: Iterable[str]) -> str:
    """Text for literal comparison: runs with one space between, before and after."""
    return " " + "".join(f"{piece} " for piece in pieces)


def needle(pieces: Sequence[str]) -> str:
    """What to look for in normal text: whole words, but Chinese also within its run."""
    before = "" if is_unspaced(pieces[0]) else " "
    after = "" if is_unspaced(pieces[-1]) else " "
    return f"{before}{' '.join(pieces)}{after}"


def cut(run: str) -> list[str]:
    """A long Chinese run as the words a reader sees; characters that belong to no word stay together."""
    import rjieba

    parts: list[str] = []
    loose = ""
    for word in [*rjieba.cut(run, False), ""]:
        if len(word) == 1 and word not in PARTICLES:
            loose += word
            continue
        if loose:
            parts.append(loose)
            loose = ""
        if len(word) > 1:
            parts.append(word)
    several = [part for part in parts if len(part) > 1]
    return list(dict.fromkeys(several or parts or [run]))
