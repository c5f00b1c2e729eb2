"""The folder of an exported site: written file by file, each at once, and only where something changed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from archive.errors import UsageError

LIST = ".syndicate-site"
BEGUN = ".syndicate-begun"


class Folder:
    """A folder that an export owns: it knows its files by a list that it keeps there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = self.unchanged = self.removed = 0
        self._list, self._begun = path / LIST, path / f"{LIST}.new"
        self._kept: set[int] = set()
        if path.exists() and not path.is_dir():
            raise UsageError(f"{path}: is a file; name a folder for the site")
        if path.is_dir() and any(path.iterdir()) and not (self._list.exists() or self._begun.exists()):
            raise UsageError(
                f"{path}: holds files that no export wrote; name a folder that is empty or not there yet"
            )
        path.mkdir(parents=True, exist_ok=True)
        if self._begun.exists():
            # An export that was ended: what it wrote is ours too.
            with self._list.open("a", encoding="utf-8") as known:
                known.writelines(f"{name}\n" for name in names_in(self._begun))
        self._names = self._begun.open("w", encoding="utf-8")

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *error: object) -> None:
        self._names.close()

    def write(self, name: str, body: bytes) -> None:
        """Write a file, whole or not at all; one that has these bytes already is left as it is."""
        self.keep(name)
        path = self.path / name
        if is_same(path, body):
            self.unchanged += 1
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        begun = path.with_name(BEGUN)
        begun.write_bytes(body)
        os.replace(begun, path)
        self.written += 1

    def keep(self, name: str) -> None:
        """Note that a file belongs to the site, as it is."""
        if not self.has(name):
            self._kept.add(hash(name))
            self._names.write(f"{name}\n")

    def has(self, name: str) -> bool:
        """Whether this export wrote a file."""
        return hash(name) in self._kept

    def finish(self) -> None:
        """Delete the files of earlier exports that this one did not write; nobody else's are touched."""
        self._names.flush()
        for name in names_in(self._list):
            path = self.path / name
            if not self.has(name) and ".." not in path.parts and path.is_file():
                path.unlink()
                self.removed += 1
                drop_empty(path.parent, self.path)
        os.replace(self._begun, self._list)


def names_in(path: Path) -> Iterator[str]:
    """The names in a list of files, relative ones only."""
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            yield from (name for line in lines if (name := line.rstrip("\n").lstrip("/")))


def is_same(path: Path, body: bytes) -> bool:
    """Whether a file has these bytes."""
    try:
        return path.stat().st_size == len(body) and path.read_bytes() == body
    except FileNotFoundError:
        return False


def drop_empty(folder: Path, top: Path) -> None:
    """Remove a folder, and those above it, as long as nothing is in them."""
    with contextlib.suppress(OSError):
        while folder != top:
            folder.rmdir()
            folder = folder.parent
