"""Names of people, sources and topics that a text is or begins, in either script or in pinyin. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from index.analysis import flattened, is_unspaced, runs
from index.pinyin import begins, hanzi_of

# From so many characters on a text may be the beginning of a name; a shorter one is the whole of it or none.
SHORTEST, SHORTEST_UNSPACED = 3, 2


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


@lru_cache(1 << 16)
def compared(name: str) -> tuple[str, str]:
    """A name as it is compared, and its hanzi when it has nothing else."""
    return " ".join(runs(flattened(name))), hanzi_of(name)
