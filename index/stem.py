"""English words without the endings of their forms: studies, studied and studying are study. Pure.

Only forms of one word share a stem: plurals, -ed, -ing, -er and -est of adjectives, and irregular ones. Words
made of others are words of their own: university is not universe, and united is not unit. A stem is the word
as a dictionary has it wherever the rules are right; where they are wrong it should at least be no other word.
"""

from __future__ import annotations

import re

from index.word_forms import (
    GRADED,
    IRREGULAR,
    KEPT,
    NOT_GRADED,
    PLURALS,
    SILENT,
    UNSILENT,
    WITH_CHE,
    WITH_IE,
    WITH_OE,
    WITH_USE,
)

SHORTEST = 4  # letters; in shorter words an ending is part of the word, or of an acronym
VOWELS = re.compile("[aeiouy]+")
TWO_VOWELS = re.compile("[aeiou][aeiouy].$")
VOWEL_AND_CONSONANT = re.compile("[aeiouy][^aeiouyhwx]$")
DOUBLED = re.compile(r"([bdgmnprtv])\1$")
# A letter, or several, before -ed and -ing with a silent -e behind them in the word itself.
SILENT_BEHIND = re.compile(r"(?:[vcu]|[^tz]z|[^s]s|[aeiou]g|[dlr]g|[ae]ng|[^aeiourlwy]l|[bcdgkpt]r|[iu]at)$")
# The same where a vowel and a consonant end several syllables: in prepare, decide, define, but not in open.
SILENT_AFTER_VOWEL = re.compile(
    "(?:at|ot|ut|[aeiou]d|[iou]b|am|um|ap|yp|[aiou]k|il|ul|in|un|ar|ir|ur|yr|yz|ys)$"
)
WITH_US = re.compile("[aeiouy].*[^aeiouy]uses$|[iu]uses$")  # campuses, geniuses; not houses
FORMS = {
    form: base
    for base, *forms in (line.split() for line in re.split("[;\n]", IRREGULAR) if line)
    for form in forms
}
ENDINGS = ("s", "ed", "ing")


def graded(word: str) -> tuple[str, str]:
    """An adjective's forms in -er and -est."""
    if word.endswith("e"):
        start = word[:-1]
    elif word.endswith("y") and word[-2] not in "aeiou":
        start = word[:-1] + "i"
    elif len(VOWELS.findall(word)) == 1 and re.search("[^aeiou][aeiou][bdgmnpt]$", word):
        start = word + word[-1]
    else:
        start = word
    return f"{start}er", f"{start}est"


FORMS |= {form: word for word in GRADED.split() for form in graded(word)} | {"lowest": "low"}
FORMS |= {form: form[:-1] for form in PLURALS.split()}
OTHERS = frozenset(KEPT.split()) | frozenset(NOT_GRADED.split())
IRREGULAR_FORMS: dict[str, list[str]] = {}
for _form, _word in FORMS.items():
    IRREGULAR_FORMS.setdefault(_word, []).append(_form)
WITH_E = frozenset(" ".join((WITH_IE, WITH_OE, WITH_CHE, WITH_USE)).split())
WITH_SILENT, WITHOUT_SILENT = frozenset(SILENT.split()), frozenset(UNSILENT.split())


def stem(word: str) -> str:
    """The stem of a lower-case English word: one for all its forms, and its own stem."""
    if word in OTHERS:
        return word
    if word in FORMS:
        return FORMS[word]
    if len(word) < SHORTEST or not word.endswith(ENDINGS):
        return word
    found = without_ending(word)
    return word if found == word else stem(found)


def beginnings(root: str) -> list[str]:
    """What all words with a stem begin with, none of which begins with another."""
    # A last -e and -y may be lost: hope and hoping, city and cities.
    short = root[:-1] if len(root) > 2 and root[-1] in "ey" else root
    some = sorted({short, *IRREGULAR_FORMS.get(root, ())})
    return [one for one in some if not any(other != one and one.startswith(other) for other in some)]


def without_ending(word: str) -> str:
    """A word without one ending, if it has one."""
    if word.endswith("s"):
        return singular(word)
    if word.endswith("eed"):
        return word
    if word.endswith("ied") and len(word) > SHORTEST:
        return word[:-3] + "y"
    rest = word[: -3 if word.endswith("ing") else -2]
    return restored(rest) if len(rest) > 1 and VOWELS.search(rest) else word


def singular(word: str) -> str:
    """A word without the -s of a plural or of he, she and it."""
    once = word[:-1]
    if word.endswith(("ss", "us", "is")):
        return word
    if once in WITH_E:
        return once
    if word.endswith("ies"):
        return once if len(word) <= SHORTEST or word[-4] in "aeiou" else word[:-3] + "y"
    if word.endswith(("sses", "xes", "zzes", "shes", "ches", "oes")):
        return word[:-2]
    return word[:-2] if WITH_US.search(word) else once


def restored(rest: str) -> str:
    """A word without -ed or -ing, as it was before: hop(p)ed, hop(e)d."""
    if rest in WITHOUT_SILENT:
        return rest
    if rest in WITH_SILENT:
        return rest + "e"
    if rest[-1] == rest[-2]:
        return undoubled(rest)
    return rest + "e" if is_silent(rest.replace("qu", "qw")) else rest


def undoubled(rest: str) -> str:
    """The end of a word whose last letter stands twice: once in stop(p)ed, twice in call(ed)."""
    several = len(VOWELS.findall(rest)) > 1
    if DOUBLED.search(rest):
        return rest[:-1] if len(rest) > 3 else rest
    return rest[:-1] if rest.endswith("ll") and several else rest


def is_silent(rest: str) -> bool:
    """Whether a silent -e was lost before -ed or -ing."""
    if SILENT_BEHIND.search(rest):
        return True
    if TWO_VOWELS.search(rest) or not VOWEL_AND_CONSONANT.search(rest):
        return False
    return len(VOWELS.findall(rest)) == 1 or SILENT_AFTER_VOWEL.search(rest) is not None
