"""Word files whose parts cannot be unpacked."""

from __future__ import annotations

import io
import zipfile

import pytest

from archive.reading.word import read_properties

NAME = "docProps/core.xml"
ENTRY = b"PK\x01\x02"


@pytest.mark.parametrize(
    ("at", "value"),
    [
        pytest.param(6, 1, id="a password is asked for"),
        pytest.param(8, 99, id="a method nobody knows"),
        pytest.param(30 + len(NAME), 0xFF, id="not what the method writes"),
    ],
)
def test_properties_that_cannot_be_unpacked(at: int, value: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, "<a/>" * 50)
    body = bytearray(file.getvalue())
    body[at] = value
    if at < 30:  # said a second time in the list at the end
        body[body.rindex(ENTRY) + at + 2] = value
    with pytest.raises(ValueError, match=r"is not a Word file \(.docx\)"):
        read_properties(bytes(body))
