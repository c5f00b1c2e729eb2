"""Chinese by its sound: what it is found by in Latin letters, and which characters sound alike. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any, Literal

from index.alphabet import alphabet, codes_of, folded_together, text_of
from index.analysis import HAN, LITERAL, PARTICLES, UNSPACED, flattened, runs

Kind = Literal["title", "by", "source"]
CHINESE = re.compile(f"[{HAN}]{{2,}}")
# What stands whole, and what a dictionary has cut: words, and characters that are none, in a row.
WHOLE = re.compile(f"(?<![{UNSPACED}])[{HAN}]{{2,{LITERAL}}}(?![{UNSPACED}])")
LOOSE = f"(?![{''.join(sorted(PARTICLES))}])[{HAN}]"
CUT = re.compile(rf"(?<!\S)(?:[{HAN}]{{2,}}|{LOOSE}(?:\s+{LOOSE})*)(?!\S)")
LONGEST_NAME = 24
LONGEST_PHRASE = 6
LAST_COMMON = 0x9FFF  # beyond it stand characters that no input method of a reader offers
# Two initials stand for any of a hundred words, but for few people and papers.
SHORTEST_INITIALS: Mapping[Kind, int] = {"title": 3, "by": 2, "source": 2}
# Characters that are read otherwise as the surname that a name begins with.
SURNAMES: Mapping[str, str] = {
    "单": "shan",
    "曾": "zeng",
    "解": "xie",
    "仇": "qiu",
    "查": "zha",
    "区": "ou",
    "朴": "piao",
    "盖": "ge",
    "缪": "miao",
    "种": "chong",
    "员": "yun",
    "秘": "bi",
    "覃": "qin",
    "召": "shao",
    "繁": "po",
}


def terms(words: Iterable[str], authors: Iterable[str], sources: Iterable[str]) -> tuple[str, ...]:
    """What an article is found by in Latin letters: a spelling, where it is from, and the hanzi."""
    found = [term for word in words for term in spelled("title", word)]
    found += [term for name in authors for term in spelled("by", hanzi_of(name))]
    found += [term for name in sources for term in spelled("source", hanzi_of(name))]
    return tuple(dict.fromkeys(found))


def title_words(titles: Sequence[str]) -> list[list[str]]:
    """The Chinese words of each title, and what stands whole between punctuation or words, as names do."""
    import rjieba

    folded = folded_together(titles)
    cut = " ".join(rjieba.cut_for_search(text_of(folded), False))
    alike = alphabet().alike
    both = (text_of(alike[codes]).split("\0")[:-1] for codes in (folded, codes_of(cut)))
    return [[] if title.isascii() else words_of(title, pieces) for title, pieces in zip(*both, strict=True)]


def words_of(title: str, cut: str) -> list[str]:
    """The Chinese words of a folded title, which a dictionary has cut by spaces."""
    found = WHOLE.findall(title)
    for match in CUT.findall(cut):
        loose = match[1:2].isspace()  # characters that are no words, one after the other
        word = "".join(match.split()) if loose else match
        if len(word) > 1 and not (loose and len(word) > LITERAL):
            found.append(word)
    return list(dict.fromkeys(found))


def hanzi_of(name: str) -> str:
    """A name that is written in hanzi alone, as it is compared; else nothing."""
    pieces = "".join(runs(flattened(name)))
    return pieces if len(pieces) <= LONGEST_NAME and CHINESE.fullmatch(pieces) else ""


@lru_cache(1 << 15)
def spelled(kind: Kind, hanzi: str) -> tuple[str, ...]:
    """The terms of a word or name."""
    said = syllables(hanzi)
    if not said:
        return ()
    if kind == "by":
        said[0] = SURNAMES.get(hanzi[0], said[0])
    whole, initials = "".join(said), "".join(syllable[0] for syllable in said)
    spellings = [whole, whole.replace("v", "u")]  # 旅 is typed lv, and written lü
    if len(initials) >= SHORTEST_INITIALS[kind]:
        spellings.append(initials)
    return tuple(f"{spelling} {kind} {hanzi}" for spelling in dict.fromkeys(spellings))


def syllables(hanzi: str) -> list[str]:
    """How hanzi are said, the longest phrase first; empty when one of them is unknown."""
    said: list[str] = []
    known, alone = phrases(), readings()
    while len(said) < len(hanzi):
        rest = hanzi[len(said) :]
        for size in range(min(len(rest), LONGEST_PHRASE), 1, -1):
            if rest[:size] in known:
                said += known[rest[:size]]
                break
        else:
            if rest[0] not in alone:
                return []
            said.append(alone[rest[0]][0])
    return said


def parts_of(term: str) -> tuple[str, str]:
    """Where a term is from, and its hanzi."""
    _, kind, hanzi = term.split(" ")
    return kind, hanzi


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """The readings of each character without tones, the usual one first."""
    found: dict[str, tuple[str, ...]] = {}
    same: dict[tuple[str, ...], tuple[str, ...]] = {}
    for code, said in stored("pinyin_dict.json").items():
        if int(code) <= LAST_COMMON:
            each = tuple(dict.fromkeys(map(toneless, said.split(","))))
            found[chr(int(code))] = same.setdefault(each, each)
    return found


@cache
def phrases() -> Mapping[str, Sequence[str]]:
    """How phrases are said, which decides the reading of their characters: the 行 of 银行, and of 举行."""
    return {
        phrase: tuple(toneless(each[0]) for each in said)
        for phrase, said in stored("phrases_dict.json").items()
        if len(phrase) <= LONGEST_PHRASE
    }


def stored(name: str) -> dict[str, Any]:
    """A table of pypinyin's, whose own form of them would take forty megabytes in each process."""
    package = find_spec("pypinyin")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("pypinyin")
    table: dict[str, Any] = json.loads(Path(package.origin).with_name(name).read_bytes())
    return table


