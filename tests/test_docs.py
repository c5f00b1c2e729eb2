"""The documents name what there is: commands, settings, formats, fields of the export."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
from factories import NOW, article

import app
from archive.export import record
from archive.settings import SECTIONS
from syndicate.formats import FORMATS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """The commands that the command line knows."""
    (choices,) = [
        action.choices for action in app.parser()._actions if isinstance(action, argparse._SubParsersAction)
    ]
    return list(choices)


@pytest.mark.parametrize("command", commands())
def test_every_command_is_named_in_the_readme(command: str) -> None:
    assert re.search(rf"`{command}[` ]", README)


def test_every_setting_stands_in_the_example() -> None:
    example = (ROOT / "site.example.toml").read_text(encoding="utf-8")
    for section, kind in SECTIONS.items():
        assert f"[{section}]" in example
        for key in kind.__slots__:
            assert re.search(rf"^(# )?{key} = ", example, re.MULTILINE), f"{section}.{key}"


def test_every_format_is_named() -> None:
    names = {"atom": "Atom", "rss": "RSS 2.0", "json": "JSON Feed 1.1"}
    assert all(names[format] in README for format in FORMATS)


def test_every_field_of_the_export_is_explained() -> None:
    text = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    fields = record(article(first_seen=NOW, address="/a/2026/11/24/00000000"), "https://news.example")
    assert [field for field in fields if f"`{field}`" not in text] == []


def test_every_link_of_the_documents_leads_somewhere() -> None:
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
