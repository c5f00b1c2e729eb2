"""Names of people, sources and topics that a text is or begins, in either script or in pinyin. Pure."""

from __future__ import annotations

from functools import lru_cache

from index.analysis import flattened, is_unspaced, runs
from index.pinyin import begins, hanzi_of

# From so many characters on a text may be the beginning of a name; a shorter one is the whole of it or none.
SHORTEST, SHORTEST_UNSPACED = 3, 2


def is_begun(text: str, name: str) -> bool:
    """Whether the text is the name or, where it is long enough to tell, how it begins."""
    wanted, (written, hanzi) = " ".join(runs(flattened(text))), compared(name)
    if not wanted or wanted == written:
        return bool(wanted)
    letters = wanted.replace(" ", "")
    if len(letters) < (SHORTEST_UNSPACED if is_unspaced(letters) else SHORTEST):
        return False
    return written.startswith(wanted) or bool(hanzi and letters.isascii() and begins(letters, hanzi))


@lru_cache(1 << 16)
def compared(name: str) -> tuple[str, str]:
    """A name as it is compared, and its hanzi when it has nothing else."""
    return " ".join(runs(flattened(name))), hanzi_of(name)