@cache
def first_letters() -> Mapping[str, str]:
    """The letters that the readings of each character begin with."""
    return {character: "".join(each[:1] for each in said) for character, said in readings().items()}


@lru_cache(1 << 12)
def toneless(reading: str) -> str:
    """Pinyin in ASCII letters, with v for ü."""
    apart = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(letter for letter in apart if letter.isascii())


def sound(reading: str) -> str:
    """A reading without what many do not tell apart: zh and z, l and n, ang and an."""
    return re.sub("(?<=[aei])ng$", "n", re.sub("^n(?=.)", "l", re.sub("(?<=^[zcs])h", "", reading)))


@cache
def by_sound() -> Mapping[str, Sequence[str]]:
    """The characters in common use that have a sound."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for character, said in readings().items():
        if character.encode("gb2312", "ignore"):
            for each in dict.fromkeys(map(sound, said)):
                found[each].append(character)
    return found


def alike(character: str) -> list[str]:
    """The other characters that sound as this one does, in any of its readings."""
    sounds = dict.fromkeys(map(sound, readings().get(character, ())))
    same = dict.fromkeys(other for each in sounds for other in by_sound()[each])
    return [other for other in same if other != character]


def likeness(one: str, other: str) -> int:
    """How much two characters sound alike as they are usually read: 2 to the letter, 1 roughly, 0 not."""
    first, second = readings().get(one, ("",))[0], readings().get(other, ("",))[0]
    return (sound(first) == sound(second)) + (first == second) if first and second else 0


def usually(hanzi: str) -> str:
    """Hanzi in pinyin, each as it is usually read, without the table of phrases."""
    return "".join(readings().get(character, ("",))[0] for character in hanzi)


def is_reading(letters: str, hanzi: str) -> bool:
    """Whether letters are the pinyin of hanzi, in any of their readings."""
    rests = {letters}
    for character in hanzi:
        said = readings().get(character, ())
        rests = {rest[len(reading) :] for rest, reading in product(rests, said) if rest.startswith(reading)}
    return "" in rests


def begins(letters: str, hanzi: str) -> bool:
    """Whether letters are the pinyin, or its beginning, of hanzi in any of their readings."""
    if letters[0] not in first_letters().get(hanzi[0], ""):
        return False  # so most names of an archive cost one look
    rests = {letters}
    for character in hanzi:
        said = readings().get(character, ())
        if any(reading.startswith(rest) for rest, reading in product(rests, said)):
            return True
        rests = {rest[len(reading) :] for rest, reading in product(rests, said) if rest.startswith(reading)}
    return False
