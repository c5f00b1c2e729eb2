"""What lies beside a document: the pictures it names, and the folder that a browser saved along with it.

Nothing outside the document's own folder is read, and nothing through a link to elsewhere.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from archive.model import GOOD_RESULTS, Document, Picture
from archive.reading.figures import LARGEST, MOST, SUFFIXES, picture

# What browsers and word processors call the folder that they save with NAME.html, in some languages.
WITH_PAGE: Final = re.compile(
    r"(.+)(?:_files|\.files|-files|_fichiers|-Dateien|_archivos|_ficheiros|_file|\.fld|_文件|_файлы)",
    re.IGNORECASE,
)
PAGES = (".html", ".htm", ".xhtml", ".mht")
# All pictures of one document are in memory at once.
LARGEST_TOGETHER = 256 << 20
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One name in a folder; a link is not followed."""

    path: Path
    is_folder: bool
    is_file: bool


class Beside:
    """Finds the pictures of the documents of one run, and remembers which document has which."""

    def __init__(self) -> None:
        self._listings: dict[Path, Mapping[str, Named]] = {}
        self._companions: dict[Path, Mapping[str, list[Path]]] = {}
        self._users: dict[Path, str] = {}
        self._waiting: list[Path] = []

    def waits(self, path: Path | None) -> bool:
        """Whether a file may belong to a document of this run: then it is told of when all were read."""
        if path is None or not (path.suffix.lower() in SUFFIXES or self.page_of(path)):
            return False
        self._waiting.append(path)
        return True

    def waiting(self) -> Iterator[tuple[Path, str | None]]:
        """The files that waited, each with the words for what it belongs to; None for what stands alone."""
        for path in self._waiting:
            page = self.page_of(path)
            user = self._users.get(path)
            yield path, f"picture of {user}" if user else f"belongs to {page.name}" if page else None

    def page_of(self, path: Path) -> Path | None:
        """The page with which a browser saved the folder that a file lies in."""
        for folder in path.parents:
            if match := WITH_PAGE.fullmatch(folder.name):
                for suffix in PAGES:
                    page = self._named(folder.parent, match[1] + suffix)
                    if page and page.is_file:
                        return page.path
        return None

    def pictures(self, path: Path | None, document: Document) -> dict[str, Picture]:
        """The pictures that a document names and that lie beside it, by the names it has for them."""
        found: dict[str, Picture] = {}
        if path is None or document.result not in GOOD_RESULTS:
            return found
        room = LARGEST_TOGETHER
        for name in dict.fromkeys(wanted(document)):
            place = self._find(path, name) if len(found) < MOST else None
            kept = picture(name, content(place)) if place else None
            if place and kept and len(kept.body) <= room:
                found[name] = kept
                room -= len(kept.body)
                self._users.setdefault(place, path.name)
        return found

    def _find(self, document: Path, name: str) -> Path | None:
        """Where a picture lies: as named, else by its last name in the folder saved with the page."""
        stem = plain(document.name.removesuffix(".gz").rpartition(".")[0])
        for stated in dict.fromkeys((name, unquote(name), unquote(name.partition("?")[0].partition("#")[0]))):
            parts = steps(stated)
            if parts and (place := self._walk(document.parent, parts)):
                return place
            for folder in self._saved(document.parent).get(stem, ()) if parts else ():
                if place := self._walk(folder, parts[-1:]):
                    return place
        return None

    def _saved(self, folder: Path) -> Mapping[str, list[Path]]:
        """The folders in a folder that were saved with pages, by the names of those."""
        if folder not in self._companions:
            found: dict[str, list[Path]] = {}
            for each in dict.fromkeys(self._listing(folder).values()):
                match = WITH_PAGE.fullmatch(each.path.name) if each.is_folder else None
                if match:
                    found.setdefault(plain(match[1]), []).append(each.path)
            self._companions[folder] = found
        return self._companions[folder]

    def _walk(self, folder: Path, parts: list[str]) -> Path | None:
        """The file at the end of some steps down from a folder."""
        for part in parts[:-1]:
            step = self._named(folder, part)
            if step is None or not step.is_folder:
                return None
            folder = step.path
        last = self._named(folder, parts[-1])
        return last.path if last and last.is_file else None

    def _named(self, folder: Path, name: str) -> Named | None:
        """What a folder has under a name, to the letter if possible."""
        names = self._listing(folder)
        return names.get(name) or names.get(plain(name))

    def _listing(self, folder: Path) -> Mapping[str, Named]:
        """The names in a folder, however their letters are composed."""
        if folder not in self._listings:
            with suppress(OSError), os.scandir(folder) as entries:
                exact = {entry.name: named(folder, entry) for entry in entries}
                self._listings[folder] = {**{plain(name): each for name, each in exact.items()}, **exact}
        return self._listings.get(folder, {})


def named(folder: Path, entry: os.DirEntry[str]) -> Named:
    """One name in a folder."""
    return Named(
        path=folder / entry.name,
        is_folder=entry.is_dir(follow_symlinks=False),
        is_file=entry.is_file(follow_symlinks=False),
    )


def plain(name: str) -> str:
    """A name as it is compared: systems differ in how they compose letters and in their case."""
    return unicodedata.normalize("NFC", name).casefold()


def steps(name: str) -> list[str]:
    """A relative name as steps down from the document's folder; none for one that leads elsewhere."""
    if SCHEME.match(name) or name.startswith(("/", "\\")) or "\0" in name:
        return []
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    return [] if ".." in parts else parts


def wanted(document: Document) -> Iterable[str]:
    """The pictures that a document names and does not hold."""
    return (
        image.file
        for article in document.articles
        for image in article.images
        if image.file and not image.sha256
    )


def content(path: Path) -> bytes:
    """The bytes of a file, at most one more than a picture may have; none when it cannot be read."""
    with suppress(OSError), os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return file.read(LARGEST + 1)
    return b""
