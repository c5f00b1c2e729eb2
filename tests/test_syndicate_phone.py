"""Pages on a phone: nothing is wider than the screen, and no column is a character wide."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest
from factories import article, put_all
from test_syndicate_pages import add_sources
from web_client import application, ask

from archive.database import Database
from syndicate.guard import Application

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
STYLE = Path(__file__).parents[1] / "syndicate" / "static" / "style.css"
WIDTH = 390
MEASURED = """<!doctype html><meta charset="utf-8">
<iframe style="width:{width}px;height:800px;border:0" srcdoc="{page}"></iframe>
<script>onload = () => {{
const inside = document.querySelector("iframe").contentDocument;
const cells = [...inside.querySelectorAll("td, th")].filter(each => each.textContent.trim());
document.body.dataset.found = JSON.stringify({{width: inside.documentElement.scrollWidth,
cells: cells.map(each => Math.round(each.getBoundingClientRect().width))}})}}</script>"""
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def app(standing: Database) -> Application:
    """Sources with long names in both languages, read with and without success."""
    with standing.writing() as transaction:
        for n in range(3):
            put_all(transaction, article(guid=str(n)), source_id=f"source-{n:03}")
        transaction.run("UPDATE source SET title = :title", title="一个名字很长的新闻来源" * 6)
    add_sources(standing, 3, id="read-{:03}", result="ok")
    return application(standing, standing.folder.parent)


def measured(html: str, folder: Path) -> dict[str, Any]:
    """The widths of a page and of its cells on a screen of a phone."""
    styled = re.sub(
        r'<link rel="stylesheet"[^>]*>', lambda _: f"<style>{STYLE.read_text(encoding='utf-8')}</style>", html
    )
    (folder / "page.html").write_text(MEASURED.format(width=WIDTH, page=escape(styled)), encoding="utf-8")
    assert CHROMIUM is not None
    asked = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/user"]
    said = subprocess.run(
        [*asked, "--dump-dom", f"file://{folder}/page.html"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "HOME": str(folder)},
    )
    found: dict[str, Any] = json.loads(unescape(re.findall(r'data-found="([^"]*)"', said.stdout)[0]))
    return found


@pytest.mark.parametrize("address", ["/feeds?ui=en", "/feeds?ui=zh", "/sources?ui=zh", "/topics?ui=zh"])
def test_a_table_is_read_on_a_phone(app: Application, address: str, tmp_path: Path) -> None:
    found = measured(ask(app, address).text, tmp_path)
    assert found["width"] <= WIDTH and min(found["cells"]) >= 60
