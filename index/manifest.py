"""What belongs to a generation of the index, with sizes and checksums. Knows the files, not what is in them.

``manifest-N.json`` is written before Whoosh's table of contents of generation N gets its name, so a
generation is complete exactly when both are there. It carries the checkpoint, which thus moves in the same
commit.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from archive.errors import Damaged

# A number for all that decides what stands in the files: fields, analysis, stems. Raise it to rebuild them
# all.
VERSION = 5
CONTENTS = re.compile(r"_MAIN_(\d+)\.toc")
BLOCK = 1 << 20
SEAL = b', "seal": '  # before the checksum of all that stands before it in a manifest
# Files whose checksum this process has found right: who writes every few seconds need not read all each time.
PROVEN: set[tuple[int, int, int]] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One generation; ``index`` tells a rebuilt index from the one before, ``files`` has size and CRC-32.

    ``chain`` is the chain value of the change at the checkpoint, which tells one archive from another.
    """

    index: str
    version: int
    generation: int
    checkpoint: int
    chain: str
    documents: int
    files: Mapping[str, tuple[int, int]]


def latest(folder: Path) -> Manifest | None:
    """The newest complete generation; None when there is no index, Damaged when it cannot be read.

    A manifest alone is what a kill leaves of the first commit, the empty one; of a later one it is damage.
    """
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return None
    generations = [int(match[1]) for name in names if (match := CONTENTS.fullmatch(name))]
    if generations:
        return read(folder, max(generations))
    if any(name.startswith("manifest-") and not name.startswith("manifest-0.") for name in names):
        raise Damaged(f"{folder}: its table of contents is missing; the index will be built again")
    return None


def read(folder: Path, generation: int) -> Manifest:
    """The manifest of a generation."""
    path = folder / f"manifest-{generation}.json"
    try:
        content = path.read_bytes()
        values = json.loads(content)
        is_sealed = values.pop("seal", None) is not None  # those of the first versions are not
        if (is_sealed or values["version"] == VERSION) and content != with_seal(content.rpartition(SEAL)[0]):
            raise ValueError("its content has changed")
        values["files"] = {name: (size, crc) for name, (size, crc) in values["files"].items()}
        return Manifest(**values)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Damaged(f"{path}: cannot be read; the index will be built again") from error


def write(folder: Path, manifest: Manifest) -> None:
    """Store a manifest so that it survives a power cut; its folder is synced by the commit."""
    path = folder / f"manifest-{manifest.generation}.json"
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(with_seal(json.dumps(asdict(manifest)).encode().removesuffix(b"}")))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def with_seal(content: bytes) -> bytes:
    """What a manifest says as its file holds it, with a checksum of its own."""
    return content + SEAL + b"%d}" % zlib.crc32(content)


def remove_others(folder: Path, manifest: Manifest) -> None:
    """Delete the manifests of other generations."""
    for path in folder.glob("manifest-*"):
        if path.name != f"manifest-{manifest.generation}.json":
            path.unlink(missing_ok=True)


def sealed(
    folder: Path, names: Iterable[str], known: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Size and checksum of files, brought safely to disk first; known ones are not read again."""
    return {name: known[name] if name in known else seal(folder / name) for name in sorted(names)}


def seal(path: Path) -> tuple[int, int]:
    """Bring a file safely to disk; its size and checksum."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return path.stat().st_size, checksum(path)


def checksum(path: Path) -> int:
    """The CRC-32 of a file."""
    crc = 0
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            crc = zlib.crc32(block, crc)
    return crc


def faults(folder: Path, manifest: Manifest, *, thorough: bool) -> list[str]:
    """What is wrong with the files of a generation: missing, of another size or, when asked, changed."""
    found = []
    for name, (size, crc) in manifest.files.items():
        path = folder / name
        try:
            actual = path.stat().st_size
            if actual != size:
                found.append(f"{path}: has {actual:,} bytes instead of {size:,}")
            elif thorough and checksum(path) != crc:
                found.append(f"{path}: its content has changed")
        except OSError as error:
            found.append(f"{path}: {error.strerror}")
    return found


def doubts(folder: Path, manifest: Manifest) -> list[str]:
    """The same, thoroughly, but what this process has read once and nobody has written since."""
    unread = {name: seal for name, seal in manifest.files.items() if identity(folder / name) not in PROVEN}
    found = faults(folder, manifest, thorough=False)
    found = found or faults(folder, replace(manifest, files=unread), thorough=True)
    if not found:
        PROVEN.update(identity(folder / name) for name in unread)
    return found


def identity(path: Path) -> tuple[int, int, int]:
    """What a file is told by: its place on the disk, its size and when it was written."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0, 0
    return status.st_ino, status.st_size, status.st_mtime_ns


def beside(folder: Path) -> Path:
    """Where an index is built again, while the one before still answers."""
    return folder.with_name(folder.name + ".new")


def sync_folder(folder: Path) -> None:
    """Make the names of files in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
