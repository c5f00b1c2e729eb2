"""Older word processor files as Word files, by LibreOffice where it is. The only module that starts it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from archive.errors import SourceError

SUFFIXES = frozenset({".doc", ".dot", ".odt", ".rtf", ".wps"})
SECONDS = 60
PROGRAMS = ("soffice", "libreoffice")
OLD_WORD = "WordDocument".encode("utf-16-le")
# No macros, and nothing fetched from the addresses that a document names.
SCRIPTING = "/org.openoffice.Office.Common/Security/Scripting"
PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(
        f'<item oor:path="{SCRIPTING}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for name, value in (
            ("BlockUntrustedRefererLinks", "true"),
            ("DisableActiveContent", "true"),
            ("MacroSecurityLevel", "3"),
        )
    )
    + "</oor:items>"
)


def program() -> str | None:
    """Where LibreOffice is, if it is installed."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def true_suffix(body: bytes, suffix: str) -> str:
    """What a file is by its first bytes: not all that ends in ``.doc`` is what Word wrote."""
    if body.startswith(b"PK\x03\x04") and suffix != ".odt":
        return ".docx"
    if body.startswith(b"{\\rtf"):
        return ".rtf"
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html")):
        return ".html"
    return ".doc" if suffix == ".wps" and OLD_WORD in body else suffix


def as_word(body: bytes, suffix: str) -> bytes:
    """A file as a Word file (.docx). Raises SourceError with what to do when that cannot be had."""
    started = program()
    if started is None:
        raise SourceError(
            f"cannot read {suffix} without LibreOffice: install LibreOffice, or save it as .docx"
        )
    with tempfile.TemporaryDirectory(prefix="office-") as name:
        folder = Path(name)
        (folder / "profile" / "user").mkdir(parents=True)
        (folder / "profile" / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
        given = folder / f"in{suffix}"
        given.write_bytes(body)
        convert(started, folder, given)
        made = folder / "out" / "in.docx"
        if not made.is_file():
            raise SourceError(f"is no {suffix} file that LibreOffice can read; save it as .docx")
        return made.read_bytes()


def convert(started: str, folder: Path, given: Path) -> None:
    """Run LibreOffice on one file, in a process group that is ended as a whole when it takes too long."""
    command = [
        *(started, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"),
        *("--nolockcheck", "--nodefault", "--convert-to", "docx:MS Word 2007 XML"),
        *("--outdir", str(folder / "out"), str(given)),
    ]
    running = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder)},
        cwd=folder,
        start_new_session=True,
    )
    try:
        running.wait(SECONDS)
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"takes LibreOffice longer than {SECONDS} s; save it as .docx") from error
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
