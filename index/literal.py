"""Words as they stand, with the signs and accents that a text loses when it is cut: c++, région. Pure.

Of a text its *chunks* are kept that are more than letters and digits without accents: what stands between
spaces, brackets and commas. A word with signs is looked for in these; one without accents, where it is meant
to the letter, is not found where it stands only with them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from archive.fold import fold
from index.analysis import UNSPACED, flat, runs

CHUNK = re.compile(f'[^\\s{UNSPACED}()\\[\\]{{}}<>"“”,;!?…—|、。，；！？（）「」《》【】\x00]+')
# What is no part of a chunk: signs at its edges but for .net, c++ and c#.
EDGES = re.compile(r"^(?:(?!\.\w)[\W_])+|[^\w+#＋＃]+$")
ACCENT = re.compile("[\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff]")
LETTER = re.compile(r"[^\W_]")
ENDS = ".,;:!?\"')"
# With these in it a word is another word; other signs are as often left out or a space.
SIGNS = re.compile(r"\w[.+#]|[.+#]\w")
DOTTED = re.compile(r"(?:\w\.)+\w?")
# A longer chunk is an address and kept in parts.
LONGEST, WITHIN = 128, re.compile("[/?&=]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What has to stand in a text: chunks with their patterns, and words that stand there without accents."""

    chunks: tuple[tuple[str, re.Pattern[str]], ...] = ()
    plain: tuple[str, ...] = ()


def trimmed(text: str) -> str:
    """A word without what stands around it and is no part of it."""
    return EDGES.sub("", text)


def chunks(folded: str) -> set[str]:
    """The chunks of a folded text that have letters or digits."""
    found = {EDGES.sub("", chunk) for chunk in CHUNK.findall(folded)}
    return {chunk for chunk in found if LETTER.search(chunk)}


def telling(text: str) -> set[str]:
    """The chunks of a text that are more than plain words."""
    some = {word for word in text.split() if not (word.isascii() and word.rstrip(ENDS).isalnum())}
    # Only these are folded, without the unspaced script around them.
    folded = fold("\n".join(chunk for word in some for chunk in CHUNK.findall(word)))
    whole = chunks(folded)
    long = {chunk for chunk in whole if len(chunk) > LONGEST}
    whole = (whole - long).union(*(WITHIN.split(chunk) for chunk in long))
    found = {chunk for chunk in whole if chunk and not is_plain(chunk)}
    # Where accents do not count, what has signs is looked for without them.
    return found | {flat(chunk) for chunk in found if SIGNS.search(chunk)}


def column(title: str, text: str) -> bytes:
    """What is kept of a document: the telling chunks of its title and, on a second line, of its text."""
    return "\n".join(" ".join(sorted(telling(part))) for part in (title, text)).encode("utf-8", "replace")


def accented(title: str, text: str) -> tuple[str, ...]:
    """The words, without accents, that a document has only with them."""
    both = f"{title}\n{text}"
    if both.isascii() or not ACCENT.search(both):
        return ()
    found = {flat(run): None for chunk in sorted(telling(both)) for run in runs(chunk) if flat(run) != run}
    plain = set(runs(fold(both))) if found else set()
    return tuple(word for word in found if word not in plain)


@lru_cache(1 << 10)
def wanted(text: str, *, exact: bool) -> Wanted:
    """What has to stand in an article for a word or phrase of a query to stand there."""
    found = sorted(chunks(fold(text)))
    if not exact:
        signed = [flat(chunk) for chunk in found if SIGNS.search(chunk)]
        return Wanted(chunks=tuple((chunk, pattern(chunk)) for chunk in signed))
    every = [run for chunk in found for run in runs(chunk)]
    return Wanted(
        chunks=tuple((chunk, pattern(chunk)) for chunk in found if not is_plain(chunk)),
        plain=tuple(run for run in every if flat(run) == run),
    )


def is_plain(chunk: str) -> bool:
    """Whether a chunk is letters and digits alone, without accents."""
    return chunk.isalnum() and flat(chunk) == chunk


def is_signed(text: str) -> bool:
    """Whether a word is another one without its signs, as c++ and node.js are; u.s. is us."""
    return any(SIGNS.search(chunk) and not DOTTED.fullmatch(chunk) for chunk in chunks(fold(text)))


def pattern(chunk: str) -> re.Pattern[str]:
    """What finds a chunk as a word of its own."""
    before = r"(?<![\w.])" if chunk.startswith(".") else r"(?<![^\W_])"
    after = r"(?![^\W_])" if LETTER.match(chunk[-1]) else r"(?![+#])"
    return re.compile(before + re.escape(chunk) + after)
