"""Names of people, sources and topics that a text is or begins, in either script or in pinyin. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import lru_cache

from index.analysis import flattened, is_unspaced, runs
from index.pinyin import begins, hanzi_of, is_reading

# From so many characters on a text may be the beginning of a name; a shorter one is the whole of it or none.
SHORTEST, SHORTEST_UNSPACED = 3, 2
NEAR = 0.6  # of what two names have in common


def begun(text: str, names: Iterable[str]) -> list[str]:
    """The names that the text is or, where it is long enough to tell, how they begin."""
    wanted, _ = compared(text)
    letters = wanted.replace(" ", "")
    if not letters:
        return []
    if len(letters) < (SHORTEST_UNSPACED if is_unspaced(letters) else SHORTEST):
        return [name for name in names if compared(name)[0] == wanted]
    latin = letters.isascii()
    return [
        name
        for name, (written, hanzi) in ((name, compared(name)) for name in names)
        if written.startswith(wanted) or (latin and hanzi and begins(letters, hanzi))
    ]


def is_one(text: str, names: Iterable[str]) -> bool:
    """Whether a text is one of the names, however it is capitalised and in either script."""
    wanted, _ = compared(text)
    return bool(wanted) and any(compared(name)[0] == wanted for name in names)


def is_spelled(text: str, names: Iterable[str]) -> bool:
    """Whether a text is one of the names in pinyin."""
    letters = compared(text)[0].replace(" ", "")
    all_hanzi = [hanzi for name in names if (hanzi := compared(name)[1])]
    return bool(letters) and letters.isascii() and any(is_reading(letters, hanzi) for hanzi in all_hanzi)


def near(text: str, names: Mapping[str, Iterable[str]], most: int) -> list[str]:
    """Those of some things, by what each is called, whose names have a text in them or come near to it."""
    wanted, _ = compared(text)
    likeness: dict[str, float] = {}
    for id, called in names.items():
        whole = [compared(each)[0] for each in called]
        for name in (*whole, *(word for each in whole for word in each.split() if len(word) >= SHORTEST)):
            has_it = bool(wanted and name) and (wanted in name or (len(name) > 1 and name in wanted))
            ratio = SequenceMatcher(None, wanted, name)
            rough = ratio.real_quick_ratio() >= NEAR and ratio.quick_ratio() >= NEAR
            likeness[id] = max(likeness.get(id, 0), 1 if has_it else ratio.ratio() if rough else 0)
    ranked = sorted(likeness, key=lambda id: -likeness[id])
    return [id for id in ranked if likeness[id] >= NEAR][:most]


@lru_cache(1 << 16)
def compared(name: str) -> tuple[str, str]:
    """A name as it is compared, and its hanzi when it has nothing else."""
    return " ".join(runs(flattened(name))), hanzi_of(name)
