"""English words without their endings, by Martin Porter's algorithm of 1980. Pure."""

from __future__ import annotations

import re

# A news archive must tell "news" from "new"; the others are no plurals either.
KEPT = frozenset({"news", "athens", "texas", "wales", "census", "atlas", "cosmos", "bias"})
VOWEL_Y = re.compile("(?<=[^aeiou])y")
SHAPES = dict.fromkeys(range(ord("a"), ord("z") + 1), "c") | {ord(vowel): "v" for vowel in "aeiouY"}
STEP_2 = (
    ("ationalli", "ate"), ("tionalli", "tion"),
    ("ational", "ate"), ("ization", "ize"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"),
    ("tional", "tion"), ("biliti", "ble"), ("entli", "ent"), ("ousli", "ous"), ("ation", "ate"),
    ("alism", "al"), ("aliti", "al"), ("iviti", "ive"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
    ("abli", "able"), ("alli", "al"), ("ator", "ate"), ("eli", "e"),
)  # fmt: skip
STEP_3 = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"),
    ("ness", ""), ("ful", ""),
)  # fmt: skip
STEP_4 = (
    "ement", "ance", "ence", "able", "ible", "ment", "sion", "tion", "ant", "ent", "ism", "ate", "iti", "ous",
    "ive", "ize", "al", "er", "ic", "ou",
)  # fmt: skip
# Each table with its endings: most words have none of them, which one look settles.
TABLES = tuple((tuple(suffix for suffix, _ in table), table) for table in (STEP_2, STEP_3))


def stem(word: str) -> str:
    """The stem of a lower-case English word: one for all its forms, not always a word itself."""
    if len(word) < 3 or word in KEPT:
        return word
    word = final_y(past_and_participle(plural(word)))
    for endings, table in TABLES:
        if word.endswith(endings):
            word = exchanged(word, table)
    return tidied(without_suffix(word))


def shape(word: str) -> str:
    """The word with ``v`` for each vowel and ``c`` for each consonant."""
    return (VOWEL_Y.sub("Y", word) if "y" in word else word).translate(SHAPES)


def measure(word: str) -> int:
    """How often a vowel is followed by a consonant: the length of a word in Porter's sense."""
    return shape(word).count("vc")


def short_end(word: str) -> bool:
    """The word ends like ``hop``: consonant, vowel, consonant other than w, x, y."""
    return shape(word).endswith("cvc") and word[-1] not in "wxy"


def plural(word: str) -> str:
    """Step 1a."""
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def past_and_participle(word: str) -> str:
    """Step 1b."""
    if word.endswith("eed"):
        return word[:-1] if measure(word[:-3]) > 0 else word
    for suffix in ("ed", "ing"):
        if word.endswith(suffix):
            rest = word.removesuffix(suffix)
            return restored(rest) if "v" in shape(rest) else word
    return word


def restored(word: str) -> str:
    """A verb without -ed or -ing, as it was before: hop(p)ed, fil(e)d."""
    if word.endswith(("at", "bl", "iz")):
        return word + "e"
    if len(word) > 1 and word[-1] == word[-2] and word[-1] not in "aeioulsz":
        return word[:-1]
    return word + "e" if measure(word) == 1 and short_end(word) else word


def final_y(word: str) -> str:
    """Step 1c: happy and happiness share a stem."""
    return word[:-1] + "i" if word.endswith("y") and "v" in shape(word[:-1]) else word


def exchanged(word: str, table: tuple[tuple[str, str], ...]) -> str:
    """Steps 2 and 3: a long ending becomes a short one."""
    for suffix, short in table:
        if word.endswith(suffix):
            rest = word.removesuffix(suffix)
            return rest + short if measure(rest) > 0 else word
    return word


def without_suffix(word: str) -> str:
    """Step 4; of -sion and -tion only the ``ion`` goes."""
    if not word.endswith(STEP_4):
        return word
    for suffix in STEP_4:
        if word.endswith(suffix):
            rest = word[:-3] if suffix.endswith("ion") else word.removesuffix(suffix)
            return rest if measure(rest) > 1 else word
    return word


def tidied(word: str) -> str:
    """Step 5: a last e and a double l."""
    if word.endswith("e"):
        size = measure(word[:-1])
        if size > 1 or (size == 1 and not short_end(word[:-1])):
            word = word[:-1]
    return word[:-1] if word.endswith("ll") and measure(word) > 1 else word
