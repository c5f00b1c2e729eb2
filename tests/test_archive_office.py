"""Old word processor files: by LibreOffice where it is installed, else with a word on what to do."""

from __future__ import annotations

import subprocess
import time
from datetime import date
from pathlib import Path

import pytest

from archive import office
from archive.errors import SourceError
from archive.office import as_word, true_suffix
from archive.reading.word import read_word
from bench.document_maker import core, paragraph, picture_paragraph, png, title_paragraph, word_file

WORD = word_file(
    title_paragraph("雪落北京", "centred")
    + paragraph("来源：北京日报　2022年4月2日") + paragraph("北京下了一场大雪。") + picture_paragraph(0),
    core("", date(2022, 4, 2)),
    [png(1)],
)  # fmt: skip
RTF = (
    rb"{\rtf1\ansi{\pard\qc\b\fs44 Snow in Beijing\par}{\pard Source: Beijing Daily\par}{\pard It fell.\par}}"
)
installed = pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")


@pytest.mark.parametrize(
    ("body", "suffix", "true"),
    [
        (b"PK\x03\x04", ".doc", ".docx"),
        (b"{\\rtf1", ".doc", ".rtf"),
        (b"\xef\xbb\xbf<html><body>", ".doc", ".html"),
        (b"\xd0\xcf\x11\xe0" + office.OLD_WORD, ".wps", ".doc"),
        (b"\xd0\xcf\x11\xe0", ".doc", ".doc"),
        (b"PK\x03\x04", ".odt", ".odt"),
    ],
)
def test_what_a_file_is_by_its_first_bytes(body: bytes, suffix: str, true: str) -> None:
    assert true_suffix(body, suffix) == true


def test_without_libreoffice_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "PROGRAMS", ("no-such-program",))
    with pytest.raises(SourceError, match="install LibreOffice, or save it as"):
        as_word(b"x", ".doc")


@installed
@pytest.mark.slow
def test_a_rich_text() -> None:
    content = read_word(as_word(RTF, ".rtf"))
    assert (content.stated["title"], content.stated["source"]) == (["Snow in Beijing"], ["Beijing Daily"])
    assert "It fell." in content.html


@installed
@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".doc", ".odt", ".wps"])
def test_a_word_file_in_an_older_form_with_its_picture(suffix: str, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(WORD)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    kind = "odt" if suffix == ".odt" else "doc"
    command = [str(office.program()), profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.docx")], check=True, capture_output=True)
    body = (tmp_path / f"a.{kind}").read_bytes()
    content = read_word(as_word(body, true_suffix(body, suffix)))
    assert content.stated["title"] == ["雪落北京"]
    assert (content.stated["source"], content.stated["date"]) == (["北京日报"], ["2022年4月2日"])
    assert len(content.pictures) == 1


@installed
@pytest.mark.slow
def test_what_it_cannot_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError):
        as_word(bytes(range(256)) * 100, ".odt")
    monkeypatch.setattr(office, "SECONDS", 0.05)
    started = time.monotonic()
    with pytest.raises(SourceError, match="takes LibreOffice longer"):
        as_word(RTF, ".rtf")
    assert time.monotonic() - started < 10
