"""The lexicon that ships: glossary, dictionary and starter, compiled once into a file and mapped.

It is kept where the packages are installed, for all archives of the machine; where nothing can be written
there, in a temporary folder. Its name has the hash of all that it is made of.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from index.analysis import is_unspaced
from index.cedict import dictionary_file, read_dictionary, usual
from index.glossary import GLOSSARY, read_glossary
from index.lexicon import Entry, Lexicon, Origin, key_of, write_lexicon

STARTER = Path(__file__).with_name("starter.tsv.gz")
FORM = "5"  # moves when the same sources are to be compiled otherwise
LIKELY = 0.05
MAKING = threading.Lock()


def standard_lexicon() -> Lexicon:
    """The lexicon, made first where it is not there yet: once, however many ask for it."""
    with MAKING:
        return laid_out()


@lru_cache(maxsize=1)
def laid_out() -> Lexicon:
    """The lexicon of this environment; making it takes some seconds and some hundred megabytes."""
    kept = Path(sys.prefix) / "share" / "syndicate"
    name = f"lexicon-{edition()}.bin"
    if not (kept / name).is_file():
        with suppress(OSError):
            write_lexicon(entries(), kept / name)
    if (kept / name).is_file():
        return Lexicon(kept / name)
    with tempfile.TemporaryDirectory() as folder:
        write_lexicon(entries(), Path(folder) / name)
        return Lexicon(Path(folder) / name)


def taught_lexicon(folder: Path) -> Lexicon | None:
    """The lexicon that an archive's own pairs taught, where there is one (index.teach)."""
    found = max(folder.glob("lexicon-*.bin"), key=lambda path: path.stat().st_mtime_ns, default=None)
    return opened_once(found) if found else None


@lru_cache(maxsize=2)
def opened_once(path: Path) -> Lexicon:
    """The lexicon in a file, which never changes."""
    return Lexicon(path)


def meanings(words: Collection[str]) -> set[str]:
    """The Chinese words that some English ones are likely to mean, for comparing articles."""
    lexicon = standard_lexicon()
    return {text for word in words for text in likely(lexicon, word)}


@lru_cache(1 << 14)
def likely(lexicon: Lexicon, word: str) -> frozenset[str]:
    """The Chinese words that an English one is likely to mean."""
    return frozenset(text for text, share in lexicon.renderings("en", key_of(word)) if share >= LIKELY)


@lru_cache(maxsize=1)
def edition() -> str:
    """What moves with everything that the lexicon is made of."""
    digest = sha256(FORM.encode())
    for path in (GLOSSARY, STARTER):
        digest.update(path.read_bytes() if path.is_file() else b"")
    if dictionary := dictionary_file():
        digest.update(f"{dictionary.name} {dictionary.stat().st_size}".encode())
    return digest.hexdigest()[:16]


def entries() -> Iterator[Entry]:
    """All that is known, both ways."""
    yield from of_glossary(GLOSSARY.read_text(encoding="utf-8"))
    if dictionary := dictionary_file():
        known = list(read_dictionary(dictionary))
        weights = usual(word for word, _ in known)
        for word, renderings in known:
            # Back, what else the word may mean speaks against it. One character is mostly part of others.
            whole = sum(renderings.values())
            for english, weight in renderings.items():
                yield Entry("zh", word, english, weight, "dictionary")
                if len(word) > 1 and len(english) > 1:
                    yield Entry("en", english, word, weights[word] * weight / whole, "dictionary")
    if STARTER.is_file():
        yield from learned(gzip.decompress(STARTER.read_bytes()).decode())


def of_glossary(text: str) -> Iterator[Entry]:
    """The terms of a glossary: the usual rendering of a line is the glossary's alone, others are not.

    What has the same on both sides stays as it is in the other language.
    """
    for english, chinese in read_glossary(text):
        for side, others in ((english, chinese), (chinese, english)):
            for place, word in enumerate(side):
                origin: Origin = "rendering" if place else "glossary"
                for other in others:
                    yield Entry("zh" if is_unspaced(word) else "en", word, other, 1.0, origin)


def written(entries: Iterable[Entry], source: str) -> str:
    """What was learned, and from what, as ``learned`` reads it."""
    lines = (f"{entry.word}\t{entry.rendering}\t{entry.weight:.2f}\n" for entry in entries)
    return f"# {source}\n{''.join(lines)}"


def learned(text: str) -> Iterator[Entry]:
    """What was learned from texts: a word, its rendering and how probable that is, a line each."""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        word, rendering, weight = line.split("\t")
        yield Entry("zh" if is_unspaced(word) else "en", word, rendering, float(weight), "learned")
